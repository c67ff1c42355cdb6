"""What the first screens need, computed once before they open: `python -m data.upkeep.prepare`."""

import sys
from contextlib import suppress

from data.access import indicators
from data.maps import contours
from data.pdses import coverage
from data.region import catalogue, embedded_set
from data.solidarity import plans, tables
from data.solidarity.needs import Question
from geo.errors import ProxiSoinsError, UnavailableError


def prepare(region: str) -> None:
    """Compile the kernels; compute indicators, contours, minutes to on-call lines, roads of help.

    All of it is kept on disk; a second call only reads it back.
    """
    territory = catalogue.load_territory(region)
    indicators.commune_indicators(territory)
    contours.contours_file(territory)
    coverage.lines_covering(territory, str(territory.communes["code"].iloc[0]))
    with suppress(UnavailableError):  # a region without zones has nobody to help yet
        tables.moved(territory, plans.help_plan(territory, Question(), plans.Terms()))


if __name__ == "__main__":
    try:
        prepare(embedded_set.DEFAULT_REGION)
    except (ProxiSoinsError, OSError) as error:
        # The application does without, only slower; set-up goes on.
        sys.stderr.write(f"Rien n’est préparé d’avance : {error}\n")
