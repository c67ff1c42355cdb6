"""The frame of the map where set-up is broken: it says what is missing, and what puts it back."""

import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from data.base import paths
from pages import map_view


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


def test_the_page_of_the_map_may_be_enlarged_with_two_fingers() -> None:
    """Folium writes that it may not (WCAG 2.2, 1.4.4)."""
    shell = map_view._shell("e30=")
    shell.get_root().render()
    (written,) = re.findall(r'<meta name="viewport"[^>]*>', shell.get_root().header.render())
    assert "initial-scale=1.0" in written
    assert "maximum-scale" not in written
    assert "user-scalable" not in written
