"""The place that an address asks for by hand: by its name, in another region, of no known code."""

from collections.abc import Mapping

import streamlit as st

from data.access.indicators import LEVELS
from data.base.codes import departement
from data.base.french import slug
from data.region import asked_places, france
from data.region.asked_places import Asked
from pages import shell, unread
from pages.address_lists import LONGEST_LIST
from pages.state import ViewState

_COMMUNE, _REGION, _TERRITORY, _BESIDE = "commune", "region", "territoire", "avec"
_LEVELS = ("commune", "departement")
"""Levels of a sheet whose codes tell their region."""
_ANY = ("commune", "departement", "epci", "region")
"""Levels of which a sheet may be asked for by a name or a code alone, as they are sought."""
SHEET = "territoire-demande"
"""Under which is kept what a sheet was asked for in vain, for its screen to say."""
_LISTS = {
    "risques": {"dep": "departement", "epci": "epci"},
    "carte": {"tdep": "departement", "tepci": "epci"},
    "solidarite": {
        "epci_cible": "epci",
        "aidant": "departement",
        "repris": "departement",
        "liste": "commune",
        "lieux_liste": "commune",
    },
}
"""Screens, and the parameters that hold places of theirs with commas between, with their level."""
_ANYWHERE = ("regions",)
"""Screens that open where the region is not built: nothing there is read of one."""
_READ = "adresse_lue_"
"""Before a parameter, in the session: the text of it that was read last."""


def read(screen: str) -> None:
    """Write in the address the places that it means, by their codes; note what it means not."""
    _read_region(screen)
    named = st.query_params.get(_REGION, "")
    if screen not in _ANYWHERE:
        _read_territory(named)
        _read_lists(screen)
    if not (asked := st.query_params.get(_COMMUNE, "")):
        return
    view = ViewState.from_query(st.query_params.to_dict())
    found = asked_places.commune(asked, view.region, anywhere=not named)
    if found.told:
        unread.note(f"{_COMMUNE}-{screen}", found.told)
        # Said empty, or the map would open on the commune that its tab remembers.
        st.query_params[_COMMUNE] = ""
        return
    if found.region != view.region:
        st.query_params[_REGION] = found.region
    if found.code != view.commune:
        st.query_params[_COMMUNE] = found.code


def _read_region(screen: str) -> None:
    asked = st.query_params.get(_REGION, "")
    if not asked or ViewState.from_query({_REGION: asked}).region == asked:
        return
    if code := asked_places.region_named(asked):
        st.query_params[_REGION] = code
        return
    unread.note(
        f"{_REGION}-{screen}",
        f"Aucune région ne s’appelle « {asked[: asked_places.LONGEST]} » : voici "
        f"{france.named(france.name(ViewState.region))}. Choisissez la vôtre en haut de l’écran.",
    )
    del st.query_params[_REGION]


def _region() -> str:
    return ViewState.from_query({_REGION: st.query_params.get(_REGION, "")}).region


def _names(level: str, region: str) -> Mapping[str, str]:
    """Return the names of the territories of a level by their codes, none of communes."""
    if level == "commune":
        return {}
    if level == "departement":
        return asked_places.departements(region)
    from data.reports import sheet  # which needs more than a map waits for

    return sheet.choices(shell.commune_indicators(shell.region(region)), level)


def _is_new(parameter: str) -> bool:
    """Tell whether a parameter holds what was not read yet; take note that it is."""
    text, key = st.query_params.get(parameter, ""), _READ + parameter
    if st.session_state.get(key) == (text, _region()):
        return False
    st.session_state[key] = (text, _region())
    return bool(text)


def _write(parameter: str, text: str) -> None:
    st.query_params[parameter] = text
    st.session_state[_READ + parameter] = (text, _region())


def _read_territory(named: str) -> None:
    """Write the territory of a sheet by its code, with its region where its code tells it."""
    level, colon, code = st.query_params.get(_TERRITORY, "").partition(":")
    if not colon and level.upper() in france.REGION_OF:
        level, colon, code = "departement", ":", level.upper()
    region = france.REGION_OF.get(departement(code), "") if level in _LEVELS else ""
    if not named and region not in ("", ViewState.region):
        st.query_params[_REGION] = region
    if _is_new(_TERRITORY):
        _find_territory(named, *((level, code) if colon else ("", level)))
    level = st.query_params.get(_TERRITORY, "").partition(":")[0]
    if level in LEVELS and _is_new(_BESIDE):
        beside = st.query_params[_BESIDE]
        found = _sought(beside, level, anywhere=False)
        if found.code not in ("", beside):
            _write(_BESIDE, found.code)


def _find_territory(named: str, level: str, asked: str) -> None:
    sought = (level,) if level in LEVELS else _ANY
    text = asked if level in LEVELS or not level else st.query_params[_TERRITORY]
    found = [
        (one, _sought(text, one, anywhere=anywhere))
        for anywhere in ((False,) if named else (False, True))
        for one in sought
    ]
    nowhere = not any(place.region for _, place in found)
    if nowhere and len(sought) == 1 and level != "commune" and text.isdecimal() and len(text) > 1:
        found.append((level, Asked(text, _region())))  # the sheet says that it does not know it
    # A place that is elsewhere says more than a name that no other level has.
    level, best = min(found, key=lambda one: (not one[1].code, not one[1].region))
    if best.code:
        unread.forget(SHEET)
        if not named and best.region != _region():
            st.query_params[_REGION] = best.region
        told = f"{level}:{best.code}"
    else:
        unread.note(SHEET, best.told)
        # A code that no territory has: the sheet opens none, and not another one.
        told = f"{level}:{slug(text)[:40] or 'inconnu'}"
    if told != st.query_params[_TERRITORY]:
        _write(_TERRITORY, told)


def _sought(asked: str, level: str, *, anywhere: bool) -> Asked:
    """Return the territory of a level that a text means, by its code or its name."""
    region = _region()
    return asked_places.sheet(asked, level, region, _names(level, region), anywhere=anywhere)


def _read_lists(screen: str) -> None:
    """Write the places that filters hold by their codes; note and leave out what names none."""
    for parameter, level in _LISTS.get(screen, {}).items():
        if not _is_new(parameter):
            continue
        region = _region()
        texts = [one for one in st.query_params[parameter][:LONGEST_LIST].split(",") if one]
        found = asked_places.several(texts, level, region, _names(level, region))
        kept = ",".join(one.code for one in found if one.code)
        if told := [one.told for one in found if one.told]:
            unread.note(f"{parameter}-{screen}", " ".join(told))
        if kept != st.query_params[parameter]:
            _write(parameter, kept)


def say(screen: str, view: ViewState) -> None:
    """Say on the screen that was asked for what was not understood, until a place is chosen."""
    unread.say(f"{_REGION}-{screen}", still=view.region == ViewState.region)
    unread.say(f"{_COMMUNE}-{screen}", still=not view.commune)


def say_lists(screen: str) -> None:
    """Say what filters named in vain, until one chooses in them: after they have been drawn."""
    for parameter in _LISTS.get(screen, {}):
        text, _ = st.session_state.get(_READ + parameter, ("", ""))
        unread.say(f"{parameter}-{screen}", still=st.query_params.get(parameter, "") == text)
