"""Pieces of Markdown that the report and the model card share."""

from typing import Any

FRENCH = {"toutes": "all", "périurbain": "suburban", "ville": "town", "rural": "rural",
          "rural isolé": "remote rural"}  # fmt: skip

RATIO_HEAD = ["counts", "rurality", "communes", "losses", "expected", "ratio", "within chance"]


def markdown_table(head: list[str], rows: list[list[str]]) -> str:
    """Return a table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def cell(measure: dict[str, float] | None, digits: int = 3) -> str:
    """Return a measure with its interval, a dash where there is none."""
    if not measure:
        return "–"
    value = f"{measure['value']:.{digits}f}"
    if "low" not in measure:
        return value
    return f"{value} [{measure['low']:.{digits}f}; {measure['high']:.{digits}f}]"


def number(value: float | None, digits: int = 3) -> str:
    """Return a number, a dash where there is none."""
    return "–" if value is None else f"{value:.{digits}f}"


def class_table(classes: list[dict[str, Any]]) -> str:
    """Return the classes of risk, their bounds and what was observed in each."""
    rows = [
        [
            str(row["label"]),
            f"{row['low']:.3f} – {row['high']:.3f}",
            f"{row['communes']:.0f}",
            f"{row['losses']:.0f}",
            f"{row['rate']:.3f} [{row['rate_low']:.3f}; {row['rate_high']:.3f}]",
        ]
        for row in classes
    ]
    return markdown_table(["class", "probability", "communes", "losses", "observed rate"], rows)


def ratio_rows(title: str, rows: list[dict[str, Any]]) -> list[list[str]]:
    """Return expected over observed losses of some groups, as rows under `RATIO_HEAD`."""
    return [[title, *ratio_cells(row)] for row in rows]


def ratio_cells(row: dict[str, Any]) -> list[str]:
    """Return expected over observed losses of a group: its name, then what stands beside it."""
    return [
        FRENCH.get(row["group"], row["group"]),
        str(row["communes"]),
        str(row["losses"]),
        f"{row['expected']:.1f}",
        number(row["ratio"], 2),
        "yes" if row["chance"] else "no",
    ]
