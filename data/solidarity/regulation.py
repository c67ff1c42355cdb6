"""On-call regulation: calls, regulators and waits of each département, by hour of the week.

Calls come from the file of an agency, or are simulated by the rule below and said to be; the two
are never mixed. Waits follow `geo.queueing`.

Simulated figures follow one rule, without chance: `CALLS_A_YEAR_AND_1000` calls a year and 1,000
inhabitants, spread over the hours of on-call cover in proportion to `_profile`, of `CALL_MINUTES`
each; and the square-root staffing of queues, the load a plus √a, rounded up. Nothing in it was
measured.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

from data.region import embedded_set
from data.region.rules import ANSWER_MINUTES, ANSWER_SHARE, DEEP_NIGHT_HOURS
from data.region.table_names import TITLES
from data.region.territory import Provenance, Territory
from geo.errors import InvalidInputError
from geo.queueing import fewest_servers, queue

TABLE = "regulation_calls"
CALLS_A_YEAR_AND_1000 = 100.0
CALL_MINUTES = 8.0
WEEKS_A_YEAR = 52.0
DAY_HOURS = 24
DAYS = {"tous": range(7), "semaine": range(5), "weekend": range(5, 7)}
DAY_NAMES = {"tous": "tous les jours", "semaine": "du lundi au vendredi", "weekend": "le week-end"}
_EVENING, _NIGHT, _SATURDAY, _SUNDAY, _WEEKEND_EVENING = 3.0, 1.0, 4.0, 5.0, 3.5
"""Calls of an hour beside those of an hour of deep night."""


@dataclass(frozen=True)
class Hours:
    """Some hours of the week: the same on each of some days.

    Attributes
    ----------
    start, end
        Whole hours, the end left out; from 20 to 8 goes through midnight, 0 to 24 is the whole day.
    days
        Key of `DAYS`.
    """

    start: int = DEEP_NIGHT_HOURS[0]
    end: int = DEEP_NIGHT_HOURS[1]
    days: str = "tous"

    def __post_init__(self) -> None:
        """Refuse hours that are none.

        Raises
        ------
        InvalidInputError
            Out of bounds, of no length, or on unknown days.
        """
        fits = 0 <= self.start < DAY_HOURS and 0 <= self.end <= DAY_HOURS
        if not fits or self.start == self.end:
            raise InvalidInputError(
                "Les heures vont de 0 à 24, et la plage a au moins une heure (20 à 8 passe minuit)."
            )
        if self.days not in DAYS:
            raise InvalidInputError(
                f"Jours « {self.days} » inconnus : choisissez parmi {', '.join(DAYS)}."
            )

    def hold(self, table: pd.DataFrame) -> pd.Series:
        """Tell which rows (day, hour) are among them."""
        hour = table["hour"]
        after, before = hour >= self.start, hour < self.end
        return (after & before if self.start < self.end else after | before) & table["day"].isin(
            list(DAYS[self.days])
        )

    @property
    def told(self) -> str:
        """The hours, in French."""
        return f"de {self.start} h à {self.end} h, {DAY_NAMES[self.days]}"


@dataclass(frozen=True)
class Standard:
    """What is asked of an hour: a share of calls answered by a doctor within some minutes."""

    minutes: float = ANSWER_MINUTES
    share: float = ANSWER_SHARE

    def __post_init__(self) -> None:
        """Refuse what is no standard.

        Raises
        ------
        InvalidInputError
            A delay that is negative, a share out of bounds.
        """
        if not (np.isfinite(self.minutes) and 0 <= self.minutes <= 60 and 0 < self.share < 1):
            raise InvalidInputError(
                "Le délai visé va de 0 à 60 minutes, la part d’appels de plus de 0 à moins de "
                "100 %."
            )


@dataclass(frozen=True, eq=False)
class Calls:
    """What is known of calls in a region.

    Attributes
    ----------
    table
        One row per département, day (0: Monday) and hour told: code, day, hour, calls (an hour),
        minutes (of one call), regulators (on duty); NaN where not known.
    names
        Code of every département of the region to its name, in the order of codes.
    simulated
        Whether all of it is simulated.
    note
        Source and year, or the rule of the simulation, in French.
    """

    table: pd.DataFrame
    names: dict[str, str]
    simulated: bool
    note: str


@lru_cache(maxsize=4)
def calls_of(territory: Territory) -> Calls:
    """Return the calls of a region: imported when a file tells of it, else simulated."""
    codes = sorted(set(territory.communes["departement"]))
    known = embedded_set.departement_names(territory.region)
    names = {code: known.get(code, code) for code in codes}
    columns = ["code", "day", "hour", "calls", "minutes", "regulators"]
    imported = territory.context.get(TABLE)
    if imported is not None and imported["code"].isin(codes).any():
        source = territory.provenance[TABLE]
        here = imported[imported["code"].isin(codes)]
        table = here[columns].sort_values(columns[:3], ignore_index=True)
        years = ", ".join(map(str, sorted(here["year"].unique())))
        note = f"{source.title} : réel, {source.source}, fichier « {source.file_name} » ({years})"
        return Calls(table, names, simulated=False, note=note)
    people = territory.communes.groupby("departement")["population"].sum()
    return Calls(_simulated(people), names, simulated=True, note=simulation_rule())


def made_up(territory: Territory) -> Provenance | None:
    """Return where the calls of a region come from if they are simulated: no table holds them."""
    if not calls_of(territory).simulated:
        return None
    return Provenance(
        TABLE, TITLES[TABLE], "ProxiSoins", "simulation", "", simulated=True, rows=0, matched=0
    )


def simulation_rule() -> str:
    """Return how calls are simulated, in French."""
    return (
        "Appels, durées et régulateurs : simulés, sans valeur pour une décision. Règle : "
        f"{CALLS_A_YEAR_AND_1000:.0f} appels régulés par an pour 1 000 habitants, répartis sur "
        "les heures de permanence (plus le soir et le dimanche, moins la nuit), "
        f"{CALL_MINUTES:.0f} minutes par appel, et autant de régulateurs que les appels en "
        "occupent en moyenne, plus la racine carrée de ce nombre, arrondi au-dessus ; rien "
        "n’en est mesuré"
    )


def _profile() -> pd.DataFrame:
    """Return the hours of on-call cover of a week and the weight of their calls."""
    rows = []
    for day in range(7):
        for hour in range(DAY_HOURS):
            weekend = day in DAYS["weekend"]
            if hour < DEEP_NIGHT_HOURS[1]:
                weight = _NIGHT
            elif hour >= 20:
                weight = _WEEKEND_EVENING if weekend else _EVENING
            elif day == 6 or (day == 5 and hour >= 12):
                weight = _SUNDAY if day == 6 else _SATURDAY
            else:
                continue  # doctors' practices are open: no on-call cover
            rows.append((day, hour, weight))
    return pd.DataFrame(rows, columns=["day", "hour", "weight"])


def _simulated(people: pd.Series) -> pd.DataFrame:
    profile = _profile()
    a_week = people.sort_index() * CALLS_A_YEAR_AND_1000 / 1000 / WEEKS_A_YEAR
    share = (profile["weight"] / profile["weight"].sum()).to_numpy(dtype=np.float64)
    calls = np.outer(a_week.to_numpy(dtype=np.float64), share)
    load = calls * CALL_MINUTES / 60
    count = len(a_week)
    return pd.DataFrame(
        {
            "code": np.repeat(a_week.index.to_numpy(dtype=object).astype(str), len(profile)),
            "day": np.tile(profile["day"], count),
            "hour": np.tile(profile["hour"], count),
            "calls": calls.ravel(),
            "minutes": CALL_MINUTES,
            "regulators": np.ceil(load + np.sqrt(load)).clip(1).ravel(),
        }
    )


def known_hours(calls: Calls, hours: Hours) -> pd.DataFrame:
    """Return the rows of some hours of the week whose three figures are known."""
    told = calls.table[hours.hold(calls.table)]
    return told.dropna(subset=["calls", "minutes", "regulators"]).reset_index(drop=True)


def waits(table: pd.DataFrame, standard: Standard) -> pd.DataFrame:
    """Return rows of calls with what becomes of them.

    Parameters
    ----------
    table
        calls, minutes and regulators, known or NaN.
    standard
        What is asked.

    Returns
    -------
    pandas.DataFrame
        The same rows with load (erlangs), waiting (share), mean_wait (minutes, infinite where the
        queue only grows), within (share answered in time), needed (fewest regulators that meet the
        standard).
    """
    figures = (table[name].to_numpy(dtype=np.float64) for name in ("calls", "minutes"))
    rate, held = figures
    found = queue(rate, held, table["regulators"].to_numpy(dtype=np.float64), standard.minutes)
    return table.assign(
        load=found.load,
        waiting=found.waiting,
        mean_wait=found.mean_wait,
        within=found.within,
        needed=fewest_servers(rate, held, standard.minutes, standard.share),
    )


def by_departement(calls: Calls, hours: Hours, standard: Standard) -> pd.DataFrame:
    """Return what some hours of a week are in each département of the region.

    Returns
    -------
    pandas.DataFrame
        One row per département: code, name, known (hours whose figures are all known), asked
        (hours of the week that are asked for), calls (a week), regulator_hours (a week), needed
        (regulator-hours that would meet the standard, alone), waiting and within (shares of its
        calls), mean_wait (minutes), short (hours under the standard), role ("à aider", "peut
        aider", "tient seul", or "non connu").
    """
    told = waits(known_hours(calls, hours), standard)
    asked = len(DAYS[hours.days]) * ((hours.end - hours.start) % DAY_HOURS or DAY_HOURS)
    rows = []
    for code, name in calls.names.items():
        here = told[told["code"] == code]
        short = int((here["within"] < standard.share).sum())
        spare = float((here["regulators"] - here["needed"]).clip(lower=0).sum())
        rows.append(
            {
                "code": code,
                "name": name,
                "known": len(here),
                "asked": asked,
                **totals(here),
                "needed": float(here["needed"].sum()),
                "short": short,
                "role": _role(len(here), short, spare),
            }
        )
    return pd.DataFrame(rows)


def totals(hours: pd.DataFrame) -> dict[str, float]:
    """Return sums of rows of `waits`: shares and minutes are those of a call, not of an hour."""
    calls = hours["calls"].to_numpy(dtype=np.float64)
    count = float(calls.sum())

    def mean(name: str) -> float:
        values = hours[name].to_numpy(dtype=np.float64)
        here = calls > 0
        return float((values[here] * calls[here]).sum() / count) if count else float("nan")

    return {
        "calls": count,
        "regulator_hours": float(hours["regulators"].sum()),
        "waiting": mean("waiting"),
        "mean_wait": mean("mean_wait"),
        "within": mean("within"),
    }


def _role(known: int, short: int, spare: float) -> str:
    if not known:
        return "non connu"
    if short:
        return "à aider"
    return "peut aider" if spare else "tient seul"
