"""The map of the risk: the class of every commune, for the screens "Carte" and "Territoires"."""

from collections.abc import Collection

import pandas as pd

from data.base.french import counted
from data.maps import payload
from data.maps.document import Class, Indicator, MapDocument
from data.maps.sentences import LEFT_OUT, PROBABLY_GONE
from data.region.territory import Territory
from geo import layers
from geo.layers import RISK_HORIZON

WITHOUT_GP = "sans médecin"
"""State of communes counted with a GP that a newer register does not show any more."""

_RISK = layers.indicator("risk_class")

_LEFT_OUT_CLASS: Class = {"label": LEFT_OUT, "colour": "#ffffff", "value": LEFT_OUT}


def shown_classes(risk: pd.DataFrame) -> pd.Series:
    """Return what is shown of each commune with a GP: its class, or that it is probably without.

    All that counts classes, on the map, on a sheet or in a report, asks here: a commune that a
    newer register shows without GP is counted apart everywhere.

    Parameters
    ----------
    risk
        Columns code, risk_class and, where a register was asked, state.

    Returns
    -------
    pandas.Series
        Index code: a class, or `PROBABLY_GONE`.
    """
    known = risk.set_index("code")
    if "state" not in known:
        return known["risk_class"]
    return known["risk_class"].mask(known["state"] == PROBABLY_GONE, PROBABLY_GONE)


def with_risk(table: pd.DataFrame, risk: pd.DataFrame) -> pd.DataFrame:
    """Return commune indicators with the column `risk_class`.

    Parameters
    ----------
    table
        Commune indicators (columns code, gps).
    risk
        Columns code, risk_class and state of the communes that have a GP.

    Returns
    -------
    pandas.DataFrame
        The same rows; `WITHOUT_GP` where no GP was counted, `PROBABLY_GONE` where a newer register
        shows none, missing where that is not known.
    """
    classes = table["code"].map(shown_classes(risk))
    return table.assign(risk_class=classes.where(table["gps"] != 0, WITHOUT_GP))


def configuration(
    territory: Territory,
    table: pd.DataFrame,
    horizon: int,
    kept: Collection[str] | None = None,
) -> MapDocument:
    """Return the map's configuration with the risk and the zoning only.

    Parameters
    ----------
    territory
        The region.
    table
        `with_risk` of its commune indicators.
    horizon
        Years; said in the legend.
    kept
        Codes that the filters keep, the others being drawn as `LEFT_OUT`; None: no filter.
    """
    drawn = table[["code", "population", "gps", "zone", "risk_class"]]
    if kept is not None:
        outside = ~drawn["code"].isin(kept) & ~drawn["risk_class"].isin([WITHOUT_GP, PROBABLY_GONE])
        drawn = drawn.assign(risk_class=drawn["risk_class"].mask(outside, LEFT_OUT))
    document = payload.configuration(territory, drawn, {})
    for one in document["indicators"]:
        if one["key"] == "risk_class":
            years = f"à l’horizon de {counted(horizon, 'an', 'ans')}"
            one["label"] = f"{one['label']}, {years}"
            one["note"] = one["note"].replace(RISK_HORIZON, years)
            one["sentence"] = payload.dated_sentence(territory, _RISK, drawn, years)
            if kept is not None:
                one["classes"] = [*one["classes"], _LEFT_OUT_CLASS]
                one["sentence"] += " Communes écartées : en blanc."
    document["comparison_note"] = "Document de travail : ne pas diffuser par commune."
    document["told_beside"] = True
    return document


def with_overdue(document: MapDocument, told: str) -> MapDocument:
    """Return a map's configuration whose risk says that its forecast has ended, when it has.

    Parameters
    ----------
    document
        `data.maps.payload.configuration`.
    told
        The sentence; "" while the forecast has not ended.
    """
    if not told:
        return document
    indicators: list[Indicator] = [
        {**one, "sentence": f"{one['sentence']} {told}"} if one["key"] == "risk_class" else one
        for one in document["indicators"]
    ]
    return {**document, "indicators": indicators}
