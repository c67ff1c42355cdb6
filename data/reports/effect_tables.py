"""What a scenario changes for one territory, in words."""

from collections.abc import Collection

import pandas as pd

from data.base.french import MISSING, number, uncapitalised
from data.region.rules import HUBERT_MINUTES, ZIP_APL
from data.siting.effects import Effects

_TITLES = {
    "apl": ("APL (consultations par an et habitant)", 2),
    "minutes": ("Minutes jusqu’au généraliste le plus proche", 1),
    "without_room": (f"Habitants sans place à {number(HUBERT_MINUTES)} minutes", 0),
    "under_2_5": (f"Habitants à {number(ZIP_APL, 1)} d’APL ou moins", 0),
}
MEASURE = "Mesure"


def effect_table(effects: Effects, codes: Collection[str]) -> pd.DataFrame:
    """Return before, after and their difference as texts, one measure a row."""
    rows = []
    for row in effects.of(codes).to_dict("records"):
        title, decimals = _TITLES[row["measure"]]
        before, after = round(row["before"], decimals), round(row["after"], decimals)
        gap = number(after - before, decimals)
        rows.append(
            {
                MEASURE: title,
                "Avant": number(before, decimals),
                "Après": number(after, decimals),
                "Différence": f"+{gap}" if after > before else gap,
            }
        )
    table = pd.DataFrame(rows)
    return table[table["Avant"] != MISSING].reset_index(drop=True)


def effect_sentence(effects: Effects, codes: Collection[str], name: str) -> str:
    """Return whether a scenario changes anything for a territory, in one French sentence."""
    table = effect_table(effects, codes)
    moved = table[table["Avant"] != table["Après"]]
    if moved.empty:
        return f"Ce scénario ne change rien de mesurable pour {name}."
    told = [
        f"{uncapitalised(row[MEASURE])} : {row['Avant']} avant, {row['Après']} après"
        for row in moved.to_dict("records")
    ]
    return f"Ce que le scénario change pour {name} : {' ; '.join(told)}."
