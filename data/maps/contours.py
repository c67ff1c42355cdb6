"""The contours that a map loads once: a file that the browser keeps, named after its inputs."""

from pathlib import Path
from threading import Lock
from weakref import WeakKeyDictionary

import geopandas as gpd
import pandas as pd
import shapely

from data.base import paths
from data.base.table_cache import digest
from data.region import embedded_set
from data.region.territory import Territory
from geo import display

_written: WeakKeyDictionary[Territory, str] = WeakKeyDictionary()
"""Name of the file of each territory."""
_writing = Lock()
"""The first visitor waits for who prepares the same contours, rather than make them too."""


def contours_file(territory: Territory) -> str | None:
    """Write the contours of a region where the browser can fetch them, once for the same inputs.

    Returns
    -------
    str or None
        Path under `static/`; None where that folder cannot be written.
    """
    folder = paths.STATIC / "generated"
    with _writing:
        if territory not in _written:
            _written[territory] = f"communes-{territory.region}-{contours_key(territory)}.json.gz"
        target = folder / _written[territory]
        try:
            if not target.exists():
                target.parent.mkdir(exist_ok=True)
                unfinished = target.with_suffix(".part")
                unfinished.write_bytes(contours_bytes(territory))
                unfinished.replace(target)
        except OSError:
            return None
    return f"generated/{target.name}"


def _inputs(
    territory: Territory,
) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame, dict[str, str], dict[str, str]]:
    """Return what the contours of a region are made from, as `contours_document` takes it."""
    communes = territory.communes
    epcis = communes.loc[communes["epci"] != "", ["epci", "epci_name"]].drop_duplicates()
    return (
        communes,
        embedded_set.backdrop(territory.region),
        embedded_set.departement_names(territory.region),
        _names(epcis),
    )


def contours_key(territory: Territory) -> str:
    """Return a key of all that the contours are made from: another content has another name."""
    communes, land, *names = _inputs(territory)
    told = communes[[*display.CONTOURS_COLUMNS, "lon", "lat"]].astype(str)
    return digest(
        Path(display.__file__).read_bytes(),
        pd.util.hash_pandas_object(told, index=False).to_numpy().tobytes(),
        *(str(sorted(one.items())) for one in names),
        *(wkb or b"" for table in (communes, land) for wkb in shapely.to_wkb(table.geometry)),
    )[:12]


def contours_bytes(territory: Territory) -> bytes:
    """Return the contours of a region as the client reads them."""
    return display.contours_document(*_inputs(territory))


def _names(table: pd.DataFrame) -> dict[str, str]:
    """Return the first two columns, code and name, as a mapping."""
    return dict(table.iloc[:, :2].itertuples(index=False, name=None))
