"""Predictors of the risk model, computed from what is known at a date."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.errors import InvalidInputError
from models.learning import neighbourhood, places
from models.learning.inputs import FACILITIES, Inputs
from models.learning.panel import departement, years

TOWN_INHABITANTS = (5_000, 20_000)
RURALITY = ("ville", "périurbain", "rural", "rural isolé")
SUBURB_INHABITANTS, ISOLATED_INHABITANTS = 60_000, 15_000
"""Inhabitants within 10 km from which a commune is suburban, under which it is isolated; a town
has 5,000 inhabitants itself."""

SMOOTHING_COMMUNES = 30
"""A département's past loss rate is shrunk to the country's with the weight of 30 communes."""

NATIONAL_APL = {2016: (1.1945, 0.0827), 2018: (1.1409, 0.1012)}
"""Mean over metropolitan communes of log(APL + 0.3) and of 1 − APL65/APL, by vintage (DREES);
2018 without Nouvelle-Aquitaine. A later vintage is compared with the nearest one."""

Array = npt.NDArray[np.float64]


def _log_ratio(after: Array, before: Array) -> Array:
    return np.log((after + 0.5) / (before + 0.5))


def grid(inputs: Inputs) -> pd.DataFrame:
    """Return all communes of the panel that have a place: index code, population, place."""
    place = places.communes().set_index("code")
    place = place.assign(population=place["population_2016"].astype("float64"))
    if not inputs.reference.empty:
        given = inputs.reference.set_index("code")
        extra = given.index.difference(place.index).intersection(inputs.panel.index)
        place = pd.concat([place, given.loc[extra, ["lon", "lat", "population"]]])
        place["population"] = place["population"].fillna(given["population"])
    rows = inputs.panel.index.intersection(place.index)
    return place.loc[rows.sort_values()]


def compute(inputs: Inputs, as_of: int) -> pd.DataFrame:
    """Return the predictors of the communes with a GP in `as_of`.

    Nothing dated after `as_of` is read. Blank means that the predictor is not known.

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
    place = grid(known)
    panel = known.panel.loc[place.index]
    around = neighbourhood.build(place["lon"], place["lat"])
    counts = [panel[f"gp_{year}"].to_numpy() for year in years(panel)[::-1]]
    columns: dict[str, Array] = {}
    columns |= gp_history(counts)
    columns |= population_and_role(place, counts[0])
    columns |= surroundings(place, around, counts)
    columns |= _apl(known.apl, place, around)
    columns |= _facilities(known.facilities, place)
    table = pd.DataFrame(columns, index=place.index)
    if not known.ages.empty:
        own = known.ages.reindex(place.index) - NATIONAL_APL[max(NATIONAL_APL)][1]
        table["apl_over_65"] = own.fillna(table["apl_over_65"])
    table["gps"] = counts[0]
    table["rurality"] = rurality(place, around)
    if not (counts[0] >= 1).any():
        raise InvalidInputError(f"Aucune commune du fichier n’a de médecin en {as_of}.")
    return table[counts[0] >= 1]


def rurality(place: pd.DataFrame, around: neighbourhood.Neighbourhood) -> npt.NDArray[np.str_]:
    """Return the rurality of communes, told from populations only (any commune, any vintage)."""
    own = np.nan_to_num(place["population"].to_numpy(float))
    near = around.total(own, 10.0) + own
    classes = [own >= TOWN_INHABITANTS[0], near >= SUBURB_INHABITANTS, near < ISOLATED_INHABITANTS]
    return np.select(classes, [RURALITY[0], RURALITY[1], RURALITY[3]], RURALITY[2])


def gp_history(counts: list[Array]) -> dict[str, Array]:
    """Return what depends on a commune's own GPs only; `counts`: latest vintage first."""
    now = counts[0]
    blank = np.full(len(now), np.nan)
    before = counts[1] if len(counts) > 1 else blank
    earlier = counts[2] if len(counts) > 2 else blank
    past = np.vstack([*counts[1:], blank])
    known = np.isfinite(past).sum(axis=0)
    share = np.where(known > 0, 1 / np.maximum(known, 1), np.nan)
    peak = np.fmax.reduce(np.vstack(counts))
    return {
        "gps_log": np.log(np.maximum(now, 1)),
        "one_gp": (now == 1).astype(float),
        "two_gps": (now == 2).astype(float),
        "gps_change": _log_ratio(now, before),
        "gps_change_before": _log_ratio(before, earlier),
        "single_before": (past == 1).sum(axis=0) * share,
        "none_before": (past == 0).sum(axis=0) * share,
        "below_peak": _log_ratio(now, peak),
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
    place: pd.DataFrame, around: neighbourhood.Neighbourhood, counts: list[Array]
) -> dict[str, Array]:
    """Return what depends on the GPs of other communes; `counts`: latest vintage first.

    Counts may be fractional (expected GPs).
    """
    return _around(place, around, counts) | _snowball(place, around, counts)


def _around(
    place: pd.DataFrame, around: neighbourhood.Neighbourhood, counts: list[Array]
) -> dict[str, Array]:
    now, population = np.nan_to_num(counts[0]), np.nan_to_num(place["population"].to_numpy(float))
    columns = {}
    for radius in neighbourhood.RADII_KM:
        gps, people = around.total(now, radius), around.total(population, radius)
        columns[f"gps_{radius:.0f}km"] = np.log1p(gps)
        columns[f"population_{radius:.0f}km"] = np.log(people + 100)
        columns[f"load_{radius:.0f}km"] = np.log((people + population + 100) / (gps + now + 0.5))
    columns["km_to_gp"] = np.log1p(np.minimum(around.distance(now > 0.5), 50))
    columns["km_to_three_gps"] = np.log1p(np.minimum(around.distance(now > 2.5), 50))
    for size in TOWN_INHABITANTS:
        km = around.distance(population >= size)
        columns[f"km_to_town_{size}"] = np.log1p(np.minimum(km, 100))
    own = around.apl(now, population)
    columns["own_apl"] = np.log(own + 0.1)
    alone = around.apl(now, population, own_only=True)
    columns["own_share"] = np.divide(alone, own, out=np.full(len(own), np.nan), where=own > 0)
    if len(counts) > 1:
        before = around.apl(np.nan_to_num(counts[1]), population)
        columns["own_apl_change"] = np.log((own + 0.1) / (before + 0.1))
    else:
        columns["own_apl_change"] = np.full(len(own), np.nan)
    largest = np.array(around.within[10.0].multiply(population[None, :]).max(axis=1).todense())
    columns["rank_10km"] = np.log((population + 50) / (largest.ravel() + 50))
    return columns


def _snowball(
    place: pd.DataFrame, around: neighbourhood.Neighbourhood, counts: list[Array]
) -> dict[str, Array]:
    blank = np.full(len(place), np.nan)
    names = [f"{name}_{r:.0f}km" for r in (10.0, 20.0) for name in ("lost", "change")]
    if len(counts) < 2:
        return dict.fromkeys([*names, "lost_departement", "change_departement"], blank)
    now, before = counts[0], counts[1]
    both = np.isfinite(now) & np.isfinite(before)
    had = (both & (before >= 1)).astype(float)
    lost = had * (np.nan_to_num(now) < 0.5)
    rate = lost.sum() / max(had.sum(), 1)
    columns = {}
    for radius in (10.0, 20.0):
        exposed = around.total(had, radius)
        columns[f"lost_{radius:.0f}km"] = (around.total(lost, radius) + 5 * rate) / (exposed + 5)
        columns[f"change_{radius:.0f}km"] = _log_ratio(
            around.total(now * both, radius), around.total(before * both, radius)
        )
    group = departement(place.index.to_series()).to_numpy()
    sums = pd.DataFrame({"had": had, "lost": lost, "now": now * both, "before": before * both})
    total = sums.groupby(group).transform("sum")
    # Leave the commune itself out: it must not predict from its own past loss.
    others, losses = total["had"] - sums["had"], total["lost"] - sums["lost"]
    columns["lost_departement"] = (
        (losses + SMOOTHING_COMMUNES * rate) / (others + SMOOTHING_COMMUNES)
    ).to_numpy()
    columns["change_departement"] = _log_ratio(total["now"].to_numpy(), total["before"].to_numpy())
    return columns


def _apl(
    apl: pd.DataFrame, place: pd.DataFrame, around: neighbourhood.Neighbourhood
) -> dict[str, Array]:
    blank = np.full(len(place), np.nan)
    names = ("apl_log", "apl_over_65", "apl_over_65_10km", "apl_change", "over_65_change")
    columns = dict.fromkeys((*names, "elderly_demand", "demand_change"), blank)
    if apl.empty:
        return columns
    level, over, level_before, over_before = blank, blank, blank, blank
    demand: list[Array] = []
    for year, part in apl.groupby("year"):
        rows = part.set_index("code").reindex(place.index)
        relative_level, relative_over = _relative(rows, int(str(year)))
        fresh = np.isfinite(relative_level)
        level_before, over_before = np.where(fresh, level, np.nan), np.where(fresh, over, np.nan)
        level = np.where(fresh, relative_level, level)
        over = np.where(fresh, relative_over, over)
        people = rows["standardised_population"].to_numpy()
        if np.isfinite(people).any():
            demand.append(people)
    seen = np.isfinite(over).astype(float)
    weight = around.total(seen, 10.0) + seen
    total = around.total(over, 10.0) + np.nan_to_num(over)
    columns["apl_log"] = level
    columns["apl_over_65"] = over
    columns["apl_over_65_10km"] = np.divide(total, weight, out=blank.copy(), where=weight > 0)
    columns["apl_change"] = level - level_before
    columns["over_65_change"] = over - over_before
    if demand:
        population = place["population"].to_numpy(float)
        columns["elderly_demand"] = np.log((demand[0] + 20) / (population + 20))
        columns["demand_change"] = np.log((demand[-1] + 20) / (demand[0] + 20))
    return columns


def _relative(rows: pd.DataFrame, year: int) -> tuple[Array, Array]:
    """Log APL and share over 65, less the country's mean of the vintage: vintages compare."""
    mean_log, mean_over = NATIONAL_APL[min(NATIONAL_APL, key=lambda y: abs(y - year))]
    level, level65 = rows["apl"].to_numpy(), rows["apl65"].to_numpy()
    ratio = np.divide(level65, level, out=np.full(len(rows), np.nan), where=level > 0)
    return np.log(level + 0.3) - mean_log, 1 - ratio - mean_over


def _facilities(facilities: pd.DataFrame, place: pd.DataFrame) -> dict[str, Array]:
    names = FACILITIES.values()
    if facilities.empty:
        return dict.fromkeys(names, np.full(len(place), np.nan))
    table = facilities.reindex(place.index)
    return {name: np.log1p(table[name].to_numpy(float)) for name in names}
