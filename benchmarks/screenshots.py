"""Pictures of every screen and of its states, at three widths, to be looked at one by one.

`python -m benchmarks.screenshots FOLDER [--address URL] [--only carte] [--width 1440]` drives a
browser over a running application (its own over demonstration data without `--address`) and
writes one PNG per state and width.
"""

import argparse
import os
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from benchmarks.serving import ROOT, serving

FRAME = "iframe[title^='streamlit_folium']"
HEIGHTS = {1440: 900, 1366: 768, 1024: 768, 390: 844}
WAIT_MS = 240_000

Gesture = Callable[[Page], None]


def _map_ready(page: Page) -> None:
    page.frame_locator(FRAME).locator("html[data-ready='1']").wait_for(
        state="attached", timeout=WAIT_MS
    )


def _still(page: Page) -> None:
    page.locator("[data-test-script-state=notRunning]").first.wait_for(
        state="attached", timeout=WAIT_MS
    )
    # What is not drawn yet stands as grey boxes.
    page.wait_for_function("() => !document.querySelector('[data-testid=stSkeleton]')")
    page.locator("[data-test-script-state=notRunning]").first.wait_for(
        state="attached", timeout=WAIT_MS
    )


def _isochrone(page: Page) -> None:
    page.frame_locator(FRAME).get_by_role("button", name="Isochrone d’ici").click()
    page.frame_locator(FRAME).locator("html[data-rings*='ici']").wait_for(
        state="attached", timeout=WAIT_MS
    )


def _nothing(_page: Page) -> None:
    """Look at the state as the address opens it."""


STATES: tuple[tuple[str, str, bool, Gesture], ...] = (
    ("carte", "/", True, _nothing),
    ("carte-commune", "/?commune=23096", True, _nothing),
    ("carte-isochrone", "/?commune=23096", True, _isochrone),
    ("carte-couches", "/?ind=apl&couches=zonage,france_sante,pdses,urgences", True, _nothing),
    ("carte-zone", "/?ind=zone", True, _nothing),
    ("risques", "/risques", False, _nothing),
    ("sites", "/sites", False, _nothing),
    ("solidarite", "/solidarite", True, _nothing),
    ("permanence", "/permanence", True, _nothing),
    ("permanence-manques", "/permanence?vue=manques", False, _nothing),
    ("permanence-chute", "/permanence?vue=si-cette-ligne-tombe", False, _nothing),
    ("zonage", "/zonage", True, _nothing),
    ("fiche-commune", "/territoire?territoire=commune:23096", False, _nothing),
    ("fiche-departement", "/territoire?territoire=departement:23", False, _nothing),
    ("fiche-comparer", "/territoire?territoire=departement:23&avec=16", False, _nothing),
    ("fiche-inconnue", "/territoire?territoire=commune:99999", False, _nothing),
    ("methode", "/methode", False, _nothing),
    ("lien-inconnu", "/partage?jeton=inconnu", False, _nothing),
)
"""Name, address, whether it holds a map to wait for, gesture."""


@contextmanager
def _application(address: str | None) -> Iterator[str]:
    if address:
        yield address.rstrip("/")
        return
    with tempfile.TemporaryDirectory() as home, serving(Path(home)) as own:
        yield own.address


def main() -> None:
    """Take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--address")
    parser.add_argument("--only", default="", help="beginning of the names of the states wanted")
    parser.add_argument("--width", type=int, action="append", choices=sorted(HEIGHTS))
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    browser_path = subprocess.run(
        [ROOT / ".ci" / "browser"], capture_output=True, text=True, check=True, env=os.environ
    ).stdout.strip()
    with _application(asked.address) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path)
        for width in asked.width or (1440, 1024, 390):
            for name, path, with_map, gesture in STATES:
                if not name.startswith(asked.only):
                    continue
                context = browser.new_context(
                    viewport={"width": width, "height": HEIGHTS[width]}, locale="fr-FR"
                )
                page = context.new_page()
                page.set_default_timeout(WAIT_MS)
                page.goto(address + path, timeout=WAIT_MS)
                _still(page)
                if with_map:
                    _map_ready(page)
                gesture(page)
                page.wait_for_timeout(1500)
                page.screenshot(path=asked.folder / f"{name}-{width}.png")
                context.close()
        browser.close()


if __name__ == "__main__":
    main()
