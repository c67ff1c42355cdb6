"""A commune as an address names it: code, name, former code, here or in another region."""

import pytest

from data.region import asked_places, embedded_set


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
        ("Rennes", "75", "Aucune commune ne s’appelle « Rennes » en Nouvelle-Aquitaine"),
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
