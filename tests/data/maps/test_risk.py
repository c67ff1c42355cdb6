"""The risk on maps: a forecast that has ended is said to have, on its indicator only."""

import pandas as pd

from data.access import indicators
from data.maps import risk
from data.maps.sentences import LEFT_OUT, sentence
from data.region import catalogue
from geo.layers import INDICATORS

RISK = next(one for one in INDICATORS if one.key == "risk_class")


def test_a_filtered_sentence_has_a_filtered_denominator() -> None:
    table = pd.DataFrame(
        {
            "code": ["23096", "23008", "19275", "19031", "33063"],
            "population": 100.0,
            "gps": [1.0, 2.0, 1.0, 0.0, 3.0],
            "risk_class": ["élevé", "faible", "très élevé", "sans médecin", "modéré"],
        }
    )
    among = "communes ayant un médecin"
    assert f"2 des 4 {among} sont en risque élevé" in sentence(RISK, table, "Région")
    table.loc[[2, 4], "risk_class"] = LEFT_OUT
    assert f"1 des 2 {among} que garde le filtre est en risque" in sentence(RISK, table, "Région")
    table.loc[[0, 1], "risk_class"] = LEFT_OUT
    assert "aucune commune ayant un médecin que garde le filtre" in sentence(RISK, table, "Région")


def test_communes_probably_without_gp_are_told_apart() -> None:
    """They are neither in the classes of the legend nor among those that have a GP."""
    table = pd.DataFrame(
        {
            "code": ["23096", "23008", "19275"],
            "population": 100.0,
            "gps": [1.0, 2.0, 1.0],
            "risk_class": ["élevé", risk.PROBABLY_GONE, "faible"],
        }
    )
    told = sentence(RISK, table, "Région")
    assert "1 des 2 communes ayant un médecin est en risque élevé" in told
    assert told.endswith("À part, 1 commune probablement déjà sans médecin, à vérifier.")
    alone = table.assign(risk_class=[LEFT_OUT, risk.PROBABLY_GONE, LEFT_OUT])
    told = sentence(RISK, alone, "Région")
    assert told.endswith(": 1 commune probablement déjà sans médecin, à vérifier.")


def test_a_sentence_that_foretells_nothing_has_no_horizon(prepared: None) -> None:
    territory = catalogue.load_territory()
    table = indicators.commune_indicators(territory)
    for shown, horizon in ((risk.PROBABLY_GONE, False), ("élevé", True)):
        here = table.assign(risk_class=shown)
        document = risk.configuration(territory, here, 2)
        [told] = [one for one in document["indicators"] if one["key"] == "risk_class"]
        assert ("à l’horizon de 2 ans" in told["sentence"]) == horizon
        # What the class is says the horizon that was chosen, and no other.
        assert "aucun à l’horizon de 2 ans." in told["note"]
        assert "trois ans" not in told["note"]


def test_overseas_the_sentence_says_that_the_worth_of_the_model_is_unknown() -> None:
    table = pd.DataFrame(
        {"code": ["97608", "97611"], "population": 100.0, "gps": 1.0, "risk_class": "faible"}
    )
    unknown = "Ce que vaut le modèle outre-mer n’est pas connu."
    assert sentence(RISK, table, "Mayotte").endswith(f"relève non assurée. {unknown}")
    table["code"] = ["23096", "2A004"]
    assert unknown not in sentence(RISK, table, "Région")


def test_only_the_risk_says_that_its_forecast_has_ended() -> None:
    indicators = [
        {"key": "apl", "sentence": "APL."},
        {"key": "risk_class", "sentence": "3 communes."},
    ]
    document = {"indicators": indicators, "whole": True}
    told = risk.with_overdue(document, "Prévision échue.")
    assert [one["sentence"] for one in told["indicators"]] == [
        "APL.",
        "3 communes. Prévision échue.",
    ]
    assert told["whole"]
    # The configuration is shared by all sessions: it is not changed in place.
    assert indicators[1]["sentence"] == "3 communes."
    assert risk.with_overdue(document, "") is document
