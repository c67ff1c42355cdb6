"""What a file that no reader knows is close to: what it has, and what is missing."""

import re

from data.base import french
from data.files import headings
from data.official.readers import apl, gp_counts, population, zoning
from data.official.readers.tables import Candidate, Header, code_columns, headers, level_of

_KINDS: tuple[tuple[str, str, re.Pattern[str]], ...] = (
    (
        "d’effectifs de médecins",
        "médecins",
        re.compile(r"\b(?:medecins?|mg|medg|generalistes?|omni)"),
    ),
    ("de zonage", "zonage", re.compile(r"\b(?:zon\w+|zip|zac|classement)\b")),
    ("d’APL", "APL", re.compile(r"\bapl\b|accessibilite potentielle")),
    ("de populations", "population municipale", re.compile(r"\bpop\w*|\bpmun|\bhabitants?\b")),
    ("de structures", "numéro FINESS", re.compile(r"\bfiness\b|\bmaisons? de sante\b|\blabel")),
)
"""What a file may be, the column that makes it so, and the words that bring to mind that it is."""
_DOORS: tuple[tuple[re.Pattern[str], str], ...] = (
    (
        re.compile(r"\bspecialite"),
        "S’il s’agit de lignes de garde : « Permanence des soins », onglet « Importer ».",
    ),
    (
        re.compile(r"\bnom du site|\bautres professionnels"),
        "S’il s’agit de sites candidats : « Sites MSP ».",
    ),
)
"""Words of the headings (folded) of a file that another screen takes, and which."""
_KNOWN = {
    "médecins": gp_counts.counts_gps,
    "zonage": zoning.is_zoning,
    "APL": apl.is_apl,
    "population municipale": population.is_legal,
}
"""Column to what tells that a heading (folded) is understood as it is."""


def nearest(candidate: Candidate) -> str:
    """Return a French sentence: what the file has, what it looks like, and what it lacks."""
    found = list(headers(candidate))
    if not found:
        return "on n’y trouve aucun tableau de communes ni d’établissements."
    if (level := level_of(candidate)) and not level.startswith("commune"):
        return f"ses chiffres sont donnés par {level}, pas par commune : exportez-le par commune."
    best = max(found, key=_closeness)
    title = [cell.strip()[:40] for cell in best.table.head[best.row] if cell.strip()]
    shown = ", ".join(f"« {cell} »" for cell in title[:6])
    folded = "\n".join(map(french.fold, title))
    elsewhere = "".join(f" {told}" for words, told in _DOORS if words.search(folded))
    code = code_columns(best) is not None
    near = _near(best)
    if near:
        kind, column, names = near[0]
        asked = ", ".join(f"« {name} »" for name in names[:3])
        missing = [] if code else ["une colonne de codes INSEE de communes (code_insee)"]
        understood = any(map(_KNOWN.get(column, lambda _: False), map(french.fold, names)))
        if code or not understood:
            missing.append(f"une colonne de {column} reconnue : {asked} en est-elle une ?")
        lacking = " et ".join(missing)
        lacking += "" if lacking.endswith("?") else "."
        return (
            f"ce fichier ressemble à un tableau {kind}, mais il manque {lacking} "
            f"Ses colonnes sont {shown}.{_or_a_grid(best, kind)}{elsewhere}"
        )
    if code:
        kinds = ", ".join(column for _, column, _ in _KINDS[:4])
        return (
            f"ce fichier donne bien des communes, mais aucune colonne connue ({kinds}). Ses "
            f"colonnes sont {shown}.{elsewhere}"
        )
    return (
        "il n’est aucun des fichiers attendus : il n’y a ni code INSEE de commune, ni numéro "
        f"FINESS ; ses premières colonnes sont {shown}.{elsewhere}"
    )


def _or_a_grid(header: Header, kind: str) -> str:
    """Return what makes a grid of people of a table that has places and people, "" for others."""
    placed = header.first(*headings.LONGITUDE) is not None
    if not placed or kind != "de populations":
        return ""
    return (
        " S’il s’agit d’une grille de population, elle a un carreau par ligne, donc plusieurs "
        "lignes par commune ; s’il s’agit des populations des communes, nommez la colonne "
        "« population municipale »."
    )


def _near(header: Header) -> list[tuple[str, str, list[str]]]:
    cells = header.table.head[header.row]
    found = []
    for kind, column, words in _KINDS:
        names = [
            cells[place].strip()[:40]
            for name, place in header.columns.items()
            if words.search(name)
        ]
        if names:
            found.append((kind, column, names))
    return found


def _closeness(header: Header) -> tuple[int, int]:
    words = sum(1 for name in header.columns if french.fold(name) and not name.isdigit())
    return (2 * (code_columns(header) is not None) + len(_near(header)), words)
