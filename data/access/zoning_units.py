"""What a trial of zones moves: TVS, the unit of the law, or communes where those are not known."""

from collections.abc import Mapping

import pandas as pd

from data.base.french import counted, joined, of
from data.region.table_names import ZONES

COMMUNE, LIVING_AREA = "COM", "BV"
"""Before the code of a commune, or of a bassin de vie, in the key of what is moved."""
MIXED = "mixte"
NOT_ZONED = "non zoné"
_MOST_APART = 3
"""Communes tried apart that are named beside their bassin de vie; more are counted."""


def tells_territories(communes: pd.DataFrame) -> bool:
    """Tell whether the TVS of communes are known, some at least."""
    return bool((communes["tvs"] != "").any())


def keys(communes: pd.DataFrame) -> set[str]:
    """Return the keys of what a trial may move in a region; see `units`."""
    if tells_territories(communes):
        return set(communes["tvs"].tolist()) - {""}
    areas = set(communes["bassin_de_vie"].tolist()) - {""}
    return {COMMUNE + code for code in communes["code"]} | {LIVING_AREA + one for one in areas}


def units(communes: pd.DataFrame) -> pd.DataFrame:
    """Return what a trial may move in a region.

    Parameters
    ----------
    communes
        `data.access.indicators.commune_indicators`, zones in force.

    Returns
    -------
    pandas.DataFrame
        Indexed by key (a TVS by its code); name, zone ("mixte" when its communes differ, "non
        zoné"), zone_told (each zone with its communes where it is mixed), communes (count) and
        population. The TVS where they are known; else the bassins de vie of INSEE, which they are
        made of, then the communes: bassins in the alphabet, communes in the order of the table.
    """
    if tells_territories(communes):
        known = communes[communes["tvs"] != ""]
        return _grouped(known, known["tvs"], known["tvs_name"])
    named = communes[communes["bassin_de_vie"] != ""]
    titles = "Bassin de vie " + named["bassin_de_vie_name"].map(of)
    areas = _grouped(named, LIVING_AREA + named["bassin_de_vie"], titles).sort_values("name")
    own = communes["zone"].where(communes["zone"] != "", NOT_ZONED)
    alone = pd.DataFrame(
        {
            "name": communes["name"] + " (" + communes["departement"] + ")",
            "zone": own,
            "zone_told": own,
            "communes": 1,
            "population": communes["population"],
        }
    )
    return pd.concat([areas, alone.set_axis(COMMUNE + communes["code"])])


def _grouped(communes: pd.DataFrame, by: pd.Series, names: pd.Series) -> pd.DataFrame:
    """Return groups of communes, each with its zone, or its zones where they differ."""
    zone = communes["zone"].where(communes["zone"] != "", NOT_ZONED)
    counts = pd.crosstab(by, zone)
    mixed = (counts > 0).sum(axis=1) > 1
    of_all = zone.groupby(by).first()
    told = of_all.copy()
    for key in counts.index[mixed]:
        told[key] = ", ".join(
            f"{one} ({counted(counts.loc[key, one], 'commune', 'communes')})"
            for one in (*ZONES, NOT_ZONED)
            if one in counts and counts.loc[key, one]
        )
    return pd.DataFrame(
        {
            "name": names.groupby(by).first(),
            "zone": of_all.mask(mixed, MIXED),
            "zone_told": told,
            "communes": zone.groupby(by).size(),
            "population": communes["population"].groupby(by).sum(),
        }
    )


def tried(communes: pd.DataFrame, changes: Mapping[str, str]) -> pd.Series:
    """Return the zone tried in each commune, missing where none is.

    What is tried of a commune itself prevails over what is tried of its bassin de vie.
    """
    asked = dict(changes)
    if tells_territories(communes):
        return communes["tvs"].map(asked)
    own = (COMMUNE + communes["code"]).map(asked)
    return own.where(own.notna(), (LIVING_AREA + communes["bassin_de_vie"]).map(asked))


def moved(communes: pd.DataFrame, changes: Mapping[str, str]) -> pd.DataFrame:
    """Return what a trial moves, in its order: the rows of `units`, no commune counted twice.

    A bassin de vie is counted, and named, without its communes that are tried apart.
    """
    found = units(communes).loc[list(changes)]
    if tells_territories(communes):
        return found
    apart = communes[(COMMUNE + communes["code"]).isin(changes)]
    left = units(communes.drop(apart.index))
    named = found["name"].to_dict()
    for area, names in apart.groupby("bassin_de_vie")["name"]:
        key = f"{LIVING_AREA}{area}"
        if key not in changes:
            continue
        many = len(names) > _MOST_APART
        without = f"{len(names)} communes essayées à part" if many else joined(list(names))
        named[key] += f", sauf {without}"
        if key in left.index:
            found.loc[key] = left.loc[key]
        else:
            found.loc[key, ["communes", "population"]] = 0
    return found.assign(name=pd.Series(named))


def key_at(communes: pd.DataFrame, code: str) -> str:
    """Return the key of what a click on a commune moves, "" where nothing is known of it."""
    found = communes.loc[communes["code"] == code, "tvs"]
    if not len(found):
        return ""
    return str(found.iloc[0]) if tells_territories(communes) else f"{COMMUNE}{code}"
