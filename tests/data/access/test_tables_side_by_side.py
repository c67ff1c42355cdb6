"""Tables of one's own: of two that stand side by side, the one that is asked for is read alone."""

import pandas as pd
import pytest

from data.access import own_tables
from data.files.remarks import heard_by
from data.siting.instances import read_instance
from data.solidarity.own_tables import read_help_tables
from geo.errors import InvalidInputError

BOTH = "id;population;;id;gps;acts\na;100;;b;1;4000\nb;50;;a;2;8000\nc;10;;;;\n"


@pytest.fixture
def told():
    """What is said while tables are read."""
    heard: list[str] = []
    with heard_by(heard.append):
        yield heard


def test_people_and_doctors_side_by_side_are_not_mixed(tmp_path, told):
    path = tmp_path / "both.csv"
    path.write_text(BOTH)
    people = own_tables.read_demand(path)
    assert people.to_dict("list") == {"id": ["a", "b", "c"], "population": [100, 50, 10]}
    offer = own_tables.read_supply(path, people["id"])
    # Read over both tables, the four thousand acts of b were those of a.
    assert dict(offer.to_numpy()) == {"b": 4000, "a": 8000}
    assert "both.csv : non lu : colonnes 4 à 6 (autre tableau, à côté)" in told
    assert "both.csv : non lu : colonnes 1 à 2 (autre tableau, à côté)" in told


def test_needs_and_donors_side_by_side_are_not_mixed(tmp_path):
    path, times = tmp_path / "both.csv", tmp_path / "times.csv"
    path.write_text("id;demi_journees;;id;medecins\na;4;;c;2\nb;2;;d;6\n")
    times.write_text("from;to;minutes\nc;a;5\nd;b;9\n")
    read = read_help_tables(path, path, times, minutes=20, ceiling=6, hosted=False)
    assert read.needs.to_dict("list") == {"id": ["a", "b"], "half_days": [4, 2]}
    assert dict(read.donors.to_numpy()) == {"c": 2, "d": 6}


def test_two_tables_that_read_as_well_are_refused(tmp_path):
    path = tmp_path / "twice.csv"
    path.write_text("id;population;id;population\na;100;b;3\nb;50;a;7\n")
    with pytest.raises(InvalidInputError, match="2 tableaux côte à côte"):
        own_tables.read_demand(path)


def test_a_siting_problem_takes_one_table_of_points(tmp_path):
    points, sites, costs = (tmp_path / name for name in ("p.csv", "s.csv", "c.csv"))
    points.write_text("id;population;;id;medecins\na;100;;z;1\nb;50;;;\n")
    sites.write_text("id;fixed\nx;oui\ny;non\n")
    costs.write_text("from;to;cost\na;x;5\nb;y;9\n")
    assert read_instance(points, sites, costs).demand == ("a", "b")


@pytest.mark.parametrize(
    "text", ["code insee;commune;population\n16001;Abzac;3\n", "id;pop\n1;3\n"]
)
def test_a_table_alone_is_read_whole(tmp_path, told, text):
    path = tmp_path / "alone.csv"
    path.write_text(text)
    assert own_tables.read_demand(path)["population"].tolist() == [3]
    assert not any("à côté" in one for one in told)
    assert isinstance(own_tables.read_demand(path), pd.DataFrame)
