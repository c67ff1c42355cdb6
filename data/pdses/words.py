"""What agencies write in files of on-call lines: headings, types, statuses, crosses."""

import re
from collections.abc import Sequence

from data.base.french import fold
from data.files import headings
from data.files.document import has_no_value

FIELDS: dict[str, tuple[str, ...]] = {
    "zone": ("zone", "zone d implantation", "zone de permanence", "territoire", "bassin"),
    "departement": ("departement", "dep", "dept", "code departement", "dpt"),
    "nofinesset": (
        "nofinesset",
        "finess",
        "no finess",
        "n finess",
        "numero finess",
        "finess et",
        "n finess et",
        "no finess et",
        "finess geographique",
        "finess geo",
        "nofinesset et",
    ),
    "etablissement": (
        "etablissement",
        "etablissements",
        "nom etablissement",
        "nom de l etablissement",
        "etablissement de sante",
        "raison sociale",
        "site",
        "structure",
        "nom",
        "rs",
        "hopital",
        "nom hopital",
        "centre hospitalier",
        "nom structure",
        "nom de la structure",
        "denomination",
        "enseigne",
        "lib fs",
        "rslongue",
    ),
    "code_insee": ("code insee", "insee", "code commune", "depcom", "codgeo", "insee commune"),
    "commune": ("commune", "ville", "localite", "nom commune"),
    "code_postal": ("code postal", "cp"),
    "lon": ("lon", "long", "lng", "longitude", "x"),
    "lat": ("lat", "latitude", "y"),
    "specialite": (
        "specialite",
        "specialites",
        "specialite medicale",
        "discipline",
        "ligne",
        "ligne de pdses",
        "ligne pdses",
        "activite",
    ),
    "type_ligne": (
        "type ligne",
        "type",
        "type de ligne",
        "modalite",
        "nature",
        "nature de la ligne",
        "garde ou astreinte",
        "garde astreinte",
    ),
    "statut": ("statut", "etat", "situation", "statut de la ligne", "couverture"),
    "etablissements_partenaires": (
        "etablissements partenaires",
        "partenaires",
        "partenaire",
        "etablissement partenaire",
        "etablissements associes",
        "mutualisation",
        "mutualisee avec",
    ),
    "debut": ("debut", "date debut", "date de debut", "date d effet", "effet"),
    "fin": ("fin", "date fin", "date de fin", "echeance"),
    "commentaire": (
        "commentaire",
        "commentaires",
        "observation",
        "observations",
        "remarques",
        "periode",
        "plage horaire",
        "horaires",
    ),
}
"""Heading of the template (and a few more that place a line) to the headings seen, folded."""

_TOTALS = re.compile(r"\b(total|nombre|nb|somme|effectif)\b")
_UNTOLD = frozenset({"nc", "n c", "n a"})
"""Not told, or not concerned: neither a line, nor surely that there is none."""
_NO_LINE = _UNTOLD | {"", "non", "0", "neant", "so", "sans objet", "aucune", "aucun"}
_CROSSES = frozenset({"x", "oui", "1", "ok", "o"})
_NOT_HELD = re.compile(
    r"\b(?:non|pas|plus)(?: (?:encore|toujours|ete|totalement|entierement))* "
    r"(?:assur|pourvu|tenu|couvert|honor)"
)
_DENIED = re.compile(
    r"\b(?:non|pas|plus|sans|hors|ni|fin)(?: (?:de|d|la|en|sous|est|encore))* "
    r"(?:carence|vacan|decouvert|suspen|requi|mutualis|partage)\w*"
    r"|\bcarences? (?:\w+ )?(?:levee?s?|resolue?s?|terminee?s?|comblee?s?)\b"
)
"""A status that a text denies: neither that one, nor surely another."""
_HOURS = re.compile(r"\d{1,2}h?\d{0,2}")
"""Hours and halves beside an abbreviation: "G 24h/24", "1/2 A"."""
_COUNT = re.compile(r"\d{1,2}(?:[.,]5)?")
_BETWEEN = re.compile(r"[+;\n]|(?<!\d),|,(?!\d)|\set\s|(?<!\d)/(?!\d)")
"""What parts the lines of a cell: neither "0,5 garde" nor "24h/24" is two."""
_COUNT_OF = re.compile(r"(\d(?:[.,]5)?)(?:\s+|\s*[x×*]\s*)([^\W\d]{1,3}|[^\W\d]{4,}.*)")
"""A number of lines, then their type: "2 AS", "0,5 garde"; not "24h/24"."""
_TOTAL_ROW = re.compile(r"^(?:sous )?(?:total|totaux)\b|^ensemble$")
_STATUS_STEMS = (
    ("carence", r"\b(carence|vacant|decouvert|suspendu)"),
    ("réquisition", r"\brequi"),
    ("mutualisée", r"\b(mutualis|partage)"),
    ("assurée", r"\b(assur|tenu|pourvu|couvert|activ|honore|oui$|ok$)"),
)


def recognise(heading: Sequence[str]) -> dict[str, int]:
    """Return field to position of the first column that bears one of its headings."""
    return headings.recognise(heading, FIELDS)


def line_type(text: str) -> str:
    """Return the type of line that a text names, "" when it names none of ours.

    Examples
    --------
    >>> line_type("Astreinte opérationnelle"), line_type("1/2 garde"), line_type("A WE")
    ('astreinte', 'demi-garde', 'astreinte week-end')
    """
    folded = f" {fold(text)} "
    # A lone letter is an abbreviation in a short cell, a word of the language in a sentence.
    letters = len([word for word in folded.split() if not _HOURS.fullmatch(word)]) <= 2
    half = bool(re.search(r" (demi|1 2|d[ga]) |½", folded + text))
    weekend = bool(re.search(r" (week end|weekend|we|fin de semaine) ", folded))
    guard = bool(re.search(r" (gardes?|sur place) ", folded))
    guard |= letters and bool(re.search(r" (d?g|gsp|gs) ", folded))
    on_call = bool(re.search(r" (ast|astr|astreintes?|a domicile) ", folded))
    on_call |= letters and bool(re.search(r" (d?a|ao|as|aso|ado) ", folded))
    if guard == on_call:
        return ""
    if guard:
        return "" if weekend else "demi-garde" if half else "garde"
    return "astreinte week-end" if weekend else "demi-astreinte" if half else "astreinte"


def line_status(text: str) -> str:
    """Return the status that a text names, "" when it names none.

    Examples
    --------
    >>> line_status("Ligne non assurée"), line_status("Mutualisée avec Tulle"), line_status("?")
    ('carence', 'mutualisée', '')
    >>> line_status("Pas de carence"), line_status("Non mutualisée, assurée")
    ('', 'assurée')
    """
    folded = fold(text)
    if _NOT_HELD.search(folded):
        return "carence"
    said = _DENIED.sub(" ", folded)
    return next((s for s, stems in _STATUS_STEMS if re.search(stems, said)), "")


def is_untold(text: str) -> bool:
    """Tell whether a cell of a wide table says neither a line nor that there is none.

    Examples
    --------
    >>> is_untold("NC"), is_untold("N.A."), is_untold("Néant")
    (True, True, False)
    """
    return fold(text) in _UNTOLD


def is_cross(text: str) -> bool:
    """Tell whether a cell of a wide table only says that there is a line."""
    return fold(text) in _CROSSES or text.strip() in {"✓", "✔", "☑", "●", "•"}


def pieces(cell: str) -> list[str]:
    """Return the lines that a cell of a wide table names: "garde + astreinte" names two.

    Examples
    --------
    >>> pieces("Garde + astreinte (mutualisée)"), pieces("0,5 garde"), pieces("-")
    (['Garde', 'astreinte (mutualisée)'], ['0,5 garde'], [])
    """
    if fold(cell) in _NO_LINE and not is_cross(cell):
        return []
    parts = [part.strip() for part in _BETWEEN.split(cell)]
    kept = [part for part in parts if fold(part) not in _NO_LINE or is_cross(part)]
    typed = [part for part in kept if line_type(part)]
    # "astreinte, mutualisée" is one line told in two words, not two lines.
    return kept if len(typed) == len(kept) or len(kept) == 1 else [cell]


def counted(cell: str, kind: str) -> list[str]:
    """Return the lines that a number says, under a heading that tells their type or before it.

    Examples
    --------
    >>> counted("2", "garde"), counted("0,5", "astreinte"), counted("1.5", "garde")
    (['garde', 'garde'], ['demi-astreinte'], ['garde', 'demi-garde'])
    >>> counted("2", ""), counted("x", "garde"), counted("24h/24 garde", "")
    ([], [], [])
    >>> counted("2 AS", ""), counted("1,5 garde", "astreinte")
    (['AS', 'AS'], ['garde', 'demi-garde'])
    """
    if (told := _COUNT_OF.fullmatch(cell.strip())) and line_type(told[2]):
        number = float(told[1].replace(",", "."))
        return [told[2]] * int(number) + [f"demi-{told[2]}"] * bool(number % 1)
    if not kind or not _COUNT.fullmatch(cell.strip()):
        return []
    number = float(cell.strip().replace(",", "."))
    half = [f"demi-{kind}"] if number % 1 and kind in {"garde", "astreinte"} else []
    return [kind] * int(number) + half


def says_line(cell: str) -> bool:
    """Tell whether a cell of a wide table can be read: nothing, a cross, or lines."""
    if has_no_value(cell) or _COUNT.fullmatch(cell.strip()):
        return True
    named = pieces(cell)
    return not named or all(is_cross(p) or line_type(p) or line_status(p) for p in named)


def split_heading(heading: str) -> tuple[str, str]:
    """Return specialty and type of a heading of a wide table; the type is "" when not told.

    Examples
    --------
    >>> split_heading("Cardiologie (astreinte)"), split_heading("Anesthésie-réanimation")
    (('Cardiologie', 'astreinte'), ('Anesthésie-réanimation', ''))
    """
    text = " ".join(heading.split())
    body = text.removesuffix(")")
    last = max(map(body.rfind, "–:/()"))
    hyphens = [last + 1 + k for k, letter in enumerate(body[last + 1 :]) if letter == "-"]
    # The type is the end without separator; a hyphen in it may be its own.
    places = [] if len(hyphens) > 1 or body[last : last + 1] in {"", ")"} else [last]
    for place in (*places, *hyphens[-2:]):
        if place > 0:
            kind = line_type(body[place + 1 :])
            return (body[:place].strip(), kind) if kind else (text, "")
    return text, ""


def is_total_row(establishment: str) -> bool:
    """Tell whether what stands under the establishments names a total of them.

    Examples
    --------
    >>> is_total_row("Sous-total Corrèze"), is_total_row("CH Totalet")
    (True, False)
    """
    return bool(_TOTAL_ROW.search(fold(establishment)))


def is_total(heading: str) -> bool:
    """Tell whether a heading is that of a count, not of a specialty."""
    return bool(_TOTALS.search(fold(heading)))
