"""Projects of teams: money with its year, neighbours, and a portfolio under a budget."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import pandas as pd

from data.base.french import number, tenths_if_any
from data.region import rules
from data.region.rules import HUBERT_MINUTES
from data.region.territory import Territory
from data.siting.departures import ground_after
from data.siting.ground import LIMIT_MINUTES, site_minutes
from data.uploads.site import Site
from geo.siting.portfolio import (
    Portfolio,
    PortfolioProblem,
    best_portfolio,
    first_come,
    seated_by,
)

_NOBODY = 1e-6
"""Inhabitants: less is rounding."""
_KEPT = 8


@dataclass(frozen=True)
class Money:
    """One sum that a form of project may get or cost.

    Attributes
    ----------
    what
        In French.
    low, high
        Euros, equal where one sum is known.
    by
        "une fois" or "par an".
    year, source
        Of the sum.
    """

    what: str
    low: float
    high: float
    by: str
    year: str
    source: str


def money(kind: str, *, zone: str = "", new_gps: float = 0.0) -> list[Money]:
    """Return the sums of a form of project, each with its year and source.

    Parameters
    ----------
    kind
        Key of `data.siting.project_rules.KINDS`.
    zone
        Zone of the commune, "" when not known: aids to settle depend on it.
    new_gps
        GPs who would settle there.
    """
    if kind in {"msp", "pole"}:
        return _msp_money(zone, new_gps)
    if kind == "esp":
        what = f"aide (FIR), au plus, sur {rules.ESP_YEARS} ans"
        return [_sum("ESP_EUROS", what, "une fois", (0, rules.ESP_EUROS))]
    if kind == "ess":
        return [
            _sum("ESS_START_EUROS", "aide au démarrage", "une fois"),
            _sum("ESS_EUROS_A_YEAR", "aide ensuite", "par an", rules.ESS_EUROS_A_YEAR),
        ]
    what = "financement à 100 % des résultats, de la taille 1 à la taille 4"
    return [_sum("CPTS_EUROS_A_YEAR", what, "par an", rules.CPTS_EUROS_A_YEAR)]


def _sum(constant: str, what: str, by: str, between: tuple[float, float] | None = None) -> Money:
    """Return a sum with the year and the source that the rules give of it.

    Parameters
    ----------
    constant
        Its name in `data.region.rules`.
    what, by
        As `Money` says them.
    between
        Least and most, euros; None where the constant is one sum.
    """
    rule = rules.rule_of(constant)
    low, high = between or (getattr(rules, constant),) * 2
    return Money(what=what, low=low, high=high, by=by, year=rule.date, source=rule.source)


def _msp_money(zone: str, new_gps: float) -> list[Money]:
    """Return the sums of an MSP, on one site or several; aids to settle where GPs come."""
    start = "aide au démarrage (FIR), en deux versements sur deux ans"
    overhead = "surcoût d’exercice par médecin, à la charge de l’équipe"
    found = [
        _sum("MSP_START_EUROS", start, "une fois"),
        _sum("MSP_ACI_EUROS_A_YEAR", "accord conventionnel (ACI), moyenne", "par an"),
        _sum("MSP_OVERHEAD_EUROS_A_GP", overhead, "par an"),
    ]
    if zone in rules.HELPED_ZONES and new_gps > 0:
        here = number(new_gps, tenths_if_any(new_gps))
        what = f"première installation en {zone}, par médecin ({here} ici)"
        found.append(_sum(f"{zone}_AID_EUROS", what, "une fois"))
    return found


def start_price(kind: str) -> float:
    """Return what a form of project asks of the agency at first: the price that screens open on."""
    return float(
        {
            "esp": rules.ESP_EUROS,
            "ess": rules.ESS_START_EUROS,
            "cpts": rules.CPTS_EUROS_A_YEAR[0],
        }.get(kind, rules.MSP_START_EUROS)
    )


def neighbours(territory: Territory, sites: Sequence[Site]) -> pd.DataFrame:
    """Return the pairs of projects within 20 minutes of one another.

    Returns
    -------
    pandas.DataFrame
        first, second (row numbers, first < second), minutes (the shorter way); nearest first.
    """
    points = tuple((float(site.lon), float(site.lat)) for site in sites)
    return _near(territory, points).copy(deep=False)


@lru_cache(maxsize=_KEPT)
def _near(territory: Territory, ends: tuple[tuple[float, float], ...]) -> pd.DataFrame:
    points = np.array(ends, dtype=np.float64)
    columns = ["first", "second", "minutes"]
    if len(points) < 2:
        return pd.DataFrame(columns=columns)
    found = territory.travel_time.matrix(points, points, HUBERT_MINUTES)
    pairs = pd.DataFrame(
        {
            "first": np.minimum(found["origin"], found["destination"]),
            "second": np.maximum(found["origin"], found["destination"]),
            "minutes": found["minutes"],
        }
    )
    near = pairs[(pairs["first"] < pairs["second"]) & (pairs["minutes"] <= HUBERT_MINUTES)]
    shorter = near.groupby(["first", "second"])["minutes"].min().reset_index()
    return shorter.sort_values(["minutes", "first", "second"], ignore_index=True)[columns]


def new_gps(kinds: Sequence[str], sites: Sequence[Site], planned: Sequence[float]) -> list[float]:
    """Return the GPs new at each project: none in teams that gather those who are there.

    Parameters
    ----------
    kinds, sites
        Forms and projects.
    planned
        GPs new at each, as sites are judged (two where nothing is said).
    """
    silent = {"ess", "cpts"}
    return [
        0.0 if kind in silent or (kind == "esp" and site.gps is None) else float(count)
        for kind, site, count in zip(kinds, sites, planned, strict=True)
    ]


@dataclass(frozen=True, eq=False)
class Funded:
    """The best portfolio beside first come, first served.

    Attributes
    ----------
    problem
        What was solved.
    best, first
        The portfolios.
    """

    problem: PortfolioProblem
    best: Portfolio
    first: Portfolio


def funded(
    territory: Territory,
    sites: Sequence[Site],
    new_gps: Sequence[float],
    prices: Sequence[float],
    budget: float,
    *,
    apart: bool = False,
    departures: Mapping[str, int] | None = None,
    seconds: float = 20.0,
) -> Funded:
    """Choose the projects that give most inhabitants a place under a budget.

    Where first come does as well, it is the best.

    Only GPs new to the region make places; those who move in leave as many elsewhere.

    Parameters
    ----------
    territory, sites
        The region; projects in their order of arrival.
    new_gps, prices
        GPs new at each, euros asked by each.
    budget
        Euros.
    apart
        Whether two projects within 20 minutes of one another may not both be funded.
    departures
        INSEE code to GPs supposed to leave before.
    seconds
        Time allowed; past it, the best found and its bound.
    """
    ground = ground_after(territory, departures or {})
    minutes = site_minutes(territory, sites, LIMIT_MINUTES)[0]
    near = ground.parts_with(territory, sites)
    people, trips = ground.to_seat(ground.gps, minutes, near=near)
    pairs = neighbours(territory, sites) if apart else pd.DataFrame(columns=["first", "second"])
    problem = PortfolioProblem(
        people=people,
        minutes=trips,
        threshold=HUBERT_MINUTES,
        seats=rules.ROOM_PEOPLE_A_GP * np.maximum(np.asarray(new_gps, dtype=np.float64), 0.0),
        prices=np.asarray(prices, dtype=np.float64),
        budget=float(budget),
        apart=pairs[["first", "second"]].to_numpy(dtype=np.int64).reshape(-1, 2),
    )
    best, first = best_portfolio(problem, seconds), seated_by(problem, first_come(problem))
    if first.people >= best.people - _NOBODY:  # as many: no reason to upset the order
        best = replace(best, chosen=first.chosen, seated=first.seated)
    return Funded(problem, best, first)
