"""A GeoJSON of features seen as rows of text cells, with the place of each; read as it streams."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any

import pandas as pd

from data.files.input_files import InputFile
from data.official.readers.feature_tables import LAT, LON
from data.official.readers.finess import as_text, json_items
from geo.errors import InvalidInputError

_BATCH = 20_000


class FeatureStream:
    """The features of a collection; the same shape as `TextTable`, with two more columns.

    The place of an outline is the middle of what it covers: that of a square is its centre.
    """

    where = "objet"

    def __init__(self, file: InputFile) -> None:
        self.file, self.sheet, self.name = file, "", file.name
        with _as_a_layer(file.name):
            first = next(iter(json_items(file, "features.item")), {})
        named = [str(name) for name in _properties(first)]
        self.head = [[*named, LON, LAT]] if named else []
        self.malformed: list[int] = []
        self.broken: list[list[str]] = []
        self.asked: dict[int, set[int]] = {}

    def batches(self, header_row: int, columns: Sequence[int]) -> Iterator[pd.DataFrame]:
        """Give the features as text, by bounded pieces; see `TextTable.batches`.

        Raises
        ------
        InvalidInputError
            The JSON breaks off, or is no collection of features.
        """
        names, first = self.head[header_row], 0
        with _as_a_layer(self.name):
            features = json_items(self.file, "features.item")
            while some := list(islice(features, _BATCH)):
                rows = [_cells(feature) for feature in some]
                yield pd.DataFrame(
                    {k: [row.get(names[k], "") for row in rows] for k in columns},
                    index=pd.RangeIndex(first + 1, first + 1 + len(rows), name="line"),
                    dtype=str,
                )
                first += len(rows)


@contextmanager
def _as_a_layer(name: str) -> Iterator[None]:
    try:
        yield
    except (TypeError, AttributeError, IndexError, ValueError, RecursionError) as error:
        raise InvalidInputError(
            f"« {name} » n’a pas la forme d’une couche GeoJSON : exportez-la de nouveau."
        ) from error


def _properties(feature: dict[str, Any]) -> dict[str, Any]:
    return feature.get("properties") or {}


def _cells(feature: dict[str, Any]) -> dict[str, str]:
    cells = {str(name): as_text(value) for name, value in _properties(feature).items()}
    corners = list(_corners((feature.get("geometry") or {}).get("coordinates") or []))
    if not corners:
        return cells
    for k, name in enumerate((LON, LAT)):
        along = [corner[k] for corner in corners]
        cells[name] = repr((min(along) + max(along)) / 2)
    return cells


def _corners(coordinates: list[Any]) -> Iterator[tuple[float, float]]:
    if not isinstance(coordinates[0], list):
        yield float(coordinates[0]), float(coordinates[1])
        return
    for inner in coordinates:
        yield from _corners(inner)
