"""Layers of places written in XML: KML and GPX."""

import math
from typing import Any
from xml.etree.ElementTree import Element

import shapely
from defusedxml import ElementTree  # type: ignore[import-untyped]
from defusedxml.common import DefusedXmlException  # type: ignore[import-untyped]

from data.files.document import Layer, UnexpectedKindError
from data.files.layers import MAX_FEATURES, Found, layer_of
from geo.errors import InvalidInputError


def read_xml(content: bytes, name: str) -> list[Layer]:
    """Read the placemarks of a KML, or the way points of a GPX.

    Raises
    ------
    InvalidInputError
        It is neither, or declares entities (a known attack).
    """
    head = content[:4096].lower()
    if b"<kml" not in head and b"<gpx" not in head:
        raise UnexpectedKindError(
            f"« {name} » est une page ou un XML, pas un KML ni un GPX : envoyez un CSV, un XLSX, "
            "un ODS, un GeoJSON, un shapefile zippé, un GeoPackage ou un KML."
        )
    try:
        root = ElementTree.fromstring(content, forbid_dtd=True)
    except (SyntaxError, ValueError, LookupError, DefusedXmlException) as error:
        kind = "KML" if b"<kml" in head else "GPX"
        raise InvalidInputError(
            f"« {name} » n’est pas un {kind} lisible : exportez-le de nouveau en {kind}."
        ) from error
    wanted, read = ("Placemark", _placemark) if b"<kml" in head else ("wpt", _way_point)
    items = [item for item in root.iter() if _tag(item) == wanted]
    return [layer_of(map(read, items[: MAX_FEATURES + 1]), crs="EPSG:4326")]


def _tag(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _way_point(item: Element) -> Found:
    properties = {_tag(part): (part.text or "").strip() for part in item}
    try:
        point = shapely.Point(float(item.get("lon", "")), float(item.get("lat", "")))
    except ValueError:
        return properties, None
    return properties, point


def _placemark(item: Element) -> Found:
    properties: dict[str, Any] = {}
    points: list[tuple[float, float]] = []
    shapes: list[shapely.Geometry] = []
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
            case "Point":
                points += _kml_points(_inner(element, "coordinates"))
            case "Polygon":
                ring = _kml_points(_inner(element, "coordinates"))
                # A ring that lost points is no ring: what is left of it still says where.
                around = shapely.MultiPoint(ring).convex_hull
                shapes += [shapely.Polygon(ring) if len(ring) > 3 else around] if ring else []
            case "LineString":
                line = _kml_points(text or _inner(element, "coordinates"))
                shapes += [shapely.LineString(line)] if len(line) > 1 else []
    if points:
        return properties, shapely.Point(points[0])
    return properties, shapes[0] if shapes else None


def _inner(element: Element, tag: str) -> str:
    return next(((part.text or "") for part in element.iter() if _tag(part) == tag), "")


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
