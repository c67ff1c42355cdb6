"""Half-days lent by donors to host sites and served to targets: a flow with opening of sites.

Variables: x_jh half-days a month that donor j gives at host h, y_ht those that target t receives
there, z_h = 1 if h is open; d_j doctors of j, c ceiling of a volunteer, V volunteers, k sites.

    max Σ y_ht                                  half-days of need that are covered
    Σ_h x_jh ≤ c · d_j                          doctors there are
    Σ_jh x_jh ≤ c · V                           volunteers in all
    Σ_j x_jh = Σ_t y_ht                         what is given at a host is received there
    Σ_h y_ht ≤ need_t
    y_ht ≤ need_t · z_h,  Σ_h z_h ≤ k           host sites
    Σ_j l_rj Σ_h x_jh ≤ margin_r                what protected place r may lose

Then, sites being held, roads are shortened. Volunteers are whole: where the flow would enlist more
than V people part-time, the V that give most are kept and the flow is solved again; the bound is
that of the first flow, so that the gap, if any, is printed.

Reference: the fixed-charge network flow (Hirsch and Dantzig, "The fixed charge problem", Naval
Research Logistics Quarterly 15, 1968), solved by HiGHS.
"""

import time
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import optimize, sparse

from geo.errors import InvalidInputError, UnsolvedError

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Flow = tuple[Floats, Floats]
"""Half-days of each trip, and of each pair host, target."""
Row = tuple[sparse.csr_array, Floats, Floats]
"""Rows of a linear programme with their lower and upper ends."""

_NOTHING = 1e-6
"""Half-days a month under which nothing moves: rounding of the solver."""
_DETOUR = 50.0
"""Roads weigh little enough that a half-day is never given up to spare this many longest trips."""
_FIRST = 8
"""Shortest trips of each host and of each donor that the first programme holds."""
_COLUMNS = 20_000
"""Trips taken in at once, those that help most first."""
_REDUCED = 1e-7
"""Reduced cost under which a trip helps."""
_PROVEN = 1e-6
"""Relative gap under which the cover counts as proven."""


@dataclass(frozen=True, kw_only=True, eq=False)
class HelpProblem:
    """Needs, doctors who may lend time, and roads between them.

    Attributes
    ----------
    needs
        Half-days a month missing at each target, shape (t,).
    doctors
        Doctors of each donor, fractions allowed, shape (m,).
    ceiling
        Half-days a month that one volunteer gives at most.
    donor, host, minutes
        Trips that are allowed: donor, host and minutes one way, shape (p,) each.
    served_at, target
        Hosts where a target can be received: host and target, shape (q,) each.
    hosts
        Number of host sites there could be.
    losses
        What each protected place loses by half-day that each donor gives, shape (r, m).
    margins
        What each protected place may lose, shape (r,), 0 or more.
    """

    needs: Floats
    doctors: Floats
    ceiling: float
    donor: Ints
    host: Ints
    minutes: Floats
    served_at: Ints
    target: Ints
    hosts: int
    losses: sparse.csr_array | None = None
    margins: Floats = field(default_factory=lambda: np.empty(0))

    def __post_init__(self) -> None:
        """Refuse what no plan can answer.

        Raises
        ------
        InvalidInputError
            A negative or missing number, or tables that do not match.
        """
        for name, values in (
            ("besoins", self.needs),
            ("médecins", self.doctors),
            ("minutes", self.minutes),
            ("marges", self.margins),
        ):
            if not np.isfinite(values).all() or (values < 0).any():
                raise InvalidInputError(
                    f"Des {name} manquent ou sont négatifs : corrigez la table, puis relancez."
                )
        if not (np.isfinite(self.ceiling) and self.ceiling > 0):
            raise InvalidInputError(
                "Les demi-journées par volontaire doivent être supérieures à 0."
            )
        rows = 0 if self.losses is None else self.losses.shape[0]
        if rows != self.margins.size:
            raise InvalidInputError("Les lieux protégés et leurs marges ne vont pas ensemble.")

    @property
    def out_of_reach(self) -> Floats:
        """Half-days of each target that no donor reaches, whatever the volunteers, shape (t,)."""
        reached = np.zeros(self.hosts, dtype=bool)
        reached[self.host[self.doctors[self.donor] > 0]] = True
        served = np.zeros(self.needs.size, dtype=bool)
        served[self.target[reached[self.served_at]]] = True
        return np.where(served, 0.0, self.needs)


@dataclass(frozen=True, eq=False)
class HelpPlan:
    """A plan and its proof.

    Attributes
    ----------
    given
        Half-days a month of each trip, shape (p,).
    received
        Half-days a month of each pair host, target, shape (q,).
    volunteers
        Volunteers of each donor, whole numbers, shape (m,).
    opened
        Host sites in use, ascending.
    covered, bound
        Half-days a month covered, and the most that any plan could cover.
    road_minutes
        Minutes of road a month, there and back, one return trip by half-day.
    status
        "optimal" when the cover reaches the bound, else "bounded".
    seconds
        Time spent.
    """

    given: Floats
    received: Floats
    volunteers: Ints
    opened: Ints
    covered: float
    bound: float
    road_minutes: float
    status: str
    seconds: float


def plan(
    problem: HelpProblem,
    *,
    volunteers: int | None = None,
    sites: int | None = None,
    time_limit: float = 60.0,
) -> HelpPlan:
    """Cover as much need as can be, then on the shortest roads.

    Parameters
    ----------
    problem
        Needs, donors and roads.
    volunteers, sites
        Most volunteers and most host sites in all; None for no limit.
    time_limit
        Seconds allowed; past them the best plan found comes with its bound.

    Raises
    ------
    InvalidInputError
        A limit is negative.
    UnsolvedError
        HiGHS stopped without any plan.
    """
    if (volunteers is not None and volunteers < 0) or (sites is not None and sites < 0):
        raise InvalidInputError("Le nombre de volontaires et de sites ne peut être négatif.")
    start = time.monotonic()
    caps = problem.ceiling * problem.doctors
    total = np.inf if volunteers is None else problem.ceiling * volunteers
    plain = min(float((problem.needs - problem.out_of_reach).sum()), total, float(caps.sum()))
    opened = None if sites is None else _largest(problem, sites)
    flow = _flow(problem, caps, total, opened)
    bound = plain
    if _short_of(plain, flow):  # a plain count is not reached: what is the most?
        if sites is None:
            bound = min(plain, _most(problem, caps, total))
        else:
            most, opened = _open(problem, caps, total, sites, time_limit)
            better = _flow(problem, caps, total, opened)
            bound, flow = min(plain, most), max(flow, better, key=lambda one: one[1].sum())
            opened = np.isin(np.arange(problem.hosts), problem.host[flow[0] > 0])
    enlisted = _enlisted(problem, flow)
    if volunteers is not None and enlisted.sum() > volunteers:
        whole = _whole(_by_donor(problem, flow) / problem.ceiling, problem.doctors, volunteers)
        flow = _flow(problem, problem.ceiling * np.minimum(whole, problem.doctors), total, opened)
        enlisted = _enlisted(problem, flow)
    given, received = flow
    covered = float(received.sum())
    return HelpPlan(
        given,
        received,
        enlisted,
        np.unique(problem.host[given > 0]).astype(np.int64),
        covered,
        max(bound, covered),
        float(2 * given @ problem.minutes),
        "bounded" if _short_of(bound, flow) else "optimal",
        time.monotonic() - start,
    )


def _open(
    problem: HelpProblem, caps: Floats, total: float, sites: int, time_limit: float
) -> tuple[float, Bools]:
    """Choose the host sites: return the most that any plan covers, and which sites are open."""
    x, y, z = _columns(problem, problem.hosts)
    cost = np.zeros(z.stop)
    cost[y] = -1.0
    upper = np.full(z.stop, np.inf)
    upper[z] = 1.0
    whole = np.zeros(z.stop, dtype=np.int64)
    whole[z] = 1
    pairs = problem.target.size
    opened = _sums(z, np.arange(problem.hosts), problem.hosts, z.stop)[problem.served_at]
    need = sparse.diags_array(problem.needs[problem.target])
    rows = [
        *_flow_rows(problem, caps, total, (x, y, z.stop)),
        _under(_sums(y, np.arange(pairs), pairs, z.stop) - need @ opened, np.zeros(pairs)),
        _under(_sums(z, np.zeros(problem.hosts, int), 1, z.stop), np.array([float(sites)])),
    ]
    answer = _solved(cost, rows, upper, whole, time_limit)
    bound = problem.needs.sum() if answer.mip_dual_bound is None else -answer.mip_dual_bound
    return float(bound), answer.x[z] > 0.5


def _flow(
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
        x, y, _ = _columns(part, 0)
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
    given[used] = np.where(answer[x] > _NOTHING, answer[x], 0.0)
    received[pairs] = np.where(answer[y] > _NOTHING, answer[y], 0.0)
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
    answer = optimize.linprog(
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
    # Rows under a ceiling, in the order of `_flow_rows`: donors, targets, the total, what is lost.
    worth, donors = answer.ineqlin.marginals, problem.doctors.size
    by_donor = worth[:donors].copy()
    left = worth[donors + problem.needs.size :]
    if left.size > problem.margins.size:
        by_donor += left[0]
    if problem.losses is not None:
        by_donor += problem.losses.T @ left[left.size - problem.margins.size :]
    return answer.x, by_donor, answer.eqlin.marginals


def _short_of(bound: float, flow: Flow) -> bool:
    return bound - float(flow[1].sum()) > _PROVEN * max(bound, 1.0)


def _largest(problem: HelpProblem, sites: int) -> Bools:
    """Open the sites one by one, each time the one whose targets still miss most."""
    reached = np.zeros(problem.hosts, dtype=bool)
    reached[problem.host[problem.doctors[problem.donor] > 0]] = True
    left, opened = problem.needs.copy(), np.zeros(problem.hosts, dtype=bool)
    for _ in range(min(sites, problem.hosts)):
        missing = np.bincount(problem.served_at, left[problem.target], problem.hosts)
        best = int(np.argmax(np.where(reached & ~opened, missing, -1.0)))
        opened[best] = reached[best]
        left[problem.target[problem.served_at == best]] = 0.0
    return opened


def _most(problem: HelpProblem, caps: Floats, total: float) -> float:
    """Return the most half-days that any plan covers: roads weigh nothing."""
    return float(_flow(problem, caps, total, None, detour=np.inf)[1].sum())


def _enlisted(problem: HelpProblem, flow: Flow) -> Ints:
    """Return the whole volunteers that each donor needs, shape (m,)."""
    share = _by_donor(problem, flow) / problem.ceiling
    return np.ceil(share - _NOTHING).clip(0).astype(np.int64)


def _by_donor(problem: HelpProblem, flow: Flow) -> Floats:
    return np.bincount(problem.donor, flow[0], problem.doctors.size).astype(np.float64)


def _whole(share: Floats, doctors: Floats, volunteers: int) -> Floats:
    """Round volunteers so that they are `volunteers` in all: largest remainders first."""
    whole = np.floor(share + _NOTHING)
    left = np.where(np.ceil(doctors - _NOTHING) > whole, share - whole, -1.0)
    order = np.argsort(-left, kind="stable")[: max(int(volunteers - whole.sum()), 0)]
    whole[order[left[order] > 0]] += 1
    return whole


def _columns(problem: HelpProblem, sites: int) -> tuple[slice, slice, slice]:
    """Return the columns of trips, of what is received, and of sites."""
    trips = problem.donor.size
    pairs = trips + problem.target.size
    return slice(0, trips), slice(trips, pairs), slice(pairs, pairs + sites)


def _flow_rows(
    problem: HelpProblem, caps: Floats, total: float, columns: tuple[slice, slice, int]
) -> list[Row]:
    x, y, size = columns
    donors, hosts, targets = problem.doctors.size, problem.hosts, problem.needs.size
    by_donor = _sums(x, problem.donor, donors, size)
    at_host = _sums(x, problem.host, hosts, size) - _sums(y, problem.served_at, hosts, size)
    rows = [
        _under(by_donor, caps),
        (sparse.csr_array(at_host), np.zeros(hosts), np.zeros(hosts)),
        _under(_sums(y, problem.target, targets, size), problem.needs),
    ]
    if np.isfinite(total):
        rows.append(_under(_sums(x, np.zeros_like(problem.donor), 1, size), np.array([total])))
    if problem.losses is not None:
        rows.append(_under(problem.losses @ by_donor, problem.margins))
    return rows


def _solved(
    cost: Floats, rows: list[Row], upper: Floats, whole: Ints, time_limit: float = np.inf
) -> optimize.OptimizeResult:
    matrix, low, high = zip(*rows, strict=True)
    options = {"mip_rel_gap": _PROVEN}
    if np.isfinite(time_limit):
        options["time_limit"] = max(time_limit, 0.1)
    answer = optimize.milp(
        cost,
        integrality=whole,
        bounds=optimize.Bounds(0, upper),
        constraints=optimize.LinearConstraint(
            sparse.vstack(matrix, format="csr"), np.concatenate(low), np.concatenate(high)
        ),
        options=options,
    )
    if answer.x is None:
        raise UnsolvedError(
            f"HiGHS n’a trouvé aucun plan ({answer.message}) : réduisez les cibles ou les trajets."
        )
    return answer


def _sums(columns: slice, groups: Ints, count: int, size: int) -> sparse.csr_array:
    """Rows that sum the variables of a slice by group, shape (count, size)."""
    at = np.arange(columns.start, columns.stop)
    return sparse.csr_array((np.ones(at.size), (groups, at)), shape=(count, size))


def _under(matrix: sparse.csr_array, high: Floats) -> Row:
    return sparse.csr_array(matrix), np.full(len(high), -np.inf), high
