"""The risk of a region, computed once for a state of the data and kept on disk."""

import json

import pandas as pd

from data.base.table_cache import cached_table, digest
from data.region.territory import Territory
from models.learning import artefact
from models.learning.signals import DEFAULT_HORIZON
from models.region import predict
from models.region.made_by import made_by

_TOLD = ("reasons", "contributions")
"""Columns of lists and of dictionaries: written as JSON, which gives every number back."""


def risk_table(territory: Territory, horizon: int = DEFAULT_HORIZON) -> pd.DataFrame:
    """Return `models.region.predict.risk_table`, from disk where it was computed before.

    For planners only. The key holds the data, the code, the model and the horizon.

    Raises
    ------
    InvalidInputError
        The year of the counts is not known, or the horizon is not one of the model.
    """
    key = digest(territory.version, str(horizon), made_by(artefact.PATH))
    made: list[pd.DataFrame] = []

    def table() -> pd.DataFrame:
        made.append(predict.risk_table(territory, horizon))
        return made[0].assign(**{name: made[0][name].map(_written) for name in _TOLD})

    read = cached_table(f"risque-{territory.region}", key, table)
    return made[0] if made else read.assign(**{name: read[name].map(json.loads) for name in _TOLD})


def _written(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
