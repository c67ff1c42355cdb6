"""The screen on risk: what it says of one flag, what it keeps, what it never shows."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Button

from data.access import indicators
from data.base import french
from data.base.codes import departement
from data.base.paths import ROOT
from data.files import exports
from data.maps import risk as risk_map
from data.region import catalogue, privacy
from data.region.territory import Territory
from data.reports import columns
from data.scenarios import predictions, verdicts
from models.backtests import proof, report
from models.learning import artefact
from models.learning.register import CONFIRMED, GONE, UNKNOWN
from models.learning.signals import DEFAULT_HORIZON
from models.region import departure as departures
from models.region import flag, flag_tables, predict
from pages import accounts, figures, risk_choices, sheet_paper
from pages import risk_map as view_map
from tests.pages.opening import plain_tables

TIMEOUT_SECONDS = 200
TAB, PART = "risques_onglet", "risques_volet"
RANKING = "Carte et signaux"


@pytest.fixture(scope="module", autouse=True)
def module_home(prepared_home: Path) -> Iterator[None]:
    """The same folder for what is prepared once for the module."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PROXISOINS_HOME", str(prepared_home))
        yield


@pytest.fixture(scope="module")
def screen(module_home: None) -> AppTest:
    """The application, with the screen on risk opened."""
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=TIMEOUT_SECONDS).run()
    app.switch_page("pages/risques.py").run()
    assert not app.exception
    return app


@pytest.fixture(scope="module")
def territory(module_home: None) -> Territory:
    return catalogue.load_territory()


@pytest.fixture(scope="module")
def risk(territory: Territory) -> pd.DataFrame:
    return predict.risk_table(territory)


def shown(app: AppTest, tab: str) -> AppTest:
    app.session_state[TAB] = tab
    app.run()
    assert not app.exception, [one.value for one in app.exception]
    return app


def words(app: AppTest) -> str:
    said = [
        *app.markdown,
        *app.caption,
        *app.text,
        *app.title,
        *app.header,
        *app.subheader,
        *app.warning,
    ]
    return " ".join(str(one.value) for one in said)


def listed(app: AppTest) -> pd.DataFrame:
    """The list of communes that the screen draws."""
    return next(one.value for one in app.dataframe if "Hab. × prob." in one.value)


def read(app: AppTest, part: str) -> AppTest:
    app.session_state[PART] = part
    return shown(app, RANKING)


def select(app: AppTest, code: str) -> None:
    app.query_params["commune"] = code


def test_what_is_read_of_a_commune_is_in_the_address(screen: AppTest, risk: pd.DataFrame) -> None:
    shown(screen, RANKING)
    select(screen, str(risk.iloc[0]["code"]))
    read(screen, "Si cela arrive")
    assert told(screen, "lire") == "si-cela-arrive"
    read(screen, "Pourquoi")
    assert told(screen, "lire") == ""
    sent = AppTest.from_file(str(ROOT / "pages" / "risques.py"), default_timeout=TIMEOUT_SECONDS)
    sent.query_params["commune"] = str(risk.iloc[0]["code"])
    sent.query_params["lire"] = "si-cela-arrive"
    sent.run()
    assert sent.session_state[PART] == "Si cela arrive"
    assert "passerait" in words(sent)


def button(app: AppTest, label: str) -> Button:
    return next(one for one in app.button if one.label.startswith(label))


def told(app: AppTest, key: str) -> str:
    """What the address says under that key, whether the run gave a list or a text."""
    value = app.query_params.get(key, "")
    return value[0] if isinstance(value, list) else value


def opened_at_once(block: Any) -> Iterator[Any]:
    """Give what stands on the screen without a click on what hides it."""
    for one in getattr(block, "children", {}).values():
        if one.type not in {"popover", "expander"}:
            yield one
            yield from opened_at_once(one)


def test_one_row_of_filters_stands_above_the_map(screen: AppTest) -> None:
    """Four rows of them left the map a third of a small screen; the others open from a button."""
    shown(screen, RANKING)
    at_once = [one.label for one in opened_at_once(screen.main) if one in [*screen.pills]]
    assert at_once == ["Départements"]
    assert len(screen.pills) > 1


def test_a_hundred_departements_are_a_list(
    screen: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As chips those of France filled a telephone before the map."""
    monkeypatch.setattr(risk_choices, "MOST_CHIPS", 11)
    shown(screen, RANKING)
    screen.multiselect(key="risques_departements").set_value(["23"]).run()
    assert set(listed(screen)["Département"]) == {"Creuse"}
    assert told(screen, "dep") == "23"


def test_the_ranking_is_ordered_and_says_what_became_of_each_class(screen: AppTest) -> None:
    shown(screen, RANKING)
    assert "Échéance de 3 ans vérifiée sur les effectifs de 2017 et 2020" in words(screen)
    head = listed(screen)
    screen.toggle[0].set_value(True).run()
    ranking = listed(screen)
    classes = next(one.value for one in screen.dataframe if "Communes ici" in one.value)
    pd.testing.assert_frame_equal(head, ranking.head(len(head)))
    assert len(head) < len(ranking)
    assert ranking["Hab. × prob."].is_monotonic_decreasing
    assert ranking["Prob."].between(0, 100).all()
    assert classes["Communes ici"].sum() == len(ranking)
    assert classes["Taux observé par le passé"].between(0, 100, inclusive="neither").all()
    assert "va partir" not in words(screen)


def test_the_column_of_names_holds_twenty_nine_letters(screen: AppTest) -> None:
    """Names of more than twenty-six letters were cut in the grid."""
    shown(screen, RANKING)
    screen.toggle[0].set_value(True).run()
    grid = next(one for one in screen.dataframe if "Hab. × prob." in one.value)
    name = columns.TITLES["name"]
    assert (grid.value[name].str.len() > 26).sum() > 5
    assert json.loads(grid.proto.columns)[name]["width"] >= 6.1 * 29 + 16


def test_the_bars_of_a_reason_are_a_table_too(screen: AppTest, risk: pd.DataFrame) -> None:
    """Who does not see the chart had the first reasons only."""
    first = risk.iloc[0]
    select(screen, first["code"])
    read(screen, "Pourquoi")
    effects = flag.contributions(first.to_dict()).query("times != 1")
    table = next(one for one in plain_tables(screen) if "Thème" in one)
    assert table.to_numpy().tolist() == effects[["theme", "told"]].to_numpy().tolist()
    assert len(table) > 2


def test_a_filter_keeps_its_departement_only_and_is_in_the_address(screen: AppTest) -> None:
    shown(screen, RANKING)
    screen.pills[0].set_value(["23"]).run()
    assert set(listed(screen)["Département"]) == {"Creuse"}
    assert told(screen, "dep") == "23"
    assert "Filtre en cours : Creuse." in words(screen)
    screen.pills[0].set_value([]).run()
    assert not told(screen, "dep")


def test_the_row_that_is_ticked_is_that_of_the_commune_in_sight() -> None:
    """A row that its reader had ticked stayed so in whatever list came next."""
    app = AppTest.from_file(str(ROOT / "pages" / "risques.py"), default_timeout=TIMEOUT_SECONDS)
    app.run()

    def ticked() -> list[int]:
        rows: list[int] = app.session_state["risques_liste"]["selection"]["rows"]
        return rows

    assert ticked() == []
    for row in (0, 1):
        next(one for one in app.button if one.label == "Suivante").click().run()
        assert ticked() == [row]
    first = app.query_params["commune"]
    other = next(one for one in ("23", "33") if departement(first) != one)
    app.pills(key="risques_departements").set_value([other]).run()
    assert ticked() == []
    app.pills(key="risques_departements").set_value([departement(first)]).run()
    [row] = ticked()
    listed = app.dataframe[0].value
    names = catalogue.load_territory().communes.set_index("code")["name"]
    assert str(
        listed["Commune" if "Commune" in listed else listed.columns[0]].iloc[row]
    ).startswith(names[first])


def test_a_step_is_one_along_the_list_that_a_gesture_has_just_cut() -> None:
    """« Suivante » pressed while the list was being cut led to the first of the whole region."""
    app = AppTest.from_file(str(ROOT / "pages" / "risques.py"), default_timeout=TIMEOUT_SECONDS)
    app.run()
    next(one for one in app.button if one.label == "Suivante").click().run()
    first = app.session_state["view"].commune
    other = next(one for one in ("23", "33") if departement(first) != one)
    app.pills(key="risques_departements").set_value([other])
    next(one for one in app.button if one.label == "Suivante").click().run()
    assert departement(app.session_state["view"].commune) == other
    assert app.session_state["risques_liste"]["selection"]["rows"] == [0]
    app.session_state["risques_pas"] = 2  # the run of a first press was stopped before the list
    app.run()
    assert app.session_state["risques_liste"]["selection"]["rows"] == [2]


def test_a_gesture_that_brings_what_the_browser_knew_before_changes_no_commune() -> None:
    """Neither the address, in which the map was moved since, nor a map that is being replaced."""
    app = AppTest.from_file(str(ROOT / "pages" / "risques.py"), default_timeout=TIMEOUT_SECONDS)
    app.run()
    button(app, "Suivante").click().run()
    first = app.session_state["view"].commune
    before = {name: "".join(value) for name, value in app.query_params.items()}
    moved = before | {"lon": "0.38458", "lat": "44.95934", "z": "6.6"}
    app.query_params.update(moved)
    button(app, "Suivante").click().run()
    second = app.session_state["view"].commune
    assert second not in {first, ""}
    app.query_params.clear()
    # A map that opens says what it shows.
    app.query_params.update(moved | {"lon": "0.4", "ind": "risk_class"})
    app.session_state[view_map.MAP] = {"action": "commune", "turn": "1", "state": before}
    app.segmented_control(key="risques_horizon").set_value(5).run()
    assert app.session_state["view"].commune == second
    assert (told(app, "commune"), told(app, "horizon")) == (second, "5")


def test_the_commune_left_a_moment_ago_can_be_clicked_on_the_map() -> None:
    app = AppTest.from_file(str(ROOT / "pages" / "risques.py"), default_timeout=TIMEOUT_SECONDS)
    app.run()
    button(app, "Suivante").click().run()
    first = app.session_state["view"].commune
    button(app, "Suivante").click().run()
    here = {name: "".join(value) for name, value in app.query_params.items()}
    app.session_state[view_map.MAP] = {"action": "commune", "turn": "2", "state": here}
    app.run()
    back = here | {"commune": first}
    app.query_params.update(back)
    app.session_state[view_map.MAP] = {"action": "commune", "turn": "3", "state": back}
    app.run()
    assert app.session_state["view"].commune == first


def test_the_address_gives_back_horizon_tab_filters_and_commune(
    module_home: None, risk: pd.DataFrame
) -> None:
    code = str(risk.iloc[0]["code"])
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=TIMEOUT_SECONDS)
    asked = {"horizon": "5", "onglet": "la-preuve", "dep": "23,99", "classe": "tres-eleve"}
    for key, text in (asked | {"commune": code, "habitants": "2000"}).items():
        app.query_params[key] = text
    app.switch_page("pages/risques.py").run()
    assert not app.exception
    kept = predictions.kept("75", simulated=True)
    assert (5, artefact.version()) in {(one.horizon, one.model) for one in kept}
    assert app.session_state[TAB] == "La preuve"
    assert told(app, "onglet") == "la-preuve"
    ranking = listed(shown(app, RANKING))
    assert "horizon de 5 ans" in words(app)
    assert set(ranking["Département"]) <= {"Creuse"}
    assert set(ranking["Classe"]) <= {"très élevé"}
    assert (ranking["Habitants"] <= 2000).all()
    assert told(app, "dep") == "23"  # 99 is in no list
    app.switch_page("pages/methode.py").run()
    app.switch_page("pages/risques.py").run()
    assert set(listed(app)["Département"]) <= {"Creuse"}
    assert app.segmented_control[0].value == 5


def test_one_signal_says_horizon_reasons_levers_and_load(
    screen: AppTest, risk: pd.DataFrame
) -> None:
    first = risk.iloc[0]
    select(screen, first["code"])
    said = words(read(screen, "Pourquoi"))
    assert f"horizon de {DEFAULT_HORIZON} ans" in said
    assert french.unbroken(first["reasons"][0]) in said
    assert "intervalle à 90" in said
    assert "on ne le sait pas" in said.lower()
    assert "sur 100 " in said.lower()
    assert f"« {first['set']} »" in said
    said = words(read(screen, "Ce qui le changerait"))
    present = french.unbroken(f"Situation actuelle : risque {first['risk_class']}, ")
    assert present + french.percent(first["probability"], 1) in said
    assert french.unbroken("Un médecin de plus s’installe dans la commune : risque") in said
    said = words(read(screen, "Si cela arrive"))
    assert "généraliste le plus proche" in said
    assert "démonstration" in said.lower()


def test_a_review_is_kept_dated_and_shown_as_text(
    screen: AppTest, risk: pd.DataFrame, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PROXISOINS_HOME", str(tmp_path))
    code = str(risk.iloc[1]["code"])
    select(screen, code)
    read(screen, "Votre avis")
    hostile = "=1+1 <script>alert(1)</script> {{7*7}}"
    screen.text_area[0].input(hostile)
    button(screen, "Enregistrer l’avis").click().run()
    assert "Choisissez d’abord" in screen.error[0].value
    assert not verdicts.reviews([code])
    screen.segmented_control[-1].set_value(verdicts.VERDICTS[1])
    screen.text_input[0].input("service des soins")
    screen.text_area[0].input(hostile)
    button(screen, "Enregistrer l’avis").click().run()
    assert not screen.exception
    (kept,) = verdicts.reviews([code])
    assert (kept.comment, kept.owner) == (hostile, "service des soins")
    pill = " ".join(one.value for one in screen.markdown)
    assert f"{verdicts.VERDICTS[1]} · service des soins · " in pill
    told = flag.reviewed(risk, [kept])
    assert told.loc[told["review"] != "", "code"].tolist() == [code]
    assert kept.seen == flag.seen(flag.row(risk, code))
    everything = shown(screen, "Suivi et avis").dataframe[-1].value
    assert hostile in set(everything["Commentaire"])
    assert everything["Avis du"].str.contains("heure de Paris").all()
    assert everything["Risque de relève non assurée"].tolist() == [kept.seen.risk_class]
    assert everything["Version du modèle"].tolist() == [artefact.version()]
    assert everything["Année des effectifs"].tolist() == [kept.seen.as_of]
    assert "<script>" not in "".join(one.proto.body for one in screen.get("html"))
    assert b"'=1+1" in exports.to_csv(everything, [])


def test_a_follow_up_made_today_says_so(screen: AppTest) -> None:
    app = shown(screen, "Suivi et avis")
    assert "sont gardées, datées" in words(app)
    assert "refaite aujourd’hui" in " ".join(one.value for one in app.info)


def test_a_departure_compares_before_and_after(screen: AppTest, risk: pd.DataFrame) -> None:
    select(screen, str(risk.iloc[0]["code"]))
    app = shown(screen, "Et si ce médecin partait ?")
    labels = [one.label for one in app.metric]
    assert {"Habitants passant 20 min", "Sans place à 20 min, de plus"} <= set(labels)
    assert "ne sont pas remplacés" in words(app)


def test_the_proof_says_plainly_when_there_is_no_report(
    screen: AppTest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(report, "FIGURES_PATH", tmp_path / "none.json")
    app = shown(screen, "La preuve")
    assert "proxisoins risk report" in app.warning[0].value
    assert "Aide à la lecture" in words(app)


def test_the_proof_gives_the_figures_of_the_report(screen: AppTest) -> None:
    known = proof.read()
    app = shown(screen, "La preuve")
    assert known.verdict("forward") in words(app)
    table = next(one.value for one in app.dataframe if "Précision moyenne" in one.value)
    assert table["Modèle"].str.endswith("(utilisé)").sum() == 1
    for design in known.designs():
        assert len(known.models(design)) >= 5
    for by in proof.GROUPS:
        total = known.groups(by)["Communes"].sum()
        assert total == known.figures["designs"]["held_out"]["communes"]


def test_losses_expected_over_observed_stand_where_a_telephone_has_them_in_sight(
    screen: AppTest,
) -> None:
    app = shown(screen, "La preuve")
    ratio = "Attendues / observées"
    tables = [one.value for one in app.dataframe if {"Effectifs", ratio} <= {*one.value}]
    assert [list(one).index(ratio) for one in tables] == [2, 2]
    known = [proof.read().each_horizon(3), proof.read().horizons()]
    assert [{*one} for one in tables] == [{*one} for one in known]


def test_the_public_view_names_no_commune(screen: AppTest) -> None:
    app = shown(screen, "Vue publique")
    (table,) = (one.value for one in app.dataframe)
    assert (table["Médecins généralistes"] >= predict.MINIMUM_GPS).all()
    assert "Raisons" not in table
    assert columns.TITLES["horizon"] not in table, "one for all, told above"
    assert (table["Communes de moins de 5 médecins"] >= 3).all()
    told = table["Communes en risque élevé ou très élevé (arrondi)"]
    assert told.str.fullmatch("environ [1-9] sur 10").all()


def test_what_leaves_the_screen_says_what_is_foretold_and_when(
    screen: AppTest, risk: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines: dict[str, list[str]] = {}

    def downloads(name: str, _frame: pd.DataFrame, told: list[str], **_more: object) -> None:
        lines[name] = told

    monkeypatch.setattr(figures, "downloads", downloads)
    shown(screen, RANKING)
    shown(screen, "Vue publique")
    span = french.forecast(int(risk["as_of"].iloc[0]), DEFAULT_HORIZON)
    assert "échue" in span or int(risk["as_of"].iloc[0]) + 3 >= french.today().year
    for told in (lines["territoires-a-risque"], lines["releve-non-assuree-public"]):
        assert span in " ".join(told)
    assert span in words(screen)
    planners = " ".join(lines["territoires-a-risque"])
    assert artefact.version() in planners
    assert "Déjà parti ? On ne le sait pas" in planners
    assert "Déjà parti" not in " ".join(lines["releve-non-assuree-public"])


def test_every_file_that_holds_a_commune_says_that_it_is_a_working_paper(
    screen: AppTest, risk: pd.DataFrame, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """With what a planner sees of one commune; the public's files say no such thing."""
    lines: dict[str, list[str]] = {}

    def offers(name: str, _frame: object, told: list[str], **_more: object) -> list[object]:
        lines[name] = told
        return []

    monkeypatch.setattr(figures, "offers", offers)
    monkeypatch.setenv("PROXISOINS_HOME", str(tmp_path))
    row = flag.row(risk, str(risk["code"].iloc[0]))
    verdicts.save_review(row["code"], verdicts.VERDICTS[0], "", owner="x", seen=flag.seen(row))
    shown(screen, "Suivi et avis")
    shown(screen, RANKING)
    shown(screen, "Vue publique")
    screen.switch_page("pages/carte.py").run()
    for name in ("avis-signaux", "territoires-a-risque", "communes"):
        assert lines[name][1].startswith(privacy.WORKING_PAPER), name  # below the title
    assert "Document de travail" not in " ".join(lines["releve-non-assuree-public"])
    monkeypatch.setattr(accounts, "may_see_risk", lambda: False)
    screen.run()
    assert "Document de travail" not in " ".join(lines["communes"])
    screen.switch_page("pages/risques.py").run()


def test_files_keep_the_decimals_of_the_command(territory: Territory, risk: pd.DataFrame) -> None:
    listed_here = flag.listed(risk, indicators.commune_indicators(territory))
    kept = columns.exported(listed_here).set_index("Code")["Probabilité"]
    asked = risk.set_index("code")["probability"].round(6)
    assert (kept == asked[kept.index]).all()
    assert (kept > 0).all(), "none is certain"


def test_the_map_tells_communes_left_out_and_communes_without_gp(
    territory: Territory, risk: pd.DataFrame
) -> None:
    table = risk_map.with_risk(indicators.commune_indicators(territory), risk)
    assert (table.loc[table["gps"] == 0, "risk_class"] == risk_map.WITHOUT_GP).all()
    kept = set(risk["code"].head(10))
    document = risk_map.configuration(territory, table, 5, kept)
    drawn = next(one for one in document["indicators"] if one["key"] == "risk_class")
    values = pd.Series(drawn["values"], index=territory.communes["code"])
    told = values[~values.isin([risk_map.WITHOUT_GP, risk_map.LEFT_OUT])]
    assert set(told.index) == kept
    assert "5 ans" in drawn["label"]
    assert "5 ans" in drawn["note"]
    assert "deux ans" not in drawn["note"]


def test_a_printed_sheet_tells_no_risk_under_five_gps() -> None:
    few = pd.DataFrame({"code": ["23001", "23002"], "gps": [4.0, 5.0]})
    assert not flag.may_be_public(few, "23001")
    assert flag.may_be_public(few, "23002")
    assert not flag.may_be_public(few, "absent")


def test_sentences_on_a_departure_agree_with_its_figures(
    territory: Territory, risk: pd.DataFrame
) -> None:
    gone = departures.departure(territory, str(risk.iloc[0]["code"]))
    told = " ".join(flag_tables.departure_told(gone))
    assert gone.name in told
    assert (gone.people_beyond_20 == 0) == ("Aucun habitant" in told)
    moved = gone.neighbours["extra_patients"].sum()
    assert f"{french.number(moved)} patients se reporteraient" in told
    assert flag_tables.departure_cards(gone)[-1][1] == french.number(moved)
    assert len(flag_tables.rounds_listed(gone)) == len(gone.rounds)
    assert str(len(gone.rounds)) in flag_tables.snowball_told(gone)


def test_who_stays_in_the_commune_takes_patients_over_and_is_told(
    territory: Territory, risk: pd.DataFrame
) -> None:
    """A commune that keeps a GP is not a neighbour of itself."""
    code = str(risk.loc[risk["gps"] >= 2, "code"].iloc[0])
    gone = departures.departure(territory, code, leaving=1)
    assert code in set(gone.neighbours.loc[gone.neighbours["extra_patients"] >= 1, "code"])
    [told] = [one for one in flag_tables.departure_told(gone) if "se reporterai" in one]
    assert gone.name in told.split(" ; le plus lourd")[0]


def test_the_first_ten_of_the_list_make_one_document_of_sheets(
    screen: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, tuple[str, ...]]] = []

    def batch(
        _territory: Territory, codes: tuple[str, ...], name: str, notes: list[str], _: object
    ) -> bytes:
        asked.append((name, codes))
        # A sheet tells zones, structures and on-call lines too: it quotes them.
        quoted = " ".join(notes).lower()
        assert all(title in quoted for title in ("structures de soins", "lignes de permanence"))
        return b"%PDF-"

    monkeypatch.setattr(sheet_paper, "batch", batch)
    app = shown(screen, RANKING)
    first = listed(app)["Nom"].head(10).tolist()
    button(app, "Préparer les fiches des premières de la liste (PDF, 10 communes)").click().run()
    assert not app.exception
    ((name, codes),) = asked
    assert name.startswith("Document de travail")
    names = catalogue.load_territory().communes.set_index("code")["name"]
    # Homonyms alone bear their département: with it the longest names were cut in a grid.
    twice = set(names[names.duplicated(keep=False)])
    told = [names[code] + f" ({departement(code)})" * (names[code] in twice) for code in codes]
    assert told == first


def test_the_states_of_a_territory_are_told_on_its_sheet(risk: pd.DataFrame) -> None:
    codes = risk["code"].head(5).tolist()
    given = risk.assign(state=CONFIRMED, register="octobre 2026 (RPPS)", as_of=2020)
    assert flag_tables.states_told(given, codes) == ""
    given.loc[given["code"].isin(codes[:2]), "state"] = GONE
    assert "à vérifier : 2 communes (comptées en 2020" in flag_tables.states_told(given, codes)
    assert flag_tables.states_told(given, codes[:1]).startswith(
        "Probablement déjà parti : compté en 2020"
    )
    assert (
        flag_tables.states_told(given, codes[4:5]) == "Confirmé (registre d’octobre 2026 (RPPS))."
    )
    assert flag_tables.states_told(given.assign(state=UNKNOWN), codes[:1]) == ""


def test_the_state_of_a_commune_is_told_in_a_few_words(risk: pd.DataFrame) -> None:
    code = str(risk["code"].iloc[0])
    told = {}
    for state in (CONFIRMED, GONE, UNKNOWN):
        given = risk.assign(state=state, register="octobre 2026 (RPPS)", as_of=2020)
        told[state] = flag.state_told(given, code)
    assert told[CONFIRMED] == "Confirmé (registre d’octobre 2026 (RPPS))"
    assert told[GONE].startswith("Probablement déjà parti : compté en 2020, absent du registre d’")
    assert told[UNKNOWN].startswith("Toujours là ? Aucun registre")
    assert flag.state_told(risk, "00000") == ""
