"""Put the browser's libraries and the typeface of PDFs into `static/vendor/`, from packages.

Run as `python -m data.upkeep.assets` by the set-up; the folder is ignored by git, and a second run
changes nothing.
"""

import sys
from importlib import resources
from pathlib import Path

from fontTools.ttLib import TTLibError

from data.base.paths import STATIC
from data.upkeep.typeface import make_typeface

VENDOR = STATIC / "vendor"

FONT_ERRORS = (ImportError, OSError, TTLibError)
"""Of a typeface that cannot be made: PDFs and pictures do with DejaVu."""

# XStatic-Leaflet carries the very Leaflet that folium asks for; its source maps are not needed.
LEAFLET_FILES = (
    "leaflet.css",
    "leaflet.js",
    "images/layers-2x.png",
    "images/layers.png",
    "images/marker-icon-2x.png",
    "images/marker-icon.png",
    "images/marker-shadow.png",
)


def copy_leaflet(vendor: Path = VENDOR) -> Path:
    """Copy Leaflet under `vendor` and return its folder; files that are there are kept in step."""
    folder = vendor / "leaflet"
    package = resources.files("xstatic.pkg.leaflet") / "data"
    for name in LEAFLET_FILES:
        target = folder / name
        content = (package / name).read_bytes()
        if target.is_file() and target.read_bytes() == content:
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        # Written beside and renamed: a server that is running never sends half a script.
        partial = target.with_name(target.name + ".partial")
        partial.write_bytes(content)
        partial.replace(target)
    return folder


def set_up() -> None:
    """Put all in place; without a typeface of its own the application goes on."""
    copy_leaflet()
    try:
        make_typeface()
    except FONT_ERRORS as error:
        sys.stderr.write(f"Pas de caractères propres aux PDF : {error}\n")


if __name__ == "__main__":
    set_up()
