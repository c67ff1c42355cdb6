"""On-call lines of a file, checked one by one: understood, doubtful with a proposal, or refused."""

import datetime as dt
import re
from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace

import geopandas as gpd
import pandas as pd
from rapidfuzz import fuzz, process

from data.base.french import fold
from data.base.table_cache import digest
from data.files.document import has_no_value
from data.pdses.files import FINESS_NUMBER
from data.pdses.reader import RANK, WrittenLine
from data.pdses.words import FIELDS, line_status, line_type
from data.region import schemas
from data.region.gazetteer import Gazetteer
from data.uploads import DOUBTFUL, LEFT_OUT, REFUSED, UNDERSTOOD, Line, match_lines
from data.uploads import Outcome as Placed

ACCEPT, DROP = "accepter", "écarter"
DECISION = "decision"
"""Field of the corrections that holds `ACCEPT` (the proposal of a doubtful line) or `DROP`."""

CLOSE_SPECIALTY_SCORE = 92.0
"""Likeness (rapidfuzz, 0 to 100) above which two specialties may be the same, misspelt."""

_PLACING = {"lon": "lon", "lat": "lat", "code_insee": "code", "commune": "commune"}
_PLACING |= {"code_postal": "postcode"}
_DAY_ZERO = dt.date(1899, 12, 30)
_SERIAL = re.compile(r"[34]\d{4}|5[0-4]\d{3}")
"""A date that lost its format: days since `_DAY_ZERO` (Excel, 1900 system), 1982 to 2050."""
_FRENCH_DATE = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")


@dataclass(frozen=True)
class Outcome:
    """What became of one line.

    Attributes
    ----------
    written
        The line, corrections applied.
    status
        "compris", "douteux", "refusé" or "écarté" (by the user).
    reason
        Why, or what was understood differently from what was written, in French.
    told
        Columns of the schema `pdses_lines` but the identifier: what is stored when the line is
        understood, what is proposed when it is doubtful; empty when it is refused.
    """

    written: WrittenLine
    status: str
    reason: str
    told: Mapping[str, object]


class _Judgement:
    """What is found while one line is read."""

    def __init__(self) -> None:
        self.refusals: list[str] = []
        self.doubts: list[str] = []
        self.notes: list[str] = []

    def outcome(self, written: WrittenLine, values: Mapping[str, object]) -> Outcome:
        decision = written.cells.get(DECISION, "")
        said = " ; ".join(dict.fromkeys([*self.refusals, *self.doubts, *self.notes]))
        if decision == DROP:
            return Outcome(written, LEFT_OUT, "écarté à votre demande", {})
        if self.refusals:
            return Outcome(written, REFUSED, said, {})
        if self.doubts and decision != ACCEPT:
            return Outcome(written, DOUBTFUL, said, values)
        return Outcome(written, UNDERSTOOD, said, values)


def check_lines(
    lines: Sequence[WrittenLine],
    gazetteer: Gazetteer,
    communes: gpd.GeoDataFrame,
    sites: pd.DataFrame | None = None,
    corrections: Mapping[int, Mapping[str, str]] | None = None,
) -> list[Outcome]:
    """Check each line and place it: by coordinates, INSEE code, commune, else FINESS number.

    Parameters
    ----------
    lines
        As the reader gives them.
    gazetteer, communes
        Names of the region and of its surroundings; its contours (EPSG:4326).
    sites
        Establishments of FINESS: columns id, code, lon, lat; None when not imported.
    corrections
        Key of a line to fields to replace ("" blanks one), and `DECISION`.

    Returns
    -------
    list of Outcome
        One per line, in their order: none is lost.
    """
    mended = [_mended(line, (corrections or {}).get(line.key)) for line in lines]
    places = {} if sites is None else sites.set_index("id")[["code", "lon", "lat"]].T.to_dict()
    asked = [Line(line.key, _whereabouts(line, places)) for line in mended]
    placed = match_lines(asked, gazetteer, communes, twins=False).outcomes
    spelling = _spellings(mended)
    seen: dict[tuple[str, ...], int] = {}
    return [
        _checked(line, place, spelling, seen) for line, place in zip(mended, placed, strict=True)
    ]


def _mended(line: WrittenLine, change: Mapping[str, str] | None) -> WrittenLine:
    if not change:
        return line
    cells = {key: text for key, text in (dict(line.cells) | dict(change)).items() if text}
    touched = set(change) - {DECISION}
    return replace(line, cells=cells, fault="" if touched or DECISION in change else line.fault)


def _whereabouts(
    line: WrittenLine, sites: Mapping[Hashable, Mapping[str, object]]
) -> dict[str, str]:
    """Return what says where a line is, in the words of the matching of sites."""
    cells = {name: line.cells[key] for key, name in _PLACING.items() if key in line.cells}
    cells["name"] = str(line.key)  # names that differ: two lines of one place are no twins
    if "commune" in cells and "departement" in line.cells:
        departement = re.match(r"\d{2,3}|2[AB]", line.cells["departement"].upper())
        cells["commune"] += f" ({departement[0]})" if departement else ""
    carence = line_status(line.cells.get("statut", "")) == "carence"
    nameless = not {"etablissement", "nofinesset"} & set(line.cells)
    placeless = not {"lon", "code", "commune"} & set(cells)
    if carence and nameless and placeless and "zone" in line.cells:
        cells["commune"] = line.cells["zone"]
    site = sites.get(_finess(line.cells.get("nofinesset", "")))
    if site is not None and not {"lon", "code", "commune"} & set(cells):
        cells |= {name: str(site[name]) for name in ("code", "lon", "lat")}
    return cells


def _finess(text: str) -> str:
    """Return a FINESS number as it is registered, lost zeros and blanks put right."""
    plain = re.sub(r"[\s.]", "", text).upper()
    return plain.zfill(9) if plain.isdigit() and len(plain) == 8 else plain


def _spellings(lines: Sequence[WrittenLine]) -> dict[str, str]:
    """Return folded specialty to the spelling that most lines use."""
    counts = Counter(" ".join(line.cells.get("specialite", "").split()) for line in lines)
    counts.pop("", None)
    chosen: dict[str, str] = {}
    for name, _ in counts.most_common():
        chosen.setdefault(fold(name), name)
    return chosen


def _checked(
    line: WrittenLine,
    place: Placed,
    spelling: Mapping[str, str],
    seen: dict[tuple[str, ...], int],
) -> Outcome:
    found = _Judgement()
    if line.fault:
        found.doubts.append(line.fault)
    values: dict[str, object] = {
        "zone": line.cells.get("zone", ""),
        "finess": _checked_finess(line, found),
        "establishment": _establishment(line, found),
        **_located(place, found),
        "specialty": _specialty(line, spelling, found),
        "line_type": _chosen(line, "type_ligne", line_type, schemas.LINE_TYPES, found),
        "status": _chosen(line, "statut", line_status, schemas.LINE_STATUSES, found),
        "partners": line.cells.get("etablissements_partenaires", ""),
        "start": _date(line, "debut", found),
        "end": _date(line, "fin", found),
        "comment": line.cells.get("commentaire", ""),
    }
    start, end = str(values["start"]), str(values["end"])
    if start and end and end < start:
        found.doubts.append(f"la fin ({end}) précède le début ({start})")
    if line.cells.get(DECISION) != DROP and not found.refusals:
        _check_twin(line, values, seen, found)
    return found.outcome(line, values)


def _check_twin(
    line: WrittenLine,
    values: Mapping[str, object],
    seen: dict[tuple[str, ...], int],
    found: _Judgement,
) -> None:
    names = ("establishment", "specialty", "line_type", "zone")
    twin = (
        line.cells.get(RANK, ""),
        str(values["code"]),
        *(fold(str(values[name])) for name in names),
    )
    if twin in seen:
        found.doubts.append(
            f"répète la ligne {seen[twin]} du fichier (même établissement, spécialité et type)"
        )
    else:
        seen[twin] = line.number


def _checked_finess(line: WrittenLine, found: _Judgement) -> str:
    written = line.cells.get("nofinesset", "")
    number = _finess(written)
    if number and not FINESS_NUMBER.fullmatch(number):
        found.doubts.append(
            f"« {written} » n’est pas un numéro FINESS (neuf chiffres) : laissé de côté"
        )
        return ""
    if number != written and number:
        found.notes.append(f"numéro FINESS lu {number}")
    return number


def _establishment(line: WrittenLine, found: _Judgement) -> str:
    if name := line.cells.get("etablissement", ""):
        _doubt_no_value(line, "établissement", name, found)
        return name
    if number := line.cells.get("nofinesset", ""):
        found.notes.append("établissement sans nom, désigné par son numéro FINESS")
        return f"Établissement {number}"
    zone = line.cells.get("zone", "")
    if zone and line_status(line.cells.get("statut", "")) == "carence":
        found.notes.append("carence sans établissement, placée sur sa zone")
        return f"Carence ({zone})"
    found.refusals.append("établissement manquant")
    return ""


def _located(place: Placed, found: _Judgement) -> dict[str, object]:
    if place.status == REFUSED:
        found.refusals.append(place.reason)
    elif place.status == DOUBTFUL:
        near = ", ".join(f"{one.label} [{one.code}]" for one in place.candidates[:4])
        found.doubts.append(f"{place.reason} ; proposé : {near}")
        best = place.candidates[0]
        return {"code": best.code, "lon": best.lon, "lat": best.lat}
    elif place.site is not None:
        found.notes.extend(part for part in (place.reason,) if part)
        return {"code": place.site.code, "lon": place.site.lon, "lat": place.site.lat}
    return {"code": "", "lon": 0.0, "lat": 0.0}


def _specialty(line: WrittenLine, spelling: Mapping[str, str], found: _Judgement) -> str:
    written = " ".join(line.cells.get("specialite", "").split())
    key = fold(written)
    _doubt_no_value(line, "spécialité", written, found)
    if key and not any(map(str.isalpha, written)):
        found.doubts.append(f"spécialité « {written} » : un nombre ou une date, écrivez le nom")
    if not key:
        found.refusals.append("spécialité manquante")
        return ""
    chosen = spelling[key]
    if chosen != written:
        found.notes.append(f"spécialité écrite « {chosen} », comme ailleurs dans le fichier")
    # Only names that stand before it: of two spellings, the more common one is not doubted.
    before = list(spelling)[: list(spelling).index(key)]
    close = process.extractOne(key, before, scorer=fuzz.ratio, score_cutoff=CLOSE_SPECIALTY_SCORE)
    if close is not None:
        found.doubts.append(
            f"spécialité « {chosen} » : la même que « {spelling[close[0]]} » ? Corrigez-la, ou "
            "acceptez-la telle quelle"
        )
    return chosen


def _doubt_no_value(line: WrittenLine, what: str, written: str, found: _Judgement) -> None:
    """Doubt a formula without result, until one says what it is: as it is, it names nothing."""
    if has_no_value(written):
        accepted = line.cells.get(DECISION) == ACCEPT
        (found.refusals if accepted else found.doubts).append(
            f"{what} « {written} » : une formule sans résultat, écrivez le nom"
        )


def _chosen(
    line: WrittenLine,
    field: str,
    read: Callable[[str], str],
    allowed: Sequence[str],
    found: _Judgement,
) -> str:
    written = line.cells.get(field, "")
    if written in allowed:
        return written
    if has_no_value(written):
        # A doubt until one says what it is: accepting it as it is would store no type.
        accepted = line.cells.get(DECISION) == ACCEPT
        (found.refusals if accepted else found.doubts).append(
            f"« {written} », une formule sans résultat : choisissez {', '.join(allowed)}"
        )
        return allowed[0]
    named = read(written)
    if not named:
        what = {"type_ligne": "type de ligne", "statut": "statut"}[field]
        said = f"« {written} » non reconnu" if written else "manquant"
        found.refusals.append(f"{what} {said} : choisissez {', '.join(allowed)}")
    elif fold(written) != fold(named):
        found.notes.append(f"« {written} » lu {named}")
    return named


def _date(line: WrittenLine, field: str, found: _Judgement) -> str:
    written = line.cells.get(field, "")
    if not written:
        return ""
    try:
        if french := _FRENCH_DATE.fullmatch(written):
            day, month, year = map(int, french.groups())
            return dt.date(year, month, day).isoformat()
        if _SERIAL.fullmatch(written):
            day_told = (_DAY_ZERO + dt.timedelta(days=int(written))).isoformat()
            found.notes.append(f"date « {written} » lue {day_told}")
            return day_told
        return dt.date.fromisoformat(written[:10]).isoformat()
    except ValueError:
        found.doubts.append(f"date « {written} » illisible (AAAA-MM-JJ) : laissée de côté")
        return ""


def table(outcomes: Sequence[Outcome]) -> pd.DataFrame:
    """Return the lines understood in the shape of `pdses_lines`.

    The identifier of a line depends on what it is, not on the file: importing a newer file keeps
    the identifiers of the lines that stay.
    """
    rows = []
    counts: Counter[str] = Counter()
    for outcome in outcomes:
        if outcome.status == UNDERSTOOD:
            names = ("finess", "establishment", "code", "specialty", "line_type", "zone")
            key = digest(*(fold(str(outcome.told[name])) for name in names))[:10]
            counts[key] += 1
            suffix = f"-{counts[key]}" if counts[key] > 1 else ""
            rows.append({"line": f"L{key}{suffix}", **outcome.told})
    return pd.DataFrame(rows, columns=list(schemas.pdses_lines.columns))


def report(outcomes: Sequence[Outcome]) -> pd.DataFrame:
    """Return what became of every line: numéro, contrôle, raison, then what the file says of it.

    None of the three headings is one of the files', so that the report can be mended and read.
    """
    rows = [
        {
            "numéro": one.written.number,
            "contrôle": one.status,
            "raison": one.reason,
            **{field: one.written.cells.get(field, "") for field in FIELDS},
        }
        for one in outcomes
    ]
    return pd.DataFrame(rows, columns=["numéro", "contrôle", "raison", *FIELDS])
