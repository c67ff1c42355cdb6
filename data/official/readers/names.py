"""What a line says of its commune by code and by name: two that disagree are a doubt."""

import pandas as pd

from data.base.codes import plain_code
from data.files import headings
from data.official.readers.communes import CommuneIndex, departement, folded_name
from data.official.readers.tables import Header, code_columns, with_code
from data.official.readers.tally import Tally
from geo.errors import InvalidInputError

_NAMES = (*headings.COMMUNE, "com", "libelle", "lib", "nom")
"""Headings of a commune's name; a name of anything else is that of no commune."""


def name_column(header: Header, *codes: int | None) -> int | None:
    """Return the column of the communes' names, None for none; it is never one of the codes."""
    places = (header.columns[name] for name in _NAMES if name in header.columns)
    return next((place for place in places if place not in codes), None)


def commune_rows(
    header: Header, index: CommuneIndex, tally: Tally, **columns: int | None
) -> pd.DataFrame:
    """Return the rows of a table of communes, with `code` as written; see `agreeing`.

    Parameters
    ----------
    header
        With columns that `code_columns` knows.
    index, tally
        The communes; told how many rows were read, and which contradict themselves.
    columns
        The other columns wanted, name to position.

    Raises
    ------
    InvalidInputError
        The table is empty, or its codes are postcodes.
    """
    codes = code_columns(header) or {}
    named = name_column(header, *codes.values(), *columns.values())
    rows = with_code(header.rows(**codes, **columns, named=named))
    tally.read += len(rows)
    return agreeing(rows, header, index, tally)


def agreeing(rows: pd.DataFrame, header: Header, index: CommuneIndex, tally: Tally) -> pd.DataFrame:
    """Leave out the rows whose code and name are those of two communes of one département.

    The code of a former commune, the name of none, or of one that several bear, contradict
    nothing.

    Parameters
    ----------
    rows
        Columns code, as written, and named where the table has names; index: lines.
    header
        Where they stand, for messages.
    index, tally
        The communes; told of the rows left out.

    Raises
    ------
    InvalidInputError
        Most codes are the postcodes of the communes named.
    """
    if "named" not in rows:
        return rows
    present = set(index.communes["code"])
    wrong, postal, agreed = dict[tuple[str, str], str](), set[tuple[str, str]](), 0
    for pair, count in rows.groupby(["code", "named"], sort=False).size().items():
        written, name = pair if isinstance(pair, tuple) else ("", "")
        code, folded = plain_code(written), folded_name(name)
        same_name = index.by_name.get((departement(code), folded), []) if code else []
        if len(same_name) != 1 or code in index.mergers:
            continue
        if code == same_name[0]:
            agreed += count
        elif index.by_postcode.get(code, {}).get(folded) == same_name[0]:
            postal.add((written, name))
            wrong[written, name] = same_name[0]
        elif code in present:
            wrong[written, name] = same_name[0]
    if not wrong:
        return rows
    pairs = pd.Series(list(zip(rows["code"], rows["named"], strict=True)), index=rows.index)
    if postal and int(pairs.isin(postal).sum()) > agreed:
        written, name = min(postal)
        raise InvalidInputError(
            f"« {header.table.name} » donne des codes postaux à la place des codes INSEE : "
            f"{written} est un code postal de « {name} », dont le code INSEE est "
            f"{wrong[written, name]}. Remplacez-les par les codes INSEE."
        )
    bad = pairs.isin(set(wrong))
    (written, name), code = next(iter(wrong.items()))
    tally.lose(
        rows[bad],
        f"le code et le nom désignent deux communes ({written} « {name} », qui est {code})",
    )
    return rows[~bad]
