"""`proxisoins sites`: solve a siting instance, judge candidate sites, choose the best."""

from pathlib import Path
from typing import Annotated

import typer

from data.base.command_options import REGION, Out, PerGp, Region
from data.region.rules import HUBERT_MINUTES, ROOM_PEOPLE_A_GP
from geo.errors import InvalidInputError

app = typer.Typer(help="Sites candidats : évaluation, meilleurs sites, problèmes quelconques.")

_FILE_HELP = "Sites candidats : CSV, XLSX, ODS, GeoJSON, shapefile zippé, GeoPackage ou KML."
_DEPARTURES_HELP = "Généralistes supposés partir avant, sans remplacement : « 19136:1; Ussel:2 »."
_OF_A_POLE = ("communes", "populations", "gps", "apl", "zoning", "reference")
"""Tables that a pole rests on."""
_POLE_COLUMNS = {
    "id": "Antenne",
    "half_days": "Demi-journées par semaine",
    "gps": "Médecins à plein temps",
    "base_minutes": "Minutes depuis la base",
    "road_hours": "Heures de route par semaine",
}
_PLAIN_MODELS = "mclp (couverture maximale), pmedian, lscp (couverture totale), pcenter ou equity."
_MODELS = f"room (places à qui n’en a pas), capacitated (places à portée), {_PLAIN_MODELS}"


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
    model: Annotated[str, typer.Option(help=f"Modèle : {_PLAIN_MODELS}")],
    out: Annotated[Path, typer.Option(help="Fichier JSON à écrire.")],
    *,
    k: Annotated[
        int | None, typer.Option("-k", help="Sites ouverts en tout, sites imposés compris.")
    ] = None,
    threshold: Annotated[
        float | None,
        typer.Option(help="Seuil inclus, dans l’unité des coûts (mclp, lscp, equity)."),
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
    from data.siting.best import STEP_BY_STEP
    from data.siting.instances import build_model, read_instance, solution_report, write_json

    instance = read_instance(demand, candidates, costs, fixed.split(","))
    chosen = build_model(model, k=k, threshold=threshold, budget=budget)
    best = chosen.solve(instance.problem, time_limit)
    others = {STEP_BY_STEP: chosen.greedy(instance.problem)}
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


@app.command("evaluate")
def evaluate(
    file: Annotated[Path, typer.Argument(metavar="FICHIER", help=_FILE_HELP)],
    *,
    out: Annotated[
        Path, typer.Option(help="Fichier à écrire : .xlsx (complet), .csv, .geojson ou .gpkg.")
    ],
    departures: Annotated[str, typer.Option("--departs", help=_DEPARTURES_HELP)] = "",
    region: Region = REGION,
) -> None:
    """Juge chaque site : population, recouvrements, APL, éligibilité, gagnants et perdants."""
    from data.region.catalogue import load_territory
    from data.reports.site_files import read_departures, read_sites, write_evaluation
    from data.siting.departures import words
    from data.siting.evaluation import evaluate_sites

    territory = load_territory(region)
    sites = read_sites(file, territory, _say)
    leaving = read_departures(departures, territory)
    evaluation = evaluate_sites(territory, sites, departures=leaving)
    write_evaluation(evaluation, territory, out)
    if evaluation.departures is not None:
        typer.echo(words(evaluation.departures))
    for row in evaluation.sites.to_dict("records"):
        typer.echo(
            f"{row['name']} ({row['commune']}) : {_whole(row['population_within_20'])} habitants à "
            f"20 minutes, dont {_whole(row['newly_within_20'])} qui n’ont personne "
            f"{evaluation.moment}"
        )
    typer.echo(f"Écrit : {out}")


@app.command("best")
def best(
    file: Annotated[Path, typer.Argument(metavar="FICHIER", help=_FILE_HELP)],
    *,
    out: Annotated[Path, typer.Option(help="Fichier à écrire : .json, .xlsx ou .csv.")],
    k: Annotated[
        int | None, typer.Option("-k", help="Nouveaux sites à retenir, sans compter l’existant.")
    ] = None,
    model: Annotated[str, typer.Option(help=f"Modèle : {_MODELS}")] = "room",
    threshold: Annotated[float, typer.Option(help="Seuil en minutes, inclus.")] = HUBERT_MINUTES,
    weights: Annotated[
        str, typer.Option(help="people (habitants) ou need (consultations manquantes).")
    ] = "people",
    existing: Annotated[
        str,
        typer.Option(help="Ce qui reste ouvert : structures, gps (généralistes) ou none (rien)."),
    ] = "structures",
    departures: Annotated[str, typer.Option("--departs", help=_DEPARTURES_HELP)] = "",
    time_limit: Annotated[float, typer.Option(help="Secondes permises.")] = 60.0,
    region: Region = REGION,
) -> None:
    """Retient les meilleurs sites du fichier : preuve, et choix fait un site après l’autre."""
    from data.region.catalogue import load_territory
    from data.reports.scenario_results import Search
    from data.reports.site_files import read_departures, read_sites, write_best
    from data.siting.best import best_sites

    territory = load_territory(region)
    sites = read_sites(file, territory, _say)
    found = best_sites(
        territory,
        sites,
        model=model,
        k=k,
        threshold=threshold,
        weights=weights,
        existing=existing,
        departures=read_departures(departures, territory),
        time_limit=time_limit,
    )
    asked = Search(model, k, threshold, weights, existing).words()
    leaving = [] if not departures else [f"Départs supposés, sans remplacement : {departures}."]
    write_best(found, sites, territory, out, [f"Ce qui est demandé : {asked}", *leaving])
    typer.echo(f"Retenus : {', '.join(sites[site].name for site in found.chosen)}")
    for row in found.choices.to_dict("records"):
        typer.echo(f"{row['choice']} : {row['criterion']} {_whole(row['objective'])}")
    typer.echo(f"Preuve : {_STATUS[found.solution.status]} (écart {found.solution.gap:.2g})")
    typer.echo(f"Écrit : {out}")


@app.command("pole")
def pole(
    file: Annotated[
        Path | None, typer.Argument(metavar="[FICHIER]", help=f"Antennes possibles. {_FILE_HELP}")
    ] = None,
    *,
    out: Out,
    half_days: Annotated[
        int, typer.Option("--half-days", help="Demi-journées par semaine ; un médecin en fait dix.")
    ],
    least: Annotated[int, typer.Option(help="Demi-journées au moins où une antenne ouvre.")] = 2,
    fewest: Annotated[int, typer.Option(help="Antennes au moins.")] = 2,
    most: Annotated[int, typer.Option(help="Antennes au plus.")] = 6,
    base: Annotated[int, typer.Option(help="Rang de la base dans le fichier, 1 le premier.")] = 1,
    per_gp: PerGp = float(ROOM_PEOPLE_A_GP),
    minutes: Annotated[
        float, typer.Option(help="Trajet le plus long d’un habitant, sur vos tables.")
    ] = HUBERT_MINUTES,
    demand: Annotated[
        Path | None, typer.Option(help="Vos lieux : id, population (habitants sans place).")
    ] = None,
    antennas: Annotated[
        Path | None, typer.Option(help="Vos antennes : id, base_minutes (0 à la base).")
    ] = None,
    times: Annotated[
        Path | None, typer.Option(help="Vos trajets : from (lieu), to (antenne), minutes.")
    ] = None,
    region: Region = REGION,
) -> None:
    """Répartit les demi-journées d’une équipe entre des antennes : le pôle prouvé le meilleur."""
    from data.access.source_notes import dated, headed, source_notes
    from data.files.table_files import write_table
    from data.siting.poles import Team, pole_of, pole_table, read_pole
    from geo.siting.pole import best_pole

    team = Team(
        half_days=half_days, least=least, base=base - 1, per_gp=per_gp, fewest=fewest, most=most
    )
    if demand is not None and antennas is not None and times is not None and file is None:
        problem, names, remarks = read_pole(demand, antennas, times, team, minutes)
        for note in remarks:
            _say(note)
        files = f"{demand.name}, {antennas.name} et {times.name}"
        notes = [dated(f"Pôle d’antennes, d’après {files}"), *remarks]
        found = best_pole(problem)
    elif file is not None and demand is None and antennas is None and times is None:
        from data.region.catalogue import load_territory
        from data.reports.site_files import read_sites

        territory = load_territory(region)
        sites = read_sites(file, territory, _say)
        answer = pole_of(territory, sites, team)
        problem, found = answer.problem, answer.pole
        names = tuple(site.name for site in sites)
        house = f"une maison à la base : {_whole(answer.house.people)} habitants placés"
        typer.echo(house)
        quoted = source_notes(territory, *_OF_A_POLE, licences=True)
        notes = headed(territory, f"Pôle d’antennes choisies parmi {file.name}", [house, *quoted])
    else:
        raise InvalidInputError(
            "Donnez un fichier d’antennes de la région, ou ensemble --demand, --antennas et "
            "--times."
        )
    table = pole_table(names, problem, found)
    notes.insert(
        1, f"Habitants placés : {_whole(found.people)}, à {_whole(per_gp)} par médecin au plus."
    )
    write_table(table, out, notes, _POLE_COLUMNS)
    for row in table[table["half_days"] > 0].to_dict("records"):
        typer.echo(f"{row['id']} : {row['half_days']} demi-journées par semaine")
    typer.echo(f"habitants placés : {_whole(found.people)}")
    proof = "optimum prouvé" if found.proven else "optimum non prouvé"
    typer.echo(f"borne : {_whole(found.bound)} ({proof})")
    typer.echo(f"Écrit : {out}")


def _say(note: str) -> None:
    typer.echo(f"Note : {note}", err=True)


def _whole(value: float) -> str:
    from data.base.french import number

    return number(value)


_STATUS = {
    "optimal": "optimum prouvé",
    "time_limit": "limite de temps atteinte, meilleur choix trouvé",
}
