"""Tables as agencies print them: titles on two lines, others below or beside, parts, years."""

import datetime as dt
import zipfile

import pytest

from data.files.table_files import read_text_table
from data.official.imports import commune_index, import_files
from data.official.reading import read_here
from data.pdses.reader import read_lines as on_call_lines
from data.region import catalogue
from data.uploads import read_lines
from geo.errors import InvalidInputError
from tests.data.files import written

BORDEAUX, LIMOGES, ABZAC = "33063;Bordeaux", "87085;Limoges", "16001;Abzac"


def text(tmp_path, name, *lines):
    path = tmp_path / name
    path.write_text("\n".join(lines), "cp1252")
    return path


def gps(result):
    return result.tables["gps"].set_index("code")["gps"].to_dict()


def reasons(result):
    return {one.reason.partition(" (")[0]: one.lines for one in result.tally.refused}


def told(result):
    assert result.tally.read == result.tally.kept + sum(one.count for one in result.tally.refused)
    return gps(result), result.vintages["gps"]


def test_years_under_one_heading_are_those_of_its_columns(read, workbook):
    path = workbook(
        "ars_2026.xlsx",
        {
            "F": [
                ["Code INSEE", "Commune", "Médecins généralistes", None],
                [None, None, 2022, 2024],
                ["33063", "Bordeaux", 410, 400],
                ["87085", "Limoges", 130, 120],
            ]
        },
    )
    _, result = read(path)
    assert told(result) == ({"33063": 400, "87085": 120}, "2024")
    history = result.tables["gp_history"].set_index(["code", "year"])["gps"]
    assert history["33063", 2022] == 410


@pytest.mark.parametrize("low", [";;Hommes;Femmes;Total", "Code INSEE;Commune;Hommes;Femmes;Total"])
def test_the_first_column_under_a_heading_is_not_the_whole(read, tmp_path, low):
    path = text(
        tmp_path, "ars_2024.csv", "Code INSEE;Commune;Médecins généralistes;;", low,
        f"{BORDEAUX};200;210;410", f"{LIMOGES};60;70;130",
    )  # fmt: skip
    assert told(read(path)[1]) == ({"33063": 410, "87085": 130}, "2024")
    table = read_text_table(path)  # the door of one's own tables reads the same titles
    assert list(table.columns)[2] == "Médecins généralistes Hommes"
    assert table["Total Médecins généralistes"].tolist() == ["410", "130"]


def test_a_group_without_its_total_is_refused_by_name(read, tmp_path):
    path = text(
        tmp_path, "ars_2024.csv", "Code INSEE;Commune;Médecins généralistes;", ";;Hommes;Femmes",
        f"{BORDEAUX};200;210",
    )  # fmt: skip
    with pytest.raises(InvalidInputError, match="non reconnu"):
        read(path)


@pytest.mark.parametrize(
    "head",
    [
        ["Effectifs 2024;;;", "Code INSEE;Commune;MG;Note"],
        [";;Effectifs de médecins;", "Code INSEE;Commune;MG 2024;Note"],
        ["Code INSEE;Commune;MG;"],
        ["Code INSEE;Commune;MG;Note"],
    ],
)
def test_titles_on_one_line_stay_as_they_are(read, tmp_path, head):
    lines = [f"{BORDEAUX};410;à voir", f"{LIMOGES};130;"]
    assert gps(read(text(tmp_path, "ars_2024.csv", *head, *lines))[1])["33063"] == 410


@pytest.mark.parametrize(
    "title", ["% MG 2024", "Médecins généralistes (%)", "Population municipale (%)", "MG (‰) 2024"]
)
def test_a_share_is_no_count(read, tmp_path, title):
    path = text(tmp_path, "ars_2024.csv", f"Code INSEE;Commune;{title}", f"{BORDEAUX};41")
    with pytest.raises(InvalidInputError, match="non reconnu"):
        read(path)


def test_cells_shown_as_percentages_are_no_counts(read, workbook):
    rows = [["Code INSEE", "MG 2024"], ["33063", 0.41], ["87085", 0.5], ["16001", 0.1]]
    with pytest.raises(InvalidInputError, match="pourcentages"):
        read(workbook("ars.xlsx", {"F": rows}))
    _, result = read(workbook("antennes.xlsx", {"F": [*rows, ["16002", 1]]}))
    assert gps(result)["33063"] == 0.41  # a part of a GP is an antenna


def test_what_stands_under_other_titles_is_another_table(read, tmp_path):
    path = text(
        tmp_path, "ars_2024.csv", "Code INSEE;Commune;MG", f"{BORDEAUX};400",
        "Code INSEE;Commune;MG", f"{LIMOGES};120",
        "Code INSEE;Commune;Infirmiers", f"{BORDEAUX};900", f"{ABZAC};3",
    )  # fmt: skip
    _, result = read(path)
    assert told(result) == ({"33063": 400, "87085": 120}, "2024")
    lines = next(lines for why, lines in reasons(result).items() if why.startswith("autre tableau"))
    assert lines == (5, 6, 7)


def test_two_tables_side_by_side_are_refused(read, tmp_path):
    path = text(
        tmp_path, "ars_2024.csv", "Code INSEE;Commune;MG;;Code INSEE;Commune;MG",
        f"{BORDEAUX};400;;{LIMOGES};120",
    )  # fmt: skip
    with pytest.raises(InvalidInputError, match="côte à côte"):
        read(path)


def test_a_list_of_practices_does_not_give_the_count_of_a_commune(read, tmp_path):
    path = text(
        tmp_path, "cabinets_2024.csv", "code_insee;cabinet;cp;nb_mg", "33063;A;33000;1",
        "33063;B;33000;1", "87085;C;87000;2", "87085;C;87100;2", "16001;D;16500;3",
    )  # fmt: skip
    _, result = read(path)
    assert told(result) == ({"87085": 2, "16001": 3}, "2024")
    (why,) = (one for one in reasons(result) if "cabinet" in one or "même commune" in one)
    assert "plusieurs lignes d’une même commune" in why


def test_postcodes_are_no_codes_of_communes_though_half_of_them_look_so(tmp_path):
    index = commune_index("75")
    posts = sorted({post.split()[0] for post in index.communes["postcodes"][:300]})
    path = text(tmp_path, "mg.csv", "Code;MG 2024", *(f"{post};2" for post in posts))
    (member,) = read_here({0: path}, index).members
    assert "codes postaux" in member.refusal
    path = text(tmp_path, "mg2.csv", "Code;MG 2024", *(f"{one};2" for one in sorted(index.codes)))
    (member,) = read_here({0: path}, index).members
    assert member.refusal == ""


@pytest.mark.parametrize(
    ("name", "above", "year"),
    [
        (
            "liste.csv",
            ["Médecins au 1er janvier 2024", "Source : RPPS, extrait le 3/11/2026"],
            2024,
        ),
        ("liste.csv", ["Effectifs 2023 (mise à jour : novembre 2026)"], 2023),
        ("liste_2022.csv", ["Médecins de 2019 à 2024"], 2022),
        ("mg_2024_maj2026.csv", [], 2024),
    ],
)
def test_the_year_is_that_of_the_figures_not_of_the_file(read, tmp_path, name, above, year):
    path = text(tmp_path, name, *above, "", "Code INSEE;Commune;MG", f"{BORDEAUX};400")
    assert told(read(path)[1]) == ({"33063": 400}, str(year))


def test_several_years_above_a_table_are_asked_about(read, tmp_path):
    path = text(
        tmp_path, "liste.csv", "Médecins, 2019 et 2024", "Code INSEE;Commune;MG", f"{BORDEAUX};4"
    )
    with pytest.raises(InvalidInputError, match="plusieurs années \\(2019 et 2024\\)"):
        read(path)


@pytest.mark.parametrize("cell", ["31/12/23", "déc-23", "2023-12", "20231231", "45291"])
def test_the_year_of_a_cell_is_read_as_it_is_written(read, tmp_path, cell):
    path = text(
        tmp_path, "export_2026.csv", "Code INSEE;Commune;MG;Date", f"{BORDEAUX};400;{cell}",
        f"{LIMOGES};120;à venir",
    )  # fmt: skip
    _, result = read(path)
    assert told(result) == ({"33063": 400}, "2023")
    assert reasons(result) == {"année illisible": (3,)}


def test_a_date_without_its_format_is_not_the_year_that_its_figures_hold(read, tmp_path):
    serial = (dt.date(2015, 1, 1) - dt.date(1899, 12, 30)).days
    assert "2005" in str(serial)
    path = text(tmp_path, "mg.csv", "Code INSEE;MG;Date", f"33063;400;{serial}")
    assert told(read(path)[1]) == ({"33063": 400}, "2015")


def _yearly(titles, values):
    rows = {year: [titles, ["33063", "Bordeaux", value]] for year, value in values.items()}
    return written.workbook_of({**rows, "Notice": [["Source : ARS"]]})


def test_of_a_sheet_a_year_each_feeds_the_history_and_the_newest_is_in_use(tmp_path, monkeypatch):
    monkeypatch.setenv("PROXISOINS_HOME", str(tmp_path / "home"))
    path = tmp_path / "mg.xlsx"
    values = {"2022": 410, "2024": 400, "2015": 430}
    path.write_bytes(_yearly(["Code INSEE", "Commune", "MG"], values))
    (report,) = import_files([path], "75")
    tables = catalogue.imported_tables(["gps", "gp_history"])
    assert tables["gps"]["gps"].tolist() == [400]
    history = tables["gp_history"].set_index("year")["gps"]
    assert history.to_dict() == {int(year): value for year, value in values.items()}
    assert [one.vintage for one in report.tables if one.table == "gps"] == ["2024"]
    assert (report.read, report.kept) == (3, 3)
    assert any("une feuille par année, toutes lues" in one for one in report.remarks)
    assert any("feuilles non lues : « Notice »" in one for one in report.remarks)


def test_of_populations_a_sheet_a_year_the_newest_is_read_and_the_others_are_named(tmp_path):
    path = tmp_path / "pop.xlsx"
    titles = ["Code INSEE", "Commune", "Population municipale"]
    path.write_bytes(_yearly(titles, {"2015": 246586, "2021": 261804}))
    (member,) = read_here({0: path}, commune_index("75")).members
    assert member.result.tables["populations"]["population"].tolist() == [261804]
    said = next(one for one in member.result.tally.remarks if one.startswith("feuilles non lues"))
    assert "« 2015 »" in said
    assert "enregistrez-la à part" in said


def test_own_tables_sites_and_lines_of_a_sheet_a_year_are_those_of_the_newest(tmp_path):
    path = tmp_path / "pop.xlsx"
    path.write_bytes(
        written.workbook_of({"2015": [["id", "population"], ["A", 1], ["B", 2]],
                             "2021": [["id", "population"], ["A", 3]]})
    )  # fmt: skip
    table = read_text_table(path)
    assert table["population"].tolist() == ["3"]
    assert "non lu : pop.xlsx › 2015 (même forme, année plus ancienne)" in table.attrs["remarks"]
    titles = ["nom", "code_insee", "specialite", "type_ligne", "statut"]
    row = ["CH", "16015", "Chirurgie", "garde", "assurée"]
    content = written.workbook_of({"2025": [titles, row, [*row[:2], "ORL", *row[3:]]],
                                   "2026": [titles, row]})  # fmt: skip
    lines, sites = on_call_lines(content, "l.xlsx"), read_lines(content, "l.xlsx")
    assert (len(lines.lines), len(sites.lines)) == (1, 1)
    assert any("année plus ancienne" in one for one in lines.told)
    assert any("année plus ancienne" in one for one in sites.not_read)


def test_an_archive_of_one_file_a_departement_is_read_whole(tmp_path):
    path = tmp_path / "mg_2024.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mg/16.csv", "code_insee;mg_2024\n16015;40\n")
        archive.writestr("mg/19.csv", "code_insee;mg_2024\n19275;11\n19136;4\n")
    members = read_here({0: path}, commune_index("75")).members
    assert [member.refusal for member in members] == ["", ""]
    assert gps(members[0].result) | gps(members[1].result) == {
        "16015": 40, "19136": 4, "19275": 11,
    }  # fmt: skip


def test_an_infinite_count_is_none(read, tmp_path):
    path = text(tmp_path, "mg.csv", "Code INSEE;MG 2024", "33063;400", "87085;inf")
    assert gps(read(path)[1]) == {"33063": 400}


def test_a_heading_may_run_over_lines_and_those_below_keep_their_numbers(read, tmp_path):
    path = text(
        tmp_path, "mg_2024.csv", '"Effectifs', '2024";;', 'Code INSEE;Commune;"Médecins',
        'généralistes"', f"{BORDEAUX};400", "87085;Limoges;peu", f"{ABZAC};3",
    )  # fmt: skip
    _, result = read(path)
    assert told(result) == ({"33063": 400, "16001": 3}, "2024")
    assert reasons(result) == {"nombre de médecins illisible": (6,)}
    table = read_text_table(path)
    assert table.index.tolist() == [5, 6, 7]


def test_a_mark_that_closes_nowhere_opens_no_heading(read, tmp_path):
    path = text(tmp_path, "mg_2024.csv", 'Code INSEE;MG "2024', "33063;400", "87085;120")
    assert gps(read(path)[1]) == {"33063": 400, "87085": 120}


def test_a_file_of_which_nothing_is_used_says_why(read, tmp_path):
    path = text(tmp_path, "pop_2021.csv", "DEPCOM;PMUN", "33063;261,8", "87085;<5")
    with pytest.raises(InvalidInputError, match=r"population illisible \(ligne 2\)") as refusal:
        read(path)
    assert "valeur masquée" in str(refusal.value)


def test_a_zoning_of_others_below_is_another_table(read, tmp_path):
    path = text(
        tmp_path, "zonage_2026.csv", "Code INSEE;Commune;Zonage", f"{BORDEAUX};ZAC",
        "Code INSEE;Commune;Zonage infirmiers", f"{LIMOGES};ZIP",
    )  # fmt: skip
    assert read(path)[1].tables["zoning"]["code"].tolist() == ["33063"]


def test_two_columns_of_one_title_that_differ_are_refused(read, tmp_path):
    path = text(tmp_path, "mg_2024.csv", "Code INSEE;MG;Note;MG", "33063;400;;401", "87085;9;;9")
    with pytest.raises(InvalidInputError, match="deux colonnes « MG »"):
        read(path)
    path = text(tmp_path, "mg_2024.csv", "Code INSEE;MG;Note;MG", "33063;400;;400", "87085;9;;")
    assert gps(read(path)[1]) == {"33063": 400, "87085": 9}


def test_the_year_of_a_heading_may_be_a_day(read, tmp_path):
    titles = "Code INSEE;MG au 31/12/2023;MG au 1er janvier 2025"
    _, result = read(text(tmp_path, "mg.csv", titles, "33063;400;390"))
    assert told(result) == ({"33063": 390}, "2025")


def test_a_zoning_that_is_planned_is_not_the_legal_one(read, tmp_path):
    titles = "Code INSEE;Zonage 2024;Zonage 2026 (projet)"
    _, result = read(text(tmp_path, "zonage.csv", titles, "33063;ZIP;ZAC"))
    assert result.tables["zoning"]["zone"].tolist() == ["ZIP"]
    assert result.vintages["zoning"] == "2024"
    with pytest.raises(InvalidInputError, match="non reconnu"):
        read(text(tmp_path, "projet.csv", "Code INSEE;Projet de zonage", "33063;ZIP"))
    with pytest.raises(InvalidInputError, match="non reconnu"):
        read(text(tmp_path, "projet.csv", "Code INSEE;Zonage proposé 2026", "33063;ZIP"))


def test_specialists_of_a_line_given_twice_count_once_and_sums_are_said(read, tmp_path):
    path = text(
        tmp_path, "specialistes.csv", "code_insee;specialite;medecins;annee;lieu",
        "33063;Cardiologie;40;2024;A", "33063;Cardiologie;40;2024;B", "33063;Cardiologie;40;2024;B",
    )  # fmt: skip
    _, result = read(path)
    assert result.tables["specialists"]["doctors"].tolist() == [80]
    assert reasons(result) == {"ligne répétée, comptée une fois": (4,)}
    assert any("2 lignes de mêmes commune" in one for one in result.tally.remarks)
