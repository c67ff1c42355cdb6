"""Potential access to general practitioners: APL of the DREES, 2SFCA, E2SFCA, 3SFCA, nearest.

Every function takes a sparse table of times (one row per pair of an origin and a destination,
row numbers) and arrays, and returns arrays; none modifies what it is given.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import ndtr

from geo.errors import InvalidInputError

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

ACTS_FLOOR_PER_GP = 3600.0
ACTS_CEILING_PER_GP = 6000.0
"""Bounds of a GP's yearly acts in the national zoning method of 2017 (arrêté du 13 novembre)."""

ZONING_AGE_LIMIT_YEARS = 65.0
"""The zoning counts GPs aged 65 or less (the same method)."""


@dataclass(frozen=True)
class Weights:
    """How access falls with time: steps, inclusive at their upper bound, 0 beyond the last.

    Attributes
    ----------
    key, name
        Name of the configuration, and its French name for screens.
    minutes
        Upper bounds of the steps, ascending.
    factors
        Weight within each bound, same length as `minutes`.
    source
        Publication the figures come from.
    selection
        True when demand is first shared between the sites in reach (third stage of the 3SFCA).
    """

    key: str
    name: str
    minutes: tuple[float, ...]
    factors: tuple[float, ...]
    source: str
    selection: bool = False

    @property
    def reach_minutes(self) -> float:
        """Minutes beyond which nothing counts."""
        return self.minutes[-1]

    def of(self, minutes: npt.ArrayLike) -> Floats:
        """Return the weight of each time; 0 beyond the reach, at infinity and where missing.

        Examples
        --------
        >>> DREES_2015.of([0, 10, 10.01, 15, 20, 20.01]).round(3).tolist()
        [1.0, 1.0, 0.667, 0.667, 0.333, 0.0]
        """
        times = np.asarray(minutes, dtype=np.float64)
        steps = np.searchsorted(self.minutes, times, side="left")  # NaN sorts last: weight 0
        weights: Floats = np.append(self.factors, 0.0)[steps]
        return weights

    def expected(self, minutes: npt.ArrayLike, spread_minutes: float) -> Floats:
        """Return the mean weight of times that are known with an error.

        The true time is taken as normal around the given one. A place is at 0
        minutes of itself without error, and nothing beyond the reach counts, so that a place
        with no GP in reach keeps an access of 0.

        Parameters
        ----------
        minutes
            Times given by an engine, minutes.
        spread_minutes
            Standard deviation of the error, minutes, above 0.
        """
        times = np.asarray(minutes, dtype=np.float64)
        steps = -np.diff(np.append(self.factors, 0.0))
        weights = np.zeros_like(times)
        for bound, step in zip(self.minutes, steps, strict=True):
            weights += step * ndtr((bound - times) / spread_minutes)
        weights[times == 0] = self.factors[0]
        weights[~(times <= self.reach_minutes)] = 0.0
        return weights


DREES_2015 = Weights(
    "drees_2015",
    "APL de la DREES (refonte de 2015)",
    (10.0, 15.0, 20.0),
    (1.0, 2 / 3, 1 / 3),
    "DREES, recast of 2015; values commonly quoted, not yet read in its own annex",
)
DREES_2012 = Weights(
    "drees_2012",
    "APL de la DREES (2012)",
    (5.0, 10.0, 15.0),
    (1.0, 0.3, 0.1),
    "Barlet, Coldefy, Collin, Lucas-Gabrielli, DREES, Études et Résultats 795, 2012",
)
E2SFCA = Weights(
    "e2sfca",
    "E2SFCA",
    (10.0, 20.0, 30.0),
    (1.0, 0.68, 0.22),
    "Luo and Qi, Health & Place 15, 2009",
)
THREE_SFCA = Weights(
    "three_sfca",
    "3SFCA",
    (10.0, 20.0, 30.0, 60.0),
    (0.962, 0.704, 0.377, 0.042),
    "Wan, Zou and Sternberg, Int. J. Geographical Information Science 26, 2012",
    selection=True,
)
BINARY_20 = Weights(
    "binary_20",
    "2SFCA à 20 minutes",
    (20.0,),
    (1.0,),
    "Luo and Wang, Environment and Planning B 30, 2003; 20 minutes of the Hubert report, 2010",
)

WEIGHTS: Mapping[str, Weights] = MappingProxyType(
    {w.key: w for w in (DREES_2015, DREES_2012, E2SFCA, THREE_SFCA, BINARY_20)}
)
"""Named configurations; a result always says which one it was made with."""


def weights_named(key: str) -> Weights:
    """Return the configuration of that name.

    Raises
    ------
    InvalidInputError
        If there is none.
    """
    if key not in WEIGHTS:
        raise InvalidInputError(
            f"La pondération « {key} » n’existe pas : choisissez parmi {', '.join(WEIGHTS)}."
        )
    return WEIGHTS[key]


def countable_acts(
    acts: npt.ArrayLike,
    gps: npt.ArrayLike = 1.0,
    ages: npt.ArrayLike | None = None,
    age_limit_years: float | None = None,
) -> Floats:
    """Return the acts that count: raised to 3,600 and capped at 6,000 per GP, by age if asked.

    Parameters
    ----------
    acts
        Yearly acts of one row, shape (n,): those of all its GPs together.
    gps
        GPs of each row, shape (n,) or one number; each is taken to do an equal part.
    ages
        Age of the GP of each row, years, shape (n,).
    age_limit_years
        GPs older than this do not count (inclusive bound); None counts all.

    References
    ----------
    Arrêté du 13 novembre 2017 relatif à la méthodologie applicable à la profession de médecin.
    """
    total = np.asarray(acts, dtype=np.float64)
    heads = np.broadcast_to(np.asarray(gps, dtype=np.float64), total.shape)
    counted: Floats = np.clip(total, ACTS_FLOOR_PER_GP * heads, ACTS_CEILING_PER_GP * heads)
    if ages is not None and age_limit_years is not None:
        counted = np.where(np.asarray(ages, dtype=np.float64) <= age_limit_years, counted, 0.0)
    return counted


def _sum_by(index: Integers, values: Floats, size: int) -> Floats:
    return np.bincount(index, weights=values, minlength=size).astype(np.float64)


def floating_catchment(
    origin: Integers,
    destination: Integers,
    weight: Floats,
    demand: npt.ArrayLike,
    supply: npt.ArrayLike,
    *,
    selection: Floats | None = None,
) -> Floats:
    """Return the supply accessible to each inhabitant, by the two- or three-step method.

    R_j = S_j / Σ_i w_ij·P_i, then A_i = Σ_j w_ij·R_j. With `selection`, w_ij becomes
    G_ij·w_ij where G_ij is the part of the selection weights of i that goes to j, among the
    sites that hold some supply.

    Parameters
    ----------
    origin, destination
        Row numbers in `demand` and `supply`, shape (p,); each pair once.
    weight
        Weight of each pair, shape (p,), 0 beyond the reach.
    demand
        Population, standardised or not, shape (n,); missing counts nobody.
    supply
        Acts or GPs offered, shape (m,); missing offers nothing.
    selection
        Selection weights of the third stage, shape (p,).

    Returns
    -------
    numpy.ndarray
        Shape (n,): 0 where no supply is in reach, NaN where there is no demand.

    References
    ----------
    Luo and Wang (2003); Wan, Zou and Sternberg (2012) for the selection weights.
    """
    people = np.nan_to_num(np.asarray(demand, dtype=np.float64))
    offer = np.nan_to_num(np.asarray(supply, dtype=np.float64))
    effective = weight
    if selection is not None:
        chosen = np.where(offer[destination] > 0, selection, 0.0)
        total = _sum_by(origin, chosen, people.size)[origin]
        effective = weight * np.divide(chosen, total, out=np.zeros_like(chosen), where=total > 0)
    charge = _sum_by(destination, effective * people[origin], offer.size)
    ratio = np.divide(offer, charge, out=np.zeros_like(offer), where=charge > 0)
    access = _sum_by(origin, effective * ratio[destination], people.size)
    return np.where(people > 0, access, np.nan)


def access(
    pairs: pd.DataFrame, demand: npt.ArrayLike, supply: npt.ArrayLike, weights: Weights
) -> Floats:
    """Return the access of each origin under a named configuration; see `floating_catchment`.

    Parameters
    ----------
    pairs
        Columns origin, destination (row numbers) and minutes, as `TravelTime.matrix` gives
        them; it must hold every pair up to `weights.reach_minutes`, and t = 0 inside a commune.
    demand, supply
        Population, shape (n,), and acts, shape (m,).
    weights
        The configuration.
    """
    origin, destination = _ends(pairs)
    weight = weights.of(pairs["minutes"].to_numpy(dtype=np.float64))
    return floating_catchment(
        origin,
        destination,
        weight,
        demand,
        supply,
        selection=weight if weights.selection else None,
    )


def _ends(pairs: pd.DataFrame) -> tuple[Integers, Integers]:
    return (
        pairs["origin"].to_numpy(dtype=np.int64),
        pairs["destination"].to_numpy(dtype=np.int64),
    )


def nearest_site(
    pairs: pd.DataFrame, supply: npt.ArrayLike, origins: int
) -> tuple[Floats, Integers]:
    """Return minutes to the nearest site that holds supply, and its row number.

    Parameters
    ----------
    pairs
        Columns origin, destination (row numbers) and minutes.
    supply
        Shape (m,); a site counts when its supply is above 0.
    origins
        Number of origins, n.

    Returns
    -------
    tuple
        Minutes, shape (n,), inf where the table holds no such pair; row number, -1 there. The
        lowest row number wins a tie.
    """
    offer = np.nan_to_num(np.asarray(supply, dtype=np.float64))
    origin, destination = _ends(pairs)
    minutes = pairs["minutes"].to_numpy(dtype=np.float64)
    kept = (offer[destination] > 0) & np.isfinite(minutes)
    origin, destination, minutes = origin[kept], destination[kept], minutes[kept]
    order = np.lexsort((destination, minutes, origin))
    first_origin, first = np.unique(origin[order], return_index=True)
    nearest = np.full(origins, np.inf)
    site = np.full(origins, -1, dtype=np.int64)
    nearest[first_origin] = minutes[order][first]
    site[first_origin] = destination[order][first]
    return nearest, site


def population_within(
    population: npt.ArrayLike, minutes_to_nearest: npt.ArrayLike, limit: float
) -> Floats:
    """Return the inhabitants whose nearest GP lies within the limit (inclusive), shape (n,).

    Missing where the minutes or the population are missing; infinite minutes are beyond.
    """
    people = np.asarray(population, dtype=np.float64)
    minutes = np.asarray(minutes_to_nearest, dtype=np.float64)
    within: Floats = np.where(minutes <= limit, people, 0.0 * people)
    return np.where(np.isnan(minutes), np.nan, within)
