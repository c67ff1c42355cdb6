"""Many people at once: sessions speak to the real server as a browser does, and are timed.

`python -m benchmarks.load_sessions --processes 2` starts the application on its demonstration data
and sends it sessions over Streamlit's own websocket; each stays with its process, as the proxy's
cookie makes it. With `--deployed` they come through the proxy of `deploy/` and save in PostgreSQL
(`benchmarks.deployed`). A session follows a common journey, with a pause between two gestures; each
opens a link of its own among many and saves a scenario; the wait is from the gesture to the end of
the answer. With `--minutes`, journeys go on that long: memory, gestures and errors are told every
five minutes, and `--write` puts that table in `docs/deployment.md`. Figures of the day stand there.
"""

import argparse
import asyncio
import os
import random
import statistics
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from benchmarks.deployed import deployed, lacking
from benchmarks.serving import ROOT, serving
from benchmarks.visitor import MAP, RISKS, SHARED, SHEET, SITES, Told, visiting
from data.region import catalogue
from data.region.territory import Territory
from data.scenarios import database, sharing, store
from data.scenarios.drafts import Draft
from data.uploads import addressed
from data.uploads.site import Site
from models.region.prepare import prepare

REGION = "75"
ALONE_JOURNEYS = 5
TARGET_S, TARGET_BYTES = 1.5, 2e9
LINKS = 40
"""Shared scenarios, all different, that sessions open."""
EVERY_S = 300.0
"""Between two lines of the table of a soak."""
PAGE, BEGUN, ENDED = ROOT / "docs" / "deployment.md", "<!-- soak -->", "<!-- end of soak -->"


async def journey(address: str, told: Told, known: "Known", pause: float) -> None:
    """Map, a commune, territories at risk, the sheet of a commune, sites saved, a shared link."""

    async def think() -> None:
        await asyncio.sleep(random.uniform(0.5, 1.5) * pause)  # noqa: S311

    code, other = random.sample(known.codes, 2)
    async with visiting(address, told) as tab:
        await tab.open("open the map", MAP)
        await think()
        await tab.choose_commune("choose a commune", code)
        await think()
        await tab.go("go to the risks", RISKS)
        await think()
        await tab.go("open a sheet", SHEET, territoire=f"commune:{other}")
        await think()
        await tab.go("judge three sites", SITES, sites=known.sites())
        await think()
        await tab.save("save a scenario", f"Essai {random.getrandbits(64):x}")
        await think()
    async with visiting(address, told) as tab:
        await tab.open("open a shared link", SHARED, jeton=random.choice(known.tokens))  # noqa: S311
        await think()


class Known:
    """What sessions draw from: communes, and links to scenarios that are all different."""

    def __init__(self, territory: Territory) -> None:
        self.codes = list(territory.communes["code"])
        self._communes = territory.communes
        self.tokens = [
            sharing.share(store.save(Draft(f"Mesure {n}", REGION, sites=self._draw())).id)[0]
            for n in range(LINKS)
        ]

    def _draw(self) -> tuple[Site, ...]:
        chosen = self._communes.sample(3)
        return tuple(
            Site(
                line=line,
                name=f"MSP {row.name}",
                code=row.code,
                commune=row.name,
                lon=row.lon,
                lat=row.lat,
                gps=3,
            )
            for line, row in enumerate(chosen.itertuples(), start=2)
        )

    def sites(self) -> str:
        """Return three sites as the address holds them, never the same."""
        return addressed.to_text(self._draw())


async def crowd(
    arguments: argparse.Namespace, addresses: list[str], servers: list[int], known: Known
) -> tuple[Told, list[str]]:
    """Run all sessions; return what they met and, each five minutes, a line of a table."""
    started = time.monotonic()
    told, over, lines = Told(), started + 60 * arguments.minutes, list[str]()

    async def one(number: int) -> None:
        await asyncio.sleep(random.uniform(0, 2 * arguments.pause))  # noqa: S311
        done = 0
        while done < arguments.journeys or time.monotonic() < over:
            try:
                await journey(addresses[number % len(addresses)], told, known, arguments.pause)
            except Exception as error:  # noqa: BLE001  (counted, whatever it is)
                told.errors.append(f"{type(error).__name__}: {error}")
            done += 1

    async def watch() -> None:
        while True:
            minutes = (time.monotonic() - started) / 60
            gestures = sum(len(waits) for waits in told.waits.values())
            line = f"| {minutes:.0f} | {memory(servers) / 1e6:,.0f} | {gestures:,} | "
            line += f"{len(told.errors)} | {os.getloadavg()[0]:.0f} |"
            lines.append(line)
            print(line, flush=True)
            await asyncio.sleep(EVERY_S)

    watcher = asyncio.create_task(watch())
    await asyncio.gather(*(one(number) for number in range(arguments.sessions)))
    watcher.cancel()
    return told, lines


def write(lines: list[str], told: Told, lost: int, spent_s: float) -> None:
    """Put the table of a soak in the page, between its marks."""
    slow = max(_high(waits) for waits in told.waits.values())
    said = (
        f"`python -m benchmarks.load_sessions {' '.join(sys.argv[1:])}`, "
        f"{time.strftime('%Y-%m-%d')}, {spent_s / 60:.0f} minutes: {_counted(told.errors)} in "
        f"{sum(map(len, told.waits.values())):,} gestures, {len(told.saved):,} scenarios saved and "
        f"{lost} lost, {slow:.2f} s at the 95th percentile of the slowest gesture."
    )
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGUN)
    _, _, after = rest.partition(ENDED)
    head = "| minute | memory, MB | gestures | errors | load |\n|---|---|---|---|---|"
    table = "\n".join([BEGUN, said, "", head, *lines, ENDED])
    PAGE.write_text(before + table + after, encoding="utf-8")


def memory(servers: list[int], what: str = "VmRSS") -> float:
    """Return the resident memory of processes, or the highest of each ("VmHWM"), in bytes."""
    total = 0.0
    for process in servers:
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
        total += next(float(line.split()[1]) * 1024 for line in lines if line.startswith(what))
    return total


def _counted(errors: list[str]) -> str:
    return f"{len(errors)} error{'s' * (len(errors) != 1)}"


def _high(waits: list[float]) -> float:
    """Return the 95th percentile."""
    return statistics.quantiles(waits, n=20, method="inclusive")[-1] if waits[1:] else waits[0]


def say(told: Told, *, alone: bool = False) -> bool:
    """Print the waits of each gesture; return whether all are within the target.

    Of a visitor who is alone, the server's work is told too: it depends little on what else runs.
    """
    work = f"{'work':>10}" if alone else ""
    print(f"{'gesture':22}{'n':>6}{'median':>10}{'95 %':>10}{'worst':>10}{'received':>12}{work}")
    slowest = 0.0
    for gesture, waits in told.waits.items():
        high = _high(waits)
        slowest = max(slowest, high)
        size = statistics.median(told.received[gesture]) / 1e3
        line = f"{gesture:22}{len(waits):6}{statistics.median(waits):8.2f} s{high:8.2f} s"
        line += f"{max(waits):8.2f} s{size:9.0f} kB"
        print(line + (f"{statistics.mean(told.worked[gesture]):8.2f} s" if alone else ""))
    return slowest <= TARGET_S


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sessions", type=int, default=50)
    parser.add_argument("--journeys", type=int, default=2, help="of each session")
    parser.add_argument("--pause", type=float, default=20.0, help="seconds between two gestures")
    parser.add_argument("--processes", type=int, default=1, help="of the application")
    parser.add_argument("--minutes", type=float, default=0.0, help="go on that long")
    parser.add_argument("--alone", type=int, default=ALONE_JOURNEYS, help="journeys alone before")
    parser.add_argument("--deployed", action="store_true", help="behind the proxy, on PostgreSQL")
    parser.add_argument("--write", action="store_true", help="put the table in the documents")
    arguments = parser.parse_args()
    if arguments.deployed and (missing := lacking()):
        sys.exit(f"missing on this machine: {missing}")
    with tempfile.TemporaryDirectory() as folder, ExitStack() as running:
        home = Path(folder, "home")
        home.mkdir()
        os.environ["PROXISOINS_HOME"] = str(home)
        prepare(REGION)
        if arguments.deployed:
            kept = Path(running.enter_context(tempfile.TemporaryDirectory(prefix="pg")))
            site = running.enter_context(deployed(kept, home, arguments.processes))
            os.environ[database.SETTING] = site.database.url
            addresses, servers = [site.address], site.servers
        else:
            served = [running.enter_context(serving(home)) for _ in range(arguments.processes)]
            addresses, servers = [one.address for one in served], [one.process for one in served]
        known = Known(catalogue.load_territory(REGION))
        print(f"load average before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
        first, alone = Told(servers), Told(servers)
        for turn in range(arguments.alone + 1):
            asyncio.run(journey(addresses[0], alone if turn else first, known, 0.0))
        print("first visitor:")
        say(first, alone=True)
        if arguments.alone:
            print("then a visitor alone:")
            say(alone, alone=True)
        before, started = memory(servers), time.monotonic()
        told, lines = asyncio.run(crowd(arguments, addresses, servers, known))
        spent = time.monotonic() - started
        print(f"{arguments.sessions} sessions, {spent:.0f} s:")
        quick, most = say(told), memory(servers, "VmHWM")
        errors = first.errors + alone.errors + told.errors
        there = {one.draft.name for one in store.scenarios()}
        lost = told.saved - there
        print(f"memory: {before / 1e6:.0f} MB before, {memory(servers) / 1e6:.0f} after, ", end="")
        print(f"{most / 1e6:.0f} at most; errors: {len(errors)} {errors[:5]}")
        print(f"saves told done: {len(told.saved)}, of which not found: {len(lost)}")
        print(f"load average after: {os.getloadavg()[0]:.1f}")
        if arguments.write:
            write(lines, told, len(lost), spent)
    sys.exit(0 if quick and most < TARGET_BYTES * len(servers) / 2 and not errors else 1)


if __name__ == "__main__":
    main()
