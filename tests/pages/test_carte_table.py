"""The table under the map, where tables are plain and have no row to tick."""

from types import SimpleNamespace
from typing import Any, cast

import pandas as pd
import pytest

from data.region.territory import Territory
from pages import carte_table, figures, grids

FRAME = pd.DataFrame(
    {
        "code": ["23096", "24322"],
        "name": ["Guéret", "Périgueux"],
        "departement": ["23", "24"],
        "departement_name": ["Creuse", "Dordogne"],
        "share_without_room": [0.1, 0.2],
    }
)
REGION = cast("Territory", SimpleNamespace(communes=FRAME))


@pytest.mark.parametrize("plain", [True, False])
def test_rows_to_tick_are_told_of_only_where_there_are_some(
    monkeypatch: pytest.MonkeyPatch, *, plain: bool
) -> None:
    monkeypatch.setattr(grids, "are_plain", lambda: plain)
    for commune in ("", "23096"):
        told = carte_table._words(REGION, FRAME, commune)
        assert ("och" in told) != plain, told
        assert ("Guéret" in told) == bool(commune)


def test_the_key_figure_stands_beside_the_name_in_a_plain_table(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Third, it was cut at the right of a telephone."""
    drawn: dict[str, Any] = {}
    monkeypatch.setattr(figures, "table", lambda frame, **told: drawn.update(told, frame=frame))
    carte_table._draw_plain(FRAME, [], "carte")
    assert list(drawn["order"])[:2] == ["name", "share_without_room"]
    assert list(drawn["frame"]["name"]) == ["Guéret (23)", "Périgueux (24)"]
