"""A database that the first version wrote opens, whole, in this one; a back-up goes back to it."""

import hashlib
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from data.base import paths
from data.scenarios import database, sharing, store, verdicts
from data.upkeep import backup

# As the first version (0.1, 22 November 2026) made its file: kept here as text, because code that
# changes must not change what old files are.
FIRST = """
CREATE TABLE alembic_version (
    version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num));
INSERT INTO alembic_version VALUES('0001');
CREATE TABLE scenario (
    id VARCHAR(32) NOT NULL, owner VARCHAR(320) NOT NULL, name VARCHAR(200) NOT NULL,
    content JSON NOT NULL, revision INTEGER NOT NULL, created_at DATETIME NOT NULL,
    updated_at DATETIME NOT NULL, PRIMARY KEY (id));
CREATE INDEX ix_scenario_owner ON scenario (owner);
CREATE TABLE share (
    id VARCHAR(32) NOT NULL, scenario_id VARCHAR(32) NOT NULL, token_hash VARCHAR(64) NOT NULL,
    content JSON NOT NULL, view JSON NOT NULL, created_at DATETIME NOT NULL,
    expires_at DATETIME NOT NULL, revoked_at DATETIME, PRIMARY KEY (id), UNIQUE (token_hash),
    FOREIGN KEY(scenario_id) REFERENCES scenario (id) ON DELETE CASCADE);
CREATE INDEX ix_share_scenario_id ON share (scenario_id);
CREATE TABLE review (
    id INTEGER NOT NULL, owner VARCHAR(320) NOT NULL, code VARCHAR(5) NOT NULL,
    verdict VARCHAR(20) NOT NULL, comment TEXT NOT NULL, made_at DATETIME NOT NULL,
    PRIMARY KEY (id));
CREATE INDEX ix_review_code ON review (code);
"""
TOKEN = "jeton-de-la-premiere-version"
CONTENT = {
    "name": "MSP du plateau",
    "region": "75",
    "note": "vue en réunion",
    "sites": [
        {"line": 2, "name": "MSP", "code": "19275", "commune": "Ussel", "lon": 2.3, "lat": 45.5,
         "gps": 3.0}
    ],
    "departures": {"19275": 1},
    "parameters": {"k": 1},
    "data_versions": {"gps": "a"},
    "simulated": [],
}  # fmt: skip
DAY = "2026-11-22 03:30:00.000000"


@pytest.fixture
def first(isolated_home: Path) -> Path:
    """Write the database of the first version into the data folder, with one of each thing."""
    path = isolated_home / database.FILE_NAME
    told = json.dumps(CONTENT, ensure_ascii=False)
    with closing(sqlite3.connect(path)) as written, written:
        written.executescript(FIRST)
        written.execute(
            "INSERT INTO scenario VALUES(?,?,?,?,?,?,?)",
            ("a" * 32, "", CONTENT["name"], told, 4, DAY, DAY),
        )
        written.execute(
            "INSERT INTO share VALUES(?,?,?,?,?,?,?,NULL)",
            ("b" * 32, "a" * 32, hashlib.sha256(TOKEN.encode()).hexdigest(), told,
             json.dumps({"couches": "msp"}), DAY, "2999-01-01 00:00:00.000000"),
        )  # fmt: skip
        written.execute("INSERT INTO review VALUES(1,'','23096','confirmé','vu',?)", (DAY,))
    return path


def schema(path: Path) -> str:
    with closing(sqlite3.connect(path)) as opened:
        return str(opened.execute("SELECT version_num FROM alembic_version").fetchone()[0])


def test_everything_of_the_first_version_is_there_and_goes_on(first: Path) -> None:
    (kept,) = store.scenarios()
    assert (kept.id, kept.revision, kept.owner, kept.deleted_at) == ("a" * 32, 4, "", None)
    assert kept.updated_at.isoformat() == "2026-11-22T03:30:00+00:00"
    draft = kept.draft
    assert (draft.name, draft.note, draft.region) == ("MSP du plateau", "vue en réunion", "75")
    assert [(site.commune, site.gps) for site in draft.sites] == [("Ussel", 3.0)]
    assert dict(draft.departures) == {"19275": 1}
    shared = sharing.open_share(TOKEN)
    assert (shared.draft, dict(shared.view)) == (draft, {"couches": "msp"})
    (review,) = verdicts.reviews()
    assert (review.code, review.verdict, review.seen) == ("23096", "confirmé", None)
    # What this version does with it: change, delete, restore, share again.
    assert store.update(kept, draft, owner="lea@exemple.fr").revision == 5
    store.delete(kept.id)
    assert [one.id for one in store.deleted()] == [kept.id]
    assert store.restore(kept.id).draft == draft
    sharing.revoke(sharing.shares(kept.id)[0].id)
    assert schema(first) > "0001"


def test_the_back_up_of_before_goes_back_to_the_first_version(first: Path, tmp_path: Path) -> None:
    archive = tmp_path / "avant.zip"
    backup.back_up(archive)
    assert store.scenarios()
    database.forget()
    assert schema(first) > "0001"
    backup.restore(archive)
    assert schema(paths.home() / database.FILE_NAME) == "0001"
    assert [one.draft.name for one in store.scenarios()] == ["MSP du plateau"]
