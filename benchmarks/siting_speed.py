"""Siting models beside spopt (CBC): same optimum, and the processor seconds each takes.

Run `python benchmarks/siting_speed.py`; the table goes to standard output. The San Francisco
instance is shipped with spopt; the regional one (4,293 communes, 300 candidates) is drawn here
with a fixed seed, in and around sixty towns.
"""

import os
import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import spopt
from pulp import PULP_CBC_CMD
from spopt.locate import LSCP, MCLP
from spopt.locate import PCenter as PeerCenter
from spopt.locate import PMedian as PeerMedian

from geo.siting import Equity, Lscp, Mclp, PCenter, PMedian, SitingModel, SitingProblem

THRESHOLD_M, THRESHOLD_MINUTES = 5_000.0, 20.0
TIME_LIMIT_S = 120.0


def san_francisco() -> SitingProblem:
    """Return the instance of the oracles: 205 census tracts, 16 stores."""
    folder = Path(spopt.__file__).parent / "tests" / "test_locate" / "data"
    demand = pd.read_csv(folder / "SF_demand_205_centroid_uniform_weight.csv")
    costs = pd.read_csv(folder / "SF_network_distance_candidateStore_16_censusTract_205_new.csv")
    wide = costs.pivot_table(values="distance", index="DestinationName", columns="name")
    people = demand.set_index("NAME")["POP2000"].reindex(wide.index)
    return SitingProblem(wide.to_numpy(float), people.to_numpy(float))


def regional(points: int = 4_293, candidates: int = 300, seed: int = 0) -> SitingProblem:
    """Return communes around sixty towns in 280 × 280 km, candidates among them."""
    rng = np.random.default_rng(seed)
    towns = rng.uniform(0, 280, (60, 2))
    near = towns[rng.integers(0, 60, points // 2)] + rng.normal(0, 12, (points // 2, 2))
    places = np.vstack([near, rng.uniform(0, 280, (points - points // 2, 2))])
    people = np.round(rng.lognormal(6.3, 1.1, points)) + 10
    sites = places[rng.choice(points, candidates, replace=False)]
    km = np.hypot(*(places[:, None] - sites[None]).transpose(2, 0, 1))
    # Minutes grow with a concave term at both ends, as on real roads.
    return SitingProblem(3 * np.sqrt(km) + 0.6 * km, people)


def peer(name: str, problem: SitingProblem, k: int) -> tuple[float, float]:
    """Solve with spopt; return its objective and its processor seconds, CBC's included."""
    start = _processor()
    costs, people = problem.costs, problem.weights
    if name == "lscp":
        model = LSCP.from_cost_matrix(costs, THRESHOLD_M)
    elif name == "mclp":
        threshold = THRESHOLD_M if len(costs) < 1_000 else THRESHOLD_MINUTES
        model = MCLP.from_cost_matrix(costs, people, threshold, k)
    elif name == "pmedian":
        model = PeerMedian.from_cost_matrix(costs, people, k)
    else:
        model = PeerCenter.from_cost_matrix(costs, k)
    model = model.solve(PULP_CBC_CMD(msg=False, timeLimit=TIME_LIMIT_S))
    return float(model.problem.objective.value()), _processor() - start


def _processor() -> float:
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def line(
    label: str, model: SitingModel, problem: SitingProblem, rival: tuple[float, float]
) -> None:
    """Print one row: both objectives, both times, our proof, the greedy answer."""
    start = _processor()
    solution = model.solve(problem, TIME_LIMIT_S)
    spent = _processor() - start
    start = _processor()
    greedy = model.greedy(problem)
    spent_greedy = _processor() - start
    print(
        f"| {label} | {solution.objective:,.4f} | {solution.status}, {solution.gap:.1e} "
        f"| {spent:.2f} | {rival[0]:,.4f} | {rival[1]:.2f} "
        f"| {greedy.objective:,.0f} | {spent_greedy:.2f} |",
        flush=True,
    )


def main() -> None:
    """Print the table."""
    warnings.simplefilter("ignore")
    none = (float("nan"), float("nan"))
    print("| instance | ours | proof | s | spopt | s | greedy | s |")
    print("|---|---|---|---|---|---|---|---|")
    city = san_francisco()
    line("SF LSCP", Lscp(threshold=THRESHOLD_M), city, peer("lscp", city, 0))
    for k in (4, 7):
        line(f"SF MCLP {k}", Mclp(threshold=THRESHOLD_M, k=k), city, peer("mclp", city, k))
    line("SF p-median 4", PMedian(k=4), city, peer("pmedian", city, 4))
    line("SF p-center 4", PCenter(k=4), city, peer("pcenter", city, 4))
    small = regional(400, 40)
    line("400×40 p-median 5", PMedian(k=5), small, peer("pmedian", small, 5))
    region = regional()
    for k in (3, 10, 30):
        model = Mclp(threshold=THRESHOLD_MINUTES, k=k)
        line(f"region MCLP {k}", model, region, peer("mclp", region, k))
    within = region.costs.min(axis=1) <= 25
    reached = SitingProblem(region.costs[within], region.weights[within])
    line("region LSCP 25 min", Lscp(threshold=25), reached, none)
    # spopt writes one row per point and candidate here (1.3 million): out of its reach.
    for k in (1, 2, 5, 10, 15, 20):
        line(f"region p-median {k}", PMedian(k=k), region, none)
    priced = replace(region, prices=np.random.default_rng(1).uniform(50, 150, 300).round())
    line("region p-median, budget", PMedian(budget=600.0), priced, none)
    covering = Mclp(threshold=THRESHOLD_MINUTES, budget=600.0)
    line("region MCLP, budget", covering, priced, none)
    for k in (3, 5):
        line(f"region p-center {k}", PCenter(k=k), region, none)
    line("region equity 3", Equity(k=3, threshold=THRESHOLD_MINUTES), region, none)


if __name__ == "__main__":
    main()
