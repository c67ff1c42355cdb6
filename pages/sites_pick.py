"""Candidate sites chosen by hand: a commune clicked on the map or typed, in an editable list."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import streamlit as st

from data.base.french import at, counted, number, read_number, tenths_if_any
from data.maps import payload
from data.maps import sites as sites_map
from data.maps.document import MapDocument
from data.region.gazetteer import gazetteer
from data.region.rules import LEAST_MSP_GPS, LEAST_MSP_OTHERS
from data.region.territory import Territory
from data.uploads import MAX_SITES, Site, addressed
from data.uploads.match import commune_at
from pages import (
    fields,
    following,
    map_choices,
    map_dialogue,
    map_view,
    own_choices,
    pressed,
    shell,
    sites_departures,
    sites_group,
    unread,
)
from pages.address_lists import LONGEST_LIST
from pages.sites_upload import WORK, Work, commune_labels, work

MAP = "sites_choix_carte"
"""Key of the map on which the first site is chosen."""
ADDRESS = "sites"
"""Parameter of the address that holds the sites at work."""
LEAVING = "departs"
"""Parameter of the address that holds who is supposed to leave before the sites open."""
_DEPARTURE = re.compile(r"((?:\d{2}|2[AB])\d{3}):(\d{1,3})")
_WRITTEN, _MOST_WRITTEN = "sites_ecrits", 20
_TYPED, _TURN = "sites_commune", "sites_tour"
_EDITED, _LIST = "sites_liste_", f"{shell.TYPED}sites"
_ON_A_PHONE = (
    f"<style>@media(max-width:640px){{.st-key-{_LIST} [data-testid=stColumn]:not(:first-child)"
    "{min-width:calc(33% - .6rem);flex:1 1 calc(33% - .6rem)}"
    f".st-key-{_LIST} button p{{white-space:normal!important;line-height:1.2}}}}</style>"
)
"""What is said of a site below its name is one row of a telephone: five sites were five screens."""
_COUNTS = {"gps": "Généralistes", "others": "Autres professionnels"}
_HEADS = {"Nom du site": 5, **dict.fromkeys(_COUNTS.values(), 2), "": 2}
"""Headings of the list and widths of its columns, the last one of what takes a site out."""
MOST_GPS = 50
_TOUCHED = "sites_touches"
"""Key of whether a gesture has changed the list since the address was last read."""
_REFUSED = "sites_refuse"
"""Key of what was written in a count and is none."""
MOST_EDITED = 30
"""Above this number of sites the list is not edited here: a file is the tool."""
MOST_IN_SIGHT, _IN_A_FOLD = 8, "Noms et effectifs des sites de la liste"
"""Sites whose fields stand in sight; what the fold of those of a longer list says."""


def _add(territory: Territory, code: str) -> None:
    """Add a site in the middle of a commune, unless the list has one there."""
    current = work()
    known = {one.code for one in current.reopened}
    if code not in commune_labels(territory) or code in known or len(known) >= MAX_SITES:
        return
    place = territory.communes[territory.communes["code"] == code].iloc[0]
    _append(code, str(place["name"]), float(place["lon"]), float(place["lat"]))


def _add_all(territory: Territory, codes: Iterable[str]) -> None:
    for code in codes:
        _add(territory, code)


def add_point(territory: Territory, lon: float, lat: float) -> str:
    """Add a site at a point (degrees, WGS84), and return in French why it cannot be, else ""."""
    sites = work().reopened
    if any((one.lon, one.lat) == (lon, lat) for one in sites):
        return ""
    if len(sites) >= MAX_SITES:
        return f"La liste des sites en a déjà {MAX_SITES} : retirez-en un sur la page des sites."
    place = commune_at(gazetteer(territory.region), territory.communes, lon, lat)
    if place is None:
        return "Ce point est hors de la région et de ses abords : aucun site ne s’y évalue."
    _append(place.code, place.name, lon, lat)
    return ""


def _append(code: str, name: str, lon: float, lat: float) -> None:
    """Add a site of the size that a label asks for at least to the list."""
    sites = work().reopened
    site = Site(
        line=max((one.line for one in sites), default=0) + 1,
        name=f"MSP {at(name)}",
        code=code,
        commune=name,
        lon=lon,
        lat=lat,
        gps=float(LEAST_MSP_GPS),
        others=float(LEAST_MSP_OTHERS),
    )
    _keep((*sites, site))


def _keep(sites: tuple[Site, ...]) -> None:
    """Take a list that a gesture has changed as the work in hand."""
    work().reopened = sites
    st.session_state[_TOUCHED] = True


def _picked(territory: Territory) -> list[str]:
    """Return the communes of the list, as the field that adds to it shows them."""
    if len(work().reopened) > MOST_EDITED:
        return []
    labels = commune_labels(territory)
    return list(dict.fromkeys(one.code for one in work().reopened if one.code in labels))


def _typed(key: str, territory: Territory) -> None:
    """Add the communes just chosen in the field of this key, and take out those taken away."""
    if (told := fields.change(key)) is None:
        return
    if gone := set(told.before) - set(told.after):
        _keep(tuple(one for one in work().reopened if one.code not in gone))
    for code in told.after:
        if code not in told.before:
            _add(territory, code)


def follow(territory: Territory, key: str) -> None:
    """Add the site that the card of a map asks for, once, and draw the screen again."""
    message = map_dialogue.asked(key)
    view = map_dialogue.told(message)
    turn = message.get("turn")
    if message.get("action") != sites_map.CARD_ACTION["action"] or view is None:
        return
    if turn != st.session_state.get(_TURN):
        st.session_state[_TURN] = turn
        _add(territory, view.commune)
        map_choices.forget_place()
        st.rerun(scope="app")


@st.cache_resource(
    show_spinner="Préparation de la carte…", max_entries=4, hash_funcs=shell.BY_VERSION
)
def _payload(territory: Territory) -> str:
    def build() -> MapDocument:
        around = {level: shell.aggregated_indicators(territory, level) for level in payload.LEVELS}
        return sites_map.opening(territory, shell.commune_indicators(territory), around)

    return sites_map.kept_opening(territory, build).sent


@st.fragment
def _map(territory: Territory) -> None:
    follow(territory, MAP)
    view = map_dialogue.told(map_dialogue.asked(MAP))
    answer = {} if view is None else map_dialogue.answer(territory, view)
    answer["chosen"] = map_choices.follow(MAP, own_choices.LAYERS, sites_map.OFFERED)
    map_view.draw_map(_payload(territory), answer, MAP)


def _changed(line: int, keys: Mapping[str, str]) -> None:
    """Take what was typed about a site, in the fields of these keys, into the work in hand."""
    told = {field: fields.change(key) for field, key in keys.items()}
    said = {field: str(one.after) for field, one in told.items() if one}
    _keep(tuple(_with(one, said) if one.line == line else one for one in work().reopened))


def _with(site: Site, said: Mapping[str, str]) -> Site:
    """Return a site with what was typed; a count that is no number is told, and changes nothing."""
    counts: dict[str, Any] = {}
    for field in said.keys() & _COUNTS:
        if not said[field].strip():  # not known, and still not
            continue
        read = read_number(said[field])
        if read is None or not 0 <= read <= MOST_GPS:
            st.session_state[_REFUSED] = said[field]
        else:
            counts[field] = read
    return replace(site, name=said.get("name", "").strip() or site.name, **counts)


def _remove(line: int) -> None:
    _keep(tuple(one for one in work().reopened if one.line != line))


def _empty() -> None:
    _keep(())
    work().scenario, work().revision, work().gone = "", 0, False


def _row(site: Site) -> None:
    """Draw a site of the list: its name, its GPs, and what takes it out."""
    name, gps, others, out = st.columns(list(_HEADS.values()), vertical_alignment="bottom")
    keys = {"name": fields.written(f"{_EDITED}name_{site.line}", site.name)}
    for field in _COUNTS:
        count: float | None = getattr(site, field)
        told = "" if count is None else number(count, tenths_if_any(count))
        keys[field] = fields.written(f"{_EDITED}{field}_{site.line}", told)
    name.text_input(
        f"Nom du site ({site.commune or 'hors région'})",
        max_chars=120,
        key=keys["name"],
        on_change=_changed,
        args=(site.line, keys),
    )
    for place, (field, label) in zip((gps, others), _COUNTS.items(), strict=True):
        place.text_input(
            label,
            max_chars=6,
            key=keys[field],
            on_change=_changed,
            args=(site.line, keys),
        )
    out.button(
        f"Retirer {site.commune or 'ce site'}",
        key=f"{_EDITED}out_{site.line}",
        on_click=_remove,
        args=(site.line,),
        width="stretch",
    )


def draw_choice(territory: Territory) -> None:
    """Draw the choice of a commune, the list made so far and, before any site, the map."""
    labels = commune_labels(territory)
    # It shows what the list holds: emptied at each choice, it would forget what is being typed.
    key = fields.written(_TYPED, _picked(territory))
    st.multiselect(
        "Ajouter un site : cliquez une commune sur la carte, ou écrivez son nom",
        list(labels),
        format_func=labels.__getitem__,
        placeholder="Nom de la commune",
        select_all=False,
        key=key,
        on_change=_typed,
        args=(key, territory),
    )
    current = work()
    if codes := sites_group.draw(territory, {one.code for one in current.reopened}):
        pressed.finish(partial(_add_all, territory, codes))
        st.rerun()
    if current.reopened:
        count = len(current.reopened)
        st.text(f"{counted(count, 'site', 'sites')} dans la liste.")
        if refused := st.session_state.pop(_REFUSED, ""):
            st.error(f"Un effectif est un nombre de 0 à {MOST_GPS} : rien n’a changé.")
            st.text(f"Écrit : {refused}")
        if count <= MOST_EDITED:
            st.html(_ON_A_PHONE)
            # A long list, made at once, would put its answer screens below.
            folded = count > MOST_IN_SIGHT
            box = own_choices.fold(_IN_A_FOLD, "liste") if folded else st.container()
            with box, st.container(key=_LIST):
                fields.heads(_LIST, _HEADS)
                for site in current.reopened:
                    _row(site)
        else:
            st.caption(
                f"Au-delà de {MOST_EDITED} sites, modifiez-les dans un fichier : l’export XLSX de "
                "cette page se réimporte."
            )
        st.button("Vider la liste", key="sites_vider", on_click=_empty)
    elif not current.digest:
        _map(territory)
    else:
        st.empty()  # at once in the place of the map: it would stay above until all is drawn


def restore(territory: Territory, query: Mapping[str, str]) -> None:
    """Take the sites of the address as the work in hand: at the start, or when it changed.

    Changed since a scenario was opened, they stand before what was saved: the next save of the
    scenario holds them. A gesture wins over the address: made before the browser had written
    that of the gesture before, it would be undone by it. So would the last gesture by a run that
    it did not ask for and that still comes with an address of before.
    """
    asked, wrote = query.get(ADDRESS, ""), _wrote()
    if not asked and following.stepped() and _is_in_address():
        st.session_state[WORK] = Work()
        sites_departures.forget()
    late = asked in wrote and not following.stepped()
    if st.session_state.pop(_TOUCHED, False) or not asked or late or wrote[-1:] == [asked]:
        return
    _note_written(asked)
    sites = addressed.from_text(asked, territory)
    if not sites:
        unread.note(
            ADDRESS,
            "Les sites de cette adresse ne se lisent pas : elle est sans doute coupée. Demandez-la "
            "de nouveau, ou ajoutez les sites ci-dessous.",
        )
    current = work()
    if sites:
        left = _DEPARTURE.findall(query.get(LEAVING, "")[:LONGEST_LIST])
        st.session_state[WORK] = Work(
            reopened=sites,
            scenario=current.scenario,
            revision=current.revision,
            departures={code: int(count) for code, count in left},
        )
        sites_departures.forget()


def _is_in_address() -> bool:
    """Tell whether Forward finds the work in hand again: neither a file nor a scenario is lost."""
    current = work()
    return bool(_wrote()[-1:] not in ([], [""]) and not current.digest and not current.scenario)


def _wrote() -> list[str]:
    """Return what addresses said of the sites, those that were read or written last at the end."""
    known: list[str] = st.session_state.setdefault(_WRITTEN, [])
    return known


def _note_written(text: str) -> None:
    others = [one for one in _wrote() if one != text]
    st.session_state[_WRITTEN] = [*others[-_MOST_WRITTEN:], text]


def kept(sites: tuple[Site, ...]) -> dict[str, str]:
    """Return what the address says of the sites at work."""
    text = addressed.to_text(sites)
    _note_written(text)
    left = ",".join(f"{code}:{count}" for code, count in sorted(work().departures.items()))
    return {key: said for key, said in ((ADDRESS, text), (LEAVING, left)) if text and said}


def say_kept(sites: tuple[Site, ...]) -> None:
    """Say that sites too many for the address are not kept in it."""
    if sites and not _wrote()[-1]:
        st.caption(
            "Ces sites sont trop nombreux pour l’adresse : enregistrez un scénario pour les "
            "retrouver après un rechargement de la page."
        )
