"""Fit the friction surface on METRIC's times in Gironde, and write its parameters and errors.

Usage: python benchmarks/fit_travel_time.py [--check]

Writes geo/friction/parameters.json and geo/friction/errors.json; with --check, only prints how
the committed parameters do through the engine itself. Needs the reference data.
"""

import argparse
import datetime as dt
import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from pyproj import Transformer
from scipy.optimize import least_squares

from data.base import french, paths
from data.region import embedded_set
from geo.friction import surface
from geo.friction.engine import ERRORS_FILE, FrictionTravelTime
from geo.friction.fit import Traced, trace_pairs
from geo.friction.surface import PARAMETERS_FILE, Parameters, density_features

Floats = npt.NDArray[np.float64]

ROUNDS = 4
"""Paths are traced again after each regression; they settle in four."""

STEP = 0.8
"""Share of each change kept, so that paths and parameters do not chase each other."""

BANDS = ((0, 10), (10, 20), (20, 30), (30, 40), (40, 60), (60, 200), (0, 40))
"""Bands of METRIC minutes: upper bound included, lower one too in the first."""

BLOCK_M = 25_000
"""Side of the squares held out together in the spatial cross-validation."""

FOLDS = 10

START = Parameters(
    scales_km=(1.0, 8.0),
    log_friction=(0.0, 0.0, 0.0),
    # METRIC's 120 km/h, and its 100 slowed by what is driven at 60; the fit moves both alike.
    motorway_minutes_per_km=(0.5, 0.65),
    end_minutes=3.0,
    cell_m=500.0,
)


def read_pairs() -> pd.DataFrame:
    """Return the pairs for which METRIC gives a time: ends in Lambert-93, minutes, kilometres."""
    pairs = pd.read_csv(paths.reference_data() / "roads" / "gironde_od_minutes.csv")
    pairs = pairs.dropna(subset="metric_offpeak_minutes").reset_index(drop=True)
    pairs["km"] = ((pairs.x1_l93 - pairs.x2_l93) ** 2 + (pairs.y1_l93 - pairs.y2_l93) ** 2) ** 0.5
    pairs["km"] /= 1000
    return pairs


def predicted(theta: Floats, traced: Traced, parameters: Parameters) -> Floats:
    """Return total minutes for parameters near those the paths were traced with."""
    constant, *factors, motorway, end = theta
    before = np.array(parameters.log_friction)
    cells = traced.minutes - traced.motorway_minutes
    shift = np.array([constant, *factors]) - before
    field = cells * np.exp(shift[0]) + traced.integrals @ shift[1:]
    field += traced.motorway_minutes * np.exp(motorway)
    moved = replace(parameters, end_minutes=float(np.exp(end)))
    return moved.total(np.maximum(field, 0))


def solve(
    traced: Traced, parameters: Parameters, minutes: Floats, km: Floats, used: npt.NDArray[np.bool_]
) -> Floats:
    """Fit the parameters with the paths held: robust least squares, errors growing with km."""
    spread = 0.5 + 0.1 * km

    def residuals(theta: Floats) -> Floats:
        return ((predicted(theta, traced, parameters) - minutes) / spread)[used]

    start = np.array([*parameters.log_friction, 0.0, np.log(parameters.end_minutes)])
    return np.asarray(least_squares(residuals, start, loss="soft_l1").x)


def moved(parameters: Parameters, theta: Floats, step: float) -> Parameters:
    """Return the parameters moved towards a solution."""
    *friction, motorway, end = theta
    country, town = (
        round(float(pace * np.exp(step * motorway)), 4)
        for pace in parameters.motorway_minutes_per_km
    )
    before = np.array(parameters.log_friction)
    return replace(
        parameters,
        log_friction=tuple((before + step * (np.array(friction) - before)).round(4).tolist()),
        motorway_minutes_per_km=(country, town),
        end_minutes=round(float(parameters.end_minutes ** (1 - step) * np.exp(end * step)), 3),
    )


def trace(pairs: pd.DataFrame, parameters: Parameters) -> Traced:
    """Trace the best path of each pair in the field of the parameters."""
    communes, fringe = embedded_set.communes(), embedded_set.fringe()
    field = surface.build(communes, fringe, embedded_set.land(), parameters)
    both = pd.concat([communes[["lon", "lat", "population"]], fringe[["lon", "lat", "population"]]])
    at = field.cells(both[["lon", "lat"]].to_numpy())
    features = density_features(
        at[:, 0],
        at[:, 1],
        both["population"].to_numpy(float),
        field.raster.friction.shape,
        parameters,
    )
    return trace_pairs(
        field.raster,
        np.array(features),
        field.cells_of_metres(pairs.x1_l93.to_numpy(), pairs.y1_l93.to_numpy()),
        field.cells_of_metres(pairs.x2_l93.to_numpy(), pairs.y2_l93.to_numpy()),
    )


def random_folds(pairs: pd.DataFrame) -> npt.NDArray[np.int64]:
    """Return a fold per pair, at random."""
    return np.random.default_rng(0).integers(0, FOLDS, len(pairs))


def spatial_folds(pairs: pd.DataFrame) -> npt.NDArray[np.int64]:
    """Return a fold per pair: squares around the middles are held out whole."""
    column = (pairs.x1_l93 + pairs.x2_l93) / 2 // BLOCK_M
    row = (pairs.y1_l93 + pairs.y2_l93) / 2 // BLOCK_M
    squares = pd.factorize(row * 10_000 + column)[0]
    return np.random.default_rng(0).permutation(squares.max() + 1)[squares] % FOLDS


def cross_validated(
    traced: Traced, parameters: Parameters, pairs: pd.DataFrame, folds: npt.NDArray[np.int64]
) -> Floats:
    """Return, for each pair, the minutes of the model fitted without its fold."""
    minutes, km = pairs.metric_offpeak_minutes.to_numpy(float), pairs.km.to_numpy()
    result = np.full(len(pairs), np.nan)
    for fold in np.unique(folds):
        used = (folds != fold) & np.isfinite(traced.minutes)
        theta = solve(traced, parameters, minutes, km, used)
        held = folds == fold
        result[held] = predicted(theta, traced, parameters)[held]
    return result


def fitted_line(pairs: pd.DataFrame, folds: npt.NDArray[np.int64]) -> Floats:
    """Return minutes of a + b·km, robustly fitted without each fold."""
    minutes, km = pairs.metric_offpeak_minutes.to_numpy(float), pairs.km.to_numpy()
    result = np.full(len(pairs), np.nan)
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
    gap = predictions - minutes
    around = (minutes >= 15) & (minutes <= 25)
    same_side = (predictions <= 20) == (minutes <= 20)
    bands = []
    for low, high in BANDS:
        held = ((minutes > low) | (low == 0)) & (minutes <= high)
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
        "same_side_15_25": round(float(same_side[around].mean()), 3),
        "pairs_15_25": int(around.sum()),
        "bands": bands,
    }


def through_engine(pairs: pd.DataFrame, parameters: Parameters) -> Floats:
    """Return the minutes that the engine itself gives."""
    field = surface.build(
        embedded_set.communes(), embedded_set.fringe(), embedded_set.land(), parameters
    )
    degrees = Transformer.from_crs(2154, 4326, always_xy=True)
    return FrictionTravelTime(field, parameters, "fit").pairs(
        np.column_stack(degrees.transform(pairs.x1_l93, pairs.y1_l93)),
        np.column_stack(degrees.transform(pairs.x2_l93, pairs.y2_l93)),
    )


def show(title: str, found: dict[str, Any]) -> None:
    """Print one line of errors."""
    bands = {band["band"]: band for band in found["bands"]}
    print(
        f"{title:34} 0-40: {bands['0-40']['mean_absolute_error']:.2f} min "
        f"(bias {bands['0-40']['bias']:+.2f}, p90 {bands['0-40']['p90_absolute_error']:.1f}); "
        f"40-60: {bands['40-60']['mean_absolute_error']:.2f}; "
        f"60+: {bands['60-200']['mean_absolute_error']:.2f}; "
        f"same side of 20 in 15-25: {found['same_side_15_25']:.3f}",
        flush=True,
    )


def fit(pairs: pd.DataFrame) -> tuple[Parameters, Traced]:
    """Alternate paths and regression on all pairs; return parameters and the last paths."""
    minutes, km = pairs.metric_offpeak_minutes.to_numpy(float), pairs.km.to_numpy()
    parameters = START
    for _ in range(ROUNDS):
        traced = trace(pairs, parameters)
        used = np.isfinite(traced.minutes)
        theta = solve(traced, parameters, minutes, km, used)
        show(str(parameters), errors(predicted(theta, traced, parameters), minutes))
        parameters = moved(parameters, theta, STEP)
    return parameters, trace(pairs, parameters)


def main() -> None:
    """Fit, cross-validate, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    pairs = read_pairs()
    minutes = pairs.metric_offpeak_minutes.to_numpy(float)
    if parser.parse_args().check:
        show("committed", errors(through_engine(pairs, Parameters.read()), minutes))
        return
    parameters, traced = fit(pairs)
    by_chance, by_place = random_folds(pairs), spatial_folds(pairs)
    found: dict[str, Any] = {
        "vintage": f"calage du {french.date(dt.datetime.now(tz=dt.UTC).date())}",
        "source": "INSEE, METRIC, Gironde, heures creuses, 2021",
        "pairs": len(pairs),
        "engine": errors(cross_validated(traced, parameters, pairs, by_chance), minutes),
        "engine_spatial": errors(cross_validated(traced, parameters, pairs, by_place), minutes),
        "baselines": {
            "osrm": errors(pairs.osrm_minutes.to_numpy(), minutes),
            "fitted_line": errors(fitted_line(pairs, by_chance), minutes),
            "straight_1_3_at_50_kmh": errors(pairs.km.to_numpy() * 1.3 * 60 / 50, minutes),
        },
    }
    for title, table in [
        ("engine, cross-validated", found["engine"]),
        ("engine, held-out squares", found["engine_spatial"]),
        *found["baselines"].items(),
    ]:
        show(title, table)
    # Mountains are fitted apart (benchmarks/roads_field.py).
    found["relief"] = json.loads(ERRORS_FILE.read_text(encoding="utf-8"))["relief"]
    kept = replace(parameters, relief=Parameters.read().relief)
    write_json(PARAMETERS_FILE, {"parameters": asdict(kept)})
    write_json(ERRORS_FILE, found)


def write_json(path: Path, content: dict[str, Any]) -> None:
    """Write what was fitted."""
    path.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
