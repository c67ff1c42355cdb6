"""`proxisoins solidarity regulation`: calls, waits, who could answer for whom, at what hours."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from data.base.command_options import REGION, Region
from data.region.rules import ANSWER_MINUTES, ANSWER_SHARE, DEEP_NIGHT_HOURS
from geo.errors import InvalidInputError

if TYPE_CHECKING:
    from data.solidarity.regulation import Hours


def write_regulation(
    *,
    out: Annotated[
        Path | None, typer.Option(help="Fichier à écrire : .csv, .xlsx ou .parquet.")
    ] = None,
    template: Annotated[
        Path | None, typer.Option("--modele", help="Écrit le modèle à remplir (.csv ou .xlsx).")
    ] = None,
    hours: Annotated[
        str, typer.Option("--heures", help="Heures, fin exclue : 0-8, 20-8, 0-24.")
    ] = f"{DEEP_NIGHT_HOURS[0]}-{DEEP_NIGHT_HOURS[1]}",
    days: Annotated[str, typer.Option("--jours", help="tous, semaine ou weekend.")] = "tous",
    minutes: Annotated[float, typer.Option("--attente", help="Attente visée, en minutes.")] = (
        ANSWER_MINUTES
    ),
    share: Annotated[
        float, typer.Option("--part", help="Part des appels qui doit y tenir (0 à 1).")
    ] = ANSWER_SHARE,
    helper: Annotated[str, typer.Option("--aidant", help="Département qui répond.")] = "",
    helped: Annotated[
        str, typer.Option("--repris", help="Départements dont il prend les appels : 19,23.")
    ] = "",
    staff: Annotated[
        str, typer.Option("--effectif", help="Avec qui : tous, aidant ou juste (à l’objectif).")
    ] = "tous",
    together: Annotated[
        int,
        typer.Option("--groupe", help="Meilleur groupement : départements par groupe, au plus."),
    ] = 0,
    region: Region = REGION,
) -> None:
    """Dit qui attend, qui pourrait reprendre les appels de qui, et le meilleur groupement.

    Sans fichier d’appels importé, tout est simulé, et c’est dit.
    """
    if template is not None:
        from data.official.templates import REGULATION, write

        write(REGULATION, template)
        typer.echo(f"Écrit : {template}")
        return
    from data.access.source_notes import headed
    from data.files.table_files import write_table
    from data.region.catalogue import load_territory
    from data.solidarity import pooling
    from data.solidarity import regulation_tables as tables
    from data.solidarity.regulation import Standard, calls_of

    if helped and not helper:
        raise InvalidInputError("Donnez aussi --aidant : le département qui répond.")
    territory = load_territory(region)
    calls, chosen, standard = calls_of(territory), _hours(hours, days), Standard(minutes, share)
    typer.echo(f"{calls.note}.")
    said = [tables.sentence(calls, chosen, standard)]
    table, what = tables.departement_table(calls, chosen, standard), "par département"
    if helper and helped:
        codes = [code.strip() for code in helped.split(",") if code.strip()]
        found = pooling.take_over(calls, helper, codes, chosen, standard, staff=staff)
        said.append(tables.takeover_sentence(calls, found, chosen, standard))
        table, what = tables.hourly_table(found), "heure par heure"
    elif helper:
        each = pooling.everyone(calls, helper, chosen, standard, staff)
        table = tables.candidates_table(each, calls.names[helper])
        what = f"appels que {calls.names[helper]} pourrait prendre"
    elif together:
        best = pooling.best(territory, calls, chosen, standard, together)
        said.append(tables.groups_sentence(best, chosen, standard))
        table, what = tables.groups_table(best), "le meilleur groupement"
    for line in said:
        typer.echo(line)
    for line in tables.UNKNOWN:
        typer.echo(f"Non connu : {line}")
    if out is not None:
        told = [*said, *tables.notes(calls)]
        write_table(table, out, headed(territory, f"Régulation des appels, {what}", told))
        typer.echo(f"Écrit : {out}")


def _hours(text: str, days: str) -> "Hours":
    from data.solidarity.regulation import Hours

    start, dash, end = text.partition("-")
    if not (dash and start.strip().isdigit() and end.strip().isdigit()):
        raise InvalidInputError(f"Heures « {text} » illisibles : écrivez par exemple 0-8 ou 20-8.")
    return Hours(int(start), int(end), days)
