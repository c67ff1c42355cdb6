"""Every screen in six regions that have little in common, on their real communes.

Needs sets built beforehand (`python -m data.upkeep.build_embedded --region 01`, or the screen
"Régions"): their folder is given by PROXISOINS_TEST_REGIONS; a region that is not there is skipped.
"""

import os
from pathlib import Path

import pytest

from data.base import paths
from data.region import catalogue, france
from tests.pages.opening import opened, words

REGIONS = ("11", "94", "84", "01", "04", "06")
SCREENS = (
    "",
    "risques",
    "sites",
    "solidarite",
    "permanence",
    "zonage",
    "territoire",
    "methode",
    "regions",
)
MODEL_SAID = ("risques", "methode")
"""These say where the model was learned and tried."""


@pytest.fixture(params=REGIONS)
def region(request: pytest.FixtureRequest) -> str:
    """Return a region whose set is there, or skip saying how to build it."""
    code = str(request.param)
    folder = Path(os.environ.get("PROXISOINS_TEST_REGIONS", "/nowhere")) / code
    if not (folder / "set.json").is_file():
        pytest.skip(
            f"{france.NAMES[code]} is not built: build it from the packages of the registries, and "
            "set PROXISOINS_TEST_REGIONS to the folder that holds it"
        )
    link = paths.home() / "regions" / code
    link.parent.mkdir(exist_ok=True)
    if not link.exists():
        link.symlink_to(folder, target_is_directory=True)
    return code


def test_every_screen_of_a_region_opens_and_is_its_own(region: str) -> None:
    for screen in SCREENS:
        app = opened(screen, region=region)
        assert not app.error, (screen, [one.value for one in app.error], words(app)[-400:])
        if screen not in MODEL_SAID:
            assert "Nouvelle-Aquitaine" not in words(app), screen
    territory = catalogue.load_territory(region)
    assert territory.region_name == france.NAMES[region]
    assert set(territory.communes["region"]) == {region}
    assert all(one.simulated for key, one in territory.provenance.items() if key != "communes")
