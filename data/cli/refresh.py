"""`proxisoins refresh`: fetch the official sources anew."""

import dataclasses
import json
from typing import Annotated

import typer

from geo.errors import UnavailableError


def refresh(
    keys: Annotated[
        list[str] | None, typer.Argument(metavar="[SOURCE]…", help="Sources ; toutes sinon.")
    ] = None,
    region: Annotated[str, typer.Option("--region", help="Code INSEE de la région.")] = "75",
    *,
    listed: Annotated[
        bool, typer.Option("--liste", help="Dire les sources actualisables et leurs adresses.")
    ] = False,
    past: Annotated[
        bool, typer.Option("--historique", help="Dire les actualisations passées.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Écrire le résultat en JSON.")] = False,
) -> None:
    """Télécharge les sources officielles, les contrôle, puis change toutes les tables d'un coup."""
    from data.official import imports
    from data.official import refresh as refreshing

    if listed:
        for key, source in refreshing.refreshable().items():
            typer.echo(f"{key}\n  {source.title} ({source.producer})\n  {source.download}")
        return
    lines = refreshing.history() if past else []
    if not past:
        lines, _ = refreshing.refresh(keys or [], _Told(), region)
    if as_json:
        typer.echo(json.dumps([dataclasses.asdict(line) for line in lines], ensure_ascii=False))
    else:
        for line in lines:
            typer.echo(f"{line.at}  {line.source} : {line.status}  {line.message}".rstrip())
    failed = [line.source for line in lines if line.status == imports.REFUSED]
    if failed and not past:
        raise UnavailableError(
            "Actualisation abandonnée, rien n'a changé : " + ", ".join(failed) + "."
        )


class _Told:
    """Progress on the error stream: one line per tenth, or per 50 MB when the size is not said."""

    def __init__(self) -> None:
        self._steps: dict[str, int] = {}

    def __call__(self, key: str, done: int, total: int | None) -> None:
        step = 10 * done // total if total else done // 50_000_000
        if step > self._steps.get(key, -1):
            self._steps[key] = step
            share = f"{10 * step} %" if total else f"{done / 1e6:.0f} Mo"
            typer.echo(f"{key} : {share}", err=True)
