"""All of France beside one region: precomputation, server ready, map, indicator change, screens.

`python -m benchmarks.national FOLDER [--regions 75 FR]` wants FOLDER to be a data folder whose
`regions/FR` is built (`python -m data.upkeep.build_embedded --region FR`); counts of GPs that are
imported there are used, else simulated ones. What is not computed yet is computed first, in a
process of its own, then the server is started for each region in turn. It prints a table in
Markdown; times are wall-clock ones, so that the load of the machine is printed with them.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

from benchmarks.first_time import PATIENCE_MS, SCREENS, opening, resident_mb
from benchmarks.map_speed import EMPTY_PAGE, cold, indicator_change
from benchmarks.serving import ROOT, printed, serving

AIMS = {
    "server ready, once precomputed (s)": "10",
    "map interactive, first visitor (s)": "",
    "map interactive, then (s)": "",
    "over an empty page of Streamlit's (s)": "3",
    "change of indicator, median / worst (ms)": "300",
    "slowest screen at its first opening (s)": "3",
    "memory after all screens (MB)": "1,500",
}
_PREPARED = """
import sys, time, resource
from data.region import catalogue
from data.access import indicators
from models.region.prepare import prepare
begun, worked = time.perf_counter(), time.process_time()
territory = catalogue.load_territory("{region}")
table = indicators.commune_indicators(territory)
for level in ("epci", "bassin_de_vie", "departement", "region"):
    indicators.aggregated_indicators(territory, level)
prepare("{region}")
most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
spent = time.perf_counter() - begun, time.process_time() - worked
print(f"told;{{len(table)}};{{spent[0]:.1f}};{{spent[1]:.1f}};{{most:.0f}}")
"""
_COMPARED = """
import numpy as np
from data.region import catalogue
from data.access import indicators
france = indicators.commune_indicators(catalogue.load_territory("FR")).set_index("code")
own = indicators.commune_indicators(catalogue.load_territory("{region}")).set_index("code")
there = france.loc[own.index]
for name in ("gps", "population", "minutes_to_nearest_gp", "apl", "without_room_nearest"):
    gap = (own[name] - there[name]).abs()
    apart = own[name].isna() != there[name].isna()
    print(f"same;{{name}};{{gap.max():.6g}};{{int((gap > 1e-6).sum() + apart.sum())}}")
"""


def prepared(home: Path, region: str) -> list[str]:
    """Compute what is missing of a region; return communes, wall s, processor s, most memory MB."""
    lines = printed(_PREPARED.format(region=region), home).splitlines()
    return next(line for line in lines if line.startswith("told;")).split(";")[1:]


def served(home: Path, region: str, browser_path: str) -> dict[str, str]:
    """Measure a server over a region; return the figures of `AIMS`."""
    os.environ["PROXISOINS_FIRST_REGION"] = region
    begun = time.perf_counter()
    with (
        serving(home) as server,
        tempfile.TemporaryDirectory() as scratch,
        sync_playwright() as playwright,
    ):
        ready = time.perf_counter() - begun
        browser = playwright.chromium.launch(
            executable_path=browser_path, args=["--no-sandbox", "--disable-gpu"]
        )
        address = f"{server.address}/?region={region}"
        first, _ = cold(browser, address, with_map=True, patience_ms=PATIENCE_MS)
        again = min(cold(browser, address, with_map=True, patience_ms=PATIENCE_MS)[0] for _ in "ab")
        bare = Path(scratch, "page.py")
        bare.write_text(EMPTY_PAGE, encoding="utf-8")
        with serving(home, bare) as empty:
            alone = min(cold(browser, empty.address, with_map=False)[0] for _ in "abc")
        changes = indicator_change(browser, address)
        waits = {}
        for name in SCREENS:
            waits[name] = opening(browser, f"{server.address}/{name}?region={region}")
            print(f"  {region} {name}: {waits[name]:.1f} s", flush=True)
        memory = resident_mb(server.process)
        browser.close()
    slowest = max(waits, key=lambda name: waits[name])
    figures = (
        f"{ready:.1f}",
        f"{first:.1f}",
        f"{again:.1f}",
        f"{again - alone:.1f}",
        f"{statistics.median(changes):.0f} / {max(changes):.0f}",
        f"{waits[slowest]:.1f} ({slowest})",
        f"{memory:.0f}",
    )
    return dict(zip(AIMS, figures, strict=True))


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("home", type=Path, help="data folder, with regions/FR built")
    options.add_argument("--regions", nargs="+", default=["75", "FR"])
    asked = options.parse_args()
    browser = subprocess.run(
        [ROOT / ".ci" / "browser"], capture_output=True, text=True, check=True
    ).stdout.strip()
    if not (asked.home / "regions" / "FR" / "set.json").is_file():
        sys.exit("regions/FR is not built in that folder")
    columns = {}
    for region in asked.regions:
        communes, wall, processor, most = prepared(asked.home, region)
        print(
            f"{region}: {communes} communes, {wall} s ({processor} s of processor), {most} MB at "
            f"most; load {os.getloadavg()[0]:.1f}",
            flush=True,
        )
        columns[region] = served(asked.home, region, browser)
    print(f"| | {' | '.join(columns)} | aim |\n|---|{'---|' * len(columns)}---|")
    for name, aim in AIMS.items():
        print(f"| {name} | {' | '.join(one[name] for one in columns.values())} | {aim} |")
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    if "FR" in columns:
        print(printed(_COMPARED.format(region=asked.regions[0]), asked.home))


if __name__ == "__main__":
    main()
