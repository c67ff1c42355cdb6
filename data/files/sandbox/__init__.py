"""Opening what others wrote in a process apart, under limits of memory, processor time and disk.

A file may be made to fill the memory or to take a core for ever, and what reads it (libraries in
C, C++ and Rust) may crash. So the process that serves others opens none: a small server, started
once and warm, forks a child for each file; the child lowers its own limits, reads, and sends back
what it understood. Whatever becomes of it, the caller gets a result or one French sentence.

On Linux all limits hold. macOS does not enforce those of memory; on Windows, which has neither
limits nor fork, each file gets a fresh process and the time alone is bounded.
"""

from data.files.sandbox.calls import Answer, ask, failure, run, warm
from data.files.sandbox.limits import MAX_CPU_S, MEMORY_BYTES, Limits, for_size

__all__ = [
    "MAX_CPU_S",
    "MEMORY_BYTES",
    "Answer",
    "Limits",
    "ask",
    "failure",
    "for_size",
    "run",
    "warm",
]
