"""What is said of the relief of the GPs of a territory: the risk, or why it is not said."""

import pandas as pd

from data.base import french
from data.base.codes import among
from data.base.french import counted, number
from data.maps.risk import shown_classes
from data.maps.sentences import HIGH, PROBABLY_GONE, worth_overseas
from data.region import privacy, rules
from data.region.territory import SIMULATED_MARK

MASKED_RISK = (
    f"Relève : risque individuel non diffusé (moins de {rules.LEAST_PUBLIC_GPS} médecins)."
)
GONE_RISK = (
    "Relève non assurée : un registre plus récent que les effectifs ne montre plus de médecin, à "
    "vérifier."
)
UNKNOWN_RISK = "Relève : risque non calculé, les données chargées ne le permettent pas."
NOT_FORETOLD = frozenset({GONE_RISK, UNKNOWN_RISK})
"""What says nothing of the years to come."""


def succession(
    members: pd.DataFrame,
    risk: pd.DataFrame | None,
    *,
    masked: bool,
    year: str,
    public: str = "",
    simulated: bool = False,
) -> str:
    """Return what is said of the relief of GPs; what is hidden is said to be hidden.

    Parameters
    ----------
    members
        The communes of the territory.
    risk
        Columns code and risk_class, state, as_of and horizon where known; None when it cannot be
        computed. Communes probably without GP are no part of those whose risk is foretold.
    masked
        Whether the reader may not see it.
    year
        Vintage of the GPs.
    public
        What anyone may be told in its place (`data.region.privacy.sentence`).
    simulated
        Whether the GPs whose relief is foretold are simulated.
    """
    if not (members["gps"] > 0).any():
        if members["gps"].isna().any():
            told = "non connue, les médecins ne sont pas tous connus ici"
        else:
            told = "sans objet, aucun médecin ne figure dans les données"
        return f"Relève : {told} ({year})."
    if masked:
        many = members["gps"].sum() >= rules.LEAST_PUBLIC_GPS
        if public not in {"", privacy.MASKED}:
            public = _marked(public, simulated) + worth_overseas(members["code"])
        return public if many and public else f"{MASKED_RISK} {public}".strip()
    if risk is None:
        return UNKNOWN_RISK
    of_members = risk[among(risk["code"], members["code"])]
    told = classes_told(of_members, alone=len(members) == 1)
    if told in NOT_FORETOLD:
        return told
    foretold = _marked(told + _spanned(of_members), simulated)
    return foretold + worth_overseas(of_members["code"])


def _marked(told: str, simulated: bool) -> str:
    return f"{told.removesuffix('.')}{SIMULATED_MARK}." if simulated else told


def classes_told(risk: pd.DataFrame, *, alone: bool) -> str:
    """Say the class of a commune, or how many of several are high, of those with a GP still.

    Parameters
    ----------
    risk
        Columns code and risk_class, state where known; of communes that may be told of.
    alone
        Whether they are those of a territory of one commune.
    """
    if risk.empty:
        return UNKNOWN_RISK
    classes = shown_classes(risk)
    foretold = classes[classes != PROBABLY_GONE]
    if foretold.empty:
        return GONE_RISK
    if alone:
        return f"Relève non assurée : risque {foretold.iloc[0]}."
    high = int(foretold.isin(HIGH).sum())
    of_all = (
        f"{number(high)} des {counted(len(foretold), 'commune', 'communes')}"
        if len(foretold) > 1
        else ("la seule commune" if high else "aucune commune")
    )
    return f"Relève non assurée : risque élevé ou très élevé dans {of_all} ayant un médecin."


def _spanned(risk: pd.DataFrame) -> str:
    """Say what a forecast spans (columns as_of and horizon, where they are known)."""
    if not {"as_of", "horizon"} <= set(risk.columns):
        return ""
    return f" {french.forecast(set(risk['as_of']), int(risk['horizon'].iloc[0]))}"
