"""Addresses of links, and what is said of one: the same for scenarios and for shared views."""

from urllib.parse import urlencode, urlsplit

import streamlit as st

from data.base import french
from data.scenarios.sharing import Share
from pages.state import REGION

PAGE = "partage"
"""Screen that a link opens."""
TOKEN = "jeton"  # noqa: S105  (name of the parameter)


def address(token: str, region: str) -> str:
    """Return the address of a link, on the server as this browser reaches it."""
    here = urlsplit(st.context.url or "")
    base = here.path.rsplit("/", 1)[0]
    query = {TOKEN: token} | ({} if region == REGION else {"region": region})
    return f"{here.scheme}://{here.netloc}{base}/{PAGE}?{urlencode(query)}"


def state(link: Share) -> str:
    """Return when a link was made and until when it opens, in French."""
    by = f" par {link.made_by}" if link.made_by else ""
    made = f"créé{by} le {french.date(link.created_at.astimezone().date())}"
    if link.revoked_at is not None:
        return f"{made}, révoqué le {french.date(link.revoked_at.astimezone().date())}"
    until = french.date(link.expires_at.astimezone().date())
    return f"{made}, valable jusqu’au {until}" if link.active else f"{made}, expiré le {until}"
