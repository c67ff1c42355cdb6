"""Gauges of the GP zoning: population by zone against the regional ceilings, and what contradicts.

The zoning is legal data: nothing here re-zones. A change of zone is tried on a copy.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.access import zoning_units
from data.access.zoning_units import MIXED, NOT_ZONED
from data.base.french import counted, in_order, joined, number, percent
from data.region import france, rules
from data.region.table_names import ZONES
from data.region.territory import Territory
from geo import aggregation as ag
from geo.errors import InvalidInputError

CAPPED = ("ZIP", "ZAC")
"""Zones that have a ceiling, known or not."""

CEILINGS_REGION = "75"
"""The region whose ceilings `data.region.rules` holds, with all of France; others are not known."""


@dataclass(frozen=True)
class Ceilings:
    """Largest shares of the region's population in each zone (0 to 1), and who set them.

    A share of 0 is a ceiling that is not known.
    """

    zip_share: float = rules.ZIP_CEILING
    zac_share: float = rules.ZAC_CEILING
    source: str = "plafonds de la révision de 2021 pour la Nouvelle-Aquitaine"

    def __post_init__(self) -> None:
        """Refuse what is not a share.

        Raises
        ------
        InvalidInputError
            A ceiling below 0 or above 1.
        """
        for share in (self.zip_share, self.zac_share):
            if not 0 <= share <= 1:
                raise InvalidInputError(
                    "Un plafond est une part de la population, entre 0 et 100 % : corrigez-le."
                )

    def of(self, zone: str) -> float:
        """Return the ceiling of a zone; missing for zones that have none."""
        return {"ZIP": self.zip_share, "ZAC": self.zac_share}.get(zone, 0.0) or np.nan

    @classmethod
    def of_region(cls, region: str) -> "Ceilings":
        """Return the ceilings of a region; none (0) where they are not known, never another's."""
        if region == CEILINGS_REGION:
            return cls()
        if region == france.WHOLE:
            return cls(
                rules.ZIP_SHARE_OF_FRANCE,
                rules.ZAC_SHARE_OF_FRANCE,
                "plafonds de la révision de 2021 pour toute la France ; chaque région a les siens",
            )
        return cls(0.0, 0.0, "plafonds de cette région non connus : à saisir d’après sa révision")

    @property
    def year(self) -> str:
        """The year that their source names, "" where it names none."""
        found = re.search(r"\b20\d\d\b", self.source)
        return found[0] if found else ""

    @property
    def said(self) -> str:
        """The ceilings in French, with their source."""
        if not (self.zip_share or self.zac_share):
            return f"Plafonds : {self.source}."
        return (
            f"Plafonds : {percent(self.zip_share, 1)} de la population en ZIP, "
            f"{percent(self.zac_share, 1)} en ZAC ({self.source})."
        )


def gauges(communes: pd.DataFrame, ceilings: Ceilings) -> pd.DataFrame:
    """Return the population of each zone against its ceiling.

    A TVS astride two regions counts by the part of its population that lies in this one: only the
    communes of the region are summed.

    Parameters
    ----------
    communes
        `data.access.indicators.commune_indicators`: columns population and zone ("" not zoned).
    ceilings
        Ceilings of the region.

    Returns
    -------
    pandas.DataFrame
        One row per zone, then "non zoné"; columns zone, communes, population, share (of the
        region), ceiling, room (inhabitants left under the ceiling, negative above), over.
    """
    people = communes["population"]
    zone = communes["zone"].where(communes["zone"].isin(ZONES), NOT_ZONED)
    total = people.sum()
    table = pd.DataFrame({"zone": [*ZONES, NOT_ZONED]})
    table["communes"] = table["zone"].map(zone.value_counts()).fillna(0).astype(int)
    table["population"] = table["zone"].map(people.groupby(zone).sum()).fillna(0.0)
    table["share"] = table["population"] / total if total else np.nan
    table["ceiling"] = [ceilings.of(z) for z in table["zone"]]
    table["room"] = table["ceiling"] * total - table["population"]
    table["over"] = table["room"] < 0
    return table


def tvs_table(territory: Territory, communes: pd.DataFrame) -> pd.DataFrame:
    """Return the TVS of the region, sorted by code.

    Returns
    -------
    pandas.DataFrame
        tvs, tvs_name, zone ("mixte" when its communes differ), communes (count in the region),
        members (their names), population (in the region), population_all and share_inside (with
        its communes beyond the border, as far as the zoning table and the fringe tell), apl65
        (published; missing where it would tell somebody's age) and apl (computed): means weighted
        by population; without_room (inhabitants without room at 20 minutes, nearest first) and
        share_without_room (0 to 1).
    """
    zoned = communes[communes["tvs"] != ""]
    groups, people = zoned["tvs"], zoned["population"]
    by_tvs = zoned.groupby("tvs", sort=True)
    members: dict[str, list[str]] = {}
    ordered = zoned.sort_values("name", key=in_order, kind="stable")
    for tvs, name in zip(ordered["tvs"], ordered["name"], strict=True):
        members.setdefault(tvs, []).append(name)
    zones = zoned[["tvs", "zone"]].drop_duplicates().groupby("tvs").size()
    table = pd.DataFrame(
        {
            "tvs_name": by_tvs["tvs_name"].first(),
            "zone": by_tvs["zone"].first().where(zones == 1, MIXED),
            "communes": by_tvs.size(),
            "members": {tvs: ", ".join(names) for tvs, names in members.items()},
            "population": ag.sums(people, groups),
        }
    )
    beyond = territory.zoning[territory.zoning["part"] == "commune"].merge(
        territory.fringe[["code", "population"]], on="code"
    )
    outside = beyond.groupby("tvs")["population"].sum().reindex(table.index).fillna(0.0)
    table["population_all"] = table["population"] + outside
    table["share_inside"] = table["population"] / table["population_all"].where(
        table["population_all"] > 0
    )
    whole = zoned["apl65_tvs"].notna().groupby(groups).all()  # of both regions, where it is astride
    table["apl65"] = ag.weighted_means(zoned["apl65_tvs"], people, groups).where(whole)
    table["apl"] = ag.weighted_means(zoned["apl"], people, groups)
    table["without_room"] = ag.sums(zoned["without_room_nearest"], groups)
    table["share_without_room"] = table["without_room"] / table["population"].where(
        table["population"] > 0
    )
    return table.rename_axis("tvs").reset_index()


def ages_note(communes: pd.DataFrame) -> str:
    """Say in French of how many TVS the APL of 65 or less is not told; "" for none."""
    zoned = communes[(communes["tvs"] != "") & communes["share_near_retirement_year"].notna()]
    hidden = zoned["tvs"][zoned["apl65_tvs"].isna()].nunique()
    if not hidden:
        return ""
    told = counted(hidden, "territoire de vie-santé", "territoires de vie-santé")
    return (
        f"APL des 65 ans et moins non diffusée pour {told} : elle laisserait lire l’âge de moins "
        f"de {number(rules.LEAST_PUBLIC_GPS)} médecins."
    )


def with_changes(communes: pd.DataFrame, changes: Mapping[str, str]) -> pd.DataFrame:
    """Return a copy of the communes, some of them in another zone: a trial, no decision.

    Parameters
    ----------
    communes
        `data.access.indicators.commune_indicators`.
    changes
        Key of a TVS, of a commune or of a bassin de vie (`data.access.zoning_units`) to its zone
        tried.

    Raises
    ------
    InvalidInputError
        If a key or a zone does not exist.
    """
    if not changes:
        return communes.copy(deep=False)
    known = zoning_units.keys(communes)
    for key, zone in changes.items():
        if key not in known:
            raise InvalidInputError(f"Le territoire « {key} » n’est pas connu ici.")
        if zone not in ZONES:
            raise InvalidInputError(
                f"La zone « {zone} » n’existe pas : choisissez parmi {', '.join(ZONES)}."
            )
    tried = zoning_units.tried(communes, changes)
    return communes.assign(zone=communes["zone"].where(tried.isna(), tried))


def effect(communes: pd.DataFrame, changes: Mapping[str, str], ceilings: Ceilings) -> pd.DataFrame:
    """Return the gauges before and after a trial of zones.

    Returns
    -------
    pandas.DataFrame
        `gauges` after the change, with population_before, share_before and moved (difference of
        inhabitants).
    """
    before = gauges(communes, ceilings)
    after = gauges(with_changes(communes, changes), ceilings)
    return after.assign(
        population_before=before["population"],
        share_before=before["share"],
        moved=after["population"] - before["population"],
    )


def contradictions(communes: pd.DataFrame) -> pd.DataFrame:
    """Return the communes whose APL contradicts their zone: to be looked at, never re-zoned.

    The method of 2017 looks at the APL of GPs aged 65 or less, by TVS: a commune alone may well
    differ from its TVS. Where that APL is not known, or may not be told of a commune alone, the one
    computed here is used, and named.

    Returns
    -------
    pandas.DataFrame
        code, name, tvs, tvs_name, zone, population, apl, series, share_without_room (0 to 1) and
        reason (French), the most populated first.
    """
    published = communes["apl65_published"]
    value = published.where(published.notna(), communes["apl"])
    years = communes["apl_published_year"]
    year = years.map({one: "" if np.isnan(one) else f" {one:.0f}" for one in years.unique()})
    series = ("APL" + year + " publiée, 65 ans et moins").where(
        published.notna(), "APL calculée, tous âges"
    )
    low, high = value <= rules.ZIP_APL, value > rules.FAIR_APL
    outside = communes["zone"].isin(("ZV", "HZ"))
    inside = communes["zone"].isin(("ZIP", "ZAC"))
    reason = pd.Series("", index=communes.index)
    strained = f"APL de {number(rules.ZIP_APL, 1)} ou moins"
    reason = reason.mask(low & outside, f"{strained}, hors ZIP et ZAC")
    reason = reason.mask(low & (communes["zone"] == "ZAC"), f"{strained}, en ZAC et non en ZIP")
    reason = reason.mask(high & inside, f"APL de plus de {number(rules.FAIR_APL)}, en ZIP ou ZAC")
    table = communes[["code", "name", "tvs", "tvs_name", "zone", "population"]].assign(
        apl=value,
        series=series,
        share_without_room=communes["share_without_room"],
        reason=reason,
    )
    return table[reason != ""].sort_values(
        ["population", "code"], ascending=[False, True], ignore_index=True
    )


def years_told(territory: Territory, communes: pd.DataFrame) -> str:
    """Say in French of which years the APL and the zones of `contradictions` are.

    A zone set after an APL was measured may rest on a later one: what looks like a contradiction
    may then be none, and it is said. "" where nothing contradicts.

    Parameters
    ----------
    territory, communes
        The region and its indicators.
    """
    table = contradictions(communes)
    if table.empty:
        return ""
    here = communes[communes["code"].isin(table["code"])]
    published = set(here.loc[here["apl65_published"].notna(), "apl_published_year"].dropna())
    known = [f"publiée de {joined([f'{year:.0f}' for year in sorted(published)])}"] * bool(
        published
    )
    counts = territory.provenance.get("gps")
    if here["apl65_published"].isna().any() and counts is not None:
        known.append(f"calculée sur les médecins de {counts.vintage_told}")
        published |= {float(counts.year)} if counts.year else set()
    zoning = territory.provenance.get("zoning")
    years = {int(day[:4]) for day in here["zone_decree"] if day}
    if not years and zoning is not None and zoning.year:
        years = {zoning.year}
    told = f"APL {' ou '.join(known)}" if known else "APL d’une année non connue"
    if zoning is not None and zoning.simulated:
        return f"{told} ; zones simulées : elles ne contredisent rien de réel."
    if not years:
        return (
            f"{told} ; année des zones non indiquée dans le fichier : l’écart entre les deux n’est "
            "pas connu, et une zone fixée depuis a pu l’être sur une APL plus récente."
        )
    first, last = min(years), max(years)
    of = f"zones de {first}" if first == last else f"zones de {first} à {last}"
    later = last - int(min(published, default=last))
    if later <= 0:
        return f"{told} ; {of}."
    return (
        f"{told} ; {of}, jusqu’à {counted(later, 'an', 'ans')} après : elles ont pu être fixées "
        "sur une APL plus récente."
    )
