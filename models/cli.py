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


_RISK_COLUMNS = {
    "code": "Code de la commune, tel que le fichier des effectifs le donne",
    "probability": "Probabilité de n’avoir plus aucun médecin à l’horizon",
    "low": "Probabilité, bas (90 %)",
    "high": "Probabilité, haut (90 %)",
    "class": "Classe de risque",
    "state": "Ce que dit un registre plus récent",
}
_SOON_COLUMNS = {
    "without_room_expected": "Habitants sans place attendus",
    "load_expected": "Habitants par médecin là où il en reste, chacun allant au plus proche",
}
_OF_SOON = ("communes", "populations", "gps", "gp_history", "apl")
"""Tables that departures and who finds room then rest on."""


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

    from data.access.source_notes import dated
    from data.base import french
    from data.files.table_files import write_table
    from data.region import confirmed_zeros
    from data.region.privacy import WORKING_PAPER
    from models.learning import artefact, register_files, scoring
    from models.learning import panel as panels
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
    years = french.counted(horizon, "an", "ans")
    what = (
        f"{french.counted(len(result), 'commune', 'communes')} avec un médecin en {as_of}, "
        f"horizon {years} "
        f"(fin {as_of + horizon})"
    )
    said = [late] if (late := overdue(as_of, horizon, french.today())) else []
    doubts = [*filter(None, [early_told(as_of)]), *_doubts(inputs, result["code"])]
    said += [f"Doute : {doubt}" for doubt in doubts]
    if inputs.register is not None:
        said.append(_register_told(inputs.register, as_of, horizon, result, table["register_fed"]))
    files = ", ".join(one.name for one in (panel, apl, reference, *(register or [])) if one)
    notes = [
        dated(f"Risque de n’avoir plus aucun médecin généraliste : {what}"),
        WORKING_PAPER,
        f"D’après {files} ; modèle {artefact.version()}.",
        *said,
    ]
    # A name without an extension gives a CSV.
    write_table(result, out, notes, _RISK_COLUMNS, default=".csv")
    typer.echo(f"{what} : {out}.")
    for sentence in said:
        typer.echo(sentence)


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
    from data.access.source_notes import headed, source_notes
    from data.base.french import counted, number
    from data.files.table_files import write_table
    from data.region.catalogue import load_territory
    from data.region.privacy import WORKING_PAPER
    from data.reports.columns import described
    from models.learning import artefact
    from models.region.soon import ASSUMPTIONS, DRAWS, kept

    territory = load_territory(region)
    found = kept(territory, horizon)
    years = counted(horizon, "an", "ans")
    said = (
        f"Habitants sans place à 20 minutes, le plus proche passant le premier : "
        f"{number(found.now)} d’après les effectifs connus ; {number(found.expected)} attendus "
        f"{years} après, entre {number(found.low)} et {number(found.high)} "
        f"dans neuf des dix avenirs tirés ({number(DRAWS)} tirages)."
    )
    quoted = source_notes(territory, *_OF_SOON, licences=True)
    told = [WORKING_PAPER, said, *ASSUMPTIONS, f"Modèle {artefact.version()}.", *quoted]
    for table, where, what in (
        (found.communes, out, f"Habitants sans place, {years} après le comptage des médecins"),
        (found.carriers, carriers, f"Communes qui portent la perte, {years} après le comptage"),
    ):
        if where is not None:
            write_table(
                table, where, headed(territory, what, told), described(table) | _SOON_COLUMNS
            )
    typer.echo(said)
    for sentence in ASSUMPTIONS:
        typer.echo(f"Note : {sentence}", err=True)
