"""The results of a scenario, recomputed from what it keeps: judgements, best sites, versions."""

import tempfile
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

import pandas as pd

from data.base.french import as_set, counted
from data.maps.risk import shown_classes
from data.maps.sentences import HIGH, PROBABLY_GONE
from data.region.rules import HUBERT_MINUTES
from data.region.territory import Territory
from data.reports.site_files import write_evaluation
from data.reports.site_tables import MODELS
from data.scenarios import drafts
from data.scenarios.drafts import Draft
from data.siting.best import (
    EXISTING,
    OF_PLACES,
    ROOM,
    TIME_LIMIT_SECONDS,
    WEIGHTS,
    BestSites,
    best_of,
)
from data.siting.evaluation import SiteEvaluation
from data.uploads import Site

_MOST_MINUTES = 60.0


def at_risk(risk: pd.DataFrame) -> frozenset[str]:
    """Return the codes of the communes whose class is high, or that are probably without GP.

    `risk` is as `data.maps.risk.shown_classes` takes it.
    """
    shown = shown_classes(risk)
    return frozenset(shown.index[shown.isin([*HIGH, PROBABLY_GONE])])


@dataclass(frozen=True)
class Search:
    """What is asked of the search of the best sites.

    Attributes
    ----------
    model
        Key of `data.reports.site_tables.MODELS`.
    k
        New sites to open; None for set covering, or under a budget alone.
    threshold
        Minutes, inclusive.
    weights, existing
        As `data.siting.best.best_sites` takes them.
    own
        Row numbers of the user's own choice.
    prices, budget
        Price of each site and sum allowed, same unit; none when there is no budget.
    left_out
        Row numbers of the sites that may not be chosen: those advised against.
    """

    model: str = ROOM
    k: int | None = 3
    threshold: float = HUBERT_MINUTES
    weights: str = "people"
    existing: str = "structures"
    own: tuple[int, ...] = ()
    prices: tuple[float, ...] = ()
    budget: float | None = None
    left_out: tuple[int, ...] = ()

    @classmethod
    def from_parameters(cls, kept: Mapping[str, Any], count: int) -> Self | None:
        """Read the search of a scenario of `count` sites; None when it holds none that stands."""
        try:
            found = cls(
                model=str(kept["model"]),
                k=None if kept["k"] is None else int(kept["k"]),
                threshold=float(kept["threshold"]),
                weights=str(kept["weights"]),
                existing=str(kept["existing"]),
                own=tuple(int(row) for row in kept["own"]),
                prices=tuple(float(price) for price in kept["prices"]),
                budget=None if kept["budget"] is None else float(kept["budget"]),
                left_out=tuple(int(row) for row in kept.get("left_out", ())),
            )
        except (KeyError, TypeError, ValueError):
            return None
        stands = (
            found.model in MODELS
            and found.weights in WEIGHTS
            and found.existing in EXISTING
            and 0 < found.threshold <= _MOST_MINUTES
            and (found.k is None or 1 <= found.k <= count)
            and all(0 <= row < count for row in (*found.own, *found.left_out))
            and len(found.prices) in {0, count}
        )
        return found if stands else None

    def to_parameters(self) -> dict[str, Any]:
        """Return plain values, for a scenario."""
        return {
            "model": self.model,
            "k": self.k,
            "threshold": self.threshold,
            "weights": self.weights,
            "existing": self.existing,
            "own": list(self.own),
            "prices": list(self.prices),
            "budget": self.budget,
            "left_out": list(self.left_out),
        }

    def run(
        self,
        territory: Territory,
        sites: tuple[Site, ...],
        departures: Mapping[str, int] | None = None,
        *,
        seconds: float = TIME_LIMIT_SECONDS,
    ) -> BestSites:
        """Search, once GPs have left; see `data.siting.best.best_sites` for the errors raised."""
        covers_all = self.model == "lscp"
        return best_of(
            self.left_out,
            territory,
            sites,
            model=self.model,
            k=None if covers_all else self.k,
            threshold=self.threshold,
            weights=self.weights,
            existing=self.existing,
            prices=self.prices or None,
            budget=None if covers_all else self.budget,
            own=self.own or None,
            departures=departures,
            time_limit=seconds,
        )

    def words(self) -> str:
        """Return what is asked, in one French line."""
        parts = [MODELS[self.model]]
        if self.k is not None and self.model != "lscp":
            parts.append(f"{counted(self.k, 'site', 'sites')} à ouvrir")
        if self.model not in OF_PLACES:  # who has no place alone counts, whatever exists
            parts.append(f"seuil de {as_set(self.threshold)} minutes")
            parts.append(WEIGHT_WORDS[self.weights])
            parts.append(EXISTING_WORDS[self.existing])
        if self.budget is not None and self.model != "lscp":
            parts.append(f"budget de {as_set(self.budget)}")
        if self.left_out:
            parts.append(
                counted(len(self.left_out), "site déconseillé écarté", "sites déconseillés écartés")
            )
        return ", ".join(parts) + "."


WEIGHT_WORDS = {
    "people": "chaque habitant compte autant",
    "need": "habitants pondérés par le besoin (consultations manquantes)",
}
EXISTING_WORDS = {
    "structures": "MSP, centres de santé et structures labellisées existants gardés",
    "gps": "communes ayant déjà un généraliste gardées",
    "none": "sans compter l’existant",
}


def changes_since(
    draft: Draft, territory: Territory, read: Collection[str] | None = None
) -> list[str]:
    """Return, in French, the data that are no more those the scenario was made with.

    Of the tables that it rests on alone, by their keys, where those it has `read` are given.
    """
    draft = draft if read is None else about(draft, territory, read)
    other = set() if read is None else _other(territory, read)
    now = {k: told for k, told in drafts.data_versions(territory).items() if k not in other}
    hashed = {"territoire": "les données de la région", "temps de trajet": "les temps de trajet"}
    told = []
    for name in dict.fromkeys([*draft.data_versions, *now]):
        then, today = draft.data_versions.get(name), now.get(name)
        if then == today:
            continue
        if name in hashed:
            told.append(hashed[name])
        else:
            told.append(f"{name} : {then or 'absent'}, aujourd’hui {today or 'absent'}")
    return told


def about(draft: Draft, territory: Territory, read: Collection[str]) -> Draft:
    """Return a draft that tells of the tables it has `read` alone, by their keys."""
    other = _other(territory, read)
    return replace(
        draft,
        data_versions={k: told for k, told in draft.data_versions.items() if k not in other},
        simulated=tuple(title for title in draft.simulated if title not in other),
    )


def _other(territory: Territory, read: Collection[str]) -> set[str]:
    """Return the titles of the tables of a region that are not among the keys given."""
    return {known.title for key, known in territory.provenance.items() if key not in read}


def versions_words(draft: Draft) -> list[str]:
    """Return the vintages that a scenario was made with, one French line each."""
    return [
        f"{name} : {vintage}"
        for name, vintage in draft.data_versions.items()
        if name not in {"territoire", "temps de trajet"}
    ]


def evaluation_file(evaluation: SiteEvaluation, territory: Territory, extension: str) -> bytes:
    """Return an evaluation as a file: "csv", "xlsx", "geojson" or "gpkg"."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"sites.{extension}"
        write_evaluation(evaluation, territory, path)
        return path.read_bytes()
