"""Registers as their producers publish them, or already counted: SIRENE, RPPS, FINESS."""

import re
from pathlib import Path

import pandas as pd

from data.base.french import number
from data.official.readers.communes import CommuneIndex
from data.official.readers.tally import ReadResult
from data.official.reading import read_files
from geo.errors import InvalidInputError, UnavailableError
from models.learning import places
from models.learning.register import FINESS, RPPS, SIRENE, Register, of_table, read_told

_HEAD_BYTES = 4096
_COUNTED = re.compile(rb"(?i)\b(?:(?:gp_)?establishments|gps)(?:_\d{4}_\d{2})?\b")


def read(path: Path) -> tuple[Register, list[str]]:
    """Read a register in any layout, and say what became of its rows.

    Raises
    ------
    InvalidInputError
        The file is no register, or does not say its month.
    UnavailableError
        It is not there.
    """
    if not path.is_file():
        raise UnavailableError(f"Le fichier {path} (registre) est introuvable.")
    with path.open("rb") as start:
        if _COUNTED.search(start.read(_HEAD_BYTES)):
            return read_told(path)
    found = read_files([path], _everywhere())
    results = [one for one in found.members if one.result is not None]
    for member in results:
        result = member.result
        register = None if result is None else of_result(result)
        if register is not None and result is not None:
            refused = [f"Registre, refusé : {one.told}." for one in result.tally.refused]
            rows, kept = (number(count) for count in (result.tally.read, result.tally.kept))
            said = f"Registre : {rows} lignes lues, {kept} retenues."
            return register, [said, *refused]
    sentences = [*found.refusals.values(), *(m.refusal for m in found.members if m.refusal)]
    if sentences and not results:
        raise InvalidInputError(sentences[0])
    return read_told(path)


def of_result(result: ReadResult) -> Register | None:
    """Return the register that an official file makes, None when it makes none.

    Raises
    ------
    InvalidInputError
        The file does not tell its month.
    """
    for key, source in (("gp_register", SIRENE), ("gps", RPPS), ("structures", FINESS)):
        table, when = result.tables.get(key), result.moment(key) if key in result.tables else None
        if table is None:
            continue
        if when is None or not when.month:
            raise InvalidInputError(
                "Le fichier du registre ne dit pas son mois : ajoutez-le à son nom, tel que publié."
            )
        return of_table(_counts(key, table), f"{when.year}-{when.month:02d}", source)
    return None


def _counts(key: str, table: pd.DataFrame) -> pd.DataFrame:
    """Return code and establishments of a table of an official file."""
    if key == "gp_register":
        return table[["code", "establishments"]]
    if key == "gps":
        return table.rename(columns={"gps": "establishments"})[["code", "establishments"]]
    return table.groupby("code").size().rename("establishments").reset_index()


def _everywhere() -> CommuneIndex:
    """Return all communes of France: the command knows no region."""
    known = places.present()[["code", "lon", "lat"]].assign(name="", postcodes="")
    return CommuneIndex("", known, frozenset(known["code"]), places.heirs())
