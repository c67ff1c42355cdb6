"""Leaving out of garbage collection what has come to stay."""

import gc
import itertools

from data.base import memory


def settle() -> None:
    """Leave out of garbage collection what is in memory: modules and data, there to stay.

    Streamlit collects everything after every run of a script; looking at half a million objects
    that no run made took 0.2 s of each. What was left out before and is no longer used is freed,
    and its memory given back.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()
    memory.give_back()


_RUNS_BETWEEN = 100
"""Runs of a script after which a gesture had come to cost twice as much."""
_FIRST_RUNS = 8
"""Runs after which most screens have been opened once, and left 25 MB of freed pieces."""
_runs = itertools.count(1)


def settle_at_times() -> None:
    """Settle once every hundred runs: regions, tables and sessions have come to stay meanwhile.

    And once after the first ones, which load most.
    """
    run = next(_runs)
    if run == _FIRST_RUNS or run % _RUNS_BETWEEN == 0:
        settle()
