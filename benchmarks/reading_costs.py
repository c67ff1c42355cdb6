"""Read one generated file through a reader: seconds, processor and peak memory, printed.

Shared by the benchmarks of the large sources. The file is written by a process of its own: the peak
is the reading's.
"""

import multiprocessing
import os
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from data.files.input_files import open_input
from data.official import imports, readers
from data.official.readers.communes import CommuneIndex
from data.official.readers.tally import ReadResult


def _used() -> tuple[float, float]:
    """Return processor seconds (user and system) and the peak of memory, MB, of this process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def measure(
    name: str,
    write: Callable[..., None],
    asked: tuple[object, ...],
    index: CommuneIndex | None = None,
) -> ReadResult:
    """Write a file, read it, print what it cost, and return what was read.

    Parameters
    ----------
    name
        Of the file.
    write, asked
        A function of a module that writes it at a path, and its other arguments.
    index
        The communes; those of the region of the demonstration when not given.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        writer = multiprocessing.get_context("spawn").Process(target=write, args=(path, *asked))
        writer.start()
        writer.join()
        index = index or imports.commune_index("75")
        processor, before = _used()
        start = time.perf_counter()
        (file,) = open_input(path)
        candidate = readers.candidate_of(file)
        known = readers.recognise(candidate)
        if known is None:
            raise ValueError(name)
        result = readers.READERS[known[1]].read(candidate, index)
        seconds = time.perf_counter() - start
        now, peak = _used()
        print(
            f"{known[0]} : {result.tally.read} lignes ou objets lus en {seconds:.1f} s "
            f"(processeur {now - processor:.1f} s, charge {os.getloadavg()[0]:.0f}), "
            f"pic {peak:.0f} Mo ({before:.0f} Mo avant la lecture)"
        )
        return result
