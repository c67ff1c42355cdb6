"""How much of the region a file covers, and the files that are refused for it."""

from collections.abc import Mapping

import pandas as pd

from data.base import french
from data.official.members import Member
from data.official.readers.communes import CommuneIndex
from data.official.readers.tally import ReadResult
from data.official.sources import sources
from data.region import schemas
from geo.errors import InvalidInputError

_BY_COMMUNE = ("gps", "gp_history", "populations", "zoning", "apl")
"""Tables that tell of every commune: a file with few of them is an extract."""
COVERAGE_FLOOR = 0.9
"""Least share of the communes known today that a refreshed table must still cover."""


def few(
    tables: Mapping[str, pd.DataFrame], result: ReadResult, index: CommuneIndex
) -> dict[str, int]:
    """Return the tables of which a file covers part of the region only, with the communes it has.

    A file that only completes columns, and one of another region, are none.
    """
    counts = {
        key: index.matched(result.tables[key]["code"])
        for key in tables
        if key in _BY_COMMUNE and key not in result.columns
    }
    floor = COVERAGE_FLOOR * len(index.codes)
    return {key: count for key, count in counts.items() if 0 < count < floor}


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
            f"« {item.file_name} » ne contient aucune commune de la région {index.region} : rien "
            "n’est changé. Choisissez d’abord la région de ce fichier, ou prenez le fichier "
            "national."
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
