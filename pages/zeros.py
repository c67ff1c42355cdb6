"""Zeros of counts of GPs that are to check: who knows says that they are true, or takes it back."""

from collections.abc import Callable, Sequence

import streamlit as st

from data.region import catalogue, confirmed_zeros
from data.region.falls import Zero
from data.region.territory import Territory
from pages import accounts, pressed
from pages.accounts import Role


def draw(territory: Territory, *, key: str, listed: bool = True) -> None:
    """Draw the zeros of a region that are to check or confirmed, and what a planner may do of them.

    Nothing where there is none. Those to check are not `listed` where a report names them.
    """
    if not territory.zeros:  # what was taken back is to check again, and there
        return
    st.header("Effectifs tombés à zéro")
    st.markdown(
        "Dix médecins ou plus, puis aucun : c’est le plus souvent une erreur du fichier. "
        "L’effectif reste inconnu, jamais zéro, tant que personne ne le confirme."
    )
    to_check = [zero for zero in territory.zeros if zero.confirmed is None]
    believed = [zero for zero in territory.zeros if zero.confirmed is not None]
    planner = accounts.role() >= Role.PLANNER
    for zero in to_check if listed else []:
        st.text(f"À vérifier : {zero.told}")
    if planner:
        _offer("Confirmer ces zéros", to_check, territory.region, _confirm, key=f"{key}_confirmer")
    for zero in believed:
        st.text(f"Zéro confirmé : {_signed(zero) if planner else zero.told}")
    if planner:
        label = "Reprendre la confirmation"
        _offer(label, believed, territory.region, _take_back, key=f"{key}_rendre")
        _draw_past(territory)


def _offer(
    label: str,
    zeros: Sequence[Zero],
    region: str,
    act: Callable[[Sequence[Zero]], None],
    *,
    key: str,
) -> None:
    """Offer to choose among zeros and to do something of those chosen."""
    if not zeros:
        return
    by_name = {f"{zero.name} ({zero.fall.code}), {zero.fall.year}": zero for zero in zeros}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.multiselect(
            "Zéros confirmés" if zeros[0].confirmed else "Zéros à vérifier",
            list(by_name),
            default=list(by_name) if len(by_name) == 1 else [],
            placeholder="Choisir",
            key=key,
        )
        asked = pressed.button(
            label,
            key=f"{key}_bouton",
            disabled=not chosen,
            about=f"{catalogue.state_key(region)} {chosen}",
        )
    if asked:
        pressed.finish(lambda: act([by_name[one] for one in chosen]))
        st.rerun()


def _confirm(zeros: Sequence[Zero]) -> None:
    accounts.require(Role.PLANNER)
    confirmed_zeros.confirm([zero.fall for zero in zeros], accounts.author())


def _take_back(zeros: Sequence[Zero]) -> None:
    pairs = [(zero.fall.code, zero.fall.year) for zero in zeros]
    accounts.require(Role.PLANNER)
    confirmed_zeros.take_back(pairs, accounts.author())


def _draw_past(territory: Territory) -> None:
    """Tell planners which confirmations were taken back, when and by whom."""
    names = {zero.fall.code: zero.name for zero in territory.zeros}
    for one in confirmed_zeros.taken_back():
        if one.fall.code in names:
            st.text(f"Confirmation reprise : {one.told_of(names[one.fall.code])}")


def _signed(zero: Zero) -> str:
    """Return a confirmed zero with who confirmed it: planners read it, the public does not."""
    return zero.told + (zero.confirmed.by if zero.confirmed else "")
