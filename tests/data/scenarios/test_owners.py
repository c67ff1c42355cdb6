"""Whose scenarios are, who may open them, what comes back, and the journal, on both databases."""

import datetime as dt
from typing import Any

import pytest

from data.scenarios import database, journal, sharing, store
from data.scenarios.database import JournalRow, session
from data.scenarios.drafts import Draft
from geo.errors import InvalidInputError, UnavailableError

ANNE, BRUNO = "anne@ars.invalid", "bruno@ars.invalid"
DRAFT = Draft("Plateau", "75", note="au départ")


def later(monkeypatch: pytest.MonkeyPatch, **time: int) -> None:
    moment = dt.datetime.now(tz=dt.UTC) + dt.timedelta(**time)
    monkeypatch.setattr(database, "now", lambda: moment)


def done(scenario_id: str) -> list[tuple[str, str]]:
    return [(one.author, one.action) for one in reversed(journal.entries(scenario_id))]


def test_a_scenario_is_its_owners_until_it_is_shared(server: str) -> None:
    saved = store.save(DRAFT, owner=ANNE)
    assert store.scenarios(owner=BRUNO) == []
    assert store.give_access(saved.id, store.READ, owner=ANNE).access == store.READ
    (seen,) = store.scenarios(owner=BRUNO)
    assert (seen.owner, seen.draft) == (ANNE, DRAFT)
    assert not seen.changed_by(BRUNO)
    for refused in (
        lambda: store.update(seen, Draft("Le mien", "75"), owner=BRUNO),
        lambda: sharing.share(saved.id, owner=BRUNO),
        lambda: store.delete(saved.id, owner=BRUNO),
        lambda: store.give_access(saved.id, store.CHANGE, owner=BRUNO),
    ):
        with pytest.raises(UnavailableError, match=r"appartient à anne@ars\.invalid"):
            refused()
    assert store.duplicate(saved.id, "Copie", owner=BRUNO).owner == BRUNO
    assert store.scenarios() == []


def test_a_scenario_shared_to_be_changed_stays_its_owners(server: str) -> None:
    saved = store.save(DRAFT, owner=ANNE)
    store.give_access(saved.id, store.CHANGE, owner=ANNE)
    changed = store.update(saved, Draft("Plateau", "75", note="revu"), owner=BRUNO)
    assert (changed.owner, changed.updated_by) == (ANNE, BRUNO)
    token, link = sharing.share(saved.id, owner=BRUNO)
    assert link.made_by == BRUNO
    with pytest.raises(UnavailableError, match="appartient"):
        store.delete(saved.id, owner=BRUNO)
    store.give_access(saved.id, store.PRIVATE, owner=ANNE)
    with pytest.raises(UnavailableError, match="n’existe pas"):
        store.load(saved.id, owner=BRUNO)
    assert sharing.open_share(token).draft.note == "revu"
    with pytest.raises(InvalidInputError, match="Partage inconnu"):
        store.give_access(saved.id, "tout", owner=ANNE)


def test_what_was_saved_before_there_was_a_login_belongs_to_all(server: str) -> None:
    saved = store.save(DRAFT)
    assert [one.id for one in store.scenarios(owner=BRUNO)] == [saved.id]
    assert store.update(saved, Draft("Plateau 2", "75"), owner=BRUNO).owner == database.LOCAL


def test_a_deleted_scenario_comes_back_with_its_links(server: str) -> None:
    saved = store.save(DRAFT, owner=ANNE)
    token, _ = sharing.share(saved.id, owner=ANNE)
    store.delete(saved.id, owner=ANNE)
    assert store.scenarios(owner=ANNE) == []
    assert store.deleted(owner=BRUNO) == []
    with pytest.raises(UnavailableError, match="Ce lien n’existe pas"):
        sharing.open_share(token)
    with pytest.raises(UnavailableError, match="corbeille"):
        store.restore(saved.id, owner=BRUNO)
    assert [one.id for one in store.deleted(owner=ANNE)] == [saved.id]
    assert store.restore(saved.id, owner=ANNE).draft == DRAFT
    assert sharing.open_share(token).draft == DRAFT


def test_after_thirty_days_it_is_gone_for_good(
    server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved, other = store.save(DRAFT, owner=ANNE), store.save(DRAFT, owner=ANNE)
    token, _ = sharing.share(saved.id, owner=ANNE)
    store.delete(saved.id, owner=ANNE)
    later(monkeypatch, days=29)
    assert store.deleted(owner=ANNE)
    later(monkeypatch, days=30, seconds=5)
    assert store.deleted(owner=ANNE) == []
    with pytest.raises(UnavailableError, match="corbeille"):
        store.restore(saved.id, owner=ANNE)
    store.delete(other.id, owner=ANNE)
    with session() as opened:
        assert opened.get(database.ScenarioRow, saved.id) is None
    with pytest.raises(UnavailableError, match="n’existe pas"):
        sharing.open_share(token)


def test_the_journal_says_who_did_what(server: str) -> None:
    saved = store.save(DRAFT, owner=ANNE)
    store.give_access(saved.id, store.CHANGE, owner=ANNE)
    store.update(saved, DRAFT, owner=BRUNO)
    _, link = sharing.share(saved.id, owner=BRUNO)
    sharing.revoke(link.id, owner=ANNE)
    store.delete(saved.id, owner=ANNE)
    store.restore(saved.id, owner=ANNE)
    assert done(saved.id) == [
        (ANNE, "enregistré"),
        (ANNE, "partagé (modification)"),
        (BRUNO, "modifié"),
        (BRUNO, "lien créé"),
        (ANNE, "lien révoqué"),
        (ANNE, "supprimé"),
        (ANNE, "rétabli"),
    ]


def test_what_is_undone_leaves_no_line(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    saved = store.save(DRAFT, owner=ANNE)

    def fail(*_: Any) -> None:
        raise UnavailableError("La base ne répond pas.")

    monkeypatch.setattr(store, "scenario_of", fail)
    with pytest.raises(UnavailableError):
        store.update(saved, Draft("Autre", "75"), owner=ANNE)
    assert done(saved.id) == [(ANNE, "enregistré")]


def test_lines_older_than_a_year_are_forgotten(server: str) -> None:
    saved = store.save(DRAFT, owner=ANNE)
    long_ago = dt.datetime.now(tz=dt.UTC) - dt.timedelta(days=journal.KEPT_DAYS + 1)
    with session() as opened:
        opened.add(
            JournalRow(at=long_ago, author=BRUNO, action="modifié", subject=saved.id, name="x")
        )
    assert len(journal.entries(saved.id)) == 2
    store.save(DRAFT, owner=ANNE)
    assert done(saved.id) == [(ANNE, "enregistré")]
