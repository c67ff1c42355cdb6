"""Room with a GP after departures drawn from the calibrated risk of losing the last one."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

import models.learning
from data.access import inputs
from data.access import parts as parting
from data.access import people as residents
from data.access import room as room_counts
from data.access import room_tables as rooms
from data.access.indicators import LEVELS
from data.access.room import room_tables
from data.base import table_cache
from data.base.french import counted, each_year, joined, number, today
from data.base.table_cache import cached_table, digest
from data.region.privacy import LEAST_COMMUNES
from data.region.rules import HUBERT_MINUTES, ROOM_PEOPLE_A_GP
from data.region.territory import Territory
from geo import room as engine
from geo.room import nearest_first, nearest_load
from models.learning import artefact
from models.region import predict
from models.region.flag import overdue
from models.region.predict import probabilities

DRAWS = 400
"""Futures drawn; the mean of the total is then known within a twentieth of its spread."""

SEED = 20
"""The same numbers for all horizons: a commune that loses its GPs in two years has lost them in
five, and two horizons differ by the risk, not by chance."""

HORIZONS_SHOWN = (2, 5)
"""Years after the counts that the screens show."""

INTERVAL = (0.05, 0.95)
"""Quantiles of the total over the futures."""

ASSUMPTIONS = (
    (
        "Seules sont tirées les communes qui perdraient leur dernier médecin, avec la probabilité "
        "du modèle ; les départs ailleurs, les arrivées et les remplacements ne sont pas comptés."
    ),
    (
        "Les communes sont tirées indépendamment les unes des autres : si les départs vont "
        "ensemble, l’intervalle est plus large."
    ),
    "La population est celle que l’on connaît ; le plus proche passe le premier.",
)


@dataclass(frozen=True, eq=False)
class Soon:
    """People without room at a horizon, nearest first, in the region.

    Attributes
    ----------
    horizon
        Years after the counts.
    now
        Inhabitants without room today.
    expected, low, high
        Mean over the futures drawn, and the ends of nine futures in ten.
    communes
        One row per commune of the region, in its order: code, name, population, without_room_now,
        without_room_expected (inhabitants), load_expected (inhabitants per GP if all went to the
        nearest GP, mean over the futures in which the commune keeps its GPs; missing without GP).
    carriers
        Communes of the region and its border whose GPs may go, those that carry most of the
        expected loss first: code, name, gps, without_room_more (inhabitants if it alone loses
        them), expected (times its probability). For planners only: a commune with one GP points
        at a person.
    """

    horizon: int
    now: float
    expected: float
    low: float
    high: float
    communes: pd.DataFrame
    carriers: pd.DataFrame


def soon(
    territory: Territory,
    horizon: int,
    *,
    minutes: float = HUBERT_MINUTES,
    per_gp: float = float(ROOM_PEOPLE_A_GP),
    draws: int = DRAWS,
) -> Soon:
    """Draw futures and count who finds room in each; some seconds.

    Parameters
    ----------
    territory
        The region; GPs of its border may go too.
    horizon
        Years, one of those of the model.
    minutes, per_gp
        Threshold, and inhabitants that a GP takes.
    draws
        Number of futures.

    Raises
    ------
    UnavailableError
        If no GP of the region is known.
    InvalidInputError
        If the model does not know the horizon, or the year of the counts is unknown.
    """
    tables = room_tables(territory, minutes)
    risk = probabilities(territory, horizon)
    ids = tables.sites["id"]
    chance = ids.map(risk).fillna(0.0).to_numpy(dtype=np.float64)
    inside = tables.communes["inside"].to_numpy()
    people, gps, reach = tables.people, tables.gps, tables.reach

    def without(staff: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return tables.by_commune(nearest_first(reach, people, staff, per_gp).without_room)[inside]

    # Futures: in each, every place loses its GPs or keeps them.
    now = without(gps)
    numbers = np.random.default_rng(SEED).random((draws, len(chance)))
    total, mean = np.empty(draws), np.zeros_like(now)
    load, stays = np.zeros(len(gps)), np.zeros(len(gps))
    for draw in range(draws):
        staff = np.where(numbers[draw] < chance, 0.0, gps)
        after = without(staff)
        total[draw] = after.sum()
        mean += after / draws
        load += np.nan_to_num(nearest_load(reach, people, staff))
        stays += staff > 0
    load = np.divide(load, stays, out=np.full(len(gps), np.nan), where=stays > 0)
    # What the loss of each place alone would leave without room, and what that is likely to be.
    at_risk = np.flatnonzero((chance > 0) & (gps > 0))
    more = np.array([without(_left(gps, int(row))).sum() - now.sum() for row in at_risk])
    carriers = pd.DataFrame(
        {
            "code": ids.to_numpy()[at_risk],
            "name": tables.communes["name"].to_numpy()[at_risk],
            "gps": gps[at_risk],
            "without_room_more": more,
            "expected": chance[at_risk] * more,
        }
    ).sort_values(["expected", "code"], ascending=[False, True], ignore_index=True)
    # Back to the communes of the region; neighbours only lent their GPs.
    told = pd.DataFrame(tables.communes.loc[inside, ["id", "name", "population"]])
    communes = told.rename(columns={"id": "code"}).reset_index(drop=True)
    communes = communes.assign(
        without_room_now=now, without_room_expected=mean, load_expected=load[inside]
    )
    low, high = (float(end) for end in np.quantile(total, INTERVAL))
    return Soon(
        horizon=horizon,
        now=float(now.sum()),
        expected=float(total.mean()),
        low=low,
        high=high,
        communes=communes,
        carriers=carriers,
    )


def kept(territory: Territory, horizon: int) -> Soon:
    """Return `soon` as the screens show it, from disk where it was computed before.

    The key holds the data, the travel times, the model and the code, so that no figure outlives
    what it was made from.

    Raises
    ------
    UnavailableError, InvalidInputError
        As `soon`.
    """
    key = _key(territory, horizon)
    made: list[Soon] = []

    def found() -> Soon:
        if not made:
            made.append(soon(territory, horizon))
        return made[0]

    # The totals are written last: where they are, the rest is.
    communes = cached_table(_COMMUNES, key, lambda: found().communes)
    carriers = cached_table(_CARRIERS, key, lambda: found().carriers)
    one = cached_table(_TOTALS, key, lambda: _totals(found())).iloc[0]
    return Soon(
        horizon=horizon,
        now=float(one["now"]),
        expected=float(one["expected"]),
        low=float(one["low"]),
        high=float(one["high"]),
        communes=communes,
        carriers=carriers,
    )


def is_kept(territory: Territory) -> bool:
    """Tell whether what the screens show is on disk, so that it costs nobody a wait."""
    return all(table_cache.is_kept(_TOTALS, _key(territory, horizon)) for horizon in HORIZONS_SHOWN)


_COMMUNES, _CARRIERS, _TOTALS = "soon_communes", "soon_carriers", "soon_totals"


def _totals(found: Soon) -> pd.DataFrame:
    columns = ("now", "expected", "low", "high")
    return pd.DataFrame({name: [getattr(found, name)] for name in columns})


def _key(territory: Territory, horizon: int) -> str:
    settings = f"{horizon} {HUBERT_MINUTES} {ROOM_PEOPLE_A_GP} {DRAWS} {SEED}"
    return digest(territory.version, settings, _made_by(artefact.PATH))


@cache
def _made_by(model: Path) -> str:
    """Return a key of the code and the model of this process: the map asks at each of its runs."""
    folders = [Path(package.__file__ or "").parent for package in (engine, models.learning)]
    counts = (room_counts, rooms, parting, residents, inputs, predict)
    code = [Path(__file__), *(Path(one.__file__ or "") for one in counts)]
    code += [path for folder in folders for path in sorted(folder.glob("*.py"))]
    return digest(*(path.read_bytes() for path in (*code, model)))


def with_soon(table: pd.DataFrame, territory: Territory) -> pd.DataFrame:
    """Return the indicators of communes with those of the coming years; for planners only.

    The expected figure of a commune tells the probability that the GPs around it leave, hence
    points at a person: on public screens only
    `public_sentence` is told.

    Returns
    -------
    pandas.DataFrame
        The same rows, in the order of `territory.communes`, with, for each of `HORIZONS_SHOWN`:
        share_without_room_in_N and share_change_in_N (0 to 1, expected and expected minus now),
        load_per_gp_in_N (inhabitants per GP).
    """
    added: dict[str, pd.Series] = {}
    for horizon in HORIZONS_SHOWN:
        communes = kept(territory, horizon).communes
        people = communes["population"].where(communes["population"] > 0)
        share = communes["without_room_expected"] / people
        now = communes["without_room_now"] / people
        added[f"share_without_room_in_{horizon}"] = share
        added[f"share_change_in_{horizon}"] = share - now
        added[f"load_per_gp_in_{horizon}"] = communes["load_expected"]
    return table.assign(**{key: values.to_numpy() for key, values in added.items()})


def sentence(found: Soon, years: Collection[int]) -> str:
    """Return the people of the region, in words; to others than planners, `public_sentence`.

    `years` are those of the counts, none where they are not known.
    """
    counts = joined([str(year) for year in each_year(years)], "ou")
    since = f" après les effectifs de {counts}" if counts else " après les effectifs connus"
    late = overdue(years, found.horizon, today())
    return (
        f"{counted(found.horizon, 'an', 'ans')}{since} : {number(found.expected)} habitants "
        f"sans place à {number(HUBERT_MINUTES)} minutes attendus, entre {number(found.low)} et "
        f"{number(found.high)} dans neuf des dix avenirs tirés, au lieu de {number(found.now)}, à "
        f"{number(ROOM_PEOPLE_A_GP)} habitants par médecin au plus, le plus proche passant le "
        f"premier. {late}".strip()
    )


PUBLIC_ROUNDING = 100
MASKED = (
    "Dans cette région, trop peu de communes portent le chiffre à venir : il n’est pas diffusé, "
    "car il y désignerait une personne."
)


def may_be_public(found: Soon) -> bool:
    """Tell whether the totals of a region say nothing of any one commune.

    The people expected to lose their place are about the sum, over communes, of the people each
    would leave times its risk. Who knows the counts knows the people each would leave. So the total
    bounds the risk of a commune as soon as that commune weighs more than the total, or than all
    that the others could make: then it is not told.
    """
    weights = np.sort(found.carriers["without_room_more"].clip(lower=0).to_numpy(float))
    # Rounded, and either end of the interval: the least and the most that the total may be.
    ends = (found.low, found.expected, found.high)
    least = min(ends) - found.now - PUBLIC_ROUNDING
    most = max(ends) - found.now + PUBLIC_ROUNDING
    if len(weights) < LEAST_COMMUNES:
        return False
    return bool(weights[-1] <= least and most <= weights[:-1].sum())


def public_sentence(found: Soon, years: Collection[int]) -> str:
    """Return what anyone may be told: totals of the region, in hundreds, or why they are hidden."""
    if not may_be_public(found):
        return MASKED
    told = {
        name: PUBLIC_ROUNDING * round(getattr(found, name) / PUBLIC_ROUNDING)
        for name in ("now", "expected", "low", "high")
    }
    return f"Environ, à {PUBLIC_ROUNDING} habitants près. " + sentence(
        replace(found, **told), years
    )


def by_territory(territory: Territory, communes: pd.DataFrame, level: str) -> pd.DataFrame:
    """Return who is without room, now and at each horizon, by EPCI or département.

    Parameters
    ----------
    territory
        The region.
    communes
        Its indicators (`data.access.indicators.commune_indicators`).
    level
        One of `data.access.indicators.LEVELS`.

    Returns
    -------
    pandas.DataFrame
        code, name, population, without_room_now, without_room_in_N (inhabitants, of each of
        `HORIZONS_SHOWN`), share_without_room and share_without_room_in_N (0 to 1) of the last
        horizon; those that lose most first. Communes outside any territory are left out.
    """
    code, name = LEVELS[level]
    table = communes[[code, name, "population"]].set_axis(
        ["code", "name", "population"], axis="columns"
    )
    for horizon in HORIZONS_SHOWN:
        found = kept(territory, horizon).communes
        table = table.assign(
            without_room_now=found["without_room_now"].to_numpy(),
            **{f"without_room_in_{horizon}": found["without_room_expected"].to_numpy()},
        )
    summed = table[table["code"] != ""].groupby(["code", "name"], as_index=False).sum()
    people = summed["population"].where(summed["population"] > 0)
    last = HORIZONS_SHOWN[-1]
    summed["share_without_room"] = summed["without_room_now"] / people
    summed[f"share_without_room_in_{last}"] = summed[f"without_room_in_{last}"] / people
    more = summed[f"without_room_in_{last}"] - summed["without_room_now"]
    return summed.loc[more.sort_values(ascending=False, kind="stable").index].reset_index(drop=True)


def _left(gps: npt.NDArray[np.float64], row: int) -> npt.NDArray[np.float64]:
    left = gps.copy()
    left[row] = 0.0
    return left
