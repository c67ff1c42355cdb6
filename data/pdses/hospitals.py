"""One hospital's on-call lines: each with what its fall changes and who could help."""

import pandas as pd

from data.base import french
from data.pdses import coverage
from data.pdses.coverage import Cover

COLUMNS = ("Spécialité", "Type", "Statut", "Si elle tombe", "Qui peut aider")
_MOST_SLUG = 48


def keys(lines: pd.DataFrame) -> pd.Series:
    """Return what tells the hospital of each line from the others: its commune and its name.

    Parameters
    ----------
    lines
        Columns code (INSEE), establishment.
    """
    names = lines["establishment"].map(lambda one: french.slug(str(one)))
    return lines["code"].astype(str) + "-" + names.str.slice(0, _MOST_SLUG)


def hospitals(covered: Cover) -> dict[str, str]:
    """Return the name and commune of every hospital that has a line, by its key, in their order."""
    lines = covered.lines.assign(key=keys(covered.lines)).drop_duplicates("key")
    named = lines["establishment"] + ", " + lines["commune"]
    return dict(sorted(zip(lines["key"], named, strict=True), key=lambda one: french.fold(one[1])))


def grid(covered: Cover, hospital: str, threshold: float) -> pd.DataFrame:
    """Return the lines of a hospital, a row each, under French headings (`COLUMNS`).

    Parameters
    ----------
    covered
        Minutes to all lines.
    hospital
        Key of the hospital, as `hospitals` gives it; no row for an unknown one.
    threshold
        Minutes, inclusive: whom a fall leaves beyond it is counted.
    """
    own = covered.lines[keys(covered.lines) == hospital]
    said = dict(zip(own["line"], coverage.statuses(own), strict=True))
    rows, beyond = [], f"à plus de {french.as_set(threshold)} min"
    for line in own.sort_values(["specialty", "line_type"])["line"]:
        fall = coverage.if_line_falls(covered, line, threshold)
        people = french.counted(fall.beyond_without - fall.beyond_with, "habitant", "habitants")
        held = bool(fall.line["held"])
        helper = "aucune autre ligne tenue"
        if len(fall.helpers):
            first = fall.helpers.iloc[0]
            minutes = french.minutes_told(first["minutes"]) if first["minutes"] >= 0 else ""
            helper = ", ".join(
                filter(None, [f"{first['establishment']} ({first['commune']})", minutes])
            )
        rows.append(
            (
                fall.line["specialty"],
                fall.line["line_type"],
                said[line],
                f"{people} de plus {beyond}"
                if held
                else f"n’est pas tenue ; tenue, {people} de moins {beyond}",
                helper,
            )
        )
    return pd.DataFrame(rows, columns=list(COLUMNS))
