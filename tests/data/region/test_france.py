"""Names of regions, in sentences."""

import pytest

from data.region.france import NAMES, within


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("53", "en Bretagne"),
        ("06", "à Mayotte"),
        ("04", "à La Réunion"),
        ("44", "dans le Grand Est"),
        ("52", "dans les Pays de la Loire"),
    ],
)
def test_a_region_is_told_as_a_place_in_french(code: str, told: str) -> None:
    assert within(NAMES[code]) == told
