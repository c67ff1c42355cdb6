"""Tables read from and written to CSV, XLSX and Parquet, by the file's extension."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pandas as pd

from data.base.french import counted
from data.base.spreadsheet_text import safe_text
from data.files import headings, sandbox
from data.files import remarks as said
from data.files.input_files import open_input
from data.files.notes import BLANK_TOLD, NOTES_SHEET, SHARES_TOLD
from data.files.text_tables import OpenedTable, TextTable, tables_of
from geo.errors import InvalidInputError

MEMORY_PER_BYTE, MAX_MEMORY_BYTES = 12, 4_000_000_000
"""A table of texts takes up to a dozen times its file; commands read tables of all of France."""


def read_text_table(path: Path) -> pd.DataFrame:
    """Read a table as text, its index being the line numbers of the file (the header is line 1).

    Any format of `data.files.opening`, opened in a process apart. Blank lines are left out, and so
    are lines of title above the header.

    Returns
    -------
    pandas.DataFrame
        Of the tables of a file, the fullest; `attrs["remarks"]` says in French which others were
        left out, and what to know of the reading; a command says it (`data.files.remarks`).
        `attrs["carried"]`: title to the lines that a merged cell above fills; `attrs["places"]`:
        where each column stands in the file, from 0 (columns without title are left out).

    Raises
    ------
    InvalidInputError
        If the file is absent, empty, holds no table or several as long, or a line has too many or
        too few cells.
    """
    if not path.is_file():
        raise InvalidInputError(f"Le fichier {path} n’existe pas : vérifiez son chemin.")
    size = path.stat().st_size
    limits = replace(
        sandbox.for_size(size),
        memory_bytes=min(MAX_MEMORY_BYTES, sandbox.MEMORY_BYTES + MEMORY_PER_BYTE * size),
    )
    table, remarks, layout = sandbox.run(read_here, path, name=path.name, limits=limits)
    table.attrs |= {"remarks": remarks, **layout}
    said.tell(path.name, remarks)
    return table


def read_here(path: Path) -> tuple[pd.DataFrame, tuple[str, ...], dict[str, Any]]:
    """Read a table as `read_text_table` does, in this process: the work of the process apart.

    Returns
    -------
    tuple
        The table, remarks on it, and what else its `attrs` hold.

    Raises
    ------
    InvalidInputError
        The file has no table, or several that are as long.
    """
    read: list[tuple[str, pd.DataFrame, int]] = []
    remarks: list[str] = []
    for file in open_input(path):
        if file.kind in {"json", "geopackage"}:
            continue
        tables, told = tables_of(file)
        remarks += told
        # Notes of a workbook of ours are no table, however many lines they have.
        kept = [t for t in tables if t.sheet != NOTES_SHEET or len(tables) == 1]
        read += [(t.name, _frame(t), headings.year_of(t.sheet)) for t in kept if t.head]
    if not read:
        raise InvalidInputError(
            f"Le fichier {path.name} ne contient aucun tableau : enregistrez-le en CSV, XLSX ou "
            "Parquet, avec une ligne de titres."
        )
    newest = max(year for _, _, year in read)
    one_form = len({tuple(frame.columns) for _, frame, _ in read}) == 1
    older = [one for one in read if one_form and one[2] < newest]
    rivals = [one for one in read if not one_form or one[2] == newest]
    name, best, _ = max(rivals, key=lambda one: len(one[1]))
    left = [one for one in rivals if one[1] is not best]
    alike = [other for other, frame, _ in left if len(frame) == len(best) > 0]
    if alike:
        raise InvalidInputError(
            f"« {path.name} » contient plusieurs tableaux aussi longs, « {name} » et "
            f"« {alike[0]} », et rien ne dit lequel lire : n’en gardez qu’un."
        )
    remarks += [
        f"non lu : {other} ({counted(len(frame), 'ligne', 'lignes')})" for other, frame, _ in left
    ]
    remarks += [f"non lu : {other} (même forme, année plus ancienne)" for other, _, _ in older]
    return best, tuple(remarks), {str(name): kept for name, kept in best.attrs.items()}


def _frame(table: TextTable | OpenedTable) -> pd.DataFrame:
    width = max(sum(map(bool, cells)) for cells in table.head)
    # A line of title, or "sep=;", fills one cell above a table that has several.
    filled = (sum(map(bool, cells)) >= min(2, width) for cells in table.head)
    row = next(k for k, enough in enumerate(filled) if enough)
    heading = [cell.strip() for cell in table.head[row]]
    columns = [k for k, title in enumerate(heading) if title]
    pieces = list(table.batches(row, columns))
    frame = pd.concat(pieces) if pieces else pd.DataFrame(columns=columns)
    if table.malformed:
        raise InvalidInputError(
            f"« {table.name} », ligne {table.malformed[0]} : le nombre de cellules n’est pas celui "
            "des titres ; corrigez la ligne."
        )
    frame.columns = pd.Index([heading[k] for k in columns])
    frame = frame.fillna("").astype(str).apply(lambda column: column.str.strip())
    if len(frame):
        frame = frame[frame.ne("").any(axis=1)]
    if isinstance(table, OpenedTable):
        carried: dict[str, list[int]] = {}
        for line, place in sorted(table.carried):
            if place in columns:
                carried.setdefault(heading[place], []).append(line)
        frame.attrs["carried"] = carried
    frame.attrs["places"] = columns
    return frame


def neutral(cell: object) -> object:
    """Return a cell that no spreadsheet takes for a formula: text that looks like one is quoted."""
    return safe_text(cell) if isinstance(cell, str) else cell


def neutralised(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table with `neutral` applied to its text columns and to its titles."""
    text = table.select_dtypes(include=["object", "str"]).columns
    safe = table.assign(**{column: table[column].map(neutral) for column in text})
    return safe.rename(columns={column: neutral(column) for column in safe.columns})


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Make the folder of a file to write, and say in French why either cannot be written.

    Raises
    ------
    InvalidInputError
        The folder or the file cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as error:
        raise InvalidInputError(
            f"Impossible d’écrire {path} ({error.strerror}) : choisissez un autre dossier."
        ) from error


def write_table(
    table: pd.DataFrame,
    path: Path,
    notes: Sequence[str],
    columns: Mapping[str, str] = MappingProxyType({}),
    *,
    default: str = "",
) -> None:
    """Write a table for programs as CSV (UTF-8, commas, decimal points), XLSX or Parquet.

    Missing values are empty cells. Text of CSV and XLSX cannot run as a formula. What is said of
    the table never stands among its lines: beside a CSV, in the file that CSV on the Web (W3C,
    2015) looks for, "NAME.csv-metadata.json"; in the second sheet of a workbook; in the metadata
    of a Parquet file, as a list under "notes".

    Parameters
    ----------
    table, path
        What is written and where; the extension chooses the form.
    notes
        In French: the title, then sources, vintages and what the figures rest on.
    columns
        Columns and what each holds, in French.
    default
        The extension that stands for none.

    Raises
    ------
    InvalidInputError
        If the extension is another, or the folder cannot be written.
    """
    notes = [*notes, *_how_to_read(table)]
    told = {name: columns[name] for name in map(str, table.columns) if name in columns}
    said = [*notes, *(f"{name} : {what}" for name, what in told.items())]
    with writing(path):
        match path.suffix.lower() or default:
            case ".csv":
                # With both ends of line, a lone carriage return in a cell is quoted too.
                safe = neutralised(table)
                safe.to_csv(path, index=False, float_format="%.12g", lineterminator="\r\n")
                beside = path.with_name(f"{path.name}-metadata.json")
                beside.write_text(_on_the_web(safe, path.name, notes, told), encoding="utf-8")
            case ".xlsx":
                with pd.ExcelWriter(path) as book:
                    neutralised(table).to_excel(book, index=False, sheet_name="Tableau")
                    pd.Series(said).map(neutral).to_excel(
                        book, index=False, header=False, sheet_name=NOTES_SHEET
                    )
            case ".parquet":
                import pyarrow as pa
                import pyarrow.parquet as pq

                held = pa.Table.from_pandas(table, preserve_index=False)
                kept = {**(held.schema.metadata or {}), b"notes": json.dumps(said).encode()}
                pq.write_table(held.replace_schema_metadata(kept), path)
            case _:
                raise InvalidInputError(
                    f"Impossible d’écrire {path.name} : donnez au fichier de sortie l’extension "
                    ".csv, .xlsx ou .parquet."
                )


def _how_to_read(table: pd.DataFrame) -> list[str]:
    shares = any(str(name).startswith(("share", "probability")) for name in table.columns)
    blank = bool(table.isna().to_numpy().any())
    return [SHARES_TOLD] * shares + [BLANK_TOLD] * blank


def _on_the_web(
    table: pd.DataFrame, name: str, notes: Sequence[str], columns: Mapping[str, str]
) -> str:
    """Return what is said of a CSV, as "Metadata Vocabulary for Tabular Data" (W3C) has it."""
    title, *lines = notes
    schema = [
        {
            "titles": heading,
            "datatype": _datatype(table.iloc[:, place]),
            **({"dc:description": columns[heading]} if heading in columns else {}),
        }
        for place, heading in enumerate(map(str, table.columns))
    ]
    told = {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "fr"}],
        "url": name,
        "dc:title": title,
        "rdfs:comment": lines,
        "tableSchema": {"columns": schema},
    }
    return json.dumps(told, ensure_ascii=False, indent=2) + "\n"


def _datatype(column: pd.Series) -> str:
    """Return the kind of what a column holds; codes that begin with 0 are texts."""
    if pd.api.types.is_bool_dtype(column) or not pd.api.types.is_numeric_dtype(column):
        return "string"
    return "integer" if pd.api.types.is_integer_dtype(column) else "number"
