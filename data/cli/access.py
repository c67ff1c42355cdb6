"""`proxisoins access`: indicators of a region, or access measures on tables of one's own."""

from pathlib import Path
from typing import Annotated

import typer

from data.base.command_options import Out, together


def write_access(
    *,
    out: Out,
    region: Annotated[
        str, typer.Option(help="Code INSEE de la région (indicateurs des communes).")
    ] = "75",
    demand: Annotated[
        Path | None,
        typer.Option(help="Lieux et populations : id, population[, standardised_population]."),
    ] = None,
    supply: Annotated[
        Path | None,
        typer.Option(
            help="Offre : id, acts[, gps][, age]. Avec « gps » ou « age » (une ligne par "
            "médecin), les actes sont bornés entre 3 600 et 6 000 par médecin."
        ),
    ] = None,
    times: Annotated[
        Path | None,
        typer.Option(help="Temps de trajet : from (demande), to (offre), minutes."),
    ] = None,
    weights: Annotated[
        str,
        typer.Option(
            help="Pondération de la colonne « apl » calculée sur vos tables : drees_2015, "
            "drees_2012, e2sfca, three_sfca ou binary_20."
        ),
    ] = "drees_2015",
) -> None:
    """Écrit les indicateurs d’accès aux généralistes : une ligne par commune ou par lieu."""
    from data.base.french import counted
    from data.files.table_files import write_table
    from geo.access import weights_named

    chosen = weights_named(weights)
    together(demand=demand, supply=supply, times=times)
    if demand is None or supply is None or times is None:
        from data.access.indicators import commune_indicators, three_steps
        from data.region.catalogue import load_territory

        territory = load_territory(region)
        table = commune_indicators(territory)
        table.insert(
            list(table.columns).index("apl_e2sfca") + 1, "apl_3sfca", three_steps(territory)
        )
    else:
        from data.access.own_tables import measures, read_access_tables

        tables = read_access_tables(demand, supply, times)
        for note in tables.notes:
            typer.echo(f"Note : {note}", err=True)
        table = measures(tables, chosen)
    write_table(table, out)
    typer.echo(f"{counted(len(table), 'ligne écrite', 'lignes écrites')} dans {out}.")
