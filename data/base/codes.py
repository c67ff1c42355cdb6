"""Codes of communes as people and spreadsheets write them: one function settles them all."""

import re
from collections import Counter
from collections.abc import Iterable

import pandas as pd

_SHAPE = re.compile(r"(?:\d{2}|2[AB])\d{3}")
_WRITTEN = re.compile(r"^(?:\d{4}-)?(?:COM|ARM)-")
"""Prefix of the Melodi service: "2025-COM-33063"."""
_AROUND = re.compile(r"[\s'’\"=]")
"""Blanks, and what keeps a zero in a spreadsheet: ="01001", '01001."""
_DECIMALS = re.compile(r"[.,]0+$")
ARRONDISSEMENTS = {
    **{f"751{n:02d}": "75056" for n in range(1, 21)},
    **{f"6938{n}": "69123" for n in range(1, 10)},
    **{f"132{n:02d}": "13055" for n in range(1, 17)},
}
"""Municipal arrondissements of Paris, Lyon and Marseille, to the whole commune (COG)."""
ARRONDISSEMENTS_OF = Counter(ARRONDISSEMENTS.values())
"""Whole commune to the number of its arrondissements."""


def plain_code(text: str) -> str:
    """Return the INSEE code of a commune, "" where the text is none.

    Lost zeros, ".0", ="01001", apostrophes, blanks, small letters of Corsica and prefixes of
    Melodi are put right.

    Examples
    --------
    >>> plain_code("16015.0"), plain_code("1001"), plain_code('="01001"'), plain_code("2a004")
    ('16015', '01001', '01001', '2A004')
    >>> plain_code("Total"), plain_code("19"), plain_code("16 015,00")
    ('', '', '16015')
    """
    if _SHAPE.fullmatch(text):
        return text
    clean = _WRITTEN.sub("", _AROUND.sub("", text).upper())
    clean = _DECIMALS.sub("", clean)
    if len(clean) == 4 and clean.isdigit():
        clean = f"0{clean}"
    return clean if _SHAPE.fullmatch(clean) else ""


def joined_code(departement_text: str, commune_text: str) -> str:
    """Return the INSEE code of a département and of the number of a commune in it, "" if none.

    Examples
    --------
    >>> joined_code("1", "4"), joined_code("2A", "004"), joined_code("974", "11")
    ('01004', '2A004', '97411')
    """
    start = departement_text.strip().lstrip("'").upper().removesuffix(".0")
    end = commune_text.strip().lstrip("'").removesuffix(".0")
    if len(end) == 5:  # a whole code stands there
        return plain_code(end)
    start = start.zfill(2)
    width = 5 - len(start)
    return plain_code(start + end.zfill(width)[-width:]) if end.isdigit() else ""


def departement(code: str) -> str:
    """Return the département of a commune code or of a postcode."""
    return code[:3] if code.startswith(("97", "98")) else code[:2]


def among(codes: pd.Series, known: Iterable[str]) -> pd.Series:
    """Tell which codes are among others, as `isin`: of many texts pandas asks it one by one.

    >>> among(pd.Series(["01001", "01002"]), ["01002"]).tolist()
    [False, True]
    """
    others = known.astype(object) if isinstance(known, pd.Series) else [*known]
    return codes.astype(object).isin(others)
