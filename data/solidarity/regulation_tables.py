"""On-call regulation in tables and words: before, after, and what is not known."""

import math
from collections.abc import Mapping, Sequence

import pandas as pd

from data.base.french import MISSING, capitalised, counted, joined, number, percent, tenths_if_any
from data.region.france import are_several, named
from data.region.schemas import WEEK_DAYS
from data.region.territory import WHOLLY_SIMULATED
from data.solidarity.pooling import STAFF, BestGroups, Pooled
from data.solidarity.regulation import (
    Calls,
    Hours,
    Standard,
    by_departement,
    known_hours,
    totals,
    waits,
)
from geo.layers import Indicator, LegendClass

ENDLESS = "sans fin"
"""Mean wait of an hour in which more calls come than doctors can take."""
_HOLD = ("groupe de voisins tient", "groupes de voisins tiennent")
UNKNOWN = (
    (
        "Les appels arrivent au hasard, chaque heure est prise comme si elle durait, et personne "
        "ne raccroche : avec des abandons, l’attente réelle est plus courte et des appels sont "
        "perdus."
    ),
    (
        "Toute la file est celle des médecins régulateurs : l’attente avant eux (assistants de "
        "régulation) et les priorités entre appels ne sont pas comptées."
    ),
    (
        "La connaissance du terrain, les outils communs, les conventions, les effecteurs à envoyer "
        "et la rémunération ne sont pas dans le calcul : un groupement qu’il permet reste à "
        "négocier."
    ),
    (
        "Les plannings réels (durée des gardes, pauses) ne sont pas connus : les heures de "
        "régulateur se comptent heure par heure."
    ),
    "Des postes tenus, jamais des personnes : aucun nom n’est lu ni montré.",
)
"""What the first version does not know, each in a French sentence."""
MAP = Indicator(
    key="within",
    label="Appels pris à temps par un médecin régulateur",
    short="Appels pris à temps",
    unit="%",
    decimals=0,
    breaks=(50.0, 70.0, 80.0, 90.0),
    classes=(
        LegendClass("50 % ou moins", "#7f2704"),
        LegendClass("plus de 50 à 70 %", "#d94801"),
        LegendClass("plus de 70 à 80 %", "#fdae6b"),
        LegendClass("plus de 80 à 90 %", "#9ecae1"),
        LegendClass("plus de 90 %", "#3182bd"),
    ),
    tables=("communes",),
    denominator="appels des heures choisies",
)


def wait_told(minutes: float) -> str:
    """Return a mean wait in French; "sans fin" where the queue only grows."""
    if math.isinf(minutes):
        return ENDLESS
    return MISSING if math.isnan(minutes) else f"{number(minutes, 1)} min"


def share_told(share: float) -> str:
    """Return a share of calls in French, one decimal."""
    return percent(share, 1)


def departement_table(calls: Calls, hours: Hours, standard: Standard) -> pd.DataFrame:
    """Return `by_departement` under French headings; "non disponible" where not known."""
    found = by_departement(calls, hours, standard)
    known = found["known"] > 0
    return pd.DataFrame(
        {
            "Département": found["name"],
            "Rôle": found["role"],
            _within(standard): [share_told(value) for value in found["within"]],
            "Appels qui attendent": [share_told(value) for value in found["waiting"]],
            "Attente moyenne": [wait_told(value) for value in found["mean_wait"]],
            "Appels par semaine": found["calls"].where(known).round(),
            "Heures de régulateur par semaine": found["regulator_hours"].where(known),
            "Heures qu’il faudrait, seul": found["needed"].where(known),
            "Heures sous l’objectif": found["short"].where(known),
            "Heures connues": [
                f"{known} sur {asked}"
                for known, asked in zip(found["known"], found["asked"], strict=True)
            ],
            "Code": found["code"],
        }
    )


def map_values(calls: Calls, hours: Hours, standard: Standard) -> pd.Series:
    """Return the share in time of each département, by code; NaN where not known."""
    found = by_departement(calls, hours, standard).set_index("code")["within"]
    return found.astype(float)


ROLES: Mapping[str, str] = {
    "à aider": "une heure au moins est sous l’objectif",
    "peut aider": "plus de régulateurs que l’objectif n’en demande",
    "tient seul": "tout juste assez",
    "non connu": "heures que rien ne renseigne",
}
"""Roles of a département, as `by_departement` names them, and what each means."""


def roles(calls: Calls, hours: Hours, standard: Standard) -> list[tuple[str, str, str]]:
    """Return each role that a département has: its title, what it means, who has it."""
    found = by_departement(calls, hours, standard)
    who = {role: list(found.loc[found["role"] == role, "name"]) for role in ROLES}
    return [
        (role.capitalize(), ROLES[role], joined([named(one) for one in names]))
        for role, names in who.items()
        if names
    ]


def sentence(calls: Calls, hours: Hours, standard: Standard) -> str:
    """Return, in French, who holds and who does not at some hours."""
    found = by_departement(calls, hours, standard)
    known = found[found["known"] > 0]
    where = capitalised(hours.told)
    if known.empty:
        return f"{where} : aucun département ne donne ses appels ; rien n’est calculé."
    short = list(known.loc[known["short"] > 0, "name"])
    aim = f"{percent(standard.share)} des appels pris en {_minutes(standard)}"
    counts = (
        ("département simulé", "départements simulés")
        if calls.simulated
        else ("département connu", "départements connus")
    )
    told = f"{where}, {counted(len(known), *counts)} sur {len(found)} : "
    if not short:
        return told + f"tous tiennent l’objectif ({aim}) à chaque heure."
    several = len(short) > 1 or are_several(short[0])
    verb = "ne tiennent pas" if several else "ne tient pas"
    who = joined([named(one) for one in short])
    return told + f"{who} {verb} l’objectif ({aim}) à toutes les heures."


def candidates_table(table: pd.DataFrame, helper: str) -> pd.DataFrame:
    """Return `pooling.everyone` under French headings."""
    return pd.DataFrame(
        {
            "Appels repris": table["name"],
            "À temps, seul": [share_told(value) for value in table["within_before"]],
            "À temps, ensemble": [share_told(value) for value in table["within_after"]],
            f"À temps, {helper} seul": [share_told(value) for value in table["helper_before"]],
            "Attente moyenne, seul": [wait_told(value) for value in table["wait_before"]],
            "Attente moyenne, ensemble": [wait_told(value) for value in table["wait_after"]],
            "Heures de régulateur libérées par semaine": table["saved"],
            "Heures non connues": table["unknown"],
            "Code": table["code"],
        }
    )


def takeover_sentence(calls: Calls, found: Pooled, hours: Hours, standard: Standard) -> str:
    """Return, in French, what one queue for several départements changes."""
    before, after = totals(found.before), totals(found.hours)
    names = joined([named(calls.names[code]) for code in found.helped])
    helper = named(calls.names[found.helper])
    takes = "prennent" if are_several(calls.names[found.helper]) else "prend"
    freed = found.saved
    if freed > 0:
        staff = counted(freed, "heure de régulateur libérée", "heures de régulateur libérées")
    elif freed < 0:
        staff = (
            f"{counted(-freed, 'heure de régulateur à ajouter', 'heures de régulateur à ajouter')}"
        )
    else:
        staff = "autant d’heures de régulateur"
    told = (
        f"{capitalised(helper)} {takes} les appels de : "
        f"{names}, {hours.told}, avec "
        f"{STAFF[found.staff]}. {percent(after['within'], 1)} des appels pris en "
        f"{_minutes(standard)}, contre {percent(before['within'], 1)} séparément ; attente "
        f"moyenne {wait_told(after['mean_wait'])}, contre {wait_told(before['mean_wait'])} ; "
        f"{staff} par semaine."
    )
    endless = int((found.hours["mean_wait"] == math.inf).sum())
    if endless:
        told += (
            f" {counted(endless, 'heure', 'heures')} où il arrive plus d’appels que ces "
            "régulateurs n’en peuvent prendre : la file ne fait que grossir."
        )
    if found.unknown:
        told += (
            f" {counted(found.unknown, 'heure', 'heures')} de la plage que l’un d’eux ne donne "
            "pas : hors du calcul."
        )
    return told


def hourly_table(found: Pooled) -> pd.DataFrame:
    """Return before and after by hour of the day, over the days that count.

    Returns
    -------
    pandas.DataFrame
        One row per hour of the day under French headings: calls, regulators (mean of the days),
        share in time, mean wait.
    """
    rows = []
    for hour in sorted(set(found.hours["hour"])):
        before, after = (table[table["hour"] == hour] for table in (found.before, found.hours))
        was, becomes, days = totals(before), totals(after), len(after)
        rows.append(
            {
                "Heure": f"{hour} h à {hour + 1} h",
                "Appels par heure": round(becomes["calls"] / days, 1),
                "Régulateurs, avant": round(was["regulator_hours"] / days, 1),
                "Régulateurs, ensemble": round(becomes["regulator_hours"] / days, 1),
                "À temps, avant": share_told(was["within"]),
                "À temps, ensemble": share_told(becomes["within"]),
                "Attente moyenne, avant": wait_told(was["mean_wait"]),
                "Attente moyenne, ensemble": wait_told(becomes["mean_wait"]),
            }
        )
    return pd.DataFrame(rows)


def groups_table(found: BestGroups) -> pd.DataFrame:
    """Return the groups under French headings."""
    table = found.table
    return pd.DataFrame(
        {
            "Groupe": table["names"],
            "Heures qu’il faut, ensemble": table["together"],
            "Heures de régulateur en poste": table["regulator_hours"],
            "Heures qu’il faudrait, chacun seul": table["alone"],
            "Appels par semaine": table["calls"].round(),
            "À temps, ensemble": [share_told(value) for value in table["within"]],
        }
    )


def groups_sentence(found: BestGroups, hours: Hours, standard: Standard) -> str:
    """Return, in French, what the best grouping takes, with its proof."""
    now, alone = found.table["regulator_hours"].sum(), found.table["alone"].sum()
    proof = (
        "minimum prouvé"
        if found.grouping.status == "optimal"
        else f"au moins {number(found.grouping.bound)} : optimum non prouvé"
    )
    told = (
        f"{capitalised(hours.told)} : "
        f"{counted(len(found.groups), *_HOLD)} l’objectif "
        f"({percent(standard.share)} en {_minutes(standard)}) avec "
        f"{number(found.grouping.cost)} heures de régulateur par semaine ({proof}, "
        f"{counted(found.tried, 'groupe essayé', 'groupes essayés')}), contre {number(now)} en "
        "poste et "
        f"{number(alone)} si chacun devait le tenir seul."
    )
    if found.left_out:
        left_out = joined([named(one) for one in found.left_out])
        told += f" Hors du calcul, heures incomplètes ou non connues : {left_out}."
    return told


def week_table(calls: Calls, code: str, standard: Standard) -> pd.DataFrame:
    """Return the share in time of each hour of the week of a département, in French.

    Returns
    -------
    pandas.DataFrame
        "Heure", then a column for each day; "–" where the hour is not told.
    """
    told = known_hours(calls, Hours(0, 24))
    here = waits(told[told["code"] == code].reset_index(drop=True), standard)
    shares = {
        (day, hour): percent(share)
        for day, hour, share in zip(here["day"], here["hour"], here["within"], strict=True)
    }
    return pd.DataFrame(
        {
            "Heure": [f"{hour} h" for hour in range(24)],
            **{
                name.capitalize(): [shares.get((day, hour), "–") for hour in range(24)]
                for day, name in enumerate(WEEK_DAYS)
            },
        }
    )


def notes(calls: Calls) -> Sequence[str]:
    """Return the lines that go with every figure and export."""
    lines = [calls.note, "Attentes : file d’Erlang C, heure par heure.", *UNKNOWN]
    return [WHOLLY_SIMULATED, *lines] if calls.simulated else lines


def _minutes(standard: Standard) -> str:
    return counted(standard.minutes, "minute", "minutes", tenths_if_any(standard.minutes))


def _within(standard: Standard) -> str:
    return f"Appels pris en {_minutes(standard)} ou moins"
