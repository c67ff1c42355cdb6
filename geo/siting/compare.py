"""What each difference between two choices of sites costs."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from geo.siting.problem import SitingModel, SitingProblem, Solution


def price_of_differences(
    model: SitingModel, problem: SitingProblem, best: Solution, others: Mapping[str, Solution]
) -> pd.DataFrame:
    """Compare the proven best sites with other choices, and price each swapped site.

    Parameters
    ----------
    model, problem
        What was solved.
    best
        Solution of the model.
    others
        Choices by name (greedy, the user's own), as `greedy` and `judge` return them.

    Returns
    -------
    pandas.DataFrame
        One row per choice: choice, objective, lost (what the choice loses on the best, ≥ 0 when
        it respects the limits), lost_share, only_here and only_best (row numbers of the sites).
        Then, for each site only the choice holds, one row with choice "name − site" (its row
        number) where that site alone is replaced by the best site not held.
    """
    rows = []
    for name, other in others.items():
        rows.append(_row(model, name, best, other))
        missing = [site for site in best.chosen if site not in other.chosen]
        for site in sorted(set(other.chosen) - set(best.chosen)):
            if missing:
                swapped = _best_swap(model, problem, other, site, missing)
                rows.append(_row(model, f"{name} − {site}", best, swapped))
    columns = ["choice", "objective", "lost", "lost_share", "only_here", "only_best"]
    return pd.DataFrame(rows, columns=columns)


def _best_swap(
    model: SitingModel, problem: SitingProblem, other: Solution, site: int, missing: list[int]
) -> Solution:
    kept = [held for held in other.chosen if held != site]
    nearest = problem.nearest(kept)
    sign = -1.0 if model.maximised[0] else 1.0

    def value(new: int) -> float:
        reached = np.minimum(nearest, problem.costs[:, new])
        return sign * model.measure(problem, [*kept, new], reached)[0]

    return model.judge(problem, [*kept, min(missing, key=value)])


def _lost(model: SitingModel, best: Solution, other: Solution) -> float:
    sign = 1.0 if model.maximised[0] else -1.0
    return sign * (best.objective - other.objective) + 0.0


def _row(model: SitingModel, name: str, best: Solution, other: Solution) -> tuple[object, ...]:
    lost = _lost(model, best, other)
    share = lost / abs(best.objective) if best.objective else float("nan")
    return (
        name,
        other.objective,
        lost,
        share,
        tuple(sorted(set(other.chosen) - set(best.chosen))),
        tuple(sorted(set(best.chosen) - set(other.chosen))),
    )
