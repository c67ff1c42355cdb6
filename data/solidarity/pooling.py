"""Who could answer the calls of whom: one queue for several départements, before and after."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from data.region.territory import Territory
from data.solidarity.regulation import Calls, Hours, Standard, known_hours, totals, waits
from geo.errors import InvalidInputError, UnavailableError
from geo.queueing import Grouping, best_groups, connected_groups, fewest_servers

Floats = npt.NDArray[np.float64]

STAFF = {
    "tous": "tous les régulateurs ensemble",
    "aidant": "ceux du département aidant seuls",
    "juste": "juste assez pour tenir l’objectif",
}
MOST_TOGETHER = 6
"""Départements of a group at most: past it, who answers hardly knows the ground."""
_DEGREES = 1e-5
"""Rounding of vertices that two contours share, about a metre."""


@dataclass(frozen=True, eq=False)
class Pooled:
    """One queue for several départements.

    Attributes
    ----------
    helper, helped
        Codes of the département that answers, and of those whose calls it takes.
    staff
        Key of `STAFF`.
    hours
        One row per hour that all of them tell: day, hour, calls, minutes, regulators (after), then
        the columns of `waits`.
    before
        Rows of `waits` of each département apart, the same hours.
    unknown
        Hours of the week asked for that some département does not tell.
    """

    helper: str
    helped: tuple[str, ...]
    staff: str
    hours: pd.DataFrame
    before: pd.DataFrame
    unknown: int

    @property
    def saved(self) -> float:
        """Regulator-hours a week that are no longer needed (below 0: that are to be added)."""
        return float(self.before["regulators"].sum() - self.hours["regulators"].sum())


@dataclass(frozen=True, eq=False)
class BestGroups:
    """The grouping that meets the standard with the fewest regulators.

    Attributes
    ----------
    groups
        Codes of each group, largest first.
    table
        One row per group: codes, names, calls (a week), regulator_hours (on duty today), alone
        (needed by each apart), together (needed in one queue), within (share answered in time).
    grouping
        The grouping and its bound, in regulator-hours a week.
    left_out
        Names of the départements that do not tell all the hours that some other tells.
    hours
        Hours of a week that count.
    tried
        Groups that were tried.
    """

    groups: tuple[tuple[str, ...], ...]
    table: pd.DataFrame
    grouping: Grouping
    left_out: tuple[str, ...]
    hours: int
    tried: int


def take_over(
    calls: Calls,
    helper: str,
    helped: Sequence[str],
    hours: Hours,
    standard: Standard,
    *,
    staff: str = "tous",
) -> Pooled:
    """Return what becomes of calls when one département answers for others at some hours.

    Handling times are those of each département's calls, weighted by calls; the knowledge of the
    ground that is lost is not counted.

    Raises
    ------
    InvalidInputError
        An unknown département or staff, or nobody to help.
    UnavailableError
        No hour is told by all of them.
    """
    codes = [helper, *helped]
    unknown = [code for code in codes if code not in calls.names]
    if unknown:
        raise InvalidInputError(
            f"Le département « {unknown[0]} » n’est pas dans la région : choisissez parmi "
            f"{', '.join(calls.names)}."
        )
    if not helped or len(set(codes)) < len(codes):
        raise InvalidInputError("Choisissez un département aidant, et d’autres à reprendre.")
    if staff not in STAFF:
        raise InvalidInputError(
            f"Effectif « {staff} » inconnu : choisissez parmi {', '.join(STAFF)}."
        )
    told = known_hours(calls, hours)
    told = told[told["code"].isin(codes)]
    told = told[told.groupby(["day", "hour"])["code"].transform("size") == len(codes)]
    asked = len(_asked(hours))
    if told.empty:
        names = ", ".join(calls.names[code] for code in codes)
        raise UnavailableError(
            f"Aucune heure {hours.told} n’est connue à la fois pour {names} : complétez le fichier "
            "d’appels, ou choisissez d’autres heures."
        )
    together = _together(told, helper, standard, staff)
    return Pooled(
        helper=helper,
        helped=tuple(helped),
        staff=staff,
        hours=waits(together, standard),
        before=waits(told.reset_index(drop=True), standard),
        unknown=asked - len(together),
    )


def _asked(hours: Hours) -> pd.DataFrame:
    week = pd.DataFrame({"day": np.repeat(np.arange(7), 24), "hour": np.tile(np.arange(24), 7)})
    return week[hours.hold(week)]


def _together(told: pd.DataFrame, helper: str, standard: Standard, staff: str) -> pd.DataFrame:
    """Return one row per hour: calls add up, minutes are those of a call of any of them."""
    weighed = told.assign(
        work=told["calls"] * told["minutes"],
        own=told["regulators"].where(told["code"] == helper, 0.0),
    )
    sums = weighed.groupby(["day", "hour"], as_index=False).agg(
        calls=("calls", "sum"),
        work=("work", "sum"),
        plain=("minutes", "mean"),
        regulators=("regulators", "sum"),
        own=("own", "sum"),
    )
    # Nobody calls in that hour: any duration does.
    rate = sums["calls"].to_numpy(dtype=np.float64)
    sums["minutes"] = np.divide(
        sums["work"], rate, out=sums["plain"].to_numpy(dtype=np.float64).copy(), where=rate > 0
    )
    if staff == "aidant":
        sums["regulators"] = sums["own"]
    elif staff == "juste":
        sums["regulators"] = fewest_servers(rate, sums["minutes"], standard.minutes, standard.share)
    return sums[["day", "hour", "calls", "minutes", "regulators"]]


def everyone(
    calls: Calls, helper: str, hours: Hours, standard: Standard, staff: str
) -> pd.DataFrame:
    """Return what taking over each other département would do, one at a time.

    Returns
    -------
    pandas.DataFrame
        code, name, within_before, within_after (shares of the calls of that département; of both
        together), wait_before, wait_after (minutes), saved (regulator-hours a week), helper_before
        (share of the helper's own calls before), unknown (hours); missing where no hour is told by
        both. Best share after first.
    """
    rows = []
    for code, name in calls.names.items():
        if code == helper:
            continue
        try:
            found = take_over(calls, helper, [code], hours, standard, staff=staff)
        except UnavailableError:
            rows.append({"code": code, "name": name, "unknown": len(_asked(hours))})
            continue
        after, before = totals(found.hours), found.before
        theirs, own = (totals(before[before["code"] == one]) for one in (code, helper))
        rows.append(
            {
                "code": code,
                "name": name,
                "within_before": theirs["within"],
                "within_after": after["within"],
                "wait_before": theirs["mean_wait"],
                "wait_after": after["mean_wait"],
                "saved": found.saved,
                "helper_before": own["within"],
                "unknown": found.unknown,
            }
        )
    columns = [
        "code", "name", "within_before", "within_after", "wait_before", "wait_after", "saved",
        "helper_before", "unknown",
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=columns)
    return table.sort_values("within_after", ascending=False, ignore_index=True, kind="stable")


def best(
    territory: Territory, calls: Calls, hours: Hours, standard: Standard, most: int = 3
) -> BestGroups:
    """Return the grouping of neighbours that meets the standard with the fewest regulators.

    Each group answers in one queue, at each hour with the fewest regulators that meet the standard;
    every group of neighbours up to `most` is tried, and the partition is proven by MILP.

    Raises
    ------
    InvalidInputError
        `most` is out of bounds, or there are too many groups to try.
    UnavailableError
        No département tells all of these hours.
    """
    if not 1 <= most <= MOST_TOGETHER:
        raise InvalidInputError(f"Un groupe compte de 1 à {MOST_TOGETHER} départements.")
    told = known_hours(calls, hours)
    # Hours that nobody tells are not of on-call cover, or not known: they are said apart.
    somewhere = len(told[["day", "hour"]].drop_duplicates())
    whole = told.groupby("code").size() == somewhere
    codes = [code for code in calls.names if whole.get(code, False)]
    if not codes:
        raise UnavailableError(
            f"Aucun département ne donne toutes les heures {hours.told} : complétez le fichier "
            "d’appels, ou choisissez d’autres heures."
        )
    told = told[told["code"].isin(codes)]
    # Calls, minutes of work and regulators of each département (rows) at each hour (columns).
    rate, work, duty = (
        values.pivot_table(index="code", columns=["day", "hour"], values="v", sort=True)
        .reindex(codes)
        .to_numpy(dtype=np.float64)
        for values in (
            told.assign(v=told["calls"]),
            told.assign(v=told["calls"] * told["minutes"]),
            told.assign(v=told["regulators"]),
        )
    )
    # Every group of neighbours has its price; the cheapest partition is proven.
    beside = [
        (codes.index(one), codes.index(other))
        for one, other in neighbours(territory)
        if one in codes and other in codes
    ]
    groups = connected_groups(len(codes), beside, most)
    costs, within = _needed(groups, rate, work, standard)
    found = best_groups(len(codes), groups, costs)
    place = {group: k for k, group in enumerate(groups)}
    rows = [
        {
            "codes": tuple(codes[k] for k in group),
            "names": ", ".join(calls.names[codes[k]] for k in group),
            "calls": float(rate[list(group)].sum()),
            "regulator_hours": float(duty[list(group)].sum()),
            "alone": float(sum(costs[place[k,]] for k in group)),
            "together": float(costs[place[group]]),
            "within": float(within[place[group]]),
        }
        for group in sorted(found.groups, key=lambda one: (-len(one), one))
    ]
    table = pd.DataFrame(rows)
    return BestGroups(
        groups=tuple(table["codes"]),
        table=table,
        grouping=found,
        left_out=tuple(name for code, name in calls.names.items() if code not in codes),
        hours=somewhere,
        tried=len(groups),
    )


def _needed(
    groups: Sequence[tuple[int, ...]], rate: Floats, work: Floats, standard: Standard
) -> tuple[Floats, Floats]:
    """Return the regulator-hours that each group needs in one queue, and its share in time."""
    member = np.zeros((len(groups), len(rate)))
    for row, group in enumerate(groups):
        member[row, list(group)] = 1.0
    calls, busy = member @ rate, member @ work
    minutes = np.divide(busy, calls, out=np.ones_like(busy), where=calls > 0)
    needed = fewest_servers(
        calls.ravel(), minutes.ravel(), standard.minutes, standard.share
    ).reshape(calls.shape)
    told = waits(
        pd.DataFrame(
            {"calls": calls.ravel(), "minutes": minutes.ravel(), "regulators": needed.ravel()}
        ),
        standard,
    )
    within = told["within"].to_numpy(dtype=np.float64).reshape(calls.shape)
    total = calls.sum(axis=1)
    share = np.divide(
        (within * calls).sum(axis=1), total, out=np.ones(len(groups)), where=total > 0
    )
    return needed.sum(axis=1), share


def neighbours(territory: Territory) -> list[tuple[str, str]]:
    """Return the pairs of départements of a region that touch: their contours share points."""
    contours = territory.communes
    points, owner = shapely.get_coordinates(contours.geometry.to_numpy(), return_index=True)
    cells = np.round(points / _DEGREES).astype(np.int64)
    seen = pd.DataFrame(
        {
            "x": cells[:, 0],
            "y": cells[:, 1],
            "code": contours["departement"].to_numpy(dtype=object)[owner].astype(str),
        }
    ).drop_duplicates()
    shared = seen[seen.duplicated(["x", "y"], keep=False)]
    both = shared.merge(shared, on=["x", "y"])
    pairs = both[both["code_x"] < both["code_y"]].groupby(["code_x", "code_y"]).size()
    return sorted((str(one), str(other)) for one, other in pairs[pairs > 1].index)
