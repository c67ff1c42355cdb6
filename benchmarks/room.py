"""Speed of the engine of room, beside HiGHS, on a region and on all of France.

Run `PYTHONPATH=. python benchmarks/room.py [region]`; the table goes to standard output. The region
is the one in use; France is drawn here with a fixed seed: as many communes, GPs and pairs as the
country has. Processor seconds, compilation left out; HiGHS solves the same minimum at one capacity.
"""

import sys
import time

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.optimize import linprog
from scipy.spatial import KDTree

from data.access.room import room_tables
from data.region.catalogue import load_territory
from geo.room import Reach, fairest, nearest_first

COMMUNES, MINUTES, PER_GP = 34_746, 20.0, 1000.0


def france(seed: int = 0) -> tuple[Reach, np.ndarray, np.ndarray]:
    """Return communes around towns in 950 × 950 km, GPs where people are, minutes by distance."""
    rng = np.random.default_rng(seed)
    towns = rng.uniform(0, 950, (900, 2))
    near = towns[rng.integers(0, 900, COMMUNES // 2)] + rng.normal(0, 12, (COMMUNES // 2, 2))
    places = np.vstack([near, rng.uniform(0, 950, (COMMUNES - COMMUNES // 2, 2))])
    people = np.round(rng.lognormal(6.3, 1.3, COMMUNES)) + 10
    gps = rng.poisson(people / 1050).astype(float)
    sites = np.flatnonzero(gps > 0)
    found = KDTree(places).query_ball_tree(KDTree(places[sites]), 13.0)
    origin = np.repeat(np.arange(COMMUNES), [len(one) for one in found])
    destination = sites[np.concatenate([np.array(one, dtype=int) for one in found])]
    km = np.hypot(*(places[origin] - places[destination]).T)
    pairs = pd.DataFrame({"origin": origin, "destination": destination, "minutes": 1.5 * km})
    return Reach.of(pairs, COMMUNES, COMMUNES, MINUTES), people, gps


def least_by_highs(reach: Reach, people: np.ndarray, gps: np.ndarray) -> float:
    """Return the fewest people without room, by a linear programme."""
    pair = np.arange(len(reach.minutes))
    ones = np.ones(pair.size)
    rows = sparse.vstack(
        [
            sparse.csr_array((ones, (reach.origin, pair)), shape=(people.size, pair.size)),
            sparse.csr_array((ones, (reach.destination, pair)), shape=(gps.size, pair.size)),
        ]
    )
    ends = np.concatenate([people, PER_GP * gps])
    return float(people.sum() + linprog(-ones, A_ub=rows, b_ub=ends, method="highs").fun)


def line(name: str, reach: Reach, people: np.ndarray, gps: np.ndarray) -> None:
    """Print one row: pairs, seconds of each answer, and both minima."""
    nearest_first(reach, people, gps, PER_GP)
    fairest(reach, people, gps)  # compiled now
    spent = []
    start = time.process_time()
    nearest_first(reach, people, gps, PER_GP)
    spent.append(time.process_time() - start)
    start = time.process_time()
    bound = fairest(reach, people, gps)
    spent.append(time.process_time() - start)
    start = time.process_time()
    least = least_by_highs(reach, people, gps)
    spent.append(time.process_time() - start)
    ours = bound.without_room(people, PER_GP).sum()
    print(
        f"| {name} | {len(reach.minutes):,} | {1000 * spent[0]:.1f} ms | {spent[1]:.2f} s | "
        f"{spent[2]:.1f} s (one capacity) | {ours:,.1f} | {least:,.1f} |"
    )


def main() -> None:
    """Print the table."""
    print("| places | pairs | nearest first | bound, all capacities | HiGHS | bound | HiGHS |")
    print("|---|---|---|---|---|---|---|")
    tables = room_tables(load_territory(sys.argv[1] if len(sys.argv) > 1 else "75"), MINUTES)
    line("region and border", tables.reach, tables.people, tables.gps)
    line("France, drawn", *france())


if __name__ == "__main__":
    main()
