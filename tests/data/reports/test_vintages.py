"""The year of figures of communes that were not all counted in the same one."""

from dataclasses import replace

import pandas as pd
import pytest

from data.region import catalogue, embedded_set
from data.region.moments import Moment
from data.region.territory import Territory
from data.reports.figure import Figure
from data.reports.vintages import dated, people_years, vintages

FIGURES = [
    Figure("gps_per_1000", "Généralistes", "1", "France : 1 ; 3e sur 18", "Un."),
    Figure("apl_published", "APL", "2", "France : 2 ; 4e sur 18", "Deux."),
    Figure("without_room", "Sans place", "3", "", "Trois."),
]


def _members(*codes: str) -> pd.DataFrame:
    """Return what is read of the indicators of communes: the APL of 2018 is not of 23."""
    years = [2016.0 if code.startswith("23") else 2018.0 for code in codes]
    return pd.DataFrame({"code": codes, "apl_published_year": years})


@pytest.fixture(scope="module")
def territory() -> Territory:
    """Aurillac and Guéret, of regions that were not counted in the same year."""
    whole = catalogue.load_territory()
    counts = replace(
        whole.provenance["gps"],
        simulated=False,
        measured={"": Moment(2020), "84": Moment(2020), "75": Moment(2017)},
    )
    communes = _members("15014", "23096")
    provenance = {**whole.provenance, "gps": counts}
    return replace(whole, communes=communes, provenance=provenance, version="years")


def test_a_figure_tells_the_year_of_its_own_communes(territory: Territory) -> None:
    def told(key: str, *codes: str) -> str:
        return vintages(territory, _members(*codes), [key])[key]

    assert told("gps_per_1000", "15014") == "2020"
    assert told("gps_per_1000", "23096") == "2017"
    assert told("gps_per_1000", "15014", "23096") == "2017 en Nouvelle-Aquitaine, 2020 ailleurs"
    # The nearest GP stands beyond the border, where another year was counted.
    beyond = _members("23096").assign(nearest_gp_commune="15014")
    [met] = vintages(territory, beyond, ["minutes_to_nearest_gp"]).values()
    assert met == "2020"
    assert told("apl_published", "23096") == "2016"
    assert told("apl_published", "15014", "23096") == "2016 et 2018"


def test_inhabitants_are_of_the_years_of_their_files(territory: Territory) -> None:
    """A file that gave all populations left « Habitants » dated by the codes alone."""
    communes = territory.provenance["communes"]
    file = replace(communes, table="populations", vintage="populations 2022", measured={})

    def told(vintage: str, *departements: str, imported: bool = False) -> str:
        known = {"communes": replace(communes, vintage=vintage)}
        known |= {"populations": file} if imported else {}
        return people_years(replace(territory, provenance=known), departements)

    embedded = embedded_set.vintage("FR")
    assert told(embedded, "23", "86") == "2023"
    assert told(embedded, "976") == "2017"
    assert told(embedded, "23", "976") == "2017 et 2023"
    assert told(embedded, "23", imported=True) == "2022 et 2023"
    assert told(embedded_set.CODES_VINTAGE, "23", imported=True) == "2022"
    assert told(embedded_set.CODES_VINTAGE, "23") == ""


def test_a_rank_of_counts_of_several_years_says_so(territory: Territory) -> None:
    gps, apl, room = dated(territory, _members("23096"), FIGURES)
    assert gps.vintage == "2017"
    assert gps.comparison == (
        "France : 1 ; 3e sur 18 (effectifs de 2017 en Nouvelle-Aquitaine, 2020 ailleurs)"
    )
    # Published figures are of a year of their own, and nothing is said beside nothing.
    assert (apl.vintage, apl.comparison) == ("2016", "France : 2 ; 4e sur 18")
    assert room.comparison == ""
    alone = replace(territory, communes=territory.communes.iloc[1:], version="alone")
    assert dated(alone, _members("23096"), FIGURES)[0].comparison == FIGURES[0].comparison


@pytest.mark.parametrize(
    ("file", "year"),
    [
        ("BV2022", "année non indiquée dans le fichier"),
        ("grille de densité, année non indiquée", "année non indiquée dans le fichier"),
        ("BV2022 ; 2021", "2021"),
        ("2021", "2021"),
        ("simulation", "simulation"),
    ],
)
def test_the_year_of_zones_is_not_that_of_ages(territory: Territory, file: str, year: str) -> None:
    """« 75 ans et plus (%) » was dated « BV2022 », the name of a division."""
    read = replace(territory.provenance["reference"], vintage=file)
    known = replace(territory, provenance={**territory.provenance, "reference": read})
    told = vintages(known, _members("23096"), ["share_over_75"])
    assert told == {"share_over_75": year}
