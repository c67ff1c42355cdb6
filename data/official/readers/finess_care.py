"""FINESS care activities: emergency departments (activity 14), placed by the geolocated FINESS."""

import re

import pandas as pd

from data.base import french
from data.official.readers.communes import CommuneIndex
from data.official.readers.finess import as_published, as_text, flow_date, flow_sites
from data.official.readers.structures import as_structures
from data.official.readers.tables import Candidate, Header, headers
from data.official.readers.tally import ReadResult, Tally, require_rows
from geo.errors import InvalidInputError

EMERGENCY = "14"
"""Médecine d'urgence."""
NOT_ON_SITE = frozenset({"22", "26", "27", "29"})
"""Modalities that receive no walk-in patient: SAMU, SMUR, paediatric SMUR, SMUR antenna."""


def recognise(candidate: Candidate) -> str | None:
    """Return the key of the source that the file looks like, or None."""
    if _table(candidate) is not None:
        return "finess_care"
    if '"pmej"' in candidate.text and '"activitesAutorisees"' in candidate.text:
        return "finess_activities"
    return None


def read(candidate: Candidate, index: CommuneIndex) -> ReadResult:
    """Return the emergency departments of `structures`.

    Raises
    ------
    InvalidInputError
        No geolocated FINESS was imported, or the file holds no emergency department.
    """
    name, tally, table = candidate.file.name, Tally(), _table(candidate)
    if index.sites is None:
        raise InvalidInputError(
            f"« {name} » donne des activités sans adresse : importez d’abord, ou en même temps, "
            "le fichier FINESS géolocalisé (etalab-cs1100507 ou FINESS+ structures)."
        )
    if table is not None:
        rows, vintage = _read_table(table, tally), _day_in_name(candidate)
    else:
        rows, vintage = _read_flow(candidate, tally), flow_date(candidate.file)
    departments = rows[~rows.duplicated("id")]
    require_rows(len(departments), name, "structures des urgences, activité 14")
    found = departments.merge(index.sites, on="id", how="left").set_axis(departments.index)
    lost = found["code"].isna()
    tally.refuse(found[lost], "établissement absent du FINESS géolocalisé")
    found = found[~lost]
    require_rows(len(found), name, "établissements retrouvés dans le FINESS géolocalisé")
    tally.remarks.append(
        f"{french.counted(len(found), 'site', 'sites')} d’urgences ; SAMU et SMUR, qui ne "
        "reçoivent pas sur place, sont laissés de côté"
    )
    return ReadResult(
        {"structures": as_structures(found.assign(kind="urgences"), labelled=False)},
        {"structures": vintage},
        tally,
        kinds=("urgences",),
    )


def _table(candidate: Candidate) -> Header | None:
    for header in headers(candidate):
        if {"nofinesset", "activite", "modalite"} <= header.columns.keys():
            return header
    return None


def _read_table(header: Header, tally: Tally) -> pd.DataFrame:
    columns = header.columns
    rows = header.rows(
        id=columns["nofinesset"], activity=columns["activite"], modality=columns["modalite"]
    )
    tally.read = len(rows)
    tally.refuse_malformed(header.table)
    emergency = (rows["activity"] == EMERGENCY) & ~rows["modality"].isin(NOT_ON_SITE)
    tally.kept = int(emergency.sum())
    return rows.loc[emergency, ["id"]]


def _read_flow(candidate: Candidate, tally: Tally) -> pd.DataFrame:
    found = []
    with as_published(candidate.file.name):
        for site in flow_sites(candidate.file):
            for activity in site.get("activitesExercees") or []:
                tally.read += 1
                if _is_emergency(activity):
                    found.append(as_text(site.get("numFinessEge")))
    tally.kept = len(found)
    return pd.DataFrame({"id": found}, dtype=str)


def _is_emergency(activity: dict) -> bool:
    general = activity.get("caracteristiquesGeneriques") or {}
    specific = (activity.get("nature") or {}).get("caracteristiquesSpecifiques") or {}
    care = specific.get("typeActiviteAMF") or {}
    return bool(
        general.get("etatObjet") == "A"
        and care.get("activiteAMF") == EMERGENCY
        and care.get("modaliteActivite") not in NOT_ON_SITE
    )


def _day_in_name(candidate: Candidate) -> str:
    found = re.search(r"(20\d\d)-?(\d\d)-?(\d\d)", candidate.file.name)
    return f"{found[3]}/{found[2]}/{found[1]}" if found else "date non indiquée dans le fichier"
