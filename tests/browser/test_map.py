"""The map in a real browser: what a planner does on it, at both widths."""

import io
import itertools
import json
import random
import re
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import FrameLocator, Page, expect
from playwright.sync_api import TimeoutError as TooLate

from data.region.demonstration_lines import CARENCE_LINES
from tests.browser.gestures import SLOW_MS, answered, map_frame, messages, until
from tests.browser.map_page import drawn, opened

DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
SCREENS = (DESKTOP, {"width": 1366, "height": 768}, {"width": 1024, "height": 768})

OpenPage = Callable[[dict[str, int]], AbstractContextManager[Page]]


@pytest.mark.parametrize(
    "viewport",
    [
        pytest.param(DESKTOP, id="desktop", marks=pytest.mark.campaign),
        pytest.param(PHONE, id="phone", marks=pytest.mark.campaign),
    ],
)
def test_a_planner_searches_selects_and_shares(
    server: str, open_page: OpenPage, viewport: dict[str, int]
) -> None:
    with open_page(viewport) as page:
        frame = opened(page, server)
        expect(frame.locator(".sentence")).to_contain_text("habitants")

        frame.locator("#recherche").fill("perigueux")
        expect(frame.locator("#resultats li").first).to_contain_text("Périgueux")
        frame.locator("#recherche").press("Enter")
        drawn(frame, "selected", "24322")
        card = frame.locator(".card")
        expect(card).to_contain_text("Périgueux")
        expect(card).to_contain_text("Dordogne")

        frame.locator("#indicateur [value=apl]").check()
        drawn(frame, "drawn", "apl")
        expect(frame.locator(".sentence")).to_contain_text("consultations")
        assert "ind=apl" in page.url
        assert "commune=24322" in page.url

        # A telephone saves the picture of its map too.
        expect(frame.get_by_role("button", name="Image (PNG)")).to_be_visible()
        card.get_by_role("button", name="Isochrone d’ici").click()
        drawn(frame, "rings", "ici")
        assert re.search(r"ici=0\.7\d+%2C45\.1\d+", page.url)

        shared = page.url
    with open_page(viewport) as other:
        frame = opened(other, shared)
        drawn(frame, "drawn", "apl")
        drawn(frame, "rings", "ici")
        expect(frame.locator(".card")).to_contain_text("Périgueux")
        other.reload()
        frame = map_frame(other)
        drawn(frame, "rings", "ici")
        assert other.url == shared


def test_the_bar_opens_another_region_by_two_keys(server: str, open_page: OpenPage) -> None:
    with open_page(PHONE) as page:
        page.goto(f"{server}/?region=53&ind=apl")
        page.get_by_role("button", name="Bretagne").press("Enter", timeout=SLOW_MS)
        other = page.get_by_role("button", name="Nouvelle-Aquitaine")
        expect(other).to_be_visible(timeout=SLOW_MS)
        # What a button opens stands at the end of the document: Tab goes into it all the same.
        page.keyboard.press("Tab")
        expect(other).to_be_focused(timeout=SLOW_MS)
        page.keyboard.press("Shift+Tab")
        expect(page.get_by_test_id("stPopoverButton").first).to_be_focused(timeout=SLOW_MS)
        page.keyboard.press("Tab")
        other.press("Enter")
        expect(map_frame(page).locator(".sentence")).to_contain_text(
            "Nouvelle-Aquitaine", timeout=SLOW_MS
        )
        assert not {"region", "ind"} & parse_qs(urlsplit(page.url).query).keys()


def test_a_postcode_and_an_epci_are_found(server: str, open_page: OpenPage) -> None:
    with open_page(DESKTOP) as page:
        frame = opened(page, server)
        frame.locator("#recherche").fill("24000")
        expect(frame.locator("#resultats li").first).to_contain_text("Périgueux")
        frame.locator("#recherche").fill("grand perigueux")
        expect(frame.locator("#resultats li").first).to_contain_text("EPCI")
        frame.locator("#recherche").fill("zzzz")
        expect(frame.locator("#resultats")).to_contain_text("Aucune commune")


def test_layers_switch_in_the_browser_and_stay_in_the_address(
    server: str, open_page: OpenPage
) -> None:
    with open_page(DESKTOP) as page:
        sent = messages(page)
        frame = opened(page, server)
        frame.locator("#couche-zonage").check()
        expect(frame.locator(".legend")).to_contain_text("ZIP")
        answered(page)
        before = len(sent)
        frame.locator("#couche-urgences").check()
        drawn(frame, "layers", "urgences")
        # The server hears of it, for the ribbon.
        until(page, lambda: len(sent) > before)
        expect(frame.locator(".legend")).to_contain_text("urgences")
        assert "urgences" in page.url
        frame.locator("#couche-zonage").uncheck()
        expect(frame.locator(".legend")).not_to_contain_text("ZIP")
        frame.locator("#couche-iso_france_sante").check()
        drawn(frame, "rings", "iso_france_sante")


def test_the_server_hears_of_layers_that_back_takes_away_and_the_address_stays(
    server: str, open_page: OpenPage
) -> None:
    """The ribbon of a simulated layer stayed above figures that were all real."""
    with open_page(DESKTOP) as page:
        frame = opened(page, server)
        before = page.url
        frame.locator("#couche-msp").check()
        drawn(frame, "layers", "msp")
        answered(page)
        client = frame.locator("body")
        client.evaluate(
            "() => { asked = []; Streamlit.setComponentValue = (one) => asked.push(one); }"
        )
        page.go_back()
        expect(frame.locator("#couche-msp")).not_to_be_checked()
        until(page, lambda: bool(client.evaluate("() => asked.length")))
        (said,) = client.evaluate("() => asked")
        assert said["state"]["couches"] == ""
        assert page.url == before


def test_panning_and_indicators_cost_the_server_nothing(server: str, open_page: OpenPage) -> None:
    with open_page(DESKTOP) as page:
        sent = messages(page)
        frame = opened(page, server)
        answered(page)
        before = len(sent)
        map_box = frame.locator("#map_div").bounding_box()
        assert map_box is not None
        x, y = map_box["x"] + map_box["width"] * 0.6, map_box["y"] + map_box["height"] * 0.4
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x - 120, y - 60, steps=5)
        page.mouse.up()
        page.mouse.wheel(0, -300)
        for key in ("gps_per_1000", "apl", "zone"):
            frame.locator(f"#indicateur [value={key}]").check()
            drawn(frame, "drawn", key)
        assert "ind=zone" in page.url
        assert "lat=" in page.url
        # What does ask the server comes after all that: its one message is the only one.
        frame.locator("#recherche").fill("Guéret")
        frame.locator("#recherche").press("Enter")
        until(page, lambda: len(sent) > before)
        answered(page)
        assert len(sent) == before + 1


def test_a_click_on_the_map_opens_the_card_of_that_commune(
    server: str, open_page: OpenPage
) -> None:
    with open_page(DESKTOP) as page:
        frame = opened(page, f"{server}/?lon=0.71667&lat=45.18333&z=12&couches=")
        box = frame.locator("#map_div").bounding_box()
        assert box is not None
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        page.mouse.click(x, y)
        expect(frame.locator(".card h2")).to_have_text("Périgueux")
        page.mouse.click(x, y - 130)
        expect(frame.locator(".card h2")).not_to_have_text("Périgueux")
        frame.locator(".card .close").click()
        expect(frame.locator(".card")).to_be_hidden()
        assert "commune=" not in page.url


@pytest.mark.campaign
def test_an_answer_that_comes_during_a_click_does_not_lose_it(
    server: str, open_page: OpenPage
) -> None:
    """The card is drawn again when the server answers: the button pressed must not go with it."""
    with open_page(DESKTOP) as page:
        frame = opened(page, f"{server}/?commune=23008")
        button = frame.get_by_role("button", name="Isochrone d’ici")
        button.hover()
        page.mouse.down()
        # An answer of the server, as the one to the click before: with the lines of the commune.
        frame.locator("#couche-iso_gps").evaluate("(box) => box.click()")
        drawn(frame, "rings", "iso_gps")
        page.mouse.up()
        drawn(frame, "rings", "ici")
        expect(button).to_be_focused()


@pytest.mark.campaign
def test_the_table_and_the_map_answer_each_other(server: str, open_page: OpenPage) -> None:
    with open_page(DESKTOP) as page:
        frame = opened(page, f"{server}/?ind=apl&tdep=23&tcrit=sans-generaliste")
        table = page.get_by_test_id("stDataFrame")
        first = table.locator("tbody tr[role=row]").first
        first.wait_for(state="attached", timeout=SLOW_MS)
        table.scroll_into_view_if_needed()
        name = first.locator("td").first.text_content() or ""
        third = table.locator("tbody tr[role=row]").nth(2).locator("td").first
        other = third.text_content() or ""
        box = table.bounding_box()
        assert box is not None
        page.mouse.click(box["x"] + 20, box["y"] + 52)
        # The row on the map: its card open, the map in sight, its commune in the address.
        expect(frame.locator(".card h2")).to_have_text(name, timeout=SLOW_MS)
        expect(frame.locator("#recherche")).to_be_in_viewport()
        expect(page.get_by_text(f"Ligne cochée : {name}")).to_be_attached(timeout=SLOW_MS)
        assert {"ind=apl", "tdep=23", "tcrit=sans-generaliste"} <= set(re.split("[?&]", page.url))
        assert "commune=23" in page.url
        # Another row, then a commune of the map: each has the last word in its turn.
        frame.locator("#recherche").fill("Aubusson")
        frame.locator("#recherche").press("Enter")
        outside = page.get_by_text("Aubusson, choisie sur la carte, n’est pas dans cette sélection")
        expect(outside).to_be_attached(timeout=SLOW_MS)
        frame.locator("#recherche").fill(other)
        frame.locator("#recherche").press("Enter")
        expect(page.get_by_text(f"Ligne cochée : {other}")).to_be_attached(timeout=SLOW_MS)
        expect(first.locator("td").first).to_have_text(other)
        expect(first).to_have_attribute("aria-selected", "true")
        frame.locator(".card .close").click()
        expect(page.get_by_text("Cochez une ligne")).to_be_attached(timeout=SLOW_MS)


@pytest.mark.campaign
@pytest.mark.parametrize("by", ["mouse", "keyboard"])
def test_a_hospital_of_the_map_opens_its_lines(server: str, open_page: OpenPage, by: str) -> None:
    with open_page(DESKTOP) as page:
        frame = opened(page, f"{server}/permanence?specialite=cardiologie")
        # A mark alone names its hospital, and opens it.
        mark = frame.locator(".point[title^='Établissement de démonstration']").first
        hospital = (mark.get_attribute("title", timeout=SLOW_MS) or "").split(",")[0]
        if by == "mouse":
            mark.click()
        else:
            mark.focus()
            page.keyboard.press("Enter")
        heading = page.get_by_test_id("stMain").get_by_role("heading", name=f"{hospital},")
        expect(heading).to_be_visible(timeout=SLOW_MS)
        page.wait_for_url(re.compile("hopital="), timeout=SLOW_MS)
        expect(page.get_by_test_id("stDataFrame").first.locator("tbody tr")).not_to_have_count(
            0, timeout=SLOW_MS
        )


def test_a_foreign_address_opens_the_plain_map(server: str, open_page: OpenPage) -> None:
    with open_page(DESKTOP) as page:
        frame = opened(
            page, f"{server}/?lon=nan&lat=1e999&z=-3&ind=%7B%7B7919*7907%7D%7D&couches=a,b"
        )
        expect(frame.locator(".sentence")).to_contain_text("habitants")
        expect(frame.locator("body")).not_to_contain_text("62615533")
        buttons = frame.locator(".leaflet-control-zoom a")
        assert buttons.evaluate_all("all => all.map((one) => one.title)") == ["Agrandir", "Réduire"]
        unknown = "L’indicateur de cette adresse n’existe pas ici"
        expect(frame.locator(".sentence")).to_contain_text(unknown)
        frame.locator("#indicateur [value=apl]").click()
        expect(frame.locator(".sentence")).not_to_contain_text(unknown)


def test_a_commune_that_is_not_there_is_told_until_one_is_chosen(
    server: str, open_page: OpenPage
) -> None:
    with open_page(DESKTOP) as page:
        frame = opened(page, f"{server}/?commune=99999")
        told = page.get_by_text("Aucune commune n’a le code 99999")
        expect(told).to_be_visible()
        frame.locator("#recherche").fill("perigueux")
        expect(frame.locator("#resultats li").first).to_contain_text("Périgueux")
        frame.locator("#recherche").press("Enter")
        drawn(frame, "selected", "24322")
        expect(told).to_be_hidden()


def test_on_a_telephone_an_indicator_chosen_shows_its_sentence(
    server: str, open_page: OpenPage
) -> None:
    with open_page(PHONE) as page:
        frame = opened(page, server)
        label = frame.locator("#indicateur label").filter(has=frame.locator("[value=apl]"))
        label.scroll_into_view_if_needed()
        expect(frame.locator(".sentence")).not_to_be_in_viewport()
        label.click()
        drawn(frame, "drawn", "apl")
        expect(frame.locator(".sentence")).to_be_in_viewport()


def test_two_years_are_compared_by_the_address_and_by_hand(
    server: str, open_page: OpenPage
) -> None:
    with open_page(DESKTOP) as page:
        frame = opened(page, f"{server}/?ind=gps_per_1000&depuis=2015")
        expect(frame.locator(".sentence")).to_contain_text("de 2015 à")
        expect(frame.locator("#depuis")).to_have_value("2015")
        frame.locator("#depuis").select_option("")
        expect(frame.locator(".sentence")).not_to_contain_text("de 2015 à")
        expect(page).not_to_have_url(re.compile("depuis="))


def test_the_map_is_handed_over_as_a_picture(server: str, open_page: OpenPage) -> None:
    with open_page(DESKTOP) as page:
        frame = opened(page, f"{server}/?couches=zonage,france_sante,pdses")
        with page.expect_download() as waited:
            frame.get_by_role("button", name="Image (PNG)").click()
        file = waited.value
        assert file.suggested_filename == "carte-sans-place-a-20-min-demonstration.png"
        picture = Image.open(io.BytesIO(file.path().read_bytes())).convert("RGB")
        swatches = [
            frame.locator(".legend .swatch")
            .nth(rank)
            .evaluate("(one) => getComputedStyle(one).backgroundColor")
            for rank in range(4)
        ]
        map_box = frame.locator(".leaflet-container").bounding_box()
    # Twice the size of the screen, and every class of the legend is drawn on it.
    assert picture.width > 2 * 1300
    # Bar and north stand beside the map: a white box on it hid communes and names.
    assert map_box is not None
    edge = round(2 * (16 + map_box["width"]))
    ink = (np.asarray(picture) == (22, 22, 22)).all(axis=2)
    assert longest_run(ink[:, edge:]) > 80
    assert longest_run(ink[picture.height // 2 : -200, :edge]) < 80
    counts = picture.getcolors(maxcolors=picture.width * picture.height)
    assert counts is not None
    drawn_colours = {colour for _, colour in counts}
    for swatch in swatches:
        assert tuple(int(one) for one in re.findall(r"\d+", swatch)[:3]) in drawn_colours


def longest_run(marked: np.ndarray) -> int:
    """Return the length of the longest row of pixels that are marked."""
    longest = run = np.zeros(len(marked), dtype=int)
    for column in marked.T:
        run = (run + 1) * column
        longest = np.maximum(longest, run)
    return int(longest.max())


def test_a_mark_for_several_lines_takes_the_worst_status(server: str, open_page: OpenPage) -> None:
    """All 19 carences of the demonstration are seen, however the lines are grouped."""
    with open_page(DESKTOP) as page:
        frame = opened(page, f"{server}/?couches=pdses")
        drawn(frame, "layers", "pdses")
        marks = frame.locator(".point [data-status]")
        told = marks.evaluate_all(
            "(all) => all.map((one) => [one.dataset.status, Number(one.dataset.lacking ?? -1)])"
        )
        # Heard as words: a badge alone, « 1 », stood in the place of the name.
        heard = frame.get_by_role("button", name=re.compile("carence")).count()
    assert heard == sum(status == "carence" for status, _ in told) > 0
    alone = sum(status == "carence" and count < 0 for status, count in told)
    assert alone + sum(max(count, 0) for _, count in told) == CARENCE_LINES
    assert all(status == "carence" for status, count in told if count > 0)


@pytest.mark.campaign
def test_back_and_forward_give_the_view_of_the_address(server: str, open_page: OpenPage) -> None:
    """Twenty gestures drawn at random, then back over them all: the map shows each address."""
    dice = random.Random(7)  # noqa: S311 (gestures, not secrets)
    with open_page(DESKTOP) as page:
        frame = opened(page, server)
        for _ in range(20):
            gesture = dice.choice(("indicator", "layer", "commune"))
            if gesture == "indicator":
                key = dice.choice(("apl", "zone", "gps_per_1000", "minutes_to_nearest_gp"))
                frame.locator(f"#indicateur [value={key}]").check()
            elif gesture == "layer":
                frame.locator(f"#couche-{dice.choice(('urgences', 'msp', 'zonage'))}").click()
            else:
                frame.locator("#recherche").fill(dice.choice(("Guéret", "Périgueux", "Aubusson")))
                frame.locator("#recherche").press("Enter")
        for _ in range(8):
            page.go_back()
            shown(page, frame)
        for _ in range(3):
            page.go_forward()
            shown(page, frame)


def shown(page: Page, frame: FrameLocator) -> None:
    """Check that the panel and the card show what the address says."""
    # Playwright hears of an address that a script writes a moment later than the page.
    asked = parse_qs(page.evaluate("location.search.slice(1)"))
    query = {name: values[0] for name, values in asked.items()}
    indicator = query.get("ind", "share_without_room")
    expect(frame.locator(f"#indicateur [value={indicator}]")).to_be_checked()
    layers = query.get("couches", "").split(",")
    for key in ("urgences", "msp", "zonage"):
        box = expect(frame.locator(f"#couche-{key}"))
        box.to_be_checked() if key in layers else box.not_to_be_checked()
    names = {"23096": "Guéret", "24322": "Périgueux", "23008": "Aubusson"}
    if "commune" in query:
        expect(frame.locator(".card h2")).to_have_text(names[query["commune"]])
    else:
        expect(frame.locator(".card")).to_be_hidden()


@pytest.mark.parametrize(
    ("names", "sizes"),
    [(("#map_div", ".panel", ".card"), SCREENS), (("#map_div", ".sheet"), (PHONE,))],
    ids=["desktop", "phone"],
)
def test_nothing_covers_anything(
    server: str,
    open_page: OpenPage,
    names: tuple[str, ...],
    sizes: tuple[dict[str, int], ...],
) -> None:
    with open_page(sizes[0]) as page:
        frame = opened(page, f"{server}/?commune=23096&couches=pdses")
        expect(frame.locator(".card h2")).to_be_visible()
        for size in sizes:
            page.set_viewport_size(size)
            page.wait_for_function(f"innerWidth === {size['width']}")
            # The map takes its new place after the panel.
            until(page, lambda: not covering(frame, names))
            assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]


def covering(frame: FrameLocator, names: tuple[str, ...]) -> list[tuple[str, str]]:
    """Return the pairs that cover each other, of the boxes that are in sight."""
    boxes = {name: box for name in names if (box := frame.locator(name).bounding_box()) is not None}
    assert len(boxes) >= 2
    return [
        (first, second)
        for first, second in itertools.combinations(boxes, 2)
        if all(
            min(boxes[first][at] + boxes[first][size], boxes[second][at] + boxes[second][size])
            - max(boxes[first][at], boxes[second][at])
            > 1
            for at, size in (("x", "width"), ("y", "height"))
        )
    ]


@pytest.mark.campaign
def test_the_zones_are_outlines_and_the_counts_around_a_point_are_told(
    server: str, open_page: OpenPage
) -> None:
    with open_page(DESKTOP) as page:
        frame = opened(page, f"{server}/?commune=23096&ici=1.87%2C46.17")
        drawn(frame, "rings", "ici")
        around = frame.locator(".around")
        expect(around).to_contain_text("Communes sans généraliste")
        cells = around.locator("tr", has_text="Habitants").first.locator("td")
        people = [int(re.sub(r"\D", "", one)) for one in cells.all_inner_texts()]
        assert 0 < people[0] < people[1] < people[2]
        # Who has no room follows the map's own choice, and the file says the same.
        frame.get_by_role("slider", name="Habitants par médecin, au plus").fill("0")
        row = around.locator("tr", has_text="Habitants sans place à 20 min (800 par médecin)")
        told = [int(re.sub(r"\D", "", one)) for one in row.locator("td").all_inner_texts()]
        assert 0 < told[0] <= told[1] <= told[2]
        with page.expect_download() as handed:
            around.get_by_role("button", name="Exporter (GeoJSON)").click()
        assert handed.value.suggested_filename.endswith(".geojson")
        held = json.loads(Path(handed.value.path()).read_text(encoding="utf-8"))
        title = "Habitants sans place à 20 min (800 habitants par médecin au plus, au plus proche)"
        assert [one["properties"][title] for one in held["features"]] == told
        around.get_by_role("button", name="Effacer").click()
        expect(frame.locator(".around")).to_have_count(0)
        assert "ici=" not in page.url


@pytest.mark.campaign
def test_the_point_of_an_address_without_commune_has_its_table_and_no_commune_before_it(
    server: str, open_page: OpenPage
) -> None:
    with open_page(DESKTOP) as page:
        frame = opened(page, f"{server}/?commune=87085")
        drawn(frame, "selected", "87085")
        frame = opened(page, f"{server}/?territoire=departement:23")  # which names no commune
        expect(frame.locator(".card")).to_be_hidden()
        assert "commune=" not in page.url
        frame = opened(page, f"{server}/?ici=1.87%2C46.17")
        drawn(frame, "rings", "ici")
        card = frame.locator(".card")
        expect(card.locator(".around")).to_contain_text("Communes sans généraliste")
        page.wait_for_url(re.compile("z="))  # the map went to the rings
        card.get_by_role("button", name="Fermer").click()
        expect(card).to_be_hidden()
        assert "ici=" not in page.url
        # One step of Back, and one of Forward: the point is there as the address says.
        pin = frame.locator(".leaflet-marker-icon.point")
        for step, there in ((page.go_back, 1), (page.go_forward, 0)):
            step()
            expect(pin).to_have_count(there)
            expect(frame.locator(".around")).to_be_visible(visible=bool(there))
            expect(frame.locator(".legend").get_by_text("20 min de ce point")).to_have_count(there)


@pytest.mark.parametrize(
    ("view", "name"), [("", "Sans place à 20 min"), ("/?ind=apl", "APL calculée")]
)
def test_what_the_mouse_is_over_says_its_name_and_what_its_figure_is(
    server: str, open_page: OpenPage, view: str, name: str
) -> None:
    with open_page(DESKTOP) as page:
        frame = opened(page, server + view)
        box = frame.locator(".leaflet-container").bounding_box()
        assert box is not None
        told = frame.locator(".leaflet-tooltip")
        for step in range(8):  # a map that is drawn again forgets what the mouse is over
            page.mouse.move(box["x"] + box["width"] / 2 + 3 * step, box["y"] + box["height"] / 2)
            with suppress(TooLate):
                told.wait_for(timeout=SLOW_MS / 8)
                break
        spaced = name.replace(" ", r"\s")  # a number and its unit are kept together
        expect(told).to_contain_text(re.compile(rf"{spaced}\s: (\d|non\sdisponible)"))


@pytest.mark.campaign
def test_a_wheel_scrolls_a_long_page_and_zooms_its_map_when_asked(
    server: str, open_page: OpenPage
) -> None:
    """The map that is the whole screen keeps the wheel."""
    with open_page(DESKTOP) as page:

        def told() -> tuple[float, int]:
            scrolled = page.get_by_test_id("stMain").evaluate("one => one.scrollTop")
            return float(parse_qs(urlsplit(page.url).query).get("z", ["0"])[0]), scrolled

        def over_the_map() -> None:
            box = page.locator("iframe[title^='streamlit_folium']").bounding_box()
            assert box is not None
            page.mouse.move(box["x"] + 0.7 * box["width"], box["y"] + 200)

        opened(page, f"{server}/zonage?lat=45.5&lon=0.5&z=8")
        over_the_map()
        page.mouse.wheel(0, 150)
        until(page, lambda: told() == (8.0, 150))
        over_the_map()
        page.keyboard.down("Control")
        page.mouse.wheel(0, -300)
        page.keyboard.up("Control")
        until(page, lambda: told()[0] > 8)
        assert told()[1] == 150
        opened(page, f"{server}/?lat=45.5&lon=0.5&z=8")
        over_the_map()
        page.mouse.wheel(0, -300)
        until(page, lambda: told()[0] > 8)
