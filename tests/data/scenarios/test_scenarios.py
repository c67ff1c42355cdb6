"""Scenarios, shares and reviews, on SQLite and on a real PostgreSQL server."""

import datetime as dt
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.base import paths
from data.scenarios import database, sharing, store, verdicts
from data.scenarios.comparison import compare
from data.scenarios.drafts import Draft
from data.uploads import Site
from geo.errors import InvalidInputError, UnavailableError

HOSTILE = "<script>alert(1)</script>'; DROP TABLE scenario; --\0 =1+1"
DRAFT = Draft(
    name="Projet Creuse",
    region="75",
    note="Conseil du 3 décembre",
    sites=(
        Site(
            2, "MSP du Centre", "19275", "Ussel", 2.3138, 45.5448, 3, 5, 450.5, 2028, {"19136": 1}
        ),
        Site(3, HOSTILE, "23096", "Guéret", 1.8718, 46.1715),
    ),
    departures={"23096": 1},
    parameters={"model": "mclp", "k": 3, "threshold": 20.0, "own": [1, 2]},
    data_versions={"territoire": "abc", "Généralistes": "2018"},
    simulated=("Zonage",),
)


def test_scenario_is_reopened_as_it_was_saved(server):
    saved = store.save(DRAFT)
    opened = store.load(saved.id)
    clean = replace(DRAFT.sites[1], name=HOSTILE.replace("\0", ""))
    assert opened.draft == replace(
        DRAFT, sites=(DRAFT.sites[0], clean), parameters=opened.draft.parameters
    )
    assert opened.draft.parameters == DRAFT.parameters
    assert opened.revision == 1
    assert opened.created_at.tzinfo is dt.UTC
    assert store.scenarios() == [opened]


def test_update_duplicate_delete(server):
    first = store.save(DRAFT)
    copy = store.duplicate(first.id, "Variante")
    changed = store.update(first, replace(DRAFT, note="revu"))
    assert changed.revision == 2
    assert store.load(first.id).draft.note == "revu"
    assert store.load(copy.id).draft.note == DRAFT.note
    assert [s.draft.name for s in store.scenarios()] == ["Projet Creuse", "Variante"]
    with pytest.raises(InvalidInputError, match="modifié entre-temps"):
        store.update(first, DRAFT)
    store.delete(first.id)
    with pytest.raises(UnavailableError, match="n’existe pas ou plus"):
        store.load(first.id)


def test_scenarios_of_others_are_out_of_reach(server):
    mine = store.save(DRAFT, owner="a@ars.invalid")
    assert store.scenarios(owner="b@ars.invalid") == []
    for act in (
        lambda: store.load(mine.id, owner="b@ars.invalid"),
        lambda: store.update(mine, DRAFT, owner="b@ars.invalid"),
        lambda: store.delete(mine.id),
        lambda: sharing.share(mine.id),
    ):
        with pytest.raises(UnavailableError):
            act()


def test_share_is_a_frozen_copy_that_can_be_revoked(server):
    saved = store.save(DRAFT)
    token, link = sharing.share(saved.id, view={"page": "sites", "z": "9"}, days=7)
    store.update(saved, replace(DRAFT, note="après coup"))
    shown = sharing.open_share(token)
    assert shown.draft.note == DRAFT.note
    assert shown.draft.data_versions == DRAFT.data_versions
    assert shown.draft.simulated == ("Zonage",)
    assert shown.view == {"page": "sites", "z": "9"}
    assert shown.expires_at - shown.shared_at == dt.timedelta(days=7)
    assert sharing.shares(saved.id) == [link]
    assert link.active
    sharing.revoke(link.id)
    with pytest.raises(UnavailableError, match="révoqué"):
        sharing.open_share(token)
    assert not sharing.shares(saved.id)[0].active


def test_share_expires(server, monkeypatch):
    token, _ = sharing.share(store.save(DRAFT).id, days=1)
    later = dt.datetime.now(tz=dt.UTC) + dt.timedelta(days=1, seconds=1)
    monkeypatch.setattr(database, "now", lambda: later)
    with pytest.raises(UnavailableError, match="expiré"):
        sharing.open_share(token)


def test_token_is_long_unique_and_never_stored(server):
    saved = store.save(DRAFT)
    tokens = {sharing.share(saved.id)[0] for _ in range(20)}
    assert len(tokens) == 20
    assert min(map(len, tokens)) >= 43  # 32 random bytes
    if server == "sqlite":
        stored = b"".join(path.read_bytes() for path in paths.home().iterdir())
        assert not any(token.encode() in stored for token in tokens)
    for wrong in ("", "x", next(iter(tokens))[:-1], "é\ud800", "' OR 1=1 --"):
        with pytest.raises(UnavailableError, match="n’existe pas"):
            sharing.open_share(wrong)


def test_deleting_a_scenario_ends_its_links(server):
    saved = store.save(DRAFT)
    token, _ = sharing.share(saved.id)
    store.delete(saved.id)
    with pytest.raises(UnavailableError):
        sharing.open_share(token)


def test_reviews_are_dated_and_all_kept(server):
    verdicts.save_review("23096", "confirmé", "vu avec le conseil")
    verdicts.save_review("19275", "traité", HOSTILE)
    verdicts.save_review("23096", "réfuté", "un médecin arrive", owner="a@ars.invalid")
    found = verdicts.reviews()
    assert [review.code for review in found] == ["23096", "19275", "23096"]
    assert found[0].owner == "a@ars.invalid"
    assert found[1].comment == HOSTILE.replace("\0", "")
    assert [r.verdict for r in verdicts.reviews(["23096"])] == ["réfuté", "confirmé"]
    with pytest.raises(InvalidInputError, match="confirmé, réfuté, traité"):
        verdicts.save_review("23096", "peut-être", "")


def test_migrations_are_those_of_the_models(server):
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with database.session() as opened:
        context = MigrationContext.configure(opened.connection())
        assert compare_metadata(context, database.Base.metadata) == []


def test_the_schema_is_that_of_the_last_migration():
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    folder = Path(database.__file__).parent / "migrations"
    config.set_main_option("script_location", str(folder))
    assert ScriptDirectory.from_config(config).get_current_head() == database.HEAD


def test_a_base_that_is_up_to_date_is_opened_without_what_migrates(server, monkeypatch):
    store.scenarios()
    database.forget()
    monkeypatch.setattr(database, "_upgrade", lambda _: pytest.fail("migrated again"))
    assert store.scenarios() == []


def test_unacceptable_drafts_are_refused():
    for draft, message in (
        (replace(DRAFT, name="  \0"), "nom d’au plus"),
        (replace(DRAFT, name="x" * 201), "nom d’au plus"),
        (replace(DRAFT, note="x" * 10_001), "note dépasse"),
        (replace(DRAFT, parameters={"x": float("nan")}), "ne peut pas être enregistré"),
        (replace(DRAFT, parameters={"x": object()}), "ne peut pas être enregistré"),
    ):
        with pytest.raises(InvalidInputError, match=message):
            store.save(draft)
    saved = store.save(DRAFT)
    for days in (0, 367):
        with pytest.raises(InvalidInputError, match="de 1 à 366"):
            sharing.share(saved.id, days=days)


def test_comparison_of_two_scenarios():
    other = replace(
        DRAFT, sites=DRAFT.sites[:1], parameters={"model": "pmedian", "k": 3}, departures={}
    )
    table = compare(DRAFT, other)
    assert table.loc[~table["same"], "item"].tolist() == [
        HOSTILE,
        "23096",
        "model",
        "threshold",
        "own",
    ]
    assert (
        table.set_index("item").loc["MSP du Centre", "first"].startswith("Ussel (2,3138 ; 45,5448)")
    )


def test_database_of_a_newer_version_is_left_alone():
    with closing(sqlite3.connect(paths.home() / database.FILE_NAME)) as made:
        made.execute("CREATE TABLE alembic_version (version_num VARCHAR(32))")
        made.execute("INSERT INTO alembic_version VALUES ('9999')")
        made.commit()
    with pytest.raises(UnavailableError, match="version plus récente"):
        store.scenarios()


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("postgresql://nobody:secret@127.0.0.1:9/none", "ne peut pas être ouverte"),
        ("n'importe quoi", "n’est pas comprise"),
    ],
)
def test_wrong_address_is_told_without_its_password(monkeypatch, address, message):
    monkeypatch.setenv(database.SETTING, address)
    with pytest.raises(UnavailableError, match=message) as told:
        store.scenarios()
    assert "secret" not in str(told.value)


KEEP_SAVING = """
import sys
from data.scenarios import store as scenarios, verdicts
from data.scenarios.drafts import Draft
number = 0
while True:
    saved = scenarios.save(Draft(name=f"n{number}", region="75"))
    verdicts.save_review("23096", "traité", saved.id)
    print(saved.id, flush=True)
    number += 1
"""


def test_kill_loses_nothing_that_was_confirmed():
    store.scenarios()  # the database is there before the writers start
    root = Path(database.__file__).parents[2]
    confirmed: list[str] = []
    for pause in (0.0, 0.2):
        writer = subprocess.Popen(
            [sys.executable, "-c", KEEP_SAVING], stdout=subprocess.PIPE, text=True, cwd=root
        )
        confirmed.append(writer.stdout.readline().strip())
        time.sleep(pause)
        os.kill(writer.pid, signal.SIGKILL)
        rest, _ = writer.communicate()
        confirmed.extend(line for line in rest.split("\n")[:-1] if len(line) == 32)
    kept = {scenario.id for scenario in store.scenarios()}
    assert len(confirmed) >= 2
    assert set(confirmed) <= kept
    assert set(confirmed) <= {review.comment for review in verdicts.reviews()}
    with closing(sqlite3.connect(paths.home() / database.FILE_NAME)) as opened:
        assert opened.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert opened.execute("PRAGMA journal_mode").fetchone() == ("wal",)


@pytest.mark.campaign
@given(st.text(max_size=60), st.text(max_size=200))
@settings(max_examples=25)
def test_any_text_is_kept(server, name, note):
    draft = replace(DRAFT, name="x" + name, note=note)
    opened = store.load(store.save(draft).id).draft
    assert opened.name == ("x" + name.replace("\0", "")).strip()
    assert opened.note == note.replace("\0", "")
