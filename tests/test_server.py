"""The ASGI layer without a network: what it adds to each kind of answer."""

import asyncio
import base64
import gzip
import hashlib
import re
import socket
import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest
import streamlit
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.types import Message, Receive, Scope, Send
from streamlit import config

import server
from data.base.paths import ROOT
from data.maps import overlays
from geo.errors import InvalidInputError
from pages import map_assets, starting

STREAMLIT_PAGE = (Path(streamlit.__file__).parent / "static" / "index.html").read_text()


def answer(
    response: Response, path: str = "/", method: str = "GET", accepts: str = ""
) -> tuple[dict[str, str], bytes, int]:
    """Send a response through the middleware and give the headers, the body, the status."""
    sent: list[Message] = []

    async def inner(scope: Scope, receive: Receive, send: Send) -> None:
        await response(scope, receive, send)

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    asked = [(b"accept-encoding", accepts.encode())] if accepts else []
    scope = {"type": "http", "method": method, "path": path, "headers": asked}
    asyncio.run(server.SafePages(inner)(scope, receive, send))
    headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return headers, b"".join(message.get("body", b"") for message in sent[1:]), sent[0]["status"]


def script_sources(headers: dict[str, str]) -> list[str]:
    directives = headers["content-security-policy"].split(";")
    return next(d.split()[1:] for d in directives if d.split()[0] == "script-src")


def test_streamlits_page_becomes_french() -> None:
    headers, body, _ = answer(HTMLResponse(STREAMLIT_PAGE))
    page = body.decode()
    assert '<html lang="fr">' in page
    assert "<title>ProxiSoins</title>" in page
    assert "a besoin de JavaScript" in page
    assert "Streamlit app" not in page
    assert int(headers["content-length"]) == len(body)


def test_stale_validators_are_not_sent_with_a_rewritten_page() -> None:
    original = HTMLResponse(STREAMLIT_PAGE, headers={"ETag": '"a"', "Last-Modified": "x"})
    headers, _, _ = answer(original)
    assert "etag" not in headers
    assert "last-modified" not in headers


def test_compressed_page_is_rewritten_too() -> None:
    squeezed = HTMLResponse(
        gzip.compress(STREAMLIT_PAGE.encode()), headers={"Content-Encoding": "gzip"}
    )
    headers, body, _ = answer(squeezed, "/methode")
    assert "content-encoding" not in headers
    assert b'<html lang="fr">' in body
    # Compressed again for who takes it so.
    headers, packed, _ = answer(squeezed, "/methode", accepts="br, gzip")
    assert headers["content-encoding"] == "gzip"
    assert headers["vary"] == "Accept-Encoding"
    assert int(headers["content-length"]) == len(packed)
    assert gzip.decompress(packed) == body


def test_policy_allows_the_inline_scripts_of_the_page_and_no_other() -> None:
    script = "let a = 1"
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    headers, _, _ = answer(HTMLResponse(f"<html><script>{script}</script></html>"))
    assert f"'sha256-{digest}'" in script_sources(headers)
    assert "'unsafe-inline'" not in script_sources(headers)
    assert "'unsafe-eval'" not in script_sources(headers)


def test_a_page_tells_where_the_server_is_under_its_path_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    page = HTMLResponse("<html><head></head></html>")
    for base, told in (("", "/"), ("soins", "/soins/")):
        monkeypatch.setattr(server.config, "get_option", lambda _, base=base: base)
        headers, body, _ = answer(page, f"{told}risques")
        script = re.search(r"<script>(.*?)</script>", body.decode())[1]
        assert f'BACKEND_BASE_URL: new URL("{told}", location.origin)' in script
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in script_sources(headers)


def test_only_the_frame_of_components_may_evaluate_scripts() -> None:
    page = HTMLResponse("<html></html>")
    inside, _, _ = answer(page, "/component/streamlit_folium.st_folium/index.html")
    lookalike, _, _ = answer(page, "/carte/component/streamlit_folium.st_folium/index.html")
    assert "'unsafe-eval'" in script_sources(inside)
    assert "'unsafe-eval'" not in script_sources(lookalike)


def test_the_frame_of_a_component_hears_its_parent_only_before_any_script_runs() -> None:
    page = HTMLResponse('<html><head><script src="a.js"></script></head></html>')
    _, frame, _ = answer(page, "/component/streamlit_folium.st_folium/index.html")
    _, screen, _ = answer(page, "/carte")
    assert frame.decode().index("event.source === window.parent") < frame.decode().index("a.js")
    assert "window.parent" not in screen.decode()


@pytest.mark.parametrize("path", ["/media/export.html", "/app/static/note.html"])
def test_a_served_file_opened_as_a_page_runs_nothing(path: str) -> None:
    hostile = "<html lang='en'><script>alert(1)</script></html>"
    headers, body, _ = answer(HTMLResponse(hostile), path)
    assert body.decode() == hostile
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert "sandbox" in headers["content-security-policy"]


def test_generated_files_are_cached_for_ever_and_errors_are_not() -> None:
    path = "/app/static/generated/communes-75-abc.json"
    found, _, _ = answer(PlainTextResponse("{}"), path)
    missing, _, status = answer(PlainTextResponse("?", status_code=404), path)
    assert "immutable" in found["cache-control"]
    assert status == 404
    assert "cache-control" not in missing


def test_the_rest_is_read_once_the_contours_of_the_map_are_sent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(starting, "FRAME_S", 60.0)
    starting.begin()
    try:
        starting.drawn()
        rest = threading.Thread(target=starting.leave_room, daemon=True)
        rest.start()
        answer(PlainTextResponse(""), "/app/static/proxisoins/main.js")
        rest.join(0.2)
        assert rest.is_alive()
        answer(PlainTextResponse("{}"), "/app/static/generated/communes-75-abc.json")
        rest.join(10)
        assert not rest.is_alive()
    finally:
        starting.map_sent()
        starting.all_imported()


def test_head_request_keeps_its_headers() -> None:
    headers, body, _ = answer(HTMLResponse(b"", headers={"x": "y"}), method="HEAD")
    assert body == b""
    assert headers["x-content-type-options"] == "nosniff"
    assert "content-security-policy" in headers


def test_base_path_is_set_aside(monkeypatch: pytest.MonkeyPatch) -> None:
    real = config.get_option
    monkeypatch.setattr(
        config, "get_option", lambda key: "soins" if key == "server.baseUrlPath" else real(key)
    )
    headers, _, _ = answer(PlainTextResponse("x"), "/soins/app/static/vendor/leaflet/leaflet.js")
    assert headers["cache-control"] == "public, max-age=86400"


def open_stream(headers: dict[str, str]) -> list[Message]:
    """Open a websocket through the middleware, on an application that accepts all."""

    async def inner(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "websocket.accept", "headers": []})

    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "websocket.connect"}

    async def send(message: Message) -> None:
        sent.append(message)

    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "websocket", "path": "/_stcore/stream", "headers": raw}
    asyncio.run(server.SafePages(inner)(scope, receive, send))
    return sent


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "soins.example"},
        {"host": "soins.example", "origin": "https://soins.example"},
        {"host": "127.0.0.1:8501", "origin": "http://127.0.0.1:8501"},
    ],
)
def test_own_stream_passes_untouched(headers: dict[str, str]) -> None:
    assert open_stream(headers) == [{"type": "websocket.accept", "headers": []}]


@pytest.mark.parametrize(
    "origin", ["https://ailleurs.example", "null", "https://soins.example.org", "http://["]
)
def test_stream_of_a_foreign_page_is_refused(origin: str) -> None:
    sent = open_stream({"host": "soins.example", "origin": origin})
    assert sent == [{"type": "websocket.close", "code": 1008}]


class RuntimeDouble:
    """Stands for Streamlit's runtime, which a test cannot start twice in a process."""

    def __init__(self, ready: bool) -> None:
        self.ready = ready

    @property
    async def is_ready_for_browser_connection(self) -> tuple[bool, str]:
        return self.ready, ""


def health_answer(monkeypatch: pytest.MonkeyPatch, *, ready: bool) -> Response:
    monkeypatch.setattr(server.Runtime, "instance", lambda: RuntimeDouble(ready))
    return asyncio.run(server.health(Request({"type": "http", "headers": []})))


def test_health_is_good_when_sessions_open(monkeypatch: pytest.MonkeyPatch) -> None:
    assert health_answer(monkeypatch, ready=True).status_code == 200


def test_health_fails_when_no_session_can_open(monkeypatch: pytest.MonkeyPatch) -> None:
    assert health_answer(monkeypatch, ready=False).status_code == 503


def test_health_fails_when_the_data_folder_is_gone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    occupied = tmp_path / "file"
    occupied.write_text("not a folder")
    monkeypatch.setenv("PROXISOINS_HOME", str(occupied / "home"))
    refused = health_answer(monkeypatch, ready=True)
    assert refused.status_code == 503
    assert str(tmp_path).encode() not in refused.body


def test_an_unforeseen_error_shows_a_number_and_no_detail(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    shown: list[str] = []
    monkeypatch.setattr(server.st, "error", shown.append)
    assert server.explain_error(ValueError("détail confidentiel"))
    assert "confidentiel" not in shown[0]
    number = re.search(r"\*\*([0-9a-f]{8})\*\*", shown[0])
    assert number is not None
    assert number[1] in caplog.text


def test_a_foreseen_error_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[str] = []
    monkeypatch.setattr(server.st, "error", shown.append)
    monkeypatch.setattr(server.st, "text", shown.append)
    assert server.explain_error(InvalidInputError("Le point est en mer."))
    assert shown == ["Cela n’a pas pu s’afficher.", "Le point est en mer."]


def test_only_the_frame_of_the_map_may_show_background_tiles() -> None:
    frame, _, _ = answer(HTMLResponse("<html><head></head></html>"), f"{server.MAP_FRAME}/i.html")
    screen, _, _ = answer(HTMLResponse(STREAMLIT_PAGE))
    tiles = "/".join(overlays.BACKGROUND["url"].split("/")[:3])
    assert f"img-src 'self' data: blob: {tiles};" in frame["content-security-policy"]
    assert "https:" not in screen["content-security-policy"]


def test_pages_announce_what_the_browser_will_need() -> None:
    """Early links name files that exist, so that nothing is fetched for nothing."""
    _, screen, _ = answer(HTMLResponse(STREAMLIT_PAGE))
    late = re.findall(r'href="\./static/js/((?:ComponentInstance|Html)\.[^"]+)"', screen.decode())
    folder = Path(streamlit.__file__).parent / "static" / "static" / "js"
    assert len(late) == 2
    assert all((folder / name).is_file() for name in late)
    _, frame, _ = answer(HTMLResponse("<html><head></head></html>"), f"{server.MAP_FRAME}/i.html")
    assert map_assets.scripts()["carte"].encode() in frame


def test_the_public_page_alone_is_embedded_and_by_the_origins_named_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    page = HTMLResponse(STREAMLIT_PAGE)
    headers, _, _ = answer(page, "/gardes")
    assert headers["x-frame-options"] == "SAMEORIGIN"
    named = "https://urps.example.fr http://plain.example * https://a.b/c;"
    monkeypatch.setenv("PROXISOINS_EMBEDDED_BY", named)
    for path in ("/gardes", "/component/streamlit_folium.st_folium/index.html"):
        headers, _, _ = answer(HTMLResponse(STREAMLIT_PAGE), path)
        assert "x-frame-options" not in headers
        allowed = "frame-ancestors 'self' https://urps.example.fr"
        assert headers["content-security-policy"].endswith(allowed)
    for path in ("/", "/permanence", "/gardes2", "/gardes/x", "/partage"):
        headers, _, _ = answer(HTMLResponse(STREAMLIT_PAGE), path)
        assert headers["x-frame-options"] == "SAMEORIGIN"
        assert headers["content-security-policy"].endswith("frame-ancestors 'self'")


_ENDLESS = """
import sys
import uvicorn
import server

server.LAST_ANSWERS_S = 0.1


async def endless(scope, receive, send):
    if scope["type"] == "lifespan":
        server.end_in_time()
        for told in ("startup", "shutdown"):
            await receive()
            await send({"type": f"lifespan.{told}.complete"})
        return
    await send({"type": "http.response.start", "status": 200, "headers": []})
    while True:
        await send({"type": "http.response.body", "body": bytes(1_000_000), "more_body": True})


uvicorn.run(endless, fd=int(sys.argv[1]), log_level="error")
"""


def test_a_server_ends_when_asked_though_somebody_reads_no_answer_to_its_end() -> None:
    with socket.socket() as listening, socket.socket() as asleep:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        ours = listening.fileno()
        process = subprocess.Popen(
            [sys.executable, "-c", _ENDLESS, str(ours)], cwd=ROOT, pass_fds=[ours]
        )
        try:
            asleep.connect(listening.getsockname())
            asleep.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert asleep.recv(12) == b"HTTP/1.1 200"
            process.terminate()
            process.wait(60)
        finally:
            process.kill()
            process.wait()


def test_what_is_written_is_sent_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    heard = []

    class Protocol:
        def connection_made(self, transport: object) -> None:
            heard.append(transport)

    class Server:
        config = SimpleNamespace(timeout_graceful_shutdown=None, http_protocol_class=Protocol)

        def handle_exit(self, *_: object) -> None: ...

    running = Server()
    monkeypatch.setattr(server.signal, "getsignal", lambda _: running.handle_exit)
    server.send_at_once()
    # As Streamlit opens its own: of no protocol that asyncio knows for TCP.
    with (
        socket.create_server(("127.0.0.1", 0)) as listening,
        socket.create_connection(listening.getsockname()),
        listening.accept()[0] as accepted,
    ):
        assert not accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        transport = SimpleNamespace(get_extra_info={"socket": accepted}.get)
        running.config.http_protocol_class().connection_made(transport)
        assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
    assert heard == [transport]
