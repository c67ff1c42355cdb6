"""Of how many: each sentence of a map counts among the communes and people that it speaks of."""

import numpy as np
import pandas as pd
import pytest

from data.base.french import number
from data.maps.sentences import sentence
from geo.layers import INDICATORS

PEOPLE = [1000, 2000, 3000, 4000]
EVERYBODY = f"des {number(10_000)} habitants"


def told(key: str, **columns: object) -> str:
    """The sentence on four communes, of which only what is given is known."""
    table = pd.DataFrame(
        {"code": ["23001", "23002", "23003", "23004"], "departement": "23", "supply": "connue"}
    ).assign(population=PEOPLE, **columns)
    indicator = next(one for one in INDICATORS if one.key == key)
    return sentence(indicator, table, "Région").removeprefix("Région : ")


def test_a_load_is_of_communes_that_have_a_gp() -> None:
    said = told("load_per_gp", load_per_gp=[1200.0, 1000.0, 800.0, np.nan], gps=[5.0, 6.0, 7.0, 0])
    assert "dans 1 des 3 communes qui ont un médecin." in said


def test_a_load_that_is_not_told_is_no_commune_without_surcharge() -> None:
    said = told("load_per_gp", load_per_gp=[1200.0, 800.0, np.nan, np.nan], gps=[5.0, 6.0, 2.0, 0])
    assert "dans 1 des 2 communes dont le nombre est diffusé." in said
    assert said.endswith("1 commune de moins de 5 médecins : non diffusé.")


def test_both_ends_of_room_are_told_of_all() -> None:
    shares, ends = [0.2, 0.1, 0.0, 0.0], {"without_room_nearest": [200.0, 200.0, 0.0, 0.0]}
    said = told("share_without_room", share_without_room=shares, **ends, without_room_bound=50.0)
    assert said.startswith(f"entre 200 et 400 {EVERYBODY} sont sans place chez un généraliste")
    assert "plus d’un habitant sur dix dans 1 des 4 communes" in said


def test_where_only_nearest_first_is_known_it_is_told_alone() -> None:
    shares, ends = [0.2, 0.1, 0.0, 0.0], {"without_room_nearest": [200.0, 200.0, 0.0, 0.0]}
    said = told("share_without_room", share_without_room=shares, **ends, without_room_bound=np.nan)
    assert said.startswith(f"400 {EVERYBODY} sont sans place")


def test_people_without_three_gps_are_told_of_all() -> None:
    said = told("minutes_to_third_gp", minutes_to_third_gp=[20.0, 20.1, 5.0, 31.0])
    assert said.startswith(f"{number(6000)} {EVERYBODY} n’ont pas trois généralistes")
    assert "dans 2 des 4 communes" in said


def test_islands_that_no_road_joins_to_doctors_are_counted_as_far() -> None:
    """« Aucune des communes n’est au-delà » was said beside the people who are."""
    minutes = [20.0, np.nan, 5.0, 31.0]
    said = told("minutes_to_third_gp", minutes_to_third_gp=minutes)
    assert said.startswith(f"{number(6000)} {EVERYBODY}")
    assert "dans 2 des 4 communes" in said
    assert "2 des 4 communes sont au-delà" in told(
        "minutes_to_nearest_gp", minutes_to_nearest_gp=minutes
    )


@pytest.mark.parametrize("key", ["population_single_gp", "population_beyond_20"])
def test_people_counted_in_communes_are_told_of_all(key: str) -> None:
    said = told(key, **{key: [500.0, 0.0, 0.0, 100.0]})
    assert said.startswith(f"600 {EVERYBODY}")
    assert "dans 2 des 4 communes" in said


def test_a_mean_is_one_of_inhabitants_where_it_is_known() -> None:
    said = told("apl", apl=[1.0, 2.5, 4.0, np.nan])
    assert said.startswith("3,0 consultations")  # (1 × 1 + 2 × 2.5 + 3 × 4) / 6
    assert f"50\u00a0% des {number(6000)} habitants des communes connues" in said


def test_a_density_is_the_ratio_of_sums() -> None:
    said = told("gps_per_1000", gps_per_1000=[1.0, 0.0, 2.0, np.nan], gps=[1.0, 0.0, 6.0, np.nan])
    assert said.startswith("7 généralistes, soit 1,17 pour 1 000 habitants")
    assert "2 des 3 communes connues en ont au moins un" in said


def test_shares_near_retirement_are_of_the_communes_known() -> None:
    said = told("share_near_retirement", share_near_retirement=[0.31, 0.3, np.nan, np.nan])
    assert said.startswith("dans 1 des 2 communes connues, plus de 30\u00a0% de l’offre")


def test_a_shared_density_tells_who_has_less_among_those_known() -> None:
    said = told("gps_within_20_per_1000", gps_within_20_per_1000=[0.6, 0.7, 1.0, np.nan])
    assert said.startswith("0,83 généraliste")  # (0.6 × 1 + 0.7 × 2 + 1 × 3) / 6
    assert f"{number(1000)} des {number(6000)} habitants en ont moins de 0,7" in said


def test_years_to_come_are_told_of_all_beside_now() -> None:
    now = {"without_room_nearest": [100.0, 0.0, 0.0, 0.0]}
    later = {"share_without_room_in_5": [0.2, 0.0, 0.1, 0.0]}
    said = told("share_without_room_in_5", **now, **later)
    assert said.startswith(f"500 {EVERYBODY} seraient sans place à 20 minutes 5 ans après")
    assert "au lieu de 100" in said
    assert "plus d’un sur dix dans 1 des 4 communes" in said
    change = told("share_change_in_2", share_change_in_2=[0.011, 0.01, 0.0, 0.0])
    assert change.startswith("31 habitants de plus seraient sans place 2 ans après")
    assert f"sur {number(10_000)}" in change
    assert "plus d’un point dans 1 des 4 communes" in change
