"""The dates of the decrees that set the zoning, in French: legal data is quoted with its day."""

import datetime as dt

import pandas as pd

from data.base import french
from data.region import rules

UNKNOWN = "date d’arrêté non indiquée"


def span(days: pd.Series) -> str:
    """Return "arrêté du …" or "arrêtés du … au …" of ISO dates, "" being unknown ones."""
    known = sorted(set(days) - {""})
    if not known:
        return UNKNOWN
    first, last = (french.date(dt.date.fromisoformat(day)) for day in (known[0], known[-1]))
    return f"arrêté du {first}" if first == last else f"arrêtés du {first} au {last}"


def old(days: pd.Series, today: dt.date) -> list[str]:
    """Say how many communes have a decree older than a zoning usually lives; nothing if none has.

    Parameters
    ----------
    days
        ISO date of the decree of each commune, "" unknown.
    today
        Day from which their age counts.
    """
    limit = today.replace(year=today.year - rules.ZONING_OLD_YEARS, day=min(today.day, 28))
    found = days[(days != "") & (days < limit.isoformat())]
    if found.empty:
        return []
    count = len(found)
    who = (
        "1 commune a un arrêté" if count == 1 else f"{french.number(count)} communes ont un arrêté"
    )
    oldest = french.date(dt.date.fromisoformat(found.min()))
    return [f"{who} de zonage de plus de {rules.ZONING_OLD_YEARS} ans (le plus ancien du {oldest})"]
