"""Follow-up of the region on screen: predictions kept when they were made, and what came."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

import pandas as pd

from data.base.french import counted
from data.region.territory import Territory
from data.scenarios import predictions
from data.scenarios.predictions import Kept
from models.learning import artefact, features, scoring
from models.learning.panel import overseas, years
from models.learning.predictors import POPULATION_YEAR
from models.learning.signals import HORIZONS
from models.region import monitoring
from models.region.monitoring import FollowUp
from models.region.predict import Course, courses, inputs_at


@dataclass(frozen=True)
class RegionFollowUp:
    """Predictions made from an earlier vintage, scored against the newest counts.

    Attributes
    ----------
    start, end
        Year predicted from, year of the newest counts.
    horizon
        Years that the predictions hold for: `end - start`, 1 to 6.
    simulated
        True when the counts are made up: the figures then show the screen, not the model.
    result
        The scores.
    model
        Version of the model that predicted.
    made_at
        When the predictions were made and kept (UTC); None: none was, they are made again from
        the vintage before with today's model.
    """

    start: int
    end: int
    horizon: int
    simulated: bool
    result: FollowUp
    model: str
    made_at: dt.datetime | None


def remember(territory: Territory, risk: pd.DataFrame) -> bool:
    """Keep the predictions of a region that are shown, once per data and model.

    Parameters
    ----------
    territory
        The region.
    risk
        Its `models.region.predict.risk_table`.

    Returns
    -------
    bool
        True when some were not kept yet.

    Raises
    ------
    UnavailableError
        The database cannot be reached or written.
    """
    if risk.empty:
        return False
    simulated, horizon = territory.provenance["gps"].simulated, int(risk["horizon"].iloc[0])
    new = [
        predictions.keep(
            territory.region,
            risk[risk["as_of"] == as_of],
            as_of=as_of,
            horizon=horizon,
            model=artefact.version(),
            simulated=simulated,
        )
        for as_of in sorted(set(risk["as_of"].tolist()))
    ]
    return any(new)


def follow_ups(territory: Territory, kept: Sequence[Kept]) -> list[RegionFollowUp]:
    """Score the predictions kept from earlier vintages against the region's newest counts.

    One per vintage, horizon and version of the model: the last made. When none was kept, the
    vintage before is predicted again, no count, APL or register after it being read; populations
    are those of 2016, as the model learned: left blank, they make it say five losses for ten.
    Communes are judged by the newest counts of their own region.

    Parameters
    ----------
    territory
        The region.
    kept
        Its predictions kept, the last made first (`data.scenarios.predictions.kept`).

    Returns
    -------
    list
        The last vintage first; empty when the counts have no earlier vintage.
    """
    judged = territory.communes["code"]
    if not overseas(judged).all():  # nothing was learned there: said by what scores
        judged = judged[~overseas(judged)]
    return [
        one
        for course, alike in sorted(courses(territory).items(), reverse=True)
        if (codes := alike.intersection(pd.Index(judged))).size
        for one in _of_course(territory, kept, course, codes)
    ]


def _of_course(
    territory: Territory, kept: Sequence[Kept], course: Course, codes: pd.Index
) -> list[RegionFollowUp]:
    """Score predictions of communes counted in the same years against their newest counts."""
    inputs, end = inputs_at(territory, course), course[0]
    simulated = territory.provenance["gps"].simulated
    panel = inputs.panel.rename_axis("code").reset_index()
    last_made: dict[tuple[int, int, str], tuple[Kept, pd.DataFrame]] = {}
    for one in kept:
        if one.as_of < end and one.horizon == _horizon(end - one.as_of):
            said = predictions.read(one)
            mine = said[said["code"].isin(codes)]
            if len(mine):
                last_made.setdefault((one.as_of, one.horizon, one.model), (one, mine))
    if last_made:
        return [
            RegionFollowUp(
                start=one.as_of,
                end=end,
                horizon=one.horizon,
                simulated=simulated,
                result=monitoring.score(
                    said,
                    panel,
                    end,
                    biased=_biased(
                        one.as_of,
                        end,
                        populations=one.as_of >= POPULATION_YEAR,
                        simulated=simulated,
                    ),
                ),
                model=one.model,
                made_at=one.made_at,
            )
            for one, said in sorted(
                last_made.values(), key=lambda kept: (-kept[0].as_of, -kept[0].id)
            )
        ]
    earlier = [year for year in years(inputs.panel) if year < end]
    if not earlier:
        return []
    start = max(earlier)
    horizon = _horizon(end - start)
    known = replace(inputs, register=None)
    predictors = features.compute(known, start, learning=True)
    predicted = scoring.scored(artefact.shipped(), predictors, known, start, horizon)
    inside = predicted[predicted["code"].isin(codes)]
    biased = _biased(start, end, populations=True, simulated=simulated)
    result = monitoring.score(inside, panel, end, biased=biased)
    return [
        RegionFollowUp(
            start=start,
            end=end,
            horizon=horizon,
            simulated=simulated,
            result=result,
            model=artefact.version(),
            made_at=None,
        )
    ]


def _biased(start: int, end: int, *, populations: bool, simulated: bool) -> str:
    """Return why predictions could not tell the losses between two years, "" where they could.

    Predictions of counts older than the populations were made without them, too low; those of six
    years at most tell nothing of a longer time.
    """
    told = ["effectifs simulés"] * simulated
    if not populations:
        told.append("annonces faites sans les populations, plus récentes : trop basses")
    if end - start != _horizon(end - start):
        said = counted(_horizon(end - start), "an", "ans")
        told.append(f"annonces pour {said}, effectifs de {end - start} ans après")
    return " ; ".join(told)


def _horizon(gap: int) -> int:
    return min(max(gap, HORIZONS[0]), HORIZONS[-1])
