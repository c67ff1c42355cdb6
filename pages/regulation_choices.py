"""What is chosen on the tab "Régulation", read from and written to the URL here only."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from data.region.rules import ANSWER_MINUTES, ANSWER_SHARE, DEEP_NIGHT_HOURS
from data.solidarity.pooling import MOST_TOGETHER, STAFF
from data.solidarity.regulation import DAYS, Hours, Standard
from geo.errors import InvalidInputError
from pages.address_lists import LONGEST_LIST

SHOWN = "regulation"
_CODE = re.compile(r"\d{2}|2[AB]|97\d")
_NUMBER = re.compile(r"\d{1,3}(?:\.\d)?")


@dataclass(frozen=True)
class RegulationChoices:
    """Whether the tab is open, the hours, what is asked of them, who helps whom.

    Attributes
    ----------
    shown
        Whether the screen shows regulation instead of consultations.
    start, end, days
        See `data.solidarity.regulation.Hours`.
    minutes, percent
        Wait asked for, and share of calls (%) that must keep to it.
    helper, helped
        Code of the département that answers, "" for the first; of those whose calls it takes.
    staff
        Key of `data.solidarity.pooling.STAFF`.
    together
        Départements of a group at most.
    """

    shown: bool = False
    start: int = DEEP_NIGHT_HOURS[0]
    end: int = DEEP_NIGHT_HOURS[1]
    days: str = "tous"
    minutes: float = ANSWER_MINUTES
    percent: int = round(100 * ANSWER_SHARE)
    helper: str = ""
    helped: tuple[str, ...] = ()
    staff: str = "tous"
    together: int = 3

    def hours(self) -> Hours:
        """Return the hours of the week."""
        return Hours(self.start, self.end, self.days)

    def standard(self) -> Standard:
        """Return what is asked of an hour."""
        return Standard(self.minutes, self.percent / 100)

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> Self:
        """Read the choices; what is foreign or out of range is left at default."""
        known = cls(shown=query.get("aide") == SHOWN)
        if not known.shown:
            return known
        hours = re.fullmatch(r"(\d{1,2})-(\d{1,2})", query.get("heures", ""))
        days, staff = query.get("jours", ""), query.get("effectif", "")
        helped = query.get("repris", "")[:LONGEST_LIST].split(",")
        helper = query.get("aidant", "")
        found = cls(
            shown=True,
            start=int(hours[1]) if hours else known.start,
            end=int(hours[2]) if hours else known.end,
            days=days if days in DAYS else known.days,
            minutes=_number(query, "attente", known.minutes),
            percent=int(_number(query, "part", known.percent)),
            helper=helper if _CODE.fullmatch(helper) else "",
            helped=tuple(dict.fromkeys(one for one in helped if _CODE.fullmatch(one))),
            staff=staff if staff in STAFF else known.staff,
            together=min(max(int(_number(query, "groupe", known.together)), 1), MOST_TOGETHER),
        )
        try:
            found.hours()
            found.standard()
        except InvalidInputError:
            return known
        return found

    def to_query(self) -> dict[str, str]:
        """Return the URL parameters of these choices, none where the tab is not open."""
        if not self.shown:
            return {}
        first = type(self)(shown=True)
        told = {
            "heures": (f"{self.start}-{self.end}", f"{first.start}-{first.end}"),
            "jours": (self.days, first.days),
            "attente": (f"{self.minutes:g}", f"{first.minutes:g}"),
            "part": (str(self.percent), str(first.percent)),
            "aidant": (self.helper, ""),
            "repris": (",".join(self.helped), ""),
            "effectif": (self.staff, first.staff),
            "groupe": (str(self.together), str(first.together)),
        }
        return {"aide": SHOWN} | {key: now for key, (now, usual) in told.items() if now != usual}


def _number(query: Mapping[str, str], name: str, usual: float) -> float:
    text = query.get(name, "")
    return float(text) if _NUMBER.fullmatch(text) else usual
