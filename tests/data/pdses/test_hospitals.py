"""The lines of one hospital, against the answers of the line by line screen."""

import pytest

from data.base import french
from data.pdses import coverage, hospitals
from data.region import catalogue


@pytest.fixture(scope="module")
def covered() -> coverage.Cover:
    territory = catalogue.load_territory("75")
    return coverage.cover(territory, french.today())


def test_every_line_is_in_the_grid_of_one_hospital(covered: coverage.Cover) -> None:
    counted = hospitals.keys(covered.lines).value_counts()
    assert set(counted.index) == set(hospitals.hospitals(covered))
    assert counted.sum() == len(covered.lines)


def test_the_grid_says_of_each_line_what_its_fall_does(covered: coverage.Cover) -> None:
    key = hospitals.keys(covered.lines[covered.lines["lacking"]]).iloc[0]
    table = hospitals.grid(covered, key, 45)
    own = covered.lines[hospitals.keys(covered.lines) == key]
    assert list(table.columns) == list(hospitals.COLUMNS)
    assert sorted(table["Spécialité"]) == sorted(own["specialty"])
    lacking = table[table["Statut"] == "carence"]
    assert lacking["Si elle tombe"].str.startswith("n’est pas tenue").all()
    assert len(lacking) == own["lacking"].sum() > 0
    line = own.loc[own["lacking"], "line"].iloc[0]
    fall = coverage.if_line_falls(covered, line, 45)
    row = table[table["Spécialité"] == fall.line["specialty"]].iloc[0]
    assert str(fall.helpers.iloc[0]["establishment"]) in row["Qui peut aider"]


def test_an_unknown_hospital_has_no_line(covered: coverage.Cover) -> None:
    assert hospitals.grid(covered, "nulle part", 30).empty
