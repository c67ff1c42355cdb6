"""A region has one year of counts, whatever is opened: alone, beside its neighbour, in France."""

import dataclasses

import pandas as pd
import pytest

from data.region import france
from data.region.moments import Moment
from data.region.newest_counts import newest_counts, years_of, years_told
from data.region.territory import Provenance

BRITTANY, LOIRE, CORSICA, REUNION = ["22001", "29002"], ["44003"], ["2A004"], ["97411"]
EVERYWHERE = [*BRITTANY, *LOIRE, *CORSICA, *REUNION]
# Corsica was not counted since; La Réunion is in the history alone.
HISTORY = pd.DataFrame(
    [(code, 2017, 1.0) for code in [*BRITTANY, *LOIRE, *CORSICA]]
    + [(code, 2020, 2.0) for code in [*BRITTANY, *LOIRE, *REUNION]],
    columns=["code", "year", "gps"],
)
GPS = pd.DataFrame({"code": [*BRITTANY, *LOIRE, *CORSICA], "gps": 1.0})


@pytest.fixture(autouse=True)
def _few_communes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(france, "commune_counts", lambda: {"53": 2, "52": 1, "94": 1, "04": 1})


def _provenance(key: str, vintage: str) -> Provenance:
    return Provenance(key, "Médecins", "INSEE", vintage, "LO", False, 1, 1)


TOLD = {"gps": _provenance("gps", "2017"), "gp_history": _provenance("gp_history", "2017, 2020")}


def _seen(
    inside: list[str], around: list[str], history: pd.DataFrame = HISTORY
) -> tuple[pd.DataFrame, Provenance] | None:
    tables = {"gps": GPS, "gp_history": history}
    return newest_counts(tables, TOLD, pd.Series(inside, dtype=str), pd.Series(around, dtype=str))


@pytest.mark.parametrize(
    ("inside", "around", "words"),
    [
        (EVERYWHERE, [], "2017 en Corse, 2020 ailleurs"),
        (BRITTANY, LOIRE, "2020"),
        (REUNION, [], "2020"),
        (CORSICA, LOIRE, "2017, et 2020 autour"),
    ],
)
def test_a_region_has_its_own_year_whatever_is_opened(
    inside: list[str], around: list[str], words: str
) -> None:
    found = _seen(inside, around)
    assert found is not None
    counts, known = found
    assert known.vintage == words
    codes = pd.Series([*inside, *around])
    expected = [2017 if code in CORSICA else 2020 for code in codes]
    assert years_of(known, codes).tolist() == expected
    by_code = counts.set_index("code")["gps"]
    assert by_code.loc[codes].tolist() == [1.0 if year == 2017 else 2.0 for year in expected]


def test_nothing_is_taken_from_a_history_that_is_older_or_tells_too_few() -> None:
    assert _seen(CORSICA, []) is None
    # One commune of two is no year of the region.
    half = HISTORY[~((HISTORY["code"] == "22001") & (HISTORY["year"] == 2020))]
    assert _seen(BRITTANY, [], half) is None
    assert _seen(BRITTANY, [], HISTORY[HISTORY["year"] == 2017]) is None


def test_the_years_of_some_communes_are_told_by_those_of_their_regions() -> None:
    found = _seen(EVERYWHERE, [])
    assert found is not None

    def told(*codes: str) -> str:
        return years_told(found[1], pd.Series(codes))

    assert told("22001") == told("22001", "97411") == "2020"
    assert told("2A004") == "2017"
    assert told("2A004", "22001") == "2017 en Corse, 2020 ailleurs"
    simulated = dataclasses.replace(TOLD["gps"], simulated=True, vintage="simulation")
    assert years_told(simulated, pd.Series(["22001"])) == "simulation"


@pytest.mark.parametrize(
    ("vintage", "codes", "told"),
    [
        ("2017 ; 2024", BRITTANY, "2017 et 2024"),
        ("2017 ; 2024", BRITTANY[:1], "2017 ou 2024"),
        ("2024 ; 21/01/2020", BRITTANY, "2020 et 2024"),
        ("2024", BRITTANY, "2024"),
    ],
)
def test_counts_that_a_partial_file_completed_are_not_said_of_its_year_alone(
    vintage: str, codes: list[str], told: str
) -> None:
    known = dataclasses.replace(_provenance("gps", vintage), measured={"": Moment(2024)})
    assert years_told(known, pd.Series(codes)) == told
    by_region = dataclasses.replace(known, measured={"": Moment(2024), "53": Moment(2024)})
    assert years_told(by_region, pd.Series(codes)) == "2024"
