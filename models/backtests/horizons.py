"""Expected and observed losses at each horizon of 1 to 6 years, by rurality and département.

The panel counts 3, 4 and 7 years apart: only horizons of 3 and 4 years end on a count. For the
others the losses are spread between the two counts around at one yearly hazard per group: that
shows whether the model bends between counts, it proves nothing, and is told apart everywhere.
"""

from dataclasses import dataclass
from typing import Any

FEW_LOSSES = 10
"""Under ten losses chance alone moves a count by a third or more (Poisson): a ratio tells nothing
of an aim of 0.8 to 1.25."""

EVERYWHERE, OUTSIDE_TOWNS = "toutes", "hors villes"
AIM = (0.8, 1.25)


@dataclass(frozen=True)
class Ends:
    """The counts around the end of a horizon.

    Attributes
    ----------
    horizon
        Years.
    start
        Year of the counts that it starts from.
    shorter, longer
        Years from them to the count before the end (0: the start itself) and to that after it;
        both the horizon where a count falls on the end.
    """

    horizon: int
    start: int
    shorter: int
    longer: int

    @property
    def counted(self) -> bool:
        """Tell whether a count falls on the end."""
        return self.shorter == self.longer


ENDS = (
    Ends(1, 2017, 0, 3),
    Ends(2, 2017, 0, 3),
    Ends(3, 2017, 3, 3),
    Ends(4, 2013, 4, 4),
    Ends(5, 2013, 4, 7),
    Ends(6, 2013, 4, 7),
)
"""Each horizon from the latest counts that frame its end."""


def between(communes: int, losses: tuple[float, float], ends: Ends) -> float:
    """Return the losses at a horizon, spread at one yearly hazard between the counts around it.

    Examples
    --------
    >>> between(100, (0, 19), Ends(1, 2017, 0, 2))
    10.0
    """
    if ends.counted:
        return float(losses[1])
    first, last = (1 - lost / communes for lost in losses)
    share = (ends.horizon - ends.shorter) / (ends.longer - ends.shorter)
    if min(first, last) <= 0:
        return float(losses[1])
    return round(float(communes * (1 - first * (last / first) ** share)), 6)


def told(row: dict[str, Any], *, counted: bool) -> str:
    """Return what a row says of the aim: "within", "outside", "few" losses, "between" counts."""
    if row["losses"] < FEW_LOSSES:
        return "few"
    if not counted:
        return "between"
    return "within" if AIM[0] <= row["ratio"] <= AIM[1] else "outside"
