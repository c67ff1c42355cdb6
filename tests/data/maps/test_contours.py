"""The contours of a region are made once for the same inputs, and named after them."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from data.base import paths
from data.maps import contours
from data.region.territory import Territory


def test_a_second_process_takes_the_file_of_the_first(
    loaded: tuple[Territory, pd.DataFrame], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    territory = replace(loaded[0])
    monkeypatch.setattr(paths, "STATIC", tmp_path)
    monkeypatch.setattr(contours, "contours_bytes", lambda _: b"drawn once")
    address = contours.contours_file(territory)
    assert address is not None
    assert (tmp_path / address).read_bytes() == b"drawn once"
    contours._written.clear()
    monkeypatch.setattr(contours, "contours_bytes", lambda _: pytest.fail("drawn again"))
    assert contours.contours_file(territory) == address


def test_another_population_has_another_name(loaded: tuple[Territory, pd.DataFrame]) -> None:
    territory = loaded[0]
    grown = territory.communes.assign(population=territory.communes["population"] + 1)
    assert contours.contours_key(replace(territory)) == contours.contours_key(territory)
    assert contours.contours_key(replace(territory, communes=grown)) != contours.contours_key(
        territory
    )


def test_a_folder_that_cannot_be_written_is_no_error(
    loaded: tuple[Territory, pd.DataFrame], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setattr(paths, "STATIC", tmp_path / "file")
    monkeypatch.setattr(contours, "contours_bytes", lambda _: b"drawn")
    assert contours.contours_file(replace(loaded[0])) is None
