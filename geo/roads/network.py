"""The compact driving network: arrays in a folder, loaded by memory map.

Beside the arrays lie their digests. Reading a gigabyte takes longer than mapping it: the sizes and
dates of the files are noted when the digests were found right, and `load` compares digests again
only where a file was written or copied since.
"""

import contextlib
import dataclasses
import hashlib
import json
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from geo.errors import InvalidInputError

FORMAT = 2
"""Changes with the files: an older folder is refused, to be built again."""

PROFILES = ("offpeak", "peak")

_PROVENANCE = "provenance.json"

_DIGESTS = "SHA256SUMS"
"""As `sha256sum --check` reads it."""

_CHECKED = "checked.json"
"""What the last comparison with the digests found, and the sizes and dates of files then."""

_AGAIN = "Reconstruisez-le par « proxisoins roads build »."


@dataclass(frozen=True, eq=False)
class RoadNetwork:
    """A directed driving network: n nodes, m arcs, and the roads (links) that arcs run along.

    A link is a piece of road between two junctions. Its forward and backward arcs may end at
    different nodes of one junction, because a junction with forbidden turns is several nodes.
    Nodes and links follow a Morton curve: neighbours on the ground are neighbours in memory.

    Attributes
    ----------
    node_xy
        Shape (n, 2), metres of `crs`.
    ptr, arcs_offpeak, arcs_peak
        Arcs of node u: rows ptr[u] to ptr[u + 1], shape (m, 2): head, milliseconds.
    arc_link
        Link of each arc, shape (m,); -1 for a passage inside a junction.
    reversed_ptr, reversed_arcs_offpeak, reversed_arcs_peak
        The same network backwards: its rows hold tail, milliseconds.
    link_nodes
        Shape (k, 4): tail and head of the forward arc, of the backward arc; -1 when forbidden.
    link_ms_offpeak, link_ms_peak
        Milliseconds along each link, shape (k,).
    link_class
        Row of `geo.roads.profile.CLASSES`, shape (k,).
    link_joinable
        True where one can join or leave the road along it: no motorway, tunnel or ferry.
    shape_ptr, shape_cm
        Course of link i: rows shape_ptr[i] to shape_ptr[i + 1] of shape_cm, centimetres.
    cell_link, cell_place, cell_access_dm
        Raster of the nearest joinable road, shape (ny, nx): link (-1 none near), share of the
        link's length in 65,535ths, distance in decimetres.
    bucket_ptr, bucket_segment
        Segments (row of their first point in shape_cm) in each square of the snapping grid.
    provenance
        Sources, dates, counts, CRS, frame of the two grids.
    """

    node_xy: npt.NDArray[np.float64]
    ptr: npt.NDArray[np.int32]
    arcs_offpeak: npt.NDArray[np.int32]
    arcs_peak: npt.NDArray[np.int32]
    arc_link: npt.NDArray[np.int32]
    reversed_ptr: npt.NDArray[np.int32]
    reversed_arcs_offpeak: npt.NDArray[np.int32]
    reversed_arcs_peak: npt.NDArray[np.int32]
    link_nodes: npt.NDArray[np.int32]
    link_ms_offpeak: npt.NDArray[np.int32]
    link_ms_peak: npt.NDArray[np.int32]
    link_class: npt.NDArray[np.uint8]
    link_joinable: npt.NDArray[np.bool_]
    shape_ptr: npt.NDArray[np.int64]
    shape_cm: npt.NDArray[np.int32]
    cell_link: npt.NDArray[np.int32]
    cell_place: npt.NDArray[np.uint16]
    cell_access_dm: npt.NDArray[np.uint16]
    bucket_ptr: npt.NDArray[np.int64]
    bucket_segment: npt.NDArray[np.int32]
    provenance: dict[str, Any]

    @property
    def node_count(self) -> int:
        """Number of nodes."""
        return len(self.node_xy)

    @property
    def crs(self) -> str:
        """CRS of the metres, "EPSG:2154" in metropolitan France."""
        return str(self.provenance["crs"])

    @property
    def origin(self) -> tuple[float, float]:
        """South-west corner of the raster and of the snapping grid, metres."""
        west, south = self.provenance["origin"]
        return float(west), float(south)

    def arcs(self, profile: str) -> npt.NDArray[np.int32]:
        """Return the arcs of a profile of `PROFILES`."""
        return self.arcs_peak if profile == "peak" else self.arcs_offpeak

    def reversed_arcs(self, profile: str) -> npt.NDArray[np.int32]:
        """Return the backward arcs of a profile of `PROFILES`."""
        return self.reversed_arcs_peak if profile == "peak" else self.reversed_arcs_offpeak

    def link_ms(self, profile: str) -> npt.NDArray[np.int32]:
        """Return the milliseconds along each link in a profile of `PROFILES`."""
        return self.link_ms_peak if profile == "peak" else self.link_ms_offpeak


ARRAYS = tuple(f.name for f in dataclasses.fields(RoadNetwork) if f.name != "provenance")


_FILES = (*(f"{name}.npy" for name in ARRAYS), _PROVENANCE)


def save(network: RoadNetwork, folder: Path) -> None:
    """Write arrays and provenance, then their digests, whose presence says that all is there."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in ARRAYS:
        np.save(folder / f"{name}.npy", getattr(network, name), allow_pickle=False)
    text = json.dumps(network.provenance, ensure_ascii=False, indent=2)
    (folder / _PROVENANCE).write_text(text, encoding="utf-8")
    lines = (f"{digest}  {name}\n" for name, digest in _digests(folder).items())
    (folder / _DIGESTS).write_text("".join(lines), encoding="utf-8")
    _note(folder, _stamps(folder), [])


def load(folder: Path) -> RoadNetwork:
    """Map a saved network into memory; pages are read when they are used.

    Raises
    ------
    InvalidInputError
        If the folder holds no whole network of the present format, or if a file was altered:
        searches do not check the numbers of nodes that they follow.
    """
    try:
        provenance = json.loads((folder / _PROVENANCE).read_text(encoding="utf-8"))
        if provenance["format"] != FORMAT:
            message = f"Le réseau routier du dossier {folder} est d’une autre version. {_AGAIN}"
            raise InvalidInputError(message)
        _refuse(folder, _known(folder))
        arrays = {name: _map(folder / f"{name}.npy") for name in ARRAYS}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _incomplete(folder) from error
    return RoadNetwork(**arrays, provenance=provenance)


def verify(folder: Path) -> int:
    """Compare every file with its digest, even one that seems untouched; return how many.

    Raises
    ------
    InvalidInputError
        If a file was altered or is missing.
    """
    try:
        _refuse(folder, _compare(folder))
    except (OSError, ValueError) as error:
        raise _incomplete(folder) from error
    return len(_FILES)


def _refuse(folder: Path, altered: list[str]) -> None:
    if altered:
        names = ", ".join(altered)
        message = f"Le réseau routier du dossier {folder} a été altéré ({names}). {_AGAIN}"
        raise InvalidInputError(message)


def _incomplete(folder: Path) -> InvalidInputError:
    message = f"Le dossier {folder} ne contient pas de réseau routier complet. {_AGAIN}"
    return InvalidInputError(message)


def _known(folder: Path) -> list[str]:
    """Return the files altered, as noted if none was written since."""
    try:
        noted = json.loads((folder / _CHECKED).read_text(encoding="utf-8"))
        if noted["stamps"] == _stamps(folder):
            return list(noted["altered"])
    except (OSError, ValueError, KeyError, TypeError):  # absent, or altered itself
        pass
    return _compare(folder)


def _compare(folder: Path) -> list[str]:
    """Return the files that do not match their digest, and note them."""
    stamps = _stamps(folder)
    lines = (folder / _DIGESTS).read_text(encoding="utf-8").splitlines()
    expected = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
    found = _digests(folder)
    altered = [name for name in _FILES if found[name] != expected.get(name)]
    with contextlib.suppress(OSError):  # a read-only folder is compared each time
        _note(folder, stamps, altered)
    return altered


def _note(folder: Path, stamps: dict[str, list[int]], altered: list[str]) -> None:
    text = json.dumps({"stamps": stamps, "altered": altered}, indent=1)
    (folder / _CHECKED).write_text(text, encoding="utf-8")


def _stamps(folder: Path) -> dict[str, list[int]]:
    """Return what changes when a file is written again or copied: its size and its two dates."""
    found = {name: (folder / name).stat() for name in (*_FILES, _DIGESTS)}
    return {name: [s.st_size, s.st_mtime_ns, s.st_ctime_ns] for name, s in found.items()}


def _digests(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of each file, by name."""

    def digest(name: str) -> str:
        with (folder / name).open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()

    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        return dict(zip(_FILES, pool.map(digest, _FILES), strict=True))


def _map(path: Path) -> npt.NDArray[Any]:
    # A plain array over the map: numba compiles one version, and slices stay cheap.
    return np.asarray(np.load(path, mmap_mode="r", allow_pickle=False))
