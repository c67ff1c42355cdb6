"""How much of the region a file covers, and the files that are refused for it."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from data.base import french
from data.official.members import Member
from data.official.readers.communes import CommuneIndex
from data.official.readers.merge import lost, standing
from data.official.readers.tally import EXAMPLES, ReadResult
from data.official.sources import sources
from data.region import france, schemas
from geo.errors import InvalidInputError

_BY_COMMUNE = ("gps", "gp_history", "populations", "zoning", "apl")
"""Tables that tell of every commune: a file with few of them is an extract."""
_UNKNOWN_WITHOUT = {"populations", "zoning", "apl"}
COVERAGE_FLOOR = 0.9
"""Least share of the communes known today that a refreshed table must still cover."""

_COMMUNES, _DEPARTEMENTS = ("commune", "communes"), ("département", "départements")


@dataclass(frozen=True)
class Part:
    """What a file covers of a whole, in communes (or départements).

    Attributes
    ----------
    count, whole
        Those of the file, and all of them.
    in_place
        The whole is what is in place, in all regions; else it is the region.
    places
        What is counted, in the singular and in the plural.
    """

    count: int
    whole: int
    in_place: bool = False
    places: tuple[str, str] = _COMMUNES


def few(
    tables: Mapping[str, pd.DataFrame],
    result: ReadResult,
    index: CommuneIndex,
    stored: Mapping[str, pd.DataFrame],
) -> dict[str, Part]:
    """Return the tables of which a file covers a part only, of the region or of what is in place.

    A file that only completes columns, and one of another region, are none. Counts of GPs of other
    regions are in the history: those that a file leaves out of `gps` are not lost.

    Parameters
    ----------
    tables
        Tables as the file would have them.
    result, index
        What was read, and the communes that it is matched with.
    stored
        Tables in place.
    """
    parts = {}
    floor = COVERAGE_FLOOR * len(index.codes)
    for key, whole in tables.items():
        if key in result.columns:
            continue
        count = index.matched(result.tables[key]["code"])
        if key in _BY_COMMUNE and 0 < count < floor:
            parts[key] = Part(count, len(index.codes))
            continue
        gone = lost(key, result, whole, stored.get(key))
        if key == "gps" or gone is None:
            continue
        known = set(standing(key, result, stored[key])["code"])
        left = len(known) - gone["code"].nunique()
        if left < COVERAGE_FLOOR * len(known):
            whole_of = _DEPARTEMENTS if known <= index.departements else _COMMUNES
            parts[key] = Part(left, len(known), in_place=True, places=whole_of)
    return parts


def left_out(
    tables: Mapping[str, pd.DataFrame],
    result: ReadResult,
    index: CommuneIndex,
    stored: Mapping[str, pd.DataFrame],
) -> list[str]:
    """Return what is said, in French, of communes of the region that a file leaves with nothing.

    Of tables where a commune that is not there becomes unknown. Too many stop the import (`few`);
    the few that are left may bear another name or another code in the file.

    Parameters
    ----------
    tables
        Tables as they would be stored.
    result, index, stored
        As for `few`.
    """
    names = dict(zip(index.communes["code"], index.communes["name"], strict=True))
    said = []
    for key in _UNKNOWN_WITHOUT & tables.keys() & result.tables.keys():
        gone = lost(key, result, tables[key], stored.get(key))
        if gone is None or key in result.columns:
            continue
        here = sorted((set(gone["code"]) - set(tables[key]["code"])) & index.codes)
        if not here:
            continue
        some = ", ".join(f"{names[code]} ({code})" for code in here[:EXAMPLES])
        some += f" et {french.number(len(here) - EXAMPLES)} autres" * (len(here) > EXAMPLES)
        said.append(
            f"à vérifier : « {schemas.TITLES[key]} », "
            + french.counted(len(here), "commune qui y était", "communes qui y étaient")
            + f" ne {'sont' if len(here) > 1 else 'est'} pas dans ce fichier, et "
            + ("deviennent inconnues" if len(here) > 1 else "devient inconnue")
            + f" : {some}"
        )
    return sorted(said)


def check_here(item: Member, result: ReadResult, index: CommuneIndex) -> None:
    """Refuse a table by commune that has none of the region: it would leave the region without.

    Raises
    ------
    InvalidInputError
        The file is of another region.
    """
    keys = [key for key in result.tables if key in _BY_COMMUNE and key not in result.columns]
    if keys and not any(index.matched(result.tables[key]["code"]) for key in keys):
        raise InvalidInputError(
            f"« {item.file_name} » ne contient aucune commune de la région "
            f"{france.name(index.region)} : rien n’est changé. Choisissez d’abord la région de ce "
            "fichier, ou prenez le fichier national."
        )


def check_refreshed(
    item: Member,
    expected: str,
    tables: Mapping[str, pd.DataFrame],
    stored: Mapping[str, pd.DataFrame],
    index: CommuneIndex,
) -> None:
    """Refuse a file of another source, and one that knows far fewer communes than before.

    Raises
    ------
    InvalidInputError
        The producer's file is no longer what it was.
    """
    if item.source != expected:
        raise InvalidInputError(
            f"« {item.file_name} » n’a plus la forme attendue pour « {sources()[expected].title} » "
            f"(reconnu comme « {sources()[item.source].title} ») : rien n’est changé."
        )
    for key, table in tables.items():
        now = index.matched(table["code"])
        before = index.matched(stored[key]["code"]) if key in stored else 0
        if now == 0 or now < COVERAGE_FLOOR * before:
            raise InvalidInputError(
                f"« {item.file_name} » ne couvre que "
                f"{french.counted(now, 'commune', 'communes')} de la région pour "
                f"« {schemas.TITLES[key]} », contre {french.number(before)} aujourd’hui : "
                "rien n’est changé. Vérifiez le fichier, puis importez-le à la main si c’est voulu."
            )
