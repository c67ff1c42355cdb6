"""Legal zoning of GPs: CartoSanté export, DREES sheets, lists by postcode and name."""

import datetime as dt
import re
from dataclasses import replace

import pandas as pd
from rapidfuzz import fuzz, process

from data.base import french
from data.base.codes import departement
from data.files import headings
from data.files.years import iso_days, without_day_made
from data.official.readers.communes import CommuneIndex, folded_name
from data.official.readers.names import agreeing, name_column
from data.official.readers.one_table import without_other_tables
from data.official.readers.rows import chief_rows, settled, whole_cities
from data.official.readers.tables import CODE_NAMES, Candidate, Header, headers, level_of, newest
from data.official.readers.tally import ReadResult, Tally, require_rows
from data.region import decrees
from geo.errors import InvalidInputError

NAME_LIKENESS = 90
"""Least likeness (rapidfuzz, 0 to 100) of two names within one postcode to be the same."""

_OTHERS = ("infirmier", "kine", "masseur", "sage femme", "sages femmes", "orthophon", "dentiste")
_OUTSIDE = re.compile(r"hors|\bhz\b|\bhc\b|\bhv\b")
_PRIORITY = re.compile(r"\bzip\b|intervention prioritaire")
_COMPLEMENT = re.compile(r"\bzac\b|action complementaire")
_WATCH = re.compile(r"\bzv\b|vigilance|\bzar\b|accompagnement regional")
_ZONES = (("HZ", _OUTSIDE), ("ZIP", _PRIORITY), ("ZAC", _COMPLEMENT), ("ZV", _WATCH))
_DISTRICT = re.compile(r"QPV?\d")
"""Codes of priority districts: QP033001."""
_ZONE_COLUMN = re.compile(r"^(?:zonage|qualification)\b")
_ZONE_WORD = re.compile(
    r"^(?:zone|classement|class|type (?:de )?zone|categorie (?:de )?zone|statut (?:de )?zone)"
    r"(?: (?:mg|medecins?|medecins generalistes|generalistes))*(?: (?:19|20)\d\d)?$"
)
"""Headings of regional annexes; "zone" alone is a zoning when its cells are zones."""
_DOUBTFUL = re.compile(
    r"\b(?:ex|anciennement|non|ni|devient|devenu|deviendra|pas|sauf|futur|future|projet|cours|"
    r"partie|partiel|partiellement|ou)\b"
)
"""Words that turn the name of a zone into something else: read whole, never by a part."""
_NOT_LEGAL = re.compile(
    r"\b(?:projet\w*|propos\w+|simul\w+|provisoires?|futurs?|futures?|prevision\w*|previsionnel\w*|"
    r"scenarios?|hypotheses?)\b"
)
"""Words that make a column of zones something else than the zoning of a decree."""
_OF_DISTRICTS = re.compile(r"\bqpv?\b|\bquartiers?\b")
"""What the heading of the zones of priority districts says, beside that of whole communes."""
_MISSING = re.compile(r"^$|^n a\b|non disponible")


_LATEST_DECREE_DAYS = 400
"""Days from now after which the date of a decree is a slip."""
_NO_DATE = "date non indiquée dans le fichier"
_DECREE = ("date arrete", "date de l arrete", "date d arrete", "date de l arrete de zonage",
           "date arrete zonage", "arrete du", "date du zonage", "date zonage")  # fmt: skip
"""Headings of the day of the decree, commune by commune."""


def recognise(candidate: Candidate) -> str | None:
    """Return the key of the source that the file looks like, or None."""
    found = _find(candidate)
    if found is None:
        return None
    header, _ = found
    if header.first("code postal") is not None and _code(header) is None:
        return "zoning_by_name"
    return "zoning_drees" if _tvs(header) is not None else "zoning_cartosante"


def read(candidate: Candidate, index: CommuneIndex) -> ReadResult:
    """Return `zoning`; a commune cut by a QPV has two rows.

    Raises
    ------
    InvalidInputError
        It is the zoning of another profession, or is not given by commune.
    """
    found = _find(candidate)
    if found is None:
        raise InvalidInputError(f"« {candidate.file.name} » n’est pas un zonage des médecins.")
    header, zone = found
    name = candidate.file.name
    title = next(cell for cell, position in header.columns.items() if position == zone)
    if any(other in title for other in _OTHERS):
        label = header.table.head[header.row][zone].strip()
        raise InvalidInputError(
            f"« {name} » est un zonage d’une autre profession (colonne « {label} ») : importez "
            "celui des médecins généralistes."
        )
    tally = Tally()
    code = _code(header)
    level = level_of(candidate)
    if level.startswith("territoire de vie") or (code is None and _tvs(header) is not None):
        rows = _spread(header, zone, index, tally)
    elif code is not None:
        rows = header.rows(
            code=code,
            value=zone,
            tvs=_tvs(header),
            tvs_name=_tvs_name(header),
            district=header.first("identifiant unique"),
            named=name_column(header, code, zone),
            day=header.first(*_DECREE),
            of_districts=_of_districts(header, zone),
        )
        tally.read = len(rows)
        rows = without_other_tables(rows, header, tally, "code", {"value": zone})
        rows = _with_districts(agreeing(rows, header, index, tally))
        if "day" in rows:
            rows["decree"] = decree_days(rows["day"], tally)
        kept = ["code", "value", "tvs", "tvs_name", "district", *({"decree"} & {*rows.columns})]
        rows = rows.reindex(columns=kept, fill_value="")
        rows = whole_cities(rows.assign(own=rows["code"]), tally)
        rows["code"] = index.settle(rows["code"])
    else:
        rows = _match_names(header, zone, index, tally)
    tally.refuse_malformed(header.table)
    rows = zones_of(rows, name, tally)
    rows = chief_rows(settled(rows, index, tally), tally)
    rows = one_per_part(rows, tally)
    require_rows(len(rows), name, "zonage des communes")
    tally.kept = rows.index.nunique()
    zoning = whole(rows)
    title = header.table.head[header.row][zone]
    vintage = _vintage(candidate, title)
    if vintage == _NO_DATE and "decree" in zoning:
        here = zoning["code"].isin(index.codes)
        vintage = decrees.span(zoning.loc[here, "decree"])
    tally.remarks.append(f"zonage lu dans la colonne « {title.strip()} »")
    return ReadResult({"zoning": zoning}, {"zoning": vintage}, tally)


def decree_days(written: pd.Series, tally: Tally) -> pd.Series:
    """Return the days of decrees as ISO dates, "" where none is told or none can be."""
    days = iso_days(written)
    wrong = (days == "") & (written != "")
    # A decree may take effect later, within a year or so of its signature.
    limit = french.today().replace(day=1) + dt.timedelta(days=_LATEST_DECREE_DAYS)
    wrong |= days > limit.isoformat()
    if wrong.any():
        lines = french.counted(int(wrong.sum()), "ligne", "lignes")
        tally.remarks.append(
            f"{lines} dont la date d’arrêté n’en est pas une : tenue pour non indiquée "
            f"(« {written[wrong].iloc[0][:20]} », ligne {wrong.idxmax()})"
        )
    return days.mask(wrong, "")


def _find(candidate: Candidate) -> tuple[Header, int] | None:
    best = None
    for header in headers(candidate):
        zone = _zone(header)
        if zone is None:
            continue
        if _code(header) is not None:
            return header, zone
        by_name = header.first("code postal") is not None
        by_name = by_name and bool(header.first("nom commune", "commune"))
        if by_name or _tvs(header) is not None:  # by territory: spread over its communes
            best = best or (header, zone)
    return best


def is_zoning(name: str) -> bool:
    """Tell whether a folded heading is that of a column of zones."""
    return bool(_ZONE_COLUMN.match(name) or _ZONE_WORD.match(name))


def _zone(header: Header) -> int | None:
    """Return the column of the zone: that of the regional decree rather than the national one.

    Of several, that of the newest year; a zoning that is planned is none.

    Raises
    ------
    InvalidInputError
        Several columns fit and no year tells them apart.
    """
    legal = {k: v for k, v in header.columns.items() if not _NOT_LEGAL.search(k)}
    ours = {k: v for k, v in legal.items() if not _OF_DISTRICTS.search(k)}
    header = replace(header, columns=ours if any(map(is_zoning, ours)) else legal)
    for words in (("arrete",), ("regionale",)):
        for name, position in header.columns.items():
            starts = name.startswith(("zonage", "qualification"))
            if starts and set(words) <= set(name.split()):
                return position
    for pattern in (_ZONE_COLUMN, _ZONE_WORD):
        if (found := newest(header, pattern, "zonage", planned=True)) is not None:
            return found[0]
    return None


def _of_districts(header: Header, zone: int) -> int | None:
    """Return the column of the zones of priority districts beside that of whole communes."""
    return next(
        (
            position
            for name, position in header.columns.items()
            if position != zone and _ZONE_COLUMN.match(name) and _OF_DISTRICTS.search(name)
        ),
        None,
    )


def _with_districts(rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows of communes, then one of each commune of which a district has its own zone."""
    if "of_districts" not in rows:
        return rows
    told = rows[rows["of_districts"] != ""]
    cut = told.assign(value=told["of_districts"] + " (QPV)")
    return pd.concat([rows, cut]).drop(columns="of_districts")


def _code(header: Header) -> int | None:
    """Return the column of the INSEE code; the code of a territory is none."""
    for name, position in header.columns.items():
        words = set(name.split())
        if words & {"tvs", "vie", "bv", "bvcv", "postal", "region", "departement", "epci"}:
            continue
        if name in CODE_NAMES or {"code", "commune"} <= words:
            return position
    return None


def _tvs(header: Header) -> int | None:
    found = header.first("tvs") or header.having("code", "tvs")
    return found if found is not None else header.having("code", "vie")


def _spread(header: Header, zone: int, index: CommuneIndex, tally: Tally) -> pd.DataFrame:
    """Give the zone of each territoire de vie-santé to its communes.

    Raises
    ------
    InvalidInputError
        The communes of the territories are not known.
    """
    position = _tvs(header)
    position = header.first("code") if position is None else position
    rows = header.rows(
        tvs=position, value=zone, tvs_name=_tvs_name(header) or header.first("libelle")
    )
    rows = rows.reindex(columns=["tvs", "value", "tvs_name"], fill_value="")
    tally.read = len(rows)
    rows["tvs"] = rows["tvs"].str.strip().str.removesuffix(".0")
    known = rows["tvs"].isin(set(index.tvs))
    if not known.any():
        raise InvalidInputError(
            f"« {header.table.name} » donne le zonage par territoire de vie-santé, pas par "
            "commune, et la composition de ces territoires n’est pas connue ici : importez avec "
            "lui la composition des territoires de vie-santé (DREES), ou le zonage par commune."
        )
    tally.refuse(rows[~known], "territoire de vie-santé dont les communes ne sont pas connues")
    rows = rows[known].assign(code=lambda table: table["tvs"].map(index.tvs))
    tally.remarks.append(
        french.counted(
            len(rows),
            "territoire de vie-santé, sa zone donnée à chacune de ses communes",
            "territoires de vie-santé, leur zone donnée à chacune de leurs communes",
        )
    )
    rows = rows.explode("code")
    return rows.assign(own=rows["code"], district="")


def _tvs_name(header: Header) -> int | None:
    for words in (("nom", "tvs"), ("libelle", "tvs"), ("libelle", "vie"), ("nom", "vie")):
        if (found := header.having(*words)) is not None:
            return found
    return header.first("territoire de vie sante")


def _match_names(header: Header, zone: int, index: CommuneIndex, tally: Tally) -> pd.DataFrame:
    """Match names within their postcode (its leading zero restored), as sure as can be."""
    rows = header.rows(
        postcode=header.first("code postal"),
        name=header.first("nom commune", "commune"),
        value=zone,
    )
    tally.read = len(rows)
    rows["postcode"] = rows["postcode"].str.zfill(5)
    near = rows["postcode"].isin(index.postcodes.keys())
    away = int((~near).sum())
    if away:
        tally.remarks.append(
            french.counted(
                away,
                "ligne d’un code postal inconnu, non lue",
                "lignes de codes postaux inconnus, non lues",
            )
        )
    rows = rows[near].copy()
    before = len(rows)
    rows = rows[~rows.duplicated(["postcode", "name", "value"])]
    if before > len(rows):
        tally.remarks.append(french.counted(before - len(rows), "ligne répétée", "lignes répétées"))
    rows["code"] = [
        _named(folded_name(name), postcode, index)
        for name, postcode in zip(rows["name"], rows["postcode"], strict=True)
    ]
    tally.refuse(rows[rows["code"] == ""], "nom inconnu sous ce code postal")
    tally.refuse(rows[rows["code"] == "?"], "nom ambigu sous ce code postal")
    rows = rows[rows["code"].str.len() == 5]
    return rows.assign(own=rows["code"], tvs="", tvs_name="", district="")


def _named(name: str, postcode: str, index: CommuneIndex) -> str:
    here = index.at_postcode(postcode)
    if name in here:
        return here[name]
    # A town's second postcode is not always listed: the name may be unique in the département.
    same_name = index.named(departement(postcode), name)
    if len(same_name) == 1:
        return same_name[0]
    close = process.extract(name, list(here), scorer=fuzz.ratio, score_cutoff=NAME_LIKENESS)
    if len(close) == 1:
        return here[close[0][0]]
    return "?" if close or same_name else ""


def zones_of(rows: pd.DataFrame, name: str, tally: Tally) -> pd.DataFrame:
    """Return rows with `zone` and `part` read from `value`; missing and strange ones are refused.

    Raises
    ------
    InvalidInputError
        Most values are no zones of GPs.
    """
    values = {value: french.fold(value) for value in rows["value"].unique()}
    doubtful = {value for value, folded in values.items() if is_doubtful(folded)}
    doubts = rows["value"].isin(doubtful)
    for value in sorted(doubtful):
        tally.refuse(rows[rows["value"] == value], f"zonage douteux : « {value[:60]} »")
    rows = rows[~doubts]
    meaning = {value: _zone_of(folded) for value, folded in values.items()}
    read = rows["value"].map(meaning)
    missing = rows["value"].map(values).str.contains(_MISSING)
    strange = rows[read.isna() & ~missing]
    if len(strange) > len(rows) / 2:
        examples = ", ".join(f"« {value} »" for value in sorted(set(strange["value"]))[:4])
        raise InvalidInputError(
            f"« {name} » n’est pas un zonage des médecins généralistes : ses valeurs sont "
            f"{examples} au lieu de ZIP, ZAC, ZV ou HZ."
        )
    tally.refuse(rows[missing], "zonage non disponible")
    tally.refuse(strange, "zonage inconnu")
    regional = int((rows["value"].map(values).str.contains(r"\bzar\b|accompagnement")).sum())
    if regional:
        tally.remarks.append(
            f"{french.counted(regional, 'ligne', 'lignes')} en zone d’accompagnement régional, "
            f"{'rangées' if regional > 1 else 'rangée'} avec les zones de vigilance (ni ZIP ni ZAC)"
        )
    rows = rows[read.notna()].copy()
    read = read[read.notna()]
    rows["zone"] = [zone for zone, _ in read]
    rows["part"] = [part for _, part in read]
    rows.loc[rows["district"].str.match(_DISTRICT), "part"] = "QPV"
    return rows


def is_doubtful(value: str) -> bool:
    """Tell whether a folded value names a zone and says something else of it ("ZAC (ex ZIP)").

    Examples
    --------
    >>> is_doubtful("zac ex zip"), is_doubtful("non zip"), is_doubtful("3 qpv zip")
    (True, True, False)
    """
    named = [zone for zone, pattern in _ZONES if pattern.search(value)]
    return bool(named) and (len(set(named)) > 1 or bool(_DOUBTFUL.search(value)))


def _zone_of(value: str) -> tuple[str, str] | None:
    """Return zone and part of a folded value such as "3 qpv zip"."""
    part = "QPV" if re.search(r"\bqpv\b|\bgq\b|quartier", value) else "commune"
    for zone, pattern in _ZONES:
        if pattern.search(value):
            return zone, part
    return None


def one_per_part(rows: pd.DataFrame, tally: Tally) -> pd.DataFrame:
    """Keep one zone per commune and part; two different ones are ambiguous."""
    distinct = rows.drop_duplicates(["code", "part", "zone"])
    several = distinct.duplicated(["code", "part"], keep=False)
    tally.refuse(distinct[several], "deux zonages différents pour la même commune")
    return distinct[~several]


def whole(rows: pd.DataFrame) -> pd.DataFrame:
    """Add the commune's own row where only its districts are zoned: the rest is outside."""
    columns = ["code", "zone", "part", "tvs", "tvs_name", *(["decree"] if "decree" in rows else [])]
    only_parts = rows[~rows["code"].isin(set(rows.loc[rows["part"] == "commune", "code"]))]
    rest = only_parts.assign(zone="HZ", part="commune")
    return pd.concat([rows, rest])[columns].sort_values(["code", "part"]).reset_index(drop=True)


def _vintage(candidate: Candidate, title: str) -> str:
    if year := headings.year_of(title):
        return str(year)
    name = without_day_made(candidate.file.path.name)
    match = re.search(r"(20[12]\d)(\d{2})?(\d{2})?", name)
    if match is None:
        return _NO_DATE
    return match[1] if not match[3] else f"{match[3]}/{match[2]}/{match[1]}"
