"""A sheet says once that minutes were never verified: overseas, the ribbon has said it."""

from types import SimpleNamespace
from typing import cast

import pytest

from data.region.territory import UNVERIFIED_MINUTES, Territory
from data.reports.sheet import Sheet
from pages import sheet_body

SHEET = cast(
    "Sheet",
    SimpleNamespace(context="1 habitant", unverified=". Temps de trajet jamais vérifiés"),
)


@pytest.mark.parametrize(
    ("ribbon", "told"),
    [(UNVERIFIED_MINUTES, "1 habitant"), ("", "1 habitant. Temps de trajet jamais vérifiés")],
)
def test_unverified_minutes_are_told_once(
    monkeypatch: pytest.MonkeyPatch, ribbon: str, told: str
) -> None:
    said: list[str] = []
    monkeypatch.setattr(sheet_body.st, "caption", said.append)
    territory = cast("Territory", SimpleNamespace(unverified_minutes=ribbon))
    sheet_body.draw_context(territory, SHEET)
    assert said == [told]
