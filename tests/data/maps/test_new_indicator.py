"""Adding an indicator takes two files: where it is computed, and where it is described."""

import numpy as np
import pandas as pd
import pytest

from data.access.indicators import aggregate, commune_indicators
from data.maps import payload
from data.reports import columns
from geo import layers
from geo.layers import Indicator, LegendClass
from tests.data.access.small_region import GPS, made

NEW = Indicator(
    "pharmacies_per_1000",
    "Pharmacies pour 1 000 habitants",
    "Pharmacies",
    "pour 1 000",
    1,
    (0.5,),
    (LegendClass("jusqu’à 0,5", "#ffffff"), LegendClass("plus de 0,5", "#000000")),
    ("gps",),
    "habitants de la commune",
)
KIND = Indicator(
    "kind", "Genre", "Genre", "", 0, (), (LegendClass("bourg", "#fff", "bourg"),), (), "communes"
)


@pytest.fixture
def described(monkeypatch):
    """The map knows two more indicators; nothing else does."""
    for place in (layers, columns):
        monkeypatch.setattr(place, "INDICATORS", (*layers.INDICATORS[:1], NEW, KIND))


def test_the_map_the_card_and_the_exports_take_an_indicator_that_was_only_described(described):
    territory = made(GPS)
    table = commune_indicators(territory).assign(
        pharmacies_per_1000=[0.2, 0.4, 0.8, np.nan, np.nan, 1.0],
        kind=["bourg", "bourg", "hameau", "", "", "bourg"],
    )
    around = {level: aggregate(table, level) for level in payload.LEVELS}
    document = payload.configuration(territory, table, around)
    drawn = {one["key"]: one for one in document["indicators"]}
    assert drawn[NEW.key]["values"][:3] == [0.2, 0.4, 0.8]
    assert "0,6 pour 1 000 dans la commune médiane des 4 communes" in drawn[NEW.key]["sentence"]
    assert "3 des 4 communes connues : bourg" in drawn[KIND.key]["sentence"]
    exported = columns.titled(table)
    assert exported["Pharmacies pour 1 000 habitants (pour 1 000)"].notna().sum() == 4
    pd.testing.assert_series_equal(exported["Genre"], table["kind"], check_names=False)
