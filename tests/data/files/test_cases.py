"""Small hard files kept beside the reference data: each gives its right reading (by hand)."""

import pytest

from data.official.imports import commune_index
from data.official.reading import read_here
from data.region import embedded_set
from data.region.gazetteer import gazetteer
from data.uploads import match_lines, read_lines

pytestmark = pytest.mark.reference

SITES = {"Site A": (2.309, 45.548), "Site B": (-0.329, 45.696), "Site C": (1.262, 45.834)}
FAMILIES = ("b03_", "b04_", "b05_", "b06_", "b15", "b18_", "b19_gpx", "b19_kml.kml", "b20")
"""Points of which every file holds the same three sites."""
READ = {
    "a01_anct_medg.xlsx": 10, "a03_insee_statloc_pop.csv": 10, "a04_cartosante_apl_commune.csv": 10,
    "a05_cartosante_mg_commune.csv": 9, "a06_cartosante_mg_bassin_de_vie.csv": 0,
    "a07_cartosante_mg_departement.csv": 0, "a09_cartosante_zonage_bv.csv": 0,
    "a10_zonage_ancien_nouveau.xlsx": 10, "a12_zonage_un_onglet_par_dep.xlsx": 5,
    "a13_0_zone_titre.csv": 10, "a14_zonage_tvs_seul.csv": 0, "a15_insee_pop_dep_com.xlsx": 10,
    "a16_donnees_communes.csv": 10, "a18_bpe_equip_sante_com_2021.xlsx": 10,
    "a19_bpe2009_inseecom.xlsx": 10, "a20_apl_analyste.csv": 10,
    "a22_communes_associees_ou_deleguees.csv": 0, "a25_sep_ligne.csv": 10,
    "d11_mg_lignes_repetees.csv": 2, "d16_total_formule.xlsx": 2, "d18_mg_onglet_par_dep.xlsx": 2,
    "e01_labels.csv": 1, "e03_labels_on.csv": 1, "e05_labels_mots.csv": 1, "f01_zones_mots.csv": 3,
    "g01_codes_flottants.csv": 2, "04_populations_milliers_virgule.csv": 4293,
    "05_populations_guillemet_ouvert.csv": 0,
}  # fmt: skip
"""File to the rows of its chief table; 0 for one that is refused."""


@pytest.fixture
def cases(reference):
    folder = reference.parent / "cases"
    if not folder.is_dir():
        pytest.skip("no cases beside the reference data")
    return folder


def test_the_same_three_sites_in_every_spelling(cases):
    names, communes = gazetteer("75"), embedded_set.communes("75")
    wrong = {}
    for path in sorted((cases / "points").iterdir()):
        if not path.name.startswith(FAMILIES):
            continue
        report = match_lines(read_lines(path.read_bytes(), path.name), names, communes)
        found = sorted((site.lon, site.lat) for site in report.sites)
        near = [
            max(abs(x - a), abs(y - b)) < 0.02
            for (x, y), (a, b) in zip(found, sorted(SITES.values()), strict=False)
        ]
        if near != [True] * 3:
            wrong[path.name] = report.table().to_dict("list")
    assert wrong == {}


def test_every_import_has_its_rows_or_its_refusal(cases):
    index, wrong = commune_index("75"), {}
    for name, expected in READ.items():
        read = read_here({0: cases / "imports" / name}, index)
        tables = [member.result.tables for member in read.members if member.result]
        rows = max((len(table) for one in tables for table in one.values()), default=0)
        if rows != expected:
            wrong[name] = (rows, read.refusals)
    assert wrong == {}
