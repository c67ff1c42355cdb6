"""Tab "Spécialistes" of the screen "Solidarité", its choices in the address, lists of hosts."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.base.french import unbroken
from data.official import imports
from data.region import catalogue
from data.region.gazetteer import gazetteer
from data.solidarity.specialists import said, specialist_help
from data.uploads import match_lines, open_lines
from pages.host_list import codes_of
from pages.specialist_choices import SpecialistChoices
from tests.pages.help_screen import SPECIALISTS, opened


def test_without_counts_the_tab_gives_the_template_and_no_figure() -> None:
    app = opened(aide="specialistes")
    assert not app.exception
    assert any("Aucun effectif de spécialistes" in one.value for one in app.info)
    assert not app.metric
    assert any("code_insee" in one.value for one in app.markdown)


@pytest.mark.campaign
def test_the_tab_says_what_the_engine_finds(tmp_path: Path) -> None:
    path = tmp_path / "specialistes.csv"
    path.write_text("code_insee;specialite;medecins;annee\n" + SPECIALISTS, encoding="utf-8")
    imports.import_files([path])
    query = {"aide": "specialistes", "venus": "3", "lieux_en": "mairies"}
    app = opened(**query)
    assert any("Donnez combien d’habitants" in one.value for one in app.info)

    app = opened(**query, hab_specialiste="20000")
    assert not app.exception
    chosen = SpecialistChoices.from_query(query | {"hab_specialiste": "20000"})
    territory = catalogue.load_territory("75")
    asked = SpecialistChoices(**{**vars(chosen), "specialty": "Ophtalmologie"}).question()
    found = specialist_help(territory, asked)
    first, *others = said(found)
    assert unbroken(f"**{first}**") in [one.value for one in app.markdown]
    shown = [one.value for one in app.text]
    assert all(line in shown for line in others)
    assert "20000" in app.query_params["hab_specialiste"]


@settings(max_examples=60)
@given(
    st.builds(
        SpecialistChoices,
        shown=st.just(True),
        specialty=st.sampled_from(["", "Cardiologie", "Ophtalmologie"]),
        people=st.integers(1, 1_000_000),
        need=st.sampled_from(["place", "minimum"]),
        within=st.integers(5, 60),
        least=st.integers(1, 10),
        volunteers=st.integers(0, 500),
        sites=st.integers(0, 60),
        minutes=st.integers(5, 60),
        hosts=st.sampled_from(["mairies", "msp", "hopitaux", "liste"]),
        listed=st.sampled_from([(), ("16015",), ("16015", "33063")]),
    )
)
def test_choices_come_back_from_the_address(chosen: SpecialistChoices) -> None:
    assert SpecialistChoices.from_query(chosen.to_query()) == chosen


def test_foreign_choices_are_left_at_their_default() -> None:
    foreign = {"aide": "specialistes", "hab_specialiste": "-4", "besoin": "<b>", "portee": "1e9"}
    assert SpecialistChoices.from_query(foreign) == SpecialistChoices(shown=True)
    assert SpecialistChoices.from_query({"hab_specialiste": "20000"}) == SpecialistChoices()


def test_a_list_of_hosts_is_read_line_by_line_and_counted() -> None:
    territory = catalogue.load_territory("75")
    content = "commune;code_insee\nGuéret;23096\nAubusson;\nNulle-Part;99999\nGuéret;23096\n"
    lines = open_lines(content.encode(), "accueils.csv")
    report = match_lines(lines, gazetteer("75"), territory.communes, {})
    assert codes_of(report) == ("23096", "23008")
    assert report.counts.startswith("4 lignes lues : 3 comprises, 0 dout")


def test_a_file_of_hosts_fills_the_list_of_the_screen() -> None:
    app = opened(accueil_en="liste")
    [box] = [one for one in app.multiselect if one.label == "Communes de votre liste"]
    assert box.value == []
    app.file_uploader[0].set_value(("accueils.csv", b"code_insee\n23096\n23008\nxx\n", "text/csv"))
    app.run()
    assert not app.exception
    [box] = [one for one in app.multiselect if one.label == "Communes de votre liste"]
    assert box.value == ["23096", "23008"]
    assert any("3 lignes lues : 2 comprises" in one.value for one in app.text)
    assert "23096,23008" in app.query_params["liste"]
