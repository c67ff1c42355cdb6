"""The year of figures of communes that were not all counted in the same one."""

from dataclasses import replace

import pandas as pd
import pytest

from data.region import catalogue
from data.region.moments import Moment
from data.region.territory import Territory
from data.reports.figure import Figure
from data.reports.vintages import dated, vintages

FIGURES = [
    Figure("gps_per_1000", "Généralistes", "1", "France : 1 ; 3e sur 18", "Un."),
    Figure("apl_published", "APL", "2", "France : 2 ; 4e sur 18", "Deux."),
    Figure("without_room", "Sans place", "3", "", "Trois."),
]
ROW = pd.Series({"apl_published_year": 2018.0})


@pytest.fixture(scope="module")
def territory() -> Territory:
    """Aurillac and Guéret, of regions that were not counted in the same year."""
    whole = catalogue.load_territory()
    counts = replace(
        whole.provenance["gps"],
        simulated=False,
        measured={"": Moment(2020), "84": Moment(2020), "75": Moment(2017)},
    )
    communes = pd.DataFrame({"code": ["15014", "23096"]})
    provenance = {**whole.provenance, "gps": counts}
    return replace(whole, communes=communes, provenance=provenance, version="years")


def test_a_figure_tells_the_year_of_its_own_communes(territory: Territory) -> None:
    def told(*codes: str) -> str:
        return vintages(territory, ROW, pd.Series(codes), ["gps_per_1000"])["gps_per_1000"]

    assert told("15014") == "2020"
    assert told("23096") == "2017"
    assert told("15014", "23096") == "2017 en Nouvelle-Aquitaine, 2020 ailleurs"


def test_a_rank_of_counts_of_several_years_says_so(territory: Territory) -> None:
    gps, apl, room = dated(territory, ROW, pd.Series(["23096"]), FIGURES)
    assert gps.vintage == "2017"
    assert gps.comparison == (
        "France : 1 ; 3e sur 18 (effectifs de 2017 en Nouvelle-Aquitaine, 2020 ailleurs)"
    )
    # Published figures are of a year of their own, and nothing is said beside nothing.
    assert (apl.vintage, apl.comparison) == ("2018", "France : 2 ; 4e sur 18")
    assert room.comparison == ""
    alone = replace(territory, communes=territory.communes.iloc[1:], version="alone")
    assert dated(alone, ROW, pd.Series(["23096"]), FIGURES)[0].comparison == FIGURES[0].comparison
