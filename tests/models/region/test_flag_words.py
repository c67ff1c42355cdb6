"""What a planner reads of a commune: how many of a hundred such communes lost their last GP."""

import pytest

from data.base.french import number
from models.learning.signals import CANNOT_TELL, HORIZONS, LOSES, SETS, STAYS
from models.region import flag


@pytest.mark.parametrize("horizon", HORIZONS)
def test_only_a_signal_of_loss_comes_true(horizon: int) -> None:
    """ "maintien" came true 0.8 times of 100: it said how many of those told to stay were lost."""
    rates = flag.past(horizon, "set").set_index("label")
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
        }
        sentence = flag.headline(row)[2]
        known = rates.loc[told]
        assert f"({number(known['losses'])} sur {number(known['communes'])} ;" in sentence
        assert ("se sont réalisés" in sentence) == (told == LOSES)
        if told in (STAYS, CANNOT_TELL):
            assert sentence.startswith(f"Sur 100 communes dites « {told} », ")
            assert "n’avaient plus de médecin à l’échéance" in sentence
