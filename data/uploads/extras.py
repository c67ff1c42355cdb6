"""Optional columns of a site: staff, floor area, year, GPs who would move in."""

import re
from collections.abc import Mapping

from data.region.gazetteer import Gazetteer

_MOVE = re.compile(r"^\s*(.+?)\s*(?:[:=x×]\s*(\d{1,2}))?\s*$")
_MOST_STAFF = 1_000
_YEARS = (1950, 2100)


def number(cells: Mapping[str, str], key: str, notes: list[str]) -> float | None:
    """Return a number of a column, None when absent; what is no number is noted and ignored."""
    if key not in cells:
        return None
    found = re.search(
        r"-?\d+(?:\.\d+)?",
        re.sub(r"(?<=\d)[\s\u00a0\u202f](?=\d)", "", cells[key]).replace(",", "."),
    )
    if found is None or float(found[0]) < 0:
        notes.append(f"« {cells[key][:40]} » ignoré (nombre attendu)")
        return None
    return float(found[0])


def count(cells: Mapping[str, str], key: str, notes: list[str]) -> int | None:
    """Return a number of people, rounded."""
    value = number(cells, key, notes)
    if value is not None and value > _MOST_STAFF:
        notes.append(f"« {cells[key][:40]} » ignoré (effectif trop grand)")
        return None
    return None if value is None else round(value)


def year(cells: Mapping[str, str], notes: list[str]) -> int | None:
    """Return the year of opening, also from a date."""
    if "opening_year" not in cells:
        return None
    found = re.search(r"\b(19|20)\d{2}\b", cells["opening_year"])
    if found is None or not _YEARS[0] <= int(found[0]) <= _YEARS[1]:
        notes.append(f"année « {cells['opening_year'][:40]} » ignorée")
        return None
    return int(found[0])


def moving(cells: Mapping[str, str], gazetteer: Gazetteer, notes: list[str]) -> dict[str, int]:
    """Return who would move in, from "19275:2; Meymac" (one GP where no number is given)."""
    found: dict[str, int] = {}
    for part in re.split(r"[;|\n]|,(?!\d)", cells.get("moving", "")):
        said = _MOVE.match(part)
        if said is None or not said[1]:
            continue
        match = (
            gazetteer.by_code(said[1])
            if said[1][:2].isalnum() and any(c.isdigit() for c in said[1])
            else gazetteer.by_name(said[1])
        )
        if not match.sure:
            notes.append(f"provenance « {said[1][:40]} » non reconnue, ignorée")
            continue
        code = match.places[0].code
        found[code] = found.get(code, 0) + int(said[2] or 1)
    return found
