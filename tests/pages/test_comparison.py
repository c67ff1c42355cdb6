"""Two territories side by side: what both maps show is chosen once, and stands in the address."""

import io
import re

from pypdf import PdfReader

from pages import exporting
from tests.pages.opening import opened, words

PAIR = {"territoire": "epci:200067593", "avec": "200034825"}


def test_the_maps_of_two_territories_show_what_the_address_says() -> None:
    app = opened("territoire", **PAIR, ind="apl_published")
    (choice,) = (one for one in app.selectbox if one.label == "Sur les deux cartes")
    assert choice.value == "apl_published"
    assert "Consultations accessibles par an" in words(app)
    assert "même échelle" in words(app)
    choice.set_value("zone").run()
    assert not app.exception
    assert app.query_params["ind"] == "zone"
    assert app.query_params["avec"] == PAIR["avec"]
    assert "Zonage légal" in words(app)


def test_paper_says_what_both_maps_and_people_without_room_count() -> None:
    app = opened("territoire", **PAIR, ind="apl_published")
    offers: list[exporting.Offer] = app.session_state["exports_offerts"]
    (content,) = (one.content for one in offers if one.file_name.endswith(".pdf"))
    pages = PdfReader(io.BytesIO(content() if callable(content) else content)).pages
    said = " ".join(" ".join(page.extract_text() for page in pages).split())
    assert len(pages) == 1
    assert "consultations accessibles par an et par habitant standardisé, tous âges" in said
    assert "habitants par médecin au plus (hypothèse), le plus proche passant le premier" in said


def test_the_maps_of_two_territories_show_nothing_that_points_at_a_doctor() -> None:
    app = opened("territoire", **PAIR, ind="risk_class")
    (choice,) = (one for one in app.selectbox if one.label == "Sur les deux cartes")
    assert choice.value == "share_without_room"
    assert not [one for one in choice.options if "Risque" in one or "par généraliste" in one]
    # The map that one comes from keeps its indicator.
    assert app.query_params["ind"] == "risk_class"


def test_the_signals_of_two_territories_stand_on_the_same_rows() -> None:
    """Cards in two columns were apart as soon as one of them was longer than the other."""
    app = opened("territoire", **PAIR)
    (told,) = (one.proto.body for one in app.get("html") if "<section" in one.proto.body)
    lists = told.split("<section")[1:]
    first, second = (dict.fromkeys(re.findall('<div class="t">([^<]*)', one)) for one in lists)
    assert list(first) == list(second)
    assert len(first) == 8
    assert "grid-template-rows:subgrid" in told
