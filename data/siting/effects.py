"""What a scenario changes commune by commune, whatever it holds: sites, a pole, a plan of help."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from data.access.anchoring import anchored, started
from data.access.indicators import commune_indicators
from data.region.rules import ZIP_APL
from data.region.territory import Territory
from data.siting.departures import ground_after
from data.siting.evaluation import moves, planned_gps
from data.siting.ground import LIMIT_MINUTES, site_minutes
from data.siting.pole_plan import TYPED, PoleComparison
from data.uploads.site import Site

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Effects:
    """Access of each commune before and after.

    Attributes
    ----------
    communes
        One row per commune of the region: code, population, apl_before, apl_after
        (consultations a year and inhabitant), minutes_before, minutes_after (to the nearest GP;
        missing where the scenario does not tell), without_room_before, without_room_after
        (inhabitants).
    """

    communes: pd.DataFrame

    def of(self, codes: Collection[str]) -> pd.DataFrame:
        """Return before and after of some communes together.

        Returns
        -------
        pandas.DataFrame
            measure ("apl", "minutes", "without_room", "under_2_5"), before, after: means weighted
            by inhabitants, then inhabitants; what is not known is missing.
        """
        table = self.communes[self.communes["code"].isin(list(codes))]
        people = table["population"].to_numpy(dtype=np.float64)
        rows = []
        for measure in ("apl", "minutes"):
            pair = table[[f"{measure}_before", f"{measure}_after"]].to_numpy(dtype=np.float64)
            used = np.isfinite(pair).all(axis=1) & (people > 0)
            means = (
                np.average(pair[used], axis=0, weights=people[used])
                if used.any()
                else np.full(2, np.nan)
            )
            rows.append((measure, *means))
        without = table[["without_room_before", "without_room_after"]].sum()
        rows.append(("without_room", *without))
        under = [
            float(people[(table[column] <= ZIP_APL).to_numpy()].sum())
            for column in ("apl_before", "apl_after")
        ]
        rows.append(("under_2_5", *under))
        return pd.DataFrame(rows, columns=["measure", "before", "after"])


def of_sites(territory: Territory, sites: Sequence[Site], departures: Mapping[str, int]) -> Effects:
    """Return what sites change together, once GPs have left."""
    ground = ground_after(territory, departures)
    minutes, _ = site_minutes(territory, sites, LIMIT_MINUTES)
    near = ground.parts_with(territory, sites)
    left, received = moves(ground, sites)
    staff = np.array([planned_gps(site, got) for site, got in zip(sites, received, strict=True)])
    nobody = np.zeros_like(staff)
    trip = ground.nearest(left, minutes, staff)
    today = ground.minutes_today()
    return _effects(
        ground.communes,
        (ground.apl_with(ground.gps, minutes, nobody), ground.apl_with(left, minutes, staff)),
        (today, np.where(np.isinf(trip), today, trip)),
        (
            ground.without_room(ground.gps, minutes, nobody, near=near),
            ground.without_room(left, minutes, staff, near=near),
        ),
    )


def of_pole(found: PoleComparison) -> Effects:
    """Return what a pole changes, as it was typed."""
    before, after = found.today, found.sides[TYPED]
    return _effects(
        found.communes,
        (before.apl, after.apl),
        (before.minutes, after.minutes),
        (before.without_room, after.without_room),
    )


def of_help(territory: Territory, moved: pd.DataFrame) -> Effects:
    """Return what a plan of help changes, from `data.solidarity.tables.moved`.

    The nearest GP is not looked for: a doctor who comes now and then is no practice. As for sites
    and poles, APL starts from the published value where there is one.
    """
    unknown = np.full(len(moved), np.nan)
    apl, room = (
        (moved[f"{name}_before"].to_numpy(), moved[f"{name}_after"].to_numpy())
        for name in ("apl", "without_room")
    )
    published = commune_indicators(territory)["apl_published"].to_numpy(dtype=np.float64)
    shown = started(published, apl[0]), anchored(published, apl[0], apl[1])
    return _effects(territory.communes, shown, (unknown, unknown), room)


def _effects(
    communes: pd.DataFrame,
    apl: tuple[Floats, Floats],
    minutes: tuple[Floats, Floats],
    without_room: tuple[Floats, Floats],
) -> Effects:
    columns = {"apl": apl, "minutes": minutes, "without_room": without_room}
    table = pd.DataFrame(communes[["code", "population"]]).reset_index(drop=True)
    for name, (before, after) in columns.items():
        table[f"{name}_before"], table[f"{name}_after"] = before, after
    return Effects(table)
