"""A region of the mainland and one overseas, from a newcomer's two clicks to a file taken back.

Needs their sets, built beforehand, as `tests/pages/test_six_regions.py` does.
"""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pandas as pd
import pytest
from playwright.sync_api import Page, expect

from data.region import france
from tests.browser.conftest import running_server
from tests.browser.gestures import SLOW_MS, Gestures, map_frame

PHONE = {"width": 390, "height": 844}
TOWNS = {"53": "Carhaix-Plouguer", "04": "Saint-Benoît"}
OpenPage = Callable[[dict[str, int]], AbstractContextManager[Page]]

pytestmark = pytest.mark.campaign


@pytest.fixture(scope="module", params=TOWNS)
def region(request: pytest.FixtureRequest) -> str:
    """Return a region whose set is there, or skip saying how to build it."""
    code = str(request.param)
    if not (built(code) / "set.json").is_file():
        pytest.skip(
            f"{france.NAMES[code]} is not built: build it from the packages of the registries, and "
            "set PROXISOINS_TEST_REGIONS to the folder that holds it"
        )
    return code


def built(region: str) -> Path:
    return Path(os.environ.get("PROXISOINS_TEST_REGIONS", "/nowhere")) / region


@pytest.fixture(scope="module")
def there(
    region: str, prepared_home: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """Serve a data folder that holds the region beside the one we carry."""
    home = tmp_path_factory.mktemp("regional") / "home"
    (home / "regions").mkdir(parents=True)
    (home / "cache").symlink_to(prepared_home / "cache", target_is_directory=True)
    (home / "regions" / region).symlink_to(built(region), target_is_directory=True)
    with running_server(home) as address:
        yield address


def test_a_newcomer_opens_the_region_in_two_clicks(region: str, there: str, page: Page) -> None:
    newcomer = Gestures(page, there)
    newcomer.arrive()
    newcomer.button("Nouvelle-Aquitaine")
    newcomer.button(france.NAMES[region])
    drawn = page.get_by_role("button", name=france.NAMES[region])
    expect(drawn.first).to_be_visible(timeout=SLOW_MS)
    own = map_frame(page).locator(f"[aria-label='Carte : {france.NAMES[region]}']")
    own.wait_for(state="attached", timeout=SLOW_MS)
    assert len(newcomer.done) == 2, newcomer.done
    assert f"region={region}" in page.url


def test_what_is_saved_there_is_found_by_its_address_alone_and_shared(
    region: str, there: str, page: Page, open_page: OpenPage
) -> None:
    hand = Gestures(page, there)
    page.goto(f"{there}/sites?region={region}")
    hand.choose("Ajouter un site", TOWNS[region])
    hand.write("Nom du scénario", "Là-bas")
    hand.button("Enregistrer comme nouveau")
    page.wait_for_url(re.compile("scenario="), timeout=SLOW_MS)
    identity = re.search(r"scenario=(\w+)", page.url)
    assert identity is not None
    hand.button("Créer un lien")
    code = page.locator("[data-testid=stCode] code", has_text="/partage?jeton=").first
    expect(code).to_be_visible(timeout=SLOW_MS)
    link = code.inner_text().strip()
    with open_page(PHONE) as other:
        other.goto(f"{there}/sites?scenario={identity[1]}")
        button = other.get_by_role("button", name=france.NAMES[region])
        expect(button.first).to_be_visible(timeout=SLOW_MS)
        kept = other.get_by_label("Scénarios enregistrés")
        expect(kept).to_have_value(re.compile("Là-bas"), timeout=SLOW_MS)
    with open_page(PHONE) as official:
        official.goto(link)
        main = official.get_by_test_id("stMain")
        expect(main).to_contain_text("Là-bas", timeout=SLOW_MS)
        expect(main).to_contain_text(TOWNS[region], timeout=SLOW_MS)
        expect(main).not_to_contain_text("Nouvelle-Aquitaine")
        expect(official.get_by_label("Nom du scénario")).to_have_count(0)


def test_a_file_of_counts_changes_the_figures_and_its_withdrawal_gives_them_back(
    region: str, there: str, page: Page, tmp_path: Path
) -> None:
    communes = pd.read_parquet(built(region) / "communes.parquet", columns=["code", "name"])
    town = communes.loc[communes["name"] == TOWNS[region], "code"].item()
    counts = tmp_path / "medecins-region.csv"
    table = pd.DataFrame({"code": communes["code"], "gp_2017": 0}).set_index("code")
    table.loc[town, "gp_2017"] = 87
    table.to_csv(counts)
    sheet = f"{there}/territoire?region={region}&territoire=commune:{town}"
    hand = Gestures(page, there)
    page.goto(sheet)
    hand.settle()
    hand.sees(TOWNS[region])
    expect(hand.main).not_to_contain_text(re.compile(r"\b87\b"))
    page.goto(f"{there}/methode?region={region}&volet=importer")
    hand.settle()
    hand.give(counts)
    hand.click(hand.main.get_by_role("button", name="Importer", exact=True))
    hand.sees(counts.name)
    page.goto(sheet)
    hand.settle()
    expect(hand.main).to_contain_text(re.compile(r"\b87\b"), timeout=SLOW_MS)
    page.goto(f"{there}/methode?region={region}&volet=importer")
    hand.settle()
    hand.choose("Fichier importé à retirer", counts.name)
    hand.button("Retirer ce fichier")
    page.goto(sheet)
    hand.settle()
    hand.sees(TOWNS[region])
    expect(hand.main).not_to_contain_text(re.compile(r"\b87\b"), timeout=SLOW_MS)
