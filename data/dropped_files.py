"""Files dropped on a page: put where readers can open them, imported, forgotten."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

from data.imports import ImportReport, import_files


def import_dropped(files: Sequence[tuple[str, bytes]], region: str) -> list[ImportReport]:
    """Import files given by name and content; see `data.imports.import_files`.

    A name comes from a browser: only its last part is kept, in a folder of the file's own.
    """
    with tempfile.TemporaryDirectory() as folder:
        places = []
        for number, (name, content) in enumerate(files):
            place = Path(folder) / str(number) / (Path(name).name or "fichier")
            place.parent.mkdir()
            place.write_bytes(content)
            places.append(place)
        return import_files(places, region)
