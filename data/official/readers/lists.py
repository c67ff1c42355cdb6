"""Lists of FINESS numbers: emergency departments of the SAE, health centres."""

import re

import pandas as pd

from data.base import french
from data.official.readers.communes import CommuneIndex
from data.official.readers.rows import SITE_AGAIN, only_once
from data.official.readers.structures import as_structures
from data.official.readers.tables import Candidate, Header, headers
from data.official.readers.tally import ReadResult, Tally, require_rows
from geo.errors import InvalidInputError

AUTHORISED = "1"
"""AUTSU: authorised to hold an emergency structure (SAE, bordereau Urgences)."""
_IDS = ("fi", "finess", "nofinesset", "numero finess", "finess et", "n finess", "fi et")


def recognise(candidate: Candidate) -> str | None:
    """Return the key of the source that the file looks like, or None."""
    found = _find(candidate)
    return found[0] if found else None


def read(candidate: Candidate, index: CommuneIndex) -> ReadResult:
    """Return structures of one kind, placed by FINESS.

    Raises
    ------
    InvalidInputError
        FINESS was not imported, or knows none of these numbers.
    """
    found = _find(candidate)
    name, tally = candidate.file.name, Tally()
    if found is None:
        raise InvalidInputError(f"« {name} » n’est pas une liste de numéros FINESS.")
    if index.sites is None:
        raise InvalidInputError(
            f"« {name} » donne des numéros FINESS sans adresse : importez d’abord, ou en même "
            "temps, le fichier FINESS géolocalisé (etalab-cs1100507 ou FINESS+ structures)."
        )
    source, header = found
    rows = header.rows(id=header.first(*_IDS), authorised=header.first("autsu"))
    tally.read = len(rows)
    tally.refuse_malformed(header.table)
    kind = "centre_sante"
    if source == "emergency_sae":
        kind = "urgences"
        without = rows["authorised"].str.replace(r"\.0$", "", regex=True) != AUTHORISED
        tally.refuse(rows[without], "sans autorisation d’urgences (AUTSU)")
        rows = rows[~without]
    rows = only_once(rows.assign(id=rows["id"].str.zfill(9)), tally, "id", SITE_AGAIN)
    placed = rows[["id"]].merge(index.sites, on="id", how="left").set_axis(rows.index)
    lost = placed["code"].isna()
    tally.refuse(placed[lost], "établissement absent du FINESS géolocalisé")
    placed = pd.DataFrame(placed[~lost])
    require_rows(len(placed), name, "établissements retrouvés dans le FINESS géolocalisé")
    tally.kept = len(placed)
    return ReadResult(
        {"structures": as_structures(placed.assign(kind=kind), labelled=False)},
        {"structures": _year(candidate)},
        tally,
        kinds=(kind,),
    )


def _find(candidate: Candidate) -> tuple[str, Header] | None:
    centres = "centre" in french.fold(candidate.file.name) and "sante" in french.fold(
        candidate.file.name
    )
    for header in headers(candidate):
        if header.first(*_IDS) is None:
            continue
        if "autsu" in header.columns:
            return "emergency_sae", header
        if centres:
            return "centres_sante", header
    return None


def _year(candidate: Candidate) -> str:
    day = re.search(r"(20\d\d)-?(\d\d)-?(\d\d)", candidate.file.name)
    if day:
        return f"{day[3]}/{day[2]}/{day[1]}"
    year = re.search(r"(20[0-3]\d)", candidate.file.name)
    return year[1] if year else "date non indiquée dans le fichier"
