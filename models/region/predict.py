"""The risk of a region as the application holds it, and the grouped view that may be public."""

import numpy as np
import pandas as pd

from data.region.rules import LEAST_PUBLIC_GPS
from data.region.territory import Territory
from geo.errors import InvalidInputError
from models.learning import artefact
from models.learning.inputs import Inputs
from models.learning.panel import xy_km
from models.learning.register import Register, of_table
from models.learning.scoring import predict
from models.learning.signals import DEFAULT_HORIZON

MINIMUM_GPS = LEAST_PUBLIC_GPS
"""Public views: no figure of a territory with fewer GPs (rule of privacy, `domain.md`)."""


def inputs_of(territory: Territory, ages: pd.Series | None = None) -> tuple[Inputs, int]:
    """Return the inputs of the model as the territory knows them, and their year.

    The history is left out when it is simulated and the counts are not (or the reverse): a trend
    between two worlds means nothing. So is a register while the counts are simulated.
    """
    places = [territory.communes, territory.fringe]
    columns = ["code", "population", "lon", "lat"]
    reference = pd.concat([pd.DataFrame(table[columns]) for table in places])
    counts = territory.gps.set_index("code")["gps"]
    history = territory.gp_history
    made = {
        key: territory.provenance[key].simulated
        for key in ("gps", "gp_history")
        if key in territory.provenance
    }
    if made.get("gps") != made.get("gp_history"):
        history = history.iloc[:0]
    known = territory.provenance["gps"].year
    if known is None and history.empty:
        raise InvalidInputError(
            "L’année du nombre de médecins n’est pas connue : la préciser à l’import."
        )
    year = int(history["year"].max()) if known is None else known
    past = history[history["year"] < year]
    wide = past.pivot_table(index="code", columns="year", values="gps")
    wide.columns = [f"gp_{past_year}" for past_year in wide.columns]
    panel = wide.join(counts.rename(f"gp_{year}"), how="outer").sort_index()
    given = pd.Series(dtype=float) if ages is None else ages
    return Inputs(panel, territory.apl, reference, given, register_of(territory)), year


def register_of(territory: Territory) -> Register | None:
    """Return the register that the territory holds; None where it or the counts are no real ones.

    Newer than the counts or not: `models.learning.register.states` tells.
    """
    table = territory.context.get("gp_register")
    if table is None or table.empty or territory.provenance["gps"].simulated:
        return None
    return of_table(table, str(table["month"].max()))


def risk_table(
    territory: Territory, horizon: int = DEFAULT_HORIZON, ages: pd.Series | None = None
) -> pd.DataFrame:
    """Return the risk of every commune of the region that has a GP, the riskiest first.

    For planners only: a commune with one GP points at a person. Public views use
    `grouped_risk`.

    Returns
    -------
    pandas.DataFrame
        code, name, departement, epci, then the columns of `models.learning.scoring.predict`, and
        as_of (year of the counts).
    """
    inputs, year = inputs_of(territory, ages)
    table = predict(inputs, year, horizon)
    names = pd.DataFrame(territory.communes[["code", "name", "departement", "epci"]])
    told = "" if inputs.register is None else inputs.register.told
    table = names.merge(table, on="code").assign(as_of=year, register=told)
    return table.sort_values(["probability", "code"], ascending=[False, True], ignore_index=True)


def probabilities(territory: Territory, horizon_years: int = DEFAULT_HORIZON) -> pd.Series:
    """Return the probability that each commune with a GP has none `horizon_years` after the counts.

    The register enters where it is newer than the counts and older than the end.

    Returns
    -------
    pandas.Series
        Index code (communes of the region and of its fringe that have a GP), 0 to 1.

    Raises
    ------
    InvalidInputError
        The horizon is not one of `signals.HORIZONS`, or the year of the counts is not known.
    """
    inputs, year = inputs_of(territory)
    return predict(inputs, year, horizon_years).set_index("code")["probability"].sort_index()


def grouped_risk(territory: Territory, horizon: int = DEFAULT_HORIZON) -> pd.DataFrame:
    """Return the risk of territories grouped until each holds 5 GPs or more.

    EPCI to begin with; the one with the fewest GPs joins the nearest other until all hold 5. The
    figure is the expected share of communes with a GP that lose their last one: it names no
    commune.

    Returns
    -------
    pandas.DataFrame
        group, name, codes (list of all communes), gps, communes_with_gp, expected_share,
        risk_class, horizon; empty when the region holds fewer than 5 GPs.
    """
    risk = risk_table(territory, horizon).set_index("code")
    communes = pd.DataFrame(territory.communes[["code", "epci", "epci_name", "lon", "lat"]])
    communes["gps"] = communes["code"].map(territory.gps.set_index("code")["gps"]).fillna(0.0)
    communes["probability"] = communes["code"].map(risk["probability"])
    communes["group"] = _grouped(communes)
    signals = artefact.shipped().signals
    rows = []
    for group, members in communes.groupby("group"):
        if members["gps"].sum() < MINIMUM_GPS:
            continue
        share = float(members["probability"].mean())
        rows.append(
            {
                "group": group,
                "name": " et ".join(sorted(set(members["epci_name"]) - {""})),
                "codes": members["code"].tolist(),
                "gps": float(members["gps"].sum()),
                "communes_with_gp": int(members["probability"].notna().sum()),
                "expected_share": share,
                "risk_class": str(signals.classed(np.array([share]), horizon)[0]),
                "horizon": horizon,
            }
        )
    columns = ["group", "name", "codes", "gps", "communes_with_gp", "expected_share"]
    table = pd.DataFrame(rows, columns=[*columns, "risk_class", "horizon"])
    return table.sort_values(
        ["expected_share", "group"], ascending=[False, True], ignore_index=True
    )


def _grouped(communes: pd.DataFrame) -> pd.Series:
    """Return the group of each commune: its EPCI, or the larger group that it joined."""
    xy = pd.DataFrame(xy_km(communes["lon"], communes["lat"]), index=communes.index)
    group = communes["epci"].where(communes["epci"] != "", communes["code"])
    while True:
        gps = communes["gps"].groupby(group).sum()
        if gps.min() >= MINIMUM_GPS or len(gps) == 1:
            return group
        centres = xy.groupby(group).mean()
        smallest = str(gps.idxmin())
        apart = ((centres - xy[group == smallest].mean()) ** 2).sum(axis=1).drop(smallest)
        group = group.replace(smallest, str(apart.idxmin()))
