"""Random walks of twenty gestures: wherever Back and Forward lead, the screen follows the address.

A screen that kept its own choices would write them over the address that it was given.
"""

import random
from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from data.base.paths import ROOT
from tests.pages.opening import back
from tests.pages.sites_screen import field

GESTURES, STEPS = 20, 6
Gesture = Callable[[AppTest, random.Random], None]


def several(kind: str, key: str, options: tuple[str, ...]) -> Gesture:
    """Choose none, one or two."""

    def gesture(app: AppTest, dice: random.Random) -> None:
        getattr(app, kind)(key=key).set_value(dice.sample(options, dice.randint(0, 2)))

    return gesture


def one(kind: str, key: str, options: tuple[object, ...]) -> Gesture:
    """Choose one."""

    def gesture(app: AppTest, dice: random.Random) -> None:
        getattr(app, kind)(key=key).set_value(dice.choice(options))

    return gesture


WALKS: dict[str, tuple[Gesture, ...]] = {
    "permanence": (
        several("multiselect", "pdses_choix_types", ("garde", "astreinte")),
        several("multiselect", "pdses_choix_statuts", ("assurée", "carence", "mutualisée")),
        one("segmented_control", "pdses_choix_portee", (30, 45, 60)),
        one("segmented_control", "pdses_choix_lignes", ("specialite", "toutes")),
        one("selectbox", "pdses_choix_specialite", ("Cardiologie", "Pédiatrie")),
    ),
    "risques": (
        several("pills", "risques_departements", ("23", "19", "87")),
        several("pills", "risques_classes", ("eleve", "tres-eleve", "faible")),
        several("pills", "risques_zones", ("zip", "zac")),
        one("segmented_control", "risques_horizon", (1, 3, 6)),
    ),
    "zonage": (
        one("text_input", "zonage_plafond_zip", ("5", "7,5", "12,25")),
        one("text_input", "zonage_plafond_zac", ("20", "45,5")),
    ),
}


def run(app: AppTest) -> dict[str, str]:
    """Run, and return the address."""
    app.run()
    assert not app.exception
    return dict(app.query_params)


def given(app: AppTest, address: dict[str, str]) -> dict[str, str]:
    """Run as the browser does at Back and Forward, and return the address."""
    back(app, address)
    return dict(app.query_params)


@pytest.mark.campaign
@pytest.mark.parametrize("page", WALKS)
def test_a_walk_of_twenty_gestures_goes_back_and_forward(page: str) -> None:
    dice = random.Random(page)  # noqa: S311 (gestures, not secrets)
    app = AppTest.from_file(str(ROOT / "pages" / f"{page}.py"), default_timeout=240)
    past = [run(app)]
    for _ in range(GESTURES):
        dice.choice(WALKS[page])(app, dice)
        address = run(app)
        if address != past[-1]:
            past.append(address)
    assert len(past) > STEPS
    back = past[-1 - STEPS : -1][::-1]
    for address in [*back, *past[-STEPS + 1 :]]:
        assert given(app, address) == address


def test_the_sites_of_the_address_follow_back_and_forward() -> None:
    app = AppTest.from_file(str(ROOT / "pages" / "sites.py"), default_timeout=240)
    run(app)
    past = []
    for code in ("23008", "23096", "19275"):
        field(app.multiselect, "sites_commune").select(code)
        past.append(run(app))
    assert len({address["sites"] for address in past}) == len(past)
    for address in [*past[::-1], *past]:
        assert given(app, address)["sites"] == address["sites"]
