"""axe-core on every screen, at the two widths: nothing serious or critical of ours."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parents[2]
SCREENS = re.findall(r'^    \("(\w+)", "', (ROOT / "app.py").read_text(), flags=re.MULTILINE)
WIDTHS = {"desktop": {"width": 1440, "height": 900}, "phone": {"width": 390, "height": 844}}


def test_screens_are_listed() -> None:
    assert "carte" in SCREENS
    assert "methode" in SCREENS


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("width", WIDTHS)
def test_screen_has_no_grave_finding(
    server: str,
    open_page: Callable[[dict[str, int]], AbstractContextManager[Page]],
    grave_findings: Callable[[Page], list[str]],
    screen: str,
    width: str,
) -> None:
    with open_page(WIDTHS[width]) as page:
        page.goto(server if screen == SCREENS[0] else f"{server}/{screen}")
        page.get_by_test_id("stMain").get_by_role("heading").or_(
            page.locator("iframe")
        ).first.wait_for(timeout=60_000)
        page.locator("[data-test-script-state=notRunning]").wait_for(timeout=120_000)
        page.locator("[data-stale=true]").wait_for(state="detached")
        assert grave_findings(page) == []
