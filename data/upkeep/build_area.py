"""Which communes of France a region's set needs: its own, and those near enough to be drawn."""

import numpy as np
import pandas as pd
import shapely

from data.region.france import WHOLE
from data.upkeep.registry_packages import Archives

AROUND_DEGREES = 1.0
"""Margin of the coast around the region."""
SPARE_DEGREES = 1.0
"""Wider than any commune of the mainland and than the search of holes: what is drawn within the
margin is computed as it would be with all of France."""


def needed(communes: pd.DataFrame, archives: Archives, region: str) -> pd.DataFrame:
    """Return the communes that the set of a region is computed from.

    Joining, mending and measuring contours is what a build costs: a region pays for its own and
    for those around, not for all of France.

    Parameters
    ----------
    communes
        All communes of France: code, region, postcodes.
    archives
        The packages.
    region
        INSEE code, or `WHOLE`.

    Returns
    -------
    pandas.DataFrame
        The rows of the region, of the communes whose contour meets its bounding box widened by
        `AROUND_DEGREES` + `SPARE_DEGREES`, of those without a contour, and of those that share a
        postcode with one of these (they place it), in the same order.
    """
    if region == WHOLE:
        return communes
    rows = archives.communes_csv
    known = rows.loc[rows["type"] == "COM", ["code", "geometry"]].dropna().drop_duplicates("code")
    texts = communes["code"].map(known.set_index("code")["geometry"])
    lost = texts.isna().to_numpy()
    bounds = np.full((len(communes), 4), np.nan)
    bounds[~lost] = shapely.bounds(shapely.from_wkb([bytes.fromhex(text) for text in texts[~lost]]))
    own = (communes["region"] == region).to_numpy()
    if not (own & ~lost).any():
        return communes
    low = bounds[own & ~lost, :2].min(axis=0) - AROUND_DEGREES - SPARE_DEGREES
    high = bounds[own & ~lost, 2:].max(axis=0) + AROUND_DEGREES + SPARE_DEGREES
    near = (bounds[:, :2] <= high).all(axis=1) & (bounds[:, 2:] >= low).all(axis=1)
    placed_by = communes["postcodes"].isin(communes.loc[lost, "postcodes"]).to_numpy()
    return communes[own | near | lost | placed_by].reset_index(drop=True)
