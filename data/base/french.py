"""French forms of numbers, dates and names, for screens, reports and messages."""

import datetime as dt
import math
import re
import unicodedata

from babel.dates import format_date
from babel.numbers import format_decimal

MISSING = "non disponible"
_LOCALE = "fr_FR"


def number(value: float | None, decimals: int = 0) -> str:
    """Return a number in French form (1 234,5); missing or infinite reads "non disponible"."""
    if value is None or not math.isfinite(value):
        return MISSING
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    return format_decimal(value, format=pattern, locale=_LOCALE)


def percent(share: float | None, decimals: int = 0) -> str:
    """Return a share (0 to 1) as a French percentage (12,5 %)."""
    if share is None or not math.isfinite(share):
        return MISSING
    return number(100 * share, decimals) + "\u00a0%"


def date(value: dt.date) -> str:
    """Return a date in French form (21 novembre 2026)."""
    return format_date(value, format="d MMMM y", locale=_LOCALE)


def today() -> dt.date:
    """Return the day (UTC), from which ages of data are counted."""
    return dt.datetime.now(dt.UTC).date()


def fold(text: str) -> str:
    """Return a name without accents, case, punctuation or runs of blanks, for comparison."""
    plain = unicodedata.normalize("NFKD", text.replace("œ", "oe").replace("Œ", "OE"))
    letters = "".join(c for c in plain if not unicodedata.combining(c))
    return re.sub(r"[^a-z0-9]+", " ", letters.lower()).strip()
