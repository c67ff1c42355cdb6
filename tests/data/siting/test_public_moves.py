"""Public figures of sites and poles do not tell which commune loses a GP, by itself or together.

The attack knows the public counts of GPs, the site, how many move in, and every figure of access
before and after, commune by commune: it computes them again for each commune that a GP could leave,
and keeps those that give the same.
"""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.region import catalogue, privacy
from data.region.rules import LEAST_PUBLIC_GPS
from data.siting import departures, effects, public_moves
from data.siting.pole_plan import Antenna, PolePlan, compared
from data.siting.public_moves import public_sites, sets_by_code
from data.uploads.site import Site
from tests.data.siting.small_sites import made

CANDIDATES = 7
"""Communes nearest to the one that loses a GP: the attack tries each."""


@pytest.fixture(scope="module")
def territory(prepared_home):
    """The demonstration as the session prepared it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PROXISOINS_HOME", str(prepared_home))
        yield catalogue.load_territory("75")


def house(territory, code, moving):
    place = territory.communes.set_index("code").loc[code]
    return Site(
        1, "Maison", code, place["name"], place["lon"], place["lat"], gps=3, moving=dict(moving)
    )


def small_communes(territory, count):
    gps = territory.gps.set_index("code")["gps"]
    own = gps[gps.index.isin(territory.communes["code"])]
    return list(own[own == 1].index[:: max(len(own[own == 1]) // count, 1)][:count])


def around(territory, code):
    """Communes with GPs, the nearest first."""
    known = territory.communes.set_index("code")
    gps = territory.gps.set_index("code")["gps"]
    known = known[known.index.map(gps).fillna(0) > 0]
    apart = np.hypot(known["lon"] - known.loc[code, "lon"], known["lat"] - known.loc[code, "lat"])
    return list(apart.sort_values().index[:CANDIDATES])


def told(territory, sites):
    return effects.of_sites(territory, sites, {}).communes.round(6)


def consistent(territory, code, shown, *, public):
    """Return the communes that, one of their GPs moving in, give the figures that are shown."""
    found = []
    for other in around(territory, code):
        sites = [house(territory, code, {other: 1})]
        again = told(territory, public_sites(territory, sites, {}) if public else sites)
        if again.equals(shown):
            found.append(other)
    return found


def test_the_attack_finds_who_moves_in_figures_of_before(territory):
    [code] = small_communes(territory, 1)
    shown = told(territory, [house(territory, code, {code: 1})])
    assert consistent(territory, code, shown, public=False) == [code]


@pytest.mark.campaign
def test_public_figures_are_the_same_whoever_of_five_moves(territory):
    gps = territory.gps.set_index("code")["gps"]
    for code in small_communes(territory, 3):
        sites = [house(territory, code, {code: 1})]
        shown = told(territory, public_sites(territory, sites, {}))
        left = consistent(territory, code, shown, public=True)
        among = set(sets_by_code(territory, 1.0)[code].codes)
        assert set(left) == among & set(around(territory, code))
        assert len(among) >= privacy.LEAST_COMMUNES
        assert gps[list(among)].sum() >= LEAST_PUBLIC_GPS + 1


@pytest.mark.parametrize("moving", [1.0, 4.0, 9.5])
def test_sets_hold_all_communes_and_five_who_stay(territory, moving):
    sets_hold(territory, moving)


@pytest.mark.campaign
@pytest.mark.reference
def test_sets_hold_five_who_stay_on_real_counts(real_counts_home, monkeypatch):
    monkeypatch.setenv("PROXISOINS_HOME", str(real_counts_home))
    real = catalogue.load_territory("75")
    for moving in (1.0, 4.0):
        sets_hold(real, moving)
    [code] = small_communes(real, 1)
    shown = told(real, public_sites(real, [house(real, code, {code: 1})], {}))
    assert len(consistent(real, code, shown, public=True)) >= privacy.LEAST_COMMUNES


def sets_hold(territory, moving):
    gps = territory.gps.set_index("code")["gps"]
    inside = gps[gps.index.isin(territory.communes["code"])]
    sets = privacy.sets_with(territory, moving)
    codes = [code for one in sets for code in one.codes]
    assert sorted(codes) == sorted(inside[inside > 0].index)
    assert min(one.gps for one in sets) >= LEAST_PUBLIC_GPS + moving
    assert min(len(one.codes) for one in sets) >= privacy.LEAST_COMMUNES


def test_as_many_move_and_no_commune_loses_more_than_it_has(territory):
    codes = small_communes(territory, 4)
    asked = {codes[0]: 1, codes[1]: 3}  # one GP there: two of the three are new
    [site] = public_sites(territory, [house(territory, codes[2], asked)], {})
    assert sum(site.moving.values()) == pytest.approx(2.0)
    gps = territory.gps.set_index("code")["gps"]
    assert all(count <= gps[code] + 1e-9 for code, count in site.moving.items())
    said = public_moves.said(territory, [house(territory, codes[2], asked)], {})
    assert said.startswith("2 généralistes qui rejoindraient")
    assert public_moves.said(territory, [house(territory, codes[2], {})], {}) == ""


def test_a_pole_says_no_more_of_the_doctors_who_form_it(territory):
    """Those of the antennas leave a set of communes: the same figures, whoever of it leaves."""
    first, second = small_communes(territory, 2)
    antennas = tuple(
        Antenna(replace(house(territory, code, {}), line=line), 10)
        for line, code in enumerate((first, second), start=1)
    )
    plan = PolePlan(antennas, settled=True)
    raw, public = (
        compared(territory, one, search=False) for one in (plan, replace(plan, public=True))
    )
    assert raw.leaving.sum() == pytest.approx(2.0)
    lost = (raw.today.apl - raw.sides["typed"].apl) - (public.today.apl - public.sides["typed"].apl)
    assert np.abs(lost).max() > 0.01
    assert "réparti sur" in public.among
    sets = sets_by_code(territory, 2.0)
    for code in (first, second):
        assert sets[code].gps >= LEAST_PUBLIC_GPS + 2
        assert f"{len(sets[code].codes)} communes" in public.among
    beside = compared(territory, replace(plan, public=True, leaving_for_good=30.0), search=False)
    larger = sets_by_code(territory, 2.0, 30.0)
    for code in (first, second):
        assert larger[code].gps >= LEAST_PUBLIC_GPS + 32
        assert f"{len(larger[code].codes)} communes" in beside.among


def test_where_nobody_can_hide_no_move_is_told():
    few = made({"16001": 1.0, "16002": 2.0})
    site = Site(1, "Maison", "16001", "A", 0.0, 46.0, gps=2, moving={"16001": 1})
    [shown] = public_sites(few, [site], {})
    assert shown.moving == {}
    assert public_moves.said(few, [site], {}) == public_moves.NOT_TOLD


def test_where_departures_are_told_as_well_five_more_stay():
    """Of a set of whom one moves and two leave for good, five are neither."""
    alone = made({"16001": 6.0, "16002": 1.0, "16003": 1.0})
    site = Site(1, "Maison", "16001", "A", 0.0, 46.0, gps=2, moving={"16002": 1})
    [shown] = public_sites(alone, [site], {"16001": 2})
    assert sum(shown.moving.values()) == pytest.approx(1.0)
    [hidden] = public_sites(alone, [site], {"16001": 3})
    assert hidden.moving == {}


@pytest.mark.campaign
@settings(max_examples=60, deadline=None)
@given(st.data())
def test_sets_of_more_who_move_are_made_of_whole_sets_of_fewer(data):
    """Else two links to one project, one more GP moving, would leave what both sets have."""
    many = data.draw(st.integers(10, 40))
    whole = st.integers(1, 8).map(float)
    at = st.floats(0.0, 1.0)
    communes = pd.DataFrame(
        {
            "code": [f"{16000 + k}" for k in range(many)],
            "region": "75",
            "epci": [f"e{data.draw(st.integers(0, 9))}" for _ in range(many)],
            "epci_name": "",
            "lon": [data.draw(at) for _ in range(many)],
            "lat": [45 + data.draw(at) for _ in range(many)],
            "gps": [data.draw(whole) for _ in range(many)],
        }
    )
    former = None
    for moving in (0.5, 1.0, 2.0, 3.5, 8.0):
        sets = [set(one.codes) for one in privacy.sets_among(communes, moving)]
        if former is not None:
            assert all(any(small <= large for large in sets) for small in former) or not sets
        former = sets or former


@pytest.mark.parametrize("gps", [1.0, 4.0, 5.0, 6.0, 7.0, 12.0])
def test_whoever_leaves_for_good_is_told_among_five_who_stay(gps):
    """The attack: counts before are public, access after tells how many are left of each commune.

    Who is told to leave hides among those who are told to stay: five of them at least.
    """
    territory = made({"16001": gps, "16002": 9.0, "16003": 2.0})
    for count in range(1, int(gps) + 1):
        told = departures.public(territory, {"16001": count, "16003": 1})
        before = departures.ground_after(territory, {}).gps
        after = departures.ground_after(territory, told).gps
        lost = np.flatnonzero(before - after)
        assert (after[lost] >= LEAST_PUBLIC_GPS).all()
        assert bool(told) == (gps - count >= LEAST_PUBLIC_GPS)
