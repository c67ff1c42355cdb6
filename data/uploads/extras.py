"""Optional columns of a site: staff, floor area, year, GPs who would move in."""

import re
from collections.abc import Mapping

from data.region.gazetteer import Gazetteer

_HOW_MANY = re.compile(r"[:=x×]\s*+(\d{1,2})$")
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
        said = part.strip()
        many = _HOW_MANY.search(said)
        where = said[: many.start()].rstrip() if many else said
        if not where:
            where, many = said, None
        if not where:
            continue
        match = (
            gazetteer.by_code(where)
            if where[:2].isalnum() and any(c.isdigit() for c in where)
            else gazetteer.by_name(where)
        )
        if not match.sure:
            notes.append(f"provenance « {where[:40]} » non reconnue, ignorée")
            continue
        code = match.places[0].code
        found[code] = found.get(code, 0) + (int(many[1]) if many else 1)
    return found
