"""Cross-check of times with OSRM on the same extracts.

    python -m benchmarks.roads_osrm --osrm FOLDER FILE.osm.pbf... [--report FILE.json]

FOLDER is the unzipped wheel of osrm-bindings (`pip download osrm-bindings --no-deps
--only-binary=:all: --python-version 3.12`): its programs run without the Python they are meant for.

OSRM has its own speeds, turn costs and access rules. Times are compared as they are, after one
factor, and after calibration on half of the origins, judged on the other half. Places lie on
roads that both have.
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

from benchmarks.roads_calibration import align
from geo.roads.build import build_from_osm

STARTS_S = 60

SAME_ROAD_M = 15.0
"""A place that OSRM moves further lies on a road that it does not have: a track, a private way."""


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
    """Return OSRM's minutes from one point, degrees, to others; nan: no way, or another road."""
    places = ";".join(f"{lon:.6f},{lat:.6f}" for lon, lat in [origin, *targets])
    url = f"{address}/table/v1/driving/{places}?sources=0&annotations=duration"
    patience = time.monotonic() + STARTS_S
    while True:
        try:
            with urllib.request.urlopen(url, timeout=STARTS_S) as answer:
                said = json.load(answer)
        except urllib.error.URLError as error:
            refused = isinstance(error.reason, ConnectionRefusedError)
            if not refused or time.monotonic() > patience:
                raise
            time.sleep(0.2)  # the server is starting
        else:
            break
    (row,) = said["durations"]
    moved_m = [place["distance"] for place in said["destinations"]]
    return np.array(
        [
            np.nan if s is None or max(m, moved_m[0]) > SAME_ROAD_M else s / 60
            for s, m in zip(row[1:], moved_m[1:], strict=True)
        ]
    )


def check(programs: Path, extract: Path) -> dict[str, Any]:
    """Compare times on one extract: as they are, after one factor, after calibration."""
    network = build_from_osm([extract], lambda _: None)
    with osrm(programs, extract) as address:
        return align(functools.partial(their_minutes, address), network).said


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
