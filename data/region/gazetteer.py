"""Names of communes as people write them in files: understood, and told apart."""

import re
from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import pandas as pd
from rapidfuzz import fuzz, process

from data.base.codes import plain_code
from data.base.french import fold
from data.region import arrondissements, embedded_set

_ABBREVIATIONS = {
    "st": "saint",
    "ste": "sainte",
    "sts": "saints",
    "stes": "saintes",
    "s": "sur",
    "ss": "sous",
    "lez": "les",
    "mt": "mont",
    "nd": "notre dame",
    "gd": "grand",
    "gde": "grande",
    "chat": "chateau",
    "bg": "bourg",
    "vx": "vieux",
}
_LINKS = frozenset({"le", "la", "les", "l", "de", "du", "des", "d", "en", "et", "a", "au", "aux"})
_NOISE = re.compile(
    r"\bcedex\b(\s*\d{1,2}\b)?|^(commune|ville|mairie)\s+(de\s+|du\s+|d\s*['’]\s*)", re.IGNORECASE
)
_DEPARTEMENT = re.compile(r"[(\[,/-]\s*+(\d{2}|2[AB]|97\d)\s*+(?:[)\]]\s*+)?$", re.IGNORECASE)
_ARTICLE_LAST = re.compile(r"[(,]\s*+(les|le|la|l['’]?)\s*+(?:\)\s*+)?$", re.IGNORECASE)
_POSTCODE = re.compile(r"^\d{5}$")

CLOSE_SCORE = 84.0
"""Likeness (rapidfuzz, 0 to 100) above which another name is offered as a candidate."""
SURE_SCORE = 90.0
"""Likeness above which a name is taken as a misspelling when the postcode agrees."""
_CANDIDATES = 6
_LONGEST_NAME = 200
"""Characters; the longest name of a commune has 45. What is longer is no name, and slow."""


@dataclass(frozen=True)
class Place:
    """A commune that a name may mean.

    Attributes
    ----------
    code
        INSEE code.
    name, label
        Name; name with what tells it from its namesakes, in French.
    lon, lat
        Its point, degrees, WGS84.
    population
        Inhabitants.
    inside
        Whether it lies in the region (else in its fringe).
    """

    code: str
    name: str
    label: str
    lon: float
    lat: float
    population: float
    inside: bool = True


@dataclass(frozen=True)
class Match:
    """Communes that a name, a code or a postcode may mean.

    Attributes
    ----------
    places
        Candidates, likeliest first; none when nothing is close.
    sure
        True when the first one is meant.
    note
        What was understood differently from what was written, in French, "" for nothing.
    """

    places: tuple[Place, ...]
    sure: bool = False
    note: str = ""


def name_key(name: str) -> str:
    """Return a name without accents, case, abbreviations and postal additions, for comparison.

    Examples
    --------
    >>> name_key("St-Léonard s/ Noblat CEDEX 2"), name_key("ROCHELLE (LA)")
    ('saint leonard sur noblat', 'la rochelle')
    """
    text = _NOISE.sub(" ", name.strip())
    text = _DEPARTEMENT.sub("", text)
    if last := _ARTICLE_LAST.search(text):
        text = f"{last[1]} {text[: last.start()].rstrip(' ,')}"
    text = re.sub(r"\bs\s*/\s*s(?:\s*/|\b)", " sous ", text, flags=re.IGNORECASE)
    text = re.sub(r"\bs(?:/|\.\s)\s*", " sur ", text, flags=re.IGNORECASE)
    text = re.sub(r"\bn\.?\s*+(?:-\s*+)?d\.\s*", " nd ", text, flags=re.IGNORECASE)
    return " ".join(_ABBREVIATIONS.get(word, word) for word in fold(text).split())


def _compact(key: str) -> str:
    """Return a key without its linking words: "saint pierre d oleron" as "saint pierre oleron"."""
    return " ".join(word for word in key.split() if word not in _LINKS) or key


class Gazetteer:
    """Communes of a region and of its fringe, with their postcodes.

    Parameters
    ----------
    communes, fringe
        Tables of the schema `communes`; only names, codes, points and populations are used.
    mergers
        Former INSEE code to present one.
    former_names
        Present INSEE code to the names of the communes merged into it.
    """

    def __init__(
        self,
        communes: pd.DataFrame,
        fringe: pd.DataFrame,
        mergers: Mapping[str, str],
        former_names: Mapping[str, Sequence[str]],
    ) -> None:
        self._mergers = dict(mergers)
        self.communes: dict[str, Place] = {}
        self._postcodes: dict[str, list[str]] = defaultdict(list)
        self._postcodes_of: dict[str, tuple[str, ...]] = {}
        self._departements: dict[str, str] = {}
        self._by_key: dict[str, list[str]] = defaultdict(list)
        self._by_compact: dict[str, list[str]] = defaultdict(list)
        for table, inside in ((communes, True), (fringe, False)):
            plain = pd.DataFrame(table).drop(columns="geometry", errors="ignore")
            for row in plain.to_dict("records"):
                self._add(row, inside=inside)
        self._by_former: dict[str, list[str]] = defaultdict(list)
        for code, names in former_names.items():
            for key in {name_key(name) for name in names} - {name_key(self.communes[code].name)}:
                self._by_former[key].append(code)

    def _add(self, row: dict[Hashable, Any], *, inside: bool) -> None:
        code, name, departement = row["code"], row["name"], row["departement"]
        postcodes = tuple(row["postcodes"].split())
        label = f"{name} ({postcodes[0] if postcodes else departement})"
        point = (float(row["lon"]), float(row["lat"]), float(row["population"]))
        self.communes[code] = Place(code, name, label, *point, inside)
        self._departements[code] = departement
        self._postcodes_of[code] = postcodes
        for postcode in postcodes:
            self._postcodes[postcode].append(code)
        key = name_key(name)
        self._by_key[key].append(code)
        self._by_compact[_compact(key)].append(code)

    def by_code(self, code: str) -> Match:
        """Return the commune of an INSEE code, former codes and lost leading zeros included."""
        clean = plain_code(code) or code.strip()
        if clean in self.communes:
            return Match((self.communes[clean],), sure=True)
        city = arrondissements.city_of(clean)
        if city in self.communes:
            return Match((self.communes[city],), True, arrondissements.understood(clean))
        present = self._mergers.get(clean, "")
        if present in self.communes:
            place = self.communes[present]
            return Match(
                (place,), True, f"ancien code {clean}, aujourd’hui {place.name} ({present})"
            )
        return Match(())

    def by_postcode(self, postcode: str) -> Match:
        """Return the communes of a postcode, most populated first; sure when there is only one."""
        codes = self._postcodes.get(_postcode(postcode), [])
        places = _by_population([self.communes[code] for code in codes])
        return Match(tuple(places), sure=len(places) == 1)

    def by_name(self, name: str, postcode: str = "", departement: str = "") -> Match:
        """Return the communes that a name may mean.

        Parameters
        ----------
        name
            As written: accents, case, "St", "s/", "(19)", "Cedex" do not matter.
        postcode, departement
            What tells namesakes apart, "" when not given; a postcode that contradicts the name
            makes it doubtful.
        """
        if len(name) > _LONGEST_NAME:
            return Match(())
        key = name_key(name)
        hint = _DEPARTEMENT.search(name)
        departement = departement or (hint[1].upper() if hint else "")
        postcode = _postcode(postcode)
        if not key:
            return Match(())
        part = arrondissements.named(name)
        if part is not None and part.city in self.communes:
            told = self._told_apart([part.city], postcode, departement, "")
            return replace(told, note=told.note or arrondissements.understood(part.code))
        for codes, note in (
            (self._by_key.get(key, []), ""),
            (self._by_former.get(key, []), "ancienne commune, aujourd’hui dans"),
            (self._by_compact.get(_compact(key), []), "lu comme"),
        ):
            if codes:
                return self._told_apart(codes, postcode, departement, note)
        return self._close(key, postcode, departement)

    def _told_apart(self, codes: list[str], postcode: str, departement: str, note: str) -> Match:
        agreeing = [code for code in codes if self._agrees(code, postcode, departement)]
        places = _by_population([self.communes[code] for code in agreeing or codes])
        inside = [place for place in places if place.inside]
        if agreeing and len(inside) == 1 and len(places) > 1 and not (postcode or departement):
            others = ", ".join(place.label for place in places[1:_CANDIDATES])
            return Match(tuple(places), True, f"homonyme hors de la région : {others}")
        if len(agreeing) == 1 and (inside or postcode or departement):
            return Match(tuple(places), True, f"{note} {places[0].name}" if note else "")
        if agreeing:
            many = len(agreeing) > 1
            reason = "plusieurs communes portent ce nom" if many else "commune hors de la région"
            near = () if inside else self._close(name_key(places[0].name), "", "").places
            return Match(tuple(dict.fromkeys((*places, *near)))[:_CANDIDATES], note=reason)
        there = _by_population([self.communes[code] for code in self._postcodes.get(postcode, [])])
        return Match(
            (*places, *there)[:_CANDIDATES],
            note="le nom et le code postal (ou le département) ne vont pas ensemble",
        )

    def _agrees(self, code: str, postcode: str, departement: str) -> bool:
        if departement and self._departements[code] != departement:
            return False
        # CEDEX postcodes belong to no commune: only their département can be compared.
        if postcode in self._postcodes:
            return postcode in self._postcodes_of[code]
        return not postcode or code.startswith(postcode[:2]) or postcode[:2] == "20"

    def _close(self, key: str, postcode: str, departement: str) -> Match:
        found = process.extract(
            key, list(self._by_key), scorer=fuzz.WRatio, limit=30, score_cutoff=CLOSE_SCORE
        )
        scored = [
            (score, code)
            for name, score, _ in found
            for code in self._by_key[name]
            if self._agrees(code, postcode, departement)
        ]
        # WRatio favours parts of names; plain likeness orders the candidates.
        scored = sorted(
            ((fuzz.ratio(key, name_key(self.communes[code].name)), code) for _, code in scored),
            reverse=True,
        )[:_CANDIDATES]
        places = tuple(self.communes[code] for _, code in scored)
        if places and scored[0][0] >= SURE_SCORE and postcode in self._postcodes:
            return Match(places, True, f"lu comme {places[0].name}")
        return Match(places, note="nom inconnu ; noms voisins proposés" if places else "")


def _postcode(text: str) -> str:
    clean = text.strip().removesuffix(".0").replace(" ", "")
    clean = clean.zfill(5) if clean.isdigit() and len(clean) == 4 else clean
    return clean if _POSTCODE.match(clean) else ""


def _by_population(places: list[Place]) -> list[Place]:
    return sorted(places, key=lambda place: (not place.inside, -place.population, place.code))


@lru_cache(maxsize=4)
def gazetteer(region: str = embedded_set.DEFAULT_REGION) -> Gazetteer:
    """Return the gazetteer of a region's embedded set."""
    return Gazetteer(
        embedded_set.communes(region),
        embedded_set.fringe(region),
        embedded_set.mergers(region),
        embedded_set.former_names(region),
    )
