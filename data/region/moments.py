"""When data were measured: numbers that compare, whatever the words on screen."""

import datetime as dt
import re
from dataclasses import dataclass

_WORDS = re.compile(
    r"(?P<d>\d{2})/(?P<m>\d{2})/(?P<y>(?:19|20)\d{2})"
    r"|(?P<y2>(?:19|20)\d{2})-(?P<m2>0[1-9]|1[0-2])(?!\d)(?:-(?P<d2>\d{2}))?"
    r"|(?<![\dA-Za-z])(?P<y3>(?:19|20)\d{2})(?!\d)"
)


@dataclass(frozen=True, order=True)
class Moment:
    """A year, with the month and the day where they are known (0 where they are not)."""

    year: int
    month: int = 0
    day: int = 0

    @classmethod
    def of(cls, day: dt.date) -> "Moment":
        """Return the moment of a day."""
        return cls(day.year, day.month, day.day)

    @classmethod
    def told(cls, words: str) -> "Moment | None":
        """Return the latest moment that words name: years, months (2026-10) or days (21/01/2020).

        For files and states that hold their date as text only; what is read is kept as numbers.

        Examples
        --------
        >>> Moment.told("2009, 2013, 2018")
        Moment(year=2018, month=0, day=0)
        >>> Moment.told("fichier du 21/01/2020")
        Moment(year=2020, month=1, day=21)
        >>> Moment.told("2021-06")
        Moment(year=2021, month=6, day=0)
        >>> Moment.told("BV2022"), Moment.told("simulation")  # a name is no date
        (None, None)
        """
        found = []
        for one in _WORDS.finditer(words):
            year = one["y"] or one["y2"] or one["y3"]
            month, day = one["m"] or one["m2"], one["d"] or one["d2"]
            found.append(cls(int(year), int(month or 0), int(day or 0)))
        return max(found, default=None)

    def before(self, other: "Moment") -> bool:
        """Tell whether this is earlier for sure: what one of the two does not know decides nothing.

        Examples
        --------
        >>> Moment(2020, 1, 21).before(Moment(2024))
        True
        >>> Moment(2024).before(Moment(2024, 6))
        False
        """
        if self.year != other.year:
            return self.year < other.year
        mine, theirs = (self.month, self.day), (other.month, other.day)
        for here, there in zip(mine, theirs, strict=True):
            if not here or not there:
                return False
            if here != there:
                return here < there
        return False
