"""What may leave the planner's desk: the one place that figures, sentences, PDF and exports ask.

A forecast on a commune with a doctor or two points at a person. So nothing is told of a commune
under five GPs (`rules.LEAST_PUBLIC_GPS`), neither by itself nor by difference. All that is told
outside the planner's desk, at every level and in every form, comes from one table (`public_table`):
the small communes of a region in disjoint sets of at least five GPs and nine communes, each with a
rounded share that never says "none" nor "all". A larger territory says what the sets that it
touches say and no more, so that no two figures give a third. Sets are made from places and counts
of GPs alone: they tell nothing of the risk. Sets change when counts do; so that two states of the
data give no third figure either, sets are cut from one tree that counts have no part in
(`data.region.set_tree`) and shares are rounded at random (`data.region.random_rounding`).

Ask `public_table` for figures, `sentence` for words, `may_tell_class` for one commune, `count` for
a number of professionals.
"""

import math
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache

import pandas as pd

from data.base.french import counted, joined, number
from data.region import random_rounding, set_tree
from data.region.rules import LEAST_PUBLIC_GPS
from data.region.set_tree import Wanted
from data.region.territory import Territory

LEAST_COMMUNES = 3
"""Small communes of a set: with two, who knows one knows the other."""
LEAST_COMMUNES_OF_A_SHARE = 9
"""Small communes whose share of risk is told: rounded to two communes, it still says something."""
SUPPRESSED = "NS"
"""Not significant: what stands in the place of a count of professionals that is not told."""
MASKED = "Relève : non diffusée (moins de cinq médecins, ou ensemble trop petit pour en parler)."
NOT_TOLD = "non diffusé"
"""What stands in place of a figure that is known and may not be told."""
AGES_MASKED = "Non diffusé : moins de cinq médecins connus à 20 minutes."
WORKING_PAPER = (
    "Document de travail du planificateur, à ne pas diffuser par commune : une commune à un seul "
    "médecin désigne une personne."
)
"""What every file and print says that holds what a planner sees of one commune."""
_MANY_TENTHS = 5


@dataclass(frozen=True)
class PublicSet:
    """Small communes that are spoken of together.

    Attributes
    ----------
    key
        Code of the set: that of the EPCI with most of its GPs.
    name
        In French, the two EPCI with most of its GPs and how many others; the set is a part of them.
    codes
        INSEE codes of its communes, sorted.
    gps
        Their GPs.
    """

    key: str
    name: str
    codes: tuple[str, ...]
    gps: float


def may_tell_class(gps: float) -> bool:
    """Tell whether the risk class of one commune with so many GPs may be public."""
    return gps >= LEAST_PUBLIC_GPS


def may_tell_leaving(gps: float, leaving: float) -> bool:
    """Tell whether so many who leave a commune may be public: five GPs or more would stay."""
    return gps - leaving >= LEAST_PUBLIC_GPS


def with_ages_of_many(communes: pd.DataFrame) -> pd.DataFrame:
    """Return communes without what is published of ages where it would be the age of somebody.

    Fewer than five GPs are known within 20 minutes: on an island, the share near retirement is that
    of its only doctor, and so is the difference of the two APL that the DREES publishes. Whatever
    is made of communes afterwards (an EPCI, a département) is made of what is told: no difference
    gives the commune left out.

    The law alone weighs all communes, over a territoire de vie-santé: its value comes along, where
    what is not told in it is that of several doctors. These are the one partition told so, so that
    no two of them differ by a commune.

    Parameters
    ----------
    communes
        Columns region, tvs, population, gps, gps_within_20 (those that are known),
        share_near_retirement, share_near_retirement_year, apl65_published.

    Returns
    -------
    pandas.DataFrame
        With share_near_retirement and apl65_published missing where they are not told, and
        apl65_tvs: of the communes of its TVS in its region. Without a share_near_retirement_year
        where nothing is published: nothing is hidden there.
    """
    many = ages_of_many(communes)
    published = communes["share_near_retirement"].notna()
    return communes.assign(
        share_near_retirement_year=communes["share_near_retirement_year"].where(published),
        share_near_retirement=communes["share_near_retirement"].where(many),
        apl65_tvs=_apl65_of_tvs(communes, many),
        apl65_published=communes["apl65_published"].where(many),
    )


def ages_of_many(communes: pd.DataFrame) -> pd.Series:
    """Tell of each commune whether what is published of ages there is of five GPs or more."""
    return communes["gps_within_20"] >= LEAST_PUBLIC_GPS


def _apl65_of_tvs(communes: pd.DataFrame, many: pd.Series) -> pd.Series:
    """Return the APL of 65 or less of the TVS of each commune, missing where it would tell an age.

    By region too: France then says of a TVS astride two what each of them says.
    """
    parts = [communes["tvs"], communes["region"]]
    published = communes["apl65_published"]
    people = communes["population"].where(published.notna()).astype(float)
    weighed = (published * people).groupby(parts).transform("sum")
    hidden = published.notna() & ~many
    gps = communes["gps"].where(hidden, 0.0).fillna(0.0).groupby(parts).transform("sum")
    size = hidden.groupby(parts).transform("sum")
    several = (size == 0) | ((size >= LEAST_COMMUNES) & (gps >= LEAST_PUBLIC_GPS))
    below = people.groupby(parts).transform("sum")
    told = several & (below > 0) & (communes["tvs"] != "")
    return (weighed / below.where(below > 0)).where(told)


def ages_masked(communes: pd.DataFrame) -> bool:
    """Tell whether what is published of the ages of GPs in a territory may not be told."""
    known = communes["share_near_retirement_year"].notna()
    return bool(known.any() and communes["share_near_retirement"].isna().all())


def age_masked(territory: pd.Series) -> bool:
    """Tell it of a territory by its own row: a share published, of a year, and not told."""
    share, year = (
        territory.get(one) for one in ("share_near_retirement", "share_near_retirement_year")
    )
    return bool(pd.isna(share) and pd.notna(year))


def may_tell_load(communes: pd.DataFrame, level: str) -> bool:
    """Tell whether the inhabitants per GP of a territory may be public.

    Those of a commune with few GPs are close to the list of one doctor. So a commune is told from
    five GPs on; a département or a region only where its smaller communes cannot be had by taking
    the told ones away; no other level, as two that overlap differ by a commune.

    Parameters
    ----------
    communes
        Columns departement, gps; the communes of the territory.
    level
        One of `data.access.indicators.LEVELS`.
    """
    if level == "commune":
        return bool(may_tell_class(float(communes["gps"].sum())))
    if level not in {"departement", "region"}:
        return False
    small = communes[(communes["gps"] > 0) & (communes["gps"] < LEAST_PUBLIC_GPS)]
    hidden = small.groupby("departement")["gps"].agg(["size", "sum"])
    told = (hidden["size"] >= LEAST_COMMUNES) & (hidden["sum"] >= LEAST_PUBLIC_GPS)
    return bool(told.all())


def public_load(communes: pd.DataFrame) -> pd.DataFrame:
    """Return indicators of communes, inhabitants per GP missing where they are not told."""
    told = communes["gps"] >= LEAST_PUBLIC_GPS
    return communes.assign(load_per_gp=communes["load_per_gp"].where(told))


def count(professionals: float) -> str:
    """Return a count of professionals of a restricted extract as a public view writes it."""
    hidden = 0 < professionals < LEAST_PUBLIC_GPS
    return SUPPRESSED if hidden else number(professionals)


@lru_cache(maxsize=8)
def public_sets(territory: Territory) -> tuple[PublicSet, ...]:
    """Return the sets of a territory; see `sets_of`."""
    communes = pd.DataFrame(
        territory.communes[["code", "region", "epci", "epci_name", "lon", "lat"]]
    )
    return sets_of(communes.assign(gps=gps_of(territory, communes["code"])))


def gps_of(territory: Territory, codes: pd.Series) -> pd.Series:
    """Return the GPs of communes; 0 where they are not known."""
    return codes.map(territory.gps.set_index("code")["gps"]).fillna(0.0).astype(float)


def sets_of(communes: pd.DataFrame) -> tuple[PublicSet, ...]:
    """Group the communes with some GPs, but fewer than five, until each set may be told.

    They are made of whole EPCI, within one region so that a region and all of France say the same,
    and hold five GPs and nine communes; see `data.region.set_tree`.

    Parameters
    ----------
    communes
        All communes of the regions: code, region, epci, epci_name, lon, lat (degrees, WGS84), gps;
        one row each, indexed apart.

    Returns
    -------
    tuple of PublicSet
        Disjoint; empty where a region has too few small communes.
    """
    small = (communes["gps"] > 0) & (communes["gps"] < LEAST_PUBLIC_GPS)
    return _sets_by_region(communes, small, Wanted(LEAST_PUBLIC_GPS, LEAST_COMMUNES_OF_A_SHARE))


@lru_cache(maxsize=8)
def sets_with(territory: Territory, moving: float) -> tuple[PublicSet, ...]:
    """Return sets of all communes with GPs, where so many who leave hide among five who stay.

    Made from places, public counts and the number that leaves: which communes they leave has no
    part in it. Sets of other numbers, or of other counts, are nested or apart: two views of one
    project, with one more who moves or after an import, have no smaller set in common.

    Parameters
    ----------
    territory
        The region.
    moving
        GPs supposed to leave, wherever they are.
    """
    communes = pd.DataFrame(
        territory.communes[["code", "region", "epci", "epci_name", "lon", "lat"]]
    )
    return sets_among(communes.assign(gps=gps_of(territory, communes["code"])), moving)


def sets_among(communes: pd.DataFrame, moving: float) -> tuple[PublicSet, ...]:
    """Return sets of the communes with GPs that hold five GPs more than so many.

    Parameters
    ----------
    communes
        As for `sets_of`.
    moving
        GPs supposed to leave.
    """
    wanted = Wanted(LEAST_PUBLIC_GPS + moving, LEAST_COMMUNES)
    return _sets_by_region(communes, communes["gps"] > 0, wanted)


def _sets_by_region(
    communes: pd.DataFrame, counting: pd.Series, wanted: Wanted
) -> tuple[PublicSet, ...]:
    communes = communes.sort_values("code")
    found: list[PublicSet] = []
    for _, here in communes.groupby("region", sort=True):
        grouped = counting.loc[here.index].to_numpy(dtype=bool)
        found += [_described(here.iloc[own]) for own in set_tree.cut(here, grouped, wanted)]
    return tuple(found)


def _described(members: pd.DataFrame) -> PublicSet:
    weights = members.groupby(["epci", "epci_name"])["gps"].sum().sort_values(ascending=False)
    keys = [str(epci) for epci, _ in weights.index if epci]
    names = [str(name) for _, name in weights.index if name]
    more = [counted(len(names) - 2, "autre EPCI", "autres EPCI")] if len(names) > 2 else []
    shown = joined([*names[:2], *more])
    codes = tuple(sorted(members["code"]))
    return PublicSet(
        keys[0] if keys else codes[0],
        shown or "communes sans EPCI",
        codes,
        float(members["gps"].sum()),
    )


def tenths(flagged: int, total: int) -> int:
    """Return a share in tenths, from 1 to 9: "none" and "all" read as the numbers beside them.

    Examples
    --------
    >>> tenths(0, 3), tenths(1, 3), tenths(3, 3), tenths(5, 10)
    (3, 3, 7, 5)
    """
    shown = min(max(flagged, 1), total - 1)
    return min(9, max(1, math.floor(10 * shown / total + 0.5)))


def told_share(flagged: Collection[str], codes: Collection[str], secret: bytes) -> int:
    """Return the share of some communes that is flagged as all may read it, in tenths, 1 to 9.

    Parameters
    ----------
    flagged, codes
        INSEE codes of those flagged, and of all.
    secret
        Key of the rounding (`data.region.random_rounding.key`).
    """
    return tenths(random_rounding.rounded(flagged, codes, secret), len(codes))


def public_table(
    territory: Territory, flagged: Collection[str], apart: Collection[str] = ()
) -> pd.DataFrame:
    """Return all that may be told of the risk of small communes, at any level and in any form.

    Parameters
    ----------
    territory
        The region, or all of France.
    flagged
        Codes of the communes of which something is foretold (a class, a state).
    apart
        Codes of those that are counted apart, flagged or not before a newer register showed them.

    Returns
    -------
    pandas.DataFrame
        key, name, codes (tuple), communes, gps, tenths: see `told_share`.
    """
    told, away, secret = frozenset(flagged), frozenset(apart), random_rounding.key()
    sets = public_sets(territory)
    return pd.DataFrame(
        {
            "key": [one.key for one in sets],
            "name": [one.name for one in sets],
            "codes": [one.codes for one in sets],
            "communes": [len(one.codes) for one in sets],
            "gps": [one.gps for one in sets],
            "tenths": [
                told_share(
                    told, one.codes, random_rounding.beside(secret, away.intersection(one.codes))
                )
                for one in sets
            ],
        }
    )


def sentence(table: pd.DataFrame, codes: Collection[str]) -> str:
    """Return what may be told of a territory: a function of the public table and of nothing else.

    Parameters
    ----------
    table
        `public_table`, of the communes in risk class "élevé" or "très élevé".
    codes
        The communes of the territory.
    """
    members = frozenset(codes)
    touched = table[[not members.isdisjoint(own) for own in table["codes"]]]
    if touched.empty:
        return MASKED
    least = number(LEAST_PUBLIC_GPS)
    if len(touched) == 1:
        row = touched.iloc[0]
        share = int(row["tenths"])
        return (
            f"Relève non assurée : risque élevé ou très élevé dans environ "
            f"{number(share)} {'commune' if share == 1 else 'communes'} sur 10, parmi les "
            f"{number(row['communes'])} communes de moins de {least} médecins d’un ensemble "
            f"pris dans « {row['name']} », à deux communes près, seul échelon diffusé."
        )
    many = int((touched["tenths"] >= _MANY_TENTHS).sum())
    verb = "compte" if many == 1 else "comptent"
    told = "aucun ne compte" if many == 0 else f"{number(many)} {verb}"
    return (
        f"Relève non assurée : sur les {number(len(touched))} ensembles de communes de moins de "
        f"{least} médecins que touche ce territoire, {told} environ {number(_MANY_TENTHS)} "
        "communes sur 10 ou plus en risque élevé ou très élevé, à deux communes près (seul échelon "
        "diffusé)."
    )
