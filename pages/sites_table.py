"""A table of sites side by side that wraps its titles: readable on a phone and aloud."""

from html import escape

import pandas as pd
import streamlit as st

from data.base.french import number

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
</style>"""


def draw_compared(table: pd.DataFrame, told: str) -> None:
    """Draw a table; its first column holds the titles of the rows.

    Parameters
    ----------
    table
        Whole numbers and texts, some of which come from imported files: all are escaped.
    told
        What the table holds, for those who do not see it.
    """
    titles, *columns = (str(column) for column in table.columns)
    head = "".join(f'<th scope="col">{escape(one)}</th>' for one in (titles, *columns))
    body = "".join(
        f'<tr><th scope="row">{escape(str(first))}</th>'
        + "".join(
            f"<td>{escape(cell if isinstance(cell, str) else number(cell))}</td>" for cell in cells
        )
        + "</tr>"
        for first, *cells in table.to_numpy().tolist()
    )
    st.html(
        f'{_STYLE}<div class="sites-compares" role="region" tabindex="0" '
        f'aria-label="{escape(told)}"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )
