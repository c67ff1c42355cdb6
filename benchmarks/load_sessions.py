"""Many people at once: sessions speak to the real server as a browser does, and are timed.

`python -m benchmarks.load_sessions --processes 2` starts the application on its demonstration data
and sends it sessions over Streamlit's own websocket; each stays with its process, as the proxy's
cookie makes it. A session follows a common journey, with a pause between two gestures; the wait is
from the gesture to the end of the answer. With `--minutes`, journeys go on that long and the drift
of the memory is told. Figures of the day: `docs/deployment.md`.
"""

import argparse
import asyncio
import json
import os
import random
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import httpx
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState, ContextInfo
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect

from benchmarks.serving import serving
from data.region import embedded_set
from data.scenarios import sharing, store
from data.scenarios.drafts import Draft
from data.upkeep.prepare import prepare
from data.uploads.site import Site

REGION = "75"
MOST_WAIT_S = 120.0
ALONE_JOURNEYS = 5
TARGET_S, TARGET_BYTES = 1.5, 2e9
FAULT = "erreur imprévue"
MAP, RISKS, SHEET, SHARED = "", "risques", "territoire", "partage"
"""Paths of the screens."""


@dataclass
class Told:
    """Waits by gesture and the server's work meanwhile (seconds), bytes received, errors."""

    server: int = 0
    waits: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    worked: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    received: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    errors: list[str] = field(default_factory=list)


class Visitor:
    """One browser tab: knows the pages and the map's widget as the server told them."""

    def __init__(self, stream: ClientConnection, told: Told) -> None:
        self.stream, self.told = stream, told
        self.pages: dict[str, str] = {}
        self.map_widget, self.map_fragment = "", ""

    async def run(self, gesture: str, state: ClientState) -> None:
        """Ask for a run of the script and wait until its answer is whole."""
        state.context_info.CopyFrom(
            ContextInfo(timezone="Europe/Paris", timezone_offset=-60, locale="fr-FR")
        )
        worked, started, received = worked_s(self.told.server), time.perf_counter(), 0
        await self.stream.send(BackMsg(rerun_script=state).SerializeToString())
        while True:
            content = await asyncio.wait_for(self.stream.recv(decode=False), MOST_WAIT_S)
            received += len(content)
            message = ForwardMsg()
            message.ParseFromString(content)
            if self.hear(gesture, message):
                break
        self.told.waits[gesture].append(time.perf_counter() - started)
        self.told.worked[gesture].append(worked_s(self.told.server) - worked)
        self.told.received[gesture].append(received)

    def hear(self, gesture: str, message: ForwardMsg) -> bool:
        """Keep what a message tells; return whether the run is over."""
        kind = message.WhichOneof("type")
        if kind == "navigation":
            self.pages = {
                "" if page.is_default else page.url_pathname: page.page_script_hash
                for page in message.navigation.app_pages
            }
        elif kind == "page_not_found":
            self.told.errors.append(f"{gesture}: page not found")
        elif kind == "delta" and message.delta.WhichOneof("type") == "new_element":
            element = message.delta.new_element
            if element.WhichOneof("type") == "component_instance":
                self.map_widget = element.component_instance.id
                self.map_fragment = message.delta.fragment_id
            elif element.WhichOneof("type") == "exception" or FAULT in element.alert.body:
                self.told.errors.append(f"{gesture}: {element.exception.message}")
        elif kind == "script_finished":
            if message.script_finished == ForwardMsg.FINISHED_WITH_COMPILE_ERROR:
                self.told.errors.append(f"{gesture}: the script failed")
            return message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN
        return False

    async def open(self, gesture: str, page: str, **query: str) -> None:
        """Open a page by its address."""
        await self.run(gesture, ClientState(page_name=page, query_string=urlencode(query)))

    async def go(self, gesture: str, page: str, **query: str) -> None:
        """Go to a page of the menu."""
        state = ClientState(page_script_hash=self.pages[page], query_string=urlencode(query))
        await self.run(gesture, state)

    async def choose_commune(self, gesture: str, code: str) -> None:
        """Click on a commune of the map."""
        question = {"turn": f"{time.time()}", "action": "commune", "state": {"commune": code}}
        state = ClientState(
            page_script_hash=self.pages[MAP], fragment_id=self.map_fragment, query_string=""
        )
        widget = WidgetState(id=self.map_widget, json_value=json.dumps(question))
        state.widget_states.widgets.append(widget)
        await self.run(gesture, state)


@asynccontextmanager
async def visiting(port: int, told: Told) -> AsyncIterator[Visitor]:
    """Open a tab: the page of the application, then its live connection."""
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=MOST_WAIT_S) as web:
        (await web.get("/")).raise_for_status()
    address = f"ws://127.0.0.1:{port}/_stcore/stream"
    async with connect(address, subprotocols=["streamlit"], max_size=None) as stream:
        yield Visitor(stream, told)


async def journey(port: int, told: Told, codes: list[str], token: str, pause: float) -> None:
    """Map, a commune, territories at risk, the sheet of a commune, then a shared link."""

    async def think() -> None:
        await asyncio.sleep(random.uniform(0.5, 1.5) * pause)  # noqa: S311

    code, other = random.sample(codes, 2)
    async with visiting(port, told) as tab:
        await tab.open("open the map", MAP)
        await think()
        await tab.choose_commune("choose a commune", code)
        await think()
        await tab.go("go to the risks", RISKS)
        await think()
        await tab.go("open a sheet", SHEET, territoire=f"commune:{other}")
        await think()
    async with visiting(port, told) as tab:
        await tab.open("open a shared link", SHARED, jeton=token)
        await think()


async def crowd(arguments: argparse.Namespace, servers: dict[int, int], token: str) -> Told:
    """Run all sessions, and print the memory as they go."""
    codes = list(embedded_set.communes(REGION)["code"])
    ports = list(servers)
    told, over = Told(), time.monotonic() + 60 * arguments.minutes

    async def one(number: int) -> None:
        await asyncio.sleep(random.uniform(0, 2 * arguments.pause))  # noqa: S311
        done = 0
        while done < arguments.journeys or time.monotonic() < over:
            try:
                await journey(ports[number % len(ports)], told, codes, token, arguments.pause)
            except Exception as error:  # noqa: BLE001  (counted, whatever it is)
                told.errors.append(f"{type(error).__name__}: {error}")
            done += 1

    async def watch() -> None:
        while True:
            print(f"  {time.strftime('%H:%M:%S')}  memory {memory(servers) / 1e6:.0f} MB")
            await asyncio.sleep(max(10.0, 6 * arguments.minutes))

    watcher = asyncio.create_task(watch())
    await asyncio.gather(*(one(number) for number in range(arguments.sessions)))
    watcher.cancel()
    return told


def memory(servers: dict[int, int], what: str = "VmRSS") -> float:
    """Return the resident memory of processes, or the highest of each ("VmHWM"), in bytes."""
    total = 0.0
    for process in servers.values():
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
        total += next(float(line.split()[1]) * 1024 for line in lines if line.startswith(what))
    return total


def worked_s(process: int) -> float:
    """Return the processor time that a process has used, in seconds; 0 for none."""
    if not process:
        return 0.0
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def shared_scenario() -> str:
    """Save a scenario of three sites and return the token of a link to it."""
    communes = embedded_set.communes(REGION).nlargest(3, "population")
    sites = tuple(
        Site(line, f"MSP {row.name}", row.code, row.name, row.lon, row.lat, gps=3)
        for line, row in enumerate(communes.itertuples(), start=2)
    )
    return sharing.share(store.save(Draft("Mesure", REGION, sites=sites)).id)[0]


def say(told: Told, *, alone: bool = False) -> bool:
    """Print the waits of each gesture; return whether all are within the target.

    Of a visitor who is alone, the server's work is told too: it depends little on what else runs.
    """
    work = f"{'work':>10}" if alone else ""
    print(f"{'gesture':22}{'n':>6}{'median':>10}{'95 %':>10}{'worst':>10}{'received':>12}{work}")
    slowest = 0.0
    for gesture, waits in told.waits.items():
        high = statistics.quantiles(waits, n=20, method="inclusive")[-1] if waits[1:] else waits[0]
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
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, ExitStack() as running:
        os.environ["PROXISOINS_HOME"] = folder
        prepare(REGION)
        token = shared_scenario()
        applications = [
            running.enter_context(serving(Path(folder))) for _ in range(arguments.processes)
        ]
        servers = {one.port: one.process for one in applications}
        print(f"load average before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
        codes = list(embedded_set.communes(REGION)["code"])
        errors: list[str] = []
        for port, process in servers.items():
            first, alone = Told(process), Told(process)
            asyncio.run(journey(port, first, codes, token, 0.0))
            for _ in range(arguments.alone):
                asyncio.run(journey(port, alone, codes, token, 0.0))
            print("first visitor of a process:")
            say(first, alone=True)
            print("then a visitor alone:")
            say(alone, alone=True)
            errors += first.errors + alone.errors
        before, started = memory(servers), time.monotonic()
        told = asyncio.run(crowd(arguments, servers, token))
        print(f"{arguments.sessions} sessions, {time.monotonic() - started:.0f} s:")
        quick, most = say(told), memory(servers, "VmHWM")
        errors += told.errors
        print(f"memory: {before / 1e6:.0f} MB before, {memory(servers) / 1e6:.0f} after, ", end="")
        print(f"{most / 1e6:.0f} at most; errors: {len(errors)} {errors[:5]}")
        print(f"load average after: {os.getloadavg()[0]:.1f}")
    sys.exit(0 if quick and most < TARGET_BYTES and not errors else 1)


if __name__ == "__main__":
    main()
