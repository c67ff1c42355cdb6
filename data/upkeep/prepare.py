"""What the first screen needs, computed once before it opens: `python -m data.upkeep.prepare`."""

from data.access import indicators
from data.maps import payload
from data.region import catalogue, embedded_set


def prepare(region: str) -> None:
    """Compile the kernels, compute the indicators and write the contours of a region.

    All of it is kept on disk; a second call only reads it back.
    """
    territory = catalogue.load_territory(region)
    indicators.commune_indicators(territory)
    payload.contours_file(territory)


if __name__ == "__main__":
    prepare(embedded_set.DEFAULT_REGION)
