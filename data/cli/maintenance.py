"""`proxisoins backup` and `proxisoins restore`: the data folder as one file."""

from pathlib import Path
from typing import Annotated

import typer


def write_backup(
    file: Annotated[Path, typer.Argument(metavar="FICHIER", help="Archive .zip à créer.")],
) -> None:
    """Sauvegarde le dossier de données (tables importées, scénarios) dans une archive."""
    from data.base.french import number
    from data.upkeep.backup import back_up

    count = back_up(file)
    size = number(file.stat().st_size / 1e6, 1)
    typer.echo(f"Sauvegarde écrite : {file} ({count} fichiers, {size} Mo).")


def restore_backup(
    file: Annotated[Path, typer.Argument(metavar="FICHIER", help="Archive .zip à restaurer.")],
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Ne pas demander de confirmation.")] = False,
) -> None:
    """Remet le dossier de données dans l’état d’une sauvegarde, application arrêtée."""
    from data.base.paths import home
    from data.upkeep.backup import restore

    if not yes:
        typer.confirm(
            f"Remplacer les données de {home()} par celles de {file.name} ? "
            "L’application doit être arrêtée.",
            abort=True,
        )
    former = restore(file)
    typer.echo(f"Données restaurées dans {home()}.")
    if former is not None:
        typer.echo(f"Les données précédentes sont gardées dans {former}.")
