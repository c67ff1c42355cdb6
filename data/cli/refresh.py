"""`proxisoins refresh`: find the official sources, fetch anew those that changed."""

import dataclasses
import json
from typing import TYPE_CHECKING, Annotated

import typer

from data.base.command_options import REGION, Region
from geo.errors import UnavailableError

if TYPE_CHECKING:
    from data.official.refresh import Looked


def refresh(
    keys: Annotated[
        list[str] | None, typer.Argument(metavar="[SOURCE]…", help="Sources ; toutes sinon.")
    ] = None,
    region: Region = REGION,
    *,
    check: Annotated[
        bool,
        typer.Option("--verifier", help="Chercher les fichiers sans rien télécharger."),
    ] = False,
    again: Annotated[
        bool, typer.Option("--tout", help="Télécharger aussi ce qui n’a pas changé.")
    ] = False,
    listed: Annotated[
        bool, typer.Option("--liste", help="Dire les sources et leur dernière adresse connue.")
    ] = False,
    past: Annotated[
        bool, typer.Option("--historique", help="Dire les actualisations passées.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Écrire le résultat en JSON.")] = False,
) -> None:
    """Cherche les sources officielles, télécharge ce qui a changé, le contrôle, le met en place."""
    from data.base import french
    from data.official import import_reports
    from data.official import refresh as refreshing

    if listed:
        _list(region)
        return
    if check:
        _check(keys or [], region, as_json=as_json)
        return
    lines = refreshing.history() if past else []
    if not past:
        lines, _ = refreshing.refresh(keys or [], _Told(), region, again=again)
    if as_json:
        typer.echo(json.dumps([dataclasses.asdict(line) for line in lines], ensure_ascii=False))
    else:
        for line in lines:
            when = french.moment(line.at)
            told = f"{when}  {line.title} ({line.source}) : {line.status}  {line.message}"
            typer.echo(told.rstrip())
    failed = [line.source for line in lines if line.status == import_reports.REFUSED]
    if failed and not past:
        others = "les autres sont en place" if len(failed) < len(lines) else "rien n’a changé"
        raise UnavailableError(
            f"Sources en échec : {', '.join(failed)} ; {others}." + _nobody(len(failed), len(lines))
        )


def _nobody(failed: int, sought: int) -> str:
    """Say what it may mean that no source at all was found; "" otherwise."""
    if failed < sought or failed == 1:
        return ""
    return (
        " Aucune n’a été trouvée : cet ordinateur n’a peut-être pas accès à internet. « proxisoins "
        "refresh --verifier » dit quel fichier prendre d’un autre poste."
    )


def _list(region: str) -> None:
    from data.base import french
    from data.official import source_state
    from data.official.sources import sources

    states, today = source_state.known(), french.today()
    for key, source in sources().items():
        if not source.tells_of(region):
            continue
        state = states.get(key, source_state.Known())
        typer.echo(f"{key}\n  {source.title} ({source.producer})")
        typer.echo(f"  {state.address or source.elsewhere}")
        typer.echo(f"  {source_state.in_words(source, state, today)}")


def _check(keys: list[str], region: str, *, as_json: bool) -> None:
    """Print address, date and size of each source where it is found, a sentence where it is not.

    Raises
    ------
    UnavailableError
        Some source was not found.
    """
    from data.official import refresh as refreshing

    looks = refreshing.look(keys, region)
    if as_json:
        typer.echo(json.dumps([_described(one) for one in looks], ensure_ascii=False, indent=1))
    else:
        for one in looks:
            _print(one)
    lost = [one.key for one in looks if one.failure]
    if lost:
        sought = [one.key for one in looks if one.found or one.failure]
        raise UnavailableError(
            f"Sources introuvables : {len(lost)} sur {len(sought)} ({', '.join(lost)})."
            + _nobody(len(lost), len(sought))
        )


def _print(one: "Looked") -> None:
    from data.base import french
    from data.official import source_state

    typer.echo(f"{one.key} : {one.source.title}")
    if one.found is None:
        if one.failure:
            # The page says where to go from another machine; the address, which file to take.
            address = one.state.address or one.source.elsewhere
            typer.echo(f"  {one.failure}")
            typer.echo(f"  d’un autre poste : {address}, puis « {one.source.command} »")
        else:
            typer.echo(f"  à télécharger à la main : {one.source.page}")
        if one.source.note:
            typer.echo(f"  {one.source.note}")
        return
    unit = "objets" if one.found.kind == "wfs" else "octets"
    size = f"{french.number(one.found.size)} {unit}" if one.found.size else "taille non indiquée"
    date = french.date(one.found.date) if one.found.date else "date non indiquée"
    typer.echo(f"  {one.found.address}\n  {date}, {size} ({one.found.kind})")
    for failure in one.found.failures:
        typer.echo(f"  autre adresse en échec : {failure}")
    today = french.today()
    if source_state.frozen(one.source, one.state, today):
        typer.echo(f"  {source_state.in_words(one.source, one.state, today)}")


def _described(one: "Looked") -> dict[str, object]:
    found = one.found
    return {
        "source": one.key,
        "title": one.source.title,
        "address": found.address if found else "",
        "kind": found.kind if found else "",
        "date": found.date.isoformat() if found and found.date else None,
        "size": found.size if found else None,
        "checksum": found.checksum if found else "",
        "vintage": found.vintage if found else "",
        "failure": one.failure,
        "page": one.source.page,
    }


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
