"""Who is looking: the public, a reader, a planner or an administrator.

Without a login configured the application is open to whoever reaches it, as on a private machine.
With one (`[auth]` in the secrets, Streamlit's own `st.login`), the provider says who one is and
`[roles]` what one may do. Of the person only the address is kept, with what was saved or shared.
"""

import time
from collections.abc import Mapping
from enum import IntEnum
from typing import Any

import streamlit as st
from streamlit.errors import StreamlitSecretNotFoundError

from data.base import ended_sessions
from geo.errors import ForbiddenError

SESSION_S = 8 * 3600
"""A login lasts a working day, or less when its provider says so (`exp`)."""

MOST_AUTHOR = 320
"""Characters of an address at most (RFC 3696)."""


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

_GRANTED = {
    "administrators": Role.ADMINISTRATOR,
    "planners": Role.PLANNER,
    "readers": Role.READER,
}
"""Lists of `[roles]`: e-mail addresses, domains ("@exemple.fr"), or values of the claim named."""


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
    return role_of(st.user.to_dict())


def role_of(user: Mapping[str, Any]) -> Role:
    """Return the role of a user as the provider describes it, the public's when the login is over.

    Asked at each run, at each action and for each file: a role that was withdrawn, a login that
    has ended here or elsewhere count at once.
    """
    if not user.get("is_logged_in") or is_over(user, time.time()) or ended_sessions.ended(user):
        return Role.PUBLIC
    return granted(user, _section("roles") or {})


def is_over(user: Mapping[str, Any], now: float) -> bool:
    """Tell whether a login has lasted longer than it may (`exp` of the provider, eight hours)."""
    limits = []
    for claim, more in (("exp", 0.0), ("iat", float(SESSION_S))):
        value = user.get(claim)
        if isinstance(value, int | float) and not isinstance(value, bool):
            limits.append(float(value) + more)
    return bool(limits) and now >= min(limits)


def end_session(user: Mapping[str, Any]) -> None:
    """End a login in every tab and every process."""
    if user.get("is_logged_in"):
        ended_sessions.end(user, SESSION_S)


def author() -> str:
    """Return the account under which something is kept: "" where nobody logs in.

    The verified address, else the provider's own name of the account.
    """
    if not login_configured():
        return ""
    return author_of(st.user.to_dict())


def author_of(user: Mapping[str, Any]) -> str:
    """Return the account of a user as the provider describes it; never "" for who has logged in."""
    if user.get("email_verified") is True and user.get("email"):
        return str(user["email"]).casefold()[:MOST_AUTHOR]
    return str(user.get("sub") or user.get("preferred_username") or "compte sans nom")[:MOST_AUTHOR]


def granted(user: Mapping[str, Any], rules: Mapping[str, Any]) -> Role:
    """Return the highest role that the rules give to a user, the public's when they name none.

    Parameters
    ----------
    user
        Claims of the provider.
    rules
        `administrators`, `planners` and `readers`: e-mail addresses, domains ("@exemple.fr"), or
        values of the claim named by `claim`. An address that the provider has not verified grants
        nothing.
    """
    told = user.get(str(rules.get("claim", "roles")), [])
    values = {told} if isinstance(told, str) else {str(one) for one in told or []}
    if user.get("email_verified") is True and user.get("email"):
        address = str(user["email"]).casefold()
        values |= {address, f"@{address.rpartition('@')[2]}"}
    found = [
        role
        for name, role in _GRANTED.items()
        if values & {one for entry in rules.get(name, []) for one in (entry, entry.casefold())}
    ]
    return max(found, default=Role.PUBLIC)


def allowed(least: Role) -> bool:
    """Tell whether who is looking may do what needs a role; if not, say so on screen."""
    if role() >= least:
        return True
    st.caption(f"Réservé aux comptes « {TITLES[least]} » : demandez ce droit à l’administrateur.")
    return False


def require(least: Role) -> None:
    """Refuse an action to who may not do it, or may no longer.

    Raises
    ------
    ForbiddenError
        The role was never given, was withdrawn, or the login is over.
    """
    if role() < least:
        raise ForbiddenError(
            f"Cette action est réservée aux comptes « {TITLES[least]} » : votre session est finie "
            "ou ce droit vous a été retiré. Reconnectez-vous, puis réessayez."
        )


def may_see_risk() -> bool:
    """Tell whether who is looking may see the risk by commune; others see groups of communes."""
    return role() >= Role.PLANNER


def is_public() -> bool:
    """Tell whether the screen is open to anyone: the rules of public views then hold."""
    return role() == Role.PUBLIC


def draw_account() -> None:
    """Offer to log in or out, where a login is configured."""
    if not login_configured():
        return
    with st.container(horizontal=True, horizontal_alignment="right", vertical_alignment="center"):
        user = st.user.to_dict()
        if not is_public():
            st.caption(f"Connecté : {TITLES[role()]}")
        elif not user.get("is_logged_in"):
            st.caption("Consultation publique")
            st.button("Se connecter", on_click=st.login, key="login", type="tertiary")
            return
        elif is_over(user, time.time()) or ended_sessions.ended(user):
            st.caption("Session finie : reconnectez-vous")
            st.button("Se connecter", on_click=st.login, key="login", type="tertiary")
            return
        else:
            st.caption("Connecté, sans droit de lecture : demandez-le à l’administrateur")
        st.button("Se déconnecter", on_click=_log_out, key="logout", type="tertiary")


def _log_out() -> None:
    """End the login, here and in the other tabs."""
    end_session(st.user.to_dict())
    st.logout()
