"""The public and the logged in, on a real server with a real exchange of identities."""

import base64
import gzip
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Response, expect

from data.region import catalogue
from data.scenarios import sharing, store
from data.scenarios.drafts import Draft
from data.uploads import Site
from models.region import predict
from tests.browser.conftest import DESKTOP, free_port, running_server
from tests.browser.gestures import map_frame
from tests.browser.identity import CLIENT, Provider, provider

SLOW_MS = 60_000
PACKED = re.compile(r"H4sI[A-Za-z0-9+/=]{40,}")
"""Base64 of gzip: how tables reach the map."""
SUPPRESSED = re.compile(
    r"risk_class|Relève non assurée : risque (?!élevé ou très élevé dans environ)|probabilit",
    re.IGNORECASE,
)
"""The risk of one commune; the rounded share of its group is what anyone may know."""


@pytest.fixture(scope="module")
def identities() -> Iterator[Provider]:
    """Give a provider of identities."""
    with provider() as running:
        yield running


@pytest.fixture(scope="module")
def guarded_home(prepared_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the data folder of the server that asks for a login."""
    home = tmp_path_factory.mktemp("guarded-home")
    shutil.copytree(prepared_home / "cache", home / "cache")
    return home


@pytest.fixture(scope="module")
def guarded(identities: Provider, guarded_home: Path) -> Iterator[str]:
    """Give the address of a server that asks for a login."""
    home = guarded_home
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    settings = home / "secrets.toml"
    settings.write_text(
        f"""
[auth]
redirect_uri = "{address}/oauth2callback"
cookie_secret = "un secret d'essai, long, tiré pour ce test"
client_id = "{CLIENT}"
client_secret = "essai"
server_metadata_url = "{identities.address}/.well-known/openid-configuration"

[roles]
planners = ["planification@exemple.fr"]
readers = ["lecture@exemple.fr"]
""",
        encoding="utf-8",
    )
    with running_server(home, port, "--secrets.files", str(settings)) as running:
        yield running


@pytest.fixture
def visitor(browser: Browser) -> Iterator[Page]:
    """Give a page of a fresh profile."""
    context = browser.new_context(viewport=DESKTOP, locale="fr-FR")
    yield context.new_page()
    context.close()


def heard(page: Page) -> list[str]:
    """Record all that reaches a page, packed tables opened, in the list returned."""
    received: list[str] = []

    def keep(content: bytes | str) -> None:
        text = content if isinstance(content, str) else content.decode("utf-8", errors="replace")
        received.append(text)
        for packed in PACKED.findall(text):
            whole = packed[: len(packed) // 4 * 4]
            received.append(gzip.decompress(base64.b64decode(whole)).decode())

    def keep_answer(answer: Response) -> None:
        # The application's own code and libraries name their fields; they hold no figure.
        if "/static/" not in answer.url and "/component/" not in answer.url and answer.ok:
            keep(answer.body())

    page.on("response", keep_answer)
    page.on("websocket", lambda socket: socket.on("framereceived", keep))
    return received


def test_a_planner_logs_in_and_out(
    guarded: str,
    identities: Provider,
    visitor: Page,
    grave_findings: Callable[[Page], list[str]],
) -> None:
    identities.claims = {"email": "planification@exemple.fr", "email_verified": True}
    visitor.goto(f"{guarded}/risques")
    expect(visitor.get_by_text("Sans compte")).to_be_visible(timeout=SLOW_MS)
    assert grave_findings(visitor) == []
    visitor.get_by_role("button", name="Se connecter").last.click()
    expect(visitor.get_by_text("Connecté : planificateur")).to_be_visible(timeout=SLOW_MS)
    assert "exemple.fr" not in visitor.locator("body").inner_text()
    visitor.goto(f"{guarded}/methode")
    visitor.get_by_role("tab", name="Importer").click()
    expect(visitor.get_by_text("Réservé aux comptes « administrateur »")).to_be_visible()
    visitor.get_by_role("button", name="Se déconnecter").click()
    expect(visitor.get_by_role("button", name="Se connecter").first).to_be_visible(timeout=SLOW_MS)


def test_nothing_that_reaches_the_public_tells_a_suppressed_figure(
    guarded: str, visitor: Page
) -> None:
    territory = catalogue.load_territory("75")
    risk = predict.risk_table(territory, 2)
    alone = territory.gps.loc[territory.gps["gps"] == 1, "code"]
    code = str(risk.loc[risk["code"].isin(alone), "code"].iloc[0])
    received = heard(visitor)
    visitor.goto(f"{guarded}/territoire?territoire=commune:{code}")
    expect(visitor.get_by_text("À côté des autres")).to_be_visible(timeout=SLOW_MS)
    for screen in ("", "risques", "sites", "methode"):
        visitor.goto(f"{guarded}/{screen}?commune={code}")
        expect(visitor.get_by_text("Sans compte")).to_be_visible(timeout=SLOW_MS)
    assert len(received) > 20
    assert [found for text in received for found in SUPPRESSED.findall(text)] == []


def test_the_same_watch_sees_what_a_planner_receives(
    guarded: str, identities: Provider, visitor: Page
) -> None:
    """Without this the test above could pass for having heard nothing."""
    identities.claims = {"email": "planification@exemple.fr", "email_verified": True}
    visitor.goto(guarded)
    visitor.get_by_role("button", name="Se connecter").last.click()
    expect(visitor.get_by_text("Connecté : planificateur")).to_be_visible(timeout=SLOW_MS)
    received = heard(visitor)
    visitor.goto(guarded)
    frame = map_frame(visitor)
    frame.locator("html[data-ready='1']").wait_for(state="attached", timeout=SLOW_MS)
    assert any("risk_class" in text for text in received)


def test_a_reader_receives_no_risk_by_commune(
    guarded: str, identities: Provider, visitor: Page
) -> None:
    identities.claims = {"email": "lecture@exemple.fr", "email_verified": True}
    visitor.goto(guarded)
    visitor.get_by_role("button", name="Se connecter").last.click()
    expect(visitor.get_by_text("Connecté : lecteur")).to_be_visible(timeout=SLOW_MS)
    received = heard(visitor)
    visitor.goto(guarded)
    frame = map_frame(visitor)
    frame.locator("html[data-ready='1']").wait_for(state="attached", timeout=SLOW_MS)
    visitor.goto(f"{guarded}/risques")
    expect(visitor.get_by_text("par ensemble d’EPCI voisins")).to_be_visible(timeout=SLOW_MS)
    assert not any('"risk_class"' in text for text in received)


def test_a_shared_link_opens_alone_without_an_account_and_tells_no_risk(
    guarded: str, guarded_home: Path, visitor: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROXISOINS_HOME", str(guarded_home))
    site = Site(2, "MSP d’Ussel", "19275", "Ussel", 2.3138, 45.5448, 4)
    saved = store.save(Draft("Plateau", "75", sites=(site,)))
    token, _ = sharing.share(saved.id)
    received = heard(visitor)
    visitor.goto(f"{guarded}/partage?jeton={token}")
    expect(visitor.get_by_text("Qui gagne, qui perd")).to_be_visible(timeout=SLOW_MS)
    frame = map_frame(visitor)
    frame.locator("html[data-rings*='iso_sites']").wait_for(state="attached", timeout=SLOW_MS)
    assert "MSP d’Ussel" in " ".join(received)
    assert [found for text in received for found in SUPPRESSED.findall(text)] == []
    for screen in (
        "Territoires à risque",
        "Fiche territoire",
        "Données et méthode",
        "Se connecter",
    ):
        expect(visitor.get_by_text(screen, exact=True)).to_have_count(0)
