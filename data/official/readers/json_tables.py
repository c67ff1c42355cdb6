"""Outlines of communes in a GeoJSON, what they tell of each seen as rows of text cells."""

from collections.abc import Iterator, Sequence
from itertools import islice

import pandas as pd

from data.files import headings
from data.files.input_files import InputFile
from data.official.readers.finess import as_text, json_items

_LOOKED_AT = 40
"""First features that tell which columns there are."""
_BATCH = 20_000


class OutlineTable:
    """What outlines tell; the same shape as `TextTable`: its notes, its titles, its first rows."""

    where, sheet = "objet", ""

    def __init__(self, file: InputFile, notes: Sequence[str], titles: Sequence[str]) -> None:
        self.file, self.name = file, file.name
        self.head = [*([note] for note in notes), list(titles)]
        self.malformed: list[int] = []
        self.broken: list[list[str]] = []
        self.asked: dict[int, set[int]] = {}

    def batches(self, header_row: int, columns: Sequence[int]) -> Iterator[pd.DataFrame]:
        """Give the features as text, by bounded pieces; see `TextTable.batches`."""
        titles = self.head[header_row]
        features = enumerate(json_items(self.file, "features.item"), 1)
        while piece := list(islice(features, _BATCH)):
            said = [feature.get("properties") or {} for _, feature in piece]
            yield pd.DataFrame(
                {k: [as_text(one.get(titles[k])) for one in said] for k in columns},
                index=pd.Index([line for line, _ in piece], name="line"),
                dtype=str,
            )


def outlines_of(file: InputFile) -> tuple[OutlineTable, ...]:
    """Return the outlines of a GeoJSON as a table where they name their communes by INSEE code."""
    head = file.head()
    if b'"FeatureCollection"' not in head or b"Polygon" not in head:
        return ()
    titles: dict[str, None] = {}
    for feature in islice(json_items(file, "features.item"), _LOOKED_AT):
        titles |= dict.fromkeys(feature.get("properties") or {})
    if not {*headings.CODE} & {headings.folded(title) for title in titles}:
        return ()
    written = json_items(file, "notes.item") if b'"notes"' in head else iter(())
    notes = [as_text(note) for note in islice(written, _LOOKED_AT)]
    return (OutlineTable(file, notes, list(titles)),)
