"""Files of part of a region are announced first; a folder goes in whatever the order."""

import re
import zipfile
from pathlib import Path

import pytest
from typer.testing import CliRunner

from data.cli import app
from data.official import import_reports, imports
from data.region import catalogue, embedded_set, table_store

GOLDEN = Path(__file__).parent / "readers" / "golden"
FIRST = "code_insee;mg_2024\n19275;11\n19136;0,5\n"
SECOND = "code_insee;mg_2024\n19275;12\n16102;18\n"

KINDS = (
    "gps", "gp_history", "zoning", "populations", "reference", "apl", "people_squares",
    "specialists", "cpts",
)  # fmt: skip


@pytest.fixture
def files(tmp_path):
    for name, text in (("a.csv", FIRST), ("b.csv", SECOND)):
        (tmp_path / name).write_text(text)
    return tmp_path


def gps():
    table = catalogue.imported_tables(["gps"])["gps"]
    return dict(zip(table["code"], table["gps"], strict=True))


def test_a_file_of_few_communes_waits_for_a_decision(files):
    (report,) = imports.import_files([files / "a.csv"], partial=imports.ASK)
    assert report.status == import_reports.PARTIAL
    assert "ne couvre que 2 des 4" in report.message
    assert table_store.current_key() == ""


def test_complete_keeps_the_others_and_replace_leaves_them_unknown(files):
    imports.import_files([files / "a.csv"], partial=imports.REPLACE)
    assert gps() == {"19275": 11.0, "19136": 0.5}
    imports.import_files([files / "b.csv"], partial=imports.COMPLETE)
    assert gps() == {"19275": 12.0, "19136": 0.5, "16102": 18.0}
    imports.import_files([files / "b.csv"], partial=imports.REPLACE)
    assert gps() == {"19275": 12.0, "16102": 18.0}


def test_the_command_asks_then_obeys(files):
    run = CliRunner().invoke(app, ["import", str(files / "a.csv")])
    assert run.exit_code == 2
    assert "--completer ou --remplacer" in run.output
    for name in ("a.csv", "b.csv"):
        run = CliRunner().invoke(app, ["import", str(files / name), "--completer"])
        assert run.exit_code == 0, run.output
    assert gps() == {"19275": 12.0, "19136": 0.5, "16102": 18.0}


def test_two_files_of_one_folder_that_contradict_each_other_are_both_refused(files):
    for given in ([files / "a.csv", files / "b.csv"], [files / "b.csv", files / "a.csv"]):
        reports = imports.import_files(given, partial=imports.REPLACE)
        assert {report.status for report in reports} == {import_reports.REFUSED}
        assert all("« a.csv », « b.csv » donnent" in report.message for report in reports)
        assert all("commune 19275" in report.message for report in reports)
    assert table_store.current_key() == ""


def test_files_of_one_departement_each_do_not_erase_one_another(files):
    (files / "b.csv").write_text("code_insee;mg_2024\n16102;18\n")
    reports = imports.import_files([files / "a.csv", files / "b.csv"], partial=imports.REPLACE)
    assert {report.status for report in reports} == {import_reports.IMPORTED}
    assert gps() == {"19275": 11.0, "19136": 0.5, "16102": 18.0}


def test_a_file_that_a_newer_one_of_the_same_folder_replaces_is_told(files):
    old, new = files / "populations_2020.csv", files / "a_populations_2023.csv"
    old.write_text("codgeo;nom;pmun\n16001;A;400\n")
    new.write_text("codgeo;nom;pmun\n16001;A;500\n")
    reports = imports.import_files([old, new])
    assert [one.status for one in reports] == [import_reports.OLDER, import_reports.IMPORTED]
    assert "laisse place à « a_populations_2023.csv » (2023)" in reports[0].remarks[-1]


def test_the_kinds_that_are_newer_in_place_stay_the_others_are_taken(files):
    stock = (GOLDEN / "finess_stock.csv").read_text(encoding="utf-8")
    old, newer, centres = (files / name for name in ("1.csv", "2.csv", "centres-de-sante_2025.csv"))
    old.write_text(stock.replace("2026-05-04", "2021-05-04"))
    newer.write_text(stock.replace("2026-05-04", "2022-05-04").replace("ABZAC", "ABZAC NORD"))
    centres.write_text("Numéro FINESS;Centre de santé\n330000003;CDS NEUF\n")
    for path in (old, centres, newer):
        (report,) = imports.import_files([path])
        assert report.status == import_reports.IMPORTED, report.message
    table = catalogue.imported_tables(["structures"])["structures"]
    assert set(table.loc[table["kind"] == "centre_sante", "id"]) == {"330000003"}
    assert "ABZAC NORD" in table.set_index("id").loc["160000001", "name"]
    assert any("dont restent : centres de santé" in one for one in report.remarks)


OTHERS = {
    "cpts": (
        "code_insee;cpts;finess;annee\n19275;CPTS A;190000001;2025\n16102;CPTS B;160000001;2025\n",
        "code_insee;cpts;finess;annee\n19275;CPTS A;190000001;2026\n",
    ),
    "specialists": (
        (
            "code_insee;specialite;medecins;annee\n19275;Cardiologie;2;2024\n"
            "16102;Cardiologie;3;2024\n16102;Gynécologie;1;2024\n"
        ),
        "code_insee;specialite;medecins;annee\n19275;Cardiologie;4;2025\n",
    ),
    "people_squares": (
        (
            "code_commune;lon;lat;population\n19275;2.309;45.548;40\n19275;2.312;45.548;9\n"
            "16102;-0.329;45.696;7\n16102;-0.332;45.696;5\n"
        ),
        "code_commune;lon;lat;population\n19275;2.309;45.548;41\n19275;2.312;45.548;9\n",
    ),
}
"""Table that tells of some communes only, to a file of two of them and a newer one of one."""


@pytest.mark.parametrize("key", OTHERS)
def test_a_file_of_less_than_what_stands_asks_whatever_its_table(tmp_path, key):
    whole, part = tmp_path / "tout_2024.csv", tmp_path / "partie_2025.csv"
    for path, text in zip((whole, part), OTHERS[key], strict=True):
        path.write_text(text, encoding="utf-8")
    (report,) = imports.import_files([whole], partial=imports.ASK)
    assert report.status == import_reports.IMPORTED, report.message
    (report,) = imports.import_files([part], partial=imports.ASK)
    assert report.status == import_reports.PARTIAL
    assert "ne couvre que 1 sur 2 communes" in report.message
    codes = catalogue.imported_tables([key])[key]["code"]
    assert set(codes) == {"19275", "16102"}

    imports.import_files([part], partial=imports.COMPLETE)
    assert set(catalogue.imported_tables([key])[key]["code"]) == {"19275", "16102"}
    catalogue.undo()
    imports.import_files([part], partial=imports.REPLACE)
    left = catalogue.imported_tables([key])[key]
    if key == "specialists":  # the other specialty is of another part, which the file tells not of
        left = left[left["specialty"] == "Cardiologie"]
    assert set(left["code"]) == {"19275"}


def test_a_zoning_of_one_region_asks_before_it_takes_the_place_of_all(tmp_path):
    lines = [f"{code};ZIP\n" for code in sorted(embedded_set.codes("75"))]
    everywhere = sorted(set(embedded_set.everywhere()["code"]) - set(embedded_set.codes("75")))
    others = [f"{code};ZAC\n" for code in everywhere[:1000]]
    whole, part = tmp_path / "tout.csv", tmp_path / "region.csv"
    whole.write_text("".join(["code_commune;zone\n", *lines, *others]))
    part.write_text("".join(["code_commune;zone\n", *lines]))
    imports.import_files([whole], partial=imports.ASK)
    (report,) = imports.import_files([part], partial=imports.ASK)
    assert report.status == import_reports.PARTIAL
    assert "toutes régions ensemble" in report.message
    imports.import_files([part], partial=imports.COMPLETE)
    zones = catalogue.imported_tables(["zoning"])["zoning"]["zone"].value_counts()
    assert dict(zones) == {"ZAC": 1000, "ZIP": len(lines)}


def test_establishments_of_a_few_communes_ask_and_complete_by_kind(tmp_path):
    stock = (GOLDEN / "finess_stock.csv").read_text(encoding="utf-8")
    whole, part = tmp_path / "stock.csv", tmp_path / "extrait.csv"
    whole.write_text(stock, encoding="utf-8")
    kept = [line for line in stock.splitlines() if not re.match(r"[a-z]+;330", line)]
    part.write_text("\n".join(kept).replace("2026-05-04", "2026-06-04"), encoding="utf-8")
    imports.import_files([whole], partial=imports.ASK)
    before = catalogue.imported_tables(["structures"])["structures"]
    (report,) = imports.import_files([part], partial=imports.ASK)
    assert report.status == import_reports.PARTIAL, report.message
    assert "« Structures de soins » couvre déjà" in report.message
    imports.import_files([part], partial=imports.COMPLETE)
    after = catalogue.imported_tables(["structures"])["structures"]
    assert set(after["id"]) == set(before["id"])
    imports.import_files([part], partial=imports.REPLACE)
    left = catalogue.imported_tables(["structures"])["structures"]
    assert not left["id"].str.startswith("33").any()


@pytest.mark.campaign
def test_a_folder_gives_the_same_state_in_any_order(tmp_path, monkeypatch):
    texts = {
        "tvs.csv": "INSEE_COM;Code_TVS;Nom_TVS\n19275;T1;Ussel\n19136;T1;Ussel\n16102;T2;Cognac\n",
        "zonage_tvs.csv": "Code TVS;Zonage 2026\nT1;ZIP\nT2;ZAC\n",
        "mg_2021.csv": "code_insee;an;nb_medg\n19275;2021;9\n",
        "mg_2024.csv": FIRST,
        "pop.csv": "CODDEP;CODCOM;PMUN2021;PMUN2022\n19;275;9000;9100\n",
        "ages.csv": "CODGEO;P22_POP;P22_POP7589;P22_POP90P\n19275;1000;150;10\n19136;10;2;1\n",
        "densite.csv": "CODGEO;LIBGEO;DENS;LIBDENS\n19275;Ussel;4;Petites villes\n",
        "carreaux.csv": (
            "code_commune;lon;lat;population\n19275;2.309;45.548;40\n19275;2.312;45.548;7\n"
        ),
        "specialistes.csv": (
            "code_insee;specialite;medecins;annee\n19275;Cardiologie;2;2025\n"
            "19136;Cardiologie;1;2024\n"
        ),
        "cpts_2025.csv": "code_insee;cpts;finess;annee\n19275;CPTS A;190000001;2025\n",
        "cpts_2026.csv": "code_insee;cpts;finess;annee\n19275;CPTS B;190000002;2026\n",
        "apl.csv": "code_insee;APL 2023\n19275;2.5\n19136;3.1\n",
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text)
    states = []
    names = sorted(texts)
    orders = [names, names[::-1], names[1::2] + names[::2], names[7:] + names[:7][::-1]]
    for rank, order in enumerate(orders):
        monkeypatch.setenv("PROXISOINS_HOME", str(tmp_path / f"home{rank}"))
        reports = imports.import_files([tmp_path / name for name in order])
        assert [one.message for one in reports if one.status == import_reports.REFUSED] == []
        tables = catalogue.imported_tables(KINDS)
        states.append({key: tables[key].to_json(orient="split") for key in KINDS})
    assert all(state == states[0] for state in states)
    assert tables["zoning"]["zone"].tolist() == ["ZAC", "ZIP", "ZIP"]
    assert tables["populations"]["population"].tolist() == [9100.0]
    assert tables["cpts"]["cpts_name"].tolist() == ["CPTS B"]
    assert tables["specialists"]["doctors"].tolist() == [2.0]
    assert sorted(tables["people_squares"]["people"]) == [7.0, 40.0]
    assert tables["reference"]["share_over_75"].notna().sum() == 2


def test_a_member_not_read_is_named_while_the_other_waits(tmp_path):
    """The question about the one that was read took the place of what is said of the other."""
    path = tmp_path / "ensemble.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("Communes.csv", "DEPCOM;COM;PMUN\n19275;Ussel;9000\n")
        archive.writestr("Communes_associees.csv", "DEPCOM;COMP;PMUN\n19275;Part;30\n")
    (report,) = imports.import_files([path], partial=imports.ASK)
    assert report.status == import_reports.PARTIAL
    assert any("Communes_associees.csv" in one for one in report.remarks)


def test_communes_that_a_new_file_leaves_out_are_named_and_become_unknown(files):
    """Seven communes lost their zone to a newer file, and the import said nothing of them."""
    codes = sorted(embedded_set.communes("75")["code"])
    lines = [f"{code};ZIP" for code in codes]
    (files / "zonage_1.csv").write_text("\n".join(["codgeo;zonage", *lines]))
    (files / "zonage_2.csv").write_text("\n".join(["codgeo;zonage", *lines[3:]]))
    (first,) = imports.import_files([files / "zonage_1.csv"])
    assert not any("devien" in one for one in first.remarks)
    (report,) = imports.import_files([files / "zonage_2.csv"])
    assert report.status == import_reports.IMPORTED
    (said,) = [one for one in report.remarks if "deviennent inconnues" in one]
    assert "3 communes qui y étaient ne sont pas dans ce fichier" in said
    assert all(f"({code})" in said for code in codes[:3])
    zones = catalogue.load_territory("75").zoning.set_index("code")["zone"]
    assert not set(codes[:3]) & set(zones[zones != ""].index)
