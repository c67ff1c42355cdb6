"""Read OSM extracts: ways cars may use, turn restrictions, positions. Streaming, in one pass.

Per-object Python is the cost: pyosmium keeps the positions and filters in C++, and only roads,
their restrictions and barriers come here.
"""

import datetime as dt
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import osmium
from osmium.filter import KeyFilter
from osmium.osm import NODE, NOTHING, RELATION, WAY

from geo.errors import InvalidInputError
from geo.french import number
from geo.roads.overlap import merge_copies
from geo.roads.profile import Way, is_closed_barrier, read_way

SUFFIXES = (".osm.pbf", ".osm.gz", ".osm.bz2", ".osm")

Progress = Callable[[str], None]
"""Told in French what is being done."""

_PROGRESS_EVERY = 250_000
_CAR_EXCEPTIONS = {"motorcar", "motor_vehicle", "vehicle"}
_DEGREES_PER_UNIT = 1e-7
_EARTH_DEGREES = (180.0, 90.0)
MAX_WAY_NODES = 50_000
"""OSM itself refuses ways above 2,000 nodes; a few of before that rule are longer."""
MAX_REFS_PER_BYTE = 3
"""Extracts of towns hold 0.01 to 0.1 node of roads per byte; this many are made to harm."""
_FEW_REFS = 500_000


@dataclass
class OsmRoads:
    """What the extracts say of roads.

    Attributes
    ----------
    ways
        Tags read, one per way.
    way_ids
        OSM number of each way.
    refs, x, y
        Nodes of all ways end to end: OSM number, longitude and latitude in 1e-7 degrees.
    ref_counts
        How many nodes each way has.
    versions
        OSM version of each way; 0 where the file does not say.
    restrictions
        Triples (from way, via node, to way) and whether the turn is the only one allowed.
    through_ways
        The same through ways: (from way, via ways in no order, to way).
    closed_nodes
        Numbers of nodes whose barrier stops cars.
    dates
        Latest edit that each file says it holds; None when it says nothing.
    """

    ways: list[Way] = field(default_factory=list)
    way_ids: array = field(default_factory=lambda: array("q"))
    versions: array = field(default_factory=lambda: array("q"))
    refs: array = field(default_factory=lambda: array("q"))
    x: array = field(default_factory=lambda: array("i"))
    y: array = field(default_factory=lambda: array("i"))
    ref_counts: array = field(default_factory=lambda: array("q"))
    restrictions: dict[tuple[int, int, int], bool] = field(default_factory=dict)
    through_ways: dict[tuple[int, frozenset[int], int], bool] = field(default_factory=dict)
    closed_nodes: set[int] = field(default_factory=set)
    dates: list[dt.date | None] = field(default_factory=list)

    def lonlat(self, first: int = 0, last: int | None = None) -> npt.NDArray[np.float64]:
        """Return the positions of `refs`, shape (r, 2), degrees; nan where the file has none."""
        sides = (np.frombuffer(side, np.int32)[first:last] for side in (self.x, self.y))
        units = np.column_stack(list(sides))
        degrees = units * _DEGREES_PER_UNIT  # an absent position is written as one off the Earth
        return np.where((np.abs(degrees) <= _EARTH_DEGREES).all(axis=1)[:, None], degrees, np.nan)


def read_extracts(files: Sequence[Path], progress: Progress) -> OsmRoads:
    """Read and merge extracts; what two neighbouring extracts share is taken once.

    Raises
    ------
    InvalidInputError
        If a file is absent, truncated, not OSM, or if no road for cars is found.
    """
    roads = OsmRoads()
    for file in files:
        _check_name(file)
        progress(f"Lecture de {file.name}…")
        try:
            _read_file(file, roads, progress)
        except (RuntimeError, OSError, ValueError, osmium.InvalidLocationError) as error:
            message = (
                f"Le fichier {file.name} est illisible ou incomplet ({error}). "
                "Téléchargez-le de nouveau, puis relancez la construction."
            )
            raise InvalidInputError(message) from error
    if len(set(roads.way_ids)) < len(roads.way_ids) or len(files) > 1:
        merge_copies(roads)
    if not roads.ways:
        names = ", ".join(f.name for f in files)
        message = (
            f"Aucune route ouverte aux voitures dans {names} : vérifiez que l’extrait couvre "
            "bien le territoire et contient les voies (« highway »)."
        )
        raise InvalidInputError(message)
    return roads


def _check_name(file: Path) -> None:
    if not file.name.endswith(SUFFIXES):
        message = f"{file.name} n’est pas un extrait OpenStreetMap (.osm.pbf ou .osm.gz attendu)."
        raise InvalidInputError(message)
    if not file.is_file():
        message = f"Le fichier {file} n’existe pas."
        raise InvalidInputError(message)


def _read_file(file: Path, roads: OsmRoads, progress: Progress) -> None:
    with osmium.io.Reader(str(file), NOTHING) as reader:
        roads.dates.append(_date(reader.header()))
    barriers = KeyFilter("barrier")
    barriers.enable_for(NODE)
    others = KeyFilter("highway", "route", "restriction", "restriction:motorcar")
    others.enable_for(WAY | RELATION)
    items = osmium.FileProcessor(str(file), NODE | WAY | RELATION).with_locations()
    most = len(roads.refs) + _FEW_REFS + MAX_REFS_PER_BYTE * file.stat().st_size
    for item in items.with_filter(barriers).with_filter(others):
        if item.is_way():
            if len(item.nodes) > MAX_WAY_NODES or len(roads.refs) > most:
                raise InvalidInputError(_too_many(file))
            if _keep_way(item, roads) and len(roads.ways) % _PROGRESS_EVERY == 0:
                progress(f"  {number(len(roads.ways))} voies retenues")
        elif item.is_relation():
            _read_restriction(item, roads)
        elif is_closed_barrier(item.tags):
            roads.closed_nodes.add(item.id)


def _too_many(file: Path) -> str:
    return (
        f"L’extrait {file.name} contient bien plus de points de voies que ce que sa taille permet "
        f"(au plus {number(MAX_WAY_NODES)} par voie) : il est abîmé ou fait pour nuire, et refusé. "
        "Téléchargez-le de nouveau, puis relancez la construction."
    )


def _keep_way(item: osmium.osm.Way, roads: OsmRoads) -> bool:
    way = read_way(item.tags)
    if way is None:
        return False
    before = len(roads.refs)
    for node in item.nodes:
        roads.refs.append(node.ref)
        roads.x.append(node.x)
        roads.y.append(node.y)
    roads.ways.append(way)
    roads.way_ids.append(item.id)
    roads.versions.append(item.version)
    roads.ref_counts.append(len(roads.refs) - before)
    return True


def _date(header: osmium.io.Header) -> dt.date | None:
    for key in ("osmosis_replication_timestamp", "timestamp"):
        stamp = header.get(key)
        if stamp:
            return dt.date.fromisoformat(stamp[:10])
    return None


def _read_restriction(relation: osmium.osm.Relation, roads: OsmRoads) -> None:
    tags = relation.tags
    kind = tags.get("restriction:motorcar") or tags.get("restriction") or ""
    if tags.get("type") != "restriction" or not kind.startswith(("no_", "only_")):
        return
    # Turning at a red light is another matter than turning.
    if kind.endswith("_on_red") or _CAR_EXCEPTIONS & set(tags.get("except", "").split(";")):
        return
    members: dict[str, list[tuple[str, int]]] = {"from": [], "via": [], "to": []}
    for member in relation.members:
        if member.role in members:
            members[member.role].append((member.type, member.ref))
    ends = [
        (start, end)
        for start_kind, start in members["from"]
        for end_kind, end in members["to"]
        if start_kind == end_kind == "w"
    ]
    via = members["via"]
    only = kind.startswith("only_")
    for start, end in ends:
        if [member for member, _ in via] == ["n"]:
            key = start, via[0][1], end
            roads.restrictions[key] = roads.restrictions.get(key, True) and only
        elif {member for member, _ in via} == {"w"}:
            through = start, frozenset(way for _, way in via), end
            roads.through_ways[through] = roads.through_ways.get(through, True) and only
