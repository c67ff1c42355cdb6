"""Leaving out of garbage collection what has come to stay."""

import gc
import itertools
import time

from data.base import memory


def settle() -> None:
    """Leave out of garbage collection what is in memory: modules and data, there to stay.

    Each full collection looked at half a million objects that no run made, for 0.2 s. What was left
    out before and is no longer used is freed, and its memory given back.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()
    memory.give_back()


_RUNS_BETWEEN = 100
"""Runs of a script after which a gesture had come to cost twice as much."""
_FIRST_RUNS = 8
"""Runs after which most screens have been opened once, and left 25 MB of freed pieces."""
_COLLECTED_EVERY_S = 10.0
"""What runs leave in cycles is freed that often: some megabytes each, among those of all sessions.

Streamlit would do it after every run (`runner.postScriptGC`, off in our configuration): a tenth of
a run's work for one visitor, the more the more sessions hold objects.
"""
_runs = itertools.count(1)
_LAST = {"collected": time.monotonic()}


def settle_at_times() -> None:
    """Free what runs left, at most every ten seconds; settle once every hundred runs.

    Regions, tables and sessions have come to stay meanwhile. Settle also once after the first runs,
    which load most.
    """
    run = next(_runs)
    if run == _FIRST_RUNS or run % _RUNS_BETWEEN == 0:
        settle()
    elif time.monotonic() - _LAST["collected"] >= _COLLECTED_EVERY_S:
        gc.collect()
    else:
        return
    _LAST["collected"] = time.monotonic()
