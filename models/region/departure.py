"""What the departure of a GP does to minutes, APL, load and risk around ("Et si… partait ?")."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from data.access import inputs as access_inputs
from data.access.inputs import ACTS_PER_GP
from data.access.room import room_tables
from data.access.room_tables import RoomTables
from data.base.french import counted, number
from data.region.rules import HUBERT_MINUTES, ROOM_PEOPLE_A_GP
from data.region.territory import Territory
from data.siting.departures import Departures, departures_of
from data.siting.ground import Ground, ground_of
from geo.errors import InvalidInputError
from geo.room import fairest
from models.learning.hazard import end_of
from models.learning.nowcast import feeds
from models.learning.register import GONE, states
from models.learning.signals import DEFAULT_HORIZON
from models.region.predict import count_years, register_of
from models.region.snowball import snowball

AROUND = (
    "code",
    "name",
    "population",
    "minutes_before",
    "minutes_after",
    "beyond_20",
    "apl_before",
    "apl_after",
)
"""Columns of `Departure.communes`."""

SMALLEST_APL = 1e-9
"""Changes of the APL under this are those of rounding."""

ASSUMPTIONS = (
    (
        f"Place à 20 minutes : {number(ROOM_PEOPLE_A_GP)} habitants par médecin au plus, des deux "
        "côtés de la limite régionale ; partage le plus équitable : le médecin le plus chargé "
        "l’est le moins possible ; "
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
    without_register
        Whether a newer register enters the risks of the list and not these: it knows nothing of
        what is supposed.
    absent
        INSEE codes of the communes where a newer register shows no GP any more.
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
    without_register: bool = False
    absent: frozenset[str] = frozenset()
    assumptions: tuple[str, ...] = ASSUMPTIONS


@dataclass(frozen=True, eq=False)
class _Patients:
    """Who goes where before any departure; pairs sorted by origin.

    Attributes
    ----------
    codes, names, people, gps
        Of each place, shape (n,).
    start
        The pairs of place i are start[i]:start[i + 1], shape (n + 1,).
    destination, weight
        Of each pair; weight in the APL.
    ratio
        Acts per weighted inhabitant of each place (supply over demand), shape (n,).
    """

    codes: npt.NDArray[np.object_]
    names: npt.NDArray[np.object_]
    people: Array
    gps: Array
    start: npt.NDArray[np.int64]
    destination: npt.NDArray[np.int64]
    weight: Array
    ratio: Array

    def of(self, origin: int) -> slice:
        """Return where the pairs of an origin lie."""
        return slice(int(self.start[origin]), int(self.start[origin + 1]))


@lru_cache(maxsize=2)
def _patients(territory: Territory) -> _Patients:
    places, ground = access_inputs.places(territory), ground_of(territory)
    order = np.argsort(ground.origin, kind="stable")
    origin, destination = ground.origin[order], ground.destination[order]
    weight, size = ground.weight[order], len(places)
    load = weight * np.nan_to_num(ground.demand)[origin]
    charge = np.bincount(destination, weights=load, minlength=size)
    supply = ACTS_PER_GP * ground.gps
    return _Patients(
        codes=places["code"].to_numpy(object),
        names=places["name"].to_numpy(object),
        people=ground.inhabitants,
        gps=ground.gps,
        start=np.searchsorted(origin, np.arange(size + 1)),
        destination=destination,
        weight=weight,
        ratio=np.divide(supply, charge, out=np.zeros(size), where=charge > 0),
    )


def departure(
    territory: Territory, code: str, leaving: int | None = None, horizon: int = DEFAULT_HORIZON
) -> Departure:
    """Remove GPs of a commune (all of them when `leaving` is None) and measure what follows.

    Raises
    ------
    InvalidInputError
        When the commune is unknown, has no GP, or fewer than would leave.
    """
    today = ground_of(territory)
    site = _site(today, code, leaving)
    count = int(np.ceil(today.gps[site])) if leaving is None else leaving
    gone = departures_of(territory, {code: count})
    if gone is None:  # never: one GP leaves at least
        raise InvalidInputError("Aucun départ n’est demandé.")
    state = _patients(territory)
    left = float(gone.leaving["leaving"].iloc[0])
    extra, alone = _reassigned(state, site, left)
    rounds, risk = snowball(territory, code, left, horizon)
    around = _around(today, gone)
    here = around.to_dict("records")[site]
    changed = (around["minutes_before"] != around["minutes_after"]) | (
        (around["apl_before"] - around["apl_after"]).abs() > SMALLEST_APL
    )
    worst = (around["apl_after"] - around["apl_before"])[changed].sort_values(kind="stable").index
    return Departure(
        code=code,
        name=str(here["name"]),
        gps_before=float(today.gps[site]),
        gps_after=float(gone.ground.gps[site]),
        minutes_before=float(here["minutes_before"]),
        minutes_after=float(here["minutes_after"]),
        people_beyond_20=gone.pushed_beyond_20,
        people_left=alone,
        room=_room_lost(territory, code, gone),
        apl_before=float(here["apl_before"]),
        apl_after=float(here["apl_after"]),
        communes=around.loc[worst].reset_index(drop=True),
        neighbours=_neighbours(territory, state, extra, risk),
        rounds=rounds,
        horizon=horizon,
        without_register=_register_enters(territory, code, horizon),
        absent=_absent(territory),
    )


def _absent(territory: Territory) -> frozenset[str]:
    """Return the communes with GPs where a newer register shows none any more."""
    register, years = register_of(territory), count_years(territory)
    staffed = territory.gps[territory.gps["gps"] > 0]
    gone: set[str] = set()
    for year, counted_then in staffed.groupby(staffed["code"].map(years)):
        codes = pd.Index(counted_then["code"])
        gone |= set(codes[states(register, codes, end_of(year), counted_then["gps"]) == GONE])
    return frozenset(gone)


def _register_enters(territory: Territory, code: str, horizon: int) -> bool:
    """Tell whether a newer register enters the risk of a commune at a horizon."""
    return feeds(register_of(territory), end_of(int(count_years(territory)[code])), horizon)


def _site(today: Ground, code: str, leaving: int | None) -> int:
    site = today.rows.get(code)
    if site is None or site >= today.count:
        raise InvalidInputError(f"La commune {code} n’est pas dans la région affichée.")
    here = float(today.gps[site])
    if here <= 0:
        raise InvalidInputError(f"La commune {code} n’a pas de médecin connu.")
    if leaving is not None and not 1 <= leaving <= here:
        raise InvalidInputError(
            f"La commune {code} a {counted(here, 'médecin', 'médecins')} : il ne peut pas en "
            f"partir {leaving}."
        )
    return site


def _around(today: Ground, gone: Departures) -> pd.DataFrame:
    """Return minutes and APL of the communes of the region, before and after."""
    table = today.communes[["code", "name", "population"]].reset_index(drop=True)
    for when, ground in (("before", today), ("after", gone.ground)):
        minutes = ground.communes["minutes_to_nearest_gp"].to_numpy(np.float64)
        table[f"minutes_{when}"] = np.where(np.isnan(minutes), np.inf, minutes)
        table[f"apl_{when}"] = ground.apl()
    table["beyond_20"] = (table["minutes_before"] <= HUBERT_MINUTES) & (
        table["minutes_after"] > HUBERT_MINUTES
    )
    return table[list(AROUND)]


def _room_lost(territory: Territory, code: str, gone: Departures) -> RoomLost:
    """Return who of the region no longer finds room when GPs of a commune leave.

    The nearer going first is that of the departures; the fairest sharing is computed here.
    """
    before, fair = _fair(territory)
    gps = before.gps.copy()
    at = (before.sites["id"] == code).to_numpy()
    gps[at] = np.maximum(gps[at] - float(gone.leaving["leaving"].iloc[0]), 0.0)
    inside = before.places["inside"].to_numpy(bool)
    more = gone.room.assign(people=gone.room["after"] - gone.room["before"])
    worse = more[more["people"] >= 1].sort_values(
        ["people", "code"], ascending=[False, True], ignore_index=True
    )
    return RoomLost(
        per_gp=float(ROOM_PEOPLE_A_GP),
        fair=float((_fairest(before, gps) - fair)[inside].sum()),
        nearest=gone.losing_room,
        communes=worse[["code", "name", "people"]],
    )


def _fairest(tables: RoomTables, gps: Array) -> Array:
    """Return the inhabitants of each place without room in the fairest sharing."""
    people = tables.people
    return fairest(tables.reach, people, gps).without_room(people, ROOM_PEOPLE_A_GP)


@lru_cache(maxsize=2)
def _fair(territory: Territory) -> tuple[RoomTables, Array]:
    tables = room_tables(territory, HUBERT_MINUTES)
    return tables, _fairest(tables, tables.gps)


def _reassigned(state: _Patients, site: int, left: float) -> tuple[Array, float]:
    """Return the patients that each place takes over, and those whom nobody takes.

    Patients go to the GPs in reach in proportion of the weighted supply (the weights of the APL):
    those of the GPs who leave are shared again among the GPs who stay.
    """
    after = state.ratio.copy()
    after[site] *= 1 - left / state.gps[site]
    lost = state.ratio[site] - after[site]
    extra, alone = np.zeros(len(state.gps)), 0.0
    # Every place that has the site in reach sends part of its people there.
    owners = np.repeat(np.arange(len(state.gps)), np.diff(state.start))
    for origin in owners[state.destination == site]:
        pairs = state.of(int(origin))
        to, weight = state.destination[pairs], state.weight[pairs]
        own = float(weight[to == site][0])
        served = float((weight * state.ratio[to]).sum())
        moving = state.people[origin] * own * lost / served if served > 0 else 0.0
        # They go where supply remains; where none does, they are without a GP.
        remaining = weight * after[to]
        if remaining.sum() > 0:
            np.add.at(extra, to, moving * remaining / remaining.sum())
        else:
            alone += moving
    return extra, alone


def _neighbours(
    territory: Territory, state: _Patients, extra: Array, risk: pd.DataFrame
) -> pd.DataFrame:
    """Return load and risk side by side, for communes that keep a GP."""
    rows = np.flatnonzero(extra > 0)
    load = pd.DataFrame({"code": state.codes[rows], "extra_patients": extra[rows]})
    table = load.merge(risk, on="code", how="outer")
    at = table["code"].map(ground_of(territory).rows).to_numpy(np.int64)
    table["name"] = state.names[at]
    table["gps"] = state.gps[at]
    table["extra_patients"] = table["extra_patients"].fillna(0.0)
    table["extra_patients_per_gp"] = table["extra_patients"] / table["gps"]
    columns = ["code", "name", "gps", "extra_patients", "extra_patients_per_gp"]
    columns += ["probability_before", "probability_after"]
    return table.sort_values(
        ["extra_patients", "code"], ascending=[False, True], ignore_index=True
    )[columns]
