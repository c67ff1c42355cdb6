"""What a newcomer must finish alone, in twelve gestures at most, from the opening of the map."""

import re
import zipfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests.browser.gestures import Gestures

DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}

GOLDEN = Path(__file__).parents[1] / "data" / "official" / "readers" / "golden"

OpenPage = Callable[[dict[str, int]], AbstractContextManager[Page]]


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


def test_task_03_whom_a_house_serves_without_a_file(newcomer: Gestures) -> None:
    newcomer.screen("Sites")
    frame = newcomer.frame()
    newcomer.in_map("#recherche", "Aubusson")
    newcomer.click(frame.get_by_role("button", name="Ajouter un site ici"))
    newcomer.sees("1 site dans la liste")
    newcomer.sees(re.compile(r"à 20 minutes ou moins de \d[\d\s]* habitants"))
    newcomer.sees(re.compile(r"Habitants en ZIP à 20 min\s*\d"))
    # What was chosen is in the address: a reload loses nothing.
    newcomer.page.reload()
    newcomer.sees("1 site dans la liste")


def test_task_04_cardiology_in_carence_and_who_can_help(newcomer: Gestures) -> None:
    newcomer.screen("Permanence")
    newcomer.choose("Spécialité", "Cardiologie")
    newcomer.tab("Si cette ligne tombe")
    newcomer.choose("Ligne", "carence")
    newcomer.sees("Qui pourrait aider")
    helpers = newcomer.rows(0)
    assert helpers
    assert all(re.search(r"\d", row) for row in helpers)


def test_task_05_what_if_that_line_is_held(newcomer: Gestures) -> None:
    newcomer.screen("Permanence")
    newcomer.choose("Spécialité", "Cardiologie")
    newcomer.tab("Si cette ligne tombe")
    newcomer.choose("Ligne", "carence")
    more, minutes, after, before = numbers(newcomer.said(re.compile("Si elle l’était")))
    assert minutes in {30, 45, 60}
    assert before - after == more > 0
    assert "ligne=" in newcomer.page.url


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
    project = docx_text(newcomer.save(re.compile("Annexe du projet"), tmp_path))
    force = docx_text(newcomer.save(re.compile("Annexe en vigueur"), tmp_path))
    assert "Guéret" in project
    assert project != force
    assert len(force) > 10_000


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
