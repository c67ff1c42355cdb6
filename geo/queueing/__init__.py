"""Queues of calls: who waits, how long, and who could answer for whom."""

from geo.queueing.erlang import Queue, erlang_b, erlang_c, fewest_servers, queue
from geo.queueing.grouping import Grouping, best_groups, connected_groups

__all__ = [
    "Grouping",
    "Queue",
    "best_groups",
    "connected_groups",
    "erlang_b",
    "erlang_c",
    "fewest_servers",
    "queue",
]
