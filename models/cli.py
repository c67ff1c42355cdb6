"""The `proxisoins risk` commands: learn, predict, report."""

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    help="Risque de perdre le dernier médecin généraliste : apprendre, prédire, rendre compte.",
    no_args_is_help=True,
)

FACILITIES = ("formats", "bpe_2013_wide.xlsx")
"""Where the layout of the reference data puts the base of facilities."""

Panel = Annotated[
    Path | None,
    typer.Option(help="Nombre de médecins par commune (colonnes code, gp_2009, gp_2013…)."),
]
Apl = Annotated[Path | None, typer.Option(help="APL par commune (colonnes code, apl_2016…).")]
Facilities = Annotated[
    Path | None, typer.Option(help="Base des équipements de 2013, une ligne par commune (xlsx).")
]


def _reference(path: Path | None, *parts: str) -> Path | None:
    """Take the file given, else the one of the reference data when it is there."""
    from data.base.paths import reference_data

    usual = reference_data().joinpath(*parts)
    return path or (usual if usual.is_file() else None)


def _training_files(
    panel: Path | None, apl: Path | None, facilities: Path | None
) -> tuple[Path, Path | None, Path | None]:
    from geo.errors import UnavailableError

    found = _reference(panel, "gp_panel", "gp_per_commune.csv")
    if found is None:
        raise UnavailableError(
            "Aucun fichier de médecins par commune : le donner avec --panel, ou indiquer le "
            "dossier des données de référence (PROXISOINS_REFERENCE_DATA)."
        )
    return (
        found,
        _reference(apl, "apl", "apl_gp_per_commune.csv"),
        _reference(facilities, *FACILITIES),
    )


@app.command()
def train(
    panel: Panel = None,
    apl: Apl = None,
    facilities: Facilities = None,
    out: Annotated[Path | None, typer.Option(help="Fichier du modèle (JSON) à écrire.")] = None,
) -> None:
    """Apprendre le modèle sur les données réelles (Nouvelle-Aquitaine toujours exclue)."""
    from models.learning import artefact, training

    data = training.rows(*_training_files(panel, apl, facilities))
    fitted = [
        training.fit_horizon(data, horizon, facilities=given)
        for horizon in training.FIT_ON
        for given in (True, False)
    ]
    target = out or artefact.PATH
    artefact.write(data, fitted, target)
    for one in fitted:
        typer.echo(
            f"Horizon {one.horizon} ans, {'avec' if one.facilities else 'sans'} équipements : "
            f"{one.rows} lignes, {one.losses} pertes, "
            f"pente de calibration {one.slope:.2f}."
        )
    typer.echo(f"Modèle écrit dans {target}.")


@app.command()
def predict(  # noqa: PLR0917  (typer makes options of them)
    panel: Annotated[
        Path, typer.Option(help="Nombre de médecins par commune (colonnes code, gp_AAAA).")
    ],
    as_of: Annotated[int, typer.Option(help="Année de départ : rien de plus récent n’est lu.")],
    horizon: Annotated[int, typer.Option(help="Horizon en années : 2 ou 5.")],
    out: Annotated[Path, typer.Option(help="Fichier CSV à écrire.")],
    apl: Apl = None,
    reference: Annotated[
        Path | None, typer.Option(help="Référence des communes (populations, points).")
    ] = None,
    facilities: Facilities = None,
) -> None:
    """Prédire, pour chaque commune qui a un médecin, le risque de perdre le dernier."""
    from models.learning import panel as panels
    from models.learning import scoring
    from models.learning.inputs import gather

    found = facilities or _beside(panel) or _reference(None, *FACILITIES)
    raw = panels.read(panel)
    table = scoring.predict(gather(panel, apl, reference, found), as_of, horizon)
    codes = raw.loc[raw[f"gp_{as_of}"] >= 1, "code"]
    result = scoring.for_file(table, codes)
    out.parent.mkdir(parents=True, exist_ok=True)
    result.to_csv(out, index=False)
    typer.echo(f"{len(result)} communes avec un médecin en {as_of}, horizon {horizon} ans : {out}.")
    typer.echo(
        "Base des équipements absente : prédiction un peu moins précise."
        if found is None
        else f"Base des équipements utilisée : {found}."
    )


@app.command()
def report(
    panel: Panel = None,
    apl: Apl = None,
    facilities: Facilities = None,
    docs: Annotated[Path | None, typer.Option(help="Dossier des documents à écrire.")] = None,
) -> None:
    """Refaire les essais du protocole, le rapport, les figures et la fiche du modèle."""
    from data.base.paths import ROOT
    from models.backtests import card, evaluation
    from models.backtests import report as reports
    from models.learning import training

    data = training.rows(*_training_files(panel, apl, facilities))
    written = reports.write(evaluation.everything(data), docs or ROOT / "docs")
    for path in [*written, card.write()]:
        typer.echo(f"Écrit : {path}.")


def _beside(panel: Path) -> Path | None:
    """Find the base of facilities where the layout of the reference data puts it."""
    usual = panel.resolve().parent.parent.joinpath(*FACILITIES)
    return usual if usual.is_file() else None
