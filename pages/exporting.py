"""What a screen offers to download: where it stands in the screen, and all under « Exporter »."""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from data.base import french
from data.region import embedded_set, france
from pages import kept_downloads

_OFFERS, _REGION = "exports_offerts", "exports_region"
"""Keys, in the session, of the offers of the run and of the region that they are about."""
_DATED = re.compile(r"-\d{4}-\d\d-\d\d\.")

kept_downloads.keep()


@dataclass(frozen=True)
class Offer:
    """A file that can be made.

    Attributes
    ----------
    label
        What the button says, in French.
    content
        The file, or what makes it when asked for.
    file_name, mime
        Its name and kind.
    key
        Key of the button.
    """

    label: str
    content: bytes | Callable[[], bytes]
    file_name: str
    mime: str
    key: str


def start(region: str) -> None:
    """Forget what the screen before offered; files will bear the name of the region of a code."""
    st.session_state[_OFFERS] = []
    st.session_state[_REGION] = region


def named(one: Offer) -> Offer:
    """Return an offer whose file bears the name of the region before its date.

    One without a date is about a territory that its name tells.
    """
    code = st.session_state.get(_REGION, "")
    region = french.slug(france.name(code)) if code in embedded_set.CODES else ""
    if not region or f"-{region}-" in one.file_name:
        return one
    dated = _DATED.sub(lambda found: f"-{region}{found[0]}", one.file_name)
    return replace(one, file_name=dated)


def offer(one: Offer) -> None:
    """Add a file to those of « Exporter »."""
    st.session_state.setdefault(_OFFERS, []).append(named(one))


def button(
    label: str, content: bytes | Callable[[], bytes], *, file_name: str, mime: str, key: str
) -> None:
    """Draw the button of a file here, and offer it under « Exporter » too."""
    one = named(Offer(label, content, file_name, mime, key))
    offer(one)
    _draw(one, one.label, one.key)


def _draw(one: Offer, label: str, key: str) -> None:
    st.download_button(
        label, one.content, file_name=one.file_name, mime=one.mime, on_click="ignore", key=key
    )


def draw(place: DeltaGenerator) -> None:
    """Draw « Exporter » with all that the screen offered during this run."""
    offers = {one.key: one for one in st.session_state.get(_OFFERS, [])}.values()
    labels = Counter(one.label for one in offers)
    with place.popover("Exporter"):
        if not offers:
            st.caption("Rien à exporter sur cet écran pour l’instant.")
        for one in offers:
            told = one.label if labels[one.label] == 1 else f"{one.label} : {one.file_name}"
            _draw(one, told, f"exporter-{one.key}")
