"""The small region with sites, structures and zones, for the tests of siting and its reports."""

import uuid
from dataclasses import replace

import pandas as pd

from data.uploads import Site
from tests.data.access import small_region


def made(gps, **tables):
    """A region of its own: results are kept by the version of the data."""
    return replace(small_region.made(gps, **tables), version=f"sites-{uuid.uuid4()}")


def site(name, code, lon, **more):
    return Site(2, name, code, name, lon, 45.0, **more)


def structures(*rows):
    table = [
        (f"s{n}", kind, f"Structure {n}", "16001", lon, 45.0, False)
        for n, (kind, lon) in enumerate(rows)
    ]
    return pd.DataFrame(table, columns=["id", "kind", "name", "code", "lon", "lat", "labelled"])


def zoning():
    rows = [("16001", "ZIP"), ("16002", "ZIP"), ("16003", "ZAC"), ("17001", "HZ"), ("17003", "ZIP")]
    return pd.DataFrame(
        [(code, zone, "commune", "", "") for code, zone in rows],
        columns=["code", "zone", "part", "tvs", "tvs_name"],
    )


MIDDLE = site("Milieu", "16002", 0.12, gps=3)
FAR = site("Loin", "17003", 2.0)
