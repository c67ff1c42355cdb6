"""axe-core on every screen, at four widths: nothing serious or critical of ours."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parents[2]
SCREENS = re.findall(r'^    \("(\w+)", "', (ROOT / "app.py").read_text(), flags=re.MULTILINE)
DESKTOP = {"width": 1440, "height": 900}
NARROWER = ({"width": 1366, "height": 768}, {"width": 1024, "height": 768})
PHONE = {"width": 390, "height": 844}
SLOW_MS = 120_000


def test_screens_are_listed() -> None:
    assert "carte" in SCREENS
    assert "methode" in SCREENS


def settled(page: Page) -> None:
    """Wait until a screen has run and is drawn."""
    page.get_by_test_id("stMain").get_by_role("heading").or_(page.locator("iframe")).first.wait_for(
        timeout=SLOW_MS
    )
    page.locator("[data-test-script-state=notRunning]").wait_for(timeout=SLOW_MS)
    page.locator("[data-stale=true]").first.wait_for(state="detached", timeout=SLOW_MS)


@pytest.mark.parametrize("screen", SCREENS)
def test_screen_has_no_grave_finding(
    server: str,
    open_page: Callable[[dict[str, int]], AbstractContextManager[Page]],
    grave_findings: Callable[[Page], list[str]],
    screen: str,
) -> None:
    """A screen is opened once and then narrowed, down to the phone's width."""
    with open_page(DESKTOP) as page:
        page.goto(server if screen == SCREENS[0] else f"{server}/{screen}")
        settled(page)
        findings = {DESKTOP["width"]: grave_findings(page)}
        for viewport in (*NARROWER, PHONE):
            page.set_viewport_size(viewport)
            settled(page)
            findings[viewport["width"]] = grave_findings(page)
        assert not any(findings.values()), findings
