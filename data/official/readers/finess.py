"""FINESS: the geolocated stock (rows of two kinds) and its JSON successor (FINESS+, 2026)."""

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal

import ijson  # type: ignore[import-untyped]
import pandas as pd
import pyproj

from data.base import french
from data.files.cells import numbers
from data.files.input_files import InputFile, reading
from data.files.text_tables import TextTable
from data.files.years import ended
from data.official.readers.communes import CommuneIndex
from data.official.readers.positions import LAMBERT_93, OVERSEAS, judged
from data.official.readers.rows import SITE_AGAIN, only_once
from data.official.readers.structures import SITE_COLUMNS, as_structures, placed
from data.official.readers.tables import Candidate, Header, headers
from data.official.readers.tally import ReadResult, Tally, require_rows
from geo.errors import InvalidInputError

KINDS = {"603": "msp", "124": "centre_sante"}
"""Categories of establishments kept as structures: maison de santé, centre de santé."""

STRUCTURE_FIELDS = 32
PLACE_FIELDS = 6
_ID, _NAME, _LONG_NAME, _COMMUNE, _DEPARTEMENT, _CATEGORY = 1, 3, 4, 12, 13, 18

PROJECTIONS = {
    "LAMBERT_93": LAMBERT_93,
    "UTM_N20": 5490,  # Guadeloupe, Martinique (RGAF09)
    "UTM_N21": 4467,  # Saint-Pierre-et-Miquelon (RGSPM06)
    "UTM_N22": 2972,  # Guyane (RGFG95)
    "UTM_S40": 2975,  # La Réunion (RGR92)
    "UTM_S38": 4471,  # Mayotte (RGM04)
}
"""EPSG code by the name that the file gives at the end of the source of coordinates."""
_OVERSEAS = {"9A": "971", "9B": "972", "9C": "973", "9D": "974", "9E": "975", "9F": "976"}
"""FINESS writes overseas départements with a letter."""
_OPEN = "A"
"""State of a published object that is active."""
_GEOGRAPHIC = "03"
"""Usage of the address where the place stands, beside those of letters (TRE_R377)."""

_HEADED = {
    "id": ("nofinesset", "finess", "et finess", "numero finess et"),
    "category": ("categetab", "categ code", "code categorie"),
    "x": ("coordxet", "coordx", "geoloc x"),
    "y": ("coordyet", "coordy", "geoloc y"),
}
"""Columns of the stocks with one heading (yearly stock, t-finess), folded."""
_BATCH = 20_000
_CURRENT = ("", "actuel", "ouvert", "a")


def recognise(candidate: Candidate) -> str | None:
    """Return the key of the source that the file looks like, or None."""
    if _stock(candidate) is not None or _headed(candidate) is not None:
        return "finess_geolocated"
    is_flow = '"pmej"' in candidate.text or '"gcc"' in candidate.text
    structures = any(
        mark in candidate.text for mark in ('"informationsGeneralesPMEJ"', '"nomGcc"', '"typeGco"')
    )
    return "finess_structures" if is_flow and structures else None


def read(candidate: Candidate, index: CommuneIndex) -> ReadResult:
    """Return `structures` (MSP, health centres) and `sites` (every establishment with a place).

    Raises
    ------
    InvalidInputError
        The file breaks off, or places nothing.
    """
    stock, headed, tally = _stock(candidate), _headed(candidate), Tally()
    if stock is not None:
        sites, vintage = _read_stock(stock, tally)
        sites["code"] = index.settle(sites["code"])
    elif headed is not None:
        sites, vintage = _read_headed(headed, index, tally), _day_in_name(candidate)
    else:
        sites, vintage = _read_flow(candidate.file, index, tally)
    unreadable = sites["code"] == ""
    tally.refuse(sites[unreadable], "code de commune illisible")
    sites = placed(sites[~unreadable], index, tally)[SITE_COLUMNS]
    sites = only_once(sites, tally, "id", SITE_AGAIN)
    kept = sites[sites["category"].isin(KINDS)]
    if len(sites) > len(kept):
        tally.remarks.append(
            french.counted(
                len(sites) - len(kept),
                "établissement d’une autre catégorie, gardé pour placer les activités de soins",
                "établissements d’autres catégories, gardés pour placer les activités de soins",
            )
        )
    require_rows(len(kept), candidate.file.name, "maisons et centres de santé", tally)
    tally.kept = len(kept)
    structures = as_structures(kept.assign(kind=kept["category"].map(KINDS)), labelled=False)
    return ReadResult(
        {"structures": structures, "sites": sites.reset_index(drop=True)},
        {"structures": vintage},
        tally,
        kinds=tuple(KINDS.values()),
    )


def _stock(candidate: Candidate) -> TextTable | None:
    for table in candidate.tables:
        if isinstance(table, TextTable) and any(
            cells[:1] == ["structureet"] and len(cells) == STRUCTURE_FIELDS for cells in table.head
        ):
            return table
    return None


def _read_stock(table: TextTable, tally: Tally) -> tuple[pd.DataFrame, str]:
    structures: dict[str, tuple[int, str, str, str]] = {}
    places: dict[str, tuple[float, float, int]] = {}
    vintage = "date non indiquée dans le fichier"
    with (
        reading(table.name),
        io.TextIOWrapper(table.file.open(), encoding=table.encoding) as text,
    ):
        for line, row in enumerate(text, 1):
            cells = row.rstrip("\r\n").split(";")
            if line == 1 and (day := re.search(r"(\d{4})-(\d\d)-(\d\d)", row)):
                vintage = f"{day[3]}/{day[2]}/{day[1]}"
            if cells[0] not in {"structureet", "geolocalisation"}:
                continue
            tally.read += 1
            expected = STRUCTURE_FIELDS if cells[0] == "structureet" else PLACE_FIELDS
            if len(cells) != expected:
                tally.refuse(pd.Series(0, index=[line]), "nombre de champs inattendu")
            elif cells[0] == "structureet":
                structures[cells[_ID]] = (
                    line,
                    (cells[_LONG_NAME] or cells[_NAME]).strip(),
                    cells[_CATEGORY],
                    commune_code(cells[_DEPARTEMENT], cells[_COMMUNE]),
                )
            else:
                places[cells[1]] = _coordinates(cells[2], cells[3], cells[4])
    if not places:
        raise InvalidInputError(
            f"« {table.name} » n’a aucune coordonnée : il est tronqué, ou c’est le fichier FINESS "
            "non géolocalisé. Importez « etalab-cs1100507 » en entier."
        )
    frame = pd.DataFrame.from_dict(
        structures, orient="index", columns=["line", "name", "category", "code"]
    )
    located = pd.DataFrame.from_dict(places, orient="index", columns=["x", "y", "epsg"])
    frame = frame.join(located, how="left").rename_axis("id").reset_index().set_index("line")
    return _in_degrees(frame), vintage


def commune_code(departement: str, commune: str) -> str:
    """Return the INSEE code of a commune from FINESS's two fields."""
    code = _OVERSEAS.get(departement, departement)
    return code + (commune[-2:] if len(code) == 3 else commune)


def _coordinates(x: str, y: str, source: str) -> tuple[float, float, int]:
    named = [epsg for name, epsg in PROJECTIONS.items() if name in source.upper()]
    try:
        return float(x), float(y), named[0] if named else 0
    except ValueError:
        return float("nan"), float("nan"), 0


def _in_degrees(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the frame with `lon` and `lat` (WGS84) from each row's own projection."""
    epsg = frame["epsg"].where(frame["epsg"] > 0)
    by_place = frame["code"].str[:3].map(OVERSEAS).fillna(LAMBERT_93)
    epsg = epsg.fillna(by_place).astype(int)
    frame["lon"], frame["lat"] = float("nan"), float("nan")
    for code in epsg.unique():
        rows = (epsg == code) & frame["x"].notna()
        to_degrees = pyproj.Transformer.from_crs(int(code), 4326, always_xy=True)
        lon, lat = to_degrees.transform(frame.loc[rows, "x"], frame.loc[rows, "y"])
        frame.loc[rows, "lon"], frame.loc[rows, "lat"] = lon, lat
    wrong = ~frame["lon"].between(-180, 180) | ~frame["lat"].between(-90, 90)
    frame.loc[wrong, ["lon", "lat"]] = float("nan")
    return frame


def _headed(candidate: Candidate) -> Header | None:
    for header in headers(candidate):
        if all(header.first(*names) is not None for names in _HEADED.values()):
            return header
    return None


def _read_headed(header: Header, index: CommuneIndex, tally: Tally) -> pd.DataFrame:
    """Return the establishments of a stock with one heading, one row each."""
    rows = header.rows(
        **{name: header.first(*names) for name, names in _HEADED.items()},
        name=header.first("rslongue", "raison sociale longue", "rs", "raison sociale"),
        short=header.first("rs", "raison sociale"),
        code=header.first("cog", "com code", "code commune", "code insee"),
        departement=header.first("departement"),
        commune=header.first("commune"),
        state=header.first("etat"),
        closed=header.first("datefermeture", "date fermeture", "date de fermeture", "dateferm"),
    ).reindex(
        columns=[*_HEADED, "name", "short", "code", "departement", "commune", "state", "closed"],
        fill_value="",
    )
    tally.read = len(rows)
    tally.refuse_malformed(header.table)
    closed = ~rows["state"].str.casefold().isin(_CURRENT) | ended(rows["closed"])
    tally.refuse(rows[closed], "établissement fermé")
    rows = rows[~closed]
    split = [commune_code(d, c) for d, c in zip(rows["departement"], rows["commune"], strict=True)]
    codes = index.settle(rows["code"].where(rows["code"] != "", pd.Series(split, rows.index)))
    places = judged(codes, [(numbers(rows["x"]), numbers(rows["y"]))], index)
    name = rows["name"].where(rows["name"] != "", rows["short"])
    return rows[["id", "category"]].assign(name=name, code=codes, **places)


def _day_in_name(candidate: Candidate) -> str:
    found = re.search(r"(20\d\d)-?(\d\d)-?(\d\d)", candidate.file.name)
    return f"{found[3]}/{found[2]}/{found[1]}" if found else "date non indiquée dans le fichier"


def _read_flow(file: InputFile, index: CommuneIndex, tally: Tally) -> tuple[pd.DataFrame, str]:
    rows: list[tuple[str, ...]] = []
    frames: list[pd.DataFrame] = []
    closed = 0
    with as_published(file.name):
        for site in flow_sites(file):
            tally.read += 1
            general = site.get("informationsGeneralesEGE") or {}
            if site.get("etatObjet") != _OPEN or general.get("dateFermeture"):
                closed += 1
                continue
            address = _where_it_stands(site.get("adresse") or [{}])
            place = address.get("coordonneesGeographique") or {}
            rows.append(
                (
                    as_text(general.get("numFinessEge")),
                    as_text(general.get("nomEgeLong")) or as_text(general.get("nomEgeCourt")),
                    as_text(site.get("categorieentiteGeographiqueExercice")),
                    as_text(address.get("cogCommune")),
                    as_text(place.get("directionLongitude")),
                    as_text(place.get("directionLatitude")),
                    as_text(place.get("coordonneeX")),
                    as_text(place.get("coordonneeY")),
                )
            )
            if len(rows) >= _BATCH:  # tuples of texts weigh four times a column of them
                frames.append(pd.DataFrame(rows, columns=[*SITE_COLUMNS, "x", "y"], dtype=str))
                rows = []
    if closed:
        tally.remarks.append(
            french.counted(
                closed,
                "établissement fermé ou inactif, laissé de côté",
                "établissements fermés ou inactifs, laissés de côté",
            )
        )
    frames.append(pd.DataFrame(rows, columns=[*SITE_COLUMNS, "x", "y"], dtype=str))
    frame = pd.concat(frames, ignore_index=True)
    frame["code"] = index.settle(frame["code"])
    told_pairs = [(numbers(frame[a]), numbers(frame[b])) for a, b in (("lon", "lat"), ("x", "y"))]
    places = judged(frame["code"], told_pairs, index)
    return frame[SITE_COLUMNS].assign(lon=places["lon"], lat=places["lat"]), flow_date(file)


def _where_it_stands(addresses: list[dict]) -> dict:
    """Return the geographic address of an establishment, else its first one."""
    standing = (one for one in addresses if one.get("usageAdresse") == _GEOGRAPHIC)
    return next(standing, addresses[0])


def flow_sites(file: InputFile) -> Iterator[dict]:
    """Give the establishments of a FINESS+ flow, one at a time."""
    for owner in json_items(file, "pmej.item"):
        yield from owner.get("ege") or []


@contextmanager
def as_published(name: str) -> Iterator[None]:
    """Refuse a flow whose objects are not made as they are published (InvalidInputError)."""
    try:
        yield
    except (TypeError, AttributeError, KeyError, IndexError) as error:
        raise InvalidInputError(
            f"« {name} » est bien un flux FINESS+, mais ses objets n’ont pas la forme publiée : "
            "téléchargez-le de nouveau."
        ) from error


def as_text(value: object) -> str:
    """Return a text or a number of a flow as text; "" for all else."""
    return str(value).strip() if isinstance(value, str | int | float | Decimal) else ""


def json_items(file: InputFile, prefix: str) -> Iterator[dict]:
    """Give the items of a long array of a JSON file, one at a time.

    Raises
    ------
    InvalidInputError
        The JSON breaks off or is malformed.
    """
    try:
        with reading(file.name), file.open() as stream:
            yield from ijson.items(stream, prefix)
    except ijson.JSONError as error:
        raise InvalidInputError(
            f"« {file.name} » est un JSON tronqué ou mal formé : téléchargez-le de nouveau."
        ) from error


def flow_date(file: InputFile) -> str:
    """Return the day when a FINESS+ flow was generated, in French."""
    found = re.search(rb'"generatedAt"\s*:\s*"(\d{4})-(\d\d)-(\d\d)', file.head())
    if found is None:
        return "date non indiquée dans le fichier"
    year, month, day = (part.decode() for part in found.groups())
    return f"{day}/{month}/{year}"
