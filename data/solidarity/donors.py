"""Who lends, as anyone may know it: one grouping for tables, map, PDF, letter and effects.

A plan places each volunteer in a commune. Nobody may learn of fewer than five of them where they
are (`rules.LEAST_PUBLIC_GPS`): not from one figure, nor from two together. So all that is told of
donors comes from one partition of the communes, made once for a plan (`donor_groups`). A group is
told where it holds five volunteers and five doctors more who could have helped and do not, so that
"all of them" is never said; what is left holds as many, or takes in the smallest of the others.

What the donors' patients lose is computed as if each group shared its half-days out among those of
its doctors who could give (`shared`): the commune whose APL falls most says nothing of who goes.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from data.access.indicators import commune_indicators
from data.region import embedded_set
from data.region.rules import LEAST_PUBLIC_GPS
from data.region.territory import Territory
from data.solidarity.help import Help
from data.solidarity.hiding import exposed

Floats = npt.NDArray[np.float64]

OTHERS = "autres EPCI, non distingués"
NO_EPCI = "hors EPCI"
NEAR_MINUTES = 5.0
"""A doctor so much farther from a site takes 1/e of the part of another: choix de ProxiSoins, near
to what plans do (people whose APL falls within 15 %, counts of 2017, 39 volunteers)."""
_KEPT = 8


@dataclass(frozen=True, eq=False)
class DonorGroups:
    """The partition of the donors of a plan.

    Attributes
    ----------
    of
        Group of each commune of the region, in its order: a name told alone or `OTHERS`; "" where
        nothing may be told of any donor.
    table
        group, volunteers, able (doctors who could give on these terms), lent (half-days a month):
        one row per group told, the most volunteers first, `OTHERS` last; empty where none is.
    """

    of: pd.Series
    table: pd.DataFrame


@lru_cache(maxsize=_KEPT)
def donor_groups(territory: Territory, found: Help) -> DonorGroups:
    """Return the one partition that all figures on donors follow.

    An EPCI whose volunteers hide each other stands alone; the other EPCI of a département stand
    together where they do; the rest is `OTHERS`. A group joins the rest where what host sites
    receive of it would tell who goes (`data.solidarity.hiding`); where the rest does not hide its
    volunteers, the smallest groups join it until it does; where even all donors together do not,
    none is told.
    """
    communes = commune_indicators(territory)
    count = len(communes)
    known = embedded_set.departement_names(territory.region)
    departements = communes["departement"].map(known).fillna(communes["departement"])
    members = pd.DataFrame(
        {
            "epci": communes["epci_name"].replace("", np.nan).to_numpy(dtype=object),
            "rest": ("autres EPCI, " + departements.astype(str)).to_numpy(),
            "volunteers": found.volunteers[:count],
            "able": found.able[:count],
            "lent": found.taken[:count],
        }
    )
    group = _nameable(members, members["epci"])
    left = members[group == ""]
    group.loc[left.index] = _nameable(left, left["rest"])
    while True:
        seen = _exposed(found, group)
        if seen - {""}:
            group = group.where(~group.isin(seen - {""}), "")
            continue
        if not seen and _hidden(members[group == ""]):
            break
        sums = members[group != ""].groupby(group[group != ""])["volunteers"].sum()
        if sums.empty:
            return DonorGroups(pd.Series("", index=members.index), _table(members, group).iloc[:0])
        smallest = min(sums.index, key=lambda name: (sums[name], name))
        group = group.where(group != smallest, "")
    group = group.where(group != "", OTHERS)
    return DonorGroups(group, _table(members, group))


def shared(territory: Territory, found: Help) -> Floats:
    """Return the half-days a month that each place would lend if its group shared them out.

    What each host site receives is shared among the doctors who could go there, the nearest more
    (`NEAR_MINUTES`), then brought to what each group lends. All of it is public but the sums by
    group: whoever goes in a group, the answer is the same.

    Returns
    -------
    numpy.ndarray
        Half-days a month, shape (places,); sums by group are those of the plan.
    """
    group = donor_groups(territory, found).of
    count = len(group)
    likely = pd.Series(_likely(found)[:count])
    lent = pd.Series(found.taken[:count]).groupby(group).transform("sum")
    held = likely.groupby(group).transform("sum")
    most = pd.Series(found.terms.ceiling * found.able[:count])
    even = (lent * likely / held.where(held > 0, np.inf)).clip(upper=most)
    # What is above the ceiling of some falls to the others, as far as theirs allow.
    left = lent - even.groupby(group).transform("sum")
    spare = most - even
    room = spare.groupby(group).transform("sum")
    out = np.zeros_like(found.taken)
    out[:count] = even + left * spare / room.where(room > 0, np.inf)
    return out


def _likely(found: Help) -> Floats:
    """Return what each place would lend by what is public alone, shape (places,)."""
    if found.roads is None:  # lodged: no road is nearer
        return found.able
    origin, host = (found.roads[name].to_numpy(dtype=np.int64) for name in ("origin", "host"))
    near = np.exp(-found.roads["minutes"].to_numpy(dtype=np.float64) / NEAR_MINUTES)
    weight = found.able[origin] * near
    around = np.bincount(host, weight, found.given.size)[host]
    part = np.divide(
        weight * found.given[host], around, out=np.zeros_like(weight), where=around > 0
    )
    return np.bincount(origin, part, found.able.size).astype(np.float64)


def _nameable(members: pd.DataFrame, names: pd.Series) -> pd.Series:
    """Return the name of each commune whose group may be told alone, "" for the others."""
    sums = members.groupby(names)[["volunteers", "able"]].sum()
    kept = sums.index[_enough(sums)]
    return names.where(names.isin(kept), "").astype(object)


def _enough(sums: pd.DataFrame) -> pd.Series:
    idle = sums["able"] - sums["volunteers"]
    return (sums["volunteers"] >= LEAST_PUBLIC_GPS) & (idle >= LEAST_PUBLIC_GPS)


def _exposed(found: Help, group: pd.Series) -> set[str]:
    """Return the groups ("" for the rest) that tell, with what sites receive, who goes."""
    if found.roads is None:
        return set()
    of = group.to_numpy(dtype=object)
    return {
        name for name, _ in exposed(found.trips, found.roads, found.able, found.terms.ceiling, of)
    }


def _hidden(rest: pd.DataFrame) -> bool:
    """Tell whether what is left, told by difference, holds nobody or hides whom it holds."""
    sums = rest[["volunteers", "able"]].sum()
    return sums["volunteers"] == 0 or bool(_enough(sums.to_frame().T).iloc[0])


def _table(members: pd.DataFrame, group: pd.Series) -> pd.DataFrame:
    sums = members.groupby(group)[["volunteers", "able", "lent"]].sum()
    sums = sums[sums["volunteers"] > 0].rename_axis("group").reset_index()
    last = (sums["group"] == OTHERS).rename("last")
    order = sums.assign(last=last).sort_values(
        ["last", "volunteers", "group"], ascending=[True, False, True], ignore_index=True
    )
    return order.drop(columns="last").astype({"volunteers": np.int64})
