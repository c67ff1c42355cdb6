"""Plans of help and poles kept: saved, reopened, compared, shared, told by the sheet, printed."""

import io

import pytest
from pypdf import PdfReader

from data.base.french import unbroken
from data.region.catalogue import load_territory
from data.reports import council_pdf, effect_tables
from data.scenarios import drafts, sharing, store
from data.scenarios.comparison import compare
from data.scenarios.drafts import Draft
from data.solidarity.tables import sentences
from pages import kept_parts
from pages.help_choices import HelpChoices
from pages.pole_choices import AntennaChoice, PoleChoices
from pages.sites_pole import comparison
from tests.pages.sites_screen import opened, tables, texts

POLE = PoleChoices((AntennaChoice("23008", 6, nurse=True), AntennaChoice("23176", 4)))
PLAN = HelpChoices(volunteers=10)


@pytest.fixture
def kept():
    """Two scenarios without site: a plan, a pole; deleted afterwards."""
    territory = load_territory("75")
    made = [
        store.save(
            Draft(
                name,
                "75",
                "Pour le conseil.",
                parameters=parameters,
                data_versions=drafts.data_versions(territory),
                simulated=territory.simulated,
            )
        )
        for name, parameters in (
            ("Plan de l’hiver", {drafts.PLAN: PLAN.to_query()}),
            ("Pôle de Creuse", {drafts.POLE: POLE.to_parameters()}),
        )
    ]
    yield made
    for one in made:
        store.delete(one.id)


def test_a_plan_is_saved_and_reopened_and_not_mixed_with_sites() -> None:
    app = opened("solidarite", volontaires="10")
    app.text_input(key="aide_nom").set_value("Essai d’aide").run()
    app.button(key="aide_enregistrer").click().run()
    assert not app.exception
    [saved] = [one for one in store.scenarios() if one.draft.name == "Essai d’aide"]
    assert HelpChoices.from_query(saved.draft.parameters[drafts.PLAN]) == PLAN
    again = opened("solidarite", volontaires="100")
    again.button(key="aide_rouvrir").click().run()
    assert not again.exception
    assert "".join(again.query_params["volontaires"]) == "10"
    sites = opened("sites")
    assert "Aucun scénario enregistré" in texts(sites)
    store.delete(saved.id)


def test_a_pole_without_site_is_saved_and_reopened(kept) -> None:
    app = opened("sites", scenario=kept[1].id)
    assert "Avec 10 demi-journées par semaine" in texts(app)
    assert "".join(app.query_params["antennes"]) == "23008:6:1:0,23176:4:0:0"
    app.number_input(key="pole_w_demi_23008").set_value(8).run()
    app.button(key="sites_mettre_a_jour").click().run()
    assert not app.exception
    again = store.load(kept[1].id).draft.parameters[drafts.POLE]
    assert PoleChoices.from_query(again).antennas[0].half_days == 8


def test_shared_links_open_the_plan_and_the_pole(kept) -> None:
    plan, pole = (opened("partage", jeton=sharing.share(one.id)[0]) for one in kept)
    territory = load_territory("75")
    first, *others = sentences(kept_parts.plan_of(territory, kept[0].draft))
    assert unbroken(f"**{first}**") in [one.value for one in plan.markdown]
    assert unbroken(" ".join(others)) in texts(plan)
    assert "Avec 10 demi-journées par semaine" in texts(pole)
    assert "ne contient pas de site" not in texts(pole)
    pole.selectbox(key="partage_commune").select("23008").run()
    assert not pole.exception
    assert "Ce que le scénario change pour Aubusson" in texts(pole)
    assert "Différence" in tables(pole)


def test_the_sheet_says_what_a_scenario_changes(kept) -> None:
    app = opened("territoire", territoire="departement:23", scenario=kept[1].id)
    effects = kept_parts.effects_of(load_territory("75"), kept[1].draft)
    communes = load_territory("75").communes
    inside = communes.loc[communes["departement"] == "23", "code"]
    told = effect_tables.effect_sentence(effects, list(inside), "Creuse")
    assert told.split(" pour ")[1].split(" : ", 1)[1] in texts(app)
    assert "".join(app.query_params["scenario"]) == kept[1].id


def test_what_a_scenario_changes_agrees_with_its_own_screen(kept) -> None:
    territory = load_territory("75")
    codes = list(territory.communes["code"])
    pole = kept_parts.pole_of(territory, kept[1].draft)
    table = kept_parts.effects_of(territory, kept[1].draft).of(codes).set_index("measure")
    assert table.loc["without_room", "before"] == pytest.approx(pole.today.measures["without_room"])
    assert table.loc["without_room", "after"] == pytest.approx(
        pole.sides["typed"].measures["without_room"]
    )
    plan = kept_parts.effects_of(territory, kept[0].draft).of(codes).set_index("measure")
    assert plan.loc["apl"].notna().all()
    # A doctor who comes now and then is no practice: minutes are not told.
    assert plan.loc["minutes"].isna().all()


def test_reports_stand_on_one_or_two_pages(kept) -> None:
    territory = load_territory("75")
    notes = [f"Source {rank} : {'essai ' * 20}" for rank in range(10)]
    heading = (kept[0].draft.name, kept[0].draft.note)
    found = kept_parts.plan_of(territory, kept[0].draft)
    plan = PdfReader(io.BytesIO(council_pdf.help_pdf(territory, heading, found, notes)))
    most = [AntennaChoice(code, 6) for code in territory.communes["code"].iloc[:600:100]]
    pole = comparison(territory, PoleChoices(tuple(most)).plan(territory, ()))
    assert len(pole.plan.antennas) == 6
    report = PdfReader(io.BytesIO(kept_parts.pole_report(territory, heading, pole)))
    for document in (plan, report):
        assert len(document.pages) <= 2
        text = " ".join(" ".join(page.extract_text() for page in document.pages).split())
        assert "Plan de l’hiver" in text
        assert "simulées" in text.lower()
    assert "APL moyenne du bassin" in text


def test_reports_and_the_letter_quote_the_tables_of_their_figures_alone(kept) -> None:
    """They warned of simulated on-call lines, on which nothing of them rests."""
    territory = load_territory("75")
    plan = kept_parts.plan_of(territory, kept[0].draft)
    pole = kept_parts.pole_of(territory, kept[1].draft)
    assert plan is not None
    assert pole is not None
    printed = (
        kept_parts.plan_report(territory, ("Plan", ""), plan),
        kept_parts.pole_report(territory, ("Pôle", ""), pole),
    )
    read = [PdfReader(io.BytesIO(one)).pages for one in printed]
    texts_of = [" ".join(page.extract_text() for page in pages) for pages in read]
    texts_of.append(kept_parts.plan_letter(territory, "Plan", plan))
    for text in texts_of:
        assert "médecins généralistes" in text.lower()
        assert "permanence des soins" not in text.lower()
        assert "historique" not in text.lower()


def test_parameters_are_compared_one_by_one(kept) -> None:
    table = compare(kept[0].draft, kept[1].draft)
    items = set(table.loc[table["aspect"] == "paramètre", "item"])
    assert items == {"plan : volontaires", "pole : antennes"}
