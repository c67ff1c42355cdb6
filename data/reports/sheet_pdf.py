"""The sheet of a territory on one A4 side; those of many communes in one document."""

import io
from collections.abc import Iterable, Sequence

from data.reports.pdf import BLUE, GREY, INK, MARGIN_MM, Document
from data.reports.sheet import LEVEL_TITLES, Sheet, map_words
from data.reports.signals import ALERT, WATCH

MAP_MM = 84.0
SIZES = (1.0, 0.92, 0.85, 0.78, 0.7, 0.62)
"""Scales of the text that are tried, until the sheet holds on one side."""
_MARKS = {ALERT: "▲", WATCH: "◆"}


def sheet_pdf(
    sheet: Sheet,
    picture: bytes,
    notes: Sequence[str],
    *,
    warning: str,
    change: Sequence[str] = (),
) -> bytes:
    """Return the PDF of a sheet: one side, whatever the territory.

    Parameters
    ----------
    sheet
        What it says.
    picture
        PNG of the small map.
    notes
        Sources and vintages.
    warning
        What stands at the head of every page (`Territory.warning`), "" for nothing.
    change
        What a chosen scenario changes there, in sentences; none where none is chosen.
    """
    return sheets_pdf([(sheet, picture)], sheet.name, notes, warning=warning, change=change)


def sheets_pdf(
    sheets: Iterable[tuple[Sheet, bytes]],
    name: str,
    notes: Sequence[str],
    *,
    warning: str,
    change: Sequence[str] = (),
) -> bytes:
    """Return the sheets of several territories, one side each, as one document."""
    page: Document | None = None
    for sheet, picture in sheets:
        told = (sheet, picture, change)
        scale = next((one for one in SIZES if _holds(told, notes, warning, one)), None)
        if page is None:
            title = f"{name}, accès aux médecins généralistes"
            page = Document(title, notes, warning=warning)
        else:
            page.add_page()
        _draw(page, *told, scale or SIZES[-1])
        page.sources(scale or SIZES[-1])
    if page is None:
        page = Document(name, notes, warning=warning)
    return bytes(page.output())


def _holds(
    told: tuple[Sheet, bytes, Sequence[str]], notes: Sequence[str], warning: str, scale: float
) -> bool:
    page = Document(told[0].name, notes, warning=warning)
    _draw(page, *told, scale)
    page.sources(scale)
    page.forget()
    return page.page_no() == 1


def _draw(
    page: Document, sheet: Sheet, picture: bytes, change: Sequence[str], scale: float
) -> None:
    """Write a sheet on the page, its texts at a scale."""
    # What the sheet is about.
    page.letters(9 * scale)
    page.set_text_color(*GREY)
    page.line_of(LEVEL_TITLES[sheet.level])
    page.letters(19 * scale, bold=True)
    page.set_text_color(*BLUE)
    page.line_of(sheet.name, 8.5 * scale)
    page.letters(10 * scale)
    page.set_text_color(*INK)
    page.line_of(f"{sheet.context}{sheet.unverified}")
    page.ln(1.5)
    # The map on the right, the key figures beside it.
    top, across = page.get_y(), MAP_MM * scale
    drawn = page.image(
        io.BytesIO(picture),
        x=page.w - MARGIN_MM - across,
        y=top,
        w=across,
        alt_text=map_words(sheet.name),
    )
    width = page.w - 2 * MARGIN_MM - across - 4
    for figure in sheet.figures:
        page.letters(8.5 * scale, bold=True)
        page.set_text_color(*INK)
        page.multi_cell(width, 4 * scale, figure.dated, new_x="LMARGIN", new_y="NEXT")
        page.letters(15 * scale, bold=True)
        page.multi_cell(width, 6.6 * scale, figure.value, new_x="LMARGIN", new_y="NEXT")
        if figure.comparison:
            page.letters(8 * scale)
            page.set_text_color(*BLUE)
            page.multi_cell(
                width, 3.7 * scale, figure.comparison, align="L", new_x="LMARGIN", new_y="NEXT"
            )
        if figure.sentence:
            page.letters(7 * scale)
            page.set_text_color(*GREY)
            page.multi_cell(
                width, 3.2 * scale, figure.sentence, align="L", new_x="LMARGIN", new_y="NEXT"
            )
        page.ln(1.4 * scale)
    # Below both: signals, what is in place, what a scenario changes.
    page.set_y(max(page.get_y(), top + drawn.rendered_height))
    page.heading("Sept signaux", 11 * scale, keep_mm=0)
    for one in sheet.signals:
        page.letters(8.5 * scale, bold=True)
        page.line_of(
            f"{_MARKS.get(one.state, '•')} {one.title} : {one.value} ({one.state})", 4.1 * scale
        )
        page.letters(8.5 * scale)
        page.line_of(f"    {one.sentence}", 4 * scale)
    page.items([sheet.succession], 8.5 * scale)
    page.heading("Ce qui est en place", 11 * scale, keep_mm=0)
    page.items(sheet.in_place, 8.5 * scale)
    if change:
        page.heading("Ce que change un scénario", 11 * scale, keep_mm=0)
        page.items(change, 8.5 * scale)
