"""Ages of GPs by département: told where five GPs at least are counted, no part of the risk.

The model learned from public counts, which hold no ages by commune: an age has no coefficient, and
is neither turned into one nor shown below the département.
"""

import re

import numpy as np
import pandas as pd

from data.base.french import number, percent
from data.region import privacy
from data.region.territory import Territory

LATE_CAREER_AGE_YEARS = 60
"""From this age on: the next band of the health insurance's tables before retirement."""

SOURCE = "Assurance maladie, data.ameli"
"""Whose table `gp_ages` is: no other file feeds it."""

NOT_USED = (
    "Montré pour information : n’entre pas dans la probabilité, apprise sur des comptes publics "
    "sans âge."
)
_FIRST_AGE = re.compile(r"\d{2}")


def late_career(ages: pd.DataFrame, departement: str) -> tuple[int, float, float] | None:
    """Return the year, the GPs counted and the share of them in late career.

    Parameters
    ----------
    ages
        Table `gp_ages`: code (of the département), year, age_class ("De 65 à 69 ans"), gps.
    departement
        Code of the département.

    Returns
    -------
    tuple or None
        Year, GPs, share (0 to 1); None where nothing is known, or a class tells no age.
    """
    here = ages[ages["code"] == departement]
    here = here[here["year"] == here["year"].max()]
    first = here["age_class"].map(_first_age)
    counted = float(here["gps"].sum())
    if here.empty or first.isna().any() or counted <= 0:
        return None
    late = float(here.loc[first >= LATE_CAREER_AGE_YEARS, "gps"].sum())
    return int(here["year"].iloc[0]), counted, late / counted


def _first_age(label: str) -> float:
    found = _FIRST_AGE.search(label)
    if found is None:
        return np.nan
    # "Moins de 30 ans": below, not from.
    return 0.0 if label.strip().casefold().startswith("moins") else float(found[0])


def told(territory: Territory, departement: str) -> str:
    """Return what may be said of the ages of the GPs of a département; "" when not imported."""
    ages = territory.context.get("gp_ages")
    if ages is None or ages.empty:
        return ""
    known = late_career(ages, departement)
    if known is None:
        return "Âges des généralistes du département : non donnés par le fichier importé."
    year, counted, share = known
    late = share * counted
    # A share of nearly none, or nearly all, of a few tells of each of them.
    if not privacy.may_tell_class(min(late, counted - late)):
        return "Âges des généralistes du département : non diffusés (moins de cinq médecins)."
    return (
        f"Dans le département, {percent(share)} des {number(counted)} généralistes avaient "
        f"{LATE_CAREER_AGE_YEARS} ans ou plus en {year} ({SOURCE}). {NOT_USED}"
    )
