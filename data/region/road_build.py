"""Road networks built from OSM extracts in a process apart, under limits.

An extract is packed (blocks of zlib, gzip, bzip2) and read by libraries in C++: a small file may
unpack without end, and number its nodes so that they fill the memory. So nothing of it is opened
in the process that asks; the other one writes the network in a folder, and only arrays come back.
"""

import atexit
import os
import shutil
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from data.base.french import number
from data.files import sandbox
from data.region import road_networks
from geo.errors import InvalidInputError, ProxiSoinsError, UnavailableError
from geo.roads.build import build_from_osm
from geo.roads.engine import RoadTravelTime
from geo.roads.network import load, save
from geo.roads.osm import Progress

MAX_BYTES = 6_000_000_000
"""All extracts of one build together; those of the whole of France weigh 4.5 GB."""
BASE_MEMORY_BYTES = 400_000_000
"""Any extract: compiled kernels, buffers of the reader, the grids of the network."""
MEMORY_PER_BYTE = 12
"""Twice what a region takes (0.65 GB per million junctions, 16 bytes per node of OSM)."""
BASE_CPU_S = 20.0
"""A town of 3 MB takes 5 s, kernels compiled."""
CPU_S_PER_MB = 3.0
"""Twice what a region takes, packed as PBF."""
_PACKED_AS_XML = 8
"""The same roads take so many times more bytes as plain XML than packed."""
_WRITTEN_PER_BYTE = 20
_LOOKS_EVERY_S = 0.3


def limits_for(files: Sequence[Path]) -> sandbox.Limits:
    """Return what reading extracts and making a network of them may take.

    Raises
    ------
    InvalidInputError
        If an extract is absent, or if they are larger than any that is foreseen.
    """
    count = 0
    for file in files:
        if not file.is_file():
            raise InvalidInputError(f"Le fichier {file} n’existe pas.")
        size = file.stat().st_size
        count += size // _PACKED_AS_XML if file.name.endswith(".osm") else size
    if count > MAX_BYTES:
        message = (
            f"Ces extraits pèsent {number(count / 1e9, 1)} Go, plus que la limite de "
            f"{number(MAX_BYTES / 1e9)} Go : prenez les extraits des seules régions utiles."
        )
        raise InvalidInputError(message)
    return sandbox.Limits(
        memory_bytes=BASE_MEMORY_BYTES + MEMORY_PER_BYTE * count,
        cpu_s=BASE_CPU_S + CPU_S_PER_MB * count / 1e6,
        written_bytes=BASE_MEMORY_BYTES + _WRITTEN_PER_BYTE * count,
    )


def build_here(files: Sequence[Path], folder: Path, told: Path) -> None:
    """Build a network and write it in a folder: the work of the process apart.

    Raises
    ------
    InvalidInputError
        If a file is no extract, or if no usable road is left.
    UnavailableError
        If the disk refuses the network.
    """
    with told.open("a", encoding="utf-8") as stream:

        def tell(sentence: str) -> None:
            stream.write(f"{sentence}\n")
            stream.flush()

        network = build_from_osm(files, tell)
    try:
        save(network, folder)
    except OSError as error:
        raise UnavailableError(road_networks.unwritable(error)) from error


def build_and_use(files: Sequence[Path], progress: Progress) -> Path:
    """Build the network of extracts, use it from now on, and return its folder.

    Raises
    ------
    InvalidInputError
        If an extract cannot be read within its limits, or holds no usable road.
    UnavailableError
        If the disk refuses; the former network stays in use.
    """
    return road_networks.keep(lambda draft: _build(files, draft, progress))


def travel_time_of(extract: Path, progress: Progress, profile: str = "offpeak") -> RoadTravelTime:
    """Return the travel times of one extract, built for this process alone.

    Raises
    ------
    InvalidInputError
        If the extract cannot be read within its limits, or holds no usable road.
    """
    folder = Path(tempfile.mkdtemp(prefix="proxisoins-roads-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)  # mapped until then
    _build([extract], folder, progress)
    return RoadTravelTime(load(folder), profile)


def _build(files: Sequence[Path], folder: Path, progress: Progress) -> None:
    limits = limits_for(files)
    with _heard(progress) as told:
        answer = sandbox.ask(build_here, list(files), folder, told, limits=limits)
    if answer.kind != "ok":
        raise _failure(answer, files, limits)


def _failure(
    answer: sandbox.Answer, files: Sequence[Path], limits: sandbox.Limits
) -> ProxiSoinsError:
    names = ", ".join(file.name[:80] for file in files)
    match answer.kind:
        case "memory":
            room = number(limits.memory_bytes / 1e9, 1)
            why = f"leur lecture demande plus de mémoire que la limite ({room} Go)"
        case "time":
            why = f"leur lecture dépasse la limite de {number(limits.cpu_s / 60)} min de calcul"
        case "crash":
            why = "leur lecture s’est interrompue"
        case _:
            return sandbox.failure(answer, names)
    return InvalidInputError(
        f"Extraits refusés ({names}) : {why}, ce qu’un extrait de cette taille ne fait pas s’il "
        "est entier. Rien n’est changé : téléchargez-les de nouveau, puis relancez la construction."
    )


@contextmanager
def _heard(progress: Progress) -> Iterator[Path]:
    """Give a file whose lines are told as they come."""
    handle, name = tempfile.mkstemp(prefix="proxisoins-roads-", suffix=".txt")
    os.close(handle)
    told, over = Path(name), threading.Event()

    def listen() -> None:
        with told.open(encoding="utf-8", errors="replace") as stream:
            kept = ""
            while True:
                last = over.wait(_LOOKS_EVERY_S)
                *lines, kept = (kept + stream.read()).split("\n")
                for line in lines:
                    progress(line)
                if last:
                    return

    listener = threading.Thread(target=listen, daemon=True)
    listener.start()
    try:
        yield told
    finally:
        over.set()
        listener.join()
        told.unlink(missing_ok=True)
