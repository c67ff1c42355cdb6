"""How a table that was just read joins what is already there: replace, complete, or add years."""

from collections.abc import Mapping

import pandas as pd

from data.base.codes import departement
from data.official.readers.tally import ReadResult, Tally
from data.region import schemas
from geo.errors import InvalidInputError

BY_YEAR = ("apl", "gp_history")
"""Tables that keep all years: a file adds or replaces its own."""
BY_PART = {"care_context": "measure", "regulation_calls": "code", "specialists": "specialty"}
"""Tables of which a file gives some parts, told by a column: the other parts stay."""
ORDER = ("code", "id", "specialty", "year", "part", "measure", "day", "hour")
"""Columns by which stored tables are sorted, those that they have."""
_PARTS = {"structures": "kind", "apl": "year", "gp_history": "year", **BY_PART}
"""Tables that a file replaces by parts, to the column that tells the parts."""
_FIGURES = ("share_over_75", "area_km2")
"""Columns of `reference` that are missing as NaN, the others as ""."""


def joined(result: ReadResult, stored: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return the tables to store, checked.

    Parameters
    ----------
    result
        What was read.
    stored
        Tables already imported (real ones only), by key.

    Raises
    ------
    InvalidInputError
        A table does not pass the checks of its schema, or completes a table that is not there.
    """
    tables = {}
    for key, read in result.tables.items():
        if key == "sites":
            continue
        before = stored.get(key)
        if key in result.columns:
            table = _completed(key, read, result.columns[key], before)
        elif key in BY_YEAR and before is not None:
            table = _years_added(read, before)
        elif key in BY_PART and before is not None:
            table = _parts_replaced(read, before, BY_PART[key], result.tally)
        elif key == "structures" and before is not None:
            table = _kinds_replaced(read, result.kinds, before)
        else:
            table = _with_territories(read, before) if key == "zoning" else read
        order = [name for name in ORDER if name in table]
        tables[key] = schemas.checked(key, table.sort_values(order, ignore_index=True))
    return tables


def _completed(
    key: str, read: pd.DataFrame, columns: tuple[str, ...], before: pd.DataFrame | None
) -> pd.DataFrame:
    """Give some columns to the rows already there; `reference` also takes new communes."""
    if key == "zoning":
        if before is None:
            raise InvalidInputError(
                "La composition des territoires de vie-santé complète un zonage : importez d’abord "
                "(ou en même temps) le zonage des médecins généralistes."
            )
        here = before["code"].map(departement).isin(set(read["code"].map(departement)))
        kept = before[here].drop(columns=list(columns)).merge(read, on="code", how="left")
        told = kept.fillna(dict.fromkeys(columns, ""))
        return pd.concat([before[~here], told], ignore_index=True)[list(before.columns)]
    if before is not None:
        both = read.set_index("code").combine_first(before.set_index("code")).reset_index()
        blanks = {name: "" for name in both if name not in _FIGURES}
        return both.fillna(blanks)
    absent = [name for name in schemas.TABLES[key].columns if name not in read]
    return read.assign(**{name: float("nan") if name in _FIGURES else "" for name in absent})


def _with_territories(read: pd.DataFrame, before: pd.DataFrame | None) -> pd.DataFrame:
    """Keep the composition of territories in place under a zoning that tells none."""
    if before is None or (read["tvs"] != "").any():
        return read
    known = before.drop_duplicates("code").set_index("code")
    told = {name: read["code"].map(known[name]).fillna("") for name in ("tvs", "tvs_name")}
    return read.assign(**told)


def older_added(key: str, read: pd.DataFrame, before: pd.DataFrame) -> pd.DataFrame:
    """Return what is in place with what only an older file tells, checked.

    Parameters
    ----------
    key
        Table; of `reference`, blanks of a commune are filled too.
    read
        Table of the older file.
    before
        The newer one, in place.
    """
    if key == "reference":
        blanks = before.replace("", None).set_index("code")
        both = blanks.combine_first(read.set_index("code")).reset_index()
        whole = both.fillna({name: "" for name in both if name not in _FIGURES})
    else:
        whole = pd.concat([before, read[~read["code"].isin(set(before["code"]))]])
    order = [name for name in ORDER if name in whole]
    return schemas.checked(key, whole.sort_values(order, ignore_index=True))


def standing(key: str, result: ReadResult, before: pd.DataFrame) -> pd.DataFrame:
    """Return the rows in place of the parts that a file gives: what it would take the place of."""
    if key in result.columns:
        return before.iloc[:0]
    if key == "structures" and result.kinds == ("france_sante",):
        return before[before["labelled"]]
    if key not in _PARTS:
        return before
    told = result.kinds if key == "structures" else result.tables[key][_PARTS[key]]
    return before[before[_PARTS[key]].isin(set(told))]


def lost(
    key: str, result: ReadResult, whole: pd.DataFrame, before: pd.DataFrame | None
) -> pd.DataFrame | None:
    """Return the rows in place of communes (or départements) that a file leaves with nothing.

    Parameters
    ----------
    key, result
        Table, and what was read.
    whole
        The table as the file would have it.
    before
        As it is in place, None where nothing is.

    Returns
    -------
    pandas.DataFrame or None
        Of the parts that the file gives; None where nothing is in place.
    """
    if before is None:
        return None
    there, after = standing(key, result, before), whole
    keys = ["code", *([_PARTS[key]] if key in _PARTS else [])]
    if key == "structures" and result.kinds == ("france_sante",):  # a label on an MSP stays an MSP
        after, keys = whole[whole["labelled"]], ["code"]
    told = pd.MultiIndex.from_frame(after[keys].astype(str))
    return there[~pd.MultiIndex.from_frame(there[keys].astype(str)).isin(told)]


def with_lost(
    key: str, result: ReadResult, whole: pd.DataFrame, before: pd.DataFrame | None
) -> pd.DataFrame:
    """Return a table as a file would have it, what it says nothing of staying as it is in place."""
    gone = lost(key, result, whole, before)
    if gone is None or gone.empty:
        return whole
    if key == "structures":  # one that moved is where the file has it
        gone = gone[~gone["id"].isin(set(result.tables[key]["id"]))]
        whole = whole[~whole["id"].isin(set(gone["id"]))]
    both = pd.concat([gone, whole], ignore_index=True)
    order = [name for name in ORDER if name in both]
    return schemas.checked(key, both.sort_values(order, ignore_index=True))


def completed(
    read: Mapping[str, pd.DataFrame], stored: Mapping[str, pd.DataFrame]
) -> dict[str, pd.DataFrame]:
    """Return tables in which the communes of a file (and year) replace theirs, others staying.

    Parameters
    ----------
    read
        Tables of a file that tells of part of the communes.
    stored
        Tables already imported; a simulated one is no knowledge, and is not completed.
    """
    tables = {}
    for key, table in read.items():
        keys = [name for name in ("code", "year") if name in table]
        before = stored.get(key)
        if before is not None:
            told = pd.MultiIndex.from_frame(table[keys])
            others = before[~pd.MultiIndex.from_frame(before[keys]).isin(told)]
            whole = pd.concat([others, table], ignore_index=True)
        else:
            whole = table
        order = [name for name in ("code", "year", "part") if name in whole]
        tables[key] = schemas.checked(key, whole.sort_values(order, ignore_index=True))
    return tables


def _years_added(read: pd.DataFrame, before: pd.DataFrame) -> pd.DataFrame:
    """Take the years of the file from the file, the others from what is there."""
    others = before[~before["year"].isin(set(read["year"]))]
    return pd.concat([others, read], ignore_index=True)


def _parts_replaced(
    read: pd.DataFrame, before: pd.DataFrame, part: str, tally: Tally
) -> pd.DataFrame:
    """Take the parts of the file from the file, unless those in place are of a later year."""
    mine = read.groupby(part)["year"].max()
    later = mine < before.groupby(part)["year"].max().reindex(mine.index)
    kept = sorted(str(one) for one in later.index[later])
    if kept:
        tally.remarks.append(f"déjà connu d’une année plus récente, gardé : {', '.join(kept)}")
    fresh = read[~read[part].isin(kept)]
    others = before[~before[part].isin(set(fresh[part]))]
    return pd.concat([others, fresh], ignore_index=True)


def _kinds_replaced(
    read: pd.DataFrame, kinds: tuple[str, ...], before: pd.DataFrame
) -> pd.DataFrame:
    """Replace the kinds that the file knows in full; kind and label of a place add up."""
    others = before[~before["kind"].isin(kinds)]
    if kinds == ("france_sante",):  # a labelled MSP stays an MSP
        others = others.assign(labelled=others["id"].isin(set(read["id"])))
        read = read[~read["id"].isin(set(others["id"]))]
    else:
        labelled = set(before.loc[before["labelled"], "id"])
        read = read.assign(labelled=read["id"].isin(labelled))
        others = others[~others["id"].isin(set(read["id"]))]
    return pd.concat([others, read], ignore_index=True)
