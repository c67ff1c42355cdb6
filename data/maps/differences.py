"""Legend of what changed between two years: losses and gains about a middle that did not move."""

from data.base.french import number
from data.maps.document import Class, Difference
from geo.layers import Indicator

_STEPS = {"gps_per_1000": (0.2, 0.5), "apl_published": (0.5, 1.0)}
"""Indicator to the differences, in its unit, that part a small change from a large one."""
_COLOURS = ("#8c510a", "#d8b365", "#f6e8c3", "#f5f5f5", "#c7eae5", "#5ab4ac", "#01665e")
"""ColorBrewer's BrBG in seven: read by those who confuse red and green."""


def legend(indicator: Indicator) -> Difference | None:
    """Return the legend of the differences of an indicator known for several years, else None.

    Breaks are in the unit of the indicator, rising; there is one class more than breaks; between
    the two bounds of `unchanged`, nothing is said to have moved.
    """
    steps = _STEPS.get(indicator.key)
    if steps is None:
        return None
    small, large = steps
    # Values are sent rounded: less than half of the last digit is no difference.
    still = 0.5 * 10**-indicator.decimals
    near, far = (number(one, 1) for one in steps)
    labels = (
        f"baisse de plus de {far}",
        f"baisse de {near} à {far}",
        f"baisse de moins de {near}",
        "sans changement",
        f"hausse de moins de {near}",
        f"hausse de {near} à {far}",
        f"hausse de plus de {far}",
    )
    classes: list[Class] = [
        {"label": label, "colour": colour} for label, colour in zip(labels, _COLOURS, strict=True)
    ]
    return {
        "breaks": [-large, -small, -still, still, small, large],
        "classes": classes,
        "decimals": indicator.decimals,
        "unchanged": [-still, still],
    }
