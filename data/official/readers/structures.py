"""What the readers of places share: FINESS numbers, positions, the table `structures`."""

import pandas as pd

from data.base import french
from data.official.readers.communes import CommuneIndex
from data.official.readers.tally import Tally

SITE_COLUMNS = ["id", "name", "category", "code", "lon", "lat"]
FAR_DEGREES = 0.3
"""A place farther than this from its commune's point (some 25 km) has wrong coordinates."""


def placed(rows: pd.DataFrame, index: CommuneIndex, tally: Tally) -> pd.DataFrame:
    """Return rows with a position: their own, else that of their commune's point.

    Parameters
    ----------
    rows
        Columns `code`, `lon`, `lat` (WGS84 degrees, NaN when not given); index: line numbers.

    Returns
    -------
    pandas.DataFrame
        The same, without the rows that nothing places.
    """
    points = index.communes.set_index("code")[["lon", "lat"]]
    own = rows[["lon", "lat"]].notna().all(axis=1)
    centre = points.reindex(rows["code"]).set_axis(rows.index)
    far = own & ((rows[["lon", "lat"]] - centre).abs() > FAR_DEGREES).any(axis=1)
    lacking = (~own | far) & centre["lon"].notna()
    if far.any():
        tally.remarks.append(
            french.counted(
                int(far.sum()),
                "position à plus de 25 km de sa commune, ramenée au point de la commune",
                "positions à plus de 25 km de leur commune, ramenées au point de la commune",
            )
        )
    if (lacking & ~far).any():
        tally.remarks.append(
            french.counted(
                int((lacking & ~far).sum()),
                "établissement sans coordonnées, placé au point de sa commune",
                "établissements sans coordonnées, placés au point de leur commune",
            )
        )
    moved = rows.astype({"lon": float, "lat": float})  # written whole, they are read as integers
    moved.loc[lacking, ["lon", "lat"]] = centre.loc[lacking, ["lon", "lat"]]
    lost = moved["lon"].isna() | moved["lat"].isna()
    tally.refuse(moved[lost], "ni coordonnées, ni commune de la région ou de ses abords")
    return moved[~lost]


def as_structures(rows: pd.DataFrame, *, labelled: bool) -> pd.DataFrame:
    """Return rows (`id`, `kind`, `name`, `code`, `lon`, `lat`) in the shape of `structures`."""
    unique = rows[~rows.duplicated("id")]
    columns = ["id", "kind", "name", "code", "lon", "lat"]
    return unique[columns].assign(labelled=labelled).reset_index(drop=True)
