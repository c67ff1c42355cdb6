"""Paris, Lyon and Marseille by arrondissement: they make the city whole, or it is not known."""

from dataclasses import replace

import pandas as pd
import pytest

from data.base.codes import ARRONDISSEMENTS
from data.files.input_files import open_input
from data.official import readers

LYON = [code for code, city in ARRONDISSEMENTS.items() if city == "69123"]


@pytest.fixture
def read(index, tmp_path):
    """Return what a text gives, among communes that have Lyon."""
    lyon = pd.DataFrame(
        [("69123", "Lyon", "69001 69003", 4.83, 45.76)], columns=index.communes.columns
    )
    there = replace(
        index, communes=pd.concat([index.communes, lyon]), codes=index.codes | {"69123"}
    )

    def reading(name, *lines):
        path = tmp_path / name
        path.write_text("\n".join(lines), "utf-8")
        (file,) = open_input(path)
        candidate = readers.candidate_of(file)
        _, reader = readers.recognise(candidate)
        result = readers.READERS[reader].read(candidate, there)
        refused = sum(one.count for one in result.tally.refused)
        assert result.tally.read >= result.tally.kept + refused, name
        return result

    return reading


LAYOUTS = {
    "gps": ("mg_2024.csv", "Code INSEE;MG 2024", "gps", "gps"),
    "gps, a year a line": ("mg.csv", "codgeo;nb_medg;an", "gps", "gps"),
    "populations": ("pop_2021.csv", "DEPCOM;PMUN", "populations", "population"),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_all_arrondissements_make_the_city_and_some_of_them_do_not(read, layout):
    name, titles, key, column = LAYOUTS[layout]
    more = ";2024" if "an" in titles.split(";") else ""

    def value(*lines):
        texts = [f"{code};{count}{more}" for code, count in [("33063", 9), *lines]]
        result = read(name, titles, *texts)
        found = result.tables[key].set_index("code")[column]
        assert found["33063"] == 9
        assert not set(found.index) & set(LYON)
        return found.get("69123"), {one.reason for one in result.tally.refused}

    parts = [(code, 10) for code in LYON]
    assert value(*parts) == (90, set())
    known, why = value(*parts[:-1])
    assert known is None
    assert any("sans tous les autres" in one for one in why)
    known, why = value(("69123", 91), *parts)  # given whole too: counted once
    assert (known, why) == (91, {"arrondissement, la ville étant donnée entière"})
    assert value(*parts[:-1], (LYON[-1], "<5"))[0] is None


def test_an_exhaustive_file_has_none_where_an_arrondissement_has_no_line(read):
    lines = [f"{code};D265;2024;3" for code in LYON[:-1]]
    result = read("bpe_2024.csv", "DEPCOM;TYPEQU;AN;NB_EQUIP", *lines, "33063;D265;2024;9")
    assert result.tables["gps"].set_index("code")["gps"]["69123"] == 24


def test_the_zone_of_some_arrondissements_is_not_that_of_the_city(read):
    other = "33063;HZ"
    result = read("zonage_2026.csv", "Code INSEE;Zonage", other, f"{LYON[0]};ZIP")
    assert result.tables["zoning"]["code"].tolist() == ["33063"]
    result = read("zonage_2026.csv", "Code INSEE;Zonage", other, *(f"{one};ZAC" for one in LYON))
    assert result.tables["zoning"].set_index("code")["zone"]["69123"] == "ZAC"


def test_what_describes_an_arrondissement_does_not_describe_the_city(read):
    titles = "CODGEO;part_75_plus_pct;superficie;bv2022"
    lines = [f"{code};8;1.5;1" for code in LYON]
    result = read("communes.csv", titles, *lines, "33063;9;49;1")
    assert result.tables["reference"]["code"].tolist() == ["33063"]
    result = read("communes.csv", titles, *lines, "69123;7;48;1")
    assert result.tables["reference"].set_index("code")["area_km2"]["69123"] == 48


def test_an_apl_of_some_arrondissements_is_not_that_of_the_city(read):
    lines = [f"{code};2023;3.0" for code in LYON]
    result = read("apl.csv", "codgeo;an;apl", *lines[:3], "33063;2023;4")
    assert result.tables["apl"]["code"].tolist() == ["33063"]
