"""`proxisoins room` on tables: both ends, the proof sets, the faults it explains."""

import pandas as pd
import pytest
import typer
from typer.testing import CliRunner

from data.cli.room import write_room
from geo.errors import InvalidInputError

# A and B share the two GPs of A, C has two for itself and reaches those of A, D reaches nobody.
PLACES = "id,population\nA,2000\nB,1000\nC,900\nD,50\n"
SUPPLY = "id,gps\nA,2\nC,1\nC,1\n"
TIMES = "from,to,minutes\nB,A,12\nC,A,20\nD,A,20.1\n"


@pytest.fixture
def run(tmp_path):
    app = typer.Typer()
    app.command()(write_room)

    def call(places=PLACES, supply=SUPPLY, times=TIMES, *more, out="out.csv"):
        for name, text in (("places", places), ("supply", supply), ("times", times)):
            (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
        files = [f"--{name}={tmp_path / name}.csv" for name in ("places", "supply", "times")]
        proofs = f"--proofs={tmp_path / 'proofs.csv'}"
        result = CliRunner().invoke(app, [*files, f"--out={tmp_path / out}", proofs, *more])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == 0, result.output
        return pd.read_csv(tmp_path / out), pd.read_csv(tmp_path / "proofs.csv"), result.output

    return call


def test_both_ends_by_hand(run):
    found, _, said = run(PLACES, SUPPLY, TIMES, "--per-gp=1200")
    found = found.set_index("id")
    assert found["gps_within"].tolist() == [2, 2, 4, 0]
    assert found["inhabitants_per_gp"].tolist()[:3] == [1500, 1500, 450]
    assert found["inhabitants_per_gp"].isna().tolist() == [False, False, False, True]
    assert found["block"].tolist()[:3] == [1, 1, 2]
    # 3,000 people for 2,400 seats, shared; and first come for those of A.
    assert found["without_room_bound"].tolist() == pytest.approx([400, 200, 0, 50])
    assert found["without_room_nearest"].tolist() == pytest.approx([0, 600, 0, 50])
    assert "3\u202f950 habitants : 650 si tout" in said


def test_proof_sets_recompute(run):
    found, proofs, _ = run()
    for block, rows in proofs.groupby("block"):
        own = rows[rows["set"] == "bloc"]
        number = own["population"].sum() / own["gps"].sum()
        assert own["inhabitants_per_gp"].unique().tolist() == pytest.approx([number])
        assert rows["population"].sum() / rows["gps"].sum() >= number
        members = found.loc[found["block"] == block, "id"].tolist()
        assert own.loc[own["side"] == "lieu", "id"].tolist() == members
    # C reaches the GPs of A, whom worse-off places need: its Hall set holds them all.
    assert sorted(proofs.loc[proofs["block"] == 2, "id"]) == ["A", "A", "B", "C", "C"]


def test_thresholds_are_inclusive_and_chosen(run):
    at_20 = run()[0].set_index("id")["gps_within"]
    at_21 = run(PLACES, SUPPLY, TIMES, "--minutes=21")[0].set_index("id")["gps_within"]
    assert at_20["C"] == 4
    assert (at_20["D"], at_21["D"]) == (0, 2)


def test_minutes_that_are_chosen_are_said_in_french(run):
    _, _, said = run(PLACES, SUPPLY, TIMES, "--minutes=22.5")
    assert "Sans place à 22,5 minutes" in said
    assert "si des trajets de 22,5 minutes ou moins manquent" in said
    assert "Le plus long trajet donné dure 20,1 minutes" in said
    assert "mesures sont incomplètes" not in said  # those are of the APL


def test_fractions_and_decimal_commas(run):
    found, _, _ = run(PLACES, "id;médecins\nA;0,5\nC;1,25\n", TIMES)
    assert found.set_index("id")["gps_within"]["C"] == 1.75


@pytest.mark.parametrize(
    ("supply", "word"),
    [
        ("id,gps\nA,-1\n", "positif"),
        ("id,gps\nA,x\n", "nombre"),
        ("id,beds\nA,1\n", "gps"),
        ("id,gps\n", "aucun médecin"),
        ("id,gps\nZ,1\n", "ne relie aucun lieu"),
    ],
)
def test_faults_are_explained(run, supply, word):
    with pytest.raises(InvalidInputError, match=word):
        run(PLACES, supply, TIMES)


def test_a_capacity_of_nothing_is_refused(run):
    with pytest.raises(InvalidInputError, match="supérieur à 0"):
        run(PLACES, SUPPLY, TIMES, "--per-gp=0")


def test_three_files_or_none(tmp_path):
    app = typer.Typer()
    app.command()(write_room)
    result = CliRunner().invoke(app, [f"--places={tmp_path}", f"--out={tmp_path / 'o.csv'}"])
    assert isinstance(result.exception, InvalidInputError)


def test_trips_from_unknown_places_are_counted(run):
    _, _, said = run(PLACES, SUPPLY, TIMES + "Z,A,3\n")
    assert "Trajets laissés de côté : 1 sur 4" in said
