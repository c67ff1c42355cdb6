"""The sheet of a territory as screens, links and paper take it: its content, its map, its PDF."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd
import streamlit as st

from data.access.indicators import LEVELS
from data.access.source_notes import quoted
from data.base import french, typeface
from data.base.codes import among, departement
from data.maps.ground import ground, land_of
from data.region import privacy
from data.region.territory import Territory
from data.reports import room_figures, sheet, succession
from data.reports.figure import beside
from data.reports.pair import MEASURES, Measure, pair, pair_pdf
from data.reports.sheet import Sheet
from data.reports.vintages import vintages
from geo import layers
from geo.errors import ProxiSoinsError
from models.learning.signals import DEFAULT_HORIZON
from models.region import flag, flag_tables, soon
from models.region.predict import count_years
from pages import accounts, figures, shell

MAP_INDICATOR = layers.INDICATORS[0]
"""What the small map shows."""
PAIR_INDICATORS = tuple(
    one
    for one in layers.INDICATORS
    if one.key not in {"risk_class", "load_per_gp", "load_per_gp_in_5"}
)
"""What the maps of two territories may show, on paper and by a link: nothing about one doctor."""
_PAPER_INCHES = (4.2, 5.96)
"""Size of the map in the column of a sheet on paper: about as high as the figures beside it."""
_SCREEN_INCHES = (3.5, 4.2)
"""In a column of a screen, or on a telephone: its letters are legible there."""


def called(one: Sheet) -> str:
    """Return what tells the sheet of a territory in the name of a file."""
    return f"{one.level}-{one.code}-{french.slug(one.name)}"


def told(name: str, shown: layers.Indicator = MAP_INDICATOR) -> str:
    """Return what the small map of a territory shows, for those who do not see it."""
    return sheet.map_words(name, shown)


@st.cache_resource(show_spinner=False, max_entries=24, hash_funcs=shell.BY_VERSION)
def names(territory: Territory, level: str) -> dict[str, str]:
    """Return the names of the territories of a level by their codes; read only."""
    return sheet.choices(shell.commune_indicators(territory), level)


def sheet_of(
    territory: Territory, communes: pd.DataFrame, level: str, code: str, *, printed: bool = False
) -> Sheet:
    """Return the sheet; printed or public, it tells of the risk what anyone may know."""
    peers = communes if level == "commune" else shell.aggregated_indicators(territory, level)
    region = shell.whole(territory)
    masked = printed or not accounts.may_see_risk()
    if not masked and soon.is_kept(territory):
        communes = communes.assign(**{room_figures.LATER: _later_load(territory)})
    known = None if masked else shell.known_risk(territory)
    found = sheet.sheet(
        territory,
        communes,
        peers,
        region,
        level=level,
        code=code,
        risk=known,
        masked=masked,
        public=_public_sentence(territory, communes, level, code) if masked else "",
    )
    seen = "" if known is None else flag_tables.states_told(known, found.communes)
    return replace(found, succession=f"{found.succession} {seen}".strip())


def printed(territory: Territory, shown: Sheet) -> Sheet:
    """Return the sheet of the same territory as anyone may read it: what a browser prints."""
    if not accounts.may_see_risk():
        return shown
    communes = shell.commune_indicators(territory)
    return sheet_of(territory, communes, shown.level, shown.code, printed=True)


@st.cache_resource(show_spinner=False, max_entries=4, hash_funcs=shell.BY_VERSION)
def _later_load(territory: Territory) -> npt.NDArray[np.float64]:
    """Return inhabitants per GP of each commune after departures, for planners; read only."""
    drawn = soon.kept(territory, room_figures.YEARS_LATER).communes
    return drawn["load_expected"].to_numpy(dtype=np.float64)


def _public_sentence(territory: Territory, communes: pd.DataFrame, level: str, code: str) -> str:
    """Return what anyone may be told of the risk, "" where it is not known."""
    members = communes[communes[LEVELS[level][0]] == code]
    practising = members.loc[members["gps"].isna() | (members["gps"] > 0), "code"]
    try:
        # A territory all of whose communes may be told says no more than they do.
        if len(practising) and all(flag.may_be_public(members, one) for one in practising):
            risk = shell.risk(territory, DEFAULT_HORIZON)
            own = risk[among(risk["code"], practising)]
            told = succession.classes_told(own, alone=len(members) == 1)
        else:
            table = shell.public_risk(territory, DEFAULT_HORIZON)
            told = privacy.sentence(table, members["code"])
    except ProxiSoinsError:
        return ""
    if told == privacy.MASKED or told in succession.NOT_FORETOLD:
        return told
    years = set(count_years(territory)[members["code"]])
    return f"{told} {french.forecast(years, DEFAULT_HORIZON)}"


@st.cache_data(show_spinner=False, max_entries=256, hash_funcs=shell.BY_VERSION)
def picture(
    territory: Territory,
    codes: tuple[str, ...],
    name: str,
    *,
    column_inches: tuple[float, float] | None = None,
    indicator: str = MAP_INDICATOR.key,
    beside: tuple[str, ...] = (),
) -> bytes:
    """Return the map around a territory, as a PNG.

    Parameters
    ----------
    territory
        The region.
    codes, name
        Communes of the territory to outline, and its name.
    column_inches
        For a column, its width and height, the legend below the map.
    indicator
        Key of what the map shows, one of those that this module names.
    beside
        Communes of the territory whose map is seen beside this one: both have one scale.
    """
    from geo import static_map

    shown = next(one for one in (MAP_INDICATOR, *PAIR_INDICATORS) if one.key == indicator)
    contours, land = ground(territory, land_of(territory, codes))
    other = contours
    if beside and land_of(territory, beside) != land_of(territory, codes):
        other, _ = ground(territory, land_of(territory, beside))
    return static_map.picture(
        contours,
        shell.commune_indicators(territory)[shown.key],
        shown,
        land,
        static_map.Page(
            None if column_inches == _SCREEN_INCHES else name,  # said above it on a screen
            typeface=typeface.files(),
            size_inches=column_inches or (5.2, 4.4),
            legend_below=column_inches is not None,
        ),
        marks=static_map.Marks(outline=contours.loc[among(contours["code"], codes), "geometry"]),
        beside=other.loc[among(other["code"], beside), "geometry"] if beside else None,
    )


def pair_indicator(key: str) -> layers.Indicator:
    """Return what the maps of two territories show: the indicator of the view where they may."""
    return next((one for one in PAIR_INDICATORS if one.key == key), MAP_INDICATOR)


def pair_words(territory: Territory, shown: layers.Indicator) -> str:
    """Return what is said of both maps: what is counted, when, by whom, and that they compare."""
    used = [one for key, one in territory.provenance.items() if key in shown.tables]
    when = " ; ".join(quoted(one) for one in used)
    denominator = french.capitalised(shown.denominator)
    return f"{denominator}. {when}. Les deux cartes ont la même échelle et la même légende."


def pair_pictures(
    territory: Territory,
    first: tuple[str, tuple[str, ...]],
    second: tuple[str, tuple[str, ...]],
    indicator: str,
    *,
    on_screen: bool = False,
) -> tuple[bytes, bytes]:
    """Return the maps of two territories (name, communes): one indicator, one scale."""
    column_inches = _SCREEN_INCHES if on_screen else None
    one, other = (
        picture(
            territory,
            codes,
            name,
            column_inches=column_inches,
            indicator=indicator,
            beside=beside,
        )
        for (name, codes), (_, beside) in ((first, second), (second, first))
    )
    return one, other


def paper_picture(territory: Territory, one: Sheet) -> bytes:
    """Return the map of a sheet on paper."""
    return picture(territory, one.communes, one.name, column_inches=_PAPER_INCHES)


def screen_picture(territory: Territory, one: Sheet) -> bytes:
    """Return the map of a sheet on a screen, wide or narrow."""
    return picture(territory, one.communes, one.name, column_inches=_SCREEN_INCHES)


@st.cache_data(show_spinner=False, max_entries=64, hash_funcs=shell.BY_VERSION)
def pdf(territory: Territory, level: str, code: str, change: tuple[str, ...] = ()) -> bytes:
    """Return the sheet of a territory on one A4 side, as anyone may read it.

    With `change`, what a chosen scenario changes there, in sentences.
    """
    from data.reports import sheet_pdf

    communes = shell.commune_indicators(territory)
    chosen = sheet_of(territory, communes, level, code, printed=True)
    drawn = paper_picture(territory, chosen)
    return sheet_pdf.sheet_pdf(
        chosen,
        drawn,
        notes_of(territory, chosen.communes),
        warning=territory.warning,
        change=change,
    )


def notes_of(territory: Territory, codes: Iterable[str]) -> list[str]:
    """Return the sources, years and limits of what is said of some communes."""
    return figures.notes(territory, departements=set(map(departement, codes)))


def batch(
    territory: Territory,
    codes: Sequence[str],
    name: str,
    notes: Sequence[str],
    progress: Callable[[int], object],
) -> bytes:
    """Return the sheets of communes as one PDF, one side each, as anyone may read them.

    `progress` is called with the number of sheets written.
    """
    from data.reports import sheet_pdf

    communes = shell.commune_indicators(territory)

    def each() -> Iterator[tuple[Sheet, bytes]]:
        for done, code in enumerate(codes, 1):
            one = sheet_of(territory, communes, "commune", code, printed=True)
            yield one, paper_picture(territory, one)
            progress(done)

    return sheet_pdf.sheets_pdf(each(), name, notes, warning=territory.warning)


@st.cache_data(show_spinner=False, max_entries=32, hash_funcs=shell.BY_VERSION)
def printed_pair(
    territory: Territory, level: str, first: str, second: str, indicator: str
) -> bytes:
    """Return two territories side by side, as a PDF; `indicator` is what both maps show."""
    communes = shell.commune_indicators(territory)
    called = (names(territory, level)[first], names(territory, level)[second])
    column = communes[LEVELS[level][0]]
    one, other = (
        (name, tuple(communes.loc[column == code, "code"]))
        for code, name in zip((first, second), called, strict=True)
    )
    shown = pair_indicator(indicator)
    # What the maps count, then the first measure that rests on an assumption.
    counted = [shown] if shown == MAP_INDICATOR else [shown, MAP_INDICATOR]
    told = [f"{one.label} : {one.denominator}." for one in counted]
    return pair_pdf(
        measures(territory, level, first, second),
        called,
        pair_pictures(territory, one, other, indicator),
        [*told, *notes_of(territory, [*one[1], *other[1]])],
        warning=territory.warning,
        around=around(territory),
    )


def around(territory: Territory) -> str:
    """Return the heading of what two territories are compared with: the region, or France."""
    return beside(shell.whole(territory)).capitalize()


def measures(territory: Territory, level: str, first: str, second: str) -> list[Measure]:
    """Return the measures of two territories, and those of the region."""
    communes = shell.commune_indicators(territory)
    peers = communes if level == "commune" else shell.aggregated_indicators(territory, level)
    one, two = (peers[peers["code"] == code].iloc[0] for code in (first, second))
    members = communes[communes[LEVELS[level][0]].isin([first, second])]
    dated = vintages(territory, members, [key for key, *_ in MEASURES])
    return pair(one, two, shell.whole(territory), dated)
