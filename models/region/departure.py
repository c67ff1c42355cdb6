"""What the departure of a GP does to minutes, APL, load and risk around ("Et si… partait ?")."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from data.access import inputs as access_inputs
from data.access.anchoring import anchored
from data.access.indicators import commune_indicators
from data.access.room import room_tables
from data.access.room_tables import RoomTables
from data.base.french import number
from data.region.rules import HUBERT_MINUTES, ROOM_PEOPLE_A_GP
from data.region.territory import Territory
from geo import access as ga
from geo.errors import InvalidInputError
from geo.room import fairest, nearest_first
from models.learning import artefact, features, neighbourhood
from models.learning.hazard import LastGpHazard, end_of
from models.learning.panel import xy_km
from models.learning.signals import DEFAULT_HORIZON
from models.region.predict import inputs_of

SNOWBALL_KM = 20.0
"""Communes whose risk is followed; the surroundings that count for them reach twice as far."""

SURROUNDINGS_KM = 46.0
SETTLED = 1e-4
MOST_ROUNDS = 10

ASSUMPTIONS = (
    (
        f"Place à 20 minutes : {number(ROOM_PEOPLE_A_GP)} habitants par médecin au plus, des deux "
        "côtés de la limite régionale ; « au mieux » : le partage le plus juste possible ; "
        "« au plus proche » : le plus près passe d’abord."
    ),
    "Les médecins qui partent ne sont pas remplacés, les autres ne changent rien à leur activité.",
    (
        "Les patients se répartissent entre les médecins à moins de 20 minutes en proportion de "
        "l’offre pondérée par le temps de trajet (poids de l’APL) ; ceux qui n’en ont plus aucun "
        "restent sans médecin."
    ),
    (
        "Boule de neige : à chaque tour, le risque des communes à moins de 20 km (à vol d’oiseau) "
        "est recalculé avec les médecins attendus ; la hausse du risque d’une commune retire "
        "d’autant à ses médecins attendus, une baisse n’en ajoute pas. On s’arrête quand plus rien "
        "ne bouge."
    ),
    (
        "Le modèle a appris des associations, non des causes : la boule de neige est un ordre de "
        "grandeur, pas une prévision."
    ),
)

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class RoomLost:
    """Inhabitants of the region who no longer find room within 20 minutes.

    Attributes
    ----------
    per_gp
        Inhabitants that a GP takes: an assumption.
    fair, nearest
        How many more: if places are shared as fairly as can be, if the nearer goes first.
    communes
        code, name, people (more without room, nearest first), the most first.
    """

    per_gp: float
    fair: float
    nearest: float
    communes: pd.DataFrame


@dataclass(frozen=True)
class Departure:
    """What changes when GPs of a commune leave.

    Attributes
    ----------
    code, name
        The commune.
    gps_before, gps_after
        Its GPs.
    minutes_before, minutes_after
        From the commune to its nearest GP; inf when none is within reach.
    people_beyond_20
        Inhabitants of the region pushed beyond 20 minutes.
    people_left
        Patients with no GP within 20 minutes any more.
    room
        Who no longer finds room.
    apl_before, apl_after
        Of the commune, computed here (consultations a year and standardised inhabitant).
    communes
        Those whose minutes or APL change: code, name, population, minutes_before, minutes_after,
        beyond_20 (newly), apl_before, apl_after; the largest loss of APL first.
    neighbours
        Communes that take patients over or whose risk moves: code, name, gps, extra_patients,
        extra_patients_per_gp, probability_before, probability_after (NaN: no GP or outside the
        region's counts); the largest load first.
    rounds
        Expected further GPs lost around after each round of the snowball.
    horizon
        Years, of the probabilities.
    assumptions
        French sentences to print beside the figures.
    """

    code: str
    name: str
    gps_before: float
    gps_after: float
    minutes_before: float
    minutes_after: float
    people_beyond_20: float
    people_left: float
    room: RoomLost
    apl_before: float
    apl_after: float
    communes: pd.DataFrame
    neighbours: pd.DataFrame
    rounds: tuple[float, ...]
    horizon: int
    assumptions: tuple[str, ...] = ASSUMPTIONS


@dataclass(frozen=True, eq=False)
class _Access:
    """State before any departure; pairs sorted by origin."""

    codes: npt.NDArray[np.object_]
    names: npt.NDArray[np.object_]
    inside: npt.NDArray[np.bool_]
    row_of: dict[str, int]
    population: Array
    gps: Array
    start: npt.NDArray[np.int64]
    destination: npt.NDArray[np.int64]
    minutes: Array
    weight: Array
    ratio: Array
    per_gp: Array
    apl: Array
    published: Array
    to: dict[int, npt.NDArray[np.int64]]

    def of(self, origin: int) -> slice:
        """Return where the pairs of an origin lie."""
        return slice(int(self.start[origin]), int(self.start[origin + 1]))


@lru_cache(maxsize=2)
def _access(territory: Territory) -> _Access:
    places = access_inputs.places(territory)
    pairs = access_inputs.gp_pairs(territory)
    demand, _ = access_inputs.standardised_population(territory, places)
    supply = access_inputs.supplied_acts(places)
    order = np.argsort(pairs["origin"].to_numpy(), kind="stable")
    origin = pairs["origin"].to_numpy(np.int64)[order]
    destination = pairs["destination"].to_numpy(np.int64)[order]
    minutes = pairs["minutes"].to_numpy(np.float64)[order]
    weight = access_inputs.apl_weight(minutes)
    size = len(places)
    charge = np.bincount(
        destination, weights=weight * np.nan_to_num(demand)[origin], minlength=size
    )
    ratio = np.divide(supply, charge, out=np.zeros(size), where=charge > 0)
    gps = places["gps"].fillna(0.0).to_numpy()
    by_site = np.argsort(destination, kind="stable")
    ends = np.searchsorted(destination[by_site], np.arange(size + 1))
    sites = np.flatnonzero(gps > 0)
    rows_of_pairs = {int(s): by_site[ends[s] : ends[s + 1]] for s in sites}
    return _Access(
        codes=places["code"].to_numpy(object),
        names=places["name"].to_numpy(object),
        inside=places["inside"].to_numpy(bool),
        row_of={code: row for row, code in enumerate(places["code"])},
        population=np.nan_to_num(places["population"].to_numpy(np.float64)),
        gps=gps,
        start=np.searchsorted(origin, np.arange(size + 1)),
        destination=destination,
        minutes=minutes,
        weight=weight,
        ratio=ratio,
        per_gp=np.divide(ratio, gps, out=np.zeros(size), where=gps > 0),
        apl=ga.floating_catchment(origin, destination, weight, demand, supply),
        published=places["code"].map(_published(territory)).to_numpy(np.float64),
        to={site: origin[rows] for site, rows in rows_of_pairs.items()},
    )


def _published(territory: Territory) -> pd.Series:
    known = commune_indicators(territory).set_index("code")["apl_published"]
    return known.astype(float)


def departure(
    territory: Territory, code: str, leaving: int | None = None, horizon: int = DEFAULT_HORIZON
) -> Departure:
    """Remove GPs of a commune (all of them when `leaving` is None) and measure what follows.

    Raises
    ------
    InvalidInputError
        When the commune is unknown, has no GP, or fewer than would leave.
    """
    state = _access(territory)
    site = _site(state, code, leaving)
    gone = state.gps[site] if leaving is None else float(leaving)
    after_ratio = state.ratio.copy()
    after_ratio[site] -= gone * state.per_gp[site]
    after_gps = state.gps.copy()
    after_gps[site] -= gone
    around, extra, left = _reassigned(state, site, after_ratio, after_gps)
    rounds, risk = _snowball(territory, state, site, gone, horizon)
    here = around[around["row"] == site].iloc[0]
    counted = around[state.inside[around["row"].to_numpy()]]
    beyond = counted.loc[counted["beyond_20"], "population"].sum()
    return Departure(
        code=code,
        name=str(state.names[site]),
        gps_before=float(state.gps[site]),
        gps_after=float(after_gps[site]),
        minutes_before=float(here["minutes_before"]),
        minutes_after=float(here["minutes_after"]),
        people_beyond_20=float(beyond),
        people_left=left,
        room=_room_lost(territory, code, gone),
        apl_before=float(here["apl_before"]),
        apl_after=float(here["apl_after"]),
        communes=counted.drop(columns="row").sort_values(
            "apl_after", key=lambda after: after - counted["apl_before"], ignore_index=True
        ),
        neighbours=_neighbours(state, extra, risk),
        rounds=rounds,
        horizon=horizon,
    )


@dataclass(frozen=True, eq=False)
class _Room:
    """Who finds room before any departure."""

    tables: RoomTables
    inside: npt.NDArray[np.bool_]
    fair: Array
    nearest: Array


def _without_room(tables: RoomTables, gps: Array) -> tuple[Array, Array]:
    """Return the inhabitants without room of each place: fairest sharing, nearest first."""
    people = tables.people
    fair = fairest(tables.reach, people, gps).without_room(people, ROOM_PEOPLE_A_GP)
    return fair, nearest_first(tables.reach, people, gps, ROOM_PEOPLE_A_GP).without_room


@lru_cache(maxsize=2)
def _room(territory: Territory) -> _Room:
    tables = room_tables(territory, HUBERT_MINUTES)
    return _Room(tables, tables.places["inside"].to_numpy(bool), *_without_room(tables, tables.gps))


def _room_lost(territory: Territory, code: str, gone: float) -> RoomLost:
    """Return who of the region no longer finds room when GPs of a commune leave."""
    before = _room(territory)
    gps = before.tables.gps.copy()
    gps[(before.tables.sites["id"] == code).to_numpy()] -= gone
    fair, nearest = _without_room(before.tables, np.maximum(gps, 0.0))
    places = before.tables.places
    more = pd.DataFrame(
        {"code": places["id"], "name": places["name"], "people": nearest - before.nearest}
    )[before.inside]
    worse = more[more["people"] >= 1].sort_values(
        ["people", "code"], ascending=[False, True], ignore_index=True
    )
    return RoomLost(
        per_gp=float(ROOM_PEOPLE_A_GP),
        fair=float((fair - before.fair)[before.inside].sum()),
        nearest=float(more["people"].sum()),
        communes=worse,
    )


def _site(state: _Access, code: str, leaving: int | None) -> int:
    site = state.row_of.get(code)
    if site is None:
        raise InvalidInputError(f"La commune {code} n’est pas dans la région affichée.")
    here = float(state.gps[site])
    if here <= 0:
        raise InvalidInputError(f"La commune {code} n’a pas de médecin connu.")
    if leaving is not None and not 1 <= leaving <= here:
        raise InvalidInputError(
            f"La commune {code} a {here:g} médecin(s) : il ne peut pas en partir {leaving}."
        )
    return site


def _reassigned(
    state: _Access, site: int, after_ratio: Array, after_gps: Array
) -> tuple[pd.DataFrame, Array, float]:
    """Return the communes that change, the extra patients of each site, and who is left."""
    extra, left = np.zeros(len(state.gps)), 0.0
    rows = []
    lost_ratio = state.ratio[site] - after_ratio[site]
    for origin in state.to[site]:
        pairs = state.of(int(origin))
        to, minutes, weight = state.destination[pairs], state.minutes[pairs], state.weight[pairs]
        own = float(weight[to == site][0])
        before = minutes[state.gps[to] > 0].min(initial=np.inf)
        after = minutes[after_gps[to] > 0].min(initial=np.inf)
        if own == 0 and before == after:
            continue
        apl = float(state.apl[origin])
        served = float((weight * state.ratio[to]).sum())
        moving = state.population[origin] * own * lost_ratio / served if served > 0 else 0.0
        remaining = weight * after_ratio[to]
        if remaining.sum() > 0:
            np.add.at(extra, to, moving * remaining / remaining.sum())
        else:
            left += moving
        rows.append(
            {
                "row": int(origin),
                "code": state.codes[origin],
                "name": state.names[origin],
                "population": state.population[origin],
                "minutes_before": before,
                "minutes_after": after,
                "beyond_20": before <= HUBERT_MINUTES < after,
                "apl_before": apl,
                "apl_after": apl - own * lost_ratio,
            }
        )
    return _anchored(state, pd.DataFrame(rows)), extra, left


def _anchored(state: _Access, around: pd.DataFrame) -> pd.DataFrame:
    """Start from the published APL where there is one; only the change is computed."""
    published = state.published[around["row"].to_numpy()]
    before, after = (around[f"apl_{when}"].to_numpy(float) for when in ("before", "after"))
    return around.assign(
        apl_before=anchored(published, before, before),
        apl_after=anchored(published, before, after),
    )


def _neighbours(state: _Access, extra: Array, risk: pd.DataFrame) -> pd.DataFrame:
    """Return load and risk side by side, for communes that keep a GP."""
    rows = np.flatnonzero(extra > 0)
    load = pd.DataFrame({"code": state.codes[rows], "extra_patients": extra[rows]})
    table = load.merge(risk, on="code", how="outer")
    at = table["code"].map(state.row_of).to_numpy(np.int64)
    table["name"] = state.names[at]
    table["gps"] = state.gps[at]
    table["extra_patients"] = table["extra_patients"].fillna(0.0)
    table["extra_patients_per_gp"] = table["extra_patients"] / table["gps"]
    columns = ["code", "name", "gps", "extra_patients", "extra_patients_per_gp"]
    columns += ["probability_before", "probability_after"]
    return table.sort_values(
        ["extra_patients", "code"], ascending=[False, True], ignore_index=True
    )[columns]


@dataclass(frozen=True, eq=False)
class _Risk:
    """Predictors of all communes with a GP, and what their surroundings are made of."""

    model: LastGpHazard
    counted: float
    table: pd.DataFrame
    place: pd.DataFrame
    counts: list[Array]
    gaps: list[int]
    xy: Array


@lru_cache(maxsize=2)
def _risk(territory: Territory) -> _Risk:
    inputs, year = inputs_of(territory)
    known = inputs.known_at(year)
    place = features.grid(known)
    counts, gaps = features.counts_of(known.panel.loc[place.index])
    return _Risk(
        model=artefact.shipped().model,
        counted=end_of(year),
        table=features.compute(inputs, year),
        place=place,
        counts=counts,
        gaps=gaps,
        xy=xy_km(place["lon"], place["lat"]),
    )


def _snowball(
    territory: Territory, state: _Access, site: int, gone: float, horizon: int
) -> tuple[tuple[float, ...], pd.DataFrame]:
    """Follow the risk around, round after round, until it settles."""
    risk = _risk(territory)
    code = str(state.codes[site])
    if code not in risk.place.index:
        return (), pd.DataFrame(columns=["code", "probability_before", "probability_after"])
    centre = int(risk.place.index.get_indexer(pd.Index([code]))[0])
    km = np.hypot(*(risk.xy - risk.xy[centre]).T)
    near = np.flatnonzero(km <= SURROUNDINGS_KM)
    place = risk.place.iloc[near]
    around = neighbourhood.build(place["lon"], place["lat"])
    counts = [vintage[near] for vintage in risk.counts]
    standing = pd.DataFrame(
        features.surroundings(place, around, counts, risk.gaps), index=place.index
    )
    expected = np.nan_to_num(counts[0])
    here = int(place.index.get_indexer(pd.Index([code]))[0])
    expected[here] = max(expected[here] - gone, 0.0)
    followed = place.index[(km[near] <= SNOWBALL_KM) & (expected > 0)]
    followed = followed.intersection(risk.table.index)
    before = risk.table.loc[followed]
    base = before.copy()
    if code in base.index:
        base = _with_own_count(base, code, place, ([expected, *counts[1:]], risk.gaps))
    first = risk.model.probability(before, risk.counted, horizon)
    at = place.index.get_indexer(followed)
    held, rounds, last = expected[at].copy(), [], first
    for _ in range(MOST_ROUNDS):
        moved = pd.DataFrame(
            features.surroundings(place, around, [expected, *counts[1:]], risk.gaps),
            index=place.index,
        )
        now = base.copy()
        columns = list(moved.columns)
        now[columns] = base[columns] + (moved - standing).loc[followed].fillna(0.0)
        probability = risk.model.probability(now, risk.counted, horizon)
        rise = np.maximum(probability - first, 0.0)
        expected = expected.copy()
        expected[at] = held * (1 - rise)
        rounds.append(float((held * rise).sum()))
        if np.abs(probability - last).max(initial=0.0) < SETTLED:
            break
        last = probability
    table = pd.DataFrame({"code": followed, "probability_before": first, "probability_after": last})
    return tuple(rounds), table


def _with_own_count(
    table: pd.DataFrame, code: str, place: pd.DataFrame, history: tuple[list[Array], list[int]]
) -> pd.DataFrame:
    """Give the commune that loses some of its GPs the predictors of its new count."""
    row = int(place.index.get_indexer(pd.Index([code]))[0])
    here = place.iloc[[row]]
    counts, gaps = history
    own = features.gp_history([vintage[[row]] for vintage in counts], gaps)
    own |= features.population_and_role(here, counts[0][[row]])
    changed = table.copy()
    for name, value in own.items():
        changed.loc[code, name] = value[0]
    return changed
