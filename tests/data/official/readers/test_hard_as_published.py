"""Tables as agencies, funds and institutes hand them out: read right, or refused by what lacks.

Anything read wrong without a word is the worst fault: each case says what must come of it.
"""

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest

from data.base import french
from data.files.years import ended
from data.official.imports import commune_index
from data.official.members import Member
from data.official.reading import read_here
from data.uploads import read_lines
from geo.errors import InvalidInputError

BORDEAUX, LIMOGES, USSEL = "33063;Bordeaux", "87085;Limoges", "19275;Ussel"
TITLES = "Code INSEE;Commune"
BOTH = {"33063": 400, "87085": 130}
GPS = {
    "those of sixty and more after": (
        f"{TITLES};Nb MG;Nb MG de 60 ans et plus", "400;150", "130;40",
    ),
    "those of sixty and more before": (
        f"{TITLES};Nb MG de 60 ans et plus;Nb MG", "150;400", "40;130",
    ),
    "sector 1 beside": (f"{TITLES};Nombre de MG;Nombre de MG secteur 1", "400;390", "130;120"),
    "employed ones beside": (f"{TITLES};MG salariés;MG libéraux", "50;400", "9;130"),
    "a projection named": (f"{TITLES};MG 2024;MG 2030 (projection)", "400;300", "130;90"),
    "a projection told by its year": (f"{TITLES};MG 2024;MG 2095", "400;300", "130;90"),
    "a density beside": (f"{TITLES};MG;Densité MG pour 10 000 hab", "400;15", "130;9"),
    "patients beside": (f"{TITLES};Patientèle MG;MG", "500000;400", "130000;130"),
    "departures beside": (f"{TITLES};Départs de MG 2024;MG 2024", "12;400", "9;130"),
    "its course beside": (f"{TITLES};Évolution MG 2019-2024;MG 2024", "-12;400", "-9;130"),
    "replacing ones beside": (f"{TITLES};MG remplaçants;MG", "12;400", "9;130"),
    "practices beside": (f"{TITLES};Cabinets de MG;MG", "150;400", "40;130"),
}  # fmt: skip
"""Titles, then what stands for Bordeaux and for Limoges: 400 and 130 GPs in 2024."""
PARTLY = {
    "a remark in the cell": "12 (dont 3 remplaçants)", "a footnote": "5*", "a word": "cinq",
    "about": "~5", "a range": "5 à 6", "a doubt": "5?", "less than none": "-4", "an error": "#REF!",
}  # fmt: skip
"""What stands for Bordeaux: it is unknown, and counted."""
REFUSED = {
    "only those of sixty": (f"{TITLES};MG de 60 ans et plus", f"{BORDEAUX};150"),
    "a density": (f"{TITLES};Densité MG pour 10 000 hab", f"{BORDEAUX};15"),
    "per 100,000": (f"{TITLES};MG / 100 000 hab", f"{BORDEAUX};150"),
    "people without": (f"{TITLES};Population sans MG", f"{BORDEAUX};5000"),
    "a need": (f"{TITLES};Besoin en MG", f"{BORDEAUX};5"),
    "by sex": (f"{TITLES};MG femmes;MG hommes", f"{BORDEAUX};200;210"),
    "by IRIS": ("Code;Commune;MG", "330630101;Bordeaux;5", "330630102;Bordeaux;6"),
    "by EPCI": ("Code;Libellé;MG", "200066124;CC du Pays;5", "200070464;CC d'à côté;6"),
    "by département": ("Code;Libellé;MG", "16;Charente;250", "87;Haute-Vienne;300"),
    "codes as powers of ten": ("Code INSEE;MG", "3.3063E+04;400", "8.7085E+04;130"),
    "by quarter": ("codgeo;periode;nb_medg", "33063;T1 2024;400", "33063;T4 2024;390"),
    "lost accents": ("Code INSEE;MÃ©decins gÃ©nÃ©ralistes", "33063;400"),
    "people in thousands": (f"{TITLES};Population municipale (en milliers)", f"{BORDEAUX};261,8"),
    "people at work": (f"{TITLES};Population active", f"{BORDEAUX};130000"),
    "old people": (f"{TITLES};Population municipale de 75 ans et plus", f"{BORDEAUX};20000"),
    "a class of APL": (f"{TITLES};Classe APL", f"{BORDEAUX};4"),
    "a rank of APL": (f"{TITLES};Rang APL", f"{BORDEAUX};4"),
    "an APL of dentists": (f"{TITLES};APL aux chirurgiens-dentistes", f"{BORDEAUX};0,9"),
    "zones of midwives": (f"{TITLES};Zonage sages-femmes", f"{BORDEAUX};ZIP", f"{LIMOGES};ZAC"),
    "zones of nurses": (f"{TITLES};Zonage IDE", f"{BORDEAUX};Zone sous-dense"),
    "tax zones": (f"{TITLES};Zonage FRR", f"{BORDEAUX};Non", f"{LIMOGES};FRR+"),
    "zones as numbers": (f"{TITLES};Zonage", f"{BORDEAUX};1", f"{LIMOGES};2"),
    "a postcode called zip": ("zip;commune;zone", "33000;Bordeaux;ZAC", "87000;Limoges;ZIP"),
    "years together": ("codgeo;nb_medg;periode", "33063;400;2022-2024"),
    "all to come": ("codgeo;an;nb_medg", "33063;2094;400", "33063;2095;390"),
}  # fmt: skip


def read(folder: Path, name: str, *lines: str) -> tuple[Member | None, str]:
    """Return the one member of a file and why it is refused, "" where it is read."""
    path = folder / name
    path.write_text("\n".join(lines) + "\n", "utf-8")
    found = read_here({0: path}, commune_index("75"))
    if found.refusals:
        return None, found.refusals[0]
    (member,) = found.members
    return member, member.refusal


def figures(member: Member | None, key: str = "gps", column: str = "gps") -> dict[str, object]:
    """Return a column by commune, once the counts of a file add up."""
    assert member is not None
    assert member.result is not None, member.refusal
    tally = member.result.tally
    assert tally.read == tally.kept + sum(one.count for one in tally.refused)
    table = member.result.tables[key]
    return dict(zip(table["code"], table[column], strict=True))


@pytest.mark.parametrize("case", GPS)
def test_of_many_columns_the_count_of_gps_is_read(tmp_path: Path, case: str) -> None:
    titles, bordeaux, limoges = GPS[case]
    member, _ = read(
        tmp_path, "ars_2024.csv", titles, f"{BORDEAUX};{bordeaux}", f"{LIMOGES};{limoges}"
    )
    assert figures(member) == BOTH
    assert member is not None
    assert member.result is not None
    assert member.result.vintages["gps"] == "2024"


@pytest.mark.parametrize("case", PARTLY)
def test_a_count_that_says_more_than_a_number_is_unknown(tmp_path: Path, case: str) -> None:
    member, _ = read(
        tmp_path, "mg_2024.csv", f"{TITLES};MG", f"{BORDEAUX};{PARTLY[case]}", f"{LIMOGES};130"
    )
    assert figures(member) == {"87085": 130}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_table_of_ours_is_refused_in_a_sentence(tmp_path: Path, case: str) -> None:
    member, why = read(tmp_path, "fichier_2024.csv", *REFUSED[case])
    assert member is None or member.result is None
    assert why.startswith("« fichier_2024.csv »")
    assert len(why) < 600


def test_a_page_that_a_portal_calls_a_workbook_is_named(tmp_path: Path) -> None:
    page = "<html><table><tr><td>Code INSEE</td><td>MG</td></tr></table></html>"
    _, why = read(tmp_path, "mg_2024.xls", page)
    assert "page web, pas un tableau" in why
    with pytest.raises(InvalidInputError, match="page web, pas un tableau"):
        read_lines(page.encode(), "sites.xls")


def test_lines_of_totals_are_counted_and_are_no_communes(tmp_path: Path) -> None:
    lines = [f"{BORDEAUX};400", "19;Total Corrèze;250", "75;Nouvelle-Aquitaine;6000", ";Total;6650"]
    member, _ = read(tmp_path, "mg_2024.csv", f"{TITLES};MG", *lines)
    assert figures(member) == {"33063": 400}


def test_populations_to_come_are_not_read(tmp_path: Path) -> None:
    lines = ["DEPCOM;PMUN2021;PMUN2050", "33063;261804;300000"]
    member, _ = read(tmp_path, "pop.csv", *lines)
    assert figures(member, "populations", "population") == {"33063": 261804}
    assert member is not None
    assert member.result is not None
    assert member.result.vintages["populations"] == "2021"


def test_an_apl_to_come_is_left_out_and_told(tmp_path: Path) -> None:
    lines = ["codgeo;an;apl", "33063;2023;3,9", "33063;2095;2,1", "87085;2023;4,1"]
    member, _ = read(tmp_path, "apl.csv", *lines)
    assert figures(member, "apl", "apl") == {"33063": 3.9, "87085": 4.1}


def test_the_zone_of_gps_is_told_from_that_of_others_beside_it(tmp_path: Path) -> None:
    lines = [f"{TITLES};Zone kiné;Zone MG", f"{BORDEAUX};ZIP;ZAC", f"{LIMOGES};ZAC;ZIP"]
    member, _ = read(tmp_path, "zonage_2024.csv", *lines)
    assert figures(member, "zoning", "zone") == {"33063": "ZAC", "87085": "ZIP"}


def test_the_decree_of_each_commune_is_kept_with_its_zone(tmp_path: Path) -> None:
    lines = [f"{BORDEAUX};ZAC;12/05/2025", f"{LIMOGES};ZIP;2025-06-01", f"{USSEL};ZIP;à venir"]
    member, _ = read(tmp_path, "zonage.csv", f"{TITLES};Zonage MG;Date arrêté", *lines)
    assert figures(member, "zoning", "zone") == {"33063": "ZAC", "87085": "ZIP", "19275": "ZIP"}
    told = figures(member, "zoning", "decree")
    assert told == {"33063": "2025-05-12", "87085": "2025-06-01", "19275": ""}
    assert member is not None
    assert member.result is not None
    assert member.result.vintages["zoning"] == "arrêtés du 12 mai 2025 au 1er juin 2025"


def test_a_zoning_in_force_next_year_is_read(tmp_path: Path) -> None:
    year = french.today().year
    lines = [f"{TITLES};Zonage {year};Zonage {year + 1}", f"{BORDEAUX};ZIP;ZAC"]
    member, _ = read(tmp_path, "zonage.csv", *lines)
    assert figures(member, "zoning", "zone") == {"33063": "ZAC"}


LATER = f"{french.today() + dt.timedelta(days=7):%d/%m/%Y}"
"""Not tomorrow: a run of the tests may pass midnight."""


@pytest.mark.parametrize("day", ["2020-01-01", "31/12/2019", "20191231", "2020-01-01T00:00:00"])
def test_an_establishment_that_closed_is_left_out(tmp_path: Path, day: str) -> None:
    titles = "nofinesset;rs;categetab;commune;departement;coordxet;coordyet;datefermeture"
    site = "603;275;19;646000;6494000"
    lines = [titles, f"190000001;A;{site};{day}", f"190000002;B;{site};{LATER}"]
    member, _ = read(tmp_path, "finess.csv", *lines, f"190000003;C;{site};")
    found = figures(member, "structures", "id")
    assert member is not None
    assert member.result is not None
    assert member.result.tables["structures"]["id"].tolist() == ["190000002", "190000003"]
    assert set(found) == {"19275"}
    assert ended(pd.Series([day, "", "n.d.", LATER])).tolist() == [
        True, False, False, False,
    ]  # fmt: skip


def test_a_label_that_ended_is_none(tmp_path: Path) -> None:
    titles = "nofinesset;nom;code_insee;lon;lat;label France Santé;date de retrait"
    site = "19275;2.31;45.54;oui"
    lines = [titles, f"190000001;A;{site};01/09/2026", f"190000002;B;{site};"]
    member, _ = read(tmp_path, "labels.csv", *lines)
    assert member is not None
    assert member.result is not None
    assert member.result.tables["structures"]["id"].tolist() == ["190000002"]


def test_a_total_of_specialties_is_none_of_them(tmp_path: Path) -> None:
    lines = [f"33063;{one};9;2024" for one in ("Cardiologie", "Total", "Toutes spécialités")]
    member, _ = read(tmp_path, "spec.csv", "code_insee;specialite;medecins;annee", *lines)
    assert figures(member, "specialists", "specialty") == {"33063": "Cardiologie"}
