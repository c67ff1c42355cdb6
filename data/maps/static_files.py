"""What the browser loads: files served by this application, and the one server beside it."""

import hashlib
from functools import cache

from data.base import paths

TILE_SERVER = "https://data.geopf.fr"
"""Server of the IGN's background tiles, asked only when the user switches them on."""

FROM_FRAME = "../../app/static/"
"""Where the map's frame finds what the application serves; survives a base path."""


@cache
def versioned(name: str) -> str:
    """Return a file of `static/` with a query that changes whenever its content does."""
    content = (paths.STATIC / name).read_bytes()
    return f"{name}?v={hashlib.sha256(content).hexdigest()[:10]}"
