"""`proxisoins access`: indicators of a region, or access measures on tables of one's own."""

from pathlib import Path
from typing import Annotated

import typer

from data.base.command_options import Out, together

COLUMNS = {
    "id": "Lieu",
    "region": "Code région",
    "region_name": "Région",
    "nearest_gp_commune": "Code de la commune du généraliste le plus proche",
    "bassin_de_vie": "Code du bassin de vie",
    "cpts": "Code de la CPTS",
    "apl": "APL calculée (consultations/an/hab.), pondération de --weights sur vos tables",
    "apl_binary_20": "APL calculée, tout médecin à 20 min comptant autant",
    "apl65": "APL calculée, médecins de 65 ans et moins",
    "apl65_tvs": "APL publiée, 65 ans et moins, du territoire de vie-santé",
    "share_near_retirement_year": "Année de la part de l’offre proche de la retraite",
    "population_labelled_within_20": "Habitants à 20 min ou moins d’une structure France Santé",
    "population_labelled_within_30": "Habitants à 30 min ou moins d’une structure France Santé",
    "room_block": "Bloc qui prouve les habitants par médecin, 1 pour le plus mal loti",
    "gps_within_20": "Médecins généralistes à 20 min",
}
"""What columns hold that have no heading of their own in the files of screens."""


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
    from data.access.source_notes import dated, headed, source_notes
    from data.base.french import counted
    from data.files.table_files import write_table
    from data.reports.columns import described, simulated_told, with_simulated
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
        quoted = source_notes(territory, licences=True)
        table = with_simulated(table, quoted)
        made_up = simulated_told(territory.simulated_tables, COLUMNS | described(table))
        notes = headed(
            territory, "Accès aux médecins généralistes, par commune", [*quoted, *made_up]
        )
    else:
        from data.access.own_tables import measures, read_access_tables

        tables = read_access_tables(demand, supply, times)
        for note in tables.notes:
            typer.echo(f"Note : {note}", err=True)
        table = measures(tables, chosen)
        files = f"{demand.name}, {supply.name} et {times.name}"
        notes = [
            dated(f"Accès à une offre, par lieu : mesures sur {files}"),
            "Rien d’autre que ces fichiers n’entre dans le calcul.",
            f"Colonne « apl » : pondération {chosen.name}.",
            *tables.notes,
        ]
    write_table(table, out, notes, {**COLUMNS, **described(table)})
    typer.echo(f"{counted(len(table), 'ligne écrite', 'lignes écrites')} dans {out}.")
