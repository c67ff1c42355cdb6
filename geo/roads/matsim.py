"""Read a network of the MATSim simulator (XML), such as open studies publish.

Such a file has straight links, their true length and their OSM class; its free speeds are those
of a model of traffic, so speeds come from the class here as they do for an OSM extract.
"""

import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np

from geo.errors import InvalidInputError
from geo.roads.links import Links, milliseconds, surroundings
from geo.roads.profile import CODES, MOTORWAYS, STREETS, speeds_kmh

_CLASS = "osm:way:highway"
_WAY = "osm:way:id"


def read_matsim(file: Path, crs: str) -> Links:
    """Return the links of a MATSim network for cars.

    Two opposite links of one way and length are the two directions of one road.

    Parameters
    ----------
    file
        network.xml.gz.
    crs
        CRS of its coordinates, metres.

    Raises
    ------
    InvalidInputError
        If the file is not such a network.
    """
    # One road for each pair of ends, way and length, with the directions seen.
    place: dict[str, int] = {}
    xy: list[tuple[float, float]] = []
    roads: dict[tuple[int, int, str, float], list[bool]] = {}
    classes: dict[tuple[int, int, str, float], str] = {}
    try:
        for element in _elements(file):
            if element.tag == "node":
                place[element.attrib["id"]] = len(xy)
                xy.append((float(element.attrib["x"]), float(element.attrib["y"])))
            elif "car" in element.attrib["modes"].split(","):
                start, end = place[element.attrib["from"]], place[element.attrib["to"]]
                said = {a.attrib["name"]: a.text or "" for a in element.iter("attribute")}
                low, high = min(start, end), max(start, end)
                length = round(float(element.attrib["length"]), 2)
                key = low, high, said.get(_WAY, ""), length
                roads.setdefault(key, [False, False])[0 if start == low else 1] = True
                classes[key] = said.get(_CLASS, "")
    except (ET.ParseError, OSError, EOFError, KeyError, ValueError) as error:
        message = f"{file.name} n’est pas un réseau MATSim lisible ({error})."
        raise InvalidInputError(message) from error
    if not roads:
        message = f"{file.name} ne contient aucun tronçon ouvert aux voitures."
        raise InvalidInputError(message)
    # As arrays; a road is the straight line between its ends.
    keys = list(roads)
    nodes = np.array(xy)
    start, end = np.array([key[:2] for key in keys], np.int64).T
    length_m = np.maximum(np.array([key[3] for key in keys]), 1.0)
    code = np.array([CODES.get(classes[key], CODES["service"]) for key in keys], np.uint8)
    directions = np.array([roads[key] for key in keys], bool)
    first, last = nodes[start], nodes[end]
    # Speeds by class and surroundings; how straight it is stands for its bends.
    around = surroundings((first + last) / 2, length_m, np.isin(code, STREETS))
    straight = np.hypot(*(last - first).T) / length_m
    none = np.zeros(len(keys))
    offpeak, peak = speeds_kmh(code, around, none, none + 1, straight)
    return Links(
        xy=nodes,
        start=start,
        end=end,
        shape_ptr=np.arange(0, 2 * len(keys) + 1, 2),
        shape_xy=np.stack([first, last], axis=1).reshape(-1, 2),
        length_m=length_m,
        ms_offpeak=milliseconds(length_m, offpeak),
        ms_peak=milliseconds(length_m, peak),
        forward=directions[:, 0],
        backward=directions[:, 1],
        code=code,
        joinable=~np.isin(code, MOTORWAYS),
        residents=np.zeros(len(keys), bool),
        banned=np.empty((0, 2), np.int64),
        crs=crs,
    )


def _elements(file: Path) -> Iterator[Any]:
    """Yield node and link elements, and free them."""
    with gzip.open(file) as stream:
        # Read from files of the machine's owner only, never from an upload.
        for _, element in ET.iterparse(stream):  # noqa: S314
            if element.tag in {"node", "link"}:
                yield element
                element.clear()
