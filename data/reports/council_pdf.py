"""A pole or a plan of help for a council: one or two A4 pages, nothing that names a doctor."""

import io
from collections.abc import Sequence

import pandas as pd

from data.base.french import number
from data.region.rules import cited
from data.region.territory import Territory
from data.reports import pole_tables
from data.reports.help_figures import help_figures
from data.reports.letter import quoted
from data.reports.pdf import GREY, INK, MARGIN_MM, Document
from data.reports.scenario_pdf import map_words
from data.siting.changes import BEFORE_AFTER, decimals_of
from data.siting.departures import TODAY
from data.siting.pole_plan import TYPED, PoleComparison
from data.siting.pole_rows import changes
from data.siting.project_rules import Check
from data.siting.projects import Money
from data.solidarity import tables
from data.solidarity.help import Help

_LISTED = 10
"""Rows of a table: the report stays on two pages."""
_COMMUNES = 5
"""Communes that win, and as many that lose: those with most inhabitants."""
_MAP_SHARE = 0.6
MAP_INCHES = (5.4, 3.3)
"""Width of the map on the page; size of its picture, whose letters are then legible."""


def pole_pdf(
    heading: tuple[str, str],
    found: PoleComparison,
    picture: bytes,
    rules: tuple[Sequence[Check], Sequence[Money]],
    notes: Sequence[str],
    *,
    warning: str,
    made_up: str = "",
) -> bytes:
    """Return the report of a pole as a PDF.

    Parameters
    ----------
    heading
        Name and note of the scenario, as written.
    found, picture
        The comparison; PNG of its antennas.
    rules
        What is asked of a pole, and the money it may get.
    notes
        Sources and vintages.
    warning
        What stands at the head of every page (`Territory.warning`), "" for nothing.
    made_up
        What of its figures is simulated (`Territory.simulated_told`), "" for nothing.
    """
    page = _opened(
        *heading,
        "Pôle de plusieurs antennes, comparé à une seule maison",
        notes,
        warning=warning,
    )
    for said in (
        pole_tables.sentence(found),
        pole_tables.settled_words(found),
        pole_tables.proof_words(found),
        made_up,
    ):
        if said:
            page.line_of(said)
    page.ln(1)
    width = (page.w - 2 * MARGIN_MM) * _MAP_SHARE
    page.image(
        io.BytesIO(picture),
        x=(page.w - width) / 2,
        w=width,
        alt_text="Carte des antennes et de ce qui en est à 20 minutes ou moins",
    )
    _small(page, f"Points : antennes du pôle. {map_words(TODAY)}")
    page.heading("Avant le projet, avec le pôle, avec la maison", 10)
    _table(page, pole_tables.measures_table(found), (66, 24, 32, 28, 32))
    page.heading("Les antennes du pôle", 10)
    antennas = pole_tables.antennas_table(found, TYPED).drop(columns="Commune")
    _table(page, antennas, (38, 25, 20, 24, 20, 18, 20, 17))
    _winners(page, found)
    page.heading("Ce que demandent les textes", 10)
    page.items([f"{_plain(check.rule)} : {check.told}" for check in rules[0]], 7.5)
    _small(
        page, f"Textes : {' ; '.join(dict.fromkeys(cited(check.source) for check in rules[0]))}."
    )
    page.items([_sum(one) for one in rules[1]], 7.5)
    _small(page, pole_tables.ASSUMPTIONS)
    return page.finished()


def help_pdf(
    territory: Territory, heading: tuple[str, str], found: Help, notes: Sequence[str]
) -> bytes:
    """Return the report of a plan of help as a PDF: by EPCI, never under five volunteers.

    Parameters
    ----------
    territory, found
        The region, the plan.
    heading
        Name and note of the scenario, as written.
    notes
        Sources and vintages.
    """
    page = _opened(
        *heading,
        f"Plan de solidarité : {found.scheme.name}",
        notes,
        warning=territory.warning_about(*quoted(found)),
    )
    # What the plan does, in a sentence, then its figures.
    page.line_of(tables.sentence(found))
    page.line_of(tables.NOT_PREDICTED)
    if made_up := territory.simulated_told(*quoted(found)):
        page.line_of(made_up)
    page.heading("En chiffres", 10)
    _table(page, help_figures(territory, found), (120, 62))
    # Who is helped, what is missing most first.
    page.heading("Les territoires aidés, par EPCI", 10)
    by_epci = tables.by_epci(found).sort_values(["covered", "half_days"], ascending=False)
    _table(
        page,
        pd.DataFrame(
            {
                "EPCI": by_epci["epci_name"],
                "Communes": [number(one) for one in by_epci["communes"]],
                "Demi-journées qui manquent par mois": [
                    number(one) for one in by_epci["half_days"]
                ],
                "couvertes": [number(one) for one in by_epci["covered"]],
            }
        ),
        (92, 24, 42, 24),
    )
    # Who helps: groups of five volunteers at least, or a sentence that nobody is placed.
    page.heading("Qui aide (jamais sous cinq volontaires)", 10)
    lent = tables.donor_table(territory, found)
    if lent.empty:
        page.line_of(tables.NOBODY_PLACED)
    else:
        _table(
            page,
            pd.DataFrame(
                {
                    "Groupe": lent["group"],
                    "Volontaires": [number(one) for one in lent["volunteers"]],
                    "Demi-journées prêtées par mois": [number(one) for one in lent["lent"]],
                }
            ),
            (112, 28, 42),
        )
    _small(page, tables.SHARED)
    # Where patients are seen, where the plan names places.
    hosts = tables.host_table(found)
    if not hosts.empty:
        page.heading("Où l’on consulte : demi-journées de chaque semaine", 10)
        weeks = {f"Sem. {week}": f"week_{week}" for week in range(1, tables.WEEKS + 1)}
        _table(
            page,
            pd.DataFrame(
                {"Commune": hosts["name"], "EPCI": hosts["epci_name"]}
                | {title: hosts[key].map(number) for title, key in weeks.items()}
            ),
            (48, 66, 17, 17, 17, 17),
        )
    return page.finished()


def _opened(name: str, note: str, what: str, notes: Sequence[str], *, warning: str) -> Document:
    page = Document(f"{_plain(name)}, {what}", notes, warning=warning)
    page.letters(9)
    page.set_text_color(*GREY)
    page.line_of(what)
    page.set_text_color(*INK)
    page.heading(_plain(name), 16)
    if note:
        page.line_of(_plain(note)[:600])
    return page


def _winners(page: Document, found: PoleComparison) -> None:
    table = changes(found, found.today, found.sides[TYPED])
    if table.empty:
        return
    page.heading("Communes qui gagnent et qui perdent le plus d’habitants, avec le pôle", 10)
    kept = table.sort_values("population", ascending=False).groupby("effect").head(_COMMUNES)
    told = {"Commune": kept["name"].tolist(), "Effet": kept["effect"].tolist()}
    # Minutes decide where supply does not move.
    for key in ("population", *BEFORE_AFTER):
        figures = zip(kept[key], decimals_of(kept, key), strict=True)
        told[pole_tables.CHANGES[key]] = [number(*one) for one in figures]
    _table(page, pd.DataFrame(told), (58, 16, 24, 21, 21, 21, 21))


def _sum(one: Money) -> str:
    amount = f"{number(one.high)} €"
    if one.low != one.high:
        amount = f"de {number(one.low)} à {amount}"
    return f"{one.what} : {amount} {one.by} ({one.source}, {one.year})"


def _table(page: Document, table: pd.DataFrame, widths: Sequence[float]) -> None:
    shown = table.head(max(_LISTED, len(table) if "Mesure" in table else 0))
    rows = [
        [_plain(one if isinstance(one, str) else number(one, 1 if one % 1 else 0)) for one in row]
        for row in shown.to_numpy().tolist()
    ]
    page.rows([str(title) for title in table.columns], rows, widths)
    if len(table) > len(shown):
        _small(page, f"… et {number(len(table) - len(shown))} autres, dans les exports.")


def _small(page: Document, text: str) -> None:
    page.letters(7.5)
    page.set_text_color(*GREY)
    page.line_of(text, 3.6)
    page.set_text_color(*INK)
    page.letters(9)


def _plain(text: str) -> str:
    """Return a text on one line, without the characters that a font cannot draw."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
