"""Files of on-call lines that leave the application: template, published schema, export.

The columns are said once, in the Table Schema that another agency can publish its lines in.
"""

import json
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from data.access.source_notes import engine_line, table_lines, with_warning
from data.files import exports
from data.region.territory import Territory

SCHEMA_FILE = Path(__file__).parent / "schemas_published" / "pdses-lines.schema.json"
"""Frictionless Table Schema (specs.frictionlessdata.io/table-schema), as French open data does."""

COLUMN_OF = {
    "zone": "zone",
    "nofinesset": "finess",
    "etablissement": "establishment",
    "code_insee": "code",
    "lon": "lon",
    "lat": "lat",
    "specialite": "specialty",
    "type_ligne": "line_type",
    "statut": "status",
    "etablissements_partenaires": "partners",
    "debut": "start",
    "fin": "end",
    "commentaire": "comment",
}
"""Heading of the file to column of the schema `pdses_lines`, in the order of the file."""

SHEET = "lignes"
FINESS_NUMBER = re.compile(r"(\d{2}|2[AB])\d{7}")

_NOTES = """\
Modèle des lignes de permanence des soins (PDSES) : une ligne par garde ou astreinte.
Remplacez la ligne d’exemple de la feuille « lignes » par vos lignes.
La feuille « explications » dit ce que contient chaque colonne.
Pour situer un établissement, une indication suffit : coordonnées, code INSEE ou numéro FINESS.
Le numéro FINESS situe si FINESS a été importé ; une colonne « commune » peut être ajoutée.
Un tableau large (une ligne par établissement, une colonne par spécialité) est lu aussi.\
""".splitlines()


@cache
def schema() -> dict[str, Any]:
    """Return the published Table Schema."""
    return dict(json.loads(SCHEMA_FILE.read_text(encoding="utf-8")))


def schema_json() -> bytes:
    """Return the published Table Schema as its file is."""
    return SCHEMA_FILE.read_bytes()


def csv_template() -> bytes:
    """Return the template as a CSV: headings and one example."""
    return exports.to_csv(_example(), ())


def xlsx_template() -> bytes:
    """Return the template as a workbook: notes, lines, then what each column holds."""
    fields = schema()["fields"]
    rules = [field.get("constraints", {}) for field in fields]
    explained = pd.DataFrame(
        {
            "colonne": [field["name"] for field in fields],
            "obligatoire": [rule.get("required", False) for rule in rules],
            "valeurs": [", ".join(rule.get("enum", [])) for rule in rules],
            "exemple": [field["example"] for field in fields],
            "explication": [field["description"] for field in fields],
        }
    )
    return exports.to_xlsx({SHEET: _example(), "explications": explained}, _NOTES)


def _example() -> pd.DataFrame:
    return pd.DataFrame({field["name"]: [field["example"]] for field in schema()["fields"]})


def as_published(lines: pd.DataFrame) -> pd.DataFrame:
    """Return lines (schema `pdses_lines`) under the headings of the template.

    What stands in place of a FINESS number in demonstration data is left out.
    """
    table = lines[list(COLUMN_OF.values())].set_axis(list(COLUMN_OF), axis=1)
    known = table["nofinesset"].map(lambda number: bool(FINESS_NUMBER.fullmatch(number)))
    return table.assign(nofinesset=table["nofinesset"].where(known, ""))


def csv_export(lines: pd.DataFrame, notes: Sequence[str] = ()) -> bytes:
    """Return lines as a CSV in the form of the template; without notes, fit to be published.

    Validators of the published schema refuse notes above the heading: simulated lines say so in
    their comment.
    """
    return exports.to_csv(as_published(lines), notes)


def xlsx_export(lines: pd.DataFrame, notes: Sequence[str]) -> bytes:
    """Return lines as a workbook in the form of the template."""
    return exports.to_xlsx({SHEET: as_published(lines)}, notes)


def geojson_export(lines: pd.DataFrame, notes: Sequence[str]) -> bytes:
    """Return lines as points (GeoJSON, WGS84)."""
    points = gpd.points_from_xy(lines["lon"], lines["lat"], crs=4326)
    return exports.to_geojson(gpd.GeoDataFrame(as_published(lines), geometry=points), notes)


def notes(territory: Territory) -> list[str]:
    """Return the lines that go with an export: source, vintage, simulated or not."""
    known = territory.provenance["pdses_lines"]
    return with_warning([known], [*table_lines([known]), engine_line(territory)])
