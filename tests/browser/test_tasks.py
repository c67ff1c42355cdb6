"""What a newcomer must finish alone, in twelve gestures at most, from the opening of the map."""

import re
import zipfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from data.region.catalogue import load_territory
from tests.browser.gestures import SLOW_MS, Gestures

DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}

GOLDEN = Path(__file__).parents[1] / "data" / "official" / "readers" / "golden"

OpenPage = Callable[[dict[str, int]], AbstractContextManager[Page]]

MESSY = """Nom du site;Ville;Code postal;lon;lat;Médecins
MSP d'Ussel;USSEL;19200;;;4
Guéret sud;gueret;;;;3
=HYPERLINK(A1);Eymoutiers;;;;2
Le Dorat;Dorat (Le);;;;2
Aubusson;Aubusson;23200;;;2
St Vaury;St-Vaury;;;;2
Felletin;FELLETIN;23500;;;2
Bourganeuf;Bourganeuf;;1,7556;45,9532;2
Perdu;;;-5,0;48,5;3
"""
"""Nine sites as they come: capitals, articles behind, abbreviations, decimal commas, one at sea."""


@pytest.fixture
def newcomer(server: str, page: Page) -> Iterator[Gestures]:
    """Give someone who has just opened the application."""
    hand = Gestures(page, server)
    hand.arrive()
    return hand


def numbers(text: str) -> list[int]:
    """Return the whole numbers of a French text."""
    return [int(re.sub(r"\s", "", one)) for one in re.findall(r"\d[\d\s]*", text)]


def pdf_text(path: Path) -> str:
    return " ".join(page.extract_text() for page in PdfReader(path).pages)


def docx_text(path: Path) -> str:
    with zipfile.ZipFile(path) as archive:
        return re.sub(r"<[^>]+>", " ", archive.read("word/document.xml").decode())


@pytest.mark.campaign
def test_task_01_ten_communes_of_creuse_to_worry_about_and_why(newcomer: Gestures) -> None:
    newcomer.screen("Territoires à risque")
    # A map that is replaced while it loads leaves an error behind it.
    expect(newcomer.frame().locator(".legend")).to_contain_text("très élevé", timeout=SLOW_MS)
    newcomer.click(newcomer.main.get_by_role("button", name="Creuse", exact=True))
    expect(newcomer.frame().locator(".legend")).to_contain_text("hors du filtre", timeout=SLOW_MS)
    newcomer.button(re.compile("Suivante"))
    # The map goes where the list does, and the address with them.
    frame = newcomer.frame()
    frame.locator("html[data-selected^='23']").wait_for(state="attached", timeout=SLOW_MS)
    newcomer.page.wait_for_url(re.compile("commune=23"), timeout=SLOW_MS)
    # The list and what is read of a commune stand beside the map, which needs no card of its own.
    expect(frame.locator(".card")).to_be_hidden()
    rows = newcomer.rows(0)
    grid = newcomer.page.get_by_test_id("stDataFrame").first.bounding_box()
    drawn = newcomer.page.locator("iframe[title^='streamlit_folium']").last.bounding_box()
    assert grid is not None
    assert drawn is not None
    assert grid["x"] >= drawn["x"] + drawn["width"]
    assert len(rows) >= 10
    # A homonym bears the number of its département.
    communes = load_territory("75").communes
    here = set(communes.loc[communes["departement"] == "23", "name"])
    assert all(here & {one.removesuffix(" (23)") for one in row.split(" | ")} for row in rows)
    newcomer.sees(re.compile(r"multiplie par \d"))
    newcomer.sees("intervalle à 90 %")
    newcomer.click(newcomer.main.get_by_text("Si cela arrive", exact=True))
    newcomer.sees(re.compile(r"\d habitants"))


@pytest.mark.campaign
def test_task_02_charente_without_room_and_what_one_more_gp_changes(newcomer: Gestures) -> None:
    newcomer.screen("Fiche territoire")
    newcomer.choose("Territoire", "Charente")
    newcomer.sees("Charente")
    newcomer.sees(re.compile(r"\d habitants sans place"))
    newcomer.screen("Sites")
    newcomer.choose("Ajouter un site", "Confolens")
    newcomer.write("Généralistes", "1")
    sentence = re.compile(r"une place à \d[\d\s]* habitants? de plus à 20 minutes")
    newcomer.sees(sentence)
    gained, minutes, left = numbers(newcomer.said(re.compile("Ouvrir ce site donnerait")))
    assert minutes == 20
    # One GP takes a thousand patients: the capacity that the map of room counts with.
    assert 0 < gained <= 1000
    assert left > 0


def test_task_03_whom_a_house_serves_without_a_file(newcomer: Gestures) -> None:
    newcomer.screen("Sites")
    frame = newcomer.frame()
    newcomer.in_map("#recherche", "Aubusson")
    newcomer.click(frame.get_by_role("button", name="Ajouter un site ici"))
    newcomer.sees("1 site dans la liste")
    newcomer.sees(re.compile(r"à 20 minutes ou moins de \d[\d\s]* habitants"))
    newcomer.sees(re.compile(r"Habitants en ZIP à 20\smin \(simulation\)\s*\d"))
    # What was chosen is in the address: a reload loses nothing.
    newcomer.page.reload()
    newcomer.sees("1 site dans la liste")


@pytest.mark.campaign
def test_task_04_cardiology_in_carence_and_who_can_help(newcomer: Gestures) -> None:
    newcomer.screen("Permanence")
    newcomer.choose("Spécialité", "Cardiologie")
    newcomer.tab("Si cette ligne tombe")
    newcomer.choose("Ligne", "carence")
    newcomer.sees("Qui pourrait aider")
    helpers = newcomer.rows(0)
    assert helpers
    assert all(re.search(r"\d", row) for row in helpers)


@pytest.mark.campaign
def test_task_05_what_if_that_line_is_held(newcomer: Gestures) -> None:
    newcomer.screen("Permanence")
    newcomer.choose("Spécialité", "Cardiologie")
    newcomer.tab("Si cette ligne tombe")
    newcomer.choose("Ligne", "carence")
    more, minutes, after, before = numbers(newcomer.said(re.compile("Si elle l’était")))
    assert minutes in {30, 45, 60}
    assert before - after == more > 0
    assert "ligne=" in newcomer.page.url


@pytest.mark.campaign
def test_task_06_one_true_page_for_the_mayor_of_a_commune_with_one_gp(
    newcomer: Gestures, tmp_path: Path
) -> None:
    newcomer.screen("Fiche territoire")
    newcomer.write("Chercher un territoire", "Saint-Agnant-de-Versillat")
    newcomer.button(re.compile("Saint-Agnant-de-Versillat"))
    newcomer.sees("Un seul médecin")
    file = newcomer.save(re.compile("Télécharger la fiche"), tmp_path)
    assert len(PdfReader(file).pages) == 1
    text = pdf_text(file)
    assert "Saint-Agnant-de-Versillat" in text
    assert "DÉMONSTRATION" in text.upper()
    assert "risque individuel non diffusé" in text
    assert "ien de particulier" not in text


@pytest.mark.campaign
def test_task_07_two_epcis_compared_and_their_pdf(newcomer: Gestures, tmp_path: Path) -> None:
    newcomer.screen("Fiche territoire")
    newcomer.choose("Niveau", "EPCI")
    newcomer.choose("Territoire", "Creuse Grand Sud")
    newcomer.click(newcomer.page.get_by_text("Comparer avec un autre territoire"))
    newcomer.choose("Comparer avec", "Grand Guéret")
    newcomer.sees("Différence")
    text = pdf_text(newcomer.save(re.compile("Télécharger la comparaison"), tmp_path))
    assert "Creuse Grand Sud" in text
    assert "Grand Guéret" in text
    assert "Différence" in text


def test_task_08_the_annex_of_a_decree_with_a_trial_in_it(
    newcomer: Gestures, tmp_path: Path
) -> None:
    newcomer.screen("Zonage")
    newcomer.choose("Essayer un changement", "Guéret")
    # As high with the focus as without: what is below stays under the finger that presses it.
    field = newcomer.page.get_by_role("combobox", name=re.compile("Essayer un changement"))
    for gesture in (field.focus, field.blur):
        gesture()
        assert field.evaluate("one => getComputedStyle(one).minWidth") == "48px"
    # The map tells the shares of the trial, as the gauges do.
    sentence = newcomer.frame().locator(".sentence")
    expect(sentence).to_contain_text("Essai de 1 changement", timeout=SLOW_MS)
    for zone in ("ZIP", "ZAC"):
        gauge = newcomer.main.locator(".ps-gauges li").filter(has_text=re.compile(f"^{zone}"))
        share = gauge.locator(".v").inner_text()
        assert re.search(rf"{share}[^%]*en {zone}", sentence.inner_text())
    project = docx_text(newcomer.save(re.compile("Annexe du projet"), tmp_path))
    force = docx_text(newcomer.save(re.compile("Annexe en vigueur"), tmp_path))
    assert "Guéret" in project
    assert project != force
    assert len(force) > 10_000


def test_task_09_zip_communes_without_gp_in_an_epci_as_a_list(
    newcomer: Gestures, tmp_path: Path
) -> None:
    newcomer.click(newcomer.page.get_by_text("Tableau et exports"))
    newcomer.choose("EPCI", "Creuse Grand Sud")
    newcomer.choose("Zones", "ZIP")
    newcomer.choose("Critères", "Sans généraliste")
    newcomer.sees(re.compile(r"\d+ communes sur 4\s293"))
    file = newcomer.save("Télécharger (CSV)", tmp_path)
    # Notes stand before the table: one says what the list was cut down to.
    rows = [one for one in file.read_text("utf-8-sig").splitlines() if "# " not in one[:3]]
    lines = [one for one in rows if "CC Creuse Grand Sud" in one]
    said = numbers(newcomer.said(re.compile("communes sur 4")))
    assert len(lines) == said[0] > 5
    assert all("ZIP" in line for line in lines)
    assert "tepci=" in newcomer.page.url


@pytest.mark.campaign
def test_task_10_what_changed_between_two_years_mapped(newcomer: Gestures) -> None:
    frame = newcomer.frame()
    newcomer.click(frame.locator("#indicateur [value=gps_per_1000]"))
    newcomer.pick(frame.locator("#depuis"), "2010")
    legend = frame.locator(".legend")
    expect(legend).to_contain_text("différence de 2010 à 2025")
    expect(legend).to_contain_text("sans changement")
    sentence = frame.locator(".sentence").inner_text()
    (known, *parts) = numbers(sentence.split("sur ")[1])
    assert known == sum(parts[:3]) == 4293
    assert min(parts[:3]) > 0
    # The legend counts what the sentence tells.
    counts = [int(re.sub(r"\s", "", one)) for one in legend.locator(".count").all_inner_texts()]
    assert [sum(counts[:3]), sum(counts[4:7]), counts[3]] == parts[:3]
    assert "depuis=2010" in newcomer.page.url
    newcomer.page.reload()
    expect(newcomer.frame().locator(".legend")).to_contain_text("différence de 2010 à 2025")


@pytest.mark.campaign
def test_task_11_nine_messy_sites_mended_best_three_shared_revoked(
    newcomer: Gestures, open_page: OpenPage
) -> None:
    newcomer.screen("Sites")
    newcomer.click(newcomer.page.get_by_text("Apporter un fichier de sites"))
    newcomer.give({"name": "sites.csv", "mimeType": "text/csv", "buffer": MESSY.encode()})
    newcomer.sees("9 lignes lues")
    newcomer.sees("8 comprises")
    newcomer.in_table("Code INSEE", "19275", "9 comprises")
    newcomer.button("Chercher les meilleurs sites")
    newcomer.sees("Optimum prouvé")
    assert newcomer.said(re.compile("^Retenus")).count(",") == 2
    newcomer.write("Nom du scénario", "Neuf sites")
    newcomer.button("Enregistrer comme nouveau")
    newcomer.button("Créer un lien")
    code = newcomer.page.locator("[data-testid=stCode] code").first
    expect(code).to_contain_text("/partage?jeton=", timeout=SLOW_MS)
    link = code.inner_text().strip()
    with open_page(PHONE) as visitor:
        visitor.goto(link)
        expect(visitor.get_by_text("Neuf sites")).to_be_visible(timeout=SLOW_MS)
    newcomer.button("Révoquer")
    newcomer.sees(", révoqué le")
    with open_page(PHONE) as visitor:
        visitor.goto(link)
        expect(visitor.get_by_text("Ce lien n’ouvre rien")).to_be_visible(timeout=SLOW_MS)


@pytest.mark.campaign
def test_task_12_our_files_in_and_one_of_them_back_out(private_server: str, page: Page) -> None:
    newcomer = Gestures(page, private_server)
    newcomer.arrive()
    newcomer.screen("Données et méthode")
    newcomer.tab("Importer")
    page.wait_for_url(re.compile("volet=importer"), timeout=SLOW_MS)  # the server has answered
    newcomer.settle()
    newcomer.give(GOLDEN / "gp_wide.csv", GOLDEN / "apl_plain.csv")
    newcomer.click(newcomer.main.get_by_role("button", name="Importer", exact=True))
    newcomer.button(re.compile("^Compléter"))
    newcomer.sees("gp_wide.csv")
    newcomer.choose("Fichier importé à retirer", "gp_wide.csv")
    newcomer.button("Retirer ce fichier")
    expect(page.get_by_text("Fichier retiré")).to_be_visible(timeout=SLOW_MS)
    newcomer.settle()
    (left,) = newcomer.offered("Fichier importé à retirer")
    assert "apl_plain.csv" in left
