"""One row per commune: repeats, contradictions, mergers, communes of which a line was refused."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from data.base import french
from data.base.codes import ARRONDISSEMENTS, ARRONDISSEMENTS_OF, plain_code
from data.files.cells import MASKED, masked
from data.official.readers.communes import CommuneIndex
from data.official.readers.tally import Tally

SITE_AGAIN = "établissement déjà lu plus haut"


def said_once(rows: pd.DataFrame, keys: list[str], value: str, tally: Tally) -> pd.DataFrame:
    """Count once the rows that repeat one another, and refuse those that contradict one another.

    Parameters
    ----------
    rows
        With the code as it is written in the file (`own`) among the keys: mergers add, repeats do
        not.
    keys
        Columns that tell a row.
    value
        Column whose values must agree.
    """
    known = rows[rows[value].notna()]
    clash = known.groupby(keys)[value].transform("nunique") > 1
    tally.lose(known[clash], "valeurs différentes pour la même commune")
    rows = rows.drop(index=known.index[clash]) if clash.any() else rows
    # Of a row that says the value and one that leaves it blank, the first is kept.
    told_first = np.argsort(rows[value].isna().to_numpy(), kind="stable")
    again = np.zeros(len(rows), dtype=bool)
    again[told_first] = rows.iloc[told_first].duplicated(keys)
    tally.refuse(rows[again], "ligne répétée, comptée une fois")
    return rows[~again]


def hidden_lost(rows: pd.DataFrame, tally: Tally, *columns: str) -> pd.Series:
    """Tell the rows of which a count is masked; their communes are lost, never without anyone.

    Parameters
    ----------
    rows
        Column code, and year where lines tell of several; the counts are texts.
    tally
        Told of these rows, apart from those that cannot be read.
    columns
        Those of the counts.
    """
    hidden = pd.concat([masked(rows[name]) for name in columns], axis=1).any(axis=1)
    tally.lose(rows[hidden], MASKED)
    return hidden


def settled(rows: pd.DataFrame, index: CommuneIndex, tally: Tally) -> pd.DataFrame:
    """Leave out, and count once per line, the rows whose `code` is no commune of the present."""
    first = ~rows.index.duplicated()
    unreadable = rows["code"] == ""
    tally.refuse(rows[unreadable & first], "code de commune illisible")
    unknown = index.unknown(rows["code"])
    codes = sorted(set(rows.loc[unknown, "code"]))
    listed = ", ".join(codes[:8]) + ("…" if len(codes) > 8 else "")
    tally.refuse(rows[unknown & first], f"commune absente du code officiel actuel ({listed})")
    return rows[~unreadable & ~unknown]


def without_lost(rows: pd.DataFrame, index: CommuneIndex, tally: Tally) -> pd.DataFrame:
    """Leave out the communes (and years) of which a line was refused: unknown, never a part or 0.

    Parameters
    ----------
    rows
        One row per commune (and year), columns code, and year if any.
    index
        The communes: a line of a former commune is lost to the present one.
    tally
        Knows the lines lost; is told how many communes of the region are left out.
    """
    if not tally.lost:
        return rows
    written = sorted(tally.lost)
    codes = index.settle(pd.Series([code for code, _ in written], dtype=str))
    lost = set(zip(codes, [year for _, year in written], strict=True))
    years = rows["year"] if "year" in rows else pd.Series(0, index=rows.index)
    gone = [(c, 0) in lost or (c, y) in lost for c, y in zip(rows["code"], years, strict=True)]
    left = rows[np.array(gone, dtype=bool)]
    if here := len(set(left["code"]) & index.codes):
        told = french.counted(here, "commune dont", "communes dont")
        how = "laissées inconnues" if here > 1 else "laissée inconnue"
        tally.remarks.append(f"{told} une ligne est refusée : {how}, jamais zéro")
    return rows[~np.array(gone, dtype=bool)]


def whole_cities(
    rows: pd.DataFrame,
    tally: Tally,
    *,
    keys: Sequence[str] = ("year",),
    counted: bool = True,
    exhaustive: bool = False,
) -> pd.DataFrame:
    """Leave out the arrondissements that do not make their city: given beside it, or in part.

    Parameters
    ----------
    rows
        Column own, the code of the line; those without a value are not there.
    tally
        Told of the lines left out: a city of which some arrondissements lack is not known.
    keys
        Columns, where rows have them, that tell what a line is of.
    counted
        Whether a city is the sum of its arrondissements, its own line aside.
    exhaustive
        Whether an arrondissement without any line has none of what is counted.
    """
    own = rows["own"].map(plain_code)
    city = own.map(ARRONDISSEMENTS)
    if city.isna().all():
        return rows
    of = [rows[name] for name in keys if name in rows]
    told = set(zip(own, *of, strict=True))
    twice = np.array([one in told for one in zip(city, *of, strict=True)], dtype=bool)
    tally.refuse(rows[twice], "arrondissement, la ville étant donnée entière")
    given = own.groupby([city, *of]).transform("nunique")
    here = ~twice & city.notna()
    lacking = here & (given < city.map(ARRONDISSEMENTS_OF)) & (not exhaustive)
    lacking = lacking if counted else here
    why = "d’une ville sans tous les autres : la ville n’est pas connue"
    told_apart = rows[lacking].assign(code=own[lacking])
    tally.lose(
        told_apart, f"arrondissement {why if counted else ': la ville entière seule est lue'}"
    )
    return rows[~twice & ~lacking]


def chief_rows(rows: pd.DataFrame, tally: Tally) -> pd.DataFrame:
    """Of merged communes, keep the row of the one whose code (`own`) is the present code."""
    merged = (rows["own"] != rows["code"]) & ~rows["own"].isin(ARRONDISSEMENTS)
    second = merged & rows["code"].isin(set(rows.loc[~merged, "code"]))
    second |= merged & rows.duplicated("code") & ~second
    if second.any():
        tally.remarks.append(
            french.counted(int(second.sum()), "ancienne commune", "anciennes communes")
            + " : la valeur de la commune nouvelle est retenue"
        )
    return rows[~second]


def only_once(
    rows: pd.DataFrame, tally: Tally, key: str = "code", what: str = "commune déjà lue plus haut"
) -> pd.DataFrame:
    """Keep the first row of each `key`; `what` says why the others are refused."""
    again = rows.duplicated(key)
    tally.refuse(rows[again], what)
    return rows[~again]
