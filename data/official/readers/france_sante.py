"""Structures with the France Santé label: directory extract, or list of FINESS numbers."""

import re

import pandas as pd

from data.base import french
from data.base.codes import departement
from data.files.cells import numbers
from data.files.years import ended
from data.official.readers.communes import CommuneIndex, folded_name
from data.official.readers.rows import only_once
from data.official.readers.structures import as_structures, placed
from data.official.readers.tables import Candidate, Header, headers
from data.official.readers.tally import ReadResult, Tally, require_rows
from data.region.rules import LABEL_CODE
from geo.errors import InvalidInputError

_LABELLED = re.compile(rf"^(?:{LABEL_CODE}|o|oui|vrai|true|1|x)$|france sante|^labell?is")
_IS_LABELLED = re.compile(
    r"^(?:est |structure |statut )?labell?is(?:ee?s?|ation)?\b(?! le\b| depuis\b)"
)
"""A heading of a column that tells whether a place is labelled; that of a date does not."""
_DENIED = re.compile(r"^n$|\b(?:non|pas|refus\w*|sans)\b")
_OVER = re.compile(r"\b(?:retir\w*|retrait|suspen\w*|fin|perdu\w*|ex|echue?|expire\w*|abroge\w*)\b")
_NO_MORE = "label France Santé suspendu, retiré ou échu"
_PENDING = re.compile(
    r"\b(?:cours|demande|candidat\w*|projet|instruction|futur\w*|attente|a venir)\b"
)
"""Read whole: "Non labellisée" is no label, "en cours" not yet, "suspendu" no more."""
_FINESS = ("numero finess", "finess", "nofinesset", "numero finess site", "numero finess et",
           "n finess", "finess et", "finess geographique")  # fmt: skip
_UNTIL = ("date de retrait", "date retrait", "date de retrait du label", "date de fin",
          "date fin", "date de fin de label", "date de fin de validite", "fin de validite",
          "valable jusqu au", "date d echeance")  # fmt: skip
"""Headings of the day that a label ends."""
_NAME = ("raison sociale", "nom", "denomination", "structure", "nom structure",
         "nom de la structure", "rs", "rslongue", "nom etablissement", "libelle")  # fmt: skip
_INSEE = ("code insee", "code commune", "code insee commune", "insee", "code commune insee")


def recognise(candidate: Candidate) -> str | None:
    """Return the key of the source that the file looks like, or None."""
    return "france_sante" if _find(candidate) is not None else None


def read(candidate: Candidate, index: CommuneIndex) -> ReadResult:
    """Return the labelled structures.

    Raises
    ------
    InvalidInputError
        No row holds the label, or none can be placed.
    """
    header = _find(candidate)
    if header is None:
        raise InvalidInputError(f"« {candidate.file.name} » ne cite aucune structure labellisée.")
    name, tally, label = candidate.file.name, Tally(), _label(header)
    rows = _rows(header, label)
    tally.read = len(rows)
    tally.refuse_malformed(header.table)
    rows = _labelled(rows, tally, told=label is not None)
    # FINESS numbers: readable, each once.
    rows["id"] = rows["id"].str.zfill(9)
    wrong = ~rows["id"].str.fullmatch(r"\d[\dAB]\d{7}")
    tally.refuse(rows[wrong], "numéro FINESS illisible")
    rows = only_once(rows[~wrong], tally, "id", "structure déjà lue plus haut")
    require_rows(len(rows), name, "structures labellisées France Santé")
    rows = _standing(rows, index, tally, name)
    require_rows(len(rows), name, "structures que l’on puisse placer")
    tally.kept = len(rows)
    # The name alone bears a date.
    found = re.search(r"(20\d\d)-?(\d\d)-?(\d\d)", name)
    day = f"{found[3]}/{found[2]}/{found[1]}" if found else "date non indiquée dans le fichier"
    return ReadResult(
        {"structures": as_structures(rows.assign(kind="france_sante"), labelled=True)},
        {"structures": day},
        tally,
        kinds=("france_sante",),
    )


def _rows(header: Header, label: int | None) -> pd.DataFrame:
    """Return the columns that are read, under any of their headings; "" where one is absent."""
    rows = header.rows(
        id=header.first(*_FINESS),
        label=label,
        name=header.first(*_NAME),
        code=header.first(*_INSEE),
        town=header.first("commune", "ville", "nom commune", "localite"),
        lon=header.first("longitude", "lon"),
        lat=header.first("latitude", "lat"),
        until=header.first(*_UNTIL),
    )
    columns = ["id", "label", "name", "code", "town", "lon", "lat", "until"]
    return rows.reindex(columns=columns, fill_value="")


def _labelled(rows: pd.DataFrame, tally: Tally, *, told: bool) -> pd.DataFrame:
    """Return the rows whose label holds, the others refused; `told`: whether a column tells it."""
    if told:  # a label asked for, or refused, is none
        said = rows["label"].map(french.fold)
        pending = said.str.contains(_PENDING)
        over = ~pending & ~said.str.contains(_DENIED) & said.str.contains(_OVER)
        denied = ~pending & ~over & (said.str.contains(_DENIED) | ~said.str.contains(_LABELLED))
        tally.refuse(rows[pending], "label France Santé demandé ou en cours, pas encore obtenu")
        tally.refuse(rows[over], _NO_MORE)
        tally.refuse(rows[denied], "sans label France Santé")
        rows = rows[~pending & ~over & ~denied]
    lapsed = ended(rows["until"])
    tally.refuse(rows[lapsed], _NO_MORE)
    return rows[~lapsed]


def _standing(rows: pd.DataFrame, index: CommuneIndex, tally: Tally, name: str) -> pd.DataFrame:
    """Return the rows with their place: by the FINESS number, else by the commune named.

    Raises
    ------
    InvalidInputError
        None says its commune, and FINESS is not imported.
    """
    rows = _named_towns(_joined_to_finess(rows, index), index)
    unknown = rows["code"] == ""
    if index.sites is None and unknown.any():
        if unknown.all():
            raise InvalidInputError(
                f"« {name} » donne des numéros FINESS sans commune : importez d’abord, ou en même "
                "temps, le fichier FINESS géolocalisé (etalab-cs1100507 ou FINESS+ structures)."
            )
        tally.remarks.append(
            "le fichier FINESS géolocalisé placerait d’autres structures : importez-le, puis ce "
            "fichier de nouveau"
        )
    tally.refuse(rows[unknown], "numéro FINESS inconnu et commune non donnée")
    return placed(rows[~unknown], index, tally)


def _find(candidate: Candidate) -> Header | None:
    called = "france sante" in french.fold(candidate.file.name)
    for header in headers(candidate):
        titles = " ".join(" ".join(cells) for cells in header.table.head[: header.row + 1])
        named = called or "france sante" in french.fold(titles)
        if header.first(*_FINESS) is not None and (named or _label(header) is not None):
            return header
    return None


def _label(header: Header) -> int | None:
    for words in (("label",), ("niveau", "expertise"), ("france", "sante")):
        for name, position in header.columns.items():
            if set(words) <= set(name.split()):
                return position
    said = (p for name, p in header.columns.items() if _IS_LABELLED.match(name))
    return next(said, None)


def _named_towns(rows: pd.DataFrame, index: CommuneIndex) -> pd.DataFrame:
    """Complete the commune from its name, where one of the département of the number bears it."""
    found = [
        index.named(departement(number), folded_name(town)) if town else ()
        for number, town in zip(rows["id"], rows["town"], strict=True)
    ]
    named = pd.Series([codes[0] if len(codes) == 1 else "" for codes in found], rows.index)
    return rows.assign(code=rows["code"].where(rows["code"] != "", named))


def _joined_to_finess(rows: pd.DataFrame, index: CommuneIndex) -> pd.DataFrame:
    """Complete name, commune and position from FINESS, where the file does not give them."""
    rows = rows.assign(
        lon=numbers(rows["lon"]), lat=numbers(rows["lat"]), code=index.settle(rows["code"])
    )
    if index.sites is None:
        return rows
    known = index.sites.set_index("id").reindex(rows["id"]).set_axis(rows.index)
    for column in ("name", "code"):
        rows[column] = rows[column].where(rows[column] != "", known[column].fillna(""))
    for column in ("lon", "lat"):
        rows[column] = rows[column].fillna(known[column])
    return rows
