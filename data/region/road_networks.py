"""Where road networks are kept: one folder each, one pointer to the one in use.

`roads/<name>/` holds a network, `roads/current` names the one in use. A network is written aside
and the pointer is replaced last, by a rename: a build that is interrupted, at any moment, leaves
the former network in use.
"""

import shutil
import tempfile
import time
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from data.base import paths
from geo.errors import InvalidInputError, UnavailableError
from geo.roads.engine import RoadTravelTime
from geo.roads.network import RoadNetwork, load, save

_DRAFT = ".draft-"
_DRAFT_KEPT_S = 24 * 3600
"""A draft older than this belongs to no build still under way."""
_VERSION_LETTERS = 16


def folder() -> Path:
    """Return the folder of road networks."""
    return paths.home() / "roads"


def current_folder() -> Path | None:
    """Return the folder of the network in use, None when none was built."""
    try:
        name = (folder() / "current").read_text(encoding="utf-8").strip()
    except (OSError, ValueError):  # absent, or altered
        return None
    chosen = folder() / name
    return chosen if name and chosen.is_dir() else None


def current_network(profile: str = "offpeak") -> RoadTravelTime | None:
    """Return the engine of the network in use, None when there is none that can be read.

    A network of an older format counts as none, so that the application still opens; `proxisoins
    roads status` says so.
    """
    chosen = current_folder()
    if chosen is None:
        return None
    try:
        return _engine(chosen, profile)
    except InvalidInputError:
        return None


def open_network(chosen: Path, profile: str = "offpeak") -> RoadTravelTime:
    """Return the engine of a network kept in any folder.

    Raises
    ------
    InvalidInputError
        If the folder holds no whole network.
    """
    return _engine(chosen, profile)


def put_in_use(network: RoadNetwork) -> Path:
    """Keep a network and use it from now on; the former one is removed.

    Raises
    ------
    UnavailableError
        If the disk refuses; the former network stays in use.
    """
    return keep(lambda draft: save(network, draft))


def keep(write: Callable[[Path], None]) -> Path:
    """Let a network be written in a folder, use it from now on, and remove the former one.

    Raises
    ------
    UnavailableError
        If the disk refuses; the former network stays in use.
    ProxiSoinsError
        That of `write`; the former network stays in use.
    """
    home = folder()
    try:
        home.mkdir(parents=True, exist_ok=True)
        _sweep(home)
        draft = Path(tempfile.mkdtemp(prefix=_DRAFT, dir=home))
        try:
            write(draft)
            draft.chmod(0o755)  # mkdtemp keeps it private; the application may run as another user
            # Built twice from the same roads, a network must not overwrite pages that are mapped.
            name = f"{_version(draft)}-{time.time_ns():x}"
            chosen = draft.rename(home / name)
        except BaseException:
            shutil.rmtree(draft, ignore_errors=True)
            raise
        pointer = home / f"{_DRAFT}{name}"
        pointer.write_text(name, encoding="utf-8")
        pointer.replace(home / "current")
    except OSError as error:
        raise UnavailableError(unwritable(error)) from error
    for other in home.iterdir():
        if other.is_dir() and other != chosen and not other.name.startswith(_DRAFT):
            shutil.rmtree(other, ignore_errors=True)
    return chosen


def unwritable(error: OSError) -> str:
    """Say in French that the disk refuses a network."""
    return (
        f"Impossible d’écrire le réseau routier dans {folder()} ({error.strerror}) : libérez de la "
        "place ou vérifiez les droits. L’ancien réseau, s’il y en a un, reste en usage."
    )


def _version(draft: Path) -> str:
    """Return the version of the network in a draft, as a name that stays in its folder."""
    said = str(load(draft).provenance["version"])
    return "".join(letter for letter in said if letter.isalnum())[:_VERSION_LETTERS]


def size_bytes(chosen: Path) -> int:
    """Return the size of a network on disk."""
    return sum(file.stat().st_size for file in chosen.iterdir() if file.is_file())


def _sweep(home: Path) -> None:
    """Remove what interrupted builds left behind."""
    for draft in home.glob(f"{_DRAFT}*"):
        if time.time() - draft.stat().st_mtime > _DRAFT_KEPT_S:
            shutil.rmtree(draft, ignore_errors=True) if draft.is_dir() else draft.unlink()


@lru_cache(maxsize=4)
def _engine(chosen: Path, profile: str) -> RoadTravelTime:
    return RoadTravelTime(load(chosen), profile)
