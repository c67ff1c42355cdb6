"""What the server refuses before a screen is asked: foreign hosts, files of others, odd messages.

Screens check roles themselves (`pages.accounts`); here stand the routes of Streamlit that no screen
sees: media files, measures, uploads, and messages of the live connection.
"""

import ipaddress
import json
import socket
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cache
from typing import Any, Final
from urllib.parse import urlsplit

import streamlit as st
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import config
from streamlit.errors import StreamlitSecretNotFoundError
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.runtime import Runtime
from streamlit.web.server.starlette import starlette_websocket as stream
from streamlit.web.server.starlette.starlette_server_config import (
    TOKENS_COOKIE_NAME,
    USER_COOKIE_NAME,
)

from pages import accounts
from pages.accounts import SESSION_S, Role

MAX_SESSION_BYTES = 250_000_000
"""Files that one session may hold at once: the largest one allowed, and a few more."""
_UPLOADS, _MEDIA, _METRICS = "/_stcore/upload_file/", "/media/", "/_stcore/metrics"
_UPLOADER_KIND: Final = "file_uploader_state_value"
_ADDRESS_OPTIONS = ("server.address", "browser.serverAddress")
_AUTH_COOKIES = (USER_COOKIE_NAME, TOKENS_COOKIE_NAME)

_FOREIGN_HOST = (
    "Ce nom de serveur n’est pas celui de ProxiSoins. Administrateur : ajoutez-le à "
    "STREAMLIT_SERVER_ALLOWED_HOSTS."
)
_CLOSED = "Réservé : connectez-vous avec un compte qui a ce droit."
_NO_UPLOADER = "Aucun écran ouvert n’attend de fichier : rechargez la page, puis réessayez."
_NO_LENGTH = "Envoi sans longueur annoncée : rechargez la page, puis réessayez."
_TOO_MUCH = (
    "Cette session a déjà envoyé trop de fichiers : rechargez la page, puis envoyez-les un à un."
)


# Hosts.


def is_our_host(host: str | None) -> bool:
    """Tell whether a request asks for this server by a name of its own.

    A page elsewhere may point its own name at our address (DNS rebinding): its requests then carry
    that name. An address in figures cannot be pointed elsewhere.
    """
    name = _bare(host)
    if name is None:
        return False
    if name == "localhost" or _is_address(name):
        return True
    if config.get_option("server.allowedHosts"):
        return bool(stream.is_host_allowed(host))
    return name in _own_names()


def _bare(host: str | None) -> str | None:
    with suppress(ValueError):
        parts = urlsplit(f"//{host}")
        plain = not (parts.path or parts.query or parts.username or parts.password)
        if host and plain and parts.hostname:
            return parts.hostname.rstrip(".")
    return None


def _is_address(name: str) -> bool:
    with suppress(ValueError):
        ipaddress.ip_address(name)
        return True
    return False


@cache
def _machine_names() -> frozenset[str]:
    name = socket.gethostname().lower()
    return frozenset({name, f"{name}.local"} - {"", ".local"})


def _own_names() -> set[str]:
    told = {str(config.get_option(name) or "") for name in _ADDRESS_OPTIONS}
    told.add(_bare(urlsplit(_redirect_uri()).netloc) or "")
    return {name.lower() for name in told if name} | _machine_names()


def _redirect_uri() -> str:
    with suppress(StreamlitSecretNotFoundError, AttributeError):
        return str((st.secrets.get("auth") or {}).get("redirect_uri", ""))
    return ""


# Who asks.


def identity(scope: Scope) -> dict[str, Any]:
    """Return what the signed cookie of a request says of who asks; empty for the public."""
    cookies = HTTPConnection(scope).cookies
    with suppress(ValueError, TypeError, LookupError):
        signed = stream._get_signed_cookie_with_chunks(cookies, USER_COOKIE_NAME)  # noqa: SLF001
        told = json.loads(signed) if signed else {}
        return dict(told) if isinstance(told, Mapping) else {}
    return {}


def role_of(user: Mapping[str, Any]) -> Role:
    """Return the role of a user as the provider describes it."""
    return accounts.role_of(user)


# What sessions hold.


def _sessions() -> dict[str, Any]:
    """Return the sessions of this process, those that wait to be taken up again included."""
    manager = Runtime.instance()._session_mgr  # noqa: SLF001
    return {one.session.id: one.session for one in manager.list_sessions()}


def may_fetch(path: str, asking: Role) -> bool:
    """Tell whether a media file belongs to a session of someone who may see no more than us.

    Streamlit gives a table, a picture or a download an address without any check. The picture of a
    public sheet is for all; the table of a planner is for planners.
    """
    file_id = path.rpartition("/")[2].partition(".")[0]
    held = Runtime.instance().media_file_mgr._files_by_session_and_coord  # noqa: SLF001
    sessions = _sessions()
    for session_id, files in list(held.items()):
        session = sessions.get(session_id)
        if session is not None and file_id in files.values():
            user = session._user_info  # noqa: SLF001
            if role_of(user) <= asking:
                return True
    return False


def expects_files(session_id: str) -> bool:
    """Tell whether the screen that a session shows has an uploader."""
    session = _sessions().get(session_id)
    if session is None:
        return False
    state = session.session_state
    widgets = state._new_widget_state  # noqa: SLF001
    # A run that finds an uploader as the run before left it keeps it among the old states only;
    # both forget, at the end of a run, what is no longer on screen.
    held = [*list(widgets.states), *list(state._old_state)]  # noqa: SLF001
    known = (widgets.widget_metadata.get(key) for key in held)
    return any(one is not None and one.value_type == _UPLOADER_KIND for one in known)


def held_bytes(session_id: str) -> int:
    """Return the bytes of the files that a session has sent and still holds."""
    storage = getattr(Runtime.instance().uploaded_file_mgr, "file_storage", {})
    return sum(len(one.data) for one in list(storage.get(session_id, {}).values()))


_COMING: Counter[str] = Counter()
"""Bytes announced by the uploads of each session that are on their way."""


def upload_refused(path: str, announced: int | None) -> str:
    """Return why an upload is refused, "" when it is welcome.

    Parameters
    ----------
    path
        What is asked for.
    announced
        Bytes of its body; None where the request does not say: it could be of any length.
    """
    session_id = _sender(path)
    if not expects_files(session_id):
        return _NO_UPLOADER
    if announced is None:
        return _NO_LENGTH
    # What several requests announce at once counts before the first of them is there.
    if held_bytes(session_id) + _COMING[session_id] + announced > MAX_SESSION_BYTES:
        return _TOO_MUCH
    return ""


def _sender(path: str) -> str:
    return path.removeprefix(_UPLOADS).partition("/")[0]


@contextmanager
def _coming(session_id: str, announced: int) -> Iterator[None]:
    """Count an upload among those on their way."""
    _COMING[session_id] += announced
    try:
        yield
    finally:
        _COMING[session_id] -= announced
        if not _COMING[session_id]:
            del _COMING[session_id]


# The middleware.


class Walls:
    """Refuse what no screen asks for, and give the cookies of a login a shorter life."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] not in {"http", "websocket"}:
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if not is_our_host(headers.get("host")):
            await _refuse(scope, receive, send, _FOREIGN_HOST, 421)
            return
        if scope["type"] == "websocket":
            await self.app(scope, _heeded(scope, receive), send)
            return
        refusal, status = refused(scope, headers)
        if refusal:
            await _refuse(scope, receive, send, refusal, status)
            return
        if accounts.login_configured() and _path(scope) == "/auth/logout":
            accounts.end_session(identity(scope))
        shorter = _with_short_cookies(scope, headers, send)
        if _uploads(scope):
            with _coming(_sender(_path(scope)), _announced(headers) or 0):
                await self.app(scope, receive, shorter)
            return
        await self.app(scope, receive, shorter)


def refused(scope: Scope, headers: Headers) -> tuple[str, int]:
    """Return why a request is refused and with which status, "" when it is not."""
    path = _path(scope)
    if _uploads(scope):
        return upload_refused(path, _announced(headers)), 403
    guarded = path.startswith(_MEDIA) or path == _METRICS
    if not guarded or not accounts.login_configured():
        return "", 200
    asking = role_of(identity(scope))
    if path == _METRICS:
        return ("" if asking >= Role.ADMINISTRATOR else _CLOSED), 403
    return ("" if may_fetch(path, asking) else _CLOSED), 403


def _uploads(scope: Scope) -> bool:
    return _path(scope).startswith(_UPLOADS) and scope["method"] in {"PUT", "POST"}


def _announced(headers: Headers) -> int | None:
    length = headers.get("content-length", "")
    return int(length) if length.isdecimal() and length.isascii() else None


def _path(scope: Scope) -> str:
    base = str(config.get_option("server.baseUrlPath") or "").strip("/")
    path = str(scope["path"])
    return path.removeprefix(f"/{base}") if base else path


async def _refuse(scope: Scope, receive: Receive, send: Send, sentence: str, status: int) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008})
        return
    answer = PlainTextResponse(sentence, status, headers={"Cache-Control": "no-store"})
    await answer(scope, receive, send)


def _heeded(scope: Scope, receive: Receive) -> Receive:
    """Return the messages of a tab, without the order to empty everyone's caches."""

    async def next_message() -> Message:
        while True:
            message = await receive()
            content = message.get("bytes") if message["type"] == "websocket.receive" else None
            if not content or not _empties_caches(content) or may_empty_caches(scope):
                return message

    return next_message


def _empties_caches(content: bytes) -> bool:
    with suppress(Exception):  # Streamlit says itself what it does not understand
        return BackMsg.FromString(content).WhichOneof("type") == "clear_cache"
    return False


def may_empty_caches(scope: Scope) -> bool:
    """Tell whether a tab may empty the caches that all share."""
    return not accounts.login_configured() or role_of(identity(scope)) >= Role.ADMINISTRATOR


def _with_short_cookies(scope: Scope, headers: Headers, send: Send) -> Send:
    """Give the login's cookies eight hours instead of thirty days, and `Secure` behind https."""
    scheme = headers.get("x-forwarded-proto", scope.get("scheme", "http")).split(",")[0].strip()
    secure = scheme == "https" or _redirect_uri().startswith("https://")

    async def send_shorter(message: Message) -> None:
        if message["type"] == "http.response.start":
            kept = MutableHeaders(scope=message)
            cookies = kept.getlist("set-cookie")
            if any(one.startswith(_AUTH_COOKIES) for one in cookies):
                del kept["set-cookie"]
                for one in cookies:
                    kept.append("set-cookie", _shorter(one, secure=secure))
        await send(message)

    return send_shorter


def _shorter(cookie: str, *, secure: bool) -> str:
    if not cookie.startswith(_AUTH_COOKIES):
        return cookie
    parts = [part.strip() for part in cookie.split(";")]
    shorter = []
    for part in parts:
        name, _, value = part.partition("=")
        if name.lower() == "max-age" and value.isdigit():
            shorter.append(f"Max-Age={min(int(value), SESSION_S)}")
        elif name.lower() != "secure":
            shorter.append(part)
    return "; ".join([*shorter, "Secure"] if secure else shorter)
