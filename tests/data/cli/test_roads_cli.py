"""Commands on roads, the store of networks, and downloads from a server that misbehaves."""

import hashlib
import http.server
import json
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import shapely
from typer.testing import CliRunner

from data.access.around import around
from data.cli import app
from data.files import downloads
from data.official.osm_extracts import EXTRACTS, NEIGHBOURS, fetch_region
from data.region import catalogue, embedded_set, engines, france, road_networks
from data.region.embedded_set import mergers
from geo.errors import InvalidInputError, UnavailableError
from geo.roads import calibration
from geo.roads.build import build_from_osm
from geo.roads.engine import RoadTravelTime
from geo.roads.network import ARRAYS
from geo.roads.projection import to_metres

LON, LAT, STEP, SIDE = -0.60, 44.80, 0.004, 12
NAMES = ["aquitaine", "limousin", "poitou-charentes"]


def run(*arguments: object) -> str:
    result = CliRunner().invoke(app, [str(a) for a in arguments])
    if result.exception is not None:
        raise result.exception
    return result.output


@pytest.fixture(scope="module")
def extract(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A grid of streets near Bordeaux."""
    path = tmp_path_factory.mktemp("osm") / "town.osm"
    text = ['<osm version="0.6">']
    for i in range(SIDE * SIDE):
        lon, lat = LON + i % SIDE * STEP, LAT + i // SIDE * STEP
        text.append(f'<node id="{i + 1}" version="1" lon="{lon:.6f}" lat="{lat:.6f}"/>')
    lines = [[r * SIDE + c for c in range(SIDE)] for r in range(SIDE)]
    for i, line in enumerate([*lines, *zip(*lines, strict=True)]):
        nodes = "".join(f'<nd ref="{n + 1}"/>' for n in line)
        text.append(
            f'<way id="{i + 1}" version="1">{nodes}<tag k="highway" v="residential"/></way>'
        )
    path.write_text("\n".join([*text, "</osm>"]), encoding="utf-8")
    return path


@pytest.fixture
def known_journeys(extract: Path, tmp_path: Path) -> Path:
    """Journeys whose known times are three times those of the network built from the extract."""
    engine = RoadTravelTime(build_from_osm([extract], lambda _: None))
    rng = np.random.default_rng(0)
    size = (SIDE - 1) * STEP
    ends = np.array([LON, LAT]) + rng.uniform(0, size, (2, 400, 2))
    ends[0] = np.repeat(ends[0, :40], 10, axis=0)
    table = pd.DataFrame(np.column_stack(ends), columns=["lon1", "lat1", "lon2", "lat2"])
    table["minutes_connues"] = (3 * engine.pairs(*ends)).round(1)
    table["minutes_autres"] = engine.pairs(*ends).round(4)
    table.to_csv(tmp_path / "trajets.csv", index=False)
    return tmp_path / "trajets.csv"


@pytest.mark.campaign
def test_speeds_are_fitted_on_known_journeys(
    extract: Path, known_journeys: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(UnavailableError, match="Aucun réseau routier à caler"):
        run("roads", "calibrate", known_journeys)
    # Squares of origins small enough for a village of four kilometres.
    monkeypatch.setattr(calibration, "BLOCK_M", 1000)
    run("roads", "build", extract)
    with pytest.raises(InvalidInputError, match="Dites quelle colonne"):
        run("roads", "calibrate", known_journeys)
    with pytest.raises(InvalidInputError, match="« durée » n’existe pas"):
        run("roads", "calibrate", known_journeys, "--minutes", "durée")
    before = road_networks.current_folder()
    told = run("roads", "calibrate", known_journeys, "--minutes", "minutes_autres")
    assert "rien n’est changé" in told
    assert road_networks.current_folder() == before
    told = run("roads", "calibrate", known_journeys, "--minutes", "minutes_connues")
    assert "Réseau calé en usage" in told
    assert road_networks.current_folder() != before
    assert "Vitesses calées sur" in run("roads", "status", "--verify")


@pytest.mark.campaign
def test_build_then_status_then_isochrone(extract: Path, tmp_path: Path) -> None:
    assert "Aucun réseau routier" in run("roads", "status")
    told = run("roads", "build", extract)
    assert "Réseau construit" in told  # a village, not the region
    assert "les temps restent estimés" in told
    assert "en usage" not in told
    told = run("roads", "status")
    assert "Il ne couvre aucune des régions connues ici" in told
    assert "town.osm (sans date)" in told
    assert "144 nœuds" in told
    out = tmp_path / "area.geojson"
    run("isochrone", "--lon", LON + 0.02, "--lat", LAT + 0.02, "--minutes", 2, "--minutes", 1,
        "--out", out)  # fmt: skip
    written = json.loads(out.read_text(encoding="utf-8"))
    assert written["notes"][1].startswith("Temps de trajet : Réseau routier OpenStreetMap (")
    features = written["features"]
    counted = any("Habitants atteints" in note for note in written["notes"])
    assert counted == ("Habitants atteints" in features[0]["properties"])
    assert [f["properties"]["Minutes"] for f in features] == [1.0, 2.0]
    small, large = (shapely.geometry.shape(f["geometry"]) for f in features)
    assert small.is_valid
    assert large.is_valid
    assert small.difference(large).area == 0
    assert features[1]["properties"]["Temps de trajet"] == "Réseau routier OpenStreetMap"
    plane = shapely.transform(large, lambda xy: to_metres(xy, "EPSG:2154"))
    assert features[1]["properties"]["Surface (km²)"] == pytest.approx(plane.area / 1e6, rel=0.01)


def test_an_isochrone_counts_the_people_that_the_screen_counts(tmp_path: Path) -> None:
    """Imported populations in place of the embedded ones, and those across the border too."""
    known = pd.concat([embedded_set.communes(), embedded_set.fringe()])
    people = zip(known["code"], known["population"], strict=True)
    file = tmp_path / "populations_2021.csv"
    file.write_text(
        "CODGEO;PMUN21\n" + "".join(f"{code};{told + 100:.0f}\n" for code, told in people)
    )
    run("import", file)
    place = embedded_set.communes().set_index("code").loc["79079"]  # Bressuire, near the border
    out = tmp_path / "area.geojson"
    run("isochrone", "--lon", place["lon"], "--lat", place["lat"], "--out", out)
    written = json.loads(out.read_text(encoding="utf-8"))
    assert "Populations légales" in written["notes"][2]
    territory = catalogue.load_territory()
    told = pd.DataFrame(territory.communes[["code", "population"]]).assign(
        gps=np.nan, share_over_75=np.nan, minutes_to_nearest_gp=np.nan
    )
    counted = around(territory, told, place["lon"], place["lat"])
    assert counted["outside_population"].iloc[-1] > 0
    reached = counted["population"] + counted["outside_population"]
    assert [one["properties"]["Habitants atteints"] for one in written["features"]] == [*reached]


def test_a_network_is_in_use_where_it_serves_the_region(
    extract: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "SERVED_SHARE", 0.0)  # as if the village were the region
    monkeypatch.setattr(engines, "served_lands", {})
    told = run("roads", "build", extract)
    assert "Réseau en usage" in told
    assert "Nouvelle-Aquitaine" in told


@pytest.mark.campaign
def test_network_option_takes_an_extract_or_a_folder(extract: Path, tmp_path: Path) -> None:
    folder = road_networks.put_in_use(build_from_osm([extract], lambda _: None))
    asked = ["--lon", LON, "--lat", LAT, "--minutes", 3]
    run("isochrone", *asked, "--network", extract, "--out", tmp_path / "a.geojson")
    run("isochrone", *asked, "--network", folder, "--out", tmp_path / "b.geojson")
    run("isochrone", *asked, "--network", folder, "--peak", "--out", tmp_path / "c.geojson")
    one, other, peak = ((tmp_path / f"{n}.geojson").read_text(encoding="utf-8") for n in "abc")
    assert one == other
    assert peak != one


def test_status_verifies_every_file(extract: Path) -> None:
    folder = road_networks.put_in_use(build_from_osm([extract], lambda _: None))
    told = run("roads", "status", "--verify")
    assert f"Vérifié : {len(ARRAYS) + 1} fichiers conformes à leur empreinte" in told
    (folder / "ptr.npy").write_bytes((folder / "ptr.npy").read_bytes()[::-1])
    with pytest.raises(InvalidInputError, match=r"a été altéré \(ptr\.npy\)"):
        run("roads", "status", "--verify")


def test_point_at_sea(extract: Path, tmp_path: Path) -> None:
    from geo.errors import UnreachableError

    with pytest.raises(UnreachableError, match=r"à plus de 1000 m de toute route"):
        run("isochrone", "--lon", -3.5, "--lat", 45.5, "--network", extract,
            "--out", tmp_path / "a.geojson")  # fmt: skip
    assert not (tmp_path / "a.geojson").exists()


def test_peak_without_a_network_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match="heures de pointe"):
        run("isochrone", "--lon", LON, "--lat", LAT, "--peak", "--out", tmp_path / "a.geojson")


def test_interrupted_build_leaves_the_former_network(
    extract: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    network = build_from_osm([extract], lambda _: None)
    former = road_networks.put_in_use(network)

    def stop(_: object, folder: Path) -> None:
        (folder / "ptr.npy").write_bytes(b"half")
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(road_networks, "save", stop)
        with pytest.raises(KeyboardInterrupt):
            road_networks.put_in_use(network)
    assert road_networks.current_folder() == former
    assert road_networks.current_network() is not None
    assert [p.name for p in road_networks.folder().iterdir() if p.name.startswith(".")] == []


def test_a_full_disk_is_said(extract: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    network = build_from_osm([extract], lambda _: None)
    former = road_networks.put_in_use(network)

    def full(_: object, __: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(road_networks, "save", full)
    with pytest.raises(UnavailableError, match="L’ancien réseau"):
        road_networks.put_in_use(network)
    assert road_networks.current_folder() == former


def test_a_new_network_takes_the_place_of_the_former(extract: Path) -> None:
    network = build_from_osm([extract], lambda _: None)
    former = road_networks.put_in_use(network)
    engine = road_networks.current_network()
    latter = road_networks.put_in_use(network)
    assert former != latter
    assert not former.exists()
    assert road_networks.current_folder() == latter
    assert engine is not None
    # Pages that a running application has mapped stay readable.
    point = np.array([[LON, LAT]])
    assert engine.pairs(point, point + 0.01)[0] > 0


def test_a_network_that_cannot_be_read_is_none(extract: Path) -> None:
    folder = road_networks.put_in_use(build_from_osm([extract], lambda _: None))
    (folder / "provenance.json").write_text('{"format": 0}', encoding="utf-8")
    assert road_networks.current_network() is None
    with pytest.raises(InvalidInputError, match="autre version"):
        run("roads", "status")


@pytest.mark.parametrize(
    ("columns", "metres"),
    [
        (["x1", "y1", "x2", "y2"], True),
        (["x1_l93", "y1_l93", "x2_l93", "y2_l93"], True),
        (["lon1", "lat1", "lon2", "lat2"], False),
        (["LON1", "LAT1", "LON2", "LAT2"], False),
        (["Longitude origine", "Latitude origine", "lon_destination", "lat_destination"], False),
        (["from_lon", "from_lat", "to_lon", "to_lat"], False),
        (["x_o", "y_o", "x_d", "y_d"], True),
        (["lonSrc", "latSrc", "lonDst", "latDst"], False),
        (["x1", "y1", "x2", "y2"], False),
    ],
)
def test_matrix_keeps_the_table_and_adds_minutes(
    columns: list[str], metres: bool, extract: Path, tmp_path: Path
) -> None:
    ends = np.array([[LON, LAT], [LON + 0.03, LAT + 0.02], [5.0, 45.0]])
    if metres:
        ends = to_metres(ends, "EPSG:2154")
    rows = [[*ends[0], *ends[1]], [*ends[1], *ends[1]], [*ends[0], *ends[2]]]
    table = pd.DataFrame(rows, columns=columns)
    table.insert(0, "nom", ["a", "=b()", "c"])
    table["code"] = ["01004", "33063", ""]
    table.to_csv(tmp_path / "in.csv", index=False)
    told = run("matrix", tmp_path / "in.csv", "--network", extract, "--out", tmp_path / "out.csv")
    assert "1 paire sans temps" in told
    found = pd.read_csv(tmp_path / "out.csv", dtype={"code": str})
    assert found.columns.tolist() == ["nom", *columns, "code", "minutes"]
    assert found["code"].tolist()[:2] == ["01004", "33063"]
    assert found["nom"].tolist() == ["a", "'=b()", "c"]
    np.testing.assert_allclose(found[columns], table[columns], rtol=1e-9)
    assert found["minutes"][0] > 1
    assert found["minutes"][1] == 0
    assert np.isnan(found["minutes"][2])


def test_matrix_by_commune_codes(tmp_path: Path) -> None:
    table = pd.DataFrame({"code1": ["33063", "33063", "99999"], "code2": ["33281", "33063", "1"]})
    table.to_csv(tmp_path / "in.csv", index=False, sep=";")
    run("matrix", tmp_path / "in.csv", "--out", tmp_path / "out.csv")
    found = pd.read_csv(tmp_path / "out.csv", dtype={"code1": str, "code2": str})
    assert 2 < found["minutes"][0] < 60
    assert np.isnan(found["minutes"][2])


@pytest.mark.parametrize(
    "headings",
    ["code_insee_1,code_insee_2", "Origine,Destination", "DEPCOM1,DEPCOM2", "code_o,code_d"],
)
def test_matrix_takes_the_headings_of_codes(headings: str, tmp_path: Path) -> None:
    """A former commune, a zero eaten by a spreadsheet, a name that is no code."""
    former, heir = next((old, new) for old, new in mergers().items() if new.startswith("16"))
    rows = ["33063,33281", "33063.0,33281.0", "33063,75999", f"{former},{heir}"]
    (tmp_path / "in.csv").write_text("\n".join([headings, *rows]), encoding="utf-8")
    told = run("matrix", tmp_path / "in.csv", "--out", tmp_path / "out.csv")
    minutes = pd.read_csv(tmp_path / "out.csv")["minutes"]
    assert "1 paire sans temps" in told
    assert minutes[0] == minutes[1] > 2
    assert np.isnan(minutes[2])
    assert minutes[3] == 0


def test_a_few_points_out_of_range_have_no_time(extract: Path, tmp_path: Path) -> None:
    lines = ["lon1,lat1,lon2,lat2", *[f"{LON},{LAT},{LON + 0.02},{LAT}"] * 3, f"{LON},{LAT},900,0"]
    (tmp_path / "in.csv").write_text("\n".join(lines), encoding="utf-8")
    run("matrix", tmp_path / "in.csv", "--network", extract, "--out", tmp_path / "out.csv")
    assert pd.read_csv(tmp_path / "out.csv")["minutes"].isna().tolist() == [False] * 3 + [True]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a,b\n1,2\n", "Colonnes attendues"),
        ("nom_commune_1,nom_commune_2\na,b\n", "Colonnes attendues"),
        ("code1,code2\nBordeaux,Pessac\n", "aucun code n’est celui d’une commune .* « Bordeaux »"),
        ("x1,y1,x2,y2\n9e9,1,9e9,2\n", "Ligne 2, colonnes « x1 » et « y1 » .* ni en degrés"),
        ("x1,y1,x2,y2\n1,2,trois,4\n", "Ligne 2, colonne « x2 » : « trois » n’est pas un nombre"),
        ("x1,y1,x2,y2,minutes\n1,2,3,4,5\n", "déjà une colonne « minutes »"),
    ],
)
def test_matrix_says_what_is_wrong(text: str, sentence: str, extract: Path, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text(text, encoding="utf-8")
    with pytest.raises(InvalidInputError, match=sentence):
        run("matrix", tmp_path / "in.csv", "--network", extract, "--out", tmp_path / "out.csv")


# Downloads


class Server:
    """Serves random files, and misbehaves as it is told, once per fault."""

    def __init__(self) -> None:
        rng = np.random.default_rng(0)
        self.files = {f"/{n}-latest.osm.pbf": rng.bytes(300_000) for n in NAMES}
        self.faults: list[str] = []
        self.requests: list[tuple[str, str]] = []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                outer.answer(self)

            def log_message(self, *_: object) -> None:
                pass

        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}"

    def answer(self, handler: http.server.BaseHTTPRequestHandler) -> None:
        path, wanted = handler.path, handler.headers.get("Range", "")
        self.requests.append((path, wanted))
        if handler.headers.get("If-Range", "") not in {"", self.tag(path)}:
            wanted = ""
        if path.endswith(".md5"):
            digest = hashlib.md5(self.files[path[:-4]], usedforsecurity=False).hexdigest()
            body = b"<html>maintenance</html>" if "no-md5" in self.faults else digest.encode()
            self.send(handler, 200, body, {})
            return
        body = self.files[path]
        fault = self.faults.pop(0) if self.faults and self.faults[0] != "no-md5" else ""
        first = int(wanted[6:-1]) if wanted else 0
        if fault == "503":
            self.send(handler, 503, b"busy", {})
        elif fault == "404":
            self.send(handler, 404, b"", {})
        elif fault == "cut":
            handler.send_response(200)
            handler.send_header("Content-Length", str(len(body)))
            handler.send_header("ETag", self.tag(path))
            handler.end_headers()
            handler.wfile.write(body[:100_000])
            handler.close_connection = True
        elif fault == "corrupt":
            self.send(handler, 200, body[:-1] + bytes([body[-1] ^ 1]), {})
        elif fault == "wrong-range" and first:
            span = f"bytes 0-{len(body) - 1}/{len(body)}"
            self.send(handler, 206, body, {"Content-Range": span})
        elif fault == "no-range" or not first:
            self.send(handler, 200, body, {})
        elif first >= len(body):
            self.send(handler, 416, b"", {"Content-Range": f"bytes */{len(body)}"})
        else:
            span = f"bytes {first}-{len(body) - 1}/{len(body)}"
            self.send(handler, 206, body[first:], {"Content-Range": span})

    def tag(self, path: str) -> str:
        body = self.files.get(path, b"")
        return f'"{hashlib.md5(body, usedforsecurity=False).hexdigest()}"'

    @staticmethod
    def send(
        handler: http.server.BaseHTTPRequestHandler,
        status: int,
        body: bytes,
        headers: dict[str, str],
    ) -> None:
        handler.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setattr(downloads, "PAUSE_S", 0.0)
    one = Server()
    thread = threading.Thread(target=one.http.serve_forever, args=(0.05,))
    thread.start()
    yield one
    one.http.shutdown()
    one.http.server_close()
    thread.join()


@pytest.fixture
def fetched(server: Server) -> Callable[[], list[Path]]:
    def fetch() -> list[Path]:
        files = fetch_region("nouvelle-aquitaine", lambda _: None, base_url=server.url)
        assert [f.read_bytes() for f in files] == list(server.files.values())
        assert sorted(files[0].parent.iterdir()) == sorted(files)
        return files

    return fetch


@pytest.mark.parametrize(
    "faults",
    [
        [],
        ["cut"],
        ["cut", "cut"],
        ["cut", "no-range"],
        ["cut", "wrong-range"],
        ["503", "503"],
        ["corrupt"],
        ["cut", "corrupt"],
    ],
)
def test_faults_are_overcome(faults: list[str], server: Server, fetched) -> None:
    server.faults = faults
    fetched()


def test_a_cut_download_is_resumed_where_it_was(server: Server, fetched) -> None:
    server.faults = ["cut"]
    fetched()
    assert server.requests[2] == ("/aquitaine-latest.osm.pbf", "bytes=100000-")


def test_what_is_there_is_not_taken_again(server: Server, fetched) -> None:
    fetched()
    server.requests.clear()
    fetched()
    assert all(path.endswith(".md5") for path, _ in server.requests)


def test_a_new_edition_replaces_the_old_and_its_leftover(server: Server, fetched) -> None:
    files = fetched()
    rng = np.random.default_rng(1)
    for path in server.files:
        server.files[path] = rng.bytes(200_000)
    left = files[0].with_name(f"{files[0].name}.inacheve")
    left.mkdir()
    (left / "part").write_bytes(b"x" * 250_000)  # longer than the new
    (left / "validator").write_text('"of the former edition"', encoding="ascii")
    fetched()


@pytest.mark.parametrize(
    "faults", [["404"], ["503"] * 5, ["corrupt", "corrupt"], ["no-md5"], ["cut"] * 5]
)
def test_what_cannot_be_overcome_is_said(faults: list[str], server: Server) -> None:
    server.faults = faults
    if faults[0] == "cut":
        server.files = {path: body[:100_001] + body for path, body in server.files.items()}
    with pytest.raises(UnavailableError, match="proxisoins roads build"):
        fetch_region("nouvelle-aquitaine", lambda _: None, base_url=server.url)


def test_without_internet_the_way_round_is_told() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}"
        with pytest.raises(UnavailableError, match="Sans internet") as caught:
            run("roads", "fetch", "nouvelle-aquitaine", "--base-url", url)
    assert "limousin-latest.osm.pbf" in str(caught.value)


def test_the_roads_of_every_region_have_their_extracts() -> None:
    assert set(EXTRACTS) == set(france.NAMES)
    every = [name for names in EXTRACTS.values() for name in names]
    assert len(every) == len(set(every))
    for region, names in NEIGHBOURS.items():
        assert set(names) <= set(every) - set(EXTRACTS[region])
        # Who is beside another has it beside him.
        for name in names:
            other = next(code for code, own in EXTRACTS.items() if name in own)
            assert set(EXTRACTS[region]) & set(NEIGHBOURS[other]), (region, name)
    assert set(NEIGHBOURS) == set(EXTRACTS) - france.OVERSEAS - {"94"}


@pytest.mark.parametrize("region", ["84", "auvergne-rhone-alpes", "Auvergne-Rhône-Alpes"])
def test_roads_of_a_region_by_name_or_code(region: str, server: Server) -> None:
    body = next(iter(server.files.values()))
    server.files = {f"/{name}-latest.osm.pbf": body for name in EXTRACTS["84"]}
    files = fetch_region(region, lambda _: None, base_url=server.url)
    assert [file.name for file in files] == [
        "auvergne-latest.osm.pbf",
        "rhone-alpes-latest.osm.pbf",
    ]


def test_unknown_region_and_strange_addresses() -> None:
    with pytest.raises(InvalidInputError, match="Région inconnue"):
        run("roads", "fetch", "bretagne-sud")
    with pytest.raises(InvalidInputError, match="Adresse refusée"):
        run("roads", "fetch", "nouvelle-aquitaine", "--base-url", "file:///etc")


def test_codes_of_communes_ask_for_a_region_that_is_built(tmp_path: Path) -> None:
    pairs = tmp_path / "paires.csv"
    pairs.write_text("code1;code2\n69123;69266\n", encoding="utf-8")
    with pytest.raises(UnavailableError, match=r"« code1 » et « code2 ».*Construisez-la"):
        run("matrix", str(pairs), "--region", "84", "--out", str(tmp_path / "x.csv"))
    with pytest.raises(InvalidInputError, match="d’une autre région, construisez"):
        run("matrix", str(pairs), "--out", str(tmp_path / "x.csv"))


class North:
    """Minutes that know the north only, where everything is seven minutes away."""

    def pairs(self, origins: np.ndarray, destinations: np.ndarray) -> np.ndarray:
        north = (origins[:, 1] > 48) & (destinations[:, 1] > 48)
        return np.where(north, 7.0, np.inf)


def build_bretagne(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a second region be there, with two communes."""
    ours, communes = catalogue.travel_time, embedded_set.communes
    fringe, mergers = embedded_set.fringe, embedded_set.mergers
    towns = pd.DataFrame(
        {"code": ["35238", "35281"], "lon": [-1.68, -1.7], "lat": [48.11, 48.08], "population": 1.0}
    )
    monkeypatch.setattr(catalogue, "regions", lambda: [("53", "Bretagne"), ("75", "Ici")])
    monkeypatch.setattr(
        catalogue, "travel_time", lambda code: North() if code == "53" else ours(code)
    )
    for name, theirs, ours_too in (
        ("communes", towns, communes),
        ("fringe", towns.head(0), fringe),
        ("mergers", {}, mergers),
    ):
        monkeypatch.setattr(
            embedded_set,
            name,
            lambda code, theirs=theirs, own=ours_too: theirs if code == "53" else own(code),
        )


def test_codes_of_another_region_that_is_built_are_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build_bretagne(monkeypatch)
    pairs = tmp_path / "paires.csv"
    pairs.write_text("code1;code2\n35238;35281\n33063;33281\n", encoding="utf-8")
    run("matrix", str(pairs), "--out", str(tmp_path / "x.csv"))
    near, here = pd.read_csv(tmp_path / "x.csv")["minutes"]
    assert near == 7.0
    assert 5 < here < 40


def test_pairs_of_another_region_that_is_built_have_their_minutes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build_bretagne(monkeypatch)
    table = pd.DataFrame(
        {
            "lon1": [-0.58, -1.68],
            "lat1": [44.84, 48.11],
            "lon2": [-0.55, -1.60],
            "lat2": [44.8, 48.2],
        }
    )
    table.to_csv(tmp_path / "paires.csv", index=False)
    run("matrix", tmp_path / "paires.csv", "--out", tmp_path / "out.csv")
    found = pd.read_csv(tmp_path / "out.csv", sep=None, engine="python")["minutes"]
    assert float(str(found.iloc[1]).replace(",", ".")) == 7.0
    assert 2 < float(str(found.iloc[0]).replace(",", ".")) < 20
