"""Scenarios on screen: save, reopen, duplicate, compare, delete; links to share and revoke."""

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from data.base import french
from data.region.territory import Territory
from data.reports.scenario_results import Search
from data.scenarios import drafts, sharing, store
from data.scenarios.comparison import compare
from data.scenarios.drafts import Draft
from data.scenarios.listing import Kind
from data.scenarios.sharing import Share
from data.scenarios.store import Scenario
from data.siting.best import BestSites
from data.uploads import Site
from geo.errors import MomentarilyUnavailableError, ProxiSoinsError
from pages import (
    accounts,
    grids,
    kept_parts,
    links,
    own_choices,
    pressed,
    scenario_list,
    scenario_pair,
    sites_best,
    sites_departures,
    sites_sharing,
)
from pages.accounts import Role
from pages.sites_upload import WORK, Work, work

_CHOSEN = "choisi"
"""In the address: the scenario chosen in the list, where it is not the one in use."""
_OPENINGS = "sites_ouvertures"
"""Key of how many scenarios were opened in this session."""
_MADE = "sites_lien"
"""Key of the link that was just made: its identity and its address, told nowhere else."""


def draft_of(
    territory: Territory,
    sites: tuple[Site, ...],
    found: tuple[Search, BestSites] | None,
    name: str,
    note: str = "",
) -> Draft:
    """Return what would be saved now."""
    return Draft(
        name,
        territory.region,
        note,
        sites,
        departures=dict(work().departures),
        parameters=({} if found is None else found[0].to_parameters()) | kept_parts.of_view(),
        data_versions=drafts.data_versions(territory),
        simulated=territory.simulated,
    )


def named(draft: Draft) -> Draft:
    """Return a draft under the name and note in sight: typed, else of the scenario in use."""
    current, _ = _current()
    known = draft if current is None else current.draft
    typed = [st.session_state.get(key) for key in _identity_keys()]
    name, note = typed[0] or known.name, known.note if typed[1] is None else typed[1]
    return replace(draft, name=name, note=note)


def _identity_keys() -> tuple[str, str]:
    """Return the keys of the fields of the name and of the note, of the scenario in use.

    A scenario that is opened again shows what was saved, not what was typed before.
    """
    rank = f"{work().scenario or 'nouveau'}#{st.session_state.get(_OPENINGS, 0)}"
    return f"sites_nom_{rank}", f"sites_note_{rank}"


def open_scenario(territory: Territory, scenario: Scenario, *, anew: bool = True) -> None:
    """Make a scenario the work in hand; its pole and its projects too, unless not `anew`."""
    if anew:
        kept_parts.to_view(scenario.draft)
    sites = scenario.draft.sites
    departures = dict(scenario.draft.departures)
    st.session_state[WORK] = Work(
        reopened=sites, scenario=scenario.id, revision=scenario.revision, departures=departures
    )
    st.session_state[_OPENINGS] = st.session_state.get(_OPENINGS, 0) + 1
    sites_departures.forget()
    search = Search.from_parameters(scenario.draft.parameters, len(sites))
    sites_best.start_from(search, territory, sites, departures)


def _current() -> tuple[Scenario | None, MomentarilyUnavailableError | None]:
    """Return the scenario in use, if it still exists, or why it cannot be told just now."""
    if not work().scenario:
        return None, None
    try:
        return store.load(work().scenario, owner=accounts.author()), None
    except MomentarilyUnavailableError as away:  # it is in use still once the base is back
        return None, away
    except ProxiSoinsError:
        _outlive()
        return None, None


def _outlive() -> None:
    """Go on without the scenario in use, which someone has deleted: what was typed of it stays."""
    typed = [st.session_state.get(key) for key in _identity_keys()]
    work().scenario, work().gone = "", True
    for key, text in zip(_identity_keys(), typed, strict=True):
        if text is not None:
            st.session_state[key] = text


def draw_save(
    territory: Territory, sites: tuple[Site, ...], found: tuple[Search, BestSites] | None
) -> None:
    """Draw the form that saves the sites and the search as a scenario."""
    current, away = _current()
    name, note = _draw_identity(current)
    draft = draft_of(territory, sites, found, name, note)
    if work().gone:
        st.warning(
            "Le scénario en cours a été supprimé entre-temps. Rien n’est perdu de ce que vous "
            "voyez : « Enregistrer comme nouveau » le garde."
        )
    if current is not None and current.revision != work().revision:
        _say_changed(territory, current, draft)
    new, changes = _draw_buttons(current)
    if not new and not changes:
        return
    if not name.strip():
        st.warning("Donnez un nom au scénario, puis enregistrez-le.")
        return

    def save() -> None:
        if away is not None:
            raise away
        who, hand = accounts.author(), work()
        if new or current is None:
            accounts.require(Role.PLANNER)
            saved = store.save(draft, owner=who)
        else:
            accounts.require(Role.PLANNER)
            saved = store.update(replace(current, revision=hand.revision), draft, owner=who)
        hand.scenario, hand.revision, hand.gone = saved.id, saved.revision, False

    try:
        pressed.finish(save)
    except ProxiSoinsError as error:
        st.error("Le scénario n’a pas été enregistré.")
        st.text(str(error))
        return
    st.toast("Scénario enregistré.")
    st.rerun()


def _draw_identity(current: Scenario | None) -> tuple[str, str]:
    """Draw the fields of the name and of the note, those of the scenario in use at first."""
    left, right = st.columns([2, 3])
    name_key, note_key = _identity_keys()
    name = left.text_input(
        "Nom du scénario",
        value=current.draft.name if current else "",
        max_chars=drafts.NAME_CHARACTERS,
        key=name_key,
    )
    note = right.text_area(
        "Note",
        value=current.draft.note if current else "",
        max_chars=drafts.NOTE_CHARACTERS,
        height=80,
        key=note_key,
    )
    return name, note


def _draw_buttons(current: Scenario | None) -> tuple[bool, bool]:
    """Draw the buttons that save; tell whether as a new scenario, and whether as the one in use."""
    mine = current is None or current.changed_by(accounts.author())
    with st.container(horizontal=True):
        # In use whatever is typed: a field says what it holds only once it is left.
        pressed_new = pressed.offer("Enregistrer comme nouveau", key="sites_enregistrer")
        pressed_changes = None
        if work().scenario:
            pressed_changes = pressed.offer(
                "Enregistrer les changements",
                key="sites_mettre_a_jour",
                disabled=not mine,
            )
    if current is not None and not mine:
        st.text(
            f"Ce scénario appartient à {current.owner}, qui le partage en lecture : enregistrez "
            "vos changements comme nouveau scénario."
        )
    return pressed_new(), pressed_changes is not None and pressed_changes()


def _say_changed(territory: Territory, saved: Scenario, mine: Draft) -> None:
    """Say that someone else saved the scenario since it was opened here; offer to compare."""
    when = saved.updated_at.astimezone()
    st.warning(
        f"Quelqu’un a enregistré ce scénario entre-temps ({french.date(when.date())}, "
        f"{when:%H:%M}). Rien n’est perdu : comparez, puis gardez les deux avec « Enregistrer "
        "comme nouveau », ou reprenez la version enregistrée."
    )
    if saved.updated_by:  # as text: it comes from the login's provider
        st.text(f"Enregistré par {saved.updated_by}.")
    with st.expander("Comparer les deux versions"):
        differences = compare(saved.draft, mine)
        titles = {
            "aspect": "Quoi",
            "item": "Élément",
            "first": "Version enregistrée",
            "second": "La vôtre",
        }
        changed = differences[~differences["same"]]
        grids.draw(changed[list(titles)].rename(columns=titles), hide_index=True)
    if pressed.button("Reprendre la version enregistrée", key="sites_reprendre"):
        pressed.finish(lambda: open_scenario(territory, saved))
        st.rerun()


def draw_list(territory: Territory) -> None:
    """Draw the scenarios kept, and what can be done with one."""
    who, in_use = accounts.author(), work().scenario
    asked = scenario_list.still("sites_scenarios", own_choices.told().get(_CHOSEN, ""), in_use)
    wanted = (scenario_pair.pair()[0], in_use)
    also = asked or next(filter(None, wanted), "")
    found = scenario_list.draw(territory.region, Kind.WORK, "sites_scenarios", also=also)
    by_id = found.scenarios
    if not by_id:
        scenario_pair.forget()
        if not found.total:
            st.text("Aucun scénario enregistré dans cette région.")
        sites_sharing.draw_bin(territory.region)
        return
    usual = next((one for one in wanted if one in by_id), next(iter(by_id)))
    key = f"sites_scenario_{in_use}"
    own_choices.show(key, asked if asked in by_id else usual)
    if st.session_state[key] not in by_id:
        st.session_state[key] = usual
    picked: str = st.selectbox(
        "Scénarios enregistrés",
        list(by_id),
        format_func=lambda one: _label(by_id[one], who),
        key=key,
    )
    own_choices.say(**{_CHOSEN: "" if picked == usual else picked})
    chosen = by_id[picked]
    if chosen.draft.note:
        st.text(chosen.draft.note)
    with st.container(horizontal=True):
        if pressed.button("Rouvrir", key="sites_rouvrir"):
            pressed.finish(lambda: open_scenario(territory, chosen))
            st.rerun()
        if pressed.button("Dupliquer", key="sites_dupliquer"):
            _duplicate(chosen)
        if chosen.owned_by(who) and sites_sharing.draw_delete(
            chosen, "Supprimer", "sites_supprimer"
        ):
            if work().scenario == chosen.id:
                work().scenario = ""
            st.rerun()
    if chosen.changed_by(who):
        draw_shares(chosen)
    sites_sharing.draw_access(chosen)
    sites_sharing.draw_journal(chosen)
    sites_sharing.draw_bin(territory.region)
    scenario_pair.draw(territory, chosen, [one for one in by_id.values() if one.id != picked])


def _duplicate(chosen: Scenario) -> None:
    name = f"{chosen.draft.name[: drafts.NAME_CHARACTERS - 10]} (copie)"

    def copy() -> None:
        accounts.require(Role.PLANNER)
        made = store.duplicate(chosen.id, name, owner=accounts.author())
        hand = work()
        hand.scenario, hand.revision, hand.gone = made.id, made.revision, False

    try:
        pressed.finish(copy)
    except ProxiSoinsError as error:
        st.error("Le scénario n’a pas été dupliqué.")
        st.text(str(error))
        return
    st.rerun()


def _label(scenario: Scenario, who: str) -> str:
    when = scenario.updated_at.astimezone()
    return (
        f"{scenario.draft.name} · {kept_parts.words(scenario.draft)} · "
        f"{french.date(when.date())}, {when:%H:%M}"
        f"{sites_sharing.belongs_to(scenario, who)}"
    )


def draw_shares(chosen: Scenario) -> None:
    """Draw the links of a scenario: a new one is shown here alone, the others can be revoked."""
    st.subheader("Partager")
    # Their keys do not name the scenario: who saves, then shares at once, clicks on what was drawn
    # before, and means what was just saved.
    with st.container(horizontal=True, vertical_alignment="bottom"):
        days = st.number_input(
            "Durée du lien (jours)",
            min_value=1,
            max_value=sharing.MOST_SHARE_DAYS,
            value=sharing.SHARE_DAYS,
            key="sites_jours",
            width=260,
        )
        asked = pressed.button("Créer un lien", key="sites_partager", kind="primary")
    if asked:
        pressed.finish(lambda: _make_link(chosen, int(days)))
    made_before = sharing.shares(chosen.id, owner=accounts.author())
    _show_made(made_before)
    for number, link in enumerate(made_before, start=1):
        left, right = st.columns([2, 3], vertical_alignment="center")
        left.text(f"Lien {len(made_before) - number + 1} : {links.state(link)}")
        if link.active and pressed.button("Révoquer", key=f"sites_revoquer_{link.id}", place=right):
            accounts.require(Role.PLANNER)
            sharing.revoke(link.id, owner=accounts.author())
            st.rerun()


def _make_link(chosen: Scenario, days: int) -> None:
    st.session_state.pop(_MADE, None)
    try:
        accounts.require(Role.PLANNER)
        token, made = sharing.share(chosen.id, days=days, owner=accounts.author())
    except ProxiSoinsError as error:
        st.error("Le lien n’a pas été créé.")
        st.text(str(error))
    else:
        st.session_state[_MADE] = (made.id, links.address(token, chosen.draft.region))


def _show_made(known: Sequence[Share]) -> None:
    """Show the link that was just made, when it is one of these and still opens."""
    made_id, address = st.session_state.get(_MADE, ("", ""))
    for link in known:
        if link.id == made_id and link.active:
            st.code(address, language=None, wrap_lines=True)
            st.text(
                "Copiez ce lien maintenant : il n’est montré qu’ici. Il ouvre le scénario tel "
                "qu’il est, en lecture seule, jusqu’au "
                f"{french.date(link.expires_at.astimezone().date())}."
            )
