"""A small made-up country on a grid of real places, with a panel, APL and a territory."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from models.learning import places, training
from models.learning.inputs import Inputs

DEPARTEMENTS = ("03", "15", "63")


@pytest.fixture(scope="session")
def panel() -> pd.DataFrame:
    """GPs made up for the communes of three départements, larger communes having more."""
    place = places.communes()
    here = place[place["code"].str[:2].isin(DEPARTEMENTS)].reset_index(drop=True)
    rng = np.random.default_rng(7)
    people = here["population_2016"].fillna(0).to_numpy(float)
    start = rng.poisson(people / 1200)
    table = pd.DataFrame({"code": here["code"], "gp_2009": start * 1.0})
    for year in (2013, 2017, 2020):
        start = rng.binomial(start, 0.85) + rng.poisson(people / 9000)
        table[f"gp_{year}"] = start * 1.0
    return table


@pytest.fixture(scope="session")
def apl(panel: pd.DataFrame) -> pd.DataFrame:
    rng = np.random.default_rng(8)
    parts = []
    for year in (2016, 2018):
        level = rng.uniform(1, 5, len(panel))
        parts.append(
            pd.DataFrame(
                {
                    "code": panel["code"],
                    "year": year,
                    "apl": level,
                    "apl65": level * rng.uniform(0.7, 1, len(panel)),
                    "standardised_population": rng.uniform(100, 3000, len(panel)),
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


@pytest.fixture(scope="session")
def inputs(panel: pd.DataFrame, apl: pd.DataFrame) -> Inputs:
    return Inputs(panel.set_index("code"), apl)


@pytest.fixture
def learned_from(panel: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A panel on disk, told to be of two regions: one can be held out."""
    monkeypatch.setattr(training, "BOOTSTRAP_REFITS", 2)
    monkeypatch.setitem(training.REGION_OF, "63", "11")
    path = tmp_path / "panel.csv"
    panel.to_csv(path, index=False)
    return path
