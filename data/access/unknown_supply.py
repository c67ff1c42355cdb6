"""What cannot be said where the GPs of a place in reach are not known: unknown is not zero.

A commune without a count of GPs may have some. Whatever such a place could change is missing:
minutes when it is nearer than the nearest GP known, the APL when it is within the APL's reach,
room when it is within the threshold. Places that cannot be concerned keep their figures.
"""

import numpy as np
import numpy.typing as npt
import pandas as pd

from data.access import room
from data.access.inputs import NEAR_MINUTES, coordinates, places
from data.access.people import counted_within
from data.base.french import counted, number
from data.base.table_cache import cached_table, digest
from data.region.rules import HUBERT_MINUTES
from data.region.territory import Territory
from geo.travel_time import RINGS_MINUTES

Floats = npt.NDArray[np.float64]

KNOWN, PARTIAL, UNKNOWN = "connue", "partielle", "inconnue"
"""What is known of the GPs of a commune and of those in its reach (column `supply`)."""

UPPER_BOUND = (
    "Majorant : les médecins de certaines communes à portée ne sont pas connus et ne sont pas "
    "comptés ; ils pourraient accueillir des habitants comptés ici sans place."
)
"""What is said of people without room: one more GP takes room from nobody, here or farther."""

_THIRD = "minutes_to_third_gp"
ROOM_COLUMNS = tuple(column for column in room.COLUMNS if column != _THIRD)
"""Columns of `data.access.room` that a place within the threshold could change."""

NOBODY = 0.5
"""Inhabitants: less is rounding."""

_NEAREST = ("minutes_to_nearest_gp",)
_MINUTES = (*_NEAREST, _THIRD)
_NAMES = ("nearest_gp_commune", "nearest_gp_commune_name")
_APL = ("apl", "apl_e2sfca")

DEPENDENT = frozenset(
    {
        *ROOM_COLUMNS,
        *_NEAREST,
        *_APL,
        "minutes_to_third_gp",
        "population_beyond_20",
        "share_beyond_20",
    }
)
"""Indicators that are missing where they depend on GPs that are not known."""


def unknown_minutes(territory: Territory) -> Floats:
    """Return minutes of each commune to the nearest place whose GPs are not known.

    Returns
    -------
    numpy.ndarray
        Shape (communes,), in the order of the region; 0 where its own are not, inf where none is
        within `NEAR_MINUTES` or where GPs are known everywhere.
    """
    return territory.once("unknown minutes", lambda: _unknown_minutes(territory))


def _unknown_minutes(territory: Territory) -> Floats:
    everywhere = places(territory)
    unknown = everywhere["gps"].isna().to_numpy()
    count = len(territory.communes)
    if not unknown.any():
        return np.full(count, np.inf)
    ends, points = coordinates(everywhere[unknown]), coordinates(territory.communes)

    def build() -> pd.DataFrame:
        return pd.DataFrame({"minutes": territory.travel_time.nearest(ends, points)[0]})

    key = digest(territory.travel_time.version, ends.tobytes(), points.tobytes())
    minutes = cached_table("unknown-supply", key, build)["minutes"].to_numpy(dtype=np.float64)
    minutes = minutes.copy()
    minutes[unknown[:count]] = 0.0
    return minutes


def unsure_room(territory: Territory, minutes: float) -> npt.NDArray[np.bool_]:
    """Tell of which communes some inhabitants may reach GPs that are not known.

    Parameters
    ----------
    territory
        The region.
    minutes
        Threshold of the room, inclusive.

    Returns
    -------
    numpy.ndarray
        Shape (communes,), in the order of the region.
    """
    unsure = unknown_minutes(territory) <= minutes
    everywhere = places(territory)
    unknown = everywhere["gps"].isna().to_numpy()
    if unknown.any():
        near = counted_within(territory, coordinates(everywhere[unknown]), (minutes,))
        if near is not None:
            unsure |= near[minutes].to_numpy() > 0
    return unsure


def with_unknown(table: pd.DataFrame, territory: Territory) -> pd.DataFrame:
    """Return indicators of communes without those that depend on GPs that are not known.

    Parameters
    ----------
    table
        Indicators of the communes, in their order, places without known GPs having counted for
        none.
    territory
        The region.

    Returns
    -------
    pandas.DataFrame
        The same with a column supply (`KNOWN`, `PARTIAL` within half an hour of a place that is
        not known, `UNKNOWN`), and missing values.
    """
    away = unknown_minutes(territory)
    own = table["gps"].isna().to_numpy()
    told = np.select([own, away <= NEAR_MINUTES], [UNKNOWN, PARTIAL], KNOWN)
    table = table.assign(supply=told)
    if np.isinf(away).all() or not (territory.gps["gps"] > 0).any():
        return table
    _mask(table, away < _reached(table["minutes_to_nearest_gp"]), _NEAREST, _NAMES)
    _mask(table, away < _reached(table[_THIRD]), (_THIRD,))
    _mask(table, away <= NEAR_MINUTES, _APL)
    _mask(table, unsure_room(territory, HUBERT_MINUTES), ROOM_COLUMNS)
    _mask_rings(table, territory, away)
    return table


def _reached(minutes: pd.Series) -> Floats:
    """Return minutes as they compare: no way found is farther than all."""
    found = minutes.to_numpy(dtype=np.float64)
    return np.where(np.isnan(found), np.inf, found)


def _mask(
    table: pd.DataFrame,
    where: npt.NDArray[np.bool_],
    columns: tuple[str, ...],
    names: tuple[str, ...] = (),
) -> None:
    for column in columns:
        table[column] = table[column].astype(float).mask(where)
    for column in names:
        table[column] = table[column].where(~where, "")


def _mask_rings(table: pd.DataFrame, territory: Territory, away: Floats) -> None:
    """Leave out the counts of people that places not known could raise."""
    possible = _possible(territory)
    for ring in RINGS_MINUTES:
        column = f"population_within_{ring:.0f}"
        if possible is None:
            more = (away <= ring) & (table[column] < table["population"]).to_numpy()
        else:
            more = possible[ring].to_numpy() - table[column].to_numpy(dtype=float) > NOBODY
        _mask(table, more, (column,))
        if ring == HUBERT_MINUTES:
            _mask(table, more, ("population_beyond_20", "share_beyond_20"))


def _possible(territory: Territory) -> pd.DataFrame | None:
    """Return people within each ring if every place not known had GPs; None without a grid."""
    everywhere = places(territory)
    either = everywhere[everywhere["gps"].isna() | (everywhere["gps"] > 0)]
    return counted_within(territory, coordinates(either), RINGS_MINUTES)


def concerned(table: pd.DataFrame, key: str) -> pd.Series:
    """Tell which communes have no value of an indicator because GPs in reach are not known."""
    if key not in DEPENDENT or "supply" not in table:
        return pd.Series(False, index=table.index)
    unsure = table["supply"] != KNOWN
    if key in _MINUTES and unsure.any():  # an unknown place may be nearer from any distance
        unsure |= True
    return table[key].isna() & unsure & (table["population"] > 0)


def partial_note(table: pd.DataFrame, key: str) -> str:
    """Return what an indicator leaves out, in one French sentence; "" when it leaves out nothing.

    Parameters
    ----------
    table
        Indicators of communes, with the column supply.
    key
        The indicator.
    """
    missing = concerned(table, key)
    if not missing.any():
        return ""
    people = counted(table.loc[missing, "population"].sum(), "habitant", "habitants")
    unknown = int((table["supply"] == UNKNOWN).sum())
    cause = (
        f"les médecins de {counted(unknown, 'commune', 'communes')} ne sont pas connus"
        if unknown
        else "les médecins de communes voisines, hors de la région, ne sont pas connus"
    )
    return (
        f"Partiel : {cause} ; {counted(int(missing.sum()), 'commune', 'communes')} "
        f"({people}) qui en dépendent, sur {number(len(table))}, sont « non disponible » et ne "
        "sont pas comptées."
    )


def room_note(supply: pd.Series) -> str:
    """Return `UPPER_BOUND` where some GPs in reach of some communes are not known, else "".

    Parameters
    ----------
    supply
        Column supply of the indicators of the communes spoken of.
    """
    return UPPER_BOUND if (supply != KNOWN).any() else ""


def region_room_note(territory: Territory) -> str:
    """Return what `room_note` says of the whole region."""
    return UPPER_BOUND if (unknown_minutes(territory) <= NEAR_MINUTES).any() else ""


def commune_room_note(territory: Territory, code: str) -> str:
    """Return what `room_note` says of one commune, where its indicators are not at hand."""
    near = unknown_minutes(territory) <= NEAR_MINUTES
    return UPPER_BOUND if near[(territory.communes["code"] == code).to_numpy()].any() else ""


def known_rows(table: pd.DataFrame, key: str) -> pd.DataFrame:
    """Return the rows that an indicator can speak of."""
    return table[~concerned(table, key)]


def farther(table: pd.DataFrame, column: str, minutes: float) -> pd.Series:
    """Tell of which communes a trip to GPs lasts longer than some minutes.

    Where GPs are known and no road leads to them (an island), it does; where they are not known,
    nothing is told.
    """
    longer = table[column] > minutes
    if "supply" not in table:
        return longer
    return longer | (table[column].isna() & (table["supply"] == KNOWN))
