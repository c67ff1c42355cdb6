"""Scenarios kept: saved, changed, listed, given to others, deleted and restored."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from data.scenarios import database, drafts, journal
from data.scenarios.database import LOCAL, ScenarioRow, session
from data.scenarios.drafts import Draft
from geo.errors import InvalidInputError, UnavailableError

PRIVATE, READ, CHANGE = "", "lecture", "modification"
"""Who but its owner may open a scenario: nobody, planners to read it, planners to change it."""
DELETED_DAYS = 30
"""A deleted scenario comes back for so long."""
ORDER = (ScenarioRow.updated_at.desc(), ScenarioRow.id)
"""Of lists: last changed first."""


@dataclass(frozen=True)
class Scenario:
    """A scenario that is saved.

    Attributes
    ----------
    id
        Its identity.
    draft
        What it holds.
    revision
        Grows by one at each change.
    created_at, updated_at
        UTC.
    owner, updated_by
        Accounts, "" where nobody logs in.
    access
        `PRIVATE`, `READ` or `CHANGE`: what other planners may do.
    deleted_at
        UTC; None unless it waits to be erased.
    """

    id: str
    draft: Draft
    revision: int
    created_at: dt.datetime
    updated_at: dt.datetime
    owner: str = LOCAL
    updated_by: str = LOCAL
    access: str = PRIVATE
    deleted_at: dt.datetime | None = None

    def owned_by(self, who: str) -> bool:
        """Tell whether someone may share, delete and restore it."""
        return self.owner in {who, LOCAL}

    def changed_by(self, who: str) -> bool:
        """Tell whether someone may save it again, and make links."""
        return self.owned_by(who) or self.access == CHANGE


def save(draft: Draft, *, owner: str = LOCAL) -> Scenario:
    """Save a new scenario; once this returns, it survives a crash.

    Raises
    ------
    InvalidInputError
        The name is blank or too long, or a value cannot be kept.
    UnavailableError
        The database cannot be written.
    """
    now = database.now()
    with session() as opened:
        row = ScenarioRow(
            id=uuid.uuid4().hex,
            owner=owner,
            name=drafts.checked(draft).name,
            content=drafts.content_of(draft),
            revision=1,
            created_at=now,
            updated_at=now,
            access=PRIVATE,
            updated_by=owner,
        )
        opened.add(row)
        note(opened, row, owner, "enregistré")
        opened.flush()
        return scenario_of(row)


def update(scenario: Scenario, draft: Draft, *, owner: str = LOCAL) -> Scenario:
    """Replace what a scenario holds.

    Raises
    ------
    InvalidInputError
        Someone changed it since `scenario` was read, or the draft is not acceptable.
    UnavailableError
        It was deleted, or is not theirs to change.
    """
    with session() as opened:
        row = row_of(opened, scenario.id, owner, change=True)
        if row.revision != scenario.revision:
            raise InvalidInputError(
                f"Le scénario « {row.name} » a été modifié entre-temps : rouvrez-le, puis "
                "enregistrez, ou enregistrez sous un autre nom."
            )
        # What a newer version wrote there, and this one does not know, stays.
        beyond = {k: v for k, v in row.content.items() if k not in Draft.__dataclass_fields__}
        row.name, row.content = drafts.checked(draft).name, beyond | drafts.content_of(draft)
        row.revision, row.updated_at, row.updated_by = row.revision + 1, database.now(), owner
        note(opened, row, owner, "modifié")
        opened.flush()
        return scenario_of(row)


def load(scenario_id: str, *, owner: str = LOCAL) -> Scenario:
    """Return a scenario.

    Raises
    ------
    UnavailableError
        It does not exist, or belongs to someone else.
    """
    with session() as opened:
        return scenario_of(row_of(opened, scenario_id, owner))


def scenarios(*, owner: str = LOCAL) -> list[Scenario]:
    """Return the scenarios that someone may open, last changed first; not those of `damaged`."""
    with session() as opened:
        return [scenario_of(row) for row in _rows(opened, owner) if _readable(row)]


def damaged(*, owner: str = LOCAL) -> list[str]:
    """Return the names of the scenarios that someone may open and whose content is unreadable."""
    with session() as opened:
        return [row.name for row in _rows(opened, owner) if not _readable(row)]


def openable(owner: str) -> sa.ColumnElement[bool]:
    """Return the condition of the rows that someone may open."""
    shared = (READ, CHANGE) if owner != LOCAL else ()
    theirs = ScenarioRow.owner.in_((owner, LOCAL)) | ScenarioRow.access.in_(shared)
    return theirs & ScenarioRow.deleted_at.is_(None)


def _rows(opened: Session, owner: str) -> Sequence[ScenarioRow]:
    return opened.scalars(sa.select(ScenarioRow).where(openable(owner)).order_by(*ORDER)).all()


def _readable(row: ScenarioRow) -> bool:
    try:
        scenario_of(row)
    except UnavailableError:
        return False
    return True


def duplicate(scenario_id: str, name: str, *, owner: str = LOCAL) -> Scenario:
    """Save a copy under another name; its links are not copied."""
    draft = load(scenario_id, owner=owner).draft
    return save(Draft(**{**drafts.fields_of(draft), "name": name}), owner=owner)


def give_access(scenario_id: str, access: str, *, owner: str = LOCAL) -> Scenario:
    """Say what the other planners may do with a scenario: nothing, read it, change it.

    Raises
    ------
    InvalidInputError
        The access is none of the three.
    UnavailableError
        It does not exist, or belongs to someone else.
    """
    if access not in {PRIVATE, READ, CHANGE}:
        raise InvalidInputError("Partage inconnu : choisissez parmi ceux que propose l’écran.")
    with session() as opened:
        row = row_of(opened, scenario_id, owner, own=True)
        if row.access != access:
            row.access = access
            note(opened, row, owner, f"partagé ({access})" if access else "rendu privé")
        opened.flush()
        return scenario_of(row)


def delete(scenario_id: str, *, owner: str = LOCAL) -> None:
    """Put a scenario in the bin: its links close; it comes back for `DELETED_DAYS` days."""
    with session() as opened:
        journal.forget_deleted(opened, database.now() - dt.timedelta(days=DELETED_DAYS))
        row = row_of(opened, scenario_id, owner, own=True)
        row.deleted_at = database.now()
        note(opened, row, owner, "supprimé")


def deleted(*, owner: str = LOCAL) -> list[Scenario]:
    """Return the scenarios that someone may restore, last deleted first."""
    oldest = database.now() - dt.timedelta(days=DELETED_DAYS)
    query = sa.select(ScenarioRow).where(
        ScenarioRow.owner.in_({owner, LOCAL}), ScenarioRow.deleted_at >= oldest
    )
    with session() as opened:
        rows = opened.scalars(query.order_by(ScenarioRow.deleted_at.desc(), ScenarioRow.id)).all()
        return [scenario_of(row) for row in rows if _readable(row)]


def restore(scenario_id: str, *, owner: str = LOCAL) -> Scenario:
    """Take a scenario out of the bin; its links that are still valid open again.

    Raises
    ------
    UnavailableError
        It is not there any more, or belongs to someone else.
    """
    oldest = database.now() - dt.timedelta(days=DELETED_DAYS)
    with session() as opened:
        row = opened.get(ScenarioRow, scenario_id)
        kept = row is not None and row.deleted_at is not None and row.deleted_at >= oldest
        if row is None or not kept or row.owner not in {owner, LOCAL}:
            raise UnavailableError(
                f"Ce scénario n’est plus dans la corbeille : il y reste {DELETED_DAYS} jours."
            )
        row.deleted_at = None
        note(opened, row, owner, "rétabli")
        opened.flush()
        return scenario_of(row)


def row_of(
    opened: Session, scenario_id: str, who: str, *, change: bool = False, own: bool = False
) -> ScenarioRow:
    """Return a scenario that someone may open, change, or dispose of.

    Raises
    ------
    UnavailableError
        It is not there for them, or is theirs to read only.
    """
    row = opened.get(ScenarioRow, scenario_id)
    given = (row.access or PRIVATE) if row is not None and who != LOCAL else PRIVATE
    owned = row is not None and row.owner in {who, LOCAL}
    if row is None or row.deleted_at is not None or not (owned or given):
        raise UnavailableError("Ce scénario n’existe pas ou plus.")
    if not owned and (own or (change and given != CHANGE)):
        raise UnavailableError(
            f"Le scénario « {row.name} » appartient à {row.owner}, qui ne vous laisse pas le faire "
            ": dupliquez-le, ou demandez-lui ce droit."
        )
    return row


def note(opened: Session, row: ScenarioRow, who: str, action: str) -> None:
    """Write in the journal what is done to a scenario, in the transaction that does it."""
    journal.note(opened, who, action, row.id, row.name)


def scenario_of(row: ScenarioRow) -> Scenario:
    """Return what a row holds.

    Raises
    ------
    UnavailableError
        Its content is unreadable.
    """
    return Scenario(
        row.id,
        drafts.read(row.content),
        row.revision,
        row.created_at,
        row.updated_at,
        owner=row.owner,
        updated_by=row.updated_by or LOCAL,
        access=row.access or PRIVATE,
        deleted_at=row.deleted_at,
    )
