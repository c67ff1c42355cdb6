"""A sheet holds one table, one line a commune: what else stands there is left out and said.

Agencies print a table under another, or beside it, and count by practice as well as by commune:
each reads like more of the same, and is not.
"""

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from data.base.codes import ARRONDISSEMENTS, departement, plain_code
from data.files import headings
from data.files.headings import folded
from data.files.layouts import within
from data.official.readers.communes import CommuneIndex
from data.official.readers.tables import Header
from data.official.readers.tally import Tally
from geo.errors import InvalidInputError

LEAST_STRANGE = 0.1
"""Least share of codes that are those of no commune, for a column of codes to be doubted: a table
of codes has next to none, half of the postcodes are the code of another commune."""
LEAST_POSTCODES = 0.95
"""Least share of these codes that are postcodes, for the column to be of postcodes."""
_RANKS = frozenset(
    {"n", "no", "num", "numero", "id", "rang", "ordre", "fid", "objectid", "ligne", "index", ""}
)
"""Headings of what numbers the lines of a table, and tells nothing of them."""
_OF_COMMUNES = frozenset(
    {*headings.POSTCODE, *headings.COMMUNE, *headings.CODE, "libelle", "lib", "nom", "com"}
)
"""Headings of what may be written in several ways for one commune: it has several postcodes."""


def refuse_twin_columns(header: Header, columns: Iterable[int]) -> None:
    """Refuse a column of figures whose title stands over another one that differs.

    Parameters
    ----------
    header
        Its titles.
    columns
        Places of the figures that are read.

    Raises
    ------
    InvalidInputError
        Nothing tells which of both to read.
    """
    titles = [folded(cell) for cell in header.table.head[header.row]]
    for place in columns:
        twins = [k for k in header.block if titles[k] == titles[place] and k != place]
        for twin in twins:
            for batch in header.table.batches(header.row, [place, twin]):
                mine, theirs = batch[place].str.strip(), batch[twin].str.strip()
                if ((mine != theirs) & (mine != "") & (theirs != "")).any():
                    cell = " ".join(header.table.head[header.row][place].split())
                    raise InvalidInputError(
                        f"« {header.table.name} » a deux colonnes « {cell} », qui ne disent pas la "
                        "même chose : gardez-en une, ou mettez l’année dans leur titre."
                    )


def repeated(rows: pd.DataFrame, header: Header) -> pd.Series:
    """Tell the rows that repeat another one whole, columns that are not read included."""
    whole = pd.concat(list(header.table.batches(header.row, list(header.block))))
    return whole.duplicated().reindex(rows.index, fill_value=False)


def without_other_tables(
    rows: pd.DataFrame, header: Header, tally: Tally, key: str, columns: Mapping[str, int | None]
) -> pd.DataFrame:
    """Leave out what stands under titles of another table; the same titles again change nothing.

    Parameters
    ----------
    rows
        Texts by line, `key` and `columns` among their columns.
    header
        Titles of the table that is read.
    tally
        Told of the lines left out.
    key
        Column of the codes.
    columns
        Columns read, to their places in the table.
    """
    titles = header.table.head[header.row]
    written = {text: folded(text) for text in rows[key].unique()}
    marks = {text for text, plain in written.items() if plain in headings.CODE}
    repeated = rows[key].isin(marks)
    if not repeated.any():
        return rows
    own = {name: folded(titles[k]) for name, k in columns.items() if k is not None and name in rows}
    same = pd.Series(data=True, index=rows.index)
    for name, title in own.items():
        same &= rows[name].map(folded) == title
    told = zip(repeated, same, strict=True)
    kept = np.array(within(alike if titled else None for titled, alike in told), dtype=bool)
    tally.refuse(rows[repeated & same], "titres répétés dans le tableau")
    tally.refuse(
        rows[~kept & ~(repeated & same)],
        "autre tableau, sous d’autres titres, plus bas dans la même feuille : mettez-le à part",
    )
    return rows[kept]


def without_places(
    rows: pd.DataFrame, header: Header, tally: Tally, columns: Mapping[str, int | None]
) -> pd.DataFrame:
    """Leave out the communes that have several lines which do not repeat one another.

    Lines of practices, of IRIS or of ages count parts of a commune: one of them is not the whole.

    Parameters
    ----------
    rows
        Columns code, as written, and date where the table has it.
    header
        Where they stand: its other columns tell.
    tally
        Told of the lines left out, whose communes are unknown.
    columns
        Columns read, to their places: figures that differ are judged elsewhere.
    """
    plain = rows["code"].map(plain_code)
    keys = pd.DataFrame({"code": plain, "date": rows.get("date", "")})
    several = keys.duplicated(keep=False) & (plain != "")
    if not several.any():
        return rows
    titles = header.table.head[header.row]
    read = {place for place in columns.values() if place is not None}
    others = [
        place
        for place in header.block
        if place not in read and folded(titles[place]) not in _RANKS | _OF_COMMUNES
    ]
    if not others:
        return rows
    lines = rows.index[several]
    kept = [batch[batch.index.isin(lines)] for batch in header.table.batches(header.row, others)]
    texts = pd.concat(kept).reindex(lines).fillna("")
    groups = [keys.loc[lines, "code"], keys.loc[lines, "date"]]
    for place in others:
        told = texts[place].str.strip().map(folded)
        counts = told.where(told != "").groupby(groups).transform("nunique")
        parts = counts > 1
        if parts.any():
            tally.lose(
                rows.loc[lines[parts]],
                f"plusieurs lignes d’une même commune (« {titles[place].strip()[:40]} » y change) "
                ": le total de la commune n’est pas donné",
            )
            rows = rows.drop(index=lines[parts])
            return without_places(rows, header, tally, columns)
    return rows


def refuse_postcodes(rows: pd.DataFrame, header: Header, index: CommuneIndex) -> None:
    """Refuse a column of codes that are postcodes, where no name beside them tells it.

    Raises
    ------
    InvalidInputError
        Some codes are those of no commune, and nearly all are postcodes.
    """
    known = index.present | index.mergers.keys() | ARRONDISSEMENTS.keys()
    codes = {code for text in rows["code"].unique() if (code := plain_code(text))}
    here = {code for code in codes if departement(code) in index.departements}
    strange = sorted(here - known)
    postal = here & index.postcodes.keys()
    if len(strange) > LEAST_STRANGE * len(here) and len(postal) >= LEAST_POSTCODES * len(here):
        raise InvalidInputError(
            f"« {header.table.name} » donne des codes postaux à la place des codes INSEE "
            f"({strange[0]} n’est le code INSEE d’aucune commune) : remplacez-les par les codes "
            "INSEE, ou ajoutez le nom des communes."
        )
