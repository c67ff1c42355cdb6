"""Gestures of a session while files made to do harm are read: waits, alone then meanwhile.

`python -m benchmarks.gestures_meanwhile --journeys 10` starts the application on its demonstration
data, times journeys of one visitor, then the same while harmful files are read one after the other,
as many at once as the application lets. They are read in the process apart, by the very functions
that screens call; who asks is this script and not the server, whose own part is to wait for an
answer. `--files FOLDER` takes the files of a folder, else they are generated. Exit code 1 when the
95th percentile of any gesture meanwhile passes 1.5 s.
"""

import argparse
import asyncio
import itertools
import os
import sys
import tempfile
import threading
from collections import Counter
from pathlib import Path

from benchmarks.load_sessions import REGION, Known, journey, say
from benchmarks.serving import Served, serving
from benchmarks.visitor import Told
from data.files import sandbox
from data.files.sandbox.calls import AT_ONCE
from data.pdses import reader
from data.region import catalogue
from data.uploads import read_lines
from models.region.prepare import prepare
from tests.data.files import sandboxed


def generated() -> list[bytes]:
    """Return files of each kind that take what the limits leave them."""
    return [
        sandboxed.far_cell(1_048_576, "XFD"),
        sandboxed.long_shared_text(32_000, 200_000),
        sandboxed.repeated_cells(1_000_000, 16_000, copies=40),
        sandboxed.endless_view(),
        sandboxed.blanks("adresse", "19000 " + " " * 100_000 + "!"),
    ]


def read_until(over: threading.Event, files: list[bytes], ended: Counter[str]) -> None:
    """Read files at the doors of the screens until told to stop."""
    for content, door in itertools.cycle(itertools.product(files, (read_lines, reader.read_lines))):
        if over.is_set():
            return
        ended[sandbox.ask(door, content, "fichier").kind] += 1


def journeys(server: Served, count: int, known: Known) -> Told:
    """Time journeys one after the other."""
    told = Told([server.process])
    for _ in range(count):
        asyncio.run(journey(server.address, told, known, 0.0))
    return told


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--journeys", type=int, default=10)
    parser.add_argument("--files", type=Path, help="a folder of harmful files")
    arguments = parser.parse_args()
    folder = arguments.files
    files = [path.read_bytes() for path in sorted(folder.iterdir())] if folder else generated()
    with tempfile.TemporaryDirectory() as home:
        os.environ["PROXISOINS_HOME"] = home
        prepare(REGION)
        known = Known(catalogue.load_territory(REGION))
        with serving(Path(home)) as server:
            journeys(server, 1, known)  # the first visitor of a process waits for all
            print(
                f"load average before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores; alone:"
            )
            say(journeys(server, arguments.journeys, known))
            over, ended = threading.Event(), Counter[str]()
            readers = [
                threading.Thread(target=read_until, args=(over, files, ended))
                for _ in range(AT_ONCE)
            ]
            for one in readers:
                one.start()
            told = journeys(server, arguments.journeys, known)
            over.set()
            for one in readers:
                one.join()
    print(f"meanwhile, {sum(ended.values())} harmful files read ({dict(ended)}):")
    quick = say(told)
    print(f"load average after: {os.getloadavg()[0]:.1f}; errors: {told.errors[:5]}")
    sys.exit(0 if quick and not told.errors else 1)


if __name__ == "__main__":
    main()
