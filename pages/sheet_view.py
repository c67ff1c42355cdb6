"""Pieces of the sheet of a territory: its signals, its figures, two territories side by side.

All texts may hold imported names: each is escaped where it is written.
"""

import re
from collections.abc import Sequence
from html import escape

import streamlit as st

from data.base import french
from data.reports.figure import Figure
from data.reports.pair import Measure, difference_title
from data.reports.sheet import Sheet
from data.reports.signals import ALERT, CALM, UNKNOWN, WATCH

_STATES = {
    ALERT: ("▲", "#ffe9e9", "#a30000"),
    WATCH: ("◆", "#fff3d6", "#6a4600"),
    CALM: ("✓", "#e3f6e8", "#0f5426"),
    UNKNOWN: ("?", "#eeeeee", "#3a3a3a"),
}
"""Mark, ground and ink of each state: never told by colour alone; contrasts above 5.5."""

_TABLES = """<style>
.ps-table{border-collapse:collapse;width:100%;font-size:.88rem}
.ps-table th,.ps-table td{border-bottom:1px solid #d5d9e2;padding:.3rem .4rem;text-align:left;
  vertical-align:top}
.ps-table .n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.ps-table .y{font-weight:400;font-size:.8rem;color:var(--soft)}
.ps-bar{display:block;height:.55rem;background:#000091;margin:.15rem 0}
.ps-bar.b{background:#c9191e}
.ps-said{display:none;font-size:.85rem;color:var(--soft);margin:0}
.ps-key{display:inline-block;width:.7rem;height:.7rem;background:#000091;margin-right:.35rem}
.ps-key.b{background:#c9191e}
@media(max-width:640px){.ps-said{display:block}
  .ps-figures,.ps-figures tbody{display:block}
  .ps-figures thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
  .ps-figures tr{display:grid;grid-template-columns:1fr auto;border-bottom:1px solid #d5d9e2;
    padding:.35rem 0}
  .ps-figures th,.ps-figures td{border:0;padding:.05rem 0}
  .ps-figures td:nth-child(n+3){grid-column:1/-1}
  .ps-pair,.ps-pair tbody{display:block}
  .ps-pair thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
  .ps-pair tr{display:grid;grid-template-columns:1fr 1fr;gap:.1rem .8rem;padding:.45rem 0;
    align-items:end;
    border-bottom:1px solid #d5d9e2}
  .ps-table.ps-pair :is(th,td){border:0;padding:0;text-align:left;white-space:normal}
  .ps-table.ps-pair td{font-weight:600}.ps-pair td::before{font-weight:400}
  .ps-pair :is(th,td:last-child){grid-column:1/-1}
  .ps-pair td[data-of]::before{content:attr(data-of);display:block;color:var(--soft);
    font-size:.8rem}
  .ps-pair td:nth-of-type(-n+2)::before{border-left:.7rem solid #000091;padding-left:.35rem}
  .ps-pair td:nth-of-type(2)::before{border-color:#c9191e}}
@media print{.ps-table th,.ps-table td{padding:.02rem .3rem;line-height:1.3}
  .ps-table .y{display:inline;margin-left:.3rem}}
</style>"""
"""Tables of figures, of one territory or of two things side by side, on any screen."""

_SHEET = """<style>
.ps-around{container-type:inline-size}
.ps-signals{display:grid;grid-template-columns:1fr;gap:.6rem;
  list-style:none;padding:0!important;margin:.2rem 0 .6rem!important}
@container(min-width:26rem){.ps-signals{grid-template-columns:1fr 1fr}}
@container(min-width:54rem){.ps-signals{grid-template-columns:repeat(4,1fr)}}
/* Of two territories side by side, the same signal stands on one row. */
.ps-around h2{font-size:1.375rem;font-weight:600;line-height:1.2;letter-spacing:-.005em;
  margin:0}
.ps-own{display:grid}.ps-own h3{font-size:1rem;padding:0!important;margin:0 0 .2rem!important}
@container(min-width:26rem){.ps-two{display:grid;grid-template-columns:1fr 1fr;column-gap:1rem}
  .ps-two .ps-own{grid-row:span 9;grid-template-rows:subgrid}
  .ps-two .ps-signals{grid-row:2/-1;grid-template-rows:subgrid;grid-template-columns:1fr}}
@container(min-width:54rem){.ps-two .ps-own{grid-row:span 5}
  .ps-two .ps-signals{grid-template-columns:1fr 1fr}}
.ps-signals li{border:1px solid #d5d9e2;border-left-width:5px;padding:.5rem .7rem;margin:0}
.ps-signals .t{font-size:.85rem;font-weight:600}
.ps-signals .v{font-size:1.45rem;font-weight:700;line-height:1.2}
.ps-signals .s{display:inline-block;font-size:.75rem;font-weight:600;padding:.05rem .45rem}
.ps-signals .w{font-size:.85rem;margin:.2rem 0 0}
@media print{@page{size:A4;margin:9mm}
  .ps-signals{grid-template-columns:repeat(4,1fr);gap:.35rem}
  .ps-around:has(.ps-two){break-inside:avoid}
  .ps-two{display:grid;grid-template-columns:1fr 1fr;column-gap:.6rem}
  .ps-two .ps-own{grid-row:span 5;grid-template-rows:subgrid}
  .ps-two .ps-signals{grid-row:2/-1;grid-template-rows:subgrid;grid-template-columns:1fr 1fr}
  .ps-signals li{padding:.25rem .45rem}.ps-signals .v{font-size:1.15rem}
  .ps-signals .w{line-height:1.3}
  .stMain h1{padding:0!important;font-size:1.5rem}
  .stMain :is(h2,h3){font-size:1rem;padding:0 0 .5rem!important}
  .stMain li{font-size:.85rem;line-height:1.25!important}
  .stMain img{max-height:20rem!important;width:auto!important;max-width:100%;object-fit:contain}
  .stMain [data-testid=stVerticalBlock]{gap:.3rem!important}
  .stMain,.block-container{min-height:0!important}
  /* Columns side by side: what a telephone stacks is what a sheet of paper is as wide as. */
  .stMain [data-testid=stHorizontalBlock]:has(.ps-signals,.ps-figures)
  {display:flex!important;flex-wrap:nowrap!important;gap:1rem!important}
  .stMain [data-testid=stColumn]{min-width:0!important}
  .stMain [data-testid=stColumn]:has([data-testid=stVegaLiteChart]):not(:has(.ps-table))
  {display:none!important}
  /* One side, as the A4 of « Télécharger »; the curve is told by the table below it. What one
     clicks on goes with the place that it takes. */
  [data-testid=stElementContainer]:has(.stDownloadButton,.stButton,.stSelectbox,.stPageLink,
  .stCheckbox,[data-testid=stVegaLiteChart],[data-testid=stSkeleton],#ce-que-change-un-scenario),
  [data-testid=stLayoutWrapper]:has(>.stExpander){display:none!important}
  .stMain{zoom:.7!important}}
</style>"""
"""The signals, and the sheet on one side of paper."""
_STYLE = _TABLES + _SHEET


def draw_paper() -> None:
    """Have a print of the screen stand on one side of paper, as that of a sheet does."""
    st.html(_STYLE)


def draw_signals(shown: Sheet, paper: Sheet) -> None:
    """Draw the seven signals and, in the eighth place, what is said of the relief of GPs.

    A print from the browser says what `paper` says, which anyone may read.
    """
    st.html(f'{_STYLE}<div class="ps-around">{_signals(shown, paper)}</div>')


def draw_signals_of_two(sheets: Sequence[tuple[Sheet, Sheet]]) -> None:
    """Draw the signals of two territories, each seen and on paper, on the same rows."""
    own = "".join(
        f'<section class="ps-own"><h3>{_written(shown.name)}</h3>{_signals(shown, paper)}</section>'
        for shown, paper in sheets
    )
    st.html(
        f'{_STYLE}<div class="ps-around"><h2>Les signaux</h2><div class="ps-two">{own}</div></div>'
    )


def _signals(shown: Sheet, paper: Sheet) -> str:
    items = []
    for one in shown.signals:
        mark, ground, ink = _STATES[one.state]
        items.append(
            f'<li style="border-left-color:{ink}"><div class="t">{_written(one.title)}</div>'
            f'<div class="v">{_written(one.value)}</div>'
            f'<span class="s" style="background:{ground};color:{ink}">{mark} {_written(one.state)}'
            f'</span><p class="w">{_written(one.sentence)}</p></li>'
        )
    said = (
        f'<li style="border-left-color:var(--soft)"><div class="t">Relève des médecins</div>'
        f'<p class="w">{_first_stressed(one.succession)}</p></li>'
        for one in (shown, paper)
    )
    return f'<ul class="ps-signals">{"".join(items)}{_seen_and_printed(*said)}</ul>'


def _first_stressed(told: str) -> str:
    """Return sentences for HTML, the first one stressed, where other places have a figure."""
    first, dot, others = told.partition(". ")
    return f"<strong>{_written(first + dot.rstrip())}</strong> {_written(others)}".strip()


def _seen_and_printed(seen: str, printed: str) -> str:
    """Return a piece of HTML, or where paper may not hold what is seen, each for its reader.

    Both start with a tag that has no class.
    """
    if seen == printed:
        return seen
    parts = zip((seen, printed), ("ps-desk", "ps-paper"), strict=True)
    return "".join(re.sub(r"^<(\w+)", rf'<\1 class="{name}"', one) for one, name in parts)


def draw_figures(shown: Sheet, paper: Sheet) -> None:
    """Draw the figures compared with the region and with the territories of the level.

    Nothing is beside a whole region: its sheet has no such column. A print from the browser has
    those of `paper`, which anyone may read.
    """
    compared = any(one.comparison for one in shown.figures)

    def row(one: Figure) -> str:
        return (
            f'<tr><th scope="row">{_written(one.label)}{_dated(one.vintage)}</th>'
            f'<td class="n"><strong>{_written(one.value)}'
            f"</strong></td>{f'<td>{_written(one.comparison)}</td>' if compared else ''}"
            f"<td>{_written(one.sentence)}</td></tr>"
        )

    rows = "".join(
        _seen_and_printed(row(seen), row(printed))
        for seen, printed in zip(shown.figures, paper.figures, strict=True)
    )
    titles = ("Mesure", "Ici", *(["À côté"] if compared else []), "Ce que cela compte")
    heads = "".join(
        f'<th scope="col"{" class=n" if one == "Ici" else ""}>{one}</th>' for one in titles
    )
    st.header("À côté des autres" if compared else "Les chiffres")
    st.html(
        f'{_STYLE}<table class="ps-table ps-figures"><thead><tr>{heads}</tr></thead>'
        f"<tbody>{rows}</tbody></table>"
    )


def draw_pair(
    measures: Sequence[Measure], names: tuple[str, str], around: str, difference: str = ""
) -> None:
    """Draw two territories: one table, their differences, paired bars on one scale.

    `around` names what holds both; "" where nothing does. The differences are headed by both
    names, or by `difference`.
    """
    rows, difference = [], difference or difference_title(names)
    # A narrow screen says once, above, what it is the difference of.
    short = difference.split("\N{NO-BREAK SPACE}:")[0].split(" :")[0]
    columns = [*names, difference, *([around] if around else [])]
    for one in measures:
        bars = "".join(
            f'<span class="ps-bar{extra}" style="width:{100 * length:.0f}%"></span>'
            for extra, length in zip(("", " b"), one.lengths, strict=True)
        )
        texts = (one.first, one.second, one.difference, one.region)[: len(columns)]
        labels = (*names, short, around)[: len(columns)]
        cells = "".join(
            # What it is of stands above it where a narrow screen has no room for columns.
            f'<td class="n" data-of="{_written(of)}">{_written(text) or "–"}</td>'
            for of, text in zip(labels, texts, strict=True)
        )
        rows.append(
            f'<tr><th scope="row">{_written(one.title)}{_dated(one.vintage)}</th>{cells}'
            f'<td style="min-width:6rem" aria-hidden="true">{bars}</td></tr>'
        )
    titles = ("Mesure", *columns, "Barres")
    key = dict(zip(names, ("ps-key", "ps-key b"), strict=True))
    heads = "".join(
        f'<th scope="col"{" class=n" if 0 < place <= len(columns) else ""}>'
        f'<span class="{key.get(one, "")}"></span>{_written(one)}</th>'
        for place, one in enumerate(titles)
    )
    said = f'<p class="ps-said" aria-hidden="true">{_written(difference)}</p>'
    st.html(
        f"{_TABLES}{said if difference != short else ''}"
        f'<div style="overflow-x:auto"><table class="ps-table ps-pair">'
        f"<thead><tr>{heads}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )


def _dated(vintage: str) -> str:
    return f'<div class="y">{_written(vintage)}</div>' if vintage else ""


def draw_sentences(title: str, sentences: Sequence[str], *, within: bool = False) -> None:
    """Draw sentences as a list under a heading, of a lower rank `within` another."""
    (st.subheader if within else st.header)(title)
    items = "".join(f"<li>{_written(one)}</li>" for one in sentences)
    st.html(f"<ul>{items}</ul>")


def _written(text: str) -> str:
    """Return a text for HTML, whose marks of punctuation never begin a line."""
    return escape(french.unbroken(text))
