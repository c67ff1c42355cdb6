"""Two scenarios side by side: one table with differences, two maps of one ground, a page."""

from collections.abc import Sequence

import pandas as pd

from data.base.french import read_number, signed
from data.region.territory import Territory
from data.reports import public_scenario
from data.reports.pair import Measure, pair_page, pair_table, texts_of
from data.reports.pdf import GREY, INK
from data.reports.scenario_pdf import map_words, one_line, site_picture
from data.reports.site_tables import MEASURE, TOGETHER, side_by_side
from data.scenarios.comparison import compare
from data.scenarios.drafts import Draft
from data.siting.evaluation import SiteEvaluation

DIFFERENCE = "Différence : 2 moins 1"
"""Heading of the differences: both names, which may be long, bear their number."""
_MAP_INCHES = (5.2, 4.4)
_DIFFERENCES_LISTED = 30
_TITLES = {"item": "Ce qui diffère", "first": "Premier", "second": "Second"}
_SHOWN = {"site": "Site", "départ": "Départ de médecins", "données": "Données"}
"""What of two scenarios is told on paper: the rest are keys of choices, told on their screens."""


def names_of(first: Draft, second: Draft) -> tuple[str, str]:
    """Return the names of two scenarios, numbered: they may be alike."""
    return f"1. {one_line(first.name)}", f"2. {one_line(second.name)}"


def scenario_measures(
    first: SiteEvaluation, second: SiteEvaluation, *, public: bool = False
) -> list[Measure]:
    """Return what all the sites of each scenario give together, the measures that either has.

    Parameters
    ----------
    first, second
        Judgements of the sites of each.
    public
        Whether the measures leave the planner's hands: no risk, small counts suppressed.
    """
    tables = [
        side_by_side(one, (), public=public).set_index(MEASURE)[TOGETHER] for one in (first, second)
    ]
    measures = []
    for title in dict.fromkeys([*tables[0].index, *tables[1].index]):
        texts = [str(one.get(title, "")) for one in tables]
        if any(texts):
            measures.append(_measure(title, texts[0], texts[1]))
    return measures


def _measure(title: str, first: str, second: str) -> Measure:
    values = [read_number(text.removesuffix("%").strip()) for text in (first, second)]
    one, two = values
    if one is None or two is None:
        return Measure(
            title=title,
            vintage="",
            first=first,
            second=second,
            difference="",
            region="",
            lengths=(0.0, 0.0),
        )
    scale = max(abs(one), abs(two)) or 1.0
    decimals = max(
        len(text.removesuffix("%").strip().partition(",")[2]) for text in (first, second)
    )
    # The difference is that of the figures written, so that a reader can check it.
    points = " points" if first.endswith("%") else ""
    return Measure(
        title=title,
        vintage="",
        first=first,
        second=second,
        difference=f"{signed(two - one, decimals)}{points}",
        region="",
        lengths=(abs(one) / scale, abs(two) / scale),
    )


def pictures(territory: Territory, first: Draft, second: Draft) -> tuple[bytes, bytes]:
    """Return the map of each scenario, as PNG: one ground, on which both stand."""
    return (
        site_picture(territory, first, _MAP_INCHES, beside=second),
        site_picture(territory, second, _MAP_INCHES, beside=first),
    )


def differences(territory: Territory, first: Draft, second: Draft) -> pd.DataFrame:
    """Return the sites, departures and data in which two scenarios differ, as texts."""
    found = compare(first, second)
    found = found[~found["same"] & found["aspect"].isin(list(_SHOWN))]
    communes = territory.communes
    named = dict(
        zip(communes["code"], communes["name"] + " (" + communes["code"] + ")", strict=True)
    )
    items = found["item"].where(found["aspect"] != "départ", found["item"].replace(named))
    told = found["aspect"].map(_SHOWN) + " : " + items
    table = found.assign(item=told)[list(_TITLES)].rename(columns=_TITLES)
    return table.replace("", "–").reset_index(drop=True)


def spread_words(territory: Territory, first: Draft, second: Draft) -> list[str]:
    """Return what a public view of two scenarios leaves out or spreads, each under its number."""
    return [
        f"{name} : {told}"
        for name, draft in zip(names_of(first, second), (first, second), strict=True)
        for told in public_scenario.public_words(territory, draft)
    ]


def scenario_pair_pdf(
    territory: Territory,
    drafts: tuple[Draft, Draft],
    evaluations: tuple[SiteEvaluation, SiteEvaluation],
    notes: Sequence[str],
    *,
    warning: str,
    spread: Sequence[str] = (),
) -> bytes:
    """Return the comparison of two scenarios as a PDF, as a public view: no risk in it.

    Parameters
    ----------
    territory
        The region.
    drafts
        Both, as anyone may know them (`data.reports.public_scenario`).
    evaluations
        Judgements of their sites.
    notes
        Sources and vintages.
    warning
        What stands at the head of every page, "" for nothing.
    spread
        What of them is left out or spread (`spread_words`), under the figures that it bears on.
    """
    names = names_of(*drafts)
    title = f"{one_line(drafts[0].name)} et {one_line(drafts[1].name)}, comparaison de scénarios"
    table = pair_table(
        scenario_measures(*evaluations, public=True), names, around="", difference=DIFFERENCE
    )
    page = pair_page(
        title, names, pictures(territory, *drafts), table, notes, warning=warning, captioned=True
    )
    found = differences(territory, *drafts)
    page.letters(7.5)
    page.set_text_color(*GREY)
    one, two = (found.moment for found in evaluations)
    when = one if one == two else f"{one} pour le premier, {two} pour le second"
    page.line_of(
        f"Points : sites candidats, numérotés dans l’ordre de chaque scénario. {map_words(when)}",
        3.6,
    )
    page.set_text_color(*INK)
    page.letters(9)
    for told in spread:
        page.line_of(told)
    if len(found):
        page.ln(2)
        page.rows(
            [_TITLES["item"], *names], texts_of(found.head(_DIFFERENCES_LISTED)), (62, 60, 60)
        )
        if len(found) > _DIFFERENCES_LISTED:
            page.line_of(f"… et {len(found) - _DIFFERENCES_LISTED} autres différences.")
    return page.finished()
