"""The frame of the map where set-up is broken: it says what is missing, and what puts it back."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from data.base import paths


def _map() -> None:
    from pages import map_view

    map_view.draw_map("e30", None, "carte")


def test_a_map_without_its_library_says_what_is_missing_and_what_puts_it_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paths, "STATIC", tmp_path)
    app = AppTest.from_function(_map).run()
    assert not app.exception
    (told,) = app.error
    assert "`static/vendor/leaflet/leaflet.js`" in told.value
    assert "data.upkeep.assets" in told.value
    # Once it is there, the next run draws the map.
    monkeypatch.undo()
    app.run()
    assert not app.exception
    assert not app.error
