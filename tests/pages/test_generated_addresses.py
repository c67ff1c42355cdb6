"""Generated addresses: no screen ends in a traceback."""

import os

import pytest
from hypothesis import example, given, settings
from streamlit.testing.v1 import AppTest

from pages.state import LAYERS
from tests.faults.addresses import queries
from tests.pages.any_address import SCREENS, TIMEOUT_SECONDS, opening_on

GENERATED = int(os.environ.get("PROXISOINS_GENERATED", "0"))


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
    assert app.text[0].value.startswith("Aucune région de France n’a le code 99")
    assert "python" not in app.text[0].value
    assert [button.label for button in app.button] == ["Choisir une région", "Revenir à la carte"]
