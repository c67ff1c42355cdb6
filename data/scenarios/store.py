"""Scenarios kept, compared and shared; reviews of the communes that the risk screen flags."""

import datetime as dt
import hashlib
import secrets
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from typing import TYPE_CHECKING, Any, cast

import pandas as pd
import sqlalchemy as sa
from sqlalchemy.orm import Session

from data.base import french
from data.base.french import counted, tenths_if_any
from data.scenarios import journal
from data.scenarios.database import ReviewRow, ScenarioRow, ShareRow, session
from data.uploads.site import Site
from geo.errors import InvalidInputError, UnavailableError

if TYPE_CHECKING:
    from data.region.territory import Territory

LOCAL = ""
"""Owner of what is saved where nobody logs in; where people do, it belongs to all planners."""
PRIVATE, READ, CHANGE = "", "lecture", "modification"
"""Who but its owner may open a scenario: nobody, planners to read it, planners to change it."""
DELETED_DAYS = 30
"""A deleted scenario comes back for so long."""
NAME_CHARACTERS = 200
NOTE_CHARACTERS = 10_000
SHARE_DAYS = 30
MOST_SHARE_DAYS = 366
TOKEN_BYTES = 32
PLAN, POLE, PROJECTS, VIEW = "plan", "pole", "projets", "vue"
"""Parameters that hold a plan of help, a pole, forms and prices of projects, a view shared without
a scenario: each a mapping of texts, as the address of its screen holds it."""
VERDICTS = ("confirmé", "réfuté", "traité")


@dataclass(frozen=True)
class Draft:
    """What a scenario holds.

    Attributes
    ----------
    name, note
        Text as written by the user.
    region
        INSEE code.
    sites
        Candidate sites kept.
    departures
        INSEE code to number of GPs who leave.
    parameters
        Plain values by name (model, threshold, k…), and what `PLAN`, `POLE`,
        `PROJECTS` and `VIEW` name.
    data_versions
        Name of a table to its version, as `data_versions` gives them.
    simulated
        French titles of the tables that were demonstration data.
    """

    name: str
    region: str
    note: str = ""
    sites: tuple[Site, ...] = ()
    departures: Mapping[str, int] = field(default_factory=dict)
    parameters: Mapping[str, Any] = field(default_factory=dict)
    data_versions: Mapping[str, str] = field(default_factory=dict)
    simulated: tuple[str, ...] = ()


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
        return self.revoked_at is None and self.expires_at > _now()


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


@dataclass(frozen=True)
class Seen:
    """The prediction that a planner had on screen when reviewing it.

    Attributes
    ----------
    risk_class, probability
        What was predicted.
    horizon, as_of
        Years ahead, year of the counts.
    model
        Version of the model.
    """

    risk_class: str
    probability: float
    horizon: int
    as_of: int
    model: str


@dataclass(frozen=True)
class Review:
    """What a planner said of a flagged commune.

    Attributes
    ----------
    code
        INSEE code.
    verdict
        "confirmé", "réfuté" or "traité".
    comment
        Text as written.
    made_at
        UTC.
    owner
        Who said it, "" where nobody logs in.
    seen
        The prediction reviewed; None for a review older than its record.
    """

    code: str
    verdict: str
    comment: str
    made_at: dt.datetime
    owner: str
    seen: Seen | None = None


def data_versions(territory: "Territory") -> dict[str, str]:
    """Return the versions that a scenario is made with: data, engine, vintage of each table."""
    versions = {"territoire": territory.version, "temps de trajet": territory.travel_time.version}
    return versions | {p.title: p.vintage for p in territory.provenance.values()}


def save(draft: Draft, *, owner: str = LOCAL) -> Scenario:
    """Save a new scenario; once this returns, it survives a crash.

    Raises
    ------
    InvalidInputError
        The name is blank or too long, or a value cannot be kept.
    UnavailableError
        The database cannot be written.
    """
    now = _now()
    with session() as opened:
        row = ScenarioRow(
            id=uuid.uuid4().hex,
            owner=owner,
            name=_checked(draft).name,
            content=_content(draft),
            revision=1,
            created_at=now,
            updated_at=now,
            access=PRIVATE,
            updated_by=owner,
        )
        opened.add(row)
        _note(opened, row, owner, "enregistré")
        opened.flush()
        return _scenario(row)


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
        row = _row(opened, scenario.id, owner, change=True)
        if row.revision != scenario.revision:
            raise InvalidInputError(
                f"Le scénario « {row.name} » a été modifié entre-temps : rouvrez-le, puis "
                "enregistrez, ou enregistrez sous un autre nom."
            )
        # What a newer version wrote there, and this one does not know, stays.
        beyond = {k: v for k, v in row.content.items() if k not in Draft.__dataclass_fields__}
        row.name, row.content = _checked(draft).name, beyond | _content(draft)
        row.revision, row.updated_at, row.updated_by = row.revision + 1, _now(), owner
        _note(opened, row, owner, "modifié")
        opened.flush()
        return _scenario(row)


def load(scenario_id: str, *, owner: str = LOCAL) -> Scenario:
    """Return a scenario.

    Raises
    ------
    UnavailableError
        It does not exist, or belongs to someone else.
    """
    with session() as opened:
        return _scenario(_row(opened, scenario_id, owner))


def scenarios(*, owner: str = LOCAL) -> list[Scenario]:
    """Return the scenarios that someone may open, last changed first; not those of `damaged`."""
    with session() as opened:
        return [_scenario(row) for row in _rows(opened, owner) if _readable(row)]


def damaged(*, owner: str = LOCAL) -> list[str]:
    """Return the names of the scenarios that someone may open and whose content is unreadable."""
    with session() as opened:
        return [row.name for row in _rows(opened, owner) if not _readable(row)]


def _rows(opened: Session, owner: str) -> Sequence[ScenarioRow]:
    shared = (READ, CHANGE) if owner != LOCAL else ()
    theirs = ScenarioRow.owner.in_((owner, LOCAL)) | ScenarioRow.access.in_(shared)
    query = sa.select(ScenarioRow).where(theirs, ScenarioRow.deleted_at.is_(None))
    return opened.scalars(query.order_by(ScenarioRow.updated_at.desc(), ScenarioRow.id)).all()


def _readable(row: ScenarioRow) -> bool:
    try:
        _scenario(row)
    except UnavailableError:
        return False
    return True


def duplicate(scenario_id: str, name: str, *, owner: str = LOCAL) -> Scenario:
    """Save a copy under another name; its links are not copied."""
    draft = load(scenario_id, owner=owner).draft
    return save(Draft(**{**_fields(draft), "name": name}), owner=owner)


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
        raise InvalidInputError("Partage inconnu : choisissez parmi ceux que propose l'écran.")
    with session() as opened:
        row = _row(opened, scenario_id, owner, own=True)
        if row.access != access:
            row.access = access
            _note(opened, row, owner, f"partagé ({access})" if access else "rendu privé")
        opened.flush()
        return _scenario(row)


def delete(scenario_id: str, *, owner: str = LOCAL) -> None:
    """Put a scenario in the bin: its links close; it comes back for `DELETED_DAYS` days."""
    with session() as opened:
        journal.forget_deleted(opened, _now() - dt.timedelta(days=DELETED_DAYS))
        row = _row(opened, scenario_id, owner, own=True)
        row.deleted_at = _now()
        _note(opened, row, owner, "supprimé")


def deleted(*, owner: str = LOCAL) -> list[Scenario]:
    """Return the scenarios that someone may restore, last deleted first."""
    oldest = _now() - dt.timedelta(days=DELETED_DAYS)
    query = sa.select(ScenarioRow).where(
        ScenarioRow.owner.in_({owner, LOCAL}), ScenarioRow.deleted_at >= oldest
    )
    with session() as opened:
        rows = opened.scalars(query.order_by(ScenarioRow.deleted_at.desc(), ScenarioRow.id)).all()
        return [_scenario(row) for row in rows if _readable(row)]


def restore(scenario_id: str, *, owner: str = LOCAL) -> Scenario:
    """Take a scenario out of the bin; its links that are still valid open again.

    Raises
    ------
    UnavailableError
        It is not there any more, or belongs to someone else.
    """
    oldest = _now() - dt.timedelta(days=DELETED_DAYS)
    with session() as opened:
        row = opened.get(ScenarioRow, scenario_id)
        kept = row is not None and row.deleted_at is not None and row.deleted_at >= oldest
        if row is None or not kept or row.owner not in {owner, LOCAL}:
            raise UnavailableError(
                f"Ce scénario n'est plus dans la corbeille : il y reste {DELETED_DAYS} jours."
            )
        row.deleted_at = None
        _note(opened, row, owner, "rétabli")
        opened.flush()
        return _scenario(row)


def compare(first: Draft, second: Draft) -> pd.DataFrame:
    """Return what differs between two scenarios.

    Returns
    -------
    pandas.DataFrame
        aspect ("site", "départ", "paramètre", "données"), item (name), first, second (texts, ""
        where absent), same.
    """
    rows = []
    for aspect, left, right in (
        ("site", _site_texts(first), _site_texts(second)),
        ("départ", first.departures, second.departures),
        ("paramètre", _flat(first.parameters), _flat(second.parameters)),
        ("données", first.data_versions, second.data_versions),
    ):
        for item in dict.fromkeys([*left, *right]):
            one, two = str(left.get(item, "")), str(right.get(item, ""))
            rows.append((aspect, item, one, two, one == two))
    return pd.DataFrame(rows, columns=["aspect", "item", "first", "second", "same"])


def _flat(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return parameters where those of a pole or of a plan stand one by one."""
    flat: dict[str, Any] = {}
    for name, value in parameters.items():
        inner = value if isinstance(value, Mapping) else None
        flat |= {name: value} if inner is None else {f"{name} : {k}": v for k, v in inner.items()}
    return flat


def _site_texts(draft: Draft) -> dict[str, str]:
    texts: dict[str, str] = {}
    for site in draft.sites:
        name, number = site.name, 2
        while name in texts:
            name, number = f"{site.name} ({number})", number + 1
        gps = "" if site.gps is None else f", {_gps(site.gps)}"
        place = f"{french.number(site.lon, 4)} ; {french.number(site.lat, 4)}"
        texts[name] = f"{site.commune} ({place}){gps}"
    return texts


def _gps(count: float) -> str:
    return counted(count, "généraliste", "généralistes", tenths_if_any(count))


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
        raise InvalidInputError(f"La durée d'un lien va de 1 à {MOST_SHARE_DAYS} jours.")
    token, now = secrets.token_urlsafe(TOKEN_BYTES), _now()
    with session() as opened:
        scenario = _row(opened, scenario_id, owner, change=True)
        row = ShareRow(
            id=uuid.uuid4().hex,
            scenario_id=scenario.id,
            token_hash=_hash(token),
            content=scenario.content,
            view=_plain(dict(view or {})),
            created_at=now,
            expires_at=now + dt.timedelta(days=days),
            revoked_at=None,
            made_by=owner,
        )
        opened.add(row)
        _note(opened, scenario, owner, "lien créé")
        opened.flush()
        return token, _share(row)


def shares(scenario_id: str, *, owner: str = LOCAL) -> list[Share]:
    """Return the links of a scenario, newest first."""
    with session() as opened:
        _row(opened, scenario_id, owner)
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
            raise UnavailableError("Ce lien n'existe pas ou plus.")
        scenario = _row(opened, row.scenario_id, owner, change=True)
        if row.revoked_at is None:
            row.revoked_at = _now()
            _note(opened, scenario, owner, "lien révoqué")


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
                "Ce lien n'existe pas ou plus : demandez-en un nouveau à qui vous l'a envoyé."
            )
        if not _share(row).active:
            raise UnavailableError(
                "Ce lien a expiré ou a été révoqué : demandez-en un nouveau à qui vous l'a envoyé."
            )
        return Shared(_draft(row.content), row.view, row.created_at, row.expires_at)


def save_review(
    code: str, verdict: str, comment: str, *, owner: str = LOCAL, seen: Seen | None = None
) -> Review:
    """Keep what a planner says of a flagged commune, and of which prediction.

    Earlier reviews are kept too.

    Raises
    ------
    InvalidInputError
        The verdict is unknown, or the comment too long.
    """
    if verdict not in VERDICTS:
        raise InvalidInputError(f"Verdict inconnu : choisissez parmi {', '.join(VERDICTS)}.")
    if len(comment) > NOTE_CHARACTERS:
        raise InvalidInputError(f"Le commentaire dépasse {NOTE_CHARACTERS} caractères.")
    row = ReviewRow(
        owner=owner,
        code=code,
        verdict=verdict,
        comment=_plain(comment),
        made_at=_now(),
        **({} if seen is None else asdict(seen)),
    )
    with session() as opened:
        opened.add(row)
        journal.note(opened, owner, f"avis : {verdict}", "", code)
        opened.flush()
        return _review(row)


def reviews(codes: Sequence[str] | None = None) -> list[Review]:
    """Return the reviews, of some communes or of all, newest first."""
    query = sa.select(ReviewRow).order_by(ReviewRow.made_at.desc(), ReviewRow.id.desc())
    kept = None if codes is None else set(codes)
    with session() as opened:
        return [_review(r) for r in opened.scalars(query) if kept is None or r.code in kept]


def _now() -> dt.datetime:
    return dt.datetime.now(tz=dt.UTC)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", errors="replace")).hexdigest()


def _row(
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
        raise UnavailableError("Ce scénario n'existe pas ou plus.")
    if not owned and (own or (change and given != CHANGE)):
        raise UnavailableError(
            f"Le scénario « {row.name} » appartient à {row.owner}, qui ne vous laisse pas le faire "
            ": dupliquez-le, ou demandez-lui ce droit."
        )
    return row


def _note(opened: Session, row: ScenarioRow, who: str, action: str) -> None:
    journal.note(opened, who, action, row.id, row.name)


def _checked(draft: Draft) -> Draft:
    name = _plain(draft.name).strip()
    if not name or len(name) > NAME_CHARACTERS:
        raise InvalidInputError(
            f"Donnez au scénario un nom d'au plus {NAME_CHARACTERS} caractères."
        )
    if len(draft.note) > NOTE_CHARACTERS:
        raise InvalidInputError(f"La note dépasse {NOTE_CHARACTERS} caractères.")
    return Draft(**{**_fields(draft), "name": name})


def _fields(draft: Draft) -> dict[str, Any]:
    return {name: getattr(draft, name) for name in Draft.__dataclass_fields__}


def _content(draft: Draft) -> dict[str, Any]:
    held = _fields(_checked(draft)) | {"sites": [asdict(site) for site in draft.sites]}
    return {name: _plain(value) for name, value in held.items()}


def _plain(value: Any) -> Any:
    """Return a value as JSON holds it, without the characters that PostgreSQL refuses.

    Raises
    ------
    InvalidInputError
        The value is no text, number, list or mapping of these.
    """
    if isinstance(value, str):
        return value.replace("\0", "").encode("utf-8", errors="replace").decode("utf-8")
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, float) and value - value == 0:
        return value
    if isinstance(value, Mapping):
        return {_plain(str(key)): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    raise InvalidInputError(
        f"Le paramètre « {value} » ne peut pas être enregistré : texte, nombre ou liste attendus."
    )


def _draft(content: Mapping[str, Any]) -> Draft:
    """Return a draft from what is stored; what a newer version added to it is left aside.

    Raises
    ------
    UnavailableError
        What every version needs is not there.
    """
    try:
        known = _only(Draft, content)
        known["sites"] = tuple(Site(**_only(Site, site)) for site in content.get("sites", ()))
        known["simulated"] = tuple(content.get("simulated", ()))
        return Draft(**known)
    except (TypeError, AttributeError, ValueError) as error:
        raise UnavailableError(
            "Ce scénario est illisible : il a été écrit par une autre version, ou sa base est "
            "altérée. Mettez l'application à jour ou restaurez une sauvegarde."
        ) from error


def _only(kind: type, content: Mapping[str, Any]) -> dict[str, Any]:
    names = {one.name for one in fields(kind)}
    return {name: value for name, value in content.items() if name in names}


def _scenario(row: ScenarioRow) -> Scenario:
    return Scenario(
        row.id,
        _draft(row.content),
        row.revision,
        row.created_at,
        row.updated_at,
        owner=row.owner,
        updated_by=row.updated_by or LOCAL,
        access=row.access or PRIVATE,
        deleted_at=row.deleted_at,
    )


def _share(row: ShareRow) -> Share:
    return Share(row.id, row.created_at, row.expires_at, row.revoked_at, row.made_by or LOCAL)


def _review(row: ReviewRow) -> Review:
    seen = None
    told = (row.risk_class, row.probability, row.horizon, row.as_of, row.model)
    if None not in told:
        seen = Seen(*cast("tuple[str, float, int, int, str]", told))
    return Review(row.code, row.verdict, row.comment, row.made_at, row.owner, seen)
