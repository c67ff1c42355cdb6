"""PDF documents: real text, embedded fonts, French language, title; A4."""

import datetime as dt
import re
import secrets
import unicodedata
from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl
from fpdf import FPDF
from fpdf.enums import MethodReturnValue, XPos, YPos
from fpdf.fonts import FontFace, TTFFont
from fpdf.prefs import ViewerPreferences

from data.base import typeface
from data.base.french import MISSING, date, unbroken
from data.region.privacy import NOT_TOLD
from geo.map_letters import LARGER

MARGIN_MM = 14.0
INK = (22, 22, 22)
BLUE = (0, 0, 145)
GREY = (90, 90, 96)
WARNING = (179, 64, 0)
RULE, HEAD = (190, 190, 198), (238, 238, 246)
_PAGE_NUMBER_MM = 16.0
_SMALLER = 0.85
"""Scale of the letters of sources that would need one more page."""
_NO_FIGURE = frozenset({"", "–", "sans objet", MISSING, NOT_TOLD})
"""What stands in place of a figure in a column of figures."""

_CONTROLS = frozenset("\n\r\t\N{ZERO WIDTH SPACE}\N{SOFT HYPHEN}")
"""What FPDF acts on, and does not draw."""
_JOINING = frozenset({"Cc", "Cf", "Mn", "Me"})
"""Categories of characters that are nothing alone: joiners, variations of an emoji."""
_PICTURES = frozenset({"So", "Sk"})
"""Categories of pictographs and of their shades: no font of ours draws those of a telephone."""
_SELECTORS = frozenset("\N{VARIATION SELECTOR-15}\N{VARIATION SELECTOR-16}\N{ZERO WIDTH JOINER}")
_GONE, _PICTURE = "\0", "(pictogramme)"
_AROUND_GONE = re.compile(rf" ?{_GONE}+(?=[\s,.;:)]|$)")
"""A pictograph left out, with the space before it where another sign follows."""
_UNKNOWN = "\N{WHITE SQUARE}"
_BREAK = "\N{ZERO WIDTH SPACE}"
_LINE_MM, _PADDING_MM = 4.2, (0.7, 1.0)
"""Of the rows of a table: height of a line; what a cell keeps free above and beside its text."""
_CELL_MM = 0.1
"""Of a cell that FPDF keeps for itself when it breaks lines."""

AREAS = (
    "Traits bleus : ce qui en est à 20 minutes ou moins ; une aire à part entoure la sortie d’une "
    "voie rapide."
)
"""What stands under a picture of sites: the areas of an expressway reach where one may leave it."""
_KEPT_MM = 26.0
"""A heading, the titles of a table on three lines and its first row; a paragraph kept whole."""


class Document(FPDF):
    """An A4 document in the house look; every text is drawn as text, whatever it holds.

    Parameters
    ----------
    title
        Title of the document, shown by readers in place of the file name.
    notes
        Sources, at the foot of the last page.
    warning
        What stands at the head of every page (`Territory.warning`), "" for nothing.
    """

    def __init__(self, title: str, notes: Sequence[str], *, warning: str) -> None:
        super().__init__(format="A4")
        # Said at the head of every page: not again among the sources.
        self._notes = [note for note in notes if note != warning]
        self._warning = warning
        self._add_letters()
        self.set_title(title)
        self.set_lang("fr-FR")
        self.set_author("ProxiSoins")
        # What stands for the number of pages must be no text that a name could hold.
        self.alias_nb_pages(secrets.token_hex(8))
        self.viewer_preferences = ViewerPreferences(display_doc_title=True)
        self.set_margins(MARGIN_MM, 12, MARGIN_MM)
        self.set_auto_page_break(auto=True, margin=14)
        self.add_page()

    def _add_letters(self) -> None:
        """Take the typeface of the screens, and DejaVu for what it lacks; DejaVu alone without."""
        fonts = Path(mpl.get_data_path()) / "fonts" / "ttf"
        plain, bold = fonts / "DejaVuSans.ttf", fonts / "DejaVuSans-Bold.ttf"
        own = typeface.files()
        self._larger = LARGER if own else 1.0
        self.add_font("house", "", own[0] if own else plain)
        self.add_font("house", "B", own[1] if own else bold)
        if own:
            self.add_font("rest", "", plain)
            self.set_fallback_fonts(["rest"], exact_match=False)

    def normalize_text(self, text: str) -> str:
        """Return a text whose letters can all be drawn.

        FPDF leaves out what no font holds without a word. A mark stands for such a letter. A
        pictograph says nothing that the text beside it does not: it is left out with its space,
        and a word stands for a text that is nothing else.
        """
        known = [font.cmap for font in self.fonts.values() if isinstance(font, TTFFont)]

        def drawn(c: str) -> str:
            if c in _CONTROLS or (c not in _SELECTORS and any(ord(c) in cmap for cmap in known)):
                return c
            kind = unicodedata.category(c)
            return "" if kind in _JOINING else _GONE if kind in _PICTURES else _UNKNOWN

        marked = "".join(map(drawn, text))
        if _GONE in marked:
            left = _AROUND_GONE.sub("", marked).replace(_GONE, "")
            marked = (left.lstrip() if marked[0] == _GONE else left) or _PICTURE
        return super().normalize_text(marked)

    def letters(self, points: float, *, bold: bool = False) -> None:
        """Choose the letters, at a size that is said for DejaVu."""
        self.set_font("house", "B" if bold else "", points * self._larger)

    def header(self) -> None:
        """Write the warning of simulated data."""
        if self._warning:
            self.letters(8.5, bold=True)
            self.set_text_color(*WARNING)
            self.line_of(self._warning)
            self.set_text_color(*INK)
        self._top_mm = self.get_y()

    def footer(self) -> None:
        """Write who made the page, when, and its number."""
        self.set_y(-10)
        self.letters(7)
        self.set_text_color(*GREY)
        self.cell(0, 4, f"ProxiSoins, édité le {date(dt.datetime.now().astimezone().date())}")
        # From the left: the number of pages stands in for a longer text until it is known.
        self.set_x(-MARGIN_MM - _PAGE_NUMBER_MM)
        self.cell(0, 4, f"page {self.page_no()} / {self.str_alias_nb_pages}")
        self.set_text_color(*INK)

    def line_of(self, text: str, height_mm: float = 4.6) -> None:
        """Write a paragraph over the width of the page, whole: its foot cuts long ones only."""
        told = unbroken(text)
        if self.will_page_break(_KEPT_MM):
            high = self.multi_cell(
                0, height_mm, told, align="L", dry_run=True, output=MethodReturnValue.HEIGHT
            )
            if high <= _KEPT_MM and self.will_page_break(high):
                self.add_page()
        self.multi_cell(0, height_mm, told, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def heading(self, text: str, size: float = 12, *, keep_mm: float = _KEPT_MM) -> None:
        """Write a heading, on the next page when less than `keep_mm` of this one is left."""
        if self.will_page_break(keep_mm):
            self.add_page()
        self.ln(1.5)
        self.letters(size, bold=True)
        self.set_text_color(*BLUE)
        self.line_of(text, size * 0.45)
        self.set_text_color(*INK)
        self.letters(9)

    def items(self, sentences: Sequence[str], size: float = 9) -> None:
        """Write sentences as a list."""
        self.letters(size)
        for sentence in sentences:
            self.line_of(f"•  {sentence}", size * 0.51)

    def rows(
        self, titles: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[float]
    ) -> None:
        """Write a table; its headings are repeated on each page, numbers stand on the right."""
        self.set_draw_color(*RULE)
        sides = tuple(
            "RIGHT" if _are_numbers(column) else "LEFT" for column in zip(*rows, strict=True)
        )
        widths = widths[: len(titles)]
        inside = [self.epw * one / sum(widths) - 2 * _PADDING_MM[1] - _CELL_MM for one in widths]
        written = []
        for place, cells in enumerate((titles, *rows)):
            self.letters(7.5, bold=place == 0)
            written.append([self._broken(*one) for one in zip(cells, inside, strict=True)])
        cut = self._last_kept(written, widths)
        self._table(written[:cut], widths, sides or "LEFT")
        if cut < len(written):
            self.add_page()
            self._table([written[0], *written[cut:]], widths, sides or "LEFT")

    def _table(
        self,
        written: Sequence[Sequence[str]],
        widths: Sequence[float],
        sides: str | tuple[str, ...],
    ) -> None:
        self.letters(7.5)
        with self.table(
            col_widths=tuple(widths),
            line_height=_LINE_MM,
            padding=_PADDING_MM,
            borders_layout="HORIZONTAL_LINES",
            headings_style=FontFace(emphasis="BOLD", fill_color=HEAD),
            text_align=sides,
        ) as drawn:
            for cells in written:
                row = drawn.row()
                for cell in cells:
                    row.cell(cell)

    def _last_kept(self, written: Sequence[Sequence[str]], widths: Sequence[float]) -> int:
        """Return how many rows stand before a break: all, or all but two where one is left alone.

        The first row is that of the titles, which each page has.
        """
        heights = []
        for place, cells in enumerate(written):
            self.letters(7.5, bold=place == 0)
            heights.append(
                max(
                    self._height(cell, self.epw * wide / sum(widths))
                    for cell, wide in zip(cells, widths, strict=True)
                )
            )
        self.letters(7.5)
        titles, *rows = heights
        left, on_page = self.page_break_trigger - self.get_y() - titles, 0
        for high in rows:
            if high > left:
                left, on_page = self.page_break_trigger - self._top_mm - titles, 0
            left -= high
            on_page += 1
        broken = on_page < len(rows)
        return len(written) - 2 if broken and on_page == 1 and len(rows) > 3 else len(written)

    def _height(self, text: str, width_mm: float) -> float:
        return float(
            self.multi_cell(
                width_mm,
                _LINE_MM,
                text,
                padding=_PADDING_MM,
                dry_run=True,
                output=MethodReturnValue.HEIGHT,
            )
        )

    def _broken(self, text: str, width_mm: float) -> str:
        """Return a text that may break after its hyphens, where a word is wider than its cell.

        FPDF breaks at spaces only, and cuts a longer word between any two letters.
        """
        if all(self.get_string_width(word) <= width_mm for word in text.split()):
            return text
        return text.replace("-", f"-{_BREAK}")

    def sources(self, scale: float = 1.0) -> None:
        """Write the sources, their letters at a scale."""
        self.ln(1.5)
        self.letters(6.8 * scale)
        self.set_text_color(*GREY)
        for note in self._notes:
            self.line_of(note, 3.2 * scale)
        self.set_text_color(*INK)

    def _leaves_room(self, scale: float) -> bool:
        """Tell whether what is left of the page holds the sources, their letters at a scale."""
        self.letters(6.8 * scale)
        needed = 1.5 + sum(
            float(
                self.multi_cell(
                    0,
                    3.2 * scale,
                    unbroken(note),
                    align="L",
                    dry_run=True,
                    output=MethodReturnValue.HEIGHT,
                )
            )
            for note in self._notes
        )
        return not self.will_page_break(needed)

    def forget(self) -> None:
        """Close the fonts of a document that is never written, tried for its length only."""
        for font in self.fonts.values():
            if isinstance(font, TTFFont):
                font.close()

    def finished(self) -> bytes:
        """Write the sources, smaller where that saves a page, never cut by one; return all."""
        scale = next((one for one in (1.0, _SMALLER) if self._leaves_room(one)), None)
        if scale is None:
            self.add_page()
        self.sources(scale or 1.0)
        return bytes(self.output())


def _are_numbers(cells: Sequence[str]) -> bool:
    """Whether most cells of a column that hold something hold a number."""
    held = [cell for cell in cells if cell not in _NO_FIGURE]
    numbers = [cell for cell in held if re.fullmatch(r"[−+-]?[\d\s,]+ ?%?", cell)]
    return 2 * len(numbers) > len(held)
