"""Roles: what each sees, and what the public never does."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from data.base.paths import ROOT
from data.region import catalogue
from pages.accounts import Role, granted
from tests.pages.test_generated_addresses import SCREENS, opening_on

TIMEOUT_SECONDS = 240
OPEN_TO_ALL = {"territoire", "partage"}
RULES = {"administrators": ["chef@exemple.fr"], "planners": ["planification"], "claim": "groupes"}


@pytest.mark.parametrize(
    ("user", "role"),
    [
        ({"email": "a@exemple.fr", "email_verified": True}, Role.READER),
        ({"email": "Chef@exemple.fr", "email_verified": True}, Role.ADMINISTRATOR),
        ({"email": "chef@exemple.fr", "email_verified": False}, Role.READER),
        ({"email": "chef@exemple.fr"}, Role.READER),
        ({"groupes": ["planification", "autre"]}, Role.PLANNER),
        ({"groupes": "planification"}, Role.PLANNER),
        ({"groupes": None}, Role.READER),
        ({"groupes": ["Planification"]}, Role.READER),
        ({"roles": ["planification"]}, Role.READER),
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


def test_without_rules_everyone_reads() -> None:
    assert granted({"email": "a@exemple.fr", "email_verified": True}, {}) is Role.READER


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
    app = opened({"groupes": []}, "methode")
    assert "Réservé aux comptes « administrateur »" in texts(app)
    assert "Importer" not in {button.label for button in app.button}


def test_a_reader_keeps_nothing() -> None:
    said = texts(opened({"groupes": []}, "sites"))
    assert said.count("Réservé aux comptes « planificateur »") == 1
    assert "Aucun scénario" not in said


def test_a_planner_finds_the_scenarios() -> None:
    said = texts(opened({"groupes": ["planification"]}, "sites"))
    assert "Réservé" not in said
    assert "Aucun scénario" in said


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
    said = texts(opened({"groupes": []}, "permanence"))
    assert "Réservé aux comptes « planificateur »" in said
