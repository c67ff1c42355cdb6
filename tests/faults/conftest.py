"""What several tests of faults need."""

import pytest

from geo.roads.build import build_from_osm
from geo.roads.network import RoadNetwork


@pytest.fixture(scope="session")
def network(tmp_path_factory: pytest.TempPathFactory) -> RoadNetwork:
    """A street of three junctions."""
    path = tmp_path_factory.mktemp("osm") / "street.osm"
    nodes = "".join(
        f'<node id="{i}" version="1" lon="{-0.6 + i / 500}" lat="44.8"/>' for i in range(1, 4)
    )
    way = "".join(f'<nd ref="{i}"/>' for i in range(1, 4))
    tag = '<tag k="highway" v="residential"/>'
    path.write_text(f'<osm version="0.6">{nodes}<way id="1" version="1">{way}{tag}</way></osm>')
    return build_from_osm([path], lambda _: None)
