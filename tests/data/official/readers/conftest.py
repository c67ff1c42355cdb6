"""A hand-made index of communes, and a way to read a golden file through the whole chain."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pandas as pd
import pytest

from data.files.input_files import open_input
from data.official import readers
from data.official.readers.communes import CommuneIndex
from data.official.readers.tally import ReadResult
from geo.errors import InvalidInputError
from tests.data.files import written

GOLDEN = Path(__file__).parent / "golden"


@pytest.fixture
def index() -> CommuneIndex:
    """Return five communes of two départements; 16010 was merged into 16186."""
    communes = pd.DataFrame(
        [
            ("16001", "Abzac", "16500", 0.716, 46.1),
            ("16002", "Les Adjots", "16700", 0.203, 46.079),
            ("16186", "Lignières-Ambleville", "16130 16300", -0.17, 45.56),
            ("33063", "Bordeaux", "33000 33100 33200", -0.579, 44.838),
            ("87085", "Limoges", "87000 87100 87280", 1.26, 45.83),
        ],
        columns=["code", "name", "postcodes", "lon", "lat"],
    )
    return CommuneIndex("75", communes, frozenset(communes["code"]), {"16010": "16186"})


@pytest.fixture
def golden() -> Path:
    """Return the folder of golden files."""
    return GOLDEN


@pytest.fixture
def read(index: CommuneIndex) -> Callable[[Path], tuple[str, ReadResult]]:
    """Return a function that recognises and reads a file of one table: source and result."""

    def read_file(path: Path) -> tuple[str, ReadResult]:
        (file,) = open_input(path)
        candidate = readers.candidate_of(file)
        known = readers.recognise(candidate)
        if known is None:
            raise InvalidInputError(f"{path.name} : non reconnu")
        source, reader = known
        return source, readers.READERS[reader].read(candidate, index)

    return read_file


@pytest.fixture
def workbook(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that writes sheets (name to rows) into an XLSX file."""

    def write(name: str, sheets: dict[str, Sequence[Sequence[object]]]) -> Path:
        path = tmp_path / name
        path.write_bytes(written.workbook_of(sheets))
        return path

    return write
