"""Names of communes: written as people write them, told apart."""

import pytest

from data.region import embedded_set
from data.region.gazetteer import gazetteer, name_key


@pytest.fixture(scope="module")
def names():
    return gazetteer()


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("ST-JEAN d'Angély", "saint jean d angely"),
        ("Ste Foy la Grande", "sainte foy la grande"),
        ("Vic s/ Seille", "vic sur seille"),
        ("Condé s/s Bois", "conde sous bois"),
        ("Rochelle (La)", "la rochelle"),
        ("Isle-d'Espagnac, L'", "l isle d espagnac"),
        ("Bordeaux CEDEX 09", "bordeaux"),
        ("Mairie de Guéret", "gueret"),
        ("Ussel (19)", "ussel"),
        ("Œyreluy", "oeyreluy"),
    ],
)
def test_writings_come_to_one_key(written, key):
    assert name_key(written) == key


def test_every_commune_finds_itself_by_name_and_postcode(names):
    for place in list(names.communes.values())[::7]:
        postcode = place.label.rpartition("(")[2].rstrip(")")
        if len(postcode) == 5:
            match = names.by_name(place.name.upper(), postcode)
            assert place in match.places, place
            assert match.sure or len(match.places) > 1


def test_region_comes_before_its_fringe(names):
    match = names.by_name("Ussel")
    assert match.sure
    assert match.places[0].code == "19275"
    assert "Ussel (46240)" in match.note


def test_codes_follow_mergers_and_lost_zeros(names):
    assert names.by_code("19275.0").places[0].name == "Ussel"
    merged = names.by_code("24312")
    assert merged.sure
    former = next(iter(embedded_set.mergers()))
    assert "ancien code" in names.by_code(former).note
    assert not names.by_code("99999").places
