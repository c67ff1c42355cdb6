"""Tables whose cells show texts of ours, made in a fraction of the time that pandas asks for it."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

import pandas as pd

from data.base.french import MISSING

if TYPE_CHECKING:  # long to import, and no map waits for it
    from pandas.io.formats.style import Styler

_DECIMALS = 2


def written(table: pd.DataFrame, texts: Mapping[Any, Callable[[Any], str]]) -> "Styler":
    """Return a table as `st.dataframe` takes it, some of whose columns show texts of ours.

    What is missing reads "non disponible"; the rest is as pandas writes it, with a comma. A styled
    table is worked out cell by cell, classes and all, for a page of HTML that Streamlit never
    draws: here it says the texts alone, in a sixth of the time.

    Parameters
    ----------
    table
        With rows of their own: its index and its columns are unique.
    texts
        Name of a column to what writes its values.
    """
    columns = [
        _cells(table[name], texts.get(name, _usual()), number)
        for number, name in enumerate(table.columns)
    ]
    styled = table.style
    said = {"body": list(zip(*columns, strict=True))}
    # What Streamlit asks of a styled table, for each cell: where it is, and what it shows.
    styled._compute = lambda: styled  # type: ignore[attr-defined]  # noqa: SLF001
    styled._translate = lambda *_: said  # type: ignore[attr-defined]  # noqa: SLF001
    return styled


@cache
def _usual() -> Callable[[Any], Any]:
    """Return what pandas writes of a cell that nothing is said of."""
    styled = pd.DataFrame([0]).style.format(na_rep=MISSING, precision=_DECIMALS, decimal=",")
    usual: Callable[[Any], Any] = styled._display_funcs[0, 0]  # type: ignore[attr-defined]  # noqa: SLF001
    return usual


def _cells(column: pd.Series, text: Callable[[Any], Any], number: int) -> list[dict[str, Any]]:
    """Return what each cell of a column shows, and where it is."""
    missing = column.isna().to_numpy()
    return [
        {"id": f"row{row}_col{number}", "display_value": MISSING if none else text(value)}
        for row, (value, none) in enumerate(zip(column.tolist(), missing, strict=True))
    ]
