"""`proxisoins sites solve`: instances read from files, solutions written with their proof."""

import json

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from data.cli import app
from data.siting.instances import build_model, read_instance
from geo.errors import InvalidInputError

DEMAND = "id;population\nA;100\nB;50,5\nC;10\n"
CANDIDATES = "id,fixed,cost\ns1,non,3\ns2,oui,0\ns3,,4\n"
LONG = "from,to,cost\nA,s1,5\nA,s2,30\nB,s1,40\nB,s3,12\nB,s2,60\nC,s2,1\nC,s3,22\n"


@pytest.fixture
def files(tmp_path):
    for name, text in (("demand", DEMAND), ("candidates", CANDIDATES), ("costs", LONG)):
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    return tmp_path


def run(folder, *more):
    out = folder / "out.json"
    names = ("demand", "candidates", "costs")
    files = [word for name in names for word in (f"--{name}", str(folder / f"{name}.csv"))]
    result = CliRunner().invoke(
        app, ["sites", "solve", *files, "--out", str(out), *more], catch_exceptions=False
    )
    assert result.exit_code == 0, result.output
    return json.loads(out.read_text(encoding="utf-8")), result.output


def test_solution_is_written_with_its_proof(files):
    report, output = run(files, "--model", "mclp", "-k", "2", "--threshold", "20", "--own", "s3")
    assert report["objective"] == 110
    assert report["sites"] == ["s1", "s2"]
    assert report["fixed"] == ["s2"]
    assert report["proof"]["status"] == "optimal"
    assert report["proof"]["gap"] == 0
    own = next(choice for choice in report["others"] if choice["choice"] == "votre choix")
    assert own["objective"] == 60.5
    difference = next(row for row in report["differences"] if row["choice"] == "votre choix")
    assert difference["lost"] == 49.5
    assert difference["only_best"] == ["s1"]
    assert "votre choix, en échangeant s3" in [row["choice"] for row in report["differences"]]
    assert "optimum prouvé" in output


@pytest.mark.parametrize(
    ("options", "objective"),
    [
        (["--model", "pmedian", "-k", "3"], 100 * 5 + 50.5 * 12 + 10),
        (["--model", "pcenter", "-k", "3"], 12),
        (["--model", "lscp", "--threshold", "20"], 7),
        (["--model", "equity", "-k", "3", "--threshold", "10"], 12),
        (["--model", "mclp", "--budget", "3", "--threshold", "20"], 110),
        (["--model", "mclp", "-k", "2", "--threshold", "20", "--fixed", "s3"], 60.5),
    ],
)
def test_every_model_is_solved(files, options, objective):
    report, _ = run(files, *options)
    assert report["objective"] == pytest.approx(objective)
    assert report["proof"]["status"] == "optimal"


def test_wide_and_long_costs_are_the_same_instance(files, tmp_path):
    wide = pd.DataFrame(
        {"id": ["C", "A", "B"], "s3": ["22", "", "12"], "s1": ["", "5", "40"], "s2": [1, 30, 60]}
    )
    wide.to_csv(tmp_path / "wide.csv", index=False)
    demand, candidates = files / "demand.csv", files / "candidates.csv"
    long = read_instance(demand, candidates, files / "costs.csv")
    other = read_instance(demand, candidates, tmp_path / "wide.csv")
    assert np.array_equal(long.problem.costs, other.problem.costs)
    assert np.isinf(long.problem.costs[0, 2])


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("demand", "id;population\nA;cent\n", "ligne 2 : « cent »"),
        ("demand", "id;population\nA;1\nA;2\n", "en double : A"),
        ("demand", "id;habitants\nA;1\n", "il manque une colonne « weight »"),
        ("candidates", "id,fixed\ns1,peut-être\n", "ni oui ni non"),
        ("costs", "from,to,cost\nA,s9,1\n", "absent.* : s9"),
        ("costs", "lieu,s1\nA,1\nA,2\n", "ni une liste"),
        ("costs", "from,to,cost\nA,s1,-4\n", "négatifs"),
    ],
)
def test_faulty_files_are_refused_in_french(files, name, text, message):
    (files / f"{name}.csv").write_text(text, encoding="utf-8")
    with pytest.raises(InvalidInputError, match=message):
        read_instance(*(files / f"{n}.csv" for n in ("demand", "candidates", "costs")))


def test_models_ask_for_what_they_need():
    with pytest.raises(InvalidInputError, match="n’existe pas"):
        build_model("voisin", k=1, threshold=1)
    with pytest.raises(InvalidInputError, match="seuil"):
        build_model("mclp", k=1, threshold=None)
    with pytest.raises(InvalidInputError, match="lui-même"):
        build_model("lscp", k=1, threshold=1)


def test_unknown_fixed_site_is_refused(files):
    paths = (files / f"{n}.csv" for n in ("demand", "candidates", "costs"))
    with pytest.raises(InvalidInputError, match="s8, s9"):
        read_instance(*paths, fixed=["s8", " s9", "s1"])
