"""What the risk model reads, gathered once: panel, APL, reference, facilities, ages."""

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError, iterparse

import pandas as pd

from geo.errors import InvalidInputError, UnavailableError
from models.learning import places
from models.learning.panel import follow_mergers, read, read_csv, years

FACILITIES_YEAR = 2013
"""Vintage of the wide table of facilities (BPE 2013) that `read_facilities` understands."""

FACILITIES = {
    "Pharmacie": "pharmacies",
    "Infirmier": "nurses",
    "Masseur kinésithérapeute": "physiotherapists",
    "Chirurgien dentiste": "dentists",
    "Laboratoire d'analyses médicales": "laboratories",
    "Maison de santé pluridisciplinaire": "msp",
    "Personnes âgées : hébergement": "care_homes",
    "École élémentaire": "primary_schools",
    "Collège": "secondary_schools",
    "Bureau de poste": "post_offices",
    "Banque, Caisse d'Epargne": "banks",
    "Supermarché": "supermarkets",
    "Boulangerie": "bakeries",
    "Gendarmerie": "police_posts",
    "Vétérinaire": "vets",
    "Total de nb_equip": "all_facilities",
}
"""Columns of the wide BPE table that are read → our names."""

_APL = re.compile(r"^apl_((?:19|20)\d{2})$")
_CELL = re.compile(r"^([A-Z]+)\d+$")
_SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


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
    facilities
        Index code, columns of `FACILITIES`; vintage `FACILITIES_YEAR`.
    ages
        Index code: share of the GPs over 65, from an agency's own extract, in memory only. It
        takes the place of the area's share (1 − APL65/APL) where it is given.
    """

    panel: pd.DataFrame
    apl: pd.DataFrame = field(default_factory=pd.DataFrame)
    reference: pd.DataFrame = field(default_factory=pd.DataFrame)
    facilities: pd.DataFrame = field(default_factory=pd.DataFrame)
    ages: pd.Series = field(default_factory=lambda: pd.Series(dtype=float))

    def known_at(self, year: int) -> "Inputs":
        """Return the same without any GP, APL or facility figure dated after `year`."""
        late = [f"gp_{y}" for y in years(self.panel) if y > year]
        apl = self.apl if self.apl.empty else self.apl[self.apl["year"] <= year]
        facilities = self.facilities if year >= FACILITIES_YEAR else pd.DataFrame()
        panel = self.panel.drop(columns=late)
        return Inputs(panel, apl, self.reference, facilities, self.ages)


def read_apl(path: Path) -> pd.DataFrame:
    """Read APL in the layout apl_Y, apl65_Y, standardised_population_(Y-2) to one row a year."""
    wide = read_csv(path, "APL")
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
            part[name] = pd.to_numeric(wide.get(column, blank), errors="coerce")
        parts.append(part)
    return pd.concat(parts, ignore_index=True)


def read_reference(path: Path) -> pd.DataFrame:
    """Read populations and points given by a reference of communes; other columns are ignored."""
    wide = read_csv(path, "référence des communes")
    names = {"population": "population", "longitude_centre": "lon", "latitude_centre": "lat"}
    table = wide[["code"]].copy()
    for column, name in names.items():
        blank = pd.Series(float("nan"), index=wide.index)
        table[name] = pd.to_numeric(wide.get(column, blank), errors="coerce")
    return table.drop_duplicates("code")


def _rows(path: Path) -> Iterator[dict[str, str]]:
    """Give the rows of the first sheet of a workbook as column letter → text, as it streams by."""
    with zipfile.ZipFile(path) as book, book.open("xl/worksheets/sheet1.xml") as sheet:
        for _, node in iterparse(sheet):  # noqa: S314  (expat ≥ 2.4 bounds expansion)
            if node.tag != f"{_SHEET}row":
                continue
            yield {_letter(cell): "".join(cell.itertext()) for cell in node}
            node.clear()


def _letter(cell: Element) -> str:
    place = _CELL.match(cell.get("r", ""))
    return place[1] if place else ""


def read_facilities(path: Path) -> pd.DataFrame:
    """Read the wide BPE table of 2013 (xlsx, one row per commune); mergers are followed."""
    if not path.is_file():
        raise UnavailableError(f"Le fichier {path} (base des équipements) est introuvable.")
    try:
        rows = _rows(path)
        header = next(rows)
        wanted = {letter: FACILITIES[name] for letter, name in header.items() if name in FACILITIES}
        code = next((letter for letter, name in header.items() if name == "depcom"), "")
        if not code or "pharmacies" not in wanted.values():
            raise InvalidInputError(
                f"Le fichier {path} n’est pas la base permanente des équipements en large : "
                "colonnes « depcom » et « Pharmacie » attendues."
            )
        records = [
            {"code": row[code], **{name: row.get(letter) for letter, name in wanted.items()}}
            for row in rows
            if row.get(code)
        ]
    except (zipfile.BadZipFile, KeyError, ParseError, StopIteration) as error:
        raise InvalidInputError(f"Le fichier {path} n’est pas un classeur xlsx lisible.") from error
    table = pd.DataFrame(records)
    counts = table.drop(columns="code").apply(pd.to_numeric, errors="coerce").fillna(0.0)
    heirs = table["code"].map(places.successors()).fillna(table["code"])
    return counts.groupby(heirs.rename("code")).sum().sort_index()


def share_over_65(extract: pd.DataFrame) -> pd.Series:
    """Return the share of GPs over 65 per commune from rows of code and age; nothing is kept.

    Raises
    ------
    InvalidInputError
        When a column lacks or an age is no age of a working doctor.
    """
    lacking = {"code", "age"} - set(extract.columns)
    if lacking:
        raise InvalidInputError(
            f"L’extrait des âges n’a pas de colonne {', '.join(sorted(lacking))} : "
            "deux colonnes sont attendues, code (INSEE) et age."
        )
    age = pd.to_numeric(extract["age"], errors="coerce")
    if not age.dropna().between(24, 100).all():
        raise InvalidInputError("L’extrait des âges contient des âges hors de 24 à 100 ans.")
    return (age > 65).where(age.notna()).groupby(extract["code"].astype(str)).mean().dropna()


def gather(
    panel: Path, apl: Path | None, reference: Path | None, facilities: Path | None
) -> Inputs:
    """Read the files given; those that are None stay empty."""
    empty = pd.DataFrame()
    return Inputs(
        panel=follow_mergers(read(panel)),
        apl=empty if apl is None else read_apl(apl),
        reference=empty if reference is None else read_reference(reference),
        facilities=empty if facilities is None else read_facilities(facilities),
    )
