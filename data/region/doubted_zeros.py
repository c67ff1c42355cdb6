"""Zeros of the counts of a region that are doubted: left out of its tables, and told."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

import pandas as pd

from data.base.codes import departement
from data.region import falls
from data.region.falls import Confirmation, Uncounted, Zero
from data.region.newest_counts import years_of
from data.region.territory import Provenance

_COUNTS = ("gps", "gp_history")


@dataclass(frozen=True)
class Judged:
    """Counts of a region once their zeros are judged.

    Attributes
    ----------
    tables
        Of `gps` and `gp_history`, those of which something is left out.
    provenance
        Of both, those of which something is said.
    zeros
        All that is to check, then what was confirmed.
    uncounted
        Years that did not count a département: their zeros are left out too.
    """

    tables: Mapping[str, pd.DataFrame]
    provenance: Mapping[str, Provenance]
    zeros: tuple[Zero, ...]
    uncounted: tuple[Uncounted, ...]


def judged(
    tables: Mapping[str, pd.DataFrame],
    provenance: Mapping[str, Provenance],
    names: Mapping[str, str],
    confirmed: Mapping[tuple[str, int], Confirmation],
) -> Judged:
    """Leave imported counts that fell from many to none out, but those that are confirmed.

    Parameters
    ----------
    tables, provenance
        Of a region, by key.
    names
        Code to name, of the region and its fringe.
    confirmed
        Zeros known to be true, by code and year.
    """
    real = {
        key: tables[key] for key in _COUNTS if key in provenance and not provenance[key].simulated
    }
    if "gps" in real:
        years = years_of(provenance["gps"], real["gps"]["code"])
        real["gps"] = real["gps"].assign(year=years)
    every = falls.of_tables(real.get("gp_history"), real.get("gps"))
    doubted = falls.of_tables(real.get("gp_history"), real.get("gps"), confirmed)
    to_check = [Zero(one, names.get(one.code, "")) for one in doubted]
    told_apart = {(departement(one.code), one.year) for one in doubted}
    blanks = [
        one
        for one in falls.uncounted(real.get("gp_history"), real.get("gps"), confirmed)
        if (one.departement, one.year) not in told_apart
    ]
    believed = [
        Zero(one, names.get(one.code, ""), confirmed[one.code, one.year])
        for one in every
        if (one.code, one.year) in confirmed
    ]
    counts = real.get("gps", pd.DataFrame(columns=["code", "year"]))
    now = set(zip(counts["code"], counts["year"], strict=True))
    left: dict[str, pd.DataFrame] = {}
    told: dict[str, Provenance] = {}
    for key, table in real.items():
        kept = _counted(falls.without(table, doubted), blanks)
        if len(kept) < len(table):
            left[key] = kept[tables[key].columns]
        mine = [_told(key, some, now) for some in (to_check, believed)]
        measured = {int(year) for year in table["year"].dropna().unique()}
        mine[0] += tuple(one.told for one in blanks if one.year in measured)
        if any(mine):
            told[key] = replace(provenance[key], to_check=mine[0], confirmed=mine[1])
    return Judged(left, told, (*to_check, *believed), tuple(blanks))


def _counted(table: pd.DataFrame, blanks: Iterable[Uncounted]) -> pd.DataFrame:
    """Return counts without the départements and years that were not counted."""
    away = {(one.departement, one.year) for one in blanks}
    places = zip(table["code"].map(departement), table["year"], strict=True)
    return table[[place not in away for place in places]].reset_index(drop=True)


def _told(key: str, zeros: Iterable[Zero], now: Collection[tuple[str, int]]) -> tuple[str, ...]:
    """Return what is said of the zeros beside one table: those of its year beside the counts.

    `now` holds the communes of the counts, each with its year.
    """
    return tuple(
        zero.told for zero in zeros if ((zero.fall.code, zero.fall.year) in now) == (key == "gps")
    )
