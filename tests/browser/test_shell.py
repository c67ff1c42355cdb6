"""The shell around the screens: language, headers, caching, health, offline."""

import gzip
import json
import re
import threading
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Browser, Page, WebSocketRoute, expect

from data.region.france import NAMES
from tests.browser.gestures import SLOW_MS, answered, until


def headers_of(url: str) -> tuple[dict[str, str], bytes]:
    request = urllib.request.Request(url, headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(request, timeout=30) as response:
        return {name.lower(): value for name, value in response.headers.items()}, response.read()


def test_health_route_answers(server: str) -> None:
    headers, body = headers_of(f"{server}/sante")
    assert json.loads(body)["etat"] == "ok"
    assert headers["cache-control"] == "no-store"


def test_a_screen_opened_by_its_address_is_refused_nothing(page: Page, server: str) -> None:
    refused: list[str] = []
    page.on("response", lambda one: one.status >= 400 and refused.append(one.url))
    page.goto(f"{server}/guide")
    expect(page.get_by_role("heading", level=1).first).to_be_visible(timeout=SLOW_MS)
    assert refused == []


def test_a_question_of_the_guide_is_whole_on_a_telephone(page: Page, server: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{server}/guide")
    links = page.locator(".stPageLink")
    expect(links).to_have_count(8, timeout=SLOW_MS)
    beyond = links.evaluate_all(
        """links => links.filter(link => { const text = document.createRange();
            text.selectNodeContents(link.querySelector('a'));
            return text.getBoundingClientRect().right > link.getBoundingClientRect().right; })
            .map(link => link.innerText)"""
    )
    assert beyond == []


@pytest.mark.parametrize("path", ["/", "/methode", "/_stcore/health", "/sante"])
def test_every_answer_carries_the_security_headers(server: str, path: str) -> None:
    headers, _ = headers_of(f"{server}{path}")
    assert "frame-ancestors 'self'" in headers["content-security-policy"]
    assert "unsafe-eval" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "SAMEORIGIN"
    assert headers["referrer-policy"] == "same-origin"


def test_leaflet_is_served_compressed_and_cached(server: str) -> None:
    headers, body = headers_of(f"{server}/app/static/vendor/leaflet/leaflet.js")
    assert headers["content-encoding"] == "gzip"
    assert b"Leaflet 1.9" in gzip.decompress(body)[:200]
    assert "max-age" in headers["cache-control"]


def test_page_is_french_and_live(server: str, page: Page) -> None:
    with page.expect_websocket(lambda socket: socket.url.endswith("/_stcore/stream")) as stream:
        page.goto(server)
    page.get_by_test_id("stApp").wait_for()
    assert not stream.value.is_closed()
    assert page.evaluate("document.documentElement.lang") == "fr"


def test_the_menu_that_a_narrow_screen_cuts_is_french(server: str, page: Page) -> None:
    page.set_viewport_size({"width": 1024, "height": 768})
    page.goto(f"{server}/methode")
    more = page.get_by_test_id("stTopNavSection").get_by_test_id("stMarkdownContainer")
    more.wait_for()
    page.get_by_role("heading", name="Données et méthode").wait_for()
    # The style arrives with the run of the application, after the bar itself.
    expect(more.locator("p")).to_have_css("font-size", "0px", timeout=SLOW_MS)
    assert more.evaluate("e => getComputedStyle(e, '::after').content") == '"Autres écrans"'


@pytest.mark.parametrize("width", [390, 720])
def test_the_menu_of_a_narrow_window_is_called_so(server: str, page: Page, width: int) -> None:
    """At 200 % a laptop had two chevrons, which say nothing."""
    page.set_viewport_size({"width": width, "height": 450})
    page.goto(f"{server}/methode")
    button = page.get_by_test_id("stExpandSidebarButton")
    expect(button).to_be_visible(timeout=SLOW_MS)
    page.get_by_role("heading", name="Données et méthode").wait_for()
    told = "e => getComputedStyle(e, '::after').content"
    until(page, lambda: button.evaluate(told) == '"Menu"')


def test_the_menu_of_a_narrow_window_closes_over_the_screen_that_it_opened(
    server: str, page: Page
) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{server}/methode")
    page.get_by_test_id("stExpandSidebarButton").click(timeout=SLOW_MS)
    menu = page.get_by_test_id("stSidebar")
    menu.get_by_role("link", name="Fiche territoire").click(timeout=SLOW_MS)
    expect(page).to_have_title(re.compile(", fiche territoire ·"), timeout=SLOW_MS)
    expect(menu).to_have_attribute("data-collapsed", "true", timeout=SLOW_MS)
    # Out of sight, it is out of the way of the keyboard too.
    expect(menu.get_by_role("link", include_hidden=True).first).to_be_hidden()


def test_the_longest_name_of_a_region_is_cut_where_its_button_ends(server: str, page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{server}/methode")
    button = page.locator(".st-key-region_en_tete button")
    name = button.locator("p")
    expect(name).to_have_css("text-overflow", "ellipsis", timeout=SLOW_MS)
    name.evaluate("(name, told) => { name.textContent = told; }", max(NAMES.values(), key=len))
    ends = [one.evaluate("e => e.getBoundingClientRect().right") for one in (name, button)]
    assert ends[0] <= ends[1] <= 390


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1024, 768), (390, 844)])
def test_the_map_is_shared_and_exported_from_the_bar_above_it(
    server: str, page: Page, width: int, height: int
) -> None:
    page.set_viewport_size({"width": width, "height": height})
    page.goto(server)
    answered(page)
    carte = page.locator("iframe[title^='streamlit_folium']:visible")
    expect(carte).to_have_count(1, timeout=SLOW_MS)
    top = carte.evaluate("e => e.getBoundingClientRect().top")
    lefts = [0.0]
    for told in ("Données", "Partager", "Exporter"):
        box = page.locator(".st-key-barre").get_by_text(told).first.bounding_box()
        assert box
        assert box["y"] + box["height"] < top < height / 4
        assert lefts[-1] < box["x"] < box["x"] + box["width"] <= width
        lefts.append(box["x"] + box["width"])


@pytest.mark.parametrize("width", [1440, 1024])
def test_the_bar_of_a_screen_is_one_row(server: str, page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 768})
    page.goto(f"{server}/zonage")
    answered(page)
    row = page.locator(".st-key-barre")
    expect(row.get_by_role("textbox")).to_have_count(1)
    bar = row.bounding_box()
    assert bar
    assert bar["height"] <= 48
    row.locator("summary").click()
    expect(row.get_by_text("Importez les vôtres")).to_be_visible()


def test_the_ribbon_follows_what_a_gesture_has_just_chosen_to_read(server: str, page: Page) -> None:
    """It told what the screen before the gesture read, until the next one."""
    page.goto(f"{server}/solidarite")
    answered(page)
    ribbon = page.locator(".st-key-barre details")
    expect(ribbon).to_contain_text("médecins généralistes")
    page.get_by_role("radio", name="Régulation des appels").click()
    answered(page)
    expect(ribbon).to_have_count(1)
    expect(ribbon).not_to_contain_text("médecins généralistes")
    expect(ribbon).to_contain_text("égulation")


@pytest.mark.parametrize("path", ["/", "/methode"])
def test_shell_is_french_before_any_script_runs(server: str, path: str) -> None:
    headers, body = headers_of(f"{server}{path}")
    assert headers["content-encoding"] == "gzip"
    shell = gzip.decompress(body).decode()
    assert '<html lang="fr">' in shell
    assert "<title>ProxiSoins</title>" in shell
    assert "You need to enable JavaScript" not in shell


@pytest.fixture
def foreign_site(server: str) -> Iterator[str]:
    """Serve, from another origin of this machine, a page that frames the application."""

    class FramingPage(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(f"<!doctype html><iframe src='{server}'></iframe>".encode())

        def log_message(self, *_arguments: object) -> None:
            """Keep the output of the tests clean."""

    with ThreadingHTTPServer(("127.0.0.1", 0), FramingPage) as site:
        threading.Thread(target=site.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{site.server_port}/"
        site.shutdown()


def test_a_foreign_page_cannot_frame_the_application(
    server: str, foreign_site: str, browser: Browser
) -> None:
    page = browser.new_page()
    with page.expect_response(f"{server}/"):
        page.goto(foreign_site)
    page.wait_for_load_state("load")
    assert 'id="root"' not in page.frames[1].content()
    page.close()


def test_a_foreign_page_cannot_open_the_stream(
    server: str, foreign_site: str, browser: Browser
) -> None:
    stream = server.replace("http", "ws") + "/_stcore/stream"
    page = browser.new_page()
    outcomes = {}
    for site in (server, foreign_site):
        page.goto(site)
        outcomes[site] = page.evaluate(
            """address => new Promise(resolve => {
                const socket = new WebSocket(address);
                socket.onopen = () => resolve("open");
                socket.onerror = () => resolve("refused");
            })""",
            stream,
        )
    page.close()
    assert outcomes == {server: "open", foreign_site: "refused"}


def test_a_link_to_a_screen_opens_whole_on_a_server_just_started(
    private_server: str, page: Page
) -> None:
    page.goto(f"{private_server}/methode")
    page.get_by_role("heading", name="Données et méthode", exact=True).wait_for(timeout=90_000)
    ribbon = page.get_by_text("simulées, sans valeur pour une décision")
    assert ribbon.locator("visible=true").count() == 1  # another stands on paper alone
    assert page.get_by_role("link", name="Zonage").count() == 1


@pytest.mark.campaign
@pytest.mark.campaign
def test_a_gesture_before_the_browser_has_heard_of_an_address_keeps_what_was_chosen(
    server: str, page: Page
) -> None:
    """« Suivante », then another gesture, whose run still brings the address of before."""
    held: list[tuple[WebSocketRoute, str | bytes]] = []
    holds = False

    def stream(browser: WebSocketRoute) -> None:
        behind = browser.connect_to_server()
        behind.on_message(
            lambda told: held.append((browser, told)) if holds else browser.send(told)
        )
        browser.on_message(behind.send)

    page.route_web_socket(re.compile("_stcore/stream"), stream)
    page.goto(f"{server}/risques")
    signal = page.get_by_role("heading", level=2).filter(has_text="de relève non assurée")
    after = page.get_by_role("button", name="Suivante")
    after.click(timeout=SLOW_MS)
    expect(signal).to_be_visible(timeout=SLOW_MS)
    answered(page)
    until(page, lambda: "commune=" in page.url)
    first, address = re.split(r"\s:", signal.inner_text())[0], page.url
    holds = True
    after.click()
    until(page, lambda: len(held) > 5)  # the server has gone on
    assert page.url == address, "the browser has not heard"
    page.get_by_role("radio", name="5 ans").click()
    page.wait_for_timeout(1000)
    holds = False
    for browser, told in held:
        browser.send(told)
    until(page, lambda: "horizon=5" in page.url)
    answered(page)
    assert re.split(r"\s:", signal.inner_text())[0] != first
    assert re.findall(r"commune=\w+", page.url) != re.findall(r"commune=\w+", address)
