"""OSM extracts are opened in a process apart, within limits, whatever they unpack to."""

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from data.cli import app
from data.files import sandbox
from data.region import road_build, road_networks
from geo.errors import InvalidInputError
from geo.roads import build
from tests.data.files import extracts

HARMFUL: dict[str, Callable[[Path], Path]] = {
    "nodes.osm.pbf": lambda path: extracts.dense_nodes(path, 8),
    "way.osm.gz": lambda path: extracts.endless_way(path, 4_000_000),
    "ways.osm.gz": lambda path: extracts.many_ways(path, 400),
    "entities.osm": extracts.entities,
}


def street(path: Path) -> Path:
    """Write a street of three junctions."""
    nodes = "".join(
        f'<node id="{i}" version="1" lon="{-0.6 + i / 500}" lat="44.8"/>' for i in range(1, 4)
    )
    way = "".join(f'<nd ref="{i}"/>' for i in range(1, 4)) + '<tag k="highway" v="residential"/>'
    path.write_text(f'<osm version="0.6">{nodes}<way id="1" version="1">{way}</way></osm>')
    return path


@pytest.mark.parametrize("name", HARMFUL)
def test_a_harmful_extract_ends_in_a_sentence_within_its_limits(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = road_build.build_and_use([street(tmp_path / "street.osm")], lambda _: None)
    used: list[sandbox.Answer] = []
    ask = sandbox.ask

    def kept(*given: object, **more: object) -> sandbox.Answer:
        used.append(ask(*given, **more))  # type: ignore[arg-type]
        return used[-1]

    monkeypatch.setattr(sandbox, "ask", kept)
    path = HARMFUL[name](tmp_path / name)
    with pytest.raises(InvalidInputError, match="relancez") as refusal:
        road_build.build_and_use([path], lambda _: None)
    assert name in str(refusal.value)
    (answer,) = used
    assert answer.kind in {"refused", "memory", "time"}
    assert answer.cpu_s < 5
    assert answer.peak_bytes < 600_000_000
    assert road_networks.current_folder() == before
    assert [one for one in road_networks.folder().iterdir() if one.is_dir()] == [before]


def test_no_extract_is_opened_in_the_process_that_asks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def opened(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(build, "read_extracts", opened)
    monkeypatch.setattr(road_build, "build_from_osm", opened)
    path = tmp_path / "town.osm"
    path.write_text('<osm version="0.6"></osm>', encoding="utf-8")
    out = tmp_path / "area.geojson"
    for command in (
        ["roads", "build", str(path)],
        ["isochrone", "--lon", "0.3", "--lat", "46.6", "--network", str(path), "--out", str(out)],
    ):
        result = CliRunner().invoke(app, command)
        assert isinstance(result.exception, InvalidInputError)
        assert "Aucune route" in str(result.exception)


def test_what_the_other_process_says_is_told(tmp_path: Path) -> None:
    path = tmp_path / "town.osm"
    path.write_text('<osm version="0.6"></osm>', encoding="utf-8")
    said: list[str] = []
    with pytest.raises(InvalidInputError, match="Aucune route"):
        road_build.build_and_use([path], said.append)
    assert said == ["Lecture de town.osm…"]


@pytest.mark.parametrize(
    ("kind", "words"),
    [("time", "min de calcul"), ("memory", "plus de mémoire"), ("crash", "s’est interrompue")],
)
def test_the_limit_that_was_reached_is_said(
    kind: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "town.osm"
    path.write_text("x", encoding="utf-8")
    monkeypatch.setattr(sandbox, "ask", lambda *_, **_more: sandbox.Answer(kind))
    with pytest.raises(InvalidInputError, match=words):
        road_build.build_and_use([path], lambda _: None)
    assert road_networks.current_folder() is None


def test_extracts_larger_than_any_country_are_not_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "town.osm.pbf"
    path.write_bytes(b"x" * 100)
    assert road_build.limits_for([path]).cpu_s < 21
    monkeypatch.setattr(road_build, "MAX_BYTES", 99)
    with pytest.raises(InvalidInputError, match="plus que la limite"):
        road_build.build_and_use([path], lambda _: None)
    with pytest.raises(InvalidInputError, match="n’existe pas"):
        road_build.build_and_use([tmp_path / "absent.osm"], lambda _: None)
