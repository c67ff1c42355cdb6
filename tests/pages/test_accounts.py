"""Roles: what each sees, and what the public never does."""

import os
import re
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from data.base import ended_sessions
from data.base.paths import ROOT
from data.region import catalogue, confirmed_zeros
from data.region.falls import Fall, Zero
from data.scenarios import store
from data.scenarios.drafts import Draft
from geo.errors import ForbiddenError
from pages import accounts
from pages.accounts import Role, granted
from tests.pages.any_address import SCREENS, opening_on

TIMEOUT_SECONDS = 240
OPEN_TO_ALL = {"territoire", "partage", "gardes"}
RULES = {
    "administrators": ["chef@exemple.fr"],
    "planners": ["planification"],
    "readers": ["@exemple.fr", "lecture"],
    "claim": "groupes",
}
READER = {"groupes": ["lecture"]}


@pytest.mark.parametrize(
    ("user", "role"),
    [
        ({"email": "a@exemple.fr", "email_verified": True}, Role.READER),
        ({"email": "Chef@exemple.fr", "email_verified": True}, Role.ADMINISTRATOR),
        ({"email": "a@autre.exemple.fr", "email_verified": True}, Role.PUBLIC),
        ({"email": "a@exemple.fr.autre", "email_verified": True}, Role.PUBLIC),
        ({"email": "chef@exemple.fr", "email_verified": False}, Role.PUBLIC),
        ({"email": "chef@exemple.fr"}, Role.PUBLIC),
        ({"groupes": "lecture"}, Role.READER),
        ({"groupes": ["planification", "autre"]}, Role.PLANNER),
        ({"groupes": "planification"}, Role.PLANNER),
        ({"groupes": None}, Role.PUBLIC),
        ({"groupes": ["Planification"]}, Role.PUBLIC),
        ({"roles": ["planification"]}, Role.PUBLIC),
        (
            {"email": "chef@exemple.fr", "email_verified": True, "groupes": ["planification"]},
            Role.ADMINISTRATOR,
        ),
    ],
)
def test_roles_come_from_verified_addresses_or_from_the_claim(
    user: Mapping[str, Any], role: Role
) -> None:
    assert granted(user, RULES) is role


def test_who_is_in_no_list_reads_no_more_than_the_public() -> None:
    assert granted({"email": "a@exemple.fr", "email_verified": True}, {}) is Role.PUBLIC
    app = opened({"groupes": []}, "carte")
    assert "sans droit de lecture" in texts(app)
    assert "Sans compte" in texts(app)


@pytest.mark.parametrize(
    ("claims", "over"),
    [
        ({"iat": 1_000, "exp": 9_000}, False),
        ({"iat": 1_000, "exp": 1_999}, True),
        ({"iat": 2_000 - accounts.SESSION_S, "exp": 99_000}, True),
        ({"iat": 2_001 - accounts.SESSION_S}, False),
        ({"exp": 2_000.0}, True),
    ],
)
def test_a_login_lasts_eight_hours_or_less_as_its_provider_says(
    claims: dict[str, Any], over: bool
) -> None:
    assert accounts.is_over(claims, 2_000.0) is over


def test_a_login_that_is_over_sees_what_the_public_sees() -> None:
    planner = {
        "groupes": ["planification"],
        "sub": "p",
        "iat": time.time(),
        "exp": time.time() + 60,
    }
    assert "Connecté : planificateur" in texts(opened(planner, "methode"))
    late = opened(planner | {"exp": time.time() - 1}, "methode")
    assert "Session finie" in texts(late)
    assert "Sans compte" in texts(late)
    accounts.end_session({"is_logged_in": True} | planner)
    assert "Session finie" in texts(opened(planner, "methode"))
    later = planner | {"iat": planner["iat"] + 1}
    assert "Connecté : planificateur" in texts(opened(later, "methode"))


def test_ended_logins_are_forgotten_once_they_are_over_and_tell_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROXISOINS_HOME", str(tmp_path))
    for who in ("a@exemple.fr", "b@exemple.fr"):
        accounts.end_session({"is_logged_in": True, "email": who, "iat": 1})
    folder = tmp_path / "sessions-ended"
    kept = list(folder.iterdir())
    assert len(kept) == 2
    assert not any("exemple" in path.name or path.read_bytes() for path in kept)
    os.utime(kept[0], (1, 1))
    ended_sessions.end({"email": "c@exemple.fr", "iat": 1}, accounts.SESSION_S)
    assert kept[0] not in list(folder.iterdir())


def test_an_action_is_refused_once_the_role_is_withdrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    accounts.require(Role.ADMINISTRATOR)  # no login configured: the machine is its user's
    monkeypatch.setattr(accounts, "role", lambda: Role.READER)
    with pytest.raises(ForbiddenError, match="planificateur"):
        accounts.require(Role.PLANNER)


def test_every_action_that_keeps_something_asks_for_its_role() -> None:
    """In fragments and callbacks the screen's own check is long past."""
    kept = "save|update|delete|duplicate|share|revoke|save_review|give_access|restore"
    shared = (
        r"catalogue\.(undo|withdraw)\b|(refresh\.refresh|= import_dropped|storing\.store"
        r"|region_builds\.(start|receive_archive)|confirmed_zeros\.(confirm|take_back))\("
    )
    acting = rf"\bstore\.({kept})\(|{shared}"
    found = 0
    for path in sorted((ROOT / "pages").glob("*.py")):
        lines = path.read_text(encoding="utf-8").splitlines()
        for number, line in enumerate(lines):
            if re.search(acting, line):
                found += 1
                before = "\n".join(lines[max(number - 2, 0) : number])
                assert "accounts.require(" in before, f"{path.name}:{number + 1}"
    assert found >= 19


@pytest.mark.parametrize("screen", ["carte", "risques", "territoire", "sites"])
def test_a_reader_sees_the_risk_of_groups_only(
    screen: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No screen of a reader so much as asks for the risk by commune, but to group it."""
    asked = []
    monkeypatch.setattr("pages.shell.risk", lambda *_: asked.append(screen) or 1 / 0)
    territory = catalogue.load_territory()
    here = territory.gps["code"].isin(territory.communes["code"])
    code = str(territory.gps.loc[here & (territory.gps["gps"] == 1), "code"].iloc[0])
    app = opened(READER, screen, commune=code, territoire=f"commune:{code}")
    said = texts(app) + str([html.proto.body for html in app.get("html")])
    assert not re.search(r"probabilité", said)
    if screen == "risques":
        assert "par ensemble d’EPCI voisins" in said
        assert len(app.dataframe) == 1
        assert "environ" in str(app.dataframe[0].value.to_numpy().tolist())


def test_who_confirmed_a_zero_and_who_took_it_back_is_kept_and_planners_alone_read_it() -> None:
    fall = Fall("33063", 2017, 400, 2013)
    zero = Zero(fall, "Bordeaux")
    planner = {"groupes": ["planification"], "email": "p@exemple.fr", "email_verified": True}

    def shown(user: dict[str, Any]) -> AppTest:
        app = AppTest.from_function(zeros_screen, kwargs={"zeros": (zero,)}, default_timeout=60)
        app.secrets["auth"], app.secrets["roles"] = {"client_id": "essai"}, RULES
        app.user = {"is_logged_in": True} | user
        app.run()
        assert not app.exception, [one.value for one in app.exception]
        return app

    assert not shown(READER).button
    app = shown(planner)
    app.button(key="zeros_confirmer_bouton").click().run()
    assert not app.exception
    (kept,) = confirmed_zeros.confirmed().values()
    assert (kept.fall, kept.author) == (fall, "p@exemple.fr")
    zero = replace(zero, confirmed=kept)
    assert "par p@exemple.fr" in texts(shown(planner))
    assert "p@exemple.fr" not in texts(shown(READER))
    other = {"groupes": ["planification"], "email": "q@exemple.fr", "email_verified": True}
    shown(other).button(key="zeros_rendre_bouton").click().run()
    assert confirmed_zeros.confirmed() == {}
    (over,) = confirmed_zeros.taken_back()
    assert over.ended is not None
    assert (over.author, over.ended.author) == ("p@exemple.fr", "q@exemple.fr")
    zero = replace(zero, confirmed=None)
    told = texts(shown(planner))
    assert re.search(r"Confirmation reprise : Bordeaux.* par p@exemple.fr, .* par q@", told)
    assert "reprise" not in texts(shown(READER))
    confirmed_zeros.confirm([fall], "r@exemple.fr")  # again: the trace of the former stays
    assert [one.author for one in confirmed_zeros.taken_back()] == ["p@exemple.fr"]
    confirmed_zeros.take_back([("33063", 2017)])


def zeros_screen(zeros: "tuple[Zero, ...]") -> None:
    """Draw the zeros of a region as « Données et méthode » does."""
    from dataclasses import replace

    from data.region import catalogue
    from pages.zeros import draw

    draw(replace(catalogue.load_territory(), zeros=zeros), key="zeros")


def opened(user: dict[str, Any] | None, first: str = "carte", **query: str) -> AppTest:
    """Open a screen of an application that asks for a login, as a user or as the public."""
    app = AppTest.from_string(opening_on(first), default_timeout=TIMEOUT_SECONDS)
    app.secrets["auth"] = {"client_id": "essai"}
    app.secrets["roles"] = RULES
    app.user = {"is_logged_in": False} if user is None else {"is_logged_in": True} | user
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception, [one.value for one in app.exception]
    return app


def texts(app: AppTest) -> str:
    """Return all that a screen says."""
    said = [*app.markdown, *app.caption, *app.text, *app.title, *app.header, *app.subheader]
    return " ".join(str(one.value) for one in said)


@pytest.mark.parametrize("screen", [one for one in SCREENS if one not in OPEN_TO_ALL])
def test_the_public_is_asked_to_log_in(screen: str) -> None:
    app = opened(None, screen)
    assert "Sans compte" in texts(app)
    assert {"Se connecter"} == {button.label for button in app.button}
    assert not app.dataframe


def test_a_reader_imports_nothing() -> None:
    app = opened(READER, "methode")
    assert "Réservé aux comptes « administrateur »" in texts(app)
    assert "Importer" not in {button.label for button in app.button}


def test_a_reader_keeps_nothing() -> None:
    said = texts(opened(READER, "sites"))
    assert said.count("Réservé aux comptes « planificateur »") == 1
    assert "Aucun scénario" not in said


def test_a_planner_finds_the_scenarios() -> None:
    said = texts(opened({"groupes": ["planification"]}, "sites"))
    assert "Réservé" not in said
    assert "Aucun scénario" in said


def test_whoever_keeps_something_has_a_name() -> None:
    told = {"email": "Anne@ARS.invalid", "email_verified": True, "sub": "1"}
    assert accounts.author_of(told) == "anne@ars.invalid"
    assert accounts.author_of(told | {"email_verified": False}) == "1"
    assert accounts.author_of({}) != ""


def test_planners_share_restore_and_read_who_did_what() -> None:
    draft = Draft("Plateau", "75")
    hers = store.save(draft, owner="anne@ars.invalid")
    mine = store.save(draft, owner="bruno@ars.invalid")
    planner = {"groupes": ["planification"], "email": "bruno@ars.invalid", "email_verified": True}
    app = opened(planner, "sites", scenario=mine.id)
    assert "anne" not in texts(app)
    shown = app.selectbox(key=f"sites_scenario_{mine.id}").options
    assert not any("anne" in one for one in shown)
    app.selectbox(key=f"sites_acces_{mine.id}").select(store.READ).run()
    assert store.load(mine.id, owner="anne@ars.invalid").access == store.READ
    app.run()
    assert "partagé (lecture) · bruno@ars.invalid" in texts(app)
    app.button(key="sites_supprimer").click().run()
    assert store.scenarios(owner="bruno@ars.invalid") == []
    app.button(key="sites_retablir").click().run()
    assert not app.exception
    assert [one.id for one in store.scenarios(owner="bruno@ars.invalid")] == [mine.id]
    store.give_access(hers.id, store.READ, owner="anne@ars.invalid")
    app = opened(planner, "sites", scenario=hers.id)
    shown = app.selectbox(key=f"sites_scenario_{hers.id}").options
    assert any("de anne@ars.invalid" in one for one in shown)
    assert "sites_supprimer" not in {one.key for one in app.button}
    store.delete(hers.id, owner="anne@ars.invalid")


def test_an_administrator_imports() -> None:
    app = opened({"email": "chef@exemple.fr", "email_verified": True}, "methode")
    assert "Réservé" not in texts(app)
    assert "Importer" in {button.label for button in app.button}


def test_without_a_login_configured_the_machine_is_its_users() -> None:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=TIMEOUT_SECONDS).run()
    assert "Se connecter" not in {button.label for button in app.button}
    assert "Sans compte" not in texts(app)


def test_a_reader_imports_no_line_even_where_none_is_known(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    known = catalogue.load_territory()
    bare = replace(known, pdses_lines=known.pdses_lines.iloc[:0])
    monkeypatch.setattr("pages.shell.territory", lambda: bare)
    said = texts(opened(READER, "permanence"))
    assert "Réservé aux comptes « planificateur »" in said
