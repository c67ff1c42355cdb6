"""What the frame of the map loads from this server, in the order in which it must run."""

import hashlib
from functools import cache

from data import paths

ASSETS = "../../app/static/"
"""Where the component's frame finds what the application serves; survives a base path."""


@cache
def versioned(name: str) -> str:
    """Return the address of one of our files, changed whenever its content is."""
    content = (paths.STATIC / name).read_bytes()
    return f"{ASSETS}{name}?v={hashlib.sha256(content).hexdigest()[:10]}"


def scripts() -> dict[str, str]:
    """Return the address of each script, by name."""
    return {
        "leaflet": f"{ASSETS}vendor/leaflet/leaflet.js",
        "carte": versioned("proxisoins/carte.js"),
    }


def styles() -> dict[str, str]:
    """Return the address of each style sheet, by name."""
    return {
        "leaflet_css": f"{ASSETS}vendor/leaflet/leaflet.css",
        "carte_css": versioned("proxisoins/carte.css"),
    }
