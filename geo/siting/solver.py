"""HiGHS behind one function, and the covering rows that the models share."""

from dataclasses import dataclass

import numpy as np
import scipy
from scipy import sparse

from geo.errors import UnsolvedError
from geo.siting.problem import PROOF_GAP, Bools, Deadline, Floats, Ints, SitingProblem

_TIME_LIMIT, _INFEASIBLE = 1, 2  # status codes of scipy.optimize.milp


@dataclass(frozen=True)
class Answer:
    """What HiGHS found: values of the variables (None when none was found) and a lower bound."""

    x: Floats | None
    bound: float
    infeasible: bool = False


def minimise(
    cost: Floats,
    rows: sparse.csr_array,
    low: Floats,
    high: Floats,
    *,
    integers: int,
    deadline: Deadline,
) -> Answer:
    """Minimise cost·x over low ≤ rows·x ≤ high, 0 ≤ x ≤ 1, the first `integers` ones binary.

    Shapes: cost (n,), rows (r, n), low and high (r,).

    Raises
    ------
    UnsolvedError
        The solver failed for a reason other than time or infeasibility.
    """
    if deadline.left <= 0:
        return Answer(None, -np.inf)
    if not cost.size:  # nothing is left to choose
        possible = bool(np.all(low <= 0) and np.all(high >= 0))
        return Answer(cost, 0.0) if possible else Answer(None, np.inf, infeasible=True)
    # HiGHS stops at an absolute gap of 1e-6: bring the objective to the order of one million.
    scale = 1e6 / max(float(np.abs(cost).sum()), 1e-12)
    options: dict[str, float] = {"mip_rel_gap": PROOF_GAP / 10}
    if np.isfinite(deadline.left):
        options["time_limit"] = deadline.left
    answer = scipy.optimize.milp(
        cost * scale,
        integrality=(np.arange(cost.size) < integers).astype(np.int64),
        bounds=scipy.optimize.Bounds(0, 1),
        constraints=scipy.optimize.LinearConstraint(rows, low, high),
        options=options,
    )
    if answer.status == _INFEASIBLE:
        return Answer(None, np.inf, infeasible=True)
    if answer.status not in (0, _TIME_LIMIT):
        raise UnsolvedError(f"Le solveur HiGHS s’est arrêté sans réponse ({answer.message}).")
    bound = answer.mip_dual_bound if answer.mip_dual_bound is not None else -np.inf
    return Answer(answer.x, float(bound) / scale)


def distinct_rows(covers: Bools, weights: Floats) -> tuple[Bools, Floats]:
    """Demand points covered by the same candidates become one, with the sum of their weights.

    Shapes: covers (points, candidates) and weights (points,); the same with fewer points.
    """
    if not covers.shape[1]:  # no candidate left to open: all points are alike
        return covers[:1], weights.sum(keepdims=True)[: len(covers)].astype(np.float64)
    packed = np.packbits(covers, axis=1)
    keys = packed.view([("", np.void, packed.shape[1])]).ravel() if packed.size else packed[:, 0]
    _, first, group = np.unique(keys, return_index=True, return_inverse=True)
    sums = np.bincount(group.ravel(), weights=weights, minlength=first.size)
    return covers[first], sums.astype(np.float64)


def chosen_columns(x: Floats, columns: Ints) -> list[int]:
    """Columns, shape (n,), whose binary variable (the first n of x) is 1, as plain numbers."""
    return [int(column) for column in columns[x[: columns.size] > 0.5]]


def limit_rows(
    problem: SitingProblem, k: int | None, budget: float | None, columns: Ints, others: int
) -> tuple[sparse.csr_array, Floats, Floats]:
    """Rows that limit the number and the price of the sites opened among `columns`.

    Exactly `k` sites are opened, at most `k` when a budget limits them as well.

    Parameters
    ----------
    problem
        The instance; its fixed sites are counted as open.
    k, budget
        Sites and price allowed in all; None for no limit.
    columns
        Candidates that have a variable, first of all variables.
    others
        Number of the other variables, which no limit concerns.

    Returns
    -------
    tuple
        Matrix (limits × variables), lower and upper ends.
    """
    rows: list[Floats] = []
    low: list[float] = []
    high: list[float] = []
    blank = np.zeros(others)
    if k is not None:
        rows.append(np.concatenate([np.ones(columns.size), blank]))
        high.append(k - problem.fixed.size)
        low.append(high[-1] if budget is None else 0)
    if budget is not None and problem.prices is not None:
        rows.append(np.concatenate([problem.prices[columns], blank]))
        high.append(budget - problem.price(problem.fixed))
        low.append(-np.inf)
    matrix = sparse.csr_array(np.array(rows).reshape(len(rows), columns.size + others))
    return matrix, np.array(low), np.array(high)


def stack(
    *blocks: tuple[sparse.csr_array, Floats, Floats],
) -> tuple[sparse.csr_array, Floats, Floats]:
    """Put blocks of rows on top of each other, with their ends."""
    rows, low, high = zip(*blocks, strict=True)
    return sparse.vstack(rows, format="csr"), np.concatenate(low), np.concatenate(high)
