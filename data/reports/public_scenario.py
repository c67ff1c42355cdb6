"""A scenario as anyone may know it: what a report or a link leaves out or spreads, and says so."""

from dataclasses import replace

from data.region.territory import Territory
from data.scenarios.drafts import Draft
from data.siting import departures, public_moves


def public_draft(territory: Territory, draft: Draft) -> Draft:
    """Return a scenario as anyone may know it: neither departures nor moves point at a doctor."""
    told = departures.public(territory, draft.departures)
    sites = public_moves.public_sites(territory, draft.sites, told)
    return replace(draft, departures=told, sites=sites)


def public_words(territory: Territory, draft: Draft) -> list[str]:
    """Return what a public view of a scenario leaves out or spreads, in French."""
    told = departures.public(territory, draft.departures)
    moves = public_moves.said(territory, draft.sites, told)
    return [*([departures.NOT_TOLD] if told != draft.departures else []), *([moves] * bool(moves))]
