"""The one-page sheet of a territory: five figures compared, what is in place, what threatens."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.access.indicators import LEVELS
from data.base import french
from data.base.french import MISSING, number, percent
from data.pdses import coverage
from data.region import decrees, rules
from data.region.territory import Territory
from data.reports import care_context
from geo.errors import InvalidInputError

LEVEL_TITLES = {
    "commune": "Commune",
    "epci": "EPCI",
    "bassin_de_vie": "Bassin de vie",
    "tvs": "Territoire de vie-santé",
    "departement": "Département",
    "region": "Région",
}
"""Levels that have a sheet, in the order of the screen."""

STRUCTURE_TITLES = {
    "france_sante": ("structure France Santé", "structures France Santé"),
    "msp": ("maison de santé (MSP)", "maisons de santé (MSP)"),
    "centre_sante": ("centre de santé", "centres de santé"),
    "urgences": ("service d’urgences", "services d’urgences"),
}
"""One structure of a kind, several of them."""


@dataclass(frozen=True)
class Figure:
    """A figure in large type: what it is, its value, how it compares, of what it is made."""

    key: str
    label: str
    value: str
    comparison: str
    sentence: str


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
        Five, in the order of reading.
    in_place, threats
        Sentences.
    communes
        Codes of its communes.
    """

    level: str
    code: str
    name: str
    context: str
    figures: tuple[Figure, ...]
    in_place: tuple[str, ...]
    threats: tuple[str, ...]
    communes: tuple[str, ...]


def choices(communes: pd.DataFrame, level: str) -> dict[str, str]:
    """Return code and name of the territories of a level, in the order of names."""
    code, name = LEVELS[level]
    known = communes.loc[communes[code] != "", [code, name]].drop_duplicates(code)
    ordered = known.sort_values(name, key=lambda column: column.str.casefold())
    codes, names = (ordered[column].to_numpy(object) for column in (code, name))
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
    public: str = "",
) -> Sheet:
    """Return the sheet of a territory.

    Parameters
    ----------
    territory
        The region.
    communes
        `commune_indicators` of it.
    peers
        Territories of the same level: `communes` itself, or `aggregated_indicators`.
    region
        The row of the region, to compare with.
    level, code
        The territory.
    risk
        Columns code and risk_class, when the reader may see them; None leaves risk out.
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
    own = found.iloc[0]
    members = communes[communes[LEVELS[level][0]] == code]
    return Sheet(
        level,
        code,
        str(own["name"]),
        _context(level, own, members),
        tuple(build(own, region, peers, level) for build in _FIGURES),
        tuple(_in_place(territory, members)),
        tuple(_threats(own, members, risk, public)),
        tuple(members["code"]),
    )


def _context(level: str, own: pd.Series, members: pd.DataFrame) -> str:
    people = f"{number(own['population'])} habitants"
    first = members.iloc[0]
    if level == "commune":
        return f"{people}, {first['epci_name'] or 'sans EPCI'}, {first['departement_name']}"
    where = " et ".join(dict.fromkeys(members["departement_name"]))
    return f"{people}, {number(len(members))} communes, {where}"


def _rank(own: pd.Series, peers: pd.DataFrame, key: str, *, low_is_good: bool) -> str:
    """Say where a value stands among those of the same level ("12e sur 156")."""
    values = peers[key].dropna()
    if len(values) < 2 or pd.isna(own[key]):
        return ""
    better = values < own[key] if low_is_good else values > own[key]
    place = int(better.sum()) + 1
    tied = " ex æquo" if (values == own[key]).sum() > 1 else ""
    return f"{number(place)}{'er' if place == 1 else 'e'}{tied} sur {number(len(values))}"


def _compared(told: str, rank: str) -> str:
    return f"{told} ; {rank}" if rank else told


def _distance(own: pd.Series, region: pd.Series, peers: pd.DataFrame, level: str) -> Figure:
    if level == "commune":
        minutes = own["minutes_to_nearest_gp"]
        value = "sur place" if minutes == 0 else f"{number(minutes)} min"
        if not np.isfinite(minutes):
            value = MISSING
        near = own["nearest_gp_commune_name"]
        told = (
            "Un médecin au moins exerce dans la commune."
            if minutes == 0
            else f"Le généraliste le plus proche est à {near}, en voiture."
        )
        return Figure(
            "minutes_to_nearest_gp",
            "Généraliste le plus proche",
            value,
            _compared(
                f"région : {number(region['minutes_to_nearest_gp'], 1)} min en moyenne",
                _rank(own, peers, "minutes_to_nearest_gp", low_is_good=True),
            ),
            told,
        )
    beyond = own["population_beyond_20"]
    return Figure(
        "share_beyond_20",
        "Habitants à plus de 20 minutes",
        percent(own["share_beyond_20"], 1),
        _compared(
            f"région : {percent(region['share_beyond_20'], 1)}",
            _rank(own, peers, "share_beyond_20", low_is_good=True),
        ),
        f"{number(beyond)} des {number(own['population'])} habitants n’ont aucun généraliste à "
        "20 minutes."
        if beyond
        else "Tous les bourgs ont un généraliste à 20 minutes ou moins.",
    )


def _doctors(own: pd.Series, region: pd.Series, peers: pd.DataFrame, _level: str) -> Figure:
    return Figure(
        "gps_per_1000",
        "Généralistes pour 1 000 habitants",
        number(own["gps_per_1000"], 2),
        _compared(
            f"région : {number(region['gps_per_1000'], 2)}",
            _rank(own, peers, "gps_per_1000", low_is_good=False),
        ),
        f"{number(own['gps'])} médecins pour {number(own['population'])} habitants.",
    )


def _access(own: pd.Series, region: pd.Series, peers: pd.DataFrame, _level: str) -> Figure:
    published = pd.notna(own["apl_published"])
    key = "apl_published" if published else "apl"
    series = (
        f"série publiée par la DREES, {number(own['apl_published_year'])}".replace("\u202f", "")
        if published
        else "série calculée par ProxiSoins"
    )
    return Figure(
        key,
        "Accessibilité (APL)",
        number(own[key], 1),
        _compared(f"région : {number(region[key], 1)}", _rank(own, peers, key, low_is_good=False)),
        f"Consultations accessibles par an et par habitant ; {series}. "
        + (
            f"{number(rules.ZIP_APL, 1)} ou moins : très peu accessible."
            if own[key] <= rules.ZIP_APL
            else f"Au-dessus du seuil de {number(rules.ZIP_APL, 1)} des zones les plus en tension."
        )
        if pd.notna(own[key])
        else "APL non disponible avec les données chargées.",
    )


def _retirement(own: pd.Series, region: pd.Series, peers: pd.DataFrame, _level: str) -> Figure:
    share = own["share_near_retirement"]
    return Figure(
        "share_near_retirement",
        "Offre proche de la retraite",
        percent(share),
        _compared(
            f"région : {percent(region['share_near_retirement'])}",
            _rank(own, peers, "share_near_retirement", low_is_good=True),
        ),
        "Part des consultations accessibles assurée par des médecins de plus de 65 ans (DREES)."
        if pd.notna(share)
        else "Se remplit quand l’APL publiée par la DREES est importée.",
    )


def _labelled(own: pd.Series, region: pd.Series, peers: pd.DataFrame, level: str) -> Figure:
    minutes = own["minutes_to_labelled_structure"]
    if level == "commune":
        value = f"{number(minutes)} min" if np.isfinite(minutes) else MISSING
        told = (
            "La promesse du label, une structure à 30 minutes, est tenue."
            if minutes <= rules.LABEL_MINUTES
            else "La promesse du label, une structure à 30 minutes, n’est pas tenue."
        )
        return Figure(
            "minutes_to_labelled_structure",
            "Structure France Santé",
            value,
            _compared(
                f"région : {number(region['minutes_to_labelled_structure'])} min en moyenne",
                _rank(own, peers, "minutes_to_labelled_structure", low_is_good=True),
            ),
            told if np.isfinite(minutes) else "Aucune structure labellisée n’est chargée.",
        )
    reached = own["population_labelled_within_30"]
    overall = region["population_labelled_within_30"] / region["population"]
    return Figure(
        "population_labelled_within_30",
        "À 30 min d’une structure France Santé",
        percent(reached / own["population"]),
        f"région : {percent(overall)}",
        f"{number(reached)} des {number(own['population'])} habitants.",
    )


_FIGURES: tuple[Callable[[pd.Series, pd.Series, pd.DataFrame, str], Figure], ...] = (
    _distance,
    _doctors,
    _access,
    _retirement,
    _labelled,
)


def _in_place(territory: Territory, members: pd.DataFrame) -> list[str]:
    """Return what is in place: zones and their aids, structures, on-call lines."""
    sentences = []
    people = members["population"].sum()
    for zone, aids in rules.ZONE_AIDS.items():
        inside = members[members["zone"] == zone]
        if inside.empty or not people:
            continue
        share = inside["population"].sum() / people
        whole = "" if share > 0.999 else f" ({percent(share)} des habitants)"
        sentences.append(f"Zonage {zone}{whole} : {aids}.")
    sentences += _decrees(members) + _old_people(members)
    sentences += care_context.sentences(territory, members)
    here = territory.structures[territory.structures["code"].isin(members["code"])]
    if here.empty:
        sentences.append("Aucune structure labellisée, MSP ni centre de santé sur place.")
    else:
        counts = here["kind"].value_counts()
        told = [
            f"{number(counts[kind])} {one if counts[kind] == 1 else several}"
            for kind, (one, several) in STRUCTURE_TITLES.items()
            if kind in counts
        ]
        sentences.append(f"Sur place : {', '.join(told)}.")
    main = members.sort_values("population").iloc[-1]
    lines = coverage.lines_covering(territory, str(main["code"]))
    near = lines[lines["minutes"] <= rules.ON_CALL_MINUTES]
    if near.empty:
        sentences.append(
            f"Aucune ligne de garde à moins de {number(rules.ON_CALL_MINUTES)} minutes de "
            f"{main['name']}."
        )
    else:
        told = [
            f"{specialty} ({number(minutes)} min)"
            for specialty, minutes in near.groupby("specialty", sort=False)["minutes"].min().items()
        ]
        sentences.append(
            f"Qui nous couvre cette nuit, depuis {main['name']} : {', '.join(told[:8])}."
        )
    return sentences


def _decrees(members: pd.DataFrame) -> list[str]:
    """Say the dates of the decrees of the zones, and those that are old."""
    if not (members["zone_decree"] != "").any():
        return []
    aged = decrees.old(members["zone_decree"], french.today())
    return [
        " ; ".join([f"Zonage en vigueur : {decrees.span(members['zone_decree'])}", *aged]) + "."
    ]


def _old_people(members: pd.DataFrame) -> list[str]:
    """Say the shares of 65 and of 80 and over, with the census that they come from."""
    known = members[members["share_over_65"].notna() & (members["population"] > 0)]
    if known.empty:
        return []
    people = known["population"]
    shares = [
        french.percent(float((known[column] * people).sum() / people.sum()))
        for column in ("share_over_65", "share_over_80")
    ]
    census = f"recensement de {known['elder_year'].max():.0f}"
    old, oldest = shares
    return [f"Habitants âgés : {old} ont 65 ans ou plus, {oldest} ont 80 ans ou plus ({census})."]


def _threats(
    own: pd.Series, members: pd.DataFrame, risk: pd.DataFrame | None, public: str
) -> list[str]:
    """Return what threatens: single doctors, retirement, risk when it may be shown."""
    sentences = []
    if len(members) > 1:
        single = members[members["gps"] == 1]
        if len(single):
            sentences.append(
                f"{number(len(single))} communes ({number(single['population'].sum())} habitants) "
                "n’ont qu’un seul généraliste."
            )
        none = members[members["minutes_to_nearest_gp"] > rules.HUBERT_MINUTES]
        if len(none):
            sentences.append(
                f"{number(len(none))} communes sont déjà à plus de 20 minutes d’un généraliste."
            )
    elif own["gps"] == 0:
        sentences.append("La commune n’a aucun généraliste : elle dépend de ses voisines.")
    share = own["share_near_retirement"]
    if pd.notna(share) and share > rules.TOLD_RETIREMENT_SHARE:
        sentences.append(
            f"{percent(share)} de l’offre accessible vient de médecins de plus de 65 ans."
        )
    if risk is not None:
        classes = risk[risk["code"].isin(members["code"])]
        high = classes[classes["risk_class"].isin(["élevé", "très élevé"])]
        if len(members) == 1 and len(classes):
            sentences.append(f"Relève non assurée : risque {classes.iloc[0]['risk_class']}.")
        elif len(high):
            sentences.append(
                f"Relève non assurée : risque élevé ou très élevé dans {number(len(high))} des "
                f"{number(len(classes))} communes ayant un médecin."
            )
    elif public:
        sentences.append(public)
    return sentences or ["Rien de particulier dans les données chargées."]
