"""Choosing host sites: the whole programme given to HiGHS beside sites first, donors by cuts.

`PROXISOINS_HOME=… python -m benchmarks.solidarity_sites [region]` solves the problems that the
screen "Solidarité" makes of some questions, each by both, in one run. Both prove their answer; the
bounds must be equal.
"""

import os
import sys
import time

import numpy as np
import numpy.typing as npt
from scipy import optimize, sparse

from data.region.catalogue import load_territory
from data.region.territory import Territory
from data.solidarity import hiding
from data.solidarity.help import Terms
from data.solidarity.needs import Question
from data.solidarity.plans import help_plan
from geo.solidarity import HelpProblem
from geo.solidarity.opening import best_sites

ASKED = {
    "39 volunteers, 12 sites": Terms(volunteers=39, sites=12),
    "39 volunteers, 28 sites": Terms(volunteers=39, sites=28),
    "39, 28 sites, no donor under 2.5": Terms(volunteers=39, sites=28, floor=2.5),
    "100 volunteers, 28 sites": Terms(volunteers=100, sites=28),
    "39 volunteers, 28 sites, MSP": Terms(volunteers=39, sites=28, hosts="msp"),
}
SECONDS = 60.0


def plain(
    problem: HelpProblem, *, total: float, sites: int, seconds: float = SECONDS
) -> tuple[float, npt.NDArray[np.bool_]]:
    """Return the most that any plan covers, volunteers part-time, and the sites open.

    The programme of `geo.solidarity.plan` as it is written there, with trips x, what is received y
    and sites z, solved by HiGHS.
    """
    trips, pairs, hosts = problem.donor.size, problem.target.size, problem.hosts
    size = trips + pairs + hosts

    def rows(count: int, *parts: tuple[object, object, object]) -> sparse.csr_array:
        where, columns, values = (
            np.concatenate([np.atleast_1d(p[i]) for p in parts]) for i in range(3)
        )
        return sparse.csr_array((values, (where, columns)), shape=(count, size))

    x, y, z = np.arange(trips), trips + np.arange(pairs), trips + pairs + np.arange(hosts)
    by_donor = rows(problem.doctors.size, (problem.donor, x, np.ones(trips)))
    need = problem.needs[problem.target]
    each = np.arange(pairs)
    under = [
        (by_donor, problem.ceiling * problem.doctors),
        (rows(problem.needs.size, (problem.target, y, np.ones(pairs))), problem.needs),
        (
            rows(pairs, (each, y, np.ones(pairs)), (each, z[problem.served_at], -need)),
            np.zeros(pairs),
        ),
        (rows(1, (np.zeros(hosts), z, np.ones(hosts))), np.array([float(sites)])),
        (rows(1, (np.zeros(trips), x, np.ones(trips))), np.array([total])),
    ]
    if problem.losses is not None:
        under.append((sparse.csr_array(problem.losses @ by_donor), problem.margins))
    even = rows(hosts, (problem.host, x, np.ones(trips)), (problem.served_at, y, -np.ones(pairs)))
    answer = optimize.milp(
        -np.isin(np.arange(size), y).astype(float),
        integrality=np.isin(np.arange(size), z).astype(int),
        bounds=optimize.Bounds(0, np.append(np.full(trips + pairs, np.inf), np.ones(hosts))),
        constraints=[
            optimize.LinearConstraint(
                sparse.vstack([row for row, _ in under], format="csr"),
                -np.inf,
                np.concatenate([most for _, most in under]),
            ),
            optimize.LinearConstraint(even, 0, 0),
        ],
        options={"mip_rel_gap": 1e-6, "time_limit": seconds},
    )
    return -float(answer.mip_dual_bound), answer.x[z] > 0.5


def problems(territory: Territory, terms: Terms) -> list[HelpProblem]:
    """Return the problems that a question makes: several where small communes must give way."""
    found: list[HelpProblem] = []
    solve = hiding.plan

    def kept(problem: HelpProblem, **limits: object) -> object:
        found.append(problem)
        return solve(problem, **limits)  # type: ignore[arg-type]

    hiding.plan = kept  # type: ignore[assignment]
    try:
        help_plan.__wrapped__(territory, Question(), terms)
    finally:
        hiding.plan = solve
    return found


def main() -> None:
    """Measure, and print a table in Markdown."""
    territory = load_territory(sys.argv[1] if len(sys.argv) > 1 else "75")
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores, one thread\n")
    print("| | trips | sites | plain: s | bound | sites first: s | bound | reached |")
    print("|---|---|---|---|---|---|---|---|")
    for name, terms in ASKED.items():
        problem = problems(territory, terms)[0]
        caps = problem.ceiling * problem.doctors
        total = min(problem.ceiling * float(terms.volunteers or np.inf), float(caps.sum()))
        start = time.perf_counter()
        bound, _ = plain(problem, total=total, sites=terms.sites or 0)
        middle = time.perf_counter()
        most, flow = best_sites(problem, caps, total, terms.sites or 0, SECONDS)
        end = time.perf_counter()
        print(
            f"| {name} | {problem.donor.size} | {problem.hosts} | {middle - start:.2f} "
            f"| {bound:.2f} | {end - middle:.2f} | {most:.2f} | {flow[1].sum():.2f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
