"""A clock that goes back: nothing that was closed opens, nothing that was written is lost."""

import datetime as dt
import os
import time
from pathlib import Path

import pandas as pd
import pytest

from data.base import table_cache
from data.official import import_reports, imports
from data.region import catalogue
from data.scenarios import sharing, store
from data.scenarios.drafts import Draft
from geo.errors import UnavailableError
from tests.faults.generated import GOLDEN

BACK = dt.timedelta(days=800)


@pytest.fixture
def go_back(monkeypatch: pytest.MonkeyPatch):
    """Give a function that sets the clock of scenarios and of imports two years back."""
    real = dt.datetime

    class Behind(real):
        @classmethod
        def now(cls, tz: dt.tzinfo | None = None) -> dt.datetime:
            return real.now(tz) - BACK

    def set_back() -> None:
        monkeypatch.setattr(dt, "datetime", Behind)

    return set_back


def test_a_revoked_link_stays_closed(go_back) -> None:
    saved = store.save(Draft(name="Projet", region="75"))
    token, link = sharing.share(saved.id)
    sharing.revoke(link.id)
    go_back()
    with pytest.raises(UnavailableError, match="révoqué"):
        sharing.open_share(token)
    assert not sharing.shares(saved.id)[0].active


def test_scenarios_are_saved_changed_and_shared_as_before(go_back) -> None:
    saved = store.save(Draft(name="Projet", region="75"))
    go_back()
    changed = store.update(saved, Draft(name="Projet bis", region="75"))
    assert changed.revision == saved.revision + 1
    assert changed.updated_at < saved.updated_at
    token, link = sharing.share(changed.id, days=1)
    assert link.active
    assert sharing.open_share(token).draft.name == "Projet bis"
    assert len(store.scenarios()) == 1


def test_imports_follow_one_another_whatever_their_date(go_back) -> None:
    imports.import_files([GOLDEN / "gp_wide.csv"])
    first = catalogue.imported_tables(["gps"])["gps"]
    go_back()
    (report,) = imports.import_files([GOLDEN / "bpe_detail_latin1.csv"])
    assert report.status == import_reports.IMPORTED
    assert not catalogue.imported_tables(["gps"])["gps"].equals(first)
    assert catalogue.undo()
    assert catalogue.imported_tables(["gps"])["gps"].equals(first)


def test_a_table_just_kept_is_not_the_first_forgotten(isolated_home: Path) -> None:
    table, later = pd.DataFrame({"a": [1]}), time.time() + 1e6
    for number in range(table_cache.KEPT_FILES):
        table_cache.cached_table("t", f"k{number}", table.copy)
        os.utime(isolated_home / "cache" / f"t-k{number}.parquet", (later, later))
    table_cache.cached_table("t", "new", table.copy)
    table_cache.cached_table("t", "new", lambda: pytest.fail("was forgotten"))
    assert len(list((isolated_home / "cache").iterdir())) == table_cache.KEPT_FILES
