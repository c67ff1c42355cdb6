"""What a figure of the model kept on disk was made by: our code, and the model that ships."""

from functools import cache
from pathlib import Path

from data.base import our_code, paths
from data.base.table_cache import digest

_ASSETS = "models/assets"


@cache
def made_by(model: Path) -> str:
    """Return a key of all code below the pages, of the model and of the tables it reads.

    Parameters
    ----------
    model
        The file of the model.
    """
    read = sorted((paths.ROOT / _ASSETS).glob("*.parquet"))
    return digest(our_code.key(), *(file.read_bytes() for file in read), model.read_bytes())
