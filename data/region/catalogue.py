"""The one place that knows the state of the data: embedded, simulated, imported, and the engine."""

import threading
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from data.base.codes import departement
from data.base.table_cache import cached_table, digest
from data.region import (
    confirmed_zeros,
    doubted_zeros,
    embedded_set,
    engines,
    falls,
    table_names,
    table_store,
)
from data.region.newest_counts import newest_counts
from data.region.territory import Provenance, Territory
from geo.errors import InvalidInputError
from geo.travel_time import TravelTime

if TYPE_CHECKING:
    from data.region.demonstration import Demonstration

_BEYOND_THE_BORDER = frozenset(
    {"gps", "gp_history", "apl", "reference", "structures", "pdses_lines"}
)
"""Tables that also tell of the fringe; the others stop at the region's border."""
_BY_YEAR = frozenset({"gp_history", "apl"})
"""Tables of several years, which are not the same in every region."""
_IMPORTED_COUNTS = frozenset({"gps", "gp_history"})
_KEPT = 4
_SIMULATED_SOURCE = "ProxiSoins, données de démonstration (simulation)"
_SIMULATED_VINTAGE = "simulation"

_lock = threading.RLock()


def regions() -> list[tuple[str, str]]:
    """Return code and name of the regions that can be opened."""
    return embedded_set.regions()


def commit_tables(
    tables: Mapping[str, pd.DataFrame],
    provenance: Mapping[str, Provenance],
    sites: pd.DataFrame | None = None,
) -> str:
    """Replace tables by imported ones, in one step.

    Parameters
    ----------
    tables
        Whole tables by key (`data.region.schemas.TABLES`, or `populations`: code, population).
    provenance
        Where each comes from, by the same keys.
    sites
        Places of establishments, which `undo` takes back too; None to keep those known.

    Returns
    -------
    str
        Identity of the new state.

    Raises
    ------
    InvalidInputError
        A table does not follow its schema; nothing changes.
    UnavailableError
        The disk refuses; nothing changes.
    """
    checked = {key: _checked(key, table) for key, table in tables.items()}
    if missing := set(checked) ^ set(provenance):
        raise InvalidInputError(f"Provenance et tables ne se répondent pas : {sorted(missing)}.")
    return table_store.commit(checked, provenance, sites).key


def undo() -> list[str]:
    """Go back one import; return the keys of the tables that changed, none when there is none."""
    return table_store.undo()


def imported_files() -> dict[str, list[str]]:
    """Return the names of the files imported, each with the keys of the tables that stand on it."""
    state = table_store.version(table_store.current_key())
    files: dict[str, list[str]] = {}
    for key in sorted(state.tables):
        name = state.provenance[key].file_name if key in state.provenance else ""
        files.setdefault(name or key, []).append(key)
    return files


def withdraw(keys: Iterable[str]) -> list[str]:
    """Take imported tables out, and return their keys; what their file replaced stands again.

    `undo` puts them back.
    """
    return table_store.withdraw(list(keys))


def can_undo() -> bool:
    """Tell whether something was imported."""
    return table_store.current_key() != ""


def imported_tables(keys: Iterable[str]) -> dict[str, pd.DataFrame]:
    """Return the imported tables among these keys, whole (all regions)."""
    state = table_store.version(table_store.current_key())
    return {key: table_store.read(state.tables[key]) for key in keys if key in state.tables}


def doubted_zeros_in_place() -> list[falls.Fall]:
    """Return the zeros of the imported counts that are to check, of all regions."""
    tables = imported_tables(["gps", "gp_history"])
    known = table_store.version(table_store.current_key()).provenance.get("gps")
    gps = falls.dated(tables.get("gps"), known.year if known else None)
    return falls.of_tables(tables.get("gp_history"), gps, confirmed_zeros.confirmed())


def state_key(region: str = embedded_set.DEFAULT_REGION) -> str:
    """Return a key that changes as soon as the data or the engine of a region change."""
    folder = embedded_set.folder(region)
    tables = table_store.current_key()
    return digest(tables, confirmed_zeros.key(), _stamp(folder), engines.network_key(region))


def status(region: str = embedded_set.DEFAULT_REGION) -> list[Provenance]:
    """Return the provenance of each table of a region, simulated ones included."""
    return list(load_territory(region).provenance.values())


def travel_time(region: str = embedded_set.DEFAULT_REGION) -> TravelTime:
    """Return the engine in use in a region, without its tables."""
    return engines.engine(region, embedded_set.communes(region), embedded_set.fringe(region))


def load_territory(region: str = embedded_set.DEFAULT_REGION) -> Territory:
    """Return a region as the data stand now; the same object as long as nothing changes.

    An imported table takes the place of the simulated one when it tells of the region.

    Raises
    ------
    UnavailableError
        The region's set is not built, or an imported table is lost.
    """
    state = state_key(region)
    with _lock:  # two sessions that open a region at once wait for one territory
        return _in_state(region, state)


@lru_cache(maxsize=_KEPT)
def _in_state(region: str, state: str) -> Territory:
    """Return a region as it stands in a state, which is that of now."""
    del state
    return _load(region)


def _load(region: str) -> Territory:
    communes, fringe = embedded_set.communes(region), embedded_set.fringe(region)
    engine = engines.engine(region, communes, fringe)
    codes, around = set(communes["code"]), set(fringe["code"])
    state = table_store.version(table_store.current_key())
    provenance = {"communes": _embedded_provenance(region, communes)}
    tables, hashes = {}, [_stamp(embedded_set.folder(region)), _simulation_key(region)]
    imported = {
        key: table_store.read(state.tables[key]) for key in _IMPORTED_COUNTS & state.tables.keys()
    }
    known = dict(state.provenance)
    if newest := newest_counts(imported, known, communes["code"], fringe["code"]):
        imported["gps"], known["gps"] = newest
        hashes.append(known["gps"].vintage)
    for key in table_names.REPLACED:
        found = None
        # Counts of a year beside past counts of another world would make a course of neither.
        if key in state.tables and not (key == "gp_history" and provenance["gps"].simulated):
            kept = codes | around if key in _BEYOND_THE_BORDER else codes
            whole = imported[key] if key in imported else table_store.read(state.tables[key])
            found = _of(whole, kept)
        if found is not None and _inside(found, codes).any():
            tables[key] = found
            hashes.append(state.tables[key])
            provenance[key] = _of_region(known[key], found, codes)
        else:
            tables[key] = _simulated(key, region)
            if len(tables[key]):
                file = state.provenance[key].file_name if key in state.provenance else ""
                made = _simulated_provenance(key, tables[key], codes)
                provenance[key] = replace(made, passed_over=file)
    names = {**_named(fringe), **_named(communes)}
    judged = doubted_zeros.judged(tables, provenance, names, confirmed_zeros.confirmed())
    tables |= judged.tables
    provenance |= {
        key: _of_region(told, tables[key], codes) for key, told in judged.provenance.items()
    }
    hashes += [zero.told for zero in judged.zeros]
    hashes += [year.told for year in judged.uncounted]
    if "populations" in state.tables:
        populations = table_store.read(state.tables["populations"])
        hashes.append(state.tables["populations"])
        communes, fringe = (_with_populations(t, populations) for t in (communes, fringe))
        told = _of(populations, codes)
        provenance["populations"] = _of_region(state.provenance["populations"], told, codes)
        if codes <= set(populations["code"]):  # no population of the embedded set is left
            codes_alone = embedded_set.CODES_VINTAGE
            provenance["communes"] = replace(provenance["communes"], vintage=codes_alone)
    context = _context(state, codes, around)
    hashes += [state.tables[key] for key in context]
    for key, table in context.items():
        provenance[key] = _of_region(state.provenance[key], table, codes)
    return Territory(
        region=region,
        region_name=embedded_set.name(region),
        version=digest(region, *hashes, engine.version),
        communes=communes,
        fringe=fringe,
        **tables,
        provenance=provenance,
        travel_time=engine,
        context=context,
        zeros=judged.zeros,
    )


def _named(places: pd.DataFrame) -> dict[str, str]:
    return dict(zip(places["code"], places["name"], strict=True))


def _context(
    state: table_store.Version, codes: set[str], around: set[str]
) -> dict[str, pd.DataFrame]:
    """Return the tables that nothing simulates, those that tell of the region only."""
    found = {}
    here, near = _with_departements(codes), _with_departements(codes | around)
    for key in table_names.BROUGHT:
        if key in state.tables:
            table = _of(table_store.read(state.tables[key]), near)
            if _inside(table, here).any():
                found[key] = table
    return found


def _with_departements(codes: set[str]) -> set[str]:
    """Return codes of communes and those of their départements, as tables by département say."""
    return codes | set(map(departement, codes))


def _checked(key: str, table: pd.DataFrame) -> pd.DataFrame:
    from data.region import schemas  # long to import; what only reads tables does without

    return schemas.checked(key, table).reset_index(drop=True)


def _of(table: pd.DataFrame, codes: set[str]) -> pd.DataFrame:
    return table[_inside(table, codes)].reset_index(drop=True)


def _of_region(provenance: Provenance, table: pd.DataFrame, codes: set[str]) -> Provenance:
    """Return where a table comes from, as it tells of a region: rows, communes, years."""
    vintage = provenance.vintage
    if provenance.table in _BY_YEAR:
        years = table.loc[_inside(table, codes), "year"].unique()
        vintage = ", ".join(map(str, sorted(years))) or vintage
    return replace(provenance, rows=len(table), matched=_matched(table, codes), vintage=vintage)


def _inside(table: pd.DataFrame, codes: set[str]) -> npt.NDArray[np.bool_]:
    return np.fromiter((code in codes for code in table["code"].tolist()), np.bool_, len(table))


def _matched(table: pd.DataFrame, codes: set[str]) -> int:
    """Count the communes that a table tells of, by themselves or by their département."""
    told = set(table["code"].tolist())
    return sum(bool(_with_departements({code}) & told) for code in codes)


def _with_populations(communes: pd.DataFrame, populations: pd.DataFrame) -> pd.DataFrame:
    """Return the communes with the imported populations; those not told keep the embedded one."""
    told = communes["code"].map(populations.set_index("code")["population"])
    return communes.assign(population=told.fillna(communes["population"]))


def _embedded_provenance(region: str, communes: gpd.GeoDataFrame) -> Provenance:
    sources = embedded_set.attributions(region)
    return Provenance(
        table="communes",
        title="Communes, contours et populations",
        source=" ; ".join(f"{s.title} ({s.producer})" for s in sources),
        vintage=embedded_set.vintage(region),
        licence=" ; ".join(dict.fromkeys(s.licence for s in sources)),
        simulated=False,
        rows=len(communes),
        matched=len(communes),
    )


def _simulated_provenance(key: str, table: pd.DataFrame, codes: set[str]) -> Provenance:
    return Provenance(
        table=key,
        title=table_names.TITLES[key],
        source=_SIMULATED_SOURCE,
        vintage=_SIMULATED_VINTAGE,
        licence="AGPL-3.0-or-later",
        simulated=True,
        rows=len(table),
        matched=_matched(table, codes),
    )


@cache
def _file_digest(stamped: tuple[Path, int, int]) -> str:
    """Return the digest of a file, read again when its date or its size is another."""
    return digest(stamped[0].read_bytes())


def _stamp(folder: Path) -> str:
    """Return a key of the files of an embedded set."""
    files = sorted(folder.glob("*.parquet"))
    return digest(*(_file_digest((f, f.stat().st_mtime_ns, f.stat().st_size)) for f in files))


@cache
def _generator_key() -> str:
    """Return a key of the generator: its code and its parameters."""
    parts = ("demonstration.py", "demonstration_lines.py", "demonstration_parameters.json")
    return digest(*(Path(__file__).with_name(part).read_bytes() for part in parts))


def _simulation_key(region: str) -> str:
    return digest(_generator_key(), _stamp(embedded_set.folder(region)))


def _simulated(key: str, region: str) -> pd.DataFrame:
    """Return a simulated table, kept on disk; no APL is simulated."""
    if key == "apl":
        types = table_names.APL_TYPES
        return pd.DataFrame({name: pd.Series(dtype=one) for name, one in types.items()})
    return cached_table(
        f"demonstration-{region}-{key}",
        _simulation_key(region),
        lambda: _checked(key, getattr(_simulation((region, _simulation_key(region))), key)),
    )


@cache
def _simulation(keyed: tuple[str, str]) -> "Demonstration":
    """Return the simulation of a region, made again when the generator or the set is another."""
    from data.region import demonstration

    region = keyed[0]
    return demonstration.simulate(embedded_set.communes(region), embedded_set.fringe(region))


def served_regions() -> list[str]:
    """Return the names of the regions whose times are all those of the road network in use."""
    return [name for code, name in regions() if engines.wholly_served(code)]
