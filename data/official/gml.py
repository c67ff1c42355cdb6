"""A page of a WFS that gives GML only, read as the features of a GeoJSON."""

import json
import re
import tempfile
from pathlib import Path
from typing import Any

import pyogrio

from data.files import sandbox
from geo.errors import InvalidInputError, UnavailableError

_NONE = re.compile(rb"<[^<>]*\bnumberReturned=[\"']0[\"']")
_MATCHED = re.compile(rb"<[^<>]*\bnumberMatched=[\"'](\d+)[\"']")
_EXCEPTION = re.compile(rb"<(?:\w+:)?(?:ExceptionReport|ServiceExceptionReport)\b")
_SAID = re.compile(rb"<(?:\w+:)?(?:ExceptionText|ServiceException)\b[^>]*>([^<]{1,300})<")
_HEAD_BYTES = 4096


def is_xml(content: bytes) -> bool:
    """Tell whether an answer is XML, and no page of HTML."""
    head = content[:_HEAD_BYTES].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return head.startswith(b"<") and b"<html" not in head and not head.startswith(b"<!doctype")


def exception_of(content: bytes) -> str | None:
    """Return what an exception report of a service says, None where it is no such report."""
    if _EXCEPTION.search(content[:_HEAD_BYTES]) is None:
        return None
    said = _SAID.search(content)
    return said[1].decode("utf-8", "replace").strip() if said else "sans explication"


def features_of_gml(content: bytes, server: str) -> tuple[list[dict[str, Any]], int | None]:
    """Return the features of a page of GML, and how many the layer has when it says it.

    Read in a process apart by GDAL, which knows the order of the axes of each system. Values stay
    text: a code keeps its zeros.

    Raises
    ------
    UnavailableError
        It is no GML that can be read.
    """
    answer = sandbox.ask(read_page, content, limits=sandbox.for_size(len(content)))
    if answer.kind != "ok":
        raise UnavailableError(
            f"{server} donne du GML qui ne se lit pas : importez la couche en GeoJSON, à la main."
        )
    text, matched = answer.value
    return json.loads(text), matched


def read_page(content: bytes) -> tuple[str, int | None]:
    """Return features (JSON text, degrees) and the number announced; see `features_of_gml`.

    Raises
    ------
    InvalidInputError
        It declares entities (a known attack), or is no GML.
    """
    if b"<!ENTITY" in content or b"<!DOCTYPE" in content:
        raise InvalidInputError("Ce GML déclare des entités : il n’est pas lu.")
    head = _MATCHED.search(content[:_HEAD_BYTES])
    matched = int(head[1]) if head else None
    if matched == 0 or _NONE.search(content[:_HEAD_BYTES]):
        return "[]", matched
    pyogrio.set_gdal_config_options({"GML_FIELDTYPES": "ALWAYS_STRING"})
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "page.gml"
        path.write_bytes(content)
        try:
            table = pyogrio.read_dataframe(path, DOWNLOAD_SCHEMA="NO", WRITE_GFS="NO")
        except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as error:
            raise InvalidInputError("Ce GML ne se lit pas.") from error
    if "geometry" not in table:
        return json.dumps([{"type": "Feature", "properties": one, "geometry": None}
                           for one in table.to_dict("records")]), matched  # fmt: skip
    placed = table if table.crs is None else table.to_crs("EPSG:4326")
    return json.dumps(json.loads(placed.to_json(drop_id=True))["features"]), matched
