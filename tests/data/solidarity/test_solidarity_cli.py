"""`proxisoins solidarity plan` on tables of one's own."""

import pandas as pd
import pytest
from typer.testing import CliRunner

from data.cli import app
from geo.errors import InvalidInputError

NEEDS = "id;demi-journées\nA;10\nB;4,5\nC;3\n"
DONORS = "id,médecins\nD,2\nE,1\n"
TIMES = "from,to,minutes\nD,A,30\nD,B,50\nE,B,20\nA,B,15\nB,A,15\n"


@pytest.fixture
def run(tmp_path):
    def call(*more, needs=NEEDS):
        for name, text in (("needs", needs), ("donors", DONORS), ("times", TIMES)):
            (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
        files = [f"--{name}={tmp_path / name}.csv" for name in ("needs", "donors", "times")]
        out = tmp_path / "out.csv"
        result = CliRunner().invoke(app, ["solidarity", "plan", *files, f"--out={out}", *more])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == 0, result.output
        return pd.read_csv(out), result.output.replace("\u202f", " ").replace("\xa0", " ")

    return call


def test_every_doctor_gives_and_what_is_out_of_reach_is_said(run):
    flows, said = run()
    trips = flows[flows["kind"] == "trajet"]
    assert dict(zip(trips["from"] + trips["to"], trips["half_days"], strict=True)) == {
        "DA": 10.0,
        "EB": 4.5,
    }
    assert "besoin : 17,50 demi-journées par mois" in said
    assert "couvert : 14,50" in said
    assert "hors d’atteinte : 3,00" in said
    assert "optimum prouvé" in said
    assert "2 900 € par mois" in said


def test_one_site_receives_its_neighbours(run):
    flows, said = run("--sites=1", "--volunteers=3")
    assert set(flows.loc[flows["kind"] == "trajet", "to"]) == {"B"}
    assert "couvert : 14,50" in said  # B receives A's people, from D and E
    assert "sites d’accueil : 1" in said


def test_trips_too_long_do_not_count(run):
    _, said = run("--minutes=25")
    assert "couvert : 4,50" in said


def test_a_need_that_is_no_number_is_told_with_its_line(run):
    with pytest.raises(InvalidInputError, match="ligne 3"):
        run(needs="id;demi-journées\nA;10\nB;beaucoup\n")
