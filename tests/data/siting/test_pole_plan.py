"""A pole beside one house with the same doctors: equal at one place, proven, counted by hand."""

import io
import itertools
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from data.base.french import MISSING
from data.files import exports
from data.region.rules import ROOM_PEOPLE_A_GP
from data.reports import council_pdf, pole_tables
from data.siting.pole_plan import (
    BEST,
    HOUSE,
    TYPED,
    Antenna,
    PolePlan,
    compared,
)
from data.siting.pole_rows import changes
from geo.errors import InvalidInputError
from geo.siting.pole import PoleProblem
from tests.data.siting.small_sites import made, site

GPS = {"16001": 0.0, "16002": 0.0, "16003": 0.0, "17001": 1.0, "17002": 0.0, "17003": 0.0}
HERE = site("Ici", "16001", 0.0)
MIDDLE = site("Milieu", "16002", 0.12)
FAR = site("Loin", "17001", 0.36)
TERRITORY = made(GPS)


def plan(*counts, sites=(HERE, MIDDLE, FAR), **more):
    return PolePlan(
        tuple(Antenna(one, count, euros=1000.0) for one, count in zip(sites, counts, strict=False)),
        **more,
    )


@settings(max_examples=12)
@given(base=st.integers(0, 2), team=st.integers(1, 40), settled=st.booleans())
def test_all_half_days_at_the_base_are_the_house(base, team, settled):
    counts = [team if rank == base else 0 for rank in range(3)]
    found = compared(TERRITORY, plan(*counts, base=base, settled=settled), search=False)
    house, pole = found.sides[HOUSE], found.sides[TYPED]
    pd.testing.assert_series_equal(house.measures, pole.measures)
    for name in ("apl", "minutes", "without_room", "gps"):
        np.testing.assert_array_equal(getattr(house, name), getattr(pole, name))
    assert changes(found, house, pole).empty
    assert "Personne ne gagne ni ne perd" in pole_tables.sentence(found)


def test_the_road_is_paid_and_counted():
    # The base is 12 minutes from the middle: a twentieth of a half-day of 240 minutes.
    found = compared(TERRITORY, plan(10, 10, sites=(HERE, MIDDLE)), search=False)
    assert found.sides[TYPED].gps == pytest.approx([1.0, 0.95])
    assert found.sides[TYPED].measures["road_hours"] == pytest.approx(10 * 12 / 60)
    assert found.sides[HOUSE].gps == pytest.approx([2.0, 0.0])
    assert found.sides[TYPED].measures["euros"] == 2000
    assert found.sides[HOUSE].measures["euros"] == 1000


def test_doctors_already_there_leave_in_proportion():
    found = compared(TERRITORY, plan(2, 0, 3, settled=True), search=False)
    # Half a doctor in all; only 17001 has one to give.
    assert found.leaving == pytest.approx([0, 0, 0.5])
    # 17001 kept half of its own and gets 0.3 of its team less the road: it loses supply.
    table = changes(found, found.today, found.sides[TYPED]).set_index("code")
    assert table.loc["17001", "effect"] == "perd"
    assert table.loc["16001", "effect"] == "gagne"
    new = compared(TERRITORY, plan(2, 0, 3), search=False)
    assert not new.leaving.any()
    assert (changes(new, new.today, new.sides[TYPED])["effect"] == "gagne").all()


def test_places_taken_away_are_said_as_such():
    # The only doctor of 17001 leaves for 16001, whose people find room; those of 17001 lose theirs.
    gathered = compared(TERRITORY, plan(10, 0, 0, settled=True), search=False)
    said = pole_tables.sentence(gathered)
    assert "-" not in said.replace("demi-journées", "")
    lost = compared(
        made(dict.fromkeys(GPS, 0.0) | {"17001": 1.0}), plan(0, 0, 10, base=2, settled=True)
    )
    assert "ne donne de place à personne de plus" in pole_tables.sentence(lost)


def test_the_best_pole_equals_enumeration():
    found = compared(TERRITORY, plan(3, 2, 2, least=2))
    assert found.proof.proven
    without = found.today.without_room
    close = np.array([[0, 12, 36], [12, 0, 24], [24, 12, 12], [36, 24, 0], [48, 36, 12]])
    close = np.vstack([close, [np.inf] * 3])
    best = 0.0
    for counts in itertools.product(range(8), repeat=3):
        used = np.array(counts) > 0
        if sum(counts) > 7 or used.sum() < 2 or any(0 < one < 2 for one in counts):
            continue
        kept = 1 - found.base_minutes / 240
        problem = PoleProblem(
            people=without,
            minutes=close.astype(float),
            base_minutes=found.base_minutes,
            threshold=20.0,
            per_gp=float(ROOM_PEOPLE_A_GP),
            half_days=7,
        )
        seats = np.array(counts) * kept * ROOM_PEOPLE_A_GP / 10
        best = max(best, _flow(problem, seats))
    assert found.proof.people == pytest.approx(best, rel=1e-6)
    assert found.proof.bound >= found.proof.people - 1e-6
    assert (found.sides[BEST].half_days[found.sides[BEST].half_days > 0] >= 2).all()


def _flow(problem, seats):
    """Most people seated: Hall's theorem over the sets of antennas."""
    reach = problem.minutes <= problem.threshold
    least = np.inf
    for chosen in itertools.product([False, True], repeat=seats.size):
        kept = np.array(chosen)
        others = problem.people[reach[:, ~kept].any(axis=1)].sum()
        least = min(least, seats[kept].sum() + others)
    return least


@pytest.mark.parametrize(
    ("built", "said"),
    [
        (lambda: plan(3), "de 2 à 6 antennes"),
        (lambda: plan(0, 0), "au moins une demi-journée"),
        (lambda: plan(3, 3, base=5), "base du pôle"),
        (lambda: plan(3, -1), "de 0 à 100"),
    ],
)
def test_what_is_no_pole_is_said(built, said):
    with pytest.raises(InvalidInputError, match=said):
        built()


def test_words_name_sides_and_the_bound():
    found = compared(TERRITORY, plan(10, 10, 0))
    table = pole_tables.measures_table(found)
    assert list(table.columns) == [
        "Mesure",
        "Avant le projet",
        "Une maison à Ici",
        "Votre pôle",
        "Le meilleur pôle",
    ]
    # Ages are not known in this region: said, not zero.
    row = table[table["Mesure"] == "dont 75 ans et plus"].iloc[0]
    assert row["Votre pôle"] == "non disponible"
    assert "borne" in pole_tables.proof_words(found)
    assert "Optimum prouvé." in pole_tables.proof_words(found)
    assert set(pole_tables.changes_table(found)["Comparaison"]) >= {"Votre pôle"}


def test_the_file_of_a_comparison_holds_numbers():
    """What the screen writes, a spreadsheet adds up: no figure is left as a text."""
    found = compared(TERRITORY, plan(10, 10, 0))
    written = pole_tables.sheets(found)
    book = load_workbook(io.BytesIO(exports.to_xlsx(written, [])))
    rows = list(book["Comparaison"].iter_rows(values_only=True))
    shown = pole_tables.measures_table(found)
    assert rows[0] == tuple(shown.columns)
    cells = [one for row in rows[1:] for one in row[1:]]
    assert {one for one in cells if isinstance(one, str)} == {"sans objet", MISSING}
    assert sum(isinstance(one, (int, float)) for one in cells) > 30
    typed = rows[0].index("Votre pôle")
    measures = {row[0]: row[typed] for row in rows[1:]}
    road = next(one for title, one in measures.items() if title.startswith("Heures de route"))
    assert road == pytest.approx(found.sides[TYPED].measures["road_hours"], abs=0.05)
    csv = exports.to_csv(written["Comparaison"], []).decode("utf-8-sig")
    assert "\N{NARROW NO-BREAK SPACE}" not in csv


def test_the_report_of_a_pole_tells_a_change_by_two_figures(monkeypatch):
    """Rounded once more, a change just beyond the noise would be told by one figure twice."""
    row = {"name": "Guéret", "effect": "perd", "population": 12_000.0}
    pair = {"apl_before": 8.4723, "apl_after": 8.4672, "minutes_before": 4.0, "minutes_after": 4.0}
    drawn = []
    monkeypatch.setattr(council_pdf, "changes", lambda *_: pd.DataFrame([row | pair]))
    monkeypatch.setattr(council_pdf, "_table", lambda _page, table, _widths: drawn.append(table))
    page = SimpleNamespace(heading=lambda *_: None)
    council_pdf._winners(page, SimpleNamespace(today=None, sides={TYPED: None}))
    told = drawn[0].iloc[0]
    assert [told["APL avant"], told["APL après"], told["Minutes avant"]] == [
        "8,472",
        "8,467",
        "4,0",
    ]
