"""A plan of help in a region: targets, donors, roads, floor, host sites, proof."""

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from data.access import inputs
from data.access.indicators import commune_indicators
from data.access.inputs import coordinates
from data.base import our_code
from data.base.table_cache import cached_table, digest
from data.region.rules import HUBERT_MINUTES
from data.region.territory import Territory
from data.solidarity.effects import apl_of_half_days
from data.solidarity.help import USUAL_VOLUNTEERS, Help, Terms
from data.solidarity.hiding import hidden_plan, may_leave, reached_by_enough
from data.solidarity.hosts import candidates
from data.solidarity.needs import Question, needs, unknown_needs, unknown_zones
from data.solidarity.schemes import scheme_named
from geo.solidarity import HelpPlan, HelpProblem, plan

Floats = npt.NDArray[np.float64]

_ROADS_KEPT_BY = 15.0
"""Minutes; roads are computed and kept up to a multiple of it, so that few tables serve all."""
VOLUNTEERS = (5, 10, USUAL_VOLUNTEERS, 100, 200)
"""Points of the curve."""
_KEPT = 32


@lru_cache(maxsize=_KEPT)
def help_plan(
    territory: Territory, question: Question, terms: Terms, time_limit: float = 20.0
) -> Help:
    """Return who could help whom.

    Willingness is not predicted: volunteers are counted where they would cover most need, up to
    the doctors there are. Donors are communes of the region with known GPs, whose APL is not
    under the floor, targets excepted.

    Raises
    ------
    UnavailableError
        Zones or counts of GPs are not known.
    UnsolvedError
        HiGHS found no plan.
    """
    scheme = scheme_named(terms.scheme)
    targets = _targets(territory, question)
    communes = commune_indicators(territory)
    donors = _donors(communes, targets, terms)
    hosts = _hosts(communes, targets, territory, terms)
    solve = _lodged if scheme.lodged else _driven
    giving = _Donors(
        territory=territory,
        question=question,
        terms=terms,
        communes=communes,
        rows=donors,
        hosts=hosts,
    )
    problem, found, out_of_reach = solve(territory, targets, giving, time_limit)
    places = len(inputs.places(territory))
    rows = hosts["row"].to_numpy(dtype=np.int64)
    trips = pd.DataFrame(
        {
            "origin": donors[problem.donor],
            "host": rows[problem.host],
            "minutes": problem.minutes,
            "half_days": found.given,
        }
    )
    roads = None if scheme.lodged else trips[["origin", "host", "minutes"]]
    could = giving.doctors if roads is None else giving.doctors * np.isin(donors, roads["origin"])
    trips = trips[trips["half_days"] > 0].reset_index(drop=True)
    return Help(
        question=question,
        terms=terms,
        scheme=scheme,
        targets=targets.assign(
            covered=np.bincount(problem.target, found.received, len(targets)),
            out_of_reach=out_of_reach,
        ),
        hosts=hosts,
        trips=trips,
        volunteers=np.bincount(donors, found.volunteers, places).astype(np.int64),
        covered=found.covered,
        bound=found.bound,
        status=found.status,
        seconds=found.seconds,
        taken=np.bincount(trips["origin"], trips["half_days"], places).astype(np.float64),
        given=np.bincount(trips["host"], trips["half_days"], places).astype(np.float64),
        able=np.bincount(donors, could, places).astype(np.float64),
        roads=roads,
        unknown=unknown_needs(territory, question),
        unzoned=unknown_zones(territory, question),
    )


@lru_cache(maxsize=_KEPT)
def _targets(territory: Territory, question: Question) -> pd.DataFrame:
    """Return the table of `needs`, which all terms of a question share.

    That of the question which the screen opens with is kept on disk: without it a process would
    load a compiler for it.
    """
    if question != Question():
        return needs(territory, question)
    key = digest(territory.version, our_code.key())
    return cached_table(f"besoins-{territory.region}", key, lambda: needs(territory, question))


def curve(territory: Territory, question: Question, terms: Terms) -> pd.DataFrame:
    """Return the share of need that some numbers of volunteers cover.

    Returns
    -------
    pandas.DataFrame
        volunteers, half_days (covered, a month), share (of the need), minutes (one way, mean of a
        half-day; missing where nothing is given).
    """
    rows = []
    for volunteers in VOLUNTEERS:
        found = help_plan(territory, question, replace(terms, volunteers=volunteers))
        minutes = found.road_hours * 60 / (2 * found.covered) if found.covered else np.nan
        share = found.covered / found.need if found.need else np.nan
        rows.append((volunteers, found.covered, share, minutes))
    return pd.DataFrame(rows, columns=["volunteers", "half_days", "share", "minutes"])


@dataclass(frozen=True, eq=False)
class _Donors:
    """Donor communes of a region, what they may lose, and where they may receive."""

    territory: Territory
    question: Question
    terms: Terms
    communes: pd.DataFrame
    rows: npt.NDArray[np.int64]
    hosts: pd.DataFrame

    @property
    def host_rows(self) -> npt.NDArray[np.int64]:
        """Rows of the host sites."""
        return self.hosts["row"].to_numpy(dtype=np.int64)

    @property
    def doctors(self) -> Floats:
        """GPs of each donor."""
        gps = self.communes["gps"].to_numpy(dtype=np.float64)
        return np.asarray(gps[self.rows])

    @property
    def leaving(self) -> Floats:
        """Most volunteers of each donor; see `data.solidarity.hiding`."""
        return may_leave(self.doctors)

    def floor(self) -> tuple[sparse.csr_array | None, Floats]:
        """Return the APL that a half-day of each donor takes from each, and what they may lose."""
        if self.terms.floor is None or self.terms.replaced:
            return None, np.empty(0)
        apl = self.communes["apl"].to_numpy(dtype=np.float64)[self.rows]
        return (
            apl_of_half_days(self.territory, self.rows, self.question.acts),
            np.maximum(apl - self.terms.floor, 0.0),
        )


def _donors(communes: pd.DataFrame, targets: pd.DataFrame, terms: Terms) -> npt.NDArray[np.int64]:
    may = (communes["gps"] > 0).to_numpy(dtype=bool, copy=True)
    may[targets["row"]] = False
    if scheme_named(terms.scheme).outside_zip:
        may &= (communes["zone"] != "ZIP").to_numpy(dtype=bool)
    if terms.floor is not None and not terms.replaced:
        may &= (communes["apl"] >= terms.floor).to_numpy(dtype=bool)
    return np.flatnonzero(may).astype(np.int64)


def _hosts(
    communes: pd.DataFrame, targets: pd.DataFrame, territory: Territory, terms: Terms
) -> pd.DataFrame:
    """Return where volunteers could receive; those paid for a ZIP receive in it, or in a target."""
    rows = targets["row"].to_numpy(dtype=np.int64)
    found = candidates(territory, terms.hosts, rows, terms.listed)
    if terms.hosts != "mairies" and scheme_named(terms.scheme).outside_zip:
        zones = communes["zone"].to_numpy(dtype=object)[found["row"]]
        found = found[(zones == "ZIP") | found["row"].isin(rows)]
    told = communes.loc[found["row"], ["code", "name", "epci_name"]].reset_index(drop=True)
    return pd.concat([found.reset_index(drop=True), told], axis=1)


def _served(
    territory: Territory, targets: pd.DataFrame, donors: _Donors
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return who is received where: at home, or at a host site within 20 minutes."""
    rows = targets["row"].to_numpy(dtype=np.int64)
    if donors.terms.sites is None and donors.terms.hosts == "mairies":
        return np.arange(rows.size), np.arange(rows.size)
    near = roads_to(territory, rows, donors.host_rows, HUBERT_MINUTES)
    return near["host"].to_numpy(dtype=np.int64), near["origin"].to_numpy(dtype=np.int64)


def _driven(
    territory: Territory, targets: pd.DataFrame, donors: _Donors, time_limit: float
) -> tuple[HelpProblem, HelpPlan, Floats]:
    """Volunteers drive to the host and back; nobody is told (`data.solidarity.hiding`)."""
    terms = donors.terms
    trips = _trips(territory, targets, donors)
    served_at, target = _served(territory, targets, donors)
    losses, margins = donors.floor()
    problem, found = hidden_plan(
        HelpProblem(
            needs=targets["half_days"].to_numpy(dtype=np.float64),
            doctors=donors.leaving,
            ceiling=terms.ceiling,
            donor=trips["origin"].to_numpy(dtype=np.int64),
            host=trips["host"].to_numpy(dtype=np.int64),
            minutes=trips["minutes"].to_numpy(dtype=np.float64),
            served_at=served_at,
            target=target,
            hosts=donors.host_rows.size,
            losses=losses,
            margins=margins,
        ),
        donors.doctors,
        volunteers=terms.volunteers,
        sites=terms.sites,
        time_limit=time_limit,
    )
    return problem, found, problem.out_of_reach


def _trips(territory: Territory, targets: pd.DataFrame, donors: _Donors) -> pd.DataFrame:
    """Return the roads from donors to hosts: origin (position in `donors.rows`), host, minutes.

    Roads are kept for whoever could give without a floor, so that another floor finds them made.
    """
    anyone = _donors(donors.communes, targets, replace(donors.terms, floor=None))
    limit = _ROADS_KEPT_BY * np.ceil(donors.terms.minutes / _ROADS_KEPT_BY)
    roads = roads_to(territory, anyone, donors.host_rows, float(limit))
    # Who receives at home does not go to help.
    roads = roads[anyone[roads["origin"]] != donors.host_rows[roads["host"]]]
    position = np.full(len(inputs.places(territory)), -1, dtype=np.int64)
    position[donors.rows] = np.arange(donors.rows.size)
    origin = position[anyone[roads["origin"]]]
    kept = (origin >= 0) & (roads["minutes"] <= donors.terms.minutes).to_numpy()
    roads = roads.assign(origin=origin)[kept]
    return roads[reached_by_enough(roads, donors.doctors)]


def _lodged(
    territory: Territory, targets: pd.DataFrame, donors: _Donors, time_limit: float
) -> tuple[HelpProblem, HelpPlan, Floats]:
    """Teams are lodged for their week: any donor may serve any host, so that they are one pool.

    What the pool can give under the floor is solved first, then where it is given, then who gives
    it: exact, as no road is counted.
    """
    terms, need = donors.terms, targets["half_days"].to_numpy(dtype=np.float64)
    pool = _pool(donors, float(need.sum()))
    most = plan(pool, volunteers=terms.volunteers, time_limit=time_limit).covered
    served_at, target = _served(territory, targets, donors)
    count = donors.host_rows.size
    anywhere = HelpProblem(
        needs=need,
        doctors=np.array([most / terms.ceiling]),
        ceiling=terms.ceiling,
        donor=np.zeros(count, dtype=np.int64),
        host=np.arange(count),
        minutes=np.zeros(count),
        served_at=served_at,
        target=target,
        hosts=count,
    )
    where = plan(anywhere, sites=terms.sites, time_limit=time_limit)
    who = plan(_pool(donors, where.covered), volunteers=terms.volunteers, time_limit=time_limit)
    return *_together(anywhere, where, donors, who), anywhere.out_of_reach


def _pool(donors: _Donors, need: float) -> HelpProblem:
    losses, margins = donors.floor()
    count = donors.rows.size
    nothing, here = np.zeros(count, dtype=np.int64), np.zeros(1, dtype=np.int64)
    return HelpProblem(
        needs=np.array([need]),
        doctors=donors.leaving,
        ceiling=donors.terms.ceiling,
        donor=np.arange(count),
        host=nothing,
        minutes=np.zeros(count),
        served_at=here,
        target=here,
        hosts=1,
        losses=losses,
        margins=margins,
    )


def _together(
    anywhere: HelpProblem, where: HelpPlan, donors: _Donors, who: HelpPlan
) -> tuple[HelpProblem, HelpPlan]:
    """Return the trips of each donor to each host in use, in proportion."""
    hosts = where.opened
    giving = np.flatnonzero(who.given > 0)
    at_host = np.bincount(anywhere.host, where.given, anywhere.hosts)[hosts]
    share = at_host / at_host.sum() if hosts.size else at_host
    half_days = np.outer(who.given[giving], share).ravel()
    problem = replace(
        anywhere,
        doctors=donors.leaving,
        donor=np.repeat(giving, hosts.size),
        host=np.tile(hosts, giving.size),
        minutes=np.zeros(half_days.size),
    )
    return problem, replace(where, given=half_days, volunteers=who.volunteers, road_minutes=0.0)


def roads_to(
    territory: Territory,
    origins: npt.NDArray[np.int64],
    hosts: npt.NDArray[np.int64],
    limit: float,
) -> pd.DataFrame:
    """Return minutes from some communes of the region to others, kept on disk.

    Returns
    -------
    pandas.DataFrame
        origin (position in `origins`), host (position in `hosts`), minutes up to the limit.
    """
    points = coordinates(territory.communes)

    def build() -> pd.DataFrame:
        found = territory.travel_time.matrix(points[origins], points[hosts], limit)
        return pd.DataFrame(
            {
                "origin": found["origin"].to_numpy(dtype=np.int32),
                "host": found["destination"].to_numpy(dtype=np.int32),
                "minutes": found["minutes"].to_numpy(dtype=np.float64),
            }
        )

    asked = (points.tobytes(), origins.tobytes(), hosts.tobytes(), f"{limit:g}")
    return cached_table("help", digest(territory.travel_time.version, *asked), build)
