"""Write the report, the model card and the figures from the figures of the evaluation."""

import json
import math
from pathlib import Path
from typing import Any

import matplotlib as mpl

from models.backtests import horizon_tables, protocol
from models.learning import artefact
from models.learning.hazard import LastGpHazard
from models.learning.predictors import PREDICTORS, THEMES
from models.learning.signals import HORIZONS

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
FRENCH = {"toutes": "all", "périurbain": "suburban", "ville": "town", "rural": "rural",
          "rural isolé": "remote rural"}  # fmt: skip


AVERAGE_PRECISION_AIM = 0.22
"""On regions that nobody trained on, dated data only (protocol)."""

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
    pictures = docs / "figures"
    pictures.mkdir(parents=True, exist_ok=True)
    _calibration(figures, pictures / "risk_calibration.png")
    _yield(figures, pictures / "risk_yield.png")
    texts = documents(figures, artefact.read())
    for name, content in texts.items():
        (docs / name).write_text(content, encoding="utf-8")
    return [FIGURES_PATH, *(docs / name for name in texts)]


def documents(figures: dict[str, Any], shipped: dict[str, Any]) -> dict[str, str]:
    """Return the three documents (file name → Markdown) of rounded figures and parameters."""
    return {
        "risk-protocol.md": protocol.text(figures["looks"]),
        "risk-report.md": _report(figures),
        "model-card.md": _card(figures, shipped),
    }


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
    text += "Paired difference with the four-feature hazard, same draws of départements:\n\n"
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
        _noise(figures["noise"]),
        BACK_TESTS,
        *(_design(title, figures["designs"][key]) for key, title in DESIGN_TITLES.items()),
        (
            f"Among communes with exactly one GP, the AUC of B is {held['one_gp_auc']:.3f}: the "
            "rest is a person's decision.\n\n"
        ),
        "### Inside each held-out region (B, shipped model)\n\n",
        _regions(held["by_region"]),
        _register(figures["register"]),
        _horizons(figures),
        _classes(figures),
        _subgroups(figures["subgroups"]),
        _missing(figures),
        _conformal(figures["conformal"]),
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
                _number(m["average_precision"]),
                _number(m["auc"]),
                f"{m['top_50']:.0f}",
                f"{m['top_100']:.0f}",
            ]
            for region, m in by_region.items()
        ],
    )


def _yes(reached_it: bool) -> str:
    return "yes" if reached_it else "**no**"


def reached(figures: dict[str, Any]) -> list[tuple[str, str, str, str]]:
    """Return each aim: what, aim, value with interval, and whether it is reached."""
    rows: list[tuple[str, str, str, str]] = []
    for key, where in (("held_out", "regions held out"), ("forward", "forward")):
        ours = figures["designs"][key]["models"][figures["shipped"]]
        for name, aim in (("auc", 0.85), ("average_precision", AVERAGE_PRECISION_AIM)):
            said = f"{name.replace('_', ' ')}, {where}"
            rows.append((said, f"≥ {aim}", _cell(ours[name]), _yes(ours[name]["value"] >= aim)))
    for name, aim in (("auc", 0.88), ("average_precision", 0.43)):
        one = figures["register"]["measures"][name]
        said = f"{name.replace('_', ' ')}, regions held out, with the register"
        rows.append((said, f"≥ {aim}", _cell(one), _yes(one["value"] >= aim)))
    return rows + horizon_tables.aims(figures["by_horizon"])


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
        "losses.\n\n" + markdown_table(["", *counts], rows) + "\n"
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


def _ratio_rows(title: str, rows: list[dict[str, Any]]) -> list[list[str]]:
    return [
        [
            title,
            FRENCH.get(row["group"], row["group"]),
            str(row["communes"]),
            str(row["losses"]),
            f"{row['expected']:.1f}",
            _number(row["ratio"], 2),
            "yes" if row["chance"] else "no",
        ]
        for row in rows
    ]


RATIO_HEAD = ["counts", "rurality", "communes", "losses", "expected", "ratio", "within chance"]


def _horizons(figures: dict[str, Any]) -> str:
    rows = [
        line
        for length in figures["horizons"]
        for line in _ratio_rows(
            f"{length['start']}→{length['end']} ({length['years']} years)", length["rows"]
        )
    ]
    forward = _ratio_rows("2017→2020, forward", figures["forward_ratios"])
    return (
        "\n## Calibration by horizon and rurality\n\nExpected over observed losses, regions held "
        "out, at each length between two counts. Seven and eight years are lengths that no learned "
        "row has.\n\n"
        + markdown_table(RATIO_HEAD, rows + forward)
        + "\nTowns of 5,000 inhabitants lose their last GP one to four times a period: their ratio "
        "is chance.\n\n" + _each_horizon(figures["by_horizon"])
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


def _register(found: dict[str, Any]) -> str:
    if not found:
        return "\n## With a newer register\n\nNo register was given.\n"
    flags, there = found["flags"], found["still_there_auc"]
    measures = markdown_table(
        ["", "average precision", "AUC", "top 100", "slope"],
        [
            ["without", _number(found["base"]["average_precision"]),
             _number(found["base"]["auc"]), "–", "–"],
            ["with", *(_cell(found["measures"][key], digits) for key, digits in
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

{markdown_table(RATIO_HEAD, _ratio_rows("2017→2020", found["ratios"]))}
{_class_table(found["classes"])}
"""


def _class_table(classes: list[dict[str, Any]]) -> str:
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


def _classes(figures: dict[str, Any]) -> str:
    text = "## Calibration curve and classes\n\n"
    text += "![Calibration](figures/risk_calibration.png) ![Yield](figures/risk_yield.png)\n\n"
    text += "Neighbouring classes that do not differ on held-out regions are made one.\n\n"
    for key, title in (("3", "Three years (B)"), ("7", "Seven years (C)")):
        text += f"{title}:\n\n" + _class_table(figures["curves"][key]["classes"]) + "\n"
    return text


def _subgroups(subgroups: dict[str, list[dict[str, Any]]]) -> str:
    titles = {"rurality": "Rurality", "gps": "Number of GPs", "departement": "Département"}
    head = ["", "communes", "losses", "expected", "ratio", "within chance", "AP", "AUC"]
    text = "## By group (B, shipped model, 3 years)\n\n"
    for key, title in titles.items():
        rows = [
            [
                FRENCH.get(row["group"], row["group"]),
                str(row["communes"]),
                str(row["losses"]),
                f"{row['expected']:.1f}",
                _number(row["ratio"], 2),
                "yes" if row["chance"] else "no",
                _number(row["average_precision"]),
                _number(row["auc"]),
            ]
            for row in subgroups[key]
        ]
        text += f"### {title}\n\n" + markdown_table(head, rows) + "\n"
    return text


def _missing(figures: dict[str, Any]) -> str:
    names = {
        "nothing": "nothing",
        "apl": "all APL",
        "earlier_vintages": "earlier vintages of the panel",
        "all": "both",
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
                    _number(row["wrong_stays"]),
                    _number(row["wrong_loses"]),
                    str(row["flagged"]),
                    "–" if row["predictive_value"] is None
                    else f"{100 * row['predictive_value']:.0f}",
                    _number(row["cannot_tell"]),
                ]
                for row in rows
            ],
        )
    )  # fmt: skip


def _short(figures: dict[str, Any]) -> str:
    """Say which aims are not reached."""
    short = [f"{what} {value.split(' [')[0]} (asked {asked})" for what, asked, value, verdict in
             reached(figures) if verdict == "**no**"]  # fmt: skip
    return f"**Aims not reached: {'; '.join(short)}.** " if short else ""


def _card(figures: dict[str, Any], shipped: dict[str, Any]) -> str:
    held, forward = figures["designs"]["held_out"], figures["designs"]["forward"]
    ours, ahead = held["models"][figures["shipped"]], forward["models"][figures["shipped"]]
    data, now = shipped["training_data"], figures["register"]["measures"]
    declared = markdown_table(
        ["predictor", "theme", "meaning (French, as on screen)", "source", "measured"],
        [[f"`{p.name}`", THEMES[p.theme], p.meaning, p.source, p.dated] for p in PREDICTORS],
    )
    return f"""# Model card: losing the last general practitioner

Order of TRIPOD+AI. Written by `proxisoins risk report`; do not edit.

## 1. Title
Prediction, for a French commune that has a general practitioner (GP), of having none one to six
years later: development and internal–external validation of a discrete-time hazard, and its
correction by a newer register.

## 2. Abstract
{data["rows"]} commune-periods, {data["losses"]} losses. Three years, regions never seen: average
precision {_cell(ours["average_precision"])} for a base rate of {held["base_rate"]:.3f}, AUC
{_cell(ours["auc"])}. Forward in time and leave-département-out: {_cell(ahead["average_precision"])}
and {_cell(ahead["auc"])}. With a register newer than the counts, regions never seen:
{_cell(now["average_precision"])} and {_cell(now["auc"])}. Against four features: {verdict(figures)}

## 3. Background and objectives
A territory loses its last GP and the agency learns it late. The model ranks communes to look at;
it helps, it never decides. Intended users: planners of health agencies. Not for: judging a doctor,
deciding an aid by itself, public display by commune.

## 4. Data
Panel: {data["panel"]}. APL: {data["apl"]}. Register: {data["register"]}. Places: {data["places"]}.
Left out of every fit: {data["left_out"]}. The count once called 2018 is INSEE's base of 2017.

## 5. Participants
Communes of metropolitan France with a GP at the start. Exclusions, mergers and doubts:
`risk-report.md`.

## 6. Outcome
No GP in the base of facilities at the end of the horizon, counted from 31 December of the year of
the counts. Learned on {", ".join(data["periods"])}: 4, 4 and 3 years.

## 7. Predictors
{declared}
Only what was measured by the start enters a prediction. Populations are those of 2016: rows of 2009
and 2013 are learned with them, a mild anachronism; a prediction as of a year before 2016 has them
blank. A blank stands at the mean and adds nothing. The register is read as it stood at its month,
after the counts and before the end of the forecast: it is no predictor of the hazard.

## 8. Missing data
A blank adds nothing to the hazard. Cost of each missing file: report. A commune without a known
place has what its own counts tell.

## 9. Analytical methods
λ(s | x) = exp(x·β + c·(s − 2016) + a) per year, learned from interval-censored periods by the
complementary log-log likelihood with the length as exposure; squared weights penalised
(C = {LastGpHazard().inverse_penalty}); predictors held within ±4 deviations. Calendar term: hazards
grow by {100 * (math.exp(shipped["calendar"]) - 1):.1f} % a year, up to
{shipped["calendar_end"]:.0f}, flat beyond (as far as the forward test checks). Risk cannot fall as
the horizon grows. Register: logistic regression on four predictors, learned on out-of-region
hazards. No undersampling, no weights of class, no recalibration. Boosting and its mean with the
hazard gain nothing.

## 10. Fairness
By rurality, number of GPs and département: report. Towns of 5,000 inhabitants hardly ever lose
their last GP: the model is of use in the country and its suburbs.

## 11. Uncertainty
low–high: 90 % spread over refits on bootstrap draws of départements. Conformal sets per rurality
and outcome at 90 %, checked at 3, 4 and 7 years; both or none reads "ne peut pas dire". What is
told is the predictive value: how many of 100 such signals came true.

## 12. Results
See `risk-report.md`. {_short(figures)}Classes and observed rates (three years, regions held out):

{_class_table(figures["curves"]["3"]["classes"])}
## 13. Limits
The base of facilities is noisy: communes come and go (report, Noise). Ages of doctors are not open
data: the share over 65 is that of an area. Straight lines only. The panel stops in 2020: later
crises are unknown to it. Horizons of 1, 2, 5 and 6 years end on no count: they could not be
verified by themselves (report). In towns too few GPs are lost to verify any horizon. The register
was learned at one lag (14 months). Associations, not causes.

## 14. Use, oversight and follow-up
A planner confirms, refutes or handles each flag. Public views show territories grouped to five GPs
or more. Wording: "relève non assurée"; "probablement déjà parti : à vérifier" where a register
disagrees. Predictions are kept when shown, with their date and the version of the model; when a
newer panel comes, they are scored against it and the drift is shown (`models/region/follow_up.py`).
A review keeps the prediction it judges. An agency's ages stay in memory.

## 15. Open science
Code, parameters (`models/assets/last_gp.json`, plain JSON, {shipped["date"]}, scikit-learn
{shipped["versions"]["scikit-learn"]}, numpy {shipped["versions"]["numpy"]}) and protocol are in
this repository; the same data give the same file. No funding, no competing interest.
"""


def _calibration(figures: dict[str, Any], path: Path) -> None:
    points = figures["curves"]["3"]["calibration"]
    predicted, observed = ([p[key] for p in points] for key in ("predicted", "observed"))
    plot, axes = _axes("Predicted probability", "Observed rate")
    top = max(predicted + observed) * 1.05
    axes.plot([0, top], [0, top], color="0.6", lw=1)
    axes.plot(predicted, observed, "o-", color="#1b5e8c")
    _save(plot, path)


def _yield(figures: dict[str, Any], path: Path) -> None:
    points = figures["curves"]["3"]["yield"]
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
