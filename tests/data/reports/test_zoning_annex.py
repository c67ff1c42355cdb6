"""The annex of a decree: what is simulated is said once, names follow as in a French list."""

import io
import re
import zipfile
from dataclasses import replace

import docx
import openpyxl
import pandas as pd
import pytest

from data.access import indicators
from data.access.zoning_gauges import Ceilings
from data.base.french import fold
from data.maps import payload
from data.region import catalogue
from data.region.territory import Territory
from data.reports import zoning_annex


@pytest.fixture(scope="module")
def loaded(prepared_home: object) -> tuple[Territory, pd.DataFrame]:
    assert prepared_home
    territory = catalogue.load_territory("75")
    return territory, indicators.commune_indicators(territory)


def paragraphs(document: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(document)) as archive:
        text = archive.read("word/document.xml").decode()
    return [re.sub(r"<[^>]+>", "", one) for one in text.split("</w:p>")]


def test_a_simulated_table_is_said_so_once(loaded: tuple[Territory, pd.DataFrame]) -> None:
    territory, communes = loaded
    notes = zoning_annex.notes(territory, Ceilings.of_region("75"))
    told = [one for one in notes if one.startswith("Zonage des médecins généralistes")]
    assert told == ["Zonage des médecins généralistes : données simulées."]
    document = payload.configuration(territory, communes, {})
    for one in document["indicators"]:
        for clause in re.split(r"[;.]", one["note"]):
            assert len(re.findall("simul|démonstration", clause)) <= 1, clause


def test_the_workbook_quotes_the_counts_and_minutes_that_its_figures_rest_on(
    loaded: tuple[Territory, pd.DataFrame],
) -> None:
    territory, communes = loaded
    gps = replace(territory.provenance["gps"], simulated=False, source="INSEE, BPE", vintage="2017")
    known = replace(territory, provenance={**territory.provenance, "gps": gps})
    ceilings = Ceilings.of_region("75")
    book = openpyxl.load_workbook(
        io.BytesIO(zoning_annex.zoning_workbook(known, communes, ceilings))
    )
    said = [row[0] for row in book["À lire"].iter_rows(values_only=True)]
    assert any(one.endswith("INSEE, BPE, 2017.") for one in said)
    assert any(one.startswith("Temps de trajet : ") for one in said)
    # The annex of a decree holds zones alone.
    assert not any("BPE" in one for one in zoning_annex.notes(known, ceilings))


def test_the_letters_of_zones_are_said_on_paper_and_in_the_workbook(
    loaded: tuple[Territory, pd.DataFrame],
) -> None:
    """« HZ » stood in the annex without a word of what it is."""
    territory, communes = loaded
    ceilings = Ceilings.of_region("75")
    held = set(communes["zone"])
    assert "HZ" in held
    told = zoning_annex.zones_told(held)
    assert told.startswith("ZIP : zone d’intervention prioritaire")
    assert told.endswith("HZ : hors zone.")
    texts = paragraphs(zoning_annex.decree_annex(territory, communes, ceilings))
    assert texts.index(told) < texts.index("Territoires de vie-santé")
    book = openpyxl.load_workbook(
        io.BytesIO(zoning_annex.zoning_workbook(territory, communes, ceilings))
    )
    assert told in [row[0] for row in book["À lire"].iter_rows(values_only=True)]
    assert zoning_annex.zones_told(["", "mixte"]) == ""


def test_territories_and_their_communes_follow_as_in_a_french_list(
    loaded: tuple[Territory, pd.DataFrame],
) -> None:
    territory, communes = loaded
    texts = paragraphs(zoning_annex.decree_annex(territory, communes, Ceilings.of_region("75")))
    lists = [one.split(", ") for one in texts[texts.index("Territoires de vie-santé") :]]
    lists = [one for one in lists if len(one) > 2]
    assert any(name[0] in "ÉÈÎ" for one in lists for name in one)
    for one in lists:
        assert one == sorted(one, key=fold)


def test_communes_that_the_zoning_leaves_out_are_named(
    loaded: tuple[Territory, pd.DataFrame],
) -> None:
    territory, communes = loaded
    known = communes.assign(tvs="", tvs_name="")
    limits = Ceilings.of_region("75")
    assert not any("Sans zone" in one for one in texts_of(territory, known, limits))
    left_out = communes["code"].isin(["23096", "16001"])
    missing = known.assign(zone=known["zone"].mask(left_out, ""))
    (said,) = [one for one in texts_of(territory, missing, limits) if "Sans zone" in one]
    assert said.endswith("2 communes, Abzac (16001), Guéret (23096).")


def test_no_page_cuts_the_names_of_a_zone_from_its_name(
    loaded: tuple[Territory, pd.DataFrame],
) -> None:
    """Names went on over several pages, under an empty département and an empty zone."""
    territory, communes = loaded
    known = communes.assign(tvs="", tvs_name="")
    content = zoning_annex.decree_annex(territory, known, Ceilings.of_region("75"))
    document = docx.Document(io.BytesIO(content))
    for table in document.tables:
        assert all("w:cantSplit" in row._tr.xml for row in table.rows[1:])
    headings = [one.text for one in document.paragraphs if one.style.name == "Heading 3"]
    by_departement = [one for one in document.tables if one.rows[0].cells[-1].text == "Noms"]
    found: dict[tuple[str, str], list[str]] = {}
    for heading, table in zip(headings, by_departement, strict=True):
        for row in table.rows[1:]:
            zone, count, _, names = (cell.text for cell in row.cells)
            assert zone.endswith(" (suite)") == (count == "")
            key = (heading.partition(" (")[0], zone.removesuffix(" (suite)"))
            found.setdefault(key, []).extend(names.split(", "))
    expected = known[known["zone"] != ""].groupby(["departement_name", "zone"])["name"]
    assert {key: len(names) for key, names in found.items()} == expected.size().to_dict()
    for key, names in found.items():
        assert names == sorted(expected.get_group(key), key=fold)


def texts_of(territory: Territory, communes: pd.DataFrame, limits: Ceilings) -> list[str]:
    return paragraphs(zoning_annex.decree_annex(territory, communes, limits))


def test_each_zone_of_a_territory_that_is_cut_has_its_row(
    loaded: tuple[Territory, pd.DataFrame],
) -> None:
    """They stood in one row of zone « mixte »: the annex told the zone of none of them."""
    territory, communes = loaded
    sizes = communes[communes["tvs"] != ""].groupby("tvs").size()
    cut, silent = sizes.index[sizes > 3][:2]
    members = communes.index[communes["tvs"] == cut]
    tried = communes.assign(zone=communes["zone"].mask(communes["tvs"] == silent, ""))
    tried.loc[members, "zone"] = "ZAC"
    tried.loc[members[0], "zone"] = "ZIP"
    tried.loc[members[1], "zone"] = ""
    content = zoning_annex.decree_annex(territory, tried, Ceilings.of_region("75"))
    tables = docx.Document(io.BytesIO(content)).tables
    (listed,) = [one for one in tables if one.rows[0].cells[0].text == "Code"]
    rows = [[cell.text for cell in row.cells] for row in listed.rows[1:]]
    names = tried.loc[members, "name"]
    parts = {zone: (name, told) for code, name, zone, _, told in rows if code == cut}
    assert set(parts) == {"ZIP", "ZAC"}
    assert all(name.endswith(" (en partie)") for name, _ in parts.values())
    assert parts["ZIP"][1] == names.iloc[0]
    assert sorted(parts["ZAC"][1].split(", ")) == sorted(names.iloc[2:])
    assert silent not in {row[0] for row in rows}
    (said,) = [one for one in paragraphs(content) if "Sans zone" in one]
    assert f" {1 + sizes[silent]} communes, " in said
    told = sum(len(row[4].split(", ")) for row in rows)
    assert told == int((tried["zone"] != "").sum())


def test_a_ceiling_that_is_not_known_is_not_said_to_be_none(
    loaded: tuple[Territory, pd.DataFrame],
) -> None:
    territory, communes = loaded
    content = zoning_annex.decree_annex(territory, communes, Ceilings.of_region("53"))
    told = {
        row.cells[0].text: row.cells[4].text
        for row in docx.Document(io.BytesIO(content)).tables[0].rows[1:]
    }
    assert (
        told[zoning_annex.ZONE_TITLES["ZIP"]]
        == told[zoning_annex.ZONE_TITLES["ZAC"]]
        == "non connu"
    )
    assert (
        told[zoning_annex.ZONE_TITLES["ZV"]]
        == told[zoning_annex.ZONE_TITLES["HZ"]]
        == "sans plafond"
    )
