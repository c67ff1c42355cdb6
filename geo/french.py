"""How French writes a number, a count and a date: the one place, for engines as for screens."""

import datetime as dt
import math
from decimal import Decimal

from babel.dates import format_date

MISSING = "non disponible"
MINUS = "\N{MINUS SIGN}"
_LOCALE = "fr_FR"
_MOST_DECIMALS = 6
_SIGNS = str.maketrans(",.", "\N{NARROW NO-BREAK SPACE},")
"""What parts thousands and decimals in French (CLDR), for what does in English."""


def number(value: float | None, decimals: int = 0) -> str:
    """Return a number in French form (1 234,5); missing or infinite reads "non disponible".

    A negative one has the sign minus, no hyphen; what is rounded to zero has no sign.

    >>> number(-3.26, 1), number(-0.04, 1)
    ('−3,3', '0,0')
    """
    if value is None or not math.isfinite(value):
        return MISSING
    # As babel writes it, in a tenth of the time: a screen writes a thousand of them.
    size = f"{Decimal(str(abs(value))):,.{decimals}f}".translate(_SIGNS)
    return MINUS + size if value < 0 and _is_not_zero(size) else size


def signed(value: float | None, decimals: int = 0) -> str:
    """Return a change in French form, its sign always written but for zero.

    >>> signed(3.0), signed(-0.5, 1), signed(0.04, 1)
    ('+3', '−0,5', '0,0')
    """
    told = number(value, decimals)
    return "+" + told if value is not None and value > 0 and _is_not_zero(told) else told


def _is_not_zero(told: str) -> bool:
    return any(digit in "123456789" for digit in told)


def tenths_if_any(value: float) -> int:
    """Return the decimals of a number of people or minutes that may be a part of one.

    >>> tenths_if_any(2), tenths_if_any(1.5)
    (0, 1)
    """
    return 0 if float(value).is_integer() else 1


def minutes_told(minutes: float | None) -> str:
    """Return minutes of travel in French; none at all is being there.

    >>> minutes_told(0.0), minutes_told(0.3), minutes_told(12.4)
    ('sur place', 'moins d’une minute', '12 min')
    """
    told = number(minutes)
    if told == "0":
        return "moins d’une minute" if minutes else "sur place"
    return told if told == MISSING else f"{told} min"


def decimals_of(value: float) -> int:
    """Return the decimals that a number has, six at most.

    >>> decimals_of(45.0), decimals_of(22.5), decimals_of(0.168)
    (0, 1, 3)
    """
    return next((k for k in range(_MOST_DECIMALS) if round(value, k) == value), _MOST_DECIMALS)


def as_set(value: float) -> str:
    """Return a number that somebody set (a threshold, a budget), with the decimals it has.

    >>> as_set(45.0), as_set(22.5), as_set(1_500_000.0).replace("\N{NARROW NO-BREAK SPACE}", " ")
    ('45', '22,5', '1 500 000')
    """
    return number(value, decimals_of(value))


def counted(count: float | None, one: str, several: str, decimals: int = 0) -> str:
    """Return a number and its noun ("1,5 médecin", "2 médecins"): plural from two on."""
    known = count is not None and math.isfinite(count)
    plural = known and abs(round(count or 0.0, decimals)) >= 2
    return f"{number(count, decimals)} {several if plural else one}"


def date(value: dt.date) -> str:
    """Return a date in French form.

    Examples
    --------
    >>> date(dt.date(2026, 11, 21)), date(dt.date(2026, 1, 1))
    ('21 novembre 2026', '1er janvier 2026')
    """
    day = "1er" if value.day == 1 else str(value.day)
    return f"{day} {format_date(value, format='MMMM y', locale=_LOCALE)}"
