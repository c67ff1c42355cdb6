"""Demonstration supply: GPs, zones, structures and on-call lines, simulated with a fixed seed.

No doctor and no establishment named here exists. The distributions look like reality: their
parameters were fitted on INSEE's counts of GPs per commune (2013, 2018) and are the only thing kept
of them; the totals are regional figures that were published.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.spatial import cKDTree
from scipy.special import betainc

from data.base import french
from data.region import demonstration_lines, rules, schemas
from geo.plane import plane_km

Floats = npt.NDArray[np.float64]

SEED = 80
PARAMETERS = Path(__file__).with_name("demonstration_parameters.json")
AROUND_KM = 9.989
"""Neighbourhood in which a commune is more or less of a centre: 10 km of the ruler of the fit."""
STEP_YEARS = 5
YEARS = (2010, 2015, 2020, 2025)
GROUP_POPULATION = 22_000
"""Mean size of a simulated territoire de vie-santé (real ones: about 24,000 inhabitants)."""
GROUP_SPACING_KM = 8.0
ZIP_SHARE, ZAC_SHARE, ZV_SHARE = rules.ZIP_CEILING, rules.ZAC_CEILING, 0.17
"""Shares of the population by zone (ceilings of 2021 for ZIP and ZAC in Nouvelle-Aquitaine)."""
QPV_COMMUNES = 5
REACH_KM = 15.0
"""Straight line that stands for 20 minutes when zones are drawn."""
DENSITY_CLASSES = (  # (bound in inhabitants, bound in inhabitants per km², wording of INSEE's grid)
    (50_000, 1_000, "Grands centres urbains"),
    (20_000, 500, "Centres urbains intermédiaires"),
    (5_000, 300, "Ceintures urbaines"),
    (5_000, 0, "Petites villes"),
    (1_800, 60, "Bourgs ruraux"),
    (0, 28, "Rural à habitat dispersé"),
    (0, 0, "Rural à habitat très dispersé"),
)


@dataclass(frozen=True)
class Demonstration:
    """Simulated tables of a region; each follows its schema in `data.region.schemas`."""

    gps: pd.DataFrame
    gp_history: pd.DataFrame
    zoning: pd.DataFrame
    reference: pd.DataFrame
    structures: pd.DataFrame
    pdses_lines: pd.DataFrame


@cache
def parameters() -> dict[str, Any]:
    """Return the fitted parameters that the repository carries."""
    return dict(json.loads(PARAMETERS.read_text(encoding="utf-8")))


def features(communes: pd.DataFrame) -> Floats:
    """Return what the number of GPs depends on, shape (n, 5).

    Columns: 1; log10 of the population; its square; log10 of the ratio between the commune and the
    largest other one within `AROUND_KM` (bounded to ±2); share of the population around it.
    """
    points = plane_km(communes["lon"], communes["lat"])
    population = communes["population"].to_numpy()
    tree = cKDTree(points)
    largest, around = np.ones(len(points)), np.empty(len(points))
    for i, near in enumerate(tree.query_ball_point(points, AROUND_KM)):
        others = population[[j for j in near if j != i]]
        largest[i] = max(others.max(initial=1.0), 1.0)
        around[i] = others.sum()
    inhabitants = np.maximum(population, 1.0)
    size = np.log10(inhabitants)
    rank = np.clip(size - np.log10(largest), -2, 2)
    share = inhabitants / (inhabitants + around)
    return np.column_stack([np.ones(len(points)), size, size**2, rank, share])


def simulated_gps(communes: pd.DataFrame, rng: np.random.Generator) -> Floats:
    """Draw the number of GPs of each commune, shape (n,): present or not, then how many."""
    fitted, design = parameters(), features(communes)
    present = rng.random(len(design)) < 1 / (1 + np.exp(-design @ np.array(fitted["presence"])))
    mean = np.exp(np.clip(design @ np.array(fitted["counts"]), -6, 8))
    size = fitted["counts_size"]
    chance = size / (size + mean)
    zero = chance**size
    counts = counts_at(zero + (1 - zero) * rng.random(len(design)), size, chance)
    return np.where(present, np.maximum(counts, 1), 0.0)


def counts_at(rank: Floats, size: float, chance: Floats) -> Floats:
    """Return quantiles of negative binomial laws, shape (n,), without all of scipy.stats at start.

    Parameters
    ----------
    rank
        In [0, 1[, shape (n,).
    size, chance
        Of the law: P(at most k) is the incomplete beta function I(size, k + 1) at `chance`.
    """
    counts = np.zeros(len(rank))
    short = betainc(size, counts + 1, chance) < rank
    while short.any():
        counts[short] += 1
        short[short] = betainc(size, counts[short] + 1, chance[short]) < rank[short]
    return counts


def simulated_history(
    communes: pd.DataFrame, gps: Floats, rng: np.random.Generator
) -> pd.DataFrame:
    """Go back in time from the counts of the last year (schema `gp_history`)."""
    rates = parameters()["history"]
    population, counts = communes["population"].to_numpy(), gps.astype(int)
    frames = []
    for year in sorted(YEARS, reverse=True):
        frames.append(pd.DataFrame({"code": communes["code"], "year": year, "gps": counts * 1.0}))
        there = rng.binomial(counts, 1 - rates["absent"])
        since_left = np.where(
            counts > 0, rates["left"] * counts, rates["left_per_1000"] * population / 1000
        )
        counts = there + rng.poisson(since_left)
    return pd.concat(frames).sort_values(["code", "year"], ignore_index=True)


def groups(communes: pd.DataFrame) -> pd.DataFrame:
    """Cut each EPCI around its main communes: simulated territoires de vie-santé.

    Returns
    -------
    pandas.DataFrame
        Columns code, tvs (`DEMO-…`) and tvs_name, in the order of `communes`.
    """
    points = plane_km(communes["lon"], communes["lat"])
    population = communes["population"].to_numpy()
    centre = np.empty(len(communes), dtype=np.int64)
    for epci in sorted(communes["epci"].unique()):
        rows = np.flatnonzero(communes["epci"] == epci)
        wanted = max(1, round(population[rows].sum() / GROUP_POPULATION))
        seeds: list[int] = []
        for row in rows[np.argsort(-population[rows], kind="stable")]:
            apart = [np.hypot(*(points[row] - points[seed])) for seed in seeds]
            if len(seeds) < wanted and min(apart, default=np.inf) >= GROUP_SPACING_KM:
                seeds.append(int(row))
        _, nearest = cKDTree(points[seeds]).query(points[rows])
        centre[rows] = np.array(seeds)[nearest]
    order = {seed: n for n, seed in enumerate(sorted(set(centre.tolist())), start=1)}
    names = communes["name"].to_numpy()
    return pd.DataFrame(
        {
            "code": communes["code"].to_numpy(),
            "tvs": [f"DEMO-{order[c]:03d}" for c in centre.tolist()],
            "tvs_name": [f"Autour {french.of(names[c])} (démonstration)" for c in centre.tolist()],
        }
    )


def simulated_zoning(communes: pd.DataFrame, supply: Floats, tvs: pd.DataFrame) -> pd.DataFrame:
    """Zone the groups from the worst served to the best (schema `zoning`).

    Parameters
    ----------
    communes
        Communes of the region.
    supply
        GPs per inhabitant around each commune.
    tvs
        Groups, see `groups`.
    """
    population = communes["population"].to_numpy()
    table = tvs.assign(population=population, served=supply * population)
    sums = table.groupby("tvs")[["population", "served"]].sum()
    ranked = sums.assign(score=sums["served"] / sums["population"]).sort_values("score")
    middle = (ranked["population"].cumsum() - ranked["population"] / 2) / population.sum()
    bounds = np.cumsum([ZIP_SHARE, ZAC_SHARE, ZV_SHARE])
    zone = pd.Series(np.array(schemas.ZONES)[np.searchsorted(bounds, middle)], index=ranked.index)
    whole = tvs.assign(zone=tvs["tvs"].map(zone), part="commune")
    towns = whole.assign(population=population)
    towns = towns[towns["zone"].isin(["ZV", "HZ"])].nlargest(QPV_COMMUNES, "population")
    districts = towns.drop(columns="population").assign(zone="ZIP", part="QPV")
    zoning = pd.concat([whole, districts])[["code", "zone", "part", "tvs", "tvs_name"]]
    return zoning.sort_values(["code", "part"], ignore_index=True)


def supply_around(communes: pd.DataFrame, everywhere: pd.DataFrame, gps: Floats) -> Floats:
    """Return GPs per inhabitant within `REACH_KM` of each commune, shape (len(communes),)."""
    points = plane_km(everywhere["lon"], everywhere["lat"])
    inside = everywhere["code"].isin(communes["code"]).to_numpy()
    near = cKDTree(points).query_ball_point(points[inside], REACH_KM)
    population = everywhere["population"].to_numpy()
    return np.array([gps[rows].sum() / max(population[rows].sum(), 1.0) for rows in near])


def density_class(communes: pd.DataFrame) -> "pd.Series[str]":
    """Return a class of density from population and density; it only looks like INSEE's grid."""
    population = communes["population"]
    density = population / communes["area_km2"].clip(lower=0.01)
    tests = [(population >= p) & (density >= d) for p, d, _ in DENSITY_CLASSES]
    return pd.Series(np.select(tests, [name for _, _, name in DENSITY_CLASSES], ""))


def simulated_reference(
    communes: pd.DataFrame, tvs: pd.DataFrame, rng: np.random.Generator
) -> pd.DataFrame:
    """Return the reference columns: ages drawn, density and area computed, groups as bassins."""
    fitted = parameters()["over_75"]
    density = communes["population"] / communes["area_km2"].clip(lower=0.01)
    logit = fitted["intercept"] + fitted["slope"] * np.log10(density.clip(lower=0.1))
    noise = fitted["deviation"] * rng.standard_normal(len(communes))
    return pd.DataFrame(
        {
            "code": communes["code"].to_numpy(),
            "share_over_75": np.round(1 / (1 + np.exp(-(logit + noise))), 3).to_numpy(),
            "density_class": density_class(communes).to_numpy(),
            "area_km2": communes["area_km2"].to_numpy(),
            "bassin_de_vie": tvs["tvs"],
            "bassin_de_vie_name": tvs["tvs_name"],
        }
    )


def simulate(communes: gpd.GeoDataFrame, fringe: pd.DataFrame) -> Demonstration:
    """Return the demonstration supply of a region: same communes, same tables.

    Parameters
    ----------
    communes, fringe
        Tables of the schema `communes`; GPs are drawn in both, the rest in the region only.
    """
    inside = pd.DataFrame(communes.drop(columns="geometry"))
    everywhere = pd.concat([inside, fringe]).sort_values("code", ignore_index=True)
    streams = [np.random.default_rng([SEED, k]) for k in range(5)]
    gps = simulated_gps(everywhere, streams[0])
    tvs = groups(inside)
    ours = gps[everywhere["code"].isin(inside["code"]).to_numpy()]
    return Demonstration(
        gps=pd.DataFrame({"code": everywhere["code"], "gps": gps}),
        gp_history=simulated_history(everywhere, gps, streams[1]),
        zoning=simulated_zoning(inside, supply_around(inside, everywhere, gps), tvs),
        reference=simulated_reference(inside, tvs, streams[2]),
        structures=demonstration_lines.simulated_structures(inside, ours, streams[3]),
        pdses_lines=demonstration_lines.simulated_lines(inside, streams[4]),
    )
