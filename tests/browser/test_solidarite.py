"""A plan of help in a real browser: chosen, changed, saved, shared, opened on a phone."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESKTOP, PHONE, OpenPage

SLOW_MS = 90_000


def settled(page: Page) -> None:
    """Wait until the script has run."""
    page.locator("[data-test-script-state=notRunning]").first.wait_for(timeout=SLOW_MS)


@pytest.mark.campaign
def test_a_plan_is_chosen_changed_saved_shared_and_read_on_a_phone(
    server: str, open_page: OpenPage
) -> None:
    with open_page(DESKTOP) as page:
        page.goto(f"{server}/solidarite?volontaires=10")
        plan = page.get_by_text("Il manque").first
        expect(plan).to_contain_text("10 volontaires", timeout=SLOW_MS)

        volunteers = page.get_by_label("Volontaires en tout (0 : pas de limite)")
        volunteers.fill("20")
        volunteers.press("Enter")
        expect(plan).to_contain_text("20 volontaires", timeout=SLOW_MS)
        page.wait_for_url("**volontaires=20**", timeout=SLOW_MS)
        told = plan.inner_text()

        name = page.get_by_label("Nom du plan")
        name.fill("Plan de l’hiver <b>")
        name.press("Enter")
        page.get_by_role("button", name="Enregistrer ce plan").click(timeout=SLOW_MS)
        page.get_by_role("button", name="Créer un lien").click(timeout=SLOW_MS)
        code = page.locator("[data-testid=stCode] code")
        expect(code).to_contain_text("/partage?jeton=", timeout=SLOW_MS)
        link = code.inner_text().strip()

        with open_page(PHONE) as phone:
            phone.goto(link)
            expect(phone.get_by_text("Plan de l’hiver <b>")).to_be_visible(timeout=SLOW_MS)
            # The same figures, read-only.
            expect(phone.get_by_text(told)).to_be_visible(timeout=SLOW_MS)
            settled(phone)
            assert phone.get_by_role("button", name="Enregistrer").count() == 0
            assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]

            commune = phone.get_by_label("Ce que change ce scénario pour ma commune")
            commune.fill("Aubusson")
            commune.press("Enter")
            expect(phone.get_by_text("pour Aubusson").first).to_be_visible(timeout=SLOW_MS)

        # The server is shared by other tests: nothing is left on it.
        page.get_by_role("button", name="Supprimer").click()
        page.get_by_role("button", name="Supprimer le plan").click()
        expect(page.get_by_text("Aucun plan enregistré dans cette région.")).to_be_visible(
            timeout=SLOW_MS
        )
