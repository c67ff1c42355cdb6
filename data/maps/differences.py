"""What changed between two years: its legend, its table, its sentence.

The client of the map draws the same differences, of the same values (`years.js`).
"""

import numpy as np
import pandas as pd

from data.access.history import DATED, values_by_year
from data.base.french import counted, number
from data.maps.document import Class, Difference
from data.region.territory import Territory
from geo.display import drawn_values
from geo.layers import INDICATORS, Indicator

DATED_INDICATORS = tuple(one for one in INDICATORS if one.key in DATED)
"""Indicators that two years can be compared by."""
LOSS, GAIN, SAME, UNKNOWN = "baisse", "hausse", "sans changement", "sans valeur"

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


def years(territory: Territory, indicator: Indicator, communes: pd.DataFrame) -> list[int]:
    """Return the years at which an indicator is known, rising; none where there is but one."""
    known = sorted(map(int, values_by_year(territory, indicator.key, communes).columns))
    return known if len(known) > 1 else []


def changes(
    territory: Territory, indicator: Indicator, communes: pd.DataFrame, between: tuple[int, int]
) -> pd.DataFrame:
    """Return what changed in each commune between two years, the largest falls first.

    Parameters
    ----------
    territory
        The region.
    indicator
        One of `DATED_INDICATORS`.
    communes
        Columns code, name, departement_name, population.
    between
        The first and the last of two of `years`.

    Returns
    -------
    pandas.DataFrame
        code, name, departement_name, population, first, last, change (missing where either is),
        gps_first and gps_last where the indicator is one of GPs, way (`LOSS`, `GAIN`, `SAME` or
        `UNKNOWN`, as the map counts them).
    """
    values = values_by_year(territory, indicator.key, communes)
    first, last = (
        np.array(drawn_values(values[year], indicator.decimals, indicator.breaks), dtype=float)
        for year in between
    )
    change = last - first
    drawn = legend(indicator)
    still = drawn["unchanged"][1] if drawn else 0.0
    ways = [np.isnan(change), change < -still, change > still]
    counts = {}
    if indicator.key == "gps_per_1000":
        # The ratio divides by the inhabitants of today: a count is what was published.
        people = communes["population"].to_numpy(dtype=float) / 1000
        for name, year in zip(("gps_first", "gps_last"), between, strict=True):
            counts[name] = values[year].to_numpy(dtype=float) * people
    table = communes[["code", "name", "departement_name", "population"]].assign(
        **counts,
        first=first,
        last=last,
        change=change,
        way=np.select(ways, [UNKNOWN, LOSS, GAIN], SAME),
    )
    return table.sort_values(["change", "population"], ascending=[True, False], ignore_index=True)


def sentence(indicator: Indicator, table: pd.DataFrame, between: tuple[int, int]) -> str:
    """Return in one sentence what `changes` counts, over the communes that it knows."""
    count = table["way"].value_counts()
    unknown = int(count.get(UNKNOWN, 0))
    told = (
        f"{indicator.label}, de {between[0]} à {between[1]}, sur "
        f"{counted(len(table) - unknown, 'commune', 'communes')} : baisse dans "
        f"{number(count.get(LOSS, 0))}, hausse dans {number(count.get(GAIN, 0))}, sans changement "
        f"dans {number(count.get(SAME, 0))}"
    )
    if unknown:
        told += f" ; {number(unknown)} sans valeur pour l’une des deux années"
    return f"{told}."


def titled(indicator: Indicator, table: pd.DataFrame, between: tuple[int, int]) -> pd.DataFrame:
    """Return `changes` under French headings, what changed beside the name."""
    unit = f" ({indicator.unit})" if indicator.unit else ""
    shown = table.round(dict.fromkeys(("change", "first", "last"), indicator.decimals))
    told = {
        "Commune": shown["name"],
        f"Différence{unit}": shown["change"],
        f"{indicator.short}, {between[0]}": shown["first"],
        f"{indicator.short}, {between[1]}": shown["last"],
    }
    for year, name in zip(between, ("gps_first", "gps_last"), strict=True):
        if name in table:
            told[f"Médecins, {year}"] = table[name].round(1)
    told |= {
        "Habitants": shown["population"],
        "Département": shown["departement_name"],
        "Code INSEE": shown["code"],
    }
    return pd.DataFrame(told)
