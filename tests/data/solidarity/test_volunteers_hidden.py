"""All figures of a plan of help, taken together, place nobody among fewer than five volunteers.

The attack knows what anyone can know: who could give (doctors, zones and roads are public), the
ceiling, what each commune receives, and every figure on donors of the screen, the map, the PDF and
the letter. A linear programme then looks for the fewest volunteers that a commune must have.
"""

import functools
import itertools
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.access.indicators import commune_indicators
from data.maps import solidarity as solidarity_map
from data.region import catalogue
from data.region.rules import LEAST_PUBLIC_GPS, MOST_HALF_DAYS_A_MONTH
from data.solidarity import donors, hiding, plans, specialists, tables
from data.solidarity.donors import OTHERS, donor_groups, shared
from data.solidarity.flows import flows
from data.solidarity.help import Terms
from data.solidarity.needs import Question
from data.solidarity.plans import help_plan
from data.solidarity.specialists import SpecialistQuestion, specialist_help
from tests.data.solidarity.public_figures import least, most_hidden, system_of
from tests.data.solidarity.small_help import made

TERMS = {
    "39": Terms(volunteers=39),
    "8": Terms(volunteers=8),
    "20 minutes": Terms(volunteers=100, minutes=20.0),
    "100, floor": Terms(volunteers=100, floor=2.5),
    "12 sites": Terms(volunteers=39, sites=12),
    "lodged": Terms("rotation", volunteers=60),
}

pytestmark = pytest.mark.usefixtures("prepared")


def placed(territory, found, *, told=True):
    """Return the communes of fewer than five doctors that must hold a volunteer: code to fewest."""
    communes = commune_indicators(territory)
    matrices, bounds, givers, rank = system_of(territory, found, told=told)
    size = len(bounds)
    able, known = found.able[: len(communes)], found.volunteers[: len(communes)]
    # Fewer than five doctors: one volunteer is too many; of others, fewer than five who stay.
    most = most_hidden(able)
    suspects = [g for g in givers if known[g] > most[g]]
    left, found_out = suspects, {}
    while left:
        # Together first: whoever holds nobody in one answer need not hold anybody.
        aim = np.zeros(size)
        aim[rank[left]] = 1.0
        best = least(aim, matrices, bounds)
        still = [one for one in left if best.x[rank[one]] > most[one] + 1e-6]
        if len(still) < len(left):
            left = still
            continue
        one = left.pop()
        aim = np.zeros(size)
        aim[rank[one]] = 1.0
        best = least(aim, matrices, bounds)
        if best.fun > most[one] + 1e-6:
            found_out[communes["code"][one]] = round(float(best.fun), 2)
    return found_out


@pytest.fixture(
    scope="module",
    params=[
        "39",
        *(
            pytest.param(one, marks=pytest.mark.campaign)
            for one in ("8", "100, floor", "12 sites", "lodged", "20 minutes")
        ),
    ],
)
def found(request, territory):
    return help_plan(territory, Question(), TERMS[request.param])


def test_all_figures_together_place_no_volunteer(territory, found):
    assert found.volunteers.sum()
    assert placed(territory, found) == {}


def test_table_map_and_flows_speak_of_the_same_groups(territory, found):
    groups = donor_groups(territory, found)
    told = set(groups.table["group"])
    assert set(flows(territory, found).lines["donor"]) <= told - {OTHERS}
    assert set(tables.donor_table(territory, found)["group"]) == told
    volunteers = pd.Series(found.volunteers[: len(groups.of)])
    sums = volunteers.groupby(groups.of).sum()
    assert sums[sums > 0].to_dict() == groups.table.set_index("group")["volunteers"].to_dict()
    document = solidarity_map.configuration(territory, found, "")
    drawn = np.array(document["indicators"][0]["values"]) == "donor"
    assert set(groups.of[drawn]) <= told - {OTHERS}


def test_each_flow_holds_five_volunteers_and_tells_no_remainder(territory, found):
    least = LEAST_PUBLIC_GPS * found.terms.ceiling
    lent = donor_groups(territory, found).table.set_index("group")["lent"]
    lines = flows(territory, found).lines
    assert not lines.empty or found.terms != TERMS["39"]
    for donor, own in lines.groupby("donor"):
        rest = lent[donor] - own["half_days"].sum()
        assert rest == pytest.approx(0, abs=1e-6) or rest >= least - 1e-6
        if lent[donor] >= least:
            assert (own["half_days"] >= least - 1e-6).all()


def test_another_setting_of_the_same_plan_tells_no_smaller_group(territory):
    """Two settings that enlist the same volunteers may tell other groups: no overlap is small."""
    settings_tried = [
        Terms(volunteers=39, minutes=minutes, floor=floor, half_days=half_days)
        for minutes, floor, half_days in (
            (45.0, None, None),
            (45.0, None, 6.0),
            (44.0, None, None),
            (45.0, 0.1, None),
        )
    ]
    plans_made = [help_plan(territory, Question(), terms) for terms in settings_tried]
    compared = 0
    for one, other in itertools.combinations(plans_made, 2):
        if (one.volunteers != other.volunteers).any():
            continue
        compared += 1
        first, second = (donor_groups(territory, found).of for found in (one, other))
        both = pd.Series(one.volunteers[: len(first)]).groupby([first, second]).sum()
        assert ((both == 0) | (both >= LEAST_PUBLIC_GPS)).all()
    assert compared


@pytest.mark.campaign
def test_the_attack_finds_who_goes_to_sites_that_few_can_reach(territory, monkeypatch):
    """As plans were: any site that a road reaches is served."""
    monkeypatch.setattr(hiding, "exposed", lambda *_: [])
    monkeypatch.setattr(plans, "reached_by_enough", lambda roads, _: np.ones(len(roads), bool))
    found = help_plan.__wrapped__(territory, Question(), TERMS["20 minutes"])
    assert len(placed(territory, found, told=False)) > 10


def with_specialists(territory):
    """The region with a made count of specialists: a third of the GPs, where there are three."""
    gps = commune_indicators(territory)["gps"].to_numpy()
    counts = np.where(gps >= 3, np.ceil(gps / 3), 0.0)
    table = pd.DataFrame(
        {"code": territory.communes["code"], "specialty": "cardiologie", "doctors": counts}
    )
    return replace(
        territory,
        context=dict(territory.context) | {specialists.TABLE: table[table["doctors"] > 0]},
    )


def specialist_plan(territory, minutes=30.0):
    asked = SpecialistQuestion(
        "cardiologie", 5_000.0, within=20.0, volunteers=39, minutes=minutes, hosts="mairies"
    )
    found = specialist_help(with_specialists(territory), asked)
    terms = SimpleNamespace(ceiling=float(MOST_HALF_DAYS_A_MONTH))
    return SimpleNamespace(
        terms=terms,
        able=found.able,
        volunteers=found.volunteers,
        given=found.given,
        roads=found.roads,
    )


@pytest.mark.parametrize("minutes", [30.0, pytest.param(45.0, marks=pytest.mark.campaign)])
def test_no_specialist_is_placed(territory, minutes):
    """Of specialists no donor is told of: what sites receive is all there is."""
    found = specialist_plan(territory, minutes)
    assert found.volunteers.sum()
    assert placed(territory, found, told=False) == {}


def test_the_attack_finds_specialists_where_nothing_hides_them(territory, monkeypatch):
    monkeypatch.setattr(hiding, "exposed", lambda *_: [])
    monkeypatch.setattr(
        specialists, "reached_by_enough", lambda roads, _: np.ones(len(roads), bool)
    )
    assert placed(territory, specialist_plan(territory), told=False)


@settings(max_examples=40)
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 12)), min_size=6, max_size=6))
def test_groups_hide_whoever_is_in_them_and_the_rest(drawn):
    territory, found = _small()
    counts = np.zeros(7, dtype=np.int64)
    counts[:6] = [volunteers for volunteers, _ in drawn]
    able = np.zeros(7)
    able[:6] = [volunteers + idle for volunteers, idle in drawn]
    plan = replace(found, volunteers=counts, able=able, taken=counts * 6.0)
    groups = donor_groups(territory, plan)
    table = groups.table
    assert (table["volunteers"] >= LEAST_PUBLIC_GPS).all()
    assert (table["able"] - table["volunteers"] >= LEAST_PUBLIC_GPS).all()
    assert table["volunteers"].sum() in (0, counts.sum())
    # What patients lose is the same whoever goes, within a group.
    even = shared(territory, plan)
    assert even.sum() == pytest.approx(plan.taken.sum())
    moved = plan.taken.copy()
    for _, members in groups.of.groupby(groups.of):
        rows = members.index.to_numpy()
        moved[rows] = moved[rows][::-1]
    assert shared_as(territory, plan, groups, moved) == pytest.approx(even)


@functools.cache
def _small():
    territory = made()
    found = help_plan(territory, Question(apl=30.0), Terms(volunteers=1))
    return territory, replace(found, roads=None)


def shared_as(territory, plan, groups, taken):
    """Share other half-days of the same groups."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(donors, "donor_groups", lambda *_: groups)
        return donors.shared(territory, replace(plan, taken=taken))


@pytest.mark.campaign
@pytest.mark.reference
@pytest.mark.parametrize("name", ["39", "20 minutes", "12 sites"])
def test_nobody_is_placed_on_real_counts(real_counts_home, monkeypatch, name):
    monkeypatch.setenv("PROXISOINS_HOME", str(real_counts_home))
    territory = catalogue.load_territory("75")
    assert not territory.provenance["gps"].simulated
    found = help_plan(territory, Question(), TERMS[name])
    assert found.volunteers.sum()
    assert placed(territory, found) == {}


@pytest.mark.campaign
@pytest.mark.reference
def test_no_specialist_is_placed_beside_real_counts(real_counts_home, monkeypatch):
    """No count of specialists is at hand: they are made from the real counts of GPs."""
    monkeypatch.setenv("PROXISOINS_HOME", str(real_counts_home))
    territory = catalogue.load_territory("75")
    found = specialist_plan(territory)
    assert found.volunteers.sum()
    assert placed(territory, found, told=False) == {}
