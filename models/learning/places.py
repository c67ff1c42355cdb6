"""Points, populations and successors of all French communes, embedded with the risk model."""

from functools import cache
from pathlib import Path

import pandas as pd

ASSETS = Path(__file__).resolve().parents[1] / "assets"
COMMUNES_PATH = ASSETS / "communes.parquet"
SUCCESSORS_PATH = ASSETS / "successors.parquet"


@cache
def _read(path: Path) -> pd.DataFrame:
    return pd.read_parquet(path)


def communes() -> pd.DataFrame:
    """Return code, lon, lat (degrees), area_km2, population_2016, canton_seat (`build_assets`)."""
    return _read(COMMUNES_PATH).copy()


def successors() -> dict[str, str]:
    """Return vanished code → code that holds its ground in the COG of 2021."""
    table = _read(SUCCESSORS_PATH)
    return dict(zip(table["code"], table["successor"], strict=True))
