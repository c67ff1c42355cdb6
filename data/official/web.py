"""Asking the servers of official sources: bounded in time and size, polite, never insistent."""

import time
from collections.abc import Mapping
from urllib.parse import urlsplit

import requests

from data.files import downloads
from data.official.resolution import Answer, host
from geo.errors import UnavailableError

MAX_BODY_BYTES = 50_000_000
"""The longest description known, a data set of data.gouv.fr, weighs some megabytes."""
WITHIN_S = 60
LEAST_SECONDS_BETWEEN = {"api.insee.fr": 2.0}
"""INSEE's Melodi answers 30 calls a minute, and 429 beyond."""
_BLOCK_BYTES = 1 << 18

_last_call: dict[str, float] = {}


def ask(address: str, method: str = "GET", headers: Mapping[str, str] | None = None) -> Answer:
    """Ask a server one thing; see `data.official.resolution.Ask`.

    Raises
    ------
    UnavailableError
        The server cannot be reached, is slow, redirects for ever, or sends too much.
    """
    _wait(urlsplit(address).hostname or "")
    deadline = time.monotonic() + WITHIN_S
    try:
        with (
            downloads.polite_session() as session,
            session.request(
                method,
                address,
                headers=dict(headers or {}),
                stream=True,
                allow_redirects=True,
                timeout=(downloads.CONNECT_S, min(downloads.SILENCE_S, WITHIN_S)),
            ) as answer,
        ):
            body = _body(answer, address, deadline)
            said = {name.lower(): value for name, value in answer.headers.items()}
            return Answer(answer.status_code, said, body, answer.url)
    except requests.Timeout as error:
        raise UnavailableError(f"{host(address)} ne répond pas à temps.") from error
    except requests.TooManyRedirects as error:
        raise UnavailableError(
            f"{host(address)} renvoie sans fin d’une adresse à l’autre."
        ) from error
    except requests.exceptions.SSLError as error:
        raise UnavailableError(f"{host(address)} a un certificat qui n’est pas valide.") from error
    except (requests.RequestException, OSError) as error:
        raise UnavailableError(f"La connexion à {host(address)} échoue.") from error


def _body(answer: requests.Response, address: str, deadline: float) -> bytes:
    pieces, count = [], 0
    for block in answer.iter_content(_BLOCK_BYTES):
        pieces.append(block)
        count += len(block)
        if count > MAX_BODY_BYTES:
            raise UnavailableError(f"{host(address)} envoie une description démesurée.")
        if time.monotonic() > deadline:
            raise UnavailableError(f"{host(address)} ne répond pas à temps.")
    return b"".join(pieces)


def _wait(server: str) -> None:
    pause = LEAST_SECONDS_BETWEEN.get(server, 0.0)
    if pause:
        time.sleep(max(0.0, _last_call.get(server, 0.0) + pause - time.monotonic()))
        _last_call[server] = time.monotonic()
