"""Where to open sites: covering, median, center and equity models, solved with a proof."""

from geo.siting.capacity import CapacitatedCovering
from geo.siting.center import Equity, PCenter
from geo.siting.compare import price_of_differences
from geo.siting.covering import Lscp, Mclp
from geo.siting.judged import Judged
from geo.siting.median import PMedian
from geo.siting.problem import SitingModel, SitingProblem, Solution, Stage

__all__ = [
    "CapacitatedCovering",
    "Equity",
    "Judged",
    "Lscp",
    "Mclp",
    "PCenter",
    "PMedian",
    "SitingModel",
    "SitingProblem",
    "Solution",
    "Stage",
    "price_of_differences",
]
