"""A link to a view, made from the bar and opened by an elected official on a phone."""

import io
import re
import unicodedata
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from data.pdses import coverage
from data.region import catalogue, privacy
from models.region import predict
from tests.browser.gestures import SLOW_MS, Gestures

PHONE = {"width": 390, "height": 844}

OpenPage = Callable[[dict[str, int]], AbstractContextManager[Page]]


@pytest.mark.campaign
def test_the_sheet_of_a_commune_is_sent_to_its_mayor(
    server: str, page: Page, open_page: OpenPage
) -> None:
    hand = Gestures(page, server)
    page.goto(f"{server}/territoire?territoire=commune:23096")
    hand.settle()
    hand.button("Partager")
    hand.write("Titre du lien", "Pour la mairie")
    hand.button("Créer un lien vers cette vue")
    code = page.locator("[data-testid=stCode] code", has_text="/partage?jeton=")
    expect(code).to_be_visible(timeout=SLOW_MS)
    link = code.inner_text().strip()
    with open_page(PHONE) as mayor:
        mayor.goto(link)
        heading = mayor.get_by_role("heading", level=1, name="Guéret", exact=True)
        expect(heading).to_be_visible(timeout=SLOW_MS)
        main = mayor.get_by_test_id("stMain")
        expect(main).to_contain_text("Pour la mairie")
        expect(main).to_contain_text("Ce qui est en place", timeout=SLOW_MS)
        expect(mayor.get_by_test_id("stTopNavLink")).to_have_count(0)
        expect(mayor.get_by_role("combobox")).to_have_count(0)
        expect(main).not_to_contain_text(re.compile("probabilit"))
        assert mayor.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    # Beside those that others have left open.
    ours = page.get_by_test_id("stHorizontalBlock").filter(has_text="Pour la mairie")
    hand.click(ours.get_by_role("button", name="Révoquer"))
    expect(ours).to_have_count(0, timeout=SLOW_MS)
    with open_page(PHONE) as mayor:
        mayor.goto(link)
        expect(mayor.get_by_text("Ce lien n’ouvre rien")).to_be_visible(timeout=SLOW_MS)


def test_two_territories_compared_hold_in_a_telephone(server: str, phone: Page) -> None:
    phone.goto(f"{server}/territoire?territoire=epci:200067593&avec=200034825")
    cells = phone.locator(".ps-pair tbody td")
    cells.first.wait_for(state="visible", timeout=SLOW_MS)
    for column in ("CC Marche et Combraille en Aquitaine", "CA du Grand Guéret", "Différence"):
        boxes = [
            one.bounding_box() for one in phone.locator(f".ps-pair td[data-of^='{column}']").all()
        ]
        assert boxes
        assert all(one and one["x"] + one["width"] <= PHONE["width"] for one in boxes), column
        told = cells.first.evaluate("one => getComputedStyle(one, '::before').content")
        assert "Marche" in told


def test_a_telephone_is_not_shown_the_rows_of_the_print(server: str, phone: Page) -> None:
    phone.goto(f"{server}/territoire?territoire=commune:23177")
    rows = phone.locator(".ps-figures tr").filter(has_text="Habitants par médecin, au plus près")
    expect(rows).to_have_count(2, timeout=SLOW_MS)  # that of the desk, that of the print
    # What hides the other one may come after it.
    seen = rows.filter(visible=True)
    expect(seen).to_have_count(1, timeout=SLOW_MS)
    expect(seen).not_to_contain_text("non diffusé")


@pytest.mark.parametrize(
    ("territory", "name"), [("commune:23096", "Guéret"), ("departement:33", "Gironde")]
)
def test_a_sheet_printed_from_the_browser_is_one_side_without_its_controls(
    server: str, page: Page, territory: str, name: str
) -> None:
    hand = Gestures(page, server)
    page.goto(f"{server}/territoire?territoire={territory}")
    hand.sees("À côté des autres")
    hand.settle()
    printed = PdfReader(io.BytesIO(page.pdf(format="A4", print_background=True)))
    assert len(printed.pages) == 1
    text = printed.pages[0].extract_text()
    assert name in text
    assert "Un seul médecin" in text
    assert "2010" in text
    assert "Partager" not in text
    assert "Tableaux simples" not in text
    page.emulate_media(media="print")
    zoom = page.get_by_test_id("stMain").evaluate("one => Number(getComputedStyle(one).zoom)")
    assert zoom >= 0.7, "too small to be read"


@pytest.mark.campaign
def test_paper_holds_nothing_of_a_doctor_that_the_desk_shows(server: str, page: Page) -> None:
    """A sheet printed from the browser says of the risk what its public PDF says."""
    hand = Gestures(page, server)
    territory = catalogue.load_territory()
    few = territory.gps.loc[territory.gps["gps"] == 1, "code"]
    risk = predict.risk_table(territory)
    one = risk[risk["code"].isin(few)].iloc[0]
    page.goto(f"{server}/territoire?territoire=commune:{one['code']}")
    hand.sees("À côté des autres")
    hand.settle()
    planner, public = f"Relève non assurée : risque {one['risk_class']}.", "non diffusé"
    assert planner in on_screen(page)
    assert "habitants par médecin (moyenne de la commune)" in on_screen(page)
    text = paper(page)
    assert planner not in text
    assert "moyenne de la commune" not in text
    assert text.count(public) == 2  # the risk, and the load of one GP
    page.goto(f"{server}/risques?commune={one['code']}")
    hand.sees(f"{one['name']} : risque")
    hand.settle()
    assert privacy.WORKING_PAPER not in on_screen(page)
    assert privacy.WORKING_PAPER in paper(page)
    assert privacy.WORKING_PAPER not in on_screen(page)


def test_a_print_holds_the_tables_and_sources_that_the_screen_draws_or_folds(
    server: str, page: Page
) -> None:
    hand = Gestures(page, server)
    page.goto(f"{server}/gardes?commune=23096")
    hand.sees("Portée des lignes tenues")
    hand.settle()
    assert "Spécialité : " not in on_screen(page)
    text = paper(page)
    territory = catalogue.load_territory()
    (nearest,) = coverage.lines_covering(territory, "23096")["establishment"].head(1)
    assert text.count(nearest) >= 1
    assert "Habitants à plus de" in text
    assert "Spécialité : Anesthésie-réanimation" in text
    assert "Sources, années et limites : " in text
    assert "Temps estimés" in text


@pytest.mark.campaign
def test_a_list_beside_its_map_has_the_width_of_the_paper(server: str, page: Page) -> None:
    """Printed from a telephone it was a column of broken words beside a small map."""
    hand = Gestures(page, server)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{server}/risques")
    hand.sees("Dans l’ordre des habitants concernés")
    # As a telephone has them at first.
    page.get_by_test_id("stMain").get_by_text("Tableaux simples").first.click()
    page.locator(".ps-plain:visible table").first.wait_for()
    hand.settle()
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 718, "height": 1000})  # A4, its margins left out
    table = page.locator("table:has-text('Hab. × prob.'):visible").first
    whole = page.get_by_test_id("stMainBlockContainer").bounding_box()
    box = table.bounding_box()
    assert box is not None
    assert whole is not None
    assert box["width"] > 0.9 * whole["width"]


def on_screen(page: Page) -> str:
    """Return what the screen says, on one line, its spaces plain."""
    return " ".join(page.get_by_test_id("stMain").inner_text().split())


def paper(page: Page) -> str:
    """Return what a print from the browser holds, on one line, without ligatures."""
    printed = PdfReader(io.BytesIO(page.pdf(format="A4", print_background=True)))
    text = " ".join(one.extract_text() for one in printed.pages)
    return " ".join(unicodedata.normalize("NFKC", text).split())
