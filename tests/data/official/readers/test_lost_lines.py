"""A commune of which a line was refused is unknown: never zero, never a part of what it has."""

from pathlib import Path

import pytest

from data.official.imports import commune_index
from data.official.reading import read_here
from data.region import embedded_set


def read(path: Path, text: str):
    path.write_text(text, encoding="utf-8")
    read = read_here({0: path}, commune_index("75"))
    (member,) = read.members
    assert member.result is not None, member.refusal
    return member.result


def detail(*lines: str) -> str:
    """Return a BPE of the domain of health that covers the whole of the département 19."""
    codes = embedded_set.communes("75")["code"]
    others = [f"{code};2021;C104;1" for code in codes if code.startswith("19")]
    return "\n".join(["DEPCOM;AN;TYPEQU;NB_EQUIP", *others, *lines]) + "\n"


def test_an_exhaustive_file_says_no_zero_where_a_line_is_refused(tmp_path):
    text = detail(
        "19275;2021;D265;11", "19136;2021;D265;?", "19073;2021;D265;2", "19073;2021;D265;x"
    )
    result = read(tmp_path / "bpe_2021.csv", text)
    gps = result.tables["gps"].set_index("code")["gps"]
    assert gps["19275"] == 11
    assert gps["19001"] == 0  # covered, and no line of it was refused
    assert "19136" not in gps.index
    assert "19073" not in gps.index  # its other lines count a part of what it has
    assert not {"19136", "19073"} & set(result.tables["gp_history"]["code"])
    assert any(
        "2 communes dont une ligne est refusée : laissées inconnues" in said
        for said in result.tally.remarks
    )


@pytest.mark.parametrize(
    ("heading", "table", "lines"),
    [
        ("DEPCOM;PMUN", "populations", ("{new};100", "{old};?", "33063;9")),
        ("Code INSEE;MG 2024", "gps", ("{new};3", "{old};N/A - secret statistique", "33063;9")),
    ],
)
def test_what_is_left_of_merged_communes_is_not_their_sum(tmp_path, heading, table, lines):
    old, new = next(iter(embedded_set.mergers("75").items()))
    text = "\n".join([heading, *(line.format(old=old, new=new) for line in lines)])
    result = read(tmp_path / "communes_2024.csv", text)
    assert result.tables[table]["code"].tolist() == ["33063"]


def test_lines_that_contradict_one_another_are_no_zero(tmp_path):
    codes = [c for c in embedded_set.communes("75")["code"] if c.startswith("19")]
    columns = [f"EQUIP{k}" for k in range(20)]
    rows = [f"{code};1;" + ";".join("0" * 20) for code in codes if code != "19136"]
    rows += ["19136;2;" + ";".join("0" * 20), "19136;3;" + ";".join("0" * 20)]
    text = "\n".join(["CODGEO;NB_D265;" + ";".join(columns), *rows])
    result = read(tmp_path / "bpe_2021.csv", text)
    assert "19136" not in set(result.tables["gps"]["code"])
    assert len(result.tables["gps"]) == len(codes) - 1


def test_one_line_of_several_refused_leaves_its_year_unknown_in_the_melodi_form(tmp_path):
    codes = [c for c in embedded_set.communes("75")["code"] if c.startswith("19")]
    rows = [f"{code};COM;C104;2024;FACILITIES;1" for code in codes]
    rows += [
        "19275;COM;D265;2023;FACILITIES;4",
        "19275;COM;D265;2024;FACILITIES;4",
        "19275;COM;D265;2024;FACILITIES;?",
        "19136;COM;D265;2024;FACILITIES;1",
    ]
    heading = "GEO;GEO_OBJECT;FACILITY_TYPE;TIME_PERIOD;BPE_MEASURE;OBS_VALUE"
    result = read(tmp_path / "DS_BPE.csv", "\n".join([heading, *rows]))
    history = result.tables["gp_history"].set_index(["code", "year"])["gps"]
    assert history["19275", 2023] == 4
    assert ("19275", 2024) not in history.index
    assert history["19136", 2024] == 1
    assert result.tables["gps"].set_index("code")["gps"]["19136"] == 1
    (zeros,) = [said for said in result.tally.remarks if "exhaustif" in said]
    assert "comptées à zéro" in zeros


def test_a_single_commune_is_told_in_the_singular(tmp_path):
    codes = [c for c in embedded_set.communes("75")["code"] if c.startswith("19")]
    rows = [f"{code};2021;D265;1" for code in codes[1:]]
    text = "\n".join(["DEPCOM;AN;TYPEQU;NB_EQUIP", *rows]) + "\n"
    told = read(tmp_path / "bpe_2021.csv", text).tally.remarks
    assert (
        "1 commune de la région sans ligne dans ce fichier exhaustif : comptée à zéro médecin"
        in told
    )
    text = "Code INSEE;MG 2024\n19275;3\n19136;\n"
    told = read(tmp_path / "mg.csv", text).tally.remarks
    assert "2024 : 1 commune sans valeur, laissée inconnue" in told


@pytest.mark.parametrize("more", [";trop", ""])
def test_a_line_with_another_number_of_cells_leaves_its_commune_unknown(tmp_path, more):
    lost = f"19136;2021;D265;1{more}" if more else "19136;2021;D265"
    text = detail("19136;2021;D265;1", "19275;2021;D265;2", lost, "19275;2021;C104;1;trop")
    result = read(tmp_path / "bpe_2021.csv", text)
    gps = result.tables["gps"].set_index("code")["gps"]
    assert "19136" not in gps.index
    assert gps["19275"] == 2  # the line that is lost counts no doctor
    assert gps["19001"] == 0
    assert {one.reason: one.count for one in result.tally.refused} == {
        "nombre de colonnes inattendu": 2
    }
    codes = "Code INSEE;MG 2024\n19136;1\n19275;2\n19136;3;trop\n"
    gps = read(tmp_path / "mg.csv", codes).tables["gps"].set_index("code")["gps"]
    assert gps.to_dict() == {"19275": 2}
