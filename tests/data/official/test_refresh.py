"""Refreshing from a server that misbehaves, on the loopback only."""

import hashlib
import itertools
import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from typer.testing import CliRunner

from data.cli import app
from data.files import downloads
from data.official import imports, refresh
from data.official.sources import sources
from data.region import catalogue, table_store
from geo.errors import InvalidInputError, UnavailableError

GOLDEN = Path(__file__).parent / "readers" / "golden"
BPE = (GOLDEN / "bpe_melodi.csv").read_bytes()
AGES = (GOLDEN / "ages.csv").read_bytes()

Answer = Callable[[BaseHTTPRequestHandler, int], None]


class Server:
    """A server whose every path answers as a test wants; requests are kept."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.requests: list[tuple[str, str]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.requests.append((self.path, self.headers.get("Range", "")))
                count = sum(path == self.path for path, _ in outer.requests)
                outer.answers[self.path](self, count)

            def log_message(self, *_: object) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.base = f"http://127.0.0.1:{self.http.server_port}"
        threading.Thread(target=self.http.serve_forever, args=(0.02,), daemon=True).start()

    def ranges(self, path: str) -> list[str]:
        return [asked for found, asked in self.requests if found == path]


def _send(handler, content, status=200, announced=None, **headers):
    handler.send_response(status)
    length = len(content) if announced is None else announced
    if length >= 0:
        handler.send_header("Content-Length", str(length))
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(content)


def _whole(content, **headers) -> Answer:
    return lambda handler, _: _send(handler, content, **headers)


@pytest.fixture
def server(monkeypatch) -> Iterator[Server]:
    """Point two sources at a local server: bpe_melodi (with a checksum address) and insee_ages."""
    found = Server()
    declared = dict(sources())
    for key, path in {"bpe_melodi": "/bpe", "insee_ages": "/ages"}.items():
        changed = {"download": found.base + path}
        declared[key] = declared[key].model_copy(update=changed)
    monkeypatch.setattr(refresh, "sources", lambda: declared)
    monkeypatch.setattr(downloads, "PAUSE_S", 0)
    found.answers |= {"/bpe": _whole(BPE), "/ages": _whole(AGES)}
    found.declared = declared
    yield found
    found.http.shutdown()
    found.http.server_close()


def _refresh(*keys):
    return refresh.refresh(keys, lambda *_: None)


def _failure(key="bpe_melodi"):
    """Refresh both sources; return the sentence of the one that failed, nothing having changed."""
    before = table_store.current_key()
    lines, _ = _refresh("bpe_melodi", "insee_ages")
    assert table_store.current_key() == before
    assert all(line.status == imports.REFUSED for line in lines)
    return next(line.message for line in lines if line.source == key)


def test_sources_are_fetched_checked_and_swapped_in_one_step(server):
    seen = []
    lines, reports = refresh.refresh(
        ["bpe_melodi", "insee_ages"], lambda key, done, total: seen.append((key, done, total))
    )
    assert [line.status for line in lines] == [imports.IMPORTED] * 2
    assert ("bpe_melodi", len(BPE), len(BPE)) in seen
    assert reports[0].tables[0].matched == 893  # two départements: the others are not covered
    state = table_store.version(table_store.current_key())
    assert state.before == ""  # one step for both sources
    assert set(state.tables) == {"gps", "gp_history", "reference"}
    assert state.provenance["gps"].vintage == "2024"
    assert lines[0].sha256 == hashlib.sha256(BPE).hexdigest()


def test_refresh_is_undone_whole_and_history_stays(server):
    _refresh("bpe_melodi", "insee_ages")
    assert catalogue.undo() == ["gp_history", "gps", "reference"]
    assert table_store.current_key() == ""
    assert [line.source for line in refresh.history()] == ["bpe_melodi", "insee_ages"]
    again, _ = _refresh("bpe_melodi")
    assert again[0].status == imports.IMPORTED
    assert len(refresh.history()) == 3


def test_redirections_are_followed_and_the_file_keeps_its_name(server):
    disposition = 'attachment; filename="../../BPE 2024.csv"'
    server.answers["/there"] = _whole(BPE, Content_Disposition=disposition)
    server.answers["/bpe"] = lambda handler, _: _send(handler, b"", 302, Location="/there")
    ((line,), _) = _refresh("bpe_melodi")
    assert line.address == server.base + "/there"
    assert line.file_name == "BPE_2024.csv"


def test_a_cut_connection_is_resumed_where_it_stopped(server):
    def answer(handler, count):
        if count == 1:
            _send(handler, BPE[:100], announced=len(BPE), ETag='"v1"')
        else:
            assert handler.headers["If-Range"] == '"v1"'
            said = f"bytes 100-{len(BPE) - 1}/{len(BPE)}"
            _send(handler, BPE[100:], 206, ETag='"v1"', Content_Range=said)

    server.answers["/bpe"] = answer
    ((line,), _) = _refresh("bpe_melodi")
    assert server.ranges("/bpe") == ["", "bytes=100-"]
    assert line.sha256 == hashlib.sha256(BPE).hexdigest()


def test_a_file_that_changed_meanwhile_is_taken_from_the_start(server):
    def answer(handler, count):
        if count == 1:
            _send(handler, b"x" * 100, announced=5000, ETag='"old"')
        else:  # If-Range does not match: the whole new file
            _send(handler, BPE, ETag='"new"')

    server.answers["/bpe"] = answer
    ((line,), _) = _refresh("bpe_melodi")
    assert line.sha256 == hashlib.sha256(BPE).hexdigest()


def test_a_refused_range_starts_again(server):
    def answer(handler, count):
        if count == 1:
            _send(handler, b"x" * 100, announced=5000, ETag='"v1"')
        elif handler.headers.get("Range"):
            _send(handler, b"", 416)
        else:
            _send(handler, BPE)

    server.answers["/bpe"] = answer
    ((line,), _) = _refresh("bpe_melodi")
    assert line.sha256 == hashlib.sha256(BPE).hexdigest()


def test_a_later_refresh_goes_on_from_an_earlier_one(server):
    server.answers["/bpe"] = lambda handler, _: _send(
        handler, b"" if handler.headers.get("Range") else BPE[:100],
        206 if handler.headers.get("Range") else 200, announced=len(BPE), ETag='"v1"',
        Content_Range="bytes 100-",
    )  # fmt: skip
    assert "coupe" in _failure()
    server.requests.clear()
    said = f"bytes 100-{len(BPE) - 1}/{len(BPE)}"
    server.answers["/bpe"] = _whole(BPE[100:], status=206, Content_Range=said)
    ((line,), _) = _refresh("bpe_melodi")
    assert server.ranges("/bpe") == ["bytes=100-"]
    assert line.status == imports.IMPORTED


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (_whole(b"", status=500), "erreur 500"),
        (_whole(b"", status=404), "erreur 404"),
        (_whole(b"<html>maintenance</html>", Content_Type="text/html; charset=utf-8"), "page web"),
        (_whole(BPE[:50], announced=len(BPE)), "coupe"),
        (_whole(b""), "vide"),
        (_whole(BPE, announced=3_000_000_000), "plus que la limite"),
        (lambda handler, _: _send(handler, b"", 302, Location="/bpe"), "renvoie sans fin"),
        (_whole(b"a;b\n1;2\n"), "n'est aucun des fichiers attendus"),
        (_whole((GOLDEN / "reference.csv").read_bytes()), "n'a plus la forme attendue"),
        (_whole(BPE[:150]), "sans médecin généraliste"),
        (_whole(b"PK\x03\x04" + BPE), "abîmé"),
    ],
    ids=itertools.count(),
)  # fmt: skip
def test_a_misbehaving_server_changes_nothing(server, answer, words):
    server.answers["/bpe"] = answer
    message = _failure()
    assert words in message
    kept = [p.name for p in (refresh._folder("bpe_melodi")).glob("*")]
    assert set(kept) <= {"part", "validator"}


def test_errors_of_the_server_are_tried_again_and_refusals_are_not(server):
    server.answers["/bpe"] = _whole(b"", status=500)
    _failure()
    assert len(server.ranges("/bpe")) == downloads.ATTEMPTS
    server.requests.clear()
    server.answers["/bpe"] = _whole(b"", status=403)
    _failure()
    assert len(server.ranges("/bpe")) == 1


def test_silence_ends_in_a_sentence(server, monkeypatch):
    monkeypatch.setattr(downloads, "SILENCE_S", 0.1)
    monkeypatch.setattr(downloads, "ATTEMPTS", 1)
    server.answers["/bpe"] = lambda handler, _: (time.sleep(0.5), _send(handler, BPE))
    assert "ne répond pas à temps" in _failure()


def test_a_file_that_never_ends_is_stopped(server, monkeypatch):
    monkeypatch.setattr(downloads, "MAX_FILE_BYTES", 1000)
    server.answers["/bpe"] = _whole(b"x" * 300_000, announced=-1)
    assert "plus que la limite" in _failure()
    monkeypatch.setattr(downloads, "MAX_FILE_BYTES", 10**9)
    monkeypatch.setattr(downloads, "DEADLINE_S", -1)
    assert "il est arrêté" in _failure()


@pytest.mark.parametrize("shape", ["data.gouv", "text"])
def test_a_published_checksum_is_held_against_the_file(server, shape):
    said = hashlib.sha1(BPE, usedforsecurity=False).hexdigest()

    def published(value):
        metadata = {"resource": {"checksum": {"type": "sha1", "value": value}}}
        return json.dumps(metadata) if shape == "data.gouv" else f"{value}  bpe.csv\n"

    declared = server.declared["bpe_melodi"].model_copy(update={"checksum": server.base + "/sum"})
    server.declared["bpe_melodi"] = declared
    server.answers["/sum"] = _whole(published("0" * 40).encode())
    assert "n'a pas l'empreinte publiée" in _failure()
    server.answers["/sum"] = _whole(published(said).encode())
    ((line,), _) = _refresh("bpe_melodi")
    assert line.status == imports.IMPORTED


def test_a_secured_address_never_leads_to_an_open_one():
    class Answer:
        status_code, url, headers = 200, "http://ailleurs.example/f.csv", {}

        def raise_for_status(self):
            return None

    with pytest.raises(UnavailableError, match="adresse non sécurisée"):
        downloads._check_answer(Answer(), "https://officiel.example/f.csv", Path())


def test_a_file_that_lost_its_communes_is_refused(server):
    _refresh("bpe_melodi")
    server.answers["/bpe"] = _whole(BPE.replace(b'"33063"', b'"01053"'))
    message = _failure()
    assert "ne couvre que 359 communes" in message
    assert "contre 893 aujourd'hui" in message


def test_sources_without_address_say_what_to_do(server):
    with pytest.raises(InvalidInputError, match="proxisoins roads"):
        _refresh("osm_limousin")
    with pytest.raises(InvalidInputError, match="n'a pas d'adresse stable"):
        _refresh("tvs")
    with pytest.raises(InvalidInputError, match="Source inconnue"):
        _refresh("ailleurs")


def test_command_tells_and_fails_with_a_sentence(server):
    run = CliRunner()
    result = run.invoke(app, ["refresh", "bpe_melodi", "--json"])
    assert json.loads(result.stdout)[0]["status"] == imports.IMPORTED
    server.answers["/bpe"] = _whole(b"", status=404)
    result = run.invoke(app, ["refresh", "bpe_melodi"])
    assert result.exit_code == 1
    assert "erreur 404" in result.stdout
    assert "bpe_melodi" in run.invoke(app, ["refresh", "--historique"]).stdout
    assert server.base in run.invoke(app, ["refresh", "--liste"]).stdout


def test_declared_addresses_are_public_and_secured():
    for key, source in sources().items():
        for address in (source.page, source.download, source.checksum):
            assert not address or address.startswith("https://"), key


def test_a_refresh_killed_before_its_end_leaves_nothing_nominative(server, isolated_home):
    left = isolated_home / "downloads" / "sources" / "rpps"
    left.mkdir(parents=True)
    for name in ("PS_LibreAcces.zip", "part", "validator"):
        (left / name).write_bytes(b"nominative")
    _refresh("insee_ages")
    assert {path.name for path in left.iterdir()} == {"part", "validator"}  # to be completed


def test_a_disk_that_refuses_one_file_keeps_nothing_of_the_others(server, isolated_home):
    received = isolated_home / "downloads" / "sources"
    received.mkdir(parents=True)
    (received / "insee_ages").write_bytes(b"where its folder should be")
    assert "ne peut pas être écrit dans" in _failure("insee_ages")
    assert not (received / "bpe_melodi").exists()


def test_a_history_that_cannot_be_written_takes_nothing_back(server, isolated_home):
    (isolated_home / "refresh_history.jsonl").mkdir()
    ((line,), _) = _refresh("insee_ages")
    assert line.status == imports.IMPORTED
    assert "reference" in table_store.version(table_store.current_key()).tables
    assert refresh.history() == []


def test_two_refreshes_at_once_do_not_mix_their_files(server):
    def answer(handler, _):
        with pytest.raises(UnavailableError, match="Une autre actualisation est en cours"):
            _refresh("insee_ages")
        _send(handler, BPE)

    server.answers["/bpe"] = answer
    ((line,), _) = _refresh("bpe_melodi")
    assert line.status == imports.IMPORTED
    assert server.ranges("/ages") == []


def test_history_outlives_a_line_cut_by_a_kill(server, isolated_home):
    _refresh("insee_ages")
    history = isolated_home / "refresh_history.jsonl"
    history.write_bytes(history.read_bytes() + b'{"at": "2026-11-22", "sou')
    _refresh("insee_ages")
    assert [line.source for line in refresh.history()] == ["insee_ages"] * 2
