"""Files imported one command after the other give what they give together, or the order is said."""

from pathlib import Path

import pytest

from data.official import imports
from data.region import catalogue, table_store

ZONES = "code;lib_com;Zonage\n16001;A;1_ZIP\n16010;A;1_ZIP\n33063;A;2_ZAC\n"


def _import(tmp_path: Path, name: str, text: str, partial: str = imports.REPLACE):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    (report,) = imports.import_files([path], "75", partial)
    assert report.status != "refusé", report
    return report


def _table(key: str):
    return catalogue.imported_tables([key])[key].set_index("code")


def _territories(folder: Path, *rows: str) -> None:
    _import(folder, "tvs.csv", "\n".join(["INSEE_COM,Code_TVS,Nom_TVS", *rows, ""]))


def test_compositions_of_other_departements_stay(tmp_path):
    _import(tmp_path, "zonage_2022.csv", ZONES)
    _territories(tmp_path, "16001,16106,Nord", "16186,16106,Nord")
    _territories(tmp_path, "33063,33001,Bordeaux")
    assert _table("zoning")["tvs"].to_dict() == {
        "16001": "16106", "16186": "16106", "33063": "33001",
    }  # fmt: skip
    _territories(tmp_path, "16001,16292,Sud")  # the département again: what it leaves out is gone
    assert _table("zoning")["tvs"].to_dict() == {"16001": "16292", "16186": "", "33063": "33001"}


def test_a_newer_zoning_without_territories_keeps_theirs(tmp_path):
    _import(tmp_path, "zonage_2022.csv", ZONES)
    _territories(tmp_path, "16001,16106,Nord", "33063,33001,Bordeaux")
    _import(tmp_path, "zonage_2024.csv", ZONES.replace("2_ZAC", "6_HZ"))
    assert _table("zoning").loc[["16001", "33063"], ["zone", "tvs"]].to_numpy().tolist() == [
        ["ZIP", "16106"], ["HZ", "33001"],
    ]  # fmt: skip


OLD, NEW = "code;gp_2022\n16001;1\n33063;500\n", "code;gp_2024\n33063;480\n"


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_what_only_the_older_file_tells_is_completed_in_any_order(tmp_path, order):
    for rank in order:
        report = _import(tmp_path, f"{rank}.csv", (OLD, NEW)[rank], imports.COMPLETE)
    assert _table("gps")["gps"].to_dict() == {"16001": 1, "33063": 480}
    known = table_store.version(table_store.current_key()).provenance
    assert {known[key].year for key in ("gps", "gp_history")} == {2024}
    assert any("ce qu’elles ne disent pas" in one for one in report.remarks) == (order == (1, 0))


def test_without_asking_an_older_file_completes_nothing(tmp_path):
    _import(tmp_path, "new.csv", NEW)
    _import(tmp_path, "old.csv", OLD)
    assert _table("gps")["gps"].to_dict() == {"33063": 480}


def test_the_same_counts_of_a_later_year_are_of_that_year(tmp_path):
    _import(tmp_path, "a.csv", OLD)
    report = _import(tmp_path, "b.csv", OLD.replace("2022", "2023"))
    assert report.status == "importé"
    assert table_store.version(table_store.current_key()).provenance["gps"].year == 2023


@pytest.mark.parametrize(
    ("first", "second", "where"),
    [
        (OLD, OLD.replace("500", "510"), "commune 33063"),
        (
            "CODGEO;P22_POP;P22_POP0014;P22_POP7589;P22_POP90P\n16001;100;80;9;1\n",
            "CODGEO;P22_POP;P22_POP0014;P22_POP7589;P22_POP90P\n16001;100;80;8;1\n",
            "commune 16001",
        ),
    ],
)
def test_a_file_that_replaces_values_of_the_same_date_says_so(tmp_path, first, second, where):
    assert not any("la remplace" in one for one in _import(tmp_path, "a.csv", first).remarks)
    told = [one for one in _import(tmp_path, "b.csv", second).remarks if "la remplace" in one]
    assert told
    assert all("« a.csv »" in one and where in one and "« b.csv »" in one for one in told)
    assert not any("la remplace" in one for one in _import(tmp_path, "c.csv", second).remarks)


def test_labels_without_finess_ask_for_it(tmp_path):
    path = tmp_path / "liste_france_sante.csv"
    path.write_text("FINESS;\n330000003;\n", encoding="utf-8")
    (report,) = imports.import_files([path])
    assert "importez d’abord, ou en même temps, le fichier FINESS" in report.message
