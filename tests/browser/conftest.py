"""A real browser on the real server: fixtures of the browser tests.

Each worker that runs some has a server of its own, over a copy of what all share. Without a browser
they are skipped, saying what to install; with PROXISOINS_REQUIRE_BROWSER set they fail.
"""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    sync_playwright,
)
from playwright.sync_api import Error as PlaywrightError

ROOT = Path(__file__).resolve().parents[2]
STARTUP_SECONDS = 90
DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}

OpenPage = Callable[[dict[str, int]], AbstractContextManager[Page]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of this folder."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker("browser")


def free_port() -> int:
    """Return a port of this machine that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running_server(home: Path, port: int = 0, *more: str) -> Iterator[str]:
    """Run the application on a port (a free one) over a data folder, and give its address."""
    port = port or free_port()
    log = home.with_name(home.name + ".log")
    options = ["--server.port", str(port), "--server.headless", "true", *more]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", "server.py", *options],
            cwd=ROOT,
            env=os.environ | {"PROXISOINS_HOME": str(home)},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            address = f"http://127.0.0.1:{port}"
            wait_until_healthy(address, process, log)
            yield address
        finally:
            process.terminate()
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def wait_until_healthy(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Return once the health route answers 200; fail with the server's log if it never does."""
    deadline = time.monotonic() + STARTUP_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/sante", timeout=5):
                return
        except urllib.error.HTTPError as refusal:
            refusal.close()
        except OSError:
            pass
        time.sleep(0.2)
    pytest.fail(f"the server did not start:\n{log.read_text(errors='replace')[-4000:]}")


@pytest.fixture(scope="session")
def server(prepared_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Give the address of a server shared by all tests that change no data."""
    home = tmp_path_factory.mktemp("shared-home")
    shutil.copytree(prepared_home / "cache", home / "cache")
    with running_server(home) as address:
        yield address


@pytest.fixture
def private_server(warm_home: Path) -> Iterator[str]:
    """Give the address of a server of the test's own, over its own data folder."""
    with running_server(warm_home) as address:
        yield address


@pytest.fixture(scope="session")
def browser_path() -> str:
    """Give the path of the browser, or skip or fail saying what to install."""
    found = subprocess.run([ROOT / ".ci" / "browser"], capture_output=True, text=True, check=False)
    if found.returncode != 0:
        stop = pytest.fail if os.environ.get("PROXISOINS_REQUIRE_BROWSER") else pytest.skip
        stop(found.stderr.strip())
    return found.stdout.strip()


# One browser per file: Playwright keeps an event loop running, which other files must not inherit.
@pytest.fixture(scope="module")
def browser(browser_path: str) -> Iterator[Browser]:
    """Give a headless browser."""
    with sync_playwright() as playwright:
        chrome = playwright.chromium.launch(executable_path=browser_path)
        yield chrome
        chrome.close()


@pytest.fixture(scope="module")
def profile(browser: Browser) -> Iterator[BrowserContext]:
    """Give a profile that has read and compiled Streamlit's scripts once for all tests of a file.

    A page of it starts as in a fresh one: what a tab keeps goes with it, and the rest is cleared.
    """
    context = browser.new_context(
        viewport=DESKTOP, locale="fr-FR", timezone_id="Europe/Paris", accept_downloads=True
    )
    yield context
    context.close()


@pytest.fixture
def open_page(profile: BrowserContext) -> OpenPage:
    """Give a function that opens a page of some size, as in a fresh profile.

    At its end the page must have seen no script error, no refusal by the security policy, and no
    request to any other place than the server.
    """

    @contextmanager
    def open_watched(viewport: dict[str, int]) -> Iterator[Page]:
        faults: list[str] = []

        def watch_console(message: ConsoleMessage) -> None:
            if message.type == "error" and "Content Security Policy" in message.text:
                faults.append(message.text)

        def watch_request(request: Request) -> None:
            if not request.url.startswith(("http://127.0.0.1:", "data:", "blob:")):
                faults.append(f"request to {request.url}")

        if not profile.pages:
            profile.clear_cookies()
        page = profile.new_page()
        page.set_viewport_size(viewport)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", watch_console)
        page.on("request", watch_request)
        try:
            yield page
        finally:
            with suppress(PlaywrightError):  # where the page itself broke, it says why
                page.evaluate("location.protocol === 'http:' && localStorage.clear()")
            page.close()
        assert faults == []

    return open_watched


@pytest.fixture
def page(open_page: OpenPage) -> Iterator[Page]:
    """Give a page of 1440 by 900 pixels."""
    with open_page(DESKTOP) as desktop:
        yield desktop


@pytest.fixture
def phone(open_page: OpenPage) -> Iterator[Page]:
    """Give a page of 390 by 844 pixels."""
    with open_page(PHONE) as small:
        yield small


@pytest.fixture
def grave_findings() -> Callable[[Page], list[str]]:
    """Give a function that lists what axe-core finds serious or critical, frames included."""
    axe = Axe()

    def examine(page: Page) -> list[str]:
        for frame in page.frames:
            if not frame.evaluate("'axe' in window"):
                frame.evaluate(axe.axe_script)
        violations = page.evaluate(
            "axe.run({rules: {'target-size': {enabled: true}}}).then(results => results.violations)"
        )
        return [
            f"{rule['id']} ({rule['impact']}): {node['target']} {node['html'][:160]}"
            for rule in violations
            if rule["impact"] in {"serious", "critical"}
            for node in rule["nodes"]
        ]

    return examine
