"""How French writes a number, a count and a date: the one place, for engines as for screens."""

import datetime as dt
import math

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


def counted(count: float | None, one: str, several: str, decimals: int = 0) -> str:
    """Return a number and its noun ("1,5 médecin", "2 médecins"): plural from two on."""
    known = count is not None and math.isfinite(count)
    plural = known and abs(round(count or 0.0, decimals)) >= 2
    return f"{number(count, decimals)} {several if plural else one}"


def date(value: dt.date) -> str:
    """Return a date in French form (21 novembre 2026)."""
    return format_date(value, format="d MMMM y", locale=_LOCALE)
