"""What is asked of the best sites, read from and written to the URL here only."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from data.region.rules import HUBERT_MINUTES
from data.reports.scenario_results import Search
from data.reports.site_tables import MODELS
from data.siting.best import EXISTING, ROOM, WEIGHTS

LEAST_MINUTES, MOST_MINUTES = 5.0, 60.0
MOST_BUDGET = 999_999_999_999.0
USUAL_SITES = 3
"""Sites to open where nothing else is asked, or all of them when they are fewer."""
_RANK = re.compile(r"[1-9]\d{0,3}")
_AMOUNT = re.compile(r"\d{1,12}(\.\d{1,6})?", re.ASCII)


@dataclass(frozen=True)
class SearchChoices:
    """What is asked; sites by rank, from 1.

    Attributes
    ----------
    model, threshold, weights, existing, prices, budget
        As `data.reports.scenario_results.Search`.
    k
        0 for `USUAL_SITES`.
    own
        Ranks of the reader's own choice.
    allowed
        Whether sites advised against may be chosen.
    answered
        Whether the answer is in sight.
    """

    model: str = ROOM
    k: int = 0
    threshold: float = HUBERT_MINUTES
    weights: str = WEIGHTS[0]
    existing: str = EXISTING[0]
    own: tuple[int, ...] = ()
    prices: tuple[float, ...] = ()
    budget: float | None = None
    allowed: bool = False
    answered: bool = False

    @classmethod
    def from_query(cls, query: Mapping[str, str], count: int) -> Self:
        """Read what is asked of `count` sites; what is foreign or out of range is left aside."""

        def among(name: str, known: Mapping[str, object] | tuple[str, ...], first: str) -> str:
            return text if (text := query.get(name, "")) in known else first

        ranks = [one for one in query.get("choix", "").split(",") if _RANK.fullmatch(one)]
        read = [_number(one) for one in query.get("prix", "").split(",")]
        prices = tuple(one for one in read if one is not None)
        minutes = _number(query.get("minutes", ""))
        if minutes is None or not LEAST_MINUTES <= minutes <= MOST_MINUTES:
            minutes = cls.threshold
        k = query.get("k", "")
        return cls(
            model=among("modele", MODELS, cls.model),
            k=int(k) if _RANK.fullmatch(k) and int(k) <= count else 0,
            threshold=minutes,
            weights=among("qui", WEIGHTS, cls.weights),
            existing=among("existant", EXISTING, cls.existing),
            own=tuple(sorted({int(one) for one in ranks if int(one) <= count})),
            prices=prices if len(prices) == len(read) == count else (),
            budget=_number(query.get("somme", "")),
            allowed=query.get("deconseilles") == "1",
            answered=query.get("meilleurs") == "1",
        )

    @classmethod
    def of(cls, search: Search, count: int) -> Self:
        """Return what a search of `count` sites asked."""
        return cls(
            model=search.model,
            k=0 if search.k in (None, min(USUAL_SITES, count)) else search.k,
            threshold=search.threshold,
            weights=search.weights,
            existing=search.existing,
            own=tuple(row + 1 for row in search.own),
            prices=search.prices,
            budget=search.budget,
            allowed=not search.left_out,
        )

    def search(self, count: int, against: tuple[int, ...]) -> Search:
        """Return what is asked of the engine; those of `against` are advised against."""
        return Search(
            model=self.model,
            k=None if self.model == "lscp" else self.k or min(USUAL_SITES, count),
            threshold=self.threshold,
            weights=self.weights,
            existing=self.existing,
            own=tuple(rank - 1 for rank in self.own),
            prices=self.prices,
            budget=self.budget,
            left_out=() if self.allowed else against,
        )

    def to_query(self) -> dict[str, str]:
        """Return the URL parameters, "" for those at default."""
        first = SearchChoices()
        return {
            "modele": self.model if self.model != first.model else "",
            "k": str(self.k or ""),
            "minutes": f"{self.threshold:g}" if self.threshold != first.threshold else "",
            "qui": self.weights if self.weights != first.weights else "",
            "existant": self.existing if self.existing != first.existing else "",
            "choix": ",".join(map(str, self.own)),
            "prix": ",".join(f"{price:.15g}" for price in self.prices),
            "somme": "" if self.budget is None else f"{self.budget:.15g}",
            "deconseilles": "1" if self.allowed else "",
            "meilleurs": "1" if self.answered else "",
        }


def _number(text: str) -> float | None:
    """Return the number of a text, None where it is none, or not one of a price."""
    return float(text) if _AMOUNT.fullmatch(text) else None
