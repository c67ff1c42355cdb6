"""What is in place already: what a file may replace of it, and what its tables then quote."""

import contextlib
import datetime as dt
from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from data.official.coverage import COVERAGE_FLOOR
from data.official.members import Member
from data.official.readers.communes import CommuneIndex
from data.official.readers.merge import BY_PART, BY_YEAR, ORDER, older_added
from data.official.readers.tally import ReadResult
from data.official.sources import sources
from data.region import catalogue, schemas, table_store
from data.region.moments import Moment
from data.region.territory import Provenance
from geo.errors import UnavailableError

_WHOLE = ("gps", "populations", "zoning")
"""Tables of one moment with a row for each commune."""


def in_place() -> tuple[dict[str, Provenance], dict[str, pd.DataFrame]]:
    """Return the imported tables and where they come from; one that is lost or altered is absent.

    So that importing its file again mends it.
    """
    provenance: dict[str, Provenance] = {}
    stored: dict[str, pd.DataFrame] = {}
    for key, known in table_store.version(table_store.current_key()).provenance.items():
        with contextlib.suppress(UnavailableError):
            stored |= catalogue.imported_tables([key])
            provenance[key] = known
    return provenance, stored


def without_newer_parts(result: ReadResult, stored: Mapping[str, Provenance]) -> ReadResult:
    """Leave out the columns and kinds of structures that are newer in place, and say so.

    A table all of whose parts are newer in place is left whole: `newer_only` leaves it out.
    """
    for key in ("structures", "reference"):
        if key not in result.tables or key not in stored:
            continue
        parts = result.parts(key)
        older = [part for part in parts if _newer_in_place(key, result, stored, (part,))]
        if not older or len(older) == len(parts):
            continue
        fresh = tuple(part for part in parts if part not in older)
        table = result.tables[key]
        if key == "structures":
            narrowed = table[table["kind"].isin(fresh)].reset_index(drop=True)
            result = replace(result, kinds=fresh, tables={**result.tables, key: narrowed})
        else:
            narrowed, columns = table.drop(columns=older), {**result.columns, key: fresh}
            result = replace(result, columns=columns, tables={**result.tables, key: narrowed})
        result.tally.remarks.append(
            f"« {schemas.TITLES[key]} » : ce fichier ({result.vintages[key]}) est en partie plus "
            f"ancien que les données en place ({stored[key].vintage}), dont restent : "
            + ", ".join(schemas.PARTS[part] for part in older)
        )
    return result


def newer_only(
    tables: dict[str, pd.DataFrame],
    result: ReadResult,
    stored: Mapping[str, Provenance],
    lacking: Mapping[str, pd.DataFrame],
) -> tuple[dict[str, pd.DataFrame], set[str]]:
    """Leave out the tables that are older than those in place, and say so.

    Counts of GPs that are left out still feed the history.

    Parameters
    ----------
    tables, result
        Tables that a file would feed, and what was read of it.
    stored
        Where the tables in place come from.
    lacking
        Tables in place that an older file may complete: see `to_complete`.

    Returns
    -------
    tables : dict
        Those to put in place.
    completing : set of str
        Among them, those in place to which an older file adds what they do not tell.
    """
    kept, completing = {}, set[str]()
    for key, table in tables.items():
        newer = _newer_in_place(key, result, stored) if key not in (*BY_YEAR, *BY_PART) else None
        if newer is None:
            kept[key] = table
            continue
        mine, theirs = result.vintages[key], stored[key].vintage
        if key in lacking and not (key == "zoning" and key in result.columns):
            whole = older_added(key, result.tables[key], lacking[key])
            if not same(whole, lacking[key]):
                kept[key] = whole
                completing.add(key)
                result.tally.remarks.append(
                    f"« {schemas.TITLES[key]} » : ce fichier ({mine}) est plus ancien que les "
                    f"données en place ({theirs}), qui restent ; il donne ce qu’elles ne disent pas"
                )
                continue
        if key == "gps" and "gp_history" in tables:
            result.tally.remarks.append(
                f"ces effectifs de {mine} sont plus anciens que ceux en place ({theirs}) : ils "
                "complètent l’historique sans les remplacer"
            )
        else:
            result.tally.remarks.append(
                f"« {schemas.TITLES[key]} » : ce fichier ({mine}) est plus ancien que les données "
                f"en place ({theirs}), qui restent ; annulez d’abord leur import pour y revenir"
            )
    return kept, completing


def to_complete(
    stored: Mapping[str, pd.DataFrame], index: CommuneIndex, *, completing: bool
) -> dict[str, pd.DataFrame]:
    """Return the tables in place that an older file completes, as if it had come first.

    Columns that files give apart always add up; a table of part of the communes is completed where
    one asked for it.
    """
    floor = COVERAGE_FLOOR * len(index.codes)
    return {
        key: table
        for key, table in stored.items()
        if key == "reference"
        or (completing and key in _WHOLE and index.matched(table["code"]) < floor)
    }


def newer(key: str, result: ReadResult, stored: Mapping[str, Provenance]) -> bool:
    """Tell whether a file tells of a table later than what is in place."""
    mine = result.moment(key)
    if mine is None or key not in stored:
        return False
    known = [stored[key].moment(part) for part in result.parts(key)]
    return any(theirs is not None and theirs.before(mine) for theirs in known)


def _newer_in_place(
    key: str,
    result: ReadResult,
    stored: Mapping[str, Provenance],
    parts: tuple[str, ...] = (),
) -> Moment | None:
    """Return when what a file gives of a table was measured in place, if that is later."""
    mine = result.moment(key)
    if mine is None or key not in stored:
        return None
    parts = parts or result.parts(key)
    known = [stored[key].moment(part) or stored[key].moment() for part in parts]
    later = [theirs for theirs in known if theirs is not None and mine.before(theirs)]
    return min(later) if len(later) == len(known) else None


def same(table: pd.DataFrame, before: pd.DataFrame | None) -> bool:
    """Tell whether a table is the one in place, whatever the order of its rows."""
    if before is None or list(table.columns) != list(before.columns) or len(table) != len(before):
        return False
    order = [name for name in ORDER if name in table]
    return table.equals(before.sort_values(order, ignore_index=True).astype(table.dtypes))


def shares(
    key: str, item: Member, tables: Mapping[str, pd.DataFrame], completed_keys: set[str]
) -> bool:
    """Tell whether a table keeps columns, kinds or communes of an earlier file."""
    result = item.result
    if result is None or key in completed_keys or key in result.columns:
        return True
    return key == "structures" and bool(set(tables[key]["kind"]) - {*result.kinds})


def provenance_of(
    item: Member,
    sha256: str,
    fed: tuple[Mapping[str, pd.DataFrame], set[str]],
    index: CommuneIndex,
    before: Mapping[str, Provenance],
) -> dict[str, Provenance]:
    """Describe tables; those that keep a part of an earlier file quote both."""
    tables, together = fed
    source, result = sources()[item.source], item.result
    if result is None:
        raise ValueError(item.file_name)
    now = dt.datetime.now(dt.UTC)
    described = {}
    for key, table in tables.items():
        shared = key in together
        producer, vintage = source.producer, result.vintages[key]
        if key in BY_YEAR or (not shared and "year" in table):
            here = table.loc[table["code"].isin(index.codes), "year"].unique()
            vintage = ", ".join(map(str, sorted(here))) or vintage
            if key in before:
                producer = _joined_once(before[key].source, producer, " ; ")
        elif shared:  # the table keeps columns or kinds of an earlier file: quote both
            producer = _joined_once(before[key].source, producer, " ; ")
            vintage = _joined_once(before[key].vintage, vintage, " ; ")
        parts = _measured(key, result, before.get(key) if shared or key in BY_YEAR else None)
        described[key] = Provenance(
            measured=({**before[key].measured} if shared else {}) | parts,
            table=key,
            title=schemas.TITLES[key],
            source=producer,
            vintage=vintage,
            licence=source.licence,
            simulated=False,
            rows=len(table),
            matched=index.matched(table["code"]),
            imported_at=now,
            file_name=item.file_name,
            sha256=sha256,
        )
    return described


def _measured(key: str, result: ReadResult, before: Provenance | None) -> dict[str, Moment]:
    """Return when the parts that a file gives were measured, the latest where it shares."""
    mine = result.moment(key)
    if mine is None:
        return {}
    known = before.measured if before is not None else {}
    return {part: max(mine, known.get(part, mine)) for part in result.parts(key)}


def _joined_once(before: str, added: str, separator: str) -> str:
    return separator.join(dict.fromkeys([*before.split(separator), *added.split(separator)]))
