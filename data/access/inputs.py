"""What the access measures of a region start from: places, demand, supply, times."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pandas as pd

from data.base.french import joined
from data.base.table_cache import cached_table, digest
from data.region import france
from data.region.territory import Territory
from geo import access as ga

Floats = npt.NDArray[np.float64]

ACTS_PER_GP = 4350.0
"""Acts a year of a GP counted by INSEE's BPE: what the published APL of 2016 implies.

Σ standardised population × APL over GPs of the BPE of 2018, France outside Nouvelle-Aquitaine
(`docs/apl-reality.md`). Within the bounds of the zoning method, so that no clipping changes it.
"""

NEED_UNDER_75 = 0.798
NEED_OVER_75_MORE = 1.709
"""Standardised inhabitants per inhabitant: NEED_UNDER_75 + NEED_OVER_75_MORE × share over 75.

Fitted on the standardised populations of the DREES (2016) of 2,074 communes above 500
inhabitants, correlation 0.77: people over 75 consult about three times as much.
"""

TIME_SPREAD_MINUTES = 2.0
"""Standard deviation of the error of our minutes, over which the weights of the APL are averaged.

Chosen outside Nouvelle-Aquitaine, on the communes around it (`docs/apl-reality.md`).
"""

NEAR_MINUTES = ga.E2SFCA.reach_minutes
"""Reach of all that screens show; the pairs of 3SFCA, an hour, cost five times more."""

KNOWN_SHARE = 0.5
"""A vintage is used, and a year offered, when at least this share of the communes have it."""


def places(territory: Territory) -> pd.DataFrame:
    """Return the communes of the region, in its order, then those of the fringe.

    Returns
    -------
    pandas.DataFrame
        code, name, lon, lat, population, inside (in the region), gps (missing: not known).
    """
    # A copy shares its columns until someone writes to them.
    return territory.once("places", lambda: _places(territory)).copy(deep=False)


def _places(territory: Territory) -> pd.DataFrame:
    columns = ["code", "name", "lon", "lat", "population"]
    inside = pd.DataFrame(territory.communes[columns]).assign(inside=True)
    outside = territory.fringe[columns].assign(inside=False)
    table = pd.concat([inside, outside], ignore_index=True)
    table["gps"] = table["code"].map(territory.gps.set_index("code")["gps"]).astype(float)
    return table


def coordinates(table: pd.DataFrame) -> npt.NDArray[np.float64]:
    """Return longitudes and latitudes, shape (n, 2)."""
    return table[["lon", "lat"]].to_numpy(dtype=np.float64)


def gp_pairs(territory: Territory, limit: float = NEAR_MINUTES) -> pd.DataFrame:
    """Return minutes from every place to every place that has GPs, up to `limit` minutes.

    Returns
    -------
    pandas.DataFrame
        origin, destination: row numbers in `places`; minutes. Kept on disk: this is what costs.
    """
    return kept_pairs(territory, limit, lambda: pairs_to(territory, gp_places(territory), limit))


def kept_pairs(
    territory: Territory, limit: float, build: Callable[[], pd.DataFrame]
) -> pd.DataFrame:
    """Return the pairs of `gp_pairs` kept on disk, else build and keep them."""

    def read() -> pd.DataFrame:
        points = coordinates(places(territory))
        parts = (points.tobytes(), gp_places(territory).tobytes(), f"{limit:g}")
        return cached_table("pairs", digest(territory.travel_time.version, *parts), build)

    # Longer ones are asked once in a while and are five times as many: they stay on disk.
    near = limit == NEAR_MINUTES
    return territory.once("pairs", read).copy(deep=False) if near else read()


def gp_places(territory: Territory) -> npt.NDArray[np.int_]:
    """Return the row numbers in `places` of those that have GPs."""
    return np.flatnonzero(places(territory)["gps"].to_numpy() > 0)


def pairs_to(territory: Territory, rows: npt.NDArray[np.int_], limit: float) -> pd.DataFrame:
    """Return the pairs of `gp_pairs` that end in some rows of `places`, by origin, then end."""
    points = coordinates(places(territory))
    pairs = territory.travel_time.matrix(points, points[rows], limit)
    return pd.DataFrame(
        {
            "origin": pairs["origin"].to_numpy(dtype=np.int32),
            "destination": rows[pairs["destination"].to_numpy()].astype(np.int32),
            "minutes": pairs["minutes"].to_numpy(dtype=np.float64),
        }
    )


def apl_weight(minutes: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the weight of times in the APL (weights of 2015), times being estimates."""
    return ga.DREES_2015.expected(minutes, TIME_SPREAD_MINUTES)


def apl(
    pairs: pd.DataFrame, demand: npt.NDArray[np.float64], supply: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Return the APL (weights of 2015) on times that are estimates, shape of `demand`."""
    weight = apl_weight(pairs["minutes"].to_numpy(dtype=np.float64))
    origin = pairs["origin"].to_numpy(dtype=np.int64)
    destination = pairs["destination"].to_numpy(dtype=np.int64)
    return ga.floating_catchment(origin, destination, weight, demand, supply)


def supplied_acts(table: pd.DataFrame) -> npt.NDArray[np.float64]:
    """Return the yearly acts of each place, shape (n,); places without known GPs offer none."""
    gps = table["gps"].fillna(0.0).to_numpy()
    return ga.countable_acts(gps * ACTS_PER_GP, gps)


def standardised_population(
    territory: Territory, table: pd.DataFrame
) -> tuple[npt.NDArray[np.float64], str]:
    """Return the standardised population of each place, and a French sentence on its basis.

    The population standardised by the DREES when the land has it (`france.land`), of the latest
    year of each place; else inhabitants weighted by their share over 75; else inhabitants. A place
    without the better basis takes the mean ratio of the others of its land: nothing is borrowed
    over the sea. Real GPs are never weighed by simulated ages.
    """
    need = table["population"].to_numpy(dtype=np.float64).copy()
    lands = table["code"].str[:3].map(france.land).to_numpy(object)
    bases = []
    for land in sorted(set(lands), key=lambda name: (name != france.MAINLAND, name)):
        rows = np.flatnonzero(lands == land)
        need[rows], basis = _need_of_a_land(territory, table.iloc[rows])
        bases.append(basis)
    return need, joined(list(dict.fromkeys(bases)))


def _need_of_a_land(
    territory: Territory, table: pd.DataFrame
) -> tuple[npt.NDArray[np.float64], str]:
    people = table["population"].to_numpy(dtype=np.float64)
    published, years = _published(territory, table)
    if years:
        return _completed(published, people), f"population standardisée par la DREES (APL {years})"
    share = table["code"].map(territory.reference.set_index("code")["share_over_75"])
    if _is_known(share, table) and not _ages_made_up(territory):
        need = people * (NEED_UNDER_75 + NEED_OVER_75_MORE * share.to_numpy(dtype=np.float64))
        return _completed(need, people), "population pondérée par la part des plus de 75 ans"
    return people, "population sans correction d’âge"


def _is_known(values: pd.Series, table: pd.DataFrame) -> bool:
    """Tell whether enough places of a table are known, those of the region where it has any."""
    inside = table["inside"].to_numpy()
    return bool(values.notna()[inside if inside.any() else slice(None)].mean() >= KNOWN_SHARE)


def _ages_made_up(territory: Territory) -> bool:
    """Tell whether ages are simulated beside GPs that are not."""
    made = {key: known.simulated for key, known in territory.provenance.items()}
    return made.get("reference", False) and not made.get("gps", False)


def _published(territory: Territory, table: pd.DataFrame) -> tuple[Floats, str]:
    """Return the standardised population of each place, the latest one, and the years in words."""
    known = territory.apl[territory.apl["standardised_population"] > 0]
    latest = known.sort_values("year").drop_duplicates("code", keep="last").set_index("code")
    need = table["code"].map(latest["standardised_population"])
    if not _is_known(need, table):
        return np.full(len(table), np.nan), ""
    years = sorted(set(table["code"].map(latest["year"]).dropna().astype(int)))
    return need.to_numpy(dtype=np.float64), joined([str(year) for year in years])


def _completed(need: Floats, people: Floats) -> Floats:
    known = np.isfinite(need)
    ratio = need[known].sum() / people[known].sum()
    return np.where(known & (people > 0), need, people * ratio)
