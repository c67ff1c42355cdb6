"""What is shipped, and the periods that it was learned from."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.learning.hazard import Hazard
from models.learning.nowcast import Nowcast
from models.learning.signals import Signals

PERIODS = ((2009, 2013), (2013, 2017), (2017, 2020))
"""Successive periods of the panel, which the hazard is learned from: 4, 4 and 3 years."""

LATEST = PERIODS[-1]

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Fitted:
    """What is shipped: one hazard for all horizons, its uncertainty, classes, sets and nowcast.

    Attributes
    ----------
    model
        Fitted on all rows.
    refits
        Coefficients, intercept and calendar term of bootstrap refits, shape
        (n, n_features + 2), on the scale of `model`; their trends leave it as far as forward
        forecasts were wrong (`models.learning.drift`).
    signals
        Classes and conformal sets by horizon, without a register.
    nowcast, nowcast_refits
        What a register adds; shape (n, 5), paired with `refits`. None and empty where no
        register was given.
    nowcast_signals
        Sets where a register feeds the forecast.
    flagged
        Communes counted but absent from the register, and those of them that had lost their last
        GP by the end of 2020.
    rows, losses
        Learned from.
    """

    model: Hazard
    refits: Array
    signals: Signals
    nowcast: Nowcast | None
    nowcast_refits: Array
    nowcast_signals: Signals | None
    flagged: tuple[int, int]
    rows: int
    losses: int
