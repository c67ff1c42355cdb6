"""Refreshing from a server that misbehaves, on the loopback only."""

import datetime as dt
import gzip
import hashlib
import itertools
import json
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pyproj
import pytest
from typer.testing import CliRunner

from data.cli import app
from data.files import downloads
from data.official import features, import_reports, refresh, resolution, source_state
from data.official.gml import read_page
from data.official.sources import Way, sources
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
        self.agents: list[str] = []
        self.heads: dict[str, dict[str, str]] = {}
        self.requests: list[tuple[str, str]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.agents.append(self.headers["User-Agent"])
                outer.requests.append((self.path, self.headers.get("Range", "")))
                count = sum(path == self.path for path, _ in outer.requests)
                outer.answers[self.path](self, count)

            def do_HEAD(self) -> None:
                said = outer.heads.get(self.path, {})
                self.send_response(int(said.get("Status", 200)))
                for name, value in said.items():
                    self.send_header(name, value)
                self.end_headers()

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
        changed = {"download": found.base + path, "latest": (), "magic": "", "least_bytes": 0}
        declared[key] = declared[key].model_copy(update=changed)
    monkeypatch.setattr(refresh, "sources", lambda: declared)
    monkeypatch.setattr(source_state, "sources", lambda: declared)
    monkeypatch.setattr(downloads, "PAUSE_S", 0)
    found.answers |= {"/bpe": _whole(BPE), "/ages": _whole(AGES)}
    found.declared = declared
    yield found
    found.http.shutdown()
    found.http.server_close()


def _refresh(*keys):
    return refresh.refresh(keys, lambda *_: None)


def _failure(key="bpe_melodi"):
    """Refresh a source; return the sentence of its failure, nothing having changed."""
    before = table_store.current_key()
    ((line,), _) = _refresh(key)
    assert table_store.current_key() == before
    assert line.status == import_reports.REFUSED
    return line.message


def _grouped(server):
    for key in ("bpe_melodi", "insee_ages"):
        server.declared[key] = server.declared[key].model_copy(update={"group": "together"})


def test_a_group_is_fetched_checked_and_swapped_in_one_step(server):
    _grouped(server)
    seen = []
    lines, reports = refresh.refresh(
        ["bpe_melodi", "insee_ages"], lambda key, done, total: seen.append((key, done, total))
    )
    assert [line.status for line in lines] == [import_reports.IMPORTED] * 2
    assert ("bpe_melodi", len(BPE), len(BPE)) in seen
    assert reports[0].tables[0].matched == 2  # an extract: communes without a line are unknown
    state = table_store.version(table_store.current_key())
    assert state.before == ""  # one step for both sources
    assert set(state.tables) == {"gps", "gp_history", "reference"}
    assert state.provenance["gps"].vintage == "2024"
    assert lines[0].sha256 == hashlib.sha256(BPE).hexdigest()


def test_one_dead_source_leaves_the_others_in_place(server):
    server.answers["/bpe"] = _whole(b"", status=404)
    lines, _ = _refresh("bpe_melodi", "insee_ages")
    assert [line.status for line in lines] == [import_reports.REFUSED, import_reports.IMPORTED]
    assert "erreur 404" in lines[0].message
    assert set(table_store.version(table_store.current_key()).tables) == {"reference"}
    assert "erreur 404" in source_state.known()["bpe_melodi"].failure
    assert source_state.known()["insee_ages"].failure == ""


def test_a_group_comes_together_or_not_at_all(server):
    _grouped(server)
    server.answers["/ages"] = _whole(b"a;b\n1;2\n")
    lines, _ = _refresh("bpe_melodi", "insee_ages")
    assert [line.status for line in lines] == [import_reports.REFUSED] * 2
    assert "une autre source a échoué" in lines[0].message
    assert table_store.current_key() == ""
    server.heads["/bpe"] = {"Status": "404"}
    server.requests.clear()
    lines, _ = _refresh("bpe_melodi", "insee_ages")
    assert "Une autre source du même groupe a échoué" in lines[1].message
    assert server.requests == []  # nothing is fetched for nothing


def test_what_did_not_change_is_not_fetched_again_until_taken_back(server):
    server.heads["/bpe"] = {
        "Last-Modified": "Sun, 01 Nov 2026 10:00:00 GMT", "Content-Length": str(len(BPE)),
    }  # fmt: skip
    _refresh("bpe_melodi")
    ((line,), reports) = _refresh("bpe_melodi")
    assert (line.status, reports) == (import_reports.UNCHANGED, [])
    assert "non téléchargé" in line.message
    assert len(server.ranges("/bpe")) == 1
    refresh.refresh(["bpe_melodi"], lambda *_: None, again=True)
    assert len(server.ranges("/bpe")) == 2
    server.heads["/bpe"]["Last-Modified"] = "Mon, 02 Nov 2026 10:00:00 GMT"
    _refresh("bpe_melodi")
    assert len(server.ranges("/bpe")) == 3
    catalogue.undo()
    ((line,), _) = _refresh("bpe_melodi")
    assert line.status == import_reports.IMPORTED


def test_an_older_file_never_replaces_a_newer_one(server):
    server.heads["/bpe"] = {"Last-Modified": "Sun, 01 Nov 2026 10:00:00 GMT"}
    _refresh("bpe_melodi")
    server.heads["/bpe"] = {"Last-Modified": "Thu, 01 Oct 2026 10:00:00 GMT"}
    assert "date du 1er octobre 2026, il est plus ancien" in _failure()


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"least_bytes": 10**6}, "c’est une ébauche"),
        ({"magic": "zip"}, "n’a pas la nature attendue"),
        ({"magic": "json"}, "n’a pas la nature attendue"),
    ],
)
def test_stubs_and_pages_are_refused(server, changed, words):
    server.declared["bpe_melodi"] = server.declared["bpe_melodi"].model_copy(update=changed)
    assert words in _failure()
    assert not list(refresh._folder("bpe_melodi").glob("*"))


def test_an_error_page_with_200_is_refused_whatever_it_says_it_is(server):
    text = server.declared["bpe_melodi"].model_copy(update={"magic": "text"})
    server.declared["bpe_melodi"] = text
    page = b"<!doctype html><title>Erreur</title>"
    server.answers["/bpe"] = _whole(page, Content_Type="application/octet-stream")
    assert "n’a pas la nature attendue" in _failure()


def test_a_frozen_source_says_so_and_its_address_stays(server, monkeypatch):
    server.heads["/bpe"] = {"Last-Modified": "Mon, 04 May 2020 10:00:00 GMT"}
    _refresh("bpe_melodi")
    server.heads["/bpe"] = {"Status": "500"}
    result = CliRunner().invoke(app, ["refresh", "--verifier", "bpe_melodi"])
    assert result.exit_code == 1
    assert "erreur 500" in result.stdout
    assert f"d’un autre poste : {server.base}/bpe, puis « proxisoins import »" in result.stdout
    source, state = server.declared["bpe_melodi"], source_state.known()["bpe_melodi"]
    assert state.address == server.base + "/bpe"  # for who reads it offline
    today = dt.date(2020, 5, 4) + dt.timedelta(days=2 * source.every)
    assert not source_state.frozen(source, state, today)
    assert source_state.frozen(source, state, today + dt.timedelta(days=1))
    words = source_state.in_words(source, state, today + dt.timedelta(days=1))
    assert "Contenu figé" in words
    assert "il y a 731 jours" in words


def test_a_content_put_again_under_a_new_date_has_not_changed(server):
    server.heads["/bpe"] = {"Last-Modified": "Mon, 04 May 2020 10:00:00 GMT"}
    _refresh("bpe_melodi")
    server.heads["/bpe"] = {"Last-Modified": "Sun, 01 Nov 2026 10:00:00 GMT"}
    _refresh("bpe_melodi")
    assert source_state.known()["bpe_melodi"].changed == "2020-05-04"


def test_checking_resolves_without_downloading(server):
    server.heads["/bpe"] = {
        "Last-Modified": "Sun, 01 Nov 2026 10:00:00 GMT", "Content-Length": "12345",
    }  # fmt: skip
    result = CliRunner().invoke(app, ["refresh", "--verifier", "bpe_melodi", "tvs"])
    assert result.exit_code == 0
    told = result.stdout.replace("\u202f", " ")
    assert f"{server.base}/bpe\n  1er novembre 2026, 12 345 octets" in told
    assert "à télécharger à la main" in told
    assert server.requests == []
    asked = CliRunner().invoke(app, ["refresh", "--verifier", "--json", "bpe_melodi"])
    assert json.loads(asked.stdout)[0]["date"] == "2026-11-01"
    with pytest.raises(InvalidInputError, match="Source inconnue"):
        refresh.look(["ailleurs"])


def test_who_asks_says_its_name(server):
    _refresh("bpe_melodi")
    assert server.agents
    assert all(agent.startswith("ProxiSoins/") for agent in server.agents)


def test_features_come_whole_page_after_page_or_not_at_all(tmp_path, monkeypatch):
    monkeypatch.setattr(features, "WFS_PAGE", 2)
    asked = []

    def ask(address, total=5, broken=False):
        start = int(parse_qs(urlsplit(address).query)["STARTINDEX"][0])
        asked.append(start)
        page = [{"id": n} for n in range(start, min(start + 2, 3 if broken else total))]
        content = {"type": "FeatureCollection", "numberMatched": total, "features": page}
        return resolution.Answer(200, {}, json.dumps(content).encode(), address)

    way = Way(kind="wfs", address="https://officiel.example/wfs", layer="A:b")
    file = features.fetch_features(way, ask, tmp_path, lambda *_: None)
    content = json.loads(file.path.read_text(encoding="utf-8"))
    assert [one["id"] for one in content["features"]] == [0, 1, 2, 3, 4]
    assert asked[:3] == [0, 2, 4]
    with pytest.raises(UnavailableError, match="3 objets sur 5"):
        features.fetch_features(way, partial(ask, broken=True), tmp_path, lambda *_: None)
    assert not file.path.exists()


def test_pages_shorter_than_asked_leave_no_feature_out(tmp_path):
    """The service gives three features a page at most, whatever it is asked for."""

    def ask(address):
        start = int(parse_qs(urlsplit(address).query)["STARTINDEX"][0])
        page = [{"id": n} for n in range(start, min(start + 3, 8))]
        content = {"type": "FeatureCollection", "numberMatched": 8, "features": page}
        return resolution.Answer(200, {}, json.dumps(content).encode(), address)

    way = Way(kind="wfs", address="https://officiel.example/wfs", layer="A:b")
    file = features.fetch_features(way, ask, tmp_path, lambda *_: None)
    content = json.loads(file.path.read_text(encoding="utf-8"))
    assert [one["id"] for one in content["features"]] == list(range(8))


def _identity(lon, lat):
    to_europe = pyproj.Transformer.from_crs(4326, 3035, always_xy=True)
    east, north = (int(value // 200 * 200) for value in to_europe.transform(lon, lat))
    return f"CRS3035RES200mN{north}E{east}"


def _square(lon, lat, people):
    corners = [[lon + x, lat + y] for x, y in ((-1e-3, -1e-3), (1e-3, -1e-3), (1e-3, 1e-3))]
    shape = {"type": "Polygon", "coordinates": [[*corners, [lon - 1e-3, lat + 1e-3], corners[0]]]}
    named = {"idcar_200m": None, "ind": people, "men": 2}
    return {"type": "Feature", "id": "x", "properties": named, "geometry": shape}


@pytest.mark.parametrize("identified", [True, False])
def test_a_grid_that_is_nowhere_else_comes_from_a_wfs_page_after_page(
    server, monkeypatch, identified
):
    squares = [_square(2.309, 45.548, 40), _square(2.312, 45.548, 7.5), _square(5.37, 43.3, 900)]
    for square in squares:
        if not identified:
            del square["properties"]["idcar_200m"]
        else:
            square["properties"]["idcar_200m"] = _identity(*square["geometry"]["coordinates"][0][0])
    pages = []

    class Pages(dict):
        def __contains__(self, path):
            return True

        def __getitem__(self, path):
            told = parse_qs(urlsplit(path).query).items()
            asked = {key: int(words[0]) for key, words in told if words[0].isdigit()}
            if "STARTINDEX" not in asked:
                return lambda handler, _: _send(handler, b"", 404)
            pages.append(asked["STARTINDEX"])
            some = squares[asked["STARTINDEX"] :][: asked["COUNT"]]
            content = {"type": "FeatureCollection", "numberMatched": 3, "features": some}
            return _whole(json.dumps(content).encode(), Content_Type="application/json")

    server.answers = Pages()
    monkeypatch.setattr(features, "WFS_PAGE", 2)
    monkeypatch.setattr(features, "wfs_page", partial(resolution.wfs_page, count=2))
    ways = (
        Way(kind="direct", address=f"{server.base}/gone"),
        Way(kind="wfs", address=f"{server.base}/wfs", layer="CARREAU-200m:indicateurs"),
    )
    declared = server.declared["grid_200m"]
    assert [way.kind for way in declared.latest] == ["direct", "wfs"]
    server.declared["grid_200m"] = declared.model_copy(update={"latest": ways})
    server.heads["/gone"] = {"Status": "404"}
    ((line,), _) = _refresh("grid_200m")
    assert line.status == import_reports.IMPORTED, line.message
    assert {0, 2} <= set(pages)
    table = catalogue.imported_tables(["people_squares"])["people_squares"]
    assert sorted(table["people"]) == [7.5, 40.0]
    assert set(table["code"]) == {"19275"}


GML = """<?xml version="1.0" encoding="UTF-8"?>
<wfs:FeatureCollection xmlns:wfs="http://www.opengis.net/wfs/2.0" xmlns:x="http://x.example"
 xmlns:gml="http://www.opengis.net/gml/3.2" numberMatched="3" numberReturned="{0}">{1}
</wfs:FeatureCollection>"""
REFUSAL = b"""<?xml version="1.0"?><ows:ExceptionReport xmlns:ows="http://www.opengis.net/ows/1.1">
<ows:Exception exceptionCode="InvalidParameterValue"><ows:ExceptionText>Format inconnu
</ows:ExceptionText></ows:Exception></ows:ExceptionReport>"""


def _member(lon, lat, people):
    corners = ((-1e-3, -1e-3), (1e-3, -1e-3), (1e-3, 1e-3), (-1e-3, 1e-3), (-1e-3, -1e-3))
    ring = " ".join(f"{lat + y} {lon + x}" for x, y in corners)  # latitude first, as the URN says
    return (
        f"<wfs:member><x:c gml:id='c'><x:idcar_200m>{_identity(lon, lat)}</x:idcar_200m>"
        f"<x:ind>{people}</x:ind><x:men>2</x:men><x:geom>"
        "<gml:Polygon srsName='urn:ogc:def:crs:EPSG::4326'><gml:exterior><gml:LinearRing>"
        f"<gml:posList>{ring}</gml:posList></gml:LinearRing></gml:exterior></gml:Polygon>"
        "</x:geom></x:c></wfs:member>"
    )


@pytest.mark.parametrize("refuses", [False, True])
def test_a_service_that_gives_gml_only_is_read(server, monkeypatch, refuses):
    squares = [_member(2.309, 45.548, 40), _member(2.312, 45.548, 7.5), _member(5.37, 43.3, 900)]

    class Pages(dict):
        def __contains__(self, path):
            return True

        def __getitem__(self, path):
            asked = parse_qs(urlsplit(path).query)
            if "STARTINDEX" not in asked:
                return lambda handler, _: _send(handler, b"", 404)
            if refuses and "OUTPUTFORMAT" in asked:
                return lambda handler, _: _send(handler, REFUSAL, 400)
            start, count = int(asked["STARTINDEX"][0]), int(asked["COUNT"][0])
            some = squares[start:][:count]
            return _whole(GML.format(len(some), "".join(some)).encode(), Content_Type="text/xml")

    server.answers = Pages()
    monkeypatch.setattr(features, "WFS_PAGE", 2)
    monkeypatch.setattr(features, "wfs_page", partial(resolution.wfs_page, count=2))
    way = Way(kind="wfs", address=f"{server.base}/wfs", layer="CARREAU-200m:indicateurs")
    declared = server.declared["grid_200m"]
    server.declared["grid_200m"] = declared.model_copy(update={"latest": (way,)})
    ((line,), _) = _refresh("grid_200m")
    assert line.status == import_reports.IMPORTED, line.message
    table = catalogue.imported_tables(["people_squares"])["people_squares"]
    assert sorted(table["people"]) == [7.5, 40.0]
    assert set(table["code"]) == {"19275"}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (REFUSAL, "refuse la couche : Format inconnu"),
        (b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "ne se lit pas"),
        (b"<?xml version='1.0'?><a>rien</a>", "ne se lit pas"),
        (b"<html><body>Maintenance</body></html>", "autre chose que la description"),
    ],
)
def test_what_is_no_layer_is_refused_by_what_it_is(content, words):
    answer = resolution.Answer(200, {}, content, "https://officiel.example/wfs")
    with pytest.raises(UnavailableError, match=words):
        resolution.asked_features(lambda *_: answer, "https://officiel.example/wfs?a=b")


def test_a_gml_that_declares_entities_is_not_opened():
    with pytest.raises(InvalidInputError, match="entités"):
        read_page(b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>")


def test_a_code_of_a_gml_keeps_its_zeros():

    page = GML.format(1, _member(2.309, 45.548, "01001"))
    text, total = read_page(page.encode())
    (feature,) = json.loads(text)
    told = feature["properties"]
    assert (told["ind"], told["men"], total) == ("01001", "2", 3)  # as text
    assert feature["geometry"]["coordinates"][0][0] == pytest.approx([2.308, 45.547])


def test_refresh_is_undone_whole_and_history_stays(server):
    _grouped(server)
    _refresh("bpe_melodi", "insee_ages")
    assert catalogue.undo() == ["gp_history", "gps", "reference"]
    assert table_store.current_key() == ""
    assert [line.source for line in refresh.history()] == ["bpe_melodi", "insee_ages"]
    again, _ = _refresh("bpe_melodi")
    assert again[0].status == import_reports.IMPORTED
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
    assert line.status == import_reports.IMPORTED


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
        (_whole(b"a;b\n1;2\n"), "n’est aucun des fichiers attendus"),
        (_whole((GOLDEN / "reference.csv").read_bytes()), "n’a plus la forme attendue"),
        (_whole(BPE[:150]), "un guillemet ouvre une cellule"),
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


def test_a_file_that_the_server_packs_on_the_way_is_whole_or_refused(server):
    packed = gzip.compress(BPE)
    server.answers["/bpe"] = _whole(packed[:-40], announced=len(packed), Content_Encoding="gzip")
    assert "la connexion se coupe" in _failure()
    assert set(server.ranges("/bpe")) == {""}  # bytes of the file, not of what came
    server.answers["/bpe"] = _whole(b"x" * 80, Content_Encoding="gzip")
    assert "abîmé" in _failure()
    server.answers["/bpe"] = _whole(packed, Content_Encoding="gzip", ETag='"v1"')
    ((line,), _) = _refresh("bpe_melodi")
    assert line.status == import_reports.IMPORTED


def test_a_server_that_gives_ranges_by_small_parts_is_asked_for_all_of_them(server):
    def parts(handler, _):
        asked = handler.headers.get("Range", "")
        start = int(asked.removeprefix("bytes=").rstrip("-") or 0)
        said = f"bytes {start}-{start + 99}/{len(BPE)}"
        _send(handler, BPE[start : start + 100], 206, ETag='"v1"', Content_Range=said)

    server.answers["/bpe"] = parts
    ((line,), _) = _refresh("bpe_melodi")
    assert line.status == import_reports.IMPORTED
    assert server.ranges("/bpe") == ["", "bytes=100-", "bytes=200-"]


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
    assert "n’a pas l’empreinte publiée" in _failure()
    server.answers["/sum"] = _whole(published(said).encode())
    ((line,), _) = _refresh("bpe_melodi")
    assert line.status == import_reports.IMPORTED


def test_a_checksum_told_with_the_address_is_held_against_the_file(server, tmp_path):
    address, said = f"{server.base}/bpe", hashlib.sha256(BPE).hexdigest()
    with pytest.raises(UnavailableError, match="n’a pas l’empreinte publiée"):
        downloads.download(address, tmp_path, lambda *_: None, checksum="sha256:" + "0" * 64)
    file = downloads.download(address, tmp_path, lambda *_: None, checksum=f"sha256:{said}")
    assert file.sha256 == said


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
    assert "ne couvre que 1 commune de la région" in message
    assert "contre 2 aujourd’hui" in message


def test_sources_without_address_say_what_to_do(server):
    with pytest.raises(InvalidInputError, match="proxisoins roads"):
        _refresh("osm_limousin")
    with pytest.raises(InvalidInputError, match="n’a pas d’adresse stable"):
        _refresh("tvs")
    with pytest.raises(InvalidInputError, match="Source inconnue"):
        _refresh("ailleurs")


def test_command_tells_and_fails_with_a_sentence(server):
    run = CliRunner()
    result = run.invoke(app, ["refresh", "bpe_melodi", "--json"])
    assert json.loads(result.stdout)[0]["status"] == import_reports.IMPORTED
    server.answers["/bpe"] = _whole(b"", status=404)
    result = run.invoke(app, ["refresh", "bpe_melodi"])
    assert result.exit_code == 1
    assert "erreur 404" in result.stdout
    assert "bpe_melodi" in run.invoke(app, ["refresh", "--historique"]).stdout
    assert server.base in run.invoke(app, ["refresh", "--liste"]).stdout


def test_declared_addresses_are_public_and_secured():
    for key, source in sources().items():
        ways = [way.address for way in source.latest]
        for address in (source.page, source.download, source.checksum, *ways):
            assert not address or address.startswith("https://"), key


def test_a_refresh_killed_before_its_end_leaves_nothing_nominative(server, isolated_home):
    left = isolated_home / "downloads" / "sources" / "rpps"
    left.mkdir(parents=True)
    for name in ("PS_LibreAcces.zip", "part", "validator"):
        (left / name).write_bytes(b"nominative")
    _refresh("insee_ages")
    assert {path.name for path in left.iterdir()} == {"part", "validator"}  # to be completed


def test_a_disk_that_refuses_one_file_keeps_nothing_of_its_group(server, isolated_home):
    _grouped(server)
    received = isolated_home / "downloads" / "sources"
    received.mkdir(parents=True)
    (received / "insee_ages").write_bytes(b"where its folder should be")
    lines, _ = _refresh("bpe_melodi", "insee_ages")
    assert "ne peut pas être écrit dans" in lines[1].message
    assert table_store.current_key() == ""
    assert not (received / "bpe_melodi").exists()


def test_a_history_that_cannot_be_written_takes_nothing_back(server, isolated_home):
    (isolated_home / "refresh_history.jsonl").mkdir()
    ((line,), _) = _refresh("insee_ages")
    assert line.status == import_reports.IMPORTED
    assert "reference" in table_store.version(table_store.current_key()).tables
    assert refresh.history() == []


def test_two_refreshes_at_once_do_not_mix_their_files(server):
    def answer(handler, _):
        with pytest.raises(UnavailableError, match="Une autre actualisation est en cours"):
            _refresh("insee_ages")
        _send(handler, BPE)

    server.answers["/bpe"] = answer
    ((line,), _) = _refresh("bpe_melodi")
    assert line.status == import_reports.IMPORTED
    assert server.ranges("/ages") == []


def test_history_outlives_a_line_cut_by_a_kill(server, isolated_home):
    _refresh("insee_ages")
    history = isolated_home / "refresh_history.jsonl"
    history.write_bytes(history.read_bytes() + b'{"at": "2026-11-22", "sou')
    _refresh("insee_ages")
    assert [line.source for line in refresh.history()] == ["insee_ages"] * 2


@pytest.mark.parametrize("checking", [True, False])
def test_where_no_source_at_all_is_found_the_lack_of_internet_is_said(server, checking):
    server.answers.clear()
    server.heads["/bpe"] = {"Status": "500"}
    asked = ["refresh", *(["--verifier"] if checking else []), "bpe_melodi"]
    one = CliRunner().invoke(app, asked)
    assert "pas accès à internet" not in str(one.exception)
    server.declared["rpps"] = server.declared["bpe_melodi"]
    both = CliRunner().invoke(app, [*asked, "rpps"])
    assert "cet ordinateur n’a peut-être pas accès à internet" in str(both.exception)
