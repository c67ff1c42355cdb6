"""Screens "Sites MSP candidats" and shared links, without a browser."""

import datetime as dt
import hashlib
import io
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from pypdf import PdfReader

from data.base.paths import STATIC
from data.region import privacy
from data.region.catalogue import load_territory
from data.region.rules import LEAST_PUBLIC_GPS
from data.reports.scenario_results import Search
from data.scenarios import drafts, sharing, store
from data.scenarios.database import ShareRow, session
from data.scenarios.drafts import Draft
from data.siting import departures
from data.uploads import Site
from pages import following, grids, shell, sites_pick, sites_results
from pages.partage import CLOSED
from pages.sites_upload import Work
from tests.pages.sites_screen import field, html, opened, tables, texts

HOSTILE = "<img src=x onerror=alert(1)>{{7*7}}${1+1}"
UPLOAD = f"""nom;commune;medecins;medecins_venant_de
Ussel;Ussel;4;Meymac:1
{HOSTILE};Guéret;3;
=HYPERLINK(A1);Eymoutiers;2;
Perdu;Nullepart-sur-Rien;2;
""".encode()
SITES = (
    Site(2, "Ussel", "19275", "Ussel", 2.3138, 45.5448, 4, moving={"19136": 1}),
    Site(3, HOSTILE, "23096", "Guéret", 1.8709, 46.1696, 3),
)


@pytest.fixture
def dropped() -> Work:
    return Work("sites.csv", UPLOAD, hashlib.sha256(UPLOAD).hexdigest()[:16])


@pytest.fixture
def saved() -> Iterator[store.Scenario]:
    territory = load_territory("75")
    before = {one.id for one in store.scenarios()}
    yield store.save(
        Draft(
            f"Plateau {HOSTILE}",
            "75",
            f"Note {HOSTILE}",
            SITES,
            parameters=Search(k=1, own=(1,)).to_parameters(),
            data_versions=drafts.data_versions(territory),
            simulated=territory.simulated,
        )
    )
    for one in store.scenarios():
        if one.id not in before:
            store.delete(one.id)


def test_an_empty_screen_offers_templates_and_scenarios() -> None:
    app = opened("sites")
    assert "Modèle CSV" in [one.proto.label for one in app.get("download_button")]
    assert "démonstration" in texts(app).lower()
    [hint] = [one.value for one in app.caption if one.value.startswith("Dès le premier site")]
    assert "les meilleurs de vos sites" in hint


def test_a_file_with_a_bad_line_is_judged_searched_and_saved(dropped: Work) -> None:
    app = opened("sites", dropped)
    said = texts(app)
    assert "4 lignes lues : 3 comprises" in said
    assert "Les 3 sites sont ensemble" in said
    assert HOSTILE not in html(app)
    app.button(key="sites_chercher").click().run()
    assert not app.exception
    assert "Optimum prouvé" in texts(app)
    field(app.text_input, "sites_nom_nouveau").set_value("Essai").run()
    app.button(key="sites_enregistrer").click().run()
    assert not app.exception
    kept = store.scenarios()[0]
    assert kept.draft.name == "Essai"
    assert [one.name for one in kept.draft.sites] == ["Ussel", HOSTILE, "=HYPERLINK(A1)"]
    assert kept.draft.parameters["model"] == "room"
    assert kept.id in app.query_params["scenario"]
    store.delete(kept.id)


def test_sites_are_chosen_by_hand_changed_and_found_again_after_a_reload() -> None:
    app = opened("sites")
    field(app.multiselect, "sites_commune").select("23008").run()
    field(app.multiselect, "sites_commune").select("23096").run()
    field(app.multiselect, "sites_commune").select("23096").run()
    assert not app.exception
    assert "2 sites dans la liste" in texts(app)
    assert "Les 2 sites sont ensemble" in texts(app)
    field(app.text_input, "sites_liste_gps_1").set_value("2,5").run()
    assert field(app.text_input, "sites_liste_gps_1").value == "2,5"
    field(app.text_input, "sites_liste_gps_1").set_value("beaucoup").run()
    assert "rien n’a changé" in app.error[0].value
    field(app.text_input, "sites_liste_gps_1").set_value("1").run()
    assert not app.error
    address = "".join(app.query_params["sites"])
    again = opened("sites", sites=address)
    assert field(again.text_input, "sites_liste_gps_1").value == "1"
    assert field(again.text_input, "sites_liste_name_2").value == "MSP à Guéret"
    again.button(key="sites_liste_out_2").click().run()
    assert "1 site dans la liste" in texts(again)
    again.button(key="sites_vider").click().run()
    assert "sites" not in again.query_params


def test_a_site_that_comes_is_compared_and_a_choice_made_before_stays() -> None:
    app = opened("sites")
    for code in ("23008", "23096", "19275"):
        field(app.multiselect, "sites_commune").select(code).run()
    compared = app.multiselect(key="sites_compares")
    assert [compared.options[row] for row in compared.value] == compared.options
    compared.unselect(0).run()  # Aubusson
    field(app.multiselect, "sites_commune").select("87064").run()
    compared = app.multiselect(key="sites_compares")
    assert compared.options[0] == "MSP à Aubusson"
    assert compared.value == [1, 2, 3]
    field(app.multiselect, "sites_commune").unselect("23096").run()
    compared = app.multiselect(key="sites_compares")
    shown = [compared.options[row] for row in compared.value]
    assert shown == ["MSP à Ussel", "MSP à Eymoutiers"]


def test_the_card_of_the_map_adds_a_site() -> None:
    app = opened("sites")
    app.session_state[sites_pick.MAP] = {
        "action": "site",
        "turn": "1",
        "state": {"commune": "23008"},
    }
    app.run()
    assert not app.exception
    assert "1 site dans la liste" in texts(app)
    app.session_state[sites_pick.MAP] = {"action": "site", "turn": "1", "state": {}}
    app.run()
    assert "1 site dans la liste" in texts(app)


def test_what_a_map_is_answered_says_which_question_was_heard(
    answers: list[dict[str, Any]],
) -> None:
    app = opened("sites")
    assert [set(one) for one in answers] == [{"chosen"}]  # nothing was asked yet
    asked = {"action": "site", "turn": "7", "state": {"commune": "no such commune"}}
    app.session_state[sites_pick.MAP] = asked
    app.run()
    assert answers[-1]["heard"] == "7"
    assert "site dans la liste" not in texts(app)


def test_what_the_sites_would_change_is_told_before_their_map() -> None:
    app = opened("sites")
    field(app.multiselect, "sites_commune").select("23008").run()
    assert not app.exception
    drawn = list(app.main)
    told = [str(getattr(one, "value", "")) for one in drawn]
    said = [place for place, one in enumerate(told) if "Ouvrir ce site" in one]
    keys = [getattr(one, "key", None) for one in drawn]
    assert said
    assert max(said) < keys.index("sites_carte_site")


def test_sites_added_before_the_address_follows_are_all_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app = opened("sites")
    field(app.multiselect, "sites_commune").select("23008").run()
    late = dict(app.query_params)
    field(app.multiselect, "sites_commune").select("23096").run()
    app.query_params.clear()
    app.query_params.update(late)
    field(app.multiselect, "sites_commune").select("19275").run()
    assert "3 sites dans la liste" in texts(app)
    app.query_params.clear()
    app.query_params.update(late)
    monkeypatch.setattr(following, "stepped", lambda: True)  # Back: the address decides
    app.run()
    assert "1 site dans la liste" in texts(app)


def test_the_counts_of_a_site_stand_side_by_side_on_a_telephone(saved: store.Scenario) -> None:
    app = opened("sites", scenario=saved.id)
    drawn = [one.proto.body for one in app.get("html")]
    [style] = [one for one in drawn if "stColumn" in one]
    # A wide screen has the headings once, above the rows, whose fields keep their names.
    [heads] = [one for one in drawn if 'class="ps-heads"' in one]
    assert f".st-key-{sites_pick._LIST} " in heads
    assert "Autres professionnels" in heads
    assert len({one.label for one in app.text_input if one.label.startswith("Nom du site")}) >= 2
    assert "max-width:640px" in style
    # Its fields are drawn within what the style names.
    assert f".st-key-{sites_pick._LIST} " in style
    waiting = [app.main]
    while waiting and sites_pick._LIST not in str(getattr(waiting[0], "proto", "")):
        waiting += getattr(waiting.pop(0), "children", {}).values()
    assert waiting[0].text_input
    store.delete(saved.id)


def test_a_print_has_no_heading_of_what_it_leaves_out(saved: store.Scenario) -> None:
    """Buttons, lists of links and a search not made yet are not printed: nor are their titles."""
    app = opened("sites", scenario=saved.id)

    def headings(start: str) -> set[str]:
        told: set[str] = set()
        waiting = [app.main]
        while waiting:
            one = waiting.pop()
            if start in str(getattr(one, "proto", "")) and hasattr(one, "header"):
                told |= {each.value for each in (*one.header, *one.subheader)}
            else:
                waiting += getattr(one, "children", {}).values()
        return told

    assert {"4. Exporter, enregistrer, partager", "Scénarios"} <= headings(shell.DESK)
    assert headings(shell.ASKED) == {"3. Les meilleurs sites"}
    assert "2. Évaluer et comparer" not in headings(shell.DESK)
    paper = (STATIC / "proxisoins" / "paper.css").read_text(encoding="utf-8")
    for start in (shell.DESK, shell.ASKED, shell.TYPED):
        assert f"[class*=st-key-{start}]" in paper
    store.delete(saved.id)


def test_foreign_sites_in_the_address_open_the_empty_screen() -> None:
    assert "sites dans la liste" not in texts(opened("sites", sites="{{7*7}}", departs="x:1"))


def test_what_is_wrong_with_a_line_is_said_whole() -> None:
    content = b"nom;commune\nA;Felletin\nB;Saint-Martin\nC;\n"
    said = texts(opened("sites", Work("sites.csv", content, "why"))).replace("\xa0", " ")
    assert "• Ligne 3 : commune « Saint-Martin » : plusieurs communes portent ce nom." in said
    assert "• Ligne 4 : aucun lieu indiqué : donnez des coordonnées" in said
    assert "Ligne 2 :" not in said


def test_what_is_to_be_known_of_a_line_understood_is_said_whole() -> None:
    """Two sites at one place, a number that is none, a place across the border."""
    content = (
        "nom;commune;code_insee;medecins\nA;Guéret;;2\nB;Guéret;;deux\n"
        "C;Bourg-Lastic;63048;2\nD;Felletin;;3\n"
    ).encode()
    said = texts(opened("sites", Work("sites.csv", content, "known"))).replace("\xa0", " ")
    assert "À savoir des lignes comprises :" in said
    assert "• Ligne 3 : « deux » ignoré (nombre attendu) ; même lieu que la ligne 2." in said
    assert "• Ligne 4 : hors de la région, dans sa bordure." in said
    assert "Ligne 5 :" not in said
    plain = b"nom;commune\nA;Felletin\n"
    assert "À savoir" not in texts(opened("sites", Work("sites.csv", plain, "plain")))


def test_why_the_report_has_other_figures_than_the_screen_is_said(dropped: Work) -> None:
    """It spreads who leaves a commune: its headline is not the screen's."""
    said = " ".join(one.value for one in opened("sites", dropped).caption)
    assert "ne sont pas tout à fait ceux de l’écran. 1 généraliste qui rejoindrait" in said
    plain = b"nom;commune\nA;Felletin\n"
    bare = opened("sites", Work("sites.csv", plain, "plain"))
    assert not any("ceux de l’écran" in one.value for one in bare.caption)


def test_a_line_is_mended_by_fields_where_tables_are_plain(monkeypatch: pytest.MonkeyPatch) -> None:
    """A telephone opens the cells of a grid badly, and a screen reader not at all."""
    monkeypatch.setattr(grids, "on_a_phone", lambda: True)
    app = opened("sites", Work("sites.csv", b"nom;commune\nA;Ussel\nB;Saint-Martin\n", "phone"))
    assert not [one for one in app.dataframe if list(one.proto.column_order)]
    assert "Ligne 3 · B" in texts(app)
    place = next(one for one in app.selectbox if one.label == "Commune à retenir")
    # Namesakes come first, then any commune of the region.
    assert all("Saint-Martin" in one for one in place.options[1:3])
    place.select("Ussel (19) [19275]").run()
    assert not app.exception
    assert "• Ligne 3 : comprise, à Ussel." in texts(app).replace("\xa0", " ")
    assert "2 lignes lues : 2 comprises" in texts(app)
    next(one for one in app.checkbox if one.label == "Écarter cette ligne").check().run()
    assert "• Ligne 3 : écartée." in texts(app).replace("\xa0", " ")


def test_a_scenario_without_a_name_asks_for_one_and_is_not_kept(dropped: Work) -> None:
    """The button is in use: a field says what it holds only once it is left."""
    app = opened("sites", dropped)
    kept = len(store.scenarios())
    assert not app.button(key="sites_enregistrer").disabled
    app.button(key="sites_enregistrer").click().run()
    assert "Donnez un nom au scénario" in texts(app)
    assert len(store.scenarios()) == kept


def test_a_refused_file_says_why() -> None:
    app = opened("sites", Work("vide.csv", b"a;b\n1;2\n", "0"))
    assert "n’a pas de ligne de titres reconnue" in texts(app)


def test_a_scenario_is_reopened_from_its_address(saved: store.Scenario) -> None:
    app = opened("sites", scenario=saved.id)
    said = texts(app)
    assert "2 sites dans la liste." in said
    assert "Optimum prouvé" in said
    assert "généralistes déjà installés" in said
    assert HOSTILE not in html(app)
    store.delete(saved.id)


def test_an_unknown_scenario_leaves_the_screen_open() -> None:
    assert "n’existe pas, ou ne vous est pas ouvert" in texts(
        opened("sites", scenario="'; drop table")
    )


def test_a_link_shows_the_scenario_and_no_risk(saved: store.Scenario) -> None:
    token, _ = sharing.share(saved.id)
    app = opened("partage", jeton=token)
    said = texts(app)
    # Its marks are written, not read.
    assert re.sub(r"\\(\W|_)", r"\1", app.title[0].value) == f"Plateau {HOSTILE}"
    assert not re.search(r"(?<!\\)[*_:$<\[]", app.title[0].value)
    assert f"Note {HOSTILE}" in said
    # The ribbon warns of the same tables: the page names them, once.
    assert said.count("Simulé : médecins généralistes") == 1
    assert "Des données étaient simulées" not in said
    assert "Optimum prouvé" in said
    assert "ont changé" not in said
    assert HOSTILE not in html(app)
    assert not app.button
    assert not app.text_input
    app.toggle(key="partage_toutes_mesures").set_value(True).run()
    assert "Habitants à 30 min" in tables(app)
    assert "risque" not in tables(app)
    assert HOSTILE not in html(app)
    store.delete(saved.id)


def test_a_link_is_judged_once_for_all_who_open_it(
    saved: store.Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    token, _ = sharing.share(saved.id)
    first = tables(opened("partage", jeton=token))

    def never(*_args: object, **_named: object) -> None:
        raise AssertionError("judged again")

    monkeypatch.setattr(sites_results, "evaluate_sites", never)
    assert tables(opened("partage", jeton=token)) == first
    store.delete(saved.id)


def test_a_link_says_that_the_data_have_changed(saved: store.Scenario) -> None:
    versions = dict(saved.draft.data_versions) | {"territoire": "ancienne"}
    draft = Draft("Ancien", "75", sites=SITES[:1], data_versions=versions)
    older = store.save(draft)
    app = opened("partage", jeton=sharing.share(older.id)[0])
    assert "Les données ont changé depuis ce scénario" in texts(app)
    store.delete(older.id)
    store.delete(saved.id)


@pytest.mark.parametrize("state", ["unknown", "revoked", "expired", "deleted", "absent"])
def test_links_that_do_not_open_say_the_same(state: str, saved: store.Scenario) -> None:
    token, link = sharing.share(saved.id)
    if state == "revoked":
        sharing.revoke(link.id)
    elif state == "expired":
        past = dt.datetime.now(tz=dt.UTC) - dt.timedelta(days=1)
        with session() as opened_session:
            opened_session.execute(
                sa.update(ShareRow).where(ShareRow.id == link.id).values(expires_at=past)
            )
    elif state == "deleted":
        store.delete(saved.id)
    query = {"absent": {}, "unknown": {"jeton": "x" * 43}}.get(state, {"jeton": token})
    app = opened("partage", **query)
    assert [one.value for one in app.text] == [CLOSED]
    assert [one.value for one in app.title] == ["Lien fermé"]
    assert not app.dataframe
    if state != "deleted":
        store.delete(saved.id)


def test_departures_are_judged_saved_shared_and_not_named_outside(dropped: Work) -> None:
    app = opened("sites", dropped)
    before = tables(app)
    app.multiselect(key="sites_departs").select("19136").run()
    assert not app.exception
    said = texts(app)
    assert "Meymac : 1 sur " in said
    assert "ne sont pas remplacés" in said
    assert "sans généraliste à 20 min après les départs" in tables(app)
    assert before.replace("avant le projet", "après les départs") != tables(app)
    app.button(key="sites_chercher").click().run()
    assert "Optimum prouvé" in texts(app)
    field(app.text_input, "sites_nom_nouveau").set_value("Départ").run()
    app.button(key="sites_enregistrer").click().run()
    kept = store.scenarios()[0]
    assert dict(kept.draft.departures) == {"19136": 1}
    again = opened("sites", scenario=kept.id)
    assert again.multiselect(key="sites_departs").value == ["19136"]
    assert "Meymac : 1 sur " in texts(again)
    shared = texts(opened("partage", jeton=sharing.share(kept.id)[0]))
    assert departures.NOT_TOLD in shared  # Meymac has fewer than five
    assert "s’en va" not in shared
    assert "Meymac : 1 sur" not in shared
    store.delete(kept.id)


def test_a_link_tells_nothing_of_departures_that_point_at_a_doctor(saved: store.Scenario) -> None:
    """Nor its figures: beside those of today, access by commune would say where one leaves from."""
    held = departures.gp_communes(load_territory("75"))
    few = next(code for code, one in held.items() if one.gps < LEAST_PUBLIC_GPS)
    five = next(code for code, one in held.items() if one.gps == LEAST_PUBLIC_GPS)
    many = next(code for code, one in held.items() if one.gps > LEAST_PUBLIC_GPS)
    hidden = {few: 1, five: LEAST_PUBLIC_GPS}
    tokens = {}
    for name, leaving in {"many": {many: 1}, "both": {many: 1} | hidden}.items():
        kept = store.save(replace(saved.draft, departures=leaving))
        tokens[name] = sharing.share(kept.id)[0]
    without, with_few = (opened("partage", jeton=tokens[name]) for name in ("many", "both"))
    assert departures.NOT_TOLD in texts(with_few)
    assert departures.NOT_TOLD not in texts(without)
    assert "1 généraliste de 1 commune s’en va." in texts(without)
    assert tables(with_few) == tables(without)
    assert texts(with_few).replace(departures.NOT_TOLD, "").split() == texts(without).split()


def test_a_link_does_not_tell_which_commune_a_gp_leaves(saved: store.Scenario) -> None:
    """Two scenarios, one GP leaving one commune or the other of a set: the same page."""
    territory = load_territory("75")
    sets = privacy.sets_with(territory, 1.0)
    one, other = next(one.codes[:2] for one in sets if len(one.codes) > 2)
    pages = []
    for code in (one, other):
        site = replace(saved.draft.sites[0], gps=3.0, moving={code: 1.0})
        kept = store.save(replace(saved.draft, sites=(site,), parameters={}))
        pages.append(opened("partage", jeton=sharing.share(kept.id)[0]))
    first, second = pages
    assert "le départ est réparti sur l’ensemble" in texts(first)
    assert texts(first) == texts(second)
    assert tables(first) == tables(second)


def test_the_report_tells_the_data_of_its_own_figures(saved: store.Scenario) -> None:
    """It told the vintage of on-call lines, which no figure of a site is read from."""
    territory = load_territory("75")
    draft = replace(saved.draft, data_versions=drafts.data_versions(territory))
    evaluation = sites_results.judged(territory, draft.sites, None, None)
    printed = sites_results.report(territory, draft, evaluation, [], None)
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(printed)).pages)
    made_with = text.split("Données avec lesquelles le scénario a été fait")[1]
    assert "Médecins généralistes : simulation" in " ".join(made_with.split())
    assert "Lignes de permanence" not in made_with
