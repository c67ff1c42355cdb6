"""Candidate sites in a real browser: from a file with faults to a link that is then revoked."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect
from pypdf import PdfReader

from tests.browser.gestures import Gestures, map_frame

DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
HOSTILE = "<img src=x onerror=alert(1)>{{7*7}}${1+1}"
UPLOAD = f"""nom;commune;longitude;latitude;medecins
MSP d'Ussel;Ussel;;;4
=HYPERLINK(A1);Guéret;;;3
{HOSTILE};Eymoutiers;;;2
Le Dorat;Le Dorat;;;2
Perdu;;-5,0;48,5;3
"""

OpenPage = Callable[[dict[str, int]], AbstractContextManager[Page]]
SLOW_MS = 60_000


def drawn(page: Page) -> None:
    """Wait until the map has drawn the reach of the sites."""
    frame = map_frame(page)
    frame.locator("html[data-rings*='iso_sites']").wait_for(state="attached", timeout=SLOW_MS)


def shared_link(page: Page) -> str:
    """Save what is on screen, make a link, and return it."""
    page.get_by_label("Nom du scénario").fill(f"Plateau {HOSTILE}")
    page.get_by_label("Nom du scénario").press("Enter")
    page.get_by_role("button", name="Enregistrer comme nouveau").click()
    page.get_by_role("button", name="Créer un lien").click(timeout=SLOW_MS)
    code = page.locator("[data-testid=stCode] code")
    expect(code).to_contain_text("/partage?jeton=", timeout=SLOW_MS)
    return code.inner_text().strip()


@pytest.mark.campaign
def test_from_upload_to_a_revoked_link(server: str, open_page: OpenPage, tmp_path: Path) -> None:
    with open_page(DESKTOP) as page:
        page.goto(server)
        page.get_by_text("Sites MSP").first.click(timeout=SLOW_MS)
        page.get_by_text("Apporter un fichier de sites").click(timeout=SLOW_MS)
        page.get_by_text("Modèle CSV").wait_for(timeout=SLOW_MS)
        page.locator("input[type=file]").set_input_files(
            {"name": "sites.csv", "mimeType": "text/csv", "buffer": UPLOAD.encode()}
        )
        expect(page.get_by_text("4 comprises, 0 douteuse, 1 refusée")).to_be_visible(
            timeout=SLOW_MS
        )
        drawn(page)

        hand = Gestures(page, server)
        hand.in_table("Code INSEE", "19275", "5 comprises, 0 douteuse, 0 refusée")
        expect(page.get_by_text("Les 5 sites sont ensemble")).to_be_visible(timeout=SLOW_MS)

        page.get_by_role("button", name="Chercher les meilleurs sites").click()
        expect(page.get_by_text("Optimum prouvé").first).to_be_visible(timeout=SLOW_MS)
        expect(page.get_by_text("Retenus :")).to_be_visible()

        with page.expect_download(timeout=SLOW_MS) as waiting:
            page.get_by_role("button", name="Rapport pour un conseil (PDF)").click()
        waiting.value.save_as(tmp_path / "rapport.pdf")
        report = "".join(one.extract_text() for one in PdfReader(tmp_path / "rapport.pdf").pages)
        assert "DONNÉES DE DÉMONSTRATION" in report
        assert "=HYPERLINK(A1)" in report

        link = shared_link(page)
        assert "scenario=" in page.url
        with open_page(PHONE) as phone:
            phone.goto(link)
            expect(phone.get_by_text(f"Plateau {HOSTILE}")).to_be_visible(timeout=SLOW_MS)
            expect(phone.get_by_text("Données de démonstration").first).to_be_visible()
            expect(phone.get_by_text("Optimum prouvé").first).to_be_visible(timeout=SLOW_MS)
            drawn(phone)
            assert phone.locator("input[type=file]").count() == 0
            assert phone.get_by_role("button", name="Enregistrer").count() == 0
            assert "risque" not in phone.locator("h1, h2, h3").all_inner_texts()
            wide = phone.evaluate("document.documentElement.scrollWidth")
            assert wide <= PHONE["width"]

        page.get_by_role("button", name="Révoquer").click()
        expect(page.get_by_text(", révoqué le")).to_be_visible(timeout=SLOW_MS)
        for address in (link, f"{server}/partage?jeton=inconnu"):
            with open_page(PHONE) as phone:
                phone.goto(address)
                expect(phone.get_by_text("Ce lien n’ouvre rien")).to_be_visible(timeout=SLOW_MS)
                expect(phone.get_by_text("Plateau")).to_have_count(0)
                # Of no figure is it said that it is simulated.
                expect(phone.get_by_text("Lesquelles")).to_have_count(0)


@pytest.mark.campaign
def test_a_link_asked_for_while_the_scenario_is_saved_is_of_what_is_saved(
    server: str, open_page: OpenPage
) -> None:
    links = []
    with open_page(DESKTOP) as page:
        hand = Gestures(page, server)
        page.goto(f"{server}/sites")
        hand.choose("Ajouter un site", "Confolens")
        for name in ("Avant", "Après"):
            hand.write("Nom du scénario", name)
            page.get_by_role("button", name="Enregistrer comme nouveau").click(timeout=SLOW_MS)
            # The second time, what is clicked is drawn for the scenario before.
            page.get_by_role("button", name="Créer un lien", exact=True).click(timeout=SLOW_MS)
            # While the screen is drawn again the list of before may stand above the new one.
            kept = page.get_by_label("Scénarios enregistrés").last
            expect(kept).to_have_value(re.compile(name), timeout=SLOW_MS)
            expect(page.get_by_text(re.compile(r"^Lien 1\s: créé"))).to_be_visible(timeout=SLOW_MS)
            hand.settle()
            expect(kept).to_have_value(re.compile(name))
            links.append(page.locator("[data-testid=stCode] code").inner_text().strip())
        assert links[0] != links[1]
        with open_page(PHONE) as phone:
            phone.goto(links[1])
            expect(phone.get_by_text("Après").first).to_be_visible(timeout=SLOW_MS)


@pytest.mark.campaign
def test_sites_are_written_one_after_the_other_without_waiting(server: str, page: Page) -> None:
    page.goto(f"{server}/sites")
    hand = Gestures(page, server)
    hand.frame()
    hand.settle()
    page.get_by_role("combobox", name=re.compile("Ajouter un site")).focus()
    # « Ussel » whose first letter is lost is « sel », the beginning of another commune.
    for name in ("Aubusson", "Ussel", "Limoges", "Confolens"):
        page.keyboard.type(name, delay=40)
        page.keyboard.press("Enter")
    expect(page.get_by_text("4 sites dans la liste.")).to_be_visible(timeout=SLOW_MS)
    named = page.get_by_label(re.compile("Nom du site")).evaluate_all(
        "all => all.map(o => o.value)"
    )
    assert named == ["MSP à Aubusson", "MSP à Ussel", "MSP à Limoges", "MSP à Confolens"]


@pytest.mark.campaign
def test_on_a_telephone_a_commune_chosen_closes_the_list(server: str, open_page: OpenPage) -> None:
    with open_page(PHONE) as page:
        page.goto(f"{server}/sites")
        hand = Gestures(page, server)
        hand.frame()
        hand.settle()
        box = page.get_by_role("combobox", name=re.compile("Ajouter un site"))
        for count, name in enumerate(("ussel", "aubusson"), start=1):
            box.click()
            page.keyboard.type(name)
            page.get_by_role("option").first.click()
            expect(page.get_by_role("option")).to_have_count(0)
            told = page.get_by_text(re.compile(rf"^{count}\ssites? dans la liste"))
            expect(told).to_be_visible(timeout=SLOW_MS)


HAS_FOCUS = "one => (one.closest('summary') || one).contains(document.activeElement)"


def go_by_tab(page: Page, target: Locator) -> None:
    """Press Tab until something has the focus."""
    for _ in range(120):
        if target.evaluate(HAS_FOCUS):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never came to {target}")


@pytest.mark.campaign
def test_sites_from_the_file_to_the_link_by_keys_alone(server: str, page: Page) -> None:
    hand = Gestures(page, server)

    def press(target: Locator) -> None:
        hand.settle()
        target.first.wait_for(timeout=SLOW_MS)
        go_by_tab(page, target.first)
        page.keyboard.press("Enter")
        hand.settle()

    page.goto(f"{server}/sites")
    hand.frame()
    press(page.get_by_text("Apporter un fichier de sites"))
    with page.expect_file_chooser(timeout=SLOW_MS) as chooser:
        press(page.get_by_test_id("stFileUploaderDropzone").locator("button"))
    content = "nom;commune\nA;Ussel\nB;Guéret\nC;Eymoutiers\nD;Le Dorat\n"
    chooser.value.set_files({"name": "s.csv", "mimeType": "text/csv", "buffer": content.encode()})
    hand.sees("4 comprises")
    hand.settle()
    compared = page.get_by_role("combobox", name="Sites comparés")
    taken_out = page.get_by_label(re.compile(r"^Retirer (?!s\.csv)"))
    expect(taken_out).to_have_count(4)
    go_by_tab(page, compared)
    page.keyboard.press("Backspace")
    expect(taken_out).to_have_count(3)
    press(page.get_by_role("button", name="Chercher les meilleurs sites"))
    hand.sees("Optimum prouvé")
    name = page.get_by_label("Nom du scénario")
    go_by_tab(page, name)
    page.keyboard.type("Au clavier")
    page.keyboard.press("Enter")
    press(page.get_by_role("button", name="Enregistrer comme nouveau"))
    expect(page.get_by_label("Scénarios enregistrés")).to_have_value(
        re.compile("Au clavier"), timeout=SLOW_MS
    )
    press(page.get_by_role("button", name="Créer un lien", exact=True))
    expect(page.locator("[data-testid=stCode] code")).to_contain_text("jeton=", timeout=SLOW_MS)
