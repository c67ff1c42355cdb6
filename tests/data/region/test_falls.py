"""A count of GPs that falls from many to none is to check, and unknown until then."""

from itertools import permutations

import pandas as pd
import pytest

from data.region import doubted_zeros, falls
from data.region.rules import DOUBTED_FALL_GPS
from data.region.territory import Provenance

MANY = float(DOUBTED_FALL_GPS)


def _history(*rows: tuple[str, int, float]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["code", "year", "gps"])


def _found(*rows: tuple[str, int, float]) -> list[tuple[str, int]]:
    return [(one.code, one.year) for one in falls.falls(_history(*rows))]


def test_a_fall_from_many_to_none_is_found_in_any_order_of_rows():
    rows = (
        ("33063", 2009, MANY),
        ("33063", 2013, 0.0),
        ("33063", 2017, MANY),
        ("16001", 2013, 0.0),
    )
    for some in permutations(rows):
        assert _found(*some) == [("33063", 2013)]


@pytest.mark.parametrize(
    ("counts", "years"),
    [
        ((MANY - 1, 0.0), []),  # real losses go up to six
        ((MANY, 1.0, 0.0), []),  # it fell, then lost the last one
        ((0.0, MANY), []),
        ((MANY, 0.0, 0.0), [2013, 2017]),  # still none: still to check
        ((MANY, 0.0, 2.0, 0.0), [2013]),  # told otherwise since
    ],
)
def test_what_is_doubted(counts, years):
    rows = [
        ("33063", year, gps) for year, gps in zip((2009, 2013, 2017, 2020), counts, strict=False)
    ]
    assert [year for _, year in _found(*rows)] == years


def test_the_count_of_now_is_judged_by_the_history():
    history = _history(("33063", 2017, MANY), ("16001", 2017, 1.0))
    gps = pd.DataFrame({"code": ["33063", "16001"], "gps": [0.0, 0.0]})
    (fall,) = falls.of_tables(history, falls.dated(gps, 2024))
    assert fall == falls.Fall("33063", 2024, MANY, 2017)
    assert falls.without(gps.assign(year=2024), [fall])["code"].tolist() == ["16001"]
    assert falls.of_tables(history, falls.dated(gps, None)) == []
    assert falls.of_tables(None, None) == []


@pytest.mark.parametrize(("confirmed", "years"), [(2013, []), (2017, [2013]), (2009, [2013, 2017])])
def test_a_confirmed_zero_is_believed_and_those_that_follow_it(confirmed, years):
    history = _history(("33063", 2009, MANY), ("33063", 2013, 0.0), ("33063", 2017, 0.0))
    found = falls.falls(history, {("33063", confirmed)})
    assert [fall.year for fall in found] == years


def test_a_year_that_counts_nobody_in_a_whole_departement_did_not_look_there():
    rows = (
        ("97601", 2009, 0.0),
        ("97602", 2009, 0.0),
        ("97601", 2013, MANY),
        ("97602", 2013, 0.0),
        ("16001", 2009, 0.0),
        ("16002", 2009, MANY),
        ("16001", 2013, 0.0),
        ("16002", 2013, MANY),
    )
    (found,) = falls.uncounted(_history(*rows), None)
    assert (found.departement, found.year) == ("976", 2009)
    assert found.told == "département 976 tout entier : 0 médecin en 2009, 10 médecins en 2013"
    assert falls.uncounted(_history(*rows), None, {("97602", 2009)}) == []  # someone knows


def test_zeros_of_a_year_that_was_not_counted_are_left_out_and_told():
    rows = _history(("97601", 2009, 0.0), ("97601", 2013, MANY), ("16001", 2009, 0.0))
    history = Provenance("gp_history", "Médecins", "INSEE", "2009, 2013", "LO", False, 3, 2)
    found = doubted_zeros.judged({"gp_history": rows}, {"gp_history": history}, {}, {})
    left = found.tables["gp_history"]
    assert list(zip(left["code"], left["year"], strict=True)) == [("97601", 2013), ("16001", 2009)]
    (told,) = found.provenance["gp_history"].to_check
    assert told.startswith("département 976 tout entier")
