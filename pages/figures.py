"""Figures and downloads that screens share: one look, one form of numbers, one set of notes."""

import base64
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from html import escape
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

import geopandas as gpd
import pandas as pd
import streamlit as st

from data.access.source_notes import source_notes
from data.base import french
from data.base.figures import with_numbers
from data.base.french import MISSING
from data.files import exports
from data.region.territory import Territory
from data.reports import columns
from pages import exporting, grids, shell
from pages.exporting import Offer

if TYPE_CHECKING:
    from data.official.templates import Template

_CHART_TEXT = {"labelColor": "#45494f", "titleColor": "#45494f"}
"""Colour of the texts of a chart: `--soft` of the theme, where Streamlit has a pale grey."""
FRENCH_CHART = {
    "axis": _CHART_TEXT,
    "legend": _CHART_TEXT,
    "locale": {
        "number": {
            "decimal": ",",
            "thousands": "\N{NARROW NO-BREAK SPACE}",
            "grouping": [3],
            "currency": ["", "\N{NO-BREAK SPACE}€"],
        }
    },
}
"""Configuration of a chart (Vega-Lite): its numbers in French form, its texts legible."""

GEOJSON = "application/geo+json"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def notes(territory: Territory, *tables: str, departements: Collection[str] = ()) -> list[str]:
    """Return the lines that go with every figure and export: source, vintage, simulated or not.

    Of some `departements`, where the figures are not of the whole region.
    """
    return source_notes(territory, *tables, departements=departements)


def sources(lines: Sequence[str]) -> None:
    """Draw sources, vintages and limits of a screen, folded at its foot."""
    with st.expander("Sources, années et limites"):
        for line in lines:
            st.text(french.unbroken(line))
    on_paper(f"Sources, années et limites : {' · '.join(lines)}")


def bullets(lines: Iterable[str]) -> None:
    """Draw sentences as a list, whose lines never start with a French colon."""
    for line in lines:
        st.text(french.unbroken(f"• {line}"))


def lead(sentence: str, key: str) -> None:
    """Draw the sentence that a screen answers with; no line of it starts with a French colon.

    `key` tells it from other answers of the screen.
    """
    with st.container(key=f"{shell.ANSWER}{key}"):
        st.markdown(french.unbroken(f"**{sentence}**"))


def said(sentence: str) -> None:
    """Draw a sentence as plain text, what came from a file included, its lines broken in French."""
    st.text(french.unbroken(sentence))


def answer(sentence: str, key: str) -> None:
    """Draw the sentence that a screen answers with, where it may hold what came from a file.

    `key` tells it from other answers of the screen.
    """
    with st.container(key=f"{shell.ANSWER}{key}"):
        said(sentence)


def on_paper(told: str) -> None:
    """Have a print from the browser say what stands on screen in something to open or choose."""
    st.html(f'<p class="ps-paper ps-small">{escape(french.unbroken(told))}</p>')


def _decimals(column: str) -> int:
    """Return the decimals of a column of numbers that are no shares."""
    if column.startswith(("apl", "gps_per")) and not column.endswith("_year"):
        return 2
    return 1 if column == "gps" else 0


def _percent(shares: pd.Series) -> pd.Series:
    """Return shares in percent, to a decimal: a few are not none, nearly all are not all."""
    exact = 100 * shares
    rounded = exact.round(1)
    return rounded.mask(rounded.isin([0, 100]) & ~exact.isin([0, 100]), exact)


def table(
    frame: pd.DataFrame,
    *,
    height: int | Literal["auto"] = 420,
    key: str | None = None,
    on_select: Callable[[], None] | Literal["ignore"] = "ignore",
    marked: Sequence[int] = (),
    order: Sequence[str] = (),
    titles: Mapping[str, str] = MappingProxyType({}),
    widths: Mapping[str, int] = MappingProxyType({}),
) -> None:
    """Draw a table under its French headings; shares are shown as percentages.

    With `on_select`, one row can be chosen: `st.session_state[key]` then holds its number. Rows
    `marked` are so in a plain table, which has none to choose. `order` names the columns shown,
    first to last; all of them without it. `titles` gives headings other than those of exports,
    `widths` those of columns in a grid, in pixels, where what they hold would be too wide.
    """
    shown = columns.titled(frame)
    if order:
        shown = pd.concat([columns.titled(frame[[one]]) for one in order if one in frame], axis=1)
    formats: dict[str, Any] = {}
    shares: list[str] = []
    shown = shown.rename(columns={columns.TITLES[one]: titles[one] for one in titles})
    for column, title in {**columns.TITLES, **titles}.items():
        if title not in shown or not pd.api.types.is_numeric_dtype(shown[title]):
            continue
        # Rounded here: the browser then writes the number as its reader does, comma included.
        if column.startswith("share_"):
            shown[title] = _percent(shown[title])
            shares.append(title)
        else:
            shown[title] = shown[title].round(_decimals(column))
        plain = column.endswith("_year")
        formats[title] = st.column_config.NumberColumn(
            f"{title} (%)" if column.startswith("share_") else None,
            format="%d" if plain else "localized",
        )
    for column, width in widths.items():
        title = titles.get(column, columns.TITLES[column])
        formats[title] = (formats.get(title) or st.column_config.Column()) | {"width": width}
    grids.draw(
        shown,
        hide_index=True,
        placeholder=MISSING,
        height=height,
        column_config=formats,
        key=key,
        on_select=on_select,
        selection_mode="single-row",
        marked=marked,
        shares=shares,
    )


def french_table(
    frame: pd.DataFrame,
    name: str = "",
    lines: Sequence[str] = (),
    *,
    height: int | Literal["content"] = "content",
    wraps: bool = False,
) -> None:
    """Draw a table whose headings are French already; with a name, its CSV and its workbook.

    One that `wraps` has its cells on several lines where it is too wide for its place.
    """
    numbers = frame.select_dtypes("number").columns
    if wraps:
        grids.draw_wrapped(frame, placeholder=MISSING)
    else:
        grids.draw(
            frame,
            hide_index=True,
            placeholder=MISSING,
            height=height,
            column_config={
                title: st.column_config.NumberColumn(format="localized") for title in numbers
            },
        )
    if name:
        _draw_offers(tables_offered(name, lambda: with_numbers(frame), lines))


def downloads(
    name: str,
    frame: pd.DataFrame,
    lines: list[str],
    *,
    contours: gpd.GeoDataFrame | None = None,
) -> None:
    """Offer a table as XLSX and CSV, and as GeoJSON with the contours of its communes.

    Files are made when asked for, not before.
    """
    _draw_offers(offers(name, frame, lines, contours=contours))


def offers(
    name: str,
    frame: pd.DataFrame | Callable[[], pd.DataFrame],
    lines: list[str],
    *,
    contours: gpd.GeoDataFrame | None = None,
) -> list[Offer]:
    """Return a table as files to offer: XLSX and CSV, and GeoJSON where contours are given.

    The table, or what makes it when a file is asked for; nothing of the session is known there.
    """

    def table() -> pd.DataFrame:
        return frame() if callable(frame) else frame

    found = tables_offered(name, lambda: columns.exported(table()), lines)
    if contours is not None:
        code = columns.TITLES["code"]
        places = contours[["code", "geometry"]].rename(columns={"code": code})
        found.append(
            offered(
                name,
                "GeoJSON",
                GEOJSON,
                lambda: exports.to_geojson(places.merge(columns.exported(table()), on=code), lines),
            )
        )
    return found


def tables_offered(
    name: str, titled: Callable[[], pd.DataFrame], lines: Sequence[str]
) -> list[Offer]:
    """Return a table under its French headings as XLSX, which keeps the codes, and CSV."""
    return [
        offered(name, "XLSX", XLSX, lambda: exports.to_xlsx({"Tableau": titled()}, lines)),
        offered(name, "CSV", "text/csv", lambda: exports.to_csv(titled(), lines)),
    ]


def offered(name: str, kind: str, mime: str, content: Callable[[], bytes]) -> Offer:
    """Return a file to offer: its kind is its extension in capitals, its name holds the day."""
    today = french.today().isoformat()
    extension = kind.lower()
    return Offer(
        f"Télécharger ({kind})",
        content,
        f"proxisoins-{name}-{today}.{extension}",
        mime,
        f"{name}-{extension}",
    )


def _draw_offers(files: Sequence[Offer]) -> None:
    with st.container(horizontal=True):
        for one in files:
            exporting.button(
                one.label, one.content, file_name=one.file_name, mime=one.mime, key=one.key
            )


def template_buttons(template: "Template") -> None:
    """Draw a template to fill in, as CSV and as a workbook."""
    with st.container(horizontal=True):
        for label, content, extension, mime in (
            ("Modèle CSV", template.csv, "csv", "text/csv"),
            ("Modèle XLSX", template.xlsx, "xlsx", XLSX),
        ):
            st.download_button(
                label,
                content,
                file_name=f"{template.name}.{extension}",
                mime=mime,
                on_click="ignore",
                key=f"{template.name}-{extension}",
            )


def image(content: bytes, alternative: str, *, widest: str = "56rem") -> None:
    """Draw a PNG with a text for those who do not see it, which `st.image` cannot hold.

    `widest` is the width (CSS) beyond which its letters would be larger than those around it.
    """
    data = base64.b64encode(content).decode()
    st.html(
        f'<img src="data:image/png;base64,{data}" alt="{escape(alternative)}" '
        f'style="width:100%;max-width:{widest}">'
    )
