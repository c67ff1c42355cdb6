"""Who hides in a set hides as well in what two states of the data have in common."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.region import catalogue, privacy
from data.region.rules import LEAST_PUBLIC_GPS

MOVING = (1.0, 4.0, 9.5)


def two_states(data) -> list[pd.DataFrame]:
    """Draw a region, and its counts before and after an import."""
    many = data.draw(st.integers(6, 40))
    at = st.floats(0.0, 1.0)
    place = pd.DataFrame(
        {
            "code": [f"{16000 + k}" for k in range(many)],
            "region": "75",
            "epci": [data.draw(st.sampled_from(["", *"abcdefgh"])) for _ in range(many)],
            "epci_name": "",
            "lon": [data.draw(at) for _ in range(many)],
            "lat": [45 + data.draw(at) for _ in range(many)],
        }
    )
    counts = st.sampled_from([0.0, 1.0, 1.0, 2.0, 4.5, 5.0, 9.0])
    return [place.assign(gps=[data.draw(counts) for _ in range(many)]) for _ in range(2)]


def hidden_by(before: pd.DataFrame, after: pd.DataFrame, sets, moving: float) -> list[str]:
    """Return who is left with too few of both sets, by more than who has no GP any longer.

    The attack knows all counts, and the set of each state: who moves is in both.
    """
    first, second = ({code: one.codes for one in own for code in one.codes} for own in sets)
    counts = [state.set_index("code")["gps"] for state in (before, after)]
    found = []
    for code in set(first) & set(second):
        here, there = set(first[code]), set(second[code])
        both = here & there
        if len(both) == min(
            sum(counts[1][one] > 0 for one in here), sum(counts[0][one] > 0 for one in there)
        ):
            continue  # nested: nobody is left out but those whom counts leave out by themselves
        staying = min(own[list(both)].sum() for own in counts) - moving
        if len(both) < privacy.LEAST_COMMUNES or staying < LEAST_PUBLIC_GPS:
            found.append(code)
    return sorted(found)


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_an_import_between_two_views_of_a_project_leaves_no_smaller_set(data) -> None:
    before, after = two_states(data)
    for moving in (1.0, 4.0):
        sets = [privacy.sets_among(state, moving) for state in (before, after)]
        assert hidden_by(before, after, sets, moving) == []


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_sets_are_of_whole_epci_and_hold_what_is_promised(data) -> None:
    state, _ = two_states(data)
    with_gp = state[state["gps"] > 0]
    for moving in (1.0, 4.0):
        sets = privacy.sets_among(state, moving)
        codes = [code for one in sets for code in one.codes]
        assert sorted(codes) == (sorted(with_gp["code"]) if sets else [])
        of = {code: one.key for one in sets for code in one.codes}
        epci = with_gp[(with_gp["epci"] != "") & with_gp["code"].isin(of)]
        homes = pd.DataFrame({"epci": epci["epci"], "set": epci["code"].map(of)})
        assert homes.drop_duplicates()["epci"].is_unique
        enough = (
            len(with_gp) >= privacy.LEAST_COMMUNES
            and with_gp["gps"].sum() >= LEAST_PUBLIC_GPS + moving
        )
        assert bool(sets) == enough
        for one in sets:
            assert one.gps >= LEAST_PUBLIC_GPS + moving
            assert len(one.codes) >= privacy.LEAST_COMMUNES


@pytest.mark.campaign
@pytest.mark.reference
def test_who_moves_hides_in_what_two_real_counts_have_in_common(reference: Path) -> None:
    """With sets made anew from counts, one to six communes had fewer than three around them."""
    communes = pd.DataFrame(catalogue.load_territory("75").communes.drop(columns="geometry"))
    panel = pd.read_csv(reference / "gp_panel" / "gp_per_commune_dated.csv", dtype={"code": str})
    panel = panel.set_index("code")
    before, after = (
        communes.assign(gps=communes["code"].map(panel[f"gp_{year}"]).fillna(0.0))
        for year in (2013, 2017)
    )
    for moving in MOVING:
        sets = [privacy.sets_among(state, moving) for state in (before, after)]
        assert hidden_by(before, after, sets, moving) == []
        sizes = [len(one.codes) for one in sets[1]]
        assert np.median(sizes) <= 12  # small enough to say something
        assert len(sets[1]) >= 90


def test_an_island_joins_its_neighbour_and_no_more() -> None:
    """Joined by nearness alone, it came last: the whole region was one set for its sake."""
    rows = [
        {"epci": f"e{place:02d}", "lon": place % 6 + part / 10, "lat": 45 + place // 6, "gps": 2.0}
        for place in range(36)
        for part in range(6)
    ]
    rows.append({"epci": "island", "lon": -4.0, "lat": 44.0, "gps": 1.0})
    communes = pd.DataFrame(rows).assign(region="75", epci_name="")
    communes["code"] = [f"{16000 + k}" for k in range(len(communes))]
    sets = privacy.sets_among(communes, 1.0)
    assert sorted(len(one.codes) for one in sets) == [*[6] * 35, 7]
