"""The ring of what has the focus, measured on pictures: whole, and seen on both its sides."""

import io
import re
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page

from tests.browser.gestures import answered

SCALE = 3
"""Pixels of a picture to one of the page: edges are drawn through several."""
ROUND_PX = 14
"""What is looked at around a control."""
RING = (10, 118, 246)
LEAST_CONTRAST = 3.0
LEAST_WIDTH_PX = 1.6
"""Of two pixels, less what a curve or a fraction of a pixel blurs."""
SLOW_MS = 120_000
VIEWS = {
    "": {"stTopNavLink", "stMain", "range", "checkbox", "radio", "quiet", "leaflet-container"},
    "risques": {"stTab", "pills", "segmented_control", "summary", "switch", "dvn-scroller"},
    "solidarite": {"stNumberInputField", "combobox", "leaflet-marker-icon", "leaflet-control-zoom"},
    "methode": {"ps-plain", "stPopoverButton", "stPageLink"},
    "methode?volet=importer": {"stBaseButton-primaryFormSubmit", "stBaseButton-secondary"},
}
"""Views, and kinds of controls that the keyboard must meet there."""
TABS = 90
FOCUSED = """() => {
    let left = 0, top = 0, view = window, one = document.activeElement;
    const within = one.contentDocument?.activeElement;
    if (within && within !== one.contentDocument.body) {
        ({ left, top } = one.getBoundingClientRect());
        view = one.contentWindow;
        one = within;
    }
    if (one === document.body) return null;
    const drawn = (what) => view.getComputedStyle(what).outlineStyle === "solid";
    let ringed = one.closest("label") || one;
    if (!drawn(ringed)) for (ringed = one; ringed && !drawn(ringed);) ringed = ringed.parentElement;
    const box = (ringed || one).getBoundingClientRect();
    const off = ringed ? Math.min(0, parseFloat(view.getComputedStyle(ringed).outlineOffset)) : -4;
    return { left: left + box.left - off, top: top + box.top - off,
        width: box.width + 2 * off, height: box.height + 2 * off,
        kind: [one.tagName.toLowerCase(), one.type, one.getAttribute("role"), one.dataset.testid,
            one.dataset.variant, one.className].join(" ") }; }"""
"""What has the focus, in a frame too, and the box that its ring goes round or is the edge of."""


def luminance(colour: tuple[int, ...]) -> float:
    red, green, blue = (
        one / 12.92 if one <= 0.03928 else ((one + 0.055) / 1.055) ** 2.4
        for one in (part / 255 for part in colour)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(colour: tuple[int, ...]) -> float:
    low, high = sorted([luminance(colour), luminance(RING)])
    return (high + 0.05) / (low + 0.05)


def is_ring(colour: tuple[int, ...]) -> bool:
    return sum(abs(one - other) for one, other in zip(colour, RING, strict=True)) < 24


def faults(line: list[tuple[int, ...]]) -> str:
    """What is wrong with the ring on a line of pixels across one of its sides."""
    seen = [rank for rank, colour in enumerate(line) if is_ring(colour)]
    if not seen:
        return "no ring"
    first, last = seen[0], seen[-1]
    if (last - first + 1) / SCALE < LEAST_WIDTH_PX:
        return f"{(last - first + 1) / SCALE:.1f} px"
    # Three pixels off: the first are blurred.
    beside = [line[rank] for rank in (first - SCALE, last + SCALE) if 0 <= rank < len(line)]
    if len(beside) < 2 or min(map(contrast, beside)) < LEAST_CONTRAST:
        return f"beside {beside}"
    return ""


def across(picture: Image.Image, box: dict[str, float]) -> dict[str, list[tuple[int, ...]]]:
    """Lines of pixels across the middle of the four sides of a box that a picture shows."""
    left, top, width, height = (round(box[one] * SCALE) for one in ("x", "y", "width", "height"))
    out, into = ROUND_PX * SCALE, 5 * SCALE
    pixels: Any = picture.load()

    def line(xs: range, ys: range) -> list[tuple[int, ...]]:
        wide, high = picture.size
        return [pixels[x, y] for x in xs for y in ys if 0 <= x < wide and 0 <= y < high]

    column, row = left + width // 2, top + height // 2
    return {
        "left": line(range(left - out, left + into), range(row, row + 1)),
        "right": line(range(left + width - into, left + width + out), range(row, row + 1)),
        "top": line(range(column, column + 1), range(top - out, top + into)),
        "bottom": line(range(column, column + 1), range(top + height - into, top + height + out)),
    }


def ring_faults(page: Page, found: dict[str, Any]) -> dict[str, str]:
    """What is wrong with the ring of what has the focus, by side."""
    size = page.viewport_size
    assert size is not None
    left, top = max(0, found["left"] - ROUND_PX), max(0, found["top"] - ROUND_PX)
    right = min(size["width"], found["left"] + found["width"] + ROUND_PX)
    bottom = min(size["height"], found["top"] + found["height"] + ROUND_PX)
    clip = {"x": left, "y": top, "width": right - left, "height": bottom - top}
    picture = Image.open(io.BytesIO(page.screenshot(clip=clip))).convert("RGB")  # type: ignore[arg-type]
    box = {"x": found["left"] - left, "y": found["top"] - top}
    box |= {"width": found["width"], "height": found["height"]}
    told = {side: faults(line) for side, line in across(picture, box).items()}
    return {side: fault for side, fault in told.items() if fault}


@pytest.mark.campaign
@pytest.mark.parametrize("view", VIEWS)
def test_the_ring_of_the_focus_is_seen_on_both_its_sides(
    server: str, browser: Browser, view: str
) -> None:
    """Streamlit's own shadow, as dark as the ring, lay beside it; rows of tabs cut it."""
    context = browser.new_context(
        viewport={"width": 1440, "height": 900}, device_scale_factor=SCALE
    )
    page = context.new_page()
    page.goto(f"{server}/{view}")
    page.get_by_role("heading", level=1).first.wait_for(state="attached", timeout=SLOW_MS)
    answered(page)
    for frame in page.locator("iframe[title^='streamlit_folium']").all():
        ready = frame.content_frame.locator("html[data-ready='1']")
        ready.wait_for(state="attached", timeout=SLOW_MS)
    met: dict[str, dict[str, str]] = {}
    for _ in range(TABS):
        page.keyboard.press("Tab")
        page.wait_for_timeout(150)  # a ring may come in by a transition
        found = page.evaluate(FOCUSED)
        if not found:
            break
        # A grid draws the edge of the cell in use itself, in the navy of the theme.
        if found["kind"] in met or re.search("gridcell|grid-canvas", found["kind"]):
            continue
        met[found["kind"]] = ring_faults(page, found)
    context.close()
    assert {kind: told for kind, told in met.items() if told} == {}
    assert [one for one in VIEWS[view] if not any(one in kind for kind in met)] == []
