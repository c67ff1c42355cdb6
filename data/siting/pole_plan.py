"""A pole as it is typed, beside one house with the same doctors and the best pole: what each gives.

All three share one team: the half-days typed. The road from the base is paid out of half-days (one
return trip for two half-days), so that an antenna far away offers less than what it is given; the
house pays none. Figures are those of the screen of sites: nearest GP, APL, room nearest first.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from data.region.rules import HUBERT_MINUTES, LABEL_DAYS_A_WEEK, ROOM_PEOPLE_A_GP, ZIP_APL
from data.region.territory import Territory
from data.siting.ground import LIMIT_MINUTES, Ground, ground_of, site_minutes
from data.siting.poles import FEWEST, MOST, from_base
from data.siting.public_moves import NOT_TOLD, among, sets_by_code, spread
from data.siting.site_parts import SiteParts
from data.uploads.site import Site
from geo.errors import InvalidInputError, UnavailableError
from geo.siting.pole import HALF_DAYS_PER_GP, Pole, PoleProblem, best_pole, kept_share, seated_by

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

HOUSE, TYPED, BEST = "house", "typed", "best"
MOST_HALF_DAYS = 100
"""Half-days a week that an antenna may be given: ten GPs."""
TIME_LIMIT_SECONDS = 10.0


@dataclass(frozen=True)
class Antenna:
    """A place where the team consults.

    Attributes
    ----------
    site
        Where.
    half_days
        Half-days of consultation a week; a GP is ten.
    nurse
        Whether a nurse works there.
    euros
        Fixed cost a year.
    """

    site: Site
    half_days: int
    nurse: bool = False
    euros: float = 0.0


@dataclass(frozen=True)
class PolePlan:
    """Antennas and the team that they share.

    Attributes
    ----------
    antennas
        Two to six.
    base
        Rank of the antenna that the doctors leave from, where the house would stand.
    least
        Least half-days a week where an antenna of the best pole is open.
    settled
        Whether the doctors already practise in the communes of the antennas, which they leave, in
        proportion of the GPs that each has; else all are new.
    public
        Whether the comparison leaves the planner's hands: those who leave are then counted over
        sets of communes where nobody is told (`data.siting.public_moves`).
    leaving_for_good
        GPs whom the same view tells to leave for good: in public, the sets hide the team beside
        them.
    """

    antennas: tuple[Antenna, ...]
    base: int = 0
    least: int = 2
    settled: bool = False
    public: bool = False
    leaving_for_good: float = 0.0

    def __post_init__(self) -> None:
        """Refuse what is no pole.

        Raises
        ------
        InvalidInputError
            Too few or too many antennas, an unknown base, no half-day, or a number out of range.
        """
        if not FEWEST <= len(self.antennas) <= MOST:
            raise InvalidInputError(
                f"Un pôle compte de {FEWEST} à {MOST} antennes : choisissez-en davantage ou moins."
            )
        if not 0 <= self.base < len(self.antennas):
            raise InvalidInputError("La base du pôle n’est pas parmi ses antennes : choisissez-la.")
        if any(not 0 <= one.half_days <= MOST_HALF_DAYS for one in self.antennas):
            raise InvalidInputError(
                f"Une antenne tient de 0 à {MOST_HALF_DAYS} demi-journées par semaine."
            )
        if self.least < 1 or any(not one.euros >= 0 for one in self.antennas):
            raise InvalidInputError(
                "Le minimum de demi-journées et les coûts ne peuvent pas être négatifs."
            )
        if not self.team:
            raise InvalidInputError(
                "Donnez au moins une demi-journée par semaine à l’une des antennes."
            )

    @property
    def team(self) -> int:
        """Half-days a week of the whole team."""
        return sum(one.half_days for one in self.antennas)

    @property
    def half_days(self) -> Ints:
        """Half-days a week of each antenna, as typed."""
        return np.array([one.half_days for one in self.antennas], dtype=np.int64)

    @property
    def sites(self) -> tuple[Site, ...]:
        """Where the antennas are."""
        return tuple(one.site for one in self.antennas)


@dataclass(frozen=True, eq=False)
class Side:
    """What one way of sharing the half-days gives.

    Attributes
    ----------
    half_days
        Half-days a week of each antenna, shape (m,).
    gps
        GPs that each antenna offers once the road is paid, shape (m,).
    apl, minutes, without_room
        Of each commune of the region, shape (n,): consultations a year and inhabitant, minutes to
        the nearest GP (inf where none is known), inhabitants without room.
    measures
        Figures by key, see `measured`.
    """

    half_days: Ints
    gps: Floats
    apl: Floats
    minutes: Floats
    without_room: Floats
    measures: pd.Series


@dataclass(frozen=True, eq=False)
class PoleComparison:
    """A pole, the house and the best pole, beside today.

    Attributes
    ----------
    plan
        What was typed.
    base_minutes
        Minutes one way from the base to each antenna, shape (m,).
    leaving
        GPs who leave each antenna's commune for the team, shape (m,); 0 when all are new. In
        public, where they leave a set of communes, those of its antennas.
    communes
        code, name, population, share_over_75 of the communes of the region.
    today
        Access before: no half-day.
    sides
        By key: `HOUSE`, `TYPED`, and `BEST` where it was searched.
    proof
        The best pole as the solver gives it; None where it was not searched.
    house_seated
        Inhabitants whom the house seats at best, counted as `proof` counts them.
    among
        In public, among whom those who leave are counted, in French; "" where nobody leaves.
    """

    plan: PolePlan
    base_minutes: Floats
    leaving: Floats
    communes: pd.DataFrame
    today: Side
    sides: dict[str, Side]
    proof: Pole | None = None
    house_seated: float = np.nan
    among: str = ""


def compared(
    territory: Territory,
    plan: PolePlan,
    *,
    search: bool = True,
    seconds: float = TIME_LIMIT_SECONDS,
) -> PoleComparison:
    """Compare a pole with one house at its base, and with the best pole of the same half-days.

    Parameters
    ----------
    territory, plan
        The region; the pole as typed.
    search
        Whether the best pole is searched.
    seconds
        Time allowed to it; past it, the best found and its bound.

    Raises
    ------
    UnavailableError
        The GPs of the region are not known.
    InvalidInputError
        The half-days of the team are too few for two antennas.
    """
    ground = ground_of(territory)
    if not ground.gps_known:
        raise UnavailableError(
            "Les médecins de la région ne sont pas connus : importez leurs effectifs par commune."
        )
    minutes, _ = site_minutes(territory, plan.sites, LIMIT_MINUTES)
    road = from_base(territory, plan.sites, plan.base)
    left, leaving = _left(ground, plan)
    spread_over = ""
    if plan.public and leaving.any():
        left, spread_over = _left_in_public(territory, ground, plan, leaving)
    near = ground.parts_with(territory, plan.sites)
    trial = _Trial(ground=ground, plan=plan, minutes=minutes, road=road, left=left, near=near)
    house = np.zeros(len(plan.antennas), dtype=np.int64)
    house[plan.base] = plan.team
    sides = {HOUSE: trial.side(house), TYPED: trial.side(plan.half_days)}
    proof, house_seated = None, np.nan
    if search:
        problem = trial.problem()
        proof, house_seated = best_pole(problem, seconds), seated_by(problem, house).people
        sides[BEST] = trial.side(proof.half_days)
    communes = ground.communes[["code", "name", "population", "share_over_75"]].copy()
    return PoleComparison(
        plan=plan,
        base_minutes=road,
        leaving=leaving,
        communes=communes,
        today=trial.today(),
        sides=sides,
        proof=proof,
        house_seated=house_seated,
        among=spread_over,
    )


def _left(ground: Ground, plan: PolePlan) -> tuple[Floats, Floats]:
    """Return the GPs left at each place once the team is formed, and whom each antenna loses."""
    gps, leaving = ground.gps.copy(), np.zeros(len(plan.antennas))
    if not plan.settled:
        return gps, leaving
    # Two antennas of one commune draw on the same doctors: each commune counts once.
    first: dict[int, int] = {}
    for rank, one in enumerate(plan.antennas):
        if (row := ground.rows.get(one.site.code)) is not None:
            first.setdefault(row, rank)
    held = np.array([gps[row] for row in first])
    if held.sum() > 0:
        share = min(1.0, plan.team / HALF_DAYS_PER_GP / held.sum())
        for row, rank in first.items():
            leaving[rank] = share * gps[row]
            gps[row] -= leaving[rank]
    return gps, leaving


def _left_in_public(
    territory: Territory, ground: Ground, plan: PolePlan, leaving: Floats
) -> tuple[Floats, str]:
    """Return the GPs left at each place, those who leave being spread over sets, and in words."""
    sets = sets_by_code(territory, float(leaving.sum()), plan.leaving_for_good)
    if not sets:
        return ground.gps.copy(), NOT_TOLD
    moved: dict[str, float] = {}
    for one, count in zip(plan.antennas, leaving.tolist(), strict=True):
        if count:
            moved[one.site.code] = moved.get(one.site.code, 0.0) + count
    gps = ground.gps.copy()
    for code, count in spread(territory, sets, moved).items():
        row = ground.rows[code]
        gps[row] = max(gps[row] - count, 0.0)
    touched = {sets[code].key: sets[code] for code in moved if code in sets}
    return gps, among(float(leaving.sum()), list(touched.values()))


@dataclass(frozen=True, eq=False)
class _Trial:
    """What all sides share: the ground, minutes to antennas, road, GPs left where they were."""

    ground: Ground
    plan: PolePlan
    minutes: Floats
    road: Floats
    left: Floats
    near: SiteParts | None

    def problem(self) -> PoleProblem:
        """Return the search of the best pole: inhabitants of the region without room."""
        people, trips = self.ground.to_seat(self.left, self.minutes, near=self.near)
        return PoleProblem(
            people=people,
            minutes=trips,
            base_minutes=self.road,
            threshold=HUBERT_MINUTES,
            per_gp=float(ROOM_PEOPLE_A_GP),
            half_days=self.plan.team,
            least=self.plan.least,
            fewest=FEWEST,
            most=MOST,
        )

    def today(self) -> Side:
        nobody = np.zeros(len(self.plan.antennas))
        return self._side(np.zeros(nobody.size, dtype=np.int64), nobody, self.ground.gps)

    def side(self, half_days: Ints) -> Side:
        offered = half_days * kept_share(self.road) / HALF_DAYS_PER_GP
        return self._side(half_days, offered, self.left)

    def _side(self, half_days: Ints, offered: Floats, gps: Floats) -> Side:
        ground = self.ground
        trip = ground.nearest(gps, self.minutes, offered)
        # A trip longer than the pairs known stays as it is today.
        trip = np.where(np.isinf(trip), ground.minutes_today(), trip)
        apl = ground.apl_with(gps, self.minutes, offered)
        without = ground.without_room(gps, self.minutes, offered, near=self.near)
        measures = measured(self.plan, self.road, ground, self.minutes, half_days)
        near = (self.minutes[: ground.count] <= HUBERT_MINUTES).any(axis=1)
        weights = np.where(near & np.isfinite(apl) & np.isfinite(trip), ground.people, 0.0)
        measures |= {
            "gps_after_road": float(offered.sum()),
            "mean_minutes": _mean(weights, trip),
            "mean_apl": _mean(weights, apl),
            "without_room": float(without.sum()),
            "under_2_5": float(ground.people[near & (apl <= ZIP_APL)].sum()),
        }
        return Side(
            half_days=half_days,
            gps=offered,
            apl=apl,
            minutes=trip,
            without_room=without,
            measures=pd.Series(measures),
        )


def _mean(weights: Floats, values: Floats) -> float:
    used = weights > 0
    return float(np.average(values[used], weights=weights[used])) if used.any() else np.nan


def measured(
    plan: PolePlan, road: Floats, ground: Ground, minutes: Floats, half_days: Ints
) -> dict[str, float]:
    """Count what is known from where and when a pole opens.

    Parameters
    ----------
    plan, road, ground
        The pole, minutes from its base to each antenna, the region.
    minutes
        Of each place to each antenna, shape (places, m).
    half_days
        Half-days a week of each antenna, shape (m,).

    Returns
    -------
    dict
        gps (of the team), open (antennas), full_week (antennas that can open five days),
        road_hours (a week, whole team), euros (fixed costs of the antennas open, a year),
        within_20, over_75_within_20, nurse_within_20 (inhabitants of the region within 20 minutes
        of an antenna open, those of 75 and over, those who have a nurse there; missing ages give
        a missing count), near (inhabitants within 20 minutes of any antenna, open or not).
    """
    used = half_days > 0
    nurses = np.array([one.nurse for one in plan.antennas]) & used
    euros = np.array([one.euros for one in plan.antennas])
    close = minutes[: ground.count] <= HUBERT_MINUTES
    people = ground.people
    elders = people * ground.communes["share_over_75"].to_numpy(dtype=np.float64)
    reached = close[:, used].any(axis=1)
    return {
        "gps": float(half_days.sum()) / HALF_DAYS_PER_GP,
        "open": float(used.sum()),
        "full_week": float((days_open(half_days) >= LABEL_DAYS_A_WEEK).sum()),
        "road_hours": float(half_days @ road / 60),
        "euros": float(euros[used].sum()),
        "within_20": float(people[reached].sum()),
        "over_75_within_20": known_sum(elders[reached]),
        "nurse_within_20": float(people[close[:, nurses].any(axis=1)].sum()),
        "near": float(people[close.any(axis=1)].sum()),
    }


def days_open(half_days: Ints) -> Ints:
    """Return the days a week that half-days can open at most, any shape: one a day, five a week."""
    return np.minimum(half_days, LABEL_DAYS_A_WEEK)


def known_sum(values: Floats) -> float:
    """Return the sum of what is known; missing where nothing is."""
    return float(np.nansum(values)) if np.isfinite(values).any() else np.nan
