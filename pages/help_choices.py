"""What is chosen on the screen "Solidarité", read from and written to the URL here only."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any, Self

from data.base.codes import plain_code
from data.region.rules import ACTS_A_HALF_DAY, ROOM_PEOPLE_A_GP, ZIP_APL
from data.solidarity.help import (
    LONGEST_TRIP_MINUTES,
    USUAL_TRIP_MINUTES,
    USUAL_VOLUNTEERS,
    Terms,
)
from data.solidarity.hosts import HOSTS
from data.solidarity.needs import AIMS, TARGETS, Question
from data.solidarity.schemes import SCHEMES, SOLIDARITY
from geo.errors import InvalidInputError
from pages.address_lists import LONGEST_LIST

MOST_VOLUNTEERS, MOST_SITES = 500, 60
_LONGEST = 40
_PARAMETERS = {
    "targets": "cibles",
    "epci": "epci_cible",
    "aim": "but",
    "apl": "apl_visee",
    "per_gp": "hab_medecin",
    "acts": "actes",
    "scheme": "dispositif",
    "volunteers": "volontaires",
    "sites": "accueils",
    "minutes": "trajet",
    "half_days": "plafond",
    "floor": "plancher",
    "replaced": "remplaces",
    "hosts": "accueil_en",
    "listed": "liste",
}


@dataclass(frozen=True)
class HelpChoices:
    """Whom to help, up to what, and on what terms; 0 stands for "no limit" or "no floor"."""

    targets: str = "zip"
    epci: str = ""
    aim: str = "apl"
    apl: float = ZIP_APL
    per_gp: int = ROOM_PEOPLE_A_GP
    acts: int = ACTS_A_HALF_DAY
    scheme: str = "avancees"
    volunteers: int = USUAL_VOLUNTEERS
    sites: int = 0
    minutes: int = int(USUAL_TRIP_MINUTES)
    half_days: int = 0
    floor: float = 0.0
    replaced: bool = False
    hosts: str = "mairies"
    listed: tuple[str, ...] = ()

    def question(self) -> Question:
        """Return whom to help, and up to what."""
        return Question(
            targets=self.targets,
            chosen=self.epci,
            aim=self.aim,
            apl=self.apl,
            per_gp=float(self.per_gp),
            acts=float(self.acts),
        )

    def terms(self) -> Terms:
        """Return on what terms; a ceiling above the scheme's own is its own."""
        most = SCHEMES[self.scheme].half_days
        return Terms(
            scheme=self.scheme,
            volunteers=self.volunteers or None,
            sites=self.sites or None,
            minutes=float(self.minutes),
            half_days=float(self.half_days) if 0 < self.half_days < most else None,
            floor=self.floor or None,
            replaced=self.replaced and self.scheme == SOLIDARITY.key,
            # A list with nothing in it yet is no list.
            hosts=self.hosts if self.listed or self.hosts != "liste" else "mairies",
            listed=self.listed,
        )

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> Self:
        """Read the choices; what is foreign or out of range is left at default."""
        known: dict[str, Any] = {}
        for name, parameter in _PARAMETERS.items():
            text = query.get(parameter, "")[: LONGEST_LIST if name == "listed" else _LONGEST]
            try:
                known |= {name: _READ[name](text)} if text else {}
            except (ValueError, KeyError):
                continue
        found = cls(**known)
        try:
            found.question()
            found.terms()
        except InvalidInputError:
            return cls()
        return found

    def to_query(self) -> dict[str, str]:
        """Return the URL parameters of what is not the default."""
        return {
            _PARAMETERS[field.name]: _written(getattr(self, field.name))
            for field in fields(self)
            if getattr(self, field.name) != field.default
        }


def _written(value: object) -> str:
    if isinstance(value, tuple):
        return ",".join(value)
    return str(int(value)) if isinstance(value, bool) else f"{value}"


def _among(known: Mapping[str, object]) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in known:
            raise KeyError(text)
        return text

    return read


def _between(low: float, high: float, kind: type[int] | type[float]) -> Callable[[str], float]:
    def read(text: str) -> float:
        value = kind(text)
        if not low <= value <= high:
            raise ValueError(text)
        return value

    return read


def _codes(text: str) -> tuple[str, ...]:
    found = (plain_code(one) for one in text.split(","))
    return tuple(dict.fromkeys(code for code in found if code))


def _code(text: str) -> str:
    if not text.isalnum():
        raise ValueError(text)
    return text


_READ: dict[str, Callable[[str], object]] = {
    "targets": _among(TARGETS),
    "epci": _code,
    "aim": _among(AIMS),
    "apl": _between(0.5, 6.0, float),
    "per_gp": _between(500, 3000, int),
    "acts": _between(4, 40, int),
    "scheme": _among(SCHEMES),
    "volunteers": _between(0, MOST_VOLUNTEERS, int),
    "sites": _between(0, MOST_SITES, int),
    "minutes": _between(5, LONGEST_TRIP_MINUTES, int),
    "half_days": _between(0, 31, int),
    "floor": _between(0.0, 6.0, float),
    "hosts": _among(HOSTS),
    "listed": _codes,
    "replaced": lambda text: {"1": True, "0": False}[text],
}
