"""Figures out of the texts of cells; what is not known is NaN."""

import re

import pandas as pd

from data.base import french

MASKED = "valeur masquée (secret statistique, « <5 », n.d.) : inconnue, jamais zéro"
"""Why the line of a masked count is refused: it is no mistake of the file."""
_WORDS = re.compile(
    r"^(?:n ?[acdrs]|s|c|secret|masquee?|confidentiel|non disponible|non diffusee?|inconnue?)$|"
    r"^n a\b|\bsecret\b|\bnon disponible\b|"
    r"^(?:moins de|inf(?:erieure?)?(?: ou egale?)? a|entre \d+ et|\d+ a) \d+$"
)
_SIGNS = re.compile(r"^(?:(?:<|≤|&lt;)\s*=?\s*\d+|\*+|/{2,}|\.{2,}|…)$")
"""A bound in the place of a figure ("<5", "< 5"), and what INSEE writes for one withheld."""
THOUSANDS = r"[1-9]\d{0,2}(?:[,.]\d{3})+"
"""What may be marks of thousands, or decimals: "267,991". "0,125" can only be a part of one."""
_THOUSANDS = re.compile(rf"^{THOUSANDS}$")


def is_masked(text: str) -> bool:
    """Tell whether a cell says that its figure is withheld, and no error nor figure.

    >>> [is_masked(one) for one in ("<5", "< 5", "s", "n.d.", "c", "1 à 4", "moins de 5")]
    [True, True, True, True, True, True, True]
    >>> [is_masked(one) for one in ("5", "0", "", "#N/A", "1 234", "-")]
    [False, False, False, False, False, False]
    """
    plain = text.strip()
    if plain.startswith("#"):  # a formula that failed
        return False
    return bool(_SIGNS.match(plain) or _WORDS.search(french.fold(plain)))


def masked(texts: pd.Series) -> pd.Series:
    """Tell the cells whose figure is withheld ("N/A - secret statistique", "nd", "<5")."""
    marks = {text: is_masked(text) for text in texts.unique() if text}
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
    found = numbers(texts)
    return found.where(~plain.str.match(_THOUSANDS) & (found.abs() < float("inf")), float("nan"))


def numbers(texts: pd.Series) -> pd.Series:
    """Return figures written the French or the English way; NaN where there is none."""
    plain = without_blanks(texts).str.replace(",", ".")
    return pd.to_numeric(plain, errors="coerce")
