"""The one-page sheet of a territory: its figures compared, its seven signals, what is in place."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from data.access import history
from data.access.indicators import LEVELS
from data.base.codes import departement
from data.base.french import (
    MISSING,
    at,
    capitalised,
    counted,
    in_order,
    joined,
    minutes_told,
    number,
    percent,
)
from data.region import rules
from data.region.arrondissements import CITIES, WHOLE_CITY
from data.region.france import apl_to_come
from data.region.newest_counts import years_told
from data.region.privacy import AGES_MASKED, NOT_TOLD, age_masked
from data.region.territory import Provenance, Territory
from data.reports import room_figures
from data.reports.figure import Figure, beside, compared, rank
from data.reports.in_place import in_place
from data.reports.signals import (
    OUT_OF_REACH,
    Facts,
    Room,
    Signal,
    gps_in_words,
    no_way_to_label,
    signals,
)
from data.reports.succession import succession
from data.reports.vintages import dated, people_years, unverified
from geo.access import ZONING_AGE_LIMIT_YEARS
from geo.errors import InvalidInputError
from geo.layers import INDICATORS, Indicator

LEVEL_TITLES = {
    "commune": "Commune",
    "epci": "EPCI",
    "bassin_de_vie": "Bassin de vie",
    "tvs": "Territoire de vie-santé",
    "cpts": "CPTS",
    "departement": "Département",
    "region": "Région",
}
"""Levels that have a sheet, in the order of the screen."""


@dataclass(frozen=True)
class Sheet:
    """What one page says of a territory; all texts are French.

    Attributes
    ----------
    level, code, name
        The territory.
    context
        Where it stands: inhabitants, EPCI, département.
    figures
        Seven, in the order of reading.
    signals
        The seven signals, always all seven.
    succession
        What is said of the relief of GPs: the risk, or why it is not said.
    in_place
        Sentences.
    communes
        Codes of its communes.
    unverified
        What must be known of its minutes before they are read, "" for nothing: for paper, and for
        screens of a larger region, which do not say it of all that they show.
    """

    level: str
    code: str
    name: str
    context: str
    figures: tuple[Figure, ...]
    signals: tuple[Signal, ...]
    succession: str
    in_place: tuple[str, ...]
    communes: tuple[str, ...]
    unverified: str = ""


def map_words(name: str, shown: Indicator = INDICATORS[0]) -> str:
    """Return what the small map shows, for those who do not see it."""
    # Not lower case: an acronym may begin it.
    return f"Carte « {shown.label} » : {name} et ce qui l’entoure"


def choices(communes: pd.DataFrame, level: str) -> dict[str, str]:
    """Return code and name of the territories of a level, in the order of names.

    Those that bear the same name are told apart by their département.
    """
    code, name = LEVELS[level]
    found = communes[communes[code] != ""].drop_duplicates(code)
    known = pd.DataFrame(
        {"code": found[code], "name": found[name], "where": found["departement_name"]}
    )
    twins = known["name"].duplicated(keep=False)
    known["name"] = known["name"].where(~twins, known["name"] + " (" + known["where"] + ")")
    ordered = known.sort_values("name", key=in_order)
    codes, names = (ordered[column].to_numpy(object) for column in ("code", "name"))
    return dict(zip(codes, names, strict=True))


def sheet(
    territory: Territory,
    communes: pd.DataFrame,
    peers: pd.DataFrame,
    region: pd.Series,
    *,
    level: str,
    code: str,
    risk: pd.DataFrame | None = None,
    masked: bool = False,
    public: str = "",
) -> Sheet:
    """Return the sheet of a territory.

    Parameters
    ----------
    territory
        The region.
    communes
        `commune_indicators` of it; with the loads expected after departures, for planners
        (`data.reports.room_figures.load`), where they were drawn.
    peers
        Territories of the same level: `communes` itself, or `aggregated_indicators`.
    region
        The row of the region, to compare with.
    level, code
        The territory.
    risk
        Columns code and risk_class; None when the data do not allow to compute them.
    masked
        Whether the reader may not see the risk: the sheet then says that it is hidden.
    public
        What may be told in its place to anyone (`data.region.privacy.sentence`).

    Raises
    ------
    InvalidInputError
        No territory of the level has this code.
    """
    found = peers[peers["code"] == code]
    if level not in LEVELS or found.empty:
        raise InvalidInputError(
            f"Aucun territoire « {code} » de niveau « {LEVEL_TITLES.get(level, level)} » dans "
            f"{territory.region_name} : choisissez-le dans la liste."
        )
    members = communes[communes[LEVELS[level][0]] == code]
    own = found.iloc[0].copy()
    own["departements"] = tuple(sorted(set(members["departement"])))
    own["people_years"] = people_years(territory, own["departements"])
    later = room_figures.LATER in communes
    codes = tuple(members["code"])
    built = (
        room_figures.without_room(own, region, peers, members),
        *(build(own, region, peers, level) for build in _FIGURES),
        room_figures.load(members, communes, region, level, public=masked, later=later),
    )
    built = dated(territory, members, built)
    if level == "region" and own["code"] == region["code"]:
        built = tuple(replace(one, comparison="") for one in built)  # it would be beside itself
    facts = Facts(
        own=own,
        members=members,
        past=history.by_year(territory, codes),
        first_counts=_first_counts(territory, codes),
        sources=_sources(territory, members),
        room=_room(members),
        labelled=bool(communes["minutes_to_labelled_structure"].notna().any()),
    )
    return Sheet(
        level=level,
        code=code,
        name=choices(communes, level)[code],
        context=_context(level, own, members),
        figures=built,
        signals=signals(facts),
        succession=succession(
            members,
            risk,
            masked=masked,
            year=facts.year("gps"),
            public=public,
            simulated=facts.simulated("gps"),
        ),
        in_place=tuple(in_place(territory, members)),
        communes=codes,
        unverified=unverified(territory, own["departements"]),
    )


def _sources(territory: Territory, members: pd.DataFrame) -> dict[str, Provenance]:
    """Return where each table comes from, that of the counts with the years of some communes."""
    sources = dict(territory.provenance)
    if known := sources.get("gps"):
        sources["gps"] = replace(known, vintage=years_told(known, members["code"]))
    return sources


def _room(members: pd.DataFrame) -> Room | None:
    """Return the people of some communes who find no room; None where that is not known."""
    columns = ["without_room_bound", "without_room_nearest"]
    if any(one not in members for one in columns) or members[columns].isna().all(axis=None):
        return None
    least, nearest_first = (float(members[one].sum()) for one in columns)
    unknown = members.loc[members["without_room_nearest"].isna(), "population"].sum()
    return Room(least, nearest_first, rules.ROOM_PEOPLE_A_GP, float(unknown))


def _first_counts(territory: Territory, codes: tuple[str, ...]) -> pd.Series:
    """Return the GPs of some communes in the first year known; empty when none is."""
    past = territory.gp_history
    if past.empty:
        return pd.Series(dtype=float)
    first = past[past["year"] == past["year"].min()].set_index("code")["gps"]
    return first.reindex(list(codes)).fillna(0.0)


def _people(own: pd.Series) -> str:
    """Return the inhabitants, with their years: they are not those of the GPs."""
    years = own["people_years"]
    return counted(own["population"], "habitant", "habitants") + (f" ({years})" if years else "")


def _context(level: str, own: pd.Series, members: pd.DataFrame) -> str:
    people = _people(own)
    first = members.iloc[0]
    if level == "commune":
        told = f"{people}, {first['epci_name'] or 'sans EPCI'}, {first['departement_name']}"
        return f"{told}. {WHOLE_CITY}" if first["code"] in CITIES else told
    told = f"{people}, {counted(len(members), 'commune', 'communes')}"
    where = joined(list(dict.fromkeys(members["departement_name"])))
    return told if level in {"departement", "region"} else f"{told}, {where}"


def _there(own: pd.Series) -> str:
    """Return where the nearest GP of a commune is, with its département where it is another."""
    name, there = at(own["nearest_gp_commune_name"]), departement(own["nearest_gp_commune"])
    return name if there == departement(own["code"]) else f"{name} ({there})"


def _distance(own: pd.Series, region: pd.Series, peers: pd.DataFrame, level: str) -> Figure:
    if level == "commune":
        minutes = own["minutes_to_nearest_gp"]
        known, here = np.isfinite(minutes), own["gps"] > 0
        # People who are counted beyond 20 minutes have a supply that is known: no road leads to it.
        away = not known and own["population_beyond_20"] > 0
        missing = OUT_OF_REACH if away else MISSING
        value = minutes_told(0.0 if here else minutes) if here or known else missing
        told = (
            f"La commune compte {gps_in_words(own['gps'])}."
            if here
            else f"Le généraliste le plus proche est {_there(own)}, en voiture."
            if known
            else "Aucun généraliste n’est à portée par la route."
            if away
            else "Le temps d’accès n’est pas connu."
        )
        return Figure(
            "minutes_to_nearest_gp",
            "Généraliste le plus proche",
            value,
            compared(
                f"{beside(region)} : {number(region['minutes_to_nearest_gp'])} min en moyenne",
                rank(own, peers, "minutes_to_nearest_gp", low_is_good=True),
            ),
            told,
        )
    return Figure(
        "share_beyond_20",
        "Habitants à plus de 20 minutes",
        percent(own["share_beyond_20"], 1),
        compared(
            f"{beside(region)} : {percent(region['share_beyond_20'], 1)}",
            rank(own, peers, "share_beyond_20", low_is_good=True),
        ),
        _beyond(own),
    )


def _beyond(own: pd.Series) -> str:
    """Say who has no GP within 20 minutes, and of whom that is not known."""
    beyond, unknown = own["population_beyond_20"], own.get("population_supply_unknown", 0.0)
    if pd.isna(beyond):
        return "Non connu : les médecins à portée ne sont pas tous connus."
    people = counted(unknown, "habitant", "habitants")
    left_out = f" Là où l’offre est connue seulement : pas pour {people}." if unknown > 0 else ""
    told = (
        f"{number(beyond)} des {number(own['population'])} habitants n’ont aucun généraliste à "
        "20 minutes."
        if beyond
        else "Tous les bourgs ont un généraliste à 20 minutes ou moins."
    )
    return f"{told}{left_out}"


def _doctors(own: pd.Series, region: pd.Series, peers: pd.DataFrame, _level: str) -> Figure:
    return Figure(
        "gps_per_1000",
        "Généralistes pour 1 000 habitants",
        number(own["gps_per_1000"], 2),
        compared(
            f"{beside(region)} : {number(region['gps_per_1000'], 2)}",
            rank(own, peers, "gps_per_1000", low_is_good=False),
        ),
        capitalised(f"{gps_in_words(own['gps'])} pour {_people(own)}."),
    )


def _access(own: pd.Series, region: pd.Series, peers: pd.DataFrame, level: str) -> Figure:
    published = pd.notna(own["apl_published"])
    key = "apl_published" if published else "apl"
    series = "série publiée par la DREES" if published else "série calculée par ProxiSoins"
    if published and pd.notna(year := own["apl_published_year"]):  # else in several: in the label
        series = f"{series}, {year:.0f}"
    return Figure(
        key,
        "Accessibilité (APL)",
        number(own[key], 1),
        compared(
            f"{beside(region)} : {number(region[key], 1)}",
            rank(own, peers, key, low_is_good=False),
        ),
        f"Consultations accessibles par an et par habitant ; {series}. "
        + (
            f"{number(rules.ZIP_APL, 1)} ou moins : très peu accessible."
            if own[key] <= rules.ZIP_APL
            else f"Plus de {number(rules.ZIP_APL, 1)}."
        )
        + (_of_the_law(own, level) if published else "")
        if pd.notna(own[key])
        else "APL non disponible avec les données chargées.",
    )


def _of_the_law(own: pd.Series, level: str) -> str:
    """Return the APL that the zoning looks at: a commune above 2.5 may be under by that one."""
    told = f" Le zonage se lit sur les médecins de {number(ZONING_AGE_LIMIT_YEARS)} ans et moins"
    if level == "commune" and pd.notna(own["apl65_published"]):  # of many: of several doctors
        return f"{told} : {number(own['apl65_published'], 1)}."
    return f"{told}."


def _retirement(own: pd.Series, region: pd.Series, peers: pd.DataFrame, _level: str) -> Figure:
    share = own["share_near_retirement"]
    masked = age_masked(own)
    return Figure(
        "share_near_retirement",
        "Offre proche de la retraite",
        NOT_TOLD if masked else percent(share),
        compared(
            f"{beside(region)} : {percent(region['share_near_retirement'])}",
            rank(own, peers, "share_near_retirement", low_is_good=True),
        ),
        "Part des consultations accessibles assurée par des médecins de plus de 65 ans (DREES)."
        if pd.notna(share)
        else AGES_MASKED
        if masked
        else apl_to_come(
            own["departements"],
            imported=bool(pd.notna(region["share_near_retirement"])),
        ),
    )


def _labelled(own: pd.Series, region: pd.Series, peers: pd.DataFrame, level: str) -> Figure:
    minutes = own["minutes_to_labelled_structure"]
    if level == "commune":
        value = minutes_told(minutes)
        told = (
            "La promesse du label, une structure à 30 minutes, est tenue."
            if minutes <= rules.LABEL_MINUTES
            else "La promesse du label, une structure à 30 minutes, n’est pas tenue."
        )
        return Figure(
            "minutes_to_labelled_structure",
            "Structure France Santé",
            value,
            compared(
                f"{beside(region)} : "
                f"{number(region['minutes_to_labelled_structure'])} min en moyenne",
                rank(own, peers, "minutes_to_labelled_structure", low_is_good=True),
            ),
            told
            if np.isfinite(minutes)
            else no_way_to_label(known=bool(peers["minutes_to_labelled_structure"].notna().any())),
        )
    reached = own["population_labelled_within_30"]
    overall = region["population_labelled_within_30"] / region["population"]
    return Figure(
        "population_labelled_within_30",
        "À 30 min d’une structure France Santé",
        percent(reached / own["population"]),
        f"{beside(region)} : {percent(overall)}",
        f"{number(reached)} des {number(own['population'])} habitants.",
    )


_FIGURES: tuple[Callable[[pd.Series, pd.Series, pd.DataFrame, str], Figure], ...] = (
    _distance,
    _doctors,
    _access,
    _retirement,
    _labelled,
)
