"""Download the OSM extracts of a region, with resume and checksum."""

import hashlib
import http.client
import re
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from data.base import paths
from geo.errors import InvalidInputError, UnavailableError

GEOFABRIK = "https://download.geofabrik.de/europe/france"
"""Extracts of OpenStreetMap by former French region, renewed daily, each with its MD5."""

REGIONS = {"nouvelle-aquitaine": ("aquitaine", "limousin", "poitou-charentes")}
NEIGHBOURS = {
    "nouvelle-aquitaine": ("pays-de-la-loire", "centre", "auvergne", "midi-pyrenees"),
}
"""Extracts beyond the border, so that a journey may cross it."""

_BLOCK_BYTES = 1 << 20
_TIMEOUT_S = 30
_ATTEMPTS = 5
_PAUSE_S = 0.5
_MD5 = re.compile(r"\b[0-9a-f]{32}\b")

Progress = Callable[[str], None]


def fetch_region(
    region: str, progress: Progress, *, base_url: str = GEOFABRIK, neighbours: bool = False
) -> list[Path]:
    """Download the extracts of a region that are not there yet; return their paths.

    A download that stopped goes on where it was; a file that does not match its MD5 is taken
    again once, then refused.

    Raises
    ------
    InvalidInputError
        If the region is unknown.
    UnavailableError
        If the server cannot be reached or keeps giving something else; the sentence says how to
        do without it.
    """
    if region not in REGIONS:
        known = ", ".join(sorted(REGIONS))
        message = f"Région inconnue : « {region} ». Régions proposées : {known}."
        raise InvalidInputError(message)
    names = REGIONS[region] + (NEIGHBOURS[region] if neighbours else ())
    folder = paths.home() / "downloads" / "roads"
    folder.mkdir(parents=True, exist_ok=True)
    urls = [f"{base_url.rstrip('/')}/{name}-latest.osm.pbf" for name in names]
    files = []
    for url in urls:
        target = folder / url.rpartition("/")[2]
        try:
            _fetch(url, target, progress)
        except (OSError, http.client.HTTPException, _WrongContentError) as error:
            raise UnavailableError(_by_hand(url, urls, folder, error)) from error
        files.append(target)
    return files


class _WrongContentError(Exception):
    """The server gives something else than the file announced."""


def _fetch(url: str, target: Path, progress: Progress) -> None:
    with _open(url + ".md5") as answer:
        found = _MD5.search(answer.read(4096).decode("ascii", "replace").lower())
    if found is None:
        message = "la somme de contrôle MD5 est absente"
        raise _WrongContentError(message)
    wanted = found.group()
    if target.is_file() and _md5(target) == wanted:
        progress(f"{target.name} : déjà là, à jour.")
        return
    part = target.with_name(target.name + ".part")
    for last in (False, True):
        _download(url, part, progress)
        if _md5(part) == wanted:
            part.replace(target)
            progress(f"{target.name} : reçu et vérifié.")
            return
        part.unlink()
        if not last:
            progress(f"{target.name} : somme de contrôle fausse, nouvel essai depuis le début.")
    message = "la somme de contrôle MD5 ne correspond pas au fichier reçu"
    raise _WrongContentError(message)


def _download(url: str, part: Path, progress: Progress) -> None:
    """Complete `part`; cut connections are taken up again a few times."""
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            if _go_on(url, part, progress):
                return
            reason: Exception = _WrongContentError("la connexion est coupée avant la fin")
        except urllib.error.HTTPError as error:
            error.close()
            if error.code < 500:
                raise
            reason = error
        except (OSError, http.client.HTTPException) as error:
            reason = error
        if attempt == _ATTEMPTS:
            raise reason
        progress(f"{part.stem} : connexion interrompue ({reason}), reprise…")
        time.sleep(_PAUSE_S * attempt)


def _go_on(url: str, part: Path, progress: Progress) -> bool:
    """Receive the rest of a file; return whether it is whole."""
    have = part.stat().st_size if part.exists() else 0
    try:
        answer = _open(url, {"Range": f"bytes={have}-"} if have else {})
    except urllib.error.HTTPError as error:
        error.close()
        if error.code != 416:  # nothing beyond: whole already, or longer than the new file
            raise
        total = (error.headers.get("Content-Range") or "").rpartition("/")[2]
        if total == str(have):
            return True
        part.unlink()
        return False
    with answer:
        resumed = answer.status == 206 and _starts_at(answer, have)
        if answer.status == 206 and not resumed:
            part.unlink()  # another part than the one asked for
            return False
        have = have if resumed else 0
        length = answer.headers.get("Content-Length")
        total_bytes = have + int(length) if length and length.isdecimal() else None
        _receive(answer, part, have, total_bytes, progress)
    return total_bytes is None or part.stat().st_size == total_bytes


def _receive(
    answer: http.client.HTTPResponse,
    part: Path,
    have: int,
    total_bytes: int | None,
    progress: Progress,
) -> None:
    told = -1
    with part.open("ab" if have else "wb") as out:
        while block := answer.read(_BLOCK_BYTES):
            out.write(block)
            have += len(block)
            tenth = 10 * have // total_bytes if total_bytes else -1
            if tenth > told:
                told = tenth
                progress(f"{part.stem} : {10 * tenth} % ({have / 1e6:.0f} Mo)")


def _open(url: str, headers: dict[str, str] | None = None) -> http.client.HTTPResponse:
    if urlsplit(url).scheme not in {"http", "https"}:
        message = f"Adresse refusée : « {url} » (http ou https attendu)."
        raise InvalidInputError(message)
    request = urllib.request.Request(url, headers=headers or {})  # noqa: S310  (checked above)
    answer: http.client.HTTPResponse = urllib.request.urlopen(  # noqa: S310
        request, timeout=_TIMEOUT_S
    )
    return answer


def _starts_at(answer: http.client.HTTPResponse, have: int) -> bool:
    return (answer.headers.get("Content-Range") or "").startswith(f"bytes {have}-")


def _md5(file: Path) -> str:
    digest = hashlib.md5(usedforsecurity=False)
    with file.open("rb") as stream:
        while block := stream.read(_BLOCK_BYTES):
            digest.update(block)
    return digest.hexdigest()


def _by_hand(url: str, urls: list[str], folder: Path, error: Exception) -> str:
    reason = getattr(error, "reason", None) or error
    listed = "\n".join(f"  {u}" for u in urls)
    return (
        f"Téléchargement impossible depuis {urlsplit(url).netloc} ({reason}). Sans internet, "
        f"téléchargez sur un autre poste :\n{listed}\ncopiez les fichiers dans {folder}, puis "
        f"lancez : proxisoins roads build {folder}/*.osm.pbf"
    )
