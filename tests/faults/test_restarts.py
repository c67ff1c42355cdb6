"""Saves amid restarts of a process, of the proxy and of PostgreSQL: none told done is lost.

Sessions speak to the proxy of `deploy/` (`benchmarks.deployed`) and save without a pause; who is
cut opens the application again, as a browser does. Skipped without Debian's packages.
"""

import asyncio
import os
import random
import tempfile
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
from websockets.exceptions import WebSocketException

from benchmarks.deployed import Deployed, deployed, lacking
from benchmarks.visitor import SITES, Told, visiting
from data.region import embedded_set
from data.scenarios import database, store
from data.uploads import Site, addressed

pytestmark = pytest.mark.campaign

SESSIONS, PROCESSES = 4, 2
QUIET_SECONDS, AWAY_SECONDS = 6.0, 3.0
"""Between two restarts, and how long what is stopped stays away."""
CUTS = (httpx.HTTPError, WebSocketException, OSError)
"""What a browser meets when its server or the proxy goes."""


def three_sites() -> str:
    """Return three sites as an address holds them."""
    chosen = embedded_set.communes().sample(3)
    return addressed.to_text(
        [
            Site(line, f"MSP {row.name}", row.code, row.name, row.lon, row.lat, gps=3)
            for line, row in enumerate(chosen.itertuples(), start=2)
        ]
    )


async def saving(address: str, told: Told, sites: str, over: asyncio.Event) -> None:
    """Save scenario after scenario until told to stop; open again once cut."""
    while not over.is_set():
        with suppress(*CUTS):
            async with visiting(address, told) as tab:
                await tab.open("judge three sites", SITES, sites=sites)
                while not over.is_set():
                    await tab.save("save", f"Essai {random.getrandbits(64):x}")
        await asyncio.sleep(0.2)


async def amid(site: Deployed, restarts: list[Callable[[], Awaitable[None]]]) -> list[Told]:
    """Restart one thing after the other amid saves; return what was told in each stretch."""
    over, sites = asyncio.Event(), three_sites()
    stretches = [Told()]

    class Now(Told):
        """Whatever sessions write goes to the stretch in course."""

        def __getattribute__(self, name: str) -> object:
            return object.__getattribute__(stretches[-1], name)

    sessions = [
        asyncio.create_task(saving(site.address, Now(), sites, over)) for _ in range(SESSIONS)
    ]
    await saved_some(stretches[-1])
    for restart in restarts:
        stretches.append(Told())
        await restart()
        stretches.append(Told())
        await saved_some(stretches[-1])
    over.set()
    await asyncio.wait_for(asyncio.gather(*sessions), 120)
    return stretches


async def saved_some(told: Told) -> None:
    """Wait until saves are told done again."""
    for _ in range(900):
        if len(told.saved) >= SESSIONS:
            return
        await asyncio.sleep(0.1)
    pytest.fail(f"no save is done any more: {told.errors[:3]}")


def test_no_save_told_done_is_lost_when_something_restarts(
    prepared: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if missing := lacking():
        pytest.skip(f"not on this machine: {missing}")
    del prepared
    with (
        tempfile.TemporaryDirectory(prefix="pg") as kept,
        deployed(Path(kept), Path(os.environ["PROXISOINS_HOME"]), PROCESSES) as site,
    ):
        monkeypatch.setenv(database.SETTING, site.database.url)

        async def process() -> None:
            site.kill_process(1)
            await asyncio.sleep(AWAY_SECONDS)
            await asyncio.to_thread(site.start_process, 1)

        async def proxy() -> None:
            site.stop_proxy()
            await asyncio.sleep(AWAY_SECONDS)
            await asyncio.to_thread(site.start_proxy)

        async def postgres() -> None:
            await asyncio.to_thread(site.database.stop)
            await asyncio.sleep(AWAY_SECONDS)
            await asyncio.to_thread(site.database.start)

        stretches = asyncio.run(amid(site, [process, proxy, postgres]))
        there = {one.draft.name for one in store.scenarios()}
        database._engine(database.url()).dispose()
    saved = set().union(*(one.saved for one in stretches))
    refused = set().union(*(one.refused for one in stretches))
    print([(len(one.saved), len(one.refused), len(one.cut)) for one in stretches])
    assert saved <= there, saved - there
    # What was told not done is not there, but for a commit whose answer was lost with the base.
    assert len(refused & there) <= SESSIONS
    assert stretches[5].refused, "nobody saved while PostgreSQL was away"
    assert not [error for one in stretches for error in one.errors]
