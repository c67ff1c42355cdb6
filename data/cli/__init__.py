"""The `proxisoins` command: one sub-module per family of commands."""

from importlib.metadata import entry_points

import typer

from data.base import ownership
from data.cli import spoken
from data.cli.access import write_access
from data.cli.imports import import_files, status, undo
from data.cli.maintenance import restore_backup, write_backup
from data.cli.permanence import app as pdses
from data.cli.precompute import precompute
from data.cli.refresh import refresh
from data.cli.roads import app as roads
from data.cli.roads import write_isochrone, write_matrix
from data.cli.room import HELP as ROOM_HELP
from data.cli.room import write_room
from data.cli.sites import app as sites
from data.cli.solidarity import app as solidarity
from data.cli.zeros import confirm
from data.files import remarks
from geo.errors import ProxiSoinsError

app = typer.Typer(
    name="proxisoins",
    help="ProxiSoins : accès aux médecins généralistes, risques et projets, en ligne de commande.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def _listening(context: typer.Context) -> None:
    """Let what is read say what to know of it, beside the answer."""
    said: set[str] = set()

    def hear(told: str) -> None:
        if told not in said:  # a file that is read twice is told once
            said.add(told)
            typer.echo(f"À savoir : {told}", err=True)

    context.with_resource(remarks.heard_by(hear))


app.command("import")(import_files)
app.command("status")(status)
app.command("undo")(undo)
app.command("refresh")(refresh)
app.command("access")(write_access)
app.command("confirm")(confirm)
app.command("backup")(write_backup)
app.command("isochrone")(write_isochrone)
app.command("matrix")(write_matrix)
app.add_typer(pdses, name="pdses")
app.command("precompute")(precompute)
app.add_typer(roads, name="roads")
app.command("restore")(restore_backup)
app.command("room", help=ROOM_HELP)(write_room)
app.add_typer(sites, name="sites")
app.add_typer(solidarity, name="solidarity")

for _entry in entry_points(group="proxisoins.commands"):
    app.add_typer(_entry.load(), name=_entry.name)


def main() -> None:
    """Run the command; an error of ours ends in one French sentence and exit code 1."""
    try:
        code = spoken.run(app)
    except ProxiSoinsError as error:
        typer.echo(f"Erreur : {error}", err=True)
        raise SystemExit(1) from None
    finally:
        ownership.settle()
    raise SystemExit(code)
