"""The map in a browser: opened, and drawn."""

from playwright.sync_api import FrameLocator, Page

from tests.browser.gestures import map_frame


def opened(page: Page, address: str) -> FrameLocator:
    """Open the map and return its frame once contours and values are drawn."""
    page.goto(address)
    frame = map_frame(page)
    drawn(frame, "ready", "1")
    return frame


def drawn(frame: FrameLocator, name: str, value: str) -> None:
    """Wait until the client says that something has reached the screen."""
    frame.locator(f"html[data-{name}*='{value}']").wait_for(state="attached", timeout=60_000)
