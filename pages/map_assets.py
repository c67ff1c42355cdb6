"""What the frame of the map loads from this server, in the order in which it must run."""

import json
from functools import cache

from data.base import paths
from data.base.typeface import variable_font
from data.maps.static_files import FROM_FRAME, versioned

CLIENT = "proxisoins"
"""Folder of our client under `static/`."""

AT_OPENING = frozenset(
    {
        *("address", "card", "data", "dom", "frame", "here", "layers"),
        *("main", "map", "names", "panel", "room", "search", "symbols", "zones"),
    }
)
"""Modules that every map needs; the others are asked for when they are used."""

_PLAIN_SCRIPTS = frozenset({"carte", "guard", "page"})


_LEAFLET = ("vendor/leaflet/leaflet.js", "vendor/leaflet/leaflet.css")
"""Put there by set-up: a copy of the code alone holds none."""


def missing() -> tuple[str, ...]:
    """Return what set-up should have put under `static/` and no map is drawn without."""
    return tuple(name for name in _LEAFLET if not (paths.STATIC / name).is_file())


def scripts() -> dict[str, str]:
    """Return the address of each plain script, by name."""
    return {
        "leaflet": FROM_FRAME + _LEAFLET[0],
        "carte": FROM_FRAME + versioned(f"{CLIENT}/carte.js"),
    }


def page_script() -> str:
    """Return the address, below the static files, of the script of the whole page."""
    return versioned(f"{CLIENT}/page.js")


def modules() -> dict[str, str]:
    """Return the address of each module of the client, by the name that its readers give it."""
    names = sorted(one.stem for one in (paths.STATIC / CLIENT).glob("*.js"))
    return {
        name: FROM_FRAME + versioned(f"{CLIENT}/{name}.js")
        for name in names
        if name not in _PLAIN_SCRIPTS
    }


@cache
def guard() -> str:
    """Return the script by which the frame hears its parent only, to stand before any other."""
    return f"<script>{(paths.STATIC / CLIENT / 'guard.js').read_text(encoding='utf-8')}</script>"


def import_map() -> str:
    """Return the import map by which a module is never that of an older release.

    Modules name each other plainly, as they are served; a browser that knows no import map, or a
    page that holds none, finds them all the same.
    """
    named = {f"{FROM_FRAME}{CLIENT}/{name}.js": address for name, address in modules().items()}
    return json.dumps({"imports": named}, separators=(",", ":"))


@cache
def typeface() -> str:
    """Return the style that gives the frame the typeface of Streamlit's own pages, fetched once.

    Source Sans comes with Streamlit, under a name that its version decides; "" where it does not.
    """
    found = variable_font()
    if found is None:
        return ""
    return (
        '<style>@font-face{font-family:"Source Sans";font-weight:200 900;font-display:swap;'
        f"src:url(../../static/media/{found.name}) format('woff2')}}</style>"
    )


def styles() -> dict[str, str]:
    """Return the address of each style sheet, by name."""
    return {
        "leaflet_css": FROM_FRAME + _LEAFLET[1],
        "theme_css": FROM_FRAME + versioned(f"{CLIENT}/theme.css"),
        "carte_css": FROM_FRAME + versioned(f"{CLIENT}/carte.css"),
    }
