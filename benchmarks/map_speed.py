"""Cold load and indicator change of the map, beside an empty Streamlit page, in one run.

`python -m benchmarks.map_speed [--repeat 5]` starts both servers, opens each in fresh browser
profiles in turn, and prints the figures of `docs/map.md`: bytes that the map adds to Streamlit's
own shell and bytes of the whole opening, time to interactive beside the empty page, time from a
click to the drawn indicator, from a move of the slider of room to the drawn map, and the server's
time for a rerun.
"""

import argparse
import json
import statistics
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.serving import ROOT, printed, serving

FRAME = "iframe[title^='streamlit_folium']"
EMPTY_PAGE = "import streamlit as st\nst.set_page_config(layout='wide')\nst.title('Vide')\n"
SOCKET = "websocket"
"""What stands for a path where the server itself tells the page."""
STEPS = (0, 8, 3, 16, 5)
"""Steps of the slider of room: from the first redrawing, most communes, to none changed."""
INDICATORS = ("apl", "gps_per_1000", "zone", "minutes_to_nearest_gp")


def weighed(page: Page) -> Counter[str]:
    """Count the bytes that reach the page, compressed, by path, in the counter returned."""
    received: Counter[str] = Counter()
    paths: dict[str, str] = {}
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.on(
        "Network.responseReceived",
        lambda event: paths.update({event["requestId"]: urlsplit(event["response"]["url"]).path}),
    )
    session.on(
        "Network.loadingFinished",
        lambda event: received.update({paths[event["requestId"]]: event["encodedDataLength"]}),
    )
    session.on(
        "Network.webSocketFrameReceived",
        lambda event: received.update({SOCKET: len(event["response"]["payloadData"]) * 3 // 4}),
    )
    return received


def added(with_map: Counter[str], empty: Counter[str]) -> int:
    """Return the bytes of what an empty page does not ask for, and of what the server tells more.

    Scripts that both ask for are left out: our server compresses those of Streamlit.
    """
    told = with_map[SOCKET] - empty[SOCKET]
    return told + sum(size for path, size in with_map.items() if path not in empty)


def cold(
    browser: Browser, address: str, *, with_map: bool, patience_ms: float = 60_000
) -> tuple[float, Counter[str]]:
    """Open a page in a fresh profile; return seconds to interactive and bytes received by path."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    received = weighed(page)
    start = time.perf_counter()
    page.goto(address, wait_until="commit")
    if with_map:
        page.frame_locator(FRAME).locator("html[data-ready='1']").wait_for(
            state="attached", timeout=patience_ms
        )
    else:
        page.get_by_role("heading", name="Vide").wait_for(timeout=patience_ms)
    seconds = time.perf_counter() - start
    page.wait_for_timeout(500)
    context.close()
    return seconds, received


def in_map(browser: Browser, address: str, timed: str, over: Sequence[str | int]) -> list[float]:
    """Return what a script of the map's frame measures for each of some values, milliseconds."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.goto(address)
    page.frame_locator(FRAME).locator("html[data-ready='1']").wait_for(
        state="attached", timeout=60_000
    )
    frame = next(one for one in page.frames if "streamlit_folium" in one.url)
    page.wait_for_timeout(1500)
    measured = [frame.evaluate(timed, value) for value in over]
    context.close()
    return measured


def indicator_change(browser: Browser, address: str) -> list[float]:
    """Return milliseconds from a choice to the frame that shows it, measured in the page."""
    timed = """async (key) => {
        const choice = document.querySelector(`#indicateur [value="${key}"]`);
        const root = document.documentElement;
        const start = performance.now();
        choice.click();
        while (root.dataset.drawn !== key) await new Promise(requestAnimationFrame);
        return performance.now() - start;
    }"""
    return in_map(browser, address, timed, INDICATORS)


def capacity_change(browser: Browser, address: str) -> list[float]:
    """Return milliseconds from a move of the slider of room to the frame that shows it."""
    timed = """async (step) => {
        const slider = document.querySelector("#place");
        const root = document.documentElement;
        const wanted = `${800 + 50 * step}-20-proche`;
        const start = performance.now();
        slider.value = step;
        slider.dispatchEvent(new Event("input"));
        while (root.dataset.room !== wanted) await new Promise(requestAnimationFrame);
        return performance.now() - start;
    }"""
    return in_map(browser, address, timed, STEPS)


def rerun_milliseconds(home: Path) -> float:
    """Return the median time of a rerun of the map's script on the server, in milliseconds."""
    code = (
        "import json, time\n"
        "from streamlit.testing.v1 import AppTest\n"
        "app = AppTest.from_file('app.py', default_timeout=120).run()\n"
        "times = []\n"
        "for _ in range(7):\n"
        "    start = time.perf_counter(); app.run(); times.append(time.perf_counter() - start)\n"
        "print(json.dumps(sorted(times)[3] * 1000))\n"
    )
    return float(json.loads(printed(code, home).splitlines()[-1]))


def _slider_row(slides: list[float]) -> str:
    return (
        f"| room drawn after a move of the slider, median / worst of {len(slides)} | "
        f"{statistics.median(slides):.0f} / {max(slides):.0f} ms | 200 ms |"
    )


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--repeat", type=int, default=5)
    options.add_argument("--home", type=Path, help="data folder to serve, whose data stay")
    options.add_argument("--slider", action="store_true", help="measure the slider of room alone")
    asked = options.parse_args()
    repeat = asked.repeat
    browser_path = subprocess.run(
        [ROOT / ".ci" / "browser"], capture_output=True, text=True, check=True
    ).stdout.strip()
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        home, empty = asked.home or Path(scratch) / "home", Path(scratch) / "empty"
        home.mkdir(exist_ok=True)
        empty.mkdir()
        (empty / "page.py").write_text(EMPTY_PAGE)
        browser = playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox"])
        if asked.slider:
            with serving(home) as application:
                cold(browser, application.address, with_map=True, patience_ms=240_000)
                slides = [
                    ms
                    for _ in range(repeat)
                    for ms in capacity_change(browser, application.address)
                ]
            browser.close()
            print(_slider_row(slides))
            return
        with serving(home) as application, serving(home, empty / "page.py") as emptiness:
            ours, bare = application.address, emptiness.address
            cold(browser, ours, with_map=True)  # the server computes its indicators once
            cold(browser, bare, with_map=False)
            pairs = [
                (cold(browser, bare, with_map=False), cold(browser, ours, with_map=True))
                for _ in range(repeat)
            ]
            changes = [ms for _ in range(repeat) for ms in indicator_change(browser, ours)]
            slides = [ms for _ in range(repeat) for ms in capacity_change(browser, ours)]
        browser.close()
        rerun = rerun_milliseconds(home)
    empty_seconds = statistics.median(one[0][0] for one in pairs)
    map_seconds = statistics.median(one[1][0] for one in pairs)
    more = statistics.median(added(ours[1], bare[1]) for bare, ours in pairs)
    whole = statistics.median(ours[1].total() for _, ours in pairs)
    whole_empty = statistics.median(bare[1].total() for bare, _ in pairs)
    print("| what | measured | target |\n|---|---|---|")
    print(f"| empty Streamlit page, interactive | {empty_seconds:.2f} s | |")
    print(
        f"| map, interactive beyond the empty page | {map_seconds - empty_seconds:.2f} s | 1.5 s |"
    )
    print(f"| bytes of what the empty page does not ask for | {more / 1000:.0f} kB | 800 kB |")
    print(
        f"| bytes of the whole opening, beside the empty page | {whole / 1000:.0f} / "
        f"{whole_empty / 1000:.0f} kB | |"
    )
    print(
        f"| indicator drawn after the choice, median / worst | {statistics.median(changes):.0f} / "
        f"{max(changes):.0f} ms | 200 ms |"
    )
    print(_slider_row(slides))
    print(f"| rerun of the page on the server | {rerun:.0f} ms | 150 ms |")


if __name__ == "__main__":
    main()
