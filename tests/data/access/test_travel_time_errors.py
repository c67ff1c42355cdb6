"""The error table of the method screen says what the fit published."""

import json

from data.access import travel_time_errors
from geo.friction.engine import ERRORS_FILE


def test_the_table_holds_every_method_and_our_bands() -> None:
    shown = travel_time_errors.table()
    published = json.loads(ERRORS_FILE.read_text(encoding="utf-8"))
    assert shown["Méthode"].nunique() == 2 + len(published["baselines"])
    whole = shown[shown["Trajets de"] == "0 à 40 min"].set_index("Méthode")
    ours = next(one for one in published["engine"]["bands"] if one["band"] == "0-40")
    said = whole["Écart moyen (min)"].iloc[0].replace(",", ".")
    assert float(said) == round(ours["mean_absolute_error"], 1)
    assert "INSEE" in travel_time_errors.note()
