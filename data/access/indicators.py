"""Indicators of a region's communes, and of the territories they make up."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from data.access import inputs, room, unknown_supply
from data.access import people as residents
from data.access.inputs import KNOWN_SHARE, coordinates, gp_pairs, places, supplied_acts
from data.access.people import counted_within
from data.base.french import joined
from data.base.table_cache import cached_table, digest
from data.region import embedded_set, france, privacy
from data.region.rules import HUBERT_MINUTES, LABEL_MINUTES
from data.region.table_names import ZONES
from data.region.territory import Territory
from geo import access as ga
from geo import aggregation as ag
from geo.errors import InvalidInputError
from geo.travel_time import RINGS_MINUTES

LABEL_RINGS_MINUTES = (HUBERT_MINUTES, LABEL_MINUTES)
"""Rings of labelled structures."""

LEVELS = MappingProxyType(
    {
        "commune": ("code", "name"),
        "epci": ("epci", "epci_name"),
        "tvs": ("tvs", "tvs_name"),
        "bassin_de_vie": ("bassin_de_vie", "bassin_de_vie_name"),
        "cpts": ("cpts", "cpts_name"),
        "departement": ("departement", "departement_name"),
        "region": ("region", "region_name"),
    }
)
"""Levels of territory: columns of the code and of the name in the commune table."""

BEST: Mapping[str, Literal["high", "low"]] = MappingProxyType(
    {
        "share_without_room": "low",
        "minutes_to_nearest_gp": "low",
        "minutes_to_third_gp": "low",
        "share_beyond_20": "low",
        "apl": "high",
        "apl_published": "high",
        "gps_per_1000": "high",
        "share_near_retirement": "low",
        "minutes_to_labelled_structure": "low",
    }
)
"""Indicators that are compared, and which end is the better one."""

_SUMMED = (
    "population",
    "gps",
    *(f"population_within_{ring:.0f}" for ring in RINGS_MINUTES),
    "population_beyond_20",
    "without_room_bound",
    "without_room_nearest",
    "population_single_gp",
    *(f"population_labelled_within_{ring:.0f}" for ring in LABEL_RINGS_MINUTES),
)
_AVERAGED = (
    "minutes_to_nearest_gp",
    "minutes_to_third_gp",
    "minutes_to_labelled_structure",
    "inhabitants_per_gp",
    "gps_within_20_per_1000",
    "apl",
    "apl_e2sfca",
    "apl_published",
    "apl65_published",
    "share_over_75",
    "share_over_65",
    "share_over_80",
)


def commune_indicators(territory: Territory) -> pd.DataFrame:
    """Return the indicators of every commune, in the order of `territory.communes`.

    Demand and supply of the fringe count, so that the border of the region is no edge. What is
    not known is missing, never 0.

    Returns
    -------
    pandas.DataFrame
        code, name, departement(+_name), region(+_name), epci(+_name), population, gps,
        gps_per_1000; minutes_to_nearest_gp (0 where the commune has a GP; missing without a way),
        nearest_gp_commune, nearest_gp_commune_name; population_within_10, _20, _30 (inhabitants
        of the commune if its nearest GP lies within), population_beyond_20, share_beyond_20;
        apl (weights drees_2015 on estimated times, see `data.access.inputs.apl`), apl_e2sfca:
        consultations a year and standardised inhabitant, computed here;
        apl_published, apl65_published, apl_published_year (DREES);
        share_near_retirement (0 to 1, 1 − APL65/APL of the latest year with both) and its
        share_near_retirement_year; apl65_tvs (apl65_published weighed over its TVS); the three
        missing where they would tell somebody's age (`data.region.privacy.with_ages_of_many`);
        zone, zone_qpv, zone_decree (ISO date of
        its decree), tvs, tvs_name, cpts, cpts_name ("" unknown); bassin_de_vie,
        bassin_de_vie_name, density_class ("" unknown), share_over_75 (0 to 1);
        share_over_65, share_over_80 and their elder_year, of another census (missing without it);
        minutes_to_labelled_structure, population_labelled_within_20, _30; and the columns of
        `data.access.room.commune_room`; supply (`data.access.unknown_supply`: what depends on GPs
        that are not known is missing).
    """

    def read() -> pd.DataFrame:
        kept = cached_table("communes", _key(territory), lambda: _compute(territory))
        whole = pd.concat([kept, room.commune_room(territory)], axis=1)
        return unknown_supply.with_unknown(privacy.with_ages_of_many(whole), territory)

    return territory.once("commune indicators", read).copy(deep=False)


def three_steps(territory: Territory) -> pd.Series:
    """Return the 3SFCA of every commune, in the order of `territory.communes`.

    Consultations a year and standardised inhabitant; missing where GPs are not known. Apart from
    the other indicators because its reach, an hour, is the longest to compute.
    """
    everywhere = places(territory)
    inside = everywhere["inside"].to_numpy()
    if not (everywhere["gps"] > 0).any():
        return pd.Series(np.nan, index=territory.communes.index)
    pairs = gp_pairs(territory, ga.THREE_SFCA.reach_minutes)
    demand, _ = inputs.standardised_population(territory, everywhere)
    found = ga.access(pairs, demand, supplied_acts(everywhere), ga.THREE_SFCA)[inside]
    away = unknown_supply.unknown_minutes(territory)
    return pd.Series(found, index=territory.communes.index).mask(
        away <= ga.THREE_SFCA.reach_minutes
    )


def _key(territory: Territory) -> str:
    """Key of the results: the data, the travel times, and the code that computes."""
    sources = (__file__, residents.__file__, inputs.__file__, ga.__file__, ag.__file__)
    return digest(territory.version, *(Path(source).read_bytes() for source in sources))


def _compute(territory: Territory) -> pd.DataFrame:
    everywhere = places(territory)
    inside = everywhere["inside"].to_numpy()
    table = _identity(territory)
    table["gps"] = everywhere.loc[inside, "gps"].to_numpy()
    table["gps_per_1000"] = (1000 * table["gps"] / table["population"]).where(
        table["population"] > 0
    )
    gps_known = bool((everywhere["gps"] > 0).any())
    pairs = gp_pairs(territory) if gps_known else _no_pairs()
    _add_nearest(table, territory, everywhere, pairs, gps_known=gps_known)
    demand, _ = inputs.standardised_population(territory, everywhere)
    supply = supplied_acts(everywhere)
    for column, measured in (
        ("apl", inputs.apl(pairs, demand, supply)),
        ("apl_e2sfca", ga.access(pairs, demand, supply, ga.E2SFCA)),
    ):
        table[column] = measured[inside] if gps_known else np.nan
    table = _with_published(table, territory)
    table = _with_zones(table, territory)
    table = _with_reference(table, territory)
    table = _with_cpts(table, territory)
    _add_labelled(table, territory)
    return table


def _identity(territory: Territory) -> pd.DataFrame:
    columns = ["code", "name", "departement", "region", "epci", "epci_name", "population"]
    table = pd.DataFrame(territory.communes[columns]).reset_index(drop=True)
    named = embedded_set.departement_names(territory.region)
    table.insert(3, "departement_name", table["departement"].map(named))
    names = table["region"].map(france.NAMES).fillna(territory.region_name)
    alone = territory.region != france.WHOLE
    table.insert(5, "region_name", territory.region_name if alone else names)
    return table


def _no_pairs() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "origin": np.array([], dtype=np.int32),
            "destination": np.array([], dtype=np.int32),
            "minutes": np.array([], dtype=np.float64),
        }
    )


def _add_nearest(
    table: pd.DataFrame,
    territory: Territory,
    everywhere: pd.DataFrame,
    pairs: pd.DataFrame,
    *,
    gps_known: bool,
) -> None:
    count = len(table)
    minutes, site = np.full(count, np.nan), np.full(count, -1, dtype=np.int64)
    if gps_known:
        gps = everywhere["gps"].to_numpy()
        found, at = ga.nearest_site(pairs, gps, len(everywhere))
        minutes, site = found[:count].copy(), at[:count].copy()
        own = gps[:count] > 0
        minutes[own], site[own] = 0.0, np.flatnonzero(own)
        far = np.flatnonzero(np.isinf(minutes))
        if len(far):
            rows = np.flatnonzero(gps > 0)
            points = coordinates(everywhere)
            longer, nearest = territory.travel_time.nearest(points[rows], points[far])
            minutes[far] = longer
            site[far] = np.where(nearest >= 0, rows[nearest], -1)
    people = table["population"]
    staffed = coordinates(everywhere[everywhere["gps"] > 0])
    finer = counted_within(territory, staffed, RINGS_MINUTES) if gps_known else None
    for ring in RINGS_MINUTES:
        counted = ga.population_within(people, minutes, ring) if finer is None else finer[ring]
        table[f"population_within_{ring:.0f}"] = counted
    within = table[f"population_within_{HUBERT_MINUTES:.0f}"]
    table["population_beyond_20"] = (people - within).clip(lower=0.0)
    table["share_beyond_20"] = (table["population_beyond_20"] / people).where(people > 0)
    table["minutes_to_nearest_gp"] = np.where(np.isinf(minutes), np.nan, minutes)
    for column, source in (("nearest_gp_commune", "code"), ("nearest_gp_commune_name", "name")):
        table[column] = _picked(everywhere[source], site)


def _picked(values: pd.Series, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.object_]:
    found = values.to_numpy(dtype=object)[rows]
    return np.where(rows >= 0, found, "").astype(object)


def _latest(known: pd.DataFrame, table: pd.DataFrame) -> pd.Series:
    """Return of each commune the latest year that enough communes of its region have.

    One series in a region, not a mix; the same seen from France, where not all have the same one.
    """
    codes, regions = table["code"], table["region"]
    counted = known[["year"]].assign(region=known["code"].map(regions.set_axis(codes)))
    told = counted[["region", "year"]].value_counts().rename("communes").reset_index()
    communes = told["region"].map(regions.value_counts()).astype(float)
    enough = told[told["communes"] >= KNOWN_SHARE * communes]
    return regions.map(enough.groupby("region")["year"].max()).astype(float)


def _with_published(table: pd.DataFrame, territory: Territory) -> pd.DataFrame:
    known = territory.apl[territory.apl["apl"].notna()]
    both = known[known["apl65"].notna()]
    year, year_both = _latest(known, table), _latest(both, table)

    def chosen(values: pd.DataFrame, years: pd.Series, column: str) -> npt.NDArray[np.float64]:
        """Return the values of each commune in its own year."""
        at = pd.MultiIndex.from_arrays([table["code"], years])
        return values.set_index(["code", "year"])[column].reindex(at).to_numpy(dtype=np.float64)

    paired = both.assign(share=1 - both["apl65"] / both["apl"].where(both["apl"] > 0))
    return table.assign(
        apl_published=chosen(known, year, "apl"),
        apl65_published=chosen(known, year, "apl65"),
        apl_published_year=year,
        share_near_retirement=chosen(paired, year_both, "share").clip(min=0.0),
        share_near_retirement_year=year_both,
    )


def published_years(communes: pd.DataFrame, column: str = "apl_published_year") -> str:
    """Return the years of what is published of some communes ("2018", "2016 et 2018"), "" for none.

    `column` is one of the years of `commune_indicators`.
    """
    return joined([f"{year:.0f}" for year in sorted(set(communes[column].dropna()))])


def _with_zones(table: pd.DataFrame, territory: Territory) -> pd.DataFrame:
    whole = territory.zoning[territory.zoning["part"] == "commune"].set_index("code")
    district = territory.zoning[territory.zoning["part"] == "QPV"].set_index("code")
    codes = table["code"]
    return table.assign(
        zone=_texts(codes, whole["zone"]),
        zone_qpv=_texts(codes, district["zone"]),
        zone_decree=_texts(codes, whole["decree"]) if "decree" in whole else "",
        tvs=_texts(codes, whole["tvs"]),
        tvs_name=_texts(codes, whole["tvs_name"]),
    )


def _texts(codes: pd.Series, known: pd.Series) -> pd.Series:
    found = codes.map(known).astype(object)
    return found.where(found.notna(), "").astype(str)


def _with_reference(table: pd.DataFrame, territory: Territory) -> pd.DataFrame:
    known = territory.reference.set_index("code")
    texts = ("bassin_de_vie", "bassin_de_vie_name", "density_class")
    codes = table["code"]
    return table.assign(
        **{column: _texts(codes, known[column]) for column in texts},
        share_over_75=codes.map(known["share_over_75"]).astype(float),
        **_elder_shares(territory, codes),
    )


def _with_cpts(table: pd.DataFrame, territory: Territory) -> pd.DataFrame:
    """Add the area of CPTS of each commune, "" where none is imported."""
    known = territory.context.get("cpts")
    if known is None:
        return table.assign(cpts="", cpts_name="")
    told = known.set_index("code")
    return table.assign(
        **{column: _texts(table["code"], told[column]) for column in ("cpts", "cpts_name")}
    )


def _elder_shares(territory: Territory, codes: pd.Series) -> dict[str, pd.Series | float]:
    """Return the shares of a census that tells 65 and 80 but no longer 75; missing without it."""
    known = territory.context.get("elder_shares")
    if known is None:
        return {"share_over_65": np.nan, "share_over_80": np.nan, "elder_year": np.nan}
    told = known.set_index("code")
    return {
        "share_over_65": codes.map(told["share_over_65"]).astype(float),
        "share_over_80": codes.map(told["share_over_80"]).astype(float),
        "elder_year": codes.map(told["year"]).astype(float),
    }


def _add_labelled(table: pd.DataFrame, territory: Territory) -> None:
    labelled = territory.structures[territory.structures["labelled"]]
    minutes, finer = np.full(len(table), np.nan), None
    if len(labelled):
        places_labelled = coordinates(labelled)
        minutes, _ = territory.travel_time.nearest(places_labelled, coordinates(territory.communes))
        finer = counted_within(territory, places_labelled, LABEL_RINGS_MINUTES)
    for ring in LABEL_RINGS_MINUTES:
        within = (
            ga.population_within(table["population"], minutes, ring)
            if finer is None
            else finer[ring]
        )
        table[f"population_labelled_within_{ring:.0f}"] = within
    table["minutes_to_labelled_structure"] = np.where(np.isinf(minutes), np.nan, minutes)


def aggregated_indicators(territory: Territory, level: str) -> pd.DataFrame:
    """Return the indicators of every territory of a level, sorted by code.

    Counts are sums; minutes, APL and the share over 75 are means weighted by population; shares
    and densities are ratios of sums. Communes outside any territory of the level are left out.

    Returns
    -------
    pandas.DataFrame
        code, name, communes (count), the counts and means of `commune_indicators`,
        apl_published_year, share_near_retirement_year and elder_year (missing where its communes
        differ), population_supply_unknown (inhabitants of communes whose supply is not wholly
        known: what depends on it leaves them out), minutes_median (weighted by population),
        population_zip, _zac, _zv, _hz, and for each indicator of `BEST` its rank_… among the
        territories of the level (1 is the better end).

    Raises
    ------
    InvalidInputError
        If the level is not one of `LEVELS`.
    """
    return aggregate(commune_indicators(territory), level)


def whole(territory: Territory, communes: pd.DataFrame) -> pd.Series:
    """Return all the communes of a territory as one row of `aggregated_indicators`.

    Of a region, the row of the region; of all of France, that of France, not of one region.
    """
    named = communes.assign(region=territory.region, region_name=territory.region_name)
    return aggregate(named, "region").iloc[0]


def aggregate(communes: pd.DataFrame, level: str) -> pd.DataFrame:
    """Return `aggregated_indicators` of a table of communes; see there."""
    if level not in LEVELS or level == "commune":
        raise InvalidInputError(f"Aucun regroupement de communes ne s’appelle « {level} ».")
    code, name = LEVELS[level]
    communes = communes[communes[code] != ""]
    groups, people = communes[code], communes["population"]
    table = pd.DataFrame(
        {
            "name": communes.groupby(code, sort=True)[name].first(),
            "communes": communes.groupby(code, sort=True).size(),
        }
    )
    table = table.join(ag.column_sums(communes[[*_SUMMED]], groups))
    table["population_supply_unknown"] = ag.sums(
        people.where(communes["supply"] != unknown_supply.KNOWN, 0.0), groups
    )
    table["gps_per_1000"] = 1000 * ag.ratios(communes["gps"], people, groups)
    table["share_beyond_20"] = ag.ratios(communes["population_beyond_20"], people, groups)
    table["share_without_room"] = ag.ratios(communes["without_room_nearest"], people, groups)
    table = table.join(ag.column_means(communes[[*_AVERAGED]], people, groups))
    table["minutes_median"] = ag.weighted_medians(communes["minutes_to_nearest_gp"], people, groups)
    for column in ("apl_published_year", "share_near_retirement_year", "elder_year"):
        years = communes.groupby(code)[column]
        table[column] = years.max().where(years.max() == years.min())
    # Weighted by the supply within reach, the mean of 1 − APL65/APL is 1 − mean APL65 / mean APL.
    supply = people * communes["apl_published"]
    table["share_near_retirement"] = ag.weighted_means(
        communes["share_near_retirement"], supply, groups
    )
    zones = ag.shares_by_category(communes["zone"], people, groups, ZONES)
    for zone in ZONES:
        table[f"population_{zone.lower()}"] = zones[zone]
    for indicator, best in BEST.items():
        table[f"rank_{indicator}"] = ag.ranks(table[indicator], best)
    return table.rename_axis("code").reset_index()
