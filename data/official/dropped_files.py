"""Files dropped on a page: put where readers can open them, imported, forgotten."""

import re
import tempfile
from collections.abc import Sequence
from pathlib import Path

from data.official.import_reports import ImportReport
from data.official.imports import REPLACE, import_files
from geo.errors import UnavailableError

_LONGEST_NAME = 60
"""Characters of up to 4 bytes: file systems refuse names above 255 bytes."""


def import_dropped(
    files: Sequence[tuple[str, bytes]],
    region: str,
    partial: str = REPLACE,
    *,
    as_register: bool = False,
) -> list[ImportReport]:
    """Import files given by name and content; see `data.official.imports.import_files`.

    A name comes from a browser: only its last part is kept, in a folder of the file's own.

    Raises
    ------
    UnavailableError
        The disk refuses the files.
    """
    try:
        with tempfile.TemporaryDirectory() as folder:
            places = []
            for number, (name, content) in enumerate(files):
                place = Path(folder) / str(number) / _plain_name(name)
                place.parent.mkdir()
                place.write_bytes(content)
                places.append(place)
            return import_files(places, region, partial, as_register=as_register)
    except OSError as error:
        raise UnavailableError(
            "Les fichiers reçus ne peuvent pas être posés sur le disque (plein, ou en lecture "
            "seule) : rien n’est changé."
        ) from error


def _plain_name(name: str) -> str:
    """Return a name that any file system takes, close to the one given."""
    last = re.split(r"[/\\]", name)[-1]
    printable = "".join(c if c.isprintable() else "_" for c in last)
    return printable[-_LONGEST_NAME:].strip(". ") or "fichier"
