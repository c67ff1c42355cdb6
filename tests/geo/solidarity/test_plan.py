"""Plans of help against enumeration, a max-flow of networkx, and what must always hold."""

from dataclasses import replace
from itertools import combinations, product

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from benchmarks.solidarity_sites import plain
from geo.errors import InvalidInputError
from geo.solidarity import HelpProblem, opening, plan


def small(seed: int, *, targets: int = 4, donors: int = 3, losses: bool = False) -> HelpProblem:
    rng = np.random.default_rng(seed)
    trips = [(d, h) for d in range(donors) for h in range(targets) if rng.random() < 0.7]
    served = [
        (h, t) for h in range(targets) for t in range(targets) if h == t or rng.random() < 0.4
    ]
    donor, host = np.array(trips or [(0, 0)]).T
    served_at, target = np.array(served).T
    return HelpProblem(
        needs=rng.integers(0, 12, targets).astype(float),
        doctors=rng.integers(1, 4, donors).astype(float),
        ceiling=6.0,
        donor=donor,
        host=host,
        minutes=rng.integers(5, 60, donor.size).astype(float),
        served_at=served_at,
        target=target,
        hosts=targets,
        losses=sparse.csr_array(rng.random((2, donors))) if losses else None,
        margins=rng.random(2) * 5 if losses else np.empty(0),
    )


def most_by_flow(problem: HelpProblem, enlisted: tuple[int, ...], opened: set[int]) -> float:
    """The most half-days that some volunteers cover at some sites, by networkx."""
    graph = nx.DiGraph()
    graph.add_nodes_from(["source", "sink"])
    for donor, count in enumerate(enlisted):
        graph.add_edge("source", ("d", donor), capacity=problem.ceiling * count)
    for donor, host in zip(problem.donor, problem.host, strict=True):
        if int(host) in opened:
            graph.add_edge(("d", int(donor)), ("h", int(host)))
    for host, target in zip(problem.served_at, problem.target, strict=True):
        if int(host) in opened:
            graph.add_edge(("h", int(host)), ("t", int(target)))
    for target, need in enumerate(problem.needs):
        graph.add_edge(("t", target), "sink", capacity=float(need))
    return float(nx.maximum_flow_value(graph, "source", "sink"))


def test_a_cover_that_roads_hold_back_is_still_proven():
    """Needs and doctors allow 20 half-days; who may go where, 12: that is the bound, reached."""
    problem = HelpProblem(
        needs=np.array([10.0, 10.0]),
        doctors=np.array([9.0, 1.0]),
        ceiling=2.0,
        donor=np.array([0, 1]),
        host=np.array([0, 1]),
        minutes=np.array([10.0, 10.0]),
        served_at=np.array([0, 1]),
        target=np.array([0, 1]),
        hosts=2,
    )
    found = plan(problem)
    assert found.covered == pytest.approx(12.0)
    assert found.bound == pytest.approx(12.0)
    assert found.status == "optimal"


@pytest.mark.parametrize("seed", range(12))
def test_the_cover_is_the_best_of_all_choices(seed):
    problem = small(seed)
    volunteers, sites = 1 + seed % 4, 1 + seed % 3
    ranges = [range(int(doctors) + 1) for doctors in problem.doctors]
    teams = [team for team in product(*ranges) if sum(team) <= volunteers]
    best = max(
        most_by_flow(problem, team, set(opened))
        for team in teams
        for opened in combinations(range(problem.hosts), sites)
    )
    found = plan(problem, volunteers=volunteers, sites=sites)
    assert best <= found.bound + 1e-6
    assert found.covered <= best + 1e-6
    if found.status == "optimal":
        assert found.covered == pytest.approx(best, abs=1e-5)


@pytest.mark.parametrize("seed", range(6))
def test_without_limits_the_cover_is_the_maximum_flow(seed):
    problem = small(seed, targets=7, donors=5)
    team = tuple(int(d) for d in problem.doctors)
    found = plan(problem)
    assert found.status == "optimal"
    assert found.covered == pytest.approx(most_by_flow(problem, team, set(range(7))), abs=1e-5)


@pytest.mark.parametrize("sites", [None, 2])
def test_doctors_who_work_in_part_give_no_more_than_they_are(sites):
    """Half a doctor more than a whole number: rounded up, one volunteer would give too much."""
    whole = small(0, targets=6, donors=5)
    problem = replace(whole, doctors=whole.doctors - 0.5)
    for volunteers in (3, 4):
        found = plan(problem, volunteers=volunteers, sites=sites)
        by_donor = np.bincount(problem.donor, found.given, problem.doctors.size)
        assert by_donor.sum() > 0
        assert (by_donor <= problem.ceiling * problem.doctors + 1e-5).all()


def test_whole_volunteers_go_to_the_sites_that_were_found():
    """Not to those that the largest needs had opened first: there they would cover 6."""
    problem = small(102, targets=6, donors=5)
    found = plan(problem, volunteers=3, sites=2)
    ranges = [range(int(doctors) + 1) for doctors in problem.doctors]
    best = max(
        most_by_flow(problem, team, set(opened))
        for team in product(*ranges)
        if sum(team) == 3
        for opened in combinations(range(problem.hosts), 2)
    )
    assert best == 18
    assert found.covered == pytest.approx(best, abs=1e-5)


def most_at_sites(problem: HelpProblem, sites: int) -> tuple[float, float]:
    """The bound and the cover of a search of sites, six volunteers in all."""
    caps = problem.ceiling * problem.doctors
    bound, flow = opening.best_sites(problem, caps, 36.0, sites, 60.0)
    return bound, float(flow[1].sum())


@pytest.mark.parametrize("seed", range(10))
def test_sites_are_as_good_as_those_of_the_whole_programme(seed):
    problem = small(seed, targets=9, donors=4, losses=seed % 2 == 1)
    for sites in (2, 4):
        expected, _ = plain(problem, total=36.0, sites=sites)
        bound, covered = most_at_sites(problem, sites)
        assert bound == pytest.approx(expected, abs=1e-4)
        assert covered == pytest.approx(expected, abs=1e-4)


def test_donors_who_are_short_are_found_by_cuts(monkeypatch):
    problems = [small(seed, targets=9, donors=4, losses=True) for seed in range(4)]
    found = [most_at_sites(problem, 4)[0] for problem in problems]
    monkeypatch.setattr(opening._Master, "cut", lambda *_: False)
    assert (
        sum(
            most_at_sites(one, 4)[0] > bound + 0.5
            for one, bound in zip(problems, found, strict=True)
        )
        >= 2
    )


def test_out_of_time_the_bound_still_holds():
    problem = small(1, targets=9, donors=4)
    caps = problem.ceiling * problem.doctors
    bound, flow = opening.best_sites(problem, caps, 36.0, 3, 0.0)
    assert bound >= plain(problem, total=36.0, sites=3)[0] - 1e-6
    assert flow[1].sum() <= bound + 1e-6


@settings(max_examples=40)
@given(seed=st.integers(0, 10_000), volunteers=st.integers(0, 9), sites=st.integers(0, 4))
def test_flows_conserve_and_ceilings_hold(seed, volunteers, sites):
    problem = small(seed, losses=True)
    found = plan(problem, volunteers=volunteers, sites=sites or None)
    by_donor = np.bincount(problem.donor, found.given, problem.doctors.size)
    at_host = np.bincount(problem.host, found.given, problem.hosts)
    served = np.bincount(problem.served_at, found.received, problem.hosts)
    reached = np.bincount(problem.target, found.received, problem.needs.size)
    assert at_host == pytest.approx(served, abs=1e-5)
    assert (
        by_donor <= problem.ceiling * np.minimum(problem.doctors, found.volunteers) + 1e-5
    ).all()
    assert found.volunteers.sum() <= volunteers
    assert (reached <= problem.needs + 1e-5).all()
    assert (problem.losses @ by_donor <= problem.margins + 1e-5).all()
    assert found.covered <= found.bound + 1e-9
    assert sites == 0 or found.opened.size <= sites
    assert (reached[problem.out_of_reach > 0] == 0).all()


@settings(max_examples=20)
@given(seed=st.integers(0, 10_000), volunteers=st.integers(0, 6))
def test_more_volunteers_never_raise_the_need_left(seed, volunteers):
    problem = small(seed)
    fewer, more = (plan(problem, volunteers=v) for v in (volunteers, volunteers + 1))
    assert more.bound >= fewer.bound - 1e-6
    assert more.covered >= fewer.covered - (fewer.bound - fewer.covered) - 1e-6


def test_roads_are_short_once_the_cover_is_reached():
    problem = HelpProblem(
        needs=np.array([6.0]),
        doctors=np.array([1.0, 1.0]),
        ceiling=6.0,
        donor=np.array([0, 1]),
        host=np.array([0, 0]),
        minutes=np.array([40.0, 10.0]),
        served_at=np.array([0]),
        target=np.array([0]),
        hosts=1,
    )
    found = plan(problem, volunteers=1)
    assert found.volunteers.tolist() == [0, 1]
    assert found.road_minutes == pytest.approx(2 * 10 * 6)


def test_a_negative_need_is_refused_in_a_sentence():
    with pytest.raises(InvalidInputError, match="besoins manquent ou sont négatifs"):
        small(0).__class__(
            needs=np.array([-1.0]),
            doctors=np.array([1.0]),
            ceiling=6.0,
            donor=np.array([0]),
            host=np.array([0]),
            minutes=np.array([1.0]),
            served_at=np.array([0]),
            target=np.array([0]),
            hosts=1,
        )
