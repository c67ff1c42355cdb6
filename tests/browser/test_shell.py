"""The shell around the screens: language, headers, caching, health, offline."""

import gzip
import json
import urllib.request

import pytest
from playwright.sync_api import Page


def headers_of(url: str) -> tuple[dict[str, str], bytes]:
    request = urllib.request.Request(url, headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(request, timeout=30) as response:
        return {name.lower(): value for name, value in response.headers.items()}, response.read()


def test_health_route_answers(server: str) -> None:
    headers, body = headers_of(f"{server}/sante")
    assert json.loads(body)["etat"] == "ok"
    assert headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", ["/", "/methode", "/_stcore/health", "/sante"])
def test_every_answer_carries_the_security_headers(server: str, path: str) -> None:
    headers, _ = headers_of(f"{server}{path}")
    assert "frame-ancestors 'self'" in headers["content-security-policy"]
    assert "unsafe-eval" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "SAMEORIGIN"
    assert headers["referrer-policy"] == "same-origin"


def test_leaflet_is_served_compressed_and_cached(server: str) -> None:
    headers, body = headers_of(f"{server}/app/static/vendor/leaflet/leaflet.js")
    assert headers["content-encoding"] == "gzip"
    assert b"Leaflet 1.9" in gzip.decompress(body)[:200]
    assert "max-age" in headers["cache-control"]


def test_page_is_french_and_live(server: str, page: Page) -> None:
    with page.expect_websocket(lambda socket: socket.url.endswith("/_stcore/stream")) as stream:
        page.goto(server)
    page.get_by_test_id("stApp").wait_for()
    assert not stream.value.is_closed()
    assert page.evaluate("document.documentElement.lang") == "fr"


@pytest.mark.parametrize("path", ["/", "/methode"])
def test_shell_is_french_before_any_script_runs(server: str, path: str) -> None:
    _, body = headers_of(f"{server}{path}")
    shell = body.decode()
    assert '<html lang="fr">' in shell
    assert "<title>ProxiSoins</title>" in shell
    assert "You need to enable JavaScript" not in shell


def test_a_foreign_page_cannot_frame_the_application(server: str, page: Page) -> None:
    page.goto(server)
    foreign = f"data:text/html,<iframe src='{server}' id='f'></iframe>"
    page.goto(foreign)
    page.wait_for_timeout(500)
    framed = page.frames[1]
    assert not framed.url.startswith(server)


def test_a_foreign_origin_cannot_open_the_stream(server: str, page: Page) -> None:
    page.goto("data:text/html,<p>ailleurs</p>")
    outcome = page.evaluate(
        """address => new Promise(resolve => {
            const socket = new WebSocket(address);
            socket.onopen = () => resolve("open");
            socket.onerror = () => resolve("refused");
        })""",
        server.replace("http", "ws") + "/_stcore/stream",
    )
    assert outcome == "refused"
