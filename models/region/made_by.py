"""What a figure kept on disk was made by: our code, and the model that ships."""

from functools import cache
from pathlib import Path

from data.base import paths
from data.base.table_cache import digest

_ROOMS = ("geo", "data", "models")
_ASSETS = "models/assets"


@cache
def made_by(model: Path) -> str:
    """Return a key of all code below the pages, of the model and of the tables it reads.

    Parameters
    ----------
    model
        The file of the model.
    """
    code = (file for room in _ROOMS for file in sorted((paths.ROOT / room).rglob("*.py")))
    read = sorted((paths.ROOT / _ASSETS).glob("*.parquet"))
    return digest(*(file.read_bytes() for file in (*code, *read)), model.read_bytes())
