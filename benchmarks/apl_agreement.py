"""Our APL from real GP counts against the APL that the DREES published, commune by commune.

What `benchmarks.apl_reality` reports. Needs the reference data. Nothing of the APL of
Nouvelle-Aquitaine is used to choose anything: constants come from the rest of France, the time
factor and spread from the communes of other regions around it.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyproj
from scipy.stats import spearmanr

from data.access import inputs
from data.base import paths
from data.official.imports import commune_index
from data.region.catalogue import load_territory
from data.region.territory import Territory
from geo import access as ga

Floats = npt.NDArray[np.float64]

REGION = "75"
APL_YEAR = 2016
"""The APL of 2018 is kept blank for the region: 2016 is the nearest year."""
GP_YEAR = 2018
POPULATION_YEAR = {2016: 2014, 2018: 2016}
"""The DREES standardises on the population two years before."""

AROUND_KM = 18.0
"""Neighbours this near the border have all they can reach in 20 minutes inside the data."""

FACTORS = (1.0, 1.1, 1.2, 1.3, 1.4, 1.5)
SPREADS_MINUTES = (0.01, 1.0, 2.0, 3.0)

NAIVE_ACTS = 5000.0
NAIVE_KM_PER_MINUTE = 50 / 60
NAIVE_DETOUR = 1.3
"""The naive computation: straight lines × 1.3 at 50 km/h, 5,000 acts per GP."""

DRAWS = 500


@dataclass(frozen=True)
class Agreement:
    """How a computed APL agrees with the published one, over communes that have both."""

    communes: int
    spearman: float
    pearson: float
    median_error: float
    median_ratio: float

    @classmethod
    def of(cls, computed: Floats, published: Floats, where: npt.NDArray[np.bool_]) -> "Agreement":
        """Compare two series of APL, shape (n,), where asked."""
        both = where & np.isfinite(computed) & np.isfinite(published)
        ours, theirs = computed[both], published[both]
        above = theirs > 0
        return cls(
            int(both.sum()),
            float(spearmanr(ours, theirs).statistic),
            float(np.corrcoef(ours, theirs)[0, 1]),
            float(np.median(np.abs(ours - theirs))),
            float(np.median(ours[above] / theirs[above])),
        )

    def row(self, name: str) -> str:
        """Return a row of a Markdown table."""
        return (
            f"| {name} | {self.communes:,} | {self.spearman:.3f} | {self.pearson:.3f} | "
            f"{self.median_error:.2f} | {self.median_ratio:.2f} |"
        )


class Reality:
    """The region and its fringe with real counts, published APL and times."""

    def __init__(self) -> None:
        territory = load_territory(REGION)
        settle = commune_index(REGION).settle
        self.gps = _gps(settle)
        self.apl = _published(settle)
        codes = [*territory.communes["code"], *territory.fringe["code"]]
        ever = self.gps.reindex(codes).max(axis=1).dropna()
        counts = pd.DataFrame({"code": ever.index, "gps": ever.to_numpy()})
        self.territory: Territory = replace(territory, gps=counts)
        self.places = inputs.places(self.territory)
        self.inside = self.places["inside"].to_numpy()
        self.pairs = inputs.gp_pairs(self.territory, ga.DREES_2015.reach_minutes)
        self.origin = self.pairs["origin"].to_numpy(dtype=np.int64)
        self.destination = self.pairs["destination"].to_numpy(dtype=np.int64)
        self.minutes = self.pairs["minutes"].to_numpy(dtype=np.float64)

    def column(self, table: pd.DataFrame, name: str) -> Floats:
        """Return a column by place, shape (n,), missing where not known."""
        return self.places["code"].map(table[name]).to_numpy(dtype=np.float64)

    def counts(self, year: int) -> Floats:
        """Return GPs by place in a year, 0 where not known."""
        return np.nan_to_num(self.column(self.gps, f"gp_{year}"))

    def published(self, year: int = APL_YEAR) -> Floats:
        """Return the published APL by place."""
        return self.column(self.apl, f"apl_{year}")

    def demand(self, year: int = APL_YEAR) -> Floats:
        """Return the population standardised by the DREES; inhabitants where it gives none."""
        need = self.column(self.apl, f"standardised_population_{POPULATION_YEAR[year]}")
        return np.where(need > 0, need, self.places["population"])

    @cached_property
    def kilometres(self) -> Floats:
        """Straight distance of each pair."""
        lon, lat = self.places["lon"].to_numpy(), self.places["lat"].to_numpy()
        geod = pyproj.Geod(ellps="GRS80")
        a, b = self.origin, self.destination
        _, _, metres = geod.inv(lon[a], lat[a], lon[b], lat[b])
        return np.asarray(metres) / 1000

    @cached_property
    def around(self) -> npt.NDArray[np.bool_]:
        """Communes of other regions within `AROUND_KM` of one of the region."""
        from scipy.spatial import KDTree

        to_metres = pyproj.Transformer.from_crs(4326, 2154, always_xy=True)
        xy = np.column_stack(
            to_metres.transform(self.places["lon"].to_numpy(), self.places["lat"].to_numpy())
        )
        distance, _ = KDTree(xy[self.inside]).query(xy)
        return ~self.inside & (distance <= 1000 * AROUND_KM)

    def weight(self, factor: float, spread: float) -> Floats:
        """Return the expected weight of each pair."""
        return ga.DREES_2015.expected(factor * self.minutes, spread)

    def access(self, weight: Floats, demand: Floats, supply: Floats) -> Floats:
        """Return the access of each place."""
        return ga.floating_catchment(self.origin, self.destination, weight, demand, supply)

    def computed(self) -> Floats:
        """Return the APL as the application computes it, from real counts."""
        supply = self.counts(GP_YEAR) * inputs.ACTS_PER_GP
        return inputs.apl(self.pairs, self.demand(), supply)


def _gps(settle: Callable[[pd.Series], pd.Series]) -> pd.DataFrame:
    table = pd.read_csv(
        paths.reference_data() / "gp_panel" / "gp_per_commune.csv", dtype={"code": str}
    )
    counts = table.filter(like="gp_")
    return counts.groupby(settle(table["code"])).sum(min_count=1)


def _published(settle: Callable[[pd.Series], pd.Series]) -> pd.DataFrame:
    """Return published APL by present commune: means of merged ones by standardised population."""
    table = pd.read_csv(
        paths.reference_data() / "apl" / "apl_gp_per_commune.csv", dtype={"code": str}
    )
    code = settle(table["code"])
    found = {}
    for year, lag in POPULATION_YEAR.items():
        need, apl = table[f"standardised_population_{lag}"], table[f"apl_{year}"]
        known = need.where(apl.notna() & (need > 0))
        total = known.groupby(code).sum(min_count=1)
        found[f"apl_{year}"] = (apl * known).groupby(code).sum(min_count=1) / total
        found[f"standardised_population_{lag}"] = need.groupby(code).sum(min_count=1)
    return pd.DataFrame(found)


def _share_over_75() -> pd.Series:
    """Return the real share of people over 75: the data folder may hold simulated ones."""
    file = paths.reference_data() / "facilities" / "communes_age_poverty_income.csv"
    table = pd.read_csv(file, dtype={"code": str}).set_index("code")
    return table["share_75_plus_pct"] / 100


def acts_per_gp(reality: Reality, year: int = APL_YEAR) -> float:
    """Return what the published APL implies outside the region: Σ need × APL over GPs."""
    # Arrondissements of the three cities have an APL but no count of GPs: they are left out.
    outside = reality.apl.join(reality.gps[[f"gp_{GP_YEAR}"]], how="inner")
    outside = outside[~outside.index.isin(reality.territory.communes["code"])]
    need = outside[f"standardised_population_{POPULATION_YEAR[year]}"]
    return float((need * outside[f"apl_{year}"]).sum() / outside[f"gp_{GP_YEAR}"].sum())


def calibration(reality: Reality) -> pd.DataFrame:
    """Return Spearman on the neighbours around, by time factor and spread, mean of both years."""
    rows = []
    for factor in FACTORS:
        for spread in SPREADS_MINUTES:
            weight = reality.weight(factor, spread)
            found = [
                Agreement.of(
                    reality.access(weight, reality.demand(year), reality.counts(GP_YEAR)),
                    reality.published(year),
                    reality.around,
                ).spearman
                for year in POPULATION_YEAR
            ]
            rows.append((factor, spread, float(np.mean(found))))
    return pd.DataFrame(rows, columns=["factor", "spread", "spearman"])


def ablation(reality: Reality) -> dict[str, Floats]:
    """Return the computed APL with one thing changed at a time, by what was changed."""
    spread = inputs.TIME_SPREAD_MINUTES
    weight = reality.weight(1.0, spread)
    need, gps = reality.demand(), reality.counts(GP_YEAR)
    people = reality.places["population"].to_numpy(dtype=np.float64)
    acts = gps * inputs.ACTS_PER_GP
    straight = reality.kilometres * NAIVE_DETOUR / NAIVE_KM_PER_MINUTE
    straight = np.where(reality.origin == reality.destination, 0.0, straight)
    naive = ga.DREES_2015.of(straight)
    steps = ga.DREES_2015.of(reality.minutes)
    inner = reality.inside.astype(float)
    between = 0.4 * reality.counts(2013) + 0.6 * gps  # 2016 on the line from 2013 to 2018
    share = reality.places["code"].map(_share_over_75())
    aged = inputs.NEED_UNDER_75 + inputs.NEED_OVER_75_MORE * share.fillna(share.mean()).to_numpy(
        dtype=np.float64
    )
    reached = reality.access(weight, need, gps)
    pressure = np.where(reached > 0, reached / np.nanmedian(reached[reached > 0]), 1.0)
    busier = acts * np.nan_to_num(pressure, nan=1.0) ** -0.35
    return {
        "**As in the application**": reality.access(weight, need, acts),
        "Acts: 5,000 per GP": reality.access(weight, need, gps * NAIVE_ACTS),
        "Acts: more where GPs are scarce (elasticity −0.35)": reality.access(weight, need, busier),
        "GPs: counts of 2013": reality.access(
            weight, need, reality.counts(2013) * inputs.ACTS_PER_GP
        ),
        "GPs: 2016 between 2013 and 2018": reality.access(
            weight, need, between * inputs.ACTS_PER_GP
        ),
        "Times: sharp steps": reality.access(steps, need, acts),
        f"Times: × 1.1, spread of {spread:g} min": reality.access(
            reality.weight(1.1, spread), need, acts
        ),
        "Times: straight line × 1.3 at 50 km/h, sharp steps": reality.access(naive, need, acts),
        f"Times: the same straight line, spread of {spread:g} min": reality.access(
            ga.DREES_2015.expected(straight, spread), need, acts
        ),
        "Border: neither supply nor demand beyond": reality.access(
            weight, need * inner, acts * inner
        ),
        "Border: supply beyond, no demand": reality.access(weight, need * inner, acts),
        "Border: demand beyond, no supply": reality.access(weight, need, acts * inner),
        "Age: inhabitants, not standardised": reality.access(weight, people, acts),
        "Age: by share over 75 only": reality.access(weight, people * aged, acts),
        "Weights: 2SFCA at 20 minutes": reality.access(
            ga.BINARY_20.expected(reality.minutes, spread), need, acts
        ),
        "Naive: 5,000 acts, straight lines, not standardised": reality.access(
            naive, people, gps * NAIVE_ACTS
        ),
    }


def causes(reality: Reality) -> dict[str, float]:
    """Return how far an error of one kind alone moves our own APL: Spearman with itself."""
    spread = inputs.TIME_SPREAD_MINUTES
    need, acts = reality.demand(), reality.counts(GP_YEAR) * inputs.ACTS_PER_GP
    random = np.random.default_rng(2026)
    weight = reality.weight(1.0, spread)
    base = reality.access(weight, need, acts)

    def against(weights: Floats, supply: Floats) -> float:
        other = reality.access(weights, need, supply)
        return Agreement.of(other, base, reality.inside).spearman

    moved = np.where(
        reality.minutes == 0,
        0.0,
        np.maximum(reality.minutes + random.normal(0, 2.9, reality.minutes.size), 0.1),
    )
    one_by_one = reality.counts(GP_YEAR)
    activity = acts * np.exp(random.normal(0, 0.25, acts.size))
    counted = random.poisson(one_by_one * 0.1) - random.poisson(one_by_one * 0.1)
    wrong = np.maximum(one_by_one + counted, 0) * inputs.ACTS_PER_GP
    return {
        "times wrong by 2.9 minutes (standard deviation), pair by pair": against(
            ga.DREES_2015.of(moved), acts
        ),
        "acts per GP of a commune that vary by 25 %": against(weight, activity),
        "one GP in ten missing and one in ten too many": against(weight, wrong),
    }


def interval(reality: Reality, computed: Floats) -> tuple[float, float]:
    """Return a 95 % interval of Spearman, by drawing départements again."""
    random = np.random.default_rng(75)
    known = reality.inside & np.isfinite(computed) & np.isfinite(reality.published())
    departement = reality.places["code"].str[:2].to_numpy()
    groups = [np.flatnonzero(known & (departement == d)) for d in np.unique(departement[known])]
    found = []
    for _ in range(DRAWS):
        rows = np.concatenate([groups[k] for k in random.integers(0, len(groups), len(groups))])
        found.append(spearmanr(computed[rows], reality.published()[rows]).statistic)
    low, high = np.quantile(found, [0.025, 0.975])
    return float(low), float(high)
