"""Read a generated RPPS of two million rows: seconds and peak memory of the whole import path.

Run: python -m benchmarks.rpps [ROWS]. Nobody in the generated file exists.
"""

import random
import sys
import zipfile
from pathlib import Path

from benchmarks.reading_costs import measure
from data.region import embedded_set

HEADER = (
    "Type d'identifiant PP|Identifiant PP|Identification nationale PP|Code civilité d'exercice|"
    "Libellé civilité exercice|Code civilité|Libellé civilité|Nom d'exercice|Prénom d'exercice|"
    "Code profession|Libellé profession|Code catégorie professionnelle|"
    "Libellé catégorie professionnelle|Code type savoir-faire|Libellé type savoir-faire|"
    "Code savoir-faire|Libellé savoir-faire|Code mode exercice|Libellé mode exercice|"
    "Numéro SIRET site|Numéro SIREN site|Numéro FINESS site|"
    "Numéro FINESS établissement juridique|Identifiant technique de la structure|"
    "Raison sociale site|Enseigne commerciale site|Complément destinataire (coord. structure)|"
    "Complément point géographique (coord. structure)|Numéro Voie (coord. structure)|"
    "Indice répétition voie (coord. Structure)|Code type de voie (coord. structure)|"
    "Libellé type de voie (coord. structure)|Libellé Voie (coord. structure)|"
    "Mention distribution (coord. structure)|Bureau cedex (coord. structure)|"
    "Code postal (coord. structure)|Code commune (coord. structure)|"
    "Libellé commune (coord. structure)|Code pays (coord. structure)|"
    "Libellé pays (coord. structure)|Téléphone (coord. structure)|"
    "Téléphone 2 (coord. structure)|Télécopie (coord. structure)|"
    "Adresse e-mail (coord. structure)|Code département (coord. structure)|"
    "Libellé département (coord. structure)|Ancien identifiant de la structure|"
    "Autorité d'enregistrement|Code secteur d'activité|Libellé secteur d'activité|"
    "Code section tableau pharmaciens|Libellé section tableau pharmaciens|Code fonction|"
    "Libellé fonction|Code genre d'activité|Libellé genre d'activité|"
)
SEED = 20261122
SHARE_OF_DOCTORS = 0.15


def write(path: Path, rows: int) -> None:
    """Write a zip with the layout of the register: 57 cells a row, names as filler."""
    draw = random.Random(SEED)  # noqa: S311 - a seeded simulation
    communes = embedded_set.communes()
    places = list(
        zip(communes["code"], communes["name"], communes["postcodes"].str[:5], strict=True)
    )
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("PS_LibreAcces_Personne_activite_202611220800.txt", "w") as out,
    ):
        out.write((HEADER + "\n").encode())
        for first in range(0, rows, 10_000):
            lines = []
            for number in range(first, min(first + 10_000, rows)):
                code, name, postcode = draw.choice(places)
                doctor = draw.random() < SHARE_OF_DOCTORS
                cells = [
                    "8",
                    f"1{number:010d}",
                    f"81{number:010d}",
                    "DR",
                    "Docteur",
                    "M",
                    "Monsieur",
                ]
                cells += ["NOM", "PRENOM", "10" if doctor else "60", "Profession", "C", "Civil"]
                cells += ["S", "Spécialité", draw.choice(["SM53", "SM54", "SM26"]), "Savoir-faire"]
                cells += ["L", "Libéral", "", "", "", "", f"R{number // 2:09d}", 'CABINET "A"', ""]
                cells += ["", "", "12", "", "R", "Rue", "DE L'ÉGLISE", "", "", postcode]
                cells += [code if draw.random() < 0.5 else "", name, "99000", "France"]
                cells += ["0500000000", "", "", "", "", "", "", "CNOM"]
                cells += [draw.choice(["SA07", "SA08", "SA01"]), "Cabinet", "", "", "", "", "", ""]
                lines.append("|".join(cells) + "|\n")
            out.write("".join(lines).encode())


def main() -> None:
    """Write the file, read it, print what it cost."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 2_000_000
    result = measure("rpps.zip", write, (rows,))
    print(f"{result.tables['gps']['gps'].sum():.0f} médecins")


if __name__ == "__main__":
    main()
