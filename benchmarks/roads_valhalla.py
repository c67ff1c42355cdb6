"""Valhalla as a peer: its tiles of an extract, its times, its areas. Needs the extra `peers`."""

import json
import subprocess
from pathlib import Path

import numpy as np
import shapely
import valhalla


def tiles(extract: Path, folder: Path) -> valhalla.Actor:
    """Build Valhalla's tiles of an extract in an empty folder."""
    (folder / "tiles").mkdir()
    config = valhalla.get_config(tile_extract="", tile_dir=folder / "tiles")
    config["mjolnir"]["concurrency"] = 1
    for name in ("mjolnir", "loki", "thor", "odin"):
        config[name].setdefault("logging", {})["type"] = ""
    path = folder / "valhalla.json"
    path.write_text(json.dumps(config))
    binary = Path(valhalla.__file__).parent / "bin" / "valhalla_build_tiles"
    command = [binary, "-c", path, extract.resolve()]  # it leaves its notes where it stands
    subprocess.run(command, check=True, capture_output=True, cwd=folder)
    return valhalla.Actor(config)


def minutes(actor: valhalla.Actor, origin: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """Return its minutes from one point to many, degrees; nan where it finds no way."""
    query = {
        "sources": [{"lon": float(origin[0]), "lat": float(origin[1])}],
        "targets": [{"lon": float(x), "lat": float(y)} for x, y in targets],
        "costing": "auto",
    }
    row = actor.matrix(query)["sources_to_targets"][0]
    found = [np.nan if cell["time"] is None else cell["time"] / 60 for cell in row]
    return np.array(found, float)


def area(actor: valhalla.Actor, origin: np.ndarray, limit_min: float) -> shapely.Geometry:
    """Return its area within a limit of a point, degrees, mended where it is not valid."""
    query = {
        "locations": [{"lon": float(origin[0]), "lat": float(origin[1])}],
        "costing": "auto",
        "contours": [{"time": limit_min}],
        "polygons": True,
        "denoise": 0.2,
        "generalize": 20,
    }
    features = actor.isochrone(query)
    if isinstance(features, str):
        features = json.loads(features)
    areas = [shapely.geometry.shape(f["geometry"]) for f in features["features"]]
    return shapely.make_valid(shapely.union_all([shapely.make_valid(a) for a in areas]))
