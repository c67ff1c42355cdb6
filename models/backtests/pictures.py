"""The two small pictures of the report."""

from pathlib import Path
from typing import Any


def calibration(figures: dict[str, Any], path: Path) -> None:
    """Draw observed rates against probabilities."""
    points = figures["curves"]["3"]["calibration"]
    predicted, observed = ([p[key] for p in points] for key in ("predicted", "observed"))
    plot, axes = _axes("Predicted probability", "Observed rate")
    top = max(predicted + observed) * 1.05
    axes.plot([0, top], [0, top], color="0.6", lw=1)
    axes.plot(predicted, observed, "o-", color="#1b5e8c")
    _save(plot, path)


def found(figures: dict[str, Any], path: Path) -> None:
    """Draw the losses found among the riskiest communes."""
    points = figures["curves"]["3"]["yield"]
    rate = figures["designs"]["held_out"]["base_rate"]
    plot, axes = _axes("Communes looked at, riskiest first", "Losses found")
    axes.plot([p["top"] for p in points], [p["found"] for p in points], "o-", color="#1b5e8c")
    axes.plot([0, points[-1]["top"]], [0, rate * points[-1]["top"]], color="0.6", lw=1)
    _save(plot, path)


def _axes(x: str, y: str) -> tuple[Any, Any]:
    from matplotlib.figure import Figure

    plot = Figure(figsize=(4.2, 3.4), layout="constrained")
    axes = plot.subplots()
    axes.set(xlabel=x, ylabel=y)
    axes.spines[["top", "right"]].set_visible(False)
    return plot, axes


def _save(plot: Any, path: Path) -> None:
    import matplotlib as mpl

    with mpl.rc_context({"svg.hashsalt": "risk"}):
        plot.savefig(path, dpi=90, metadata={"Software": None})
