"""Templates of the tables that no public file holds: what an agency fills in and imports."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from data.files import exports
from data.official.readers import cpts, regulation, specialists
from geo.errors import InvalidInputError

_SHEET = "tableau"


@dataclass(frozen=True)
class Template:
    """A table to fill in.

    Attributes
    ----------
    name
        Stem of its file.
    example
        Headings, with lines that show the forms that are read.
    notes
        What to know, in French, one sentence each.
    """

    name: str
    example: pd.DataFrame
    notes: tuple[str, ...]

    def csv(self) -> bytes:
        """Return the template as a CSV: headings and examples."""
        return exports.to_csv(self.example, ())

    def xlsx(self) -> bytes:
        """Return the template as a workbook: notes, then headings and examples."""
        return exports.to_xlsx({_SHEET: self.example}, self.notes)


REGULATION = Template(
    "modele-regulation",
    pd.DataFrame(
        [
            ("16", "semaine", 20, 24, 9.5, 8, 2, 2025),
            ("16", "tous", 0, 8, 3.2, 9, 1, 2025),
            ("16", "samedi", 12, 20, 18, 7.5, 3, 2025),
        ],
        columns=list(regulation.COLUMNS),
    ),
    (
        "Une ligne par département et par plage horaire ; remplacez les lignes d’exemple.",
        "jour : lundi à dimanche, semaine (du lundi au vendredi), week-end ou tous.",
        (
            "heure_debut, heure_fin : heures pleines, fin exclue ; une plage qui passe minuit "
            "continue le jour suivant."
        ),
        (
            "appels_par_heure : appels régulés par un médecin, en moyenne sur chaque heure de la "
            "plage."
        ),
        "duree_minutes : minutes qu’un appel occupe le régulateur, en moyenne, saisie comprise.",
        "regulateurs : postes de médecin régulateur tenus ; un nombre entier, jamais un nom.",
        "Ce qui n’est pas connu se laisse en blanc : rien n’est compté zéro.",
        "Un fichier remplace les départements qu’il contient ; les autres restent.",
    ),
)
SPECIALISTS = Template(
    "modele-specialistes",
    pd.DataFrame(
        [("16015", "Ophtalmologie", 7, 2025), ("16102", "Ophtalmologie", 1.5, 2025)],
        columns=list(specialists.COLUMNS),
    ),
    (
        "Une ligne par commune et par spécialité ; remplacez les lignes d’exemple.",
        "code_insee : code INSEE de la commune d’exercice.",
        "medecins : nombre de médecins, fractions admises (0,4) ; jamais un nom.",
        "Une commune absente du fichier n’a aucun médecin des spécialités qu’il contient.",
        "Un fichier remplace les spécialités qu’il contient ; les autres restent.",
    ),
)

CPTS = Template(
    "modele-cpts",
    pd.DataFrame(
        [("16015", "CPTS du Grand Angoulême", "", 2026), ("16374", "CPTS Ouest Charente", "", "")],
        columns=list(cpts.COLUMNS),
    ),
    (
        "Une ligne par commune ; remplacez les lignes d’exemple.",
        "cpts : nom de la communauté, le même sur toutes ses lignes.",
        "finess : son numéro (catégorie 604), si vous l’avez ; sinon laissez en blanc.",
        (
            "Une commune absente du fichier n’est dans aucune CPTS connue ; une commune que deux "
            "CPTS se partagent est refusée, non choisie."
        ),
        (
            "Des contours en GeoJSON (WGS84) sont lus aussi, s’ils ont un attribut cpts : une "
            "commune est dans le contour où est sa mairie."
        ),
    ),
)


def write(template: Template, path: Path) -> None:
    """Write a template as a CSV or a workbook.

    Raises
    ------
    InvalidInputError
        The name of the file ends otherwise.
    """
    made = {".csv": template.csv, ".xlsx": template.xlsx}.get(path.suffix.lower())
    if made is None:
        raise InvalidInputError(f"« {path.name} » : le modèle s’écrit en .csv ou en .xlsx.")
    path.write_bytes(made())
