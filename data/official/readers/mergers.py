"""Communes given by the code that a merger kept, beside their former communes, without a name."""

from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from data.base.codes import plain_code
from data.files.cells import numbers
from data.official.readers.communes import CommuneIndex, folded_name
from data.official.readers.tally import Tally

UNSURE = (
    "commune qui peut déjà compter ses anciennes communes, données avec elle (même code, sans nom "
    "qui le dise) : à vérifier, gardez l’une ou les autres"
)


def without_unsure_wholes(
    rows: pd.DataFrame, index: CommuneIndex, tally: Tally, columns: Iterable[str]
) -> pd.DataFrame:
    """Leave out the communes that may count their former communes, given beside them.

    The code that a merger kept is that of the commune of before, whose former neighbours add to
    it, or that of the whole, which holds them. Names tell (see `names`), and so do the counts: a
    whole is never less than its parts, so that one commune that is less tells the geography of
    the table; so does a former commune that the table itself stops telling.

    Parameters
    ----------
    rows
        Columns code, as written, and those of `columns`; named and date where the table has them.
    index, tally
        The communes; told of the rows left out, whose communes are unknown.
    columns
        Names of the columns; the counts are text, or years.
    """
    figures = [name for name in columns if name == "text" or name.isdigit()]
    unsure = unsure_wholes(rows, index.mergers, figures)
    if not unsure:
        return rows
    plain = rows["code"].map(plain_code)
    present = plain.map(lambda code: index.mergers.get(code, code))
    doubted = present.isin(unsure - _named(rows[plain == present], present, index))
    tally.lose(rows[doubted], UNSURE)
    return rows[~doubted]


def unsure_wholes(
    rows: pd.DataFrame, mergers: Mapping[str, str], figures: Sequence[str]
) -> set[str]:
    """Return the communes that nobody can tell whole from part by their counts alone.

    Parameters
    ----------
    rows
        Columns code, as written, those of `figures`, and date where the table has it.
    mergers
        Former code to the commune of today.
    figures
        Columns of counts, as text.

    Returns
    -------
    set of str
        Communes of today; see `without_unsure_wholes`.
    """
    plain = rows["code"].map(plain_code)
    present = plain.map(lambda code: mergers.get(code, code))
    former = plain != present
    twice = set(present[former]) & set(plain[~former])
    if not figures or not twice:
        return set()
    concerned = present.isin(twice)
    long = _long(rows[concerned].assign(place=present, former=former), figures)
    parts = long[long["former"]].groupby(["place", "when"])["count"].sum(min_count=1)
    wholes = long[~long["former"]].groupby(["place", "when"])["count"].max()
    both = pd.concat({"parts": parts, "whole": wholes}, axis=1)
    if (both["parts"] > both["whole"]).any():
        return set()
    ended = both["parts"].isna() & both["whole"].notna()
    unsure = (both["parts"] > 0) & both["whole"].notna()
    told = set(both.index[ended].get_level_values("place"))
    return set(both.index[unsure].get_level_values("place")) - told


def _long(rows: pd.DataFrame, figures: Sequence[str]) -> pd.DataFrame:
    """Return one row per commune and moment: place, former, when, count."""
    date = rows["date"] if "date" in rows else pd.Series("", index=rows.index)
    told = rows[["place", "former"]]
    parts = [told.assign(when=date + " " + name, count=numbers(rows[name])) for name in figures]
    return pd.concat(parts, ignore_index=True)


def _named(rows: pd.DataFrame, present: pd.Series, index: CommuneIndex) -> set[str]:
    """Return the communes that a name tells apart: it was judged with the names (see `names`).

    A name that the commune had before its merger and kept tells nothing.
    """
    if "named" not in rows:
        return set()
    kept = index.former_names.keys() - index.renamed.keys()
    named = rows["named"].map(folded_name) != ""
    return set(present[rows.index[named]]) - kept
