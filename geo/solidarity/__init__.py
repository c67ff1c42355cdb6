"""Help between territories: who gives half-days of consultation, where, and what it takes."""

from geo.solidarity.plan import plan
from geo.solidarity.problem import HelpPlan, HelpProblem

__all__ = ["HelpPlan", "HelpProblem", "plan"]
