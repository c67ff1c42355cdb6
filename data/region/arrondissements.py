"""Municipal arrondissements of Paris, Lyon and Marseille: parts of a city, never communes.

Official codes, names and postcodes speak of them; what is known by commune is of the whole city.
"""

import re
from types import MappingProxyType
from typing import NamedTuple

from data.base.codes import ARRONDISSEMENTS
from data.base.french import fold, ordinal

CITIES = MappingProxyType({"75056": "Paris", "69123": "Lyon", "13055": "Marseille"})
"""INSEE code of each city to its name."""
_POSTCODES = MappingProxyType({"75056": "750", "69123": "690", "13055": "130"})
"""First figures of the postcodes of each city; the two last are the arrondissement."""
_NAMED = re.compile(
    r"(?P<city>paris|lyon|marseille) 0?(?P<rank>\d{1,2}) ?(?:er|e|eme|ere)?(?: arr\w*)?"
)
_NAMED_LAST = re.compile(
    r"0?(?P<rank>\d{1,2}) ?(?:er|e|eme|ere)?(?: arr\w*)? (?:de |d )?(?P<city>paris|lyon|marseille)"
)
WHOLE = "chiffres de la ville entière"
"""What tells, where an arrondissement is found, what its figures are of."""
WHOLE_CITY = (
    "Chiffres de la ville entière : ses arrondissements ne sont pas des communes, et médecins, "
    "habitants et temps d’accès ne sont connus ici que par commune."
)
"""Why, on the sheet of a city."""


class Arrondissement(NamedTuple):
    """An arrondissement: its code, its name, its postcode, and the city that it is a part of."""

    code: str
    name: str
    postcode: str
    city: str


def _of(code: str, city: str) -> Arrondissement:
    rank = int(code[-2:]) if city != "69123" else int(code[-1])
    name = f"{CITIES[city]} {ordinal(rank)} arrondissement"
    return Arrondissement(code, name, f"{_POSTCODES[city]}{rank:02d}", city)


ALL = tuple(_of(code, city) for code, city in ARRONDISSEMENTS.items())
"""In the order of their codes, city by city."""
_BY_RANK = MappingProxyType({(fold(CITIES[one.city]), int(one.postcode[-2:])): one for one in ALL})


def named(name: str) -> Arrondissement | None:
    """Return the arrondissement that a name means, None where it means none.

    >>> [named(one).code for one in ("Paris 15e", "LYON 3EME ARRONDISSEMENT", "Marseille 08")]
    ['75115', '69383', '13208']
    >>> named("Paris"), named("Lyon 12"), named("Parisot 3")
    (None, None, None)
    """
    folded = fold(name)
    found = _NAMED.fullmatch(folded) or _NAMED_LAST.fullmatch(folded)
    return _BY_RANK.get((found["city"], int(found["rank"]))) if found else None


def city_of(code: str) -> str:
    """Return the city of which a code is an arrondissement, the code itself for any other."""
    return ARRONDISSEMENTS.get(code, code)


def understood(code: str) -> str:
    """Return what is said where an arrondissement was read as its city, in French."""
    return f"arrondissement {code}, compté dans la ville entière"
