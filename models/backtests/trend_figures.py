"""The trend of the whole country, measured: yearly losses, and what forward forecasts missed."""

from typing import Any

from models.learning import drift
from models.learning.fitted import PERIODS
from models.learning.training import Rows, forward_misses


def figures(data: Rows) -> dict[str, Any]:
    """Return the yearly losses of each period, the forward misses and their spread."""
    yearly = []
    for start, end in PERIODS:
        lost = float(data.span(start, end)["loss"].mean())
        yearly.append({"start": start, "end": end, "rate": 1 - (1 - lost) ** (1 / (end - start))})
    misses = forward_misses(data)
    return {
        "yearly": yearly,
        "misses": [vars(miss) for miss in misses],
        "spread": drift.spread_of(misses),
    }
