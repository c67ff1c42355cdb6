"""Files given to the command beside the panel: what cannot be is refused in French, or unknown."""

from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from geo.errors import InvalidInputError
from models import cli
from models.learning import inputs, register

PANEL = "code,gp_2013,gp_2017\n16015,3,2\n16102,1,1\n"


def predicted(tmp_path: Path, option: str = "", text: str = "", out: str = "risk.csv") -> None:
    """Run the command on two communes, with one more file; its errors are raised."""
    panel, more = tmp_path / "panel.csv", tmp_path / "more.csv"
    panel.write_text(text if option == "panel" else PANEL)
    more.write_text(text)
    call = ["predict", "--panel", str(panel), "--as-of", "2017", "--horizon", "3"]
    call += ["--out", str(tmp_path / out)]
    if option not in {"", "panel"}:
        call += [f"--{option}", str(more)]
    CliRunner().invoke(cli.app, call, catch_exceptions=False)


@pytest.mark.parametrize(
    ("option", "text", "said"),
    [
        ("panel", "code,gp_2017,gp_2017\n16015,1,2\n", "plusieurs colonnes « gp_2017 »"),
        ("apl", "code,apl_2016,apl_2016\n16015,1,2\n", "plusieurs colonnes « apl_2016 »"),
        ("apl", "code,apl_2016\n16015,1\n16015,2\n", "valeurs différentes, 1 commune"),
        ("register", "code,gp_establishments_2019_13\n16015,1\n", "gp_establishments_AAAA_MM"),
    ],
)
def test_a_file_that_says_two_things_or_none_is_refused_in_french(
    tmp_path: Path, option: str, text: str, said: str
) -> None:
    with pytest.raises(InvalidInputError, match=said):
        predicted(tmp_path, option, text)


def test_a_file_that_cannot_be_written_is_said_in_french(tmp_path: Path) -> None:
    for out in (".", "panel.csv/risk.csv"):
        with pytest.raises(InvalidInputError, match="Impossible d’écrire"):
            predicted(tmp_path, out=out)


def test_rows_of_apl_repeated_word_for_word_count_once(tmp_path: Path) -> None:
    path = tmp_path / "apl.csv"
    path.write_text("code,nom,apl_2016\n1004,A,2.5\n01004,B,2.5\n")
    assert inputs.read_apl(path)["apl"].tolist() == [2.5]


def test_a_population_or_a_point_that_cannot_be_is_unknown(tmp_path: Path) -> None:
    path = tmp_path / "reference.csv"
    path.write_text("code,population,longitude_centre,latitude_centre\n16015,-8,1e6,95\n")
    assert inputs.read_reference(path)[["population", "lon", "lat"]].isna().all(axis=None)


def test_a_register_with_less_than_no_practice_does_not_know_that_commune(tmp_path: Path) -> None:
    path = tmp_path / "register.csv"
    path.write_text("code,gp_establishments_2019_03\n16015,-1\n16102,2\n")
    counts = register.read_counts(path).counts
    assert np.isnan(counts["16015"])
    assert counts["16102"] == 2
