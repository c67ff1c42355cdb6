"""The database of scenarios, shares, reviews, predictions: SQLite in our folder, or PostgreSQL."""

import datetime as dt
import logging
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.exc import (
    DatabaseError,
    DataError,
    DBAPIError,
    IntegrityError,
    InterfaceError,
    InternalError,
    OperationalError,
    SQLAlchemyError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from data.base import paths
from geo.errors import InvalidInputError, MomentarilyUnavailableError, UnavailableError

LOG = logging.getLogger("proxisoins")

SETTING = "PROXISOINS_DATABASE_URL"
FILE_NAME = "scenarios.sqlite"
_BUSY_MS = 10_000
POSTGRES_LIMITS_MS = {
    "statement_timeout": 20_000,
    "lock_timeout": 10_000,
    "idle_in_transaction_session_timeout": 60_000,
}
"""A gesture waits for one statement: a base that is slower than this is said to be so."""
CONNECT_S, POOL, POOL_MORE, POOL_WAIT_S = 5, 5, 10, 10
"""Connections of one process: PostgreSQL allows 100 by default, four processes take 60 at most."""
_AWAY = (OperationalError, InterfaceError, InternalError, PoolTimeoutError)
_MIGRATION_LOCK = 7_236_471
"""Any number of ours: PostgreSQL lets one process at a time migrate."""
HEAD = "0003"
"""The last migration: a base that has it is opened without what migrates (a test compares)."""
_opening = threading.Lock()
_engines: dict[str | sa.URL, sa.Engine] = {}
_ENGINES_KEPT = 8
"""Those least lately used are closed, which no cache of the standard library does: an engine that
is only forgotten leaves its connections to the garbage collector."""


LOCAL = ""
"""Owner of what is saved where nobody logs in; where people do, it belongs to all planners."""


def now() -> dt.datetime:
    """Return the moment at which things are written, UTC."""
    return dt.datetime.now(tz=dt.UTC)


class Moment(sa.TypeDecorator[dt.datetime]):
    """A moment in UTC; SQLite, which keeps no time zone, gives it back in UTC too."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(
        self, value: dt.datetime | None, dialect: sa.Dialect
    ) -> dt.datetime | None:
        """Write in UTC."""
        del dialect
        return None if value is None else value.astimezone(dt.UTC)

    def process_result_value(
        self, value: dt.datetime | None, dialect: sa.Dialect
    ) -> dt.datetime | None:
        """Read in UTC."""
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)


class Base(DeclarativeBase):
    """Base of the tables."""

    type_annotation_map = {  # noqa: RUF012  (SQLAlchemy's way)
        dt.datetime: Moment,
        dict[str, Any]: sa.JSON,
    }


class ScenarioRow(Base):
    """A scenario; `content` is `data.scenarios.drafts.Draft` as JSON."""

    __tablename__ = "scenario"

    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    owner: Mapped[str] = mapped_column(sa.String(320), index=True)
    name: Mapped[str] = mapped_column(sa.String(200))
    content: Mapped[dict[str, Any]]
    revision: Mapped[int]
    created_at: Mapped[dt.datetime]
    updated_at: Mapped[dt.datetime]
    access: Mapped[str | None] = mapped_column(sa.String(20))
    updated_by: Mapped[str | None] = mapped_column(sa.String(320))
    deleted_at: Mapped[dt.datetime | None]


class ShareRow(Base):
    """A link: the scenario as it was when shared, and the hash of its token, never the token."""

    __tablename__ = "share"

    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    scenario_id: Mapped[str] = mapped_column(
        sa.ForeignKey("scenario.id", ondelete="CASCADE"), index=True
    )
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    content: Mapped[dict[str, Any]]
    view: Mapped[dict[str, Any]]
    created_at: Mapped[dt.datetime]
    expires_at: Mapped[dt.datetime]
    revoked_at: Mapped[dt.datetime | None]
    made_by: Mapped[str | None] = mapped_column(sa.String(320))


class JournalRow(Base):
    """Who did what; rows are added, and forgotten after a year."""

    __tablename__ = "journal"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    at: Mapped[dt.datetime]
    author: Mapped[str] = mapped_column(sa.String(320))
    action: Mapped[str] = mapped_column(sa.String(40))
    subject: Mapped[str] = mapped_column(sa.String(32), index=True)
    name: Mapped[str] = mapped_column(sa.String(200))


class ReviewRow(Base):
    """What a planner says of a flagged commune; rows are added, never changed."""

    __tablename__ = "review"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    owner: Mapped[str] = mapped_column(sa.String(320))
    code: Mapped[str] = mapped_column(sa.String(5), index=True)
    verdict: Mapped[str] = mapped_column(sa.String(20))
    comment: Mapped[str] = mapped_column(sa.Text)
    made_at: Mapped[dt.datetime]
    risk_class: Mapped[str | None] = mapped_column(sa.String(20))
    probability: Mapped[float | None]
    horizon: Mapped[int | None]
    as_of: Mapped[int | None]
    model: Mapped[str | None] = mapped_column(sa.String(64))


class PredictionSetRow(Base):
    """Predictions of one region made at once; rows are added, never changed."""

    __tablename__ = "prediction_set"
    __table_args__ = (sa.UniqueConstraint("region", "as_of", "horizon", "model", "data_version"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    region: Mapped[str] = mapped_column(sa.String(8))
    as_of: Mapped[int]
    horizon: Mapped[int]
    model: Mapped[str] = mapped_column(sa.String(64))
    data_version: Mapped[str] = mapped_column(sa.String(64))
    simulated: Mapped[bool]
    made_at: Mapped[dt.datetime]


class PredictionRow(Base):
    """The prediction of one commune in a set."""

    __tablename__ = "prediction"

    set_id: Mapped[int] = mapped_column(
        sa.ForeignKey("prediction_set.id", ondelete="CASCADE"), primary_key=True
    )
    code: Mapped[str] = mapped_column(sa.String(5), primary_key=True)
    probability: Mapped[float]
    risk_class: Mapped[str] = mapped_column(sa.String(20))


def url() -> str | sa.URL:
    """Return the address of the database: the setting, else SQLite in the data folder.

    The folder's path is no text of an address: it may hold `?`, `%`, `#`, blanks and accents.
    """
    chosen = os.environ.get(SETTING, "").strip()
    if not chosen:
        return sa.URL.create("sqlite", database=str(paths.home() / FILE_NAME))
    scheme, mark, rest = chosen.partition("://")
    if mark and scheme in {"postgres", "postgresql"}:
        return f"postgresql+psycopg://{rest}"
    return chosen


@contextmanager
def session() -> Iterator[Session]:
    """Open a transaction, committed at the end, undone on any error.

    Raises
    ------
    MomentarilyUnavailableError
        The database cannot be reached, is full, locked, altered, or too slow.
    InvalidInputError
        It refuses a value.
    UnavailableError
        It was made by a newer version, or refuses what is asked for a reason of its own.
    """
    engine = _engine(url())  # says itself why a base does not open
    try:
        with Session(engine) as opened, opened.begin():
            yield opened
    except IntegrityError:  # who writes knows which rule it may meet
        raise
    except SQLAlchemyError as error:
        raise _french_error(error) from None  # its text holds what was being written


def _french_error(error: SQLAlchemyError) -> UnavailableError | InvalidInputError:
    """Return the sentence of an error of the database; the log tells its kind, no content."""
    original = getattr(error, "orig", None)
    state = getattr(original, "sqlstate", None) or getattr(original, "sqlite_errorname", "")
    LOG.error("database: %s %s", type(error).__name__, state)
    if isinstance(error, _AWAY) or type(error) is DatabaseError:
        return MomentarilyUnavailableError(
            "La base des scénarios ne répond pas ou ne peut pas être écrite ; rien n’a été "
            "enregistré. Vérifiez qu’elle est démarrée, qu’il reste de la place sur le disque et "
            f"que {SETTING} est juste."
        )
    if isinstance(error, DataError):
        return InvalidInputError(
            "La base des scénarios refuse une valeur (texte trop long, caractère interdit, nombre "
            "hors limites) ; rien n’a été enregistré. Corrigez-la, puis réessayez."
        )
    return UnavailableError(
        "La base des scénarios refuse ce qui lui est demandé (droits de son utilisateur, ou tables "
        "d’une autre version) ; rien n’a été enregistré. Prévenez l’administrateur."
    )


def _engine(address: str | sa.URL) -> sa.Engine:
    """Return the engine of an address, opened once; the one least lately used is closed."""
    with _opening:
        engine = _engines.pop(address, None) or _opened(address)
        _engines[address] = engine  # the last one used stands last
        if len(_engines) > _ENGINES_KEPT:
            _engines.pop(next(iter(_engines))).dispose()
    return engine


def forget() -> None:
    """Close every database that is open; the next session opens its own again."""
    with _opening:
        while _engines:
            _engines.popitem()[1].dispose()


def _opened(address: str | sa.URL) -> sa.Engine:
    """Return a new engine of an address, its schema brought up to date."""
    try:
        made = sa.make_url(address)
        engine = sa.create_engine(made, **_options(made))
    except (SQLAlchemyError, ImportError, ValueError, TypeError):
        raise UnavailableError(
            f"L’adresse de la base ({SETTING}) n’est pas comprise : sqlite:///chemin ou "
            "postgresql://utilisateur:motdepasse@serveur/base (et le paquet psycopg)."
        ) from None  # the error quotes the address, with its password
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _durable)
        # pysqlite opens transactions late: take the write lock at once, so that none is lost.
        event.listen(engine, "begin", lambda opened: opened.exec_driver_sql("BEGIN IMMEDIATE"))
    try:
        _migrate(engine)
    except BaseException:
        engine.dispose()
        raise
    return engine


def _options(address: sa.URL) -> dict[str, Any]:
    """Return how to open a base: values stay out of errors and logs, waiting is bounded."""
    options: dict[str, Any] = {"pool_pre_ping": True, "hide_parameters": True}
    if address.get_backend_name() == "postgresql":
        limits = " ".join(f"-c {name}={value}" for name, value in POSTGRES_LIMITS_MS.items())
        given = address.query.get("options", "")
        told = given if isinstance(given, str) else " ".join(given)
        options |= {
            "connect_args": {"connect_timeout": CONNECT_S, "options": f"{limits} {told}".strip()},
            "pool_size": POOL,
            "max_overflow": POOL_MORE,
            "pool_timeout": POOL_WAIT_S,
        }
    return options


def _durable(connection: Any, _record: Any) -> None:
    """Make what is committed survive a crash: write-ahead log, synced at each commit."""
    connection.isolation_level = None
    for pragma in (
        f"busy_timeout={_BUSY_MS}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _migrate(engine: sa.Engine) -> None:
    """Bring the schema up to date; what migrates is read only where there is something to do."""
    try:
        with engine.begin() as connection:
            if not _is_up_to_date(connection):
                _upgrade(connection)
    except DBAPIError as error:
        LOG.error("database: %s while opening", type(error).__name__)
        raise MomentarilyUnavailableError(
            "La base des scénarios ne peut pas être ouverte : vérifiez qu’elle est démarrée et que "
            f"{SETTING} est juste."
        ) from None


def _is_up_to_date(connection: sa.Connection) -> bool:
    versions = sa.table("alembic_version", sa.column("version_num"))
    if not sa.inspect(connection).has_table(versions.name):
        return False
    found = connection.execute(sa.select(versions.c.version_num))
    return [str(one) for one in found.scalars()] == [HEAD]


def _upgrade(connection: sa.Connection) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise UnavailableError(
            "La base des scénarios a été créée par une version plus récente de ProxiSoins : mettez "
            "l’application à jour."
        ) from error
