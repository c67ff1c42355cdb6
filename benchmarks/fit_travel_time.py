"""Fit the friction surface on METRIC's times in all mainland France; write what it learned.

Usage: python -m benchmarks.fit_travel_time [--france FOLDER] [--check]

Writes geo/friction/parameters.json, local_ratio.json and errors.json; with --check, only prints
how the committed ones do through the engine itself. Needs the reference data, and the communes of
France (`python -m data.upkeep.build_embedded --region FR --out FOLDER`).
"""

import argparse
import datetime as dt
import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
from pyproj import Transformer
from scipy.optimize import least_squares
from scipy.spatial import KDTree
from scipy.stats import t as student

from benchmarks.trips import read_trips
from data.base import french, paths
from geo.friction import surface
from geo.friction.engine import ERRORS_FILE
from geo.friction.features import density_features, relief_features
from geo.friction.fit import Traced, trace_pairs
from geo.friction.local_ratio import LOCAL_FILE, STEP_M
from geo.friction.surface import (
    END_SCALE_MINUTES,
    PARAMETERS_FILE,
    Curve,
    Field,
    Parameters,
)

Floats = npt.NDArray[np.float64]
Masks = npt.NDArray[np.bool_]

KNOTS: dict[str, tuple[float, ...]] = {
    "density_1km": (-1, -0.3, 0.3, 0.8, 1.2, 1.6, 2.0),
    "density_own": (-1.2, -0.6, -0.2, 0.2, 0.6, 1.0, 1.4, 2.0),
    "density_8km": (-1, -0.5, 0.0, 0.4, 0.8, 1.2, 1.6, 2.0),
    "villages": (0.5, 0.7, 0.9, 1.1),
    "hall_km": (0, 0.7, 1.5, 3),
    "ruggedness": (0, 20, 40, 80, 120, 180),
    "altitude": (0, 300, 600, 1000),
}

HALL_KNOTS = (2.0, 2.5, 3.0, 3.5, 4.0, 4.5, 5.0)
"""Log10 of the inhabitants of the commune whose middle is an end."""

ROUNDS = 2
"""Paths are traced again after the regression; they hardly move after the second time."""

STEPS = 7
FOLDS = 10
BLOCK_M = 25_000
"""Side of the squares held out together in the spatial cross-validation."""

SPREAD_MIN, SPREAD_SHARE = 0.8, 0.07
"""Spread of errors, minutes, and what each minute predicted adds to it."""
HUBER = 1.0
"""Errors beyond this many spreads count by their size, not its square."""

ROAD_WEIGHT = 15.0
LONG_ROAD_WEIGHT = 3.0
LONG_MIN = 60.0
ROAD_WEIGHT_IN_RATIOS = 20.0
"""Weight of a pair of road points: there are 1,250 in one département, beside 21,000 trips. Those
longer than LONG_MIN minutes, which no screen asks for, weigh less."""

RATIO_KM = 8.0
RATIO_PRIOR = 5.0
"""Ratios are averaged over known trips with a Gaussian of RATIO_KM around their middles; to them
are added RATIO_PRIOR trips of ratio 1, so that few trips change little (shrinkage)."""
MOST_RATIO = 0.5
LONGEST_RATIO_MIN = 60.0
"""Ratios beyond MOST_RATIO (logarithm) count as it; longer trips tell nothing of one place."""

BANDS = ((0, 10), (10, 20), (20, 30), (30, 40), (40, 60), (60, 200), (0, 40))
"""Bands of METRIC minutes: upper bound included, lower one too in the first."""


class Model(NamedTuple):
    """What a regression moves: constant and curve values, motorways (log), both end terms.

    The last are of shape (len(HALL_KNOTS),).
    """

    friction: Floats
    motorway: float
    end: float
    halls: Floats


class Known(NamedTuple):
    """Trips and the terms of the regression, shapes (n,); of halls (n, len(HALL_KNOTS))."""

    trips: pd.DataFrame
    minutes: Floats
    roads: Masks
    halls: Floats


def predicted(model: Model, field_minutes: Floats, known: Known) -> Floats:
    """Return total minutes, as `Parameters.total` makes them."""
    inside = field_minutes + known.halls @ model.halls
    return inside - model.end * np.expm1(-inside / END_SCALE_MINUTES)


class Held:
    """The regression with the paths held."""

    def __init__(self, traced: Traced, before: Floats, basis: Floats, known: Known) -> None:
        """Keep minutes per cell as kilometres per cell, given the log friction `before`."""
        used = np.unique(traced.cells.indices)
        self.paths = traced.cells[:, used].copy()
        self.paths.data = self.paths.data / np.exp(before[used][self.paths.indices])
        self.basis = basis[:, used].T.astype(float)
        self.motorway = traced.motorway_minutes
        self.known = known
        self.found = self.paths.getnnz(1) > 0

    def minutes(self, model: Model) -> tuple[Floats, Floats]:
        """Return field minutes, shape (n,), and their derivatives, shape (n, k)."""
        pace = np.exp(self.basis @ model.friction)
        slopes = self.paths @ (pace[:, None] * self.basis)
        # The constant is the first of the basis.
        return slopes[:, 0] + self.motorway * np.exp(model.motorway), slopes

    def solved(self, model: Model, used: Masks, steps: int = STEPS) -> Model:
        """Return the parameters fitted on the trips used (Huber, errors growing with minutes).

        The spread of errors is that of the minutes predicted: weighed by the minutes driven, the
        trips that happen to be quick would count for more, and all times come out too short.
        """
        minutes, halls = self.known.minutes, self.known.halls
        used = used & self.found
        road_weight = np.where(minutes <= LONG_MIN, ROAD_WEIGHT, LONG_ROAD_WEIGHT)
        for _ in range(steps):
            field, slopes = self.minutes(model)
            whole = predicted(model, field, self.known)
            gap = minutes - whole
            weight = (SPREAD_MIN + SPREAD_SHARE * whole) ** -2.0
            saturation = np.exp(-(field + halls @ model.halls) / END_SCALE_MINUTES)
            by_field = 1 + model.end * saturation / END_SCALE_MINUTES
            jacobian = np.column_stack(
                [
                    slopes * by_field[:, None],
                    self.motorway * np.exp(model.motorway) * by_field,
                    1 - saturation,
                    halls * by_field[:, None],
                ]
            )
            robust = weight / np.maximum(1, np.abs(gap) * np.sqrt(weight) / HUBER)
            robust *= np.where(self.known.roads, road_weight, 1.0)
            moved = (robust[:, None] * jacobian)[used]
            square = moved.T @ jacobian[used]
            square += np.eye(len(square)) * 1e-5 * np.trace(square) / len(square)
            step = np.linalg.solve(square, moved.T @ gap[used])
            friction, (motorway, end), lost = np.split(step, np.cumsum([len(model.friction), 2]))
            model = Model(
                model.friction + friction,
                float(np.clip(model.motorway + motorway, -0.5, 0.5)),
                model.end + float(end),
                model.halls + lost,
            )
        return model

    def predicted(self, model: Model) -> Floats:
        """Return minutes of all trips, nan where there is no way."""
        return np.where(self.found, predicted(model, self.minutes(model)[0], self.known), np.nan)


def hats(feature: Floats, knots: tuple[float, ...]) -> list[Floats]:
    """Return the piecewise linear functions that are 1 at one knot and 0 at others, but the first.

    The first has the value 0, so that the constant means something.
    """
    units = np.eye(len(knots))[1:]
    return [np.interp(feature, knots, unit).astype(np.float32).ravel() for unit in units]


def parameters_of(model: Model, motorways: tuple[float, float], cell_m: float) -> Parameters:
    """Return what the engine reads."""
    values = iter(model.friction[1:].round(4).tolist())
    curves = tuple(
        Curve(name, knots, (0.0, *(next(values) for _ in knots[1:])))
        for name, knots in KNOTS.items()
    )
    pace = np.round(np.exp(model.motorway) * np.array(motorways), 4).tolist()
    return Parameters(
        constant=round(float(model.friction[0]), 4),
        curves=curves,
        motorway_minutes_per_km=(pace[0], pace[1]),
        end_minutes=round(model.end, 3),
        hall_knots=HALL_KNOTS,
        hall_minutes=tuple(model.halls.round(3).tolist()),
        cell_m=cell_m,
        local=False,
    )


def ends(field: Field, trips: pd.DataFrame) -> tuple[Floats, Floats]:
    """Return both ends of the trips in cells, shape (n, 3)."""
    return (
        field.cells_of_metres(trips.x1.to_numpy(), trips.y1.to_numpy()),
        field.cells_of_metres(trips.x2.to_numpy(), trips.y2.to_numpy()),
    )


def hall_terms(field: Field, population: Floats, *both: Floats) -> Floats:
    """Return what each knot of HALL_KNOTS counts at the ends of trips, shape (n, knots)."""
    size = np.log10(np.maximum(population, 1.0))
    hats_of = np.stack([np.interp(size, HALL_KNOTS, unit) for unit in np.eye(len(HALL_KNOTS))], 1)
    terms = np.zeros((len(both[0]), len(HALL_KNOTS)))
    for at in both:
        share, hall = field.hall_shares(at[:, :2])
        terms += (share[:, :, None] * hats_of[hall]).sum(axis=1)
    return terms


def middles_km(trips: pd.DataFrame) -> Floats:
    """Return the middles of trips, kilometres, shape (n, 2)."""
    x, y = (trips.x1 + trips.x2) / 2000, (trips.y1 + trips.y2) / 2000
    return np.column_stack([x, y])


def ratios(at_km: Floats, known: Known, predictions: Floats, used: Masks) -> Floats:
    """Return the smoothed logarithm of real over predicted minutes at points, shape (m,)."""
    ratio = np.log(known.minutes / predictions).clip(-MOST_RATIO, MOST_RATIO)
    used = used & np.isfinite(ratio) & (known.minutes <= LONGEST_RATIO_MIN)
    weight = np.minimum(known.minutes, 30) / 30
    weight = weight * np.where(known.roads, ROAD_WEIGHT_IN_RATIOS, 1.0)
    tree, around = KDTree(middles_km(known.trips)[used]), KDTree(at_km)
    near = around.sparse_distance_matrix(tree, 2.5 * RATIO_KM, output_type="coo_matrix")
    pull = np.exp(-((near.data / RATIO_KM) ** 2) / 2) * weight[used][near.col]
    total = np.bincount(near.row, pull * ratio[used][near.col], len(at_km))
    return total / (np.bincount(near.row, pull, len(at_km)) + RATIO_PRIOR)


def folds_by(names: pd.Series) -> npt.NDArray[np.int64]:
    """Return a fold per trip: those of one name are held out together."""
    codes = pd.factorize(names)[0]
    return np.random.default_rng(0).permutation(codes.max() + 1)[codes] % FOLDS


def cross_validated(held: Held, model: Model, folds: npt.NDArray[np.int64]) -> Floats:
    """Return minutes of each trip from all else, local ratios included."""
    result = np.full(len(folds), np.nan)
    middles = middles_km(held.known.trips)
    for fold in np.unique(folds):
        used, out = folds != fold, folds == fold
        fitted = held.predicted(held.solved(model, used, steps=4))
        local = ratios(middles[out], held.known, fitted, used)
        result[out] = fitted[out] * np.exp(local)
    return result


def straight_lines(known: Known, folds: npt.NDArray[np.int64]) -> Floats:
    """Return minutes of a + b·km, robustly fitted without each fold."""
    minutes, km = known.minutes, known.trips.km.to_numpy()
    result = np.full(len(km), np.nan)
    for fold in np.unique(folds):
        used = folds != fold
        line = least_squares(
            lambda c, u=used: (c[0] + c[1] * km[u] - minutes[u]) / (0.5 + 0.1 * km[u]),
            [5, 1],
            loss="soft_l1",
        ).x
        result[folds == fold] = (line[0] + line[1] * km)[folds == fold]
    return result


def errors(predictions: Floats, minutes: Floats) -> dict[str, Any]:
    """Return the errors by band of METRIC minutes, and how often 20 minutes is told right."""
    known = np.isfinite(predictions)
    predictions, minutes = predictions[known], minutes[known]
    gap = predictions - minutes
    around = (minutes >= 15) & (minutes <= 25)
    same_side = (predictions <= 20) == (minutes <= 20)
    bands = []
    for low, high in BANDS:
        held = ((minutes > low) | (low == 0)) & (minutes <= high)
        if not held.any():
            continue
        bands.append(
            {
                "band": f"{low}-{high}",
                "pairs": int(held.sum()),
                "mean_absolute_error": round(float(np.abs(gap[held]).mean()), 2),
                "p90_absolute_error": round(float(np.quantile(np.abs(gap[held]), 0.9)), 2),
                "bias": round(float(gap[held].mean()), 2),
                "wrong_side_of_20": round(float(1 - same_side[held].mean()), 3),
            }
        )
    return {
        "pairs": len(minutes),
        "same_side_15_25": round(float(same_side[around].mean()), 3),
        "pairs_15_25": int(around.sum()),
        "bands": bands,
    }


def by_departement(known: Known, predictions: Floats) -> dict[str, dict[str, Any]]:
    """Return the errors up to 40 minutes of town-hall trips, by département held out."""
    table = pd.DataFrame(
        {
            "departement": known.trips.departement,
            "square": squares(known.trips),
            "minutes": known.minutes,
            "gap": predictions - known.minutes,
        }
    )[~known.roads & (known.minutes <= 40) & np.isfinite(predictions)]
    found = {}
    for code, rows in table.groupby("departement"):
        around = rows[rows.minutes.between(15, 25)]
        right = ((around.minutes + around.gap <= 20) == (around.minutes <= 20)).mean()
        half = half_interval(rows.gap, rows.square)
        found[str(code)] = {
            "pairs": len(rows),
            "mean_absolute_error": round(float(rows.gap.abs().mean()), 2),
            "bias": round(float(rows.gap.mean()), 2),
            "bias_half_interval": None if half is None else round(half, 2),
            "same_side_15_25": None if around.empty else round(float(right), 3),
        }
    return found


def squares(trips: pd.DataFrame) -> npt.NDArray[np.int64]:
    """Return a number for the square of BLOCK_M that holds the middle of each trip."""
    x, y = (trips.x1 + trips.x2) // (2 * BLOCK_M), (trips.y1 + trips.y2) // (2 * BLOCK_M)
    return (x * 10_000 + y).to_numpy(dtype=np.int64)


def half_interval(gaps: pd.Series, places: pd.Series) -> float | None:
    """Return half the width of the 95 % interval of a mean, None where all share one square.

    Trips of one square err together: each square counts as one draw (cluster-robust variance of
    a mean, Student's t with one degree of freedom less than squares; Cameron and Miller, 2015,
    "A Practitioner's Guide to Cluster-Robust Inference").
    """
    sums = (gaps - gaps.mean()).groupby(places).sum()
    count = len(sums)
    if count < 2:
        return None
    spread = np.sqrt(count / (count - 1) * (sums**2).sum()) / len(gaps)
    return float(student.ppf(0.975, count - 1) * spread)


def show(title: str, found: dict[str, Any]) -> None:
    """Print one line of errors."""
    band = next(band for band in found["bands"] if band["band"] == "0-40")
    print(
        f"{title:34} 0-40: {band['mean_absolute_error']:.2f} min (bias {band['bias']:+.2f}, "
        f"p90 {band['p90_absolute_error']:.1f}); right side of 20 in 15-25: "
        f"{found['same_side_15_25']:.3f}",
        flush=True,
    )


class France(NamedTuple):
    """All communes of mainland France and its land."""

    communes: gpd.GeoDataFrame
    land: gpd.GeoDataFrame

    @classmethod
    def read(cls, folder: Path) -> "France":
        """Read what `build_embedded --region FR` wrote."""
        communes = gpd.read_parquet(folder / "communes.parquet")
        mainland = communes["departement"].str.len() == len("75")
        return cls(
            gpd.GeoDataFrame(communes[mainland].reset_index(drop=True)),
            gpd.read_parquet(folder / "land.parquet"),
        )

    def field(self, parameters: Parameters) -> Field:
        """Build the field of all France."""
        return surface.build(self.communes, self.communes.iloc[:0], self.land, parameters)


def basis_of(field: Field, communes: pd.DataFrame) -> Floats:
    """Return the constant and the hat functions of all cells, shape (k, ny * nx)."""
    at = field.cells(communes[["lon", "lat"]].to_numpy())
    shape = field.raster.friction.shape
    population = communes["population"].to_numpy(float)
    area_km2 = communes["area_km2"].to_numpy(float)
    features = density_features(at[:, :2], population, area_km2, shape, field.cell_m)
    features |= relief_features(field.crs, field.place, shape)
    columns = [np.ones(field.raster.friction.size, np.float32)]
    for name, knots in KNOTS.items():
        columns += hats(features[name], knots)
    return np.stack(columns)


def fit(france: France, trips: pd.DataFrame) -> tuple[Parameters, Held, Model]:
    """Alternate paths and regression; return parameters, the last paths and their regression."""
    start = Parameters.read()
    roads = (trips.kind == "roads").to_numpy()
    model = Model(
        np.zeros(1 + sum(len(k) - 1 for k in KNOTS.values())), 0.0, 4.0, np.ones(len(HALL_KNOTS))
    )
    parameters, basis = replace(start, local=False), None
    for _ in range(ROUNDS):
        field = france.field(parameters)
        if basis is None:
            basis = basis_of(field, france.communes)
        origins, destinations = ends(field, trips)
        people = france.communes["population"].to_numpy(float)
        halls = hall_terms(field, people, origins, destinations)
        known = Known(trips, trips.minutes.to_numpy(float), roads, halls)
        traced = trace_pairs(field.raster, origins, destinations)
        cell_km = field.cell_m / 1000
        before = np.log(field.raster.friction.ravel() / cell_km)
        held = Held(traced, before, basis, known)
        model = held.solved(model._replace(motorway=0.0), np.ones(len(trips), bool))
        parameters = parameters_of(model, parameters.motorway_minutes_per_km, field.cell_m)
        show("in the fit, town halls", errors(held.predicted(model)[~roads], known.minutes[~roads]))
        show("in the fit, roads", errors(held.predicted(model)[roads], known.minutes[roads]))
    return parameters, held, model


def write_ratios(held: Held, model: Model) -> None:
    """Write the table of local ratios: percent more than the field says, by square."""
    known = held.known
    middles = middles_km(known.trips)
    step_km = STEP_M / 1000
    south, north = middles[:, 1].min() - step_km, middles[:, 1].max() + step_km
    low = int(south // step_km)
    rows, columns = int(north // step_km) + 2 - low, int(middles[:, 0].max() // step_km) + 3
    row, column = (side.ravel() for side in np.indices((rows, columns)))
    at = np.column_stack([column * step_km, (row + low) * step_km])
    local = ratios(at, known, held.predicted(model), np.ones(len(known.minutes), bool))
    percent = np.round(100 * np.expm1(local), 1)
    kept = np.flatnonzero(np.abs(percent) >= 0.1)
    nodes = [[int(row[i]), int(column[i]), float(percent[i])] for i in kept]
    LOCAL_FILE.write_text(
        json.dumps({"south_m": low * STEP_M, "rows": rows, "columns": columns, "nodes": nodes})
        + "\n",
        encoding="utf-8",
    )


def through_engine(france: France, trips: pd.DataFrame) -> Floats:
    """Return the minutes that the engine itself gives."""
    from geo.friction.engine import FrictionTravelTime

    parameters = Parameters.read()
    degrees = Transformer.from_crs(2154, 4326, always_xy=True)
    return FrictionTravelTime(lambda: france.field(parameters), parameters, "fit").pairs(
        np.column_stack(degrees.transform(trips.x1, trips.y1)),
        np.column_stack(degrees.transform(trips.x2, trips.y2)),
    )


def main() -> None:
    """Fit, cross-validate, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--france", type=Path, default=paths.home() / "regions" / "FR")
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    france = France.read(options.france)
    trips = read_trips(france.communes)
    roads = (trips.kind == "roads").to_numpy()
    minutes = trips.minutes.to_numpy(float)
    if options.check:
        found = through_engine(france, trips)
        show("committed, town halls", errors(found[~roads], minutes[~roads]))
        show("committed, roads", errors(found[roads], minutes[roads]))
        return
    parameters, held, model = fit(france, trips)
    by_place = folds_by(pd.Series(squares(trips)))
    by_code = folds_by(trips.departement)
    places = cross_validated(held, model, by_place)
    codes = cross_validated(held, model, by_code)
    straight = straight_lines(held.known, by_code)
    quick = trips.km.to_numpy() * 1.3 * 60 / 50

    def both(predictions: Floats) -> dict[str, Any]:
        return {
            "towns": errors(predictions[~roads], minutes[~roads]),
            "roads": errors(predictions[roads], minutes[roads]),
        }

    found: dict[str, Any] = {
        "vintage": f"calage du {french.date(dt.datetime.now(tz=dt.UTC).date())}",
        "source": "INSEE et DREES, METRIC, heures creuses, 2019 et 2021",
        "towns": errors(codes[~roads], minutes[~roads]),
        "roads": errors(places[roads], minutes[roads]),
        "departements": by_departement(held.known, codes),
        "squares": both(places),
        "baselines": {
            "fitted_line": both(straight),
            "straight_1_3_at_50_kmh": both(quick),
            "osrm": {"roads": errors(trips.osrm_minutes.to_numpy()[roads], minutes[roads])},
        },
    }
    show("held-out départements, town halls", found["towns"])
    show("held-out squares, town halls", found["squares"]["towns"])
    show("held-out squares, roads", found["roads"])
    bias = pd.Series({code: row["bias"] for code, row in found["departements"].items()})
    print("bias by département:", bias.to_string().replace("\n", "; "))
    content = asdict(parameters)
    del content["local"]
    write_json(PARAMETERS_FILE, {"parameters": content})
    write_json(ERRORS_FILE, found)
    write_ratios(held, model)


def write_json(path: Path, content: dict[str, Any]) -> None:
    """Write what was fitted."""
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
