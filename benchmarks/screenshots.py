"""Pictures of the documentation, made again by `python -m benchmarks.screenshots`.

Opens the application on its demonstration data, in a scratch folder, and photographs the map.
"""

import subprocess
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

from benchmarks.map_speed import FRAME
from benchmarks.serving import ROOT, serving

FIGURES = ROOT / "docs" / "figures"
VIEW = "?ind=apl&commune=23096&lon=1.6&lat=45.7&z=8.5&couches=zonage,france_sante,pdses"
COLOURS = 128
"""Colours kept: a map of flat tints needs no more, and the file is a third of the size."""


def main() -> None:
    """Photograph the map at 1440 by 900 pixels."""
    browser_path = subprocess.run(
        [ROOT / ".ci" / "browser"], capture_output=True, text=True, check=True
    ).stdout.strip()
    FIGURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox"])
        with serving(Path(scratch)) as application:
            page = browser.new_page(viewport={"width": 1440, "height": 900}, locale="fr-FR")
            page.goto(f"{application.address}/{VIEW}")
            frame = page.frame_locator(FRAME)
            frame.locator("html[data-ready='1']").wait_for(state="attached", timeout=180_000)
            frame.locator(".cover li").first.wait_for(timeout=60_000)
            page.wait_for_timeout(1000)
            picture = FIGURES / "carte.png"
            page.screenshot(path=picture)
        browser.close()
    with Image.open(picture) as full:
        reduced = full.convert("RGB").quantize(COLOURS)
    reduced.save(picture, optimize=True)


if __name__ == "__main__":
    main()
