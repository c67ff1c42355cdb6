"""Under the map: the coming years, whole for a planner, without any commune for the public."""

from dataclasses import replace

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from data.region.catalogue import load_territory
from models.region import soon
from models.region.soon import Soon
from pages import accounts, carte_soon
from pages.accounts import Role

PLACE = "Commune secrète"


def _drawn(_: object, horizon: int) -> Soon:
    codes = [f"16{rank:03d}" for rank in range(1, 13)]
    one = {"code": codes, "name": [PLACE, *codes[1:]], "gps": 1.0}
    carriers = pd.DataFrame({**one, "without_room_more": 50.0, "expected": 12.0})
    return Soon(horizon, 1000.0, 1234.0, 1150.0, 1400.0, pd.DataFrame(), carriers)


def _opened(monkeypatch: pytest.MonkeyPatch, role: Role, *, known: bool) -> AppTest:
    totals = pd.DataFrame(
        {
            "code": ["e1"],
            "name": ["EPCI montré"],
            "population": [1000.0],
            "without_room_now": [10.0],
            "without_room_in_2": [11.0],
            "without_room_in_5": [20.0],
            "share_without_room": [0.01],
            "share_without_room_in_5": [0.02],
        }
    )
    monkeypatch.setattr(accounts, "role", lambda: role)
    monkeypatch.setattr(soon, "kept", _drawn)
    monkeypatch.setattr(soon, "is_kept", lambda _: known)
    monkeypatch.setattr(soon, "by_territory", lambda *_: totals)

    def screen() -> None:
        from pages import carte_soon, shell

        carte_soon._draw(shell.territory())

    app = AppTest.from_function(screen, default_timeout=200).run()
    assert not app.exception
    return app


def _words(app: AppTest) -> str:
    said = [one.value for kind in (app.markdown, app.caption, app.text) for one in kind]
    return " ".join([*said, *(one.value.to_csv() for one in app.dataframe)])


def test_a_planner_reads_totals_and_who_carries_them(monkeypatch: pytest.MonkeyPatch) -> None:
    app = _opened(monkeypatch, Role.PLANNER, known=True)
    assert "1 234" in _words(app).replace("\u202f", " ").replace("\xa0", " ")
    assert "EPCI montré" in _words(app)
    app.session_state["soon_level"] = "commune"
    assert PLACE in _words(app.run())


def test_the_public_reads_totals_only_and_that_the_rest_is_masked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app = _opened(monkeypatch, Role.PUBLIC, known=True)
    assert "1 234" not in _words(app).replace("\u202f", " ").replace("\xa0", " ")
    assert "1 200" in _words(app).replace("\u202f", " ").replace("\xa0", " ")
    assert carte_soon.MASKED in _words(app)
    assert not app.dataframe
    assert PLACE not in _words(app)


def test_the_public_cannot_start_the_computation(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _opened(monkeypatch, Role.PLANNER, known=False).button
    assert not _opened(monkeypatch, Role.PUBLIC, known=False).button


def test_the_fold_is_dated_by_the_counts_and_announces_no_coming_year() -> None:
    territory = load_territory("75")
    assert carte_soon.title(territory) == "2 et 5 ans plus tard : qui serait sans place"
    known = replace(territory.provenance["gps"], simulated=False, vintage="2017", measured={})
    dated = replace(territory, provenance={**territory.provenance, "gps": known})
    assert carte_soon.title(dated) == "2 et 5 ans après 2017 : qui serait sans place"
