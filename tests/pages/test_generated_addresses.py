"""Generated addresses: no screen ends in a traceback."""

import os
import re

import pytest
from hypothesis import example, given, settings
from streamlit.testing.v1 import AppTest

from data.base.paths import ROOT
from pages.state import LAYERS
from tests.faults.addresses import queries

GENERATED = int(os.environ.get("PROXISOINS_GENERATED", "0"))
SCREENS = re.findall(r'^    \("(\w+)", "', (ROOT / "app.py").read_text("utf-8"), flags=re.MULTILINE)
TIMEOUT_SECONDS = 200


@pytest.mark.timeout(0 if GENERATED else 300)
@pytest.mark.parametrize("screen", SCREENS)
@settings(max_examples=max(GENERATED // 100, 1))
@given(query=queries)
@example(
    query={"territoire": "epci:0", "commune": "99999", "annee": "1990", "ici": "-60,14.6"}
    | {"couches": ",".join(LAYERS)}
)
@example(query={"region": "99"})
def test_no_screen_ends_in_a_traceback(screen: str, query: dict[str, str]) -> None:
    app = AppTest.from_string(opening_on(screen), default_timeout=TIMEOUT_SECONDS)
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception, [one.value for one in app.exception]


def test_a_region_that_is_not_there_is_said_in_french() -> None:
    app = AppTest.from_string(opening_on("risques"), default_timeout=TIMEOUT_SECONDS)
    app.query_params["region"] = "99"
    app.run()
    assert "n’est pas construit" in app.text[0].value
    assert [button.label for button in app.button] == ["Choisir une région", "Revenir à la carte"]


def opening_on(screen: str) -> str:
    """Return the application with a screen as the first, which opens by itself."""
    source = (ROOT / "app.py").read_text(encoding="utf-8")
    first = "first = place == 0"
    assert first in source
    opened = source.replace(first, f'first = name == "{screen}"')
    return opened.replace('f"pages/', f'f"{ROOT}/pages/').replace('"pages/', f'"{ROOT}/pages/')
