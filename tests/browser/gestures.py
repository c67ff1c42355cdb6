"""A newcomer at the screen: each click, choice or word typed is a gesture, and is counted."""

import re
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from playwright.sync_api import Download, FrameLocator, Locator, Page, Response, expect
from playwright.sync_api import TimeoutError as TooLate

SLOW_MS = 120_000
POLL_MS = 100
MOST = 12
"""Gestures that a task may take."""
PAINTED = """() => new Promise((done) =>
    requestAnimationFrame(() => requestIdleCallback(() => done(true), { timeout: 5000 })))"""
"""True once the page has drawn what it was told, and rests."""
RESTING = """() => Boolean(document.querySelector("[data-test-script-state=notRunning]"))
    && !document.querySelector("[data-stale=true]")"""
"""True where no run is told, and nothing is left of the run before."""
RESTS = 3
"""Times in a row that a page rests once it is answered."""


def map_frame(page: Page) -> FrameLocator:
    """Give the frame of the map in use: for a moment a map that is replaced stands beside it."""
    return page.frame_locator("iframe[title^='streamlit_folium']").last


def until(page: Page, reached: Callable[[], bool], within_ms: int = SLOW_MS) -> None:
    """Wait until something holds that no locator tells; fail when it never does."""
    deadline = time.monotonic() + within_ms / 1000
    while not reached():
        assert time.monotonic() < deadline, f"waited {within_ms} ms in vain"
        page.wait_for_timeout(POLL_MS)


def answered(page: Page) -> None:
    """Wait until the server has answered: asking is told by the page as soon as it has drawn.

    A screen that asks to be drawn again rests for a moment between its two runs.
    """
    calm = 0
    while calm < RESTS:
        page.wait_for_function(PAINTED, timeout=SLOW_MS)
        calm = calm + 1 if page.evaluate(RESTING) else 0


def messages(page: Page) -> list[int]:
    """Return the sizes of what the page sends to the server from now on, as it goes."""
    sent: list[int] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda data: sent.append(len(data))))
    return sent


class Gestures:
    """What a newcomer does, by what stands on the screen: names of buttons, labels, texts."""

    def __init__(self, page: Page, server: str) -> None:
        self.page = page
        self.server = server
        self.done: list[str] = []

    def _count(self, what: str) -> None:
        self.done.append(what)
        assert len(self.done) <= MOST, self.done

    def settle(self) -> None:
        """Wait until the server has answered."""
        answered(self.page)

    def arrive(self) -> None:
        """Open the application where everyone does: no gesture yet."""
        self.page.goto(self.server, timeout=SLOW_MS, wait_until="commit")
        self.frame()
        self.settle()

    def screen(self, name: str) -> None:
        """Choose a screen in the menu."""
        self._count(f"menu {name}")
        self.page.get_by_test_id("stTopNavLink").filter(has_text=name).click(timeout=SLOW_MS)
        # The screen that is left has a heading and a map too: the title says which one is there.
        expect(self.page).to_have_title(
            re.compile(f"{name}.* · ProxiSoins", re.IGNORECASE), timeout=SLOW_MS
        )
        heading = self.page.get_by_test_id("stMain").get_by_role("heading", level=1)
        heading.first.wait_for(state="attached", timeout=SLOW_MS)
        self.settle()

    def click(self, target: Locator) -> None:
        """Click on something."""
        self._count(f"click {target}")
        target.click(timeout=SLOW_MS)
        self.settle()

    def button(self, name: str | re.Pattern[str]) -> None:
        """Press a button."""
        self.click(self.page.get_by_role("button", name=name).first)

    def tab(self, name: str) -> None:
        """Open a tab."""
        self.click(self.page.get_by_role("tab", name=name))

    def choose(self, label: str, text: str) -> None:
        """Write part of a name in a list of choices, and take the first that is left."""
        self._count(f"choose {label}: {text}")
        box = self.page.get_by_role("combobox", name=re.compile(label)).first
        option = self.page.get_by_role("option").filter(has_text=text).first
        for _ in range(8):  # a list that is drawn again while one writes closes: one writes again
            box.click(timeout=SLOW_MS)
            box.fill(text)
            try:
                option.click(timeout=SLOW_MS / 8)
                break
            except TooLate:
                self.page.keyboard.press("Escape")
        else:
            raise AssertionError(f"{label} never offered {text}")
        if self.page.get_by_role("listbox").count():
            self.page.keyboard.press("Escape")
        self.settle()

    def offered(self, label: str) -> list[str]:
        """Open a list of choices and read it; one that is drawn again closes, and is reopened."""
        self._count(f"read {label}")
        box = self.page.get_by_role("combobox", name=re.compile(label)).first
        options = self.page.get_by_role("option")
        for _ in range(8):
            box.click(timeout=SLOW_MS)
            with suppress(TooLate):
                options.first.wait_for(timeout=SLOW_MS / 8)
            if found := options.all_inner_texts():
                return found
            self.page.keyboard.press("Escape")
        raise AssertionError(f"{label} offered nothing")

    def pick(self, target: Locator, text: str) -> None:
        """Choose in a plain list of the map."""
        self._count(f"pick {text}")
        target.select_option(text)

    def write(self, label: str, text: str) -> None:
        """Fill a field and validate it."""
        self._count(f"write {label}: {text}")
        field = self.page.get_by_label(label, exact=True).first
        field.fill(text, timeout=SLOW_MS)
        field.press("Enter")
        self.settle()

    def give(self, *files: Path | dict[str, str | bytes]) -> None:
        """Hand files to the uploader in sight."""
        self._count("files")
        answers: list[Response] = []

        def note(response: Response) -> None:
            if response.request.method == "PUT" and "upload_file" in response.url:
                answers.append(response)

        self.page.on("response", note)
        self.page.locator("input[type=file]").first.set_input_files(list(files), timeout=SLOW_MS)
        until(self.page, lambda: len(answers) >= len(files))
        self.page.remove_listener("response", note)
        assert [one.ok for one in answers] == [True] * len(files), "a file was refused or lost"
        self.settle()

    def save(self, name: str | re.Pattern[str], folder: Path) -> Path:
        """Press a button that downloads, and return the file."""
        self._count(f"download {name}")
        self.settle()  # a button that is drawn again meanwhile may forget the click
        with self.page.expect_download(timeout=SLOW_MS) as waiting:
            self.page.get_by_role("button", name=name).first.click(timeout=SLOW_MS)
        return kept(waiting.value, folder)

    def frame(self) -> FrameLocator:
        """Give the map once it is drawn."""
        frame = map_frame(self.page)
        frame.locator("html[data-ready='1']").wait_for(state="attached", timeout=SLOW_MS)
        return frame

    @property
    def main(self) -> Locator:
        """The screen, without its bar and menu."""
        return self.page.get_by_test_id("stMain")

    def in_map(self, field: str, text: str) -> None:
        """Write in a field of the map, and validate it."""
        self._count(f"write {field}: {text}")
        self.frame().locator(field).fill(text)
        self.frame().locator(field).press("Enter")

    def in_table(self, column: str, text: str, outcome: str) -> None:
        """Write in the first row of the table of lines to mend, from the keyboard.

        The outcome is what the screen says once the server has read it.
        """
        self._count(f"write in the table, {column}: {text}")
        grid = self.page.get_by_test_id("stDataFrame").first
        heading = grid.locator("th[role=columnheader]", has_text=re.compile(f"^{column}$"))
        for _ in range(8):  # a table that is drawn again while one types forgets the keys
            self.settle()
            number = int(heading.get_attribute("aria-colindex") or "0") - 1
            grid.scroll_into_view_if_needed()
            box = grid.bounding_box()
            assert box is not None
            self.page.mouse.click(box["x"] + 20, box["y"] + 52)
            for _ in range(number):
                self.page.keyboard.press("ArrowRight")
            self.page.keyboard.press("Enter")
            cell = self.page.locator("#portal textarea, #portal input")
            cell.fill(text)
            cell.press("Enter")
            with suppress(TooLate):
                self.page.get_by_text(outcome).wait_for(timeout=SLOW_MS / 8)
                return
        raise AssertionError(f"{text} was never read in {column}")

    def rows(self, table: int) -> list[str]:
        """Return the rows in sight of a table, as a screen reader is told them."""
        # A grid, or a table that wraps; those for paper alone are out of sight.
        tables = "[data-testid=stDataFrame], .ps-plain:not(.ps-paper *)"
        grid = self.page.get_by_test_id("stMain").locator(tables).nth(table)
        grid.scroll_into_view_if_needed()
        rows = grid.locator("tbody tr")
        rows.first.wait_for(state="attached", timeout=SLOW_MS)
        return [" | ".join(row.locator("td").all_text_contents()) for row in rows.all()]

    def said(self, text: re.Pattern[str]) -> str:
        """Return the innermost text of the screen that matches."""
        return self.main.get_by_text(text).last.inner_text(timeout=SLOW_MS)

    def sees(self, text: str | re.Pattern[str]) -> None:
        """Check that something is said in the screen."""
        expect(self.page.get_by_test_id("stMain")).to_contain_text(text, timeout=SLOW_MS)


def kept(download: Download, folder: Path) -> Path:
    """Save a download under its own name."""
    path = folder / download.suggested_filename
    download.save_as(path)
    return path
