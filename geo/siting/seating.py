"""What programmes that seat inhabitants share: rows of constraints, the search, the proof."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy
from scipy import sparse

from geo.errors import UnsolvedError
from geo.siting.problem import Floats, Ints

PROVEN = 1e-6
"""Relative gap under which the optimum counts as proven."""

Block = tuple[sparse.csr_array, float | Floats, float | Floats]
"""Rows of constraints, and what their sums lie between."""


@dataclass(frozen=True, eq=False)
class Seating:
    """The most inhabitants that a programme seats.

    Attributes
    ----------
    values
        Value of each column, shape (n,).
    seated
        Inhabitants of each place who find room, shape (places,).
    bound
        The most that any solution seats.
    proven
        Whether this one reaches it.
    """

    values: Floats
    seated: Floats
    bound: float
    proven: bool


def rows(
    groups: Ints, columns: Ints, shape: tuple[int, int], values: Floats | None = None
) -> sparse.csr_array:
    """Return constraints that sum some columns by group, each once or by its value."""
    entries = np.ones(columns.size) if values is None else values
    return sparse.csr_array((entries, (groups, columns)), shape=shape)


def most_seated(
    place: Ints,
    blocks: Sequence[Block],
    *,
    places: int,
    whole: int,
    columns: tuple[Floats, Floats],
    time_limit: float,
    sought: str,
) -> Seating:
    """Seat as many inhabitants as a mixed-integer programme allows, by HiGHS.

    Parameters
    ----------
    place
        Place of each seat column, shape (pairs,): they are the last columns of the programme.
    blocks
        Constraints.
    places
        Number of places.
    whole
        Number of the columns before them, which hold whole numbers.
    columns
        Least and most of each column, shape (whole + pairs,) each.
    time_limit
        Seconds; inf for no limit.
    sought
        What is said not to be found, in French: "aucun pôle".

    Raises
    ------
    UnsolvedError
        HiGHS found nothing in time.
    """
    seats = whole + np.arange(place.size)
    size = whole + place.size
    cost = np.zeros(size)
    cost[seats] = -1.0
    counts = [matrix.shape[:1] for matrix, _, _ in blocks]
    low = np.concatenate([np.broadcast_to(b[1], n) for b, n in zip(blocks, counts, strict=True)])
    high = np.concatenate([np.broadcast_to(b[2], n) for b, n in zip(blocks, counts, strict=True)])
    options = {"mip_rel_gap": PROVEN / 10}
    if np.isfinite(time_limit):
        options["time_limit"] = time_limit
    answer = scipy.optimize.milp(
        cost,
        integrality=(np.arange(size) < whole).astype(np.int64),
        bounds=scipy.optimize.Bounds(*columns),
        constraints=scipy.optimize.LinearConstraint(
            sparse.vstack([matrix for matrix, _, _ in blocks], format="csr"), low, high
        ),
        options=options,
    )
    if answer.x is None:
        raise UnsolvedError(f"HiGHS n’a trouvé {sought} ({answer.message}).")
    seated = np.bincount(place, answer.x[seats], places).astype(np.float64)
    bound = seated.sum() if answer.mip_dual_bound is None else -float(answer.mip_dual_bound)
    bound = max(bound, float(seated.sum()))
    return Seating(answer.x, seated, bound, bool(bound - seated.sum() <= PROVEN * max(bound, 1.0)))
