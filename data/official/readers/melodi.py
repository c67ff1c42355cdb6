"""Populations and ages in the long form of INSEE's Melodi: one row per place, measure and year."""

import re
from collections.abc import Iterator

import pandas as pd

from data.files.cells import numbers
from data.official.readers.communes import CommuneIndex
from data.official.readers.population import without_false_zeros, without_far_ones
from data.official.readers.rows import hidden_lost, settled, whole_cities, without_lost
from data.official.readers.tables import Candidate, Header, headers
from data.official.readers.tally import ReadResult, Tally, other_levels, require_rows
from geo.errors import InvalidInputError

MUNICIPAL = "PMUN"
"""Population municipale: each inhabitant once."""
COMMUNE_LEVELS = ("COM", "ARM")
TOTAL = "_T"
_AGED = {"from_65_to_79": re.compile(r"Y_?65T79"), "over_80": re.compile(r"Y_?(GE)?80(T.*|P)?")}
_KNOWN = {"geo", "geo object", "age", "sex", "time period", "obs value", "freq", "obs status"}


def recognise(candidate: Candidate) -> str | None:
    """Return the key of the source that the file looks like, or None."""
    found = _find(candidate)
    return found[0] if found else None


def read(candidate: Candidate, index: CommuneIndex) -> ReadResult:
    """Return `populations`, or `elder_shares` (65 and over, 80 and over).

    Raises
    ------
    InvalidInputError
        No row by commune is usable.
    """
    found = _find(candidate)
    if found is None:
        raise InvalidInputError(f"« {candidate.file.name} » n’est pas une table Melodi connue.")
    source, header = found
    tally = Tally()
    reader = _read_populations if source == "insee_populations" else _read_ages
    result = reader(header, index, tally)
    tally.refuse_malformed(header.table)
    return result


def _find(candidate: Candidate) -> tuple[str, Header] | None:
    for header in headers(candidate):
        names = header.columns.keys()
        if {"geo", "popref measure", "time period", "obs value"} <= names:
            return "insee_populations", header
        if {"geo", "age", "time period", "obs value"} <= names:
            return "insee_ages_melodi", header
    return None


def _communes(header: Header, tally: Tally, **columns: int | None) -> Iterator[pd.DataFrame]:
    """Give the rows of communes; each is also counted in its EPCI, its département and so on."""
    level = header.first("geo object")
    others = 0
    for batch in header.batches(
        own=header.columns["geo"],
        level=level,
        year=header.columns["time period"],
        text=header.columns["obs value"],
        **columns,
    ):
        tally.read += len(batch)
        if level is None:
            here = batch["own"].str.contains(r"COM|ARM|^[0-9AB]{5}$")
        else:
            here = batch["level"].isin(COMMUNE_LEVELS)
        others += int((~here).sum())
        yield batch[here]
    if others:
        tally.remarks.append(other_levels(others))


def _read_populations(header: Header, index: CommuneIndex, tally: Tally) -> ReadResult:
    pieces = [
        batch[batch["measure"] == MUNICIPAL]
        for batch in _communes(header, tally, measure=header.columns["popref measure"])
    ]
    rows, year = _latest(pieces, header)
    rows = without_false_zeros(_counted(rows, tally, "population", "population illisible"), tally)
    rows = without_far_ones(rows, index, tally)
    sums = _summed(rows, index, tally, ["population"])
    table = without_lost(sums.reset_index(), index, tally)
    return ReadResult({"populations": table}, {"populations": str(year)}, tally)


def _read_ages(header: Header, index: CommuneIndex, tally: Tally) -> ReadResult:
    """Sum both sexes and the two classes of age; every other dimension must be its total."""
    dimensions = {
        name: position for name, position in header.columns.items() if name not in _KNOWN and name
    }
    named = {f"d{k}": position for k, position in enumerate(dimensions.values())}
    pieces = []
    for batch in _communes(
        header, tally, age=header.columns["age"], sex=header.first("sex"), **named
    ):
        wanted = (batch["age"] == TOTAL) | _aged(batch["age"], "over_80")
        pieces.append(batch[wanted | _aged(batch["age"], "from_65_to_79")])
    rows, year = _latest(pieces, header)
    for name in ("sex", *named):
        if name in rows and (rows[name] == TOTAL).any():
            rows = rows[rows[name] == TOTAL]
    rows = _counted(rows, tally, "value", "effectif illisible")
    for column, which in (
        ("total", rows["age"] == TOTAL),
        *((name, _aged(rows["age"], name)) for name in _AGED),
    ):
        rows[column] = rows["value"].where(which, 0.0)
        if not which.any():
            raise InvalidInputError(
                f"« {header.table.name} » n’a pas les âges attendus (65 à 79 ans, 80 ans ou plus, "
                "ensemble) : prenez le jeu DS_RP_POPULATION_PRINC."
            )
    sums = _summed(rows, index, tally, ["total", *_AGED])
    sums = sums[sums["total"] > 0]
    table = pd.DataFrame(
        {
            "year": year,
            "share_over_65": (sums["from_65_to_79"] + sums["over_80"]) / sums["total"],
            "share_over_80": sums["over_80"] / sums["total"],
        }
    )
    table = without_lost(table.reset_index(), index, tally)
    require_rows(len(table), header.table.name, "âges des communes")
    return ReadResult({"elder_shares": table}, {"elder_shares": f"recensement {year}"}, tally)


def _counted(rows: pd.DataFrame, tally: Tally, column: str, unread: str) -> pd.DataFrame:
    """Return the rows with their figure; the commune of one without any is lost."""
    own = rows["own"].str.replace(r"^(\d{4}-)?(COM|ARM)-", "", regex=True)
    rows = rows.assign(code=own, year=0, **{column: numbers(rows["text"])})
    rows = rows[~hidden_lost(rows, tally, "text")]
    wrong = rows[column].isna() | (rows[column] < 0)
    tally.lose(rows[wrong], unread)
    return rows[~wrong].copy()


def _aged(ages: pd.Series, name: str) -> pd.Series:
    return ages.str.fullmatch(_AGED[name])


def _latest(pieces: list[pd.DataFrame], header: Header) -> tuple[pd.DataFrame, int]:
    """Return the rows of the latest year, and it."""
    rows = pd.concat(pieces) if pieces else pd.DataFrame()
    require_rows(len(rows), header.table.name, "lignes de communes")
    years = rows["year"].str[:4]
    latest = years[years.str.fullmatch(r"\d{4}")].max()
    if not isinstance(latest, str):
        raise InvalidInputError(f"« {header.table.name} » ne dit pas son année (TIME_PERIOD).")
    return rows[years == latest].copy(), int(latest)


def _summed(
    rows: pd.DataFrame, index: CommuneIndex, tally: Tally, columns: list[str]
) -> pd.DataFrame:
    """Return sums by present code: merged communes add up; a city is counted once."""
    own = rows["own"].str.replace(r"^(\d{4}-)?(COM|ARM)-", "", regex=True)
    rows = whole_cities(rows.assign(own=own).drop(columns="year", errors="ignore"), tally)
    rows = settled(rows.assign(code=index.settle(rows["own"])), index, tally)
    tally.kept = len(rows)
    require_rows(len(rows), "Le fichier", "communes")
    return rows.groupby("code")[columns].sum()
