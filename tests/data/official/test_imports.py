"""Importing files: what changes, what does not, the report, the commands."""

import datetime as dt
import json
import shutil
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from typer.testing import CliRunner

from data.cli import app
from data.official import imports
from data.official.sources import sources
from data.region import catalogue, table_store
from geo.errors import UnavailableError

GOLDEN = Path(__file__).parent / "readers" / "golden"


def _state():
    return table_store.version(table_store.current_key())


def _table(key):
    return catalogue.imported_tables([key])[key]


def test_good_files_go_in_together_and_bad_ones_change_nothing(tmp_path):
    broken = tmp_path / "abîmé.zip"
    broken.write_bytes(b"PK\x03\x04 rien de bon")
    files = [
        GOLDEN / "gp_wide.csv",
        broken,
        GOLDEN / "cartosante_nurses.csv",
        GOLDEN / "reference.csv",
    ]
    reports = imports.import_files(files)
    assert [r.status for r in reports] == ["importé", "refusé", "refusé", "importé"]
    assert set(_state().tables) == {"gps", "gp_history", "reference"}
    assert "abîmé ou tronqué" in reports[1].message
    gps = _state().provenance["gps"]
    assert (gps.vintage, gps.simulated, gps.file_name) == ("2018", False, "gp_wide.csv")
    assert gps.imported_at is not None
    assert gps.imported_at <= dt.datetime.now(dt.UTC)
    assert gps.matched == 5
    assert reports[0].communes == 4293


def test_importing_again_changes_nothing():
    files = [GOLDEN / "gp_wide.csv", GOLDEN / "apl_plain.csv"]
    imports.import_files(files)
    before = table_store.current_key()
    assert [r.status for r in imports.import_files(files)] == ["déjà en place"] * 2
    assert table_store.current_key() == before


def test_a_file_of_another_region_is_refused_and_changes_nothing(tmp_path):
    imports.import_files([GOLDEN / "populations_2021.csv"])
    before = table_store.current_key()
    elsewhere = tmp_path / "populations_2021.csv"
    head = "DEPCOM;COM;PMUN;PCAP;PTOT\n"
    lines = "29019;Brest;139600;3000;142600\n35238;Rennes;222485;5000;227485\n"
    elsewhere.write_text(head + lines, encoding="utf-8")
    (report,) = imports.import_files([elsewhere])
    assert report.status == "refusé"
    assert "aucune commune de la région Nouvelle-Aquitaine" in report.message
    assert table_store.current_key() == before


def test_preview_stores_nothing():
    (report,) = imports.preview([GOLDEN / "gp_wide.csv"])
    assert report.status == "lu"
    assert report.tables[0].matched == 5
    assert table_store.current_key() == ""


def test_older_counts_complete_the_history_only():
    imports.import_files([GOLDEN / "bpe_detail_latin1.csv"])
    (report,) = imports.import_files([GOLDEN / "gp_wide.csv"])
    assert [table.table for table in report.tables] == ["gp_history"]
    assert _state().provenance["gps"].vintage == "2019"
    assert set(_table("gp_history")["year"]) == {2009, 2013, 2018, 2019, 2020}


def test_years_of_two_files_add_up(tmp_path):
    imports.import_files([GOLDEN / "apl_plain.csv"])
    later = tmp_path / "apl.csv"
    later.write_text("code,apl_2018,apl_2022\n16001,3.0,2.0\n")
    imports.import_files([later])
    apl = _table("apl").set_index(["code", "year"])["apl"]
    # 2018 now comes from the later file, whole; 2016 stays.
    assert apl.to_dict() == {
        ("16001", 2016): 3.5,
        ("16001", 2018): 3.0,
        ("16001", 2022): 2.0,
        ("16002", 2016): 5.1,
        ("33063", 2016): 5.25,
    }
    assert _state().provenance["apl"].vintage == "2016, 2018, 2022"


def test_a_file_of_some_columns_completes_the_table():
    imports.import_files([GOLDEN / "reference.csv"])
    imports.import_files([GOLDEN / "ages.csv"])
    table = _table("reference").set_index("code")
    assert table.loc["16001", "share_over_75"] == pytest.approx(70.5 / 500)
    assert table.loc["16001", "bassin_de_vie_name"] == "Confolens"
    assert table.loc["16002", "share_over_75"] == pytest.approx(0.094)
    assert _state().provenance["reference"].vintage == "BV2022 ; 2021"
    assert "millésime  bassins de vie 2022 ; 2021" in CliRunner().invoke(app, ["status"]).output


def test_composition_of_the_tvs_completes_a_zoning_in_any_order():
    (alone,) = imports.import_files([GOLDEN / "tvs.csv"])
    assert "importez d’abord" in alone.message
    reports = imports.import_files([GOLDEN / "tvs.csv", GOLDEN / "cartosante_gp.csv"])
    assert [r.status for r in reports] == ["importé", "importé"]
    zoning = _table("zoning").set_index(["code", "part"])
    assert zoning.loc[("16001", "commune"), ["zone", "tvs", "tvs_name"]].tolist() == [
        "ZIP", "16106", "Confolens",
    ]  # fmt: skip
    assert zoning.loc[("33063", "QPV"), "tvs"] == ""


def test_finess_activities_and_labels_make_one_table_of_structures():
    files = ["finess_care.csv", "liste_france_sante.csv", "finess_stock.csv"]
    reports = imports.import_files([GOLDEN / name for name in files])
    assert [r.status for r in reports] == ["importé"] * 3
    table = _table("structures").set_index("id")
    assert table.loc["330000003", "kind"] == "urgences"
    assert table.loc["160000001", ["kind", "labelled"]].tolist() == ["msp", True]
    # Establishments stay known: the activities file can come alone later.
    (alone,) = imports.import_files([GOLDEN / "finess_activities.json"])
    assert alone.tables[0].rows == 1
    assert table["labelled"].sum() == 2


def test_an_archive_is_read_for_what_it_holds(tmp_path):
    path = tmp_path / "insee.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(GOLDEN / "populations_2021.csv", "populations_2021.csv")
        archive.writestr("lisez-moi.txt", "Ce fichier\nn'est pas un tableau\n")
    (report,) = imports.import_files([path])
    assert report.status == "importé"
    assert any("lisez-moi.txt" in remark for remark in report.remarks)
    assert set(_state().tables) == {"populations"}


@pytest.mark.parametrize("fuller_first", [True, False])
def test_of_two_members_of_an_archive_the_fullest_is_read_and_the_other_named(
    tmp_path, fuller_first
):
    full = "DEPCOM;PMUN\n19275;9187\n33063;267991\n"
    part = "DEPCOM;PMUN\n19275;9001\n"
    members = {"a.csv": full, "b.csv": part} if fuller_first else {"a.csv": part, "b.csv": full}
    path = tmp_path / "populations.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    (report,) = imports.import_files([path])
    assert report.status == "importé"
    table = catalogue.imported_tables(["populations"])["populations"].set_index("code")
    assert table["population"].to_dict() == {"19275": 9187, "33063": 267991}
    lost = "b.csv" if fuller_first else "a.csv"
    assert any(f"{lost} » donne les mêmes tables" in remark for remark in report.remarks)
    assert (report.read, report.kept) == (2, 2)


def test_two_members_as_full_that_differ_are_refused_and_the_same_twice_is_read_once(tmp_path):
    path = tmp_path / "populations.zip"
    for texts, status in (
        (("DEPCOM;PMUN\n19275;9001\n", "DEPCOM;PMUN\n19275;9002\n"), "refusé"),
        (("DEPCOM;PMUN\n19275;9001\n", "DEPCOM;PMUN\n19275;9001\n"), "importé"),
    ):
        with zipfile.ZipFile(path, "w") as archive:
            for name, text in zip(("a.csv", "b.csv"), texts, strict=True):
                archive.writestr(name, text)
        (report,) = imports.import_files([path])
        assert report.status == status
        if status == "refusé":
            assert "sans s’accorder" in report.message
            assert "a.csv" in report.message
            assert "b.csv" in report.message


def test_a_file_that_is_near_is_told_what_it_lacks(tmp_path):
    path = tmp_path / "mg.csv"
    path.write_text("code_insee,commune,medecins_salaries\n19275,Ussel,3\n")
    (report,) = imports.import_files([path])
    assert "ressemble à un tableau de effectifs de médecins" not in report.message
    assert "« medecins_salaries » en est-elle une ?" in report.message


def test_a_file_that_another_screen_takes_is_told_which(tmp_path):
    told = {
        "nom du site;commune;généralistes\nMSP;Ussel;3\n": "sites candidats : « Sites MSP »",
        "etablissement;finess;specialite\nCH;230780041;Cardiologie\n": "onglet « Importer »",
        "nom du site;code_insee\nMSP;19275\n": "sites candidats : « Sites MSP »",
    }
    for rank, (text, words) in enumerate(told.items()):
        path = tmp_path / f"{rank}.csv"
        path.write_text(text)
        (report,) = imports.import_files([path])
        assert report.status == "refusé"
        assert words in report.message
    path = tmp_path / "mg.csv"
    path.write_text("code_insee,commune,medecins_salaries\n19275,Ussel,3\n")
    (report,) = imports.import_files([path])
    assert "candidats" not in report.message


def test_a_foreign_file_is_told_what_is_expected(tmp_path):
    path = tmp_path / "temps.csv"
    path.write_text("origine,destination,minutes\na,b,3\n")
    (report,) = imports.import_files([path])
    assert "ses premières colonnes sont « origine », « destination », « minutes »" in report.message
    assert "ni code INSEE de commune, ni numéro FINESS" in report.message
    assert table_store.current_key() == ""


def test_a_full_disk_changes_nothing_and_says_so(monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(table_store, "commit", full)
    with pytest.raises(UnavailableError, match="disque plein, ou en lecture seule"):
        imports.import_files([GOLDEN / "reference.csv"])
    assert table_store.current_key() == ""


def test_every_source_is_read_by_a_reader_and_feeds_known_tables():
    from data.official import readers
    from data.region import schemas

    for key, source in sources().items():
        if source.reader != "roads":
            assert source.reader in readers.READERS, key
        assert set(source.tables) <= {*schemas.TABLES, *schemas.CONTEXT, "populations"}, key
        assert source.page.startswith("https://"), key


def test_command_imports_tells_and_undoes(tmp_path):
    run = CliRunner()
    result = run.invoke(app, ["import", str(GOLDEN / "gp_wide.csv"), "--remplacer"])
    assert result.exit_code == 0
    assert "11 lues, 7 retenues" in result.stdout.replace("\u202f", " ")
    told = json.loads(run.invoke(app, ["status", "--json"]).stdout)
    assert told["region"] == "75"
    tables = {table["table"]: table for table in told["tables"]}
    assert set(tables["gps"]) == {
        "table", "title", "source", "vintage", "simulated", "rows", "matched", "communes",
        "imported_at", "file_name", "to_check", "confirmed",
    }  # fmt: skip
    assert (tables["gps"]["matched"], tables["gps"]["communes"]) == (5, 4293)
    assert not tables["gps"]["simulated"]
    assert "Médecins généralistes," not in told["ribbon"]
    assert told["ribbon"].startswith("DONNÉES EN PARTIE SIMULÉES")
    assert "Médecins généralistes" in run.invoke(app, ["undo"]).stdout
    assert table_store.current_key() == ""
    assert run.invoke(app, ["undo"]).exit_code == 1


def test_command_fails_when_a_file_is_refused_and_says_which(tmp_path):
    path = tmp_path / "vide.csv"
    path.touch()
    result = CliRunner().invoke(
        app, ["import", str(path), str(GOLDEN / "reference.csv"), "--remplacer"]
    )
    assert result.exit_code == 1
    assert "« vide.csv » est vide" in result.stdout
    assert set(_state().tables) == {"reference"}


@pytest.mark.campaign
@pytest.mark.reference
def test_every_real_file_goes_in(reference, tmp_path):
    """Exact counts of communes matched, out of the 4,293 of Nouvelle-Aquitaine."""
    files = {
        "gp_panel/gp_per_commune.csv": {"gps": 4293, "gp_history": 4293},
        "formats/bpe_2013_wide.xlsx": {"gp_history": 4293},  # gps: those of 2018 take their place
        "apl/apl_gp_per_commune.csv": {"apl": 4293},
        "zoning/zonage_na_matched.csv": {"zoning": 4275},
        "zoning/zonmed.csv": {"zoning": 4286},
        "reference/communes_75_reference.csv": {"reference": 4293},
    }
    reports = imports.import_files([reference / name for name in files])
    found = [{table.table: table.matched for table in report.tables} for report in reports]
    assert found == list(files.values())
    assert all(report.status == "importé" for report in reports)
    assert [report.read for report in reports] == [36624, 35190, 34832, 4314, 38907, 4293]
    ain = reference / "formats" / "insee_pop_legales_2016_Communes_head.csv"
    (refused,) = imports.import_files([ain])
    assert "aucune commune de la région Nouvelle-Aquitaine" in refused.message
    provenance = _state().provenance
    assert provenance["gps"].vintage == "2018"
    assert provenance["gp_history"].vintage == "2009, 2013, 2018"
    gps = _table("gps").set_index("code")["gps"]
    # 6,181 under present codes in the file, 8 in communes merged since.
    assert gps[gps.index.isin(imports.commune_index("75").codes)].sum() == 6181 + 8


@pytest.mark.reference
def test_real_files_that_are_no_source_of_ours_are_refused(reference):
    names = [
        "formats/cartosante_export_nurses.csv",
        "formats/bpe18_enseignement_head.csv",
        "formats/insee_base_cc_evol_struct_pop_2016_variables.csv",
        "roads/gironde_od_minutes.csv",
        "roads/andorra_gh.osm.pbf",
    ]
    reports = imports.import_files([reference / name for name in names])
    assert [report.status for report in reports] == ["refusé"] * 5
    expected = [
        "infirmiers",
        "domaines trouvés : C",
        "ressemble à un tableau de populations",
        "premières colonnes",
        "proxisoins roads build",
    ]
    for report, words in zip(reports, expected, strict=True):
        assert words in report.message
    assert table_store.current_key() == ""


@pytest.mark.reference
def test_real_care_activities_give_the_emergency_departments(reference, tmp_path):
    """Places are invented: no geolocated FINESS is in the reference data."""
    real = (reference / "formats/finess_activites_soin.txt").read_text(encoding="utf-8")
    numbers = {line.split(";")[10] for line in real.splitlines()[1:] if line.split(";")[2] == "14"}
    stock = tmp_path / "finess.csv"
    lines = ["finess;etalab;93;2026-05-04"]
    for number in [*sorted(numbers), "160000001"]:
        cells = ["structureet", number, *[""] * 30]
        cells[3], cells[12], cells[13] = "ÉTABLISSEMENT INVENTÉ", "001", "16"
        cells[18] = "603" if number == "160000001" else "355"
        lines.append(";".join(cells))
    lines.append("geolocalisation;160000001;523889.2;6558121.6;LAMBERT_93;2026-01-01")
    stock.write_text("\n".join(lines) + "\n", encoding="utf-8")
    shutil.copy(reference / "formats/finess_activites_soin.txt", tmp_path / "activites.txt")
    reports = imports.import_files([tmp_path / "activites.txt", stock])
    assert [report.status for report in reports] == ["importé"] * 2
    assert reports[0].read == 10291
    assert reports[0].kept == 592
    assert reports[0].tables[0].rows == 523  # SU and SUP, each site once
    assert [one.count for one in reports[0].refused] == [10291 - 592]


def test_undo_takes_back_the_places_of_establishments_too(tmp_path):
    imports.import_files([GOLDEN / "finess_stock.csv"])
    first = imports.commune_index("75").sites
    rows = (GOLDEN / "finess_stock.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    fewer = tmp_path / "finess.csv"
    fewer.write_text("".join(row for row in rows if "PERDUE" not in row), encoding="utf-8")
    imports.import_files([fewer])
    assert len(imports.commune_index("75").sites) < len(first)
    catalogue.undo()
    assert imports.commune_index("75").sites.equals(first)
    catalogue.undo()
    assert imports.commune_index("75").sites is None


def test_imports_at_once_lose_no_year(tmp_path):
    files = []
    for year in range(2010, 2016):
        files.append(tmp_path / f"apl_{year}.csv")
        files[-1].write_text(f"code,apl_{year}\n16001,{year - 2009}.0\n")
    with ThreadPoolExecutor(len(files)) as pool:
        reports = list(pool.map(lambda file: imports.import_files([file]), files))
    assert all(report.status == "importé" for (report,) in reports)
    assert set(_table("apl")["year"]) == set(range(2010, 2016))


def test_importing_again_mends_a_table_that_was_altered(isolated_home):
    imports.import_files([GOLDEN / "gp_wide.csv"])
    before = _table("gps")
    for file in (isolated_home / "tables" / "objects").iterdir():
        file.write_bytes(b"")
    with pytest.raises(UnavailableError, match="importez de nouveau"):
        _table("gps")
    imports.import_files([GOLDEN / "gp_wide.csv"])
    assert _table("gps").equals(before)


def test_an_altered_pointer_is_said_and_never_taken_for_an_empty_folder(isolated_home):
    imports.import_files([GOLDEN / "gp_wide.csv"])
    for content in (b"", b"\xff\xfe", b"../../etc/passwd", b"0" * 24):
        (isolated_home / "tables" / "current").write_bytes(content)
        for ask in (catalogue.load_territory, catalogue.undo):
            with pytest.raises(UnavailableError, match="restaurez une sauvegarde"):
                ask()
