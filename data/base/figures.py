"""Figures that were written as texts, read back: what a spreadsheet can add up again."""

import re

import pandas as pd

from data.base.french import MISSING, number, read_number

FIGURE = re.compile(r"(?P<size>[+−]?\d[\d\u202f\xa0]*(,\d+)?)([ \xa0\u202f](?P<unit>%|min|h|€))?")
"""A figure written as a text, with its unit."""
_CODE = "Code"
"""Beginning of the headings under which digits are a name."""


def with_numbers(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table for a file: its figures as numbers, their unit in the heading.

    A figure is what `number` writes: the digits of a code or of a year stay a text, and so does
    what says more than a number ("moins de 0,1 %", "sans objet"). A column of several units keeps
    the texts of those that have one.

    Parameters
    ----------
    table
        Under French headings, one measure a column.

    Examples
    --------
    >>> found = with_numbers(pd.DataFrame({"Part": ["12,5 %", "5,0 %"], "Code": ["2", "3"]}))
    >>> found["Part (%)"].tolist(), found["Code"].tolist()
    ([12.5, 5.0], ['2', '3'])
    """
    read = [_column(table.iloc[:, k]) for k in range(table.shape[1])]
    return pd.concat(read, axis=1)


def _column(column: pd.Series) -> pd.Series:
    figures = [_read(one) for one in column]
    title, units = str(column.name), {one[1] for one in figures if one is not None}
    if not units or title.startswith(_CODE):
        return column
    unit = next(iter(units)) if len(units) == 1 else ""
    values = [
        _plain(one) if figure is None or figure[1] != unit else figure[0]
        for one, figure in zip(column, figures, strict=True)
    ]
    told = f"{title} ({unit})" if unit and f"({unit}" not in title else title
    return pd.Series(values, index=column.index, name=told, dtype=object)


def _plain(value: object) -> object:
    return None if value == MISSING else value


def with_numbers_across(table: pd.DataFrame) -> pd.DataFrame:
    """Return the same of a table of one measure a row, whose first column names them."""
    first = table.columns[0]
    turned = table.set_index(first).T
    read = with_numbers(turned).set_axis(turned.index, axis=0).T
    return read.rename_axis(first).reset_index().rename_axis(columns=None)


def _read(value: object) -> tuple[float, str] | None:
    """Return the number of a text and its unit; None of what is no figure of ours."""
    found = FIGURE.fullmatch(value) if isinstance(value, str) else None
    size = None if found is None else read_number(found["size"])
    if found is None or size is None:
        return None
    decimals = len(found["size"].partition(",")[2])
    written = number(abs(size), decimals)
    if found["size"].lstrip("+−") != written:
        return None
    return (size if decimals else int(size)), found["unit"] or ""
