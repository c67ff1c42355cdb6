"""Optional columns of a site: staff, floor area, year, GPs who would move in."""

import re
from collections.abc import Mapping

from data.files.cells import is_masked
from data.files.document import MERGED, has_no_value
from data.files.years import year_of_cell
from data.region.gazetteer import Gazetteer, Place
from data.uploads.doubt import DOUBTFUL, Doubt

COLUMNS = ("gps", "others", "floor_m2", "opening_year", "moving")
"""What of a line is read here; coordinates and names are none of it."""
COUNTS = frozenset({"gps", "others"})
"""Numbers of professionals."""

_COUNTED = re.compile(r"[:=x×]\s*(\d{1,2}(?:[.,]\d+)?)$")
_FIGURE = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+\b)?")
"""As a spreadsheet writes one, long ones included ("1E+09")."""
_GAP = re.compile(r"(?<=\d)[\s\u00a0\u202f](?=\d)")
_RANGE = re.compile(r"\d\s?(?:-|–|à|/|ou)\s?\d")
_THOUSANDS = re.compile(r"\d{1,3}[.,]\d{3}")
_LONGEST = 60
_FORMULA = re.compile(r"=(?!\"\d+\"$)")
"""One kept as text; ="3" is how a spreadsheet keeps a figure."""
_MOST_STAFF = 1_000
_MANY_STAFF = 200
"""Professionals of one kind from which on a site is to check: the largest have a few dozens."""
_YEARS = (1950, 2100)


def _plain(text: str) -> str:
    return _GAP.sub("", text[:_LONGEST])


def number(cells: Mapping[str, str], key: str, notes: list[str]) -> float | None:
    """Return a number of a column, None when absent; what is no number is noted and ignored."""
    if key not in cells:
        return None
    found = _FIGURE.search(_plain(cells[key]).replace(",", "."))
    if found is None or float(found[0]) < 0:
        notes.append(f"« {cells[key][:40]} » ignoré (nombre attendu)")
        return None
    return float(found[0])


def count(cells: Mapping[str, str], key: str, notes: list[str]) -> float | None:
    """Return a number of professionals; a part of one (0,5 is half a time) is kept."""
    value = number(cells, key, notes)
    if value is not None and value > _MOST_STAFF:
        notes.append(f"« {cells[key][:40]} » ignoré (effectif trop grand)")
        return None
    return value


def _many(text: str) -> bool:
    """Tell whether a cell is a number of professionals that no site has."""
    plain = _plain(text).replace(",", ".")
    return _FIGURE.fullmatch(plain) is not None and _MANY_STAFF < float(plain) <= _MOST_STAFF


def doubt_counts(cells: Mapping[str, str], place: Place) -> None:
    """Doubt a number of professionals that can be read in two ways, or whose formula is blank.

    Raises
    ------
    Doubt
        "3-4" may be three or four; "1,234" may be a thousand; a formula has no result; a merged
        cell counts for several lines.
    """
    for key, what in (("gps", "médecins"), ("others", "autres professionnels")):
        text = cells.get(key, "")[:_LONGEST]
        if has_no_value(text):
            why = "est en erreur" if text.startswith("#") else "a été enregistrée sans sa valeur"
            reason = f"nombre de {what} : la formule {why}"
        elif is_masked(text) and not (key == "gps" and _RANGE.search(text)):
            reason = f"nombre de {what} « {text[:40]} » : une valeur masquée, donnez un nombre"
        elif text.endswith(MERGED):
            reason = f"nombre de {what} : la cellule fusionnée vaut pour plusieurs lignes"
        elif _FORMULA.match(text):
            reason = f"nombre de {what} « {text[:40]} » : une formule, donnez un nombre"
        elif _many(text):
            reason = f"nombre de {what} « {text[:40]} » : beaucoup pour un site, vérifiez"
        elif "%" in text:
            reason = f"nombre de {what} « {text[:40]} » : un pourcentage, donnez un nombre"
        elif _RANGE.search(text):
            reason = f"nombre de {what} « {text[:40]} » : un intervalle, donnez un seul nombre"
        elif key == "gps" and _THOUSANDS.fullmatch(_plain(text)):
            reason = f"nombre de {what} « {text[:40]} » : des milliers, ou une fraction ?"
        else:
            continue
        raise Doubt(DOUBTFUL, reason, (place,))


def year(cells: Mapping[str, str], notes: list[str]) -> int | None:
    """Return the year of opening, also from a date."""
    if "opening_year" not in cells:
        return None
    found = year_of_cell(cells["opening_year"][:_LONGEST])
    if not _YEARS[0] <= found <= _YEARS[1]:
        notes.append(f"année « {cells['opening_year'][:40]} » ignorée")
        return None
    return int(found)


def moving(cells: Mapping[str, str], gazetteer: Gazetteer, notes: list[str]) -> dict[str, float]:
    """Return who would move in, from "19275:2; Meymac" (one GP where no number is given)."""
    found: dict[str, float] = {}
    for part in re.split(r"[;|\n]|,(?!\d)", cells.get("moving", "")[:2_000]):
        written = part.strip()[:120]
        said = _COUNTED.search(written)
        name = written[: said.start()].strip() if said else written
        if not name:
            continue
        match = (
            gazetteer.by_code(name)
            if name[:2].isalnum() and any(c.isdigit() for c in name)
            else gazetteer.by_name(name)
        )
        if not match.sure:
            notes.append(f"provenance « {name[:40]} » non reconnue, ignorée")
            continue
        code = match.places[0].code
        how_many = float(said[1].replace(",", ".")) if said else 1.0
        found[code] = found.get(code, 0.0) + how_many
    return found
