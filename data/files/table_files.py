"""Tables read from and written to CSV, XLSX and Parquet, by the file's extension."""

import csv
from pathlib import Path

import pandas as pd

from data.base.spreadsheet_text import safe_text
from geo.errors import InvalidInputError

_SEPARATORS = ",;\t|"


def read_text_table(path: Path) -> pd.DataFrame:
    """Read a table as text, its index being the line numbers of the file (the header is line 1).

    CSV may be separated by commas, semicolons, tabs or bars, in UTF-8 or Windows-1252. Blank
    lines are left out.

    Raises
    ------
    InvalidInputError
        If the file is absent, empty or of another kind.
    """
    if not path.is_file():
        raise InvalidInputError(f"Le fichier {path} n’existe pas : vérifiez son chemin.")
    try:
        table = _read_any(path)
    except (ValueError, OSError, KeyError, csv.Error, pd.errors.ParserError) as error:
        raise InvalidInputError(
            f"Le fichier {path.name} est illisible ({error}) : enregistrez-le en CSV, XLSX ou "
            "Parquet, avec une ligne de titres."
        ) from error
    table.index = pd.RangeIndex(2, len(table) + 2)
    table.columns = [str(c).strip() for c in table.columns]
    table = table.fillna("").astype(str).apply(lambda column: column.str.strip())
    return table[table.ne("").any(axis=1)]


def _read_any(path: Path) -> pd.DataFrame:
    match path.suffix.lower():
        case ".csv" | ".txt" | ".tsv":
            text = _decoded(path.read_bytes())
            if not text.strip():
                raise InvalidInputError(
                    f"Le fichier {path.name} est vide : il lui faut une ligne de titres."
                )
            header = text.splitlines()[0]
            separator = max(_SEPARATORS, key=header.count)
            return pd.read_csv(
                path,
                sep=separator,
                dtype=str,
                keep_default_na=False,
                skip_blank_lines=False,
                encoding="utf-8-sig" if _is_utf8(path) else "cp1252",
            )
        case ".xlsx":
            return pd.read_excel(path, dtype=str, keep_default_na=False, engine="openpyxl")
        case ".parquet":
            return pd.read_parquet(path)
        case _:
            raise InvalidInputError(
                f"Le fichier {path.name} n’est ni un CSV, ni un XLSX, ni un Parquet."
            )


def _is_utf8(path: Path) -> bool:
    try:
        path.read_bytes().decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def neutral(cell: object) -> object:
    """Return a cell that no spreadsheet takes for a formula: text that looks like one is quoted."""
    return safe_text(cell) if isinstance(cell, str) else cell


def neutralised(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table with `neutral` applied to its text columns and to its titles."""
    text = table.select_dtypes(include=["object", "str"]).columns
    safe = table.assign(**{column: table[column].map(neutral) for column in text})
    return safe.rename(columns={column: neutral(column) for column in safe.columns})


def write_table(table: pd.DataFrame, path: Path) -> None:
    """Write a table as CSV (UTF-8, commas, decimal points), XLSX or Parquet, by extension.

    Missing values are empty cells. Text of CSV and XLSX cannot run as a formula.

    Raises
    ------
    InvalidInputError
        If the extension is another, or the folder cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        match path.suffix.lower():
            case ".csv":
                # With both ends of line, a lone carriage return in a cell is quoted too.
                safe = neutralised(table)
                safe.to_csv(path, index=False, float_format="%.12g", lineterminator="\r\n")
            case ".xlsx":
                neutralised(table).to_excel(path, index=False)
            case ".parquet":
                table.to_parquet(path, index=False)
            case _:
                raise InvalidInputError(
                    f"Impossible d’écrire {path.name} : donnez au fichier de sortie l’extension "
                    ".csv, .xlsx ou .parquet."
                )
    except OSError as error:
        raise InvalidInputError(
            f"Impossible d’écrire {path} ({error.strerror}) : choisissez un autre dossier."
        ) from error
