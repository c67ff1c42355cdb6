"""How long a newcomer waits: set-up's preparation, the map, every screen, on an empty data folder.

`python -m benchmarks.first_time` computes step by step what set-up leaves beside the code, then
starts the server three times: where nothing was computed, on an empty folder after set-up, and
again on that one. It prints a table in Markdown, beside the aims; times are wall-clock ones, so
the load of the machine is printed with them.
"""

import os
import subprocess
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from benchmarks.map_speed import cold
from benchmarks.serving import ROOT, printed, serving

SCREENS = ("risques", "sites", "zonage", "permanence", "solidarite", "territoire", "methode")
AIM_FIRST_S, AIM_AGAIN_S, AIM_SCREEN_S, AIM_MB = 10.0, 5.0, 2.0, 600.0
PATIENCE_MS = 300_000
"""A busy machine is many times slower; its load is printed."""

_STEPS = """
import time
from data.access import indicators, inputs
from data.maps import contours
from data.pdses import coverage
from data.region import catalogue
from models.region.prepare import prepare

begun = [time.perf_counter(), time.process_time()]
def told(name):
    now = [time.perf_counter(), time.process_time()]
    print(f"{name};{now[0] - begun[0]:.2f};{now[1] - begun[1]:.2f}")
    begun[:] = [time.perf_counter(), time.process_time()]

territory = catalogue.load_territory("75")
told("region, field of minutes, kernels read or compiled")
inputs.gp_pairs(territory)
told("pairs of communes and GPs within 30 minutes")
indicators.commune_indicators(territory)
told("other indicators")
contours.contours_file(territory)
told("contours of the map")
coverage.lines_covering(territory, str(territory.communes["code"].iloc[0]))
told("minutes to on-call lines")
prepare("75")
told("reach of on-call lines, help between territories, what the map is sent")
"""


def prepared(home: Path) -> list[tuple[str, float, float]]:
    """Prepare a data folder as set-up does; return steps, wall-clock and processor seconds."""
    rows = [line.split(";") for line in printed(_STEPS, home).splitlines() if line.count(";") == 2]
    return [(name, float(wall), float(processor)) for name, wall, processor in rows]


def resident_mb(process: int) -> float:
    """Return what a process holds in memory, megabytes."""
    status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    kilobytes = next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS"))
    return int(kilobytes) / 1000


def opening(browser: Browser, address: str) -> float:
    """Return seconds until a screen has run and shows its heading, in a fresh profile."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    begun = time.perf_counter()
    page.goto(address, wait_until="commit")
    page.locator("h1").first.wait_for(timeout=PATIENCE_MS)
    page.locator("[data-test-script-state='notRunning']").wait_for(
        state="attached", timeout=PATIENCE_MS
    )
    seconds = time.perf_counter() - begun
    context.close()
    return seconds


def served(browser: Browser, home: Path) -> tuple[float, float, dict[str, float]]:
    """Start a server; return seconds to the map from the start, memory, seconds by screen."""
    begun = time.perf_counter()
    with serving(home) as application:
        cold(browser, application.address, with_map=True, patience_ms=PATIENCE_MS)
        to_map = time.perf_counter() - begun
        screens = {name: opening(browser, f"{application.address}/{name}") for name in SCREENS}
        return to_map, resident_mb(application.process), screens


def main() -> None:
    """Measure and print."""
    chromium = subprocess.run(
        [ROOT / ".ci" / "browser"], capture_output=True, text=True, check=True
    ).stdout.strip()
    print(f"Load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores.\n")
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        ready, never, empty = (Path(scratch) / name for name in ("ready", "never", "empty"))
        os.environ["PROXISOINS_PREPARED"] = str(Path(scratch) / "nothing")
        print("| prepared at set-up | seconds | of processor |\n|---|---|---|")
        for name, wall, processor in prepared(ready):
            print(f"| {name} | {wall:.1f} | {processor:.1f} |")
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        runs = {"nothing computed": (served(browser, never), AIM_FIRST_S)}
        os.environ["PROXISOINS_PREPARED"] = str(ready)
        runs |= {
            "empty folder, after set-up": (served(browser, empty), AIM_FIRST_S),
            "after that": (served(browser, empty), AIM_AGAIN_S),
        }
        browser.close()
    print("\n| from the server's start | map, s | aim | slowest screen, s | aim | MB | aim |")
    print("|---|---|---|---|---|---|---|")
    for name, ((to_map, memory, screens), aim) in runs.items():
        slowest = max(screens, key=lambda screen: screens[screen])
        print(
            f"| {name} | {to_map:.1f} | {aim:g} | {screens[slowest]:.1f} ({slowest}) | "
            f"{AIM_SCREEN_S:g} | {memory:.0f} | {AIM_MB:g} |"
        )
    print("\nEach screen, seconds, in the order of opening: ", end="")
    for name, ((_, _, screens), _) in runs.items():
        print(f"{name}: " + ", ".join(f"{one} {s:.1f}" for one, s in screens.items()), end="; ")
    print()


if __name__ == "__main__":
    main()
