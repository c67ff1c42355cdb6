"""Addresses in a browser: where a map stands, one step of Back for one gesture, what is shared."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from playwright.sync_api import Page, expect

from tests.browser.gestures import SLOW_MS, Gestures, until

_STANDS = """() => {
    const isMap = (one) => one && one.getCenter && one.getZoom && one._container;
    const map = Object.values(window).find(isMap), { lat, lng } = map.getCenter();
    return [map.getZoom(), lat, lng];
}"""


def zoom(page: Page) -> float:
    """Return the zoom of the first map of the page, once it is drawn."""
    return _stands(page)[0]


def centre(page: Page) -> tuple[float, float]:
    """Return the latitude and the longitude of its centre."""
    return _stands(page)[1:]


def _stands(page: Page) -> tuple[float, float, float]:
    frame = page.locator("iframe[title^='streamlit_folium']").first
    drawn = frame.content_frame
    drawn.locator("html[data-ready='1']").wait_for(state="attached", timeout=SLOW_MS)
    handle = frame.element_handle().content_frame()
    assert handle is not None
    found: list[float] = handle.evaluate(_STANDS)
    return float(found[0]), found[1], found[2]


def told(page: Page) -> float | None:
    """Return the zoom that the address tells, None where it tells none."""
    found = re.search(r"[?&]z=([\d.]+)", page.url)
    return None if found is None else float(found[1])


def enlarge(hand: Gestures) -> float:
    """Zoom in once, and return the zoom of the map once the address tells it."""
    before = zoom(hand.page)
    hand.frame().locator(".leaflet-control-zoom-in").click(timeout=SLOW_MS)
    until(hand.page, lambda: zoom(hand.page) > before and told(hand.page) == zoom(hand.page))
    return zoom(hand.page)


def settled_zoom(page: Page, wanted: float) -> None:
    until(page, lambda: zoom(page) == wanted)


@pytest.mark.campaign
@pytest.mark.parametrize(
    ("screen", "choose"),
    [
        ("permanence", lambda hand: hand.click(hand.main.get_by_text("60 min", exact=True).first)),
        ("zonage", lambda hand: hand.choose("Essayer un changement", "Guéret")),
    ],
)
def test_where_a_map_stands_is_in_the_address_and_outlives_a_choice(
    server: str, page: Page, screen: str, choose: Callable[[Gestures], None]
) -> None:
    hand = Gestures(page, server)
    page.goto(f"{server}/{screen}")
    hand.frame()
    hand.settle()
    assert told(page) is None  # the whole region
    enlarge(hand)
    place = enlarge(hand)
    before = page.url
    choose(hand)
    until(page, lambda: page.url != before)
    hand.settle()
    assert told(page) == place
    settled_zoom(page, place)
    chosen = page.url
    page.reload()
    hand.settle()
    settled_zoom(page, place)
    assert page.url == chosen
    page.go_back()  # one step undoes the choice
    page.wait_for_url(before, timeout=SLOW_MS)
    hand.settle()
    settled_zoom(page, place)


@pytest.mark.campaign
def test_the_commune_of_an_address_is_in_sight_on_every_map(server: str, page: Page) -> None:
    """Sites showed the whole region, and a reload moved it by the width of the card."""
    hand = Gestures(page, server)
    page.goto(f"{server}/?commune=23096")
    hand.settle()
    near = zoom(page)
    page.goto(f"{server}/sites?commune=23096")
    hand.settle()
    until(page, lambda: zoom(page) == near)
    place = "lon=2.00000&lat=46.00000&z=8"
    for _ in range(2):
        page.goto(f"{server}/sites?commune=23096&{place}")
        hand.frame().locator(".card h2").wait_for(timeout=SLOW_MS)
        hand.settle()
        assert centre(page) == pytest.approx((46.0, 2.0), abs=0.01)
        assert place in page.url


@pytest.mark.campaign
def test_a_site_that_is_added_is_in_sight_wherever_the_map_stood(server: str, page: Page) -> None:
    hand = Gestures(page, server)
    page.goto(f"{server}/sites")
    hand.frame()
    hand.settle()
    for _ in range(4):
        enlarge(hand)
    hand.choose("Ajouter un site", "Aubusson")
    hand.sees("1 site dans la liste")
    until(page, lambda: told(page) is None)
    enlarge(hand)


@pytest.mark.campaign
def test_a_screen_is_left_and_found_again_by_one_step_each(server: str, page: Page) -> None:
    hand = Gestures(page, server)
    page.goto(f"{server}/?commune=23096")
    hand.frame()
    hand.settle()
    addresses = [page.url]
    for name in ("Permanence", "Sites", "Solidarité"):
        hand.screen(name)
        hand.frame()
        hand.settle()
        addresses.append(page.url)
    for address in addresses[-2::-1]:
        page.go_back()
        page.wait_for_url(re.compile(re.escape(address.partition("?")[0]) + r"($|\?)"))
        hand.settle()
        if "permanence" in address:
            assert "specialite=" in page.url


def test_what_is_shared_is_the_address_in_sight(server: str, page: Page) -> None:
    hand = Gestures(page, server)
    page.goto(f"{server}/?ind=apl")
    frame = hand.frame()
    hand.settle()
    frame.locator("#indicateur [value=gps_per_1000]").click(timeout=SLOW_MS)
    page.wait_for_url(re.compile("ind=gps_per_1000"), timeout=SLOW_MS)
    enlarge(hand)
    hand.button("Partager")
    code = page.locator("[data-testid=stCode] code").first
    expect(code).to_contain_text("ind=gps_per_1000", timeout=SLOW_MS)
    assert code.inner_text().partition("?")[2] == page.url.partition("?")[2]


@pytest.mark.campaign
def test_sharing_and_back_leave_the_map_of_risks_as_it_is(server: str, page: Page) -> None:
    """Its map does not offer the indicator that an address without one means."""
    faults: list[str] = []
    page.on("pageerror", lambda fault: faults.append(fault.message))
    hand = Gestures(page, server)
    page.goto(f"{server}/risques")
    zoom(page)
    hand.settle()
    enlarge(hand)
    hand.button("Partager")
    page.get_by_role("button", name="Créer un lien vers cette vue").wait_for(timeout=SLOW_MS)
    page.keyboard.press("Escape")
    page.get_by_role("radio", name="5 ans").click(timeout=SLOW_MS)
    hand.settle()
    page.go_back()
    hand.settle()
    zoom(page)
    assert faults == []


@pytest.mark.campaign
def test_each_choice_in_a_field_is_kept_whatever_was_chosen_before(server: str, page: Page) -> None:
    """Every second territory was lost: the field was another once the address held its value."""
    hand = Gestures(page, server)
    page.goto(f"{server}/territoire?territoire=departement:23")
    hand.settle()
    title = page.locator("h1:visible").first
    for name in ("Charente", "Gironde", "Landes"):
        hand.choose("Territoire", name)
        expect(title).to_have_text(name, timeout=SLOW_MS)
        expect(page).to_have_title(f"{name}, fiche territoire · ProxiSoins")
    field = page.get_by_role("combobox", name="Territoire").first
    for name in ("Gironde", "Charente"):
        page.go_back()
        expect(title).to_have_text(name, timeout=SLOW_MS)
        expect(page).to_have_title(f"{name}, fiche territoire · ProxiSoins")
        expect(field).to_have_value(name, timeout=SLOW_MS)


@pytest.mark.campaign
def test_each_part_of_solidarity_is_opened_whatever_was_open_before(
    server: str, page: Page
) -> None:
    page.goto(f"{server}/solidarite")
    hand = Gestures(page, server)
    hand.settle()
    for name in ("Spécialistes", "Régulation des appels", "Spécialistes", "Consultations"):
        part = page.get_by_role("radio", name=name, exact=True)
        part.click(timeout=SLOW_MS)
        hand.settle()
        expect(part).to_be_checked(timeout=SLOW_MS)


@pytest.mark.campaign
def test_what_the_map_shows_outlives_the_visit_of_another_screen(server: str, page: Page) -> None:
    """An indicator of an address came back in the place of the one chosen since on the map.

    The year compared was lost, and so was the commune chosen on another screen.
    """
    hand = Gestures(page, server)
    page.goto(f"{server}/?ind=apl&depuis=2015&commune=87085")
    hand.frame()
    hand.settle()
    hand.frame().locator("#indicateur [value=gps_per_1000]").click(timeout=SLOW_MS)
    page.wait_for_url(re.compile("ind=gps_per_1000"), timeout=SLOW_MS)
    for name in ("Zonage", "Territoires à risque", "Fiche territoire"):
        # A hand comes over the menu before it clicks there.
        page.get_by_test_id("stTopNavLink").filter(has_text=name).hover(timeout=SLOW_MS)
        hand.settle()
        hand.screen(name)
        if name.startswith("Territoires"):
            hand.choose("Commune", "Guéret")
            page.wait_for_url(re.compile("commune=23096"), timeout=SLOW_MS)
        page.wait_for_url(re.compile("ind=gps_per_1000"), timeout=SLOW_MS)
        page.get_by_test_id("stTopNavLink").filter(has_text="Carte").click(timeout=SLOW_MS)
        expect(page).to_have_title(re.compile("^Carte"), timeout=SLOW_MS)
        legend = hand.frame().locator(".legend")
        expect(legend).to_contain_text("différence de 2015 à", timeout=SLOW_MS)
        expect(legend).to_contain_text("Généralistes pour 1", timeout=SLOW_MS)
        chosen = "Limoges" if name == "Zonage" else "Guéret"
        expect(hand.frame().locator(".card h2")).to_have_text(chosen, timeout=SLOW_MS)


@pytest.mark.campaign
def test_layers_and_the_commune_of_the_map_of_lines_follow_the_address(
    server: str, page: Page
) -> None:
    hand = Gestures(page, server)
    page.goto(f"{server}/permanence?commune=23096")
    card = hand.frame().locator(".card h2")
    expect(card).to_have_text("Guéret", timeout=SLOW_MS)
    hand.settle()
    reach = hand.frame().locator("#couche-iso_pdses")
    hand.frame().locator(".layers label").first.click(timeout=SLOW_MS)
    page.wait_for_url(re.compile("calques=-iso_pdses"), timeout=SLOW_MS)
    hand.settle()
    hand.frame().get_by_role("button", name="Fermer la fiche").click(timeout=SLOW_MS)
    page.wait_for_url(lambda url: "commune=" not in url, timeout=SLOW_MS)
    hand.settle()
    page.go_back()
    expect(card).to_have_text("Guéret", timeout=SLOW_MS)
    expect(reach).not_to_be_checked()
    page.reload()
    expect(card).to_have_text("Guéret", timeout=SLOW_MS)
    expect(reach).not_to_be_checked(timeout=SLOW_MS)
    hand.settle()
    page.go_back()
    expect(reach).to_be_checked(timeout=SLOW_MS)


_OUTLINED = """() => {
    const isMap = (one) => one && one.getCenter && one.getZoom && one._container;
    const layers = Object.values(Object.values(window).find(isMap)._layers);
    const own = layers.find((one) => one.options?.pane === "selected" && one.getBounds);
    return own ? own.getLatLngs().flat(9).length : 0;
}"""
"""How many points the outline of what is chosen has."""


def _outlined(page: Page) -> int:
    handle = page.locator("iframe[title^='streamlit_folium']").first.element_handle()
    frame = handle.content_frame()
    assert frame is not None
    return int(frame.evaluate(_OUTLINED))


@pytest.mark.campaign
def test_a_territory_that_is_sought_stays_outlined_at_back_at_reload_and_in_a_link(
    server: str, page: Page, open_page: Callable[..., AbstractContextManager[Page]]
) -> None:
    """Its outline and what is said of it were lost with the page."""
    hand = Gestures(page, server)
    page.goto(f"{server}/?commune=24322")
    hand.settle()
    said = hand.frame().locator(".sentence[role=status]")
    zoom(page)

    def seek(name: str) -> None:
        hand.frame().locator("#recherche").fill(name)
        hand.frame().locator("#resultats li").first.click()

    seek("Creuse")
    expect(said).to_contain_text("Creuse : entre", timeout=SLOW_MS)
    until(page, lambda: "contour=departement%3A23" in page.url and "commune=" not in page.url)
    first = _outlined(page)
    assert first > 100
    hand.settle()
    seek("CA du Grand Guéret")
    expect(said).to_contain_text("CA du Grand Guéret : ", timeout=SLOW_MS)
    until(page, lambda: "contour=epci%3A" in page.url)
    second = _outlined(page)
    assert second != first
    hand.settle()
    page.go_back()
    expect(said).to_contain_text("Creuse : entre", timeout=SLOW_MS)
    until(page, lambda: _outlined(page) == first)
    page.go_forward()
    expect(said).to_contain_text("CA du Grand Guéret : ", timeout=SLOW_MS)
    page.reload()
    zoom(page)
    expect(said).to_contain_text("CA du Grand Guéret : ", timeout=SLOW_MS)
    until(page, lambda: _outlined(page) == second)
    hand.settle()
    hand.button("Partager")
    hand.button("Créer un lien vers cette vue")
    code = page.locator("[data-testid=stCode] code", has_text="/partage?jeton=").first
    expect(code).to_be_visible(timeout=SLOW_MS)
    with open_page({"width": 390, "height": 844}) as phone:
        phone.goto(code.inner_text().strip())
        other = Gestures(phone, server).frame().locator(".sentence[role=status]")
        zoom(phone)
        expect(other).to_contain_text("CA du Grand Guéret : ", timeout=SLOW_MS)
        until(phone, lambda: _outlined(phone) == second)
    # A commune takes its place, whatever the address said.
    page.keyboard.press("Escape")
    seek("Bourganeuf")
    expect(said).to_be_hidden(timeout=SLOW_MS)
    until(page, lambda: "contour=" not in page.url and "commune=23030" in page.url)


@pytest.mark.campaign
def test_a_group_that_the_region_lacks_is_said_and_the_picture_names_the_one_it_outlines(
    server: str, page: Page
) -> None:
    hand = Gestures(page, server)
    page.goto(f"{server}/?contour=epci:999999999")
    said = hand.frame().locator(".sentence[role=status]")
    expect(said).to_contain_text("n’est pas de cette région", timeout=SLOW_MS)
    assert not _outlined(page)
    page.goto(f"{server}/?contour=departement:23")
    expect(said).to_contain_text("Creuse : entre", timeout=SLOW_MS)
    until(page, lambda: _outlined(page) > 100)
    told = page.evaluate_handle("() => document.querySelector('iframe')").as_element()
    assert told is not None
    frame = told.content_frame()
    assert frame is not None
    # What is written of a picture, word by word, as it is drawn.
    frame.evaluate(
        """() => { window.written = []; const { fillText } = CanvasRenderingContext2D.prototype;
            CanvasRenderingContext2D.prototype.fillText = function (text, ...at) {
                window.written.push(text); return fillText.call(this, text, ...at); }; }"""
    )
    with page.expect_download(timeout=SLOW_MS):
        hand.frame().get_by_role("button", name="Image (PNG)").click()
    written = frame.evaluate("() => window.written")
    assert "Creuse" in written
    assert re.search(r"Creuse\s*:\s*entre", " ".join(written))
