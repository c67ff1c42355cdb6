"""What Typer itself says on a terminal, in French: titles of the help, errors of usage."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import typer
from typer.main import get_command

USAGE_EXIT = 2
"""Exit code of a command that was not understood, as of other programs."""

_SAID: tuple[tuple[str, Callable[[re.Match[str]], str]], ...] = (
    (r"^Missing option '(.+?)'\.?", lambda m: f"Il manque l’option {m[1]}."),
    (r"^Missing argument '(.+?)'\.?", lambda m: f"Il manque {m[1]}."),
    (r"^Missing command\.?", lambda _: "Il manque une commande."),
    (r"^No such command '(.+?)'\.?", lambda m: f"Commande inconnue : « {m[1]} »."),
    (
        r"^No such option: (\S+)(?: \(Possible options: (.+)\))?",
        lambda m: f"Option inconnue : {m[1]}." + (f" Options proches : {m[2]}." if m[2] else ""),
    ),
    (r"^Option '(.+?)' requires an argument\.", lambda m: f"L’option {m[1]} attend une valeur."),
    (r"^Option '(.+?)' does not take a value\.", lambda m: f"L’option {m[1]} se met sans valeur."),
    (r"^Got unexpected extra argument(?:s|\(s\))? \((.+)\)", lambda m: f"De trop : {m[1]}."),
    (r"^Invalid value for '(.+?)': (.+)", lambda m: f"Valeur refusée pour {m[1]} : {_why(m[2])}."),
)
"""What Typer says, and what we say."""

_WHY: tuple[tuple[str, Callable[[re.Match[str]], str]], ...] = (
    (r"valid integer", lambda _: "un nombre entier est attendu"),
    (r"valid number", lambda _: "un nombre est attendu, avec un point décimal"),
    (r"greater than or equal to (\S+)", lambda m: f"{m[1]} ou plus est attendu"),
    (r"less than or equal to (\S+)", lambda m: f"{m[1]} ou moins est attendu"),
    (r"is not one of (.+)", lambda m: f"à choisir parmi {m[1]}"),
)


def _translated(said: str, table: tuple[tuple[str, Callable[[re.Match[str]], str]], ...]) -> str:
    for pattern, french in table:
        found = re.search(pattern, said)
        if found:
            return french(found)
    return said


def _why(said: str) -> str:
    return _translated(said, _WHY).rstrip(".")


def sentence(error: typer.TyperException) -> str:
    """Return what is wrong with a call, in French where Typer's own words are known."""
    return _translated(error.format_message(), _SAID)


def run(app: typer.Typer) -> int:
    """Run a command with Typer's own words in French; return its exit code."""
    command = get_command(app)
    _teach(command)
    try:
        code = command(standalone_mode=False)
    except typer.Abort:
        typer.echo("Interrompu.", err=True)
        return 1
    except typer.TyperException as error:
        if type(error).__name__ == "NoArgsIsHelpError":
            typer.echo(error.format_message(), err=True)  # the help itself
            return USAGE_EXIT
        typer.echo(f"Erreur : {sentence(error)}", err=True)
        path = getattr(getattr(error, "ctx", None), "command_path", app.info.name)
        typer.echo(f"Aide : {path} --help", err=True)
        return error.exit_code
    return code if isinstance(code, int) else 0


def _teach(command: Any) -> None:
    """Give the help its titles in French."""
    from typer import rich_utils

    rich_utils.COMMANDS_PANEL_TITLE = "Commandes"
    rich_utils.REQUIRED_LONG_STRING = "[obligatoire]"
    rich_utils.DEFAULT_STRING = "[par défaut : {}]"
    for one in _family(command):
        option = one.get_help_option(typer.Context(one))
        if option is not None:
            option.help = "Affiche cette aide."


def _family(command: Any) -> Iterator[Any]:
    yield command
    for one in getattr(command, "commands", {}).values():
        yield from _family(one)
