"""The small region with territories to help, for the tests of solidarity and its reports."""

import uuid
from dataclasses import replace

import pandas as pd

from tests.data.access import small_region

# 16001 has many doctors, 17001 one; 16002 (2,000 people), 16003 and 17002 have none.
GPS = {"16001": 12.0, "16002": 0.0, "16003": 0.0, "17001": 1.0, "17002": 0.0, "17003": 0.0}
GPS["24001"] = 0.0  # known, across the border: what is not known would leave APL unknown


def zoned(**zones):
    rows = [(code.removeprefix("c"), zone, "commune", "", "") for code, zone in zones.items()]
    return pd.DataFrame(rows, columns=["code", "zone", "part", "tvs", "tvs_name"])


def made(gps=None, **tables):
    """A region of its own: results are kept by the version of the data."""
    tables = {"zoning": zoned(c16003="ZIP", c17003="ZIP", c16001="HZ")} | tables
    found = small_region.made(GPS if gps is None else gps, **tables)
    return replace(found, version=f"help-{uuid.uuid4().hex}")
