"""The sheet of a territory on one A4 side."""

import io
from collections.abc import Sequence

from data.reports.pdf import BLUE, GREY, INK, MARGIN_MM, Document
from data.reports.sheet import LEVEL_TITLES, Sheet

MAP_MM = 92.0


def sheet_pdf(sheet: Sheet, picture: bytes, notes: Sequence[str], *, simulated: bool) -> bytes:
    """Return the PDF of a sheet.

    Parameters
    ----------
    sheet
        What it says.
    picture
        PNG of the small map.
    notes
        Sources and vintages.
    simulated
        True if any table it rests on is simulated.
    """
    title = f"{sheet.name}, accès aux médecins généralistes"
    page = Document(title, notes, simulated=simulated)
    page.set_font("house", "", 9)
    page.set_text_color(*GREY)
    page.line_of(LEVEL_TITLES[sheet.level])
    page.set_font("house", "B", 20)
    page.set_text_color(*BLUE)
    page.line_of(sheet.name, 9)
    page.set_font("house", "", 10)
    page.set_text_color(*INK)
    page.line_of(sheet.context)
    page.ln(2)
    top = page.get_y()
    page.image(
        io.BytesIO(picture),
        x=page.w - MARGIN_MM - MAP_MM,
        y=top,
        w=MAP_MM,
        alt_text=f"Carte du temps d’accès au généraliste autour de {sheet.name}",
    )
    width = page.w - 2 * MARGIN_MM - MAP_MM - 4
    for figure in sheet.figures:
        page.set_font("house", "B", 9)
        page.set_text_color(*INK)
        page.multi_cell(width, 4.4, figure.label, new_x="LMARGIN", new_y="NEXT")
        page.set_font("house", "B", 20)
        page.multi_cell(width, 9, figure.value, new_x="LMARGIN", new_y="NEXT")
        for text, colour in ((figure.comparison, BLUE), (figure.sentence, INK)):
            page.set_font("house", "", 8.5)
            page.set_text_color(*colour)
            page.multi_cell(width, 4, text, align="L", new_x="LMARGIN", new_y="NEXT")
        page.ln(2.6)
    page.set_y(max(page.get_y(), top + MAP_MM))
    page.heading("Ce qui est en place")
    page.items(sheet.in_place, 10)
    page.heading("Ce qui menace")
    page.items(sheet.threats, 10)
    return page.finished()
