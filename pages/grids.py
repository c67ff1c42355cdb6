"""Tables of data: a grid or, for who asks, a plain table that keyboards and screen readers read."""

import itertools
import math
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from data.base.figures import FIGURE
from data.base.french import MISSING, number, per_hundred, read_number, unbroken
from data.region.privacy import NOT_TOLD
from pages import written_cells

PLAIN = "tableaux_simples"
"""Key of the choice of plain tables, in the session."""
MOST_ROWS = 500
"""Rows of a plain table: a longer one would freeze a telephone; the grid holds them all."""
MOST_WRAPPED = 50
"""Rows of a table drawn with cells that wrap: a longer one is a grid, which sorts."""
_FEW_ROWS = 8
"""Rows that a telephone shows as cards whatever they hold: more are compared down a column."""
_WHOLE_ROWS = 16
"""Rows of a plain table that are all in sight: a longer one scrolls within the screen."""
_PHONE_PX = 345
"""What a telephone of 390 pixels leaves to a table between the margins of its screen."""
PRINTED_ROWS = 60
"""Rows of a table on paper, a page or so; the screen holds them all."""
_OFFERED = "tableaux_a_choisir"
"""Key, in the session, of whether the screen drawn holds a table that the choice changes."""
_DECIMALS, _SHARE_DECIMALS = 2, 1
_PARTED, _YEARS = 1_000, (1900, 2200)

_NO_FIGURE = frozenset({MISSING, NOT_TOLD, "–", "", "sans fin", "aucun trajet connu"})
"""What stands in place of one."""
_NAMED = ("Code", "Département")
"""Beginnings of headings under which digits are a name."""
_ABOUT = "≈ "
"""Before a figure that was not observed."""
_NUMBERED = {MISSING: math.nan, NOT_TOLD: math.nan, "sans fin": math.inf}
"""Of these, what sorts with numbers."""
_ROW_PX = 35
"""Height of a row of a grid, in pixels of the page."""
_MOST_STYLED = 100_000
"""Cells of a table whose texts are kept beside its numbers."""
_MEASURED, _LONG = 10, 45
"""Rows that a grid measures; characters above which a text is cut, to be read whole at a click."""
_PARAGRAPH = 90
"""Characters above which a text has a wider column on a telephone: its row was a screen high."""
_BESIDE, _SENTENCE = 2, 24
"""Columns that a telephone has in sight; characters above which a text of those beyond is wider:
its rows were three lines high for a column out of sight.
"""
_BREAKS = re.compile("[ -]")
"""Where a line may end: a narrow or an unbreakable blank is none."""
_CELL_PX, _LETTER_PX = 20, 7
"""Of a cell beside its text, of a letter of it, in pixels of the page."""
_LOOKED_AT = 200
"""Rows that tell what a column of texts holds."""
_ROLES = (
    ("table", "table"),
    ("thead", "rowgroup"),
    ("tbody", "rowgroup"),
    ("tr", "row"),
    ("th", "columnheader"),
    ("td", "cell"),
)
"""What each element of a table is."""

_STYLE = """<style>
.ps-plain{overflow-x:auto;max-height:32rem;border:1px solid var(--line)}
.ps-plain table{border-collapse:separate;border-spacing:0;width:max-content;
  min-width:100%;font-size:.86rem}
.ps-plain th,.ps-plain td{max-width:18rem}
.ps-plain th,.ps-plain td{border-bottom:1px solid var(--line);padding:.25rem .5rem;text-align:left;
  vertical-align:top}
.ps-plain thead th{position:sticky;top:0;background:var(--ground)}
.ps-whole{max-height:none}
@media(min-width:641px){.ps-wraps table{width:100%}
.ps-wraps th,.ps-wraps td,.ps-wraps th.n{max-width:none;min-width:4.5rem;white-space:normal;
  overflow-wrap:break-word}}
.ps-plain .u{min-width:9rem;overflow-wrap:anywhere}
.ps-plain [aria-current]{background:var(--blue-ground);font-weight:700}
@media(max-width:640px){.ps-plain th,.ps-plain td{max-width:7rem;padding:.25rem .4rem}
  .ps-plain th.n{white-space:normal}
  .ps-plain :is(th,td):nth-child(n+4){max-width:16rem}
  .ps-plain .l{max-width:none;min-width:20rem}
  .ps-plain .m{max-width:none;min-width:11rem}
  .ps-plain th:first-child,.ps-plain td:first-child{max-width:7.4rem;
  position:sticky;left:0;background:var(--paper);background-clip:padding-box}
  .ps-plain tbody [aria-current] td:first-child{background:var(--blue-ground)}
  .ps-plain thead th:first-child{z-index:1;background:var(--ground)}
  .ps-holds table{width:100%}
  .ps-holds :is(th,td,td.n){min-width:0;white-space:normal}}
.ps-plain .n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
@media screen and (max-width:640px){
  .ps-cards{border-width:1px 0 0;max-height:none}
  .ps-cards :is(table,tbody){display:block;width:100%}
  .ps-cards thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
  .ps-cards tr{display:grid;grid-template-columns:repeat(auto-fill,minmax(6.2rem,1fr));
  gap:.35rem .6rem;padding:.6rem .1rem;border-bottom:1px solid var(--line)}
  .ps-plain.ps-cards td:nth-child(n){display:block;max-width:none;min-width:0;padding:0;border:0;
  position:static;text-align:left;white-space:normal;background:none}
  .ps-plain.ps-cards td:first-child{font-weight:700}
  .ps-cards :is(td:first-child,.l,.m,.u){grid-column:1/-1}
  .ps-cards td:not(:first-child)::before{content:attr(data-title);display:block;
  font-size:.8rem;line-height:1.25;color:var(--soft)}}
@media print{.ps-plain{max-height:none;overflow:visible}.ps-plain table{width:100%}
  .ps-plain th,.ps-plain td{padding:0 .4rem;line-height:1.25;max-width:none}
  .ps-plain th.n{white-space:normal}
  .ps-plain tbody tr:nth-child(n+AFTER):not([aria-current]){display:none}}
</style>""".replace("AFTER", str(PRINTED_ROWS + 1))


def on_a_phone() -> bool:
    """Tell whether the browser says that it is a telephone's."""
    return "Mobi" in (st.context.headers.get("User-Agent") or "")


def are_plain() -> bool:
    """Tell whether tables are plain: the reader's choice, at first so on a telephone.

    A grid is drawn on a canvas, which a narrow screen cuts and a thumb cannot scroll well.
    """
    return bool(st.session_state.get(PLAIN, on_a_phone()))


def draw(
    frame: pd.DataFrame | Sequence[Mapping[str, Any]],
    *,
    marked: Sequence[int] = (),
    shares: Collection[str] = (),
    **options: Any,
) -> None:
    """Draw a table as `st.dataframe` does, or plain where the reader asked for plain tables.

    Parameters
    ----------
    frame
        The table; its texts may come from imported files and are escaped.
    marked
        Positions of the rows that a plain table marks.
    shares
        Columns of numbers out of 100, of one decimal: a few are never told as none, nor nearly all
        as all.
    options
        Those of `st.dataframe`; a plain table keeps titles and formats, and has no row to tick.
    """
    if not len(frame):  # Streamlit says "empty", over blank lines
        st.caption("Aucune ligne à montrer.")
        return
    offer_choice()
    table = frame if isinstance(frame, pd.DataFrame) else pd.DataFrame(frame)
    if not are_plain():
        shown, told = _french(frame, options, shares)
        st.dataframe(shown, alt=_named(_titles(table, options)), **told)
        _print(table, options, shares)
        return
    shown = _with_index(table, options)
    st.html(plain(shown, options.get("column_config") or {}, marked, shares=shares))
    if len(shown) > MOST_ROWS:
        st.caption(
            f"Les {number(MOST_ROWS)} premières lignes sur {number(len(shown))} ; sans « Tableaux "
            "simples » (au bas de l’écran), toutes sont là."
        )
    if left := _left_on_screen(table):
        st.html(f'<div class="ps-paper">{left}</div>')


def draw_wrapped(frame: pd.DataFrame, **options: Any) -> None:
    """Draw a table of a few rows plain for everyone: its cells wrap, where a grid would cut them.

    Parameters
    ----------
    frame
        The table, under French headings, without index; above `MOST_WRAPPED` rows it is a grid.
    options
        Those of `draw`.
    """
    if not 0 < len(frame) <= MOST_WRAPPED:
        draw(frame, hide_index=True, **options)
        return
    st.html(plain(frame, options.get("column_config") or {}, wraps=True))


def _titles(table: pd.DataFrame, options: Mapping[str, Any]) -> list[str]:
    """Return the titles of the columns of a grid, in their order."""
    config = options.get("column_config") or {}
    known = ((name, config.get(name)) for name in table.columns)
    return [_title(name, own) for name, own in known]


def _title(name: Any, own: Any) -> str:
    """Return the title of a column, by its name and its configuration."""
    return str(own if isinstance(own, str) else (own or {}).get("label") or name)


def _named(titles: Sequence[str]) -> str:
    """Return what a table is called for who hears the screen: by its columns."""
    return unbroken("Tableau : " + ", ".join(titles))


def _with_index(table: pd.DataFrame, options: Mapping[str, Any]) -> pd.DataFrame:
    return table if options.get("hide_index") else table.reset_index()


def _print(table: pd.DataFrame, options: Mapping[str, Any], shares: Collection[str]) -> None:
    """Draw for paper alone the table whose grid, a canvas, a browser prints blank."""
    shown = _with_index(table.head(PRINTED_ROWS), options)
    first = plain(shown, options.get("column_config") or {}, shares=shares)
    st.html(f'<div class="ps-paper">{first}{_left_on_screen(table)}</div>')


def _left_on_screen(table: pd.DataFrame) -> str:
    """Return, in HTML, how much of a table paper has; "" where it has all."""
    if len(table) <= PRINTED_ROWS:
        return ""
    return (
        f"<p>Sur papier : les {number(PRINTED_ROWS)} premières lignes sur {number(len(table))} ; "
        "l’écran les a toutes.</p>"
    )


def _french(
    frame: Any, options: dict[str, Any], shares: Collection[str] = ()
) -> tuple[Any, dict[str, Any]]:
    """Return a table and options: figures read as in French, stand on the right, sort as numbers.

    Figures written with their unit become numbers that show what was written: a click on their
    title sorts them by size, where texts would put 9 % after 85 %.
    """
    options = {"placeholder": MISSING} | options  # Streamlit says "None"
    if not isinstance(frame, pd.DataFrame):
        return frame, options
    height = options.get("height")
    if isinstance(height, int) and _ROW_PX * (len(frame) + 1) < height:
        options["height"] = "content"  # a fixed height would be filled with blank rows
    config = dict(options.get("column_config") or {})
    styled = frame.size <= _MOST_STYLED and frame.index.is_unique  # as a styled table wants
    written = {
        name: values
        for name in frame.columns
        if styled and name not in config and (values := _numbers(frame[name])) is not None
    }
    for name in frame.columns:
        column = frame[name]
        if name not in config and pd.api.types.is_numeric_dtype(column) and _is_count(column):
            config[name] = st.column_config.NumberColumn(format="localized")
        elif name not in config and name not in written and _holds_figures(column):
            config[name] = st.column_config.TextColumn(alignment="right")
    config |= _widened(frame, config)
    texts: dict[Any, Callable[[Any], str]] = {}
    decimals = {
        name: _SHARE_DECIMALS if name in shares else _decimals(frame[name])
        for name in frame.columns
        if styled
        and pd.api.types.is_float_dtype(frame[name])
        and _type_of(config.get(name)).get("format") in {None, "localized"}
    }
    # The grid writes 6.3 under 5,31: what one number needs, all are given. Once one column is
    # written here, all are: a styled table gives six decimals to the others.
    if written or any(decimals.values()):
        for name, places in decimals.items():
            config |= _unformatted(name, config)
            different = frame[name].dropna().unique().tolist()
            write = _share if name in shares else partial(number, decimals=places)
            texts[name] = {one: write(one) for one in different}.__getitem__
    options |= {"column_config": config} if config else {}
    if not written and not texts:
        return frame, options
    for name, values in written.items():
        known: dict[object, str] = dict(zip(values, frame[name], strict=True))
        texts[name] = known.__getitem__
    return written_cells.written(frame.assign(**written), texts), options


def _type_of(config: Any) -> dict[str, Any]:
    """Return what a column's configuration says of its type; a title alone says nothing."""
    return (config.get("type_config") or {}) if isinstance(config, dict) else {}


def _widened(frame: pd.DataFrame, config: Mapping[Any, Any]) -> dict[Any, Any]:
    """Return the columns of texts that a grid would make too narrow, with their width.

    A grid measures the first ten rows of a column and leaves out what is twice as long as their
    mean: the longest name of a commune, or of a status, is then cut.
    """
    wide = {}
    for name in frame.columns:
        sizes = [len(one) for one in frame[name].head(_LOOKED_AT) if isinstance(one, str)]
        first = sizes[:_MEASURED]
        if not first or max(sizes) > _LONG:
            continue
        own = config.get(name)
        title = _title(name, own)
        seen = [one for one in first if one <= 2 * sum(first) / len(first)]
        if max(sizes) <= max([*seen, len(title)]):
            continue
        if not isinstance(own, dict):
            own = st.column_config.TextColumn(own if isinstance(own, str) else None)
        if own.get("width") is None:
            wide[name] = own | {"width": _CELL_PX + _LETTER_PX * max(sizes)}
    return wide


def _unformatted(name: Any, config: Mapping[Any, Any]) -> dict[Any, Any]:
    """Return the configuration of a column without format: the grid shows the texts it is given."""
    own = config.get(name)
    if not isinstance(own, dict):
        return {}
    return {name: own | {"type_config": _type_of(own) | {"format": None}}}


def _numbers(column: pd.Series) -> list[float] | None:
    """Return the numbers of a column of figures of one unit, None where it is not one.

    What stands in place of a figure may be "non disponible", no number, or "sans fin", without end.
    """
    if not all(isinstance(one, str) for one in column) or not _holds_figures(column):
        return None
    numbers, units = [], set()
    for one in column:
        figure = FIGURE.fullmatch(one)
        size = _NUMBERED.get(one) if figure is None else read_number(figure["size"])
        if size is None:
            return None
        numbers.append(size)
        units |= {figure["unit"]} if figure else set()
    return numbers if len(units) == 1 else None


def _is_count(column: pd.Series) -> bool:
    """Tell whether numbers need parting: some are of four digits, and they are no years."""
    known = column.dropna().abs()
    return bool(
        column.dtype != bool and known.max() >= _PARTED and not known.between(*_YEARS).all()
    )


def _holds_figures(column: pd.Series) -> bool:
    """Tell whether texts are figures; codes and years, all digits and of one length, are not."""
    texts = [one for one in column.head(_LOOKED_AT) if isinstance(one, str)]
    known = [one.removeprefix(_ABOUT) for one in texts if one not in _NO_FIGURE]
    alike = len(set(map(len, known))) <= 1 or str(column.name).startswith(_NAMED)
    named = all(map(str.isdigit, known)) and alike
    return all(map(FIGURE.fullmatch, known)) and not named


def start() -> None:
    """Forget what the screen before, or a run that was stopped, held."""
    st.session_state[_OFFERED] = False


def offer_choice() -> None:
    """Have the choice of plain tables stand at the foot of the screen, which holds such a table.

    A part that is drawn again alone, without the foot, says so before it holds any.
    """
    st.session_state[_OFFERED] = True


def draw_choice() -> None:
    """Draw the choice of plain tables, at the foot of a screen that holds some."""
    if not st.session_state.get(_OFFERED, False):
        if PLAIN in st.session_state:  # what is not drawn would be forgotten
            st.session_state[PLAIN] = st.session_state[PLAIN]
        return
    st.session_state.setdefault(PLAIN, on_a_phone())
    st.toggle("Tableaux simples, lus au clavier et par un lecteur d’écran", key=PLAIN)


def plain(
    frame: pd.DataFrame,
    config: dict[str, Any],
    marked: Sequence[int] = (),
    *,
    wraps: bool = False,
    shares: Collection[str] = (),
) -> str:
    """Return a table in HTML, numbers in French form.

    Parameters
    ----------
    frame
        The table, without index.
    config
        What `st.dataframe` takes as `column_config`: titles, number formats.
    marked
        Positions of rows told from the others.
    wraps
        Whether the table is no wider than its place, its cells on several lines.
    shares
        Those of `draw`.
    """
    heads, titles, cells, texts_of = [], [], [], []
    for name in frame.columns:
        own = config.get(name, name)
        title = _title(name, own)
        kind = {} if isinstance(own, str) or not own else own.get("type_config") or {}
        is_number = pd.api.types.is_numeric_dtype(frame[name]) and frame[name].dtype != bool
        on_the_right = is_number or _holds_figures(frame[name])
        css = ' class="n"' if on_the_right else ""
        titles.append(escape(title))
        heads.append(f'<th scope="col"{css}>{titles[-1]}</th>')
        column = frame[name].head(MOST_ROWS)
        bare = kind.get("format") == "%d"
        decimals = _decimals(column) if is_number else 0
        if is_number and name in shares:
            texts = [MISSING if pd.isna(one) else _share(one) for one in column]
        else:
            texts = [_text(one, decimals, bare=bare) for one in column]
        texts_of.append([titles[-1], *texts])
        if any("://" in one for one in texts):  # an address has no blank to be broken at
            css = ' class="u"'
        elif heads[1:] and (longest := max(map(len, texts), default=0)) > _SENTENCE:
            wide = "m" if heads[_BESIDE + 1 :] else ""
            wide = "l" if longest > _PARAGRAPH else wide
            css = f' class="{wide}"' if wide else css
        cells.append([f"<td{css}>{escape(one)}</td>" for one in texts])
    opened = ["<tr>", '<tr aria-current="true">']
    rows = "".join(
        f"{opened[at in marked]}{''.join(row)}</tr>"
        for at, row in enumerate(zip(*cells, strict=True))
    )
    table = f"<table><thead><tr>{''.join(heads)}</tr></thead><tbody>{rows}</tbody></table>"
    holds = _holds_on_a_phone(texts_of)
    few, told = len(frame) <= _FEW_ROWS, _holds_sentences(texts_of)
    cards = not holds and (few or (told and (wraps or len(frame) <= _WHOLE_ROWS)))
    css = "ps-plain" + " ps-wraps" * wraps + " ps-whole" * (len(frame) <= _WHOLE_ROWS)
    css += " ps-holds" * holds + " ps-cards" * cards
    return (
        f'{_STYLE}<div class="{css}" role="region" tabindex="0" aria-label="{_named(titles)}">'
        f"{_as_cards(table, titles) if cards else table}</div>"
    )


def _as_cards(table: str, titles: Sequence[str]) -> str:
    """Return a table that a telephone shows as cards: each cell is told by its title.

    What is drawn otherwise than as a table is one for who hears it by its roles alone.
    """
    for tag, role in _ROLES:
        table = re.sub(rf"<{tag}\b", f'<{tag} role="{role}"', table)
    columns = itertools.cycle(titles)
    return re.sub(r"<td\b", lambda _: f'<td data-title="{next(columns)}"', table)


def _holds_on_a_phone(columns: Sequence[Sequence[str]]) -> bool:
    """Tell whether a telephone has the room for columns, each as narrow as its longest word.

    Each is its title, then its cells. A number and its unit are one word; a name has a hyphen to
    be broken at. A sentence is no word: its column would be a screen high.
    """
    if any(len(text) > _LONG for texts in columns for text in texts[1:]):
        return False
    words = [[len(word) for text in texts for word in _BREAKS.split(text)] for texts in columns]
    return sum(_CELL_PX + _LETTER_PX * max(sizes) for sizes in words) <= _PHONE_PX


def _holds_sentences(columns: Sequence[Sequence[str]]) -> bool:
    """Tell whether cells are read rather than compared down a column of figures."""
    longest = [max(map(len, texts[1:]), default=0) for texts in columns]
    return any(size > _LONG for size in longest) or any(size > _SENTENCE for size in longest[1:])


def _share(value: float) -> str:
    """Return a number out of 100 for a cell, which has no room for words."""
    told = per_hundred(value / 100, _SHARE_DECIMALS)
    return told.replace("moins de ", "<\N{NO-BREAK SPACE}").replace(
        "plus de ", ">\N{NO-BREAK SPACE}"
    )


def _decimals(column: pd.Series) -> int:
    """Return the decimals that a column of numbers needs, two at most."""
    known = column.dropna().astype(float)
    return next(
        (d for d in range(_DECIMALS) if (known.round(d) == known.round(_DECIMALS)).all()), 2
    )


def _text(value: Any, decimals: int, *, bare: bool) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if pd.isna(value):
        return MISSING
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, int | float) or hasattr(value, "dtype"):
        return f"{value:.0f}" if bare else number(float(value), decimals)
    return str(value)
