"""Help between territories: who gives half-days of consultation, where, and what it takes."""

from geo.solidarity.plan import HelpPlan, HelpProblem, plan

__all__ = ["HelpPlan", "HelpProblem", "plan"]
