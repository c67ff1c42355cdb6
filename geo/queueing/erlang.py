"""The Erlang C queue: calls that wait for the first free regulator, hour by hour.

Calls come at random at λ an hour, last h minutes in the mean, and c regulators answer in the order
of arrival; nobody hangs up. With a = λ·h/60 the load (erlangs):

    B(a, 0) = 1,  B(a, c) = a·B(a, c−1) / (c + a·B(a, c−1))      stable at any size
    C(a, c) = B / (1 − (a/c)·(1 − B))                            share that waits, a < c
    mean wait  = C·h / (c − a)
    share answered within T = 1 − C·exp(−(c − a)·T/h)

At a ≥ c the queue only grows: everybody waits, without end. Each hour is taken as if it lasted
(stationary, independent period by period).

References: Erlang, "Solution of some problems in the theory of probabilities of significance in
automatic telephone exchanges", 1917; Jagers and van Doorn, "On the continued Erlang loss function",
Operations Research Letters 5, 1986 (recursion); Green, Kolesar and Whitt, "Coping with
time-varying demand when setting staffing requirements", POMS 16, 2007 (period by period).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geo.errors import InvalidInputError

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

MOST_SERVERS = 2_000
"""Servers past which no queue of a region goes: a larger number is a mistake of the table."""


@dataclass(frozen=True, eq=False)
class Queue:
    """What becomes of calls in each period; NaN where calls, minutes or servers are not known.

    Attributes
    ----------
    load
        Erlangs: mean number of regulators that calls keep busy, shape (n,).
    waiting
        Probability that a call waits, shape (n,).
    mean_wait
        Minutes that a call waits in the mean, those answered at once included; infinite where the
        queue only grows, shape (n,).
    within
        Share of calls answered within the target, shape (n,).
    """

    load: Floats
    waiting: Floats
    mean_wait: Floats
    within: Floats


def erlang_b(load: npt.ArrayLike, servers: npt.ArrayLike) -> Floats:
    """Return the share of calls lost when none may wait (Erlang B).

    Parameters
    ----------
    load
        Erlangs, 0 or more; NaN gives NaN.
    servers
        Whole numbers from 0, of a shape that goes with that of `load`.

    Raises
    ------
    InvalidInputError
        A negative load, or servers that are not whole numbers from 0 to `MOST_SERVERS`.

    Examples
    --------
    >>> erlang_b([1.0, 2.0], [2, 3]).round(6).tolist()
    [0.2, 0.210526]
    """
    a, c = np.broadcast_arrays(np.asarray(load, dtype=np.float64), _whole(servers))
    if (a < 0).any():
        raise InvalidInputError("Une charge d’appels ne peut pas être négative.")
    lost = np.ones(a.shape)
    for step in range(1, int(c.max(initial=0)) + 1):
        offered = a * lost
        lost = np.where(step <= c, offered / (step + offered), lost)
    return np.where(np.isnan(a), np.nan, lost)


def erlang_c(load: npt.ArrayLike, servers: npt.ArrayLike) -> Floats:
    """Return the share of calls that wait (Erlang C); 1 where the load is not below the servers.

    Parameters
    ----------
    load, servers
        See `erlang_b`.

    Examples
    --------
    >>> erlang_c([1.0, 3.0], [2, 3]).round(6).tolist()
    [0.333333, 1.0]
    """
    a, c = np.broadcast_arrays(np.asarray(load, dtype=np.float64), _whole(servers))
    lost = erlang_b(a, c)
    steady = (a < c) & (a > 0)
    busy = np.divide(a, c, out=np.ones(a.shape), where=steady)
    waiting = lost / (1 - busy * (1 - lost))
    # Nobody calls: nobody waits, were there no regulator at all.
    found = np.where(steady, waiting, np.where(a == 0, 0.0, 1.0))
    return np.where(np.isnan(a), np.nan, found)


def queue(
    calls: npt.ArrayLike, minutes: npt.ArrayLike, servers: npt.ArrayLike, target_minutes: float
) -> Queue:
    """Return what becomes of calls in each period.

    Parameters
    ----------
    calls
        Calls an hour, shape (n,).
    minutes
        Mean minutes that one call keeps a regulator, shape (n,).
    servers
        Regulators on duty, shape (n,), whole numbers.
    target_minutes
        Wait within which a call counts as answered in time, 0 or more.

    Raises
    ------
    InvalidInputError
        A negative number, or regulators that are not whole.
    """
    if not (np.isfinite(target_minutes) and target_minutes >= 0):
        raise InvalidInputError("Le délai visé doit être un nombre de minutes, 0 ou plus.")
    rate, held, known = (np.asarray(one, dtype=np.float64) for one in (calls, minutes, servers))
    told = ~(np.isnan(rate) | np.isnan(held) | np.isnan(known))
    if (rate[told] < 0).any() or (held[told] <= 0).any():
        raise InvalidInputError(
            "Des appels négatifs ou une durée nulle : corrigez la table, puis relancez."
        )
    load = np.where(told, rate * held / 60, np.nan)
    on_duty = np.where(told, known, 0.0)
    waiting = erlang_c(load, on_duty)
    free = on_duty - load
    steady = told & (free > 0)
    wait = np.divide(waiting * held, free, out=np.full(load.shape, np.inf), where=steady)
    wait = np.where(told & (load == 0), 0.0, wait)
    with np.errstate(invalid="ignore"):
        late = waiting * np.exp(-np.where(steady, free / held, 0.0) * target_minutes)
    nothing = np.where(told, 0.0, np.nan)
    return Queue(load, waiting, wait + nothing, 1 - late + nothing)


def fewest_servers(
    calls: npt.ArrayLike, minutes: npt.ArrayLike, target_minutes: float, share: float
) -> Floats:
    """Return the fewest regulators that answer a share of calls within the target, hour by hour.

    Parameters
    ----------
    calls, minutes, target_minutes
        See `queue`.
    share
        Share of calls, at least 0 and under 1.

    Returns
    -------
    numpy.ndarray
        Whole numbers, shape (n,); 0 where nobody calls, NaN where it is not known.

    Raises
    ------
    InvalidInputError
        The share is out of bounds, or more than `MOST_SERVERS` would be needed.

    Examples
    --------
    >>> fewest_servers([6.0, 60.0, 0.0], [10.0, 10.0, 10.0], 2.0, 0.8).tolist()
    [3.0, 13.0, 0.0]
    """
    if not 0 <= share < 1:
        raise InvalidInputError("La part d’appels visée va de 0 à moins de 100 %.")
    rate, held = np.broadcast_arrays(
        np.asarray(calls, dtype=np.float64), np.asarray(minutes, dtype=np.float64)
    )
    load = rate * held / 60
    told = ~np.isnan(load)
    # No fewer than the load, else the queue only grows.
    found = np.where(told, np.where(load > 0, np.floor(load) + 1, 0.0), np.nan)
    if told.any() and found[told].max() > MOST_SERVERS:
        raise InvalidInputError(
            f"Plus de {MOST_SERVERS} régulateurs seraient nécessaires : vérifiez le nombre "
            "d’appels par heure et leur durée, en minutes."
        )
    while True:
        short = told & (queue(rate, held, found, target_minutes).within < share)
        if not short.any():
            return found
        found = np.where(short, found + 1, found)


def _whole(servers: npt.ArrayLike) -> Ints:
    given = np.asarray(servers, dtype=np.float64)
    fits = (given >= 0) & (given <= MOST_SERVERS) & (given == np.floor(given))
    if not fits.all():
        raise InvalidInputError(
            f"Le nombre de régulateurs est un nombre entier, de 0 à {MOST_SERVERS}."
        )
    return given.astype(np.int64)
