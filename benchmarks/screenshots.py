"""Pictures of every screen and of its states, at three widths, to be looked at one by one.

`python -m benchmarks.screenshots FOLDER` serves the application over demonstration data, then over
real counts where the reference files are (`PROXISOINS_REFERENCE_DATA`), and writes a PNG of each
state and width: what the window shows and, where the screen is longer, the whole of it ("-long").
`--data`, `--only`, `--width` choose among them; `--address` takes an application that runs already;
`--home` keeps the data folders between two calls; `--readme` remakes the pictures of the README,
`--guide` takes only the states that the guide by task shows, and remakes its pictures.
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright
from playwright.sync_api import Error as BrowserError

from benchmarks.screen_states import WAIT_MS, State, states, still
from benchmarks.serving import ROOT, printed, serving
from data.base.paths import reference_data
from geo.static_map import of_few_colours

TELEPHONE = {
    "user_agent": "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/130.0 Mobile Safari/537.36",
    "has_touch": True,
}
"""What a telephone says of itself: it is shown plain tables first."""
HEIGHTS = {1440: 900, 1366: 768, 1024: 768, 390: 844}
TALLEST_PX = 9_000
DEMONSTRATION, REAL = "demonstration", "reel"
_FILES = (
    "gp_panel/gp_per_commune_dated.csv",
    "zoning/zonage_na_matched.csv",
    "apl/apl_gp_per_commune.csv",
    "reference/communes_75_reference.csv",
)
"""Real counts, zones, APL and characteristics of communes."""
README = {
    "carte-isochrone": "carte.png",
    "permanence-carte": "permanence.png",
    "zonage": "zonage.png",
    "fiche-commune": "fiche.png",
}
"""States that the README shows, and their files in `docs/figures`."""
README_WIDTH, README_COLOURS = 1000, 256
GUIDE = {
    "carte-difference": "carte-difference.png",
    "risques": "territoires-a-risque.png",
    "sites-reponse": "sites.png",
    "permanence-chute": "permanence-ligne.png",
    "zonage": "zonage.png",
    "fiche-comparer": "fiches-comparees.png",
}
"""States that the guide by task shows, and their files in `docs/guide/pictures`."""
GUIDE_WIDTH, GUIDE_COLOURS = 800, 128
"""A picture of the guide stays under 100 kB."""
_FIX = """() => { for (const one of document.querySelectorAll('iframe')) {
    const height = one.getBoundingClientRect().height + 'px';
    one.style.setProperty('height', height, 'important');
    one.style.setProperty('max-height', height, 'important');
    const kept = one.contentDocument.createElement('style');
    kept.textContent = `html { --height: ${height} !important; }`;
    one.contentDocument.head.append(kept); } }"""
"""A map is as high as the window says: kept as it is, frame and inside, while the window grows."""
_HEIGHT = """() => { const main = document.querySelector('[data-testid=stMain]');
    return main ? main.scrollHeight : 0; }"""


def _import(home: Path) -> None:
    """Import the reference files by the command, unless this folder holds them already."""
    files = [str(reference_data() / name) for name in _FILES]
    printed(f"from data.cli import app; app(['import', *{files!r}], standalone_mode=False)", home)


@contextmanager
def _application(data: str, home: Path | None) -> Iterator[str]:
    """Serve the application over data of a kind, and give its address."""
    with tempfile.TemporaryDirectory() as own:
        folder = (home or Path(own)) / data
        folder.mkdir(parents=True, exist_ok=True)
        if data == REAL:
            _import(folder)
        with serving(folder) as served:
            yield served.address


def _take(page: Page, address: str, state: State, path: Path) -> None:
    """Open a state and write its pictures."""
    page.goto(address + state.address, timeout=WAIT_MS)
    still(page)
    state.gesture(page)
    still(page, mapped=state.mapped)
    page.wait_for_timeout(1200)  # fonts, transitions
    page.screenshot(path=path)
    size = page.viewport_size
    assert size is not None
    height = min(int(page.evaluate(_HEIGHT)) + 60, TALLEST_PX)
    if height > size["height"] + 100:
        page.evaluate(_FIX)
        page.set_viewport_size({"width": size["width"], "height": height})
        page.wait_for_timeout(800)
        still(page)
        page.screenshot(path=path.with_stem(path.stem + "-long"))


def _pictures(
    browser: Browser, address: str, wanted: list[State], widths: list[int], folder: Path
) -> int:
    """Take all pictures of an application; return how many states could not be reached."""
    missed = 0
    folder.mkdir(parents=True, exist_ok=True)
    for state in wanted:
        for width in widths:
            context = browser.new_context(
                viewport={"width": width, "height": HEIGHTS[width]},
                locale="fr-FR",
                timezone_id="Europe/Paris",
                **(TELEPHONE if width < 640 else {}),
            )
            page = context.new_page()
            page.set_default_timeout(WAIT_MS / 8)
            path = folder / f"{state.name}-{width}.png"
            try:
                _take(page, address, state, path)
            except (BrowserError, AssertionError) as error:
                missed += 1
                page.screenshot(path=path.with_stem(path.stem + "-manque"))
                print(f"{state.name} {width}: {str(error).splitlines()[0]}", flush=True)
            context.close()
    return missed


def _smaller(taken: Path, kept: Path, width: int, colours: int) -> None:
    """Make a picture of a document of one that was taken: smaller, of few colours."""
    with Image.open(taken) as picture:
        small = picture.convert("RGB")
        small.thumbnail((width, width), Image.Resampling.LANCZOS)
        kept.parent.mkdir(parents=True, exist_ok=True)
        of_few_colours(np.asarray(small), colours).save(kept, optimize=True)


def _readme(folder: Path) -> None:
    """Make the pictures of the README of those taken."""
    for name, kept in README.items():
        to = ROOT / "docs" / "figures" / kept
        _smaller(folder / f"{name}-1440.png", to, README_WIDTH, README_COLOURS)


def _guide(folder: Path) -> None:
    """Make the pictures of the guide by task of those taken."""
    for name, kept in GUIDE.items():
        to = ROOT / "docs" / "guide" / "pictures" / kept
        _smaller(folder / f"{name}-1440.png", to, GUIDE_WIDTH, GUIDE_COLOURS)


def main() -> None:
    """Take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--address")
    parser.add_argument("--home", type=Path, help="where the data folders are kept")
    parser.add_argument("--data", choices=(DEMONSTRATION, REAL), action="append")
    parser.add_argument("--only", action="append", help="beginning of the names of states wanted")
    parser.add_argument("--readme", action="store_true", help="then remake those of the README")
    parser.add_argument("--guide", action="store_true", help="take and remake those of the guide")
    parser.add_argument("--width", type=int, action="append", choices=sorted(HEIGHTS))
    asked = parser.parse_args()
    wanted = [one for one in states() if one.name.startswith(tuple(asked.only or [""]))]
    widths = asked.width or [1440, 1024, 390]
    if asked.guide:
        wanted = [one for one in states() if one.name in GUIDE]
        widths, asked.data = [1440], [DEMONSTRATION]
    kinds = asked.data or [DEMONSTRATION, *([REAL] if reference_data().is_dir() else [])]
    found = subprocess.run([ROOT / ".ci" / "browser"], capture_output=True, text=True, check=True)
    missed = 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found.stdout.strip())
        if asked.address:
            missed += _pictures(browser, asked.address.rstrip("/"), wanted, widths, asked.folder)
        for kind in [] if asked.address else kinds:
            with _application(kind, asked.home) as address:
                missed += _pictures(browser, address, wanted, widths, asked.folder / kind)
        browser.close()
    if asked.readme:
        _readme(asked.folder if asked.address else asked.folder / DEMONSTRATION)
    if asked.guide:
        _guide(asked.folder if asked.address else asked.folder / DEMONSTRATION)
    sys.exit(f"{missed} pictures could not be taken" if missed else 0)


if __name__ == "__main__":
    main()
