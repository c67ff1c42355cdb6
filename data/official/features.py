"""All the features of a WFS layer, page after page, as one GeoJSON file."""

import json
from collections.abc import Callable
from pathlib import Path

from data.base import french
from data.files.downloads import Download, digest
from data.official.resolution import WFS_PAGE, Ask, asked_features, wfs_page
from data.official.sources import Way
from geo.errors import UnavailableError

MAX_PAGES = 2000
"""Ten million features: four times the inhabited 200 m squares of France."""


def fetch_features(
    way: Way, ask: Ask, folder: Path, progress: Callable[[int, int | None], None]
) -> Download:
    """Write all features of a layer into one file of a folder of its own.

    Raises
    ------
    UnavailableError
        A page fails, or the pages end before the number that the service announces.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{way.layer.replace(':', '_').strip('_')}.json"
    first = wfs_page(way.address, way.layer, 0)
    received, size, total = 0, 0, None
    try:
        with path.open("w", encoding="utf-8") as out:
            out.write('{"type":"FeatureCollection","features":[')
            for _ in range(MAX_PAGES):
                # A service may give fewer features a page than it is asked for.
                address = wfs_page(way.address, way.layer, received)
                features, told = asked_features(ask, address)
                total = told if told is not None else total
                for feature in features:
                    out.write(("," if received else "") + json.dumps(feature, ensure_ascii=False))
                    received += 1
                size = out.tell()
                progress(size, None)
                if not features or (total is not None and received >= total):
                    break
                if total is None and len(features) < WFS_PAGE:
                    break
            out.write("]}")
        if received == 0 or (total is not None and received < total):
            raise UnavailableError(
                f"Le service donne {french.number(received)} objets sur "
                f"{french.number(total or 0)} annoncés : rien n’est gardé, réessayez plus tard."
            )
        sha256 = digest(path, "sha256")
    except UnavailableError:
        path.unlink(missing_ok=True)
        raise
    return Download(path, first, path.stat().st_size, sha256)
