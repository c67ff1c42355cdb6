"""Screen "Régions": every region of France, opened when it is built, built when it is not."""

import streamlit as st

from data.region import france
from data.upkeep import region_builds
from data.upkeep.region_builds import STEPS, Build
from geo.errors import ProxiSoinsError
from pages import accounts, region_switch
from pages.accounts import Role

WIDTH_PIXELS = 300
"""Of a button: the longest name holds on one line."""
SECONDS = 2.0
"""Between two looks at a build under way."""
_FOLLOWED = "region_followed"
"""Key of the region whose build this session has seen under way."""


def _build(code: str) -> None:
    region_switch.ask_for(code)
    st.rerun()


def _choices(codes: list[str], built: frozenset[str], *, may_build: bool, busy: bool) -> None:
    chosen = ""
    with st.container(horizontal=True):  # in the order of names, however many fit on a line
        for code in codes:
            there = code in built
            if st.button(
                region_switch.label(code)
                if there
                else f"{region_switch.label(code)} · à construire",
                key=f"region-{code}",
                type="primary" if there else "secondary",
                disabled=not there and (busy or not may_build),
                width=WIDTH_PIXELS,
            ):
                chosen = code
    if chosen:
        (region_switch.open_region if chosen in built else _build)(chosen)


@st.fragment(run_every=SECONDS)
def _under_way(region: str) -> None:
    """Follow a build; the whole screen is drawn again at its end."""
    build = region_builds.last()
    st.session_state[_FOLLOWED] = region
    if build is None or not build.running or build.region != region:
        st.rerun()
    st.progress(
        build.step / len(STEPS),
        text=f"{region_switch.label(build.region)}, étape {build.step + 1} sur {len(STEPS)} : "
        f"{build.said}…",
    )
    st.caption(
        "Une à trois minutes sur une machine ordinaire. Vous pouvez quitter cet écran, ou fermer "
        "le navigateur : la construction continue, et l’avancement se retrouve ici."
    )


def _ended(build: Build) -> None:
    """Say how the last build ended: open what is there, or what to do when it stopped."""
    named = region_switch.label(build.region)
    if not build.error:
        asked = st.session_state.get(region_switch.ASKED)
        there = build.region in france.built()
        if asked == build.region and there:
            region_switch.open_region(build.region)
        # Who comes back by a new session has asked for nothing there: it is said, not opened.
        if st.session_state.get(_FOLLOWED) == build.region and there:
            st.success(f"{named} : construction terminée.")
            if st.button(f"Ouvrir : {named}", type="primary"):
                region_switch.open_region(build.region)
        return
    st.error(f"{named} n’a pas été construite.")
    st.text(build.error)
    if accounts.role() >= Role.ADMINISTRATOR:
        if st.button(f"Reprendre : {named}", type="primary"):
            _build(build.region)
        if region_builds.missing_archives():
            _archives(expanded=True)


def _stopped(build: Build | None) -> bool:
    """Tell whether a build stopped for want of archives: they are asked for at the top."""
    return bool(build and build.error and region_builds.missing_archives())


def _archives(*, expanded: bool = False) -> None:
    """Take the archives by file, for a machine that reaches no registry."""
    with st.expander(
        "Sans accès aux registres de paquets : donner les archives par fichier", expanded=expanded
    ):
        st.markdown(
            "Une région se construit à partir de trois archives publiques (pip et npm les "
            "téléchargent d’ordinaire). Prenez-les sur une machine reliée à internet, puis "
            "déposez-les ici ; leur contenu est vérifié à l’octet près."
        )
        st.code("\n".join(region_builds.commands()), language=None)
        there = st.empty()  # said once those that come now are kept
        files = st.file_uploader("Archives", accept_multiple_files=True, key="region_archives")
        for file in files or []:
            try:
                accounts.require(Role.ADMINISTRATOR)
                st.text(f"{region_builds.receive_archive(file.getvalue())} : gardée.")
            except ProxiSoinsError as error:
                st.text(f"{file.name} : {error}")
        missing = region_builds.missing_archives()
        there.text(
            f"Il manque : {', '.join(missing)}."
            if missing
            else "Les trois archives sont là : toutes les régions se construisent hors ligne."
        )


def draw() -> None:
    """Draw the screen."""
    st.title("Choisir une région")
    built, build = france.built(), region_builds.last()
    busy = build is not None and build.running
    if refused := st.session_state.pop(region_switch.REFUSED, ""):
        st.error("La construction n’a pas commencé.")
        st.text(refused)
    if build is not None and build.running:
        _under_way(build.region)
    elif build is not None:
        _ended(build)
    may_build = accounts.role() >= Role.ADMINISTRATOR
    st.markdown(
        "La même méthode partout : communes, contours et populations réels ; tant que vos fichiers "
        "ne sont pas importés, l’offre de soins est simulée, région par région. Les données, "
        "scénarios, liens et lignes de garde de chacune restent à elle."
    )
    if not may_build:
        st.caption("Seul un administrateur construit une région qui n’est pas encore là.")
    mainland = [code for code in france.NAMES if code not in france.OVERSEAS]
    st.header("Hexagone et Corse")
    _choices(mainland, built, may_build=may_build, busy=busy)
    st.header("Outre-mer")
    overseas = [code for code in france.NAMES if code in france.OVERSEAS]
    _choices(overseas, built, may_build=may_build, busy=busy)
    st.header("Toute la France")
    _choices([france.WHOLE], built, may_build=may_build, busy=busy)
    st.caption(
        "L’Hexagone, la Corse et les cinq départements d’outre-mer ensemble : trois minutes de "
        "construction, puis quelques minutes à la première ouverture, davantage de mémoire."
    )
    for code, told in france.NOT_KNOWN_THERE.items():
        st.caption(f"{france.NAMES[code]} : {told}")
    if may_build and not _stopped(build):
        _archives()


draw()
