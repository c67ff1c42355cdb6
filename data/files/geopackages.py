"""What a GeoPackage may hold: tables. It is a database, and a database can carry programs."""

import contextlib
import re
import sqlite3
from pathlib import Path

from geo.errors import InvalidInputError

_KNOWN_TRIGGER = re.compile(r"(rtree|gpkg|trigger|fgti|feature_count)_\w*", re.IGNORECASE)
"""Those that the format itself writes beside each layer; they run on writing only."""
_KNOWN_MODULE = re.compile(r"using\s+[\"']?(rtree|fts[345])\b", re.IGNORECASE)
MAX_OBJECTS = 2_000


def check_geopackage(path: Path, name: str) -> None:
    """Refuse a GeoPackage that holds views, triggers of its own or foreign virtual tables.

    A view is a query that runs when its layer is read: one of a few lines never ends.

    Raises
    ------
    InvalidInputError
        It holds some, or is no database.
    """
    try:
        address = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
        with contextlib.closing(sqlite3.connect(address, uri=True)) as opened:
            # Views and triggers are listed, never run; a broken schema is refused as it is parsed.
            opened.execute("PRAGMA trusted_schema=OFF")
            found = opened.execute(
                "SELECT type, name, substr(sql, 1, 2000) FROM sqlite_master LIMIT ?",
                (MAX_OBJECTS + 1,),
            ).fetchall()
    except (sqlite3.Error, UnicodeDecodeError) as error:
        raise InvalidInputError(
            f"« {name} » est abîmé ou n’est pas du format annoncé : exportez-le de nouveau."
        ) from error
    if len(found) > MAX_OBJECTS:
        raise InvalidInputError(f"« {name} » contient trop de tables : n’y laissez que les sites.")
    for kind, title, text in found:
        is_view = kind == "view"
        is_trigger = kind == "trigger" and not _KNOWN_TRIGGER.fullmatch(str(title))
        virtual = str(text or "").lstrip().lower().startswith("create virtual")
        if is_view or is_trigger or (virtual and not _KNOWN_MODULE.search(str(text))):
            what = "une vue" if is_view else "un déclencheur" if is_trigger else "du code"
            raise InvalidInputError(
                f"« {name} » contient {what} (« {str(title)[:40]} »), qui s’exécuterait à la "
                "lecture : exportez la seule couche des sites dans un nouveau GeoPackage."
            )
