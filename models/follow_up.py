"""Follow-up of the region on screen: what the model would have said before, and what came."""

from dataclasses import dataclass

from data.territory import Territory
from models import monitoring, scoring
from models.flag import HORIZONS
from models.monitoring import FollowUp
from models.panel import years
from models.predict import inputs_of


@dataclass(frozen=True)
class RegionFollowUp:
    """Predictions made from an earlier vintage, scored against the newest counts.

    Attributes
    ----------
    start, end
        Year predicted from, year of the newest counts.
    horizon
        Years that the predictions hold for: the nearest to `end - start` that the model knows.
    simulated
        True when the counts are made up: the figures then show the screen, not the model.
    result
        The scores.
    """

    start: int
    end: int
    horizon: int
    simulated: bool
    result: FollowUp


def follow_up(territory: Territory) -> RegionFollowUp | None:
    """Score the region's predictions of the last earlier vintage against its newest counts.

    Nothing dated after that vintage is read for the predictions.

    Returns
    -------
    RegionFollowUp or None
        None when the counts have no earlier vintage to start from.
    """
    inputs, end = inputs_of(territory)
    earlier = [year for year in years(inputs.panel) if year < end]
    if not earlier:
        return None
    start = max(earlier)
    horizon = min(HORIZONS, key=lambda years_known: abs(years_known - (end - start)))
    predicted = scoring.predict(inputs, start, horizon)
    inside = predicted[predicted["code"].isin(territory.communes["code"])]
    panel = inputs.panel.rename_axis("code").reset_index()
    return RegionFollowUp(
        start=start,
        end=end,
        horizon=horizon,
        simulated=territory.provenance["gps"].simulated,
        result=monitoring.score(inside, panel, end),
    )
