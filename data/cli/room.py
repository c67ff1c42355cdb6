"""`proxisoins room`: who finds room with a GP, in a region or on tables of one's own."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from data.base.command_options import REGION, PerGp, RegionWithoutTables, together
from data.region.rules import HUBERT_MINUTES, ROOM_PEOPLE_A_GP

if TYPE_CHECKING:
    import pandas as pd

    from data.region.territory import Territory

COLUMNS = {
    "gps_within": "médecins à portée",
    "inhabitants_per_gp": "habitants par médecin auxquels le lieu ne peut échapper, quelle que "
    "soit l’organisation (vide : aucun médecin à portée)",
    "block": "numéro du bloc qui le prouve, 1 pour le plus mal loti. Second fichier (--proofs) : "
    "dans les lignes set = bloc, les habitants divisés par les médecins donnent ce nombre ; toutes "
    "les lignes d’un bloc forment son ensemble de Hall, où ils ne donnent pas moins",
    "without_room_bound": "habitants sans place dans le partage le plus équitable ; leur somme sur "
    "tous les lieux est le minimum possible",
    "without_room_nearest": "habitants sans place si le plus proche passe le premier (à minutes "
    "égales, on partage en proportion)",
}
"""What is found of each place."""

PROOFS = {
    "block": "numéro du bloc, 1 pour le plus mal loti",
    "inhabitants_per_gp": "habitants par médecin auxquels le bloc ne peut échapper",
    "set": "bloc, ou hall : ce qui s’y ajoute pour former son ensemble de Hall",
    "side": "lieu, ou médecins",
    "id": "commune, ou lieu",
    "population": "habitants du lieu, dans ce bloc",
    "gps": "médecins du lieu",
}
"""What the columns of the second file hold."""

READ = ("communes", "populations", "gps")
"""Tables that the figures of a region rest on."""

HELP = (
    "Dit qui trouve de la place chez un généraliste : la borne et sa preuve, et au plus près.\n\n"
    "Colonnes écrites, après celles du lieu :\n\n"
    + " ;\n\n".join(f"{name} : {what}" for name, what in COLUMNS.items())
    + ".\n\n"
    "Sans fichiers, les communes de la région ; leurs voisines des autres régions comptent dans le "
    "calcul et figurent dans --proofs. Avec des carreaux de population (ou un réseau routier), les "
    "habitants sont comptés là où ils vivent : inhabitants_per_gp et block sont ceux de la plupart "
    "des habitants de la commune, gps_within une moyenne, et --proofs donne les habitants de "
    "chaque commune dans chaque bloc."
)
"""Help of the command, in paragraphs."""


def write_room(
    *,
    out: Annotated[
        Path, typer.Option(help="Fichier à écrire (.csv, .xlsx, .parquet) : une ligne par lieu.")
    ],
    per_gp: PerGp = float(ROOM_PEOPLE_A_GP),
    minutes: Annotated[
        float, typer.Option(help="Trajet le plus long, en minutes (seuil compris).")
    ] = HUBERT_MINUTES,
    proofs: Annotated[
        Path | None,
        typer.Option(
            help="Second fichier : les ensembles qui prouvent chaque nombre (block, "
            "inhabitants_per_gp, set, side, id, population, gps)."
        ),
    ] = None,
    places: Annotated[
        Path | None, typer.Option(help="Lieux et populations : id, population.")
    ] = None,
    supply: Annotated[
        Path | None,
        typer.Option(help="Médecins : id, gps (fractions permises ; un lieu répété s’additionne)."),
    ] = None,
    times: Annotated[
        Path | None,
        typer.Option(
            help="Trajets : from (lieu), to (médecins), minutes, dans ce sens seulement. Un lieu "
            "est à 0 minute de ses propres médecins."
        ),
    ] = None,
    region: RegionWithoutTables = REGION,
) -> None:
    """Write who finds room with a GP; see `HELP`."""
    from data.access import room_tables as rooms
    from data.access.source_notes import dated, headed, source_notes
    from data.base.french import as_set, counted, number
    from data.files.table_files import write_table
    from data.reports.columns import described

    given = together(places=places, supply=supply, times=times)
    if places is not None and supply is not None and times is not None:
        tables = rooms.read_room_tables(places, supply, times, minutes)
        for note in tables.notes:
            typer.echo(f"Note : {note}", err=True)
    else:
        from data.access.room import room_tables
        from data.region.catalogue import load_territory

        territory = load_territory(region)
        tables = room_tables(territory, minutes)
    bound = rooms.shared(tables)
    table = rooms.measures(tables, bound, per_gp)
    what = (
        f"Place chez un généraliste à {as_set(minutes)} minutes en voiture, à {number(per_gp)} "
        "habitants par médecin au plus (hypothèse)"
    )
    if given:
        files = ", ".join(one.name for one in (places, supply, times) if one is not None)
        notes = [dated(f"{what}, d’après {files}"), *tables.notes]
    else:
        table = _of_region(table, territory, minutes)
        notes = headed(territory, what, source_notes(territory, *READ, licences=True))
    write_table(table, out, notes, {"id": "Lieu"} | described(table) | COLUMNS)
    if proofs is not None:
        proof = f"Ensembles qui prouvent chaque nombre de {out.name}"
        write_table(rooms.proofs(tables, bound), proofs, [proof, *notes], PROOFS)
    typer.echo(_sentence(table, per_gp, minutes))
    typer.echo(f"{counted(len(table), 'ligne écrite', 'lignes écrites')} dans {out}.")


def _of_region(table: "pd.DataFrame", territory: "Territory", minutes: float) -> "pd.DataFrame":
    """Return the communes of the region, without what depends on GPs that are not known."""
    from data.access import unknown_supply
    from data.access.people import people_of
    from data.base.french import counted

    table = table[table["inside"]].drop(columns="inside").rename(columns={"id": "code"})
    unsure = unknown_supply.unsure_room(territory, minutes)
    found = ["gps_within", "inhabitants_per_gp", "block"]
    found += ["without_room_bound", "without_room_nearest"]
    table.loc[unsure, found] = None
    if unsure.any():
        typer.echo(
            f"Note : {counted(int(unsure.sum()), 'commune', 'communes')} sans valeur, tous les "
            "médecins à portée n’y sont pas connus.",
            err=True,
        )
    if note := unknown_supply.region_room_note(territory):
        typer.echo(f"Note : {note}", err=True)
    people = people_of(territory)
    if people.basis != "communes":
        typer.echo(f"Note : {people.room_note}.", err=True)
    return table


def _sentence(table: "pd.DataFrame", per_gp: float, minutes: float) -> str:
    from data.base.french import as_set, number

    table = table[table["without_room_nearest"].notna()]
    least = table["without_room_bound"].sum()
    nearest = table["without_room_nearest"].sum()
    return (
        f"Sans place à {as_set(minutes)} minutes, à {number(per_gp)} habitants par médecin au "
        f"plus, sur {number(table['population'].sum())} habitants : {number(least)} si tout était "
        f"partagé au mieux, {number(nearest)} si le plus proche passe le premier."
    )
