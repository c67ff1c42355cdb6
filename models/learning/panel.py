"""The panel of GP counts: reading it, following merged communes, and the cleaned labels."""

import re
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from data.base.codes import ARRONDISSEMENTS, ARRONDISSEMENTS_OF, plain_code
from data.base.french import counted
from data.files import cells
from data.files.cells import MASKED, masked, without_blanks
from data.files.headings import CODE, recognise
from data.files.own_columns import ambiguous, refuse_merged
from data.files.remarks import tell_columns
from data.files.table_files import read_text_table
from data.region.falls import Fall, falls
from geo.errors import InvalidInputError, UnavailableError
from geo.plane import sinusoidal_km
from models.learning import places

RELOCATION_MINUTES = 5.0
DETOUR = 1.3
SPEED_KM_PER_MINUTE = 50 / 60
"""Straight line × 1.3 at 50 km/h: what one takes where there is no network."""

MERIDIAN = 2.5
"""Longitude of the middle of France, degrees."""

_COLUMN = re.compile(r"^gp_((?:19|20)\d{2})$")
_ANY = re.compile("")
_BESIDE = "arrondissement, la ville étant donnée entière"
_IN_PART = "arrondissement d’une ville sans tous les autres"
_NAMED = 3
"""Doubted zeros that a reading names."""


def overseas(codes: pd.Series) -> pd.Series:
    """Tell the codes of overseas communes."""
    return codes.str.startswith(("97", "98"))


def xy_km(lon: pd.Series, lat: pd.Series) -> np.ndarray:
    """Return points in the plane of the model, shape (n, 2): sinusoidal, middle of France.

    East–west distances between points 20 km apart are right within 1 %.
    """
    return sinusoidal_km(lon, lat, MERIDIAN)


def years(panel: pd.DataFrame) -> list[int]:
    """Return the vintages of a panel, ascending."""
    return sorted(int(m[1]) for m in map(_COLUMN.match, map(str, panel.columns)) if m)


def read_csv(path: Path, what: str, figures: re.Pattern[str] = _ANY) -> pd.DataFrame:
    """Read a table keyed by `code`, as text; refuse a file that is absent or has no such column.

    Any format that a command reads; the column of codes may bear any usual heading; blank cells
    are missing. `figures` matches the headings that are read beside it: a command tells which.

    Raises
    ------
    UnavailableError
        The file is absent.
    InvalidInputError
        It has no column of codes, or two columns of one title.
    """
    if not path.is_file():
        raise UnavailableError(f"Le fichier {path} ({what}) est introuvable.")
    opened = read_text_table(path)
    table = opened.reset_index(drop=True)
    table = table.where(table != "")
    heading = [str(column) for column in table.columns]
    place = heading.index("code") if "code" in heading else None
    if place is None:
        place = recognise(heading, {"code": CODE}).get("code")
    if place is None:
        raise InvalidInputError(
            f"Le fichier {path} ({what}) n’a pas de colonne « code » (code INSEE : CODGEO, "
            f"code_insee, « Code commune »… conviennent) ; colonnes trouvées : "
            f"{', '.join(heading[:8])}."
        )
    # Other software writes titles in capitals.
    known = [told if figures.match(told := title.lower()) else title for title in heading]
    wanted = known[place]
    places_read = [k for k, name in enumerate(known) if name == wanted or figures.match(name)]
    found = Counter(known[k] for k in places_read)
    if twice := [title for title, count in found.items() if count > 1]:
        raise InvalidInputError(
            f"Le fichier {path} ({what}) a plusieurs colonnes « {twice[0]} » : gardez-en une."
        )
    refuse_merged(path, opened, [heading[k] for k in places_read if k != place])
    tell_columns(path.name, table, [heading[k] for k in places_read])
    table = table.set_axis([*known[:place], "code", *known[place + 1 :]], axis="columns")
    return table.assign(code=table["code"].fillna("").map(plain_code))


def numbers(values: pd.Series) -> pd.Series:
    """Return counts from text: decimal commas and spaces understood, the rest blank."""
    read = cells.numbers(values.astype("string").fillna("")).astype("float64")
    return read.where(np.isfinite(read))


def _counts(values: pd.Series) -> pd.Series:
    """Return GPs from text; "1,234" is a doubt, a thousand or a part of one: not known."""
    found = numbers(values)
    told = values.notna()
    plain = without_blanks(values[told].astype(str))
    return found.mask(ambiguous(plain).reindex(values.index, fill_value=False))


@dataclass(frozen=True)
class Reading:
    """A panel as it was read, and what of its rows was not.

    Attributes
    ----------
    table
        Columns code and gp_YYYY (GPs, float; blank: not known).
    rows
        Rows of the file.
    refused
        Reason (French) → rows, of those not in `table`.
    doubtful
        Reason (French) → values left blank, of rows in `table`.
    """

    table: pd.DataFrame
    rows: int
    refused: dict[str, int]
    doubtful: dict[str, int]


def read(path: Path) -> pd.DataFrame:
    """Read a panel to learn from, in the layout code, gp_YYYY…; former codes are kept.

    Counts that fall from many to none are not known, as where predictions are made; what else is
    doubted of losses is judged by `labels`.
    """
    return _without_falls(_as_written(path).table)[0]


def read_counted(path: Path, confirmed: Collection[tuple[str, int]] = frozenset()) -> Reading:
    """Read a panel in the layout code, gp_YYYY… and count the rows that are not understood.

    Counts that imports doubt are doubted alike: those that fall from many to none
    (`data.region.falls`), and communes that may count their former ones, given beside them
    (`data.official.readers.mergers`). They are not known.

    Parameters
    ----------
    path
        The panel.
    confirmed
        Codes and years of the zeros that are known to be true.

    Raises
    ------
    InvalidInputError
        No column gp_YYYY, a negative count, or two counts of one commune.
    """
    reading = _as_written(path)
    cities, in_part = _whole_cities(reading.table)
    sure, unsure = _sure(cities)
    table, fallen = _without_falls(sure, confirmed)
    refused = reading.refused | in_part | unsure
    some = ", ".join(f"{one.code} en {one.year}" for one in fallen[:_NAMED])
    more = "…" if len(fallen) > _NAMED else ""
    told = f"effectif tombé de dix médecins ou plus à zéro, laissé inconnu ({some}{more})"
    doubtful = reading.doubtful | ({told: len(fallen)} if fallen else {})
    return Reading(table, reading.rows, refused, doubtful)


def _sure(panel: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, int]]:
    """Return a panel without the communes that may count their former ones, and rows by reason."""
    # Readers of official files are long to import: what is shown of a region does without.
    from data.official.readers.mergers import UNSURE, unsure_wholes

    heirs = places.heirs()
    texts = panel.set_axis([name.removeprefix("gp_") for name in panel.columns], axis="columns")
    figures = [name for name in texts.columns if name != "code"]
    texts[figures] = texts[figures].map(lambda count: "" if np.isnan(count) else f"{count:g}")
    unsure = unsure_wholes(texts, heirs, figures)
    kept = ~panel["code"].map(lambda code: heirs.get(code, code)).isin(unsure)
    return panel[kept].reset_index(drop=True), {UNSURE: int((~kept).sum())}


def _whole_cities(panel: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, int]]:
    """Return a panel whose arrondissements make their cities, and the others by reason.

    A city is the sum of its arrondissements: not known in a year that one of them is not.
    """
    table, left = panel.copy(), Counter[str]()
    for city, parts in panel.groupby(panel["code"].map(ARRONDISSEMENTS)):
        beside = city in set(panel["code"])
        if beside or len(parts) < ARRONDISSEMENTS_OF[city]:
            left[_BESIDE if beside else _IN_PART] += len(parts)
            table = table.drop(index=parts.index)
        else:
            unknown = parts.columns[parts.isna().any()]
            table.loc[parts.index, unknown] = np.nan
    return table.reset_index(drop=True), dict(left)


def _without_falls(
    panel: pd.DataFrame, confirmed: Collection[tuple[str, int]] = frozenset()
) -> tuple[pd.DataFrame, list[Fall]]:
    """Return a panel whose counts that fall from many to none are not known, and these falls."""
    fallen = falls(_long(panel), confirmed)
    table = panel.copy()
    for fall in fallen:
        table.loc[table["code"] == fall.code, f"gp_{fall.year}"] = np.nan
    return table, fallen


def _long(panel: pd.DataFrame) -> pd.DataFrame:
    """Return one row per commune and year that is counted: code, year, gps."""
    long = panel.melt("code", var_name="year", value_name="gps").dropna()
    return long.assign(year=long["year"].str.removeprefix("gp_").astype(int))


def _as_written(path: Path) -> Reading:
    """Read a panel as it is written, and count the rows that are not understood.

    Raises
    ------
    InvalidInputError
        No row, no column gp_YYYY, a negative count, or two counts of one commune.
    """
    text = read_csv(path, "nombre de médecins par commune", _COLUMN)
    if text.empty:
        raise InvalidInputError(f"Le fichier {path} n’a aucune ligne sous ses titres.")
    found = years(text)
    if not found:
        raise InvalidInputError(
            f"Le fichier {path} n’a aucune colonne « gp_AAAA » (gp_2017, par exemple)."
        )
    columns = [f"gp_{year}" for year in found]
    counts = text[columns].apply(_counts)
    negative = text.loc[(counts < 0).any(axis=1), "code"].head(3)
    if len(negative):
        raise InvalidInputError(
            f"Le fichier {path} contient des nombres de médecins négatifs (communes "
            f"{', '.join(negative)}) : corrigez-les ou videz ces cellules."
        )
    panel = pd.concat([text[["code"]], counts], axis=1)
    hidden = text[columns].apply(lambda column: masked(column.fillna("").astype(str)))
    unreadable = (counts.isna() & text[columns].notna() & ~hidden).sum(axis=1)
    coded = panel["code"] != ""
    kept = one_row_each(panel[coded], path, "des effectifs différents")
    refused = {
        "code de commune illisible": int((~coded).sum()),
        "ligne répétée à l’identique": int(coded.sum()) - len(kept),
    }
    doubtful = {
        MASKED: int(hidden[coded].sum().sum()),
        "effectif illisible, pris pour inconnu": int(unreadable[coded].sum()),
    }
    return Reading(kept.reset_index(drop=True), len(text), refused, doubtful)


def one_row_each(table: pd.DataFrame, path: Path, told: str) -> pd.DataFrame:
    """Return a table keyed by `code` without the rows that are repeated word for word.

    Raises
    ------
    InvalidInputError
        Two rows of one commune differ; `told` says by what, in French.
    """
    kept = table.drop_duplicates()
    twice = kept.loc[kept["code"].duplicated(), "code"].drop_duplicates()
    if len(twice):
        raise InvalidInputError(
            f"Le fichier {path} donne plusieurs fois, avec {told}, "
            f"{counted(len(twice), 'commune', 'communes')} ({', '.join(twice.head(3))}"
            f"{'…' if len(twice) > 3 else ''}) : gardez une ligne par commune."
        )
    return kept


def follow_mergers(panel: pd.DataFrame, *, learned: bool = False) -> pd.DataFrame:
    """Sum the counts of vanished communes on the commune that holds their ground.

    The communes are those of today, or with `learned` those of 2021, which the model learned from.

    Returns
    -------
    pandas.DataFrame
        Index code (sorted), columns gp_YYYY; blank only where no part is known.
    """
    follows = places.successors() if learned else places.heirs()
    heirs = panel["code"].map(follows).fillna(panel["code"])
    return panel.drop(columns="code").groupby(heirs.rename("code")).sum(min_count=1).sort_index()


@dataclass(frozen=True)
class Labels:
    """Cleaned outcome of a period.

    Attributes
    ----------
    table
        Index code; columns loss (bool), relocation, doubtful (bool, both only among losses).
    counts
        What was excluded or doubted, by name, for the report.
    """

    table: pd.DataFrame
    counts: dict[str, int]


def labels(raw: pd.DataFrame, start: int, end: int) -> Labels:
    """Return who had a GP in `start` and none in `end`, mergers followed, doubts counted."""
    # Who had a GP, and has none.
    panel = follow_mergers(raw, learned=True)
    before, after = panel[f"gp_{start}"], panel[f"gp_{end}"]
    codes = panel.index.to_series()
    had = before > 0
    metropolitan = had & ~overseas(codes)
    known = metropolitan & after.notna()
    loss = known & (after == 0)
    vanished_rows = raw[raw["code"].isin(places.successors())]
    # A loss beside a gain as large, within five minutes, may be a move.
    gained = (after - before).clip(lower=0).fillna(0)
    relocation = pd.Series(False, index=panel.index)
    place = places.communes().set_index("code")
    located = panel.index.isin(place.index)
    where = place.loc[panel.index[located]]
    tree_xy = xy_km(where["lon"], where["lat"])
    tree = cKDTree(tree_xy)
    radius_km = RELOCATION_MINUTES * SPEED_KM_PER_MINUTE / DETOUR
    gained_here = gained[located].to_numpy()
    rows = np.flatnonzero(loss[located].to_numpy())
    lost_here = before[located].to_numpy()
    for row, around in zip(rows, tree.query_ball_point(tree_xy[rows], radius_km), strict=True):
        relocation.loc[str(where.index[int(row)])] = any(
            gained_here[other] >= lost_here[row] for other in around if other != row
        )
    # Doubt: three GPs gone at once, a GP again later, or none before.
    doubtful = loss & (before >= 3)
    later = [year for year in years(panel) if year > end]
    earlier = [year for year in years(panel) if year < start]
    if later:
        doubtful |= loss & (panel[f"gp_{later[0]}"] >= 1)
    if earlier:
        doubtful |= loss & (panel[f"gp_{earlier[-1]}"] == 0)
    # On codes as published, a merged commune would pass for a loss: counted, left out.
    raw_before, raw_after = raw[f"gp_{start}"], raw[f"gp_{end}"]
    raw_loss = (raw_before > 0) & (
        (raw_after == 0) | (raw_after.isna() & raw["code"].isin(places.successors()))
    )
    merged = raw_loss & raw["code"].isin(places.successors())
    counts = {
        "with a GP, overseas left out": int((had & overseas(codes)).sum()),
        "with a GP, metropolitan": int(metropolitan.sum()),
        "count unknown at the end": int((metropolitan & after.isna()).sum()),
        "codes that vanished, with a GP": int((vanished_rows[f"gp_{start}"] > 0).sum()),
        "losses that are mergers (removed)": int(merged.sum()),
        "kept": int(known.sum()),
        "losses": int(loss.sum()),
        "possible relocations within 5 minutes": int((loss & relocation).sum()),
        "doubtful losses": int(doubtful.sum()),
    }
    table = pd.DataFrame({"loss": loss, "relocation": loss & relocation, "doubtful": doubtful})[
        known
    ]
    return Labels(table, counts)
