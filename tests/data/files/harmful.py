"""Files made to do harm, drawn at will, and the doors they are sent to.

`python -m tests.data.files.harmful 2000` sends so many to every door, each read in the process
apart as on screen, and prints what became of them and what the worst took.
"""

import argparse
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from data import uploads
from data.files import sandbox, table_files
from data.official import imports
from data.official.reading import read_here
from data.pdses import reader
from tests.data.files import sandboxed
from tests.faults.harness import in_french

_SAID_EVERY = 400
"""Readings between two lines of figures."""


def files() -> st.SearchStrategy[bytes]:
    """Draw far cells, long shared texts, repeated cells and texts that slow patterns down."""
    return st.one_of(
        st.builds(
            sandboxed.far_cell,
            st.integers(1, 1_048_576),
            st.sampled_from(["B", "ZZ", "XFD"]),
            st.sampled_from("\"'"),
            st.sampled_from([" ", "\n", "\t"]),
        ),
        st.builds(
            sandboxed.long_shared_text,
            st.sampled_from([10, 32_767, 1_000_000]),
            st.integers(1, 300_000),
        ),
        st.builds(
            sandboxed.repeated_cells,
            st.integers(1, 2**31),
            st.integers(1, 2**31),
            st.integers(1, 200),
        ),
        st.builds(
            sandboxed.blanks,
            st.sampled_from(["commune", "adresse", "lat", "coordonnées", "médecins", "surface"]),
            st.builds(
                lambda start, unit, count, end: start + unit * count + end,
                st.sampled_from(["", "x", "1", "19000 ", "("]),
                st.sampled_from([" ", "1", "1 ", ", ", "(", "-", "\u00a0", "° "]),
                st.integers(1, 60_000),
                st.sampled_from(["", "1", "x", ")", "!"]),
            ),
        ),
    )


def doors(content: bytes, name: str, folder: Path) -> dict[str, sandbox.Answer]:
    """Return what becomes of a file at each door, with what its reading used."""
    path = folder / "fichier"
    path.write_bytes(content)
    index = imports.commune_index("75")
    return {
        "sites": sandbox.ask(uploads.read_lines, content, name),
        "lines": sandbox.ask(reader.read_lines, content, name),
        "official": sandbox.ask(read_here, {0: path}, index),
        "commands": sandbox.ask(table_files.read_here, path),
    }


def main() -> None:
    """Send files to every door and print figures, as they come too."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int, nargs="?", default=1_000)
    count = parser.parse_args().count
    ended, cpu, peaks = Counter[tuple[str, str]](), list[float](), list[int]()
    index = imports.commune_index("75")
    imports.commune_index = lambda _: index  # read once

    @settings(
        max_examples=count,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(made=files())
    def send(made: bytes) -> None:
        for door, answer in doors(made, "fichier", folder).items():
            ended[door, answer.kind] += 1
            cpu.append(answer.cpu_s)
            peaks.append(answer.peak_bytes)
            if answer.kind != "ok":
                in_french(sandbox.failure(answer, "fichier"))
        if len(cpu) % _SAID_EVERY == 0:
            print(_figures(cpu, peaks), flush=True)

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        send()
    for (door, kind), number in sorted(ended.items()):
        print(f"{door:<10}{kind:<12}{number:>7}")
    print(_figures(cpu, peaks))


def _figures(cpu: Sequence[float], peaks: Sequence[int]) -> str:
    taken = sorted(cpu)
    return (
        f"{len(taken)} readings: processor median {taken[len(taken) // 2]:.2f} s, 95th "
        f"{taken[int(0.95 * len(taken))]:.2f} s, most {taken[-1]:.2f} s; memory most "
        f"{max(peaks) / 1e6:.0f} MB"
    )


if __name__ == "__main__":
    main()
