"""What a picture of a screen waits for before it is taken."""

import pytest
from playwright.sync_api import Page
from playwright.sync_api import TimeoutError as TooLateError

from benchmarks import screen_states

DRAWN = "<main data-test-script-state=notRunning></main>"
MAP = """const map = document.createElement('iframe');
    map.title = 'streamlit_folium.st_folium'; document.body.append(map);"""
READY = "map.contentDocument.documentElement.dataset.ready = '1';"


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(screen_states, "WAIT_MS", 700)


def test_a_picture_waits_for_the_map_of_its_screen(page: Page) -> None:
    page.set_content(DRAWN)
    screen_states.still(page)
    with pytest.raises(TooLateError):
        screen_states.still(page, mapped=True)
    page.evaluate(f"setTimeout(() => {{ {MAP} {READY} }}, 200)")
    screen_states.still(page, mapped=True)
    assert page.locator("iframe").count() == 1


def test_a_picture_waits_for_what_a_map_draws(page: Page) -> None:
    page.set_content(DRAWN)
    page.evaluate(f"() => {{ {MAP} }}")
    with pytest.raises(TooLateError):
        screen_states.still(page)
