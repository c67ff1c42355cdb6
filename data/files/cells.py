"""Figures out of the texts of cells; what is not known is NaN."""

import re

import pandas as pd

from data.base import french

_UNKNOWN = re.compile(
    r"^(?:n ?[ad]|nc|nr|s|c|na|nd|x|secret|non disponible|non diffuse|inconnu)$|"
    r"^n a\b|\bsecret\b|\bnon disponible\b"
)
THOUSANDS = r"[1-9]\d{0,2}(?:[,.]\d{3})+"
"""What may be marks of thousands, or decimals: "267,991". "0,125" can only be a part of one."""
_THOUSANDS = re.compile(rf"^{THOUSANDS}$")


def unknown_marks(texts: pd.Series) -> pd.Series:
    """Tell the cells that say that the figure is not known ("N/A - secret statistique", "nd")."""
    marks = {text: bool(_UNKNOWN.search(french.fold(text))) for text in texts.unique() if text}
    return texts.map(marks).fillna(value=False).astype(bool)


def without_blanks(texts: pd.Series) -> pd.Series:
    """Return texts without the blanks, of any kind, that part thousands."""
    return texts.str.replace(r"[\s\u00a0\u202f]", "", regex=True)


def people(texts: pd.Series) -> pd.Series:
    """Return numbers of people: "267,991" is 267 991; NaN where there is none, or a part of one."""
    plain = without_blanks(texts)
    marked = plain.str.match(_THOUSANDS)
    plain = plain.where(~marked, plain.str.replace(r"[,.]", "", regex=True))
    found = numbers(plain)
    return found.where((found % 1 == 0) | found.isna(), float("nan"))


def doctors(texts: pd.Series) -> pd.Series:
    """Return numbers of GPs, parts of one kept; NaN for "1,234", a thousand or a part of one."""
    plain = without_blanks(texts)
    return numbers(texts).where(~plain.str.match(_THOUSANDS), float("nan"))


def numbers(texts: pd.Series) -> pd.Series:
    """Return figures written the French or the English way; NaN where there is none."""
    plain = without_blanks(texts).str.replace(",", ".")
    return pd.to_numeric(plain, errors="coerce")
