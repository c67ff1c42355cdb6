"""Known holes of the packages in the locks, from an export of advisories: no network is asked.

The export is that of OSV (a zip of JSON records, or one JSON file of a list), which an
administrator downloads where there is a network: `python -m data.upkeep.known_holes FILE`.
"""

import json
import os
import re
import sys
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from data.base.paths import ROOT
from data.files.archives import BROKEN_ZIP
from geo.errors import InvalidInputError, ProxiSoinsError

SETTING = "PROXISOINS_ADVISORIES"
LOCKS = ("requirements.lock", "requirements-dev.lock")
MAX_RECORD_BYTES = 5_000_000


def locked(names: Iterable[str] = LOCKS) -> dict[str, set[str]]:
    """Return the versions of each package in the locks, by canonical name."""
    found: dict[str, set[str]] = {}
    for name in names:
        for line in (ROOT / name).read_text(encoding="utf-8").splitlines():
            pin = Requirement(line)
            version = next(iter(pin.specifier)).version
            found.setdefault(canonicalize_name(pin.name), set()).add(version)
    return found


def advisories(path: Path) -> Iterator[Mapping[str, Any]]:
    """Return the records of an export.

    Raises
    ------
    InvalidInputError
        The file is no export of OSV.
    """
    try:
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                for item in archive.infolist():
                    if item.filename.endswith(".json") and item.file_size <= MAX_RECORD_BYTES:
                        yield json.loads(archive.read(item))
            return
        records = json.loads(path.read_text(encoding="utf-8"))
        yield from records if isinstance(records, list) else [records]
    except (*BROKEN_ZIP, ValueError) as error:
        raise InvalidInputError(
            f"« {path.name} » n’est pas un export d’avis OSV (zip de JSON, ou liste JSON)."
        ) from error


def affecting(
    records: Iterable[Mapping[str, Any]], packages: Mapping[str, set[str]]
) -> list[tuple[str, str, str]]:
    """Return package, version and identity of each advisory that touches a locked version."""
    found = set()
    for record in records:
        if record.get("withdrawn"):
            continue
        for affected in record.get("affected", ()):
            package = affected.get("package", {})
            name = canonicalize_name(str(package.get("name", "")))
            if package.get("ecosystem") != "PyPI" or name not in packages:
                continue
            found |= {
                (name, version, str(record.get("id", "?")))
                for version in packages[name]
                if version in affected.get("versions", ()) or _in_ranges(version, affected)
            }
    return sorted(found)


def _in_ranges(version: str, affected: Mapping[str, Any]) -> bool:
    """Tell whether a version lies in a range of an advisory: introduced, until fixed."""
    here = Version(version)
    for one in affected.get("ranges", ()):
        if one.get("type") != "ECOSYSTEM":
            continue
        inside = False
        for event in one.get("events", ()):
            kind, bound = next(iter(event.items()))
            # A limit that is no version is taken for reached: rather one warning too many.
            reached = bound == "0" or here >= (_version(bound) or here)
            if kind == "introduced" and reached:
                inside = True
            elif (kind == "fixed" and reached) or (
                kind == "last_affected" and here > (_version(bound) or here)
            ):
                inside = False
        if inside:
            return True
    return False


def _version(text: str) -> Version | None:
    try:
        return Version(text)
    except InvalidVersion:
        return None


def report(path: Path | None) -> tuple[bool, str]:
    """Return whether nothing is known against the locks, and the sentence that says it."""
    if path is None or not path.is_file():
        return True, (
            "Contrôle des failles connues : non fait (aucun fichier d’avis). Donnez un export OSV "
            f"de PyPI à la commande, ou son chemin dans {SETTING}."
        )
    packages = locked()
    found = affecting(advisories(path), packages)
    if not found:
        return True, f"Aucune faille connue dans les {len(packages)} paquets verrouillés."
    lines = [f"  {name} {version} : {identity}" for name, version, identity in found]
    return False, "\n".join(["Failles connues :", *lines])


def main() -> None:
    """Check the locks against the file given, else that of `PROXISOINS_ADVISORIES`."""
    given = sys.argv[1] if len(sys.argv) > 1 else os.environ.get(SETTING, "")
    if len(sys.argv) > 1 and not Path(given).is_file():
        print(f"« {re.sub(r'[^ -~À-ÿ]', '?', given)} » est introuvable.", file=sys.stderr)
        raise SystemExit(1)
    try:
        well, said = report(Path(given) if given else None)
    except ProxiSoinsError as error:
        well, said = False, str(error)
    print(said)
    raise SystemExit(0 if well else 1)


if __name__ == "__main__":
    main()
