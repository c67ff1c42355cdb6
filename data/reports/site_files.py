"""Files of candidate sites in, files of results out, for the command line."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from data.access.source_notes import headed, source_notes
from data.files import exports
from data.region.gazetteer import gazetteer
from data.region.privacy import WORKING_PAPER
from data.region.territory import Territory
from data.reports.columns import rounded
from data.reports.site_columns import (
    CHANGE_TITLES,
    CHOICE_TITLES,
    SITE_TITLES,
    simulated_told,
    titled,
)
from data.siting import departures
from data.siting.best import BestSites
from data.siting.departures import TODAY
from data.siting.evaluation import SiteEvaluation
from data.siting.instances import difference_name, write_json
from data.uploads import UNDERSTOOD, Site, extras, match_lines, read_upload
from geo.errors import InvalidInputError

_CHOICE_DECIMALS = 6
"""Of what a search maximises: people, minutes or a share."""


def read_sites(path: Path, territory: Territory, say: Callable[[str], None]) -> list[Site]:
    """Read and place the sites of a file; what is not understood is told through `say`.

    Raises
    ------
    InvalidInputError
        The file is refused, or no line of it is understood.
    """
    lines = read_upload(path)
    report = match_lines(lines, gazetteer(territory.region), territory.communes)
    for sentence in (*lines.words(), report.counts):
        say(sentence)
    for outcome in report.outcomes:
        if outcome.reason:
            offered = ", ".join(place.label for place in outcome.candidates)
            more = f" (candidats : {offered})" if offered and outcome.status != UNDERSTOOD else ""
            say(f"ligne {outcome.line}, {outcome.status} : {outcome.reason}{more}")
    if not report.sites:
        raise InvalidInputError(
            f"Aucun site de « {path.name} » n’est compris : corrigez les lignes signalées."
        )
    return list(report.sites)


def read_departures(text: str, territory: Territory) -> dict[str, int]:
    """Read GPs supposed to leave, written as "19136:1; Ussel:2".

    Raises
    ------
    InvalidInputError
        A commune is not recognised.
    """
    notes: list[str] = []
    found = extras.moving({"moving": text}, gazetteer(territory.region), notes)
    if notes:
        raise InvalidInputError(
            f"Départs de généralistes : {' ; '.join(notes)}. Écrivez « commune:nombre », séparés "
            "par des points-virgules, avec le nom ou le code INSEE de chaque commune."
        )
    if any(count != int(count) for count in found.values()):
        raise InvalidInputError(
            "Départs de généralistes : donnez des nombres entiers, « commune:nombre »."
        )
    return {code: int(count) for code, count in found.items()}


def write_evaluation(evaluation: SiteEvaluation, territory: Territory, out: Path) -> None:
    """Write an evaluation: XLSX with all tables, else the table of sites.

    Raises
    ------
    InvalidInputError
        The extension is another, or the file cannot be written.
    """
    notes = source_notes(territory, licences=True)
    notes = [*simulated_told(evaluation.simulated), *notes]
    if evaluation.departures is not None:
        notes.insert(0, departures.words(evaluation.departures))
    if points_at_people(evaluation):
        notes.insert(0, WORKING_PAPER)
    notes = headed(territory, "Sites candidats, évalués un par un et ensemble", notes)
    titles = {key: title.replace(TODAY, evaluation.moment) for key, title in SITE_TITLES.items()}
    sites = titled(rounded(evaluation.sites), titles)
    points = gpd.points_from_xy(evaluation.sites["lon"], evaluation.sites["lat"])
    located = gpd.GeoDataFrame(sites, geometry=points, crs=4326)
    match out.suffix.lower():
        case ".xlsx":
            names = evaluation.sites["name"].to_numpy()
            overlaps = evaluation.overlaps.round(4).set_axis(names).set_axis(names, axis=1)
            sheets = {
                "Sites": sites,
                "Ensemble": _together(evaluation, titles),
                "Recouvrements": overlaps.rename_axis("Site").reset_index(),
                "Gagnants et perdants": titled(
                    _named(rounded(evaluation.changes), names), CHANGE_TITLES
                ),
            }
            _write(exports.to_xlsx(sheets, notes), out)
        case ".csv":
            _write(exports.to_csv(sites, notes), out)
        case ".geojson" | ".json":
            _write(exports.to_geojson(located, notes), out)
        case ".gpkg":
            _write(exports.to_gpkg(located, notes, layer="sites"), out)
        case other:
            raise InvalidInputError(
                f"L’extension « {other} » n’est pas connue : .xlsx, .csv, .geojson ou .gpkg."
            )


def points_at_people(evaluation: SiteEvaluation) -> bool:
    """Tell whether an evaluation holds what a planner alone sees: risk, who leaves, who moves."""
    knows_risk = evaluation.sites["risk_communes_within_20"].notna().any()
    leaving = evaluation.departures is not None or evaluation.together["gps_moving"] > 0
    return bool(knows_risk or leaving)


def write_best(
    best: BestSites,
    sites: Sequence[Site],
    territory: Territory,
    out: Path,
    asked: Sequence[str] = (),
) -> None:
    """Write the best sites: JSON with the proof, XLSX with both tables, or CSV of the choices.

    Notes begin with what was `asked`, in French.

    Raises
    ------
    InvalidInputError
        The extension is another, or the file cannot be written.
    """
    notes = [*asked, *source_notes(territory, licences=True)]
    notes = headed(territory, "Les meilleurs sites", notes)
    names = [site.name for site in sites]
    choices = best.choices.round(_CHOICE_DECIMALS)
    differences = best.differences.round(_CHOICE_DECIMALS).assign(
        choice=[difference_name(choice, names) for choice in best.differences["choice"]]
    )
    match out.suffix.lower():
        case ".json":
            write_json(_best_report(best, sites, differences, notes), out)
        case ".xlsx":
            sheets = {
                "Choix": titled(choices, CHOICE_TITLES),
                "Prix des différences": titled(differences, CHOICE_TITLES),
            }
            _write(exports.to_xlsx(sheets, notes), out)
        case ".csv":
            _write(exports.to_csv(titled(choices, CHOICE_TITLES), notes), out)
        case other:
            raise InvalidInputError(
                f"L’extension « {other} » n’est pas connue : .json, .xlsx ou .csv."
            )


def _together(evaluation: SiteEvaluation, titles: Mapping[str, str]) -> pd.DataFrame:
    """Return the measures of all sites together, one a row, under the headings of the sites."""
    kept = [key for key in titles if key in evaluation.together]
    known = rounded(evaluation.together[kept].to_frame().T).iloc[0]
    return known.rename(index=titles).rename("Valeur").rename_axis("Mesure").reset_index()


def _named(changes: pd.DataFrame, names: np.ndarray) -> pd.DataFrame:
    return changes.assign(site=[names[row] for row in changes["site"]])


def _best_report(
    best: BestSites, sites: Sequence[Site], differences: pd.DataFrame, notes: list[str]
) -> dict[str, Any]:
    solution = best.solution
    return {
        "model": solution.model,
        "objective": solution.objective,
        "sites": [
            {"line": sites[k].line, "name": sites[k].name, "code": sites[k].code}
            for k in best.chosen
        ],
        "proof": {
            "status": solution.status,
            "bound": solution.stages[0].bound,
            "gap": solution.gap if np.isfinite(solution.gap) else None,
            "seconds": round(solution.seconds, 3),
        },
        "unit": best.unit,
        "unreachable": best.unreachable,
        "choices": _records(best.choices),
        "differences": _records(differences),
        "notes": notes,
    }


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [
        {
            str(key): None if isinstance(value, float) and not np.isfinite(value) else value
            for key, value in row.items()
        }
        for row in table.to_dict("records")
    ]


def _write(content: bytes, out: Path) -> None:
    try:
        out.write_bytes(content)
    except OSError as error:
        raise InvalidInputError(
            f"Le fichier {out} ne peut pas être écrit ({error.strerror}) : changez de dossier."
        ) from error
