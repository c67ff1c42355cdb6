"""The best k of candidate sites on a territory, proven, beside the greedy and the user's choice."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from data.region.rules import FAIR_APL, HUBERT_MINUTES
from data.region.territory import Territory
from data.siting.departures import ground_after
from data.siting.evaluation import room_with
from data.siting.ground import FAR_MINUTES, LIMIT_MINUTES, Ground, site_minutes
from data.siting.instances import build_model
from data.siting.most_room import most_seats, room_of_choices
from data.siting.site_parts import SiteParts, by_reach, parts_within
from data.uploads.site import Site
from geo.errors import InvalidInputError
from geo.siting import (
    CapacitatedCovering,
    Judged,
    Mclp,
    SitingModel,
    SitingProblem,
    Solution,
    price_of_differences,
)

Floats = npt.NDArray[np.float64]

EXISTING = ("structures", "gps", "none")
WEIGHTS = ("people", "need")
ROOM, CAPACITATED = Judged.key, CapacitatedCovering.key
OF_PLACES = frozenset({ROOM, CAPACITATED})
"""Models that look for places with a GP: only people without room count, at its minutes."""
WITHOUT_ROOM = "without_room"
TIME_LIMIT_SECONDS = 60.0
START_SECONDS = 10.0
"""Time given to the search of seats that the search of room begins with."""
STEP_BY_STEP = "un site après l’autre"
"""The greedy choice, as planners are told of it: the best site, then the best one beside it…"""


@dataclass(frozen=True, eq=False)
class BestSites:
    """The best choice and what other choices lose on it.

    Attributes
    ----------
    chosen
        Row numbers of the chosen sites, ascending.
    solution
        Objective, bound, gap, status ("optimal", "time_limit").
    greedy
        Row numbers of the greedy choice.
    choices
        One row per choice ("optimum", `STEP_BY_STEP`, "votre choix"): choice, sites (names),
        criterion, objective, lost, lost_share.
    differences
        Price of each difference, see `geo.siting.price_of_differences`, sites by name.
    unreachable
        People whom neither a candidate nor what exists can bring under the threshold (set covering
        leaves them out); none of a search of room, where seats are left from one to another.
    unit
        Unit of the weights, in French.
    gained, remaining
        Inhabitants brought under the threshold by the sites chosen, that what stays open did not
        serve; inhabitants who stay beyond it.
    room
        What the sites chosen give once open, by `data.siting.evaluation.ROOM`: the figures of
        `evaluate_sites` for these sites together.
    simulated
        Keys of the simulated tables that the choice rests on.
    room_simulated
        Whether `room` rests on simulated GPs.
    """

    chosen: tuple[int, ...]
    solution: Solution
    greedy: tuple[int, ...]
    choices: pd.DataFrame
    differences: pd.DataFrame
    unreachable: float
    unit: str
    gained: float
    remaining: float
    room: Mapping[str, float]
    simulated: frozenset[str] = frozenset()
    room_simulated: bool = False


def best_sites(
    territory: Territory,
    sites: Sequence[Site],
    *,
    model: str,
    k: int | None = None,
    threshold: float = HUBERT_MINUTES,
    weights: str = "people",
    existing: str = "structures",
    prices: Sequence[float] | None = None,
    budget: float | None = None,
    own: Sequence[int] | None = None,
    departures: Mapping[str, int] | None = None,
    time_limit: float | None = TIME_LIMIT_SECONDS,
) -> BestSites:
    """Choose the best of candidate sites.

    Parameters
    ----------
    territory, sites
        The region; the candidates.
    model
        "room" (people without room at 20 minutes who find some, nearest first, as
        `evaluate_sites` counts them), "capacitated" (seats that people without room reach, if none
        but them took any: proven however many the sites; for both, the choice without limit of
        seats is told beside), "mclp", "pmedian", "lscp", "pcenter" or "equity" (worst-off first).
    k
        New sites to open, what exists not counted; None for `lscp` or with a budget alone.
    threshold
        Minutes, inclusive; those of room where places are sought (`OF_PLACES`).
    weights
        "people" (inhabitants) or "need" (consultations missing to reach an APL of 4).
    existing
        What stays open: "structures" (MSPs, centres, labelled), "gps" (communes with a GP) or
        "none". No matter where places are sought: who has one already is not counted.
    prices, budget
        Cost of each site and sum allowed, same unit.
    own
        Row numbers of the user's own choice, to compare.
    departures
        INSEE code to number of GPs supposed to leave before: neither the communes that have a GP
        nor the consultations missing are then those of today.
    time_limit
        Seconds; past it, the best found and its bound.

    Raises
    ------
    InvalidInputError
        No site, an unknown option, or more sites asked than given.
    UnsolvedError
        No choice respects the constraints.
    """
    _refuse_what_cannot_be(
        sites, model=model, k=k, weights=weights, existing=existing, budget=budget
    )
    ground = ground_after(territory, departures or {})
    if model in OF_PLACES:
        threshold = _minutes_of_room(ground)
    demand = _demand(
        territory,
        ground,
        sites,
        model=model,
        threshold=threshold,
        weights=weights,
        existing=existing,
    )
    reachable = demand.reachable(threshold)
    if model == "lscp" and prices is None:
        prices = [1.0] * len(sites)  # what exists costs nothing: only new sites are counted
    counted = (demand.people > 0) | (demand.people.sum() == 0)
    problem = _problem(demand, counted & (reachable | (model != "lscp")), prices)
    # The best, then what other choices lose on it.
    if model == ROOM:
        chooser: SitingModel = _most_room(territory, ground, sites, problem, k or 1)
    else:
        chooser = _chooser(sites, model=model, k=k, threshold=threshold, budget=budget)
    solution = chooser.solve(problem, time_limit)
    others = _other_choices(chooser, problem, own, time_limit)
    # By name, and what it does for people.
    names = [*(site.name for site in sites), "existant"]
    differences = price_of_differences(chooser, problem, solution, others)
    chosen = _new(solution, len(sites))
    within = (demand.minutes[:, list(chosen)] <= threshold).any(axis=1)
    beyond_today = demand.today > threshold
    return BestSites(
        chosen=chosen,
        solution=solution,
        greedy=_new(others[STEP_BY_STEP], len(sites)),
        choices=_choices({"optimum": solution, **others}, names, differences),
        differences=_named(differences, names),
        unreachable=0.0 if model in OF_PLACES else float(demand.everybody[~reachable].sum()),
        unit=demand.unit,
        gained=float(demand.everybody[within & beyond_today].sum()),
        remaining=float(demand.everybody[~within & beyond_today].sum()),
        room=_room(territory, ground, sites, chosen),
        simulated=_read(model, weights, existing) & territory.simulated_tables,
        room_simulated="gps" in territory.simulated_tables,
    )


def _refuse_what_cannot_be(
    sites: Sequence[Site],
    *,
    model: str,
    k: int | None,
    weights: str,
    existing: str,
    budget: float | None,
) -> None:
    """Refuse a search before anything is computed; the parameters are those of `best_sites`.

    Raises
    ------
    InvalidInputError
        No site, an unknown option, or more sites asked than given.
    """
    if not sites or (k is not None and not 1 <= k <= len(sites)):
        raise InvalidInputError(
            f"Le nombre de sites à retenir doit être compris entre 1 et {len(sites)}, nombre des "
            "sites compris dans le fichier."
        )
    if existing not in EXISTING or weights not in WEIGHTS:
        raise InvalidInputError(
            f"Options admises : existant {', '.join(EXISTING)} ; poids {', '.join(WEIGHTS)}."
        )
    if model in OF_PLACES and (budget is not None or k is None):
        raise InvalidInputError("La recherche de places demande un nombre de sites, sans budget.")


def _minutes_of_room(ground: Ground) -> float:
    """Return the longest trip to a place, the same on every screen, where places can be sought.

    Raises
    ------
    InvalidInputError
        The GPs of the region are not known.
    """
    if not ground.gps_known:
        raise InvalidInputError(
            "Sans effectif de médecins généralistes, on ne sait pas qui est sans place : "
            "importez-le, ou cherchez autre chose que des places."
        )
    return HUBERT_MINUTES


@dataclass(frozen=True, eq=False)
class _Demand:
    """Who must be served, and how far they are: communes, or parts of communes alike.

    Attributes
    ----------
    minutes, today
        To each candidate, shape (n, sites), and to what exists, shape (n,).
    people
        Weight of each, in `unit`.
    everybody
        Inhabitants of each, whatever their weight.
    unit
        Of the weights, in French.
    """

    minutes: Floats
    today: Floats
    people: Floats
    everybody: Floats
    unit: str

    def reachable(self, threshold: float) -> npt.NDArray[np.bool_]:
        """Tell who may be brought within the threshold, by a candidate or by what exists."""
        served: npt.NDArray[np.bool_] = (
            np.minimum(self.minutes.min(axis=1), self.today) <= threshold
        )
        return served


def _demand(
    territory: Territory,
    ground: Ground,
    sites: Sequence[Site],
    *,
    model: str,
    threshold: float,
    weights: str,
    existing: str,
) -> _Demand:
    """Return who must be served by some sites; the parameters are those of `best_sites`."""
    far = model in {"pmedian", "pcenter", "equity"}
    reach = FAR_MINUTES if far else max(threshold, LIMIT_MINUTES)
    minutes = site_minutes(territory, sites, reach)[0][: ground.count]
    seats = model in OF_PLACES
    today = _existing_minutes(ground, "none" if seats else existing)
    everybody = ground.people
    people, unit = _weights(ground, WITHOUT_ROOM if seats else weights)
    if seats and ground.parts is not None:
        near = parts_within(territory, ground.parts, sites, threshold)
        minutes, today, people, everybody = _in_parts(ground, near, today <= threshold)
    if far:
        minutes, today = np.minimum(minutes, FAR_MINUTES), np.minimum(today, FAR_MINUTES)
    return _Demand(minutes, today, people, everybody, unit)


def _problem(
    demand: _Demand, kept: npt.NDArray[np.bool_], prices: Sequence[float] | None
) -> SitingProblem:
    """Return the problem of those kept; what exists is one more candidate, the last, fixed, free.

    It is at the minutes of its nearest structure.
    """
    minutes = np.column_stack([demand.minutes, demand.today])[kept]
    existing = np.array([demand.minutes.shape[1]])
    costs = None if prices is None else np.append(np.asarray(prices, dtype=np.float64), 0.0)
    return SitingProblem(minutes, demand.people[kept], existing, costs)


def _chooser(
    sites: Sequence[Site], *, model: str, k: int | None, threshold: float, budget: float | None
) -> SitingModel:
    """Return what chooses `k` sites beside what exists; parameters as in `best_sites`."""
    opened = None if k is None else k + 1
    if model == CAPACITATED:
        return _seats_in_reach(sites, opened or 1)
    return build_model(model, k=opened, threshold=threshold, budget=budget)


def _other_choices(
    chooser: SitingModel,
    problem: SitingProblem,
    own: Sequence[int] | None,
    time_limit: float | None,
) -> dict[str, Solution]:
    """Return what is told beside the best: the name of each choice, as planners read it, first."""
    others = {STEP_BY_STEP: chooser.greedy(problem)}
    if isinstance(chooser, CapacitatedCovering | Judged):
        widest = Mclp(threshold=HUBERT_MINUTES, k=chooser.k).solve(problem, time_limit)
        others["sans limite de places"] = chooser.judge(problem, widest.chosen)
    if own is not None:
        others["votre choix"] = chooser.judge(problem, [*own, *problem.fixed])
    return others


def _named(differences: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """Return the prices of differences with the names of the sites."""
    told = {
        column: [", ".join(names[site] for site in row) for row in differences[column]]
        for column in ("only_here", "only_best")
    }
    return differences.assign(**told)


def best_of(
    left_out: Collection[int], territory: Territory, sites: Sequence[Site], **asked: Any
) -> BestSites:
    """Choose among the candidates that are not left out; rows are those of all candidates.

    Parameters
    ----------
    left_out
        Row numbers of the sites that may not be chosen (advised against, for instance).
    territory, sites, asked
        As `best_sites` takes them; fewer sites are opened when fewer are left.

    Raises
    ------
    InvalidInputError
        No site is left; and as `best_sites`.
    """
    rows = [row for row in range(len(sites)) if row not in left_out]
    if len(rows) == len(sites):
        return best_sites(territory, sites, **asked)
    if not rows:
        raise InvalidInputError(
            "Tous les sites sont déconseillés : complétez leurs équipes, ou autorisez la recherche "
            "à les retenir."
        )
    for key in ("own", "prices"):
        if asked.get(key) is not None:
            given = asked[key]
            asked[key] = (
                [rows.index(row) for row in given if row in rows] or None
                if key == "own"
                else [given[row] for row in rows]
            )
    if asked.get("k") is not None:
        asked["k"] = min(asked["k"], len(rows))
    found = best_sites(territory, [sites[row] for row in rows], **asked)

    def renamed(choice: str) -> str:
        whole, mark, row = choice.rpartition(" − ")
        return f"{whole}{mark}{rows[int(row)]}" if mark else choice

    differences = found.differences.assign(choice=found.differences["choice"].map(renamed))
    return replace(
        found,
        chosen=tuple(rows[row] for row in found.chosen),
        greedy=tuple(rows[row] for row in found.greedy),
        differences=differences,
    )


def _read(model: str, weights: str, existing: str) -> frozenset[str]:
    """Return the keys of the tables that a search reads, beside people and roads."""
    if model in OF_PLACES:
        return frozenset(["gps"])
    counts = existing == "gps" or weights == "need"
    return frozenset(["gps"] * counts + ["structures"] * (existing == "structures"))


def _seats_in_reach(sites: Sequence[Site], k: int) -> CapacitatedCovering:
    """Return the model of seats in reach, with what exists as one more site, which has none."""
    seats = np.append(most_seats(sites), 0.0)
    return CapacitatedCovering(threshold=HUBERT_MINUTES, seats=seats, k=k)


def _most_room(
    territory: Territory, ground: Ground, sites: Sequence[Site], problem: SitingProblem, k: int
) -> Judged:
    """Return the model of those who find room with `k` new sites, begun from seats in reach."""
    gained, without = room_of_choices(territory, ground, sites)
    reached = _seats_in_reach(sites, k + 1)
    return Judged(
        gained=lambda rows: gained([row for row in rows if row < len(sites)]),
        most=reached.seats,
        k=k + 1,
        ceiling=without,
        start=reached.solve(problem, START_SECONDS).chosen,
    )


def _room(
    territory: Territory, ground: Ground, sites: Sequence[Site], chosen: Sequence[int]
) -> dict[str, float]:
    """Return what the sites chosen give once open, people being as finely parted as for all."""
    parts = ground.parts_with(territory, sites)
    return room_with(
        ground,
        [sites[row] for row in chosen],
        site_minutes(territory, sites, LIMIT_MINUTES)[0][:, list(chosen)],
        parts and parts.only(*chosen),
    )


def _new(solution: Solution, existing: int) -> tuple[int, ...]:
    return tuple(site for site in solution.chosen if site != existing)


def _existing_minutes(ground: Ground, existing: str) -> Floats:
    if existing == "structures":
        return ground.structure_minutes
    if existing == "gps":
        return ground.minutes_today()
    return np.full(ground.count, np.inf)


def _in_parts(
    ground: Ground, near: SiteParts, served: npt.NDArray[np.bool_]
) -> tuple[Floats, Floats, Floats, Floats]:
    """Return minutes to sites, to what exists, people without room and all people, by what is near.

    Parts of communes with the same sites within the threshold, and within it or not of what
    exists, are one row: 0 minutes where they are within it, inf elsewhere. What exists is at the
    minutes of the commune's point.
    """
    parts = near.parts
    inside = parts.owner < ground.count
    reached = near.reached(ground.gps.size)[inside]
    without = ground.parts_without_room(ground.gps, near)[inside]
    costs, (left, everybody) = by_reach(
        np.column_stack([reached, served[parts.owner[inside]]]), without, parts.people[inside]
    )
    return costs[:, :-1], costs[:, -1], left, everybody


def _weights(ground: Ground, weights: str) -> tuple[Floats, str]:
    if weights == "people":
        return ground.people, "habitants"
    if weights == WITHOUT_ROOM:
        nowhere, nobody = np.full((ground.gps.size, 1), np.inf), np.zeros(1)
        return ground.without_room(ground.gps, nowhere, nobody), "habitants sans place"
    apl = ground.apl()
    missing = np.clip(FAIR_APL - np.nan_to_num(apl, nan=FAIR_APL), 0.0, None)
    return ground.demand[: ground.count] * missing, "consultations manquantes par an"


def _choices(
    solutions: dict[str, Solution], names: list[str], prices: pd.DataFrame
) -> pd.DataFrame:
    lost = prices.set_index("choice")
    rows = [
        {
            "choice": name,
            "sites": ", ".join(
                names[site] for site in solution.chosen if names[site] != "existant"
            ),
            "criterion": stage.criterion,
            "objective": stage.objective,
            "bound": stage.bound,
            "lost": lost["lost"].get(name, 0.0) if rank == 0 else np.nan,
            "lost_share": lost["lost_share"].get(name, 0.0) if rank == 0 else np.nan,
        }
        for name, solution in solutions.items()
        for rank, stage in enumerate(solution.stages)
    ]
    return pd.DataFrame(rows)
