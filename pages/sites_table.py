"""A table of sites side by side that wraps its titles: readable on a phone and aloud."""

from collections.abc import Sequence
from html import escape

import pandas as pd
import streamlit as st

from data.base.french import number

_FEW = 3
"""Columns of figures that a telephone shows side by side: of more, each is a card."""

_STYLE = """<style>
.sites-compares{overflow-x:auto;border:1px solid #929292;border-radius:4px;max-width:100%}
.sites-compares table{border-collapse:collapse;width:100%;font-size:.86rem}
.sites-compares th,.sites-compares td{padding:.3rem .55rem;border-bottom:1px solid #ddd;
text-align:right;font-variant-numeric:tabular-nums;overflow-wrap:break-word;hyphens:auto;
min-width:4.6rem;max-width:9rem}
.sites-compares thead th{background:#f6f6f6;vertical-align:bottom}
.sites-compares tbody th{text-align:left;font-weight:400;min-width:8.2rem;width:24%}
.sites-compares th:first-child{position:sticky;left:0;background:#f6f6f6;text-align:left;
border-right:1px solid #929292}
.sites-compares td:last-child,.sites-compares thead th:last-child{font-weight:700}
.sites-cards{display:none}
.sites-cards details{border-bottom:1px solid #ddd;font-size:.92rem}
.sites-cards summary{display:flex;flex-wrap:wrap;column-gap:.6rem;padding:.6rem 0;cursor:pointer}
.sites-cards summary::before{content:"▸"}
.sites-cards [open]>summary::before{content:"▾"}
.sites-cards summary b{flex:1;overflow-wrap:anywhere}
.sites-cards summary .v{font-weight:700;font-variant-numeric:tabular-nums}
.sites-cards dl{display:grid;grid-template-columns:1fr auto;gap:.3rem .8rem;margin:0 0 .8rem 1.1rem;
padding:0;font-size:.86rem}
.sites-cards dt{margin:0}
.sites-cards dd{margin:0;text-align:right;font-variant-numeric:tabular-nums;max-width:9rem}
.sites-cards p{margin:0;color:var(--soft)}
@media(max-width:640px){.sites-many{display:none}.sites-cards{display:block}}
</style>"""


def draw_compared(table: pd.DataFrame, told: str) -> None:
    """Draw a table; its first column holds the titles of the rows.

    On a telephone, more than three columns are as many cards, each opened by its title.

    Parameters
    ----------
    table
        Whole numbers and texts, some of which come from imported files: all are escaped.
    told
        What the table holds, for those who do not see it.
    """
    titles, *columns = (str(column) for column in table.columns)
    rows = [
        (str(first), [cell if isinstance(cell, str) else number(cell) for cell in cells])
        for first, *cells in table.to_numpy().tolist()
    ]
    head = "".join(f'<th scope="col">{escape(one)}</th>' for one in (titles, *columns))
    body = "".join(
        f'<tr><th scope="row">{escape(first)}</th>'
        + "".join(f"<td>{escape(cell)}</td>" for cell in cells)
        + "</tr>"
        for first, cells in rows
    )
    many = len(columns) > _FEW
    st.html(
        f'{_STYLE}<div class="sites-compares{" sites-many" * many}" role="region" tabindex="0" '
        f'aria-label="{escape(told)}"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>{_cards(columns, rows) if many else ''}"
    )


def _cards(columns: Sequence[str], rows: Sequence[tuple[str, list[str]]]) -> str:
    """Return the columns as cards, folded under their title and their first figure."""
    # The first figure: a commune, which comes before, tells less.
    lead, told = next((row for row in rows if any(cell[:1].isdigit() for cell in row[1])), rows[0])
    cards = []
    for at, column in enumerate(columns):
        lines = "".join(
            f"<dt>{escape(title)}</dt><dd>{escape(cells[at])}</dd>"
            for title, cells in rows
            if cells[at]
        )
        head = f'<b>{escape(column)}</b> <span class="v">{escape(told[at])}</span>'
        cards.append(f"<details><summary>{head}</summary><dl>{lines}</dl></details>")
    return f'<div class="sites-cards"><p>{escape(lead)}</p>{"".join(cards)}</div>'
