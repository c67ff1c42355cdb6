"""The report of a scenario for a council meeting: map, judgements, best sites, sources."""

import io
from collections.abc import Sequence
from dataclasses import replace

import geopandas as gpd
import pandas as pd

from data.base import typeface
from data.base.french import number, uncapitalised
from data.maps.ground import ground, land_of
from data.maps.sites import reach_of, sentence
from data.region.rules import ZIP_APL
from data.region.territory import Territory
from data.reports import site_tables
from data.reports.pdf import AREAS, GREY, INK, MARGIN_MM, Document
from data.reports.scenario_results import Search, versions_words
from data.reports.site_columns import marked
from data.scenarios.drafts import Draft
from data.siting.best import BestSites
from data.siting.departures import TODAY, ground_after, words
from data.siting.evaluation import SiteEvaluation
from geo import layers, static_map

MAP_INDICATOR = layers.INDICATORS[0]
"""Inhabitants without room before the projects, under the areas that the sites reach."""
SITES_LISTED = 60
SITES_COMPARED = 12
CHANGES_LISTED = 12
"""Communes that win, and as many that lose: those with most inhabitants."""
_COLUMNS = 6
"""Sites beside one another on the width of a page."""
_CELL_CHARACTERS = 160
_TITLES_MM, _ROW_MM, _KEPT_ROWS = 24.0, 6.5, 10
"""A heading and the titles of the sites; a row of them; rows that no page parts."""
_BESIDE_MM = 52.0
"""A heading, a line, the names of the sites on five lines and a row."""

_COMPARED = (*site_tables.ESSENTIAL, "minutes_to_msp", "gps_planned", "gps_moving")
_SUMMARY = {
    "name": "Site",
    "commune": "Commune",
    "population_within_20": "Habitants à 20 min",
    "newly_within_20": "dont sans généraliste à 20 min avant le projet",
    "zip_within_20": "en ZIP",
    "population_above_2_5": f"portés au-dessus de {number(ZIP_APL, 1)} d’APL",
}


def site_picture(
    territory: Territory,
    draft: Draft,
    size_inches: tuple[float, float] = (7.6, 5.4),
    *,
    beside: Draft | None = None,
) -> bytes:
    """Return a PNG of the sites and of what is within 20 minutes of them.

    `beside` is a scenario whose picture is seen beside this one: both show one ground.
    """
    communes = ground_after(territory, draft.departures).communes
    reach = reach_of(territory, draft.sites)
    points = gpd.GeoSeries(
        gpd.points_from_xy([s.lon for s in draft.sites], [s.lat for s in draft.sites]), crs=4326
    )
    contours, land = ground(territory, land_of(territory, [site.code for site in draft.sites]))
    about = reach.geometry
    if beside is not None:
        about = pd.concat([about, reach_of(territory, beside.sites).geometry])
    return static_map.picture(
        contours,
        communes[MAP_INDICATOR.key],
        MAP_INDICATOR,
        land,
        static_map.Page(None, typeface=typeface.files(), size_inches=size_inches),
        marks=static_map.Marks(
            rings=reach,
            points=points,
            numbered=len(draft.sites) <= SITES_LISTED,
            outline=reach.geometry,
        ),
        about=about,
    )


def scenario_pdf(
    draft: Draft,
    evaluation: SiteEvaluation,
    picture: bytes,
    notes: Sequence[str],
    *,
    warning: str,
    spread: Sequence[str] = (),
    best: BestSites | None = None,
    search: Search | None = None,
) -> bytes:
    """Return the report of a scenario as a PDF, as a public view: nothing about risk in it.

    Parameters
    ----------
    draft
        Name, note, sites, versions of the data.
    evaluation
        Judgement of its sites, in their order.
    picture
        PNG of `site_picture`.
    notes
        Sources and vintages.
    warning
        What stands at the head of every page (`Territory.warning`), "" for nothing.
    spread
        What a public view leaves out or spreads (`public_scenario.public_words`): said where the
        figures that it bears on stand.
    best, search
        Best sites and what was asked; None when not searched.
    """
    page = Document(f"{one_line(draft.name)}, sites candidats", notes, warning=warning)
    page.letters(9)
    page.set_text_color(*GREY)
    page.line_of("Scénario de sites candidats, pour une maison de santé pluriprofessionnelle")
    page.set_text_color(*INK)
    page.heading(one_line(draft.name), 17)
    if draft.note:
        page.line_of(one_line(draft.note))
    page.ln(1)
    if answer := site_tables.room_sentence(evaluation):
        page.line_of(answer)
    page.line_of(sentence(evaluation))
    page.line_of(site_tables.changes_sentence(evaluation))
    if evaluation.departures is not None:
        page.line_of(words(evaluation.departures, public=True))
    for told in spread:
        page.line_of(told)
    _write_map(page, evaluation, picture)
    _write_sites(page, evaluation)
    if best is not None and search is not None:
        _write_best(page, evaluation, best, search)
    _write_comparison(page, evaluation)
    _write_changes(page, evaluation, spread)
    if made_with := versions_words(draft):
        page.heading("Données avec lesquelles le scénario a été fait")
        page.line_of(" ; ".join(one_line(line) for line in made_with) + ".")
    return page.finished()


def _write_map(page: Document, evaluation: SiteEvaluation, picture: bytes) -> None:
    page.heading("Carte des sites", 10)
    page.image(
        io.BytesIO(picture),
        w=page.w - 2 * MARGIN_MM,
        alt_text="Carte des sites candidats et de ce qui en est à 20 minutes ou moins",
    )
    page.letters(7.5)
    page.set_text_color(*GREY)
    page.line_of(
        "Points : sites candidats, numérotés dans l’ordre du tableau ci-dessous. "
        f"{map_words(evaluation.moment)}",
        3.6,
    )
    page.set_text_color(*INK)


def map_words(moment: str) -> str:
    """Return what the lines and the colours of a picture of sites are, and where their sources."""
    drawn = f"{uncapitalised(MAP_INDICATOR.label)} ({MAP_INDICATOR.unit})"
    return (
        f"{AREAS} Couleurs : {drawn}, {moment}, sans les sites. "
        "Sources et millésimes en dernière page."
    )


def one_line(text: str) -> str:
    """Return a text on one line, without the characters that a font cannot draw."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _write_sites(page: Document, evaluation: SiteEvaluation) -> None:
    sites = evaluation.sites.head(SITES_LISTED)
    many = len(evaluation.sites)
    page.heading(
        f"Les {many} sites" if many > 1 else "Le site",
        keep_mm=_TITLES_MM + _ROW_MM * min(many, _KEPT_ROWS),
    )
    rows = [
        [
            str(rank),
            *(
                _cell(value) if isinstance(value, str) else number(value)
                for value in (row[key] for key in _SUMMARY)
            ),
        ]
        for rank, row in enumerate(sites.to_dict("records"), start=1)
    ]
    titles = [
        marked(key, title.replace(TODAY, evaluation.moment), evaluation.simulated)
        for key, title in _SUMMARY.items()
    ]
    page.rows(["N°", *titles], rows, (8, 30, 24, 18, 24, 21, 20))
    _left_out(page, len(evaluation.sites) - len(sites), "sites")


def _write_best(
    page: Document, evaluation: SiteEvaluation, best: BestSites, search: Search
) -> None:
    names = evaluation.sites["name"].tolist()
    page.heading("Les meilleurs sites")
    plain = [one_line(one) for one in names]
    page.line_of(site_tables.answer(best, search.threshold, search.existing, plain))
    page.line_of(search.words())
    page.line_of(site_tables.proof(best))
    page.items([one_line(f"{names[row]} ({_commune(evaluation, row)})") for row in best.chosen])
    page.ln(1)
    _write_table(page, site_tables.choices_table(best), (16, 40, 24, 18, 18, 14))
    if (best.differences["lost"] != 0).any():
        page.heading("Ce que coûte chaque différence", 10)
        table = site_tables.differences_table(best, names)
        _write_table(page, table, (34, 30, 30, 18, 14, 14))


def _commune(evaluation: SiteEvaluation, row: int) -> str:
    return str(evaluation.sites["commune"].iloc[row])


def _write_comparison(page: Document, evaluation: SiteEvaluation) -> None:
    rows = list(range(min(len(evaluation.sites), SITES_COMPARED)))
    page.heading("Sites côte à côte", keep_mm=_BESIDE_MM)
    page.letters(8)
    page.line_of("« Ensemble » compte une seule fois les habitants que plusieurs sites atteignent.")
    for start in range(0, len(rows), _COLUMNS):
        table = site_tables.side_by_side(
            evaluation, rows[start : start + _COLUMNS], public=True, kept=_COMPARED
        )
        _write_table(page, table, (44, *[24] * (table.shape[1] - 1)))
        page.ln(2)
    _left_out(page, len(evaluation.sites) - len(rows), "sites")
    page.heading("Aides et éligibilité", 10)
    page.items([one_line(line) for line in site_tables.eligibility(evaluation, rows)])


def _write_changes(page: Document, evaluation: SiteEvaluation, spread: Sequence[str]) -> None:
    if evaluation.changes.empty:
        return
    changes = evaluation.changes.sort_values("population", ascending=False)
    kept = changes.groupby("effect", sort=False).head(CHANGES_LISTED)
    table = site_tables.changes_table(replace(evaluation, changes=kept))
    page.heading("Qui gagne et qui perd, par commune")
    for told in spread:
        page.line_of(told)
    _write_table(page, table, (27, 13, 41, 16, 12, 12, 12, 15, 15))
    _left_out(page, len(changes) - len(table), "lignes, moins peuplées")


def _write_table(page: Document, table: pd.DataFrame, widths: Sequence[float]) -> None:
    rows = [[_cell(text) for text in row] for row in table.to_numpy().tolist()]
    page.rows([_cell(str(title)) for title in table.columns], rows, widths)


def _cell(text: str) -> str:
    """Return a text short enough to stand in a row: a cell cannot run over a page."""
    plain = one_line(text)
    return plain if len(plain) <= _CELL_CHARACTERS else plain[: _CELL_CHARACTERS - 1] + "…"


def _left_out(page: Document, count: int, what: str) -> None:
    if count > 0:
        page.line_of(f"… et {number(count)} autres {what}, dans les exports CSV et XLSX.")
