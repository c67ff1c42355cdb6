"""A register newer than the counts: establishments by commune, and what it says of each.

SIRENE and the RPPS tell of every practice: a commune that they do not name has none. FINESS tells
of health centres and maisons de santé only: it confirms, and its silence says nothing. What a
register adds to the probability was learned with SIRENE alone; the others give states.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from data.base import french
from data.base.codes import departement
from data.files.cells import MASKED, masked
from data.region.rules import DOUBTED_FALL_GPS
from geo.errors import InvalidInputError
from models.learning import places
from models.learning.panel import numbers, read_csv

CONFIRMED, GONE, UNKNOWN = "confirmé", "probablement déjà parti", "inconnu"
"""What a register says of a commune whose GPs were counted before it."""

STATES = (GONE, UNKNOWN, CONFIRMED)

SIRENE, RPPS, FINESS = "SIRENE", "RPPS", "FINESS"

_COLUMN = re.compile(r"^(?:gp_establishments|establishments|gps)_((?:19|20)\d{2})_(0[1-9]|1[0-2])$")
_MONTH = re.compile(r"^((?:19|20)\d{2})-(0[1-9]|1[0-2])(?:-\d{2})?$")
_MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre",
    "octobre", "novembre", "décembre",
)  # fmt: skip

Array = npt.NDArray[np.float64]


def month_date(month: str) -> float:
    """Return the first day of a month "2019-03", in decimal years."""
    return int(month[:4]) + (int(month[5:7]) - 1) / 12


@dataclass(frozen=True)
class Register:
    """Establishments (or GPs) of a register by commune, at a month.

    Attributes
    ----------
    month
        "2019-03", the register being that of about its first day.
    counts
        Index code (COG 2021), establishments. In a département where SIRENE tells of a commune, a
        commune that it does not name has none; elsewhere it is not known, and so is a count that
        could not be read (NaN).
    source
        "SIRENE", "RPPS" or "FINESS".
    beside
        A second register, which confirms only (FINESS).
    """

    month: str
    counts: pd.Series
    source: str = SIRENE
    beside: "Register | None" = None

    @property
    def date(self) -> float:
        """The first day of the month, in decimal years."""
        return month_date(self.month)

    @property
    def told(self) -> str:
        """The month in French and the source ("mars 2019 (SIRENE)"); those of both of two."""
        told = f"{_MONTHS[int(self.month[5:7]) - 1]} {self.month[:4]} ({self.source})"
        return told if self.beside is None else f"{told} et {self.beside.told}"

    @property
    def learned(self) -> bool:
        """Whether what it adds to the probability was learned: SIRENE only."""
        return self.source == SIRENE

    def after(self, counted: float) -> "Register":
        """Return the same without a register beside that is no newer than the counts."""
        stale = self.beside is not None and self.beside.date <= counted
        return replace(self, beside=None) if stale else self

    def of(self, codes: pd.Index, gps: npt.ArrayLike) -> Array:
        """Return the establishments of communes, NaN where the register does not reach.

        Nor is it known where it shows none and the register beside shows a place of care, or
        where it shows none of `DOUBTED_FALL_GPS` or more: counts that fall so are not believed
        either (`data.region.falls`).

        Parameters
        ----------
        codes
            Communes, length n.
        gps
            GPs counted in each before the register, shape (n,).
        """
        found = self.alone(codes)
        doubted = np.asarray(gps, float) >= DOUBTED_FALL_GPS
        if self.beside is not None:
            doubted |= self.beside.alone(codes) > 0
        return np.where((found == 0) & doubted, np.nan, found)

    def alone(self, codes: pd.Index) -> Array:
        """Return the same, whatever the counts and the register beside show."""
        named = codes.isin(self.counts.index)
        found = self.counts.reindex(codes).to_numpy(float)
        if self.source != SIRENE:  # the RPPS names those that have none, FINESS has no such silence
            return found
        covered = set(self.counts.dropna().index.map(departement))
        here = codes.map(departement).isin(covered)
        return np.where(here, np.where(named, found, 0.0), np.nan)


def of_table(
    table: pd.DataFrame, month: str, source: str = SIRENE, *, learned: bool = False
) -> Register:
    """Return a register from rows of code and establishments; mergers are followed.

    The communes are those of today, or with `learned` those of 2021, which the model learned from.
    """
    follows = places.successors() if learned else places.heirs()
    heirs = table["code"].map(follows).fillna(table["code"])
    counts = table["establishments"].astype(float).groupby(heirs.rename("code")).sum(min_count=1)
    return Register(month, counts.sort_index(), source)


def read_counts(path: Path, *, learned: bool = False) -> Register:
    """Read a register already counted by commune: the first part of `read_told`."""
    return read_told(path, learned=learned)[0]


def read_told(path: Path, *, learned: bool = False) -> tuple[Register, list[str]]:
    """Read a register already counted by commune, and say what became of its rows.

    Columns code and gp_establishments_YYYY_MM, or code, establishments, date. Rows of one commune
    are parts of it: they add up.

    Raises
    ------
    InvalidInputError
        When the columns are others, the file has no row, or does not say its month.
    """
    text = read_csv(path, "registre")
    if text.empty:
        raise InvalidInputError(f"Le fichier {path} (registre) n’a aucune ligne sous ses titres.")
    dated = [(m, str(c)) for c in text.columns if (m := _COLUMN.match(str(c)))]
    if dated:
        match, column = max(dated, key=lambda one: one[0].groups())
        month = f"{match[1]}-{match[2]}"
    else:
        column, when = "establishments", text.get("date", text.get("month"))
        months = set() if when is None else {m[:7] for m in when.dropna() if _MONTH.match(m)}
        if column not in text.columns or len(months) != 1:
            raise InvalidInputError(
                f"Le fichier {path} (registre) doit avoir les colonnes « code » et "
                "« gp_establishments_AAAA_MM », ou « code », « establishments » et « date » "
                "(AAAA-MM, la même partout)."
            )
        (month,) = months
    found = numbers(text[column])
    table = pd.DataFrame({"code": text["code"], "establishments": found.where(found >= 0)})
    coded = table[table["code"] != ""]
    hidden = masked(text[column].fillna("").astype(str))
    unread = table["establishments"].isna() & text[column].notna() & ~hidden
    counts = {
        "Registre, refusé : code de commune illisible": len(table) - len(coded),
        f"Doute : registre, {MASKED}": int(hidden[coded.index].sum()),
        "Doute : registre, nombre illisible ou négatif, pris pour inconnu": int(
            unread[coded.index].sum()
        ),
    }
    rows = f"{french.counted(len(table), 'ligne lue', 'lignes lues')}"
    said = [f"Registre : {rows}, {french.counted(len(coded), 'retenue', 'retenues')}."]
    said += [f"{reason}, {french.number(count)}." for reason, count in counts.items() if count]
    return of_table(coded, month, learned=learned), said


def together(registers: Sequence[Register]) -> Register | None:
    """Return one register: SIRENE or the RPPS, with FINESS beside it.

    Raises
    ------
    InvalidInputError
        Two registers tell of the practices, or two of the places of care.
    """
    main = [one for one in registers if one.source != FINESS]
    places_of_care = [one for one in registers if one.source == FINESS]
    if len(main) > 1 or len(places_of_care) > 1:
        raise InvalidInputError(
            "Donner un seul registre de médecins (SIRENE ou RPPS) et, au plus, un fichier FINESS."
        )
    if not main:
        return places_of_care[0] if places_of_care else None
    return replace(main[0], beside=places_of_care[0] if places_of_care else None)


def states(
    register: Register | None, codes: pd.Index, counted: float, gps: npt.ArrayLike
) -> npt.NDArray[np.str_]:
    """Return what a register says of communes with a GP, counted at the date `counted`.

    Parameters
    ----------
    register
        None, or one that is older than the counts: nothing is known.
    codes
        Communes, length n.
    counted
        Date of the counts, decimal years.
    gps
        GPs counted then, shape (n,).

    Returns
    -------
    numpy.ndarray
        `CONFIRMED`, `GONE` or `UNKNOWN`, shape (n,). Unknown too where two registers disagree, and
        where many GPs would be gone at once (`Register.of`).
    """
    result = np.full(len(codes), UNKNOWN)
    if register is None:
        return result
    register = register.after(counted)
    if register.date > counted:
        own = register.alone(codes)
        result = np.where(own > 0, CONFIRMED, result)
        result = np.where(register.of(codes, gps) == 0, GONE, result)
        reached = ~np.isnan(own)
    else:
        reached = np.zeros(len(codes), bool)
    if register.beside is not None:
        there = register.beside.alone(codes) > 0
        result = np.where(there & ~reached, CONFIRMED, result)
    return result
