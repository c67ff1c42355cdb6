"""Who did what to scenarios, links and reviews: written with the change, in one transaction."""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from data.scenarios import database
from data.scenarios.database import JournalRow, ScenarioRow, session

KEPT_DAYS = 365
"""The journal names people: it is kept as long as a planning round needs it, no longer."""
MOST_SHOWN = 200


@dataclass(frozen=True)
class Entry:
    """One line of the journal.

    Attributes
    ----------
    at
        UTC.
    author
        Who did it, "" where nobody logs in.
    action
        French participle: "enregistré", "modifié", "supprimé"…
    name
        The scenario's name at that time, or the INSEE code of the commune of a review.
    """

    at: dt.datetime
    author: str
    action: str
    name: str


def note(opened: Session, author: str, action: str, subject: str, name: str) -> None:
    """Write a line in the transaction of what it tells; forget lines older than `KEPT_DAYS`."""
    at = database.now()
    oldest = at - dt.timedelta(days=KEPT_DAYS)
    opened.execute(sa.delete(JournalRow).where(JournalRow.at < oldest))
    row = JournalRow(at=at, author=author, action=action, subject=subject, name=name)
    opened.add(row)


def entries(scenario_id: str) -> list[Entry]:
    """Return what was done to a scenario, last first; whoever may open it may read them."""
    query = sa.select(JournalRow).where(JournalRow.subject == scenario_id)
    newest = query.order_by(JournalRow.at.desc(), JournalRow.id.desc()).limit(MOST_SHOWN)
    with session() as opened:
        return [Entry(r.at, r.author, r.action, r.name) for r in opened.scalars(newest)]


def forget_deleted(opened: Session, before: dt.datetime) -> None:
    """Erase for good, with their links, the scenarios deleted before a moment."""
    query = sa.select(ScenarioRow).where(ScenarioRow.deleted_at < before)
    for row in opened.scalars(query):
        opened.delete(row)
