"""Objective values of the San Francisco instance shipped with spopt."""

from importlib.util import find_spec
from pathlib import Path

import pandas as pd
import pytest

from geo.siting import Equity, Lscp, Mclp, PCenter, PMedian, SitingProblem

THRESHOLD_M = 5000.0
MCLP = (448_255, 671_938, 791_499, 875_247, 927_402, 941_462, 950_428, 955_113)


@pytest.fixture(scope="module")
def san_francisco() -> SitingProblem:
    # Found without importing spopt, which takes seconds.
    peer = find_spec("spopt")
    if peer is None or peer.origin is None:
        pytest.skip("the instance is shipped with spopt, which is not installed")
    folder = Path(peer.origin).parent / "tests" / "test_locate" / "data"
    demand = pd.read_csv(folder / "SF_demand_205_centroid_uniform_weight.csv")
    costs = pd.read_csv(folder / "SF_network_distance_candidateStore_16_censusTract_205_new.csv")
    wide = costs.pivot_table(values="distance", index="DestinationName", columns="name")
    people = demand.set_index("NAME")["POP2000"].reindex(wide.index)
    return SitingProblem(wide.to_numpy(float), people.to_numpy(float))


def test_set_covering(san_francisco):
    solution = Lscp(threshold=THRESHOLD_M).solve(san_francisco)
    assert solution.status == "optimal"
    assert solution.objective == len(solution.chosen) == 8


@pytest.mark.parametrize(("k", "people"), list(enumerate(MCLP, start=1)))
def test_maximal_covering(san_francisco, k, people):
    solution = Mclp(threshold=THRESHOLD_M, k=k).solve(san_francisco)
    assert solution.status == "optimal"
    assert len(solution.chosen) == k
    assert solution.objective == people


def test_greedy_maximal_covering_is_worse(san_francisco):
    greedy = Mclp(threshold=THRESHOLD_M, k=4).greedy(san_francisco)
    assert greedy.objective == 872_611
    assert greedy.status == "heuristic"


def test_p_median(san_francisco):
    solution = PMedian(k=4).solve(san_francisco)
    assert solution.status == "optimal"
    assert solution.objective == pytest.approx(2_848_268_129.7145, abs=1e-3)


def test_p_center(san_francisco):
    solution = PCenter(k=4).solve(san_francisco)
    assert solution.status == "optimal"
    assert solution.objective == pytest.approx(7_403.0638, abs=1e-4)


def test_equity_keeps_the_optimum_of_the_worst_off(san_francisco):
    solution = Equity(k=4, threshold=THRESHOLD_M).solve(san_francisco)
    worst, covered = solution.stages
    assert solution.status == "optimal"
    assert worst.objective == pytest.approx(7_403.0638, abs=1e-4)
    assert covered.objective <= MCLP[3]
    nearest = san_francisco.nearest(solution.chosen)
    assert covered.objective == san_francisco.weights[nearest <= THRESHOLD_M].sum()
