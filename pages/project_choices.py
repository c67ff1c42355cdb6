"""Forms, prices and budget of projects, read from and written to the URL here only."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from data.siting.project_rules import KINDS

_FORMS, _PRICES, _BUDGET, _APART = "formes", "couts", "budget", "ecarter"
_FORM = re.compile(r"(\d{1,4}):([a-z]{1,8})")
_PRICE = re.compile(r"(\d{1,4}):(\d{1,9})")
_LONGEST = 4000
MOST_EUROS = 999_999_999


@dataclass(frozen=True)
class ProjectChoices:
    """What differs from an MSP that asks for its start-up aid, by rank of the site (from 1).

    Attributes
    ----------
    forms, prices
        Rank and form, rank and euros; sorted.
    budget
        Euros; 0 where no portfolio is asked.
    apart
        Whether two projects within 20 minutes of one another may not both be funded.
    """

    forms: tuple[tuple[int, str], ...] = ()
    prices: tuple[tuple[int, int], ...] = ()
    budget: int = 0
    apart: bool = False

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> Self:
        """Read the choices; what is foreign or out of range is left aside."""
        forms = {
            int(rank): form
            for rank, form in _pairs(_FORM, query.get(_FORMS, ""))
            if form in KINDS and int(rank)
        }
        prices = {
            int(rank): int(euros)
            for rank, euros in _pairs(_PRICE, query.get(_PRICES, ""))
            if int(rank)
        }
        budget = query.get(_BUDGET, "")
        return cls(
            tuple(sorted(forms.items())),
            tuple(sorted(prices.items())),
            int(budget) if re.fullmatch(r"\d{1,9}", budget) else 0,
            query.get(_APART) == "1",
        )

    def to_query(self) -> dict[str, str]:
        """Return the URL parameters of these choices, none where all are at default."""
        told = {
            _FORMS: ",".join(f"{rank}:{form}" for rank, form in self.forms),
            _PRICES: ",".join(f"{rank}:{euros}" for rank, euros in self.prices),
            _BUDGET: str(self.budget or ""),
            _APART: "1" if self.apart else "",
        }
        return {key: text for key, text in told.items() if text}

    def to_parameters(self) -> dict[str, Any]:
        """Return plain values, for a scenario."""
        return dict(self.to_query())


def _pairs(pattern: re.Pattern[str], text: str) -> list[tuple[str, str]]:
    """Return rank and value of what reads whole; the rest is foreign."""
    read = (pattern.fullmatch(part) for part in text[:_LONGEST].split(","))
    return [(one[1], one[2]) for one in read if one is not None]
