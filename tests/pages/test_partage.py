"""The screen of a shared link, when the database is not there."""

import pytest
from streamlit.testing.v1 import AppTest

from data.base.paths import ROOT
from data.scenarios import sharing
from geo.errors import MomentarilyUnavailableError


def test_a_link_is_said_to_be_away_while_the_database_is(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(_token: str) -> None:
        raise MomentarilyUnavailableError("La base ne répond pas.")

    monkeypatch.setattr(sharing, "open_share", away)
    app = AppTest.from_file(str(ROOT / "pages" / "partage.py"), default_timeout=120)
    app.query_params["jeton"] = "x"
    app.run()
    assert not app.exception
    said = " ".join(str(one.value) for one in app.text)
    assert "momentanément indisponible" in said
    assert "n’ouvre" not in said
    assert [button.label for button in app.button] == ["Réessayer"]
