"""`proxisoins access` on tables: the oracle, the variants it accepts, the faults it explains."""

from pathlib import Path

import pandas as pd
import pytest
import typer
from typer.testing import CliRunner

from data.cli.access import write_access as command
from geo.errors import InvalidInputError

DEMAND = "id,population\nA,1000\nB,2000\nC,500\n"
SUPPLY = "id,acts\nA,10000\nB,0\nC,3000\n"
TIMES = "from,to,minutes\nA,B,12\nB,A,12\nB,C,18\nC,B,18\nA,C,25\nC,A,25\n"


@pytest.fixture
def run(tmp_path):
    app = typer.Typer()
    app.command()(command)

    def call(demand=DEMAND, supply=SUPPLY, times=TIMES, out="out.csv", *more):
        for name, text in (("demand", demand), ("supply", supply), ("times", times)):
            (tmp_path / f"{name}.csv").write_bytes(
                text if isinstance(text, bytes) else text.encode()
            )
        paths = [f"--{n}={tmp_path / n}.csv" for n in ("demand", "supply", "times")]
        result = CliRunner().invoke(app, [*paths, f"--out={tmp_path / out}", *more])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == 0, result.output
        return tmp_path / out, result.output

    return call


def test_oracle(run):
    path, _ = run()
    found = pd.read_csv(path).set_index("id")
    assert list(found.columns) == [
        "population",
        "minutes_to_nearest_gp",
        "population_within_10",
        "population_within_20",
        "population_within_30",
        "apl",
        "apl_e2sfca",
        "apl_3sfca",
        "apl_binary_20",
    ]
    assert found["apl"].tolist() == pytest.approx([4.285714, 3.714286, 2.571429], abs=5e-7)
    assert found["apl_e2sfca"].tolist() == pytest.approx([4.365891, 3.733806, 2.332996], abs=5e-7)
    assert found["apl_binary_20"].tolist() == pytest.approx([3.333333, 4.533333, 1.2], abs=5e-7)
    assert found["minutes_to_nearest_gp"].tolist() == [0, 12, 0]
    assert found["population_within_10"].tolist() == [1000, 0, 500]
    assert found["population_within_20"].tolist() == [1000, 2000, 500]


def test_other_weights_change_the_apl_column_only(run):
    base = pd.read_csv(run()[0])
    other = pd.read_csv(run(DEMAND, SUPPLY, TIMES, "o.csv", "--weights=e2sfca")[0])
    assert other["apl"].tolist() == base["apl_e2sfca"].tolist()
    assert other["apl_3sfca"].tolist() == base["apl_3sfca"].tolist()


def test_titles_separators_encodings_and_decimal_commas(run):
    demand = "\ufeffCode INSEE;Population\n01001;1 000,0\n2A004;2000\n".encode()
    supply = "code;Actes\n01001;10000\n".encode("cp1252")
    times = "Départ;Arrivée;Durée\n2A004;01001;12,5\n".encode("cp1252")
    found = pd.read_csv(run(demand, supply, times)[0], dtype={"id": str})
    assert found["id"].tolist() == ["01001", "2A004"]
    assert found["minutes_to_nearest_gp"].tolist() == [0, 12.5]
    assert found["apl"].tolist() == pytest.approx([30 / 7, 20 / 7])


@pytest.mark.parametrize("suffix", ["xlsx", "parquet"])
def test_other_formats_hold_the_same_figures(run, suffix):
    path, _ = run(out=f"out.{suffix}")
    found = pd.read_excel(path, engine="openpyxl") if suffix == "xlsx" else pd.read_parquet(path)
    pd.testing.assert_frame_equal(found, pd.read_csv(run()[0]), check_dtype=False)


def test_a_triangular_table_holds_both_ways_and_says_so(run):
    triangle = "from,to,minutes\nA,B,12\nB,C,18\nA,C,25\n"
    path, output = run(times=triangle)
    assert "retour" in output
    assert pd.read_csv(path)["apl"].tolist() == pytest.approx(
        [4.285714, 3.714286, 2.571429], abs=5e-7
    )


def test_a_time_given_inside_a_place_is_kept(run):
    path, _ = run(times=TIMES + "A,A,11\n")
    assert pd.read_csv(path)["minutes_to_nearest_gp"].tolist() == [11, 12, 0]


def test_acts_are_bounded_only_when_gps_are_counted(run):
    # One GP with 9,000 acts counts 6,000; a total of 9,000 for unknown heads counts 9,000.
    alone = "id,population\nA,1000\n"
    times = "from,to,minutes\n"
    assert pd.read_csv(run(alone, "id,acts\nA,9000\n", times)[0])["apl"].tolist() == [9]
    assert pd.read_csv(run(alone, "id,acts,gps\nA,9000,1\n", times)[0])["apl"].tolist() == [6]
    by_gp = pd.read_csv(run(alone, "id,acts,age\nA,9000,66\nA,1000,65\n", times)[0])
    assert by_gp["apl"].tolist() == pytest.approx([9.6])
    assert by_gp["apl65"].tolist() == pytest.approx([3.6])


def test_standardised_population_is_the_demand_when_given(run):
    demand = "id,population,standardised_population\nA,1000,1250\n"
    found = pd.read_csv(run(demand, "id,acts\nA,10000\n", "from,to,minutes\n")[0])
    assert found["apl"].tolist() == [8]
    assert found["population_within_10"].tolist() == [1000]


def test_no_gp_gives_zero_and_nobody_gives_missing(run):
    found = pd.read_csv(
        run("id,population\nA,10\nB,0\n", "id,acts\nC,5000\n", "from,to,minutes\nB,C,5\n")[0]
    )
    assert found["apl"].iloc[0] == 0
    assert found["apl"].isna().tolist() == [False, True]
    assert found["minutes_to_nearest_gp"].isna().tolist() == [True, False]


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"demand": "id,people\nA,1\n"}, "population"),
        ({"demand": "id,population\nA,1\nB,-2\n"}, r"demand\.csv, ligne 3 : « -2 »"),
        ({"demand": "id,population\nA,1\nB,\n"}, r"demand\.csv, ligne 3"),
        ({"demand": "id,population\nA,1\n\nB,nan\n"}, r"demand\.csv, ligne 4"),
        ({"demand": "id,population\nA,1\nB,2\nA,3\n"}, r"lignes 2 et 4 : l’identifiant « A »"),
        ({"demand": "id,population\n"}, "aucun lieu"),
        ({"demand": ""}, "est vide"),
        ({"supply": "id,acts\nA,1\nA,2\n"}, r"supply\.csv, lignes 2 et 3"),
        ({"supply": "id,acts,age\nA,5000,\n"}, r"supply\.csv, ligne 2"),
        ({"times": "from,to,minutes\nA,B,12\nA,B,13\n"}, "A → B"),
        ({"times": "from,to,minutes\nA,B,douze\n"}, r"times\.csv, ligne 2 : « douze »"),
        ({"times": "from,to,minutes\nX,Y,12\n"}, "ne relie aucun lieu"),
        ({"times": "from,to,minutes\n,B,12\n"}, "est vide"),
    ],
)
def test_faults_are_explained_with_their_line(run, files, message):
    with pytest.raises(InvalidInputError, match=message):
        run(**files)


def test_the_three_files_go_together(tmp_path):
    with pytest.raises(InvalidInputError, match="ensemble"):
        command(out=tmp_path / "o.csv", demand=Path("d.csv"))


def test_an_unknown_extension_is_refused(run):
    with pytest.raises(InvalidInputError, match=r"\.parquet"):
        run(out="out.ods")


def test_text_that_looks_like_a_formula_is_neutralised(run):
    path, _ = run("id,population\n=1+1,10\n", "id,acts\n=1+1,10\n", "from,to,minutes\n")
    assert pd.read_csv(path)["id"].tolist() == ["'=1+1"]
