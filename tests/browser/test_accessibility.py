"""Every screen: nothing serious or critical for axe-core at any of four widths, a title, an h1."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from pages import streamlit_words
from tests.browser.gestures import answered

ROOT = Path(__file__).resolve().parents[2]
SCREENS = re.findall(r'^    \("(\w+)", "', (ROOT / "app.py").read_text(), flags=re.MULTILINE)
OFTEN = {"carte", "sites", "territoire"}
"""The screens most used, looked at by `make test`; the campaign looks at all."""
WIDTHS = {1440: 900, 390: 844}
"""The two extremes; those between are in the campaign."""
SLOW_MS = 120_000
ENGLISH = set(streamlit_words.WORDS)
WORDS_IN_SIGHT = """() => [...document.querySelectorAll("body *")].flatMap(one => [
    ...["aria-label", "title", "placeholder"].map(name => one.getAttribute(name)),
    one.childElementCount ? "" : one.textContent]).filter(Boolean).map(text => text.trim())"""
"""What a screen says, to who reads it and to who hears it."""

OpenPage = Callable[[dict[str, int]], AbstractContextManager[Page]]


def test_screens_are_listed() -> None:
    assert "carte" in SCREENS
    assert "methode" in SCREENS


def address(server: str, screen: str) -> str:
    return server if screen == SCREENS[0] else f"{server}/{screen}"


def still(page: Page) -> None:
    """Wait until a screen is drawn whole, its map too."""
    main = page.get_by_test_id("stMain")
    main.get_by_role("heading", level=1).first.wait_for(state="attached", timeout=SLOW_MS)
    page.locator("[data-test-script-state=notRunning]").wait_for(timeout=SLOW_MS)
    page.locator("[data-stale=true]").first.wait_for(state="detached", timeout=SLOW_MS)
    for frame in page.locator("iframe[title^='streamlit_folium']").all():
        ready = frame.content_frame.locator("html[data-ready='1']")
        ready.wait_for(state="attached", timeout=SLOW_MS)


@pytest.mark.parametrize(
    "screen",
    [one if one in OFTEN else pytest.param(one, marks=pytest.mark.campaign) for one in SCREENS],
)
def test_screen_has_no_grave_finding(
    server: str,
    open_page: OpenPage,
    grave_findings: Callable[[Page], list[str]],
    screen: str,
) -> None:
    with open_page({"width": 1440, "height": WIDTHS[1440]}) as page:
        page.goto(address(server, screen))
        still(page)
        expect(page.locator("h1:visible")).to_have_count(1)
        assert re.fullmatch(r"\S.* · ProxiSoins", page.title())
        assert sorted(ENGLISH & set(page.evaluate(WORDS_IN_SIGHT))) == []
        for width, height in WIDTHS.items():
            page.set_viewport_size({"width": width, "height": height})
            still(page)
            assert grave_findings(page) == [], width


@pytest.mark.campaign
@pytest.mark.parametrize("screen", SCREENS)
def test_screen_has_no_grave_finding_on_a_laptop_or_a_tablet(
    server: str, open_page: OpenPage, grave_findings: Callable[[Page], list[str]], screen: str
) -> None:
    with open_page({"width": 1366, "height": 768}) as page:
        page.goto(address(server, screen))
        still(page)
        for width in (1366, 1024):
            page.set_viewport_size({"width": width, "height": 768})
            still(page)
            assert grave_findings(page) == [], width


@pytest.mark.campaign
@pytest.mark.parametrize(
    "view",
    [
        "territoire?territoire=commune:23008",
        "territoire?territoire=departement:23&avec=16",
        "permanence?specialite=cardiologie&vue=si-cette-ligne-tombe",
        "risques",
    ],
)
def test_a_shared_view_has_no_grave_finding(
    server: str, page: Page, grave_findings: Callable[[Page], list[str]], view: str
) -> None:
    page.goto(f"{server}/{view}")
    still(page)
    answered(page)
    page.get_by_role("button", name="Partager").first.click(timeout=SLOW_MS)
    page.get_by_role("button", name="Créer un lien vers cette vue").click(timeout=SLOW_MS)
    code = page.locator("[data-testid=stCode] code", has_text="jeton=")
    page.goto(code.inner_text(timeout=SLOW_MS).strip())
    for width, height in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": height})
        still(page)
        expect(page.locator("h1:visible")).to_have_count(1)
        assert grave_findings(page) == [], width


def test_the_map_opened_on_a_phone_has_no_grave_finding(
    server: str, phone: Page, grave_findings: Callable[[Page], list[str]]
) -> None:
    phone.goto(f"{server}/?commune=23096")
    still(phone)
    assert grave_findings(phone) == []


@pytest.mark.parametrize(
    "screen",
    [
        pytest.param("sites?antennes=23008:8:0:0,23030:6:0:0", marks=pytest.mark.campaign),
        "solidarite",
    ],
)
def test_no_button_is_smaller_than_24_pixels(server: str, page: Page, screen: str) -> None:
    page.goto(f"{server}/{screen}")
    still(page)
    seen = page.evaluate(
        """() => [...document.querySelectorAll(".stMain button")].map(one => {
            const { width, height } = one.getBoundingClientRect();
            return [one.getAttribute("aria-label") || one.innerText, width, height]; })
            .filter(([, width]) => width > 1)"""
    )
    assert len(seen) > 8
    assert [one for one in seen if min(one[1:]) < 23.9] == []


def test_the_focus_is_seen_on_what_the_keyboard_reaches(server: str, page: Page) -> None:
    page.goto(f"{server}/territoire")
    still(page)
    seen = set()
    for _ in range(12):
        page.keyboard.press("Tab")
        # Waited for: what has the focus may come in by a transition. The contrast of this blue is
        # checked with the other colours (test_theme).
        ringed = page.wait_for_function(
            """() => { const one = document.activeElement;
            const box = ".react-aria-ComboBox > div, [data-testid=stTextInputRootElement], label";
            const look = getComputedStyle(one.closest(box) || one);
            const ring = look.outlineStyle === "solid" && parseFloat(look.outlineWidth) >= 2;
            const blue = look.outlineColor === "rgb(10, 118, 246)";
            return one.matches("body, main") || (ring && blue)
                ? one.tagName + (one.textContent || "").slice(0, 20) : ""; }""",
            timeout=SLOW_MS,
        )
        seen.add(ringed.json_value())
    assert len(seen) >= 8
    # A switch hides its field.
    page.get_by_role("switch").first.focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    drawn = page.locator("label:has(input[role=switch]:focus-visible)")
    expect(drawn).to_have_css("outline", "rgb(10, 118, 246) solid 2px")


@pytest.mark.campaign
def test_what_takes_the_focus_is_in_sight(server: str, page: Page) -> None:
    """The bar covered what the keyboard reached; buttons of tables never showed."""
    page.goto(f"{server}/risques?onglet=la-preuve")
    still(page)
    tools = page.get_by_test_id("stElementToolbar").first
    tools.get_by_role("button").first.focus()
    expect(tools).to_have_css("opacity", "1")
    tools.get_by_role("button").first.click(trial=True)  # nothing lies over it
    tab = page.get_by_role("tab", name="Vue publique")
    page.get_by_test_id("stMain").evaluate("one => { one.scrollTop = 0; }")
    bar, above = page.get_by_test_id("stHeader").bounding_box(), tab.bounding_box()
    assert bar is not None
    assert above is not None
    page.get_by_test_id("stMain").evaluate("(one, by) => { one.scrollTop = by; }", above["y"] - 10)
    tab.focus()
    box = tab.bounding_box()
    assert box is not None
    assert box["y"] >= bar["y"] + bar["height"]


@pytest.mark.campaign
def test_a_mark_that_the_keyboard_reaches_is_in_sight(server: str, page: Page) -> None:
    """It stood half beyond the edge of the map, or under its scale and its buttons."""
    page.goto(f"{server}/permanence?specialite=cardiologie&vue=si-cette-ligne-tombe")
    still(page)
    frame = page.frame_locator("iframe[title^='streamlit_folium']").last
    marks = frame.locator(".leaflet-marker-pane [role=button]")
    expect(marks.nth(8)).to_be_attached(timeout=SLOW_MS)
    frame.locator(".leaflet-container").focus()
    for rank in range(8):
        page.keyboard.press("Tab")  # what has the focus shows it
        marks.nth(rank).focus()
        page.wait_for_timeout(600)  # the map goes there
        assert marks.nth(rank).evaluate(
            """one => { const { left, top, width, height } = one.getBoundingClientRect();
            return [[1, 1], [width - 1, 1], [1, height - 1], [width - 1, height - 1],
                [width / 2, height / 2]].every(([x, y]) => {
                const seen = document.elementFromPoint(left + x, top + y);
                return seen && !seen.closest(".panel, .card, .leaflet-control"); }); }"""
        ), rank


@pytest.mark.campaign
def test_signals_of_two_territories_stand_on_the_same_rows(server: str, page: Page) -> None:
    page.goto(f"{server}/territoire?territoire=departement:23&avec=16")
    still(page)
    answered(page)
    for width in (1440, 768):
        page.set_viewport_size({"width": width, "height": 900})
        tops = page.evaluate(
            """() => [...document.querySelectorAll(".ps-own")].map(own =>
                [...own.querySelectorAll("li")].map(one => one.getBoundingClientRect().top)
                    .filter(Boolean))"""
        )
        assert tops[0] == tops[1]
        assert len(tops[0]) == 8


CUT = """() => [...document.querySelectorAll(".stMain *")].filter(one => one.offsetParent
    && getComputedStyle(one).textOverflow === "ellipsis" && one.scrollWidth > one.clientWidth + 1
    && !one.matches("input, .ps-named, .st-key-region_en_tete *")
    && one.innerText.trim()).map(one => one.innerText)"""
"""What is read of the screen but for the end that the window cut off."""


@pytest.mark.campaign
def test_nothing_is_beyond_the_edge_of_the_narrowest_window(
    server: str, open_page: OpenPage
) -> None:
    """A window of 1,280 pixels enlarged four times: what is read scrolls one way only."""
    with open_page({"width": 320, "height": 640}) as page:
        for screen in SCREENS:
            page.goto(address(server, screen))
            still(page)
            wide = page.get_by_test_id("stMain").evaluate("one => one.scrollWidth")
            assert wide <= 320, screen
            assert page.evaluate(CUT) == [], screen
