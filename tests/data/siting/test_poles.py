"""A pole of antennas against one house, on a made region and on tables of one's own."""

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from data.cli import app
from data.siting.poles import Team, from_base, pole_of, staffed
from geo.errors import InvalidInputError
from tests.data.siting.small_sites import made, site

GPS = {"16001": 0.0, "16002": 0.0, "16003": 0.0, "17001": 1.0, "17002": 0.0, "17003": 0.0}
# 16001 (1,000 people) to 16003 are 12 minutes from one to the next; 17003 (800) is far away.
HERE = site("Ici", "16001", 0.0)
MIDDLE = site("Milieu", "16002", 0.12)
FAR = site("Loin", "17003", 2.0)


def test_a_pole_seats_those_whom_a_house_leaves_out():
    territory = made(GPS)
    answer = pole_of(territory, [HERE, MIDDLE, FAR], Team(half_days=40, per_gp=500.0))
    # 17001 seats 500 of 3,800; a house at 16001 reaches 16001 and 16002 and has 2,000 seats.
    assert answer.house.people == pytest.approx(2000)
    assert answer.pole.proven
    assert answer.pole.bound >= answer.pole.people
    assert answer.pole.half_days.sum() <= 40
    assert (answer.pole.half_days > 0).sum() >= 2
    house, pole = answer.sides
    assert [one.gps for one in staffed([HERE, FAR], np.array([5, 0]))] == [0.5]
    assert len(house.sites) == 1
    assert len(pole.sites) == (answer.pole.half_days > 0).sum()


def test_a_long_road_is_counted_for_what_it_is():
    sites = [site("Base", "16001", 0.0), site("Loin", "17002", 0.9), site("Hors", "17003", 40.0)]
    # 100 minutes a degree; no road of four hours leads to the last.
    assert from_base(made(GPS), sites, 0).tolist() == pytest.approx([0.0, 90.0, 240.0])


def test_one_antenna_is_the_house():
    territory = made(GPS)
    sites = [HERE, MIDDLE]
    answer = pole_of(territory, sites, Team(half_days=20, fewest=1, most=1))
    alone = [answer.house.people, 0.0]
    assert answer.pole.people >= max(alone) - 1e-6


@pytest.mark.parametrize(
    ("sites", "team", "said"),
    [
        ([HERE], Team(half_days=10), "au moins deux antennes"),
        ([HERE, FAR], Team(half_days=10, base=4), "base du pôle"),
        ([HERE, FAR], Team(half_days=3), "ne suffisent pas"),
    ],
)
def test_what_is_no_pole_is_said(sites, team, said):
    with pytest.raises(InvalidInputError, match=said):
        pole_of(made(GPS), sites, team)


@pytest.fixture
def run(tmp_path):
    def call(*more, antennas="id,base_minutes\nP,0\nQ,48\n"):
        files = {
            "demand": "id,population\nA,900\nB,700\n",
            "antennas": antennas,
            "times": "from,to,minutes\nA,P,5\nB,Q,10\nB,P,21\n",
        }
        for name, text in files.items():
            (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
        given = [f"--{name}={tmp_path / name}.csv" for name in files]
        out = tmp_path / "out.csv"
        result = CliRunner().invoke(app, ["sites", "pole", *given, f"--out={out}", *more])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == 0, result.output
        table = pd.read_csv(out).set_index("id")
        return table, result.output.replace("\u202f", " ").replace("\xa0", " ")

    return call


def test_half_days_go_where_people_are_once_the_road_is_paid(run):
    # 10 half-days: A fills nine of ten at P; each at Q seats 80, and two at least are needed.
    table, said = run("--half-days=10", "--fewest=1")
    assert table["half_days"].to_dict() == {"P": 8, "Q": 2}
    assert "habitants placés : 960" in said
    assert "optimum prouvé" in said
    assert table.loc["Q", "road_hours"] == pytest.approx(1.6)


def test_one_house_is_kept_to_when_asked(run):
    table, said = run("--half-days=10", "--fewest=1", "--most=1")
    assert table["half_days"].to_dict()["Q"] == 0
    assert "habitants placés : 900" in said


def test_minutes_that_cannot_be_read_are_told_with_their_line(run):
    with pytest.raises(InvalidInputError, match="ligne 3"):
        run("--half-days=10", antennas="id,base_minutes\nP,0\nQ,loin\n")
