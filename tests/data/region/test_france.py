"""Names of regions, in sentences."""

import pytest

from data.region.france import NAMES, named, within


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


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("94", "la Corse"),
        ("76", "l’Occitanie"),
        ("11", "l’Île-de-France"),
        ("06", "Mayotte"),
        ("04", "La Réunion"),
        ("24", "le Centre-Val de Loire"),
        ("32", "les Hauts-de-France"),
    ],
)
def test_a_region_has_its_article_in_a_sentence(code: str, told: str) -> None:
    assert named(NAMES[code]) == told
