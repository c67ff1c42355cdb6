"""What the frame of the map loads from this server, in the order in which it must run."""

from data.maps.static_files import FROM_FRAME, versioned


def scripts() -> dict[str, str]:
    """Return the address of each script, by name."""
    return {
        "leaflet": f"{FROM_FRAME}vendor/leaflet/leaflet.js",
        "carte": FROM_FRAME + versioned("proxisoins/carte.js"),
    }


def styles() -> dict[str, str]:
    """Return the address of each style sheet, by name."""
    return {
        "leaflet_css": f"{FROM_FRAME}vendor/leaflet/leaflet.css",
        "carte_css": FROM_FRAME + versioned("proxisoins/carte.css"),
    }
