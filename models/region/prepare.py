"""What the first screens need, the map whole, made before they open.

`python -m models.region.prepare`; set-up runs it.
"""

import sys

from data.region import catalogue, embedded_set
from data.upkeep import prepare as upkeep
from geo.errors import ProxiSoinsError
from models.region import main_map


def prepare(region: str) -> None:
    """Do what `data.upkeep.prepare` does, then make the main map; a second call reads it back.

    Raises
    ------
    UnavailableError
        The region's set is not built.
    InvalidInputError
        The year of the counts is not known.
    """
    upkeep.prepare(region)
    main_map.prepare(catalogue.load_territory(region))


if __name__ == "__main__":
    try:
        prepare(embedded_set.DEFAULT_REGION)
    except (ProxiSoinsError, OSError) as error:
        # The application does without, only slower; set-up goes on.
        sys.stderr.write(f"Rien n’est préparé d’avance : {error}\n")
