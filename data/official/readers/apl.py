"""APL of GPs published by the DREES: yearly sheets of the workbook, or one plain CSV."""

import re

import pandas as pd

from data.base.codes import ARRONDISSEMENTS, plain_code
from data.files import headings
from data.files.cells import MASKED, masked, numbers
from data.files.years import TO_COME, to_come, without_day_made, years_of
from data.official.readers.communes import CommuneIndex
from data.official.readers.names import commune_rows
from data.official.readers.rows import chief_rows, said_once, settled, whole_cities, without_lost
from data.official.readers.tables import Candidate, Header, code_columns, headers, newest
from data.official.readers.tally import ReadResult, Tally, require_rows
from geo.errors import InvalidInputError

POPULATION_LAG_YEARS = 2
"""The DREES standardises the APL of a year on the population two years before."""

MOST_APL = 50.0
"""Consultations a year and an inhabitant that no commune reaches (the highest published, of 2018,
is 34.5): beyond it stands something else, or a figure that lost its decimal mark."""
_UNKNOWN = "APL non donnée ou illisible : commune inconnue"

_YEAR = re.compile(r"(?:^|\D)(20[0-3]\d)(?:\D|$)")
_PLAIN = re.compile(r"(apl|apl65|standardised population) (20\d\d)$")
_TIDY = re.compile(
    r"^apl(?: aux)?(?: med ?g| mg| medecins? generalistes?| generalistes?)?"
    r"(?: (?:moins ?|de )*65.*)?(?: (?:19|20)\d\d)?$"
)
_ALL_AGES = re.compile(
    r"^apl(?: aux)?(?: med ?g| mg| medecins? generalistes?| generalistes?)?(?: (?:19|20)\d\d)?$"
)
_YEAR_NAMES = ("an", "annee", "year", "millesime")
_COLUMNS = ["code", "year", "apl", "apl65", "standardised_population"]


def recognise(candidate: Candidate) -> str | None:
    """Return the key of the source that the file looks like, or None."""
    if _plain(candidate) is not None or _tidy(candidate) is not None:
        return "apl_plain"
    return "apl_drees" if _sheets(candidate) else None


def read(candidate: Candidate, index: CommuneIndex) -> ReadResult:
    """Return `apl`, one row per commune and year.

    Raises
    ------
    InvalidInputError
        It is the APL of another profession, or a sheet does not say its year.
    """
    name, tally = candidate.file.name, Tally()
    plain, tidy = _plain(candidate), _tidy(candidate)
    if plain is not None:
        years = _read_plain(plain, tally, index)
    else:
        years = _read_tidy(tidy, tally, index) if tidy else _read_sheets(candidate, tally, index)
    kept = []
    for rows in years:
        told = whole_cities(_told_once(rows, tally), tally)
        known = told.assign(code=index.settle(told["code"]))
        known = chief_rows(settled(known, index, tally), tally)
        kept.append(_cities(known))
    together = without_lost(pd.concat(kept), index, tally)
    later = to_come(together["year"])
    tally.refuse(together[later], TO_COME)
    together = together[~later]
    if plain or tidy:
        tally.keep(together.index)
    else:
        tally.kept = len(together)
    require_rows(len(together), name, "APL par commune")
    apl = together[_COLUMNS].sort_values(["code", "year"]).reset_index(drop=True)
    here = apl.loc[apl["code"].isin(index.codes), "year"].unique()
    years_known = sorted(here if len(here) else apl["year"].unique())
    return ReadResult({"apl": apl}, {"apl": ", ".join(map(str, years_known))}, tally)


def is_apl(name: str) -> bool:
    """Tell whether a folded heading is that of a column of APL of GPs."""
    return bool(_TIDY.match(name))


def _tidy(candidate: Candidate) -> Header | None:
    """Return the header of a table with one APL column and its year beside or in its title."""
    for header in headers(candidate):
        apl = [name for name in header.columns if _TIDY.match(name) and "65" not in name]
        dated = header.first(*_YEAR_NAMES) is not None or any(map(headings.year_of, apl))
        if apl and dated and code_columns(header) is not None:
            return header
    return None


def _told_once(rows: pd.DataFrame, tally: Tally) -> pd.DataFrame:
    """Leave out what no APL can be, and the lines that repeat or contradict one another."""
    told = rows[["apl", "apl65"]]
    wrong = (told.lt(0) | told.gt(MOST_APL)).any(axis=1)
    tally.lose(rows[wrong], f"APL négative, ou de plus de {MOST_APL:.0f} consultations par an")
    plain = rows["code"].map(plain_code)
    rows = rows.assign(own=plain.where(plain != "", rows["code"]))[~wrong]
    return said_once(rows, ["own", "year"], "apl", tally)


def _read_tidy(header: Header, tally: Tally, index: CommuneIndex) -> list[pd.DataFrame]:
    under = next((p for n, p in header.columns.items() if n.startswith("apl") and "65" in n), None)
    population = next(
        (p for n, p in header.columns.items() if re.match(r"^pop(?:ulation)? standardisee", n)),
        None,
    )
    found = newest(header, _ALL_AGES, "APL")
    if found is None:
        raise InvalidInputError(f"« {header.table.name} » n’a pas de colonne d’APL.")
    texts = commune_rows(
        header,
        index,
        tally,
        apl=found[0],
        apl65=under,
        standardised_population=population,
        date=header.first(*_YEAR_NAMES),
    )
    tally.refuse_malformed(header.table)
    rows = texts[["code"]].copy()
    for column in _COLUMNS[2:]:
        rows[column] = numbers(texts[column]) if column in texts else float("nan")
    if "date" in texts:
        year = years_of(texts["date"])
    else:
        year = pd.Series(float(headings.year_of(found[1])), index=rows.index)
    undated = year.isna()
    tally.refuse(rows[undated], "année illisible")
    unknown = rows["apl"].isna() & rows["apl65"].isna() & ~undated
    _refuse_unknown(texts[unknown], tally, "apl", "apl65")
    rows = rows[~undated & ~unknown].assign(year=year[~undated & ~unknown].astype(int))
    return [_with_apl(group) for _, group in rows.groupby("year")]


def _plain(candidate: Candidate) -> Header | None:
    for header in headers(candidate):
        measures = [m[1] for name in header.columns if (m := _PLAIN.match(name))]
        if header.first("code", "codgeo") is not None and "apl" in measures:
            return header
    return None


def _read_plain(header: Header, tally: Tally, index: CommuneIndex) -> list[pd.DataFrame]:
    found = {
        (m[1], int(m[2])): p for name, p in header.columns.items() if (m := _PLAIN.match(name))
    }
    texts = commune_rows(
        header, index, tally, **{f"{what} {year}": p for (what, year), p in found.items()}
    )
    tally.refuse_malformed(header.table)
    years = []
    for year in sorted({year for what, year in found if what == "apl"}):
        rows = pd.DataFrame({"code": texts["code"], "year": year})
        lagged = year - POPULATION_LAG_YEARS
        for column, name in (
            ("apl", f"apl {year}"),
            ("apl65", f"apl65 {year}"),
            ("standardised_population", f"standardised population {lagged}"),
        ):
            rows[column] = numbers(texts[name]) if name in texts else float("nan")
        years.append(_with_apl(rows))
    known = {line for rows in years for line in rows.index}
    measured = [f"{what} {year}" for what, year in found if what.startswith("apl")]
    _refuse_unknown(texts[~texts.index.isin(known)], tally, *measured)
    return years


def _sheets(candidate: Candidate) -> list[Header]:
    """Return the header of each sheet that holds an APL by commune."""
    found: dict[str, Header] = {}
    for header in headers(candidate):
        apl = header.having("apl")
        if header.first("code commune insee", "codgeo", "depcom") is not None and apl is not None:
            found.setdefault(header.table.name, header)
    return list(found.values())


def _read_sheets(candidate: Candidate, tally: Tally, index: CommuneIndex) -> list[pd.DataFrame]:
    years, undated = [], []
    for header in _sheets(candidate):
        columns = header.columns
        if not any("generaliste" in name for name in columns):
            other = next(name for name in columns if name.startswith("apl"))
            raise InvalidInputError(
                f"« {header.table.name} » est l’APL d’une autre profession (colonne « {other} ») : "
                "importez celle des médecins généralistes."
            )
        year = _year_of(header)
        if year is None:
            undated.append(header)
            continue
        years.append(_read_sheet(header, year, tally, index))
    if not years and len(undated) == 1:
        match = _YEAR.search(without_day_made(candidate.file.path.name))
        if match:
            years.append(_read_sheet(undated.pop(), int(match[1]), tally, index))
    if undated:
        sheets = ", ".join(header.table.sheet or header.table.name for header in undated)
        tally.remarks.append(f"feuilles laissées de côté, faute d’année : {sheets}")
    if not years:
        raise InvalidInputError(
            f"« {candidate.file.name} » ne dit pas l’année de son APL : nommez la feuille "
            "« APL 2023 », par exemple."
        )
    return years


def _year_of(header: Header) -> int | None:
    """Return the year said by the sheet, its title lines, or the lag of its population."""
    if match := _YEAR.search(header.table.sheet.replace("_", " ")):
        return int(match[1])
    titles = " ".join(" ".join(cells) for cells in header.table.head[: header.row])
    if match := re.search(r"\ben (20[0-3]\d)\b", titles):
        return int(match[1])
    for name in header.columns:
        if name.startswith("population") and (match := _YEAR.search(name)):
            return int(match[1]) + POPULATION_LAG_YEARS
    return None


def _read_sheet(header: Header, year: int, tally: Tally, index: CommuneIndex) -> pd.DataFrame:
    columns = header.columns
    all_ages = next((p for n, p in columns.items() if n.endswith("generalistes")), None)
    under_65 = next((p for n, p in columns.items() if "65 ans" in n), None)
    population = next(
        (p for n, p in columns.items() if n.startswith("population standardisee")), None
    )
    if all_ages is None:
        raise InvalidInputError(
            f"« {header.table.name} » n’a pas de colonne « APL aux médecins généralistes » : "
            "importez le classeur de la DREES sans en changer les titres."
        )
    texts = commune_rows(
        header,
        index,
        tally,
        apl=all_ages,
        apl65=under_65,
        standardised_population=population,
    )
    # Units stand under the header and notes ("Lecture", "Champ", "Source") under the table.
    notes = texts["code"].map(plain_code) == ""
    tally.read -= int(notes.sum())
    texts = texts[~notes]
    rows = pd.DataFrame({"code": texts["code"], "year": year})
    for column in _COLUMNS[2:]:
        rows[column] = numbers(texts[column]) if column in texts else float("nan")
    known = _with_apl(rows)
    _refuse_unknown(texts[~texts.index.isin(set(known.index))], tally, "apl", "apl65")
    return known


def _refuse_unknown(texts: pd.DataFrame, tally: Tally, *columns: str) -> None:
    """Refuse the lines without any APL: those that say it is masked apart from the others."""
    told = [masked(texts[name]) for name in columns if name in texts]
    hidden = pd.concat(told, axis=1).any(axis=1)
    tally.refuse(texts[hidden], MASKED)
    tally.refuse(texts[~hidden], _UNKNOWN)


def _cities(rows: pd.DataFrame) -> pd.DataFrame:
    """Give a city the mean of its arrondissements, weighted by standardised population."""
    several = rows.duplicated("code", keep=False) & rows["own"].isin(ARRONDISSEMENTS)
    one = rows[~several & ~rows.duplicated("code")]
    parts = rows[several & ~rows["code"].isin(set(one["code"]))]
    if parts.empty:
        return one
    weights = parts["standardised_population"]
    means = {
        column: (parts[column] * weights).groupby(parts["code"]).sum()
        / weights.groupby(parts["code"]).sum()
        for column in ("apl", "apl65")
    }
    total = weights.groupby(parts["code"]).sum()
    first = parts[~parts.duplicated("code")]
    return pd.concat(
        [
            one,
            first.assign(
                standardised_population=first["code"].map(total),
                **{column: first["code"].map(mean) for column, mean in means.items()},
            ),
        ]
    )


def _with_apl(rows: pd.DataFrame) -> pd.DataFrame:
    """Leave out rows without any APL: the commune is not known that year."""
    return rows[rows["apl"].notna() | rows["apl65"].notna()]
