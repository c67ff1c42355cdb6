"""What a child process that opens a file may use."""

from dataclasses import dataclass

BASE_CPU_S = 4.5
"""For any file: a file of 20 MB in a usual format takes under 2 s on a slow core."""
CPU_S_PER_MB = 1.0
"""The largest official texts (0.8 to 1.5 GB) are read at 10 to 30 MB a second."""
MAX_CPU_S = 1_800.0
MEMORY_BYTES = 300_000_000
"""Beyond what the process holds before it opens anything (some 150 MB, shared with the others)."""
WALL_FACTOR = 12
"""Waiting over computing: the child is the last served when the machine is busy."""


@dataclass(frozen=True)
class Limits:
    """Limits of one child.

    Attributes
    ----------
    memory_bytes
        Private memory beyond what the process holds at its start.
    cpu_s
        Processor time, in seconds.
    written_bytes
        Largest file that it may write (GDAL and SQLite read from files).
    wait_s
        Seconds by the clock after which it is stopped; from `cpu_s` when not given.
    """

    memory_bytes: int = MEMORY_BYTES
    cpu_s: float = BASE_CPU_S
    written_bytes: int = 200_000_000
    wait_s: float | None = None

    @property
    def wall_s(self) -> float:
        """Seconds by the clock after which the child is stopped, whatever it does."""
        return self.wait_s if self.wait_s is not None else WALL_FACTOR * self.cpu_s + 10


def for_size(count: int) -> Limits:
    """Return the limits for so many bytes of files."""
    return Limits(cpu_s=min(MAX_CPU_S, BASE_CPU_S + CPU_S_PER_MB * (count // 1_000_000)))
