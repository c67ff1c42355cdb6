"""Points, populations and successors of all French communes, embedded with the risk model."""

from functools import cache
from pathlib import Path

import pandas as pd

from data.base.codes import ARRONDISSEMENTS

ASSETS = Path(__file__).resolve().parents[1] / "assets"
COMMUNES_PATH = ASSETS / "communes.parquet"
SUCCESSORS_PATH = ASSETS / "successors.parquet"
SINCE_PATH = ASSETS / "since_2021.parquet"


@cache
def _read(path: Path) -> pd.DataFrame:
    return pd.read_parquet(path)


def communes() -> pd.DataFrame:
    """Return the communes of 2021, which the model learned from.

    code, lon, lat (degrees), area_km2, population_2016, canton_seat (`build_assets`).
    """
    return _read(COMMUNES_PATH).copy()


def successors() -> dict[str, str]:
    """Return vanished code, or arrondissement → code that holds its ground in the COG of 2021."""
    table = _read(SUCCESSORS_PATH)
    return dict(zip(table["code"], table["successor"], strict=True)) | ARRONDISSEMENTS


@cache
def _present() -> pd.DataFrame:
    learned, since = communes(), _read(SINCE_PATH)
    changed = since[since["heir"].isna()].drop(columns="heir").astype({"canton_seat": bool})
    kept = learned[~learned["code"].isin(since["code"])]
    return pd.concat([kept, changed]).sort_values("code", ignore_index=True)


def present() -> pd.DataFrame:
    """Return the same of the communes of 2026, which predictions are made for."""
    return _present().copy()


@cache
def _heirs() -> dict[str, str]:
    since = _read(SINCE_PATH)
    gone = since[since["heir"].notna()]
    merged = dict(zip(gone["code"], gone["heir"], strict=True))
    standing = set(_present()["code"])
    followed = {code: merged.get(heir, heir) for code, heir in successors().items()}
    return {code: heir for code, heir in (followed | merged).items() if code not in standing}


def heirs() -> dict[str, str]:
    """Return vanished code, or arrondissement → code that holds its ground in the COG of 2026."""
    return dict(_heirs())
