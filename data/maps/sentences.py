"""The sentence that goes with each map: what it shows, of how many."""

from collections.abc import Callable
from functools import partial

import pandas as pd

from data.access import unknown_supply
from data.base.codes import departement
from data.base.french import counted, number, percent
from data.region import france, rules
from data.region.rules import HUBERT_MINUTES, LEAST_PUBLIC_GPS, ROOM_PEOPLE_A_GP
from geo.access import ZONING_AGE_LIMIT_YEARS
from geo.layers import Indicator

HIGH = ("élevé", "très élevé")
"""Classes of risk that are counted together as high."""
BOTH_ENDS = (
    "Où deux nombres sont dits, le premier est celui du partage le plus équitable, le second celui "
    "où le plus proche passe le premier."
)
"""What stands under the sentence of room, which tells both ends."""
PROBABLY_GONE = "probablement déjà parti"
LEFT_OUT = "hors du filtre"
"""Class of communes that a filter leaves out: said in the legend, not shown as missing."""


def sentence(indicator: Indicator, table: pd.DataFrame, region_name: str, horizon: str = "") -> str:
    """Return what the map of an indicator shows, in one French sentence with its denominator.

    Parameters
    ----------
    indicator
        The indicator drawn.
    table
        Commune indicators (columns population, gps and the indicator's key).
    region_name
        Name of the region.
    horizon
        When what the risk foretells is to happen, as it is said; "" where the note says it.
    """
    column = table[indicator.key]
    partial_note = unknown_supply.partial_note(table, indicator.key)
    if not (column.notna() & (column != "")).any():
        return f"{region_name} : « {indicator.label} » n’est pas disponible avec ces données."
    worded = _WORDED.get(indicator.key, partial(_plain, indicator))
    if indicator.key == "risk_class":
        worded = partial(_risk, horizon)
    told = worded(unknown_supply.known_rows(table, indicator.key), indicator.key)
    bound = unknown_supply.room_note(table["supply"]) if indicator.key in COUNTS_ROOM else ""
    return " ".join(filter(None, [f"{region_name} : {told}", partial_note, bound]))


def _room(table: pd.DataFrame, key: str) -> str:
    nearest, people = table["without_room_nearest"].sum(), table["population"].sum()
    # Once GPs have left, only nearest first is known.
    least = table["without_room_bound"].sum(min_count=1)
    told = without_room(nearest if pd.isna(least) else least, nearest, people)
    crowded = int((table[key] > rules.CROWDED_SHARE).sum())
    return (
        f"{told} chez un généraliste à 20 minutes ; plus d’un habitant sur dix dans "
        f"{number(crowded)} des {number(len(table))} communes."
    )


def _soon(table: pd.DataFrame, key: str) -> str:
    people, years = table["population"], key.rsplit("_", 1)[1]
    without = (table[key] * people).sum()
    now = table["without_room_nearest"].sum()
    crowded = table[table[key] > rules.CROWDED_SHARE]
    return (
        f"{number(without)} des {number(people.sum())} habitants seraient sans place à 20 minutes "
        f"{years} ans après le millésime des effectifs, au lieu de {number(now)}, en moyenne des "
        "avenirs tirés (intervalle sous la carte) ; plus d’un sur dix dans "
        f"{number(len(crowded))} des {number(len(table))} communes."
    )


def _room_change(table: pd.DataFrame, key: str) -> str:
    people, years = table["population"], key.rsplit("_", 1)[1]
    more = table[key] > rules.ROOM_RISE_SHARE
    return (
        f"{number((table[key] * people).sum())} habitants de plus seraient sans place "
        f"{years} ans après le millésime des effectifs, sur {number(people.sum())}, en moyenne des "
        f"avenirs tirés ; la part monte de plus d’un point dans {number(int(more.sum()))} des "
        f"{number(len(table))} communes."
    )


def _load(table: pd.DataFrame, key: str) -> str:
    known = table[table[key].notna()]
    over = known[known[key] > ROOM_PEOPLE_A_GP]
    hidden = int(((table["gps"] > 0) & table[key].isna()).sum())
    masked = (
        f" {counted(hidden, 'commune', 'communes')} de moins de {LEAST_PUBLIC_GPS} médecins : non "
        "diffusé."
        if hidden and not ((known["gps"] < LEAST_PUBLIC_GPS).any())
        else ""
    )
    when = "" if key == "load_per_gp" else ", 5 ans après le millésime des effectifs"
    return (
        f"surcharge (plus de {number(ROOM_PEOPLE_A_GP)} habitants par médecin, chacun allant au "
        f"plus proche) dans {number(len(over))} des {number(len(known))} communes "
        f"{'dont le nombre est diffusé' if masked else 'qui ont un médecin'}{when}.{masked}"
    )


def without_room(least: float, nearest: float, people: float) -> str:
    """Return both ends of the people without room, as a sentence opens: subject and verb.

    The fair share of a part of the places is no minimum: it may pass what nearest-first leaves.
    """
    low, high = round(least), round(nearest)
    among = f"des {number(people)} habitants"
    if low == high == 0:
        return f"aucun {among} n’est sans place"
    if low == high:
        return f"{number(low)} {among} {'sont' if low > 1 else 'est'} sans place"
    ends = (
        f"entre {number(low)} et {number(high)}"
        if low < high
        else f"{number(low)} ou {number(high)}"
    )
    return f"{ends} {among} sont sans place"


def _third(table: pd.DataFrame, key: str) -> str:
    people, far = table["population"], unknown_supply.farther(table, key, HUBERT_MINUTES)
    return (
        f"{number(people[far].sum())} des {number(people.sum())} habitants n’ont pas trois "
        f"généralistes à 20 minutes, dans {number(int(far.sum()))} des {number(len(table))} "
        "communes."
    )


def _single(table: pd.DataFrame, key: str) -> str:
    return (
        f"{number(table[key].sum())} des {number(table['population'].sum())} habitants n’ont à 20 "
        "minutes qu’un seul généraliste, ou aucun, dans "
        f"{number(int((table[key] > 0).sum()))} des {number(len(table))} communes."
    )


def _shared_density(table: pd.DataFrame, key: str) -> str:
    known = table[table[key].notna()]
    mean = (known[key] * known["population"]).sum() / known["population"].sum()
    low = known.loc[known[key] < rules.LOW_GPS_PER_1000, "population"].sum()
    return (
        f"{number(mean, 2)} généraliste à 20 minutes pour 1 000 habitants en moyenne, chacun "
        f"partagé entre tous ceux qui l’ont à 20 minutes ; {number(low)} des "
        f"{number(known['population'].sum())} habitants en ont moins de "
        f"{number(rules.LOW_GPS_PER_1000, 1)}."
    )


def _minutes(table: pd.DataFrame, key: str) -> str:
    total = table["population"].sum()
    beyond = unknown_supply.farther(table, key, HUBERT_MINUTES)
    there = table.get("population_within_20")  # counted where people live
    within = (
        table["population"][table[key] <= HUBERT_MINUTES].sum() if there is None else there.sum()
    )
    share = within / total
    # Rounding must not say that everybody is reached when somebody is not.
    told = percent(min(share, 0.9999), 2) if 0.9995 <= share < 1 else percent(share, 1)
    return (
        f"{told} des {number(total)} habitants ont un généraliste à "
        f"{number(HUBERT_MINUTES)} minutes ou moins ; {_communes_beyond(beyond)} au-delà."
    )


def _communes_beyond(beyond: pd.Series) -> str:
    count, among = int(beyond.sum()), f"des {number(len(beyond))} communes"
    if count <= 1:
        return f"{'une' if count else 'aucune'} {among} {'est' if count else 'n’est'}"
    return f"{number(count)} {among} sont"


def _beyond(table: pd.DataFrame, key: str) -> str:
    return (
        f"{number(table[key].sum())} des {number(table['population'].sum())} habitants vivent à "
        f"plus de {number(rules.HUBERT_MINUTES)} minutes d’un généraliste, dans "
        f"{number(int((table[key] > 0).sum()))} des {number(len(table))} communes."
    )


def _apl(table: pd.DataFrame, key: str) -> str:
    known = table[table[key].notna()]
    people = known["population"]
    mean = (known[key] * people).sum() / people.sum()
    low = people[known[key] <= rules.ZIP_APL].sum() / people.sum()
    return (
        f"{number(mean, 1)} consultations par an et par habitant en moyenne ; {percent(low)} des "
        f"{number(people.sum())} habitants des communes connues sont à {number(rules.ZIP_APL, 1)} "
        "ou moins."
    )


def _density(table: pd.DataFrame, key: str) -> str:
    known = table[table[key].notna()]
    return (
        f"{number(known['gps'].sum())} généralistes, soit "
        f"{number(1000 * known['gps'].sum() / known['population'].sum(), 2)} pour 1 000 "
        f"habitants ; {number(int((known['gps'] > 0).sum()))} des {number(len(known))} communes "
        f"{'connues ' if len(known) < len(table) else ''}en ont au moins un."
    )


def _retirement(table: pd.DataFrame, key: str) -> str:
    known = table[table[key].notna()]
    share = rules.NEAR_RETIREMENT_SHARE
    return (
        f"dans {number(int((known[key] > share).sum()))} des {number(len(known))} communes "
        f"connues, plus de {percent(share)} de l’offre accessible vient de médecins de plus de "
        f"{number(ZONING_AGE_LIMIT_YEARS)} ans."
    )


def worth_overseas(codes: pd.Series) -> str:
    """Return a sentence that follows a risk where it was never judged; "" on the mainland.

    Never reassuring by absence: the model was learned and judged on the mainland alone.
    """
    away = codes.map(departement).map(france.land).ne(france.MAINLAND).any()
    return " Ce que vaut le modèle outre-mer n’est pas connu." if away else ""


def _risk(horizon: str, table: pd.DataFrame, key: str) -> str:
    kept = table[table[key] != LEFT_OUT]
    among = " que garde le filtre" if len(kept) < len(table) else ""
    counted_there = kept["gps"] > 0
    gone = int((counted_there & (kept[key] == PROBABLY_GONE)).sum())
    with_gp = int(counted_there.sum()) - gone
    absent = f"{counted(gone, 'commune', 'communes')} probablement déjà sans médecin, à vérifier."
    if not with_gp:
        return absent if gone else f"aucune commune ayant un médecin{among}."
    doubt = f" À part, {absent}" if gone else ""
    high = int(kept[key].isin(HIGH).sum())
    told = number(high) if high else "aucune"
    return (
        f"{told} des {number(with_gp)} communes ayant un médecin{among} "
        f"{'sont' if high > 1 else 'est'} en risque élevé ou très élevé de relève non assurée"
        f"{f', {horizon}' if horizon else ''}."
        f"{doubt}{worth_overseas(kept['code'])}"
    )


def _plain(indicator: Indicator, table: pd.DataFrame, key: str) -> str:
    """Say an indicator that nothing above words: its median, or its commonest category."""
    known = table[table[key].notna() & (table[key] != "")]
    among = f"des {number(len(known))} communes connues"
    if indicator.breaks:
        scale = 100.0 if indicator.unit == "%" else 1.0
        middle = number(scale * known[key].median(), indicator.decimals)
        return f"« {indicator.label} » : {middle} {indicator.unit} dans la commune médiane {among}."
    commonest = known[key].mode().iloc[0]
    return f"{number(int((known[key] == commonest).sum()))} {among} : {commonest}."


def _zones(table: pd.DataFrame, key: str) -> str:
    shares = table["population"].groupby(table[key]).sum() / table["population"].sum()
    unknown = int((table[key] == "").sum())
    left = (
        f" ; zone inconnue dans {counted(unknown, 'commune', 'communes')}, "
        f"{percent(shares.get('', 0.0), 1)} des habitants"
        if unknown
        else ""
    )
    return (
        f"{percent(shares.get('ZIP', 0.0), 1)} des {number(table['population'].sum())} habitants "
        f"en ZIP et {percent(shares.get('ZAC', 0.0), 1)} en ZAC{left}."
    )


COUNTS_ROOM = frozenset(
    {
        "share_without_room",
        *(f"share_{what}_in_{years}" for what in ("without_room", "change") for years in (2, 5)),
    }
)
"""Indicators that count people without room."""

_WORDED: dict[str, Callable[[pd.DataFrame, str], str]] = {
    "share_without_room": _room,
    "share_without_room_in_2": _soon,
    "share_without_room_in_5": _soon,
    "share_change_in_2": _room_change,
    "share_change_in_5": _room_change,
    "load_per_gp": _load,
    "load_per_gp_in_5": _load,
    "minutes_to_nearest_gp": _minutes,
    "minutes_to_third_gp": _third,
    "population_single_gp": _single,
    "gps_within_20_per_1000": _shared_density,
    "population_beyond_20": _beyond,
    "apl": _apl,
    "apl_published": _apl,
    "gps_per_1000": _density,
    "share_near_retirement": _retirement,
    "zone": _zones,
}
