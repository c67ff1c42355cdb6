"""Who is looking: the public, a reader, a planner or an administrator.

Without a login configured the application is open to whoever reaches it, as on a private machine.
With one (`[auth]` in the secrets, Streamlit's own `st.login`), the provider says who one is and
`[roles]` what one may do; nothing about the person is kept.
"""

from collections.abc import Mapping
from enum import IntEnum
from typing import Any

import streamlit as st
from streamlit.errors import StreamlitSecretNotFoundError


class Role(IntEnum):
    """What one may do, each more than the one before."""

    PUBLIC = 0
    READER = 1
    PLANNER = 2
    ADMINISTRATOR = 3


TITLES = {
    Role.PUBLIC: "public",
    Role.READER: "lecteur",
    Role.PLANNER: "planificateur",
    Role.ADMINISTRATOR: "administrateur",
}

_GRANTED = {"administrators": Role.ADMINISTRATOR, "planners": Role.PLANNER}
"""Lists of `[roles]`: e-mail addresses, or values of the claim that it names."""


def _section(name: str) -> Mapping[str, Any] | None:
    """Return a section of the secrets, None where there is none."""
    try:
        section: Mapping[str, Any] | None = st.secrets.get(name)
    except StreamlitSecretNotFoundError:
        return None
    return section


def login_configured() -> bool:
    """Tell whether users must say who they are to see more than the public does."""
    return _section("auth") is not None


def role() -> Role:
    """Return the role of who is looking at this session."""
    if not login_configured():
        return Role.ADMINISTRATOR
    user = st.user.to_dict()
    if not user.get("is_logged_in"):
        return Role.PUBLIC
    return granted(user, _section("roles") or {})


def granted(user: Mapping[str, Any], rules: Mapping[str, Any]) -> Role:
    """Return the highest role that the rules give to a user, reader at least.

    Parameters
    ----------
    user
        Claims of the provider.
    rules
        `administrators` and `planners`: e-mail addresses, or values of the claim named by
        `claim`. An address that the provider has not verified grants nothing.
    """
    told = user.get(str(rules.get("claim", "roles")), [])
    values = {told} if isinstance(told, str) else {str(one) for one in told or []}
    if user.get("email_verified") is True and user.get("email"):
        values.add(str(user["email"]).casefold())
    found = [
        role
        for name, role in _GRANTED.items()
        if values & {one for entry in rules.get(name, []) for one in (entry, entry.casefold())}
    ]
    return max(found, default=Role.READER)


def allowed(least: Role) -> bool:
    """Tell whether who is looking may do what needs a role; if not, say so on screen."""
    if role() >= least:
        return True
    st.caption(f"Réservé aux comptes « {TITLES[least]} » : demandez ce droit à l’administrateur.")
    return False


def is_public() -> bool:
    """Tell whether the screen is open to anyone: the rules of public views then hold."""
    return role() == Role.PUBLIC


def draw_account() -> None:
    """Offer to log in or out, where a login is configured."""
    if not login_configured():
        return
    with st.container(horizontal=True, horizontal_alignment="right", vertical_alignment="center"):
        if is_public():
            st.caption("Consultation publique")
            st.button("Se connecter", on_click=st.login, key="login", type="tertiary")
        else:
            st.caption(f"Connecté : {TITLES[role()]}")
            st.button("Se déconnecter", on_click=st.logout, key="logout", type="tertiary")
