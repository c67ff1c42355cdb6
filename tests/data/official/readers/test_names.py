"""What a line says of its commune by code and by name, in every table of communes."""

import pytest

from data.files.cells import MASKED
from geo.errors import InvalidInputError

HEADINGS = {
    "gps": "MG 2024", "populations": "Population municipale 2021", "apl": "APL 2023",
    "zoning": "Zonage 2026",
}  # fmt: skip
VALUES = {"zoning": ("ZIP", "ZAC", "ZV")}


def write(folder, table, places, title="Code commune"):
    values = VALUES.get(table, ("1", "2", "3"))
    lines = [f"{title};Commune;{HEADINGS[table]}"]
    lines += [f"{code};{name};{value}" for (code, name), value in zip(places, values, strict=False)]
    path = folder / f"{table}.csv"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


@pytest.mark.parametrize("table", HEADINGS)
def test_postcodes_under_a_heading_of_codes_are_refused_by_what_they_are(read, tmp_path, table):
    path = write(tmp_path, table, [("16500", "Abzac"), ("16700", "Les Adjots")])
    with pytest.raises(InvalidInputError, match=r"codes postaux à la place des codes INSEE.*16001"):
        read(path)


@pytest.mark.parametrize("table", HEADINGS)
def test_a_line_whose_code_and_name_are_two_communes_is_a_doubt(read, tmp_path, table):
    places = [("16002", "Abzac"), ("33063", "BORDEAUX"), ("87085", "Limoges")]
    _, result = read(write(tmp_path, table, places))
    assert result.tables[table]["code"].tolist() == ["33063", "87085"]
    (refusal,) = result.tally.refused
    assert "16002 « Abzac », qui est 16001" in refusal.told
    assert result.tally.read == result.tally.kept + refusal.count


@pytest.mark.parametrize("table", HEADINGS)
def test_former_codes_and_names_of_nothing_contradict_nothing(read, tmp_path, table):
    places = [("16010", "Les Adjots"), ("33063", "Bordeaux Métropole"), ("87085", "")]
    _, result = read(write(tmp_path, table, places))
    assert result.tables[table]["code"].tolist() == ["16186", "33063", "87085"]
    assert result.tally.refused == ()


def test_two_columns_of_gps_of_one_year_are_refused_and_both_named(read, tmp_path):
    path = tmp_path / "gps.csv"
    path.write_text(
        "code;Médecins généralistes 2024;Médecins généralistes libéraux 2024\n33063;11;9\n", "utf-8"
    )
    with pytest.raises(InvalidInputError, match=r"deux colonnes de médecins pour 2024.*libéraux"):
        read(path)


@pytest.mark.parametrize("wide", [True, False])
def test_an_apl_that_none_can_be_is_refused_and_repeats_are_settled(read, tmp_path, wide):
    lines = [("16001", "-1"), ("16002", "320"), ("33063", "3,2"), ("33063", "3,2")]
    lines += [("87085", "2"), ("87085", "4"), ("16186", "nd")]
    title = "code;apl_2023\n" if wide else "code_insee;apl_generalistes;annee\n"
    path = tmp_path / "apl.csv"
    path.write_text(
        title + "".join(f"{code};{value}{'' if wide else ';2023'}\n" for code, value in lines),
        "utf-8",
    )
    _, result = read(path)
    assert result.tables["apl"]["code"].tolist() == ["33063"]
    told = {refusal.reason: refusal.count for refusal in result.tally.refused}
    assert told == {
        "APL négative, ou de plus de 50 consultations par an": 2,
        "valeurs différentes pour la même commune": 2,
        "ligne répétée, comptée une fois": 1,
        MASKED: 1,
    }
    assert result.tally.read == result.tally.kept + sum(told.values())
