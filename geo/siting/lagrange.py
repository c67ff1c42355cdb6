"""Lower bounds on the p-median: assignment relaxed, multipliers raised by the volume algorithm."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geo.compiled import kernel
from geo.siting.problem import Deadline, Floats, Ints

Bools = npt.NDArray[np.bool_]

ROUNDING = 1e-9
"""Relative slack that keeps rounding from discarding an optimum."""
_PATIENCE_STEPS = 12  # steps without progress before the step is shortened
_SHORTER = 0.6
_LONGER, _LONGEST = 1.1, 2.0
_SMALLEST_STEP = 0.01
_PROGRESS = 1e-5  # relative rise of the bound that counts as progress
_LEAST_WEIGHT, _MOST_WEIGHT = 0.02, 0.2  # of the newest answer in the running mean
_HALVINGS = 40  # of the interval that holds the price of the budget


@dataclass(frozen=True, eq=False)
class Limits:
    """What a choice of new sites must respect.

    Attributes
    ----------
    least, most
        Fewest and most sites.
    prices, budget
        Price of each column, shape (m,), and sum allowed; None when nothing is priced.
    """

    least: int
    most: int
    prices: Floats | None = None
    budget: float = np.inf

    def after(self, opened: Ints) -> "Limits":
        """Return what is left once some columns are open."""
        spent = 0.0 if self.prices is None else float(self.prices[opened].sum())
        return Limits(
            max(self.least - opened.size, 0),
            self.most - opened.size,
            self.prices,
            self.budget - spent,
        )

    def allow(self, columns: Ints) -> bool:
        """Whether a choice respects them."""
        if not self.least <= columns.size <= self.most:
            return False
        return self.prices is None or self.prices[columns].sum() <= self.budget + ROUNDING

    def affordable(self, size: int) -> Bools:
        """Columns that the budget would still pay for, among `size`."""
        if self.prices is None:
            return np.ones(size, dtype=np.bool_)
        return self.prices <= self.budget + ROUNDING

    def of(self, columns: Ints) -> "Limits":
        """Return the same limits on some columns only, renumbered."""
        prices = None if self.prices is None else self.prices[columns]
        return Limits(self.least, self.most, prices, self.budget)


@dataclass(frozen=True, eq=False)
class Ranked:
    """Costs sorted once: each bound reads only the columns cheaper than a point's multiplier.

    Attributes
    ----------
    order, costs
        Columns of each point from the cheapest, and their costs, shape (n, m).
    columns
        The costs by column, shape (m, n).
    """

    order: npt.NDArray[np.int32]
    costs: Floats
    columns: Floats

    @classmethod
    def of(cls, costs: Floats) -> "Ranked":
        """Sort costs, shape (n, m)."""
        order = np.argsort(costs, axis=1)
        ranked = np.take_along_axis(costs, order, axis=1)
        return cls(order.astype(np.int32), ranked, np.ascontiguousarray(costs.T))


@dataclass(frozen=True, eq=False)
class Dual:
    """A lower bound and what it says of the columns.

    Attributes
    ----------
    bound
        No choice costs less.
    multipliers
        What each point would pay at most, shape (n,).
    shares
        How much each column is open in the mean answer, shape (m,).
    rises
        What the bound would rise by, at least, were the column open, shape (m,).
    """

    bound: float
    multipliers: Floats
    shares: Floats
    rises: Floats


@kernel
def reduced_costs(
    order: npt.NDArray[np.int32], costs: Floats, multipliers: Floats, reduced: Floats
) -> None:
    """Write Σ_i min(0, c_ij − u_i) of each column, from costs sorted by row."""
    reduced[:] = 0.0
    for i in range(order.shape[0]):
        for r in range(order.shape[1]):
            saving = costs[i, r] - multipliers[i]
            if saving >= 0:
                break
            reduced[order[i, r]] += saving


def ascend(
    ranked: Ranked,
    ceiling: Floats,
    limits: Limits,
    *,
    alive: Bools,
    start: Floats,
    value: float,
    steps: int,
    step: float,
    clock: Deadline,
) -> Dual:
    """Raise the Lagrangian bound.

    Relaxing «each point has one site» leaves, for multipliers u ≤ ceiling, Σ_i u_i plus the least
    sum over the sites allowed of Σ_i min(0, c_ij − u_i): every u gives a lower bound (Cornuéjols,
    Fisher, Nemhauser, 1977, Management Science 23(8)). The multipliers follow the running mean of
    the answers, which tends to a fractional solution of the linear relaxation (volume algorithm:
    Barahona, Anbil, 2000, Mathematical Programming 87(3)).

    Parameters
    ----------
    ranked
        The costs.
    ceiling
        What a point pays at most: it stays with the sites already open, shape (n,).
    limits
        What the sites to open must respect.
    alive
        Columns that may be opened, shape (m,).
    start
        Multipliers to start from, shape (n,).
    value
        Cost of the best choice known.
    steps, step
        Steps at most; length of the first one, as a share of what is left to gain.
    clock
        Time left.
    """
    best = -np.inf
    tried = np.minimum(start, ceiling)
    kept, rises = tried, np.zeros(alive.size)
    reduced = np.empty(alive.size)
    slope, shares = np.zeros(tried.size), np.zeros(alive.size)
    waited = 0
    for turn in range(steps):
        reduced_costs(ranked.order, ranked.costs, tried, reduced)
        picked, saved, over = _pick(np.where(alive, reduced, np.inf), limits)
        bound = float(tried.sum()) + saved
        opened = np.flatnonzero(picked)
        newest = 1.0 - picked[opened] @ (ranked.columns[opened] < tried)
        newest[(newest > 0) & (tried >= ceiling)] = 0.0
        weight = _newest_weight(newest, slope) if turn else 1.0
        slope += weight * (newest - slope)
        shares += weight * (picked - shares)
        waited += 1
        if bound > best:
            if bound > best + _PROGRESS * abs(best) or turn == 0:
                waited = 0
            if turn and slope @ newest > 0:
                step = min(step * _LONGER, _LONGEST)
            best, kept, rises = bound, tried, over
        if waited >= _PATIENCE_STEPS:
            step, waited = step * _SHORTER, 0
        length = float(slope @ slope)
        if best >= value * (1 - ROUNDING) or step < _SMALLEST_STEP or length < 1e-12:
            break
        if clock.left <= 0:
            break
        tried = np.minimum(kept + step * (value - best) / length * slope, ceiling)
    return Dual(best, kept, shares, rises)


def _newest_weight(newest: Floats, mean: Floats) -> float:
    """Weight of the newest slope that makes the running mean shortest, within bounds."""
    change = newest - mean
    length = float(change @ change)
    weight = -float(mean @ change) / length if length > 0 else 0.0
    return min(max(weight, _LEAST_WEIGHT), _MOST_WEIGHT)


def _pick(reduced: Floats, limits: Limits) -> tuple[Floats, float, Floats]:
    """Return how much each column is open in the cheapest answer, its sum, and `Dual.rises`."""
    picked, cut = _cheapest(reduced, limits)
    prices = limits.prices
    if prices is None or picked @ prices <= limits.budget:
        return picked, float(reduced[picked > 0].sum()), reduced - cut
    # A toll on each unit of price: too low, the answer is too dear; too high, it opens too little.
    paid = (prices > 0) & np.isfinite(reduced)
    low, high = 0.0, float((-reduced[paid] / prices[paid]).max())
    dear, cheap = picked, _cheapest(reduced + high * prices, limits)[0]
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        picked, _ = _cheapest(reduced + middle * prices, limits)
        if picked @ prices > limits.budget:
            low, dear = middle, picked
        else:
            high, cheap = middle, picked
    taxed = reduced + high * prices
    _, cut = _cheapest(taxed, limits)
    saved = float(taxed[cheap > 0].sum()) - high * limits.budget
    spent = cheap @ prices
    share = (limits.budget - spent) / (dear @ prices - spent)
    return share * dear + (1 - share) * cheap, saved, taxed - cut


def _cheapest(reduced: Floats, limits: Limits) -> tuple[Floats, float]:
    """Return the cheapest columns by number alone, and the cost that a newcomer would displace."""
    most = min(limits.most, int(np.isfinite(reduced).sum()))
    first = np.argsort(reduced, kind="stable")[:most]
    cut = float(reduced[first[-1]]) if most == limits.most and most else 0.0
    if limits.least < limits.most:
        first = first[reduced[first] < 0]
        cut = min(cut, 0.0)
    picked = np.zeros(reduced.size)
    picked[first] = 1.0
    return picked, cut
