"""`proxisoins pdses`: template, import and export of on-call lines, gaps, what if a line falls."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from data.base import french
from data.base.command_options import REGION, Region
from data.base.french import counted
from data.region.rules import ON_CALL_RINGS_MINUTES
from geo.errors import InvalidInputError, UnavailableError

if TYPE_CHECKING:
    from data.pdses.storing import Gone

app = typer.Typer(help="Permanence des soins (PDSES) : modèle, import, export, manques.")

_FORMS = "L’extension choisit le format"


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise UnavailableError(
            f"« {path} » ne peut pas être écrit ({error.strerror}) : choisissez un autre dossier."
        ) from error
    typer.echo(f"{path} écrit.")


def _refuse(path: Path, allowed: str) -> InvalidInputError:
    return InvalidInputError(f"« {path.name} » : donnez au fichier l’extension {allowed}.")


@app.command("template")
def template(
    out: Annotated[Path, typer.Option(help=f"Modèle à écrire (.csv, .xlsx). {_FORMS}.")],
) -> None:
    """Écrit le modèle de fichier des lignes, avec ses explications en XLSX."""
    from data.pdses import files

    makers = {".csv": files.csv_template, ".xlsx": files.xlsx_template}
    if out.suffix.lower() not in makers:
        raise _refuse(out, ".csv ou .xlsx")
    _write(out, makers[out.suffix.lower()]())


@app.command("schema")
def schema(out: Annotated[Path, typer.Option(help="Fichier JSON à écrire.")]) -> None:
    """Écrit le schéma publié du modèle (Frictionless Table Schema)."""
    from data.pdses import files

    _write(out, files.schema_json())


@app.command("import")
def import_lines(
    file: Annotated[
        Path,
        typer.Argument(metavar="FICHIER", help="CSV ou XLSX : notre modèle, ou une annexe large."),
    ],
    *,
    region: Region = REGION,
    crosses: Annotated[
        str, typer.Option(help="Type des lignes qu’une annexe large marque d’une croix.")
    ] = "",
    status: Annotated[
        str, typer.Option("--statut", help="Statut des lignes d’un fichier qui n’en dit aucun.")
    ] = "",
    keep: Annotated[
        bool,
        typer.Option("--keep", help="Garde les lignes importées des autres départements."),
    ] = False,
    replaces: Annotated[
        bool,
        typer.Option("--remplacer", help="Retire les lignes en usage que le fichier n’a pas."),
    ] = False,
    rest: Annotated[
        Path | None, typer.Option(help="CSV où écrire les lignes à corriger et pourquoi.")
    ] = None,
) -> None:
    """Lit un fichier, met en usage les lignes comprises, dit ce qui manque aux autres."""
    from data.pdses import storing
    from data.pdses.reader import open_lines
    from data.region import schemas
    from data.uploads import UNDERSTOOD

    if crosses and crosses not in schemas.LINE_TYPES:
        raise InvalidInputError(
            f"« {crosses} » n’est pas un type de ligne : choisissez "
            f"{', '.join(schemas.LINE_TYPES)}."
        )
    if status and status not in schemas.LINE_STATUSES:
        raise InvalidInputError(
            f"« {status} » n’est pas un statut : choisissez {', '.join(schemas.LINE_STATUSES)}."
        )
    try:
        content = file.read_bytes()
    except OSError as error:
        raise InvalidInputError(
            f"« {file} » ne peut pas être lu ({error.strerror}) : vérifiez son chemin."
        ) from error
    read = open_lines(content, file.name, crosses, status)
    outcomes = storing.checked(read, region)
    for one in outcomes:
        if one.status != UNDERSTOOD:
            typer.echo(f"ligne {one.written.number}, {one.status} : {one.reason}")
    for sentence in read.told:
        typer.echo(sentence)
    if read.silent and not status:
        typer.echo(
            f"{counted(read.silent, 'ligne ne dit pas son', 'lignes ne disent pas leur')} "
            "statut : relancez avec --statut "
            f"({', '.join(schemas.LINE_STATUSES)})."
        )
    if read.ignored:
        typer.echo(f"colonnes non lues : {', '.join(read.ignored)}")
    if rest is not None:
        _write(rest, storing.left_over(outcomes))
    _ask(storing.gone(outcomes), keep=keep, replaces=replaces)
    stored = storing.store(
        outcomes, name=file.name, content=content, region=region, keep_other_departements=keep
    )
    understood = sum(one.status == UNDERSTOOD for one in outcomes)
    typer.echo(
        f"{counted(understood, 'ligne comprise', 'lignes comprises')} sur {len(outcomes)} ; "
        f"{counted(len(stored), 'ligne', 'lignes')} en usage "
        "(« proxisoins undo » revient en arrière)."
    )


def _ask(gone: "Gone", *, keep: bool, replaces: bool) -> None:
    """Stop before lines in use are taken away that one did not say to keep or to replace."""
    if replaces or not gone.told or (keep and not gone.shrinks):
        return
    typer.echo(
        f"{gone.told} Rien n’est changé : relancez avec --keep (garder les lignes des autres "
        "départements) ou --remplacer."
    )
    raise typer.Exit(2)


@app.command("export")
def export(
    out: Annotated[Path, typer.Option(help=f"Fichier (.csv, .xlsx, .geojson). {_FORMS}.")],
    region: Region = REGION,
    *,
    bare: Annotated[
        bool,
        typer.Option("--publier", help="CSV sans notes : les contrôles du schéma les refusent."),
    ] = False,
) -> None:
    """Écrit les lignes en usage dans la forme du schéma publié, après leurs sources."""
    from data.access.source_notes import headed
    from data.pdses import files
    from data.region import catalogue

    extension = out.suffix.lower()
    if extension not in {".csv", ".xlsx", ".geojson"}:
        raise _refuse(out, ".csv, .xlsx ou .geojson")
    if bare and extension != ".csv":
        raise _refuse(out, ".csv, ou ôtez --publier")
    territory = catalogue.load_territory(region)
    lines = territory.pdses_lines
    notes = headed(territory, "Permanence des soins : lignes en usage", files.notes(territory))
    if extension == ".csv":
        _write(out, files.csv_export(lines, () if bare else notes))
    elif extension == ".xlsx":
        _write(out, files.xlsx_export(lines, notes))
    else:
        _write(out, files.geojson_export(lines, notes))


@app.command("gaps")
def gaps(
    out: Annotated[Path, typer.Option(help=f"Tableau à écrire (.csv, .xlsx). {_FORMS}.")],
    threshold: Annotated[
        float, typer.Option(min=1, max=120, help="Seuil inclus, minutes.")
    ] = ON_CALL_RINGS_MINUTES[0],
    region: Region = REGION,
) -> None:
    """Écrit les manques par spécialité et département, et les dit en une phrase."""
    from data.access.source_notes import headed
    from data.files import exports
    from data.pdses import coverage, files, tables
    from data.region import catalogue

    if out.suffix.lower() not in {".csv", ".xlsx"}:
        raise _refuse(out, ".csv ou .xlsx")
    territory = catalogue.load_territory(region)
    covered = coverage.cover(territory, french.today())
    table = tables.gaps_table(covered, threshold, region)
    notes = headed(
        territory,
        f"Permanence des soins : communes à plus de {french.as_set(threshold)} minutes",
        files.notes(territory),
    )
    csv = out.suffix.lower() == ".csv"
    _write(out, exports.to_csv(table, notes) if csv else exports.to_xlsx({"Manques": table}, notes))
    typer.echo(tables.gaps_sentence(covered, threshold))


@app.command("fall")
def fall(
    line: Annotated[str, typer.Argument(metavar="LIGNE", help="Identifiant de la ligne.")],
    threshold: Annotated[
        float, typer.Option(min=1, max=120, help="Seuil inclus, minutes.")
    ] = ON_CALL_RINGS_MINUTES[0],
    region: Region = REGION,
) -> None:
    """Dit qui reste au-delà du seuil si une ligne tombe, et qui pourrait aider."""
    from data.pdses import coverage, tables
    from data.region import catalogue

    covered = coverage.cover(catalogue.load_territory(region), french.today())
    result = coverage.if_line_falls(covered, line, threshold)
    typer.echo(tables.line_label(covered, line))
    typer.echo(tables.fall_sentence(result))
    for helper in result.helpers.head(5).to_dict("records"):
        away = french.minutes_told(helper["minutes"])
        typer.echo(f"{away} : {tables.line_label(covered, helper['line'])}")
