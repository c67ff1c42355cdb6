"""What the main map is sent, made once for a state of the data and kept on disk.

It takes most of the time of a first visit, and is the same for all who may see the same.
"""

from collections.abc import Callable, Mapping

import pandas as pd

from data.access import indicators
from data.base import french
from data.base.table_cache import digest
from data.maps import kept_map, payload, risk
from data.maps.document import MapDocument
from data.maps.kept_map import KeptMap
from data.pdses import coverage
from data.region import privacy
from data.region.territory import Territory
from models.learning import artefact
from models.region import flag, kept_risk, soon
from models.region.made_by import made_by


def document(
    territory: Territory,
    communes: pd.DataFrame,
    around: Mapping[str, pd.DataFrame],
    known: pd.DataFrame | None,
    *,
    with_risk: bool,
    with_soon: bool,
) -> MapDocument:
    """Return the configuration of the main map.

    Parameters
    ----------
    territory
        The region.
    communes
        Its `data.access.indicators.commune_indicators`.
    around
        Its `aggregated_indicators` by level of `payload.LEVELS`.
    known
        Its `models.region.predict.risk_table`, for planners only; None where it is not known.
    with_risk
        Whether what names a commune's risk or load is for who looks: else the public's view.
    with_soon
        Whether the coming years are drawn; for planners only.
    """
    table = communes if with_risk else privacy.public_load(communes)
    if with_risk and known is not None:
        table = risk.with_risk(table, known)
    if with_soon:
        table = soon.with_soon(table, territory)
    made = payload.configuration(territory, table, around, with_room=True)
    made["whole"] = True
    if with_risk and known is not None:
        made = risk.with_overdue(made, flag.overdue_of(known, french.today()))
    return made


def kept(
    territory: Territory, build: Callable[[], MapDocument], *, with_risk: bool, with_soon: bool
) -> KeptMap:
    """Return the main map as `build` makes it, from disk where it was made before.

    The key holds the data, the code and the model, who may see it, the year, in which the
    forecasts are told late or not, and which on-call lines are in force today.
    """
    today = french.today()
    flags = f"{with_risk} {with_soon} {today.year}"
    lines = coverage.in_force_key(territory.pdses_lines, today)
    key = digest(territory.version, flags, lines, made_by(artefact.PATH))
    return kept_map.kept(territory, "carte", key, build)


def prepare(territory: Territory) -> None:
    """Make the main map of those who see the risk and of those who do not, and keep it.

    Raises
    ------
    InvalidInputError
        The year of the counts is not known.
    """
    communes = indicators.commune_indicators(territory)
    around = {level: indicators.aggregated_indicators(territory, level) for level in payload.LEVELS}
    known = kept_risk.risk_table(territory)
    for with_risk in (True, False):
        flags = {"with_risk": with_risk, "with_soon": with_risk and soon.is_kept(territory)}

        def build(flags: dict[str, bool] = flags) -> MapDocument:
            return document(territory, communes, around, known, **flags)

        kept(territory, build, **flags)
