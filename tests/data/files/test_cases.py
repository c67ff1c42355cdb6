"""Small hard files kept beside the reference data: each gives its right reading (by hand).

Each file goes through each door it fits; none may be left without an expectation.
"""

import pytest
from typer.testing import CliRunner

from data.cli import app
from data.files.table_files import read_text_table
from data.official.import_reports import PARTIAL
from data.official.imports import ASK, REPLACE, commune_index, import_files
from data.official.reading import read_here
from data.pdses.reader import read_lines as on_call_lines
from data.region import catalogue, embedded_set
from data.region.gazetteer import gazetteer
from data.region.road_build import build_and_use
from data.siting.instances import build_model, read_instance
from data.uploads import match_lines, read_lines
from data.uploads.own_points import own_points
from geo.errors import InvalidInputError
from tests.data.files.case_results import (
    DOUBTS,
    FAMILIES,
    FIGURES,
    GPS,
    LINES,
    PLACED,
    PLACES,
    SAID,
    SITES,
    ZONES,
)

pytestmark = pytest.mark.reference

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


def read_points(path):
    names, communes = gazetteer("75"), embedded_set.communes("75")
    return match_lines(read_lines(path.read_bytes(), path.name), names, communes)


def test_no_case_is_left_without_an_expectation(cases):
    points = {path.name for path in (cases / "points").iterdir()}
    left = {name for name in points if not name.startswith(FAMILIES)} - PLACED.keys()
    assert left == {"b02_liste_nationale.csv"}  # tested by itself
    imports_known = READ.keys() | FIGURES.keys() | ZONES.keys() | PLACES.keys()
    assert {path.name for path in (cases / "imports").iterdir()} <= imports_known
    lines = {path.name for path in (cases / "pdses").iterdir()}
    assert lines - LINES.keys() == {"c04_transpose.xlsx"}


@pytest.mark.parametrize("name", PLACED)
def test_each_file_of_points_has_its_sites_at_both_doors(cases, name):
    path = cases / "points" / name
    report = read_points(path)
    assert sorted(site.code for site in report.sites) == sorted(PLACED[name])
    if name in GPS:
        assert [site.gps for site in report.sites] == GPS[name]
    offered = {place.code for one in report.outcomes if not one.site for place in one.candidates}
    assert offered == DOUBTS.get(name, set())
    if report.sites:
        points, _ = own_points(path.read_bytes(), name, catalogue.load_territory())
        assert len(points) == len(PLACED[name])


@pytest.mark.parametrize("name", SAID)
def test_what_was_judged_is_said(cases, name):
    report = read_points(cases / "points" / name)
    assert all(SAID[name] in one.reason for one in report.outcomes)


def test_a_national_list_keeps_the_region_and_counts_the_rest(cases):
    path = cases / "points" / "b02_liste_nationale.csv"
    report, lines = read_points(path), read_lines(path.read_bytes(), path.name).lines
    assert {site.name for site in report.sites} >= SITES.keys()
    assert len(report.outcomes) + len(report.outside) == len(lines)
    assert len(report.outside) > 1000
    assert "hors de la région" in report.counts


@pytest.mark.parametrize("name", LINES)
def test_each_file_of_on_call_lines_has_its_lines(cases, name):
    path = cases / "pdses" / name
    read = on_call_lines(path.read_bytes(), name)
    assert len(read.lines) == LINES[name]
    kinds = [line.cells["type_ligne"] for line in read.lines]
    if name.startswith("c05"):
        assert "demi-astreinte" in kinds
    if name.startswith("09"):
        assert kinds.count("(formule sans valeur)") == 2
    if name.startswith("08"):
        assert any("masquée" in said for said in read.told)
    if name.startswith("c03"):
        assert read.silent == 3  # the missing status is asked once


def test_a_transposed_annex_is_refused_by_what_it_is(cases):
    path = cases / "pdses" / "c04_transpose.xlsx"
    with pytest.raises(InvalidInputError, match="spécialités en lignes"):
        on_call_lines(path.read_bytes(), path.name)


@pytest.mark.parametrize("name", [*FIGURES, *ZONES, *PLACES])
def test_each_import_has_its_figures(cases, name):
    read = read_here({0: cases / "imports" / name}, commune_index("75"))
    tables = next(member.result.tables for member in read.members if member.result)
    if name in FIGURES:
        key, wanted = FIGURES[name]
        column = {"gps": "gps", "populations": "population", "apl": "apl"}[key]
        found = tables[key].set_index("code")[column]
    elif name in ZONES:
        wanted, found = ZONES[name], tables["zoning"].set_index("code")["zone"]
    else:
        wanted, found = PLACES[name], tables["structures"].set_index("id")["kind"]
        assert found.to_dict() == wanted
    assert found.reindex(list(wanted)).to_dict() == wanted


def test_the_door_of_imports_asks_before_it_puts_few_communes_in_place(cases):
    path = cases / "imports" / "a05_cartosante_mg_commune.csv"
    (report,) = import_files([path], "75", ASK)
    assert report.status == PARTIAL
    assert "4\u202f293 communes" in report.message
    import_files([path], "75", REPLACE)
    gps = (
        catalogue.load_territory().gps.set_index("code")["gps"].reindex(["16102", "16015", "19001"])
    )
    assert gps.iloc[0] == 4
    assert gps.isna().tolist() == [False, True, True]  # unknown, never without GP


@pytest.mark.parametrize("model", ["mclp", "equity"])
def test_sites_that_exist_are_all_kept(cases, model):
    folder = cases / "other" / "siting"
    instance = read_instance(*(folder / f"{one}.csv" for one in ("demand", "candidates", "costs")))
    every = instance.rows(instance.candidates)
    fixed = read_instance(
        *(folder / f"{one}.csv" for one in ("demand", "candidates", "costs")), instance.candidates
    )
    solved = build_model(model, k=len(every), threshold=10.0).solve(fixed.problem, None)
    assert [instance.candidates[one] for one in solved.chosen] == ["S1", "S2"]
    covered = (fixed.problem.costs.min(axis=1) <= 10) @ fixed.problem.weights
    assert covered == 300
    if model == "mclp":
        assert solved.objective == 300


@pytest.mark.parametrize("order", [["17_ouest.osm", "17_est.osm"], ["17_est.osm", "17_ouest.osm"]])
def test_a_road_across_two_extracts_is_whole_in_either_order(cases, order, tmp_path):
    folder = cases / "other"
    build_and_use([folder / name for name in order], lambda _: None)
    out = tmp_path / "minutes.csv"
    done = CliRunner().invoke(app, ["matrix", str(folder / "17_paires.csv"), "--out", str(out)])
    assert done.exception is None, done.exception
    (minutes,) = read_text_table(out)["minutes"]
    assert float(minutes) == pytest.approx(3.34, abs=0.01)
