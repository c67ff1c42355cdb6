"""The table in which the lines of an upload are mended, and back to corrections."""

from collections.abc import Mapping

import pandas as pd

from data.files import exports
from data.uploads import DOUBTFUL, REFUSED, UNDERSTOOD, MatchReport

LINE, STATUS, REASON, CHOICE, DROP = "Ligne", "À la lecture", "Pourquoi", "Choisir", "Écarter"
FIELDS: Mapping[str, str] = {
    "name": "Nom",
    "code": "Code INSEE",
    "commune": "Commune",
    "postcode": "Code postal",
    "lon": "Longitude",
    "lat": "Latitude",
    "gps": "Généralistes",
    "moving": "Médecins venant de",
}
"""Field of a line to its heading in the table; an upload is read under the same headings."""
_OTHER_FIELDS: Mapping[str, str] = {
    "address": "Adresse",
    "point": "Coordonnées",
    "others": "Autres professionnels",
    "floor_m2": "Surface m2",
    "opening_year": "Année d’ouverture",
}

_NO_CHOICE = ""


def choices(report: MatchReport) -> list[str]:
    """Return the candidate communes of all doubtful lines, as they are offered."""
    offered = [
        f"{place.label} [{place.code}]" for one in report.outcomes for place in one.candidates
    ]
    return [_NO_CHOICE, *dict.fromkeys(offered)]


def places(report: MatchReport, line: int, names: Mapping[str, str]) -> list[str]:
    """Return the communes that a line may be told to mean: its candidates, then all others.

    Parameters
    ----------
    report, line
        The upload as it was read; number of a line of it.
    names
        Code to name of the communes of the region, in order.
    """
    own = next(one.candidates for one in report.outcomes if one.line == line)
    offered = [f"{place.label} [{place.code}]" for place in own]
    known = {place.code for place in own}
    others = [f"{name} [{code}]" for code, name in names.items() if code not in known]
    return [_NO_CHOICE, *offered, *others]


def editable(
    report: MatchReport, base: Mapping[int, Mapping[str, str]], *, every: bool
) -> pd.DataFrame:
    """Return the lines to mend (all when `every`), indexed by line number.

    Parameters
    ----------
    report
        The upload as it was read, without corrections.
    base
        Corrections already made, by line.
    every
        Whether the lines understood are there too.
    """
    by_code = {text.rpartition("[")[2].rstrip("]"): text for text in choices(report) if text}
    rows, lines = [], []
    for one in report.outcomes:
        if one.status == UNDERSTOOD and not every:
            continue
        change = base.get(one.line, {})
        cells = {**one.cells, **change}
        candidates = {place.code for place in one.candidates}
        chosen = change.get("code", "")
        rows.append(
            {
                LINE: one.line,
                STATUS: one.status,
                REASON: one.reason,
                CHOICE: by_code.get(chosen, _NO_CHOICE) if chosen in candidates else _NO_CHOICE,
                DROP: bool(change.get("drop")),
            }
            | {title: cells.get(key, "") for key, title in FIELDS.items()}
        )
        lines.append(one.line)
    columns = [LINE, STATUS, REASON, CHOICE, DROP, *FIELDS.values()]
    return pd.DataFrame(rows, columns=columns, index=lines)


def corrections(
    before: pd.DataFrame, after: pd.DataFrame, base: Mapping[int, Mapping[str, str]]
) -> dict[int, dict[str, str]]:
    """Return what was changed, line by line, in the form that `match_lines` takes.

    Parameters
    ----------
    before, after
        Table of `editable`, as given and as mended.
    base
        The corrections that `before` shows.
    """
    found: dict[int, dict[str, str]] = {}
    for line in before.index:
        change = dict(base.get(line, {}))
        for key, title in FIELDS.items():
            text = _text(after.loc[line, title])
            if text != _text(before.loc[line, title]):
                change[key] = text
        choice = _text(after.loc[line, CHOICE])
        if choice != before.loc[line, CHOICE]:
            change["code"] = choice.rpartition("[")[2].rstrip("]")
        if bool(after.loc[line, DROP]) != bool(before.loc[line, DROP]):
            change["drop"] = "oui" if after.loc[line, DROP] else ""
        if change:
            found[int(line)] = change
    return found


def left_over(report: MatchReport) -> bytes:
    """Return the lines still to mend as a CSV that can be sent again; b"" when none is."""
    rows = [
        {title: one.cells.get(key, "") for key, title in {**FIELDS, **_OTHER_FIELDS}.items()}
        | {REASON: one.reason}
        for one in report.outcomes
        if one.status in {DOUBTFUL, REFUSED}
    ]
    return exports.to_csv(pd.DataFrame(rows), ()) if rows else b""


def _text(value: object) -> str:
    return "" if value is None or value is pd.NA or value != value else str(value).strip()  # noqa: PLR0124  (NaN)
