"""What a line says of its commune by code and by name: two that disagree are a doubt."""

from collections.abc import Callable, Mapping

import pandas as pd

from data.base import french
from data.base.codes import departement, plain_code
from data.files import headings
from data.official.readers.communes import CommuneIndex, folded_name
from data.official.readers.mergers import without_unsure_wholes
from data.official.readers.one_table import (
    refuse_postcodes,
    refuse_twin_columns,
    without_other_tables,
    without_places,
)
from data.official.readers.tables import Header, code_columns, with_code
from data.official.readers.tally import Tally
from geo.errors import InvalidInputError

_NAMES = (*headings.COMMUNE, "com", "libelle", "lib", "nom")
"""Headings of a commune's name; a name of anything else is that of no commune."""
_KINDS = ("typecom", "type com", "type commune", "type de commune")
_PARTS = ("comd", "coma", "commune deleguee", "commune associee")
"""Kinds of the official code that are parts of communes."""


def name_column(header: Header, *codes: int | None) -> int | None:
    """Return the column of the communes' names, None for none; it is never one of the codes."""
    places = (header.columns[name] for name in _NAMES if name in header.columns)
    return next((place for place in places if place not in codes), None)


def commune_rows(
    header: Header,
    index: CommuneIndex,
    tally: Tally,
    asked: Callable[[pd.DataFrame], pd.Series] | None = None,
    /,
    **columns: int | None,
) -> pd.DataFrame:
    """Return the rows of a table of communes, with `code` as written; see `agreeing`.

    Parameters
    ----------
    header
        With columns that `code_columns` knows.
    index, tally
        The communes; told how many rows were read, and which contradict themselves.
    asked
        Tells the rows that are looked for, where a table holds others; None for all.
    columns
        The other columns wanted, name to position.

    Raises
    ------
    InvalidInputError
        The table is empty, or its codes are postcodes.
    """
    codes = code_columns(header) or {}
    named = name_column(header, *codes.values(), *columns.values())
    kind = header.first(*_KINDS)
    figures = [place for place in columns.values() if place is not None]
    refuse_twin_columns(header, figures)
    texts = header.rows(**codes, **columns, named=named, kind=kind)
    tally.read += len(texts)
    key = next(iter(codes))
    rows = with_code(without_other_tables(texts, header, tally, key, columns))
    rows = rows if asked is None else rows[asked(rows)]
    rows = _one_figure_each(rows, header, tally, columns)
    if "kind" in rows:
        part = rows["kind"].map(french.fold).isin(_PARTS)
        tally.refuse(rows[part], "commune déléguée ou associée, partie d’une commune")
        rows = rows[~part].drop(columns="kind")
    rows = without_places(rows, header, tally, {**codes, **columns, "named": named, "kind": kind})
    rows = _counted_with_the_whole(rows, index, tally, columns)
    rows = without_unsure_wholes(rows, index, tally, columns)
    return agreeing(rows, header, index, tally)


def _one_figure_each(
    rows: pd.DataFrame, header: Header, tally: Tally, columns: Mapping[str, int | None]
) -> pd.DataFrame:
    """Leave out the lines of which a merged cell gives the figure: each of them, or all together.

    A date that is merged is that of each line.
    """
    carried: frozenset[tuple[int, int]] = getattr(header.table, "carried", frozenset())
    figures = {place for name, place in columns.items() if name != "date"}
    spread = {(line, place) for line, place in carried if place in figures}
    first = {(line - 1, place) for line, place in spread}
    lines = {line for line, _ in spread | first}
    merged = rows.index.isin(lines)
    tally.lose(rows[merged], "chiffre d’une cellule fusionnée sur plusieurs communes")
    return rows[~merged]


def _counted_with_the_whole(
    rows: pd.DataFrame, index: CommuneIndex, tally: Tally, columns: Mapping[str, int | None]
) -> pd.DataFrame:
    """Count once a commune that is given whole, by its new name, and by its former communes.

    In a table of several years the whole may be that of some of them only: nobody can tell.
    """
    if "named" not in rows:
        return rows
    plain = rows["code"].map(plain_code)
    present = plain.map(lambda code: index.mergers.get(code, code))
    names = rows["named"].map(folded_name)
    whole = (plain == present) & (names == present.map(index.renamed))
    part = ~whole & present.isin(set(present[whole]))
    if sum(name.isdigit() for name in columns) > 1:
        twice = part | (whole & present.isin(set(present[part])))
        tally.lose(
            rows[twice],
            "commune nouvelle donnée avec ses anciennes communes, pour plusieurs années : "
            "gardez l’une ou les autres",
        )
        return rows[~twice]
    tally.refuse(rows[part], "ancienne commune, déjà comptée dans la commune nouvelle")
    return rows[~part]


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
        refuse_postcodes(rows, header, index)
        return rows
    wrong, postal, agreed = dict[tuple[str, str], str](), set[tuple[str, str]](), 0
    for pair, count in rows.groupby(["code", "named"], sort=False).size().items():
        written, name = pair if isinstance(pair, tuple) else ("", "")
        code, folded = plain_code(written), folded_name(name)
        same_name = index.named(departement(code), folded) if code else ()
        if len(same_name) != 1 or code in index.mergers:
            continue
        if code == same_name[0]:
            agreed += count
        elif index.at_postcode(code).get(folded) == same_name[0]:
            postal.add((written, name))
            wrong[written, name] = same_name[0]
        elif code in index.present:
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
