"""A place as an address names it: code, name, former code, here or in another region."""

import pytest

from data.region import asked_places, embedded_set, france


@pytest.mark.parametrize(
    ("asked", "code", "region"),
    [
        ("87085", "87085", "75"),
        ("Limoges", "87085", "75"),
        ("st junien", "87154", "75"),
        ("97411", "97411", "04"),
        ("Rennes", "35238", "53"),
        ("75115", "75056", "11"),  # an arrondissement
        ("1015", "01015", "84"),  # a spreadsheet has eaten its zero
        ("2a004", "2A004", "94"),
    ],
)
def test_a_commune_is_found_wherever_it_is(asked: str, code: str, region: str) -> None:
    found = asked_places.commune(asked, "75", anywhere=True)
    assert found == asked_places.Asked(code, region)


def test_a_former_commune_is_that_which_it_became() -> None:
    former, now = next(
        one for one in embedded_set.all_mergers().items() if asked_places.region_of(one[1]) == "75"
    )
    assert former not in set(embedded_set.all_codes())
    assert asked_places.commune(former, "75", anywhere=True).code == now


@pytest.mark.parametrize(
    ("asked", "region", "told"),
    [
        ("97411", "75", "n’est pas en Nouvelle-Aquitaine mais à La Réunion"),
        ("Rennes", "75", "Rennes (35238), que donne cette adresse, n’est pas en Nouvelle-Aquit"),
        ("Renes", "75", "Aucune commune ne s’appelle « Renes » en Nouvelle-Aquitaine"),
        ("87999", "75", "Aucune commune n’a le code 87999"),
        ("Saint-Denis", "FR", "4 communes s’appellent « Saint-Denis »"),
        ("x" * 5000, "99", "Aucune commune ne s’appelle « xxx"),
    ],
)
def test_what_names_no_commune_of_the_region_is_told(asked: str, region: str, told: str) -> None:
    found = asked_places.commune(asked, region, anywhere=False)
    assert not found.code
    assert told in found.told
    assert len(found.told) < 300


def test_homonyms_count_and_codes_are_those_of_the_official_list() -> None:
    everywhere = embedded_set.everywhere()
    codes = everywhere.loc[everywhere["name"] == "Saint-Denis", "code"].tolist()
    told = asked_places.commune("saint denis", "FR", anywhere=False).told
    assert len(codes) == 4
    assert all(code in told for code in codes)


@pytest.mark.parametrize(("name", "others"), [("Hauteville", 0), ("Apremont", 2)])
def test_homonyms_that_are_not_named_are_counted(name: str, others: int) -> None:
    everywhere = embedded_set.everywhere()
    codes = everywhere.loc[everywhere["name"] == name, "code"].tolist()
    told = asked_places.commune(name, "FR", anywhere=False).told
    assert sum(code in told for code in codes) == len(codes) - others
    assert (f"et {others} autres" in told) == bool(others)


EPCIS = {
    "200034825": "CA du Grand Guéret",
    "200067544": "CC Creuse Confluence",
    "200067593": "CC Portes de la Creuse en Marche",
    "242320109": "CC Pays Dunois (Creuse)",
}


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ("200034825", "200034825"),
        ("ca du grand gueret", "200034825"),
        ("Grand Guéret", "200034825"),
        ("CC Pays Dunois", "242320109"),  # what tells homonyms apart is not written by hand
    ],
)
def test_a_territory_is_found_by_its_code_its_name_or_what_only_its_name_has(
    asked: str, code: str
) -> None:
    assert asked_places.one_of(asked, "epci", EPCIS, "75") == asked_places.Asked(code, "75")


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("Creuse", "peut être CC Creuse Confluence (200067544) ou CC Portes de la Creuse"),
        ("Gueretois", "Aucun EPCI ne s’appelle « Gueretois » en Nouvelle-Aquitaine"),
        ("999", "Aucun EPCI n’a le code « 999 »"),
        ("", "Aucun EPCI ne s’appelle"),
        ("uére", "Aucun EPCI ne s’appelle"),  # a part of a word is not one
    ],
)
def test_what_names_no_territory_or_several_is_told(asked: str, told: str) -> None:
    found = asked_places.one_of(asked, "epci", EPCIS, "75")
    assert not found.code
    assert told in found.told


def test_departements_of_a_region_are_not_those_of_its_fringe() -> None:
    names = asked_places.departements("75")
    assert len(names) == 12
    assert asked_places.one_of("haute-vienne", "departement", names, "75").code == "87"
    assert not asked_places.one_of("Lot", "departement", names, "75").code  # across the border


def test_a_region_is_a_territory_by_its_name_where_the_address_names_none() -> None:
    names = {"75": "Nouvelle-Aquitaine"}
    found = asked_places.sheet("bretagne", "region", "75", names, anywhere=True)
    assert found == asked_places.Asked("53", "53")
    told = asked_places.sheet("bretagne", "region", "75", names, anywhere=False).told
    assert "Aucune région ne s’appelle « bretagne » en Nouvelle-Aquitaine" in told


@pytest.mark.parametrize("asked", ["Lot", "lot", "46"])
def test_a_departement_of_another_region_is_found_or_said_to_be_there(asked: str) -> None:
    names = asked_places.departements("75")
    found = asked_places.sheet(asked, "departement", "75", names, anywhere=True)
    assert found == asked_places.Asked("46", "76")
    there = asked_places.sheet(asked, "departement", "75", names, anywhere=False)
    assert (there.code, there.region) == ("", "76")
    assert "Le Lot (46), que donne cette adresse, n’est pas en Nouvelle-Aquitaine" in there.told
    assert "mais en Occitanie" in there.told
    several = asked_places.sheet("vosges", "departement", "75", names, anywhere=False)
    assert "Les Vosges (88), que donne cette adresse, ne sont pas" in several.told


def test_an_epci_of_another_region_is_found_where_that_region_is_built(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its region is read by its communes: a made-up one, that of two regions counted once."""
    known = {
        "53": {"243500139": "Rennes Métropole", "200043123": "CC de l'Oust"},
        "52": {"200043123": "CC de l'Oust"},
    }
    monkeypatch.setattr(france, "built", lambda: frozenset({*known, "75", "FR"}))
    monkeypatch.setattr(embedded_set, "epcis", known.__getitem__)
    for asked in ("Rennes Métropole", "243500139"):
        found = asked_places.sheet(asked, "epci", "75", EPCIS, anywhere=True)
        assert found == asked_places.Asked("243500139", "53")
    there = asked_places.sheet("Rennes Métropole", "epci", "75", EPCIS, anywhere=False)
    assert "n’est pas en Nouvelle-Aquitaine mais en Bretagne" in there.told
    # A part of several names here is no name elsewhere.
    monkeypatch.setitem(known["53"], "1", "CA de la Creuse")
    assert "peut être" in asked_places.sheet("Creuse", "epci", "75", EPCIS, anywhere=True).told
    assert asked_places.sheet("CC de l'Oust", "epci", "75", EPCIS, anywhere=True).code
    assert not asked_places.sheet("CC du Pays bleu", "epci", "75", EPCIS, anywhere=True).code


def test_names_of_departements_are_those_of_the_set() -> None:
    table = embedded_set.departements("75")  # the region and its fringe
    assert {code: france.DEPARTEMENTS[code] for code in table["code"]} == dict(
        zip(table["code"], table["name"], strict=True)
    )
    assert len(france.DEPARTEMENTS) == 101
    assert set(embedded_set.epcis()) == set(embedded_set.communes()["epci"]) - {""}
