"""Two scenarios compared: one table, two maps, a PDF, and an address that opens them again."""

import io
from dataclasses import replace

import pytest
from pypdf import PdfReader
from streamlit.testing.v1 import AppTest

from data.region.catalogue import load_territory
from data.region.privacy import WORKING_PAPER
from data.region.rules import LEAST_PUBLIC_GPS
from data.scenarios import store
from data.scenarios.drafts import Draft
from data.siting import departures
from data.uploads import Site
from pages import exporting
from tests.pages.sites_screen import html, opened, tables, texts

USSEL = Site(2, "Ussel", "19275", "Ussel", 2.3138, 45.5448, 4)
GUERET = Site(3, "<b>Guéret", "23096", "Guéret", 1.8709, 46.1696, 3)

OTHER = "sites_autre_"


def _saved(name: str, site: Site) -> str:
    return store.save(Draft(name, "75", sites=(site,))).id


def _other(app: AppTest, first: str) -> str | None:
    value: str | None = app.selectbox(key=f"{OTHER}{first}").value
    return value


def test_an_address_opens_the_comparison_until_another_choice_is_made() -> None:
    first, second = _saved("Plan <i>est", USSEL), _saved("Plan ouest", GUERET)
    app = opened("sites", comparer=f"{first},{second}")
    assert _other(app, first) == second
    assert app.query_params["comparer"] == f"{first},{second}"
    shown = html(app).replace("\N{NO-BREAK SPACE}", " ")
    assert "Différence : 2 moins 1" in shown
    assert "1. Plan &lt;i&gt;est" in shown
    assert "<i>" not in shown
    assert "Aller à la comparaison" in shown
    # A print of what is judged here, with its risk, is a planner's.
    assert WORKING_PAPER in shown
    offers = [one.label for one in app.session_state[exporting._OFFERS]]
    assert "Télécharger la comparaison (PDF)" in offers
    app.selectbox(key=f"{OTHER}{first}").set_value(None).run()
    assert "comparer" not in app.query_params
    assert "2 moins 1" not in html(app)


def test_the_pdf_of_two_scenarios_points_at_no_doctor() -> None:
    """It listed who is supposed to leave, and judged the moves as the planner wrote them."""
    territory = load_territory("75")
    held = departures.gp_communes(territory)
    few = next(code for code, one in held.items() if one.gps < LEAST_PUBLIC_GPS)
    leaving = replace(USSEL, moving={"19136": 1})
    first = store.save(Draft("Avec départ", "75", sites=(USSEL,), departures={few: 1})).id
    second = store.save(Draft("Avec regroupement", "75", sites=(leaving,))).id
    app = opened("sites", comparer=f"{first},{second}")
    name = territory.communes.set_index("code").loc[few, "name"]
    assert f"Départ de médecins : {name} ({few})" in tables(app)
    [offer] = [
        one for one in app.session_state[exporting._OFFERS] if "comparaison (PDF)" in one.label
    ]
    pages = PdfReader(io.BytesIO(offer.content())).pages
    said = " ".join(" ".join(page.extract_text() for page in pages).split())
    assert few not in said
    assert "Départ de médecins" not in said
    assert f"1. Avec départ : {departures.NOT_TOLD}" in said.replace("\N{NO-BREAK SPACE}", " ")
    assert "2. Avec regroupement : 1 généraliste qui rejoindrait" in said.replace(
        "\N{NO-BREAK SPACE}", " "
    )


GONE = "0" * 32
NOT_OPEN = "Le scénario à comparer de cette adresse n’existe pas, ou ne vous est pas ouvert."


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("{first},{gone}", NOT_OPEN),
        ("{gone},{first}", NOT_OPEN),
        ("{gone}", NOT_OPEN),
        ("{first}", "Cette adresse ne nomme qu’un scénario"),
        ("{first},{first}", "Cette adresse compare un scénario à lui-même"),
    ],
)
def test_what_an_address_cannot_compare_is_told_above_the_work(asked: str, told: str) -> None:
    # Choices are told apart by their names.
    first, second = _saved(f"Seul {asked}", USSEL), _saved(f"Autre {asked}", GUERET)
    app = opened("sites", comparer=asked.format(first=first, gone=GONE))
    # Not in the folded comparison, where nobody would read it.
    assert [one.value for one in app.main.warning if told in one.value]
    assert not any(told in one.value for folded in app.expander for one in folded.warning)
    assert "2 moins 1" not in html(app)
    assert "comparer" not in app.query_params
    (choice,) = [one for one in app.selectbox if one.label == "Autre scénario"]
    opened_with = first if asked.startswith("{first}") else str(choice.key).removeprefix(OTHER)
    assert choice.key == f"{OTHER}{opened_with}"
    assert choice.value is None
    choice.set_value(second if opened_with == first else first).run()
    assert told not in texts(app)
    assert "2 moins 1" in html(app)
