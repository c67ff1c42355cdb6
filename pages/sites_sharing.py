"""A scenario among planners: whose it is, who may open it, what was done, what can come back."""

import streamlit as st

from data.base import french
from data.scenarios import drafts, journal, store
from data.scenarios.store import Scenario
from geo.errors import ProxiSoinsError
from pages import accounts, pressed
from pages.accounts import Role

ACCESS = {
    store.PRIVATE: "moi seulement",
    store.READ: "les planificateurs, en lecture",
    store.CHANGE: "les planificateurs, qui peuvent le modifier",
}


def belongs_to(scenario: Scenario, who: str) -> str:
    """Return whose a scenario is, for a list; "" where it is one's own, or everyone's."""
    return "" if scenario.owned_by(who) else f" · de {scenario.owner}"


@st.fragment
def draw_access(chosen: Scenario) -> None:
    """Let the owner say who may open a scenario; nothing to say where nobody logs in."""
    if not accounts.author() or chosen.owner != accounts.author():
        return
    access = st.selectbox(
        "Qui peut ouvrir ce scénario",
        list(ACCESS),
        index=list(ACCESS).index(chosen.access),
        format_func=ACCESS.__getitem__,
        key=f"sites_acces_{chosen.id}",
    )
    if access == chosen.access:
        return
    try:
        accounts.require(Role.PLANNER)
        store.give_access(chosen.id, access, owner=accounts.author())
    except ProxiSoinsError as error:
        st.error("Le partage n’a pas changé.")
        st.text(str(error))
        return
    st.rerun()


def draw_journal(chosen: Scenario) -> None:
    """List who did what to a scenario, once asked."""
    with st.expander("Journal du scénario"):
        lines = journal.entries(chosen.id)
        for line in lines:
            when = line.at.astimezone()
            by = line.author or "depuis cette machine"
            st.text(f"{french.date(when.date())}, {when:%H:%M} · {line.action} · {by}")
        if not lines:
            st.text("Rien n’est noté : ce scénario est plus ancien que le journal.")
        st.caption(f"Chaque ligne est gardée {journal.KEPT_DAYS} jours.")


def draw_delete(kept: Scenario, label: str, key: str) -> bool:
    """Draw how to delete a scenario or a plan; tell whether it was just deleted."""
    with st.popover("Supprimer"):
        st.text(
            "Il quitte la liste et ses liens se ferment ; il se rétablit depuis la corbeille de "
            f"l’écran des sites pendant {store.DELETED_DAYS} jours."
        )
        # Not `pressed`: a click kept until another scenario is chosen would delete that one.
        if not st.button(label, key=key):
            return False
        accounts.require(Role.PLANNER)
        store.delete(kept.id, owner=accounts.author())
        return True


def draw_bin(region: str) -> None:
    """Offer to restore the scenarios of a region that were deleted lately."""
    who = accounts.author()
    gone = {
        one.id: one
        for one in store.deleted(owner=who)
        if one.draft.region == region and drafts.VIEW not in one.draft.parameters
    }
    if not gone:
        return
    with st.expander(f"Corbeille ({len(gone)})"):
        picked = st.selectbox(
            "Scénario supprimé", list(gone), format_func=lambda one: _told(gone[one])
        )
        if pressed.button("Rétablir", key="sites_retablir"):

            def restore() -> None:
                accounts.require(Role.PLANNER)
                store.restore(picked, owner=who)

            try:
                pressed.finish(restore)
            except ProxiSoinsError as error:
                st.error("Le scénario n’a pas été rétabli.")
                st.text(str(error))
                return
            st.rerun()


def _told(scenario: Scenario) -> str:
    when = (scenario.deleted_at or scenario.updated_at).astimezone().date()
    return f"{scenario.draft.name} · supprimé le {french.date(when)}"
