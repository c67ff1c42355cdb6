"""What the map of the zoning receives: zones as they are, then as a trial makes them."""

from collections.abc import Mapping, Sequence

import pandas as pd

from data.access import zoning_units
from data.base.french import counted
from data.maps import overlays, payload
from data.maps.document import MapDocument, Trial
from data.region.territory import Territory
from geo import display, layers

INDICATOR = "zone"
BESIDE = ("apl", "apl_published", "share_without_room")
"""Indicators shown beside the zone: who is short of care there, by two measures."""
_ENDS = ("without_room_bound", "without_room_nearest")
_ZONES = layers.indicator(INDICATOR)
LAYERS = (overlays.GPS, "msp", "france_sante", "fond")


def configuration(territory: Territory, communes: pd.DataFrame, note: str) -> MapDocument:
    """Return all that the map's client needs, but the view.

    Parameters
    ----------
    territory, communes
        The region and its indicators, zones in force.
    note
        The decree, its date, in French.
    """
    columns = ["code", "population", "departement", "supply", INDICATOR, *BESIDE, *_ENDS]
    document = payload.configuration(territory, communes[columns], {})
    for one in document["indicators"]:
        if one["key"] == INDICATOR:
            one["note"] = note
    document["layers"] = [one for one in document["layers"] if one["key"] in LAYERS]
    document["read_only"] = document["addressed"] = True
    document["comparison_note"] = (
        "Un essai ne change rien : le zonage en vigueur est celui de l’arrêté."
    )
    document["card_action"] = {"label": "Essayer la zone suivante", "action": "zone"}
    return document


def tried(territory: Territory, communes: pd.DataFrame, changes: Mapping[str, str]) -> Trial:
    """Return what a trial changes on the map: zones, the sentence that counts them, what is tried.

    Parameters
    ----------
    territory, communes
        The region and its indicators, zones after the trial, in the order of the territory.
    changes
        Key of `data.access.zoning_units` to its zone tried.
    """
    told = payload.dated_sentence(territory, _ZONES, communes)
    if changes:
        told = f"Essai de {counted(len(changes), 'changement', 'changements')}. {told}"
    zones = display.drawn_values(communes[INDICATOR], 0)
    return {
        "changed": {INDICATOR: {"values": zones, "sentence": told}},
        "marked": zoning_units.tried(communes, changes).notna().to_numpy().nonzero()[0].tolist(),
    }


def next_zone(zone: str, zones: Sequence[str]) -> str:
    """Return the zone that follows in the order of the law, the first after the last."""
    return zones[(zones.index(zone) + 1) % len(zones)] if zone in zones else zones[0]
