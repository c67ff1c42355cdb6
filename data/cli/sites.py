"""`proxisoins sites`: solve a siting instance, judge candidate sites, choose the best."""

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="Sites candidats : évaluation, meilleurs sites, problèmes quelconques.")

_MODELS = "mclp (couverture maximale), pmedian, lscp (couverture totale), pcenter ou equity."


@app.command("solve")
def solve(
    demand: Annotated[Path, typer.Option(help="Points de demande : id, weight (ou population).")],
    candidates: Annotated[
        Path, typer.Option(help="Sites candidats : id[, fixed (oui/non)][, cost (prix)].")
    ],
    costs: Annotated[
        Path,
        typer.Option(help="Coûts : from, to, cost (une ligne par couple), ou tableau croisé."),
    ],
    model: Annotated[str, typer.Option(help=f"Modèle : {_MODELS}")],
    out: Annotated[Path, typer.Option(help="Fichier JSON à écrire.")],
    *,
    k: Annotated[
        int | None, typer.Option("-k", help="Sites ouverts en tout, sites imposés compris.")
    ] = None,
    threshold: Annotated[
        float | None,
        typer.Option(help="Seuil inclus, dans l'unité des coûts (mclp, lscp, equity)."),
    ] = None,
    budget: Annotated[
        float | None, typer.Option(help="Somme des prix permise, au lieu ou en plus de -k.")
    ] = None,
    fixed: Annotated[
        str, typer.Option(help="Sites imposés, séparés par des virgules ; ils restent ouverts.")
    ] = "",
    own: Annotated[
        str, typer.Option(help="Votre choix de sites, séparés par des virgules, à comparer.")
    ] = "",
    time_limit: Annotated[
        float | None,
        typer.Option(help="Secondes permises ; au-delà, le meilleur trouvé et sa borne."),
    ] = None,
) -> None:
    """Résout un problème de localisation et en donne la preuve : objectif, sites, borne, écart."""
    from data.siting_files import build_model, read_instance, solution_report, write_json

    instance = read_instance(demand, candidates, costs, fixed.split(","))
    chosen = build_model(model, k=k, threshold=threshold, budget=budget)
    best = chosen.solve(instance.problem, time_limit)
    others = {"glouton": chosen.greedy(instance.problem)}
    if own:
        others["votre choix"] = chosen.judge(
            instance.problem, (*instance.problem.fixed, *instance.rows(own.split(",")))
        )
    report = solution_report(chosen, instance, best, others)
    write_json(report, out)
    for criterion in report["criteria"]:
        typer.echo(f"{criterion['criterion']} : {criterion['objective']}")
    typer.echo(f"sites : {', '.join(report['sites'])}")
    proof = report["proof"]
    typer.echo(
        f"preuve : {_STATUS[proof['status']]} (borne {proof['bound']}, écart {proof['gap']}, "
        f"{proof['seconds']} s)"
    )
    for difference in report["differences"]:
        typer.echo(
            f"{difference['choice']} : {difference['objective']} ({difference['lost']} de perdu)"
        )


_STATUS = {
    "optimal": "optimum prouvé",
    "time_limit": "limite de temps atteinte, meilleur choix trouvé",
}
