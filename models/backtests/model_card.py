"""The model card in English; `card` says the same in French, for the screen."""

import math
from typing import Any

from models.backtests.aims import not_reached, verdict
from models.backtests.markdown import cell, class_table, markdown_table
from models.learning.hazard import INVERSE_PENALTY
from models.learning.predictors import EARLY_SHARE, PREDICTORS, THEMES


def card_text(figures: dict[str, Any], shipped: dict[str, Any]) -> str:
    """Return the card in the order of TRIPOD+AI (Collins et al., 2024)."""
    held, forward = figures["designs"]["held_out"], figures["designs"]["forward"]
    ours, ahead = held["models"][figures["shipped"]], forward["models"][figures["shipped"]]
    data, now = shipped["training_data"], figures["register"]["measures"]
    short = not_reached(figures)
    spread = 100 * figures["trend"]["spread"]
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
precision {cell(ours["average_precision"])} for a base rate of {held["base_rate"]:.3f}, AUC
{cell(ours["auc"])}. Forward in time and leave-département-out: {cell(ahead["average_precision"])}
and {cell(ahead["auc"])}. With a register newer than the counts, regions never seen:
{cell(now["average_precision"])} and {cell(now["auc"])}. {short}Against four features:
{verdict(figures)}

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
blank and says too little (about {EARLY_SHARE} losses for one that comes). A blank is at the mean
and adds nothing. The register is read as it stood at its month, after the counts and before the end
of the forecast: it is no predictor of the hazard.

## 8. Missing data
A blank adds nothing to the hazard. Cost of each missing file: report. A commune without a known
place has what its own counts tell.

## 9. Analytical methods
λ(s | x) = exp(x·β + c·(s − 2016) + a) per year, learned from interval-censored periods by the
complementary log-log likelihood with the length as exposure; squared weights penalised
(C = {INVERSE_PENALTY}); predictors held within ±4 deviations. Calendar term: hazards
grow by {100 * (math.exp(shipped["calendar"]) - 1):.1f} % a year, up to
{shipped["calendar_end"]:.0f}, flat beyond (as far as the forward test checks). Risk cannot fall as
the horizon grows. Register: logistic regression on four predictors, learned on out-of-region
hazards. No undersampling, no weights of class, no recalibration. Boosting and its mean with the
hazard gain nothing.

## 10. Fairness
By rurality, number of GPs and département: report. Towns of 5,000 inhabitants hardly ever lose
their last GP: the model is of use in the country and its suburbs.

## 11. Uncertainty
low–high: 90 % spread over refits on bootstrap draws of départements, whose trends leave that of the
past as far as forward forecasts did ({spread:.1f} % a year; report). Conformal sets per rurality
and outcome at 90 %, checked at 3, 4 and 7 years; both or none reads "ne peut pas dire". What is
told is the predictive value: how many of 100 such signals came true.

## 12. Results
See `risk-report.md`. {short}Classes and observed rates (three years, regions held out):

{class_table(figures["curves"]["3"]["classes"])}
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
A review keeps the prediction it judges.

## 15. Open science
Code, parameters (`models/assets/last_gp.json`, plain JSON, {shipped["date"]}, scikit-learn
{shipped["versions"]["scikit-learn"]}, numpy {shipped["versions"]["numpy"]}) and protocol are in
this repository; the same data give the same file. No funding, no competing interest.
"""
