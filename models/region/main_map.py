"""What the main map is sent, made once for a state of the data and kept on disk.

It takes most of the time of a first visit, and is the same for all who may see the same.
"""

import base64
import gzip
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import cast

import pandas as pd

from data.access import indicators
from data.base import french, paths
from data.base.table_cache import cached_table, digest
from data.maps import contours, payload, risk
from data.maps.document import ContoursAddress, MapDocument
from data.maps.static_files import FROM_FRAME
from data.region import privacy
from data.region.territory import Territory
from models.learning import artefact
from models.region import flag, kept_risk, soon
from models.region.made_by import made_by


@dataclass(frozen=True)
class MainMap:
    """The configuration of the main map.

    Attributes
    ----------
    contours
        Where its contours are.
    sent
        `data.maps.payload.encode` of all of it.
    """

    contours: ContoursAddress
    sent: str

    @cached_property
    def document(self) -> MapDocument:
        """What is sent, read again; read only."""
        return cast("MapDocument", json.loads(gzip.decompress(base64.b64decode(self.sent))))


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


def sent(made: MapDocument) -> MainMap:
    """Return a configuration as it is sent."""
    return MainMap(payload.contours_address(made), payload.encode(made))


def kept(
    territory: Territory, build: Callable[[], MapDocument], *, with_risk: bool, with_soon: bool
) -> MainMap:
    """Return the main map as `build` makes it, from disk where it was made before.

    The key holds the data, the code and the model, who may see it, and the year, in which the
    forecasts are told late or not. What draws no contours of a file is not kept.
    """
    made: list[MainMap] = []

    def table() -> pd.DataFrame:
        made.append(sent(build()))
        address = made[0].contours["contours"] or ""
        return pd.DataFrame({"contours": [address], "sent": [made[0].sent]})

    flags = f"{with_risk} {with_soon} {french.today().year}"
    key = digest(territory.version, flags, made_by(artefact.PATH))
    row = cached_table(f"carte-{territory.region}", key, table).iloc[0]
    if made:
        return made[0]
    drawn = str(row["contours"])
    if not _there(territory, drawn):
        return sent(build())
    return MainMap({"base": FROM_FRAME, "contours": drawn}, str(row["sent"]))


def _there(territory: Territory, drawn: str) -> bool:
    """Tell whether a file of contours is served, and write it again where it was removed."""
    return bool(drawn) and (
        (paths.STATIC / drawn).is_file() or contours.contours_file(territory) == drawn
    )


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
