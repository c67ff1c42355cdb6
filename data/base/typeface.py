"""The typeface of the screens, for what is drawn elsewhere: PDFs and static maps.

`data.upkeep.typeface` makes it at set-up; without it PDFs and pictures take DejaVu, as they do for
the letters that it lacks.
"""

from importlib.util import find_spec
from pathlib import Path

from data.base.paths import STATIC

FOLDER = STATIC / "vendor" / "typeface"
NAME = "ProxiSoins Sans"
"""Of the files made at set-up: a changed Source Sans may not bear that name (OFL, 3)."""


def files(folder: Path | None = None) -> tuple[Path, ...]:
    """Return the files of the regular and the bold letters (TrueType), () where they are missing.

    Parameters
    ----------
    folder
        Where they are; None for that of the set-up.
    """
    made = FOLDER if folder is None else folder
    found = (made / "Regular.ttf", made / "Bold.ttf")
    return found if all(one.is_file() for one in found) else ()


def variable_font() -> Path | None:
    """Return the Source Sans of Streamlit's package, whose name its version decides; None without.

    A variable font for browsers (WOFF2, SIL Open Font License 1.1).
    """
    package = find_spec("streamlit")
    if package is None or package.origin is None:
        return None
    media = Path(package.origin).parent / "static" / "static" / "media"
    return next(iter(sorted(media.glob("SourceSansVF-Upright*.woff2"))), None)
