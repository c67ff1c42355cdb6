"""The year of a figure: in a cell, in the name of a file, in the lines of title above a table."""

import datetime as dt
import re

import pandas as pd

from data.base import french
from data.base.french import fold

_PLAIN = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)")
_COMPACT = re.compile(r"((?:19|20)\d\d)(?:0[1-9]|1[0-2])(?:[0-3]\d)?")
"""20241231, 202412."""
_SHORT = re.compile(r"(?:\d{1,2}[/. -]\d{1,2}|[a-zàâéèêûô]{3,9}\.?)[/. -](\d\d)", re.IGNORECASE)
"""31/12/24, déc-24: of this century."""
_SERIAL = re.compile(r"([34]\d{4}|5[0-4]\d{3})(?:\.\d+)?")
"""A date that lost its format: days since `_DAY_ZERO` (Excel, 1900 system), 1982 to 2050."""
_DAY_ZERO = dt.date(1899, 12, 30)
_MADE = re.compile(
    r"\b(?:extractions?|extraite?s?|editions?|editee?s?|imprimee?s?|generee?s?|telechargee?s?|maj|"
    r"mise? a jour|publie\w*|publication|diffus\w*|consulte\w*|exporte?\w*|fichier fait)"
    r"(?: ?(?!(?:19|20)\d\d)\w+){0,4}? ?(?:19|20)\d\d\b"
)
"""When a file was made, which is not when its figures were."""
_OWN_DAY = re.compile(r"^(proxisoins-.*)-20\d\d-\d\d-\d\d(?=\D)")
"""How the application dates the names of its own files: by the day that it made them."""
_MEASURED = re.compile(
    r"\b(?:en|au|annee|millesime|donnees|effectifs?)(?: (?!(?:19|20)\d\d)\w+){0,3}"
    r" ((?:19|20)\d\d)\b"
)
"""When figures are of: "au 1er janvier 2024"."""


def year_of_cell(text: str) -> float:
    """Return the year that a cell tells, NaN where it tells none, or several.

    >>> [year_of_cell(one) for one in ("2024", "31/12/2023", "31/12/23", "déc-23", "45291")]
    [2024.0, 2023.0, 2023.0, 2023.0, 2023.0]
    >>> year_of_cell("42005"), year_of_cell("20241231"), year_of_cell("n.d.")
    (2015.0, 2024.0, nan)
    >>> year_of_cell("2022-2024")
    nan
    """
    plain = text.strip()
    if years := set(_PLAIN.findall(plain)):
        return float(years.pop()) if len(years) == 1 else float("nan")
    if found := _COMPACT.fullmatch(plain):
        return float(found[1])
    if found := _SHORT.fullmatch(plain):
        return 2000.0 + int(found[1])
    if found := _SERIAL.fullmatch(plain):
        return float((_DAY_ZERO + dt.timedelta(days=int(found[1]))).year)
    return float("nan")


def years_of(texts: pd.Series) -> pd.Series:
    """Return the years that cells tell; see `year_of_cell`."""
    return texts.map({text: year_of_cell(text) for text in texts.unique()}).astype(float)


TO_COME = "année à venir : une projection, pas une mesure"
"""Why a figure of a year that has not begun is left out."""
_DAYS = ("%Y-%m-%d", "%d/%m/%Y", "%Y%m%d")


def to_come(years: pd.Series) -> pd.Series:
    """Tell the years that have not begun: their figures are projections."""
    return years > french.today().year


def _days(texts: pd.Series) -> pd.Series:
    """Return the days that cells hold, as the formats of `_DAYS` write them; NaT for all else."""
    read = [pd.to_datetime(texts.str[:10], format=one, errors="coerce") for one in _DAYS]
    return pd.concat(read, axis=1).min(axis=1)


def iso_days(texts: pd.Series) -> pd.Series:
    """Return the days that cells hold as ISO dates, "" where they hold none."""
    return _days(texts).dt.strftime("%Y-%m-%d").fillna("").astype(str)


def ended(texts: pd.Series) -> pd.Series:
    """Tell the cells that hold a day of the past: a closure, the end of a label."""
    return _days(texts) <= pd.Timestamp(french.today())


def without_day_made(name: str) -> str:
    """Return the name of a file less the day on which ProxiSoins made it: no figure is of it.

    >>> without_day_made("proxisoins-communes-corse-2026-11-30.xlsx")
    'proxisoins-communes-corse.xlsx'
    >>> without_day_made("medecins-2024.csv")
    'medecins-2024.csv'
    """
    return _OWN_DAY.sub(r"\1", name)


def years_told(text: str) -> list[int]:
    """Return the years that a title tells of its figures, in order.

    Where words say of which year the figures are, theirs alone; when the file was made only where
    nothing else is told.

    >>> years_told("Médecins au 1er janvier 2024. Source : RPPS, extraction du 3 novembre 2026")
    [2024]
    """
    whole = fold(text)
    left = _MADE.sub(" ", whole)
    found = _MEASURED.findall(left) or _PLAIN.findall(left) or _PLAIN.findall(whole)
    return [int(year) for year in found]
