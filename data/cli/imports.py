"""Commands that bring data in, say what is there, and go back."""

import dataclasses
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from data.base.command_options import REGION, Region
from geo.errors import InvalidInputError

if TYPE_CHECKING:
    from data.official.import_reports import ImportReport
    from data.region.territory import Provenance

AS_JSON = Annotated[bool, typer.Option("--json", help="Écrire le résultat en JSON.")]


def import_files(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FICHIER…", help="Fichiers officiels tels que publiés, ou dossiers."
        ),
    ],
    region: Region = REGION,
    *,
    dry_run: Annotated[
        bool, typer.Option("--essai", help="Lire et contrôler sans rien changer.")
    ] = False,
    complete: Annotated[
        bool,
        typer.Option(
            "--completer",
            help="Fichier partiel : garder ce qui est en place pour le reste.",
        ),
    ] = False,
    replaces: Annotated[
        bool,
        typer.Option("--remplacer", help="Fichier partiel : le reste devient inconnu."),
    ] = False,
    as_register: Annotated[
        bool,
        typer.Option(
            "--registre",
            help="RPPS : le comparer aux effectifs en place (confirmé, probablement déjà parti), "
            "sans les remplacer.",
        ),
    ] = False,
    confirms: Annotated[
        bool,
        typer.Option(
            "--confirmer",
            help="Tenir pour vrais les zéros à vérifier que disent ces fichiers (dix médecins ou "
            "plus, puis aucun).",
        ),
    ] = False,
    as_json: AS_JSON = False,
) -> None:
    """Lit des fichiers officiels et met leurs tables à la place de celles de démonstration."""
    from data.official import imports

    if complete and replaces:
        raise InvalidInputError("Choisissez --completer ou --remplacer, pas les deux.")
    if confirms and dry_run:
        raise InvalidInputError("Choisissez --essai ou --confirmer, pas les deux.")
    partial = imports.COMPLETE if complete else imports.REPLACE if replaces else imports.ASK
    found = _files_in(files)
    if dry_run:
        reports = imports.preview(found, region, as_register=as_register)
    else:
        reports = imports.import_files(found, region, partial, as_register=as_register)
        if confirms:
            _confirm(reports)
    if as_json:
        typer.echo(json.dumps([dataclasses.asdict(r) for r in reports], ensure_ascii=False))
    else:
        for report in reports:
            _print_report(report)
    _tell_left_out(reports)


def _tell_left_out(reports: "list[ImportReport]") -> None:
    """Name the files that wait for an answer, and end the command where any is left out.

    Raises
    ------
    typer.Exit
        Files wait, none is refused: code 2.
    InvalidInputError
        Files are refused.
    """
    from data.base.french import counted
    from data.official import import_reports

    waiting = [report for report in reports if report.status == import_reports.PARTIAL]
    if waiting:
        names = ", ".join(f"« {report.file_name} »" for report in waiting)
        typer.echo(
            f"\n{counted(len(waiting), 'fichier partiel laissé', 'fichiers partiels laissés')} "
            f"de côté : {names}. Relancez avec "
            "--completer ou --remplacer."
        )
    refused = [report for report in reports if report.status == import_reports.REFUSED]
    if waiting and not refused:
        raise typer.Exit(2)
    if refused:
        names = ", ".join(f"« {report.file_name} »" for report in refused)
        raise InvalidInputError(
            f"{counted(len(refused), 'fichier refusé', 'fichiers refusés')} sur {len(reports)} : "
            f"{names}. "
            f"{'Ils n’ont' if len(refused) > 1 else 'Il n’a'} rien changé."
        )


def _confirm(reports: "list[ImportReport]") -> None:
    """Confirm the zeros that imported files tell and that are to check in what is in place."""
    from data.region import catalogue, confirmed_zeros

    told = {(one.code, one.year) for report in reports for one in report.falls}
    doubted = catalogue.doubted_zeros_in_place()
    found = [one for one in doubted if (one.code, one.year) in told]
    confirmed_zeros.confirm(found)
    for one in found:
        typer.echo(f"{one.told()} : confirmé, compté zéro.", err=True)


def _files_in(paths: list[Path]) -> list[Path]:
    """Return files, those of folders included; hidden ones are not looked at."""
    found: list[Path] = []
    for path in paths:
        inside = sorted(path.rglob("*")) if path.is_dir() else [path]
        if path.is_dir():
            inside = [
                one
                for one in inside
                if one.is_file() and not any(p.startswith(".") for p in one.relative_to(path).parts)
            ]
            if not inside:
                raise InvalidInputError(f"Le dossier {path} ne contient aucun fichier à importer.")
        found += inside
    return found


def status(region: Region = REGION, *, as_json: AS_JSON = False) -> None:
    """Dit quelles données sont en place, réelles ou simulées, et d’où elles viennent."""
    from data.base.french import counted
    from data.region import catalogue, embedded_set

    tables = catalogue.status(region)
    communes = len(embedded_set.communes(region))
    ribbon = ribbon_text(tables, embedded_set.name(region))
    if as_json:
        listed = [_described(provenance, communes) for provenance in tables]
        content = {"region": region, "ribbon": ribbon, "tables": listed}
        typer.echo(json.dumps(content, ensure_ascii=False, indent=1))
        return
    typer.echo(f"Région {embedded_set.name(region)} ({region}), {_n(communes)} communes")
    typer.echo(ribbon or "Toutes les données sont réelles.")
    for provenance in tables:
        nature = "simulé" if provenance.simulated else "réel"
        typer.echo(f"\n{provenance.title} ({nature})")
        typer.echo(f"  source     {provenance.source}")
        typer.echo(f"  millésime  {provenance.vintage_told}")
        for doubt in provenance.to_check:
            typer.echo(f"  à vérifier {doubt} ; inconnu d’ici là")
        for zero in provenance.confirmed:
            typer.echo(f"  zéro       {zero}")
        typer.echo(
            f"  lignes     {_n(provenance.rows)}, "
            f"{counted(provenance.matched, 'commune', 'communes')} sur {_n(communes)}"
        )
        if provenance.imported_at is not None:
            moment = provenance.imported_at.astimezone().strftime("%d/%m/%Y %H:%M")
            typer.echo(f"  importé    {moment}, fichier {provenance.file_name}")


def undo() -> None:
    """Revient à l’état d’avant le dernier import ou la dernière actualisation."""
    from data.region import catalogue, schemas

    tables = [schemas.TITLES[table] for table in catalogue.undo()]
    if not tables:
        raise InvalidInputError("Rien à annuler : aucun import n’a été fait.")
    typer.echo("Revenu à l’état précédent : " + ", ".join(tables) + ".")


def ribbon_text(tables: "list[Provenance]", region_name: str) -> str:
    """Return the sentence that names what is still simulated, "" when nothing is."""
    from data.base.french import listed
    from data.region.territory import passed_over_told, warning_of

    simulated = listed(provenance.title for provenance in tables if provenance.simulated)
    if not simulated:
        return ""
    told = f"{warning_of(tables)} Simulé : {simulated}."
    return f"{told} {passed_over_told(tables, region_name)}".rstrip()


def _described(provenance: "Provenance", communes: int) -> dict[str, object]:
    moment = provenance.imported_at
    return {
        "table": provenance.table,
        "title": provenance.title,
        "source": provenance.source,
        "vintage": provenance.vintage,
        "simulated": provenance.simulated,
        "rows": provenance.rows,
        "matched": provenance.matched,
        "to_check": provenance.to_check,
        "confirmed": provenance.confirmed,
        "communes": communes,
        "imported_at": moment.isoformat() if moment else None,
        "file_name": provenance.file_name,
    }


def _print_report(report: "ImportReport") -> None:
    from data.base.french import counted

    typer.echo(f"\n{report.file_name} : {report.status}")
    if report.source:
        typer.echo(f"  source     {report.source}")
    if report.message:
        typer.echo(f"  {report.message}")
        if not report.read:
            return
    kept = counted(report.kept, "retenue", "retenues")
    unsure = f", {_n(report.doubtful)} à vérifier" if report.doubtful else ""
    left = counted(report.left, "écartée", "écartées")
    typer.echo(f"  lignes     {counted(report.read, 'lue', 'lues')}, {kept}{unsure}, {left}")
    for doubt in report.doubts:
        typer.echo(f"  à vérifier {doubt}")
    for refusal in report.refused:
        typer.echo(f"  écartées   {refusal.told}")
    for one in report.in_part:
        typer.echo(f"  en partie  {one.told}")
    for remark in report.remarks:
        typer.echo(f"  à savoir   {remark}")
    for table in report.tables:
        typer.echo(
            f"  table      {table.title} ({table.vintage}) : "
            f"{counted(table.rows, 'ligne', 'lignes')}, "
            f"{counted(table.matched, 'commune', 'communes')} sur {_n(report.communes)}"
        )


def _n(value: int) -> str:
    from data.base import french

    return french.number(value)
