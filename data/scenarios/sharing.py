"""Links to scenarios: made, listed, ended, opened read-only."""

import datetime as dt
import hashlib
import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from data.scenarios import database, drafts
from data.scenarios.database import LOCAL, ScenarioRow, ShareRow, session
from data.scenarios.drafts import Draft
from data.scenarios.store import note, row_of
from geo.errors import InvalidInputError, UnavailableError

SHARE_DAYS = 30
MOST_SHARE_DAYS = 366
TOKEN_BYTES = 32


@dataclass(frozen=True)
class Share:
    """A link to a scenario, without its token.

    Attributes
    ----------
    id
        Its identity, to revoke it.
    created_at, expires_at, revoked_at
        UTC; None when not revoked.
    made_by
        Account, "" where nobody logs in.
    """

    id: str
    created_at: dt.datetime
    expires_at: dt.datetime
    revoked_at: dt.datetime | None
    made_by: str = LOCAL

    @property
    def active(self) -> bool:
        """Whether the link still opens."""
        return self.revoked_at is None and self.expires_at > database.now()


@dataclass(frozen=True)
class Shared:
    """What a link opens: read-only, as it was when shared.

    Attributes
    ----------
    draft
        The scenario.
    view
        Parameters of the view that was shared.
    shared_at, expires_at
        UTC.
    """

    draft: Draft
    view: Mapping[str, str]
    shared_at: dt.datetime
    expires_at: dt.datetime


def share(
    scenario_id: str,
    *,
    view: Mapping[str, str] | None = None,
    days: int = SHARE_DAYS,
    owner: str = LOCAL,
) -> tuple[str, Share]:
    """Make a link: a token that cannot be guessed, and its record.

    The token is given here only: the database keeps its hash. The link shows the scenario as it
    is now, whatever happens to it later; deleting the scenario ends it.

    Parameters
    ----------
    scenario_id
        The scenario.
    view
        Parameters of the view to open.
    days
        Days until it expires.
    owner
        Who makes the link, and may change the scenario.

    Raises
    ------
    InvalidInputError
        The number of days is out of range.
    UnavailableError
        The scenario does not exist.
    """
    if not 1 <= days <= MOST_SHARE_DAYS:
        raise InvalidInputError(f"La durée d’un lien va de 1 à {MOST_SHARE_DAYS} jours.")
    token, now = secrets.token_urlsafe(TOKEN_BYTES), database.now()
    with session() as opened:
        scenario = row_of(opened, scenario_id, owner, change=True)
        row = ShareRow(
            id=uuid.uuid4().hex,
            scenario_id=scenario.id,
            token_hash=_hash(token),
            content=scenario.content,
            view=drafts.plain(dict(view or {})),
            created_at=now,
            expires_at=now + dt.timedelta(days=days),
            revoked_at=None,
            made_by=owner,
        )
        opened.add(row)
        note(opened, scenario, owner, "lien créé")
        opened.flush()
        return token, _share(row)


def shares(scenario_id: str, *, owner: str = LOCAL) -> list[Share]:
    """Return the links of a scenario, newest first."""
    with session() as opened:
        row_of(opened, scenario_id, owner)
        query = sa.select(ShareRow).where(ShareRow.scenario_id == scenario_id)
        return [_share(row) for row in opened.scalars(query.order_by(ShareRow.created_at.desc()))]


def revoke(share_id: str, *, owner: str = LOCAL) -> None:
    """End a link at once.

    Raises
    ------
    UnavailableError
        It does not exist, or its scenario belongs to someone else.
    """
    with session() as opened:
        row = opened.get(ShareRow, share_id)
        if row is None:
            raise UnavailableError("Ce lien n’existe pas ou plus.")
        scenario = row_of(opened, row.scenario_id, owner, change=True)
        if row.revoked_at is None:
            row.revoked_at = database.now()
            note(opened, scenario, owner, "lien révoqué")


def open_share(token: str) -> Shared:
    """Return what a link shows.

    Raises
    ------
    UnavailableError
        The link is unknown, expired or revoked.
    """
    query = sa.select(ShareRow).where(ShareRow.token_hash == _hash(token))
    with session() as opened:
        row = opened.scalars(query).one_or_none()
        held = opened.get(ScenarioRow, row.scenario_id) if row is not None else None
        if row is None or held is None or held.deleted_at is not None:
            raise UnavailableError(
                "Ce lien n’existe pas ou plus : demandez-en un nouveau à qui vous l’a envoyé."
            )
        if not _share(row).active:
            raise UnavailableError(
                "Ce lien a expiré ou a été révoqué : demandez-en un nouveau à qui vous l’a envoyé."
            )
        return Shared(drafts.read(row.content), row.view, row.created_at, row.expires_at)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", errors="replace")).hexdigest()


def _share(row: ShareRow) -> Share:
    return Share(row.id, row.created_at, row.expires_at, row.revoked_at, row.made_by or LOCAL)
