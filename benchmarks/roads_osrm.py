"""Cross-check of times with OSRM on the same extracts.

    python -m benchmarks.roads_osrm --osrm FOLDER FILE.osm.pbf... [--report FILE.json]

FOLDER is the unzipped wheel of osrm-bindings (`pip download osrm-bindings --no-deps
--only-binary=:all: --python-version 3.12`): its programs run without the Python they are meant for.

OSRM has its own speeds, turn costs and access rules. Times are compared as they are, after one
factor, and after calibration on half of the origins, judged on the other half.
"""

import argparse
import functools
import json
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.roads_calibration import (
    ORIGINS,
    Roads,
    agreement,
    calibrate,
    comparable,
    journeys,
    our_minutes,
)
from geo.roads.profile import CLASSES

STARTS_S = 60


@contextmanager
def osrm(programs: Path, extract: Path) -> Iterator[str]:
    """Prepare an extract for OSRM's car and serve it; yield the address."""
    with tempfile.TemporaryDirectory() as folder, socket.socket() as probe:
        copy = Path(folder) / extract.name
        shutil.copyfile(extract, copy)
        base = copy.with_name(extract.name.split(".")[0] + ".osrm")
        profile = programs / "share" / "profiles" / "car.lua"
        for command in (
            ["osrm-extract", "-t", "1", "-p", profile, copy],
            ["osrm-contract", "-t", "1", base],
        ):
            program, *rest = command
            subprocess.run([programs / "bin" / program, *rest], check=True, capture_output=True)
        probe.bind(("localhost", 0))
        port = probe.getsockname()[1]
        probe.close()
        server = subprocess.Popen(
            [programs / "bin" / "osrm-routed", "-i", "localhost", "-p", str(port), "-t", "1", base],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            yield f"http://localhost:{port}"
        finally:
            server.terminate()
            server.wait()


def their_minutes(address: str, origin: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """Return OSRM's minutes from one point, degrees, to others; nan: no way."""
    places = ";".join(f"{lon:.6f},{lat:.6f}" for lon, lat in [origin, *targets])
    url = f"{address}/table/v1/driving/{places}?sources=0&annotations=duration"
    patience = time.monotonic() + STARTS_S
    while True:
        try:
            with urllib.request.urlopen(url, timeout=STARTS_S) as answer:
                (row,) = json.load(answer)["durations"]
            return np.array([np.nan if s is None else s / 60 for s in row[1:]], float)
        except urllib.error.URLError as error:
            refused = isinstance(error.reason, ConnectionRefusedError)
            if not refused or time.monotonic() > patience:
                raise
            time.sleep(0.2)  # the server is starting


def check(programs: Path, extract: Path) -> dict[str, Any]:
    """Compare times on one extract: as they are, after one factor, after calibration."""
    roads = Roads.read(extract)
    network, _ = roads.network(np.ones(roads.groups))
    with osrm(programs, extract) as address:
        found = journeys(functools.partial(their_minutes, address), network)
    ours = our_minutes(network, found)
    usable = comparable(ours, found.minutes)
    factor = float(np.median(found.minutes[usable] / ours[usable]))
    learned, held = np.arange(0, ORIGINS, 2), np.arange(1, ORIGINS, 2)
    pace, lost = calibrate(roads, found, learned)
    calibrated = our_minutes(roads.network(pace)[0], found)[held] + lost
    theirs = found.minutes[held]
    both = comparable(calibrated, theirs)
    return {
        "nodes": network.node_count,
        "factor": round(factor, 3),
        "as_they_are": agreement(ours[usable], found.minutes[usable]),
        "one_factor": agreement(ours[usable], found.minutes[usable] / factor),
        "calibrated_other_origins": agreement(calibrated[both], theirs[both]),
        "minutes_lost": round(lost, 2),
        "pace": {
            f"{c.name} {where}": round(float(pace[3 * i + j]), 2)
            for i, c in enumerate(CLASSES)
            for j, where in enumerate(("open", "town", "dense"))
            if (roads.group == 3 * i + j).any()
        },
    }


def main() -> None:
    """Check every extract and write the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("extracts", type=Path, nargs="+")
    parser.add_argument("--osrm", type=Path, required=True)
    parser.add_argument("--report", type=Path)
    options = parser.parse_args()
    programs = next(options.osrm.glob("**/bin/osrm-routed"), None)
    if programs is None:
        sys.exit(f"{options.osrm} holds no osrm-routed: unzip the wheel of osrm-bindings there.")
    report = {}
    for extract in options.extracts:
        report[extract.name] = check(programs.parents[1], extract)
        print(json.dumps({extract.name: report[extract.name]}, indent=2), flush=True)
    if options.report:
        options.report.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
