"""Names of regions, in sentences."""

import pytest

from data.region.france import NAMES, are_several, named, within


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


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("Corse-du-Sud", "la Corse-du-Sud"),
        ("Haute-Corse", "la Haute-Corse"),
        ("Hérault", "l’Hérault"),
        ("Ille-et-Vilaine", "l’Ille-et-Vilaine"),
        ("Yonne", "l’Yonne"),
        ("Lot-et-Garonne", "le Lot-et-Garonne"),
        ("Côtes-d'Armor", "les Côtes-d’Armor"),
        ("Val-d'Oise", "le Val-d’Oise"),
        ("La Réunion", "La Réunion"),
        ("Mayotte", "Mayotte"),
    ],
)
def test_a_departement_has_its_article_in_a_sentence(name: str, told: str) -> None:
    assert named(name) == told


def test_a_verb_follows_the_number_of_a_departement() -> None:
    assert [are_several(one) for one in ("Landes", "Vosges", "Gironde", "Paris")] == [
        *(True, True),
        *(False, False),
    ]
