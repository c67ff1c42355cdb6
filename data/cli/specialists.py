"""`proxisoins solidarity specialists`: help by specialists, where their counts are imported."""

from pathlib import Path
from typing import Annotated

import typer

from data.base.command_options import REGION, HostsFile, LongestTrip, Region, Volunteers
from geo.errors import InvalidInputError


def write_specialists(
    *,
    specialty: Annotated[
        str, typer.Option("--specialite", help="Spécialité ; rien : celles qui sont importées.")
    ] = "",
    people: Annotated[
        float | None,
        typer.Option("--habitants", help="Habitants qu’un spécialiste à plein temps reçoit."),
    ] = None,
    need: Annotated[
        str,
        typer.Option(
            "--besoin", help="place (ceux qui n’en ont pas) ou minimum (trop peu à portée)."
        ),
    ] = "place",
    within: Annotated[
        float, typer.Option("--portee", help="Minutes jusqu’à un spécialiste ou un site d’accueil.")
    ] = 45.0,
    least: Annotated[
        int, typer.Option("--au-moins", help="Spécialistes voulus à portée, pour « minimum ».")
    ] = 1,
    volunteers: Volunteers = None,
    sites: Annotated[int | None, typer.Option(help="Sites d’accueil en tout, au plus.")] = None,
    minutes: LongestTrip = 60.0,
    hosts: Annotated[
        str, typer.Option(help="Sites d’accueil : hopitaux, msp, mairies ou liste (--hosts-file).")
    ] = "hopitaux",
    hosts_file: HostsFile = None,
    template: Annotated[
        Path | None, typer.Option("--modele", help="Écrit le modèle à remplir (.csv ou .xlsx).")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Communes, besoin et couvert : .csv, .xlsx ou .parquet.")
    ] = None,
    region: Region = REGION,
) -> None:
    """Dit où manquent des spécialistes, et ce que des volontaires couvriraient, sans nom ni âge."""
    if template is not None:
        from data.official.templates import SPECIALISTS, write

        write(SPECIALISTS, template)
        typer.echo(f"Écrit : {template}")
        return
    from data.access.source_notes import headed, source_notes
    from data.files.table_files import write_table
    from data.region.catalogue import load_territory
    from data.reports.columns import described, with_simulated
    from data.solidarity.hosts import simulated, tables_of
    from data.solidarity.own_tables import read_hosts
    from data.solidarity.specialists import (
        READ,
        UNKNOWN,
        SpecialistQuestion,
        said,
        specialist_help,
        specialties,
    )

    territory = load_territory(region)
    if not specialty:
        known = specialties(territory)
        typer.echo(
            f"Spécialités importées : {', '.join(known)}."
            if known
            else "Spécialités importées : aucune. Remplissez le modèle (--modele FICHIER), puis "
            "importez-le (proxisoins import FICHIER)."
        )
        return
    if people is None:
        raise InvalidInputError(
            "Donnez --habitants : combien un spécialiste à plein temps en reçoit ; aucun texte "
            "relevé ne le fixe."
        )
    question = SpecialistQuestion(
        specialty=specialty,
        people=people,
        need=need,
        within=within,
        least=least,
        volunteers=volunteers,
        sites=sites,
        minutes=minutes,
        hosts="liste" if hosts_file is not None else hosts,
        listed=() if hosts_file is None else read_hosts(hosts_file),
    )
    found = specialist_help(territory, question)
    source = territory.provenance["specialists"]
    typer.echo(f"{source.title} : {source.source} ({source.vintage}).")
    for line in said(found):
        typer.echo(line)
    if warned := simulated(territory, question.hosts):
        typer.echo(warned)
    for host in found.hosts.itertuples(index=False):
        typer.echo(f"  {host.name} ({host.places}) : {host.hosted:.0f} demi-journées par mois")
    if out is not None:
        table = found.targets.drop(columns="row")
        quoted = source_notes(territory, *READ, *tables_of(question.hosts), licences=True)
        table = with_simulated(table, quoted)
        told = [*said(found), *quoted, UNKNOWN]
        notes = headed(territory, f"Aide par des spécialistes ({specialty}), communes aidées", told)
        write_table(table, out, notes, described(table))
        typer.echo(f"Écrit : {out}")
