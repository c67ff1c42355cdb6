"""The database of scenarios: odd paths, addresses that are none, limits, sentences, silent logs."""

import logging
import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sa

from data.scenarios import database, sharing, store
from data.scenarios.drafts import Draft
from geo.errors import InvalidInputError, MomentarilyUnavailableError, UnavailableError


@pytest.mark.parametrize(
    "name", ["avec des blancs", "100%20", "quoi?mode=memory", "accents éàœ", "a#b", "a&b=c", "%s"]
)
def test_the_data_folder_may_have_any_name(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / name
    monkeypatch.setenv("PROXISOINS_HOME", str(home))
    saved = store.save(Draft("Plateau", "75"))
    assert [one.name for one in home.glob("*.sqlite")] == [database.FILE_NAME]
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert store.load(saved.id).draft.name == "Plateau"


@pytest.mark.parametrize(
    "address",
    [
        "nimportequoi",
        "postgresql://u:SECRET@serveur:port/base",
        "oracle9://u:SECRET@serveur/base",
        "postgresql://[::1/base",
        "sqlite:/SECRET",
        "://",
    ],
)
def test_an_address_that_is_none_is_said_without_quoting_it(
    address: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv(database.SETTING, address)
    with pytest.raises(UnavailableError) as refusal:
        store.scenarios()
    assert "SECRET" not in str(refusal.value) + caplog.text
    assert refusal.value.__cause__ is None


def test_postgresql_is_opened_within_limits() -> None:
    options = database._options(sa.make_url("postgresql+psycopg://u@h/b?options=-c%20a%3D1"))
    assert options["hide_parameters"]
    assert options["connect_args"]["connect_timeout"] == database.CONNECT_S
    for limit in ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"):
        assert f"-c {limit}=" in options["connect_args"]["options"]
    assert options["connect_args"]["options"].endswith("-c a=1")
    assert 4 * (options["pool_size"] + options["max_overflow"]) <= 60


@pytest.mark.parametrize(
    ("kind", "raised"),
    [
        (sa.exc.OperationalError, MomentarilyUnavailableError),
        (sa.exc.InterfaceError, MomentarilyUnavailableError),
        (sa.exc.InternalError, MomentarilyUnavailableError),
        (sa.exc.DatabaseError, MomentarilyUnavailableError),
        (sa.exc.DataError, InvalidInputError),
        (sa.exc.ProgrammingError, UnavailableError),
        (sa.exc.NotSupportedError, UnavailableError),
    ],
)
def test_every_error_of_the_driver_is_a_sentence_and_the_log_quotes_nothing(
    kind: type[sa.exc.DBAPIError], raised: type[Exception], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG), pytest.raises(raised) as refusal, database.session():
        raise kind("INSERT SECRET", {"name": "SECRET"}, Exception("SECRET"))
    assert "SECRET" not in str(refusal.value) + caplog.text
    assert refusal.value.__cause__ is None
    assert kind.__name__ in caplog.text


def test_connections_that_are_all_taken_are_said() -> None:
    with pytest.raises(MomentarilyUnavailableError), database.session():
        raise sa.exc.TimeoutError("QueuePool limit")


def test_a_valid_link_is_not_called_dead_while_the_database_is_locked(
    isolated_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    token, _ = sharing.share(store.save(Draft("Plateau", "75")).id)
    database.forget()
    monkeypatch.setattr(database, "_BUSY_MS", 50)
    with sqlite3.connect(isolated_home / database.FILE_NAME, isolation_level=None) as held:
        held.execute("BEGIN EXCLUSIVE")
        with pytest.raises(MomentarilyUnavailableError):
            sharing.open_share(token)
        held.execute("ROLLBACK")
    held.close()
    assert sharing.open_share(token).draft.name == "Plateau"
    with pytest.raises(UnavailableError) as dead:
        sharing.open_share("inconnu")
    assert not isinstance(dead.value, MomentarilyUnavailableError)


def test_limits_hold_on_a_live_postgresql(postgres: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(database.SETTING, postgres)
    monkeypatch.setitem(database.POSTGRES_LIMITS_MS, "statement_timeout", 200)
    database.forget()
    try:
        with database.session() as opened:
            told = opened.execute(sa.text("SHOW statement_timeout")).scalar_one()
            waits = opened.execute(sa.text("SHOW lock_timeout")).scalar_one()
        assert (told, waits) == ("200ms", "10s")
        with (
            pytest.raises(MomentarilyUnavailableError, match="ne répond pas"),
            database.session() as opened,
        ):
            opened.execute(sa.text("SELECT pg_sleep(30)"))
    finally:
        database.forget()


def test_a_database_that_has_not_served_for_long_is_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = []
    connect = database._durable
    monkeypatch.setattr(
        database, "_durable", lambda made, record: (opened.append(made), connect(made, record))
    )
    for number in range(database._ENGINES_KEPT + 1):
        monkeypatch.setenv(database.SETTING, f"sqlite:///{tmp_path / str(number)}.sqlite")
        assert not store.scenarios()
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        opened[0].execute("SELECT 1")
    assert opened[-1].execute("SELECT 1").fetchone() == (1,)
    database.forget()
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        opened[-1].execute("SELECT 1")
