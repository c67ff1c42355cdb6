"""`proxisoins solidarity`: who could help which territory, how much, at what price."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from data.base.command_options import (
    REGION,
    HostsFile,
    LongestTrip,
    Out,
    PerGp,
    RegionWithoutTables,
    Volunteers,
    together,
)
from data.cli.regulation import write_regulation
from data.cli.specialists import write_specialists
from data.region.rules import (
    ACTS_A_HALF_DAY,
    HALF_DAY_EUROS,
    MOST_HALF_DAYS_A_MONTH,
    ROOM_PEOPLE_A_GP,
    ZIP_APL,
)

if TYPE_CHECKING:
    from data.solidarity.help import Help, Terms
    from data.solidarity.needs import Question
    from geo.solidarity import HelpPlan

app = typer.Typer(help="Entraide entre territoires : demi-journées, donneurs, sites d’accueil.")


@app.callback()
def _family() -> None:
    """Entraide entre territoires : demi-journées, donneurs, sites d’accueil."""


app.command("regulation")(write_regulation)
app.command("specialists")(write_specialists)


@app.command("plan")
def write_plan(
    *,
    out: Out,
    volunteers: Volunteers = None,
    sites: Annotated[
        int | None,
        typer.Option(
            help="Sites d’accueil en tout, au plus ; rien : chaque cible reçoit chez elle."
        ),
    ] = None,
    minutes: LongestTrip = 60.0,
    half_days: Annotated[
        float | None,
        typer.Option(
            "--half-days",
            help="Demi-journées par mois et par volontaire ; rien : le plafond légal.",
        ),
    ] = None,
    needs: Annotated[
        Path | None, typer.Option(help="Vos besoins : id, half_days (demi-journées par mois).")
    ] = None,
    donors: Annotated[Path | None, typer.Option(help="Vos donneurs : id, gps (médecins).")] = None,
    times: Annotated[
        Path | None,
        typer.Option(
            help="Vos trajets : from (donneur), to (cible), minutes ; avec --sites, aussi d’une "
            "cible à l’autre (qui est reçu où, à 20 minutes au plus)."
        ),
    ] = None,
    scheme: Annotated[
        str, typer.Option(help="Dispositif : avancees, solidaires ou rotation.")
    ] = "avancees",
    targets: Annotated[str, typer.Option(help="Cibles : zip, epci, apl ou place.")] = "zip",
    epci: Annotated[str, typer.Option(help="Code de l’EPCI, avec --targets epci.")] = "",
    aim: Annotated[str, typer.Option(help="But : apl ou place.")] = "apl",
    apl: Annotated[float, typer.Option(help="APL visée.")] = ZIP_APL,
    per_gp: PerGp = float(ROOM_PEOPLE_A_GP),
    acts: Annotated[float, typer.Option(help="Consultations d’une demi-journée.")] = float(
        ACTS_A_HALF_DAY
    ),
    floor: Annotated[
        float | None, typer.Option(help="APL sous laquelle aucune commune donneuse ne descend.")
    ] = None,
    replaced: Annotated[
        bool, typer.Option("--remplaces", help="Remplacement au cabinet (solidaires seulement).")
    ] = False,
    hosts: Annotated[
        str,
        typer.Option(
            help="Sites d’accueil : mairies (des cibles), msp, hopitaux ou liste (--hosts-file)."
        ),
    ] = "mairies",
    hosts_file: HostsFile = None,
    region: RegionWithoutTables = REGION,
) -> None:
    """Dit qui pourrait aider qui, combien, à quel prix, avec la borne qui le prouve."""
    together(needs=needs, donors=donors, times=times)
    if needs is not None and donors is not None and times is not None:
        _write_plan_of_tables(
            (needs, donors, times),
            out,
            volunteers=volunteers,
            sites=sites,
            minutes=minutes,
            ceiling=float(MOST_HALF_DAYS_A_MONTH) if half_days is None else half_days,
        )
    else:
        from data.solidarity.help import Terms
        from data.solidarity.needs import Question
        from data.solidarity.own_tables import read_hosts

        _write_plan_of_region(
            region,
            out,
            Question(targets=targets, chosen=epci, aim=aim, apl=apl, per_gp=per_gp, acts=acts),
            Terms(
                scheme=scheme,
                volunteers=volunteers,
                sites=sites,
                minutes=minutes,
                half_days=half_days,
                floor=floor,
                replaced=replaced,
                hosts="liste" if hosts_file is not None else hosts,
                listed=() if hosts_file is None else read_hosts(hosts_file),
            ),
        )
    typer.echo(f"Écrit : {out}")


def _write_plan_of_tables(
    files: tuple[Path, Path, Path],
    out: Path,
    *,
    volunteers: int | None,
    sites: int | None,
    minutes: float,
    ceiling: float,
) -> None:
    """Plan on three tables of one's own (needs, donors, times); write the flows, tell the proof."""
    from data.access.source_notes import dated
    from data.files.table_files import write_table
    from data.solidarity.own_tables import flows, read_help_tables
    from geo.solidarity import plan

    tables = read_help_tables(*files, minutes=minutes, ceiling=ceiling, hosted=sites is not None)
    for note in tables.notes:
        typer.echo(f"Note : {note}", err=True)
    solved = plan(tables.problem, volunteers=volunteers, sites=sites)
    needs, donors, times = (one.name for one in files)
    notes = [dated(f"Plan d’entraide, d’après {needs}, {donors} et {times}"), *tables.notes]
    write_table(flows(tables, solved), out, notes, _FLOWS)
    _tell(solved, float(tables.problem.needs.sum()), float(tables.problem.out_of_reach.sum()))


def _write_plan_of_region(region: str, out: Path, question: "Question", terms: "Terms") -> None:
    """Plan among the communes of a region; write the helped ones, tell what the screen tells."""
    from data.access.source_notes import headed, source_notes
    from data.files.table_files import write_table
    from data.region.catalogue import load_territory
    from data.reports import letter
    from data.reports.columns import described, with_simulated
    from data.solidarity.hosts import simulated
    from data.solidarity.plans import help_plan
    from data.solidarity.tables import COMPUTED, NOT_PREDICTED, sentence, target_table

    territory = load_territory(region)
    found = help_plan(territory, question, terms)
    table = target_table(territory, found)
    quoted = source_notes(territory, *letter.quoted(found), licences=True)
    table = with_simulated(table, quoted)
    told = [letter.asked(territory, found), sentence(found), *quoted, COMPUTED, NOT_PREDICTED]
    notes = headed(territory, "Plan de solidarité, communes aidées", told)
    write_table(table, out, notes, described(table))
    _tell_region(found)
    if warned := simulated(territory, terms.hosts):
        typer.echo(warned)


def _tell(solved: "HelpPlan", need: float, out_of_reach: float) -> None:
    from data.base.french import number

    typer.echo(f"besoin : {number(need, 2)} demi-journées par mois")
    typer.echo(f"couvert : {number(solved.covered, 2)}")
    typer.echo(f"borne : {number(solved.bound, 2)} ({_STATUS[solved.status]})")
    typer.echo(f"hors d’atteinte : {number(out_of_reach, 2)}")
    typer.echo(f"volontaires : {number(int(solved.volunteers.sum()))}")
    typer.echo(f"sites d’accueil : {number(solved.opened.size)}")
    typer.echo(f"route : {number(solved.road_minutes / 60, 1)} heures par mois")
    typer.echo(
        f"consultations avancées, {HALF_DAY_EUROS} € la demi-journée : "
        f"{number(HALF_DAY_EUROS * solved.covered)} € par mois"
    )


def _tell_region(found: "Help") -> None:
    from data.base.french import number
    from data.solidarity.tables import NOT_PREDICTED, sentence

    typer.echo(sentence(found))
    typer.echo(f"Route : {number(found.road_hours)} heures par mois.")
    money = found.euros_a_month
    typer.echo(
        f"{found.scheme.name.capitalize()} : "
        + ("coût non fixé par un texte." if money is None else f"{number(money)} € par mois.")
    )
    typer.echo(NOT_PREDICTED)


_FLOWS = {
    "kind": "trajet (d’un donneur), ou accueil (d’une cible)",
    "from": "Donneur, ou cible reçue",
    "to": "Où l’on va",
    "minutes": "Minutes de l’aller d’un donneur",
    "half_days": "Demi-journées par mois",
}
"""What the columns of a plan on tables of one's own hold."""
_STATUS = {"optimal": "optimum prouvé", "bounded": "optimum non prouvé"}
