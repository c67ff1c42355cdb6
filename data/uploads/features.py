"""Uploaded features (GeoJSON, KML, shapefile, GeoPackage) as lines, one point each."""

import json
import math
import tempfile
import warnings
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath
from typing import Any
from xml.etree.ElementTree import Element

import numpy as np
import pyogrio
import shapely
from defusedxml import ElementTree  # type: ignore[import-untyped]
from defusedxml.common import DefusedXmlException  # type: ignore[import-untyped]
from pyogrio.errors import DataLayerError, DataSourceError, FieldError

from data.files.geopackages import check_geopackage
from data.uploads.columns import recognise
from data.uploads.tables import MAX_SITES, Line, bounded, decode, limited
from geo.errors import InvalidInputError

SHAPEFILE_PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
_SHAPEFILE_MAGIC = b"\x00\x00\x27\x0a"
SQLITE_MAGIC = b"SQLite format 3\x00"

Feature = tuple[Mapping[str, Any], shapely.Geometry | None]


def read_geojson(content: bytes, name: str) -> list[Line]:
    """Read a GeoJSON collection, feature or geometry; other shapes than points give a point inside.

    Raises
    ------
    InvalidInputError
        The file is no GeoJSON.
    """
    try:
        data = json.loads(decode(content, name), parse_constant=lambda _: None)
    except (ValueError, RecursionError) as error:
        raise InvalidInputError(
            f"« {name} » n'est pas un JSON valide : exportez-le de nouveau en GeoJSON."
        ) from error
    kind = data.get("type") if isinstance(data, dict) else None
    if kind == "FeatureCollection" and isinstance(data.get("features"), list):
        features = data["features"]
    elif kind == "Feature":
        features = [data]
    elif str(kind) in {"Point", "MultiPoint"}:
        features = [{"properties": {}, "geometry": data}]
    else:
        raise InvalidInputError(
            f"« {name} » n'est pas un GeoJSON : une « FeatureCollection » est attendue."
        )
    return _lines((_geojson_feature(item) for item in features[: MAX_SITES + 1]), name)


def _geojson_feature(item: Any) -> Feature:
    if not isinstance(item, dict):
        return {}, None
    properties = item.get("properties")
    found = properties if isinstance(properties, dict) else {}
    try:
        geometry = shapely.geometry.shape(item["geometry"])
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError):
        geometry = None
    except shapely.errors.ShapelyError:
        geometry = None
    return found, geometry


def read_kml(content: bytes, name: str) -> list[Line]:
    """Read the placemarks of a KML.

    Raises
    ------
    InvalidInputError
        The file is no KML, or declares entities (a known attack).
    """
    try:
        root = ElementTree.fromstring(content, forbid_dtd=True)
    except (SyntaxError, ValueError, LookupError, DefusedXmlException) as error:
        raise InvalidInputError(
            f"« {name} » n'est pas un KML lisible : exportez-le de nouveau en KML."
        ) from error
    placemarks = [item for item in root.iter() if _tag(item) == "Placemark"]
    return _lines((_placemark(item) for item in placemarks[: MAX_SITES + 1]), name)


def _tag(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _placemark(item: Element) -> Feature:
    properties: dict[str, Any] = {}
    points: list[tuple[float, float]] = []
    for element in item.iter():
        text = (element.text or "").strip()
        match _tag(element):
            case "name":
                properties.setdefault("name", text)
            case "address":
                properties["address"] = text
            case "SimpleData":
                properties[element.get("name", "")] = text
            case "Data":
                value = next((part.text for part in element if _tag(part) == "value"), "")
                properties[element.get("name", "")] = value or ""
            case "coordinates":
                points.extend(_kml_points(text))
    if not points:
        return properties, None
    shape = shapely.MultiPoint(points).convex_hull if len(points) > 1 else shapely.Point(points[0])
    return properties, shape


def _kml_points(text: str) -> list[tuple[float, float]]:
    points = []
    for group in text.split():
        parts = group.split(",")
        try:
            point = float(parts[0]), float(parts[1])
        except (ValueError, IndexError):
            continue
        if all(map(math.isfinite, point)):
            points.append(point)
    return points


def read_shapefile(files: Mapping[str, bytes], name: str) -> list[Line]:
    """Read the only shapefile of an archive.

    Raises
    ------
    InvalidInputError
        No shapefile, several ones, or a part is missing or broken.
    """
    shapes = [path for path in files if _suffix(path) == ".shp"]
    if len(shapes) != 1:
        raise InvalidInputError(
            f"« {name} » contient {len(shapes)} fichiers .shp : il en faut un seul, avec ses .dbf, "
            ".shx et .prj."
        )
    stem = shapes[0][:-4]
    parts = {
        _suffix(path): data
        for path, data in files.items()
        if _suffix(path) in SHAPEFILE_PARTS and path[: -len(_suffix(path))] == stem
    }
    missing = [part for part in (".shp", ".shx", ".dbf") if part not in parts]
    if missing:
        raise InvalidInputError(
            f"« {name} » : il manque {', '.join(missing)} à côté de « {shapes[0]} »."
        )
    if not parts[".shp"].startswith(_SHAPEFILE_MAGIC):
        raise InvalidInputError(f"« {name} » : « {shapes[0]} » n'est pas un shapefile.")
    with tempfile.TemporaryDirectory() as folder:
        for suffix, data in parts.items():
            (Path(folder) / f"sites{suffix}").write_bytes(data)
        return _read_layer(Path(folder) / "sites.shp", None, name)


def read_geopackage(content: bytes, name: str) -> list[Line]:
    """Read the layer of points of a GeoPackage that has most features."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sites.gpkg"
        path.write_bytes(content)
        check_geopackage(path, name)
        try:
            counts = _layer_counts(path)
        except (DataSourceError, DataLayerError) as error:
            raise _broken(name) from error
        if not counts:
            raise InvalidInputError(f"« {name} » ne contient aucune couche géographique.")
        return _read_layer(path, max(counts, key=lambda layer: counts[layer]), name)


def _layer_counts(path: Path) -> dict[str, int]:
    with warnings.catch_warnings(action="ignore"):  # GDAL's: our refusal tells what matters
        layers = [layer for layer, kind in pyogrio.list_layers(path) if kind is not None]
        return {
            layer: pyogrio.read_info(path, layer=layer, force_feature_count=True)["features"]
            for layer in layers
        }


def _suffix(path: str) -> str:
    return PurePosixPath(path).suffix.lower()


def _broken(name: str) -> InvalidInputError:
    return InvalidInputError(
        f"« {name} » est abîmé ou n'est pas du format annoncé : exportez-le de nouveau."
    )


def _read_layer(path: Path, layer: str | None, name: str) -> list[Line]:
    try:
        with warnings.catch_warnings(action="ignore"):
            table = pyogrio.read_dataframe(path, layer=layer, max_features=MAX_SITES + 1)
    except (DataSourceError, DataLayerError, FieldError, ValueError) as error:
        raise _broken(name) from error
    if "geometry" not in table or not hasattr(table, "crs"):
        raise InvalidInputError(f"« {name} » n'a pas de géométrie : envoyez-le en CSV.")
    if table.crs is not None:
        table = table.to_crs(4326)
    properties = table.drop(columns="geometry").astype(object).to_dict("records")
    pairs = zip(properties, table.geometry, strict=True)
    return _lines((({str(k): v for k, v in p.items()}, g) for p, g in pairs), name)


def _lines(features: Iterable[Feature], name: str) -> list[Line]:
    lines = []
    for number, (properties, geometry) in enumerate(features, start=1):
        keys = list(properties)
        cells = {
            field: text
            for field, place in recognise(keys).items()
            if (text := _plain(properties[keys[place]]))
        }
        point = None if geometry is None or geometry.is_empty else _inside(geometry)
        if point is not None:
            cells |= {"lon": repr(float(point.x)), "lat": repr(float(point.y))}
        lines.append(bounded(Line(number, cells)))
    return limited(lines, name)


def _inside(geometry: shapely.Geometry) -> shapely.Point | None:
    """Return a point of a shape, None when its coordinates are no numbers."""
    if isinstance(geometry, shapely.Point):
        return geometry
    if not np.isfinite(shapely.get_coordinates(geometry)).all():
        return None
    return geometry.representative_point()


def _plain(value: Any) -> str:
    if value is None or value != value:  # noqa: PLR0124  (NaN)
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()
