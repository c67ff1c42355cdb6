"""The most need that some open sites cover, then on the shortest roads: a linear programme.

Columns are generated (Dantzig and Wolfe, "Decomposition principle for linear programs", Operations
Research 8, 1960): most trips are long ones that no plan takes.
"""

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd
import scipy
from scipy import sparse

from geo.errors import UnsolvedError
from geo.solidarity.problem import Floats, HelpProblem, Ints

Bools = npt.NDArray[np.bool_]
Flow = tuple[Floats, Floats]
"""Half-days of each trip, and of each pair host, target."""
Row = tuple[sparse.csr_array, Floats, Floats]
"""Rows of a linear programme with their lower and upper ends."""

NOTHING = 1e-6
"""Half-days a month under which nothing moves: rounding of the solver."""
_DETOUR = 50.0
"""Roads weigh little enough that a half-day is never given up to spare this many longest trips."""
_FIRST = 8
"""Shortest trips of each host and of each donor that the first programme holds."""
_COLUMNS = 20_000
"""Trips taken in at once, those that help most first."""
_REDUCED = 1e-7
"""Reduced cost under which a trip helps."""


def best_flow(
    problem: HelpProblem,
    caps: Floats,
    total: float,
    opened: Bools | None,
    *,
    detour: float = _DETOUR,
) -> Flow:
    """Cover as much as can be on the shortest roads, the open sites being known.

    Columns are generated: the programme starts with the shortest trips of each host and of each
    donor, and takes in those whose reduced cost says that they would help, until none does.
    """
    here = np.ones(problem.hosts, dtype=bool) if opened is None else opened
    trips = np.flatnonzero(here[problem.host] & (caps[problem.donor] > 0))
    pairs = np.flatnonzero(here[problem.served_at])
    given, received = np.zeros(problem.donor.size), np.zeros(problem.target.size)
    if not (trips.size and pairs.size):
        return given, received
    road = problem.minutes / (detour * max(float(problem.minutes[trips].max()), 1.0))
    used = trips[_shortest(problem, trips)]
    while True:
        part = _part(problem, used, pairs)
        x, y = _columns(part)
        cost = np.full(y.stop, -1.0)
        cost[x] = road[used]
        rows = _flow_rows(part, caps, total, (x, y, y.stop))
        answer, by_donor, by_host = _priced(part, cost, rows)
        reduced = road[trips] - by_donor[problem.donor[trips]] - by_host[problem.host[trips]]
        better = trips[reduced < -_REDUCED]
        more = np.setdiff1d(better[np.argsort(reduced[reduced < -_REDUCED])][:_COLUMNS], used)
        if not more.size:
            break
        used = np.union1d(used, more)
    given[used] = np.where(answer[x] > NOTHING, answer[x], 0.0)
    received[pairs] = np.where(answer[y] > NOTHING, answer[y], 0.0)
    return given, received


def _shortest(problem: HelpProblem, trips: Ints) -> Ints:
    """Return the places, among some trips, of the shortest of each host and of each donor."""
    table = pd.DataFrame(
        {"donor": problem.donor[trips], "host": problem.host[trips], "m": problem.minutes[trips]}
    ).sort_values(["m", "donor", "host"])
    near = table.groupby("host").cumcount() < _FIRST
    near |= table.groupby("donor").cumcount() < _FIRST
    return np.sort(table.index[near].to_numpy())


def _part(problem: HelpProblem, trips: Ints, pairs: Ints) -> HelpProblem:
    """Return the problem with some trips and some pairs of host and target only."""
    return replace(
        problem,
        donor=problem.donor[trips],
        host=problem.host[trips],
        minutes=problem.minutes[trips],
        served_at=problem.served_at[pairs],
        target=problem.target[pairs],
    )


def _priced(problem: HelpProblem, cost: Floats, rows: list[Row]) -> tuple[Floats, Floats, Floats]:
    """Solve, and return the solution with what a half-day is worth by donor and by host."""
    even = [row for row in rows if row[1].size and np.isfinite(row[1]).all()]
    under = [row for row in rows if not (row[1].size and np.isfinite(row[1]).all())]
    answer = scipy.optimize.linprog(
        cost,
        A_ub=sparse.vstack([row[0] for row in under], format="csr"),
        b_ub=np.concatenate([row[2] for row in under]),
        A_eq=sparse.vstack([row[0] for row in even], format="csr"),
        b_eq=np.concatenate([row[2] for row in even]),
        method="highs",
    )
    if answer.x is None:
        raise UnsolvedError(
            f"HiGHS n’a trouvé aucun plan ({answer.message}) : réduisez les cibles ou les trajets."
        )
    # Rows under a ceiling, in the order of `flow_rows`: donors, targets, the total, what is lost.
    worth, donors = answer.ineqlin.marginals, problem.doctors.size
    by_donor = worth[:donors].copy()
    left = worth[donors + problem.needs.size :]
    if left.size > problem.margins.size:
        by_donor += left[0]
    if problem.losses is not None:
        by_donor += problem.losses.T @ left[left.size - problem.margins.size :]
    return answer.x, by_donor, answer.eqlin.marginals


def most_covered(problem: HelpProblem, caps: Floats, total: float) -> float:
    """Return the most half-days a month that any plan covers: roads weigh nothing.

    Parameters
    ----------
    problem
        Donors, hosts, targets.
    caps
        Half-days a month of each donor at most, shape (m,).
    total
        Half-days a month of all of them at most.
    """
    return float(best_flow(problem, caps, total, None, detour=np.inf)[1].sum())


def _columns(problem: HelpProblem) -> tuple[slice, slice]:
    """Return the columns of trips and of what is received."""
    trips = problem.donor.size
    return slice(0, trips), slice(trips, trips + problem.target.size)


def _flow_rows(
    problem: HelpProblem, caps: Floats, total: float, columns: tuple[slice, slice, int]
) -> list[Row]:
    x, y, size = columns
    donors, hosts, targets = problem.doctors.size, problem.hosts, problem.needs.size
    by_donor = sums(x, problem.donor, donors, size)
    at_host = sums(x, problem.host, hosts, size) - sums(y, problem.served_at, hosts, size)
    rows = [
        _under(by_donor, caps),
        (sparse.csr_array(at_host), np.zeros(hosts), np.zeros(hosts)),
        _under(sums(y, problem.target, targets, size), problem.needs),
    ]
    if np.isfinite(total):
        rows.append(_under(sums(x, np.zeros_like(problem.donor), 1, size), np.array([total])))
    if problem.losses is not None:
        rows.append(_under(problem.losses @ by_donor, problem.margins))
    return rows


def sums(columns: slice, groups: Ints, count: int, size: int) -> sparse.csr_array:
    """Return rows that sum the variables of a slice by group, shape (count, size)."""
    at = np.arange(columns.start, columns.stop)
    return sparse.csr_array((np.ones(at.size), (groups, at)), shape=(count, size))


def _under(matrix: sparse.csr_array, high: Floats) -> Row:
    return sparse.csr_array(matrix), np.full(len(high), -np.inf), high
