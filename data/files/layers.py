"""Layers of places (GeoJSON and its cousins, shapefile, GeoPackage, FlatGeobuf…)."""

import io
import json
import tempfile
import warnings
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
import pyogrio
import pyproj
import shapely
from pyogrio.errors import DataLayerError, DataSourceError, FieldError

from data.files.document import Feature, Layer, Table, UnexpectedKindError
from data.files.geopackages import check_geopackage
from data.files.texts import decode
from data.files.workbook import cell_text
from geo.errors import InvalidInputError

MAX_FEATURES = 200_000
_SHAPEFILE_MAGIC = b"\x00\x00\x27\x0a"
_PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
_POINTS = frozenset({"Point", "MultiPoint"})
_GEOMETRIES = _POINTS | {
    "LineString", "MultiLineString", "Polygon", "MultiPolygon", "GeometryCollection",
}  # fmt: skip
_BROKEN_SHAPE = (KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError)

Found = tuple[Mapping[str, Any], shapely.Geometry | None]
"""Properties of a feature, and where it is; None where nothing says."""


def read_json(content: bytes, name: str) -> tuple[list[Table], list[Layer]]:
    """Read a JSON of places or of objects.

    GeoJSON (collection, feature, geometry, one per line), umap, Overpass, lists of objects.

    Raises
    ------
    InvalidInputError
        It is no JSON, or holds neither places nor objects.
    """
    text = decode(content, name).lstrip("\x1e \r\n\t")
    try:
        data = json.loads(text, parse_constant=lambda _: None)
    except (ValueError, RecursionError) as error:
        data = _one_per_line(text)
        if data is None:
            raise UnexpectedKindError(
                f"« {name} » n’est pas un JSON valide : exportez-le de nouveau en GeoJSON."
            ) from error
    if objects := _objects(data):
        return [objects], []
    layers = _json_layers(data)
    if not layers:
        raise UnexpectedKindError(
            f"« {name} » n’est pas un GeoJSON : une « FeatureCollection » est attendue."
        )
    return [], layers


def _one_per_line(text: str) -> Any:
    features = []
    for line in text.splitlines():
        part = line.strip("\x1e \t")
        if not part:
            continue
        try:
            features.append(json.loads(part, parse_constant=lambda _: None))
        except (ValueError, RecursionError):
            return None
    if len(features) < 2 or not all(isinstance(one, dict) for one in features):
        return None
    if all(one.get("type") == "Feature" for one in features):
        return {"type": "FeatureCollection", "features": features}
    return features


def _objects(data: Any) -> Table | None:
    """Return a list of objects (alone, or under one key) as a table."""
    if isinstance(data, dict) and data.get("type") not in _GEOMETRIES | {"Feature"}:
        lists = [
            value
            for key, value in data.items()
            if key in {"results", "data", "records", "items", "sites", "values"}
        ]
        data = lists[0] if len(lists) == 1 else None
    if not isinstance(data, list) or not data or not all(isinstance(one, dict) for one in data):
        return None
    if any(one.get("type") == "Feature" for one in data):
        return None
    flat = [_flat(one) for one in data[: MAX_FEATURES + 1]]
    titles = list(dict.fromkeys(key for one in flat for key in one))
    rows = [(0, titles)]
    rows += [(k, [one.get(key, "") for key in titles]) for k, one in enumerate(flat, start=1)]
    return Table(rows)


def _flat(one: Mapping[str, Any]) -> dict[str, str]:
    fields = one.get("fields") if isinstance(one.get("fields"), dict) else None
    found: dict[str, str] = {}
    for key, value in {**one, **(fields or {})}.items():
        if value is fields:
            continue
        if isinstance(value, dict) and {"lon", "lat"} <= set(value):  # open data portals, v2
            found[key] = f"{value['lat']}, {value['lon']}"
        elif isinstance(value, dict | list):
            found[key] = json.dumps(value, ensure_ascii=False)
        else:
            found[key] = plain(value)
    return found


def _json_layers(data: Any) -> list[Layer]:
    if isinstance(data, list) and all(isinstance(one, dict) for one in data):
        data = {"type": "FeatureCollection", "features": data}
    if not isinstance(data, dict):
        return []
    kind = data.get("type")
    if isinstance(data.get("layers"), list):  # umap
        return [layer for one in data["layers"] for layer in _json_layers(one)]
    if isinstance(data.get("elements"), list):  # Overpass
        return [layer_of(map(_overpass, data["elements"]), crs="EPSG:4326")]
    if kind == "FeatureCollection" and isinstance(data.get("features"), list):
        items, label = data["features"], data.get("_umap_options")
        title = str(label.get("name", "")) if isinstance(label, dict) else ""
    elif kind == "Feature":
        items, title = [data], ""
    elif kind == "GeometryCollection" and isinstance(data.get("geometries"), list):
        items, title = [{"geometry": one} for one in data["geometries"]], ""
    elif kind == "MultiPoint" and isinstance(data.get("coordinates"), list):
        items = [{"geometry": {"type": "Point", "coordinates": c}} for c in data["coordinates"]]
        title = ""
    elif kind in _GEOMETRIES:
        items, title = [{"geometry": data}], ""
    else:
        return []
    return [layer_of(map(_geojson, items[: MAX_FEATURES + 1]), crs=_json_crs(data), name=title)]


def _json_crs(data: Mapping[str, Any]) -> str:
    """Return the "crs" member of the former GeoJSON; the present one is WGS84, when it fits."""
    crs = data.get("crs")
    named = crs.get("properties") if isinstance(crs, dict) else None
    said = named.get("name") if isinstance(named, dict) else None
    return str(said) if said else ""


def _geojson(item: Any) -> Found:
    if not isinstance(item, dict):
        return {}, None
    properties = item.get("properties")
    found = properties if isinstance(properties, dict) else {}
    try:
        return found, shapely.geometry.shape(item["geometry"])
    except (*_BROKEN_SHAPE, shapely.errors.ShapelyError):
        return found, None


def _overpass(item: Any) -> Found:
    if not isinstance(item, dict):
        return {}, None
    place = item if "lat" in item else item.get("center", {})
    tags = item.get("tags")
    try:
        return tags or {}, shapely.Point(float(place["lon"]), float(place["lat"]))
    except _BROKEN_SHAPE:
        return tags or {}, None


def read_shapefile(files: Mapping[str, bytes], shape: str, name: str) -> Layer:
    """Read one shapefile of an archive.

    Raises
    ------
    InvalidInputError
        A part is missing or broken.
    """
    stem = shape[:-4]
    parts = {
        _suffix(path): data
        for path, data in files.items()
        if _suffix(path) in _PARTS and path[: -len(_suffix(path))] == stem
    }
    missing = [part for part in (".shp", ".shx", ".dbf") if part not in parts]
    if missing:
        raise InvalidInputError(
            f"« {name} » : il manque {', '.join(missing)} à côté de « {shape} »."
        )
    if not parts[".shp"].startswith(_SHAPEFILE_MAGIC):
        raise InvalidInputError(f"« {name} » : « {shape} » n’est pas un shapefile.")
    encoding, remark = dbf_encoding(parts[".dbf"], parts.pop(".cpg", b""))
    with tempfile.TemporaryDirectory() as folder:
        for ending, data in parts.items():
            (Path(folder) / f"sites{ending}").write_bytes(data)
        layer = _read_layer(Path(folder) / "sites.shp", None, name, encoding)
    return Layer(layer.features, layer.crs, layer.points, remarks=(remark,) if remark else ())


def dbf_encoding(content: bytes, said: bytes) -> tuple[str, str]:
    """Return the encoding of the texts of a DBF, and what was put right, in French.

    The bytes are believed rather than the `.cpg` beside them, which is often missing or wrong.
    """
    told = said.decode("ascii", errors="ignore").strip()
    body = content[int.from_bytes(content[8:10], "little") :]
    if body.isascii():
        return "UTF-8", ""
    # A field cut in the middle of a letter leaves a few broken sequences.
    text = body.decode("utf-8", errors="replace")
    broken, letters = text.count("\ufffd"), sum(c.isalpha() and not c.isascii() for c in text)
    if letters > 4 * broken:
        repaired = told.upper().replace("-", "") not in {"UTF8", "65001"}
        return "UTF-8", "textes en UTF-8, contrairement à ce que dit le fichier" if repaired else ""
    lying = told.upper().replace("-", "") in {"UTF8", "65001"}
    try:
        "".encode(told or "?")
    except LookupError:
        told = ""
    if lying or not told:
        return "CP1252", "textes lus en Windows-1252" if lying else ""
    return told, ""


def read_dbf(content: bytes, name: str) -> Table:
    """Read a DBF table.

    Raises
    ------
    InvalidInputError
        It is broken.
    """
    encoding, remark = dbf_encoding(content, b"")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.dbf"
        path.write_bytes(content)
        try:
            with warnings.catch_warnings(action="ignore"):
                table = pyogrio.read_dataframe(path, read_geometry=False, encoding=encoding)
        except (DataSourceError, DataLayerError, FieldError, ValueError) as error:
            raise _broken(name) from error
    rows = [(1, [str(column) for column in table.columns])]
    values = table.astype(object).itertuples(index=False)
    rows += [(k, [plain(value) for value in row]) for k, row in enumerate(values, start=2)]
    return Table(rows, remarks=(remark,) if remark else ())


def read_database(content: bytes, name: str, ending: str) -> list[Layer]:
    """Read the layers of a GeoPackage or of a FlatGeobuf.

    Raises
    ------
    InvalidInputError
        It is broken, or holds no layer with a geometry.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"sites{ending}"
        path.write_bytes(content)
        if ending == ".gpkg":
            check_geopackage(path, name)
        try:
            with warnings.catch_warnings(action="ignore"):  # GDAL's: our refusal tells what matters
                names = [layer for layer, kind in pyogrio.list_layers(path) if kind is not None]
        except (DataSourceError, DataLayerError, ValueError) as error:
            raise _broken(name) from error
        if not names:
            raise InvalidInputError(f"« {name} » ne contient aucune couche géographique.")
        return [_read_layer(path, layer, name) for layer in map(str, names)]


def read_geoparquet(content: bytes, name: str) -> Layer:
    """Read a Parquet file that holds a geometry."""
    import geopandas as gpd

    try:
        table = gpd.read_parquet(io.BytesIO(content))
    except (ValueError, OSError, KeyError, TypeError) as error:
        raise _broken(name) from error
    return _from_frame(table, "")


def _suffix(path: str) -> str:
    """Return the extension of a path of an archive, in lower case."""
    return PurePosixPath(path).suffix.lower()


def _broken(name: str) -> InvalidInputError:
    return InvalidInputError(
        f"« {name} » est abîmé ou n’est pas du format annoncé : exportez-le de nouveau."
    )


def _read_layer(path: Path, layer: str | None, name: str, encoding: str | None = None) -> Layer:
    try:
        with warnings.catch_warnings(action="ignore"):
            table = pyogrio.read_dataframe(
                path, layer=layer, max_features=MAX_FEATURES + 1, encoding=encoding
            )
    except (DataSourceError, DataLayerError, FieldError, ValueError) as error:
        raise _broken(name) from error
    if "geometry" not in table or not hasattr(table, "crs"):
        raise InvalidInputError(f"« {name} » n’a pas de géométrie : envoyez-le en CSV.")
    return _from_frame(table, layer or "")


def _from_frame(table: Any, name: str) -> Layer:
    shapes = table.geometry
    properties = table.drop(columns=table.geometry.name).astype(object).to_dict("records")
    found = zip(({str(k): v for k, v in p.items()} for p in properties), shapes, strict=True)
    return layer_of(found, crs=_usable(table.crs), name=name)


def _usable(crs: Any) -> str:
    """Return a coordinate system that places things on Earth, "" for a local or unknown one."""
    if crs is None:
        return ""
    try:
        known = pyproj.CRS.from_user_input(crs)
    except pyproj.exceptions.CRSError:
        return ""
    if known.is_engineering or known.geodetic_crs is None:
        return ""
    return str(known.to_wkt())


def layer_of(found: Iterable[Found], *, crs: str, name: str = "") -> Layer:
    """Return the layer of some features, numbered from 1; places are degrees or metres of `crs`."""
    features, kinds = [], set()
    for number, (properties, shape) in enumerate(found, start=1):
        point = None if shape is None or shape.is_empty else _inside(shape)
        if shape is not None:
            kinds.add(shape.geom_type)
        cells = {str(key): plain(value) for key, value in properties.items()}
        features.append(Feature(number, cells, point))
    return Layer(features, crs, points=kinds <= _POINTS, name=name)


def _inside(shape: shapely.Geometry) -> tuple[float, float] | None:
    """Return a point of a shape, None when its coordinates are no numbers."""
    if shape.geom_type == "GeometryCollection":  # a point beside its outline says more
        points = [part for part in shape.geoms if part.geom_type == "Point"]
        shape = points[0] if points else shape
    if not isinstance(shape, shapely.Point):
        if not np.isfinite(shapely.get_coordinates(shape)).all():
            return None
        shape = shape.representative_point()
    return float(shape.x), float(shape.y)


def plain(value: Any) -> str:
    """Return the text of an attribute; whole numbers without ".0", missing ones blank."""
    if value is None or value != value:  # noqa: PLR0124  (NaN)
        return ""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return cell_text(value)
