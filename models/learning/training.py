"""From real panels to the shipped parameters: training rows, held-out groups, fit, calibration."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.errors import InvalidInputError
from models.learning import features, panel
from models.learning.inputs import FACILITIES, Inputs, gather
from models.learning.model import LastGpModel, calibration
from models.learning.predictors import NAMES
from models.learning.regions import REGION_OF, SEALED_REGION

PERIODS = ((2009, 2013), (2013, 2018), (2018, 2020))
FIT_ON = {2: PERIODS, 5: ((2009, 2013), (2013, 2018))}
"""Horizon in years → periods that the model learns from; the last one sets its calibration.

For two years, the earlier periods are added to 2018→2020: they triple the examples."""

CLASS_MULTIPLES = (0.5, 1.5, 3.0)
"""Limits of the four classes, in multiples of the base rate (protocol)."""

CLASSES = ("faible", "modéré", "élevé", "très élevé")
BOOTSTRAP_REFITS = 40
CONFORMAL_ERROR = 0.10
SEED = 20201231

Array = npt.NDArray[np.float64]


class Scorer(Protocol):
    """What a fitted model must do to be compared."""

    def decision_function(self, x: pd.DataFrame) -> Array:
        """Return logits, shape (n,)."""
        ...


Fit = Callable[[pd.DataFrame, pd.Series, Array], Scorer]


@dataclass(frozen=True)
class Rows:
    """Training rows of all periods, Nouvelle-Aquitaine and overseas removed.

    Attributes
    ----------
    table
        Index code; columns of `predictors.NAMES`, gps, rurality, start (year), variant ("full" or
        "blanked": APL of the last year removed), weight, loss, relocation, doubtful, departement,
        region.
    counts
        Period "2018→2020" → name → number, of the exclusions and doubts.
    """

    table: pd.DataFrame
    counts: dict[str, dict[str, int]]

    def of(self, start: int, variant: str = "blanked") -> pd.DataFrame:
        """Return the rows of one period in one variant of the APL."""
        return self.table[(self.table["start"] == start) & (self.table["variant"] == variant)]


def rows(panel_path: Path, apl: Path | None, facilities: Path | None) -> Rows:
    """Read the files and return the rows that a model may learn from.

    A period whose start year has APL is given twice, with the latest APL and without it, at half
    weight: the model meets both cases.
    """
    inputs = gather(panel_path, apl, None, facilities)
    raw = panel.read(panel_path)
    missing = {year for period in PERIODS for year in period} - set(panel.years(raw))
    if missing:
        raise InvalidInputError(
            f"L’apprentissage demande les années {sorted(missing)}, absentes de {panel_path}."
        )
    parts, counts = [], {}
    for start, end in PERIODS:
        cleaned = panel.labels(raw, start, end)
        variants = _variants(inputs, start)
        for variant, given in variants.items():
            table = features.compute(given, start).join(cleaned.table, how="inner")
            parts.append(
                table.assign(start=start, variant=variant, weight=1 / len(set(variants) - {""}))
            )
        counts[f"{start}→{end}"] = cleaned.counts
    table = pd.concat(parts)
    table["departement"] = panel.departement(table.index.to_series())
    table["region"] = table["departement"].map(REGION_OF)
    return Rows(table[table["region"] != SEALED_REGION], counts)


def _variants(inputs: Inputs, start: int) -> dict[str, Inputs]:
    if inputs.apl.empty or not (inputs.apl["year"] == start).any():
        return {"blanked": inputs}
    before = inputs.apl[inputs.apl["year"] < start]
    kept = pd.concat(
        [before, inputs.apl[inputs.apl["year"] == start].assign(apl=np.nan, apl65=np.nan)]
    )
    blanked = Inputs(inputs.panel, kept, inputs.reference, inputs.facilities, inputs.ages)
    return {"blanked": blanked, "full": inputs}


def groups(table: pd.DataFrame, by: str) -> Iterator[tuple[str, npt.NDArray[np.bool_]]]:
    """Give each held-out group and its rows: whole regions, or ten groups of départements."""
    if by == "region":
        keys = table["region"]
    else:
        names = sorted(table["departement"].unique())
        keys = table["departement"].map({name: str(i % 10) for i, name in enumerate(names)})
    for key in sorted(keys.unique()):
        yield key, (keys == key).to_numpy()


def out_of_fold(learn: pd.DataFrame, test: pd.DataFrame, by: str, fit: Fit) -> Array:
    """Return scores of `test`, each from a model that saw none of its group in any period."""
    scores = np.full(len(test), np.nan)
    everywhere = pd.concat([learn, test])
    for _, held_everywhere in groups(everywhere, by):
        seen, held = learn[~held_everywhere[: len(learn)]], held_everywhere[len(learn) :]
        if not held.any():
            continue
        model = fit(seen[NAMES], seen["loss"], seen["weight"].to_numpy())
        scores[held] = model.decision_function(test.loc[held, NAMES])
    return scores


def fit_logistic(x: pd.DataFrame, y: pd.Series, weight: Array) -> LastGpModel:
    """Fit the shipped kind of model."""
    return LastGpModel().fit(x, y, weight)


@dataclass(frozen=True)
class Fitted:
    """A model of one horizon, calibrated, with its uncertainty and classes.

    Attributes
    ----------
    horizon, facilities
        Years; whether the model reads the base of facilities.
    model
        Fitted on all rows; its logits need `slope` and `offset`.
    slope, offset
        Calibration learned on out-of-fold scores of the last period.
    refits
        Coefficients and intercept of bootstrap refits, shape (n, n_features + 1), on the scale
        of `model`.
    base_rate
        Of the last period.
    conformal
        Rurality → the two thresholds: largest probability kept as "stays", smallest kept as
        "loses".
    observed
        One row per class: label, low, high (probability), communes, losses.
    """

    horizon: int
    facilities: bool
    model: LastGpModel
    slope: float
    offset: float
    refits: Array
    base_rate: float
    conformal: dict[str, tuple[float, float]]
    observed: list[dict[str, float | str]]
    rows: int
    losses: int


def limits(base_rate: float) -> list[float]:
    """Return the three probabilities that part the four classes."""
    return [multiple * base_rate for multiple in CLASS_MULTIPLES]


def conformal_thresholds(
    probability: Array, loss: Array, rurality: npt.NDArray[np.str_]
) -> dict[str, tuple[float, float]]:
    """Return Mondrian (rurality × outcome) thresholds at 90 % from out-of-fold probabilities.

    Vovk et al. (2005): the ⌈(n + 1)(1 − α)⌉-th smallest nonconformity; classes of rurality with
    fewer than 30 losses borrow those of the whole country.
    """
    result = {}
    for name in features.RURALITY:
        here = rurality == name
        if loss[here].sum() < 30:
            here = np.ones(len(loss), bool)
        stays, loses = np.sort(probability[here & (loss == 0)]), probability[here & (loss == 1)]
        loses = np.sort(loses)[::-1]
        top, bottom = (
            min(int(np.ceil((len(v) + 1) * (1 - CONFORMAL_ERROR))), len(v)) - 1
            for v in (stays, loses)
        )
        result[name] = (float(stays[top]), float(loses[bottom]))
    return result


def observed_rates(
    probability: Array, loss: Array, base_rate: float
) -> list[dict[str, float | str]]:
    """Return each class with its limits, communes and losses."""
    edges = [0.0, *limits(base_rate), 1.0]
    return [
        {
            "label": label,
            "low": low,
            "high": high,
            "communes": float((inside := (probability >= low) & (probability < high)).sum()),
            "losses": float(loss[inside].sum()),
        }
        for label, low, high in zip(CLASSES, edges[:-1], edges[1:], strict=True)
    ]


def without_facilities(table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows as an agency without the base of facilities would have them."""
    return table.assign(**dict.fromkeys(FACILITIES.values(), np.nan))


def fit_horizon(data: Rows, horizon: int, *, facilities: bool) -> Fitted:
    """Fit, calibrate out of fold (whole regions held out), and measure one horizon.

    Without `facilities` the model learns to do without them: its other weights take over, which
    a model learned with them and met by blanks could not do.
    """
    starts = [start for start, _ in FIT_ON[horizon]]
    learn = data.table[data.table["start"].isin(starts)]
    test = data.of(starts[-1])
    if not facilities:
        learn, test = without_facilities(learn), without_facilities(test)
    loss = test["loss"].to_numpy(float)
    scores = out_of_fold(learn, test, "region", fit_logistic)
    slope, offset = calibration(scores, loss)
    probability = 1 / (1 + np.exp(-(slope * scores + offset)))
    model = fit_logistic(learn[NAMES], learn["loss"], learn["weight"].to_numpy())
    base_rate = float(loss.mean())
    return Fitted(
        horizon=horizon,
        facilities=facilities,
        model=model,
        slope=slope,
        offset=offset,
        refits=_refits(learn, model),
        base_rate=base_rate,
        conformal=conformal_thresholds(probability, loss, test["rurality"].to_numpy(str)),
        observed=observed_rates(probability, loss, base_rate),
        rows=len(learn.drop(columns=NAMES).reset_index().drop_duplicates(["code", "start"])),
        losses=int(learn.reset_index().drop_duplicates(["code", "start"])["loss"].sum()),
    )


def _refits(learn: pd.DataFrame, model: LastGpModel) -> Array:
    """Refit on bootstrap draws of départements, on the scale of `model`."""
    rng = np.random.default_rng(SEED)
    names = np.array(sorted(learn["departement"].unique()))
    results = []
    for _ in range(BOOTSTRAP_REFITS):
        drawn = pd.Series(rng.choice(names, len(names))).value_counts()
        times = learn["departement"].map(drawn).fillna(0).to_numpy(float)
        again = fit_logistic(learn[NAMES], learn["loss"], learn["weight"].to_numpy() * times)
        coefficients = again.coefficients_ * model.scales_ / again.scales_
        shift = again.coefficients_ @ ((model.means_ - again.means_) / again.scales_)
        results.append(np.append(coefficients, again.intercept_ + shift))
    return np.array(results)
