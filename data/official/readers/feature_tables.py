"""A layer of a GeoPackage seen as rows of text cells, with the place of each feature."""

from collections.abc import Iterator, Sequence

import pandas as pd
import pyogrio

from data.files.geopackages import check_geopackage
from data.files.input_files import InputFile
from geo.errors import InvalidInputError

LON, LAT = "longitude", "latitude"
_BATCH = 100_000
_NOTES, _MOST_NOTES = "notes", 40
"""Table, without places, of what a GeoPackage of ours says of its sources; lines read of it."""


class LayerTable:
    """One layer; the same shape as `TextTable`, with two more columns: where its features are."""

    where = "objet"

    def __init__(
        self,
        file: InputFile,
        layer: str,
        columns: Sequence[str],
        count: int,
        notes: Sequence[str] = (),
    ) -> None:
        self.file, self.sheet = file, layer
        self.name = f"{file.name} › {layer}"
        self.head = [*([note] for note in notes), [*columns, LON, LAT]]
        self.malformed: list[int] = []
        self.broken: list[list[str]] = []
        self.asked: dict[int, set[int]] = {}
        self._count = count

    def batches(self, header_row: int, columns: Sequence[int]) -> Iterator[pd.DataFrame]:
        """Give the features as text, by bounded pieces; see `TextTable.batches`.

        Raises
        ------
        InvalidInputError
            The layer breaks off, or does not say its system of coordinates.
        """
        names = self.head[header_row]
        wanted = [names[k] for k in columns if names[k] not in {LON, LAT}]
        for start in range(0, self._count, _BATCH):
            try:
                layer = pyogrio.read_dataframe(
                    self.file.path,
                    layer=self.sheet,
                    columns=wanted,
                    skip_features=start,
                    max_features=_BATCH,
                )
            except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as error:
                raise _broken(self.file.name) from error
            if layer.crs is None:
                raise InvalidInputError(
                    f"« {self.name} » ne dit pas son système de coordonnées : exportez la couche "
                    "de nouveau, en WGS84 ou en Lambert-93."
                )
            points = layer.geometry.representative_point().to_crs(4326)
            cells = {
                name: layer[name].astype(str).where(layer[name].notna(), "") for name in wanted
            }
            cells |= {LON: points.x.astype(str), LAT: points.y.astype(str)}
            frame = pd.DataFrame({k: cells[names[k]].to_numpy() for k in columns}, dtype=str)
            frame.index = pd.RangeIndex(start + 1, start + 1 + len(frame), name="line")
            yield frame


def open_layers(file: InputFile) -> list[LayerTable]:
    """Return the layers of a GeoPackage that hold features.

    Raises
    ------
    InvalidInputError
        It is broken, or holds programs.
    """
    check_geopackage(file.path, file.name)
    try:
        found = []
        layers = pyogrio.list_layers(file.path)
        notes = _notes(file) if _NOTES in layers[layers[:, 1] == None, 0] else []  # noqa: E711
        for layer, geometry in layers:
            if geometry is not None:
                about = pyogrio.read_info(file.path, layer=layer, force_feature_count=True)
                fields = [str(name) for name in about["fields"]]
                found.append(LayerTable(file, str(layer), fields, int(about["features"]), notes))
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as error:
        raise _broken(file.name) from error
    return found


def _notes(file: InputFile) -> list[str]:
    """Return the notes of a GeoPackage of ours."""
    table = pyogrio.read_dataframe(file.path, layer=_NOTES, max_features=_MOST_NOTES)
    return table["note"].dropna().astype(str).tolist() if "note" in table else []


def _broken(name: str) -> InvalidInputError:
    return InvalidInputError(
        f"« {name} » est un GeoPackage abîmé : exportez-le de nouveau, puis réessayez."
    )
