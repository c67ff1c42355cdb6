"""Lists by page: the same scenarios as the whole list, a page at a time, on both databases."""

import pytest

from data.scenarios import drafts, listing, store
from data.scenarios.drafts import Draft
from data.scenarios.listing import Kind, listed
from data.uploads import Site

SITE = Site(2, "MSP", "19275", "Ussel", 2.3138, 45.5448)

pytestmark = pytest.mark.usefixtures("server")


@pytest.fixture
def kept(monkeypatch):
    """Keep 25 scenarios of one region, some of each kind, and one of another; ten a page."""
    monkeypatch.setattr(listing, "PER_PAGE", 10)
    for number in range(19):
        store.save(Draft(f"Projet Égletons {number}", "75", sites=(SITE,)))
    for name in (drafts.PLAN, drafts.PLAN, drafts.VIEW, drafts.POLE, drafts.POLE, drafts.POLE):
        store.save(Draft(f"Autre {name}", "75", parameters={name: {"a": "b"}}))
    store.save(Draft("Là-bas", "53"))
    return store.scenarios()


def _whole(region, kind, **asked):
    first = listed(region, kind, **asked)
    pages = [listed(region, kind, page=n, **asked) for n in range(1, first.pages + 1)]
    return [one for page in pages for one in page.scenarios.values()]


def test_pages_together_are_the_whole_list_in_its_order(kept):
    here = [one for one in kept if one.draft.region == "75"]
    plans = [one for one in here if drafts.PLAN in one.draft.parameters]
    views = [one for one in here if drafts.VIEW in one.draft.parameters]
    assert _whole("75", Kind.PLAN) == plans
    assert _whole("75", Kind.VIEW) == views
    assert _whole("75", Kind.EFFECT) == [one for one in here if one not in views]
    assert _whole("75", Kind.WORK) == [one for one in here if one not in plans + views]
    assert [one.draft.name for one in _whole("53", Kind.WORK)] == ["Là-bas"]
    assert (listed("75", Kind.WORK).total, listed("75", Kind.WORK).pages) == (22, 3)


def test_a_search_forgives_accents_and_takes_all_its_words(kept):
    found = listed("75", Kind.WORK, search="1 EGLETONS")
    assert found.found == 10  # 1 and 10 to 18
    assert found.total == 22
    assert {one.draft.name for one in found.scenarios.values()} == {
        f"Projet Égletons {n}" for n in (1, *range(10, 19))
    }
    assert listed("75", Kind.WORK, search="nulle part").found == 0


def test_the_one_in_use_is_there_whatever_the_page_and_the_search(kept):
    oldest = next(one for one in kept if one.draft.name == "Projet Égletons 0")
    page = listed("75", Kind.WORK, search="autre", also=oldest.id)
    assert next(iter(page.scenarios)) == oldest.id
    assert page.found == 3
    elsewhere = next(one for one in kept if one.draft.region == "53")
    assert elsewhere.id not in listed("75", Kind.WORK, also=elsewhere.id).scenarios


def test_a_page_beyond_the_last_is_the_last(kept):
    last = listed("75", Kind.WORK, page=99)
    assert (last.page, len(last.scenarios)) == (3, 2)


def test_each_owner_has_a_list_of_their_own():
    store.save(Draft("À Anne", "75"), owner="anne@ars.invalid")
    given = store.save(Draft("Donné", "75"), owner="anne@ars.invalid")
    store.give_access(given.id, store.READ, owner="anne@ars.invalid")
    assert list(listed("75", Kind.WORK, owner="bruno@ars.invalid").scenarios) == [given.id]
    assert listed("75", Kind.WORK, owner="bruno@ars.invalid", search="anne").found == 1
    assert listed("75", Kind.WORK).total == 0


@pytest.mark.parametrize("change", [{"region": None}, {"sites": 3}])
def test_what_cannot_be_read_is_named_and_the_others_listed(change):
    store.save(Draft("Entier", "75"))
    broken = store.save(Draft("Altéré", "75"))
    with store.session() as opened:
        row = opened.get(store.ScenarioRow, broken.id)
        row.content = {k: v for k, v in (dict(row.content) | change).items() if v is not None}
    found = listed("75", Kind.WORK)
    assert [one.draft.name for one in found.scenarios.values()] == ["Entier"]
    assert found.damaged == ("Altéré",)
