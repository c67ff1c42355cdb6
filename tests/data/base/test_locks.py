"""One holder at a time, among threads and processes; a killed holder leaves nothing held."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from data.base.locks import locked

HOLD = """
import sys, time
from pathlib import Path
from data.base.locks import locked
with locked(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_threads_exclude_one_another(tmp_path: Path) -> None:
    inside, most = 0, 0

    def work() -> None:
        nonlocal inside, most
        for _ in range(5):
            with locked(tmp_path / "lock"):
                inside += 1
                most = max(most, inside)
                inside -= 1

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (inside, most) == (0, 1)


def test_who_does_not_wait_is_told_and_a_killed_holder_frees_it(tmp_path: Path) -> None:
    path = tmp_path / "deeper" / "lock"
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], stdout=subprocess.PIPE, env={**os.environ}
    )
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(BlockingIOError), locked(path, wait=False):
            pass
    finally:
        holder.send_signal(signal.SIGKILL)
        holder.wait()
        if holder.stdout is not None:
            holder.stdout.close()
    with locked(path, wait=False):
        assert path.exists()


def test_an_error_inside_is_not_taken_for_a_busy_lock(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), locked(tmp_path / "lock", wait=False):
        raise ZeroDivisionError
    with locked(tmp_path / "lock", wait=False):
        pass
