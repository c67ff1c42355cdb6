"""Small files with the layout of the RPPS."""

import zipfile

COLUMNS = [
    "Type d'identifiant PP", "Identifiant PP", "Identification nationale PP", "Nom d'exercice",
    "Prénom d'exercice", "Code profession", "Code type savoir-faire", "Code savoir-faire",
    "Numéro SIRET site", "Numéro FINESS site", "Identifiant technique de la structure",
    "Raison sociale site", "Indice répétition voie (coord. Structure)",
    "Code postal (coord. structure)", "Code commune (coord. structure)",
    "Libellé commune (coord. structure)", "Code secteur d'activité",
    "Bureau cedex (coord. structure)", "Code mode exercice",
]  # fmt: skip


def row(person, skill="SM54", sector="SA07", code="16001", site="R1", **others):
    cells = dict.fromkeys(COLUMNS, "")
    cells |= {
        "Identification nationale PP": person,
        "Nom d'exercice": "NOMSECRET",
        "Code profession": "10",
        "Code type savoir-faire": "S",
        "Code savoir-faire": skill,
        "Code commune (coord. structure)": code,
        "Code secteur d'activité": sector,
        "Identifiant technique de la structure": site,
        "Raison sociale site": 'CABINET "DU" BOURG',
    }
    return "|".join((cells | others).values()) + "|"


def write(path, rows, **members):
    text = "\n".join(["|".join(COLUMNS) + "|", *rows]) + "\n"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("PS_LibreAcces_Personne_activite_202611210800.txt", text)
        for name, content in members.items():
            archive.writestr(f"{name}.txt", content)
    return path
