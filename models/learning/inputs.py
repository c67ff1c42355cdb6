"""What the risk model reads, gathered once: panel, APL, reference, register."""

import math
import re
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd

from data.base.french import counted
from data.files.remarks import heard_by
from geo.errors import InvalidInputError
from models.learning import places
from models.learning.panel import follow_mergers, numbers, one_row_each, read_csv, years
from models.learning.register import Register, read_counts

_APL = re.compile(r"^apl_((?:19|20)\d{2})$")
_READ = re.compile(r"^(?:apl(?:65)?|standardised_population)_(?:19|20)\d{2}$")
_REFERENCE = {"population": "population", "longitude_centre": "lon", "latitude_centre": "lat"}
"""Column of a reference of communes to what it says."""
_POSSIBLE = {"population": (0, math.inf), "lon": (-180, 180), "lat": (-90, 90)}
"""Least and most of what a reference says: inhabitants, degrees."""


@dataclass(frozen=True)
class Inputs:
    """Checked tables of one prediction or fit; every one but the panel may be empty.

    Attributes
    ----------
    panel
        GPs, mergers followed: index code, columns gp_YYYY.
    apl
        Columns code, year, apl, apl65, standardised_population (schema `apl`).
    reference
        Columns code, population, lon, lat: used for communes the embedded points lack.
    register
        A register newer than the counts: no predictor, `models.learning.nowcast` reads it.
    learned
        Whether the communes are those of 2021, which the model learned from, or those of today.
    """

    panel: pd.DataFrame
    apl: pd.DataFrame = field(default_factory=pd.DataFrame)
    reference: pd.DataFrame = field(default_factory=pd.DataFrame)
    register: Register | None = None
    learned: bool = False

    def places(self) -> pd.DataFrame:
        """Return the embedded communes that these tables are of (`models.learning.places`)."""
        return places.communes() if self.learned else places.present()

    def known_at(self, year: int) -> "Inputs":
        """Return the same without any count or APL of a year after `year`.

        Counts are of 31 December, the APL of a year measures activity through the whole of it:
        both are known when the year ends, neither before.
        """
        late = [f"gp_{y}" for y in years(self.panel) if y > year]
        apl = self.apl if self.apl.empty else self.apl[self.apl["year"] <= year]
        return replace(self, panel=self.panel.drop(columns=late), apl=apl)


def read_apl(path: Path) -> pd.DataFrame:
    """Read APL in the layout apl_Y, apl65_Y, standardised_population_(Y-2) to one row a year.

    Raises
    ------
    InvalidInputError
        No column apl_Y, or two rows of one commune that differ.
    """
    wide = read_csv(path, "APL", _READ)
    wide = wide.loc[wide["code"] != "", ["code", *filter(_READ.match, wide.columns)]]
    wide = one_row_each(wide, path, "des valeurs différentes")
    found = sorted(int(m[1]) for m in map(_APL.match, map(str, wide.columns)) if m)
    if not found:
        raise InvalidInputError(f"Le fichier {path} n’a aucune colonne « apl_AAAA ».")
    parts = []
    for year in found:
        source = {
            "apl": f"apl_{year}",
            "apl65": f"apl65_{year}",
            "standardised_population": f"standardised_population_{year - 2}",
        }
        part = wide[["code"]].assign(year=year)
        for name, column in source.items():
            blank = pd.Series(float("nan"), index=wide.index)
            part[name] = numbers(wide.get(column, blank))
        parts.append(part)
    return pd.concat(parts, ignore_index=True)


def read_reference(path: Path) -> pd.DataFrame:
    """Read populations and points given by a reference of communes; other columns are ignored.

    A population or a point that cannot be is not known.
    """
    wide = read_csv(path, "référence des communes", re.compile(f"(?:{'|'.join(_REFERENCE)})$"))
    table = wide[["code"]].copy()
    for column, name in _REFERENCE.items():
        blank = pd.Series(float("nan"), index=wide.index)
        table[name] = numbers(wide.get(column, blank))
    for name, (least, most) in _POSSIBLE.items():
        table[name] = table[name].where(table[name].between(least, most))
    return table[table["code"] != ""].drop_duplicates("code")


def codes_told(path: Path | None, what: str) -> str:
    """Say how many rows of a file have no readable code; "" when all have one."""
    if path is None:
        return ""
    with heard_by(lambda _: None):  # its reading is told where it is used
        codes = read_csv(path, what)["code"]
    unread = int((codes == "").sum())
    if not unread:
        return ""
    lines = counted(len(codes), "ligne lue", "lignes lues")
    refused = counted(unread, "refusée", "refusées")
    return f"{what} : {lines}, dont {refused} (code de commune illisible)."


def unplaced(inputs: Inputs, codes: pd.Series) -> list[str]:
    """Return those of the codes of communes that nothing places: no point, no population."""
    placed = set(inputs.places()["code"])
    if not inputs.reference.empty:
        placed |= set(inputs.reference["code"])
    return sorted(set(codes) - placed - set(places.heirs()))


def gather(
    panel: pd.DataFrame,
    apl: Path | None,
    reference: Path | None,
    register: Path | None = None,
    *,
    learned: bool = False,
) -> Inputs:
    """Read the files given beside a panel as `panel.read` gives it; those that are None stay empty.

    `learned`: see `Inputs`.
    """
    empty = pd.DataFrame()
    return Inputs(
        panel=follow_mergers(panel, learned=learned),
        apl=empty if apl is None else read_apl(apl),
        reference=empty if reference is None else read_reference(reference),
        register=None if register is None else read_counts(register, learned=learned),
        learned=learned,
    )
