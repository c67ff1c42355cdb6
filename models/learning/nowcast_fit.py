"""Learning what a register adds to the hazard."""

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression

from models.learning.nowcast import Nowcast, design

INVERSE_PENALTY = 1.0

Array = npt.NDArray[np.float64]


def fit(base: Array, gps: Array, found: Array, loss: Array, times: Array | None = None) -> Nowcast:
    """Learn from rows where the register is known, shape (n,) each; `base` from fits elsewhere."""
    table = design(base, gps, found)
    centre, scale = table.mean(axis=0), np.maximum(table.std(axis=0), 1e-9)
    model = LogisticRegression(C=INVERSE_PENALTY, solver="newton-cholesky", max_iter=100, tol=1e-10)
    model.fit((table - centre) / scale, loss.astype(int), sample_weight=times)
    weights = model.coef_[0] / scale
    return Nowcast(np.append(weights, model.intercept_[0] - centre @ weights))
