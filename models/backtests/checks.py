"""Sections of the report on what was checked beside the back-tests: horizons, groups, blanks."""

from typing import Any

from models.backtests import horizon_tables, trend
from models.backtests.markdown import (
    FRENCH,
    RATIO_HEAD,
    cell,
    class_table,
    markdown_table,
    number,
    ratio_cells,
    ratio_rows,
)
from models.learning.signals import HORIZONS


def horizons(figures: dict[str, Any]) -> str:
    """Return the section on horizons."""
    rows = [
        line
        for length in figures["horizons"]
        for line in ratio_rows(
            f"{length['start']}→{length['end']} ({length['years']} years)", length["rows"]
        )
    ]
    forward = ratio_rows("2017→2020, forward", figures["forward_ratios"])
    return (
        "\n## Calibration by horizon and rurality\n\nExpected over observed losses, regions held "
        "out, at each length between two counts. Seven and eight years are lengths that no learned "
        "row has.\n\n"
        + markdown_table(RATIO_HEAD, rows + forward)
        + "\nTowns of 5,000 inhabitants lose their last GP one to four times a period: their ratio "
        "is chance.\n\n"
        + _each_horizon(figures["by_horizon"])
        + trend.english(figures["trend"], figures["by_horizon"]["forward"])
    )


def _each_horizon(by_horizon: horizon_tables.Checks) -> str:
    head = ["horizon", "counts", "test", "rurality", "communes", "losses", "expected", "ratio"]
    years = [f"{horizon} y" for horizon in HORIZONS]
    return (
        "### Each horizon that is shipped\n\n"
        "The panel counts 3, 4 and 7 years apart: only horizons of 3 and 4 years end on a count. "
        "**1, 2, 5 and 6 years cannot be verified by themselves.** For them the losses (≈) are "
        "spread between the two counts around the end at one yearly "
        "hazard per group, which shows that the model does not bend between counts and proves "
        "nothing more. Forward: learned only on the periods that had ended by the start, "
        "départements held out. From 2013 that is one period, 2009→2013, which tells no trend: the "
        "rise of the hazard was not yet to be seen, and a third of the losses were not expected. "
        "The shipped model learned from three periods; whether the rise goes on is not known.\n\n"
        + markdown_table([*head, "aim 0.8 to 1.25"], horizon_tables.english_rows(by_horizon))
        + "\n### Each horizon by département (regions held out): expected / losses\n\n"
        + markdown_table(["", *years], horizon_tables.english_departements(by_horizon))
        + "\n"
    )


def register(found: dict[str, Any]) -> str:
    """Return the section on the newer register."""
    if not found:
        return "\n## With a newer register\n\nNo register was given.\n"
    flags, there = found["flags"], found["still_there_auc"]
    measures = markdown_table(
        ["", "average precision", "AUC", "top 100", "slope"],
        [
            ["without", number(found["base"]["average_precision"]),
             number(found["base"]["auc"]), "–", "–"],
            ["with", *(cell(found["measures"][key], digits) for key, digits in
                       (("average_precision", 3), ("auc", 3), ("top_100", 0),
                        ("calibration_slope", 2)))],
        ],
    )  # fmt: skip
    return f"""
## With a newer register (nowcast)

Counts of 2017, SIRENE of {found["month"]}, judged by the counts of 2020; regions held out,
{found["communes"]} communes, {found["losses"]} losses.

{measures}
**Counted in 2017, absent from the register: {flags["right"]} of {flags["communes"]} such flags were
right ({flags["rate"]:.3f} [{flags["low"]:.3f}; {flags["high"]:.3f}]).** Where the register still
shows a GP, AUC {there["with"]:.3f} with it, {there["without"]:.3f} without: it is an alert, not
foresight. Learned once, 14 months after the counts: at other lags the share is not verified.

{markdown_table(RATIO_HEAD, ratio_rows("2017→2020", found["ratios"]))}
{class_table(found["classes"])}
"""


def classes(figures: dict[str, Any]) -> str:
    """Return the section on calibration and classes."""
    text = "## Calibration curve and classes\n\n"
    text += "![Calibration](figures/risk_calibration.png) ![Yield](figures/risk_yield.png)\n\n"
    text += "Neighbouring classes that do not differ on held-out regions are made one.\n\n"
    for key, title in (("3", "Three years (B)"), ("7", "Seven years (C)")):
        text += f"{title}:\n\n" + class_table(figures["curves"][key]["classes"]) + "\n"
    return text


def subgroups(subgroups: dict[str, list[dict[str, Any]]]) -> str:
    """Return the section on groups of communes."""
    titles = {"rurality": "Rurality", "gps": "Number of GPs", "departement": "Département"}
    head = ["", "communes", "losses", "expected", "ratio", "within chance", "AP", "AUC"]
    text = "## By group (B, shipped model, 3 years)\n\n"
    for key, title in titles.items():
        rows = [
            [*ratio_cells(row), number(row["average_precision"]), number(row["auc"])]
            for row in subgroups[key]
        ]
        text += f"### {title}\n\n" + markdown_table(head, rows) + "\n"
    return text


def missing(figures: dict[str, Any]) -> str:
    """Return the section on files that are missing and on doubtful losses."""
    names = {
        "nothing": "nothing",
        "apl": "all APL",
        "earlier_vintages": "earlier vintages of the panel",
        "all": "both",
    }
    rows = [
        [name, number(figures["missing_inputs"][key]["average_precision"]),
         number(figures["missing_inputs"][key]["auc"])]
        for key, name in names.items()
    ]  # fmt: skip
    text = "## What a missing file costs (B)\n\n"
    text += markdown_table(["missing", "AP", "AUC"], rows)
    doubts = figures["without_doubts"]
    text += "\n## Without possible relocations or doubtful losses (B)\n\n"
    return text + markdown_table(
        ["left out", "losses", "AP", "AUC"],
        [
            [
                name,
                f"{doubts[name]['left_out']:.0f}",
                number(doubts[name]["average_precision"]),
                number(doubts[name]["auc"]),
            ]
            for name in doubts
        ],
    )


def conformal(rows: list[dict[str, Any]]) -> str:
    """Return the section on conformal sets."""
    head = ["test", "rurality", "communes", "losses", "stays called lost", "losses called stays"]
    return (
        "\n## Conformal sets at each length\n\nTarget: 0.10 at most in each of the two columns of "
        "errors. Towns lose too few for thresholds of their own: theirs are the country's, and "
        "cover their few losses badly.\n\n"
        + markdown_table(
            [*head, "flags", "of 100 flags, come true", "cannot tell"],
            [
                [
                    row["test"],
                    FRENCH[row["rurality"]],
                    str(row["communes"]),
                    str(row["losses"]),
                    number(row["wrong_stays"]),
                    number(row["wrong_loses"]),
                    str(row["flagged"]),
                    "–" if row["predictive_value"] is None
                    else f"{100 * row['predictive_value']:.0f}",
                    number(row["cannot_tell"]),
                ]
                for row in rows
            ],
        )
    )  # fmt: skip
