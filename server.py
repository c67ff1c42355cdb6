"""ASGI application: the Streamlit screens, a health route, safe headers, a French shell.

`streamlit run server.py` serves it; `app.py` alone also runs, without what this file adds.
"""

import asyncio
import base64
import gzip
import hashlib
import json
import logging
import os
import re
import secrets
import signal
import socket
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import streamlit as st
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import cli_util, config
from streamlit.runtime import Runtime
from streamlit.runtime.pages_manager import PagesManager
from streamlit.starlette import App
from streamlit.web.server import server_util

from data.base import memory, running
from data.base.paths import home
from data.maps.static_files import TILE_SERVER
from geo.errors import ProxiSoinsError, UnavailableError
from pages import map_assets, starting
from pages.streamlit_words import FrenchScripts, takes_gzip
from pages.walls import Walls

LOG = logging.getLogger("proxisoins")

memory.keep_little()

# Otherwise Streamlit takes `pages/` for its own old menu until someone has opened the first page,
# and a link straight to a screen would show it without app.py: no ribbon, no French menu.
PagesManager.uses_pages_directory = False

# The browser may load, call and frame this server only: no telemetry, no CDN, no foreign frame;
# the map's frame may also show the IGN's background tiles.
# Styles are inline because Streamlit's scripts write them; `blob:` serves downloads, the worker
# of tables and the code of in-page components.
POLICY = (
    "default-src 'self'; script-src 'self' blob: {inline}; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:{pictures}; font-src 'self' data:; connect-src 'self' blob:; "
    "worker-src 'self' blob:; frame-src 'self'; object-src 'none'; base-uri 'self'; "
    "form-action 'self'; frame-ancestors 'self'"
)
# streamlit-folium evaluates the script of its map; no text of a user ever enters that frame.
COMPONENT_INLINE = "'unsafe-inline' 'unsafe-eval'"
# A file that a user may have put in, opened as a page: nothing in it runs.
FILE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"

MAP_FRAME = "/component/streamlit_folium"

PUBLIC_PAGE = "/gardes"
"""What others may show inside their pages, with the frame of its map."""
_ORIGIN = re.compile(r"https://[\w.-]+(:\d{1,5})?")


def embedding_origins() -> str:
    """Return who may embed the public page: origins of PROXISOINS_EMBEDDED_BY, none by default."""
    asked = os.environ.get("PROXISOINS_EMBEDDED_BY", "").split()
    return "".join(f" {one}" for one in asked if _ORIGIN.fullmatch(one))


def embeddable(headers: MutableHeaders, path: str) -> None:
    """Let the origins named embed the public page, and nothing else."""
    origins = embedding_origins()
    embedded = path.rstrip("/") == PUBLIC_PAGE or path.startswith(f"{MAP_FRAME}.")
    if not origins or not embedded:
        return
    del headers["x-frame-options"]
    policy = headers["Content-Security-Policy"]
    headers["Content-Security-Policy"] = policy.replace(
        "frame-ancestors 'self'", f"frame-ancestors 'self'{origins}"
    )


SAFE_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}

CONTOURS = "/app/static/generated/"
"""The last that a map fetches before it is drawn."""

# The names of generated files carry their version; those of the libraries do not.
CACHE_BY_FOLDER = {
    CONTOURS: "public, max-age=31536000, immutable",
    "/app/static/vendor/": "public, max-age=86400",
}


def caching(path: str, status: int) -> dict[str, str]:
    """Return the header that says how long an answer may be kept, where there is one."""
    found = (rule for folder, rule in CACHE_BY_FOLDER.items() if path.startswith(folder))
    rule = next(found, "") if status == 200 else ""
    return {"Cache-Control": rule} if rule else {}


FRENCH_NOSCRIPT = "<noscript><p>ProxiSoins a besoin de JavaScript pour s’afficher.</p></noscript>"


def in_french(page: str) -> str:
    """Return a page of Streamlit's with its language, title and fallback text in French."""
    page = re.sub(r'<html lang="[^"]*"', '<html lang="fr"', page, count=1)
    page = page.replace("<title>Streamlit</title>", "<title>ProxiSoins</title>", 1)
    return re.sub(r"<noscript>.*?</noscript>", FRENCH_NOSCRIPT, page, count=1, flags=re.DOTALL)


@cache
def early_links() -> str:
    """Return links by which the browser fetches, with the page, what Streamlit asks for late.

    Our own script for the keyboard, in what Streamlit lays over the page, comes with them.

    Every screen draws HTML and most a map: without them their code is fetched one after the
    other, once the script has run.
    """
    folder = Path(st.__file__).parent / "static" / "static" / "js"
    late = ("ComponentInstance", "IFrameUtil", "withCalculatedWidth", "urls", "Html", "purify.es")
    found = (one.name for name in late for one in folder.glob(f"{name}.*.js"))
    links = (f'<link rel="modulepreload" crossorigin href="./static/js/{name}">' for name in found)
    return "".join(
        [*links, f'<script defer src="./app/static/{map_assets.page_script()}"></script>']
    )


def own_address() -> str:
    """Return a script that tells Streamlit's own where the server is.

    Without it they ask below the address of the screen first, and are refused twice.
    """
    base = str(config.get_option("server.baseUrlPath") or "").strip("/")
    path = json.dumps(f"/{base}/" if base else "/")
    address = f"new URL({path}, location.origin).href"
    return f"<script>window.__streamlit = {{BACKEND_BASE_URL: {address}}}</script>"


@cache
def map_links() -> str:
    """Return links by which the map's frame fetches its scripts and styles all at once.

    The import map comes first: a browser may refuse one that follows the first module.
    """
    imports = f'<script type="importmap">{map_assets.import_map()}</script>'
    modules = (
        f'<link rel="modulepreload" href="{address}">'
        for name, address in map_assets.modules().items()
        if name in map_assets.AT_OPENING
    )
    scripts = (
        f'<link rel="preload" as="script" href="{one}">' for one in map_assets.scripts().values()
    )
    styles = (
        f'<link rel="preload" as="style" href="{one}">' for one in map_assets.styles().values()
    )
    return "".join([imports, map_assets.typeface(), *scripts, *modules, *styles])


def inline_hashes(page: str) -> str:
    """Return the policy sources that allow exactly the inline scripts of a page."""
    scripts = re.findall(r"<script>(.*?)</script>", page, flags=re.DOTALL)
    digests = (hashlib.sha256(script.encode()).digest() for script in scripts)
    return " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)


def route_path(scope: Scope) -> str:
    """Return the path asked for, without `server.baseUrlPath`."""
    base = str(config.get_option("server.baseUrlPath") or "").strip("/")
    path = str(scope["path"])
    return path.removeprefix(f"/{base}") if base else path


def is_foreign(scope: Scope) -> bool:
    """Tell whether a page of another site opens this websocket.

    Streamlit refuses it too, but first asks a site on the Internet for our own address.
    """
    headers = Headers(scope=scope)
    origin, host = headers.get("origin"), headers.get("host")
    ours = {None, f"http://{host}", f"https://{host}"}
    return origin not in ours | set(config.get_option("server.corsAllowedOrigins"))


class SafePages:
    """Give every response its security and cache headers, and every page its French shell.

    A websocket goes through untouched, unless a page of another site opens it. The body of all
    that is not a page goes through untouched too.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] == "websocket" and is_foreign(scope):
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        path = route_path(scope)
        is_file = path.startswith(("/media/", "/app/static/"))
        page_start: Message | None = None
        page_body = bytearray()

        async def send_safely(message: Message) -> None:
            nonlocal page_start
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(SAFE_HEADERS | caching(path, message["status"]))
                is_html = headers.get("content-type", "").startswith("text/html")
                if is_html and not is_file and scope["method"] == "GET":
                    page_start = message
                    return
                headers["Content-Security-Policy"] = (
                    FILE_POLICY if is_file else POLICY.format(inline="", pictures="")
                )
                await send(message)
            elif page_start is not None and message["type"] == "http.response.body":
                page_body.extend(message.get("body", b""))
                if not message.get("more_body", False):
                    packed = takes_gzip(scope)
                    await send_page(page_start, bytes(page_body), path, send, packed=packed)
            else:
                await send(message)

        await self.app(scope, receive, send_safely)
        if path.startswith(CONTOURS):
            starting.map_sent()


async def send_page(start: Message, body: bytes, path: str, send: Send, *, packed: bool) -> None:
    """Send a page in French, under a policy that lets only its own inline scripts run.

    `packed` says that the browser takes it compressed.
    """
    headers = MutableHeaders(scope=start)
    if headers.get("content-encoding") == "gzip":
        body = gzip.decompress(body)
        del headers["content-encoding"]
    page = in_french(body.decode())
    is_map = path.startswith(MAP_FRAME)
    links = map_links() if is_map else own_address() + early_links()
    page = page.replace("</head>", f"{links}</head>", 1)
    is_component = path.startswith("/component/")
    if is_component:  # before any script that listens
        page = re.sub(r"<head[^>]*>", lambda head: head[0] + map_assets.guard(), page, count=1)
    inline = COMPONENT_INLINE if is_component else inline_hashes(page)
    pictures = f" {TILE_SERVER}" if is_map else ""
    headers["Content-Security-Policy"] = POLICY.format(inline=inline, pictures=pictures)
    embeddable(headers, path)
    # These describe Streamlit's file, not the page as we send it.
    del headers["etag"]
    del headers["last-modified"]
    body = page.encode()
    headers.add_vary_header("Accept-Encoding")
    if packed:
        body = gzip.compress(body, mtime=0)
        headers["Content-Encoding"] = "gzip"
    headers["Content-Length"] = str(len(body))
    await send(start)
    await send({"type": "http.response.body", "body": body})


async def health(_request: Request) -> JSONResponse:
    """Answer 200 when the map can be opened and the data folder is there, else 503."""
    ready, _reason = await Runtime.instance().is_ready_for_browser_connection
    ready = ready and starting.can_draw_map()
    try:
        storage = home().is_dir() and running.folder_is_there()
    except (OSError, UnavailableError):
        storage = False
    well = ready and storage
    return JSONResponse(
        {
            "etat": "ok" if well else "indisponible",
            "application": ready,
            "dossier_de_donnees": storage,
            "version": version("proxisoins"),
        },
        status_code=200 if well else 503,
        headers={"Cache-Control": "no-store"},
    )


def explain_error(error: Exception) -> bool:
    """Say a foreseen error; give another a number, for the log (with its trace) and the reader."""
    if isinstance(error, ProxiSoinsError):
        st.error("Cela n’a pas pu s’afficher.")
        st.text(str(error))
        return True
    number = secrets.token_hex(4)
    LOG.error("Unforeseen error %s: %s", number, type(error).__name__)
    st.error(
        "Une erreur imprévue a interrompu l’affichage. Rechargez la page ; si elle revient, "
        f"signalez le numéro **{number}** à l’administrateur (détail au journal du serveur)."
    )
    return True


TURN_S = 0.001
"""Seconds that what a process prepares keeps the interpreter from who asks for it meanwhile."""


def _warm_up() -> None:
    usual = sys.getswitchinterval()
    sys.setswitchinterval(TURN_S)  # of 5 ms, each step of each answer waited as long
    try:
        from pages.warm_up import warm_up

        warm_up()
    finally:
        sys.setswitchinterval(usual)
        starting.all_imported()  # whatever fails, the screens say it


LAST_ANSWERS_S = 5
"""Seconds that a server being stopped leaves to the answers under way."""


def end_in_time() -> None:
    """Have the server that runs us end soon once it is asked to, whoever still holds an answer.

    uvicorn waits without end until each has been read: one tab asleep kept a process from stopping.
    """
    if (rules := _rules()) is not None:
        rules.timeout_graceful_shutdown = LAST_ANSWERS_S


def send_at_once() -> None:
    """Have the server that runs us send what it writes without waiting for what was sent before.

    Streamlit opens its socket so that asyncio does not know it for TCP, and leaves it as it is:
    the end of an answer, or of what a screen is made of, then waits until the browser has said
    that it has the beginning, which it says up to 40 ms late, once for each of sixty files.
    """
    if (rules := _rules()) is None:
        return

    class AtOnce(rules.http_protocol_class):  # type: ignore[name-defined]
        def connection_made(self, transport: asyncio.Transport) -> None:
            with suppress(OSError, AttributeError):  # no TCP
                transport.get_extra_info("socket").setsockopt(
                    socket.IPPROTO_TCP, socket.TCP_NODELAY, 1
                )
            super().connection_made(transport)

    rules.http_protocol_class = AtOnce


def _rules() -> Any:
    """Return the configuration of the server that runs us, None where it is not uvicorn."""
    listening = getattr(signal.getsignal(signal.SIGTERM), "__self__", None)
    rules = getattr(listening, "config", None)
    return rules if hasattr(rules, "timeout_graceful_shutdown") else None


@asynccontextmanager
async def announce(_app: App) -> AsyncIterator[None]:
    """Prepare the screens, say in the terminal where they are, open them in a browser if any."""
    # Now that the runtime is there, which caches look for. The browser loads Streamlit meanwhile.
    starting.begin()
    end_in_time()
    send_at_once()
    threading.Thread(target=_warm_up, name="warm-up", daemon=True).start()
    address = config.get_option("browser.serverAddress") or "localhost"
    url = server_util.get_url(str(address))
    print(f"\n  ProxiSoins est ouvert : {url}\n  Ctrl+C pour l’arrêter.\n", flush=True)
    if not config.get_option("server.headless"):
        # Sockets are listening already; the second lets the first request find the routes.
        asyncio.get_running_loop().call_later(1.0, cli_util.open_browser, url)
    with running.serving():
        yield


app = App(
    Path(__file__).with_name("app.py"),
    routes=[Route("/sante", health)],
    middleware=[Middleware(SafePages), Middleware(FrenchScripts), Middleware(Walls)],
    lifespan=announce,
    on_script_error=explain_error,
)
