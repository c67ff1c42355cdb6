"""What the frame of the map loads from this server, in the order in which it must run."""

from data.static_files import versioned

ASSETS = "../../app/static/"
"""Where the component's frame finds what the application serves; survives a base path."""


def scripts() -> dict[str, str]:
    """Return the address of each script, by name."""
    return {
        "leaflet": f"{ASSETS}vendor/leaflet/leaflet.js",
        "carte": ASSETS + versioned("proxisoins/carte.js"),
    }


def styles() -> dict[str, str]:
    """Return the address of each style sheet, by name."""
    return {
        "leaflet_css": f"{ASSETS}vendor/leaflet/leaflet.css",
        "carte_css": ASSETS + versioned("proxisoins/carte.css"),
    }
