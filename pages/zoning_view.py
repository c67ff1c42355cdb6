"""Zones on screen: gauges, map, a trial as the address says it; for the screen and its links."""

import re
from collections.abc import Hashable, Mapping
from dataclasses import replace
from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from data.access import zoning_gauges, zoning_units
from data.access.source_notes import quoted
from data.access.zoning_gauges import Ceilings
from data.base.french import counted, percent, signed
from data.maps import payload
from data.maps import zoning as zoning_map
from data.region.table_names import ZONES
from data.region.territory import Territory
from pages import map_dialogue, shell
from pages.state import ViewState

ZONE_TITLES = {"ZIP": "ZIP", "ZAC": "ZAC", "ZV": "Vigilance", "HZ": "Hors zone"}
MOST_CHANGES = 60
"""Territories that one trial may move at most: an address stays short enough to be sent."""
_CHANGE = re.compile(r"([\w.-]{1,20}):(ZIP|ZAC|ZV|HZ)")
_MOST_CHARACTERS = 4_000
SOURCE_CHARACTERS = 200
"""Of what is typed as the source of ceilings, at most."""
_PARAMETER, _CEILING, _SOURCE = "essai", "plafonds", "source"
_CEILINGS = re.compile(r"(\d{1,3}(?:\.\d{1,4})?),(\d{1,3}(?:\.\d{1,4})?)")
_TYPED = "plafonds saisis à l’écran"
_STYLE = """<style>
.ps-gauges{display:grid;grid-template-columns:repeat(auto-fit,minmax(11rem,1fr));gap:.3rem 1.2rem;
  list-style:none;padding:0!important;margin:0!important;font-size:.82rem;line-height:1.3}
.ps-gauges li{margin:0;border-left:3px solid var(--line);padding-left:.6rem}
.ps-gauges .v{font-size:1.05rem;color:var(--blue)}
.ps-gauges .over,.ps-gauges .over .v{color:var(--alert)}
.ps-gauges .bar{position:relative;height:.5rem;background:var(--quiet-ground);margin:.2rem 0}
.ps-gauges .bar i{position:absolute;inset:0 auto 0 0;background:var(--blue)}
.ps-gauges .over .bar i{background:var(--alert)}
.ps-gauges .bar b{position:absolute;top:-.15rem;bottom:-.15rem;left:50%;width:3px;
  background:var(--ink)}
</style>"""


@st.cache_resource(show_spinner=False, max_entries=4, hash_funcs=shell.BY_VERSION)
def units(territory: Territory) -> pd.DataFrame:
    """Return what a trial may move in a region, see `data.access.zoning_units.units`."""
    return zoning_units.units(shell.commune_indicators(territory))


def trial_of(query: Mapping[str, str], communes: pd.DataFrame) -> dict[str, str]:
    """Return the trial of an address: what is known here (`zoning_units`), and its zone tried."""
    asked = _CHANGE.findall(query.get(_PARAMETER, "")[:_MOST_CHARACTERS])[:MOST_CHANGES]
    known = zoning_units.keys(communes) if asked else set()
    return {key: zone for key, zone in asked if key in known}


def left_out(query: Mapping[str, str], communes: pd.DataFrame) -> str:
    """Say that changes of an address are not tried, their territories being unknown here."""
    written = [one for one in query.get(_PARAMETER, "").split(",") if one]
    lost = len(written) - len(trial_of(query, communes))
    if lost <= 0:
        return ""
    changes = counted(lost, "changement", "changements")
    return (
        f"{changes} de zone de cette adresse ne {'se lit' if lost == 1 else 'se lisent'} pas : "
        "territoire ou commune inconnus ici, ou adresse coupée."
    )


def told(changes: Mapping[str, str]) -> dict[str, str]:
    """Return what an address says of a trial."""
    text = ",".join(f"{tvs}:{zone}" for tvs, zone in changes.items())
    return {_PARAMETER: text} if text else {}


def ceilings_of(query: Mapping[str, str], region: str) -> Ceilings:
    """Return the ceilings that an address gives (percents, ZIP then ZAC), else the region's."""
    known = Ceilings.of_region(region)
    found = _CEILINGS.fullmatch(query.get(_CEILING, ""))
    shares = [float(one) / 100 for one in found.groups()] if found else []
    if not shares or max(shares) > 1:
        return replace(known, source=source_told(query) or known.source)
    return Ceilings(
        shares[0], shares[1], source_told(query) or source_of(shares[0], shares[1], region)
    )


def source_told(query: Mapping[str, str]) -> str:
    """Return the source of the ceilings that an address tells, "" where it tells none."""
    return " ".join(query.get(_SOURCE, "").split())[:SOURCE_CHARACTERS]


def source_of(zip_share: float, zac_share: float, region: str) -> str:
    """Return where ceilings come from as long as nobody has said it."""
    known = Ceilings.of_region(region)
    typed = Ceilings(zip_share, zac_share, _TYPED)
    return known.source if _percents(typed) == _percents(known) else _TYPED


def told_ceilings(ceilings: Ceilings, region: str) -> dict[str, str]:
    """Return what an address says of ceilings, nothing of those of the region."""
    typed, known = (_percents(one) for one in (ceilings, Ceilings.of_region(region)))
    usual = source_of(ceilings.zip_share, ceilings.zac_share, region)
    told = {
        _CEILING: "" if typed == known else typed,
        _SOURCE: "" if ceilings.source == usual else ceilings.source,
    }
    return {name: text for name, text in told.items() if text}


def _percents(ceilings: Ceilings) -> str:
    """Return ceilings as an address says them, in per cent."""
    return ",".join(f"{100 * share:.4g}" for share in (ceilings.zip_share, ceilings.zac_share))


def draw_gauges(communes: pd.DataFrame, ceilings: Ceilings, changes: dict[str, str]) -> None:
    """Draw the share of each zone against its ceiling, in one strip: the map stands below it."""
    table = zoning_gauges.effect(communes, changes, ceilings)
    shown = table[table["zone"].isin(ZONES)].to_dict("records")
    items = "".join(_gauge(row, ceilings.year, tried=bool(changes)) for row in shown)
    st.html(f'{_STYLE}<ul class="ps-gauges" aria-label="Parts de la population">{items}</ul>')
    for row in table[~table["zone"].isin(ZONES) & (table["communes"] > 0)].to_dict("records"):
        st.caption(
            f"Zone inconnue : {counted(row['communes'], 'commune', 'communes')}, "
            f"{counted(row['population'], 'habitant', 'habitants')} ({percent(row['share'], 1)}) ; "
            "dans le total, et dans aucune des quatre parts."
        )


def _gauge(row: Mapping[Hashable, Any], year: str, *, tried: bool) -> str:
    """Return a zone: its share, a bar that twice the ceiling fills, and the margin left.

    The ceiling is told with its `year`, where its source has one.
    """
    capped = row["ceiling"] > 0
    over = capped and bool(row["over"])
    people = counted(row["population"], "habitant", "habitants")
    said = f"{people}, {counted(row['communes'], 'commune', 'communes')}"
    change = f" ({signed(row['moved'])} hab.)" if tried and row["moved"] else ""
    bar = ""
    if capped:
        width = min(100.0, row["share"] * 50 / row["ceiling"])
        bar = f'<div class="bar" aria-hidden="true"><i style="width:{width:.1f}%"></i><b></b></div>'
        room = counted(abs(row["room"]), "habitant", "habitants")
        margin = f"dépassé de {room}" if over else f"marge de {room}"
        of_year = f" ({year})" if year else ""
        said = f"plafond {percent(row['ceiling'], 1)}{of_year} : {margin} ; {said}"
    elif row["zone"] in zoning_gauges.CAPPED:
        said = f"plafond non connu ; {said}"
    return (
        f"<li{' class=over' if over else ''}><strong>{escape(ZONE_TITLES[row['zone']])}</strong> "
        f'<strong class="v">{percent(row["share"], 1)}</strong>{change}{bar}'
        f"<div>{escape(said)}</div></li>"
    )


@st.cache_resource(
    show_spinner="Préparation de la carte…", max_entries=4, hash_funcs=shell.BY_VERSION
)
def map_payload(territory: Territory, *, shared: bool = False) -> str:
    """Return what the map is sent; shared, its cards try nothing."""
    communes = shell.commune_indicators(territory)
    source = territory.provenance.get("zoning")
    note = f"{quoted(source)}." if source else "Zonage inconnu."
    document = zoning_map.configuration(territory, communes, note)
    if shared:
        del document["card_action"], document["addressed"]
    return f"{payload.encode(payload.contours_address(document))}.{payload.encode(document)}"


def opened(territory: Territory, query: Mapping[str, str]) -> ViewState:
    """Return the view that the map opens on: that of an address, the zones by default."""
    view = replace(ViewState.from_query(query), region=territory.region)
    kept = map_told(query)
    layers = tuple(filter(None, kept.get("couches", "").split(",")))
    return replace(view, indicator=kept.get("ind", zoning_map.INDICATOR), layers=layers, here=None)


def encoded(view: ViewState) -> str:
    """Return what the map is sent of a view."""
    default = ViewState(region=view.region, indicator=zoning_map.INDICATOR, layers=())
    return payload.encode(map_dialogue.opening(view, default))


def map_told(query: Mapping[str, str]) -> dict[str, str]:
    """Return what an address says of the map's own: its indicator, its layers."""
    indicator = query.get("ind", "")
    asked = query.get("couches", "").split(",")
    told = {
        "ind": indicator if indicator in zoning_map.BESIDE else "",
        "couches": ",".join(one for one in zoning_map.LAYERS if one in asked),
    }
    return {name: text for name, text in told.items() if text}
