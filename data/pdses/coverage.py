"""On-call lines in hospitals (PDSES): which ones cover a place, where they lack, if one falls.

The definition is that of the public service: new patients, at night, on Saturday afternoon, on
Sundays and holidays; not the continuity of care of those already admitted.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt
import pandas as pd

from data.base import french
from data.base.table_cache import cached_table, digest
from data.region.rules import ON_CALL_RINGS_MINUTES
from data.region.territory import Territory
from geo.aggregation import sums, weighted_medians
from geo.errors import InvalidInputError

COVER_LIMIT_MINUTES = 60.0
"""Lines farther than this are not said to cover a commune."""

REACH_MINUTES = ON_CALL_RINGS_MINUTES
"""Reaches that are shown, in minutes."""

FARTHEST_MINUTES = 120.0
"""Times beyond this are not computed: such a line is no help."""

UNCOVERED_STATUSES = ("carence",)
"""A line in one of these statuses is attributed, but nobody holds it."""


OUT_OF_PERIOD = "hors période"
"""Said of a line that has not begun or has ended, instead of its status."""

WEEKEND_TYPES = ("astreinte week-end",)
"""Types of line that hold no night of the week."""


def in_force(lines: pd.DataFrame, on: dt.date) -> pd.Series:
    """Tell which lines have begun and not ended on a day; an unknown date sets no bound."""
    day = on.isoformat()
    begun = (lines["start"] == "") | (lines["start"] <= day)
    return begun & ((lines["end"] == "") | (lines["end"] >= day))


def in_force_key(lines: pd.DataFrame, on: dt.date) -> str:
    """Return what differs between two days when not the same lines are in force."""
    return digest(in_force(lines, on).to_numpy(bool).tobytes())


def standing(lines: pd.DataFrame, on: dt.date) -> pd.Series:
    """Return the status of lines on a day: what is not in force has none but that."""
    return lines["status"].where(in_force(lines, on), OUT_OF_PERIOD)


def held(lines: pd.DataFrame, on: dt.date) -> pd.Series:
    """Tell which lines somebody holds on a day: in force, and not in carence."""
    return in_force(lines, on) & ~lines["status"].isin(UNCOVERED_STATUSES)


def lines_covering(territory: Territory, commune: str) -> pd.DataFrame:
    """Return the lines held today within an hour of a commune, nearest first.

    Parameters
    ----------
    territory
        The region.
    commune
        INSEE code of a commune of the region.

    Returns
    -------
    pandas.DataFrame
        Columns specialty, line_type, establishment, status, minutes; one row per line.
    """
    columns = ["specialty", "line_type", "establishment", "status"]
    lines = territory.pdses_lines
    rows = np.flatnonzero(territory.communes["code"].to_numpy(object) == commune)
    if lines.empty or not len(rows):
        return pd.DataFrame(columns=[*columns, "minutes"])
    found = lines[columns].assign(minutes=_line_minutes(territory)[rows[0]])
    near = held(lines, french.today()).to_numpy() & (found["minutes"] <= COVER_LIMIT_MINUTES)
    return found[near].sort_values("minutes").reset_index(drop=True)


@dataclass(frozen=True, eq=False)
class Cover:
    """Minutes from every commune of a region to every line: all other answers read it.

    Attributes
    ----------
    communes
        Columns code, name, departement, population.
    lines
        Lines of the region and of its surroundings (schema `pdses_lines`), with departement,
        commune (name), held and lacking (bool), standing (status), on the day asked for.
    minutes
        Shape (communes, lines); inf beyond `FARTHEST_MINUTES`.
    """

    communes: pd.DataFrame
    lines: pd.DataFrame
    minutes: npt.NDArray[np.float64]

    @property
    def specialties(self) -> list[str]:
        """Specialties of the lines, the most common first."""
        return [str(name) for name in self.lines["specialty"].value_counts(sort=True).index]

    def rows(self, specialty: str | None = None, *, held_only: bool = True) -> npt.NDArray[np.intp]:
        """Return the positions of the lines of a specialty (None: all), shape (k,)."""
        kept = self.lines["held"] | (not held_only)
        if specialty is not None:
            kept &= self.lines["specialty"] == specialty
        return np.flatnonzero(kept)

    def nearest(
        self, rows: npt.NDArray[np.intp]
    ) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.intp]]:
        """Return minutes to the nearest of some lines, shape (communes,), and its position.

        The position is -1 where none is within `FARTHEST_MINUTES`.
        """
        if not len(rows):
            nothing = np.full(len(self.communes), -1, dtype=np.intp)
            return np.full(len(self.communes), np.inf), nothing
        best = self.minutes[:, rows].argmin(axis=1)
        minutes = self.minutes[np.arange(len(self.communes)), rows[best]]
        return minutes, np.where(np.isfinite(minutes), rows[best], -1)


def cover(territory: Territory, on: dt.date) -> Cover:
    """Compute minutes to all lines; times are kept on disk, since they do not depend on statuses.

    Parameters
    ----------
    territory
        The region.
    on
        Day on which a line must be in force to be held.
    """
    columns = ["code", "name", "departement", "population"]
    communes = pd.DataFrame(territory.communes[columns])
    places = territory.with_fringe(*columns).set_index("code")
    lines = territory.pdses_lines.reset_index(drop=True)
    lines = lines.assign(
        departement=lines["code"].map(places["departement"]).fillna("").astype(str),
        commune=lines["code"].map(places["name"]).fillna("").astype(str),
        standing=standing(lines, on),
        held=held(lines, on),
        lacking=in_force(lines, on) & lines["status"].isin(UNCOVERED_STATUSES),
    )
    return Cover(communes, lines, _line_minutes(territory))


_known_minutes: WeakKeyDictionary[Territory, npt.NDArray[np.float64]] = WeakKeyDictionary()


def _line_minutes(territory: Territory) -> npt.NDArray[np.float64]:
    """Return minutes from each commune to each line, read once; read only."""
    if territory not in _known_minutes:
        points = territory.pdses_lines[["lon", "lat"]].to_numpy(float)
        sites, site_of = np.unique(points.reshape(-1, 2), axis=0, return_inverse=True)
        name, key = f"permanence-{territory.region}", digest(territory.version, sites.tobytes())
        table = cached_table(name, key, lambda: _minutes(territory, sites))
        _known_minutes[territory] = table.to_numpy(float)[:, site_of.reshape(-1)]
    return _known_minutes[territory]


def _minutes(territory: Territory, sites: npt.NDArray[np.float64]) -> pd.DataFrame:
    """Return minutes from each commune (rows) to each place of lines (columns)."""
    points = territory.communes[["lon", "lat"]].to_numpy(float)
    near = territory.travel_time.nearest
    columns = {str(k): near(sites[[k]], points, FARTHEST_MINUTES)[0] for k in range(len(sites))}
    return pd.DataFrame(columns, index=territory.communes.index)


def reach(
    covered: Cover, thresholds: Sequence[float] = REACH_MINUTES, specialty: str | None = None
) -> pd.DataFrame:
    """Count the inhabitants within reach of the lines held, by specialty.

    Parameters
    ----------
    covered
        Minutes to all lines.
    thresholds
        Minutes, inclusive.
    specialty
        One specialty; None for each of them.

    Returns
    -------
    pandas.DataFrame
        specialty, held, in_carence (lines), population, then population_within_30… (a column
        per threshold).
    """
    people = covered.communes["population"].to_numpy(float)
    rows = []
    for name in covered.specialties if specialty is None else [specialty]:
        minutes, _ = covered.nearest(covered.rows(name))
        mine = covered.lines["specialty"] == name
        within = {f"population_within_{t:g}": people[minutes <= t].sum() for t in thresholds}
        rows.append(
            {
                "specialty": name,
                "held": int((mine & covered.lines["held"]).sum()),
                "in_carence": int((mine & covered.lines["lacking"]).sum()),
                "population": people.sum(),
                **within,
            }
        )
    return pd.DataFrame(rows)


def gaps(covered: Cover, threshold: float) -> pd.DataFrame:
    """Say what lacks, by specialty and département of the region, the most people first.

    Parameters
    ----------
    covered
        Minutes to all lines.
    threshold
        Minutes, inclusive.

    Returns
    -------
    pandas.DataFrame
        specialty, departement, held, in_carence, requisitioned (lines of the département),
        population, population_beyond (the threshold), share_beyond, minutes_median (of the
        inhabitants; missing beyond `FARTHEST_MINUTES`), nearest_line (identifier of the line
        nearest to most of those beyond the threshold, else to most inhabitants; "" for none).
    """
    places = covered.communes
    lines = covered.lines
    tables = []
    for name in covered.specialties:
        minutes, line = covered.nearest(covered.rows(name))
        mine = lines[lines["specialty"] == name]
        beyond = places["population"].where(minutes > threshold, 0.0)
        table = pd.DataFrame(
            {
                "population": sums(places["population"], places["departement"]),
                "population_beyond": sums(beyond, places["departement"]),
                "minutes_median": weighted_medians(
                    pd.Series(minutes), places["population"], places["departement"]
                ),
                "nearest_line": _serving(lines, places, line, beyond),
            }
        ).reset_index(names="departement")
        for column, counted in (
            ("held", mine["held"]),
            ("in_carence", mine["lacking"]),
            ("requisitioned", mine["held"] & (mine["status"] == "réquisition")),
        ):
            count = mine[counted].groupby("departement").size()
            table[column] = table["departement"].map(count).fillna(0).astype(int)
        tables.append(table.assign(specialty=name))
    columns = ["specialty", "departement", "held", "in_carence", "requisitioned", "population"]
    columns += ["population_beyond", "share_beyond", "minutes_median", "nearest_line"]
    if not tables:
        return pd.DataFrame(columns=columns)
    every = pd.concat(tables, ignore_index=True)
    every["share_beyond"] = every["population_beyond"] / every["population"]
    every["minutes_median"] = every["minutes_median"].where(np.isfinite(every["minutes_median"]))
    return every.sort_values(
        ["population_beyond", "in_carence", "specialty", "departement"],
        ascending=[False, False, True, True],
        ignore_index=True,
    )[columns]


def _serving(
    lines: pd.DataFrame, places: pd.DataFrame, line: npt.NDArray[np.intp], beyond: pd.Series
) -> pd.Series:
    """Return, by département, the line nearest to most people, those beyond the threshold first."""
    table = pd.DataFrame(
        {
            "departement": places["departement"],
            "line": line,
            "beyond": beyond,
            "people": places["population"],
        }
    )
    weights = table[table["line"] >= 0].groupby(["departement", "line"], as_index=False).sum()
    best = weights.sort_values(["beyond", "people"], ascending=False).drop_duplicates("departement")
    names = lines["line"].to_numpy()[best["line"].to_numpy(int)]
    named = pd.Series(names, index=best["departement"], dtype=object)
    return named.reindex(sorted(places["departement"].unique()), fill_value="")


@dataclass(frozen=True, eq=False)
class LineFall:
    """What a line changes: its fall when it is held, its return when it is in carence.

    Attributes
    ----------
    line
        The line, by column.
    threshold
        Minutes, inclusive.
    beyond_with, beyond_without
        Inhabitants beyond the threshold of the specialty's lines, with the line and without it.
    communes
        Communes pushed beyond the threshold without the line, most populated first: code, name,
        departement, population, minutes_with, minutes_without (missing beyond
        `FARTHEST_MINUTES`), next_line.
    farther
        Inhabitants for whom the line is the nearest one, whatever the threshold.
    helpers
        Other lines held for the specialty, nearest first, seen from those communes (when none is
        pushed beyond: from those to which no line is nearer): line, establishment, commune,
        departement, line_type, status, minutes (median of the inhabitants), minutes_least,
        population_within (inhabitants within the threshold), population_taken (inhabitants
        whose next line it is).
    """

    line: dict[str, object]
    threshold: float
    beyond_with: float
    beyond_without: float
    communes: pd.DataFrame
    farther: float
    helpers: pd.DataFrame


def most_needed(covered: Cover, specialty: str, threshold: float) -> str:
    """Return the held line of a specialty whose fall would leave most people beyond a threshold.

    Where no fall leaves anybody, the one whose fall takes most people farther; "" where none is
    held.

    Parameters
    ----------
    covered
        Minutes to all lines.
    specialty
        Specialty of the line.
    threshold
        Minutes, inclusive.
    """
    rows = covered.rows(specialty)
    if not len(rows):
        return ""
    people = covered.communes["population"].to_numpy(float)
    nearest, _ = covered.nearest(rows)
    # Whom a line alone serves: within the threshold, else before any other.
    for limit in (threshold, np.where(np.isfinite(nearest), nearest, -1.0)[:, None]):
        serves = covered.minutes[:, rows] <= limit
        left = (people * (serves.sum(axis=1) == 1)) @ serves
        if left.any():
            break
    return str(covered.lines["line"].iloc[rows[left.argmax()]])


def if_line_falls(covered: Cover, line: str, threshold: float) -> LineFall:
    """Compare the cover of a specialty with and without one of its lines.

    Parameters
    ----------
    covered
        Minutes to all lines.
    line
        Identifier of the line.
    threshold
        Minutes, inclusive.

    Raises
    ------
    InvalidInputError
        There is no such line.
    """
    found = np.flatnonzero(covered.lines["line"] == line)
    if not len(found):
        raise InvalidInputError(
            f"La ligne « {line} » n’existe pas (ou plus) : choisissez une ligne de la liste."
        )
    fallen = found[0]
    told = covered.lines.iloc[fallen]
    others = covered.rows(str(told["specialty"]))
    others = others[others != fallen]
    before, _ = covered.nearest(np.append(others, fallen))
    after, after_line = covered.nearest(others)
    people = covered.communes["population"].to_numpy(float)
    lost = (before <= threshold) & (after > threshold)
    farther = after > before
    own = covered.minutes[:, fallen]
    concerned = lost if lost.any() else (own <= before) & np.isfinite(own)
    names = np.append(covered.lines["line"].to_numpy(object), "")
    communes = covered.communes.assign(
        minutes_with=before,
        minutes_without=np.where(np.isfinite(after), after, np.nan),
        next_line=names[after_line],
    )[lost]
    return LineFall(
        line={str(key): value for key, value in told.items()},
        threshold=threshold,
        beyond_with=float(people[before > threshold].sum()),
        beyond_without=float(people[after > threshold].sum()),
        communes=communes.sort_values("population", ascending=False, ignore_index=True),
        farther=float(people[farther].sum()),
        helpers=_helpers(covered, others, concerned, after_line, threshold),
    )


def _helpers(
    covered: Cover,
    others: npt.NDArray[np.intp],
    concerned: npt.NDArray[np.bool_],
    after_line: npt.NDArray[np.intp],
    threshold: float,
) -> pd.DataFrame:
    people = covered.communes["population"].to_numpy(float)[concerned]
    minutes = covered.minutes[np.ix_(concerned, others)]
    reachable = np.isfinite(minutes).any(axis=0)
    others, minutes = others[reachable], minutes[:, reachable]
    columns = ["line", "establishment", "commune", "departement", "line_type", "status"]
    table = covered.lines.iloc[others][columns].reset_index(drop=True)
    stacked = pd.DataFrame(
        {
            "minutes": minutes.ravel(order="F"),
            "people": np.tile(people, len(others)),
            "line": np.repeat(np.arange(len(others)), len(people)),
        }
    )
    median = weighted_medians(stacked["minutes"], stacked["people"], stacked["line"])
    table["minutes"] = median.where(np.isfinite(median)).reindex(table.index).to_numpy(float)
    table["minutes_least"] = minutes.min(axis=0, initial=np.inf)
    table["population_within"] = people @ (minutes <= threshold)
    table["population_taken"] = [float(people[after_line[concerned] == k].sum()) for k in others]
    return table.sort_values(["minutes", "minutes_least"], ignore_index=True)


def statuses(lines: pd.DataFrame) -> pd.Series:
    """Return what is written of lines (columns status, standing): "assurée, hors période"."""
    late = lines["standing"] == OUT_OF_PERIOD
    return lines["status"] + np.where(late, f", {OUT_OF_PERIOD}", "")


def matrix(covered: Cover) -> pd.DataFrame:
    """Return establishments in rows, specialties in columns; a cell tells status and type.

    Returns
    -------
    pandas.DataFrame
        departement, establishment, commune, then one column per specialty: "assurée (garde)",
        lines of one cell separated by " + ", what is not in force "assurée, hors période (garde)";
        "" where there is no line.
    """
    lines = covered.lines
    said = statuses(lines) + " (" + lines["line_type"] + ")"
    wide = lines.assign(said=said).pivot_table(
        index=["departement", "establishment", "commune"],
        columns="specialty",
        values="said",
        aggfunc=" + ".join,
        fill_value="",
    )
    return wide[covered.specialties].reset_index().rename_axis(columns=None)
