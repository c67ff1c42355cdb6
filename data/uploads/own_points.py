"""The user's own layer: any file of places, as points of the map."""

import pandas as pd

from data.region.gazetteer import gazetteer
from data.region.territory import Territory
from data.uploads import MatchReport, match_lines, open_lines


def own_points(content: bytes, name: str, territory: Territory) -> tuple[pd.DataFrame, MatchReport]:
    """Read a file of places (CSV, XLSX, GeoJSON…) and place its lines.

    Parameters
    ----------
    content, name
        The file as handed in; trusted for nothing.
    territory
        The region: its communes place what has no coordinates.

    Returns
    -------
    pandas.DataFrame, MatchReport
        lon, lat (EPSG:4326), name, detail (the commune), one row per line understood; and what
        became of each line.

    Raises
    ------
    InvalidInputError
        The file cannot be read: see `data.uploads.open_lines`.
    """
    report = match_lines(open_lines(content, name), gazetteer(territory.region), territory.communes)
    sites = report.sites
    points = pd.DataFrame(
        {
            "lon": [site.lon for site in sites],
            "lat": [site.lat for site in sites],
            "name": [site.name for site in sites],
            "detail": [site.commune for site in sites],
        }
    )
    return points, report
