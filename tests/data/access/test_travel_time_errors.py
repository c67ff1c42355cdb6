"""The error table of the method screen says what the fit published."""

import json

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
    shown = travel_time_errors.by_departement(["33", "19"]).set_index("Département")
    assert shown.loc["33", "Trajets connus"] > 100
    assert "," in shown.loc["33", "Écart moyen (min)"]
    assert shown.loc["19", "Trajets connus"] == 0
    assert shown.loc["19", "Écart moyen (min)"] == "aucun trajet connu"


def test_overseas_times_are_said_to_be_unknown() -> None:
    errors = json.loads(ERRORS_FILE.read_text(encoding="utf-8"))
    assert "inconnus" in said(errors, ("971",))
    assert "Aucun trajet connu" in said(errors, ("19",))
    assert "Ici (33)" in said(errors, ("33",))
