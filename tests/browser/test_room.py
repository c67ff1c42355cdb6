"""Room with a GP on the map: capacity in the browser, threshold from the server, the proof."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESKTOP, OpenPage
from tests.browser.gestures import answered, messages
from tests.browser.map_page import drawn, opened


@pytest.mark.campaign
def test_capacity_threshold_and_proof(server: str, open_page: OpenPage) -> None:
    with open_page(DESKTOP) as page:
        sent = messages(page)
        frame = opened(page, server)
        sentence = frame.locator(".sentence")
        expect(sentence).to_contain_text(
            re.compile(r"entre \d.* et \d.* habitants sont sans place")
        )
        answered(page)
        before, at_1000 = len(sent), sentence.text_content()
        frame.locator("#place").fill("2")
        drawn(frame, "room", "900-20-proche")
        assert sentence.text_content() != at_1000
        assert len(sent) == before  # the slider asks the server nothing
        assert "place=900" in page.url

        frame.get_by_label("10", exact=True).check()
        drawn(frame, "room", "900-10-proche")
        expect(sentence).to_contain_text("à 10 minutes")
        frame.get_by_role("radio", name="le plus équitable").check()
        drawn(frame, "room", "900-10-mieux")
        at_10 = sentence.text_content()

        frame.locator("input[type=search]").fill("Guéret")
        frame.locator("#resultats li").first.click()
        proof = frame.locator(".proof")
        expect(proof).to_contain_text("De la place à 10 minutes")
        expect(proof).to_contain_text("habitants par médecin, quoi qu’on fasse")

        # The address gives the same view back, threshold included.
        page.reload()
        drawn(frame, "room", "900-10-mieux")
        expect(frame.locator(".sentence")).to_have_text(at_10 or "")
        expect(frame.locator(".proof")).to_contain_text("De la place à 10 minutes")
