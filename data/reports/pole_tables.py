"""A pole in words: sentence, proof, figures side by side, antennas, who wins and who loses."""

import pandas as pd

from data.base.figures import with_numbers_across
from data.base.french import at, counted, joined, number, tenths_if_any
from data.region.rules import HUBERT_MINUTES, ROOM_PEOPLE_A_GP, ZIP_APL
from data.siting.changes import BEFORE_AFTER, decimals_of
from data.siting.pole_plan import (
    BEST,
    HOUSE,
    TYPED,
    PoleComparison,
    Side,
    known_sum,
)
from data.siting.pole_rows import antenna_rows, changes
from data.siting.poles import FEWEST
from geo.siting.pole import HALF_DAY_MINUTES, HALF_DAYS_PER_GP

READ = ("gps", "reference")
"""Tables, beside those of people and roads, that the figures of a pole are read from."""
MEASURE, TODAY = "Mesure", "Avant le projet"
_TITLES = {
    "without_room": ("Habitants de la région sans place à 20 minutes", 0),
    "gps": ("Médecins de l’équipe (équivalent temps plein)", 1),
    "gps_after_road": ("Médecins une fois la route payée (équivalent temps plein)", 2),
    "open": ("Lieux ouverts", 0),
    "full_week": ("Lieux qui peuvent ouvrir cinq jours par semaine", 0),
    "within_20": ("Habitants à 20 minutes d’un lieu ouvert", 0),
    "over_75_within_20": ("dont 75 ans et plus", 0),
    "nurse_within_20": ("Habitants à 20 minutes d’un lieu avec infirmière", 0),
    "mean_minutes": ("Minutes jusqu’au généraliste le plus proche (moyenne du bassin)", 1),
    "mean_apl": ("APL moyenne du bassin (consultations par an et habitant)", 2),
    "under_2_5": (f"Habitants du bassin à {number(ZIP_APL, 1)} d’APL ou moins", 0),
    "road_hours": ("Heures de route par semaine", 1),
    "euros": ("Coûts fixes par an (€)", 0),
}
_OF_TODAY = {"mean_minutes", "mean_apl", "under_2_5", "without_room"}
"""Measures that exist before any antenna."""
_ANTENNAS = {
    "name": "Antenne",
    "commune": "Commune",
    "half_days": "Demi-journées par semaine",
    "gps": "Médecins (ETP)",
    "days_open": "Jours ouverts par semaine, au plus",
    "nurse": "Infirmière sur place",
    "base_minutes": "Minutes depuis la base",
    "road_hours": "Heures de route par semaine",
    "euros": "Coût fixe par an (€)",
}
CHANGES = {
    "side": "Comparaison",
    "code": "Code",
    "name": "Commune",
    "effect": "Effet",
    "population": "Habitants",
    "over_75": "dont 75 ans et plus",
    "apl_before": "APL avant",
    "apl_after": "APL après",
    "minutes_before": "Minutes avant",
    "minutes_after": "Minutes après",
    "room": "Habitants qui trouvent une place",
}
"""Columns of a table of changes, and their headings."""
ASSUMPTIONS = (
    f"Un médecin fait {HALF_DAYS_PER_GP} demi-journées par semaine et suit "
    f"{number(ROOM_PEOPLE_A_GP)} habitants (hypothèse). La route depuis la base est prise sur les "
    f"consultations : un aller-retour pour deux demi-journées de {number(HALF_DAY_MINUTES / 60)} "
    "heures ; un lieu qu’aucune route n’atteint ne garde rien. Bassin : communes à "
    f"{number(HUBERT_MINUTES)} minutes de l’une des antennes, ouverte ou non. Places : le plus "
    "proche d’abord. Jours ouverts : une demi-journée par jour au plus, cinq jours par semaine. "
    "Une infirmière ne change ni l’APL ni les places : elle est comptée à part."
)


def title(found: PoleComparison, key: str) -> str:
    """Return the name of a side."""
    if key == HOUSE:
        return f"Une maison {at(found.plan.antennas[found.plan.base].site.commune)}"
    return {TYPED: "Votre pôle", BEST: "Le meilleur pôle"}[key]


def measures_table(found: PoleComparison) -> pd.DataFrame:
    """Return today and the sides as texts, one measure a row; winners and losers against today."""
    columns = {MEASURE: [name for name, _ in _TITLES.values()]}
    columns[TODAY] = [
        _measure_words(found.today, key) if key in _OF_TODAY else "sans objet" for key in _TITLES
    ]
    for key, side in found.sides.items():
        columns[title(found, key)] = [_measure_words(side, measure) for measure in _TITLES]
    table = pd.DataFrame(columns)
    told = {title(found, key): _balance(found, side) for key, side in found.sides.items()}
    rows = [
        {MEASURE: name, TODAY: "sans objet"} | {side: texts[name] for side, texts in told.items()}
        for name in next(iter(told.values()))
    ]
    return pd.concat([table, pd.DataFrame(rows)], ignore_index=True)


def _measure_words(side: Side, key: str) -> str:
    return number(side.measures[key], _TITLES[key][1])


def _balance(found: PoleComparison, side: Side) -> dict[str, str]:
    table = changes(found, found.today, side)
    told = {}
    for effect, who in (("gagne", "qui gagnent"), ("perd", "qui perdent")):
        part = table[table["effect"] == effect]
        elders = 0.0 if part.empty else known_sum(part["over_75"].to_numpy(dtype=float))
        told[f"Communes {who}, par rapport à la situation d’avant"] = number(len(part))
        told[f"Habitants {who}"] = number(part["population"].sum())
        told[f"dont 75 ans et plus, {who}"] = number(elders)
    return told


def antennas_table(found: PoleComparison, key: str) -> pd.DataFrame:
    """Return the antennas of a side under French headings."""
    table = antenna_rows(found, found.sides[key].half_days.tolist())[list(_ANTENNAS)]
    told = table.assign(
        nurse=["oui" if one else "non" for one in table["nurse"]],
        base_minutes=table["base_minutes"].round(0),
        road_hours=table["road_hours"].round(1),
    )
    return told.rename(columns=_ANTENNAS)


def changes_table(found: PoleComparison) -> pd.DataFrame:
    """Return who wins and who loses: each side against today, then the poles against the house."""
    house = found.sides[HOUSE]
    parts = [
        changes(found, found.today, side).assign(side=title(found, key))
        for key, side in found.sides.items()
    ]
    parts += [
        changes(found, house, side).assign(side=f"{title(found, key)}, comparé à la maison")
        for key, side in found.sides.items()
        if key != HOUSE
    ]
    table = pd.concat(parts, ignore_index=True).sort_values(
        ["side", "effect", "population"], ascending=[True, False, False], ignore_index=True
    )
    table = table.round({"over_75": 0, "room": 0, "population": 0}).assign(
        **{
            key: [round(*one) for one in zip(table[key], decimals_of(table, key), strict=True)]
            for key in BEFORE_AFTER
        }
    )
    return table[list(CHANGES)].rename(columns=CHANGES)


def sheets(found: PoleComparison) -> dict[str, pd.DataFrame]:
    """Return the tables of a workbook by their title, figures as numbers."""
    tables = {
        "Comparaison": with_numbers_across(measures_table(found)),
        "Antennes": antennas_table(found, TYPED),
        "Gagnants et perdants": changes_table(found),
    }
    if BEST in found.sides:
        tables["Meilleur pôle"] = antennas_table(found, BEST)
    return tables


def sentence(found: PoleComparison) -> str:
    """Return what the typed pole gives beside the house, in one or two French sentences."""
    house, pole = found.sides[HOUSE], found.sides[TYPED]
    at_pole, at_house = (_room(found, side) for side in (pole, house))
    used = [one.site.name for one in found.plan.antennas if one.half_days]
    where = at(found.plan.antennas[found.plan.base].site.commune)
    said = (
        f"Avec {counted(found.plan.team, 'demi-journée', 'demi-journées')} par semaine "
        f"({gps_words(pole.measures['gps'])}), le pôle ({joined(used)}) {_room_words(at_pole)} ; "
        f"une maison {where} {_room_words(at_house)}."
    )
    against = changes(found, house, pole)
    if against.empty:
        return f"{said} Personne ne gagne ni ne perd de l’une à l’autre."
    told = []
    for effect, one, several in (("gagne", "gagne", "gagnent"), ("perd", "perd", "perdent")):
        part = against[against["effect"] == effect]
        if len(part):
            people = number(float(part["population"].sum()))
            verb = one if len(part) < 2 else several
            told.append(f"{counted(len(part), 'commune', 'communes')} ({people} habitants) {verb}")
    return f"{said} Du pôle à la place de la maison : {' ; '.join(told)}."


def _room_words(people: float) -> str:
    if abs(people) < 0.5:
        return "ne donne de place à personne de plus"
    inhabitants = counted(abs(people), "habitant", "habitants")
    if people < 0:
        return f"laisse {inhabitants} de plus sans place"
    return f"donne une place à {inhabitants} de plus"


def gps_words(gps: float) -> str:
    """Return a number of GPs, parts of one included ("2 médecins", "0,5 médecin")."""
    return counted(gps, "médecin", "médecins", tenths_if_any(round(gps, 1)))


def _room(found: PoleComparison, side: Side) -> float:
    return float(found.today.without_room.sum() - side.without_room.sum())


def settled_words(found: PoleComparison) -> str:
    """Return where the doctors of the team come from; in public, among whom they are counted."""
    if not found.plan.settled:
        return "Les médecins du pôle sont supposés nouveaux dans la région."
    moved = found.leaving.sum()
    if not moved:
        return "Aucun généraliste n’exerce dans les communes des antennes : tous sont nouveaux."
    if found.plan.public:
        return found.among
    new = found.plan.team / HALF_DAYS_PER_GP - moved
    more = (
        "" if new < 0.05 else f" ; {counted(new, 'autre est nouveau', 'autres sont nouveaux', 1)}"
    )
    return (
        "Les médecins du pôle quittent les cabinets des communes des antennes : "
        f"{gps_words(moved)}{more}."
    )


def proof_words(found: PoleComparison) -> str:
    """Return the best pole, its bound and whether it is proven."""
    pole = found.proof
    if pole is None:
        return ""
    names = [one.site.name for one in found.plan.antennas]
    told = [
        f"{names[rank]} ({counted(count, 'demi-journée', 'demi-journées')})"
        for rank, count in enumerate(pole.half_days.tolist())
        if count
    ]
    said = (
        f"Meilleur pôle d’au moins {number(FEWEST)} antennes : {joined(told)}. Parmi les habitants "
        "sans place avant le projet, il peut en "
        f"recevoir {number(pole.people)} au mieux ; aucune répartition n’en reçoit plus de "
        f"{number(pole.bound)} (borne) ; la maison en recevrait {number(found.house_seated)}."
    )
    proven = "Optimum prouvé." if pole.proven else "Optimum non prouvé dans le temps permis."
    return f"{said} {proven}"
