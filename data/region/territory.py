"""The frozen object that holds all that is known of a region: tables, provenance, travel times."""

import datetime as dt
import re
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import geopandas as gpd
import pandas as pd

from data.base.french import joined, listed, uncapitalised
from data.region import france
from data.region.falls import Zero
from data.region.moments import Moment
from geo.friction.said import shown_overseas
from geo.travel_time import EngineLabel, TravelTime

T = TypeVar("T")


@dataclass(frozen=True)
class Provenance:
    """Where a table comes from; every figure on screen quotes it.

    Attributes
    ----------
    table
        Key of the table (`gps`, `zoning`, …), see `data.region.schemas`.
    title
        What the table is, in French.
    source
        Producer and product, in French ("INSEE, BPE").
    vintage
        Year or date of the data, in French ("2018", "arrêté du …").
    licence
        Licence of the source.
    simulated
        True for demonstration data.
    rows, matched
        Rows kept, and communes of the region they cover.
    imported_at
        When it was imported; None for the embedded set.
    file_name, sha256
        The imported file, for the record.
    measured
        When the data were measured, as numbers: of the whole table by "", of a kind of structure
        or of a column that a file gives apart by its name, of the counts of a region by its code.
    passed_over
        Of simulated rows: the imported file of the same table, which tells nothing of the region;
        "" where there is none.
    to_check
        Values of the file that are doubted, in French: they are left unknown.
    confirmed
        Values that would be doubted and that someone confirmed, in French: they are believed.
    """

    table: str
    title: str
    source: str
    vintage: str
    licence: str
    simulated: bool
    rows: int
    matched: int
    imported_at: dt.datetime | None = None
    file_name: str = ""
    sha256: str = ""
    measured: Mapping[str, Moment] = field(default_factory=dict)
    passed_over: str = ""
    to_check: tuple[str, ...] = ()
    confirmed: tuple[str, ...] = ()

    def moment(self, part: str = "") -> Moment | None:
        """Return when the table, or a part that came apart, was measured; None when not known."""
        # A state kept before moments were has its words only.
        return self.measured.get(part) or (None if self.measured else Moment.told(self.vintage))

    @property
    def vintage_told(self) -> str:
        """Return the vintage in words: INSEE calls its bassins de vie of a year « BV2022 »."""
        return _DIVISION.sub(r"bassins de vie \1", self.vintage)

    @property
    def year(self) -> int | None:
        """Return the latest year of the table, None when not known."""
        known = self.measured.values() or filter(None, [Moment.told(self.vintage)])
        return max((moment.year for moment in known), default=None)


_DIVISION = re.compile(r"\bBV(\d{4})\b")
SIMULATED_MARK = " (simulation)"
"""What follows a simulated figure, where others beside it are real."""
SIMULATED_LINE = "Simulé pour la démonstration : "
"""What stands before the titles of the simulated tables that a file rests on."""
SIMULATED_CLAUSE = " : données simulées"
"""What stands after the title of one."""
DEMONSTRATION_LINE = "Donnée de démonstration"
"""What the comment of a simulated on-call line says."""
WHOLLY_SIMULATED = "DONNÉES DE DÉMONSTRATION : simulées, sans valeur pour une décision."
UNVERIFIED_MINUTES = (
    "Temps de trajet estimés, jamais vérifiés outre-mer : à tenir pour inconnus tant qu’un réseau "
    "routier n’est pas construit, et avec eux l’APL et la place chez un médecin."
)
UNVERIFIED_SOMEWHERE = (
    " : temps de trajet estimés, jamais vérifiés, à tenir pour inconnus tant qu’un réseau routier "
    "n’y est pas construit, et avec eux l’APL et la place chez un médecin."
)
"""After the lands of which that is so, where there are others."""
PARTLY_SIMULATED = (
    "DONNÉES EN PARTIE SIMULÉES : ce qui repose sur elles est sans valeur pour une décision."
)


def minutes_unverified(label: EngineLabel, departements: Collection[str]) -> bool:
    """Tell whether the minutes of some départements were never compared with a trip."""
    estimated = all(label.estimates(one) for one in departements)
    return estimated and shown_overseas(sorted(departements))


def warning_of(tables: Iterable[Provenance]) -> str:
    """Return what stands above what some tables give: "" when none of them is simulated."""
    told = list(tables)
    if not any(table.simulated for table in told):
        return ""
    brought = any(table.imported_at is not None and not table.simulated for table in told)
    return PARTLY_SIMULATED if brought else WHOLLY_SIMULATED


def passed_over_told(tables: Iterable[Provenance], region_name: str) -> str:
    """Say which tables imported files tell nothing of in a region; "" for none.

    By their titles: what a file was called is said beside each table in "Données et méthode".
    """
    titles = [one.title for one in tables if one.passed_over]
    if not titles:
        return ""
    return (
        f"L’import ne couvre pas {france.named(region_name)}, où restent de démonstration : "
        f"{listed(titles)}."
    )


@dataclass(frozen=True, eq=False)
class Territory:
    """A region at one state of the data. Tables follow `data.region.schemas`; never modify them.

    Two territories are equal when they are of one region and one version, whatever objects hold
    their tables: a territory is a key of every cache.

    Attributes
    ----------
    region, region_name
        INSEE code and name ("75", "Nouvelle-Aquitaine").
    version
        Hash of all tables and of the travel-time engine.
    communes
        One row per commune, sorted by code, EPSG:4326 (schema `communes`); a fresh RangeIndex.
    fringe
        Communes of other regions near the border: same columns, no contour.
    gps
        GPs per commune, region and fringe (schema `gps`).
    gp_history, apl, zoning, reference, structures, pdses_lines
        Tables of the schemas of the same name; empty when not known.
    provenance
        Table key to provenance.
    travel_time
        The engine in use: road network if built, else the friction surface.
    context
        Tables of `data.region.schemas.CONTEXT` that were imported and tell of the region, by key;
        one that is absent is not known.
    zeros
        Zeros of the counts of GPs that are to check, and those that someone confirmed.
    """

    region: str
    region_name: str
    version: str
    communes: gpd.GeoDataFrame
    fringe: pd.DataFrame
    gps: pd.DataFrame
    gp_history: pd.DataFrame
    apl: pd.DataFrame
    zoning: pd.DataFrame
    reference: pd.DataFrame
    structures: pd.DataFrame
    pdses_lines: pd.DataFrame
    provenance: Mapping[str, Provenance]
    travel_time: TravelTime
    context: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    zeros: tuple[Zero, ...] = ()
    _made: dict[str, tuple[Hashable, Any]] = field(default_factory=dict, init=False, repr=False)

    def with_fringe(self, *columns: str) -> pd.DataFrame:
        """Return columns of the communes of the region, then of those around it; a fresh index."""
        names = list(columns)
        both = [pd.DataFrame(self.communes[names]), self.fringe[names]]
        return pd.concat(both, ignore_index=True)

    def once(self, slot: str, build: Callable[[], T], key: Hashable = None) -> T:
        """Return what `build` makes of this very object, made once; never modify it.

        Kept beside the tables and gone with them: another object, even of the same version, finds
        nothing of it. Where what is made also depends on a `key`, the last of a slot is kept.
        """
        held = self._made.get(slot)
        if held is None or held[0] != key:
            self._made[slot] = held = (key, build())
        made: T = held[1]
        return made

    def __eq__(self, other: object) -> bool:
        """Whether both are the same region at the same state of the data."""
        return isinstance(other, Territory) and (self.region, self.version) == (
            other.region,
            other.version,
        )

    def __hash__(self) -> int:
        """Hash of the version."""
        return hash(self.version)

    @property
    def warning(self) -> str:
        """What stands above all that is shown of the region, "" when nothing is simulated."""
        return warning_of(self.provenance.values())

    def warning_about(self, *tables: str) -> str:
        """Return what stands above what some tables give, "" when none of them is simulated."""
        return warning_of(known for key, known in self.provenance.items() if key in tables)

    @property
    def unverified_minutes(self) -> str:
        """What stands above all that rests on minutes that nobody ever compared with a trip.

        "" where there are roads, or on the mainland, where the error is known. The lands that some
        roads leave out are named.
        """
        label, shown = self.travel_time.label, set(self.communes["departement"])
        if minutes_unverified(label, shown):
            return UNVERIFIED_MINUTES
        overseas = [one for one in shown if shown_overseas([one])]
        told = [one for one in overseas if minutes_unverified(label, [one])]
        if not told:
            return ""
        names = sorted(france.NAMES[france.REGION_OF[one]] for one in told)
        where = "Outre-mer" if len(told) == len(overseas) else joined(names)
        return where + UNVERIFIED_SOMEWHERE

    @property
    def passed_over(self) -> str:
        """Which imported files tell nothing of the region, "" for none."""
        return passed_over_told(self.provenance.values(), self.region_name)

    @property
    def simulated(self) -> tuple[str, ...]:
        """French titles of the tables that are still simulated, for the ribbon."""
        return tuple(p.title for p in self.provenance.values() if p.simulated)

    @property
    def simulated_tables(self) -> frozenset[str]:
        """Keys, in `provenance`, of the tables that are still simulated."""
        return frozenset(key for key, known in self.provenance.items() if known.simulated)

    def simulated_told(self, *tables: str) -> str:
        """Say which of some tables are simulated, "" when none is: beside what is read in them."""
        told = [
            uncapitalised(known.title)
            for key, known in self.provenance.items()
            if key in tables and known.simulated
        ]
        return f"Simulé, sans valeur pour une décision : {joined(told)}." if told else ""
