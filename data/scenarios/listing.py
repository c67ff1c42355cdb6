"""Lists of scenarios by page: what is shown is read, of the others the name alone."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

import sqlalchemy as sa

from data.base.french import fold
from data.scenarios import drafts, store
from data.scenarios.database import LOCAL, ScenarioRow, session
from data.scenarios.store import Scenario
from geo.errors import UnavailableError

PER_PAGE = 50


class Kind(Enum):
    """What scenarios a list holds, by parameters that they must have, and must not have."""

    WORK = ((), (drafts.PLAN, drafts.VIEW))
    PLAN = ((drafts.PLAN,), ())
    VIEW = ((drafts.VIEW,), ())
    EFFECT = ((), (drafts.VIEW,))
    """What may change something for a territory: all but views."""


@dataclass(frozen=True)
class Listing:
    """One page of a list.

    Attributes
    ----------
    scenarios
        By identity, last changed first; the one that is asked for beside the page stands first.
    damaged
        Names of those of the page whose content is unreadable.
    found
        How many scenarios the search finds.
    total
        How many there are without a search.
    page, pages
        The page shown, from 1, and how many there are.
    """

    scenarios: Mapping[str, Scenario]
    damaged: tuple[str, ...]
    found: int
    total: int
    page: int
    pages: int


def listed(
    region: str,
    kind: Kind,
    *,
    owner: str = LOCAL,
    search: str = "",
    page: int = 1,
    also: str = "",
) -> Listing:
    """Return one page of the scenarios of a region that someone may open.

    Parameters
    ----------
    region
        INSEE code. A scenario altered so that it tells none is listed in all.
    kind
        What the list is of.
    owner
        Who asks.
    search
        Words that a name, or the account of an owner, must hold: capitals and accents are the same.
    page
        From 1; beyond the last is the last.
    also
        Identity of a scenario to be there whatever the page.

    Raises
    ------
    UnavailableError
        The database cannot be read.
    """
    there, absent = kind.value
    told = ScenarioRow.content["region"].as_string()
    wanted = [(told == region) | told.is_(None)]
    wanted += [_parameter(name).is_not(None) for name in there]
    wanted += [_parameter(name).is_(None) for name in absent]
    names = sa.select(ScenarioRow.id, ScenarioRow.name, ScenarioRow.owner)
    query = names.where(store.openable(owner), *wanted)
    words = fold(search).split()
    with session() as opened:
        known = opened.execute(query.order_by(*store.ORDER)).all()
        found = [
            one.id
            for one in known
            if all(word in fold(f"{one.name} {one.owner}") for word in words)
        ]
        pages = max(1, math.ceil(len(found) / PER_PAGE))
        page = min(max(page, 1), pages)
        shown = found[(page - 1) * PER_PAGE : page * PER_PAGE]
        if also in {one.id for one in known} and also not in shown:
            shown.insert(0, also)
        rows = {
            row.id: row
            for row in opened.scalars(sa.select(ScenarioRow).where(ScenarioRow.id.in_(shown)))
        }
        scenarios, damaged = dict[str, Scenario](), list[str]()
        for identity in shown:
            try:
                scenarios[identity] = store.scenario_of(rows[identity])
            except UnavailableError:
                damaged.append(rows[identity].name)
    return Listing(
        scenarios=scenarios,
        damaged=tuple(damaged),
        found=len(found),
        total=len(known),
        page=page,
        pages=pages,
    )


def _parameter(name: str) -> sa.ColumnElement[str]:
    return ScenarioRow.content["parameters", name].as_string()
