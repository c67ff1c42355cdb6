"""Two plans of one scenario, before and after an import, place no volunteer together.

A link to a scenario makes its plan again on the data of the day. Whoever compares both knows what
each tells, which count changed, and is even told how many volunteers the two plans do not share.
"""

from dataclasses import replace

import numpy as np
import pytest
from scipy import sparse

from data.region import catalogue
from data.solidarity import hiding, plans
from data.solidarity.help import Terms
from data.solidarity.needs import Question
from data.solidarity.plans import help_plan
from tests.data.solidarity.public_figures import least, most_hidden, system_of

TERMS = Terms(volunteers=39)
SHORT = Terms(volunteers=100, minutes=20.0)
"""Few doctors reach each host site."""


def together(first, second, apart):
    """Return one system of two plans whose volunteers differ by so many at most, and its bounds."""
    (one, other), bounds = (first[0], second[0]), (first[1], second[1])
    ranks = first[3], second[3]
    start, end = len(bounds[0]), len(bounds[0]) + len(bounds[1])
    communes = np.flatnonzero((ranks[0] >= 0) | (ranks[1] >= 0))
    size = end + communes.size
    differ = sparse.lil_matrix((2 * communes.size + 1, size))
    for place, commune in enumerate(communes):
        for row, sign in ((2 * place, 1.0), (2 * place + 1, -1.0)):
            for rank, shift, way in ((ranks[0], 0, sign), (ranks[1], start, -sign)):
                if rank[commune] >= 0:
                    differ[row, shift + rank[commune]] = way
            differ[row, end + place] = -1.0
    differ[2 * communes.size, end:] = 1.0
    rows, limits = [], []
    for kind in (0, 1):
        blank = sparse.csr_matrix((0, communes.size))
        rows.append(sparse.block_diag([one[kind][0], other[kind][0], blank], format="csr"))
        limits.append(np.concatenate([one[kind][1], other[kind][1]]))
    rows[0] = sparse.vstack([rows[0], differ.tocsr()]).tocsr()
    limits[0] = np.concatenate([limits[0], np.zeros(2 * communes.size), [apart]])
    free = np.column_stack([np.zeros(communes.size), np.full(communes.size, np.inf)])
    return list(zip(rows, limits, strict=True)), np.vstack([*bounds, free])


def placed_by_both(states):
    """Return where two plans place more volunteers than may be known: commune to fewest."""
    systems = [system_of(*state) for state in states]
    count = len(states[0][0].communes)
    known = [found.volunteers[:count] for _, found in states]
    matrices, bounds = together(*systems, np.abs(known[0] - known[1]).sum())
    found_out = {}
    shift = 0
    for (_, found), (_, own, givers, rank), volunteers in zip(states, systems, known, strict=True):
        most = most_hidden(found.able[:count])
        left = [giver for giver in givers if volunteers[giver] > most[giver]]
        while left:
            aim = np.zeros(len(bounds))
            aim[[shift + rank[one] for one in left]] = 1.0
            best = least(aim, matrices, bounds).x
            still = [one for one in left if best[shift + rank[one]] > most[one] + 1e-6]
            if len(still) < len(left):
                left = still
                continue
            one = left.pop()
            aim = np.zeros(len(bounds))
            aim[shift + rank[one]] = 1.0
            fewest = least(aim, matrices, bounds).fun
            if fewest > most[one] + 1e-6:
                found_out[int(one)] = float(fewest)
        shift += len(own)
    return found_out


def one_less(territory, code):
    """Return the region after an import that takes a GP from a commune."""
    here = (territory.gps["code"] == code).astype(float)
    gps = territory.gps.assign(gps=territory.gps["gps"] - here)
    return replace(territory, gps=gps, version=f"one less in {code}")


@pytest.fixture
def real(real_counts_home, monkeypatch):
    monkeypatch.setenv("PROXISOINS_HOME", str(real_counts_home))
    return catalogue.load_territory("75")


def both(territory, rank, plan, terms=TERMS):
    """Return two states: as it is, and with one GP less where the plan enlists."""
    found = plan(territory, Question(), terms)
    gives = np.flatnonzero(found.volunteers[: len(territory.communes)])
    after = one_less(territory, territory.communes["code"].iloc[gives[rank]])
    return (territory, found), (after, plan(after, Question(), terms))


@pytest.mark.campaign
@pytest.mark.reference
@pytest.mark.parametrize("rank", [3, 8])
def test_no_volunteer_is_placed_by_two_links_on_real_counts(real, rank):
    assert placed_by_both(both(real, rank, help_plan)) == {}


@pytest.mark.campaign
@pytest.mark.reference
def test_the_attack_places_some_where_nothing_hides_them(real, monkeypatch):
    monkeypatch.setattr(hiding, "exposed", lambda *_: [])
    monkeypatch.setattr(plans, "reached_by_enough", lambda roads, _: np.ones(len(roads), bool))
    assert placed_by_both(both(real, 2, help_plan.__wrapped__, SHORT))
