"""What candidate sites have in common: the inhabitants that two of them would both reach."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

Floats = npt.NDArray[np.float64]


def overlaps_of(people: Floats, near: Sequence[npt.NDArray[np.int64]]) -> pd.DataFrame:
    """Return what share of the people near each site is near each other one.

    Parameters
    ----------
    people
        Inhabitants of each point where they live.
    near
        Points within 20 minutes of each site.

    Returns
    -------
    pandas.DataFrame
        Share of the people of a site (row) that another one (column) reaches too; missing on the
        diagonal.
    """
    ends = np.cumsum([0, *(len(one) for one in near)])
    points = np.concatenate(near)
    by_site = sparse.csr_array((people[points], points, ends), shape=(len(near), people.size))
    inside = sparse.csr_array((np.ones(points.size), points, ends), shape=by_site.shape)
    shared = (by_site @ inside.T).toarray()
    own = np.diag(shared)[:, None]
    shares = np.divide(shared, own, out=np.zeros_like(shared), where=own > 0)
    np.fill_diagonal(shares, np.nan)
    return pd.DataFrame(shares)


def largest_overlaps(
    overlaps: pd.DataFrame, names: pd.Series
) -> dict[str, npt.NDArray[np.object_] | Floats]:
    """Return columns share_shared and shared_with: the largest overlap of each site, with whom.

    Parameters
    ----------
    overlaps
        As `overlaps_of` gives them.
    names
        Of the sites, in the same order.
    """
    shares = overlaps.fillna(-1.0).to_numpy()
    most = shares.argmax(axis=1)
    largest = shares.max(axis=1)
    alone = largest <= 0
    others = names.to_numpy(dtype=object)[most]
    return {
        "share_shared": np.where(largest < 0, np.nan, largest),
        "shared_with": np.where(alone, "", others),
    }
