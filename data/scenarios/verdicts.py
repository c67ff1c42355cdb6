"""What planners say of the communes that the risk screen flags."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import cast

import sqlalchemy as sa

from data.scenarios import database, journal
from data.scenarios.database import LOCAL, ReviewRow, session
from data.scenarios.drafts import NOTE_CHARACTERS, plain
from geo.errors import InvalidInputError

VERDICTS = ("confirmé", "réfuté", "traité")


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
        comment=plain(comment),
        made_at=database.now(),
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


def _review(row: ReviewRow) -> Review:
    seen = None
    told = (row.risk_class, row.probability, row.horizon, row.as_of, row.model)
    if None not in told:
        seen = Seen(*cast("tuple[str, float, int, int, str]", told))
    return Review(
        code=row.code,
        verdict=row.verdict,
        comment=row.comment,
        made_at=row.made_at,
        owner=row.owner,
        seen=seen,
    )
