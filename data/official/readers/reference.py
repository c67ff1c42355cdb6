"""Columns that describe communes (age, density class, area, bassin de vie) and the TVS."""

import re

import pandas as pd

from data.files.cells import numbers
from data.files.years import without_day_made
from data.official.readers.communes import CommuneIndex
from data.official.readers.rows import chief_rows, only_once, settled, whole_cities
from data.official.readers.tables import Candidate, Header, headers
from data.official.readers.tally import ReadResult, Tally, require_rows
from geo.errors import InvalidInputError

_CODE_NAMES = ("code", "codgeo", "depcom", "insee com", "code insee", "code commune")
_NAMES = {
    "share_over_75": ("part 75 plus pct",),
    "density_class": ("grille densite texte", "libdens7", "libelle densite", "libdens"),
    "area_km2": ("superficie insee km2", "superficie"),
    "bassin_de_vie": ("bv2022",),
    "bassin_de_vie_name": ("lib bv2022", "libbv2022"),
}
_LEAST_COLUMNS = 2


def recognise(candidate: Candidate) -> str | None:
    """Return the key of the source that the file looks like, or None."""
    described = _described(candidate)
    if described is not None:
        if "libdens" in described.columns:
            return "density"
        return "bassins_de_vie" if _only_living_areas(described) else "commune_reference"
    return "tvs" if _tvs(candidate) is not None else None


def read(candidate: Candidate, index: CommuneIndex) -> ReadResult:
    """Return `reference`, or the TVS columns of `zoning`.

    Raises
    ------
    InvalidInputError
        No line is usable.
    """
    described = _described(candidate)
    if described is not None:
        return _read_reference(candidate, described, index)
    tvs = _tvs(candidate)
    if tvs is None:
        raise InvalidInputError(f"« {candidate.file.name} » ne décrit pas des communes.")
    return _read_tvs(candidate, tvs, index)


def _described(candidate: Candidate) -> Header | None:
    for header in headers(candidate):
        known = [c for c, names in _NAMES.items() if header.first(*names) is not None]
        grid = {"dens", "libdens"} <= header.columns.keys()  # INSEE's density grid, on its own
        if header.first(*_CODE_NAMES) is not None and (grid or len(known) >= _LEAST_COLUMNS):
            return header
    return None


def _only_living_areas(header: Header) -> bool:
    known = {c for c, names in _NAMES.items() if header.first(*names) is not None}
    return known == {"bassin_de_vie", "bassin_de_vie_name"}


def _read_reference(candidate: Candidate, header: Header, index: CommuneIndex) -> ReadResult:
    tally = Tally()
    positions = {column: header.first(*names) for column, names in _NAMES.items()}
    rows = header.rows(own=header.first(*_CODE_NAMES), **positions)
    tally.read = len(rows)
    tally.refuse_malformed(header.table)
    rows = whole_cities(rows, tally, counted=False)
    rows["code"] = index.settle(rows["own"])
    rows = only_once(chief_rows(settled(rows, index, tally), tally), tally)
    if "share_over_75" in rows:
        rows["share_over_75"] = numbers(rows["share_over_75"]) / 100
        wrong = (rows["share_over_75"] < 0) | (rows["share_over_75"] > 1)
        tally.refuse(rows[wrong], "part des 75 ans et plus hors de 0 à 100 %")
        rows = rows[~wrong]
    if "area_km2" in rows:
        rows["area_km2"] = numbers(rows["area_km2"])
    require_rows(len(rows), candidate.file.name, "caractéristiques des communes", tally)
    tally.kept = len(rows)
    given = tuple(column for column, position in positions.items() if position is not None)
    table = rows[["code", *given]].sort_values("code").reset_index(drop=True)
    year = _vintage(header, given)
    return ReadResult(
        {"reference": table}, {"reference": year}, tally, columns={"reference": given}
    )


def _vintage(header: Header, given: tuple[str, ...]) -> str:
    if "bassin_de_vie" in given:
        return "BV2022"
    if given == ("density_class",):
        year = re.search(r"(20[0-3]\d)", without_day_made(header.table.file.path.name))
        return f"grille de densité {year[1]}" if year else "grille de densité, année non indiquée"
    return "millésime non indiqué dans le fichier"


def _tvs(candidate: Candidate) -> Header | None:
    for header in headers(candidate):
        has_zone = any(n.startswith(("zonage", "qualification")) for n in header.columns)
        if _tvs_code(header) is not None and _commune_code(header) is not None and not has_zone:
            return header
    return None


def _tvs_code(header: Header) -> int | None:
    found = header.first("tvs", "agregation tvs")
    return found if found is not None else header.having("code", "tvs")


def _commune_code(header: Header) -> int | None:
    found = header.first(*_CODE_NAMES)
    return found if found is not None else header.having("code", "commune", without=("postal",))


def _read_tvs(candidate: Candidate, header: Header, index: CommuneIndex) -> ReadResult:
    tally = Tally()
    label = header.having("nom", "tvs")
    label = label if label is not None else header.having("libelle", "tvs")
    rows = header.rows(own=_commune_code(header), tvs=_tvs_code(header), tvs_name=label)
    tally.read = len(rows)
    tally.refuse_malformed(header.table)
    rows = whole_cities(rows, tally, counted=False)
    rows["code"] = index.settle(rows["own"])
    tally.refuse(rows[rows["tvs"] == ""], "code de territoire de vie-santé vide")
    rows = rows[rows["tvs"] != ""]
    rows = only_once(chief_rows(settled(rows, index, tally), tally), tally)
    require_rows(len(rows), candidate.file.name, "composition des territoires de vie-santé", tally)
    tally.kept = len(rows)
    given = ("tvs", "tvs_name") if label is not None else ("tvs",)
    table = pd.DataFrame(rows[["code", *given]]).reset_index(drop=True)
    return ReadResult(
        {"zoning": table},
        {"zoning": "composition des territoires de vie-santé"},
        tally,
        columns={"zoning": given},
    )
