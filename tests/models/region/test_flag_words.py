"""What a planner reads of a commune: how many of a hundred such communes lost their last GP."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from data.base.french import number, percent
from data.region import catalogue
from models.learning import artefact
from models.learning.register import CONFIRMED, GONE, UNKNOWN
from models.learning.signals import CANNOT_TELL, CLASSES, HORIZONS, LOSES, SETS, STAYS, span_of
from models.region import flag, flag_tables, past_rates, predict
from models.region.departure import Departure, RoomLost


@pytest.mark.parametrize("horizon", HORIZONS)
def test_only_a_signal_of_loss_comes_true(horizon: int) -> None:
    """ "maintien" came true 0.8 times of 100: it said how many of those told to stay were lost."""
    rates = past_rates.past(horizon, "set").set_index("label")
    for told in SETS:
        row = {
            "horizon": horizon,
            "register_fed": False,
            "risk_class": "faible",
            "set": told,
            "probability": 0.02,
            "low": 0.01,
            "high": 0.03,
            "as_of": 2020,
            "register": "",
            "state": UNKNOWN,
        }
        sentence = flag.headline(row)[2]
        known = rates.loc[told]
        lost, seen = float(known["losses"]), float(known["communes"])
        assert f"({number(lost)} sur {number(seen)} ;" in sentence
        assert ("s’étaient réalisés" in sentence) == (told == LOSES)
        assert past_rates.when_told(horizon) in sentence
        if told in (STAYS, CANNOT_TELL):
            named = "communes dont le modèle dit" if told == STAYS else "communes dont le modèle"
            assert sentence.startswith(f"Sur 100 {named} « {told} »")
            assert "n’avaient plus de médecin " in sentence


def test_what_is_unknown_says_why_of_this_commune() -> None:
    """Three reasons were told of each, a fall from ten GPs of a commune that has one."""
    row = {"state": UNKNOWN, "as_of": 2017, "register": "", "gps": 1.0}
    assert flag.register_told(row) == (
        "Déjà parti ? On ne le sait pas : aucun registre plus récent que les effectifs de 2017 "
        "n’est importé."
    )
    one = flag.register_told(row | {"register": "mars 2019 (SIRENE)"})
    assert "mars 2019 (SIRENE)" in one
    assert "contredisent" not in one
    both = row | {"register": "mars 2019 (SIRENE) et mars 2019 (FINESS)"}
    assert "contredisent" in flag.register_told(both)
    assert "en comptait" not in flag.register_told(both)
    assert "en comptait 10 ou plus" in flag.register_told(both | {"gps": 12.0})


def test_rates_counted_at_another_length_say_so() -> None:
    """The rates of three years stood beside the probability of one, both "à l’échéance"."""
    for horizon in HORIZONS:
        start, end = span_of(horizon)
        told = past_rates.when_told(horizon)
        assert (told == "à l’échéance") == (end - start == horizon)
        assert told == "à l’échéance" or f"au bout de {end - start} ans, faute" in told
    assert past_rates.when_told(3, register=True) == "à l’échéance"
    assert past_rates.when_told(6, register=True) == "au bout de 3 ans, faute d’effectif à 6 ans"


@pytest.mark.parametrize("horizon", HORIZONS)
def test_where_the_register_shows_a_gp_only_such_communes_are_counted(horizon: int) -> None:
    """Of a class that the register fills with the absent, "63 of 100" was said of the others."""
    absent, lost = artefact.shipped().flagged
    for kind in ("class", "set"):
        every, shown, gone = (
            past_rates.past(horizon, kind, register=True, shown=one) for one in (None, True, False)
        )
        assert (gone["communes"].sum(), gone["losses"].sum()) == (absent, lost)
        for name in ("communes", "losses"):
            assert (shown[name] + gone[name] == every[name]).all()
            assert (gone[name] >= 0).all()
    told = {}
    for state in (CONFIRMED, GONE):
        row = {
            "horizon": horizon, "register_fed": True, "risk_class": CLASSES[-1], "set": LOSES,
            "probability": 0.4, "low": 0.3, "high": 0.5, "as_of": 2017, "state": state,
            "register": "mars 2019",
        }  # fmt: skip
        told[state] = flag.headline(row)
    assert "où le registre montrait encore un médecin" in told[CONFIRMED][1]
    assert told[CONFIRMED][1].startswith(f"Trop peu de communes de la classe « {CLASSES[-1]} »")
    rate = past_rates.past(horizon, "set", register=True, shown=False).set_index("label")["rate"]
    assert "où le registre ne montrait plus de médecin" in told[GONE][1]
    assert f", {past_rates.of_hundred(rate[LOSES])} s’étaient réalisés" in told[GONE][2]
    table = flag_tables.class_rates_told(horizon, register=True)
    assert table.iloc[0]["Taux observé"] == "trop peu"
    rate = past_rates.past(horizon, "set", register=True, shown=True).set_index("label")["rate"]
    assert f", {past_rates.of_hundred(rate[LOSES])} s’étaient réalisés" in told[CONFIRMED][2]


def test_a_departure_that_moves_one_person_is_told_of_one() -> None:
    neighbours = pd.DataFrame(
        {"code": ["1"], "name": ["A"], "extra_patients": [1.0], "extra_patients_per_gp": [1.0]}
    )
    communes = pd.DataFrame({"apl_before": [2.0], "apl_after": [1.0], "population": [1.0]})
    gone = Departure(
        code="2", name="B", gps_before=1, gps_after=0, minutes_before=0, minutes_after=9,
        people_beyond_20=1, people_left=1, apl_before=2, apl_after=1, communes=communes,
        neighbours=neighbours, rounds=(), horizon=1,
        room=RoomLost(1000, 0, 0, pd.DataFrame({"name": [], "people": []})),
    )  # fmt: skip
    told = flag_tables.departure_told(gone)
    assert "1 habitant passerait au-delà de 20 minutes." in told
    assert "1 patient n’aurait plus de médecin à 20 minutes." in told
    assert "L’accessibilité (APL) baisserait dans 1 commune, 1 habitant." in told
    assert any(line.startswith("1 patient se reporterait à A (1) ;") for line in told)


def test_a_departure_names_who_takes_most_then_how_many_others() -> None:
    taken = {"Le Dorat": 30.0, "Aubusson": 50.0, "Bias": 4.0, "Ussel": 20.0, "B": 3.0, "Far": 0.5}
    neighbours = pd.DataFrame(
        {"code": list(taken), "name": list(taken), "extra_patients": list(taken.values())}
    ).assign(extra_patients_per_gp=lambda rows: rows["extra_patients"])
    gone = Departure(
        code="B", name="B", gps_before=2, gps_after=1, minutes_before=0, minutes_after=0,
        people_beyond_20=0, people_left=0, apl_before=2, apl_after=1, neighbours=neighbours,
        communes=pd.DataFrame({"apl_before": [], "apl_after": [], "population": []}),
        rounds=(), horizon=1,
        room=RoomLost(1000, 9, 9, pd.DataFrame({"name": ["Le Dorat", "Bias"], "people": [7, 2]})),
    )  # fmt: skip
    told = flag_tables.departure_told(gone)
    assert any(
        "se reporteraient, surtout à Aubusson (50), au Dorat (30) et à Ussel (20), "
        "puis dans 2 autres communes (dont B) ;" in line
        for line in told
    )
    assert told[0].endswith("surtout au Dorat (7) et à Bias (2).")
    assert not any("registre" in line for line in told)
    for absent, where in (
        ({"Le Dorat", "Ussel"}, "au Dorat et à Ussel (50 patients)"),
        (
            {"Le Dorat", "Aubusson", "Ussel", "Bias"},
            "à Aubusson, au Dorat, à Ussel et dans 1 autre",
        ),
    ):
        doubted = flag_tables.departure_told(replace(gone, absent=frozenset(absent)))
        assert doubted[-1].startswith(
            "Parmi les communes qui les reprendraient, le registre ne montre plus de médecin "
            f"{where}"
        )
        assert doubted[-1].endswith(" : à vérifier.")
    own = flag_tables.departure_told(replace(gone, absent=frozenset({"B"})))
    assert any(line.startswith("Le registre ne montre déjà plus de médecin à B :") for line in own)


def moved(*effects: tuple[float, float]) -> np.ndarray:
    """Return what changes add to a probability: the model's, then refits from low to high."""
    return np.array([[(low + high) / 2, *np.linspace(low, high, 41)] for low, high in effects])


def test_a_change_is_told_where_the_model_tells_it_from_its_noise() -> None:
    steps = [("A", 0.0), ("A", 1.0), ("B", 1.0), ("B", -1.0)]
    clear = moved((0, 0), (-0.09, -0.05), (-0.03, -0.01), (0.01, 0.03))
    assert flag._sure(steps, clear).tolist() == [True, True, True, True]
    noisy = moved((0, 0), (-0.09, 0.05), (-0.03, -0.01), (-0.01, 0.03))
    assert flag._sure(steps, noisy).tolist() == [True, False, True, False]
    # A GP more nearby raises the risk, and so does one less: nothing is known of that place.
    absurd = moved((0, 0), (-0.09, -0.05), (0.002, 0.004), (0.002, 0.004))
    assert flag._sure(steps, absurd).tolist() == [True, True, False, False]


def test_what_is_not_told_from_noise_has_no_figure_and_is_said_to_have_none() -> None:
    levers = pd.DataFrame(
        {
            "change": ["Situation actuelle", "Un de plus ici", "Un de plus là", "Un de moins là"],
            "probability": [0.393, 0.21, 0.396, 0.397],
            "risk_class": "très élevé",
            "sure": [True, True, False, False],
        }
    )
    told = flag_tables.levers_told(levers)
    assert [one.partition(" : ")[0] for one in told[:2]] == ["Situation actuelle", "Un de plus ici"]
    assert "« Un de plus là » et « Un de moins là »" in told[2]
    assert not re.search(r"39,[67]", " ".join(told))
    assert len(flag_tables.levers_told(levers.assign(sure=True))) == 4


def test_levers_name_places_in_french_and_tell_no_change_that_is_written_alike(
    prepared_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROXISOINS_HOME", str(prepared_home))
    territory = catalogue.load_territory()
    risk = predict.risk_table(territory).set_index("code")
    safest = str(risk.index[-1])  # so safe that one GP more changes nothing that is written
    levers = flag.levers(territory, safest, 3)
    first, *others = flag_tables.levers_told(levers)
    assert levers["probability"].iloc[0] == pytest.approx(risk.loc[safest, "probability"])
    written = percent(levers["probability"].iloc[0], 1)
    assert first.endswith(written)
    assert others
    assert not any(one.endswith(written) for one in others)
    assert not re.search(r"à Les? ", " ".join(levers["change"]))
    high = flag.levers(territory, str(risk.index[0]), 3)
    assert high["sure"].iloc[1], "one GP more where there is one"


@pytest.mark.parametrize("horizon", HORIZONS)
def test_what_the_high_classes_are_is_told_in_numbers(horizon: int) -> None:
    table = past_rates.past(horizon, "class").set_index("label")
    told = past_rates.classes_told(horizon)
    for label in ("élevé", "très élevé"):
        low, lost = (past_rates.of_hundred(table.loc[label, one]) for one in ("low", "rate"))
        after = told.split(f"« {label} » : ")[1]
        assert after.startswith(f"probabilité de {low} ")
        assert f"sur 100, {lost} n’avaient plus de médecin" in after
    assert told.endswith(f"({past_rates.counted_over(horizon)}, régions tenues à l’écart).")
