"""Layers of the Géoplateforme as GeoJSON: public services (France Santé), mean age of doctors."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from data.base import french
from data.files.cells import numbers
from data.official.readers.communes import CommuneIndex, folded_name
from data.official.readers.finess import as_published, as_text, json_items
from data.official.readers.rows import only_once, settled
from data.official.readers.structures import as_structures, placed
from data.official.readers.tables import Candidate
from data.official.readers.tally import ReadResult, Tally, require_rows
from geo.errors import InvalidInputError

LABEL = "france sante"
_ELSEWHERE = {"maison de sante": "msp", "centre de sante": "centre_sante"}
"""Categories that FINESS knows better: with its number, its category and its closing."""
_MEAN_AGE = re.compile(r"moyenne_age_medecins_(20\d\d)")
_IDS = ("finess", "num_finess", "numero_finess", "nofinesset", "id_finess")
_NAMES = ("nom", "denomination", "raison_sociale", "libelle", "name")
_CODES = ("code_insee", "insee_com", "insee", "code_commune", "codgeo", "depcom")


def recognise(candidate: Candidate) -> str | None:
    """Return the key of the source that the file looks like, or None."""
    if '"FeatureCollection"' not in candidate.text:
        return None
    if _MEAN_AGE.search(candidate.text.casefold()):
        return "doctors_mean_age"
    named = french.fold(f"{candidate.file.name} {candidate.text}")
    public = "services publics" in named or LABEL in named
    return "services_publics" if public else None


def read(candidate: Candidate, index: CommuneIndex) -> ReadResult:
    """Return the labelled structures, or `doctor_ages`.

    Raises
    ------
    InvalidInputError
        The layer holds none of what is expected.
    """
    tally = Tally()
    with as_published(candidate.file.name):
        if recognise(candidate) == "doctors_mean_age":
            return _read_ages(candidate, index, tally)
        return _read_services(candidate, index, tally)


def _features(candidate: Candidate, tally: Tally) -> Iterator[tuple[Mapping[str, Any], Any, str]]:
    """Give properties (names in lower case), coordinates and identity of each feature."""
    for feature in json_items(candidate.file, "features.item"):
        tally.read += 1
        properties = {str(k).casefold(): v for k, v in (feature.get("properties") or {}).items()}
        place = (feature.get("geometry") or {}).get("coordinates") or []
        yield properties, place, as_text(feature.get("id"))


def _first(properties: Mapping[str, Any], names: tuple[str, ...]) -> str:
    return next((text for name in names if (text := as_text(properties.get(name)))), "")


def _read_services(candidate: Candidate, index: CommuneIndex, tally: Tally) -> ReadResult:
    rows, other = [], 0
    for properties, place, identity in _features(candidate, tally):
        categories = {french.fold(as_text(value)) for value in properties.values()}
        if LABEL not in categories:
            other += bool(categories & _ELSEWHERE.keys())
            continue
        point = place if len(place) == 2 and not isinstance(place[0], list) else ["", ""]
        rows.append(
            {
                "id": _first(properties, _IDS),
                "own": identity,
                "name": _first(properties, _NAMES),
                "code": _first(properties, _CODES),
                "lon": as_text(point[0]),
                "lat": as_text(point[1]),
            }
        )
    require_rows(len(rows), candidate.file.name, "structures France Santé", tally)
    if other:
        tally.remarks.append(
            f"maisons et centres de santé laissés à FINESS, qui dit leur numéro et leur "
            f"fermeture : {french.number(other)}"
        )
    frame = pd.DataFrame(rows, dtype=str)
    frame = frame.assign(
        lon=numbers(frame["lon"]), lat=numbers(frame["lat"]), code=index.settle(frame["code"])
    )
    frame["id"] = _numbered(frame, index)
    lost = frame["code"] == ""
    tally.refuse(frame[lost], "commune non donnée")
    frame = placed(frame[~lost], index, tally)
    require_rows(len(frame), candidate.file.name, "structures que l’on puisse placer", tally)
    tally.kept = len(frame)
    structures = as_structures(frame.assign(kind="france_sante"), labelled=True)
    return ReadResult(
        {"structures": structures},
        {"structures": _day(candidate)},
        tally,
        kinds=("france_sante",),
    )


def _numbered(rows: pd.DataFrame, index: CommuneIndex) -> pd.Series:
    """Return FINESS numbers: given, else those of the same name in the commune, else its own."""
    known: dict[tuple[str, str], str] = {}
    if index.sites is not None:
        for site in index.sites.itertuples():
            known.setdefault((str(site.code), folded_name(str(site.name))), str(site.id))
    found = []
    for number, row in enumerate(rows.to_dict("records")):
        same = known.get((row["code"], folded_name(row["name"])), "")
        found.append(row["id"] or same or row["own"] or f"france-sante-{number}")
    return pd.Series(found, index=rows.index, dtype=str)


def _read_ages(candidate: Candidate, index: CommuneIndex, tally: Tally) -> ReadResult:
    """Return the latest mean age of doctors by commune, and how many they are where it is told."""
    rows, year = [], 0
    for properties, _, _ in _features(candidate, tally):
        dated = {int(m[1]): name for name in properties if (m := _MEAN_AGE.fullmatch(name))}
        if dated:
            year = max(year, *dated)
            last = max(dated)
            counted = _first(properties, (f"nb_medecins_{last}", f"nombre_medecins_{last}"))
            mean = as_text(properties[dated[last]])
            rows.append((_first(properties, _CODES), mean, counted))
    frame = pd.DataFrame(rows, columns=["code", "mean_age", "doctors"], dtype=str)
    frame = frame.assign(
        code=index.settle(frame["code"]),
        mean_age=numbers(frame["mean_age"]),
        doctors=numbers(frame["doctors"]),
    )
    blank = frame["mean_age"].isna() | ~frame["mean_age"].between(20, 100)
    tally.refuse(frame[blank], "âge moyen non donné")
    frame = only_once(settled(frame[~blank], index, tally), tally)
    if frame.empty or not year:
        raise InvalidInputError(
            f"« {candidate.file.name} » ne donne l’âge moyen des médecins d’aucune commune."
        )
    tally.kept = len(frame)
    tally.remarks.append(
        "gardé, mais jamais montré pour une commune ; le modèle ne s’en sert pas (appris sans âge)"
    )
    table = frame.assign(year=year)[["code", "year", "mean_age", "doctors"]]
    return ReadResult(
        {"doctor_ages": table.reset_index(drop=True)}, {"doctor_ages": str(year)}, tally
    )


def _day(candidate: Candidate) -> str:
    found = re.search(r"(20\d\d)-(\d\d)-(\d\d)", candidate.text)
    return f"{found[3]}/{found[2]}/{found[1]}" if found else "date non indiquée dans le fichier"
