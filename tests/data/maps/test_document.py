"""The document of the map's client: what is written is declared, what is declared is read."""

import gzip
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import SimpleNamespace, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints, is_typeddict

import pandas as pd
import pytest

from data.access.around import around
from data.base import french, paths
from data.base.french import minutes_told
from data.maps import contours, document, payload, risk, room, zoning
from data.maps import pdses as pdses_map
from data.maps import sites as sites_map
from data.maps import solidarity as solidarity_map
from data.pdses import coverage
from data.region import search
from data.region.territory import Territory
from data.reports import around_file
from data.siting.evaluation import evaluate_sites
from data.solidarity.help import Terms
from data.solidarity.plans import Question, help_plan
from data.uploads import Site

CLIENT = paths.STATIC / "proxisoins"
SCRIPTS = {path.name: path.read_text(encoding="utf-8") for path in CLIENT.glob("*.js")}
COMMENTS = re.compile(r"/\*.*?\*/|//[^\n]*|^import .*?;", re.DOTALL | re.MULTILINE)
SCRIPT = COMMENTS.sub("", "\n".join(SCRIPTS.values()))
TYPES = {
    name: kind
    for module in (document, room, search)
    for name, kind in vars(module).items()
    if is_typeddict(kind)
}

# How the scripts call what they were given, and what it is.
CALLED = {
    r"(?<!\.)config|carte\.config": "MapDocument",
    r"\bindicator|\bchosen": "Indicator",
    r"\blayer": "Layer",
    r"\bpoint": "Point",
    r"\bknown": "RoomDocument",
    r"\bcontrols": "RoomControls",
    r"\bblock": "Block",
    r"\banswer": "Answer",
    r"\bdetail": "Cover",
    r"\brules|\bsearch": "MapSearch",
    r"\bdefaults": "Defaults",
    r"\bflow": "Flow",
    r"\bstate": "State",
    r"\bpast": "Past",
    r"\bdifference": "Difference",
}
# What the same words name elsewhere: an answer of `fetch`, the layer of a tooltip.
NOT_READ = {
    "Indicator": {"current"},
    "Layer": {"row", "options"},
    "Point": set(),
    "Answer": {"ok", "status", "arrayBuffer"},
    "MapSearch": {"node"},
    "MapDocument": set(),
    "RoomDocument": set(),
    "RoomControls": set(),
    "Block": set(),
    "Cover": set(),
    "Defaults": set(),
    "Flow": set(),
    "State": {"filters"},
    "Past": set(),
    "Difference": set(),
}


def faults(value: Any, kind: Any, where: str) -> Iterator[str]:
    """Yield where a value is not as declared: a key too many or too few, another type."""
    origin, inner = get_origin(kind), get_args(kind)
    if is_typeddict(kind):
        yield from _faults_of_object(value, kind, where)
    elif origin in {Union, UnionType}:
        tries = [list(faults(value, one, where)) for one in inner]
        if all(tries):
            yield from min(tries, key=len)
    elif origin in {list, dict} and isinstance(value, origin):
        # What is wrong in one is wrong in all: the first ones are enough.
        parts = value.items() if isinstance(value, dict) else enumerate(value[:50])
        for key, one in parts:
            yield from faults(one, inner[-1], f"{where}.{key}")
    elif not _is_plain(value, kind):
        yield f"{where}: {value!r} for {kind}"


def _is_plain(value: Any, kind: Any) -> bool:
    origin, inner = get_origin(kind), get_args(kind)
    if origin is Literal:
        return value in inner
    if origin is tuple:  # JSON has lists
        return isinstance(value, list) and len(value) == len(inner)
    wanted = (int, float) if kind is float else (origin or kind)
    return kind is Any or isinstance(value, wanted)


def _faults_of_object(value: Any, kind: Any, where: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{where}: {type(value).__name__}, no object"
        return
    yield from (f"{where}.{key} is not declared" for key in value.keys() - keys_of(kind))
    yield from (f"{where}.{key} is missing" for key in kind.__required_keys__ - value.keys())
    for key, of in get_type_hints(kind).items():
        if key in value:
            yield from faults(value[key], of, f"{where}.{key}")


def sent(value: Any) -> Any:
    """Return a document as the client gets it."""
    return json.loads(json.dumps(value))


def keys_of(kind: type) -> set[str]:
    return set(get_type_hints(kind))


def documents(territory: Territory, table: pd.DataFrame) -> Mapping[str, Any]:
    """Return what the screens send, one of each kind."""
    whole = payload.configuration(territory, table, {}, with_room=True) | {"whole": True}
    scored = table[["code"]].assign(risk_class="modéré", state="confirmé")
    forecast = risk.configuration(territory, risk.with_risk(table, scored), 3, ["23096"])
    own = pd.DataFrame({"lon": [0.5], "lat": [45.0], "name": ["à moi"], "detail": ["ici"]})
    return {
        "carte": whole | payload.with_own_points(whole, own),
        "risques": risk.with_overdue(forecast, "Échue."),
        "zonage": zoning.configuration(territory, table, "Arrêté."),
        "sites": sites_map.opening(territory, table, {}),
        "sites jugés": _judged(territory, table),
        "permanence": _on_call(territory),
        "solidarité": _help(territory),
    }


def _judged(territory: Territory, table: pd.DataFrame) -> document.MapDocument:
    row = territory.communes.iloc[0]
    site = Site(1, "Maison", row["code"], row["name"], float(row["lon"]), float(row["lat"]))
    judged = evaluate_sites(territory, [site])
    return sites_map.configuration(territory, table, {}, judged, chosen=[0])


def _on_call(territory: Territory) -> document.MapDocument:
    covered = coverage.cover(territory, french.today())
    specialty = str(covered.lines["specialty"].iloc[0])
    return pdses_map.configuration(
        territory, covered, specialty, covered.lines, "Registre.", threshold=45
    )


def _help(territory: Territory) -> document.MapDocument:
    found = help_plan(territory, Question(), Terms(volunteers=39))
    made = solidarity_map.configuration(territory, found, "Source.")
    assert made["flows"]
    return made


@pytest.mark.usefixtures("prepared")
def test_what_is_written_is_declared(loaded: tuple[Territory, pd.DataFrame]) -> None:
    for name, made in documents(*loaded).items():
        assert list(faults(sent(made), document.MapDocument, name)) == []


@pytest.mark.usefixtures("prepared")
def test_what_is_drawn_says_which_tables_of_the_region_it_reads(
    loaded: tuple[Territory, pd.DataFrame],
) -> None:
    """A picture warns of those that are simulated: what says nothing is never warned of."""
    known = {*loaded[0].provenance, "apl"}  # not there in the demonstration
    silent = set()
    for name, made in documents(*loaded).items():
        for one in [*made["indicators"], *made["layers"]]:
            assert set(one.get("reads", ())) <= known, (name, one["key"])
            silent |= set() if one.get("reads") else {one["key"]}
        dated = {one["dated"] for one in made["indicators"] if one["years"]}
        assert dated <= known
    brought = {"points", "sites_retenus", "iso_sites", "iso_un_site"}
    assert silent == brought | {"fond", "flux", "accueils"}


@pytest.mark.usefixtures("prepared")
def test_contours_are_as_declared(loaded: tuple[Territory, pd.DataFrame]) -> None:
    content = json.loads(gzip.decompress(contours.contours_bytes(loaded[0])))
    assert list(faults(content, document.ContoursDocument, "contours")) == []


@pytest.mark.usefixtures("prepared")
def test_answers_are_as_declared(loaded: tuple[Territory, pd.DataFrame]) -> None:
    territory, table = loaded
    lon, lat = (float(territory.communes[axis].iloc[0]) for axis in ("lon", "lat"))
    file = {"name": "a.geojson", "text": "{}", "turn": "1"}
    counted = around_file.card(territory, around(territory, table, lon, lat)) | {"file": file}
    code = str(territory.communes["code"].iloc[0])
    lines = coverage.lines_covering(territory, code)
    lines["minutes"] = lines["minutes"].map(minutes_told)
    lines = lines.to_dict("records")
    trial = zoning.tried(territory, table, {})
    own = {"code": code, "lines": lines, "note": "", "room": ""}
    said = {"around": counted, "commune": own} | trial
    assert list(faults(sent(said), document.Answer, "answer")) == []


def test_a_key_too_many_too_few_or_of_another_type_is_found() -> None:
    point = {"lon": 0.5, "lat": 45, "name": "a", "detail": ""}
    assert list(faults(point, document.Point, "")) == []
    for wrong in (point | {"more": 1}, {"lon": 0.5}, point | {"lat": "45"}):
        assert list(faults(wrong, document.Point, ""))


@pytest.mark.parametrize("name", sorted(TYPES))
def test_what_is_declared_is_read(name: str) -> None:
    """A key that no script reads is bytes for nothing: each has a reader, by name."""
    for key in keys_of(TYPES[name]):
        taken = rf"\{{[^{{}}]*\b{key}\b[^{{}}]*\}}(?: =| of|\))"
        # Rows of a table are read by the titles that come with them.
        titled = name == "Ring" and key in around_file.TITLES
        assert titled or re.search(rf"\.{key}\b|{taken}", SCRIPT), f"{name}.{key}"


@pytest.mark.parametrize("called", CALLED)
def test_what_is_read_is_declared(called: str) -> None:
    name = CALLED[called]
    known = keys_of(TYPES[name]) | NOT_READ[name]
    reads = re.findall(rf"(?:{called})\??\.([a-z_A-Z]\w*)(?!\w*\()", SCRIPT)
    taken = re.findall(rf"const {{ ([^}}]*) }} = (?:this\.|carte\.)*(?:{called});", SCRIPT)
    reads += [one.split(":")[0].split("=")[0].strip() for part in taken for one in part.split(",")]
    assert reads, "the scripts call it otherwise: say how"
    assert set(reads) <= known, name


@pytest.mark.usefixtures("prepared")
@pytest.mark.parametrize("threshold", coverage.REACH_MINUTES)
def test_the_ring_of_the_threshold_chosen_stands_out(
    loaded: tuple[Territory, pd.DataFrame], threshold: float
) -> None:
    territory, _ = loaded
    covered = coverage.cover(territory, french.today())
    made = pdses_map.configuration(
        territory, covered, covered.specialties[0], covered.lines, "", threshold=threshold
    )
    [rings] = [one for one in made["layers"] if one["kind"] == "rings"]
    strokes = {entry["minutes"]: (entry["dash"], entry["weight"]) for entry in rings["legend"]}
    assert len(set(strokes.values())) == len(coverage.REACH_MINUTES)
    assert max(strokes, key=lambda minutes: strokes[minutes][1]) == threshold


@pytest.mark.usefixtures("prepared")
def test_every_map_can_draw_the_isochrones_that_its_card_asks_for(
    loaded: tuple[Territory, pd.DataFrame],
) -> None:
    """They are drawn as those of its first layer of rings: without one the click failed."""
    for name, made in documents(*loaded).items():
        assert any(one["kind"] == "rings" for one in made["layers"]), name


@pytest.mark.usefixtures("prepared")
def test_judgements_of_today_are_drawn_on_one_map_that_none_of_them_changes(
    loaded: tuple[Territory, pd.DataFrame], monkeypatch: pytest.MonkeyPatch
) -> None:
    territory, table = loaded
    first = _judged(territory, table)
    asked = []
    monkeypatch.setattr(payload, "configuration", lambda *_: asked.append(1) or dict(first))
    place = territory.communes.iloc[1]
    site = Site(1, "Autre", place["code"], place["name"], float(place["lon"]), float(place["lat"]))
    other = sites_map.configuration(territory, table, {}, evaluate_sites(territory, [site]))
    assert other["points"][sites_map.SITES][0]["name"] == "Autre"
    assert not other["points"][sites_map.CHOSEN]
    assert first["points"][sites_map.CHOSEN]
    assert not asked
    left = replace(
        evaluate_sites(territory, [site]), departures=SimpleNamespace(ground=None, leaving={})
    )
    sites_map.configuration(territory, table, {}, left)
    assert asked


@pytest.mark.usefixtures("prepared")
def test_the_map_of_sites_opens_on_all_of_them(loaded: tuple[Territory, pd.DataFrame]) -> None:
    """A centre and a zoom held them on a wide screen only."""
    territory, table = loaded
    rows = territory.communes.set_index("code").loc[["23008", "19275", "64445"]].itertuples()
    sites = [Site(n, row.name, row.Index, row.name, row.lon, row.lat) for n, row in enumerate(rows)]
    made = sites_map.configuration(territory, table, {}, evaluate_sites(territory, sites))
    assert not {"lon", "lat", "zoom"} & set(made["state"])
    (south, west), (north, east) = made["frame"]
    for site in sites:
        assert south + 0.1 < site.lat < north - 0.1
        assert west + 0.1 < site.lon < east - 0.1
