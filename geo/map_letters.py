"""The letters of static maps: a typeface that is given, Matplotlib's own for the rest."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from matplotlib.font_manager import FontProperties, fontManager

FALLBACK = "DejaVu Sans"
"""Comes with Matplotlib and holds every letter of French and of its neighbours."""
LARGER = 1.12
"""Size of Source Sans beside DejaVu's for letters as high: x-heights of 0.486 and 0.547 em."""


@dataclass(frozen=True)
class Letters:
    """The families of a picture, the first that holds a letter draws it."""

    families: tuple[str, ...] = (FALLBACK,)
    scale: float = 1.0
    """Of sizes, which are said for the fallback."""

    def at(self, points: float, *, bold: bool = False) -> FontProperties:
        """Return the letters at a size."""
        weight = "bold" if bold else "normal"
        return FontProperties(family=list(self.families), size=points * self.scale, weight=weight)


@lru_cache(maxsize=8)
def letters(typeface: tuple[Path, ...] = ()) -> Letters:
    """Return the letters of a typeface, made known to Matplotlib once.

    Parameters
    ----------
    typeface
        TrueType files of one family, regular and bold; none for the fallback alone.
    """
    if not typeface:
        return Letters()
    for one in typeface:
        fontManager.addfont(one)
    return Letters((FontProperties(fname=typeface[0]).get_name(), FALLBACK), LARGER)
