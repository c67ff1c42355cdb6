"""`proxisoins precompute`: what the first screens need, over several processes."""

from typing import Annotated

import typer


def precompute(
    regions: Annotated[
        list[str] | None,
        typer.Argument(metavar="[REGION]…", help="Codes INSEE ; toutes les régions sinon."),
    ] = None,
    *,
    workers: Annotated[
        int, typer.Option(help="Processus ; au-delà de 1, demande l’extra « precompute ».")
    ] = 1,
    scheduler: Annotated[
        str, typer.Option(help="Adresse d’un ordonnanceur Dask, à la place : tcp://machine:8786.")
    ] = "",
) -> None:
    """Prépare les premiers écrans d’avance : temps de trajet, indicateurs, contours."""
    from data.upkeep.precompute import precompute as run

    run(regions or [], typer.echo, workers=workers, scheduler=scheduler)
