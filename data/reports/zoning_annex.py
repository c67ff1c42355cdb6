"""The gauges of the zoning as a workbook, and the annex table of a decree as a document."""

import io
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from data.access import zoning_units
from data.access.source_notes import engine_line, headed, quoted, with_warning
from data.access.zoning_gauges import (
    CAPPED,
    Ceilings,
    ages_note,
    contradictions,
    gauges,
    tvs_table,
    with_changes,
    years_told,
)
from data.base.french import counted, date, fold, in_order, number, percent, today
from data.files.exports import to_xlsx
from data.region.france import within
from data.region.territory import PARTLY_SIMULATED, WHOLLY_SIMULATED, Territory
from data.reports.columns import TITLES, exported, rounded

ZONE_TITLES = {
    "ZIP": "Zone d’intervention prioritaire",
    "ZAC": "Zone d’action complémentaire",
    "ZV": "Zone de vigilance",
    "HZ": "Hors zone",
    "mixte": "Plusieurs zones",
    "non zoné": "Non zoné",
}

_OF_A_COMMUNE = (
    *("code", "name", "departement", "departement_name", "epci_name", "population"),
    *("zone", "zone_qpv", "zone_decree", "tvs", "tvs_name"),
)
"""Columns of the communes in the workbook."""
_ZONE, _TRIED = "Zone", "Zone du projet"
PROJECT = "Projet, sans valeur juridique : le zonage en vigueur reste celui de l’arrêté."
_BESIDE = "Les colonnes et les feuilles « projet » comptent ces changements, les autres non."
NO_TVS = "La composition des territoires de vie-santé n’est pas dans les données chargées."
BY_COMMUNE = (
    "L’essai porte sur des communes, ou sur les communes de la région d’un bassin de vie de "
    "l’INSEE ; un arrêté classe, lui, des territoires de vie-santé et des quartiers prioritaires : "
    "reprenez ces changements par territoire avant de signer."
)
"""Said of a trial where the TVS are not known."""
_NAMES_OF_A_ROW = 50
"""Names of communes that a row of a document holds: a fifth of a page."""
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
"""Characters that XML refuses."""


def zones_told(zones: Iterable[str]) -> str:
    """Return what the letters of zones stand for, those among `zones`; "" for none of them."""
    held = set(zones)
    letters = [one for one in ("ZIP", "ZAC", "ZV", "HZ") if one in held]
    told = [f"{one} : {ZONE_TITLES[one][0].lower()}{ZONE_TITLES[one][1:]}" for one in letters]
    return f"{' ; '.join(told)}." if told else ""


def notes(territory: Territory, ceilings: Ceilings, *, measured: bool = False) -> list[str]:
    """Return what an export says first: provenance, ceilings, demonstration data, limits.

    Where APL and people without room are `measured` beside the zones, the counts and the minutes
    that they rest on too.
    """
    keys = ("zoning", "communes", "apl", *(("gps", "reference") if measured else ()))
    used = [territory.provenance[key] for key in keys if key in territory.provenance]
    lines = with_warning(used, [f"{quoted(one)}." for one in used])
    if measured:
        lines.append(engine_line(territory))
    astride = (
        "Un territoire de vie-santé à cheval sur deux régions compte pour la part de sa "
        "population qui vit dans la région."
    )
    legal = "Le zonage en vigueur est celui de l’arrêté : rien n’est recalculé ici."
    return [*lines, ceilings.said, astride, legal]


def zoning_workbook(
    territory: Territory,
    communes: pd.DataFrame,
    ceilings: Ceilings,
    changes: Mapping[str, str] | None = None,
) -> bytes:
    """Return an XLSX workbook: gauges, TVS, communes, those whose APL contradicts their zone.

    The sheet of the communes is read back as a zoning: that in force.

    Parameters
    ----------
    territory, communes
        The region and its indicators, zones in force.
    ceilings
        Ceilings of the region.
    changes
        Key of `data.access.zoning_units` to its zone tried: what is tried then stands beside what
        is in force, in columns and sheets that say "projet".
    """
    tried = with_changes(communes, changes or {})
    tvs = _of_territories(territory, communes)
    listed = _told(exported(communes[[one for one in _OF_A_COMMUNE if one in communes]]))
    sheets = {
        "Jauges": _with_project(
            _gauges(communes, ceilings), _gauges(tried, ceilings) if changes else None
        ),
        "Territoires": tvs,
        "Communes": listed,
        "À examiner": _to_examine(communes),
    }
    what = "Zonage des médecins généralistes en vigueur"
    said = [NO_TVS] if tvs.empty else []
    if changes:
        if not tvs.empty:
            after = _of_territories(territory, tried)[_ZONE]
            tvs.insert(list(tvs).index(_ZONE) + 1, _TRIED, after)
        listed.insert(list(listed).index(TITLES["zone"]) + 1, _TRIED, tried["zone"])
        # Under this heading no reader takes them for zones in force.
        examined = _to_examine(tried).rename(columns={_ZONE: _TRIED})
        sheets = {"Changements": _changed(communes, changes), **sheets}
        sheets["À examiner, projet"] = examined
        what = "Zonage des médecins généralistes, en vigueur et projet"
        by_commune = [] if zoning_units.tells_territories(communes) else [BY_COMMUNE]
        said = [PROJECT, _BESIDE, *said, *by_commune]
    said += notes(territory, ceilings, measured=True)
    letters = zones_told([*communes["zone"], *tried["zone"]])
    said += [letters] if letters else []
    dated = years_told(territory, communes)
    said += [f"À examiner : {dated}"] if dated else []
    masked = ages_note(communes)
    said += [masked] if masked else []
    return to_xlsx(sheets, headed(territory, what, said))


def _gauges(communes: pd.DataFrame, ceilings: Ceilings) -> pd.DataFrame:
    """Return the gauges under French headings."""
    gauge = rounded(gauges(communes, ceilings))
    # Where there is no ceiling, none is kept nor passed.
    gauge["over"] = gauge["over"].astype(object).where(gauge["ceiling"].notna(), None)
    return gauge.rename(
        columns={
            "zone": _ZONE,
            "communes": "Communes",
            "population": "Habitants",
            "share": "Part de la région",
            "ceiling": "Plafond",
            "room": "Habitants sous le plafond",
            "over": "Plafond dépassé",
        }
    )


def _with_project(force: pd.DataFrame, project: pd.DataFrame | None) -> pd.DataFrame:
    """Return the gauges in force, then those of the project and who would change zone."""
    if project is None:
        return force
    beside = project.drop(columns=[_ZONE, "Plafond"]).add_suffix(", projet")
    moved = (project["Habitants"] - force["Habitants"]).rename("Habitants, différence")
    return pd.concat([force, beside, moved], axis=1)


def _of_territories(territory: Territory, communes: pd.DataFrame) -> pd.DataFrame:
    """Return the TVS under French headings."""
    return rounded(tvs_table(territory, communes)).rename(
        columns={
            "tvs": TITLES["tvs"],
            "tvs_name": "Territoire de vie-santé",
            "zone": _ZONE,
            "communes": "Communes",
            "members": "Noms des communes",
            "population": "Habitants dans la région",
            "population_all": "Habitants en tout",
            "share_inside": "Part dans la région",
            "apl65": "APL publiée, 65 ans et moins",
            "apl": "APL calculée",
            "without_room": "Habitants sans place à 20 minutes",
            "share_without_room": "Part des habitants sans place",
        }
    )


def _to_examine(communes: pd.DataFrame) -> pd.DataFrame:
    """Return the communes whose APL contradicts their zone, under French headings."""
    return _told(rounded(contradictions(communes))).rename(
        columns={
            "code": "Code",
            "name": "Commune",
            "tvs": TITLES["tvs"],
            "tvs_name": "Territoire de vie-santé",
            "zone": _ZONE,
            "population": "Habitants",
            "apl": "APL",
            "series": "Série d’APL",
            "share_without_room": "Part des habitants sans place à 20 minutes",
            "reason": "Ce qui surprend",
        }
    )


def _told(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table without the columns of which nothing is known in any row."""
    known = table.notna() & (table != "")
    return table.loc[:, known.any() | table.empty]


def _changed(communes: pd.DataFrame, changes: Mapping[str, str]) -> pd.DataFrame:
    """Return what a project moves, in its order: Territoire, En vigueur, Projet, and counts."""
    moved = zoning_units.moved(communes, changes)
    return pd.DataFrame(
        {
            "Territoire": moved["name"],
            "En vigueur": moved["zone_told"],
            "Projet": pd.Series(dict(changes)),
            "Communes": moved["communes"],
            "Habitants": moved["population"],
        }
    )


def decree_annex(
    territory: Territory,
    communes: pd.DataFrame,
    ceilings: Ceilings,
    changes: Mapping[str, str] | None = None,
) -> bytes:
    """Return the annex table of a decree: zones, TVS and their communes, as a DOCX in French.

    Where the TVS of communes is not known, communes are listed by département and zone.

    Parameters
    ----------
    territory, communes
        The region and its indicators, zones in force.
    ceilings
        Ceilings of the region.
    changes
        Key of `data.access.zoning_units` to its zone tried: the annex is then that of a project,
        and says what it changes. None or empty: the annex in force.
    """
    from docx import Document
    from docx.shared import Cm, Pt

    # The sheet: A4, French, its header telling simulated data on each page.
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21.0), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2)
    document.styles["Normal"].font.size = Pt(9)
    _say_french(document)
    # Title, notes, and what a project changes of the zones in force.
    which = "Annexe du projet" if changes else "Annexe en vigueur"
    title = f"{which} : zonage des médecins généralistes {within(territory.region_name)}"
    before = communes
    communes = with_changes(communes, changes or {})
    document.core_properties.title = title
    document.core_properties.language = "fr-FR"
    document.core_properties.author = "ProxiSoins"
    document.add_heading(title, level=1)
    lines = notes(territory, ceilings)
    if lines[0] in {WHOLLY_SIMULATED, PARTLY_SIMULATED}:
        section.header.paragraphs[0].text = lines.pop(0)
    for line in lines:
        document.add_paragraph(line)
    _number_pages(section)
    if changes:
        _add_changes(document, before, changes)
    # People by zone beside the ceilings, then the communes of each zone.
    document.add_heading("Population par zone", level=2)
    gauge = gauges(communes, ceilings)
    _add_table(
        document,
        {
            "Zone": gauge["zone"].map(ZONE_TITLES),
            "Communes": gauge["communes"].map(number),
            "Habitants": gauge["population"].map(number),
            "Part": gauge["share"].map(lambda share: percent(share, 1)),
            "Plafond": gauge.apply(_ceiling, axis=1),
        },
        (6.0, 2.4, 3.0, 2.4, 3.2),
    )
    if letters := zones_told([*before["zone"], *communes["zone"]]):
        document.add_paragraph(letters).paragraph_format.space_before = Pt(6)
    if zoning_units.tells_territories(communes):
        _add_territories(document, communes)
    _add_communes(document, communes)
    _add_unzoned(document, communes)
    _add_districts(document, communes)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def _ceiling(row: pd.Series) -> str:
    """Return the ceiling of a zone; one that is not known is not one that is not there."""
    if pd.notna(row["ceiling"]):
        return percent(row["ceiling"], 1)
    return "non connu" if row["zone"] in CAPPED else "sans plafond"


def _add_changes(document: Any, before: pd.DataFrame, changes: Mapping[str, str]) -> None:
    """Add what a project changes: it is a trial until the decree is signed."""
    document.add_heading("Ce que le projet change", level=2)
    document.add_paragraph(PROJECT)
    by_territory = zoning_units.tells_territories(before)
    if not by_territory:
        document.add_paragraph(f"{NO_TVS} {BY_COMMUNE}")
    changed = _changed(before, changes)
    if by_territory:
        changed = changed.drop(columns="Communes")
    _add_table(
        document,
        {
            str(name): column.map(number) if name in {"Communes", "Habitants"} else column
            for name, column in changed.items()
        },
        (7.0, 4.0, 2.6, 3.4) if by_territory else (5.6, 4.4, 2.0, 2.4, 2.6),
    )


def _add_communes(document: Any, communes: pd.DataFrame) -> None:
    """Add the communes whose TVS is not known, by département and zone."""
    zoned = communes[(communes["zone"] != "") & (communes["tvs"] == "")]
    if zoned.empty:
        return
    document.add_heading("Communes par département", level=2)
    document.add_paragraph(
        "Le territoire de vie-santé des communes qui suivent n’est pas dans les données chargées : "
        "elles sont données par département."
        if zoning_units.tells_territories(communes)
        else f"{NO_TVS} Les communes sont données par département."
    )
    for (code, name), own in zoned.groupby(["departement", "departement_name"]):
        document.add_heading(f"{name} ({code})", level=3)
        _add_table(document, _by_zone(own), (1.7, 2.4, 2.4, 10.5))


def _add_unzoned(document: Any, communes: pd.DataFrame) -> None:
    """Name the communes without a zone: no decree leaves one out."""
    from docx.shared import Pt

    unzoned = communes[communes["zone"] == ""].sort_values("name", key=in_order)
    if unzoned.empty:
        return
    count = counted(len(unzoned), "commune", "communes")
    names = ", ".join(unzoned["name"] + " (" + unzoned["code"] + ")")
    said = document.add_paragraph(
        f"Sans zone dans les données chargées, à compléter avant de signer : {count}, {names}."
    )
    said.paragraph_format.space_before = Pt(6)


def _by_zone(communes: pd.DataFrame) -> dict[str, pd.Series]:
    """Return the communes of each zone as texts, under French headings.

    Where they are many, their names go on in rows that say so: none is cut by the end of a page,
    after which nobody would know of which zone it is.
    """
    rows = []
    for zone in ZONE_TITLES:
        own = communes[communes["zone"] == zone]
        names = sorted(own["name"], key=fold)
        parts = [
            ", ".join(names[start : start + _NAMES_OF_A_ROW])
            for start in range(0, len(names), _NAMES_OF_A_ROW)
        ]
        for rank, part in enumerate(parts):
            told = (zone, number(len(own)), number(own["population"].sum()))
            rows.append((*(told if rank == 0 else (f"{zone} (suite)", "", "")), part))
    table = pd.DataFrame(rows, columns=["Zone", "Communes", "Habitants", "Noms"])
    return {str(name): column for name, column in table.items()}


def _add_districts(document: Any, communes: pd.DataFrame) -> None:
    """Add the communes of which priority districts have a zone of their own."""
    if "zone_qpv" not in communes or not (cut := communes[communes["zone_qpv"] != ""]).size:
        return
    cut = cut.sort_values("name", key=in_order).sort_values("departement", kind="stable")
    document.add_heading("Quartiers prioritaires classés à part", level=2)
    document.add_paragraph(
        "Les données chargées disent la zone des quartiers prioritaires (QPV) de ces communes, non "
        "leurs noms : à compléter avant de signer. Leurs habitants sont comptés ci-dessus dans la "
        "zone de la commune."
    )
    _add_table(
        document,
        {
            "Commune": cut["name"] + " (" + cut["code"] + ")",
            "Zone de la commune": cut["zone"],
            "Zone de ses quartiers prioritaires": cut["zone_qpv"],
        },
        (8.0, 4.0, 5.0),
    )


def _add_territories(document: Any, communes: pd.DataFrame) -> None:
    """Add the TVS, those of the strongest zone first, with their communes.

    Where the communes of one differ, each zone has its own row: an annex says the zone of all.
    """
    document.add_heading("Territoires de vie-santé", level=2)
    zoned = communes[(communes["tvs"] != "") & (communes["zone"] != "")]
    parts = (
        zoned.sort_values("name", key=in_order)
        .groupby(["tvs", "zone"], as_index=False)
        .agg(
            tvs_name=("tvs_name", "first"),
            population=("population", "sum"),
            members=("name", ", ".join),
        )
    )
    zones = communes[communes["tvs"] != ""].groupby("tvs")["zone"].nunique()
    parts["part"] = np.where(parts["tvs"].map(zones) > 1, " (en partie)", "")
    parts["order"] = parts["zone"].map(list(ZONE_TITLES).index)
    parts = parts.sort_values("tvs_name", key=in_order).sort_values("order", kind="stable")
    if parts["part"].any():
        document.add_paragraph(
            "« En partie » : les communes du territoire n’ont pas toutes la même zone ; chaque "
            "ligne donne celles de sa zone."
        )
    _add_table(
        document,
        {
            "Code": parts["tvs"],
            "Territoire": parts["tvs_name"] + parts["part"],
            "Zone": parts["zone"],
            "Habitants": parts["population"].map(number),
            "Communes": parts["members"],
        },
        (2.3, 3.3, 1.3, 2.2, 7.9),
    )


def _say_french(document: Any) -> None:
    """Tag the text as French, for spelling checkers and screen readers."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "fr-FR")
    document.styles["Normal"].element.get_or_add_rPr().append(language)


def _number_pages(section: Any) -> None:
    """Write the day and the number of each page at its foot."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    paragraph = section.footer.paragraphs[0]
    paragraph.add_run(f"ProxiSoins, édité le {date(today())}. Page ")
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    paragraph._p.append(field)  # noqa: SLF001 (no public way)


def _add_table(
    document: Any,
    columns: Mapping[str, pd.Series],
    widths_cm: Sequence[float],
) -> None:
    """Add a table whose title row comes again on each page, none of whose rows a page cuts."""
    from docx.oxml import OxmlElement
    from docx.shared import Cm

    def say(row: Any, property_name: str) -> None:
        row._tr.get_or_add_trPr().append(OxmlElement(property_name))  # noqa: SLF001 (no public way)

    table = document.add_table(rows=1, cols=len(columns), style="Table Grid")
    table.autofit = False
    heading = table.rows[0]
    say(heading, "w:tblHeader")
    for cell, text in zip(heading.cells, columns, strict=True):
        cell.paragraphs[0].add_run(text).bold = True
    for texts in zip(*columns.values(), strict=True):
        row = table.add_row()
        say(row, "w:cantSplit")
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = _CONTROLS.sub("", text)
    for column, width in zip(table.columns, widths_cm, strict=True):
        # Word reads the width of cells, LibreOffice that of columns.
        column.width = Cm(width)
        for cell in column.cells:
            cell.width = Cm(width)
