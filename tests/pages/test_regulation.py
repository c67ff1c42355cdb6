"""Tab "Régulation" of the screen "Solidarité", and its choices in the address."""

import io
import re
from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from data.base.french import number, unbroken
from data.region import catalogue
from data.region.france import named
from data.solidarity import regulation_tables as tables
from data.solidarity.regulation import calls_of
from pages import figures, grids, regulation
from pages.regulation_choices import RegulationChoices
from tests.pages.help_screen import opened
from tests.pages.opening import plain_tables


def test_the_tab_says_what_the_engine_finds_and_that_it_is_simulated() -> None:
    app = opened(aide="regulation", aidant="33", repris="19,47")
    assert not app.exception
    calls = calls_of(catalogue.load_territory("75"))
    chosen = RegulationChoices()
    said = [one.value for one in app.markdown]
    told = tables.sentence(calls, chosen.hours(), chosen.standard())
    assert unbroken(f"**{told}**") in said
    assert any(
        "La Gironde prend les appels de\xa0: la Corrèze et le Lot-et-Garonne" in one for one in said
    )
    # Beside the map, every département stands under its role, once.
    roles = tables.roles(calls, chosen.hours(), chosen.standard())
    assert all(f"**{role}** ({meaning}) : {names}." in said for role, meaning, names in roles)
    listed = [name for _, _, names in roles for name in re.split(", | et ", names)]
    assert sorted(listed) == sorted(named(name) for name in calls.names.values())
    assert any("simulés" in one.value for one in app.caption)
    assert all(any(line in one for one in said) for line in tables.UNKNOWN)
    # Ten columns: they wrap, so that none is cut.
    shown = plain_tables(app)[0]
    told = tables.departement_table(calls, chosen.hours(), chosen.standard())
    assert list(shown) == list(told)
    texts = [one for one in told if not pd.api.types.is_numeric_dtype(told[one])]
    assert shown[texts].equals(told[texts].astype(shown[texts].dtypes))
    calls_told = [number(one) for one in told["Appels par semaine"]]
    assert shown["Appels par semaine"].tolist() == calls_told
    [end] = [one for one in app.number_input if one.label == "À (heure)"]
    end.set_value(6).run()
    assert not app.exception
    assert "0-6" in app.query_params["heures"]
    assert any(one.value.startswith("**De 0 h à 6 h") for one in app.markdown)


@pytest.mark.parametrize("phone", [True, False])
def test_the_map_is_made_for_a_column_at_every_width(
    monkeypatch: pytest.MonkeyPatch, *, phone: bool
) -> None:
    drawn: list[int] = []

    def measured(content: bytes, _told: str, *, widest: str) -> None:
        assert widest
        drawn.append(Image.open(io.BytesIO(content)).width)

    monkeypatch.setattr(grids, "on_a_phone", lambda: phone)
    monkeypatch.setattr(figures, "image", measured)
    assert not opened(aide="regulation").exception
    # As wide as the screen, letters of a picture of 900 pixels are half as high as the text.
    assert [width < 600 for width in drawn] == [True]


def test_hours_that_nobody_tells_leave_the_tab_standing() -> None:
    app = opened(aide="regulation", heures="9-12", jours="semaine")
    assert not app.exception
    assert any("aucun département ne donne ses appels" in one.value for one in app.markdown)
    assert any("Aucun département" in one.value for one in app.text)
    assert any(one.value == "Ce que l’on ne sait pas" for one in app.subheader)


def test_foreign_choices_are_left_at_their_default() -> None:
    foreign = {"aide": "regulation", "heures": "8-8", "jours": "<b>", "part": "1e9", "aidant": "<"}
    assert RegulationChoices.from_query(foreign) == RegulationChoices(shown=True)
    assert RegulationChoices.from_query({"heures": "0-6"}) == RegulationChoices()


@settings(max_examples=40)
@given(
    st.builds(
        RegulationChoices,
        shown=st.just(value=True),
        start=st.integers(0, 11),
        end=st.integers(12, 24),
        days=st.sampled_from(["tous", "semaine", "weekend"]),
        minutes=st.integers(0, 120).map(lambda half: half / 2),
        percent=st.integers(1, 99),
        helper=st.sampled_from(["", "33", "2A", "974"]),
        helped=st.lists(st.sampled_from(["19", "47", "87"]), unique=True).map(tuple),
        staff=st.sampled_from(["tous", "aidant", "juste"]),
        together=st.integers(1, 6),
    )
)
def test_choices_go_to_the_address_and_back(chosen: RegulationChoices) -> None:
    assert RegulationChoices.from_query(chosen.to_query()) == chosen


def test_a_region_of_one_departement_has_nobody_to_share_with(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    calls = calls_of(catalogue.load_territory("75"))
    table = calls.table[calls.table["code"] == "33"].reset_index(drop=True)
    alone = replace(calls, table=table, names={"33": "Gironde"})
    monkeypatch.setattr(regulation, "calls_of", lambda _territory: alone)
    app = opened(aide="regulation")
    assert not app.exception
    assert any("n’a qu’un département" in one.value for one in app.markdown)
    assert "Le meilleur groupement" not in {one.value for one in app.header}
