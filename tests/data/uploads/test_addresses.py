"""Street addresses: a service of our own stands for the national one."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

from data.region import embedded_set
from data.region.gazetteer import gazetteer
from data.uploads import addresses, match_lines, read_lines
from geo.errors import UnavailableError

FILE = (
    "nom;adresse;commune;longitude;latitude\n"
    "secret;1 place de la Mairie, 23000 Guéret;;;\n"
    "b;rue mal connue, 23000 Guéret;;;\n"
    "c;2 rue ailleurs, 23000 Guéret;;;\n"
    "d;;Ussel;;\n"
    "e;3 rue placée, 19200 Ussel;;2,3138;45,5448\n"
)


def feature(score, citycode="23096", kind="housenumber"):
    properties = {"score": score, "citycode": citycode, "type": kind}
    point = {"type": "Point", "coordinates": [1.872, 46.17]}
    return {"type": "Feature", "properties": properties, "geometry": point}


@pytest.fixture
def service(monkeypatch):
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            question = parse_qs(urlsplit(self.path).query)
            asked.append(question)
            text = question["q"][0]
            found = [feature(0.3)] if "mal" in text else [feature(0.97)]
            if "ailleurs" in text:
                found = [feature(0.97, "19275")]
            body = b"<html>" if "panne" in text else json.dumps({"features": found}).encode()
            self.send_response(200)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *words):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    monkeypatch.setattr(addresses, "SERVICE", f"http://127.0.0.1:{server.server_port}/search")
    yield asked
    server.shutdown()
    thread.join()
    server.server_close()


def report(text, corrections=None):
    return match_lines(
        read_lines(text.encode(), "s.csv"), gazetteer(), embedded_set.communes(), corrections
    )


def test_streets_are_located_and_correct_the_lines(service):
    told = []
    matched = report(FILE)
    found = addresses.locate_addresses(matched, lambda done, total: told.append((done, total)))
    assert found == {2: {"lon": "1.872", "lat": "46.17"}}
    assert told == [(1, 3), (2, 3), (3, 3)]
    assert len(service) == 3  # neither the line without an address nor the one with a point
    assert "secret" not in json.dumps(service)
    mended = report(FILE, found)
    assert (mended.sites[0].lon, mended.sites[0].lat) == (1.872, 46.17)
    assert len(mended.sites) == 5


@pytest.mark.parametrize("fault", ["closed", "nonsense"])
def test_silence_is_told_in_french(service, monkeypatch, fault):
    if fault == "closed":
        monkeypatch.setattr(addresses, "SERVICE", "http://127.0.0.1:9/search")
    matched = report("nom;adresse\na;1 rue en panne, 23000 Guéret\n")
    with pytest.raises(UnavailableError, match="restent placés à la mairie"):
        addresses.locate_addresses(matched)
