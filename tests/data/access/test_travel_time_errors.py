"""The error table of the method screen says what the fit published."""

import json

import pandas as pd
import pytest
from scipy import stats

from benchmarks.fit_travel_time import half_interval
from data.access import travel_time_errors
from geo.friction.engine import ERRORS_FILE
from geo.friction.said import said


def test_the_table_holds_every_method_and_our_bands() -> None:
    shown = travel_time_errors.table()
    published = json.loads(ERRORS_FILE.read_text(encoding="utf-8"))
    assert shown["Méthode"].nunique() == 3 + len(published["baselines"])
    whole = shown[shown["Trajets de"] == "0 à 40 min"].set_index("Méthode")
    ours = next(one for one in published["towns"]["bands"] if one["band"] == "0-40")
    said = whole["Écart moyen (min)"].iloc[0].replace(",", ".")
    assert abs(float(said) - ours["mean_absolute_error"]) <= 0.05 + 1e-9
    assert "INSEE" in travel_time_errors.note()


def test_a_departement_without_known_trips_is_said_so() -> None:
    names = {"33": "Gironde", "19": "Corrèze"}
    shown = travel_time_errors.by_departement(names).set_index("Département")
    assert shown.loc["Gironde (33)", "Trajets connus"] > 100
    assert "," in shown.loc["Gironde (33)", "Écart moyen (min)"]
    assert shown.loc["Corrèze (19)", "Trajets connus"] == 0
    assert shown.loc["Corrèze (19)", "Écart moyen (min)"] == "aucun trajet connu"


def test_a_bias_beyond_a_minute_is_told_in_its_direction_with_bounds_where_they_say_something() -> (
    None
):
    errors = json.loads(ERRORS_FILE.read_text(encoding="utf-8"))
    known = errors["departements"]
    known["2B"] |= {"bias": -3.3, "bias_half_interval": 2.1}
    known["49"] |= {"bias": 1.5, "bias_half_interval": 1.2}
    known["06"] |= {"pairs": 33, "bias": -4.28, "bias_half_interval": 7.4}
    known["48"] |= {"pairs": 11, "bias": -4.01, "bias_half_interval": None}
    known["33"] |= {"bias": 0.9, "bias_half_interval": 0.1}
    told = said(errors, ("2B", "49", "06", "48", "33"))
    assert "2B : un trajet y dure en moyenne de 1,2 à 5,4 min de plus que l’estimation." in told
    assert "49 : un trajet y dure en moyenne de 0,3 à 2,7 min de moins que l’estimation." in told
    assert "06 : les 33 trajets connus durent en moyenne 4,3 min de plus" in told
    assert "48 : les 11 trajets connus durent en moyenne 4,0 min de plus" in told
    assert "33 :" not in told
    shown = travel_time_errors.by_departement({"2B": "Haute-Corse", "48": "Lozère"})
    assert (
        shown.set_index("Département").loc["Lozère (48)", "Biais, de … à … (95 %)"]
        == "trop peu de lieux"
    )


def test_an_interval_counts_the_trips_of_a_place_as_one_draw() -> None:
    gaps, places = pd.Series([1.0, 3.0, 2.0, 6.0]), pd.Series([1, 2, 3, 4])
    alone = half_interval(gaps, places)
    assert alone == pytest.approx(stats.t.ppf(0.975, 3) * stats.sem(gaps))
    again = half_interval(pd.concat([gaps] * 9), pd.concat([places] * 9))
    assert again == pytest.approx(alone)  # the same trips told nine times say no more
    assert half_interval(gaps, pd.Series([7, 7, 7, 7])) is None


def test_overseas_times_are_said_to_be_unknown() -> None:
    errors = json.loads(ERRORS_FILE.read_text(encoding="utf-8"))
    assert "inconnus" in said(errors, ("971",))
    assert "Aucun trajet connu" in said(errors, ("19",))
    assert "Ici (33)" in said(errors, ("33",))
