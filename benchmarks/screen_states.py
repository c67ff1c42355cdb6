"""Every screen and state of the application to look at: its address, and the gesture it needs."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

from playwright.sync_api import FrameLocator, Locator, Page, expect

from data.region.catalogue import load_territory
from data.uploads import Site, addressed

FRAME = "iframe[title^='streamlit_folium']"
WAIT_MS = 240_000
REGION = "75"
_SITES = ("23008", "23030", "19275", "87064", "87059")
"""Communes of the candidate sites: Aubusson, Bourganeuf, Ussel, Eymoutiers, Le Dorat."""
_POLE = ",".join(
    f"{code}:{half_days}:0:0" for code, half_days in zip(_SITES, (8, 6, 6), strict=False)
)

Gesture = Callable[[Page], None]


def map_of(page: Page) -> FrameLocator:
    """Give the map in use: for a moment a map that is replaced stands beside it."""
    return page.frame_locator(FRAME).last


def still(page: Page, *, mapped: bool = False) -> None:
    """Wait until the screen is drawn whole, its maps too; one at least where it is `mapped`."""
    idle = page.locator("[data-test-script-state=notRunning]").first
    for _ in range(2):  # what is not drawn yet stands as grey boxes, and is drawn by a second run
        idle.wait_for(state="attached", timeout=WAIT_MS)
        page.wait_for_function(
            "() => !document.querySelector('[data-testid=stSkeleton], [data-stale=true]')",
            timeout=WAIT_MS,
        )
    seen = page.locator(f"{FRAME}:visible")
    if mapped:  # its frame may come after the screen
        seen.first.wait_for(timeout=WAIT_MS)
    for frame in seen.all():
        frame.content_frame.locator("html[data-ready='1']").wait_for(
            state="attached", timeout=WAIT_MS
        )


def _nothing(_page: Page) -> None:
    """Look at the state as the address opens it."""


def _isochrone(page: Page) -> None:
    map_of(page).get_by_role("button", name="Isochrone d’ici").click()
    map_of(page).locator("html[data-rings*='ici']").wait_for(state="attached", timeout=WAIT_MS)


def _open(text: str) -> Gesture:
    def gesture(page: Page) -> None:
        page.get_by_test_id("stMain").get_by_text(text).first.click()

    return gesture


def _scrolled(found: Locator) -> None:
    found.evaluate("one => { one.style.scrollMarginTop = '5rem'; one.scrollIntoView(); }")


def _to(heading: str) -> Gesture:
    """Return the gesture that brings a heading to the top of the window."""

    def gesture(page: Page) -> None:
        _scrolled(page.get_by_test_id("stMain").get_by_role("heading", name=heading))

    return gesture


def _to_map(page: Page) -> None:
    """Bring the map to the top of the window: it is whole there."""
    _scrolled(page.locator(f"{FRAME}:visible").first)


def _press(name: str) -> Gesture:
    def gesture(page: Page) -> None:
        page.get_by_test_id("stMain").get_by_role("button", name=name).first.click()

    return gesture


def _link(page: Page) -> None:
    """Make a read-only link to the view in sight, and follow it."""
    page.get_by_role("button", name="Partager").first.click()
    page.get_by_role("button", name="Créer un lien vers cette vue").click()
    code = page.locator("[data-testid=stCode] code", has_text="jeton=")
    expect(code).to_contain_text("/partage?jeton=", timeout=WAIT_MS)
    page.goto(code.inner_text().strip(), timeout=WAIT_MS)


def _shared_scenario(page: Page) -> None:
    """Save the sites in hand as a scenario, make its link and follow it."""
    name = page.get_by_label("Nom du scénario", exact=True)
    name.fill("Cinq sites du plateau")
    name.press("Enter")
    still(page)
    page.get_by_role("button", name="Enregistrer comme nouveau").click()
    still(page)  # a button that is drawn again forgets the click
    page.get_by_role("button", name="Créer un lien", exact=True).first.click()
    code = page.locator("[data-testid=stCode] code", has_text="jeton=").first
    expect(code).to_contain_text("/partage?jeton=", timeout=WAIT_MS)
    page.goto(code.inner_text().strip(), timeout=WAIT_MS)


@dataclass(frozen=True)
class State:
    """One picture: its name, the address that opens it, what is done before it is taken.

    `mapped` tells whether the screen then holds a map.
    """

    name: str
    address: str
    gesture: Gesture = _nothing
    mapped: bool = True


def _sheet(territory: str, other: str = "") -> str:
    return f"/territoire?territoire={territory}" + (f"&avec={other}" if other else "")


def _sites() -> str:
    communes = load_territory(REGION).communes.set_index("code")
    sites = tuple(
        Site(
            line=rank,
            name=row["name"],
            code=code,
            commune=row["name"],
            lon=row["lon"],
            lat=row["lat"],
            gps=2.0,
        )
        for rank, (code, row) in enumerate(communes.loc[list(_SITES)].iterrows(), start=1)
    )
    return "/sites?" + urlencode({"sites": addressed.to_text(sites)})


def states() -> tuple[State, ...]:
    """Return all states, in the order of the menu."""
    sites = _sites()
    commune, line = "commune:23177", "/permanence?specialite=cardiologie"
    return (
        State("carte", "/"),
        State("carte-commune", "/?commune=23096"),
        State("carte-isochrone", "/?commune=23096", _isochrone),
        State("carte-couches", "/?ind=apl&couches=zonage,france_sante,pdses,urgences"),
        State("carte-zone", "/?ind=zone"),
        State("carte-risque", "/?ind=risk_class"),
        State("carte-difference", "/?ind=gps_per_1000&depuis=2010"),
        State("carte-tableau", "/", _open("Tableau et exports")),
        State("risques", "/risques"),
        State("risques-preuve", "/risques?onglet=la-preuve", mapped=False),
        State("sites", "/sites"),
        State("sites-cinq", sites),
        State("sites-reponse", sites, _to("2. Évaluer et comparer")),
        State("sites-meilleurs", sites, _press("Chercher les meilleurs sites")),
        State("sites-pole", f"/sites?antennes={_POLE}"),
        State("solidarite", "/solidarite"),
        State("solidarite-regulation", "/solidarite", _open("Régulation des appels"), mapped=False),
        State("solidarite-specialistes", "/solidarite", _open("Spécialistes"), mapped=False),
        State("permanence", "/permanence"),
        State("permanence-cardiologie", line),
        State("permanence-carte", line, _to_map),
        State("permanence-manques", f"{line}&vue=manques"),
        State("permanence-chute", f"{line}&vue=si-cette-ligne-tombe"),
        State("permanence-hopitaux", f"{line}&vue=etablissements", mapped=False),
        State("permanence-importer", "/permanence?vue=importer", mapped=False),
        State("zonage", "/zonage"),
        State("fiche", "/territoire", mapped=False),
        State("fiche-commune", _sheet(commune), mapped=False),
        State("fiche-epci", _sheet("epci:200034825"), mapped=False),
        State("fiche-departement", _sheet("departement:23"), mapped=False),
        State("fiche-comparer", _sheet("departement:23", "16"), mapped=False),
        State("fiche-inconnue", _sheet("commune:99999"), mapped=False),
        State("methode", "/methode", mapped=False),
        State("methode-importer", "/methode?volet=importer", mapped=False),
        State("methode-methodes", "/methode?volet=methodes", mapped=False),
        State("methode-limites", "/methode?volet=limites", mapped=False),
        State(
            "methode-accessibilite", "/methode?volet=accessibilite-et-confidentialite", mapped=False
        ),
        State("regions", "/regions", mapped=False),
        State("guide", "/guide", mapped=False),
        State("gardes", "/gardes"),
        State("partage-carte", "/?commune=23096", _link),
        State("partage-fiche", _sheet(commune), _link, mapped=False),
        State("partage-comparer", _sheet("departement:23", "16"), _link, mapped=False),
        State("partage-ligne", f"{line}&vue=si-cette-ligne-tombe", _link),
        State("partage-risques", "/risques", _link, mapped=False),
        State("partage-zonage", "/zonage?ind=apl", _link),
        State("partage-regulation", "/solidarite?aide=regulation", _link, mapped=False),
        State("partage-scenario", sites, _shared_scenario),
        State("lien-inconnu", "/partage?jeton=inconnu", mapped=False),
    )
