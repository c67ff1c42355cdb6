"""The template of candidate sites, in CSV and XLSX, with a sheet that explains each column."""

import pandas as pd

from data.files import exports

COLUMNS: tuple[tuple[str, str | int | float, str], ...] = (
    ("nom", "MSP du Centre", "Nom du site. Facultatif : à défaut, « Site 2 (Ussel) »."),
    ("longitude", 2.3138, "Degrés WGS84 (ou X en Lambert-93, en mètres). Virgule ou point."),
    ("latitude", 45.5448, "Degrés WGS84 (ou Y en Lambert-93, en mètres)."),
    ("code_insee", "19275", "Code INSEE de la commune (les anciens codes sont reconnus)."),
    ("commune", "Ussel", "Nom de la commune : accents, « St », « s/ » et majuscules indifférents."),
    ("code_postal", "19200", "Départage les communes de même nom."),
    ("adresse", "1 place de la Mairie, 19200 Ussel", "Lue jusqu’à la commune."),
    ("medecins", 3, "Généralistes prévus. Facultatif."),
    ("autres_professionnels", 5, "Autres professionnels prévus. Facultatif."),
    ("surface_m2", 450, "Surface en m². Facultatif."),
    ("annee_ouverture", 2028, "Année d’ouverture prévue. Facultatif."),
    (
        "medecins_venant_de",
        "19275:2; Meymac:1",
        "Généralistes déjà installés qui viendraient : commune, deux-points, nombre. Facultatif.",
    ),
)
"""Heading, example, explanation. One way of saying where the site is suffices."""

_NOTES = (
    "Modèle de sites candidats de ProxiSoins : une ligne par site, 2 000 au plus.",
    "Une seule façon de situer le site suffit : coordonnées, code INSEE, commune ou adresse.",
    "Les coordonnées l’emportent sur le reste.",
    "Remplacez la ligne d’exemple de la feuille « sites » par vos sites.",
)


def csv_template() -> bytes:
    """Return the template as a CSV for a French spreadsheet: heading and one example."""
    return exports.to_csv(_example(), ())


def xlsx_template() -> bytes:
    """Return the template as a workbook: notes, sites, then one line of explanation a column."""
    explained = pd.DataFrame(
        {
            "colonne": [name for name, _, _ in COLUMNS],
            "exemple": [example for _, example, _ in COLUMNS],
            "explication": [text for _, _, text in COLUMNS],
        }
    )
    return exports.to_xlsx({"sites": _example(), "explications": explained}, _NOTES)


def _example() -> pd.DataFrame:
    return pd.DataFrame({name: [example] for name, example, _ in COLUMNS})
