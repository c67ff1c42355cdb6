"""The `proxisoins risk` commands: learn, predict, report."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from data.base.command_options import REGION, Region

if TYPE_CHECKING:
    import pandas as pd

    from models.learning.inputs import Inputs
    from models.learning.panel import Reading
    from models.learning.register import Register as Registered

app = typer.Typer(
    help="Risque de perdre le dernier médecin généraliste : apprendre, prédire, rendre compte.",
    no_args_is_help=True,
)

Panel = Annotated[
    Path | None,
    typer.Option(help="Nombre de médecins par commune (colonnes code, gp_2009, gp_2013…)."),
]
Apl = Annotated[Path | None, typer.Option(help="APL par commune (colonnes code, apl_2016…).")]
Register = Annotated[
    Path | None,
    typer.Option(
        help="Registre plus récent que les effectifs (colonnes code, "
        "gp_establishments_AAAA_MM ; ou code, establishments, date)."
    ),
]


def _reference(path: Path | None, *parts: str) -> Path | None:
    """Take the file given, else the one of the reference data when it is there."""
    from data.base.paths import reference_data

    usual = reference_data().joinpath(*parts)
    return path or (usual if usual.is_file() else None)


def _training_files(
    panel: Path | None, apl: Path | None, register: Path | None
) -> tuple[Path, Path | None, Path | None]:
    from geo.errors import UnavailableError

    found = _reference(panel, "gp_panel", "gp_per_commune_dated.csv")
    if found is None:
        raise UnavailableError(
            "Aucun fichier de médecins par commune : le donner avec --panel, ou indiquer le "
            "dossier des données de référence (PROXISOINS_REFERENCE_DATA)."
        )
    return (
        found,
        _reference(apl, "apl", "apl_gp_per_commune.csv"),
        _reference(register, "registers", "sirene_gp_establishments_2019_03.csv"),
    )


@app.command()
def train(
    panel: Panel = None,
    apl: Apl = None,
    register: Register = None,
    out: Annotated[Path | None, typer.Option(help="Fichier du modèle (JSON) à écrire.")] = None,
) -> None:
    """Apprend le modèle sur les données réelles (Nouvelle-Aquitaine toujours exclue)."""
    from data.base.french import number
    from data.files.table_files import writing
    from models.learning import artefact, artefact_writer, training

    data = training.rows(*_training_files(panel, apl, register))
    fitted = training.fit(data)
    target = out or artefact.PATH
    with writing(target):
        artefact_writer.write(data, fitted, target)
    absent, lost = fitted.flagged
    typer.echo(
        f"{number(fitted.rows)} lignes, {number(fitted.losses)} pertes ; registre : "
        f"{number(absent)} communes absentes, dont {number(lost)} pertes confirmées."
    )
    typer.echo(f"Modèle écrit dans {target}.")


@app.command()
def predict(  # noqa: PLR0917  (typer makes options of them)
    panel: Annotated[
        Path, typer.Option(help="Nombre de médecins par commune (colonnes code, gp_AAAA).")
    ],
    as_of: Annotated[int, typer.Option(help="Année de départ : rien de plus récent n’est lu.")],
    horizon: Annotated[int, typer.Option(help="Horizon en années : de 1 à 6.")],
    out: Annotated[
        Path,
        typer.Option(
            help="Fichier à écrire : .csv (virgules, points décimaux), .xlsx pour un tableur, ou "
            ".parquet."
        ),
    ],
    apl: Apl = None,
    reference: Annotated[
        Path | None, typer.Option(help="Référence des communes (populations, points).")
    ] = None,
    register: Annotated[
        list[Path] | None,
        typer.Option(
            help="Registre plus récent que les effectifs : SIRENE (stock, ou colonnes code, "
            "gp_establishments_AAAA_MM) ou RPPS, tels que publiés ; FINESS peut s’y ajouter "
            "(répéter l’option)."
        ),
    ] = None,
) -> None:
    """Prédit, pour chaque commune qui a un médecin, le risque de perdre le dernier."""
    from dataclasses import replace

    from data.base import french
    from data.files.table_files import write_table
    from data.region import confirmed_zeros
    from models.learning import panel as panels
    from models.learning import register_files, scoring
    from models.learning.inputs import codes_told, gather
    from models.learning.predictors import early_told
    from models.learning.register import together
    from models.region.flag import overdue

    # What was read is said first: where nothing is left to predict, the refusals tell why.
    reading = panels.read_counted(panel, confirmed_zeros.confirmed())
    for sentence in _read(reading, reading.table.get(f"gp_{as_of}")):
        typer.echo(sentence)
    seen = [register_files.read(path) for path in register or []]
    known = gather(reading.table, apl, reference)
    others = [codes_told(path, what) for path, what in ((apl, "APL"), (reference, "Référence"))]
    for sentence in (*filter(None, others), *(one for _, told in seen for one in told)):
        typer.echo(sentence)
    inputs = replace(known, register=together([one for one, _ in seen]))
    table = scoring.predict(inputs, as_of, horizon)
    counts = reading.table[f"gp_{as_of}"]
    result = scoring.for_file(table, reading.table.loc[counts > 0, "code"])
    # A name without an extension gives a CSV.
    write_table(result, out, default=".csv")
    years = french.counted(horizon, "an", "ans")
    typer.echo(
        f"{french.counted(len(result), 'commune', 'communes')} avec un médecin en {as_of}, "
        f"horizon {years} "
        f"(fin {as_of + horizon}) : {out}."
    )
    if late := overdue(as_of, horizon, french.today()):
        typer.echo(late)
    if early := early_told(as_of):
        typer.echo(f"Doute : {early}")
    for doubt in _doubts(inputs, result["code"]):
        typer.echo(f"Doute : {doubt}")
    if inputs.register is not None:
        typer.echo(_register_told(inputs.register, as_of, horizon, result, table["register_fed"]))


def _doubts(inputs: "Inputs", codes: "pd.Series") -> list[str]:
    """Say of which communes a prediction is less sure than the figures of the card."""
    from data.base import french
    from models.learning.features import cut_off
    from models.learning.inputs import unplaced
    from models.learning.panel import overseas

    said = []
    if strangers := unplaced(inputs, codes):
        said.append(
            f"{french.counted(len(strangers), 'commune inconnue', 'communes inconnues')} "
            f"({', '.join(strangers[:3])}{'…' if len(strangers) > 3 else ''}) : ni point ni "
            "population, d’où un risque de commune moyenne ; --reference peut les donner."
        )
    if far := int(overseas(codes).sum()):
        said.append(
            f"{french.counted(far, 'commune', 'communes')} d’outre-mer : le modèle n’y a rien "
            "appris, rien n’y vérifie ces risques."
        )
    if cut := cut_off(inputs, codes):
        has = "commune a" if cut == 1 else "communes ont"
        said.append(
            f"{french.number(cut)} {has} à moins de 20 km des voisines que le fichier ne donne "
            "pas : leurs médecins et leurs habitants n’y comptent pas. Le fichier doit donner "
            "toutes les communes, celles sans médecin et celles d’au-delà de la limite aussi."
        )
    return said


def _register_told(
    register: "Registered", as_of: int, horizon: int, result: "pd.DataFrame", fed: "pd.Series"
) -> str:
    """Say what a register shows of the communes, and in how many predictions it enters."""
    from data.base import french
    from models.learning.hazard import end_of
    from models.learning.nowcast import feeds
    from models.learning.register import CONFIRMED, GONE, UNKNOWN

    states = result["state"].value_counts()
    shown = ", ".join(
        f"{french.number(states.get(name, 0))} « {name} »" for name in (CONFIRMED, GONE, UNKNOWN)
    )
    enters = (
        f"il entre dans {french.counted(int(fed.sum()), 'prédiction', 'prédictions')}."
        if feeds(register, end_of(as_of), horizon)
        else "il n’entre pas dans les prédictions (il faut SIRENE, d’une date entre les effectifs "
        "et l’échéance)."
    )
    return f"Registre {french.of(register.told)} : {shown} ; {enters}"


def _read(reading: "Reading", counts: "pd.Series | None") -> list[str]:
    """Say what became of every row of the panel; `counts`: GPs of the year asked for."""
    from data.base import french

    parts = [
        *(
            []
            if counts is None
            else [
                f"{french.number((counts > 0).sum())} avec un médecin",
                f"{french.number((counts == 0).sum())} sans médecin",
                f"{french.number(counts.isna().sum())} sans effectif connu",
            ]
        ),
        *(
            f"{french.counted(count, 'refusée', 'refusées')} ({reason})"
            for reason, count in reading.refused.items()
            if count
        ),
    ]
    rows = french.counted(reading.rows, "ligne lue", "lignes lues")
    said = [f"{rows} : {', '.join(parts)}." if parts else f"{rows}."]
    return said + [
        f"Doute : {reason}, {french.number(count)}."
        for reason, count in reading.doubtful.items()
        if count
    ]


@app.command()
def report(
    panel: Panel = None,
    apl: Apl = None,
    register: Register = None,
    docs: Annotated[Path | None, typer.Option(help="Dossier des documents à écrire.")] = None,
) -> None:
    """Refait le modèle, les essais du protocole, le rapport, les figures et la fiche du modèle."""
    from data.base.paths import ROOT
    from models.backtests import card, evaluation
    from models.backtests import report as reports
    from models.learning import artefact, artefact_writer, training

    data = training.rows(*_training_files(panel, apl, register))
    # Learned again first: the documents describe the model that stands beside them.
    artefact_writer.write(data, training.fit(data), artefact.PATH)
    written = reports.write(evaluation.everything(data), docs or ROOT / "docs")
    for path in [artefact.PATH, *written, card.write()]:
        typer.echo(f"Écrit : {path}.")


@app.command()
def room(
    *,
    horizon: Annotated[int, typer.Option(help="Horizon en années.")] = 5,
    region: Region = REGION,
    out: Annotated[
        Path,
        typer.Option(
            help="Fichier à écrire : code, name, population, without_room_now, "
            "without_room_expected (habitants sans place à 20 minutes), load_expected (habitants "
            "par médecin là où il en reste, chacun allant au plus proche)."
        ),
    ],
    carriers: Annotated[
        Path | None,
        typer.Option(
            help="Second fichier, pour les planificateurs seulement : les communes qui portent la "
            "perte (code, name, gps, without_room_more, expected)."
        ),
    ] = None,
) -> None:
    """Dit qui sera sans place quand des communes auront perdu leur dernier médecin."""
    from data.base.french import counted, number
    from data.files.table_files import write_table
    from data.region.catalogue import load_territory
    from models.region.soon import ASSUMPTIONS, DRAWS, kept

    found = kept(load_territory(region), horizon)
    write_table(found.communes, out)
    if carriers is not None:
        write_table(found.carriers, carriers)
    typer.echo(
        f"Habitants sans place à 20 minutes, le plus proche passant le premier : "
        f"{number(found.now)} d’après les effectifs connus ; {number(found.expected)} attendus "
        f"{counted(horizon, 'an', 'ans')} après, entre {number(found.low)} et {number(found.high)} "
        f"dans neuf des dix avenirs tirés ({number(DRAWS)} tirages)."
    )
    for sentence in ASSUMPTIONS:
        typer.echo(f"Note : {sentence}", err=True)
