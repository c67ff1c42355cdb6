"""Where GPs who move into a site or a pole come from, as a public view may compute it.

Access commune by commune, before and after, tells which commune loses a GP: in a village, who. So
outside the planner's desk those who move are counted as leaving a set of communes, in proportion of
the GPs of each (`data.region.privacy.sets_with`): at least three communes, and five GPs more than
move, or leave for good as the view tells, in all. The set hangs on public counts and on these
numbers, so that the figures are the same whoever of the set it is; losses stay where they are,
within the set. How many move is what a project plans: it is told.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from data.base.french import counted, joined, number, tenths_if_any
from data.region import privacy
from data.region.privacy import PublicSet
from data.region.territory import Territory
from data.uploads.site import Site

NOT_TOLD = (
    "Des généralistes déjà installés rejoindraient ces sites, mais trop peu d’autres exercent dans "
    "la région pour que personne ne soit désigné : ils sont comptés comme nouveaux, et ce que "
    "perdraient les communes qu’ils quittent n’est pas dit."
)


def public_sites(
    territory: Territory, sites: Sequence[Site], departures: Mapping[str, float]
) -> tuple[Site, ...]:
    """Return sites whose movers leave a set of communes; none move where no set is large enough.

    Parameters
    ----------
    territory
        The region.
    sites
        As a planner wrote them.
    departures
        INSEE code to GPs who leave for good, as the view tells: of a set's GPs they are known too.
    """
    moved = _moved(territory, sites)
    sets = sets_by_code(territory, _total(moved), sum(departures.values()))
    return tuple(
        replace(site, moving=spread(territory, sets, one)) if site.moving else site
        for site, one in zip(sites, moved, strict=True)
    )


def spread(
    territory: Territory, sets: Mapping[str, PublicSet], moved: Mapping[str, float]
) -> dict[str, float]:
    """Return the GPs who leave each commune of the sets that some leave, in proportion.

    Parameters
    ----------
    territory
        The region.
    sets
        INSEE code to its set; a commune without one loses nobody.
    moved
        INSEE code to GPs who leave.
    """
    gps = territory.gps.set_index("code")["gps"].to_dict()
    found: dict[str, float] = {}
    for code, count in moved.items():
        if code in sets:
            for one in sets[code].codes:
                part = count * float(gps[one]) / sets[code].gps
                found[one] = found.get(one, 0.0) + part
    return found


def sets_by_code(
    territory: Territory, moving: float, departures: float = 0.0
) -> dict[str, PublicSet]:
    """Return the set of each commune with GPs where so many leave; none for a region too small.

    Parameters
    ----------
    territory
        The region.
    moving
        GPs who move, wherever they are; no set where none does.
    departures
        GPs who leave for good, whom the view tells beside.
    """
    found = privacy.sets_with(territory, moving + departures) if moving else ()
    return {code: one for one in found for code in one.codes}


def said(territory: Territory, sites: Sequence[Site], departures: Mapping[str, float]) -> str:
    """Return, in French, among whom those who move are counted; "" where nobody does.

    Parameters
    ----------
    territory, sites, departures
        See `public_sites`.
    """
    moved = _moved(territory, sites)
    total = _total(moved)
    if not total:
        return ""
    sets = sets_by_code(territory, total, sum(departures.values()))
    if not sets:
        return NOT_TOLD
    touched = {sets[code].key: sets[code] for one in moved for code in one if code in sets}
    return among(total, list(touched.values()))


def among(moving: float, touched: Sequence[PublicSet]) -> str:
    """Return, in French, that so many who move are counted over some sets of communes."""
    named = joined(
        [
            f"« {one.name} » ({counted(len(one.codes), 'commune', 'communes')}, "
            f"{number(one.gps)} généralistes)"
            for one in touched
        ]
    )
    digits = tenths_if_any(round(moving, 1))
    who = counted(moving, "généraliste qui rejoindrait", "généralistes qui rejoindraient", digits)
    where = "l’ensemble" if len(touched) == 1 else "les ensembles"
    return (
        f"{who} ces lieux : le départ est réparti sur {where} {named}, pour "
        "que personne ne soit désigné. Les changements de chaque commune en sont des moyennes."
    )


def _total(moved: Sequence[Mapping[str, float]]) -> float:
    return float(sum(sum(one.values()) for one in moved))


def _moved(territory: Territory, sites: Sequence[Site]) -> list[dict[str, float]]:
    """Return who leaves where for each site: no more than a commune has."""
    left = territory.gps.set_index("code")["gps"].fillna(0.0).astype(float).to_dict()
    found = []
    for site in sites:
        moved = {}
        for code, asked in site.moving.items():
            moved[code] = min(float(asked), left.get(code, 0.0))
            left[code] = left.get(code, 0.0) - moved[code]
        found.append({code: count for code, count in moved.items() if count > 0})
    return found
