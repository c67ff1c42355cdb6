"""All that a line says of its commune, and whether it agrees with itself."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from data.base.codes import departement, plain_code
from data.region import embedded_set
from data.region.gazetteer import Gazetteer, Match, Place
from data.uploads.doubt import DOUBTFUL, Doubt

_POSTCODE_FIRST = re.compile(r"^(\d{4,5})[\s,-]++(\D.*)$")
_POSTCODE_LAST = re.compile(r"[\s,-](\d{5})$")
_COUNTRY = re.compile(r",?\s?france$", re.IGNORECASE)
_IN_ADDRESS = re.compile(r"(?<!\d)(\d{5})(?!\d)[\s,-]++(\D[^\n]*+)")
_TOWN_LAST = re.compile(r"\s-\s|[,\n]")
_LONGEST = 200


_FEMININE = ("commune", "adresse")


@dataclass(frozen=True)
class Said:
    """One thing that a line says of its commune.

    Attributes
    ----------
    what
        In French: "commune « Ussel »".
    match
        The communes that it may mean.
    note
        How it was read, in French, "" for nothing.
    away
        Name and point of the commune of France, out of the region and its fringe, that a code is
        of; None for none.
    """

    what: str
    match: Match
    note: str = ""
    away: tuple[str, float, float] | None = None

    @property
    def unknown(self) -> str:
        """What is said where nothing is known of it: "commune « Ussel » inconnue"."""
        return f"{self.what} inconnu{'e' if self.what.startswith(_FEMININE) else ''}"


def of_line(cells: Mapping[str, str], gazetteer: Gazetteer, *, postcodes: bool) -> list[Said]:
    """Return what a line says of its commune, surest first.

    Parameters
    ----------
    cells
        Field to text.
    gazetteer
        Names and codes of the region and its fringe.
    postcodes
        Whether the column of codes holds postcodes.
    """
    code, postcode = cells.get("code", "")[:_LONGEST], cells.get("postcode", "")[:_LONGEST]
    commune = cells.get("commune", "")[:_LONGEST]
    note = ""
    if postcodes and code:
        note = f"« {code} » lu comme un code postal"
        postcode, code = postcode or code, ""
    postcode = _five_digits(postcode)
    if found := _POSTCODE_FIRST.match(commune):
        postcode, commune = postcode or _five_digits(found[1]), found[2]
    elif (found := _POSTCODE_LAST.search(commune)) and (name := commune[: found.start()]).strip():
        postcode, commune = postcode or found[1], name.rstrip(" ,-\t")
    there, town = _in_address(cells.get("address", "")[-_LONGEST:])
    told: list[Said] = []
    if code:
        match = gazetteer.by_code(code)
        away = None if match.places else embedded_set.points_of_france().get(plain_code(code))
        told.append(Said(f"code INSEE « {code} »", match, away=away))
    if commune:
        told.append(Said(f"commune « {commune} »", gazetteer.by_name(commune, postcode), note))
    elif town:
        told.append(Said(f"adresse à « {town} »", gazetteer.by_name(town, postcode or there)))
    if postcode or there:
        asked = postcode or there
        told.append(Said(f"code postal « {asked} »", gazetteer.by_postcode(asked), note))
    if commune and town and there:  # the address beside the commune: only to compare
        told.append(Said(f"adresse à « {town} »", gazetteer.by_name(town, there)))
    return told


def check(told: Sequence[Said], apart: Callable[[Place, Place], bool]) -> None:
    """Doubt a line of which two things surely said do not go together.

    Raises
    ------
    Doubt
        With the places that both would mean.
    """
    sure = [one for one in told if one.match.sure]
    for rank, first in enumerate(sure):
        for second in sure[rank + 1 :]:
            here, there = first.match.places[0], second.match.places[0]
            codes = {place.code for place in second.match.places}
            if here.code not in codes and apart(here, there):
                raise Doubt(
                    DOUBTFUL,
                    f"{first.what} ({here.name}) et {second.what} ({there.name}) ne vont pas "
                    "ensemble",
                    (here, there),
                )


def elsewhere(cells: Mapping[str, str], gazetteer: Gazetteer) -> bool:
    """Tell whether a line that means nothing here clearly speaks of another part of France."""
    known = {departement(code) for code in gazetteer.communes}
    codes = [plain_code(cells.get("code", "")), _five_digits(cells.get("postcode", ""))]
    there, _ = _in_address(cells.get("address", "")[-_LONGEST:])
    found = _POSTCODE_FIRST.match(cells.get("commune", "")[:_LONGEST])
    codes += [there, _five_digits(found[1]) if found else ""]
    said = [departement(code) for code in codes if code]
    return bool(said) and not known & set(said)


def _five_digits(code: str) -> str:
    """Return a postcode with the leading zero that spreadsheets take away."""
    plain = code.strip().lstrip("'’").removesuffix(".0")
    return f"0{plain}" if re.fullmatch(r"[1-9]\d{3}", plain) else plain


def _in_address(address: str) -> tuple[str, str]:
    """Return the postcode and the town of a postal address, "" for what it does not say."""
    plain = _COUNTRY.sub("", address.strip()).strip()
    if found := list(_IN_ADDRESS.finditer(plain)):
        last = found[-1]
        return last[1], re.split(r"[,\n]", last[2])[0].strip(" -")
    if alone := re.search(r"(?<!\d)(\d{5})$", plain):
        return alone[1], ""
    pieces = _TOWN_LAST.split(plain)
    return "", pieces[-1].strip() if len(pieces) > 1 else ""
