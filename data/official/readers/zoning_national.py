"""National file of the zonings of self-employed professionals: one row per commune, its decrees.

The file of data.gouv.fr gathers the decrees of all agencies: the zone of each profession, the date
of its decree, and the territoire de vie-santé of each commune. Only the doctors' zone is read.
"""

import pandas as pd

from data.base import french
from data.official.readers.communes import CommuneIndex
from data.official.readers.names import agreeing, name_column
from data.official.readers.rows import chief_rows, settled, whole_cities
from data.official.readers.tables import Candidate, Header, headers
from data.official.readers.tally import ReadResult, Tally, other_levels, require_rows
from data.official.readers.zoning import decree_days, one_per_part, whole, zones_of
from data.region import decrees
from geo.errors import InvalidInputError

COMMUNE_LEVEL = "COM"
"""Level (`niveau`) of the rows by commune; the file also holds rows by TVS and by QPV."""
NOT_CLASSED = "NC"
"""Zone of a commune that the decree does not name."""

_NEEDED = ("niveau", "com code", "zmed niveau", "zmed date arrete")


def recognise(candidate: Candidate) -> str | None:
    """Return the key of the source that the file looks like, or None."""
    return "zoning_national" if _find(candidate) is not None else None


def read(candidate: Candidate, index: CommuneIndex) -> ReadResult:
    """Return `zoning` with the decree of each commune and its TVS.

    Raises
    ------
    InvalidInputError
        No row by commune is usable, or their codes are postcodes.
    """
    header = _find(candidate)
    if header is None:
        raise InvalidInputError(f"« {candidate.file.name} » n’est pas le zonage national.")
    tally = Tally()
    code = header.columns["com code"]
    rows = header.rows(
        level=header.columns["niveau"],
        code=code,
        named=name_column(header, code),
        value=header.columns["zmed niveau"],
        day=header.columns["zmed date arrete"],
        tvs=header.first("tvs code"),
        tvs_name=header.first("tvs lib"),
    ).reindex(columns=["level", "code", "named", "value", "day", "tvs", "tvs_name"], fill_value="")
    tally.read = len(rows)
    tally.refuse_malformed(header.table)
    other = rows["level"].str.upper() != COMMUNE_LEVEL
    if other.any():
        tally.remarks.append(other_levels(int(other.sum())))
    rows = rows[~other].assign(district="")
    require_rows(len(rows), candidate.file.name, "lignes de niveau COM", tally)
    rows = agreeing(rows, header, index, tally).rename(columns={"code": "own"})
    rows = whole_cities(rows, tally)
    rows["code"] = index.settle(rows["own"])
    rows = zones_of(_classed(rows, tally), candidate.file.name, tally)
    rows["decree"] = decree_days(rows["day"], tally)
    rows = one_per_part(chief_rows(settled(rows, index, tally), tally), tally)
    require_rows(len(rows), candidate.file.name, "zonage des communes", tally)
    tally.kept = len(rows)
    here = rows[rows["code"].isin(index.codes)]
    tally.remarks += decrees.old(here["decree"], french.today())
    tally.remarks.append("colonnes des autres professions (zide, zmk, zsf, zdent, zortho) non lues")
    return ReadResult({"zoning": whole(rows)}, {"zoning": decrees.span(here["decree"])}, tally)


def _find(candidate: Candidate) -> Header | None:
    for header in headers(candidate):
        if all(name in header.columns for name in _NEEDED):
            return header
    return None


def _classed(rows: pd.DataFrame, tally: Tally) -> pd.DataFrame:
    """Settle what « NC » says: outside where no other value does, else not known."""
    unnamed = rows["value"].str.upper() == NOT_CLASSED
    if not unnamed.any():
        return rows
    outside = rows["value"].map(french.fold).str.contains(r"\bhz\b|\bhors\b").any()
    if outside:
        tally.refuse(rows[unnamed], "zonage non communiqué (NC)")
        return rows[~unnamed]
    tally.remarks.append(
        french.counted(int(unnamed.sum()), "commune non classée", "communes non classées")
        + " (NC) : hors zone, puisque le fichier n’a pas d’autre mot pour le dire"
    )
    return rows.assign(value=rows["value"].where(~unnamed, "hors zone"))
