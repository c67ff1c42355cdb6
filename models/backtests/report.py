"""Write the report, the model card and the figures from the figures of the evaluation."""

import json
from pathlib import Path
from typing import Any

from models.backtests import pictures, protocol
from models.backtests.aims import reached, verdict
from models.backtests.checks import classes, conformal, horizons, missing, register, subgroups
from models.backtests.markdown import cell, markdown_table, number
from models.backtests.model_card import card_text
from models.learning import artefact

FIGURES_PATH = artefact.PATH.with_name("risk_report.json")
"""Figures that the application's page reads."""

MODEL_NAMES = {
    "base_rate": "base rate",
    "one_gp": "exactly one GP",
    "over_65": "1 − APL65/APL",
    "count_population": "hazard on count and population",
    "four": "hazard on four features",
    "hazard": "hazard, all predictors (shipped)",
    "boosting": "gradient boosting (Poisson)",
    "average": "geometric mean of both",
}
DESIGN_TITLES = {
    "forward": "A. Forward in time and leave-département-out: learned on 2009→2013 and 2013→2017, "
    "tested on 2017→2020 (3 years)",
    "held_out": "B. Whole regions held out: tested on 2017→2020 (3 years)",
    "seven_years": "C. Whole regions held out, seven years: tested on 2013→2020, a length that no "
    "row learned from has",
}

BACK_TESTS = """## Back-tests

Only what was measured by the end of the start year enters a test. No probability is refitted on
the tested rows or their groups: calibration is that of the fit.

"""


def rounded(figures: Any) -> Any:
    """Round all numbers to five significant digits, for a stable file."""
    if isinstance(figures, dict):
        return {key: rounded(value) for key, value in figures.items()}
    if isinstance(figures, list | tuple):
        return [rounded(value) for value in figures]
    return float(f"{figures:.5g}") if isinstance(figures, float) else figures


def write(figures: dict[str, Any], docs: Path) -> list[Path]:
    """Write the JSON of figures, the protocol, the report, the card and two small pictures."""
    figures = rounded(figures)
    text = json.dumps(figures, ensure_ascii=False, indent=1, sort_keys=True)
    FIGURES_PATH.write_text(text + "\n", encoding="utf-8")
    figures = json.loads(text)  # in the order of the file, for who writes again from it
    folder = docs / "figures"
    folder.mkdir(parents=True, exist_ok=True)
    pictures.calibration(figures, folder / "risk_calibration.png")
    pictures.found(figures, folder / "risk_yield.png")
    texts = documents(figures, artefact.read())
    for name, content in texts.items():
        (docs / name).write_text(content, encoding="utf-8")
    return [FIGURES_PATH, *(docs / name for name in texts)]


def documents(figures: dict[str, Any], shipped: dict[str, Any]) -> dict[str, str]:
    """Return the three documents (file name → Markdown) of rounded figures and parameters."""
    return {
        "risk-protocol.md": protocol.text(figures["looks"]),
        "risk-report.md": _report(figures),
        "model-card.md": card_text(figures, shipped),
    }


def _design(title: str, design: dict[str, Any]) -> str:
    rows = []
    for key, name in MODEL_NAMES.items():
        if key not in design["models"]:
            continue
        m = design["models"][key]
        rows.append(
            [
                name,
                cell(m.get("average_precision")),
                cell(m.get("auc")),
                cell(m.get("top_50"), 0),
                cell(m.get("top_100"), 0),
                cell(m.get("brier_skill")),
                cell(m.get("calibration_slope"), 2),
                cell(m.get("calibration_intercept"), 2),
            ]
        )
    head = ["model", "average precision", "AUC", "top 50", "top 100", "Brier skill", "slope"]
    text = (
        f"### {title}\n\n{design['communes']} communes, {design['losses']} losses, base rate "
        f"{design['base_rate']:.3f}.\n\n" + markdown_table([*head, "intercept"], rows) + "\n"
    )
    if design["models"]["four"] == design["models"]["count_population"]:
        text += (
            "Two and four features give the same measures here: the two others come from the APL, "
            "which the DREES did not publish yet at the starts that the model learns from.\n\n"
        )
    gains = []
    for key, against in design["against_four"].items():
        ap, auc = against["average_precision"], against["auc"]
        gains.append(
            [
                MODEL_NAMES[key],
                f"{ap['difference']:+.3f} [{ap['low']:+.3f}; {ap['high']:+.3f}]",
                f"{auc['difference']:+.3f} [{auc['low']:+.3f}; {auc['high']:+.3f}]",
            ]
        )
    text += "Paired difference with the four-feature hazard, same draws of départements:\n\n"
    text += markdown_table(["candidate", "average precision", "AUC"], gains)
    return text + f"\nRule of the protocol chooses: **{MODEL_NAMES[design['chosen']]}**.\n\n"


def _report(figures: dict[str, Any]) -> str:
    held = figures["designs"]["held_out"]
    parts = [
        _opening(figures),
        _cleaning(figures["counts"]),
        _noise(figures["noise"]),
        BACK_TESTS,
        *(_design(title, figures["designs"][key]) for key, title in DESIGN_TITLES.items()),
        (
            f"Among communes with exactly one GP, the AUC of B is {held['one_gp_auc']:.3f}: the "
            "rest is a person's decision.\n\n"
        ),
        "### Inside each held-out region (B, shipped model)\n\n",
        _regions(held["by_region"]),
        register(figures["register"]),
        horizons(figures),
        classes(figures),
        subgroups(figures["subgroups"]),
        missing(figures),
        conformal(figures["conformal"]),
    ]
    return "".join(parts)


def _regions(by_region: dict[str, dict[str, float]]) -> str:
    return markdown_table(
        ["region", "communes", "losses", "AP", "AUC", "top 50", "top 100"],
        [
            [
                region,
                f"{m['communes']:.0f}",
                f"{m['losses']:.0f}",
                number(m["average_precision"]),
                number(m["auc"]),
                f"{m['top_50']:.0f}",
                f"{m['top_100']:.0f}",
            ]
            for region, m in by_region.items()
        ],
    )


def _opening(figures: dict[str, Any]) -> str:
    aims = markdown_table(
        ["aim", "asked", "measured (95 % interval)", "reached"],
        [list(row) for row in reached(figures)],
    )
    return f"""# Report of the risk model

Written by `proxisoins risk report`; do not edit. Protocol and what changed since the first version:
`risk-protocol.md`. Nouvelle-Aquitaine is in no fit, no threshold and no back-test below. Intervals:
95 %, 500 bootstrap draws over départements. Held-out regions were looked at {figures["looks"]}
times while choices were made: figures of B are optimistic by a few thousandths at most.

## In short

{aims}
Against the hazard on four features. {verdict(figures)}

"""


def _cleaning(counts: dict[str, dict[str, int]]) -> str:
    names = list(next(iter(counts.values())))
    rows = [[name, *(str(period[name]) for period in counts.values())] for name in names]
    return (
        "## Labels, cleaned\n\nMetropolitan France, Nouvelle-Aquitaine still counted here (its end "
        "of 2017→2020 is the unknown). Possible relocations and doubtful losses are kept as "
        "losses; counts that fall from ten or more to none are unknown.\n\n"
        + markdown_table(["", *counts], rows)
        + "\n"
    )


def _noise(rows: list[dict[str, Any]]) -> str:
    return (
        "### Noise: losses undone at the next count\n\n"
        + markdown_table(
            ["period", "losses seen again", "undone by", "undone", "share"],
            [
                [
                    row["period"],
                    str(row["losses"]),
                    str(row["later"]),
                    str(row["undone"]),
                    f"{row['undone'] / max(row['losses'], 1):.3f}",
                ]
                for row in rows
            ],
        )
        + "\n"
    )
