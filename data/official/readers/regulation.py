"""Calls to on-call regulation, by département and hour of the week: the template of ours.

No national file says it: an agency, a SAMU or an association of doctors fills in the template. A
line may stand for several hours and several days; what is left blank is not known.
"""

import re

import numpy as np
import pandas as pd

from data.base import french
from data.files.cells import MASKED, masked, numbers
from data.official.readers.communes import CommuneIndex
from data.official.readers.tables import Candidate, Header, headers
from data.official.readers.tally import ReadResult, Tally
from data.region.schemas import WEEK_DAYS
from geo.errors import InvalidInputError

COLUMNS = (
    "departement",
    "jour",
    "heure_debut",
    "heure_fin",
    "appels_par_heure",
    "duree_minutes",
    "regulateurs",
    "annee",
)
"""Headings of the template, in its order."""
_NAMES = {
    "code": ("departement", "code departement", "dep", "coddep"),
    "day": ("jour", "jours", "jour de la semaine"),
    "start": ("heure debut", "heure", "debut", "de"),
    "end": ("heure fin", "fin", "a"),
    "calls": ("appels par heure", "appels heure", "nombre d appels par heure", "appels"),
    "minutes": ("duree minutes", "duree moyenne minutes", "duree moyenne", "dmt", "duree"),
    "regulators": ("regulateurs", "medecins regulateurs", "nombre de regulateurs"),
    "year": ("annee", "an"),
}
_GROUPS = {
    "tous": range(7),
    "tous les jours": range(7),
    "semaine": range(5),
    "week end": range(5, 7),
    "weekend": range(5, 7),
} | {name: range(k, k + 1) for k, name in enumerate(WEEK_DAYS)}
_HOUR = re.compile(r"^(\d{1,2})(?:[.,]0+)?(?:\s*+[h:])?\s*+(?:00)?$", re.IGNORECASE)
_DEPARTEMENT = re.compile(r"(\d{2}|2[AB]|97\d)")
_DAY_HOURS = 24
_LONGEST_CALL_MINUTES = 240
_FIGURES = ("calls", "minutes", "regulators")


def recognise(candidate: Candidate) -> str | None:
    """Return the key of the source that the file looks like, or None."""
    return "regulation_calls" if _find(candidate) else None


def read(candidate: Candidate, _index: CommuneIndex) -> ReadResult:
    """Return `regulation_calls`, by département (column `code`), day and hour.

    Raises
    ------
    InvalidInputError
        A column is missing, or no line is usable.
    """
    found = _find(candidate)
    header, places = found or (next(headers(candidate)), {})
    name = candidate.file.name
    missing = [heading for heading, key in _needed().items() if key not in places]
    if missing:
        told = french.joined([f"« {heading} »" for heading in missing])
        raise InvalidInputError(
            f"« {name} » : il manque la colonne {told}. "
            "Reprenez le modèle de l’écran Solidarité, onglet Régulation."
        )
    tally = Tally()
    rows = header.rows(**places)
    tally.read = len(rows)
    tally.refuse_malformed(header.table)
    table = _expanded(_checked(rows, tally))
    table = _agreeing(table, tally)
    if table.empty:
        why = " ; ".join(refusal.told for refusal in tally.refused[:3])
        raise InvalidInputError(f"« {name} » n’a aucune ligne utilisable. {why}.")
    tally.kept = table["line"].nunique()
    unknown = int(table[list(_FIGURES)].isna().any(axis=1).sum())
    if unknown:
        tally.remarks.append(
            f"{french.counted(unknown, 'heure', 'heures')} dont un chiffre est laissé en blanc : "
            "non connu, jamais zéro"
        )
    columns = ["code", "year", "day", "hour", *_FIGURES]
    table = table.drop_duplicates(["code", "day", "hour"])[columns].reset_index(drop=True)
    years = ", ".join(map(str, sorted(table["year"].unique())))
    return ReadResult({"regulation_calls": table}, {"regulation_calls": years}, tally)


def _needed() -> dict[str, str]:
    keys = ("code", "day", "start", "end", "calls", "minutes", "regulators", "year")
    return {heading: key for heading, key in zip(COLUMNS, keys, strict=True) if key != "end"}


def _find(candidate: Candidate) -> tuple[Header, dict[str, int]] | None:
    for header in headers(candidate):
        places = {
            key: place
            for key, names in _NAMES.items()
            if (place := header.first(*names)) is not None
        }
        if {"code", "start", "calls"} <= set(places) and {"regulators", "minutes"} & set(places):
            return header, places
    return None


def _checked(rows: pd.DataFrame, tally: Tally) -> pd.DataFrame:
    """Return the lines that can be read, with numbers; the others are counted with their reason."""
    codes = rows["code"].str.upper().str.removesuffix(".0").str.zfill(2)
    days = rows["day"].map(french.fold)
    start = rows["start"].map(_hour)
    end = rows["end"].map(_hour) if "end" in rows else start + 1
    figures = {name: numbers(rows[name]) for name in _FIGURES}
    blank = pd.concat([rows[name] == "" for name in _FIGURES], axis=1)
    unread = pd.concat([figures[name].isna() for name in _FIGURES], axis=1).to_numpy() & ~blank
    year = numbers(rows["year"])
    regulators, minutes = figures["regulators"], figures["minutes"]
    wrong = {
        "département illisible (16, 2A, 974…)": ~codes.map(
            lambda code: _DEPARTEMENT.fullmatch(code) is not None
        ),
        "jour inconnu (lundi à dimanche, semaine, week-end ou tous)": ~days.isin(list(_GROUPS)),
        "heure illisible (de 0 à 24, sans minutes)": start.isna()
        | end.isna()
        | (start >= _DAY_HOURS)
        | (start == end),
        "année illisible": ~year.between(1990, 2100) | (year % 1 != 0),
        MASKED: pd.concat([masked(rows[name]) for name in _FIGURES], axis=1).any(axis=1),
        "chiffre illisible": unread.any(axis=1),
        "appels négatifs": figures["calls"] < 0,
        f"durée d’appel hors de 0 à {_LONGEST_CALL_MINUTES} minutes": (minutes <= 0)
        | (minutes > _LONGEST_CALL_MINUTES),
        "nombre de régulateurs négatif ou non entier (des postes tenus, pas une moyenne)": (
            (regulators < 0) | (regulators % 1 > 0)
        ),
        "aucun chiffre": blank.all(axis=1),
    }
    left = np.ones(len(rows), dtype=bool)
    for reason, refused in wrong.items():
        here = np.asarray(refused, dtype=bool)
        tally.refuse(rows[left & here], reason)
        left &= ~here
    kept = pd.DataFrame({"code": codes, "days": days, "start": start, "end": end, "year": year})
    return kept.assign(line=rows.index, **figures)[left]


def _hour(text: str) -> float:
    found = _HOUR.match(text.strip())
    value = float(found[1]) if found else float("nan")
    return value if value <= _DAY_HOURS else float("nan")


def _expanded(lines: pd.DataFrame) -> pd.DataFrame:
    """Return one row per line, day and hour; what crosses midnight goes on into the next day."""
    pieces = []
    for line in lines.to_dict("records"):
        start, end = int(line["start"]), int(line["end"])
        many = end - start if end > start else end + _DAY_HOURS - start
        said = {name: line[name] for name in ("line", "code", *_FIGURES)}
        for day in _GROUPS[str(line["days"])]:
            moments = np.arange(many) + day * _DAY_HOURS + start
            pieces.append(
                pd.DataFrame(
                    {
                        **said,
                        "year": int(line["year"]),
                        "day": moments // _DAY_HOURS % 7,
                        "hour": moments % _DAY_HOURS,
                    }
                )
            )
    columns = ["line", "code", "year", "day", "hour", *_FIGURES]
    return pd.concat(pieces, ignore_index=True) if pieces else pd.DataFrame(columns=columns)


def _agreeing(table: pd.DataFrame, tally: Tally) -> pd.DataFrame:
    """Leave out whole the lines that contradict one another about an hour; repeats count once."""
    keys, said = ["code", "day", "hour"], ["year", *_FIGURES]
    different = table.drop_duplicates([*keys, *said])
    clash = different[different.duplicated(keys, keep=False)][keys].drop_duplicates()
    if not len(clash):
        return table
    both = table.merge(clash, on=keys)
    lines = set(both["line"])
    tally.refuse(
        pd.Series(0, index=sorted(lines)), "heure que deux lignes disent avec d’autres chiffres"
    )
    return table[~table["line"].isin(lines)]
