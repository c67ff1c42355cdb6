"""Predictors of the risk model, computed from what is known at a date.

An array has one value a commune, shape (n,), in the order of the table that it comes from.
"""

from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.spatial import cKDTree

from geo.errors import InvalidInputError
from models.learning import neighbourhood, places
from models.learning.inputs import Inputs
from models.learning.panel import xy_km, years
from models.learning.predictors import NAMES, PREDICTORS

TOWN_INHABITANTS = 5_000
RURALITY = ("ville", "périurbain", "rural", "rural isolé")
SUBURB_INHABITANTS, ISOLATED_INHABITANTS = 60_000, 15_000
"""Inhabitants within 10 km from which a commune is suburban, under which it is isolated; a town
has 5,000 inhabitants itself."""

SMOOTHING_COMMUNES = 5
"""Losses around are shrunk to the country's rate with the weight of 5 communes."""

COUNTRY = {(2009, 2013): (376, 10043), (2013, 2017): (540, 9819), (2017, 2020): (463, 8325)}
"""Two counts of INSEE (BPE) → communes of France that lost their last GP between them, and those
that had one, both counts known (`panel.read`), mergers followed to 2021. A part of the country is
shrunk to the same rate as the whole, so that a commune has one risk whatever stands beside it in a
file."""

NATIONAL_APL = {2016: (1.1945, 0.0827), 2018: (1.1409, 0.1012)}
"""Mean over metropolitan communes of log(APL + 0.3) and of 1 − APL65/APL, by vintage (DREES);
2018 without Nouvelle-Aquitaine. A later vintage is compared with the nearest one."""

Array = npt.NDArray[np.float64]


def _log_ratio(after: Array, before: Array) -> Array:
    return np.log((after + 0.5) / (before + 0.5))


def grid(inputs: Inputs) -> pd.DataFrame:
    """Return all communes of the panel that have a place: index code, population, place.

    population_2021: the people of 2016 on the ground of the commune as it was in 2021.
    """
    place = inputs.places().set_index("code")
    place = place.assign(population=place["population_2016"].astype("float64"))
    alone = places.communes().set_index("code")["population_2016"].astype("float64")
    place["population_2021"] = alone.reindex(place.index).fillna(place["population"])
    if not inputs.reference.empty:
        given = inputs.reference.set_index("code")
        extra = given.index.difference(place.index).intersection(inputs.panel.index)
        place = pd.concat([place, given.loc[extra, ["lon", "lat", "population"]]])
        place["population"] = place["population"].fillna(given["population"])
        place["population_2021"] = place["population_2021"].fillna(place["population"])
    place = place[place["lon"].notna() & place["lat"].notna()]
    rows = inputs.panel.index.intersection(place.index)
    return place.loc[rows.sort_values()]


def compute(inputs: Inputs, as_of: int, *, learning: bool = False) -> pd.DataFrame:
    """Return the predictors of the communes with a GP in `as_of`.

    Nothing measured after the end of `as_of` is read; what a predictor declares as measured in a
    later year is blank. Only `learning` may read the populations of 2016 for counts of before:
    what is learned is used from 2017 on. Blank means that the predictor is not known. A commune
    without a known place has what its own counts tell.

    Returns
    -------
    pandas.DataFrame
        Index code; the columns of `models.learning.predictors.NAMES`, then gps (count) and
        rurality (one of `RURALITY`).

    Raises
    ------
    InvalidInputError
        When the panel has no column of that year, or no commune with a GP in it.
    """
    if f"gp_{as_of}" not in inputs.panel.columns:
        given = ", ".join(map(str, years(inputs.panel)))
        raise InvalidInputError(
            f"Le nombre de médecins de {as_of} est absent du fichier ; années présentes : {given}."
        )
    known = inputs.known_at(as_of)
    if not (known.panel[f"gp_{as_of}"] > 0).any():
        raise InvalidInputError(f"Aucune commune du fichier n’a de médecin en {as_of}.")
    place = grid(known)
    placed = [] if place.empty else [_placed(known, place)]
    table = pd.concat([*placed, _unplaced(known, place)])
    if not learning:
        later = [p.name for p in PREDICTORS if p.measured is not None and p.measured > as_of]
        table[later] = np.nan
    return table[table["gps"] > 0].sort_index()


def cut_off(inputs: Inputs, codes: pd.Series) -> int:
    """Return how many communes have, near enough to count, others that the panel does not give."""
    place = inputs.places().set_index("code")
    xy = xy_km(place["lon"], place["lat"])
    absent, asked = ~place.index.isin(inputs.panel.index), place.index.isin(codes)
    if not absent.any():
        return 0
    km, _ = cKDTree(xy[absent]).query(xy[asked], distance_upper_bound=max(neighbourhood.RADII_KM))
    return int(np.isfinite(km).sum())


def counts_of(panel: pd.DataFrame) -> tuple[list[Array], list[int]]:
    """Return the counts of a panel and their years, latest vintage first."""
    vintages = years(panel)[::-1]
    return [panel[f"gp_{year}"].to_numpy(float) for year in vintages], vintages


def _placed(known: Inputs, place: pd.DataFrame) -> pd.DataFrame:
    """Return the predictors of the communes that have a place."""
    counts, vintages = counts_of(known.panel.loc[place.index])
    around = neighbourhood.build(place["lon"], place["lat"])
    columns: dict[str, Array] = {}
    columns |= gp_history(counts, vintages)
    columns |= population_and_role(place, counts[0])
    columns |= surroundings(place, around, counts, vintages)
    columns |= _apl(known.apl, place, around)
    table = pd.DataFrame(columns, index=place.index)
    table["gps"] = counts[0]
    table["rurality"] = rurality(place, around)
    return table[[*NAMES, "gps", "rurality"]]


def _unplaced(known: Inputs, place: pd.DataFrame) -> pd.DataFrame:
    """Return what their own counts tell of the communes that have no known place."""
    panel = known.panel.loc[known.panel.index.difference(place.index)]
    counts, vintages = counts_of(panel)
    table = pd.DataFrame(gp_history(counts, vintages), index=panel.index).reindex(columns=NAMES)
    return table.assign(gps=counts[0], rurality=RURALITY[2])


def rurality(place: pd.DataFrame, around: neighbourhood.Neighbourhood) -> npt.NDArray[np.str_]:
    """Return the rurality of communes, told from populations only (any commune, any vintage)."""
    own = np.nan_to_num(place["population"].to_numpy(float))
    near = around.total(own, 10.0) + own
    classes = [own >= TOWN_INHABITANTS, near >= SUBURB_INHABITANTS, near < ISOLATED_INHABITANTS]
    return np.select(classes, [RURALITY[0], RURALITY[1], RURALITY[3]], RURALITY[2])


def gp_history(counts: list[Array], vintages: list[int]) -> dict[str, Array]:
    """Return what depends on a commune's own GPs only; `counts`: latest vintage first.

    `vintages` are their years.
    """
    now = counts[0]
    gaps = [later - year for later, year in pairwise(vintages)]
    blank = np.full(len(now), np.nan)
    past = np.vstack([*counts[1:], blank])
    known = np.isfinite(past).sum(axis=0)
    share = np.where(known > 0, 1 / np.maximum(known, 1), np.nan)
    return {
        "gps_log": np.log(np.maximum(now, 1)),
        "one_gp": ((now > 0) & (now < 1.5)).astype(float),
        "two_gps": ((now >= 1.5) & (now < 2.5)).astype(float),
        "gps_change": _log_ratio(now, counts[1]) / gaps[0] if gaps else blank,
        "single_before": (past == 1).sum(axis=0) * share,
        "none_before": (past == 0).sum(axis=0) * share,
        "below_peak": _log_ratio(now, np.fmax.reduce(np.vstack(counts))),
    }


def population_and_role(place: pd.DataFrame, now: Array) -> dict[str, Array]:
    """Return what depends on the commune and its count `now`."""
    population = place["population"].to_numpy(float)
    return {
        "population_log": np.log(population + 50),
        "population_per_gp": np.log((population + 50) / np.maximum(now, 1)),
        "density_log": np.log((population + 10) / place["area_km2"].to_numpy(float)),
        "canton_seat": place["canton_seat"].astype("float64").to_numpy(),
    }


def surroundings(
    place: pd.DataFrame,
    around: neighbourhood.Neighbourhood,
    counts: list[Array],
    vintages: list[int],
) -> dict[str, Array]:
    """Return what depends on the GPs of other communes; `counts`, `vintages`: latest first.

    Counts may be fractional (expected GPs); changes are rates per year. A commune whose latest
    count is not known counts for the others by its last known one, without a course: as one
    without GP, its people would weigh on the GPs around it.
    """
    return _around(place, around, last_known(counts)) | _snowball(around, counts, vintages)


def last_known(counts: list[Array]) -> Array:
    """Return the last known count of communes; `counts`: latest vintage first. NaN: none."""
    return pd.DataFrame(counts).bfill().iloc[0].to_numpy(float)


def _around(
    place: pd.DataFrame, around: neighbourhood.Neighbourhood, latest: Array
) -> dict[str, Array]:
    now, population = np.nan_to_num(latest), np.nan_to_num(place["population"].to_numpy(float))
    columns = {}
    for radius in neighbourhood.RADII_KM:
        gps, people = around.total(now, radius), around.total(population, radius)
        columns[f"gps_{radius:.0f}km"] = np.log1p(gps)
        columns[f"population_{radius:.0f}km"] = np.log(people + 100)
        columns[f"load_{radius:.0f}km"] = np.log((people + population + 100) / (gps + now + 0.5))
    columns["km_to_gp"] = np.log1p(np.minimum(around.distance(now > 0.5), 50))
    columns["km_to_three_gps"] = np.log1p(np.minimum(around.distance(now > 2.5), 50))
    km = around.distance(population >= TOWN_INHABITANTS)
    columns[f"km_to_town_{TOWN_INHABITANTS}"] = np.log1p(np.minimum(km, 100))
    own = around.apl(now, population)
    columns["own_apl"] = np.log(own + 0.1)
    alone = around.apl(now, population, own_only=True)
    columns["own_share"] = np.divide(alone, own, out=np.full(len(own), np.nan), where=own > 0)
    largest = np.array(around.within[10.0].multiply(population[None, :]).max(axis=1).todense())
    columns["rank_10km"] = np.log((population + 50) / (largest.ravel() + 50))
    return {name: values for name, values in columns.items() if name in NAMES}


def _snowball(
    around: neighbourhood.Neighbourhood, counts: list[Array], vintages: list[int]
) -> dict[str, Array]:
    """Return losses and changes around since the vintage before, the commune itself left out."""
    if len(vintages) < 2:
        blank = np.full(len(counts[0]), np.nan)
        return dict.fromkeys(("lost_10km", "lost_20km", "change_20km"), blank)
    now, before = counts[0], counts[1]
    both = np.isfinite(now) & np.isfinite(before)
    had = (both & (before > 0)).astype(float)
    lost = had * (np.nan_to_num(now) < 0.5)
    gap = vintages[0] - vintages[1]
    rate = _country_rate(vintages[1], vintages[0])
    if rate is None:
        rate = lost.sum() / max(had.sum(), 1)
    columns = {}
    for radius in (10.0, 20.0):
        share = (around.total(lost, radius) + SMOOTHING_COMMUNES * rate) / (
            around.total(had, radius) + SMOOTHING_COMMUNES
        )
        columns[f"lost_{radius:.0f}km"] = -np.log1p(-np.minimum(share, 0.9)) / gap
    columns["change_20km"] = (
        _log_ratio(around.total(now * both, 20.0), around.total(before * both, 20.0)) / gap
    )
    return columns


def _country_rate(before: int, now: int) -> float | None:
    """Return the share of communes of France that lost their last GP between two counts.

    That of the same two counts of `COUNTRY`, else that of the last ones known by `now`, as a rate
    per year; None where none was.
    """
    if (before, now) in COUNTRY:
        lost, had = COUNTRY[before, now]
        return lost / had
    known = [ends for ends in COUNTRY if ends[1] <= now]
    if not known:
        return None
    start, end = max(known, key=lambda ends: ends[1])
    lost, had = COUNTRY[start, end]
    return float(-np.expm1(np.log1p(-lost / had) * (now - before) / (end - start)))


def _apl(
    apl: pd.DataFrame, place: pd.DataFrame, around: neighbourhood.Neighbourhood
) -> dict[str, Array]:
    blank = np.full(len(place), np.nan)
    columns = dict.fromkeys(("apl_log", "apl_over_65", "apl_over_65_10km", "elderly_demand"), blank)
    if apl.empty:
        return columns
    level, over, demand, people_of = blank, blank, blank, blank
    merged, alone = (place[name].to_numpy(float) for name in ("population", "population_2021"))
    for year in sorted(apl["year"].unique()):
        part = apl[apl["year"] == year]
        rows = part.set_index("code").reindex(place.index)
        relative_level, relative_over = _relative(rows, year)
        fresh = np.isfinite(relative_level)
        level = np.where(fresh, relative_level, level)
        over = np.where(fresh, relative_over, over)
        people = rows["standardised_population"].to_numpy(float)
        # A vintage of before the mergers tells the demand of a commune without its parts.
        people_of = np.where(np.isfinite(demand), people_of, alone if year <= 2021 else merged)
        demand = np.where(np.isfinite(demand), demand, people)
    seen = np.isfinite(over).astype(float)
    weight = around.total(seen, 10.0) + seen
    total = around.total(over, 10.0) + np.nan_to_num(over)
    columns["apl_log"] = level
    columns["apl_over_65"] = over
    columns["apl_over_65_10km"] = np.divide(total, weight, out=blank.copy(), where=weight > 0)
    columns["elderly_demand"] = np.log((demand + 20) / (people_of + 20))
    return columns


def _relative(rows: pd.DataFrame, year: int) -> tuple[Array, Array]:
    """Log APL and share over 65, less the country's mean of the vintage: vintages compare."""
    mean_log, mean_over = NATIONAL_APL[min(NATIONAL_APL, key=lambda y: abs(y - year))]
    level, level65 = rows["apl"].to_numpy(), rows["apl65"].to_numpy()
    ratio = np.divide(level65, level, out=np.full(len(rows), np.nan), where=level > 0)
    return np.log(level + 0.3) - mean_log, 1 - ratio - mean_over
