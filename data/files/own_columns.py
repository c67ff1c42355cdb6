"""Columns of a table of the user's own: found by their headings, checked line by line.

A line given twice counts once and is said; two columns for one figure are read by their year, or
refused; a mark of thousands is never a decimal; codes of communes written otherwise are one place.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd

from data.base.codes import plain_code
from data.files import headings, layouts
from data.files.cells import THOUSANDS, is_masked, numbers, without_blanks
from data.files.document import has_no_value
from data.files.remarks import tell, tell_columns, tell_lines
from data.files.table_files import read_text_table
from geo.errors import InvalidInputError

NAMING = frozenset({"id", "from", "to"})
"""Fields that name a place; the others are figures."""
_DATE = re.compile(r"(?:19|20)\d\d-\d\d-\d\d")
_FIGURE = r"-?\d+(?:[.,]\d+)?"
Kind = Literal["", "people", "gps"]


def columns_of(
    path: Path, titles: Mapping[str, Sequence[str]], required: Sequence[str]
) -> pd.DataFrame:
    """Return the columns of a file under the names of `titles`, as text, by line number.

    Parameters
    ----------
    path
        Any file that `read_text_table` reads.
    titles
        Name to the headings it may bear, folded; those that say it best first.
    required
        Names that must be there.

    Raises
    ------
    InvalidInputError
        A required column is missing, two hold one figure, or an identifier is blank: the file and
        the line.
    """
    table = alone(path, read_text_table(path), titles, required)
    heading = [str(column) for column in table.columns]
    found = headings.recognise(heading, titles)
    missing = [name for name in required if name not in found]
    if missing:
        raise InvalidInputError(
            f"{path.name} : colonne absente ou mal nommée : {', '.join(missing)} ; titres "
            f"attendus : {', '.join(required)} ; titres trouvés : {', '.join(heading)}."
        )
    refuse_rivals(path, table, found, titles)
    refuse_merged(path, table, [heading[k] for name, k in found.items() if name not in NAMING])
    tell_columns(path.name, table, [heading[place] for place in found.values()])
    named = table.iloc[:, list(found.values())].set_axis(list(found), axis=1)
    for name in NAMING & set(found):
        empty = named.index[named[name] == ""]
        if len(empty):
            raise InvalidInputError(
                f"{path.name}, ligne {empty[0]} : la colonne « {heading[found[name]]} » est vide."
            )
        _refuse_no_names(path, named[name], heading[found[name]])
    return named


def alone(
    path: Path, table: pd.DataFrame, titles: Mapping[str, Sequence[str]], required: Sequence[str]
) -> pd.DataFrame:
    """Return a table without those that stand beside it in its sheet, which are told.

    Parameters
    ----------
    path
        The file.
    table
        As `read_text_table` gives it.
    titles
        Name to the headings it may bear, folded; the first one names what a line tells of.
    required
        Names that a table must have to be read.

    Raises
    ------
    InvalidInputError
        Several can be read, or what is required stands in several.
    """
    heading = [str(column) for column in table.columns]
    places = table.attrs.get("places", list(range(len(heading))))
    naming = {next(iter(titles)): titles[next(iter(titles))]}
    # Blank columns, left out of the table, part what stands on both sides.
    spread = [""] * (max(places, default=-1) + 1)
    for place, title in zip(places, heading, strict=True):
        spread[place] = headings.folded(title)
    marks = [
        place
        for place, title in zip(places, heading, strict=True)
        if headings.recognise([title], naming)
    ]
    if len(marks) < 2:
        return table
    rank = {place: k for k, place in enumerate(places)}
    rows = [
        [cells[rank[place]] if place in rank else "" for place in range(len(spread))]
        for cells in table.head(layouts.LOOKED_AT).itertuples(index=False, name=None)
    ]
    found = layouts.blocks(spread, marks, rows)
    if len(found) == 1:
        return table
    told = {block: [rank[place] for place in block if place in rank] for block in found}
    read = [
        block
        for block, columns in told.items()
        if set(required) <= headings.recognise([heading[k] for k in columns], titles).keys()
    ]
    if len(read) != 1:
        raise layouts.refusal(path.name, read or found)
    (own,) = read
    tell(path.name, [f"non lu : {layouts.beside(one)}" for one in found if one != own])
    mine = table.iloc[:, told[own]]
    kept = mine[(mine != "").any(axis=1)]
    kept.attrs = dict(table.attrs)
    return kept


def _refuse_no_names(path: Path, names: pd.Series, title: str) -> None:
    """Refuse the name of a place that is a failed formula, or a code that became a date.

    Raises
    ------
    InvalidInputError
        The file, the line, the cell.
    """
    for line, text in names.items():
        if has_no_value(text) or _DATE.fullmatch(text):
            date = "une date : mettez la colonne au format texte"
            raise InvalidInputError(
                f"{path.name}, ligne {line} : « {text} » dans la colonne « {title} » est "
                f"{'sans valeur' if has_no_value(text) else date}."
            )


def refuse_merged(path: Path, table: pd.DataFrame, titles: Iterable[str]) -> None:
    """Refuse a figure that a merged cell gives for several lines: each of them, or all together.

    Parameters
    ----------
    path
        The file.
    table
        As `read_text_table` gives it.
    titles
        Columns of figures that are read; their texts carry down.

    Raises
    ------
    InvalidInputError
        The file, the line, the cell.
    """
    carried = table.attrs.get("carried", {})
    for title in titles:
        lines = table.index.intersection(carried.get(title, []))
        texts = table.loc[lines, title]
        figures = texts[without_blanks(texts).str.fullmatch(_FIGURE)]
        for line, text in figures.items():
            raise InvalidInputError(
                f"{path.name}, ligne {line} : la cellule fusionnée « {text} » de la colonne "
                f"« {title} » vaut-elle pour chaque ligne, ou pour toutes ensemble ? Défaites la "
                "fusion et écrivez le nombre de chaque ligne."
            )


def refuse_rivals(
    path: Path,
    table: pd.DataFrame,
    found: Mapping[str, int],
    titles: Mapping[str, Sequence[str]],
) -> None:
    """Refuse two columns that hold one figure, when they differ and no year says which is newer.

    Raises
    ------
    InvalidInputError
        With both names.
    """
    heading = [str(column) for column in table.columns]
    figures = {name: names for name, names in titles.items() if name not in NAMING}
    for name, others in headings.rivals(heading, figures, found).items():
        mine = table.iloc[:, found[name]]
        for other in others:
            theirs = table.iloc[:, other]
            if ((mine != theirs) & (mine != "") & (theirs != "")).any():
                raise InvalidInputError(
                    f"{path.name} a deux colonnes pour la même chose, "
                    f"« {heading[found[name]][:40]} » et « {heading[other][:40]} », et aucune "
                    "année ne dit laquelle lire : n’en gardez qu’une, ou ajoutez l’année à leurs "
                    "titres."
                )


def once(path: Path, table: pd.DataFrame) -> pd.DataFrame:
    """Return a table without the lines that repeat another one whole; how many is told."""
    again = table.duplicated()
    tell_lines(
        path.name,
        list(table.index[again]),
        "ligne répétée à l’identique, comptée une fois",
        "lignes répétées à l’identique, comptées une fois",
    )
    return table[~again]


def refuse_duplicates(path: Path, keys: pd.Series, what: str) -> None:
    """Refuse a key that stands on two lines.

    Raises
    ------
    InvalidInputError
        A key stands twice.
    """
    again = keys[keys.duplicated()]
    if len(again):
        first = keys.index[keys == again.iloc[0]][0]
        raise InvalidInputError(
            f"{path.name}, lignes {first} et {again.index[0]} : {what} « {again.iloc[0]} » figure "
            "deux fois ; gardez une seule ligne."
        )


def positive_numbers(
    path: Path, text: pd.Series, kind: Kind = "", *, infinite: bool = False
) -> pd.Series:
    """Return a column as numbers, 0 or more, commas and blanks of thousands understood.

    Parameters
    ----------
    path
        The file, for messages.
    text
        Cells, indexed by line number; its name is said.
    kind
        "people": "1,234" is one thousand and more, which is told; "gps": it is a doubt, a GP may
        be cut in parts. A column where a cell can only be a decimal ("12,5") has no such doubt.
    infinite
        Whether a number may be infinite.

    Raises
    ------
    InvalidInputError
        A cell is no such number: the file, the line, the cell.
    """
    plain = without_blanks(text)
    doubtful = ambiguous(plain) if kind else pd.Series(data=False, index=text.index)
    if kind == "people":
        plain = plain.where(~doubtful, plain.str.replace(r"[,.]", "", regex=True))
        tell_lines(
            path.name,
            list(text.index[doubtful]),
            f"nombre de la colonne « {text.name} » est lu avec une marque de milliers",
            f"nombres de la colonne « {text.name} » sont lus avec une marque de milliers",
        )
    values = numbers(plain).astype(float)
    wrong = values.isna() | (values < 0) | (np.isinf(values) & (not infinite))
    if kind == "gps" and (doubtful & ~wrong).any():
        line = doubtful.index[doubtful][0]
        raise InvalidInputError(
            f"{path.name}, ligne {line} : « {text.loc[line]} » dans la colonne « {text.name} » est "
            "un doute : des milliers, ou une part de médecin ? Écrivez le nombre sans virgule ni "
            "point de milliers."
        )
    if wrong.any():
        line = wrong.index[wrong][0]
        if is_masked(text.loc[line]):
            raise InvalidInputError(
                f"{path.name}, ligne {line} : « {text.loc[line]} » dans la colonne « {text.name} » "
                "est une valeur masquée (secret statistique) : elle est inconnue, jamais zéro. "
                "Donnez un nombre, ou retirez ce lieu du fichier."
            )
        raise InvalidInputError(
            f"{path.name}, ligne {line} : « {text.loc[line]} » dans la colonne « {text.name} » "
            "n’est pas un nombre positif ou nul ; corrigez ou retirez la ligne."
        )
    return values


def ambiguous(plain: pd.Series) -> pd.Series:
    """Tell the cells that are a mark of thousands, or a decimal of three digits: "1,234".

    No cell is where another of the column shows that the mark is a decimal one.

    Parameters
    ----------
    plain
        Texts without blanks.
    """
    found = plain.str.fullmatch(THOUSANDS)
    for mark in (",", "."):
        has = plain.str.count(rf"\{mark}") == 1
        if (has & ~found & plain.str.fullmatch(rf"\d*\{mark}\d+")).any():
            found &= ~has
    return found.astype(bool)


def as_known(path: Path, texts: pd.Series, known: Iterable[str]) -> pd.Series:
    """Return names of places spelled as they are known: an INSEE code may have lost its zero.

    Parameters
    ----------
    path
        The file, for what is told.
    texts
        Names as it writes them; those that are known stay.
    known
        Names of the other tables.
    """
    spelled = dict.fromkeys(known)
    strange = [text for text in texts.unique() if text not in spelled]
    by_code: dict[str, list[str]] = {}
    for name in spelled if strange else ():
        if code := plain_code(name):
            by_code.setdefault(code, []).append(name)
    same = {
        text: by_code[code][0]
        for text in strange
        if len(by_code.get(code := plain_code(text), [])) == 1
    }
    changed = texts.isin(same)
    tell_lines(
        path.name,
        list(texts.index[changed]),
        "code est écrit autrement que dans les autres fichiers, et rapproché",
        "codes sont écrits autrement que dans les autres fichiers, et rapprochés",
    )
    return texts.where(~changed, texts.map(same))
