"""A key of our own code, for what is kept on disk and must not outlive what made it."""

from functools import cache

from data.base import paths
from data.base.table_cache import digest

_ROOMS = ("geo", "data", "models")


@cache
def key() -> str:
    """Return a key of all code below the pages, as it is when first asked for."""
    files = (file for room in _ROOMS for file in sorted((paths.ROOT / room).rglob("*.py")))
    return digest(*(file.read_bytes() for file in files))
