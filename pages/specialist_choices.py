"""What is chosen on the tab "Spécialistes", read from and written to the URL here only."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Self

from data.base.codes import plain_code
from data.solidarity.help import LONGEST_TRIP_MINUTES
from data.solidarity.hosts import HOSTS
from data.solidarity.specialists import NEEDS, SpecialistQuestion
from pages.address_lists import LONGEST_LIST

SHOWN = "specialistes"
MOST_PEOPLE, MOST_LEAST, MOST_VOLUNTEERS, MOST_SITES = 1_000_000, 10, 500, 60
_LONGEST_NAME = 60
_NUMBERS = {
    "people": ("hab_specialiste", 1, MOST_PEOPLE),
    "within": ("portee", 5, int(LONGEST_TRIP_MINUTES)),
    "least": ("au_moins", 1, MOST_LEAST),
    "volunteers": ("venus", 0, MOST_VOLUNTEERS),
    "sites": ("lieux", 0, MOST_SITES),
    "minutes": ("route", 5, int(LONGEST_TRIP_MINUTES)),
}
"""Whole numbers: parameter, and the bounds of its control."""


@dataclass(frozen=True)
class SpecialistChoices:
    """Which specialists, what is missing, on what terms; 0 stands for "no limit".

    Attributes
    ----------
    shown
        Whether the screen shows specialists instead of consultations of GPs.
    specialty
        "" for the first imported.
    people
        Inhabitants that one full-time specialist takes; 0 until the reader gives it: no text does.
    need, within, least, volunteers, sites, minutes, hosts, listed
        See `data.solidarity.specialists.SpecialistQuestion`.
    """

    shown: bool = False
    specialty: str = ""
    people: int = 0
    need: str = "place"
    within: int = 45
    least: int = 1
    volunteers: int = 0
    sites: int = 0
    minutes: int = int(LONGEST_TRIP_MINUTES)
    hosts: str = "hopitaux"
    listed: tuple[str, ...] = ()

    def question(self) -> SpecialistQuestion:
        """Return what is asked of the engine; the inhabitants must be given."""
        return SpecialistQuestion(
            specialty=self.specialty,
            people=float(self.people),
            need=self.need,
            within=float(self.within),
            least=self.least,
            volunteers=self.volunteers or None,
            sites=self.sites or None,
            minutes=float(self.minutes),
            # A list with nothing in it yet is no list.
            hosts=self.hosts if self.listed or self.hosts != "liste" else "mairies",
            listed=self.listed,
        )

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> Self:
        """Read the choices; what is foreign or out of range is left at default."""
        if query.get("aide") != SHOWN:
            return cls()
        known: dict[str, Any] = {"shown": True}
        for name, (parameter, low, high) in _NUMBERS.items():
            text = query.get(parameter, "")
            if text.isascii() and text.isdigit() and len(text) < 8 and low <= int(text) <= high:
                known[name] = int(text)
        specialty = " ".join(query.get("specialite", "").split())[:_LONGEST_NAME]
        if specialty.isprintable():
            known["specialty"] = specialty
        for name, parameter, allowed in (
            ("need", "besoin", NEEDS),
            ("hosts", "lieux_en", HOSTS),
        ):
            if query.get(parameter, "") in allowed:
                known[name] = query[parameter]
        codes = map(plain_code, query.get("lieux_liste", "")[:LONGEST_LIST].split(","))
        known["listed"] = tuple(dict.fromkeys(code for code in codes if code))
        return cls(**known)

    def to_query(self) -> dict[str, str]:
        """Return the URL parameters of these choices, none where the tab is not open."""
        if not self.shown:
            return {}
        named = {name: parameter for name, (parameter, _, _) in _NUMBERS.items()} | {
            "specialty": "specialite",
            "need": "besoin",
            "hosts": "lieux_en",
        }
        told = {"aide": SHOWN}
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name in named and value != field.default:
                told[named[field.name]] = str(value)
        return told | ({"lieux_liste": ",".join(self.listed)} if self.listed else {})
