"""GPs of first resort per commune from the RPPS (Annuaire Santé), streamed in bounded memory.

The file is nominative: only the columns named here are ever decoded, names never are, and
nothing of a person outlives the count.
"""

import contextlib
import datetime as dt
import re
from collections.abc import Iterable

import pandas as pd

from data.base import french
from data.base.codes import departement
from data.files.input_files import open_input
from data.files.text_tables import TextTable
from data.official.readers.communes import CommuneIndex, folded_name
from data.official.readers.tables import Candidate, Header, headers
from data.official.readers.tally import ReadResult, Tally, require_rows
from data.region.moments import Moment
from geo.errors import InvalidInputError

DOCTOR = "10"
"""Profession: médecin."""
GP_SKILLS = frozenset({"SM26", "SM53", "SM54"})
"""Savoir-faire: qualifié en médecine générale, and the two of the specialty (TRE_R38)."""
FIRST_RESORT_SECTORS = frozenset({"SA05", "SA07", "SA08", "SA09", "SA52"})
"""Sectors: centre de santé, cabinet individuel, de groupe, société, maison ou pôle de santé."""
SELF_EMPLOYED = "L"
"""Mode of practice: libéral; with a blank sector, the register does not know the place's kind."""
EXCLUSIVE_SKILL = "CEX"
"""Type of savoir-faire « compétence exclusive »: a particular mode of practice (MEP)."""

_PERSON = ("identification nationale pp", "identifiant pp")
_SITE_COLUMNS = (
    "identifiant technique de la structure",
    "numero finess site",
    "numero siret site",
)
_CEDEX = re.compile(r"\bcedex\b.*$|\b\d+\s*(e|er|eme)?\b")
_POST_OFFICE = re.compile(r"^\s*(\d{5})\s+(\D.*?)\s*$")
"""« Bureau cedex »: "19200 USSEL"."""


def recognise(candidate: Candidate) -> str | None:
    """Return the key of the source that the file looks like, or None."""
    return "rpps" if _find(candidate) is not None else None


def read(candidate: Candidate, index: CommuneIndex) -> ReadResult:
    """Return `gps`: each GP counts 1/k in each of the k practices where he or she sees patients.

    Raises
    ------
    InvalidInputError
        No GP is found.
    """
    header = _find(candidate)
    if header is None:
        raise InvalidInputError(f"« {candidate.file.name} » n’est pas une extraction du RPPS.")
    tally = Tally()
    practices = _practices(header, tally)
    practices = _general_practitioners(practices, candidate, tally)
    require_rows(len(practices), candidate.file.name, "généralistes de premier recours", tally)
    tally.kept = len(practices)
    sites = practices.drop_duplicates(["person", "site"]).copy()
    sites["share"] = 1 / sites.groupby("person")["site"].transform("size")
    sites["code"] = _codes(sites, index)
    nowhere = sites["code"] == ""
    tally.refuse(sites[nowhere], "commune non trouvée")
    unknown = index.unknown(sites["code"])
    tally.refuse(sites[unknown], "commune absente du code officiel actuel")
    located = sites[~nowhere & ~unknown]
    lost = _possible_places(sites[nowhere], index)
    require_rows(
        index.matched(located["code"]), candidate.file.name, "médecins de la région", tally
    )
    counts = located.groupby("code")["share"].sum()
    # The register is exhaustive: a commune of the départements seen that is not named has no GP.
    covered = set(counts.index.map(departement))
    known = index.communes["code"]
    everywhere = sorted({*counts.index, *known[known.map(departement).isin(covered)]})
    doubtful = lost & (set(everywhere) - set(counts.index))
    sure = [code for code in everywhere if code not in doubtful]
    gps = counts.reindex(sure, fill_value=0.0).rename_axis("code").rename("gps").reset_index()
    if doubtful & index.codes:
        tally.remarks.append(
            french.counted(
                len(doubtful & index.codes),
                "commune sans ligne retrouvée, mais où des lignes refusées pourraient exercer : "
                "laissée inconnue, jamais comptée zéro",
                "communes sans ligne retrouvée, mais où des lignes refusées pourraient exercer : "
                "laissées inconnues, jamais comptées zéro",
            )
        )
    silent = len((set(sure) - set(counts.index)) & index.codes)
    if silent:
        tally.remarks.append(
            french.counted(silent, "commune", "communes")
            + " des départements de ces médecins, sans aucune ligne : sans médecin (le registre "
            "est exhaustif, un extrait ne l’est pas)"
        )
    here = located["code"].isin(index.codes)
    gps_here = located.loc[here, "share"].sum()
    tally.remarks.append(
        french.counted(gps_here, "généraliste", "généralistes", french.tenths_if_any(gps_here))
        + " de premier recours dans la région, "
        + french.counted(int(here.sum()), "lieu d’exercice", "lieux d’exercice")
        + " ; un médecin de k lieux compte pour 1/k dans chacun"
    )
    told, day = _day(candidate)
    return ReadResult({"gps": gps}, {"gps": told}, tally, measured={"gps": Moment.of(day)})


def _find(candidate: Candidate) -> Header | None:
    for header in headers(candidate):
        names = header.columns
        if (
            {"code profession", "code secteur d activite", "code commune coord structure"}
            <= names.keys()
        ) and header.first(*_PERSON) is not None:
            return header
    return None


def _practices(header: Header, tally: Tally) -> pd.DataFrame:
    """Return the doctors' rows in practices and health centres, without names."""
    wanted = {
        "person": header.first(*_PERSON),
        "profession": header.columns["code profession"],
        "sector": header.columns["code secteur d activite"],
        "skill": header.first("code savoir faire"),
        "skill_type": header.first("code type savoir faire"),
        "insee": header.columns["code commune coord structure"],
        "postcode": header.first("code postal coord structure"),
        "town": header.first("libelle commune coord structure"),
        "office": header.first("bureau cedex coord structure"),
        "mode": header.first("code mode exercice"),
        **{f"site_{k}": header.first(name) for k, name in enumerate(_SITE_COLUMNS)},
    }
    given = {name: position for name, position in wanted.items() if position is not None}
    kept = []
    for batch in header.table.batches(header.row, sorted(given.values())):
        tally.read += len(batch)
        doctors = batch[batch[given["profession"]].str.strip() == DOCTOR]
        sectors = doctors[given["sector"]].str.strip()
        practice = sectors.isin(FIRST_RESORT_SECTORS)
        if "mode" in given:
            alone = doctors[given["mode"]].str.strip() == SELF_EMPLOYED
            practice |= (sectors == "") & alone
        doctors = doctors[practice]
        kept.append(pd.DataFrame({name: doctors[k].str.strip() for name, k in given.items()}))
    tally.refuse_malformed(header.table)
    if not kept:
        raise InvalidInputError(
            f"« {header.table.name} » s’arrête après son en-tête : téléchargez-le de nouveau."
        )
    rows = pd.concat(kept)
    rows = _from_post_offices(rows.assign(**{name: "" for name in wanted if name not in rows}))
    site = rows["site_0"]
    for other in ("site_1", "site_2"):
        site = site.where(site != "", rows[other])
    place = rows["insee"] + " " + rows["postcode"] + " " + rows["town"]
    return rows.assign(site=site.where(site != "", place))


def _from_post_offices(rows: pd.DataFrame) -> pd.DataFrame:
    """Take postcode and town from « Bureau cedex » where the columns of the commune are blank."""
    told = rows["office"].str.extract(_POST_OFFICE).fillna("")
    blank = (rows["insee"] == "") & (rows["town"] == "") & (told[1] != "")
    both = blank & (rows["postcode"] == "")
    return rows.assign(
        town=rows["town"].where(~blank, told[1]), postcode=rows["postcode"].where(~both, told[0])
    )


def _possible_places(rows: pd.DataFrame, index: CommuneIndex) -> set[str]:
    """Return the communes where rows without a commune may be: those of their postcode or name."""
    found: set[str] = set()
    for postcode, town in rows[["postcode", "town"]].drop_duplicates().itertuples(index=False):
        name = folded_name(_CEDEX.sub("", french.fold(town)))
        named = index.named(departement(postcode), name)
        found |= {*named, *index.at_postcode(postcode).values()}
    return found


def _general_practitioners(rows: pd.DataFrame, candidate: Candidate, tally: Tally) -> pd.DataFrame:
    """Keep GPs: by their savoir-faire, else by the separate file, else (old files) by its blank."""
    exclusive = set(rows.loc[rows["skill_type"] == EXCLUSIVE_SKILL, "person"])
    if exclusive:
        tally.remarks.append(
            french.counted(
                len(exclusive),
                "médecin à compétence exclusive laissé de côté",
                "médecins à compétence exclusive laissés de côté",
            )
        )
        rows = rows[~rows["person"].isin(exclusive)]
    named = rows["skill"].isin(GP_SKILLS)
    if named.any():
        return rows[named]
    apart = _skills_apart(candidate)
    if apart is not None:
        tally.remarks.append("savoir-faire lus dans le fichier SavoirFaire de la même archive")
        return rows[rows["person"].isin(apart)]
    tally.remarks.append(
        "aucun savoir-faire SM26, SM53 ou SM54 dans ce fichier (ancienne version) : les médecins "
        "sans savoir-faire sont comptés comme généralistes"
    )
    return rows[rows["skill"] == ""]


def _skills_apart(candidate: Candidate) -> set[str] | None:
    """Return the GPs named by the `SavoirFaire` file of the same archive, None without one."""
    for file in open_input(candidate.file.path):
        if file.kind != "text" or file.name == candidate.file.name:
            continue
        other = Candidate(file, (TextTable(file),))
        for header in headers(other):
            person, skill = header.first(*_PERSON), header.first("code savoir faire")
            if person is None or skill is None or "code secteur d activite" in header.columns:
                continue
            batches = header.batches(person=person, skill=skill)
            return set().union(*(set(b.loc[b["skill"].isin(GP_SKILLS), "person"]) for b in batches))
    return None


def _codes(sites: pd.DataFrame, index: CommuneIndex) -> pd.Series:
    """Return commune codes: INSEE's where given, else by postcode and name."""
    codes = index.settle(sites["insee"])
    lacking = codes == ""
    pairs = sites.loc[lacking, ["postcode", "town"]].drop_duplicates()
    found = dict(_by_name(pairs.itertuples(index=False, name=None), index))
    pairs_of_rows = zip(sites["postcode"], sites["town"], strict=True)
    named = pd.Series([found.get(pair, "") for pair in pairs_of_rows], index=sites.index, dtype=str)
    return codes.where(~lacking, named)


def _by_name(
    pairs: Iterable[tuple[str, str]], index: CommuneIndex
) -> Iterable[tuple[tuple[str, str], str]]:
    for postcode, town in pairs:
        name = folded_name(_CEDEX.sub("", french.fold(town)))
        here = index.at_postcode(postcode)
        # A CEDEX has a postcode of its own: the name must then be unique in the département.
        elsewhere = index.named(departement(postcode), name)
        only = next(iter(here.values())) if len(here) == 1 else ""
        code = here.get(name) or (elsewhere[0] if len(elsewhere) == 1 else only)
        yield (postcode, town), code


def _day(candidate: Candidate) -> tuple[str, dt.date]:
    """Return the day of an extraction, in French and as a date."""
    found = re.search(r"(20\d\d)(\d\d)(\d\d)", candidate.file.name)
    if found:
        with contextlib.suppress(ValueError):  # eight figures that are no date
            day = dt.date(*map(int, found.groups()))
            return f"{day:%d/%m/%Y}", day
    saved = dt.datetime.fromtimestamp(candidate.file.path.stat().st_mtime, dt.UTC).date()
    return f"fichier du {saved:%d/%m/%Y}", saved  # the daily file of data.gouv.fr bears no date
