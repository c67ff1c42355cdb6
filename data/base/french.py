"""French forms of numbers, dates and names, for screens, reports and messages."""

import datetime as dt
import math
import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from geo.french import (
    MINUS,
    MISSING,
    as_set,
    counted,
    date,
    decimals_of,
    minutes_told,
    number,
    signed,
    tenths_if_any,
)

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "MINUS",
    "MISSING",
    "as_set",
    "at",
    "capitalised",
    "counted",
    "date",
    "decimals_of",
    "fold",
    "in_order",
    "joined",
    "minutes_told",
    "moment",
    "number",
    "of",
    "ordinal",
    "percent",
    "signed",
    "slug",
    "tenths_if_any",
    "today",
    "unbroken",
]

_PUNCTUATION = re.compile(r"[^a-z0-9]+")
"""What a folded name has a blank for."""


def read_number(text: str) -> float | None:
    """Return the number that a French text writes ("2,5", "1 200"), None where it writes none.

    A point is read as a comma: keypads have one. The sign minus is read as a hyphen.

    >>> read_number("1 200,5"), read_number("−2")
    (1200.5, -2.0)
    """
    plain = "".join(text.split()).replace(",", ".").replace(MINUS, "-")
    try:
        value = float(plain)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def percent(share: float | None, decimals: int = 0) -> str:
    r"""Return a share (0 to 1) as a French percentage (12,5 %); a few are never told as none.

    >>> percent(0.0004, 1), percent(0.9996), percent(0.0)
    ('moins de 0,1\xa0%', 'plus de 99\xa0%', '0\xa0%')
    """
    told = per_hundred(share, decimals)
    return told if told == MISSING else f"{told}\u00a0%"


def per_hundred(share: float | None, decimals: int = 0) -> str:
    """Return a share (0 to 1) as a number out of 100, its unit said elsewhere; as `percent` does.

    >>> per_hundred(0.0004, 1), per_hundred(0.125, 1)
    ('moins de 0,1', '12,5')
    """
    if share is None or not math.isfinite(share):
        return MISSING
    step = 10.0**-decimals
    told = number(100 * share, decimals)
    if share > 0 and told == number(0.0, decimals):
        return f"moins de {number(step, decimals)}"
    if share < 1 and told == number(100.0, decimals):
        return f"plus de {number(100.0 - step, decimals)}"
    return told


def unbroken(text: str) -> str:
    """Return a text where no line starts with a French colon, nor ends with what opens a quote.

    Nor is a number cut at its thousands.

    >>> unbroken("« Carte » : oui").count("\N{NO-BREAK SPACE}")
    3
    >>> unbroken("pour 1 000 habitants en 2017").count("\N{NO-BREAK SPACE}")
    1
    """
    return re.sub(r"(?<=«) | (?=[:;?!»%€])|(?<=\d) (?=\d{3}(?!\d))", "\N{NO-BREAK SPACE}", text)


def today() -> dt.date:
    """Return the day (UTC), from which ages of data are counted."""
    return dt.datetime.now(dt.UTC).date()


def moment(told: str) -> str:
    """Return a moment written in ISO 8601 as a reader's clock says it (28 novembre 2026, 14:05)."""
    when = dt.datetime.fromisoformat(told).astimezone()
    return f"{date(when.date())}, {when:%H:%M}"


def horizon(as_of: int | Collection[int], years: int) -> str:
    """Return the horizon of a forecast in words, counted from the vintage of the counts.

    Parameters
    ----------
    as_of
        Year at whose end the GPs were counted; several where not all were in the same one.
    years
        Length of the forecast.

    >>> horizon(2017, 1)
    'à l’horizon de 1 an (effectifs de 2017 → fin 2018)'
    >>> horizon({2020, 2017}, 1)
    'à l’horizon de 1 an (effectifs de 2017 → fin 2018, de 2020 → fin 2021)'
    """
    length = counted(years, "an", "ans")
    spans = ", ".join(f"de {start} → fin {start + years}" for start in each_year(as_of))
    return f"à l’horizon de {length} (effectifs {spans})"


def forecast(as_of: int | Collection[int], years: int) -> str:
    """Return a sentence on what a forecast spans, which says when its end has passed."""
    starts = each_year(as_of)
    ended = [start for start in starts if today().year > start + years]
    over = ", échue" if ended else ""
    if ended and len(ended) < len(starts):
        over += f" pour ceux {joined([f'de {start}' for start in ended])}"
    return f"Prévision {horizon(starts, years)}{over}."


def each_year(as_of: int | Collection[int]) -> list[int]:
    """Return years in their order, each once."""
    return sorted({int(one) for one in as_of}) if isinstance(as_of, Collection) else [int(as_of)]


def fold(text: str) -> str:
    """Return a name without accents, case, punctuation or runs of blanks, for comparison."""
    if not text.isascii():
        plain = unicodedata.normalize("NFKD", text.replace("œ", "oe").replace("Œ", "OE"))
        text = "".join(c for c in plain if not unicodedata.combining(c))
    return _PUNCTUATION.sub(" ", text.lower()).strip()


def in_order(names: "pd.Series") -> "pd.Series":
    """Return by what names are sorted as in a French dictionary: É beside E, l’Île beside Lille.

    What `sort_values` takes as its key; of a plain list, `sorted` takes `fold`.

    >>> sorted(["Zonza", "Étriac", "Eu"], key=fold)
    ['Étriac', 'Eu', 'Zonza']
    """
    return names.map(_folded)


_folded = lru_cache(maxsize=50_000)(fold)
"""All communes of France are put in order again and again."""


def slug(name: str) -> str:
    """Return a name as addresses and keys write it ("Si cette ligne tombe": si-cette-ligne-tombe).

    >>> slug("Corrèze, à l’est")
    'correze-a-l-est'
    """
    return fold(name).replace(" ", "-")


def capitalised(text: str) -> str:
    """Return a text as a sentence opens."""
    return text[:1].upper() + text[1:]


def ordinal(rank: int, *, feminine: bool = False) -> str:
    """Return a rank ("1er", "1re", "12e")."""
    if rank == 1:
        return "1re" if feminine else "1er"
    return f"{number(rank)}e"


_ELIDED = re.compile(r"(?i)[aeiouyàâäéèêëîïôöùûüœæ]|h(?!au|ér|ay|ague|all|un|enda|asp)")
"""Initials before which "de" and "que" lose their vowel; a few h of place names are aspirated."""


def of(name: str) -> str:
    """Return a name after "de", elided or contracted ("d’Aubusson", "du Dorat")."""
    for article, contracted in (("Le ", "du "), ("Les ", "des ")):
        if name.startswith(article):
            return contracted + name[len(article) :]
    return f"d’{name}" if _ELIDED.match(name) else f"de {name}"


def at(name: str) -> str:
    """Return a name after "à", contracted ("à Aubusson", "au Dorat", "aux Billanges")."""
    for article, contracted in (("Le ", "au "), ("Les ", "aux ")):
        if name.startswith(article):
            return contracted + name[len(article) :]
    return f"à {name}"


def uncapitalised(title: str) -> str:
    """Return a title as it stands within a sentence: its capital goes, save an acronym's.

    >>> uncapitalised("Zonage des médecins"), uncapitalised("APL publiée")
    ('zonage des médecins', 'APL publiée')
    """
    return title if title[1:2].isupper() else title[:1].lower() + title[1:]


def listed(titles: Iterable[str]) -> str:
    """Return titles as the list that follows a colon."""
    return ", ".join(map(uncapitalised, titles))


def joined(names: Sequence[str], last: str = "et") -> str:
    """Return names as a list that is read ("A, B et C")."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} {last} {names[-1]}"
