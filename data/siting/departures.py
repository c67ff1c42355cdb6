"""GPs supposed to leave, before candidate sites are judged: what access becomes without them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import pandas as pd

from data.access import inputs
from data.access.inputs import coordinates
from data.access.people import counted_within
from data.access.room import COLUMNS as ROOM_COLUMNS
from data.base.french import counted, fold, number
from data.region import privacy
from data.region.rules import APL_NOISE, HUBERT_MINUTES, ZIP_APL
from data.region.territory import Territory
from data.siting.ground import Ground, ground_of
from geo.errors import InvalidInputError
from geo.travel_time import RINGS_MINUTES

ASSUMPTION = (
    "Hypothèse : ceux qui partent ne sont pas remplacés et les autres médecins ne changent rien à "
    "leur activité."
)
TODAY, AFTERWARDS = "avant le projet", "après les départs"
"""When access is looked at, before any site opens; the first is what all titles say."""
NOT_TOLD = (
    "Ce scénario suppose des départs dans des communes où il ne resterait pas cinq généralistes : "
    "ils désigneraient quelqu’un et ne sont pas diffusés. Les chiffres n’en tiennent pas compte."
)
_MOST_LEAVING = 1_000
_KEPT = 4


@dataclass(frozen=True, eq=False)
class Departures:
    """GPs who leave, and what access becomes before any site opens.

    Attributes
    ----------
    leaving
        One row per commune, the most departures first: code, name, gps (today), leaving.
    ground
        Access once they have left. Its `communes` hold minutes, APL and what follows from them
        as they become; the E2SFCA, the name of the nearest commune with a GP and the other
        indicators of room, which nothing here shows, are missing.
    pushed_beyond_20
        Inhabitants within 20 minutes of a GP today, and no more then.
    losing
        Inhabitants whose APL falls.
    falling_under_2_5
        Inhabitants whose APL falls to 2.5 or less.
    losing_room
        Inhabitants without room at 20 minutes, nearest first, beyond those of today.
    room
        Communes whose inhabitants without room change, the worst hit first: code, name,
        population, before, after.
    """

    leaving: pd.DataFrame
    ground: Ground
    pushed_beyond_20: float
    losing: float
    falling_under_2_5: float
    losing_room: float
    room: pd.DataFrame

    @property
    def gps(self) -> int:
        """Number of GPs who leave."""
        return int(self.leaving["leaving"].sum())


@dataclass(frozen=True)
class Held:
    """A commune that GPs may leave: its name, its département, its whole GPs."""

    name: str
    departement: str
    gps: int

    @property
    def label(self) -> str:
        """Name and département, which tell namesakes apart."""
        return f"{self.name} ({self.departement})"


def gp_communes(territory: Territory) -> dict[str, Held]:
    """Return the communes of the region that have GPs, by INSEE code, in the order of names."""
    return territory.once("gp communes", lambda: _gp_communes(territory))


def _gp_communes(territory: Territory) -> dict[str, Held]:
    communes = ground_of(territory).communes
    rows = communes[communes["gps"] >= 1]
    columns = (rows[key] for key in ("code", "name", "departement", "gps"))
    held = [
        (code, Held(name, departement, int(gps)))
        for code, name, departement, gps in zip(*columns, strict=True)
    ]
    return dict(sorted(held, key=lambda one: (fold(one[1].name), one[0])))


def departures_of(territory: Territory, leaving: Mapping[str, int]) -> Departures | None:
    """Return what access becomes when GPs leave; None when nobody does.

    A commune that has fewer GPs than would leave loses them all: the data may have changed since
    the scenario was made.

    Parameters
    ----------
    territory
        The region.
    leaving
        INSEE code to number of GPs who leave.

    Raises
    ------
    InvalidInputError
        A commune is not of the region or its fringe, or a number is out of range.
    """
    asked = tuple(sorted((code, count) for code, count in leaving.items() if count != 0))
    if not asked:
        return None
    return _kept(territory, asked)


def ground_after(territory: Territory, leaving: Mapping[str, int]) -> Ground:
    """Return the access that sites start from: today's, or what departures leave of it."""
    found = departures_of(territory, leaving)
    return ground_of(territory) if found is None else found.ground


@lru_cache(maxsize=_KEPT)
def _kept(territory: Territory, asked: tuple[tuple[str, int], ...]) -> Departures:
    today = ground_of(territory)
    places = inputs.places(territory)
    gps = today.gps.copy()
    rows = []
    for code, count in asked:
        row = today.rows.get(code)
        if row is None:
            raise InvalidInputError(
                f"Des généralistes partiraient de la commune « {code} », qui n’est pas dans la "
                "région : retirez ce départ."
            )
        if not 1 <= count <= _MOST_LEAVING:
            raise InvalidInputError(
                f"Le nombre de départs de {places['name'].iloc[row]} ({count}) doit être positif."
            )
        left = float(min(count, gps[row]))
        gps[row] -= left
        rows.append((code, str(places["name"].iloc[row]), today.gps[row], left))
    after = replace(today, gps=gps, communes=_communes(territory, today, gps))
    table = pd.DataFrame(rows, columns=["code", "name", "gps", "leaving"])
    people = today.people
    apl, fallen = today.apl(), after.apl()
    lost, room = _room(today, gps)
    return Departures(
        leaving=table.sort_values(["leaving", "name"], ascending=[False, True], ignore_index=True),
        ground=after,
        pushed_beyond_20=_newly_beyond(today, after),
        losing=float(people[apl - fallen > APL_NOISE].sum()),
        falling_under_2_5=float(people[(apl > ZIP_APL) & (fallen <= ZIP_APL)].sum()),
        losing_room=lost,
        room=room,
    )


def _newly_beyond(today: Ground, after: Ground) -> float:
    """Return the people that departures put beyond 20 minutes, counted as the rings are."""
    column = "population_beyond_20"
    return float((after.communes[column] - today.communes[column]).clip(lower=0.0).sum())


def _room(today: Ground, gps: np.ndarray) -> tuple[float, pd.DataFrame]:
    """Return who loses room when GPs are these: people, and the communes that change."""
    nowhere, nobody = np.full((gps.size, 1), np.inf), np.zeros(1)
    before = today.without_room(today.gps, nowhere, nobody)
    after = today.without_room(gps, nowhere, nobody)
    table = today.communes[["code", "name", "population"]].assign(before=before, after=after)
    change = table["after"] - table["before"]
    order = change[change.abs() >= 1].sort_values(ascending=False, kind="stable").index
    return float((after - before).sum()), table.loc[order].reset_index(drop=True)


def _communes(territory: Territory, today: Ground, gps: np.ndarray) -> pd.DataFrame:
    """Return the indicators of the communes with other GPs."""
    nowhere, nobody = np.full((gps.size, 1), np.inf), np.zeros(1)
    minutes = today.nearest(gps, nowhere, nobody)
    far = np.flatnonzero(np.isinf(minutes))
    if far.size and (gps > 0).any():
        points = coordinates(inputs.places(territory))
        minutes[far], _ = territory.travel_time.nearest(points[gps > 0], points[far])
    communes, people = today.communes, today.people
    staffed = coordinates(inputs.places(territory))[gps > 0]
    finer = counted_within(territory, staffed, RINGS_MINUTES)
    within = {
        f"population_within_{ring:.0f}": np.where(minutes <= ring, people, 0.0)
        if finer is None
        else finer[ring].to_numpy(dtype=np.float64)
        for ring in RINGS_MINUTES
    }
    here = np.where(communes["gps"].isna(), np.nan, gps[: today.count])
    beyond = people - within[f"population_within_{HUBERT_MINUTES:.0f}"]
    without = today.without_room(gps, nowhere, nobody)
    unknown = dict.fromkeys(ROOM_COLUMNS, np.nan)
    with np.errstate(invalid="ignore", divide="ignore"):
        return communes.assign(
            **within,
            **unknown
            | {
                "without_room_nearest": without,
                "share_without_room": np.where(people > 0, without / people, np.nan),
            },
            gps=here,
            gps_per_1000=np.where(people > 0, 1000 * here / people, np.nan),
            minutes_to_nearest_gp=np.where(np.isinf(minutes), np.nan, minutes),
            nearest_gp_commune="",
            nearest_gp_commune_name="",
            population_beyond_20=beyond,
            share_beyond_20=np.where(people > 0, beyond / people, np.nan),
            apl=today.access(gps, nowhere, nobody),
            apl_e2sfca=np.nan,
        )


def public(territory: Territory, leaving: Mapping[str, int]) -> dict[str, int]:
    """Return the departures that a public view may count: where five GPs or more would stay.

    Access commune by commune, beside that of today, tells how many leave from where; counts of GPs
    are public. So where all five of five leave, each is told; among five who stay, nobody is.

    Parameters
    ----------
    territory
        The region.
    leaving
        INSEE code to number of GPs who leave.
    """
    communes = ground_of(territory).communes
    gps = communes.set_index("code")["gps"]
    return {
        code: count
        for code, count in leaving.items()
        if privacy.may_tell_leaving(float(gps.get(code, 0.0)), count)
    }


def words(found: Departures, *, public: bool = False) -> str:
    """Return, in French, who leaves and what access becomes before any site opens.

    Parameters
    ----------
    found
        The departures.
    public
        Whether the text leaves the planner's hands: the communes are not named, since one with
        few GPs would point at a person.
    """
    count = found.gps
    told = f"{counted(count, 'généraliste', 'généralistes')} "
    if public:
        places = int((found.leaving["leaving"] > 0).sum())
        told += f"de {counted(places, 'commune', 'communes')}"
    else:
        columns = (found.leaving[name] for name in ("name", "leaving", "gps"))
        named = [
            f"{name} : {number(left)} sur {number(gps)}"
            for name, left, gps in zip(*columns, strict=True)
        ]
        told += f"({' ; '.join(named)})"
    told += " s’en vont." if count > 1 else " s’en va."
    effects = [
        (found.losing_room, "sans place à 20 minutes de plus"),
        (found.pushed_beyond_20, "passent à plus de 20 minutes d’un généraliste"),
        (found.losing, "voient leur APL baisser"),
        (found.falling_under_2_5, f"tombent à {number(ZIP_APL, 1)} d’APL ou moins"),
    ]
    said = " ; ".join(f"{number(people)} {what}" for people, what in effects)
    return f"{told} Habitants concernés avant tout nouveau site : {said}. {ASSUMPTION}"
