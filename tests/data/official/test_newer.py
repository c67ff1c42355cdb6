"""Nothing newer is ever replaced by what is older: dates compare as numbers, table by table."""

import datetime as dt
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.official import import_reports, imports
from data.official.readers.tally import Refusal
from data.region import catalogue, table_store
from data.region.moments import Moment

REGISTER = [
    "Identification nationale PP", "Code profession", "Code savoir-faire", "Code type savoir-faire",
    "Identifiant technique de la structure", "Code commune (coord. structure)",
    "Code postal (coord. structure)", "Libellé commune (coord. structure)",
    "Code secteur d'activité", "Numéro SIRET site", "Numéro FINESS site",
]  # fmt: skip


@pytest.fixture
def register(tmp_path):
    """Write an extraction of the register of a day, with so many GPs in one commune."""

    def write(day, gps):
        rows = [
            "|".join([str(k), "10", "SM54", "S", f"R{k}", "16001", "16150", "A", "SA07", "", ""])
            for k in range(gps)
        ]
        path = tmp_path / f"PS_LibreAcces_Personne_activite_{day}0800.txt"
        path.write_text("\n".join(["|".join(REGISTER), *rows]) + "\n", encoding="utf-8")
        return path

    return write


@pytest.fixture
def counts(tmp_path):
    def write(year, gps):
        path = tmp_path / f"comptes-{year}.csv"
        path.write_text(f"code,gp_{year}\n16001,{gps}\n16002,1\n", encoding="utf-8")
        return path

    return write


def _gps():
    table = catalogue.imported_tables(["gps"])["gps"].set_index("code")["gps"]
    return table["16001"]


def _provenance(key="gps"):
    return table_store.version(table_store.current_key()).provenance[key]


def test_an_old_register_does_not_replace_newer_counts(register, counts):
    imports.import_files([counts(2024, 3)])
    (report,) = imports.import_files([register("20200121", 9)])
    assert _gps() == 3
    assert report.status == import_reports.OLDER
    (remark,) = [one for one in report.remarks if "plus ancien" in one]
    assert "21/01/2020" in remark
    assert "2024" in remark


def test_the_rpps_read_as_a_register_leaves_the_counts(register, counts):
    imports.import_files([counts(2024, 3)])
    (report,) = imports.import_files([register("20251103", 2)], as_register=True)
    assert _gps() == 3
    assert [one.table for one in report.tables] == ["gp_register"]
    assert any("lu comme registre" in one for one in report.remarks)
    table = catalogue.imported_tables(["gp_register"])["gp_register"].set_index("code")
    assert table.loc["16001", "establishments"] == 2
    assert table.loc["16002", "establishments"] == 0
    assert set(table["month"]) == {"2025-11"}
    assert _provenance("gp_register").measured[""] == Moment(2025, 11, 3)
    assert "SIRENE" not in _provenance("gp_register").source


def test_a_newer_register_replaces_counts_and_an_older_one_of_that_year_does_not(register, counts):
    imports.import_files([counts(2024, 3)])
    imports.import_files([register("20251103", 9)])
    assert _gps() == 9
    assert (_provenance().year, _provenance().moment()) == (2025, Moment(2025, 11, 3))
    imports.import_files([register("20251102", 7)])
    assert _gps() == 9
    imports.import_files([register("20251104", 8)])
    assert _gps() == 8


def test_the_order_within_one_import_does_not_matter(register, counts):
    files = [register("20200121", 9), counts(2024, 3), register("20230601", 5)]
    for order in (files, files[::-1], [files[2], files[0], files[1]]):
        imports.import_files(order)
        assert _gps() == 3
        catalogue.undo()


def test_no_table_goes_back_in_time(tmp_path):
    newer, older = tmp_path / "populations_2023.csv", tmp_path / "populations_2020.csv"
    newer.write_text("codgeo;nom;pmun\n16001;A;500\n", encoding="utf-8")
    older.write_text("codgeo;nom;pmun\n16001;A;400\n", encoding="utf-8")
    first, second = (imports.import_files([one])[0] for one in (newer, older))
    assert first.status == import_reports.IMPORTED, first.message
    assert second.status == import_reports.OLDER
    assert not any("aucune commune" in one for one in second.remarks), "it is of the region"
    populations = catalogue.imported_tables(["populations"])["populations"]
    assert populations["population"].tolist() == [500]
    catalogue.undo()
    assert imports.import_files([older])[0].status == import_reports.IMPORTED


def test_the_command_and_the_screen_say_it(register, counts):
    from typer.testing import CliRunner

    from data.cli import app

    imports.import_files([counts(2024, 3)])
    told = CliRunner().invoke(app, ["import", str(register("20200121", 9)), "--remplacer"])
    assert told.exit_code == 0
    assert "plus ancien" in told.output
    assert _gps() == 3


def test_a_state_kept_before_moments_were_still_has_its_year(counts):
    imports.import_files([counts(2019, 3)])
    path = next((table_store.folder() / "versions").glob("*.json"))
    content = json.loads(path.read_text(encoding="utf-8"))
    for known in content["provenance"].values():
        del known["measured"]
    path.write_text(json.dumps(content), encoding="utf-8")
    assert _provenance().measured == {}
    assert (_provenance().year, _provenance("gp_history").year) == (2019, 2019)
    imports.import_files([counts(2018, 9)])
    assert _gps() == 3


@given(st.dates(dt.date(1990, 1, 1), dt.date(2039, 12, 31)), st.dates(dt.date(1990, 1, 1)))
def test_days_compare_as_days_whatever_the_words(one, other):
    assert Moment.told(f"fichier du {one:%d/%m/%Y}") == Moment.of(one)
    assert Moment.told(f"{one:%Y-%m-%d}") == Moment.of(one)
    assert Moment.of(one).before(Moment.of(other)) == (one < other)
    assert Moment(one.year).before(Moment.of(other)) == (one.year < other.year)


@pytest.mark.parametrize(
    ("refusal", "told"),
    [
        (Refusal("code illisible", 1, (7,)), "1 ligne : code illisible (ligne 7)"),
        (Refusal("âge", 3, (2, 5)), "3 lignes : âge (lignes 2, 5…)"),
        (Refusal("âge", 1200, ()), "1\u202f200 lignes : âge"),
    ],
)
def test_a_refusal_is_a_french_sentence(refusal, told):
    assert refusal.told == told
    assert str(refusal) == told
