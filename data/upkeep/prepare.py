"""What the first screens need, computed once before they open."""

from contextlib import suppress

from data.access import indicators
from data.base import french
from data.maps import contours, payload, reach, sites
from data.maps.document import MapDocument
from data.pdses import coverage
from data.region import catalogue
from data.region.territory import Territory
from data.siting import ground
from data.solidarity import plans, tables
from data.solidarity.help import USUAL_TERMS
from data.solidarity.needs import Question
from geo.errors import UnavailableError


def prepare(region: str) -> None:
    """Compile the kernels; compute indicators, contours, reach of lines, roads of help, structures.

    Make the map on which a first site is chosen. All of it is kept on disk; a second call only
    reads it back.
    """
    territory = catalogue.load_territory(region)
    indicators.commune_indicators(territory)
    ground.ground_of(territory)  # what every site is judged on
    contours.contours_file(territory)
    sites.kept_opening(territory, lambda: _sites_opening(territory))
    covered = coverage.cover(territory, french.today())
    for specialty in covered.specialties[:1]:  # the one that Permanence opens with
        reach.reach_rings(territory, covered, specialty)
    with suppress(UnavailableError):  # a region without zones has nobody to help yet
        tables.moved(territory, plans.help_plan(territory, Question(), USUAL_TERMS))


def _sites_opening(territory: Territory) -> MapDocument:
    table = indicators.commune_indicators(territory)
    around = {level: indicators.aggregated_indicators(territory, level) for level in payload.LEVELS}
    return sites.opening(territory, table, around)
