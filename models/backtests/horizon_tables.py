"""The check of each horizon in words: English rows for the report, French tables for the screen."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from data.base.french import MISSING, counted, number
from models.backtests.horizons import AIM, EVERYWHERE, FEW_LOSSES, OUTSIDE_TOWNS, told
from models.learning.features import RURALITY

TOWN = RURALITY[0]
DESIGNS = {"held_out": "regions held out", "forward": "forward"}
ENGLISH = {EVERYWHERE: "all", OUTSIDE_TOWNS: "outside towns"} | dict(
    zip(RURALITY, ("town", "suburban", "rural", "remote rural"), strict=True)
)
_VERDICTS = {
    "within": "within",
    "outside": "**outside**",
    "few": f"under {FEW_LOSSES} losses",
    "between": "not counted",
}
_FRENCH_DESIGNS = {"held_out": "régions jamais vues", "forward": "vers l’avant"}
_FRENCH_VERDICTS = {
    "within": "oui",
    "outside": "oui : hors attente",
    "few": "non : trop peu",
    "between": "non : pas d’effectif",
}

Checks = Mapping[str, Sequence[Mapping[str, Any]]]


def _ratio(row: Mapping[str, Any]) -> str:
    return "–" if row["ratio"] is None else f"{row['ratio']:.2f}"


def _losses(row: Mapping[str, Any], one: Mapping[str, Any]) -> str:
    return f"{row['losses']:.0f}" if one["counted"] else f"≈ {row['losses']:.0f}"


def _counts(one: Mapping[str, Any]) -> str:
    """Return the counts that frame the end of a horizon ("2013, 2017, 2020")."""
    start = one["start"]
    after = dict.fromkeys((one["shorter"], one["longer"]))
    return ", ".join(str(start + years) for years in dict.fromkeys((0, *after)))


def english_rows(by_horizon: Checks) -> list[list[str]]:
    """Return horizon, counts, test, rurality, communes, losses, expected, ratio, verdict."""
    return [
        [
            str(one["horizon"]),
            _counts(one),
            title,
            ENGLISH[row["group"]],
            str(row["communes"]),
            _losses(row, one),
            f"{row['expected']:.1f}",
            _ratio(row),
            _VERDICTS[told(dict(row), counted=one["counted"])],
        ]
        for design, title in DESIGNS.items()
        for one in sorted(by_horizon[design], key=lambda each: each["horizon"])
        for row in one["rows"]
    ]


def english_departements(by_horizon: Checks) -> list[list[str]]:
    """Return a row per département: communes, then expected / losses at each horizon."""
    horizons = sorted(by_horizon["held_out"], key=lambda each: each["horizon"])
    found: dict[str, list[str]] = {}
    for number_before, one in enumerate(horizons):
        for row in one["departements"]:
            cells = found.setdefault(row["group"], ["–"] * len(horizons))
            cells[number_before] = f"{row['expected']:.1f} / {_losses(row, one)}"
    return [[name, *cells] for name, cells in sorted(found.items())]


def outside_towns(one: Mapping[str, Any]) -> tuple[float, float]:
    """Return the least and the most expected over observed losses, each rurality but towns."""
    ratios = [
        row["ratio"]
        for row in one["rows"]
        if row["group"] in RURALITY[1:] and row["ratio"] is not None
    ]
    return min(ratios), max(ratios)


def aims(by_horizon: Checks) -> list[tuple[str, str, str, str]]:
    """Return what was asked of the horizons, what was measured, and whether it is reached."""
    asked = f"{AIM[0]} to {AIM[1]}"
    rows = []
    for design, title in DESIGNS.items():
        for one in sorted(by_horizon[design], key=lambda each: each["horizon"]):
            least, most = outside_towns(one)
            inside = AIM[0] <= least <= most <= AIM[1]
            verdict = ("yes" if inside else "**no**") if one["counted"] else (
                "not counted; yes between counts" if inside else "not counted; **no** between"
            )  # fmt: skip
            years = "1 year" if one["horizon"] == 1 else f"{one['horizon']} years"
            said = f"expected / observed losses, {years}, each rurality but towns, {title}"
            rows.append((said, asked, f"{least:.2f} to {most:.2f}", verdict))
        towns = [
            f"{one['horizon']} years {_ratio(row)} ({row['losses']:.0f})"
            for one in sorted(by_horizon[design], key=lambda each: each["horizon"])
            for row in one["rows"]
            if row["group"] == TOWN and one["counted"]
        ]
        said = f"the same in towns (losses), {title}"
        rows.append((said, asked, "; ".join(towns), "cannot be told: too few losses"))
    return rows


def french(by_horizon: Checks, horizon: int | None = None) -> pd.DataFrame:
    """Return the check of one horizon, or of all, for the screen and the card."""
    rows = []
    for design, title in _FRENCH_DESIGNS.items():
        for one in sorted(by_horizon[design], key=lambda each: each["horizon"]):
            if horizon is not None and one["horizon"] != horizon:
                continue
            years = {"Échéance (ans)": one["horizon"]} if horizon is None else {}
            rows += [
                years
                | {"Essai": title, "Effectifs": _counts(one), "Type de commune": row["group"]}
                | _french_losses(row, counted=one["counted"])
                | {"Vérifiée": _FRENCH_VERDICTS[told(dict(row), counted=one["counted"])]}
                for row in one["rows"]
            ]
    return pd.DataFrame(rows)


def _french_losses(row: Mapping[str, Any], *, counted: bool) -> dict[str, Any]:
    """Return the communes, losses and expected losses of a group; losses not counted are marked."""
    return {
        "Communes": row["communes"],
        "Pertes": f"{'' if counted else '≈ '}{number(row['losses'])}",
        "Pertes attendues": number(row["expected"], 1),
        "Attendues / observées": MISSING if row["ratio"] is None else number(row["ratio"], 2),
    }


def french_departements(by_horizon: Checks, horizon: int) -> pd.DataFrame:
    """Return the check of one horizon by département, regions held out."""
    one = _of(by_horizon, "held_out", horizon)
    return pd.DataFrame(
        [
            {"Département": row["group"]}
            | _french_losses(row, counted=one["counted"])
            | {"Écart dû au hasard": "oui" if row["chance"] else "non"}
            for row in one["departements"]
        ]
    )


def verified(by_horizon: Checks, horizon: int) -> str:
    """Say in one French sentence whether a horizon was checked on counts, and what came."""
    one = _of(by_horizon, "held_out", horizon)
    outside = next(row for row in one["rows"] if row["group"] == OUTSIDE_TOWNS)
    years, ahead = counted(horizon, "an", "ans"), _ahead(by_horizon, horizon)
    start, first, last = one["start"], one["start"] + one["shorter"], one["start"] + one["longer"]
    if one["counted"]:
        return (
            f"Échéance de {years} vérifiée sur les effectifs de {start} et {last}, régions jamais "
            f"vues : {number(outside['expected'])} pertes attendues pour "
            f"{number(outside['losses'])} observées hors des villes ; dans les villes, trop peu "
            f"de pertes pour le vérifier. {ahead}"
        )
    return (
        f"Échéance de {years} non vérifiée directement : aucun effectif ne tombe à cette date. "
        f"Depuis {start}, si les pertes se sont réparties au même rythme entre les effectifs de "
        f"{first} et {last}, il y en a eu environ {number(outside['losses'])} hors des villes pour "
        f"{number(outside['expected'])} attendues, régions jamais vues. {ahead}"
    )


def _ahead(by_horizon: Checks, horizon: int) -> str:
    """Say what a forecast made at the start, knowing only what had come, expected."""
    one = _of(by_horizon, "forward", horizon)
    row = next(row for row in one["rows"] if row["group"] == OUTSIDE_TOWNS)
    about = "" if one["counted"] else "environ "
    expected, came = number(row["expected"]), number(row["losses"])
    told = f"Prévues dès {one['start']}, sans rien savoir de la suite : {expected} pour {about}"
    if AIM[0] <= row["ratio"] <= AIM[1]:
        return f"{told}{came}."
    return f"{told}{came}, hors de l’écart accepté ({number(AIM[0], 1)} à {number(AIM[1], 2)})."


def _of(by_horizon: Checks, design: str, horizon: int) -> Mapping[str, Any]:
    return next(one for one in by_horizon[design] if one["horizon"] == horizon)
