"""What METRIC's minutes say of speeds in towns, beside OSRM's on the same pairs in Gironde.

    python -m benchmarks.metric_osrm

METRIC's minutes are regressed on OSRM's, shared out along the straight line between the ends by
the density of the communes crossed (500 and 4,000 inhabitants per km², METRIC's own bounds). Needs
the reference data.
"""

import geopandas as gpd
import numpy as np
import pandas as pd
from scipy.optimize import least_squares

from data.base import paths
from data.region import embedded_set

BOUNDS_PER_KM2 = (500, 4_000)
STEPS = 60
LONGEST_MIN = (40, 60, 90)
NAMES = ("open country", "town", "dense town")


def shares(pairs: pd.DataFrame) -> np.ndarray:
    """Return the share of each straight line in each kind of surroundings, shape (p, 3)."""
    communes = embedded_set.communes().to_crs("EPSG:2154")
    kind = np.searchsorted(BOUNDS_PER_KM2, communes.population / communes.area_km2)
    along = (np.arange(STEPS) + 0.5) / STEPS
    x, y = (
        pairs[f"{axis}1_l93"].to_numpy()[:, None] * (1 - along)
        + pairs[f"{axis}2_l93"].to_numpy()[:, None] * along
        for axis in "xy"
    )
    places = gpd.GeoDataFrame(geometry=gpd.points_from_xy(x.ravel(), y.ravel()), crs="EPSG:2154")
    joined = places.sjoin(communes.assign(kind=kind)[["kind", "geometry"]], how="left")
    # A point of the estuary lies in no commune: nobody lives there.
    found = joined[~joined.index.duplicated()].kind.fillna(0).to_numpy(int).reshape(x.shape)
    return np.stack([(found == k).mean(axis=1) for k in range(len(NAMES))], axis=1)


def regress(metric: np.ndarray, osrm: np.ndarray, part: np.ndarray) -> np.ndarray:
    """Return METRIC's minutes lost on each journey, and its ratio to OSRM by surroundings."""
    terms = np.column_stack([np.ones(len(osrm)), osrm[:, None] * part])
    fitted = least_squares(
        lambda ratios: (terms @ ratios - metric) / np.sqrt(osrm), np.ones(4), loss="soft_l1"
    )
    return np.asarray(fitted.x)


def main() -> None:
    """Print the ratios by surroundings, and the ratio of journeys that cross dense towns."""
    pairs = pd.read_csv(paths.reference_data() / "roads" / "gironde_od_minutes.csv")
    pairs = pairs.dropna(subset=["metric_offpeak_minutes", "osrm_minutes"])
    pairs = pairs[pairs.osrm_km > 0].reset_index(drop=True)
    part = shares(pairs)
    metric, osrm = pairs.metric_offpeak_minutes.to_numpy(), pairs.osrm_minutes.to_numpy()
    for longest in LONGEST_MIN:
        some = osrm < longest
        lost, *ratios = regress(metric[some], osrm[some], part[some])
        said = ", ".join(f"{name} {r:.2f}" for name, r in zip(NAMES, ratios, strict=True))
        print(f"under {longest} min, {some.sum()} pairs: {said}; {lost:+.1f} min on each journey")
    for least in (0.05, 0.1, 0.2, 0.3):
        some = part[:, 2] >= least
        ratio = np.median(metric[some] / osrm[some])
        print(f"{least:.0%} in dense towns or more, {some.sum()} pairs: median ratio {ratio:.2f}")


if __name__ == "__main__":
    main()
