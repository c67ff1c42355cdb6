"""A figure in large type of a sheet, and how it stands beside the others."""

from dataclasses import dataclass

import pandas as pd

from data.base.french import number, ordinal
from data.region import france


@dataclass(frozen=True)
class Figure:
    """A figure in large type: what it is, its value, how it compares, of what it is made."""

    key: str
    label: str
    value: str
    comparison: str
    sentence: str
    vintage: str = ""
    """Year of what it is counted from, or "simulation"; "" where it is not known."""

    @property
    def dated(self) -> str:
        """Return what it is, with its year."""
        return f"{self.label}, {self.vintage}" if self.vintage else self.label


def beside(region: pd.Series) -> str:
    """Return what figures are compared with: the region, or all of France."""
    return "France" if region["code"] == france.WHOLE else "région"


def rank(own: pd.Series, peers: pd.DataFrame, key: str, *, low_is_good: bool) -> str:
    """Say where a value stands among those of the same level ("12e sur 156")."""
    values = peers[key].dropna()
    if len(values) < 2 or pd.isna(own[key]):
        return ""
    better = values < own[key] if low_is_good else values > own[key]
    place = int(better.sum()) + 1
    tied = " ex æquo" if (values == own[key]).sum() > 1 else ""
    return f"{ordinal(place)}{tied} sur {number(len(values))}"


def compared(told: str, place: str) -> str:
    """Return a comparison with the rank, where there is one."""
    return f"{told} ; {place}" if place else told
