"""From real panels to the shipped parameters: rows, held-out regions, fit, classes, sets."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd

from data.base.codes import departement
from geo.errors import InvalidInputError
from models.learning import drift, features, nowcast, nowcast_fit, panel, signals
from models.learning.fitted import LATEST, PERIODS, Fitted
from models.learning.hazard import Hazard, end_of, probability_of
from models.learning.hazard_fit import LastGpHazard
from models.learning.inputs import gather
from models.learning.nowcast import Nowcast
from models.learning.predictors import NAMES
from models.learning.regions import REGION_OF, SEALED_REGION
from models.learning.register import month_date
from models.learning.signals import HORIZONS, SPANS

BOOTSTRAP_REFITS = 40
SEED = 20201231

Array = npt.NDArray[np.float64]


class Scorer(Protocol):
    """What a fitted model must do to be compared."""

    def cumulative(self, x: pd.DataFrame, start: float, years: float) -> Array:
        """Return cumulative hazards, shape (n,)."""
        ...


Fit = Callable[[pd.DataFrame], Scorer]
"""Fits a model on training rows."""


@dataclass(frozen=True)
class Rows:
    """All communes that had a GP, at the start of each period; Nouvelle-Aquitaine and overseas out.

    Attributes
    ----------
    table
        Index code; columns of `predictors.NAMES`, gps, rurality, start (year), years (length of the
        period), loss, relocation, doubtful (of the period), lost_YYYY (whether none is left at the
        end of a later vintage; NaN: not known), found (establishments in the register of 2019 for
        the last period; NaN: not known), departement, region.
    counts
        Period "2017→2020" → name → number, of the exclusions and doubts.
    register
        Month of the register; "" where none was given.
    """

    table: pd.DataFrame
    counts: dict[str, dict[str, int]]
    register: str = ""

    def of(self, start: int) -> pd.DataFrame:
        """Return the rows of one start year."""
        return self.table[self.table["start"] == start]

    def before(self, year: int) -> pd.DataFrame:
        """Return the rows of the periods that had ended by then."""
        return self.table[self.table["start"] + self.table["years"] <= year]

    def span(self, start: int, end: int) -> pd.DataFrame:
        """Return the rows of a start year whose fate at the end of `end` is known, as `loss`."""
        rows = self.of(start)
        rows = rows.assign(loss=rows[f"lost_{end}"], years=end - start)
        return rows[rows["loss"].notna()]


def rows(panel_path: Path, apl: Path | None, register: Path | None) -> Rows:
    """Read the files and return the rows that a model may learn from.

    Raises
    ------
    InvalidInputError
        The panel lacks a year that learning asks for.
    """
    raw = panel.read(panel_path)
    inputs = gather(raw, apl, None, register, learned=True)
    missing = {year for period in PERIODS for year in period} - set(panel.years(raw))
    if missing:
        raise InvalidInputError(
            f"L’apprentissage demande les années {sorted(missing)}, absentes de {panel_path} "
            "(la base dite de 2018 est celle de 2017 : prendre le fichier daté)."
        )
    parts, counts = [], {}
    for start, end in PERIODS:
        cleaned = panel.labels(raw, start, end)
        table = features.compute(inputs, start, learning=True).join(cleaned.table, how="inner")
        for later in sorted({year for _, year in PERIODS}):
            left = inputs.panel[f"gp_{later}"].reindex(table.index)
            known = left.notna() & (later > start)
            table[f"lost_{later}"] = (left == 0).astype(float).where(known)
        found = np.full(len(table), np.nan)
        if inputs.register is not None and start == LATEST[0]:
            found = inputs.register.of(table.index, table["gps"])
        parts.append(table.assign(start=start, years=end - start, found=found))
        counts[f"{start}→{end}"] = cleaned.counts
    table = pd.concat(parts)
    table["loss"] = table["loss"].astype(float)
    table["departement"] = table.index.map(departement)
    table["region"] = table["departement"].map(REGION_OF)
    month = "" if inputs.register is None else inputs.register.month
    return Rows(table[table["region"] != SEALED_REGION], counts, month)


def groups(table: pd.DataFrame, by: str) -> Iterator[tuple[str, npt.NDArray[np.bool_]]]:
    """Give each held-out group and its rows: whole regions, or ten groups of départements."""
    if by == "region":
        keys = table["region"]
    else:
        names = sorted(table["departement"].unique())
        keys = table["departement"].map({name: str(i % 10) for i, name in enumerate(names)})
    for key in sorted(keys.unique()):
        yield key, (keys == key).to_numpy()


def fit_hazard(learn: pd.DataFrame, times: Array | None = None) -> Hazard:
    """Fit the shipped kind of model on training rows, counted so many `times`, shape (n,)."""
    start = learn["start"].to_numpy(float) + 1.0  # counts are of 31 December
    return LastGpHazard().fit(learn[NAMES], learn["loss"], start, learn["years"], times).hazard_


def out_of_fold(learn: pd.DataFrame, test: pd.DataFrame, by: str, fit: Fit) -> Array:
    """Return cumulative hazards of `test`, each from a model that saw none of its group."""
    return out_of_fold_at(learn, test, by, fit, [float(test["years"].iloc[0])])[0]


def out_of_fold_at(
    learn: pd.DataFrame, test: pd.DataFrame, by: str, fit: Fit, lengths: Sequence[float]
) -> Array:
    """Return the same for several lengths in years, shape (len(lengths), n)."""
    result = np.full((len(lengths), len(test)), np.nan)
    everywhere = pd.concat([learn, test])
    start = end_of(int(test["start"].iloc[0]))
    for _, held_everywhere in groups(everywhere, by):
        seen, held = ~held_everywhere[: len(learn)], held_everywhere[len(learn) :]
        if held.any():
            model = fit(learn[seen])
            for row, years in zip(result, lengths, strict=True):
                row[held] = model.cumulative(test[held], start, years)
    return result


def forward_misses(data: Rows) -> list[drift.Miss]:
    """Return what was expected of each period from those that had ended by its start."""
    found = []
    for (last, before), (start, end) in pairwise(PERIODS):
        learn, test = data.before(start), data.span(start, end)
        if learn.empty or not test["loss"].sum():
            continue
        expected = probability_of(out_of_fold(learn, test, "departement", fit_hazard)).sum()
        years = (start + end) / 2 - (last + before) / 2
        found.append(drift.Miss(start, end, float(test["loss"].sum()), float(expected), years))
    return found


def fit(data: Rows) -> Fitted:
    """Fit the hazard, and measure classes, sets and the nowcast on regions held out."""
    learn = data.table
    model = fit_hazard(learn)
    tested = {
        (start, end): signals.Outcome.of(
            test := data.span(start, end),
            probability_of(out_of_fold(learn, test, "region", fit_hazard)),
        )
        for start, end in SPANS
    }
    latest = data.of(LATEST[0])
    base_rates = {
        horizon: float(model.probability(latest, end_of(LATEST[0]), horizon).mean())
        for horizon in HORIZONS
    }
    misses = drift.spread_of(forward_misses(data))
    refits = drift.widened(_refits(learn, model), model, misses)
    plain = signals.measure(tested, base_rates)
    known = latest[latest["found"].notna()]
    if known.empty:
        return Fitted(
            model=model,
            refits=refits,
            signals=plain,
            nowcast=None,
            nowcast_refits=np.empty((0, 5)),
            nowcast_signals=None,
            flagged=(0, 0),
            rows=len(learn),
            losses=int(learn["loss"].sum()),
        )
    base = out_of_fold(learn, known, "region", fit_hazard)
    corrected = signals.Outcome.of(known, nowcast_out_of_fold(known, base, unaware(data, known)))
    absent = known[known["found"] == 0]
    return Fitted(
        model=model,
        refits=refits,
        signals=plain,
        nowcast=_nowcast(known, base),
        nowcast_refits=_nowcast_refits(known, base),
        nowcast_signals=signals.measure(
            {LATEST: corrected}, base_rates, known["found"].to_numpy(float) > 0
        ),
        flagged=(len(absent), int(absent["loss"].sum())),
        rows=len(learn),
        losses=int(learn["loss"].sum()),
    )


def _nowcast(rows: pd.DataFrame, base: Array, times: Array | None = None) -> Nowcast:
    gps, found, loss = (rows[name].to_numpy(float) for name in ("gps", "found", "loss"))
    return nowcast_fit.fit(base, gps, found, loss, times)


def unaware(data: Rows, known: pd.DataFrame) -> Array:
    """Return the cumulative hazards, out of region, up to the last whole year before the register.

    What forecasts that end before it say, and longer ones do not go under.
    """
    years = nowcast.whole_years_before(month_date(data.register) - end_of(LATEST[0]))
    if years < 1:
        return np.zeros(len(known))
    return out_of_fold(data.table, known.assign(years=float(years)), "region", fit_hazard)


def nowcast_out_of_fold(known: pd.DataFrame, base: Array, least: Array) -> Array:
    """Return probabilities of the last period with the register, whole regions held out.

    `base` are cumulative hazards out of region of the same rows, `least` those of `unaware`.
    """
    result = np.empty(len(known))
    gps, found = (known[name].to_numpy(float) for name in ("gps", "found"))
    for _, held in groups(known, "region"):
        learned = _nowcast(known[~held], base[~held])
        odds = learned.log_odds(base[held], gps[held], found[held])
        result[held] = 1 / (1 + np.exp(-odds))
    return np.maximum(result, probability_of(least))


def _drawn(table: pd.DataFrame) -> Iterator[Array]:
    """Give how often each row counts in bootstrap draws of départements."""
    rng = np.random.default_rng(SEED)
    names = np.array(sorted(table["departement"].unique()))
    for _ in range(BOOTSTRAP_REFITS):
        drawn = pd.Series(rng.choice(names, len(names))).value_counts()
        times = table["departement"].map(drawn).fillna(0.0)
        yield np.asarray(times, dtype=np.float64)


def _refits(learn: pd.DataFrame, model: Hazard) -> Array:
    """Refit on bootstrap draws of départements, on the scale of `model`."""
    results = []
    for times in _drawn(learn):
        again = fit_hazard(learn, times)
        coefficients = again.coefficients * model.scales / again.scales
        shift = again.coefficients @ ((model.means - again.means) / again.scales)
        results.append(np.append(coefficients, [again.intercept + shift, again.calendar]))
    return np.array(results)


def _nowcast_refits(known: pd.DataFrame, base: Array) -> Array:
    return np.array([_nowcast(known, base, times).weights for times in _drawn(known)])
