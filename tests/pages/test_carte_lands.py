"""All of France on one map: its lands are one click away, a region of one land says nothing."""

import html
import re

import pytest

from data.maps import ground
from pages.state import ViewState
from tests.pages.opening import opened, words

LANDS = [
    ground.Destination("Hexagone", 2.0, 46.5, 5.0),
    ground.Destination("La Réunion", 55.53, -21.13, 9.5),
]


@pytest.mark.usefixtures("isolated_home")
def test_each_land_is_a_link_to_its_view(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Aller à" not in words(opened("", ind="zone"))
    monkeypatch.setattr(ground, "destinations", lambda _: LANDS)
    shown = words(opened("", ind="zone", lon="1", lat="45", z="8"))
    told = re.findall(r'<a href="\?([^"]*)" target="_self">([^<]*)</a>', shown)
    assert [name for _, name in told] == ["Hexagone", "La Réunion"]
    queries = [dict(re.findall(r"(\w+)=([^&]*)", html.unescape(text))) for text, _ in told]
    first, second = map(ViewState.from_query, queries)
    assert first.lon is None
    assert (second.lon, second.lat, second.zoom) == (55.53, -21.13, 9.5)
    assert first.indicator == second.indicator == "zone"
