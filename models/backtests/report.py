"""Write the report, the model card and the figures from the figures of the evaluation."""

import json
from pathlib import Path
from typing import Any

import matplotlib as mpl

from models.learning import artefact
from models.learning.predictors import PREDICTORS, THEMES

FIGURES_PATH = artefact.PATH.with_name("risk_report.json")
"""Figures that the application's page reads."""

MODEL_NAMES = {
    "base_rate": "base rate",
    "one_gp": "exactly one GP",
    "over_65": "1 − APL65/APL",
    "four_logistic": "four-feature logistic",
    "logistic": "logistic, all predictors (shipped)",
    "boosting": "gradient boosting",
    "average": "average of both",
}
DESIGN_TITLES = {
    "forward": "A. Forward in time and leave-département-out: learned on 2009→2013 and 2013→2018, "
    "tested on 2018→2020",
    "held_out": "B. Whole regions held out, APL 2018 blanked in them: tested on 2018→2020",
    "held_out_latest_apl": "B′. The same with APL 2018 known",
    "five_years": "C. Five years, forward in time and leave-département-out: learned on 2009→2013, "
    "tested on 2013→2018",
}


BACK_TESTS = """## Back-tests

In A and C no APL is known in the years learned from, so the four-feature logistic rests on the
count and the population there. Calibration is cross-fitted: each held-out group is calibrated on
the others.

"""


def rounded(figures: Any) -> Any:
    """Round all numbers to five significant digits, for a stable file."""
    if isinstance(figures, dict):
        return {key: rounded(value) for key, value in figures.items()}
    if isinstance(figures, list | tuple):
        return [rounded(value) for value in figures]
    return float(f"{figures:.5g}") if isinstance(figures, float) else figures


def write(figures: dict[str, Any], docs: Path) -> list[Path]:
    """Write the JSON of figures, `risk-report.md`, `model-card.md` and two small pictures."""
    figures = rounded(figures)
    text = json.dumps(figures, ensure_ascii=False, indent=1, sort_keys=True)
    FIGURES_PATH.write_text(text + "\n", encoding="utf-8")
    pictures = docs / "figures"
    pictures.mkdir(parents=True, exist_ok=True)
    _calibration(figures, pictures / "risk_calibration.png")
    _yield(figures, pictures / "risk_yield.png")
    report, card = docs / "risk-report.md", docs / "model-card.md"
    report.write_text(_report(figures), encoding="utf-8")
    card.write_text(_card(figures, artefact.read()), encoding="utf-8")
    return [FIGURES_PATH, report, card]


def _cell(measure: dict[str, float] | None, digits: int = 3) -> str:
    if not measure:
        return "–"
    value = f"{measure['value']:.{digits}f}"
    if "low" not in measure:
        return value
    return f"{value} [{measure['low']:.{digits}f}; {measure['high']:.{digits}f}]"


def markdown_table(head: list[str], rows: list[list[str]]) -> str:
    """Return a table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def _number(value: float | None, digits: int = 3) -> str:
    return "–" if value is None else f"{value:.{digits}f}"


def _design(title: str, design: dict[str, Any]) -> str:
    rows = []
    for key, name in MODEL_NAMES.items():
        if key not in design["models"]:
            continue
        m = design["models"][key]
        rows.append(
            [
                name,
                _cell(m.get("average_precision")),
                _cell(m.get("auc")),
                _cell(m.get("top_50"), 0),
                _cell(m.get("top_100"), 0),
                _cell(m.get("brier_skill")),
                _cell(m.get("calibration_slope"), 2),
                _cell(m.get("calibration_intercept"), 2),
            ]
        )
    head = ["model", "average precision", "AUC", "top 50", "top 100", "Brier skill", "slope"]
    text = (
        f"### {title}\n\n{design['communes']} communes, {design['losses']} losses, base rate "
        f"{design['base_rate']:.3f}.\n\n" + markdown_table([*head, "intercept"], rows) + "\n"
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
    text += "Paired difference with the four-feature logistic, same draws of départements:\n\n"
    text += markdown_table(["candidate", "average precision", "AUC"], gains)
    return text + f"\nRule of the protocol chooses: **{MODEL_NAMES[design['chosen']]}**.\n\n"


def verdict(figures: dict[str, Any]) -> str:
    """Say plainly whether the shipped model beats the four-feature logistic."""
    sentences = []
    for key in ("forward", "held_out"):
        gain = figures["designs"][key]["against_four"][figures["shipped"]]
        said = []
        for measure, name in (("average_precision", "average precision"), ("auc", "AUC")):
            beyond = gain[measure]["low"] > 0
            said.append(
                f"{name} {gain[measure]['difference']:+.3f} "
                f"({'beyond' if beyond else 'within'} the interval of the paired difference)"
            )
        where = "forward in time" if key == "forward" else "in regions never seen"
        sentences.append(f"{where.capitalize()}: {', '.join(said)}.")
    return " ".join(sentences)


def _report(figures: dict[str, Any]) -> str:
    held = figures["designs"]["held_out"]
    parts = [
        _opening(figures),
        _cleaning(figures["counts"]),
        BACK_TESTS,
        *(_design(title, figures["designs"][key]) for key, title in DESIGN_TITLES.items()),
        "### Inside each held-out region (B, shipped model)\n\n",
        markdown_table(
            ["region", "communes", "losses", "AP", "AUC", "top 50", "top 100"],
            [
                [
                    region,
                    f"{m['communes']:.0f}",
                    f"{m['losses']:.0f}",
                    _number(m["average_precision"]),
                    _number(m["auc"]),
                    f"{m['top_50']:.0f}",
                    f"{m['top_100']:.0f}",
                ]
                for region, m in held["by_region"].items()
            ],
        ),
        _classes(figures),
        _subgroups(figures["subgroups"]),
        _missing(figures),
        _conformal(figures["conformal"]),
    ]
    return "".join(parts)


def _opening(figures: dict[str, Any]) -> str:
    return f"""# Report of the risk model

Written by `proxisoins risk report`; do not edit. Protocol: `risk-protocol.md`. Nouvelle-Aquitaine
is in no fit, no calibration and no back-test below. Intervals: 95 %, 500 bootstrap draws over
départements.

## In short

Against the four-feature logistic. {verdict(figures)}

"""


def _cleaning(counts: dict[str, dict[str, int]]) -> str:
    names = list(next(iter(counts.values())))
    rows = [[name, *(str(period[name]) for period in counts.values())] for name in names]
    return (
        "## Labels, cleaned\n\nMetropolitan France, Nouvelle-Aquitaine still counted here (its end "
        "of 2018→2020 is the unknown). Possible relocations and doubtful losses are kept as "
        "losses.\n\n" + markdown_table(["", *counts], rows) + "\n"
    )


def _classes(figures: dict[str, Any]) -> str:
    text = "\n## Calibration and classes\n\n"
    text += "![Calibration](figures/risk_calibration.png) ![Yield](figures/risk_yield.png)\n\n"
    for key, title in (("curves", "Two years (B)"), ("curves_five_years", "Five years (C)")):
        rows = [
            [
                str(row["label"]),
                f"{row['low']:.3f} – {row['high']:.3f}",
                f"{row['communes']:.0f}",
                f"{row['losses']:.0f}",
                f"{row['rate']:.3f} [{row['rate_low']:.3f}; {row['rate_high']:.3f}]",
            ]
            for row in figures[key]["classes"]
        ]
        head = ["class", "probability", "communes", "losses", "observed rate"]
        text += f"{title}:\n\n" + markdown_table(head, rows) + "\n"
    return text


def _subgroups(subgroups: dict[str, list[dict[str, Any]]]) -> str:
    titles = {"rurality": "Rurality", "gps": "Number of GPs", "departement": "Département"}
    head = ["", "communes", "losses", "observed", "predicted", "AP", "AUC"]
    text = "## By group (B, shipped model)\n\n"
    for key, title in titles.items():
        rows = [
            [
                row["group"],
                str(row["communes"]),
                str(row["losses"]),
                _number(row["observed"]),
                _number(row["predicted"]),
                _number(row["average_precision"]),
                _number(row["auc"]),
            ]
            for row in subgroups[key]
        ]
        text += f"### {title}\n\n" + markdown_table(head, rows) + "\n"
    return text


def _missing(figures: dict[str, Any]) -> str:
    names = {
        "nothing": "nothing (APL 2016 only)",
        "with_latest_apl": "nothing, APL 2018 known",
        "apl": "all APL",
        "facilities": "base of facilities",
        "earlier_vintages": "earlier vintages of the panel",
        "all": "all three",
    }
    rows = [
        [name, _number(figures["missing_inputs"][key]["average_precision"]),
         _number(figures["missing_inputs"][key]["auc"])]
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
                _number(doubts[name]["average_precision"]),
                _number(doubts[name]["auc"]),
            ]
            for name in doubts
        ],
    )


def _conformal(rows: list[dict[str, Any]]) -> str:
    head = ["rurality", "communes", "losses", "coverage", "of those that stay", "of losses"]
    return (
        "\n## Conformal sets, forward in time\n\nThresholds from 2013→2018, coverage on 2018→2020, "
        "target 0.90, per class of rurality and outcome. Towns lose too few (4) for a threshold of "
        "their own: theirs is that of the whole country, and does not cover their losses.\n\n"
        + markdown_table(
            [*head, "cannot tell"],
            [
                [
                    row["rurality"],
                    str(row["communes"]),
                    str(row["losses"]),
                    _number(row["coverage"]),
                    _number(row["coverage_stays"]),
                    _number(row["coverage_loses"]),
                    _number(row["cannot_tell"]),
                ]
                for row in rows
            ],
        )
    )


def _card(figures: dict[str, Any], shipped: dict[str, Any]) -> str:
    held, forward = figures["designs"]["held_out"], figures["designs"]["forward"]
    ours, ahead = held["models"][figures["shipped"]], forward["models"][figures["shipped"]]
    data = shipped["training_data"]
    declared = markdown_table(
        ["predictor", "theme", "meaning (French, as on screen)", "source", "when missing"],
        [[f"`{p.name}`", THEMES[p.theme], p.meaning, p.source, p.missing] for p in PREDICTORS],
    )
    two, five = (shipped["horizons"][key]["with_facilities"] for key in ("2", "5"))
    return f"""# Model card: losing the last general practitioner

Order of TRIPOD+AI. Written by `proxisoins risk report`; do not edit.

## 1. Title
Prediction, for a French commune that has a general practitioner (GP), of having none after two or
five years: development and internal–external validation of a penalised logistic regression.

## 2. Abstract
{two["rows"]} commune-periods, {two["losses"]} losses (two years). In regions never seen: average
precision {_cell(ours["average_precision"])} for a base rate of {held["base_rate"]:.3f}, AUC
{_cell(ours["auc"])}. Forward in time and leave-département-out: {_cell(ahead["average_precision"])}
and {_cell(ahead["auc"])}. Against a four-feature logistic: {verdict(figures)}

## 3. Background and objectives
A territory loses its last GP and the agency learns it late. The model ranks communes to look at;
it helps, it never decides. Intended users: planners of health agencies. Not for: judging a doctor,
deciding an aid by itself, public display by commune.

## 4. Data
Panel: {data["panel"]}. APL: {data["apl"]}. Facilities: {data["facilities"]}. Places:
{data["places"]}. Left out of every fit: {data["left_out"]}.

## 5. Participants
Communes of metropolitan France with one GP or more at the start. Exclusions, mergers and doubts:
`risk-report.md`.

## 6. Outcome
No GP in the base of facilities at the end of the horizon. Two years: learned on
{", ".join(data["periods"]["2"])}, calibrated on 2018→2020. Five years: {
        ", ".join(data["periods"]["5"])
    }.

## 7. Predictors
{declared}
Population and points are those of 2016–2019 for all dates: a mild anachronism for 2009 and 2013.
The share over 75 is known for one region only, which is never learned from: not used.

## 8. Missing data
A blank adds nothing to the logit (it stands at the mean). Without the base of facilities a second
set of weights, learned without it, is used. Cost of each missing file: report.

## 9. Analytical methods
Predictors standardised, held within ±4 deviations; L2-penalised logistic regression (C = 0.01);
logistic calibration on out-of-region scores (slope {two["slope"]:.2f} and {five["slope"]:.2f}). No
undersampling, no weights of class. Rule of choice, splits and measures: `risk-protocol.md`.

## 10. Fairness
By rurality, number of GPs and département: report. Towns of 5,000 inhabitants hardly ever lose
their last GP: the model is of use in the country and its suburbs.

## 11. Uncertainty
low–high: 90 % spread over refits on bootstrap draws of départements. Conformal sets per
rurality and outcome at 90 %; both or none reads "ne peut pas dire".

## 12. Results
See `risk-report.md`. Risk classes and observed rates (two years):

{
        markdown_table(
            ["class", "observed rate"],
            [
                [str(r["label"]), f"{r['rate']:.3f} [{r['rate_low']:.3f}; {r['rate_high']:.3f}]"]
                for r in figures["curves"]["classes"]
            ],
        )
    }
## 13. Limits
The base of facilities is noisy: communes come and go; its vintage "2018" is of 2017 or 2018. Ages
of doctors are not open data: the share over 65 is that of an area. Straight lines only. The panel
stops in 2020: later crises are unknown to it. Associations, not causes.

## 14. Use, oversight and follow-up
A planner confirms, refutes or handles each flag. Public views show territories grouped to five GPs
or more. Wording: "relève non assurée". Predictions are kept when shown, with their date and the
version of the model; when a newer panel comes, they are scored against it and the drift is shown
(`models/region/follow_up.py`). A review keeps the prediction it judges. An agency's ages stay in
memory.

## 15. Open science
Code, parameters (`models/assets/last_gp.json`, plain JSON, {shipped["date"]}, scikit-learn
{shipped["versions"]["scikit-learn"]}, numpy {
        shipped["versions"]["numpy"]
    }) and protocol are in this
repository; the same data give the same file. No funding, no competing interest.
"""


def _calibration(figures: dict[str, Any], path: Path) -> None:
    points = figures["curves"]["calibration"]
    predicted, observed = ([p[key] for p in points] for key in ("predicted", "observed"))
    plot, axes = _axes("Predicted probability", "Observed rate")
    top = max(predicted + observed) * 1.05
    axes.plot([0, top], [0, top], color="0.6", lw=1)
    axes.plot(predicted, observed, "o-", color="#1b5e8c")
    _save(plot, path)


def _yield(figures: dict[str, Any], path: Path) -> None:
    points = figures["curves"]["yield"]
    rate = figures["designs"]["held_out"]["base_rate"]
    plot, axes = _axes("Communes looked at, riskiest first", "Losses found")
    axes.plot([p["top"] for p in points], [p["found"] for p in points], "o-", color="#1b5e8c")
    axes.plot([0, points[-1]["top"]], [0, rate * points[-1]["top"]], color="0.6", lw=1)
    _save(plot, path)


def _axes(x: str, y: str) -> tuple[Any, Any]:
    from matplotlib.figure import Figure

    plot = Figure(figsize=(4.2, 3.4), layout="constrained")
    axes = plot.subplots()
    axes.set(xlabel=x, ylabel=y)
    axes.spines[["top", "right"]].set_visible(False)
    return plot, axes


def _save(plot: Any, path: Path) -> None:
    with mpl.rc_context({"svg.hashsalt": "risk"}):
        plot.savefig(path, dpi=90, metadata={"Software": None})
