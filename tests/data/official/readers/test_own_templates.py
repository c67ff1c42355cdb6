"""The templates of ours: calls to regulation by hour of the week, specialists by commune."""

import io

import pytest
from openpyxl import load_workbook

from data.files.cells import MASKED
from data.official import import_reports, imports, templates
from data.region import catalogue
from geo.errors import InvalidInputError

TITLES = "departement;jour;heure_debut;heure_fin;appels_par_heure;duree_minutes;regulateurs;annee\n"


@pytest.fixture
def calls(read, tmp_path):
    def read_lines(*lines, titles=TITLES):
        path = tmp_path / "appels.csv"
        path.write_text(titles + "\n".join(lines) + "\n", encoding="utf-8")
        source, result = read(path)
        assert source == "regulation_calls"
        return result

    return read_lines


def test_a_span_through_midnight_goes_on_into_the_next_day(calls):
    result = calls("16;dimanche;22h;2h;9,5;8;2;2025")
    table = result.tables["regulation_calls"]
    assert list(zip(table["day"], table["hour"], strict=True)) == [(6, 22), (6, 23), (0, 0), (0, 1)]
    assert table[["calls", "minutes", "regulators"]].drop_duplicates().to_numpy().tolist() == [
        [9.5, 8.0, 2.0]
    ]
    assert result.vintages == {"regulation_calls": "2025"}


def test_groups_of_days_are_spread(calls):
    table = calls("16;semaine;0;8;3;8;1;2025", "16;week-end;0;8;5;8;2;2025").tables[
        "regulation_calls"
    ]
    assert table.groupby("day")["hour"].size().tolist() == [8] * 7
    assert table[table["day"] >= 5]["regulators"].unique().tolist() == [2.0]


def test_a_blank_is_not_known_and_never_zero(calls):
    result = calls("16;lundi;0;1;;8;1;2025", "16;lundi;1;2;3;8;;2025")
    table = result.tables["regulation_calls"]
    assert table["calls"].isna().tolist() == [True, False]
    assert table["regulators"].isna().tolist() == [False, True]
    assert any("2 heures dont un chiffre est laissé en blanc" in r for r in result.tally.remarks)


def test_every_line_is_kept_or_refused_with_its_reason(calls):
    result = calls(
        "16;lundi;0;8;3;8;1;2025",
        "16;lundi;3;4;9;8;1;2025",  # contradicts the line above: both go
        "17;mardi;0;8;3;8;1,5;2025",
        "17;mercredi;0;8;beaucoup;8;1;2025",
        "France;mardi;0;8;3;8;1;2025",
        "17;férié;0;8;3;8;1;2025",
        "17;jeudi;8h30;9;3;8;1;2025",
        "17;jeudi;9;9;3;8;1;2025",
        "17;jeudi;9;10;;;;2025",
        "17;jeudi;9;10;3;900;1;2025",
        "17;jeudi;9;10;-3;8;1;2025",
        "23;jeudi;9;10;3;8;1;2025",
        "23;jeudi;9;10;3;8;1;2025",  # the same said twice counts once
    )
    tally = result.tally
    assert set(result.tables["regulation_calls"]["code"]) == {"23"}
    reasons = {one.reason.split(" (")[0]: one.count for one in tally.refused}
    assert reasons == {
        "heure que deux lignes disent avec d’autres chiffres": 2,
        "nombre de régulateurs négatif ou non entier": 1,
        "chiffre illisible": 1,
        "département illisible": 1,
        "jour inconnu": 1,
        "heure illisible": 2,
        "aucun chiffre": 1,
        "durée d’appel hors de 0 à 240 minutes": 1,
        "appels négatifs": 1,
    }
    assert tally.read == tally.kept + sum(one.count for one in tally.refused)


def test_a_file_without_year_or_usable_line_says_why(calls):
    with pytest.raises(InvalidInputError, match="« annee »"):
        calls("16;lundi;0;8;3;8;1", titles=TITLES.replace(";annee", ""))
    with pytest.raises(InvalidInputError, match="non entier"):
        calls("16;lundi;0;8;3;8;0,5;2025")


def test_specialists_add_up_by_present_commune_and_leave_gps_and_names_out(read, tmp_path):
    path = tmp_path / "specialistes.csv"
    path.write_text(
        "code_insee;nom_medecin;specialite;medecins;annee\n"
        "16186;Dr X;CARDIOLOGIE;1;2025\n16010;Dr Y;Cardiologie;0,5;2025\n"
        "33063;Dr Z;cardiologie;12;2024\n87085;;Médecine générale;40;2025\n"
        "16001;;Cardiologie;secret;2025\n",
        encoding="utf-8",
    )
    source, result = read(path)
    assert source == "specialists"
    table = result.tables["specialists"].astype(object)
    assert table.where(table.notna(), None).to_dict("records") == [
        {"code": "16001", "specialty": "Cardiologie", "year": 2025, "doctors": None},
        {"code": "16186", "specialty": "Cardiologie", "year": 2025, "doctors": 1.5},
    ]
    assert any("dernière est retenue" in remark for remark in result.tally.remarks)
    assert any("1 ligne de médecine générale" in remark for remark in result.tally.remarks)
    assert [one.reason for one in result.tally.refused] == [MASKED]


@pytest.mark.parametrize("template", [templates.REGULATION, templates.SPECIALISTS, templates.CPTS])
def test_templates_are_read_back(template, tmp_path):
    for extension, content in (("csv", template.csv()), ("xlsx", template.xlsx())):
        path = tmp_path / f"{template.name}.{extension}"
        path.write_bytes(content)
        (report,) = imports.preview([path])
        assert report.status == import_reports.READ, report.message
        assert (report.read, report.kept) == (len(template.example), len(template.example))
    notes = load_workbook(io.BytesIO(template.xlsx()))["À lire"]
    told = [str(cell.value) for row in notes for cell in row if cell.value]
    assert all(any(note in one for one in told) for note in template.notes)


def test_departements_and_specialties_of_other_files_stay_and_older_ones_do_not_replace(tmp_path):
    def bring(name, text):
        (tmp_path / name).write_text(text, encoding="utf-8")
        (report,) = imports.import_files([tmp_path / name])
        return report

    assert bring("a.csv", TITLES + "16;lundi;0;8;3;8;1;2025\n").status == import_reports.IMPORTED
    assert bring("b.csv", TITLES + "17;lundi;0;8;4;8;1;2024\n").status == import_reports.IMPORTED
    later = bring("c.csv", TITLES + "16;lundi;0;8;9;8;1;2023\n17;mardi;0;8;4;8;2;2024\n")
    assert "déjà connu d’une année plus récente, gardé : 16" in " ".join(later.remarks)
    table = catalogue.load_territory().context["regulation_calls"]
    assert table.groupby("code")["calls"].first().to_dict() == {"16": 3.0, "17": 4.0}
    assert set(table.loc[table["code"] == "17", "day"]) == {1}
    catalogue.undo()
    assert set(catalogue.load_territory().context["regulation_calls"]["day"]) == {0}
