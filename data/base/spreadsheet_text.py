"""Text that a spreadsheet shows and never runs."""

import re

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""First characters that make a spreadsheet run a text cell as a formula (OWASP, CSV injection)."""

_WIDE_STARTS = ("\uff1d", "\uff0b", "\uff0d", "\uff20", "\n")
"""Full-width forms that some spreadsheets read as = + - @, and the line feed."""

CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]|[\ud800-\udfff]")
"""Characters that XML and spreadsheets refuse."""


def safe_text(text: str) -> str:
    """Return a text that stays text in a spreadsheet: apostrophe before what starts a formula.

    Examples
    --------
    >>> safe_text("=1+1"), safe_text("  @SUM(A1)"), safe_text("L'Isle")
    ("'=1+1", "'  @SUM(A1)", "L'Isle")
    """
    clean = CONTROLS.sub("", text)
    risky = clean.startswith(_FORMULA_STARTS) or clean.lstrip().startswith(
        _FORMULA_STARTS + _WIDE_STARTS
    )
    return "'" + clean if risky or clean.startswith("\n") else clean
