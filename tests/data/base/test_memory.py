"""Memory freed goes back to the system."""

import subprocess
import sys

import pytest

_FREED = """
import numpy as np, pyarrow as pa
from data.base import memory

def resident():
    with open("/proc/self/statm") as told:
        return int(told.read().split()[1]) * 4096 / 1e6

memory.keep_little()
assert pa.default_memory_pool().backend_name == "system"
# Small pieces: glibc gives large ones back at once, but keeps a heap that one piece still holds.
pieces = [np.empty(2000) for _ in range(20_000)]
for piece in pieces:
    piece[:] = 1.0
last = pieces[-1]
full = resident()
del pieces, piece
memory.give_back()
print(full - resident())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="asks the C library of Linux")
def test_memory_freed_goes_back() -> None:
    told = subprocess.run(
        [sys.executable, "-c", _FREED], capture_output=True, text=True, check=True
    ).stdout
    assert float(told) > 200.0
