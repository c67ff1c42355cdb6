"""Readers of official files: one module per family, each tells its files by their content."""

from typing import Protocol

from data.files.input_files import InputFile
from data.files.text_tables import tables_of
from data.official.readers import (
    apl,
    cpts,
    departements,
    features,
    finess,
    finess_care,
    france_sante,
    gp_counts,
    lists,
    melodi,
    people_grid,
    population,
    reference,
    regulation,
    rpps,
    sirene,
    specialists,
    zoning,
    zoning_national,
)
from data.official.readers.communes import CommuneIndex
from data.official.readers.feature_tables import open_layers
from data.official.readers.json_tables import outlines_of
from data.official.readers.tables import Candidate
from data.official.readers.tally import ReadResult


class Reader(Protocol):
    """One family of files: a module of this package.

    `recognise` returns the key of the source in `sources.yaml`, or None; `read` raises
    InvalidInputError when the file is of the family but cannot be used.
    """

    def recognise(self, candidate: Candidate) -> str | None:
        """Return the key of the source that the file looks like, or None."""

    def read(self, candidate: Candidate, index: CommuneIndex, /) -> ReadResult:
        """Return the checked content of the file."""


READERS: dict[str, Reader] = {
    "apl": apl,
    "zoning_national": zoning_national,
    "zoning": zoning,
    "regulation": regulation,
    "specialists": specialists,
    "cpts": cpts,
    "gp_counts": gp_counts,
    "melodi": melodi,
    "population": population,
    "reference": reference,
    "rpps": rpps,
    "sirene": sirene,
    "people_grid": people_grid,
    "finess": finess,
    "finess_care": finess_care,
    "lists": lists,
    "france_sante": france_sante,
    "features": features,
    "departements": departements,
}
"""By the name in `sources.yaml`, in the order of reading: what others complete comes first."""


def candidate_of(file: InputFile) -> Candidate:
    """Return a file with its tables opened, ready to be recognised."""
    if file.kind == "geopackage":
        return Candidate(file, tuple(open_layers(file)))
    if file.kind == "json":
        text = file.head().decode("utf-8", errors="ignore")
        return Candidate(file, outlines_of(file), text)
    tables, remarks = tables_of(file)
    return Candidate(file, tables, remarks=remarks)


def recognise(candidate: Candidate) -> tuple[str, str] | None:
    """Return source and reader of the first family that knows the file, or None."""
    for name, reader in READERS.items():
        if source := reader.recognise(candidate):
            return source, name
    return None
