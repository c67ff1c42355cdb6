"""Build a road network from OSM extracts, or from any links, with its provenance."""

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from geo.errors import InvalidInputError
from geo.french import number
from geo.roads.graph import build_graph, compressed
from geo.roads.links import Links, links_from_osm
from geo.roads.locate import bucket_size, buckets, frame, nearest_links
from geo.roads.network import FORMAT, RoadNetwork
from geo.roads.osm import Progress, read_extracts
from geo.roads.profile import CLASSES

_CM = 100
_HASH_BYTES = 1 << 20


def build_from_osm(files: Sequence[Path], progress: Progress) -> RoadNetwork:
    """Read OSM extracts of neighbouring regions and build one network of them.

    Raises
    ------
    InvalidInputError
        If a file cannot be read, or if no usable road is left; the sentence says which.
    """
    roads = read_extracts(files, progress)
    links = links_from_osm(roads)
    progress(f"{number(len(links.start))} tronçons entre carrefours ; mise en réseau…")
    dates = [d for d in roads.dates if d is not None]
    sources = [
        {"file": f.name, "sha256": _sha256(f), "date": d.isoformat() if d else None}
        for f, d in zip(files, roads.dates, strict=True)
    ]
    said = {
        "source": "OpenStreetMap (ODbL)",
        "files": sources,
        # Of several extracts the oldest dates the whole.
        "date": min(dates).isoformat() if dates else None,
        "restrictions_applied": links.turns_applied,
        "restrictions_ignored": links.turns_passed,
        "closed_barriers": len(roads.closed_nodes),
    }
    network = assemble(links, said)
    counts = network.provenance
    progress(
        f"{number(counts['nodes'])} nœuds, {number(counts['arcs'])} arcs, "
        f"{number(counts['road_km'])} km ; {number(counts['dropped_parts'])} îlots sans lien avec "
        f"le reste laissés de côté ({number(counts['dropped_km'])} km)."
    )
    return network


def assemble(links: Links, provenance: Mapping[str, Any]) -> RoadNetwork:
    """Turn links into a network; its provenance gains counts, CRS, frame and a version.

    Raises
    ------
    InvalidInputError
        If no road can be joined, or if the roads lie too far apart.
    """
    graph = build_graph(links)
    order = graph.link_order
    joinable = links.joinable[order]
    if not joinable.any():
        message = (
            "L’extrait ne contient aucune route reliée où l’on puisse s’arrêter : "
            "prenez un extrait plus large."
        )
        raise InvalidInputError(message)
    # Shapes of the links kept, in the order of the graph.
    counts = np.diff(links.shape_ptr)[order]
    shape_ptr = np.concatenate([[0], np.cumsum(counts)])
    rows = np.arange(shape_ptr[-1]) - np.repeat(shape_ptr[:-1] - links.shape_ptr[order], counts)
    shape_xy = links.shape_xy[rows]
    shape_cm = np.rint(shape_xy * _CM).astype(np.int32)
    # Indices that join a point to its road: nearest link by cell, segments by bucket.
    origin, size = frame(shape_xy)
    cell_link, cell_place, cell_access = nearest_links(shape_ptr, shape_cm, joinable, origin, size)
    bucket_ptr, bucket_segment = buckets(shape_ptr, shape_cm, joinable, origin, size)
    # Arcs out of each junction, and into it: searches run both ways.
    n = len(graph.node_xy)
    ptr, _ = compressed(graph.tail, graph.head, n)
    back_ptr, back = compressed(graph.head, graph.tail, n)
    tails = graph.tail[back]
    # What the file says of itself; its version is the digest of all arrays.
    said = {
        **provenance,
        "format": FORMAT,
        "built_at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "crs": links.crs,
        "origin": list(origin),
        "bucket_rows_columns": list(bucket_size(size)),
        "nodes": n,
        "arcs": len(graph.head),
        "links": len(order),
        "road_km": round(float(links.length_m[order].sum()) / 1000),
        "parts": graph.kept_parts,
        "dropped_parts": graph.dropped_parts,
        "dropped_km": round(graph.dropped_km, 1),
        "speeds_kmh": {c.name: list(c.kmh) for c in CLASSES},
    }
    network = RoadNetwork(
        node_xy=graph.node_xy,
        ptr=ptr,
        arcs_offpeak=np.column_stack([graph.head, graph.ms_offpeak]),
        arcs_peak=np.column_stack([graph.head, graph.ms_peak]),
        arc_link=graph.link,
        reversed_ptr=back_ptr,
        reversed_arcs_offpeak=np.column_stack([tails, graph.ms_offpeak[back]]),
        reversed_arcs_peak=np.column_stack([tails, graph.ms_peak[back]]),
        link_nodes=graph.link_nodes,
        link_ms_offpeak=links.ms_offpeak[order],
        link_ms_peak=links.ms_peak[order],
        link_class=links.code[order],
        link_joinable=joinable,
        shape_ptr=shape_ptr,
        shape_cm=shape_cm,
        cell_link=cell_link,
        cell_place=cell_place,
        cell_access_dm=cell_access,
        bucket_ptr=bucket_ptr,
        bucket_segment=bucket_segment,
        provenance=said,
    )
    said["version"] = version_of(network)
    return network


def version_of(network: RoadNetwork) -> str:
    """Return a key of the contents: the same roads and speeds give the same key."""
    digest = hashlib.sha256()
    for array in (
        network.arcs_offpeak,
        network.arcs_peak,
        network.link_nodes,
        network.shape_cm,
        network.link_joinable,
    ):
        digest.update(array.tobytes())
    return digest.hexdigest()[:16]


def _sha256(file: Path) -> str:
    digest = hashlib.sha256()
    with file.open("rb") as stream:
        while block := stream.read(_HASH_BYTES):
            digest.update(block)
    return digest.hexdigest()
