"""Tables kept on disk: of the data folder, and of set-up for every data folder."""

from pathlib import Path

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from data.access import indicators, inputs
from data.base import paths, table_cache
from data.base.table_cache import cached_table
from data.region import catalogue

KEPT = pd.DataFrame({"code": ["19001", "19002"], "minutes": [3.5, 12.0]})


def refuse(*_: object) -> pd.DataFrame:
    raise AssertionError("computed again")


@pytest.fixture
def at_setup(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that set-up fills, with one table; returns where that table is."""
    folder = tmp_path / "prepared"
    with monkeypatch.context() as setup:
        setup.setenv("PROXISOINS_HOME", str(folder))
        cached_table("t", "key", KEPT.copy)
    monkeypatch.setenv("PROXISOINS_PREPARED", str(folder))
    return folder / "cache" / "t-key.parquet"


def test_what_setup_computed_serves_every_data_folder(at_setup: Path, isolated_home: Path) -> None:
    assert table_cache.is_kept("t", "key")
    assert not table_cache.is_kept("t", "other")
    assert_frame_equal(cached_table("t", "key", refuse), KEPT)
    assert not (isolated_home / "cache").exists()


def test_what_setup_left_cut_is_built_again_in_the_data_folder(
    at_setup: Path, isolated_home: Path
) -> None:
    cut = at_setup.read_bytes()[:100]
    at_setup.write_bytes(cut)
    assert_frame_equal(cached_table("t", "key", KEPT.copy), KEPT)
    assert_frame_equal(cached_table("t", "key", refuse), KEPT)
    assert (isolated_home / "cache" / "t-key.parquet").is_file()
    assert at_setup.read_bytes() == cut


def test_what_the_data_folder_keeps_comes_first(at_setup: Path, isolated_home: Path) -> None:
    own = KEPT.assign(minutes=1.0)
    at_setup.rename(at_setup.with_suffix(".aside"))
    cached_table("t", "key", own.copy)
    at_setup.with_suffix(".aside").rename(at_setup)
    assert_frame_equal(cached_table("t", "key", refuse), own)


def test_an_empty_data_folder_computes_no_minute_of_the_region_by_default(
    prepared_home: Path, isolated_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROXISOINS_PREPARED", str(prepared_home))
    monkeypatch.setattr(inputs, "pairs_to", refuse)
    territory = catalogue.load_territory()
    assert len(inputs.gp_pairs(territory)) > len(territory.communes)
    assert indicators.commune_indicators(territory)["minutes_to_nearest_gp"].notna().any()
    assert list(isolated_home.glob("cache/*")) == []


def test_what_setup_computes_is_read_by_whoever_runs_the_application() -> None:
    folder, asked = "PROXISOINS_HOME=prepared", "chmod -R a+rX prepared"
    for name in ("Makefile", "deploy/Containerfile"):
        steps = (paths.ROOT / name).read_text(encoding="utf-8")
        assert steps.index(folder) < steps.index(asked)
