"""Options that commands of several rooms share: one name, one help, one meaning."""

from pathlib import Path
from typing import Annotated

import typer

from geo.errors import InvalidInputError

REGION = "75"
"""Region of a command that is not told one: Nouvelle-Aquitaine."""

Region = Annotated[str, typer.Option("--region", help="Code INSEE de la région.")]
RegionWithoutTables = Annotated[
    str,
    typer.Option("--region", help="Code INSEE de la région, quand aucune table n’est donnée."),
]
Out = Annotated[
    Path,
    typer.Option(
        help="Fichier à écrire : .csv, .xlsx ou .parquet. Ce qu’il contient, ses sources et ses "
        "années sont dites dans le fichier, ou à côté d’un CSV (NOM.csv-metadata.json)."
    ),
]
PerGp = Annotated[
    float, typer.Option("--per-gp", help="Habitants qu’un médecin peut suivre, au plus.")
]
Volunteers = Annotated[
    int | None, typer.Option(help="Volontaires en tout, au plus ; rien : pas de limite.")
]
LongestTrip = Annotated[
    float, typer.Option(help="Trajet le plus long d’un volontaire, en minutes.")
]
HostsFile = Annotated[
    Path | None, typer.Option("--hosts-file", help="Votre liste : une colonne id (codes INSEE).")
]


def together(**files: Path | None) -> bool:
    """Tell whether all the tables of a command were given; False where none was.

    Raises
    ------
    InvalidInputError
        Some were given and some were not.
    """
    given = [file is not None for file in files.values()]
    if any(given) and not all(given):
        *first, last = [f"--{name}" for name in files]
        raise InvalidInputError(
            f"Donnez ensemble les {len(files)} fichiers {', '.join(first)} et {last}, ou aucun "
            "pour les communes de la région."
        )
    return all(given)
