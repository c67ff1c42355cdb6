"""Codes and names of communes as files write them, brought to those of the present."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import pandas as pd

from data.base import french
from data.base.codes import ARRONDISSEMENTS, plain_code

_SHORT = {"st": "saint", "ste": "sainte", "s": "sur"}


@dataclass(frozen=True)
class CommuneIndex:
    """The communes that a file is matched with.

    Attributes
    ----------
    region
        INSEE code of the region.
    communes
        Columns `code`, `name`, `postcodes`, `lon`, `lat`: the region, then its fringe.
    codes
        Codes of the region alone.
    mergers
        Former code to present code.
    sites
        Establishments of FINESS with a place, from the last geolocated file: columns `id`,
        `name`, `category`, `code`, `lon`, `lat`; None when none was imported.
    tvs
        Code of each territoire de vie-santé to the codes of its communes, as far as known.
    former_names
        Code of a commune that others merged into, to the names that they had, its own included.
    """

    region: str
    communes: pd.DataFrame
    codes: frozenset[str]
    mergers: Mapping[str, str] = field(default_factory=dict)
    sites: pd.DataFrame | None = None
    tvs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    former_names: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @cached_property
    def departements(self) -> frozenset[str]:
        """Départements of the region."""
        return frozenset(map(departement, self.codes))

    def matched(self, codes: pd.Series) -> int:
        """Count the communes of the region among these codes, or in these départements."""
        told = set(codes.unique())
        return sum(code in told or departement(code) in told for code in self.codes)

    def settle(self, codes: pd.Series) -> pd.Series:
        """Return codes of five characters; "" where it is no code.

        Mergers are followed, and the arrondissements of a city of the region become the city.
        """
        distinct = {code: self._present(plain_code(code)) for code in codes.unique()}
        return codes.map(distinct).astype(str)

    def _present(self, code: str) -> str:
        city = ARRONDISSEMENTS.get(code, "")
        return city if city in self.codes else self.mergers.get(code, code)

    def unknown(self, codes: pd.Series) -> pd.Series:
        """Return, by row, whether a code belongs to the region but is not in the present COG."""
        lost = {
            code
            for code in codes.unique()
            if departement(code) in self.departements and code not in self.codes
        }
        return codes.isin(lost)

    @cached_property
    def renamed(self) -> Mapping[str, str]:
        """Code of a commune whose name came with a merger, to that name, folded."""
        names = dict(zip(self.communes["code"], self.communes["name"], strict=True))
        folded = {code: folded_name(names[code]) for code in self.former_names if code in names}
        return {
            code: name
            for code, name in folded.items()
            if name not in map(folded_name, self.former_names[code])
        }

    @cached_property
    def by_postcode(self) -> Mapping[str, Mapping[str, str]]:
        """Postcode to folded name to code."""
        places: dict[str, dict[str, str]] = {}
        for code, name, postcodes in zip(
            self.communes["code"], self.communes["name"], self.communes["postcodes"], strict=True
        ):
            for postcode in postcodes.split():
                places.setdefault(postcode, {})[folded_name(name)] = code
        return places

    @cached_property
    def by_name(self) -> Mapping[tuple[str, str], list[str]]:
        """Département and folded name to codes."""
        places: dict[tuple[str, str], list[str]] = {}
        for code, name in zip(self.communes["code"], self.communes["name"], strict=True):
            places.setdefault((departement(code), folded_name(name)), []).append(code)
        return places


def departement(code: str) -> str:
    """Return the département of a commune code."""
    return code[:3] if code.startswith("97") else code[:2]


def folded_name(name: str) -> str:
    """Return a commune's name for comparison: accents, hyphens and abbreviations undone."""
    words = french.fold(name).split()
    return " ".join(_SHORT.get(word, word) for word in words)
