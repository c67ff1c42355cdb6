"""Two territories of a level side by side: one table, their differences, a page."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from data.base.french import minutes_told, number, per_hundred, signed
from data.region.privacy import NOT_TOLD, age_masked

if TYPE_CHECKING:
    from data.reports.pdf import Document

MEASURES: tuple[tuple[str, str, int, float], ...] = (
    ("population", "Habitants", 0, 1.0),
    ("gps", "Médecins généralistes", 0, 1.0),
    ("gps_per_1000", "Généralistes pour 1 000 habitants", 2, 1.0),
    ("share_without_room", "Habitants sans place à 20 minutes (%)", 1, 100.0),
    ("minutes_to_nearest_gp", "Minutes jusqu’au généraliste le plus proche", 0, 1.0),
    ("share_beyond_20", "Habitants à plus de 20 minutes (%)", 1, 100.0),
    ("apl", "APL calculée", 1, 1.0),
    ("apl_published", "APL publiée (DREES)", 1, 1.0),
    ("share_near_retirement", "Offre proche de la retraite (%)", 0, 100.0),
    ("minutes_to_labelled_structure", "Minutes jusqu’à une structure France Santé", 0, 1.0),
    ("share_over_75", "75 ans et plus (%)", 1, 100.0),
)
"""Column, French title with its unit, decimals, factor; minutes whole, as on cards and sheets."""


@dataclass(frozen=True)
class Measure:
    """One measure of two territories, as it is written.

    Attributes
    ----------
    title
        What is measured, with its unit.
    vintage
        Year of what it is counted from, or "simulation"; "" where it is not known.
    first, second, region
        Texts; "non disponible" where unknown, "non diffusé" where it may not be told.
    difference
        Second less first, signed.
    lengths
        Of the paired bars, 0 to 1 on one scale.
    """

    title: str
    vintage: str
    first: str
    second: str
    difference: str
    region: str
    lengths: tuple[float, float]


def pair(
    first: pd.Series, second: pd.Series, region: pd.Series, dated: Mapping[str, str]
) -> list[Measure]:
    """Return the measures of two territories, of those that either has, or hides.

    `dated` gives the year of each column (`data.reports.vintages`).
    """
    measures = []
    for key, title, decimals, factor in MEASURES:
        values = [float(row.get(key, np.nan)) * factor for row in (first, second, region)]
        texts = [_written(value, decimals, factor) for value in values]
        if key.startswith("minutes_"):  # none, and less than one, have words
            texts = [
                minutes_told(value) if text == "0" else text
                for value, text in zip(values, texts, strict=True)
            ]
        if key == "share_near_retirement":
            texts = [
                NOT_TOLD if age_masked(row) else text
                for row, text in zip((first, second, region), texts, strict=True)
            ]
        if not np.isfinite(values[:2]).any() and NOT_TOLD not in texts[:2]:
            continue
        one, two, _ = values
        # The difference is that of the figures written, so that a reader can check it.
        gap = round(two, decimals) - round(one, decimals)
        scale = max((abs(v) for v in (one, two) if np.isfinite(v)), default=0.0) or 1.0
        lengths = tuple(abs(v) / scale if np.isfinite(v) else 0.0 for v in (one, two))
        measures.append(
            Measure(
                title=title,
                vintage=dated.get(key, ""),
                first=texts[0],
                second=texts[1],
                difference=_difference(gap, decimals, *texts[:2]),
                # A total of the region is no term of comparison.
                region="" if key in {"population", "gps"} else texts[2],
                lengths=(lengths[0], lengths[1]),
            )
        )
    return measures


def _written(value: float, decimals: int, factor: float) -> str:
    """Return a value as the sheet of its territory writes it."""
    return per_hundred(value / factor, decimals) if factor > 1 else number(value, decimals)


def _difference(gap: float, decimals: int, first: str, second: str) -> str:
    """Return the second less the first; none is not told of two that are written otherwise."""
    if first != second and number(abs(gap), decimals) == number(0.0, decimals):
        return f"moins de {number(10.0**-decimals, decimals)}"
    return signed(gap, decimals)


def pair_table(
    measures: Sequence[Measure],
    names: tuple[str, str],
    around: str = "Région",
    difference: str = "",
) -> pd.DataFrame:
    """Return the measures as a table under French headings.

    `around` names what holds both; "" where nothing does, and their column is left out. The
    differences are headed by both names, or by `difference`.
    """
    rows = [(f"{m.title}, {m.vintage}" if m.vintage else m.title, *_values(m)) for m in measures]
    told = _told_apart(names)
    heading = difference or difference_title(told)
    table = pd.DataFrame(rows, columns=["Mesure", *told, heading, around])
    return table if around else table.drop(columns=around)


def difference_title(names: tuple[str, str]) -> str:
    """Return the heading of the differences, which says which of the two is taken from which."""
    first, second = _told_apart(names)
    return f"Différence : {second} moins {first}"


def _values(measure: Measure) -> tuple[str, str, str, str]:
    """Return the texts of a measure, none of them blank."""
    texts = (measure.first, measure.second, measure.difference, measure.region)
    return texts[0] or "–", texts[1] or "–", texts[2] or "–", texts[3] or "–"


def _told_apart(names: tuple[str, str]) -> tuple[str, str]:
    return names if names[0] != names[1] else (f"{names[0]} (1)", f"{names[1]} (2)")


def pair_pdf(
    measures: Sequence[Measure],
    names: tuple[str, str],
    pictures: tuple[bytes, bytes],
    notes: Sequence[str],
    *,
    warning: str,
    around: str = "Région",
) -> bytes:
    """Return the comparison on an A4 page: two maps on one scale, then the table."""
    title = f"{names[0]} et {names[1]}, comparaison"
    table = pair_table(measures, names, around)
    return pair_page(title, names, pictures, table, notes, warning=warning).finished()


def pair_page(
    title: str,
    names: tuple[str, str],
    pictures: tuple[bytes, bytes],
    table: pd.DataFrame,
    notes: Sequence[str],
    *,
    warning: str,
    captioned: bool = False,
) -> "Document":
    """Return a page of two maps, then their table; `captioned`, their names stand above them."""
    from data.reports.pdf import Document

    page = Document(title, notes, warning=warning)
    page.heading(title, 15)
    top = page.get_y() + 2
    below = top + 6 * captioned
    for side, picture in enumerate(pictures):
        left = 14 + side * 93
        if captioned:
            page.letters(9)
            page.set_xy(left, top)
            page.cell(89, 5, names[side])
        page.image(io.BytesIO(picture), x=left, y=below, w=89, alt_text=names[side])
    page.set_y(below + 79)
    page.rows([str(one) for one in table.columns], texts_of(table), (54, 32, 32, 40, 24))
    return page


def texts_of(table: pd.DataFrame) -> list[list[str]]:
    """Return the cells of a table as `Document.rows` takes them."""
    return [[str(cell) for cell in row] for row in table.itertuples(index=False)]
