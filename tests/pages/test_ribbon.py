"""What is simulated is named, and what is real is not called simulated."""

from types import SimpleNamespace
from typing import Any

import pytest

from data.maps import room
from data.region.moments import Moment
from pages import shell


def territory(**simulated: bool) -> Any:
    known = {
        name: SimpleNamespace(simulated=told, title=name, moment=lambda: Moment(2017))
        for name, told in simulated.items()
    }
    titles = tuple(name for name, told in simulated.items() if told)
    return SimpleNamespace(provenance=known, simulated=titles)


def said(monkeypatch: pytest.MonkeyPatch, shown: Any) -> str:
    drawn: list[str] = []
    monkeypatch.setattr(shell.st, "html", drawn.append)
    shell.ribbon(shown)
    return "".join(drawn)


def test_real_counts_beside_simulated_structures_are_not_called_a_demonstration(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text = said(monkeypatch, territory(gps=False, zoning=False, structures=True))
    assert "En partie simulé</strong> : structures, sans valeur" in text
    assert "Données de démonstration" not in text


def test_simulated_counts_are(monkeypatch: pytest.MonkeyPatch) -> None:
    text = said(monkeypatch, territory(gps=True, zoning=False))
    assert "Données de démonstration</strong> : simulées, sans valeur" in text


def test_nothing_is_said_where_all_is_real(monkeypatch: pytest.MonkeyPatch) -> None:
    assert said(monkeypatch, territory(gps=False)) == ""


def test_people_without_room_say_the_year_of_the_counts() -> None:
    assert room._dated(territory(gps=False)) == "Médecins comptés en 2017."
    assert room._dated(territory(gps=True)) == ""
    assert room._dated(territory()) == ""
