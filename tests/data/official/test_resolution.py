"""Finding the latest file of each source, from answers recorded by us in the published layouts."""

import contextlib
import datetime as dt
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from data.files import downloads
from data.official import web
from data.official.resolution import GEOFABRIK, Answer, resolve
from data.official.sources import Source, Way, sources
from geo.errors import UnavailableError

TODAY = dt.date(2026, 11, 28)
PORTAL = "https://portail.example"


def _source(*latest, **others):
    plain = {
        "title": "T", "producer": "P", "licence": "L", "page": "https://p.example",
        "reader": "r", "vintage": "v", "tables": (), "latest": latest,
    }  # fmt: skip
    return Source(**plain | others)


def _answers(told):
    """Give recorded answers; a dict is JSON, a number a status, headers come with HEAD."""

    def ask(address, method="GET", headers=None):
        found = told.get(f"{method} {address}", told.get(address, 404))
        if isinstance(found, int):
            return Answer(found, {}, b"", address)
        if method == "HEAD":
            return Answer(200, found, b"", address)
        body = found if isinstance(found, bytes) else json.dumps(found).encode()
        return Answer(200, {"content-type": "application/json"}, body, address)

    return ask


DATASET = {
    "resources": [
        {"id": "1", "title": "finess-structures-journalier", "format": "zip",
         "filesize": 50_000_000, "url": "https://static.data.gouv.fr/a/20261127.zip",
         "checksum": {"type": "sha1", "value": "ab"}, "last_modified": "2026-11-27T04:00:00+00:00"},
        {"id": "2", "title": "finess-structures-journalier", "format": "zip",
         "filesize": 49_000_000, "url": "https://static.data.gouv.fr/a/20261126.zip",
         "checksum": None, "last_modified": "2026-11-26T04:00:00+00:00"},
        {"id": "3", "title": "documentation", "format": "pdf", "filesize": 1,
         "url": "https://static.data.gouv.fr/a/doc.pdf", "last_modified": "2026-11-28T00:00:00"},
    ]
}  # fmt: skip
ATTACHMENTS = {
    "attachments": [
        {"href": f"{PORTAL}/files/kine", "metas": {"id": "kine", "title": "apl_aux_kines.xlsx"}},
        {"href": f"{PORTAL}/files/mg", "metas": {
            "id": "indicateur_d_apl_aux_medecins_generalistes_xlsx",
            "title": "Indicateur d'APL aux médecins généralistes.xlsx"}},
    ]
}  # fmt: skip
ODS = f"{PORTAL}/api/explore/v2.1/catalog/datasets/530_apl"
MELODI = "https://api.insee.fr/melodi/catalog/DS_X"
PRODUCTS = {
    "product": [
        {"id": "DS_X_2023_CSV_FR", "format": "CSV", "language": "FR", "modified": "2025-01-01",
         "accessURL": "https://api.insee.fr/melodi/file/DS_X/DS_X_2023_CSV_FR"},
        {"id": "DS_X_CSV_EN", "format": "CSV", "language": "EN", "modified": "2026-09-01",
         "accessURL": "https://api.insee.fr/melodi/file/DS_X/DS_X_CSV_EN"},
        {"id": "DS_X_2024_CSV_FR", "format": "CSV", "language": "FR", "modified": "2026-06-30",
         "accessURL": "https://api.insee.fr/melodi/file/DS_X/DS_X_2024_CSV_FR"},
    ]
}  # fmt: skip
PBF = "https://download.geofabrik.de/europe/france/limousin-latest.osm.pbf"
EXTRACTS = {
    "features": [
        {"properties": {"id": "limousin", "name": "Limousin", "urls": {"pbf": PBF}}},
    ]
}
HEAD = {"content-length": "123456", "last-modified": "Sun, 01 Nov 2026 10:00:00 GMT"}


@pytest.mark.parametrize(
    ("way", "told", "expected"),
    [
        (
            {"kind": "datagouv", "dataset": "finess-structures-1", "title": "journalier"},
            {"https://www.data.gouv.fr/api/1/datasets/finess-structures-1/": DATASET},
            ("https://static.data.gouv.fr/a/20261127.zip", 50_000_000, "sha1:ab", "2026-11-27"),
        ),
        (
            {"kind": "datagouv", "resource": "abc"},
            {"https://www.data.gouv.fr/api/2/datasets/resources/abc/":
                {"resource": DATASET["resources"][1]}},
            ("https://static.data.gouv.fr/a/20261126.zip", 49_000_000, "", "2026-11-26"),
        ),
        (
            {"kind": "opendatasoft", "address": PORTAL, "dataset": "530_apl",
             "title": "apl_aux_medecins_generalistes.*xlsx"},
            {ODS: {"metas": {"default": {"modified": "2026-07-02T00:00:00"}}},
             f"{ODS}/attachments": ATTACHMENTS,
             f"HEAD {PORTAL}/files/mg": {"content-length": "9000000"}},
            (f"{PORTAL}/files/mg", 9_000_000, "", "2026-07-02"),
        ),
        (
            {"kind": "opendatasoft", "address": PORTAL, "dataset": "530_apl"},
            {ODS: {"metas": {"default": {"data_processed": "2026-07-03T00:00:00"}}}},
            (f"{ODS}/exports/csv?delimiter=%3B", None, "", "2026-07-03"),
        ),
        (
            {"kind": "melodi", "dataset": "DS_X"},
            {MELODI: PRODUCTS},
            ("https://api.insee.fr/melodi/file/DS_X/DS_X_2024_CSV_FR", None, "", "2026-06-30"),
        ),
        (
            {"kind": "yearly", "address": f"{PORTAL}/grille_{{year}}.xlsx"},
            {f"HEAD {PORTAL}/grille_2025.xlsx": HEAD, f"HEAD {PORTAL}/grille_2024.xlsx": HEAD},
            (f"{PORTAL}/grille_2025.xlsx", 123_456, "", "2026-11-01"),
        ),
        (
            {"kind": "geofabrik", "layer": "limousin"},
            {GEOFABRIK: EXTRACTS, f"HEAD {PBF}": HEAD},
            (PBF, 123_456, "", "2026-11-01"),
        ),
        (
            {"kind": "direct", "address": f"{PORTAL}/f.zip"},
            {f"HEAD {PORTAL}/f.zip": 405, f"{PORTAL}/f.zip": b"PK"},
            (f"{PORTAL}/f.zip", None, "", None),
        ),
    ],
    ids=["dataset", "resource", "attachment", "records", "melodi", "yearly", "extract", "direct"],
)  # fmt: skip
def test_each_way_finds_the_newest_file(way, told, expected):
    found = resolve(_source(Way(**way)), _answers(told), TODAY)
    date = found.date.isoformat() if found.date else None
    assert (found.address, found.size, found.checksum, date) == expected
    assert found.kind == way["kind"]
    assert found.failures == ()


def test_features_are_counted_before_they_are_fetched():
    asked = []

    def ask(address, method="GET", headers=None):
        asked.append(address)
        content = {"features": [{}], "numberMatched": 2431}
        return Answer(200, {}, json.dumps(content).encode(), address)

    way = Way(kind="wfs", address="https://data.geopf.fr/wfs/ows", layer="A:b")
    found = resolve(_source(way), ask, TODAY)
    assert found.size == 2431
    assert "COUNT=1&" in asked[0]
    assert "COUNT=5000" in found.address


def test_a_way_that_fails_leaves_its_place_to_the_next_and_is_said():
    ways = (
        Way(kind="melodi", dataset="DS_X"),
        Way(kind="direct", address=f"{PORTAL}/f.zip"),
    )
    told = {MELODI: {"product": []}, f"HEAD {PORTAL}/f.zip": HEAD}
    found = resolve(_source(*ways), _answers(told), TODAY)
    assert found.kind == "direct"
    assert found.failures == ("api.insee.fr ne publie plus de CSV pour « DS_X ».",)
    pinned = _source(ways[0], download=f"{PORTAL}/f.zip", checksum=f"{PORTAL}/f.md5")
    found = resolve(pinned, _answers(told), TODAY)
    assert (found.kind, found.checksum_address) == ("épinglée", f"{PORTAL}/f.md5")
    with pytest.raises(UnavailableError, match=r"erreur 404.*") as caught:
        resolve(pinned, _answers({}), TODAY)
    assert "api.insee.fr" in str(caught.value)
    assert "portail.example" in str(caught.value)


@pytest.mark.parametrize(
    ("way", "told", "words"),
    [
        ({"kind": "datagouv", "dataset": "d", "title": "journalier"},
         {"https://www.data.gouv.fr/api/1/datasets/d/": {"resources": DATASET["resources"][2:]}},
         "on y trouve « documentation »"),
        ({"kind": "datagouv", "dataset": "d"},
         {"https://www.data.gouv.fr/api/1/datasets/d/": b"<html>maintenance</html>"},
         "autre chose que la description"),
        ({"kind": "datagouv", "dataset": "d"},
         {"https://www.data.gouv.fr/api/1/datasets/d/": {"resources": {"a": 1}}},
         "ne décrit plus ses fichiers"),
        ({"kind": "datagouv", "resource": "r"},
         {"https://www.data.gouv.fr/api/2/datasets/resources/r/": {"resource": {"url": None}}},
         "ne donne plus l’adresse"),
        ({"kind": "datagouv", "resource": "r"},
         {"https://www.data.gouv.fr/api/2/datasets/resources/r/": {"url": "http://a.example/f"}},
         "adresse non sécurisée"),
        ({"kind": "opendatasoft", "address": PORTAL, "dataset": "530_apl", "title": "xlsx"},
         {ODS: {}, f"{ODS}/attachments": ATTACHMENTS}, "plusieurs fichiers possibles"),
        ({"kind": "opendatasoft", "address": PORTAL, "dataset": "530_apl", "title": "dentistes"},
         {ODS: {}, f"{ODS}/attachments": ATTACHMENTS}, "aucun fichier attendu"),
        ({"kind": "yearly", "address": f"{PORTAL}/g_{{year}}.xlsx"},
         {f"HEAD {PORTAL}/g_2022.xlsx": HEAD}, "Aucune des 4 dernières années"),
        ({"kind": "geofabrik", "layer": "ailleurs"}, {GEOFABRIK: EXTRACTS}, "n’a plus d’extrait"),
        ({"kind": "direct", "address": f"{PORTAL}/f"},
         {f"HEAD {PORTAL}/f": {"content-type": "text/html; charset=utf-8"}}, "page web"),
        ({"kind": "direct", "address": f"{PORTAL}/f"},
         {f"HEAD {PORTAL}/f": {"content-length": "120"}}, "c’est une ébauche"),
        ({"kind": "wfs", "address": PORTAL, "layer": "A:b"}, {}, "erreur 404"),
    ],
)  # fmt: skip
def test_answers_that_changed_end_in_a_sentence(way, told, words):
    with pytest.raises(UnavailableError, match=words):
        resolve(_source(Way(**way), least_bytes=1000), _answers(told), TODAY)


@pytest.fixture
def base(monkeypatch) -> Iterator[str]:
    """Give the address of a server that misbehaves as its paths say."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/loop":
                self.send_response(302)
                self.send_header("Location", "/loop")
                self.end_headers()
                return
            if self.path == "/silent":
                time.sleep(0.6)
                return
            self.send_response(200)
            self.send_header("Content-Length", "1000000" if self.path == "/cut" else "400000")
            self.end_headers()
            with contextlib.suppress(OSError):  # who asked went away
                for _ in range(4):
                    self.wfile.write(b"x" * 100_000)
                    if self.path == "/slow":
                        time.sleep(0.15)

        def log_message(self, *_: object) -> None:
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=http.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{http.server_port}"
    http.shutdown()
    http.server_close()


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/loop", "renvoie sans fin"),
        ("/silent", "ne répond pas à temps|connexion .* échoue"),
        ("/slow", "ne répond pas à temps"),
        ("/cut", "connexion .* échoue"),
        ("/long", "description démesurée"),
    ],
)
def test_servers_that_misbehave_are_left(base, monkeypatch, path, words):
    monkeypatch.setattr(downloads, "SILENCE_S", 0.3)
    monkeypatch.setattr(web, "WITHIN_S", 0.2 if path == "/slow" else 5)
    monkeypatch.setattr(web, "MAX_BODY_BYTES", 300_000 if path == "/long" else 10**7)
    with pytest.raises(UnavailableError, match=words):
        web.ask(base + path)


def test_a_server_that_is_not_there_and_one_that_asks_for_patience(monkeypatch):
    with pytest.raises(UnavailableError, match=r"connexion .* échoue"):
        web.ask("http://127.0.0.1:9/rien")
    waited = []
    monkeypatch.setattr(web.time, "sleep", waited.append)
    monkeypatch.setitem(web.LEAST_SECONDS_BETWEEN, "127.0.0.1", 2.0)
    for _ in range(2):
        with pytest.raises(UnavailableError):
            web.ask("http://127.0.0.1:9/rien")
    assert waited[0] == 0.0
    assert 1.5 < waited[1] <= 2.0


def test_every_declared_way_has_what_it_needs():
    needed = {
        "direct": ("address",), "yearly": ("address",), "wfs": ("address", "layer"),
        "melodi": ("dataset",), "opendatasoft": ("address", "dataset"), "geofabrik": ("layer",),
        "datagouv": (),
    }  # fmt: skip
    for key, source in sources().items():
        for way in source.latest:
            assert all(getattr(way, name) for name in needed[way.kind]), key
            if way.kind == "datagouv":
                assert way.resource or way.dataset, key
            if way.kind == "yearly":
                assert "{year}" in way.address, key
        if source.latest:
            assert source.every, key


def test_each_region_has_its_own_extracts_of_roads():
    def roads(region):
        return {
            key for key, one in sources().items() if one.reader == "roads" and one.tells_of(region)
        }

    assert roads("75") == {"osm_aquitaine", "osm_limousin", "osm_poitou_charentes"}
    assert roads("04") == {"osm_reunion"}
    assert roads("FR") == {key for key, one in sources().items() if one.reader == "roads"}
    assert sources()["osm_reunion"].download.endswith("/reunion-latest.osm.pbf")
    assert sources()["osm_reunion"].latest[0].layer == "reunion"


def test_each_source_says_which_file_to_take_elsewhere_and_which_command_reads_it():
    declared = sources()
    assert declared["osm_limousin"].command == "proxisoins roads build"
    assert declared["insee_ages"].command == "proxisoins import"
    # The census of 2022 stands at a fixed address; the pinned one is that of 2021.
    assert "2022" in declared["insee_ages"].elsewhere
    assert "767470ac" in declared["centres_sante"].elsewhere
    assert all(one.elsewhere.startswith("https://") for one in declared.values())
