"""Files of one import that tell the same thing of the same moment: joined, preferred or refused."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations

import pandas as pd

from data.official.import_reports import OLDER, ImportReport
from data.official.members import Member, listed, standing
from data.official.readers.merge import BY_PART, BY_YEAR, completed
from data.official.readers.tally import ReadResult
from data.region import schemas
from data.region.territory import Provenance

KEYS = {
    "gps": ["code"],
    "populations": ["code"],
    "zoning": ["code", "part"],
    "apl": ["code", "year"],
    "reference": ["code"],
}
"""Tables of which two files may tell the same, to what makes a row of them."""

_TOLD = {**KEYS, "gp_history": ["code", "year"]}


def without_rivals(members: Sequence[Member]) -> list[Member]:
    """Settle members of one reader that tell the same tables of the same moment otherwise.

    That of the source declared with an address is read, then that declared first; those of one
    source are refused, as nothing tells which is right. Files whose communes differ are no rivals.

    Parameters
    ----------
    members
        As they were read.

    Returns
    -------
    list of Member
        In the same order.
    """
    settled = list(members)
    for key, columns in KEYS.items():
        groups: dict[object, list[int]] = {}
        for rank, member in enumerate(members):
            if member.result is not None and key in member.result.tables:
                told = member.result.moment(key), member.result.parts(key)
                groups.setdefault((member.reader, *told), []).append(rank)
        for ranks in groups.values():
            unsure: dict[int, str] = {}
            for pair in combinations(ranks, 2):
                one, other = sorted(pair, key=lambda rank: standing(members[rank]))
                where = _disagreement(members[one], members[other], key, columns)
                if where is None or members[one].position == members[other].position:
                    continue
                if standing(members[one]) == standing(members[other]):
                    unsure |= {rank: min(where, unsure.get(rank, where)) for rank in pair}
                else:
                    settled[other] = _without(settled[other], key, members[one], where)
            names = listed(sorted(members[rank].file_name for rank in unsure))
            for rank, where in unsure.items():
                why = (
                    f"{names} donnent « {schemas.TITLES[key]} » de la même date sans s’accorder "
                    f"({where}) : n’en importez qu’un."
                )
                settled[rank] = replace(members[rank], result=None, refusal=why)
    return settled


def _disagreement(one: Member, other: Member, key: str, columns: Sequence[str]) -> str | None:
    """Return the first commune of which two members tell otherwise, None when they agree."""
    if one.result is None or other.result is None:
        return None
    return _differing(one.result.tables[key], other.result.tables[key], columns)


def _differing(one: pd.DataFrame, other: pd.DataFrame, columns: Sequence[str]) -> str | None:
    """Return the first commune of which two tables tell otherwise, None when they agree."""
    names = [name for name in columns if name in one]  # a file of some columns has no part
    mine, theirs = (table.set_index(names).sort_index() for table in (one, other))
    both, shared = mine.index.intersection(theirs.index), mine.columns.intersection(theirs.columns)
    if both.empty:
        return None
    a, b = mine.loc[both, shared], theirs.loc[both, shared]
    wrong = ((a != b) & ~(a.isna() & b.isna())).any(axis=1)
    if not wrong.any():
        return None
    first = both[wrong.to_numpy()][0]
    return f"commune {first[0] if isinstance(first, tuple) else first}"


def replaced(
    item: Member,
    result: ReadResult,
    fed: Iterable[str],
    stored: Mapping[str, pd.DataFrame],
    provenance: Mapping[str, Provenance],
) -> list[str]:
    """Say, in French, which values of no earlier date a file replaces: there, the order decides.

    Parameters
    ----------
    item, result
        The file and what was read of it.
    fed
        Tables that it changes.
    stored, provenance
        Tables in place until then, and where they come from.
    """
    said = []
    for key in sorted(fed):
        before = provenance.get(key)
        names = _TOLD.get(key)
        if names is None or before is None or key not in stored:
            continue
        mine, read = result.moment(key), result.tables[key]
        if key in result.columns:
            if key != "reference":
                continue
            read = read[["code", *result.columns[key]]].replace("", None).dropna()
        theirs = [before.moment(part) or before.moment() for part in result.parts(key)]
        later = mine and all(one is not None and one.before(mine) for one in theirs)
        if later and key not in BY_YEAR:
            continue
        where = _differing(read, stored[key], names)
        if where is not None:
            said.append(
                f"« {schemas.TITLES[key]} » : « {before.file_name} » ({before.vintage}) donne "
                f"autrement la même table ({where}), et aucune date ne dit laquelle est la plus "
                f"récente ; « {item.file_name} », importé après, la remplace"
            )
    return said


def _without(member: Member, key: str, preferred: Member, where: str) -> Member:
    """Leave a table out of what a member gives, and say it."""
    result = member.result
    if result is None or key not in result.tables:
        return member
    result.tally.remarks.append(
        f"« {schemas.TITLES[key]} » ({result.vintages[key]}) : « {preferred.file_name} » donne la "
        f"même table de la même date, autrement ({where}) ; il est lu à sa place, sa source étant "
        "la plus directe"
    )
    kept = {name: table for name, table in result.tables.items() if name != key}
    return replace(member, result=replace(result, tables=kept))


@dataclass
class Given:
    """What the files of one import have put in place so far, and what took its place.

    Attributes
    ----------
    owners
        Table and part to the member that gave it.
    overtaken
        Rank of a file to its tables that a later one replaced, with the sentence that says it.
    """

    owners: dict[tuple[str, str], Member] = field(default_factory=dict)
    overtaken: dict[int, dict[str, str]] = field(default_factory=dict)

    def with_companions(
        self,
        item: Member,
        result: ReadResult,
        tables: Mapping[str, pd.DataFrame],
        stored: Mapping[str, pd.DataFrame],
    ) -> dict[str, pd.DataFrame]:
        """Keep the communes that other files of this import told of the same moment.

        One file a département, and none erases the others.
        """
        joined = {
            key: result.tables[key]
            for key in tables
            if key in stored and key not in result.columns and self._companion(item, result, key)
        }
        return completed(joined, stored)

    def _companion(self, item: Member, result: ReadResult, key: str) -> bool:
        before = self.owners.get((key, ""))
        if before is None or before.result is None:
            return False
        if key in BY_YEAR:
            return True
        moment = before.result.moment(key)
        return key in KEYS and before.reader == item.reader and moment == result.moment(key)

    def record(self, item: Member, result: ReadResult, fed: Mapping[str, object]) -> None:
        """Note what a member feeds, and of what it takes the place."""
        for key in fed:
            for part in result.parts(key):
                before = self.owners.get((key, part))
                self.owners[key, part] = replace(item, result=result)
                if before is None or before.result is None or before.position == item.position:
                    continue
                if key in (*BY_YEAR, *BY_PART) or before.result.moment(key) == result.moment(key):
                    continue
                mine = before.result.vintages[key]
                self.overtaken.setdefault(before.position, {})[key] = (
                    f"« {schemas.TITLES[key]} » : ce fichier ({mine}) laisse "
                    f"place à « {item.file_name} » ({result.vintages[key]}), importé avec lui"
                )

    def told(self, position: int, report: ImportReport) -> ImportReport:
        """Return the report of a file with what took its place."""
        gone = self.overtaken.get(position, {})
        if not gone:
            return report
        left = tuple(table for table in report.tables if table.table not in gone)
        return replace(
            report,
            status=report.status if left else OLDER,
            tables=left,
            remarks=(*report.remarks, *gone.values()),
        )
