"""What the first screen needs, computed once before it opens: `python -m data.prepare`."""

from data import catalogue, embedded_set, indicators, map_payload


def prepare(region: str) -> None:
    """Compile the kernels, compute the indicators and write the contours of a region.

    All of it is kept on disk; a second call only reads it back.
    """
    territory = catalogue.load_territory(region)
    indicators.commune_indicators(territory)
    map_payload.contours_file(territory)


if __name__ == "__main__":
    prepare(embedded_set.DEFAULT_REGION)
