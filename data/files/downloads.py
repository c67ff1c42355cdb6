"""Download of one public file: resumed where it stopped, bounded in size and time, checked."""

import hashlib
import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

import requests

from data.base import french
from data.base.agent import user_agent
from data.files.input_files import MAX_FILE_BYTES
from geo.errors import UnavailableError

CONNECT_S, SILENCE_S = 15, 60
"""Seconds allowed to connect, and without a single byte."""
DEADLINE_S = 3600
ATTEMPTS = 4
PAUSE_S = 1.0
MAX_REDIRECTS = 5
_BLOCK_BYTES = 1 << 18
_MAX_CHECKSUM_BYTES = 1 << 20
_DIGESTS = {32: "md5", 40: "sha1", 64: "sha256"}
_PAGE = ("text/html", "application/xhtml")

_PASSING = (
    requests.ConnectionError,
    requests.Timeout,
    requests.exceptions.ChunkedEncodingError,
)

UNFINISHED = ("part", "validator")
"""Names of what an unfinished download leaves, to be completed later."""

Progress = Callable[[int, int | None], None]
"""Told bytes received, and bytes expected when the server says."""


@dataclass(frozen=True)
class Download:
    """A file received whole: where it is, where it came from in the end, its size and hash."""

    path: Path
    address: str
    size: int
    sha256: str


class AlteredError(UnavailableError):
    """What came is not what its published checksum says."""


class _BrokenOffError(requests.RequestException):
    """The connection ended before the file."""


def download(
    address: str,
    folder: Path,
    progress: Progress,
    *,
    checksum_address: str = "",
    checksum: str = "",
) -> Download:
    """Fetch a file into a folder of its own.

    What a former attempt left there is completed, if the server still has the same file.

    Parameters
    ----------
    address
        Public address; redirections are followed.
    folder
        Where the file goes, under the name that the server gives it.
    progress
        Called as bytes come.
    checksum_address
        Address of the published checksum (plain text or data.gouv.fr's JSON), "" when none is.
    checksum
        The published checksum itself when it is known ("sha1:…"), "" when it is not.

    Raises
    ------
    AlteredError
        What came is not what its checksum says.
    UnavailableError
        The server is silent, slow, wrong, gives a page or too much.
    """
    try:
        return _download(address, folder, progress, checksum_address, checksum)
    except requests.RequestException as error:
        raise UnavailableError(_sentence(address, error)) from error
    except OSError as error:  # after the former, which is one
        raise UnavailableError(
            f"Le fichier de {_host(address)} ne peut pas être écrit dans {folder} : disque plein, "
            "ou en lecture seule."
        ) from error


def published_digest(address: str) -> tuple[str, str] | None:
    """Return algorithm and value of the checksum published at an address; None when none is.

    Raises
    ------
    UnavailableError
        The server cannot be reached or has no such page.
    """
    try:
        with polite_session() as session:
            return _published_digest(session, address)
    except requests.RequestException as error:
        raise UnavailableError(_sentence(address, error)) from error


def polite_session() -> requests.Session:
    """Return a session that says who asks, and follows few redirections."""
    session = requests.Session()
    session.max_redirects = MAX_REDIRECTS
    session.headers["User-Agent"] = user_agent()
    return session


def _download(
    address: str, folder: Path, progress: Progress, checksum_address: str, checksum: str
) -> Download:
    folder.mkdir(parents=True, exist_ok=True)
    deadline = time.monotonic() + DEADLINE_S
    with polite_session() as session:
        session.headers["Accept-Encoding"] = "identity"  # ranges count the bytes of the file
        expected = _told_digest(checksum) or _published_digest(session, checksum_address)
        final, name = _receive_all(session, address, folder, progress, deadline)
    part, path = folder / "part", folder / name
    sha256 = digest(part, "sha256")
    if expected and digest(part, expected[0]) != expected[1]:
        forget(folder)
        raise AlteredError(
            f"Le fichier reçu de {_host(address)} n’a pas l’empreinte publiée : il est abîmé, "
            "réessayez plus tard."
        )
    part.replace(path)
    (folder / "validator").unlink(missing_ok=True)
    return Download(path, final, path.stat().st_size, sha256)


def forget(folder: Path) -> None:
    """Remove what an unfinished download left."""
    for name in UNFINISHED:
        (folder / name).unlink(missing_ok=True)


def _receive_all(
    session: requests.Session, address: str, folder: Path, progress: Progress, deadline: float
) -> tuple[str, str]:
    """Complete the file; return the final address and the file's name."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return _receive(session, address, folder, progress, deadline)
        except (*_PASSING, _BrokenOffError):
            if attempt == ATTEMPTS:
                raise
        except requests.HTTPError as error:
            if _status(error) < 500 or attempt == ATTEMPTS:
                raise
        time.sleep(PAUSE_S * attempt)
    raise AssertionError


def _receive(
    session: requests.Session, address: str, folder: Path, progress: Progress, deadline: float
) -> tuple[str, str]:
    part, validator = folder / "part", folder / "validator"
    have = part.stat().st_size if part.exists() and validator.exists() else 0
    headers = {}
    if have:  # the server starts again from the beginning when its file is no longer the same
        headers = {"Range": f"bytes={have}-", "If-Range": validator.read_text(encoding="ascii")}
    with session.get(
        address, headers=headers, stream=True, timeout=(CONNECT_S, SILENCE_S)
    ) as answer:
        _check_answer(answer, address, folder)
        if answer.status_code != requests.codes.partial_content or not _starts_at(answer, have):
            have = 0
        total = _total(answer, have)
        if total is not None and total > MAX_FILE_BYTES:
            raise _too_large(address, total)
        _keep_validator(answer, validator)
        # What came before a cut is kept, see below; of what is packed on the way, nothing can be.
        answer.raw.enforce_content_length = _packed(answer)
        with part.open("ab" if have else "wb") as out:
            for block in answer.iter_content(_BLOCK_BYTES):
                have += len(block)
                if have > MAX_FILE_BYTES:
                    forget(folder)
                    raise _too_large(address, have)
                if time.monotonic() > deadline:
                    raise UnavailableError(
                        f"Le téléchargement depuis {_host(address)} dure plus de "
                        f"{DEADLINE_S // 60} minutes : il est arrêté, et reprendra où il en est."
                    )
                out.write(block)
                progress(have, total)
        if total is not None and have < total:
            raise _BrokenOffError(f"la connexion se coupe après {french.number(have / 1e6, 1)} Mo")
        if have == 0:
            raise _BrokenOffError("le fichier est vide")
        return answer.url, _file_name(answer)


def _check_answer(answer: requests.Response, address: str, folder: Path) -> None:
    if answer.status_code == requests.codes.requested_range_not_satisfiable:
        forget(folder)
        raise _BrokenOffError("la reprise est refusée par le serveur")
    answer.raise_for_status()
    if urlsplit(address).scheme == "https" and urlsplit(answer.url).scheme != "https":
        raise UnavailableError(
            f"{_host(address)} renvoie vers une adresse non sécurisée ({_host(answer.url)}) : "
            "le téléchargement est refusé."
        )
    if answer.headers.get("Content-Type", "").lower().startswith(_PAGE):
        raise UnavailableError(
            f"{_host(address)} a répondu par une page web au lieu du fichier : l’adresse a "
            "changé. Téléchargez le fichier à la main et importez-le."
        )


def _keep_validator(answer: requests.Response, validator: Path) -> None:
    """Keep what lets a later attempt ask whether the file is still the same.

    Nothing where the server packs it on the way: bytes that come are not those of the file.
    """
    tag = answer.headers.get("ETag", "")
    mark = tag if tag and not tag.startswith("W/") else answer.headers.get("Last-Modified", "")
    if mark and mark.isascii() and not _packed(answer):
        validator.write_text(mark, encoding="ascii")
    else:
        validator.unlink(missing_ok=True)


def _told_digest(checksum: str) -> tuple[str, str] | None:
    kind, _, value = checksum.lower().partition(":")
    return (kind, value) if kind in _DIGESTS.values() and value else None


def _published_digest(session: requests.Session, address: str) -> tuple[str, str] | None:
    """Return algorithm and value of a published checksum."""
    if not address:
        return None
    with session.get(address, stream=True, timeout=(CONNECT_S, SILENCE_S)) as answer:
        answer.raise_for_status()
        text = answer.raw.read(_MAX_CHECKSUM_BYTES, decode_content=True).decode("utf-8", "replace")
    try:
        content = json.loads(text)
    except ValueError:
        value = re.search(r"\b(?:[0-9a-f]{64}|[0-9a-f]{40}|[0-9a-f]{32})\b", text.lower())
        return (_DIGESTS[len(value[0])], value[0]) if value else None
    resource = content.get("resource", content) if isinstance(content, dict) else {}
    checksum = resource.get("checksum") or {}
    kind, said = str(checksum.get("type")), str(checksum.get("value") or "")
    return (kind, said) if kind in _DIGESTS.values() and said else None


def _starts_at(answer: requests.Response, have: int) -> bool:
    return answer.headers.get("Content-Range", "").startswith(f"bytes {have}-")


def _packed(answer: requests.Response) -> bool:
    """Tell whether the server compresses what it sends, though it was asked not to."""
    return answer.headers.get("Content-Encoding", "identity").lower() not in {"", "identity"}


def _total(answer: requests.Response, have: int) -> int | None:
    """Return the bytes of the whole file, of which a range may be a part; None when not told."""
    if _packed(answer):
        return None
    whole = answer.headers.get("Content-Range", "").rpartition("/")[2]
    if answer.status_code == requests.codes.partial_content and whole.isdecimal():
        return int(whole)
    length = answer.headers.get("Content-Length", "")
    return have + int(length) if length.isdecimal() else None


def _file_name(answer: requests.Response) -> str:
    """Return a plain file name, never a path."""
    said = re.search(r'filename="?([^";]+)', answer.headers.get("Content-Disposition", ""))
    name = said[1] if said else unquote(urlsplit(answer.url).path.rpartition("/")[2])
    plain = re.sub(r"[^\w.\-]", "_", Path(name).name).lstrip(".")
    return plain if plain and plain not in UNFINISHED else "fichier"


def _too_large(address: str, size: int) -> UnavailableError:
    return UnavailableError(
        f"{_host(address)} annonce ou envoie {french.number(size / 1e6)} Mo, plus que la limite de "
        f"{french.number(MAX_FILE_BYTES / 1e6)} Mo : le téléchargement est refusé."
    )


def _sentence(address: str, error: Exception) -> str:
    reasons = {
        requests.exceptions.SSLError: "son certificat n’est pas valide",
        requests.Timeout: "il ne répond pas à temps",
        requests.TooManyRedirects: "il renvoie sans fin d’une adresse à l’autre",
        requests.ConnectionError: "la connexion échoue",
        requests.exceptions.ChunkedEncodingError: "la connexion se coupe",
        requests.exceptions.ContentDecodingError: "ce qu’il compresse est abîmé",
    }
    if isinstance(error, requests.HTTPError):
        reason = f"il répond par une erreur {_status(error)}"
    elif isinstance(error, _BrokenOffError):
        reason = str(error)
    else:
        reason = next((why for kind, why in reasons.items() if isinstance(error, kind)), "échec")
    return (
        f"Le téléchargement depuis {_host(address)} n’a pas abouti ({reason}) : réessayez plus "
        "tard, ou téléchargez le fichier à la main et importez-le."
    )


def _status(error: requests.HTTPError) -> int:
    return error.response.status_code if error.response is not None else 0


def _host(address: str) -> str:
    return urlsplit(address).netloc or address


def digest(path: Path, algorithm: str) -> str:
    """Return the digest of a file, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, algorithm).hexdigest()
