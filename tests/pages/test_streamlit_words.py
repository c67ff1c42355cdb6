"""Streamlit's own words are French as they are served, and a new version of it is noticed."""

import asyncio
import gzip

import pytest
from starlette.responses import PlainTextResponse
from starlette.types import Message

from pages import streamlit_words
from pages.streamlit_words import FOLDER, PIECES, SCRIPTS, WORDS, FrenchScripts


@pytest.fixture(scope="module")
def scripts() -> dict[str, str]:
    return {
        one.name: one.read_text("utf-8")
        for one in FOLDER.glob("*.js")
        if one.name.partition(".")[0] in SCRIPTS
    }


def test_every_word_stands_in_the_scripts_of_this_streamlit(scripts: dict[str, str]) -> None:
    every = "".join(scripts.values())
    assert [word for word in WORDS if f"`{word}`" not in every] == []
    assert [piece for piece in PIECES if piece not in every] == []


def test_what_is_served_says_it_in_french(scripts: dict[str, str]) -> None:
    served = "".join(
        gzip.decompress(streamlit_words.script(name) or b"").decode() for name in scripts
    )
    shown = [f"label:`{word}`" for word in WORDS] + [f'"aria-label":`{word}`' for word in WORDS]
    assert [word for word in shown if word in served] == []
    assert [piece for piece in PIECES if piece in served] == []
    assert "label:`Tout choisir`" in served
    assert "`Entrée pour ${" in served
    # Figures of tables are French in any browser.
    assert "new Intl.NumberFormat(n,t)" in served
    assert "n=[`fr-FR`]" in served
    # A screen reader heard "14.8" of a cell that shows 14,8, and "true" of a tick.
    assert "=>e.displayData??e.data?.toString()??``,kind:Y.Number" in served
    assert "=>e.data?`oui`:`non`,kind:Y.Boolean" in served
    # Names of the code are no words.
    assert ".displayName=`Search`" in served


@pytest.mark.parametrize("name", ["index.html", "../index.html", "index.gone.js", "Html.js", ""])
def test_no_other_file_is_read(name: str) -> None:
    assert streamlit_words.script(name) is None


def answer(path: str, *headers: tuple[bytes, bytes]) -> tuple[dict[str, str], bytes]:
    """Ask for an address, and give headers and body."""
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": path, "headers": list(headers)}
    asyncio.run(FrenchScripts(PlainTextResponse("inside"))(scope, receive, send))
    told = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return told, b"".join(message.get("body", b"") for message in sent[1:])


@pytest.mark.parametrize("base", ["", "/proxisoins"])
def test_who_takes_compressed_scripts_gets_them_so(base: str) -> None:
    name = next(FOLDER.glob("Multiselect.*.js")).name
    headers, body = answer(f"{base}/static/js/{name}", (b"accept-encoding", b"br, gzip"))
    assert headers["content-encoding"] == "gzip"
    assert headers["content-type"].startswith("text/javascript")
    plain, same = answer(f"{base}/static/js/{name}")
    assert "content-encoding" not in plain
    assert gzip.decompress(body) == same
    assert "`Tout choisir`" in same.decode()


@pytest.mark.parametrize(
    ("accepted", "packed"),
    [
        ("gzip", True),
        ("br;q=1.0, GZIP;q=0.8", True),
        ("*", True),
        ("gzip;q=0", False),
        ("br, gzip; q=0.000", False),
        ("gzip;q=0, *", False),
        ("*;q=0", False),
        ("identity", False),
        ("x-gzipped", False),
        ("", False),
    ],
)
def test_a_weight_of_zero_refuses_what_it_names(accepted: str, packed: bool) -> None:
    headers = [(b"accept-encoding", accepted.encode())]
    assert streamlit_words.takes_gzip({"type": "http", "headers": headers}) is packed


@pytest.mark.parametrize("path", ["/static/js/Html.js", "/carte", "/static/js/../index.html"])
def test_all_else_goes_through(path: str) -> None:
    assert answer(path)[1] == b"inside"


def test_a_script_without_words_is_served_compressed_and_otherwise_as_it_is() -> None:
    file = next(FOLDER.glob("protobuf.*.js"))
    headers, body = answer(f"/static/js/{file.name}", (b"accept-encoding", b"gzip"))
    assert gzip.decompress(body) == file.read_bytes()
    assert len(body) * 4 < file.stat().st_size
    assert headers["content-type"].startswith("text/javascript")
    assert headers["cache-control"] == "public, immutable, max-age=31536000"
    plain, same = answer(f"/static/js/{file.name}")
    assert same == file.read_bytes()
    assert "content-encoding" not in plain
