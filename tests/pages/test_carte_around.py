"""What one does with an « Isochrone d’ici »: its files, and a site to judge there."""

import json
from typing import Any

import pytest
import streamlit as st

from pages import sites_upload
from tests.pages.sites_screen import opened

GUERET = "1.87000,46.17000"
MAP = "carte"


def asked(action: str, turn: str, here: str = GUERET) -> dict[str, Any]:
    return {"action": action, "turn": turn, "state": {"ici": here, "commune": "23096"}}


def exports(app: Any) -> list[str]:
    return [one.label for one in app.session_state["exports_offerts"]]


def test_the_file_is_sent_when_it_is_asked_for_and_offered_for_all_to_see(
    answers: list[dict[str, Any]],
) -> None:
    app = opened("carte")
    assert not any("Isochrone" in one for one in exports(app))
    app.session_state[MAP] = asked("isochrone", "1")
    app.run()
    assert not app.exception
    assert sum("Isochrone d’ici" in one for one in exports(app)) == 3
    assert "file" not in answers[-1]["around"]
    app.session_state[MAP] = asked("fichier", "2")
    app.run()
    around = answers[-1]["around"]
    file = json.loads(around["file"]["text"])
    assert around["file"]["turn"] == "2"
    people = [one["properties"]["Habitants"] for one in file["features"]]
    assert people == [one["population"] for one in around["rings"]]
    assert "simul" in around["note"]
    # What is asked for next is not answered with the file again.
    app.session_state[MAP] = asked("commune", "3")
    app.run()
    assert "file" not in answers[-1]["around"]


def test_a_site_is_judged_at_the_point(monkeypatch: pytest.MonkeyPatch) -> None:
    gone_to: list[str] = []
    monkeypatch.setattr(st, "switch_page", gone_to.append)
    app = opened("carte")
    app.session_state[MAP] = asked("msp", "1")
    app.run()
    assert gone_to[0] == "pages/sites.py"
    (site,) = app.session_state[sites_upload.WORK].reopened
    assert (site.lon, site.lat, site.commune) == (1.87, 46.17, "Guéret")


def test_a_point_where_no_site_can_be_says_why(
    monkeypatch: pytest.MonkeyPatch, answers: list[dict[str, Any]]
) -> None:
    gone_to: list[str] = []
    monkeypatch.setattr(st, "switch_page", gone_to.append)
    app = opened("carte")
    app.session_state[MAP] = asked("msp", "1", here="2.35000,48.85000")
    app.run()
    assert not gone_to
    assert "hors de la région" in answers[-1]["message"]
