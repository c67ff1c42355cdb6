"""The estimator: penalised logistic regression that tolerates blanks and explains itself."""

from typing import Self

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.linear_model import LogisticRegression
from sklearn.utils.validation import check_is_fitted

CLIP_DEVIATIONS = 4.0
"""Standardised predictors are held within ±4, so that an odd file cannot run away."""

NEWTON_STEPS = 50

Array = npt.NDArray[np.float64]


def sigmoid(logit: Array) -> Array:
    """Return the probability of a logit."""
    return 1 / (1 + np.exp(-logit))


def logit(probability: Array) -> Array:
    """Return the logit of a probability, held within 1e-6 of 0 and 1."""
    held = np.clip(probability, 1e-6, 1 - 1e-6)
    return np.log(held / (1 - held))


class LastGpModel(ClassifierMixin, BaseEstimator):
    """Probability that a commune loses its last GP within a horizon.

    Predictors are standardised on their known values, held within ±4 deviations, and weighed by an
    L2-penalised logistic regression; a blank stands at the mean of the known, so that it adds
    nothing. A predictor that is blank in all training rows gets the weight 0.

    Parameters
    ----------
    inverse_penalty
        `C` of scikit-learn's LogisticRegression.

    Attributes
    ----------
    feature_names_in_, means_, scales_, coefficients_ : arrays of shape (n_features,)
    intercept_ : float
    """

    def __init__(self, inverse_penalty: float = 0.01) -> None:
        self.inverse_penalty = inverse_penalty

    def fit(self, x: pd.DataFrame, y: npt.ArrayLike, sample_weight: Array | None = None) -> Self:
        """Learn from rows of predictors and 0/1 outcomes."""
        self.feature_names_in_ = np.array(x.columns, dtype=object)
        self.classes_ = np.array([0, 1])
        self.means_ = x.mean().fillna(0.0).to_numpy()
        spread = x.std(ddof=0).fillna(0.0).to_numpy()
        self.scales_ = np.where(spread > 1e-9, spread, 1.0)
        fitted = LogisticRegression(
            C=self.inverse_penalty, solver="newton-cholesky", max_iter=100, tol=1e-10
        )
        fitted.fit(self.standardised(x), np.asarray(y, int), sample_weight=sample_weight)
        self.coefficients_ = fitted.coef_[0]
        self.intercept_ = float(fitted.intercept_[0])
        return self

    def standardised(self, x: pd.DataFrame) -> Array:
        """Return the predictors as the regression sees them, shape (n, n_features)."""
        values = x[list(self.feature_names_in_)].to_numpy(float)
        deviations = (values - self.means_) / self.scales_
        return np.nan_to_num(np.clip(deviations, -CLIP_DEVIATIONS, CLIP_DEVIATIONS))

    def decision_function(self, x: pd.DataFrame) -> Array:
        """Return logits, shape (n,)."""
        check_is_fitted(self, "coefficients_")
        scores: Array = self.standardised(x) @ self.coefficients_ + self.intercept_
        return scores

    def predict_proba(self, x: pd.DataFrame) -> Array:
        """Return probabilities of keeping and of losing, shape (n, 2)."""
        lost = sigmoid(self.decision_function(x))
        return np.column_stack([1 - lost, lost])

    def predict(self, x: pd.DataFrame) -> npt.NDArray[np.int64]:
        """Return 1 where losing is likelier than keeping."""
        return (self.decision_function(x) > 0).astype(np.int64)

    def contributions(self, x: pd.DataFrame) -> pd.DataFrame:
        """Return what each predictor adds to the logit of an average commune; blanks add 0.

        Their sum and `intercept_` make the logit exactly (these are its Shapley values).
        """
        added = self.standardised(x) * self.coefficients_
        return pd.DataFrame(added, index=x.index, columns=list(self.feature_names_in_))


def calibration(
    scores: Array, y: npt.ArrayLike, weight: Array | None = None
) -> tuple[float, float]:
    """Return slope and intercept of the outcome's logit on scores (unpenalised, Newton)."""
    design = np.column_stack([scores, np.ones_like(scores)])
    loss = np.asarray(y, dtype=np.float64)
    times = np.ones_like(loss) if weight is None else weight
    weights = np.array([1.0, 0.0])
    for _ in range(NEWTON_STEPS):
        p = sigmoid(design @ weights)
        hessian = design.T @ (design * (times * p * (1 - p))[:, None])
        step = np.linalg.solve(hessian, design.T @ (times * (loss - p)))
        weights += step
        if np.abs(step).max() < 1e-9:
            break
    return float(weights[0]), float(weights[1])
