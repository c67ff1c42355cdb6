"""GPs per commune: wide table by year, INSEE's BPE (detail, wide workbook, Melodi long form)."""

import re
from collections.abc import Iterator

import pandas as pd

from data.base import french
from data.base.codes import departement, joined_code, plain_code
from data.files.cells import doctors, numbers
from data.files.years import TO_COME, to_come, without_day_made, years_of, years_told
from data.official.readers.communes import CommuneIndex
from data.official.readers.names import commune_rows
from data.official.readers.professions import of_gps
from data.official.readers.rows import hidden_lost, said_once, settled, whole_cities, without_lost
from data.official.readers.tables import Candidate, Header, code_columns, headers, newest
from data.official.readers.tally import ReadResult, Tally, require_rows
from data.region.moments import Moment
from geo.errors import InvalidInputError

GP_TYPES = frozenset({"D201", "D265"})
"""Médecin généraliste in the BPE: D201 up to 2020, D265 since."""

LEAST_COVER = 0.2
"""Least share of the communes of a département with some line, for a file to cover it: the BPE
tells of some equipment in nearly all communes, its domain of health in two thirds."""

LEAST_SHARES = 3
"""Communes with GPs, none of which has a whole one, from which on figures are no counts."""

MOST_GPS = 5000
"""GPs above which a count of one commune is a slip: Paris, the most, has about 3,000."""

FACILITIES = "FACILITIES"
"""Measure (`BPE_MEASURE`) that counts equipments, in the Melodi form."""

_NUMBER_OF = r"(?:(?:nb|nombre|nbre|effectifs?|total|ensemble)(?: de| d| des)? )?"
_WIDE_COLUMN = re.compile(
    rf"^{_NUMBER_OF}(?:gps?|med ?g|mg|medecins? generalistes?|"
    r"medecins? omnipraticiens?|generalistes?)(?: liberaux)?"
    r"(?: en| au(?: \d{1,2}(?:er)?)?(?: \w+)?)? (\d{4})$"
)
_GP_NAMES = ("medecin omnipraticien", "medecin generaliste", "medecins generalistes")
_PROFESSIONS = (
    "profession", "profession sante", "profession de sante", "libelle profession",
    "libelle profession sante", "professions", "ps libprof", "profession libelle",
)  # fmt: skip
_COUNTS = (
    "effectif", "effectifs", "nombre", "nb", "nombre de professionnels", "nb professionnels",
    "nombre de ps", "nb ps", "total", "nombre de professionnels de sante",
)  # fmt: skip
_PARTS = ("libelle sexe", "sexe", "libelle classe age", "classe age", "tranche d age")
"""Columns that cut the count of a profession, some lines of which tell the whole."""
_WHOLE = r"(?:tout|toutes?|tous|ensemble|total)\b"
_SOURCES = {"gp_long": "gp_panel"}
"""Layouts that are declared under another key of `sources.yaml`."""
_BPE_COLUMNS = ("nb d265", "d265", "nb d201", "d201")
_LONG = re.compile(
    rf"^{_NUMBER_OF}(?:med ?g|mg|medecins? generalistes?|omnipraticiens?|"
    r"medecins? omnipraticiens?|generalistes?)(?: liberaux)?$"
)
"""A column of GPs whose year stands in another column, or in the title."""
_KIND = re.compile(r"[A-G]\d{3}")
"""A kind of equipment of the BPE."""
_YEAR_NAMES = ("an", "annee", "year", "millesime", "date", "periode", "time period")
_YEAR_IN_NAME = re.compile(r"(?:^|[^0-9])(?:bpe)?[_ ]?((?:20)?[012]\d)(?=[^0-9]|$)", re.IGNORECASE)


def recognise(candidate: Candidate) -> str | None:
    """Return the key of the source that the file looks like, or None."""
    found = _find(candidate)
    return _SOURCES.get(found[0], found[0]) if found else None


def read(candidate: Candidate, index: CommuneIndex) -> ReadResult:
    """Return `gps` (last year known in the region) and `gp_history`.

    A commune without any line in an exhaustive file (BPE) counts zero; a blank cell of a wide
    table is not known and gives no row.

    Raises
    ------
    InvalidInputError
        The file holds no GP.
    """
    found = _find(candidate)
    if found is None:
        raise InvalidInputError(f"« {candidate.file.name} » n’est pas un dénombrement de médecins.")
    source, header = found
    tally = Tally(by_line={})
    if source in _ONE_ROW_EACH:
        counts = _ONE_ROW_EACH[source](header, tally, index)  # columns code, year, gps; index line
    else:
        counts = (_read_detail if source == "bpe_detail" else _read_melodi)(header, tally)
    tally.refuse_malformed(header.table)
    tally.refuse(counts[later := to_come(counts["year"])], TO_COME)
    counts = counts[~later]
    _lose_broken(header, tally)
    if source in _ONE_ROW_EACH:
        counts["own"] = counts["code"].map(plain_code)
        readable = counts["own"] != ""
        counts = pd.concat(
            [said_once(counts[readable], ["own", "year"], "gps", tally), counts[~readable]]
        )
    counts = counts.assign(own=counts["code"].map(plain_code))
    blank = counts["gps"].isna()
    by_line = source in {"bpe_detail", "bpe_melodi"}
    whole = whole_cities(counts[~blank], tally, exhaustive=by_line)
    counts = pd.concat([whole, counts[blank]])
    counts["code"] = index.settle(counts["code"])
    counts = settled(counts, index, tally)
    known = counts[counts["gps"].notna()]
    require_rows(
        len(known), candidate.file.name, "nombre de médecins généralistes par commune", tally
    )
    tally.keep(known.index)
    none = known[known["gps"] == 0]
    tally.zeros = none[["code", "year"]].assign(line=none.index).reset_index(drop=True)
    history = known.groupby(["code", "year"])["gps"].sum().reset_index()
    exhaustive = source in {"bpe_detail", "bpe_melodi", "bpe_wide"}
    if exhaustive:
        history = pd.concat([history, _zeros(history, index, tally)])
    # Of a commune with several lines, those left are a part of what it has, never their sum.
    history = without_lost(history, index, tally).sort_values(["code", "year"])
    if exhaustive:
        _tell_zeros(history, index, tally)
        history = history.drop(columns="absent")
    require_rows(
        len(history), candidate.file.name, "nombre de médecins généralistes par commune", tally
    )
    year = _year_of_region(history, index)
    gps = history.loc[history["year"] == year, ["code", "gps"]].reset_index(drop=True)
    years = sorted(history.loc[history["code"].isin(index.codes), "year"].unique())
    return ReadResult(
        {"gps": gps, "gp_history": history},
        {"gps": str(year), "gp_history": ", ".join(map(str, years or [year]))},
        tally,
        measured={"gps": Moment(year)},
    )


def _find(candidate: Candidate) -> tuple[str, Header] | None:
    wide: tuple[str, Header] | None = None
    for header in headers(candidate):
        names = header.columns.keys()
        if wide is not None and header.first(*_BPE_COLUMNS) is None:
            return wide
        if "depcom" in names and "typequ" in names:
            return "bpe_detail", header
        if {"geo", "facility type"} <= names and _measure(header) is not None:
            return "bpe_melodi", header
        layout = _one_row_each(header)
        if layout == "bpe_wide":
            wide = layout, header  # a row of codes may follow that of words
        elif layout:
            return layout, header
    return wide


def _one_row_each(header: Header) -> str:
    """Return the layout of one line a commune (and profession) that titles are of, "" for none."""
    names = header.columns.keys()
    if code_columns(header) is None:
        return ""
    if not _is_count(header):
        by_profession = None not in {header.first(*_PROFESSIONS), header.first(*_COUNTS)}
        return "gp_by_profession" if by_profession else ""
    if len(names) > 20 and header.first(*_BPE_COLUMNS, *_GP_NAMES) is not None:
        return "bpe_wide"
    if any(_WIDE_COLUMN.match(name) for name in names):
        return "gp_panel"
    return "gp_long" if any(map(_LONG.match, names)) else ""


def counts_gps(name: str) -> bool:
    """Tell whether a folded heading is that of a column of GPs."""
    return bool(_WIDE_COLUMN.match(name) or _LONG.match(name)) or name in _GP_NAMES


def _is_count(header: Header) -> bool:
    """Tell whether a row of titles names a number of GPs, and neither an APL nor a zoning."""
    names = header.columns.keys()
    other = any(name.startswith(("apl", "zonage", "zone")) for name in names)
    return not other and (
        header.first(*_BPE_COLUMNS, *_GP_NAMES) is not None
        or any(_WIDE_COLUMN.match(name) or _LONG.match(name) for name in names)
    )


def _read_wide(header: Header, tally: Tally, index: CommuneIndex) -> pd.DataFrame:
    years = _columns_of_years(header)
    rows = commune_rows(header, index, tally, **years)[["code", *years]]
    long = rows.melt("code", var_name="year", value_name="text", ignore_index=False)
    long["year"] = long["year"].astype(int)
    long, wrong = _counted(long, header, tally)
    blank = long.loc[long["text"] == "", "year"].value_counts()
    tally.remarks += [f"{year} : {_without_value(count)}" for year, count in sorted(blank.items())]
    return long.loc[~wrong, ["code", "year", "gps"]]


def _columns_of_years(header: Header) -> dict[str, int]:
    """Return each year to the column of its GPs.

    Raises
    ------
    InvalidInputError
        Two columns tell of one year.
    """
    years: dict[str, int] = {}
    for name, place in header.columns.items():
        if (match := _WIDE_COLUMN.match(name)) is None:
            continue
        if match[1] in years:
            cells = header.table.head[header.row]
            both = " et ".join(f"« {cells[k].strip()} »" for k in (years[match[1]], place))
            raise InvalidInputError(
                f"« {header.table.name} » a deux colonnes de médecins pour {match[1]} : {both}. "
                "Gardez-en une."
            )
        years[match[1]] = place
    return years


def _without_value(count: int) -> str:
    return french.counted(
        count,
        "commune sans valeur, laissée inconnue",
        "communes sans valeur, laissées inconnues",
    )


def _counted(rows: pd.DataFrame, header: Header, tally: Tally) -> tuple[pd.DataFrame, pd.Series]:
    """Read the column `text` as `gps`; return the rows and those that are refused.

    Raises
    ------
    InvalidInputError
        They are shares: a cell shown as 12 % holds 0.12.
    """
    rows["gps"] = doctors(rows["text"])
    some = rows.loc[rows["gps"] > 0, "gps"]
    if len(some) >= LEAST_SHARES and (some < 1).all():
        raise InvalidInputError(
            f"« {header.table.name} » n’a aucun effectif d’un médecin ou plus : ce sont des parts "
            "(pourcentages) ou des densités, pas des nombres de médecins. Prenez la colonne des "
            "effectifs."
        )
    hidden = hidden_lost(rows, tally, "text")
    bad = (rows["gps"].isna() & (rows["text"] != "") & ~hidden) | (rows["gps"] < 0)
    tally.lose(rows[bad], "nombre de médecins illisible")
    far = ~bad & (rows["gps"] > MOST_GPS)
    tally.lose(
        rows[far], f"plus de {french.number(MOST_GPS)} généralistes dans une commune : à vérifier"
    )
    return rows, bad | far | hidden


def _read_long(header: Header, tally: Tally, index: CommuneIndex) -> pd.DataFrame:
    """Read a table with one column of GPs, its year in another column or in the title."""
    found = newest(header, _LONG, "médecins")
    if found is None:
        raise InvalidInputError(f"« {header.table.name} » n’a pas de colonne de médecins.")
    rows = commune_rows(header, index, tally, text=found[0], date=header.first(*_YEAR_NAMES))
    return _dated(*_counted(rows, header, tally), header, tally)


def _dated(rows: pd.DataFrame, wrong: pd.Series, header: Header, tally: Tally) -> pd.DataFrame:
    """Give each count its year: that of its line, else the one in the title or the name."""
    blank = int((rows["text"] == "").sum())
    if blank:
        tally.remarks.append(_without_value(blank))
    if "date" in rows and rows["date"].ne("").any():
        year = years_of(rows["date"])
    else:
        year = pd.Series(float(_year_in_name(header)), index=rows.index)
    undated = year.isna() & ~wrong
    tally.refuse(rows[undated], "année illisible")
    rows["year"] = year.fillna(0).astype(int)
    return rows.loc[~wrong & ~undated, ["code", "year", "gps"]]


def _read_by_profession(header: Header, tally: Tally, index: CommuneIndex) -> pd.DataFrame:
    """Read a table with a line for each profession, as data.ameli gives them: that of GPs."""
    parts = {
        f"part{k}": header.columns[name]
        for k, name in enumerate(name for name in _PARTS if name in header.columns)
    }
    others = 0

    def asked(rows: pd.DataFrame) -> pd.Series:
        nonlocal others
        gps = of_gps(rows["profession"])
        if not gps.any():
            raise InvalidInputError(
                f"« {header.table.name} » compte des professions, mais aucune ligne n’est celle "
                "des médecins généralistes : importez le fichier où elles sont toutes."
            )
        others = int((~gps).sum())
        for part in parts:
            whole = gps & rows[part].map(french.fold).str.match(_WHOLE)
            gps = whole if whole.any() else gps
        return gps

    rows = commune_rows(
        header,
        index,
        tally,
        asked,
        text=header.first(*_COUNTS),
        date=header.first(*_YEAR_NAMES),
        profession=header.first(*_PROFESSIONS),
        **parts,
    )
    if others:
        told = french.counted(others, "ligne d’une autre profession", "lignes d’autres professions")
        tally.remarks.append(f"{told}, hors de cette lecture")
    return _dated(*_counted(rows, header, tally), header, tally)


def _read_detail(header: Header, tally: Tally) -> pd.DataFrame:
    batches = header.batches(
        code=header.columns["depcom"],
        kind=header.columns["typequ"],
        year=header.first("an"),
        gps=header.first("nb equip"),
    )
    return _only_gps(header, tally, batches)


def _read_melodi(header: Header, tally: Tally) -> pd.DataFrame:
    level = header.first("geo object")
    batches = header.batches(
        code=header.columns["geo"],
        kind=header.columns["facility type"],
        year=header.first("time period"),
        gps=_measure(header),
        level=level,
        measure=header.first("bpe measure"),
    )

    def counted() -> Iterator[pd.DataFrame]:
        for batch in batches:
            if "measure" in batch:  # others count what equipments hold, rooms or places
                tally.read += int((batch["measure"] != FACILITIES).sum())
                yield batch[batch["measure"] == FACILITIES]
            else:
                yield batch

    def communes() -> Iterator[pd.DataFrame]:
        for batch in counted():
            if level is None:
                tally.read += (~batch["code"].str.contains("COM|ARM|^[0-9AB]{5}$")).sum()
                yield batch[batch["code"].str.contains("COM|ARM|^[0-9AB]{5}$")]
            else:  # each commune is also counted in its EPCI, département, region…
                tally.read += int((batch["level"] != "COM").sum())
                yield batch[batch["level"] == "COM"]

    return _only_gps(header, tally, communes())


def _only_gps(header: Header, tally: Tally, batches: Iterator[pd.DataFrame]) -> pd.DataFrame:
    name, kinds, kept = header.table.name, set[str](), []
    for batch in batches:
        tally.read += len(batch)
        kinds |= set(batch["kind"].unique())
        tally.seen.update(batch["code"].unique())
        kept.append(batch[batch["kind"].isin(GP_TYPES)])
    gps = pd.concat(kept) if kept else pd.DataFrame(columns=["code", "kind"])
    if gps.empty:
        domains = ", ".join(sorted({kind[:1] for kind in kinds if kind})) or "aucun"
        raise InvalidInputError(
            f"« {name} » est un fichier de la BPE sans médecin généraliste (types D201 ou D265) ; "
            f"domaines trouvés : {domains}. Importez le fichier du domaine D (santé) ou l’ensemble."
        )
    year = gps["year"].str[:4] if "year" in gps else pd.Series("", index=gps.index)
    dated = year.str.fullmatch(r"\d{4}")
    gps["year"] = (year if dated.all() else year.where(dated, str(_year_in_name(header)))).astype(
        int
    )
    if "gps" in gps:
        gps = gps[~hidden_lost(gps, tally, "gps")].copy()
    gps["gps"] = numbers(gps["gps"]) if "gps" in gps else 1.0  # one row per equipment since 2021
    wrong = gps["gps"].isna() | (gps["gps"] < 0)
    tally.lose(gps[wrong], "nombre d’équipements illisible")
    return gps.loc[~wrong, ["code", "year", "gps"]]


def _read_bpe_wide(header: Header, tally: Tally, index: CommuneIndex) -> pd.DataFrame:
    text = header.first(*_BPE_COLUMNS, *_GP_NAMES)
    rows, wrong = _counted(commune_rows(header, index, tally, text=text), header, tally)
    tally.seen.update(rows["code"].unique())
    rows["gps"] = rows["gps"].where(rows["text"] != "", 0.0)
    rows["year"] = _year_in_name(header)
    return rows.loc[~wrong, ["code", "year", "gps"]]


_ONE_ROW_EACH = {
    "gp_panel": _read_wide,
    "gp_long": _read_long,
    "gp_by_profession": _read_by_profession,
    "bpe_wide": _read_bpe_wide,
}
"""Layouts of one line a commune, to what reads them."""


def _measure(header: Header) -> int | None:
    return header.first("obs value niveau", "obs value")


def _year_in_name(header: Header) -> int:
    """Return the year that the sheet, the file or the lines of title tell, surest first."""
    table = header.table
    name = without_day_made(table.file.path.name)
    for text in (table.sheet, name):
        if found := years_told(text):
            return found[-1]
    found = years_told(" ".join(" ".join(cells) for cells in table.head[: header.row]))
    if len(set(found)) > 1:
        several = french.joined([str(year) for year in sorted(set(found))])
        raise InvalidInputError(
            f"« {table.name} » parle de plusieurs années ({several}) au-dessus de ses titres : "
            "ajoutez celle de ses chiffres à son nom (medecins_2024.xlsx)."
        )
    if found:
        return found[0]
    for text in (table.sheet, name):
        if match := _YEAR_IN_NAME.search(text):
            return 2000 + int(match[1]) % 100
    raise InvalidInputError(
        f"« {table.name} » ne dit pas son année : ajoutez-la à son nom (bpe_2021.xlsx)."
    )


def _lose_broken(header: Header, tally: Tally) -> None:
    """Leave unknown the communes of lines with a cell too many, unless of another equipment."""
    geo = header.first("geo")
    columns = code_columns(header) or ({} if geo is None else {"code": geo})
    for cells in header.table.broken:
        kinds = {cell.strip() for cell in cells if _KIND.fullmatch(cell.strip())}
        told = [cells[place] for place in columns.values() if place < len(cells)]
        if told and len(told) == len(columns) and (not kinds or kinds & GP_TYPES):
            tally.lost.add((joined_code(*told) if len(told) > 1 else told[0], 0))


def _zeros(history: pd.DataFrame, index: CommuneIndex, tally: Tally) -> pd.DataFrame:
    """Return a zero where an exhaustive file has no line, in the départements that it covers.

    Those of which it tells of few communes are not covered: it is an extract, and unknown is not
    zero.
    """
    known = index.communes["code"]
    places = known.map(departement)
    present = known.isin(set(index.settle(pd.Series(sorted(tally.seen), dtype=str))))
    shares = present.groupby(places).mean()
    known = known[places.isin(set(shares.index[shares >= LEAST_COVER]))]
    grid = pd.MultiIndex.from_product([known, sorted(history["year"].unique())])
    given = pd.MultiIndex.from_frame(history[["code", "year"]])
    missing = grid.difference(given)
    zeros = pd.DataFrame({"code": missing.get_level_values(0), "year": missing.get_level_values(1)})
    return zeros.assign(gps=0.0, absent=True)


def _tell_zeros(history: pd.DataFrame, index: CommuneIndex, tally: Tally) -> None:
    absent = history["absent"].eq(True)
    if here := int((absent & history["code"].isin(index.codes)).sum()):
        tally.remarks.append(
            french.counted(
                here,
                "commune de la région sans ligne dans ce fichier exhaustif : comptée à zéro "
                "médecin",
                "communes de la région sans ligne dans ce fichier exhaustif : comptées à zéro "
                "médecin",
            )
        )


def _year_of_region(history: pd.DataFrame, index: CommuneIndex) -> int:
    here = history[history["code"].isin(index.codes)]
    return int((history if here.empty else here)["year"].max())
