"""Predictions kept as they were made, to be judged later against what came."""

import datetime as dt
from dataclasses import dataclass

import pandas as pd
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from data.base.table_cache import digest
from data.scenarios import database
from data.scenarios.database import PredictionRow, PredictionSetRow, session

COLUMNS = ["code", "probability", "risk_class"]


@dataclass(frozen=True)
class Kept:
    """Predictions of one region, as they were made.

    Attributes
    ----------
    id
        Identity of the set.
    as_of, horizon
        Year of the counts, years ahead.
    model
        Version of the model.
    made_at
        UTC.
    """

    id: int
    as_of: int
    horizon: int
    model: str
    made_at: dt.datetime


def keep(
    region: str, table: pd.DataFrame, *, as_of: int, horizon: int, model: str, simulated: bool
) -> bool:
    """Keep predictions, unless the same data gave the same model the same ones before.

    Parameters
    ----------
    region
        INSEE code.
    table
        Columns code, probability, risk_class.
    as_of, horizon
        Year of the counts, years ahead.
    model
        Version of the model.
    simulated
        Whether the counts are demonstration data: judged against such data only.

    Returns
    -------
    bool
        True when they were new.
    """
    ordered = table[COLUMNS].sort_values("code", ignore_index=True).round({"probability": 6})
    row = PredictionSetRow(
        region=region,
        as_of=as_of,
        horizon=horizon,
        model=model,
        data_version=digest(ordered.to_csv(index=False)),
        simulated=simulated,
        made_at=database.now(),
    )
    same = sa.select(PredictionSetRow.id).filter_by(
        region=region, as_of=as_of, horizon=horizon, model=model, data_version=row.data_version
    )
    try:
        with session() as opened:
            if opened.scalar(same) is not None:
                return False
            opened.add(row)
            opened.flush()
            made = ordered.assign(set_id=row.id).to_dict("records")
            records = [{str(name): value for name, value in one.items()} for one in made]
            opened.execute(sa.insert(PredictionRow), records)
    except IntegrityError:  # another process kept the same ones meanwhile
        return False
    return True


def kept(region: str, *, simulated: bool) -> list[Kept]:
    """Return the sets of a region, the last made first."""
    query = (
        sa.select(PredictionSetRow)
        .filter_by(region=region, simulated=simulated)
        .order_by(PredictionSetRow.made_at.desc(), PredictionSetRow.id.desc())
    )
    with session() as opened:
        return [
            Kept(one.id, one.as_of, one.horizon, one.model, one.made_at)
            for one in opened.scalars(query)
        ]


def read(which: Kept) -> pd.DataFrame:
    """Return the predictions of a set: columns code, probability, risk_class."""
    query = sa.select(
        PredictionRow.code, PredictionRow.probability, PredictionRow.risk_class
    ).filter_by(set_id=which.id)
    with session() as opened:
        return pd.DataFrame(opened.execute(query).all(), columns=COLUMNS)
