"""Where files live: the user's data folder, the embedded set, the reference data of the tests."""

import os
from pathlib import Path

import platformdirs

from geo.errors import UnavailableError

ROOT = Path(__file__).resolve().parents[2]
EMBEDDED = ROOT / "data" / "embedded"
STATIC = ROOT / "static"


def home() -> Path:
    """Return the user's data folder: `PROXISOINS_HOME`, else the platform's; made when missing.

    Raises
    ------
    UnavailableError
        It cannot be made: a file is in its place, or the rights do not allow it.
    """
    chosen = os.environ.get("PROXISOINS_HOME")
    folder = Path(chosen) if chosen else Path(platformdirs.user_data_dir("proxisoins", False))
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        raise UnavailableError(
            f"Le dossier de données {folder} ne peut pas être ouvert (un fichier tient sa place, "
            "ou les droits manquent) : corrigez PROXISOINS_HOME ou les droits, puis recommencez."
        ) from error
    return folder


def prepared() -> Path:
    """Return the folder of what set-up computed of the default region; it may be absent.

    `PROXISOINS_PREPARED`, else beside the code: read by every data folder, written by set-up alone.
    """
    chosen = os.environ.get("PROXISOINS_PREPARED")
    return Path(chosen) if chosen else ROOT / "prepared"


def reference_data() -> Path:
    """Return the folder of real reference data (`PROXISOINS_REFERENCE_DATA`); it may be absent."""
    chosen = os.environ.get("PROXISOINS_REFERENCE_DATA")
    return Path(chosen) if chosen else ROOT.parent / "shared" / "data"
