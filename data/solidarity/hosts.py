"""Where volunteers could receive: town halls of the targets, MSPs, hospitals, or a list."""

import contextlib

import numpy as np
import numpy.typing as npt
import pandas as pd

from data.base.french import fold, joined
from data.region import table_store
from data.region.territory import Territory
from geo.errors import InvalidInputError, UnavailableError

Ints = npt.NDArray[np.int64]

HOSTS = {
    "mairies": "les mairies des communes aidées",
    "msp": "les maisons de santé",
    "hopitaux": "les hôpitaux",
    "liste": "votre liste de communes",
}
"""Kinds of host sites; all but the first may stand in another commune, 20 minutes away at most."""
_READ = ("communes", "gps", "zoning", "apl", "reference")
"""Tables that every plan rests on."""
_TABLES = {"msp": ("structures",), "hopitaux": ("structures", "pdses_lines")}
_HOSPITALS = frozenset({"101", "106", "128", "129", "292", "355", "365"})
"""Categories of FINESS."""
_NAMED = 3


def candidates(
    territory: Territory, kind: str, targets: Ints, listed: tuple[str, ...] = ()
) -> pd.DataFrame:
    """Return the communes where volunteers could receive; minutes are those of their town hall.

    Parameters
    ----------
    territory
        The region.
    kind
        Key of `HOSTS`.
    targets
        Rows of the communes to be helped.
    listed
        INSEE codes, for "liste".

    Returns
    -------
    pandas.DataFrame
        One row per commune, in the order of the region: row, places (names of the sites, in
        French).

    Raises
    ------
    InvalidInputError
        An unknown kind, or a list without any commune of the region.
    UnavailableError
        No site of that kind is known in the region.
    """
    if kind not in HOSTS:
        raise InvalidInputError(
            f"Sites d’accueil « {kind} » inconnus : choisissez parmi {', '.join(HOSTS)}."
        )
    if kind == "mairies":
        return pd.DataFrame({"row": targets, "places": "mairie"})
    if kind == "liste":
        found = pd.DataFrame({"code": list(dict.fromkeys(listed)), "name": "votre liste"})
    elif kind == "msp":
        known = territory.structures
        found = known.loc[known["kind"] == "msp", ["code", "name"]]
    else:
        found = _hospitals(territory)
    rows = pd.Index(territory.communes["code"]).get_indexer(found["code"])
    inside = found.assign(row=rows)[rows >= 0]
    if inside.empty:
        what = "Votre liste ne contient aucune commune de la région"
        if kind != "liste":
            what = f"Aucun site n’est connu dans la région parmi {HOSTS[kind]}"
        raise (InvalidInputError if kind == "liste" else UnavailableError)(
            f"{what} : choisissez d’autres sites d’accueil, ou importez-les."
        )
    return (
        inside.groupby("row")["name"]
        .agg(_named)
        .rename("places")
        .reset_index()
        .astype({"row": np.int64})
    )


def read_by(kind: str) -> tuple[str, ...]:
    """Return the tables that a plan rests on, whose help goes to host sites of a kind."""
    return (*_READ, *tables_of(kind))


def tables_of(kind: str) -> tuple[str, ...]:
    """Return the tables that name host sites of a kind, to be quoted: they may be simulated."""
    return _TABLES.get(kind, ())


def simulated(territory: Territory, kind: str) -> str:
    """Return, in French, which of these tables are simulated, "" when none is."""
    told = [
        territory.provenance[key].title
        for key in tables_of(kind)
        if key in territory.provenance and territory.provenance[key].simulated
    ]
    return f"Sites d’accueil simulés, sans valeur pour une décision : {joined(told)}." * bool(told)


def _hospitals(territory: Territory) -> pd.DataFrame:
    """Return hospitals of FINESS where it was imported, emergency departments, on-call lines."""
    structures, lines = territory.structures, territory.pdses_lines
    held = lines[lines["finess"] != ""].rename(columns={"establishment": "place"})
    pieces = [
        structures.loc[structures["kind"] == "urgences", ["code", "name"]],
        held[["code", "place"]].set_axis(["code", "name"], axis=1),
    ]
    with contextlib.suppress(UnavailableError):  # FINESS is lost: what else is known stands
        kept = table_store.version(table_store.current_key()).sites
        if kept:
            sites = table_store.read(kept)
            pieces.append(sites.loc[sites["category"].isin(_HOSPITALS), ["code", "name"]])
    return pd.concat(pieces, ignore_index=True).drop_duplicates()


def _named(names: pd.Series) -> str:
    told = sorted(set(names), key=fold)
    more = f" et {len(told) - _NAMED} autres" if len(told) > _NAMED else ""
    return ", ".join(told[:_NAMED]) + more
