"""Speed and memory of travel times on 2 million nodes, beside scipy, pandana and Valhalla.

    python -m benchmarks.roads_speed [--side N] [--sites N] [--report FILE] [--without-peers]

The network is generated: a planar grid with jitter in which every junction keeps its road to the
west or to the south (a spanning tree, hence dead ends), lines of four ranks cross it, and random
streets bring it to 2.25 arcs a node. A network as large as France: --side 2345 --sites 20000.
All engines get the same graph; Valhalla reads it from an extract, and gives its classes of roads
its own speeds. pandana and Valhalla need the extra `peers`. Times are the best of a few runs: CPU
seconds for what runs on one core, because the machine may be shared, and elapsed seconds too for
what uses all cores.
"""

import argparse
import json
import os
import platform
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from geo.contours import area_within
from geo.roads.area import time_grid
from geo.roads.build import assemble
from geo.roads.links import Links, milliseconds
from geo.roads.nearest import NearestField
from geo.roads.network import ARRAYS, RoadNetwork, load, save
from geo.roads.places import locate_metres
from geo.roads.projection import to_lonlat, to_metres
from geo.roads.queries import Router

CELL_M = 205.0
RANKS = ((96, 95.0), (24, 65.0), (8, 50.0))
STREET_KMH = 35.0
EDGES_PER_NODE = 1.125
LIMIT_MIN = 20.0
LIMIT_MS = int(LIMIT_MIN * 60_000)


def generate(side: int, seed: int = 0) -> Links:
    """Return the links of a road-like network of side x side junctions."""
    rng = np.random.default_rng(seed)
    n = side * side
    row, column = np.divmod(np.arange(n), side)
    xy = 400_000 + CELL_M * np.column_stack([column, row]) + rng.uniform(-70, 70, (n, 2))
    xy[:, 1] += 5_900_000
    west = np.flatnonzero(column > 0)
    south = np.flatnonzero(row > 0)
    edges = np.concatenate(
        [np.column_stack([west, west - 1]), np.column_stack([south, south - side])]
    )
    horizontal = np.arange(len(edges)) < len(west)
    kmh = np.full(len(edges), STREET_KMH)
    for every, speed in reversed(RANKS):
        on_line = np.where(horizontal, row[edges[:, 0]] % every, column[edges[:, 0]] % every) == 0
        kmh[on_line] = speed
    goes_west = (rng.random(n) < 0.5) & (column > 0) | (row == 0)
    tree = horizontal == goes_west[edges[:, 0]]
    kept = tree | (kmh > STREET_KMH)
    spare = np.flatnonzero(~kept)
    missing = max(0, int(EDGES_PER_NODE * n) - kept.sum())
    kept[rng.choice(spare, min(missing, len(spare)), replace=False)] = True
    edges, kmh = edges[kept], kmh[kept]
    ends = xy[edges]
    length = np.hypot(*(ends[:, 1] - ends[:, 0]).T) * rng.uniform(1.0, 1.25, len(edges))
    times = milliseconds(length, kmh * rng.uniform(0.85, 1.1, len(edges)))
    yes = np.ones(len(edges), bool)
    return Links(
        xy=xy,
        start=edges[:, 0],
        end=edges[:, 1],
        shape_ptr=np.arange(0, 2 * len(edges) + 1, 2),
        shape_xy=ends.reshape(-1, 2),
        length_m=length,
        ms_offpeak=times,
        ms_peak=times,
        forward=yes,
        backward=yes,
        code=np.full(len(edges), 5, np.uint8),
        joinable=yes,
        residents=~yes,
        banned=np.empty((0, 2), np.int64),
        crs="EPSG:2154",
    )


def best(run: Callable[[], Any], times: int, clock: Callable[[], float]) -> float:
    """Return the shortest of some runs, seconds."""
    seconds = []
    for _ in range(times):
        begun = clock()
        run()
        seconds.append(clock() - begun)
    return min(seconds)


def rss_mb() -> float:
    """Return the resident memory of this process, MB, mapped pages included."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


def measure_ours(network: RoadNetwork, communes: np.ndarray, sites: np.ndarray) -> dict[str, Any]:
    """Time our queries: one source, its areas, a matrix, the nearest site and its updates."""
    router = Router(network, "offpeak")
    one = locate_metres(network, "offpeak", communes[:1])
    places = locate_metres(network, "offpeak", communes)
    stations = locate_metres(network, "offpeak", sites)

    def reach() -> int:
        with router.workspace() as space:
            return len(router.reach(one, LIMIT_MS, space))

    def area() -> float:
        grid = time_grid(router, one, LIMIT_MS)
        return float(area_within(grid.x, grid.y, grid.minutes, LIMIT_MIN).area) / 1e6

    def rings() -> None:
        grid = time_grid(router, one, 30 * 60_000)
        for limit in (10.0, 20.0, 30.0):
            area_within(grid.x, grid.y, grid.minutes, limit)

    cpu = time.thread_time
    said: dict[str, Any] = {"nodes_within_20_min": reach(), "area_km2": area()}
    said["reach_ms"] = 1e3 * best(reach, 20, cpu)
    said["area_ms"] = 1e3 * best(area, 20, cpu)
    said["three_rings_ms"] = 1e3 * best(rings, 10, cpu)
    router.matrix(places.take(slice(0, 8)), stations, LIMIT_MS)
    begun, begun_cpu = time.perf_counter(), time.process_time()
    pairs = router.matrix(places, stations, LIMIT_MS)
    said["matrix_s"] = time.perf_counter() - begun
    said["matrix_cpu_s"] = time.process_time() - begun_cpu
    said["matrix_pairs"] = len(pairs[0])
    NearestField.of(router, stations.take(slice(0, 2)), 60_000)
    said["nearest_s"] = best(lambda: NearestField.of(router, stations), 3, cpu)
    field = NearestField.of(router, stations)
    larger = field.with_site(one)
    larger.without_site(len(stations))
    said["add_site_ms"] = 1e3 * best(lambda: field.with_site(one), 5, cpu)
    said["remove_site_ms"] = 1e3 * best(lambda: larger.without_site(len(stations)), 5, cpu)
    said["rss_mb"] = rss_mb()
    return said


def graph_of(network: RoadNetwork) -> csr_matrix:
    """Return the same graph for scipy, seconds."""
    n = network.node_count
    return csr_matrix(
        (network.arcs_offpeak[:, 1] / 1000.0, network.arcs_offpeak[:, 0], network.ptr), (n, n)
    )


def measure_scipy(network: RoadNetwork, one: int, sites: np.ndarray) -> dict[str, float]:
    """Time the same questions asked to scipy."""
    graph = graph_of(network)
    limit = LIMIT_MIN * 60
    cpu = time.thread_time
    backwards = graph.T.tocsr()
    return {
        "reach_ms": 1e3 * best(lambda: dijkstra(graph, indices=one, limit=limit), 5, cpu),
        "nearest_s": best(lambda: dijkstra(backwards, indices=sites, min_only=True), 2, cpu),
    }


def measure_pandana(network: RoadNetwork, one: int, sites: np.ndarray) -> dict[str, float]:
    """Time the same questions asked to pandana, an extra of development."""
    import pandana
    import pandas as pd

    n = network.node_count
    tail = np.repeat(np.arange(n), np.diff(network.ptr))
    weight = pd.DataFrame({"seconds": network.arcs_offpeak[:, 1] / 1000.0})
    before, begun = rss_mb(), time.process_time()
    net = pandana.Network(
        pd.Series(network.node_xy[:, 0]),
        pd.Series(network.node_xy[:, 1]),
        pd.Series(tail),
        pd.Series(network.arcs_offpeak[:, 0].astype(np.int64)),
        weight,
        twoway=False,
    )
    said = {"build_s": time.process_time() - begun}
    limit = LIMIT_MIN * 60
    cpu = time.process_time
    said["reach_ms"] = 1e3 * best(lambda: net.nodes_in_range([one], limit), 3, cpu)
    place = network.node_xy[sites]
    net.set_pois("sites", 1e6, 1, pd.Series(place[:, 0]), pd.Series(place[:, 1]))
    said["nearest_s"] = best(lambda: net.nearest_pois(1e6, "sites", num_pois=1), 1, cpu)
    said["rss_mb"] = rss_mb() - before
    return said


def write_extract(links: Links, file: Path) -> None:
    """Write links as an OSM extract: a two-way road each, its class by its speed."""
    import osmium

    kmh = 3600 * links.length_m / links.ms_offpeak
    classes = np.array(["residential", "tertiary", "secondary", "trunk"])
    name = classes[np.searchsorted([42, 57, 75], kmh)]
    with osmium.SimpleWriter(str(file), overwrite=True) as writer:
        for i, (lon, lat) in enumerate(to_lonlat(links.xy, links.crs).tolist(), start=1):
            writer.add_node(osmium.osm.mutable.Node(id=i, location=(lon, lat), version=1))
        ends = np.column_stack([links.start, links.end]) + 1
        for i, (nodes, highway) in enumerate(zip(ends.tolist(), name.tolist(), strict=True), 1):
            way = osmium.osm.mutable.Way(id=i, nodes=nodes, tags={"highway": highway}, version=1)
            writer.add_way(way)


def measure_valhalla(side: int, communes: np.ndarray) -> dict[str, float]:
    """Time the area of one source and some journeys asked to Valhalla, an extra of development."""
    from benchmarks import roads_valhalla

    links = generate(side)
    place = to_lonlat(communes, links.crs)
    with tempfile.TemporaryDirectory() as folder:
        extract = Path(folder) / "generated.osm.pbf"
        write_extract(links, extract)
        crs = links.crs
        del links
        begun = time.perf_counter()
        actor = roads_valhalla.tiles(extract, Path(folder))
        said = {
            "build_s": time.perf_counter() - begun,
            "build_peak_rss_mb": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e3,
            "tiles_mb": sum(f.stat().st_size for f in Path(folder).rglob("*.gph")) / 1e6,
        }
        cpu = time.process_time
        area = roads_valhalla.area(actor, place[0], LIMIT_MIN)
        said["area_km2"] = shapely.transform(area, lambda xy: to_metres(xy, crs)).area / 1e6
        said["area_ms"] = 1e3 * best(
            lambda: roads_valhalla.area(actor, place[0], LIMIT_MIN), 10, cpu
        )
        near = place[np.argsort(np.hypot(*(communes - communes[0]).T))[:50]]
        said["one_to_50_ms"] = 1e3 * best(
            lambda: roads_valhalla.minutes(actor, place[0], near), 3, cpu
        )
        said["rss_mb"] = rss_mb()
    return said


def main() -> None:
    """Generate, build, measure, report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--side", type=int, default=1415)
    parser.add_argument("--sites", type=int, default=5000)
    parser.add_argument("--report", type=Path)
    parser.add_argument("--without-peers", action="store_true")
    options = parser.parse_args()
    begun = time.process_time()
    links = generate(options.side)
    generated = time.process_time()
    network = assemble(links, {"source": "engendré", "date": None})
    report: dict[str, Any] = {
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}",
        "nodes": network.node_count,
        "arcs": len(network.arcs_offpeak),
        "generate_cpu_s": generated - begun,
        "assemble_cpu_s": time.process_time() - generated,
        "assemble_peak_rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3,
        "arrays_mb": sum(getattr(network, name).nbytes for name in ARRAYS) / 1e6,
    }
    rng = np.random.default_rng(1)
    low, high = network.node_xy.min(axis=0), network.node_xy.max(axis=0)
    communes = rng.uniform(low, high, (4300, 2))
    communes[0] = (low + high) / 2
    sites = rng.choice(network.node_count, options.sites, replace=False)
    with tempfile.TemporaryDirectory() as folder:
        save(network, Path(folder))
        positions = network.node_xy[sites].copy()
        del links, network
        before = rss_mb()
        begun_wall = time.perf_counter()
        network = load(Path(folder))
        report["load_s"] = time.perf_counter() - begun_wall
        report["ours"] = measure_ours(network, communes, positions)
        report["ours"]["rss_mb"] -= before
        one = int(np.hypot(*(network.node_xy - communes[0]).T).argmin())
        report["scipy"] = measure_scipy(network, one, sites)
        if not options.without_peers:
            report["pandana"] = measure_pandana(network, one, sites)
            report["valhalla"] = measure_valhalla(options.side, communes)
    print(json.dumps(report, indent=2))
    if options.report:
        options.report.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
