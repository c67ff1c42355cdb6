"""PDF documents: real text, embedded fonts, French language, title; A4."""

from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl
from fpdf import FPDF
from fpdf.enums import XPos, YPos
from fpdf.prefs import ViewerPreferences

MARGIN_MM = 14.0
INK = (22, 22, 22)
BLUE = (0, 0, 145)
GREY = (90, 90, 96)
WARNING = (179, 64, 0)


class Document(FPDF):
    """An A4 document in the house look; every text is drawn as text, whatever it holds.

    Parameters
    ----------
    title
        Title of the document, shown by readers in place of the file name.
    notes
        Sources, at the foot of the last page.
    simulated
        True writes the demonstration ribbon at the head of every page.
    """

    def __init__(self, title: str, notes: Sequence[str], *, simulated: bool) -> None:
        super().__init__(format="A4")
        self._notes = notes
        self._simulated = simulated
        # DejaVu comes with matplotlib and holds every letter of French and of its neighbours.
        fonts = Path(mpl.get_data_path()) / "fonts" / "ttf"
        self.add_font("house", "", fonts / "DejaVuSans.ttf")
        self.add_font("house", "B", fonts / "DejaVuSans-Bold.ttf")
        self.set_title(title)
        self.set_lang("fr-FR")
        self.set_author("ProxiSoins")
        self.viewer_preferences = ViewerPreferences(display_doc_title=True)
        self.set_margins(MARGIN_MM, 12, MARGIN_MM)
        self.set_auto_page_break(auto=True, margin=14)
        self.add_page()

    def header(self) -> None:
        """Write the ribbon of simulated data."""
        if self._simulated:
            self.set_font("house", "B", 8.5)
            self.set_text_color(*WARNING)
            self.line_of("DONNÉES DE DÉMONSTRATION : simulées, sans valeur pour une décision.")
            self.set_text_color(*INK)

    def footer(self) -> None:
        """Write who made the page."""
        self.set_y(-10)
        self.set_font("house", "", 7)
        self.set_text_color(*GREY)
        self.cell(0, 4, f"ProxiSoins, page {self.page_no()}", align="R")
        self.set_text_color(*INK)

    def line_of(self, text: str, height_mm: float = 4.6) -> None:
        """Write a paragraph over the width of the page."""
        self.multi_cell(0, height_mm, text, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def heading(self, text: str, size: float = 12) -> None:
        """Write a heading."""
        self.ln(1.5)
        self.set_font("house", "B", size)
        self.set_text_color(*BLUE)
        self.line_of(text, size * 0.45)
        self.set_text_color(*INK)
        self.set_font("house", "", 9)

    def items(self, sentences: Sequence[str], size: float = 9) -> None:
        """Write sentences as a list."""
        self.set_font("house", "", size)
        for sentence in sentences:
            self.line_of(f"•  {sentence}", size * 0.51)

    def rows(
        self, titles: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[float]
    ) -> None:
        """Write a table; its headings are repeated on each page."""
        self.set_font("house", "", 8)
        with self.table(col_widths=tuple(widths), line_height=4.4, padding=0.8) as drawn:
            for cells in (titles, *rows):
                row = drawn.row()
                for cell in cells:
                    row.cell(cell)

    def finished(self) -> bytes:
        """Write the sources and return the document."""
        self.ln(2)
        self.set_font("house", "", 6.8)
        self.set_text_color(*GREY)
        for note in self._notes:
            self.line_of(note, 3.2)
        return bytes(self.output())
