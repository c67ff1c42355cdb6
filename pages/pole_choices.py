"""What is chosen of a pole on the screen of sites, read from and written to the URL here only."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from data.region.territory import Territory
from data.siting.pole_plan import MOST_HALF_DAYS, Antenna, PolePlan
from data.siting.poles import MOST
from data.uploads.site import Site

_ANTENNA = re.compile(r"(s\d{1,4}|(?:\d{2}|2[AB])\d{3})(?::(\d{1,3})(?::([01])(?::(\d{1,9}))?)?)?")
_LONGEST = 200
FIRST_HALF_DAYS = 6
"""Half-days of an antenna that was just chosen."""
_ANTENNAS, _BASE, _LEAST, _DOCTORS = "antennes", "base", "minimum", "medecins_pole"
_SETTLED = "sur_place"


@dataclass(frozen=True)
class AntennaChoice:
    """One antenna as the address holds it.

    Attributes
    ----------
    place
        INSEE code of a commune, or "s3" for the third site of the work in hand.
    half_days, nurse, euros
        As `data.siting.pole_plan.Antenna`.
    """

    place: str
    half_days: int = FIRST_HALF_DAYS
    nurse: bool = False
    euros: int = 0


@dataclass(frozen=True)
class PoleChoices:
    """Antennas, base, least half-days of the best pole, where its doctors come from."""

    antennas: tuple[AntennaChoice, ...] = ()
    base: str = ""
    least: int = 2
    settled: bool = False

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> Self:
        """Read the choices; what is foreign or out of range is left aside."""
        found: dict[str, AntennaChoice] = {}
        for text in query.get(_ANTENNAS, "")[:_LONGEST].split(","):
            read = _ANTENNA.fullmatch(text)
            if read is None or len(found) == MOST:
                continue
            place, count, nurse, euros = read.groups()
            half_days = FIRST_HALF_DAYS if count is None else int(count)
            if half_days <= MOST_HALF_DAYS:
                found[place] = AntennaChoice(place, half_days, nurse == "1", int(euros or 0))
        least = query.get(_LEAST, "")
        base = query.get(_BASE, "")
        return cls(
            tuple(found.values()),
            base if base in found else "",
            int(least) if re.fullmatch(r"[1-9]\d?", least) and found else 2,
            bool(found) and query.get(_DOCTORS) == _SETTLED,
        )

    def to_query(self) -> dict[str, str]:
        """Return the URL parameters of these choices, none where no antenna is chosen."""
        if not self.antennas:
            return {}
        query = {
            _ANTENNAS: ",".join(
                f"{one.place}:{one.half_days}:{int(one.nurse)}:{one.euros}" for one in self.antennas
            )
        }
        query |= {_BASE: self.base} if self.base else {}
        query |= {_LEAST: str(self.least)} if self.least != PoleChoices.least else {}
        return query | ({_DOCTORS: _SETTLED} if self.settled else {})

    def plan(self, territory: Territory, sites: Sequence[Site]) -> PolePlan:
        """Return the pole that these choices make; antennas that are no more there are left.

        Raises
        ------
        InvalidInputError
            Fewer than two antennas, or no half-day.
        """
        known = places(territory, sites)
        kept = [one for one in self.antennas if one.place in known]
        ranks = {one.place: rank for rank, one in enumerate(kept)}
        return PolePlan(
            tuple(
                Antenna(known[one.place], one.half_days, one.nurse, float(one.euros))
                for one in kept
            ),
            ranks.get(self.base, 0),
            self.least,
            self.settled,
        )

    def to_parameters(self) -> dict[str, Any]:
        """Return plain values, for a scenario."""
        return dict(self.to_query())


def places(territory: Territory, sites: Sequence[Site]) -> dict[str, Site]:
    """Return where an antenna may be, by the place of `AntennaChoice`: sites, then communes."""
    chosen = {f"s{rank}": site for rank, site in enumerate(sites, start=1)}
    return chosen | territory.once("communes as sites", lambda: _communes(territory))


def _communes(territory: Territory) -> dict[str, Site]:
    columns = (territory.communes[column].tolist() for column in ("code", "name", "lon", "lat"))
    rows = zip(*columns, strict=True)
    return {
        code: Site(line=0, name=name, code=code, commune=name, lon=lon, lat=lat)
        for code, name, lon, lat in rows
    }
