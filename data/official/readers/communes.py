"""Codes and names of communes as files write them, brought to those of the present."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

import pandas as pd

from data.base import french
from data.base.codes import ARRONDISSEMENTS, departement, plain_code

_SHORT = {"st": "saint", "ste": "sainte", "s": "sur"}


@dataclass(frozen=True)
class CommuneIndex:
    """The communes that a file is matched with.

    Attributes
    ----------
    region
        INSEE code of the region.
    communes
        Columns `code`, `name`, `postcodes`, `lon`, `lat`, `population`: those of all of France, so
        that what a file gives does not depend on the region chosen.
    codes
        Codes of the region alone: what reports count.
    mergers
        Former code to present code.
    sites
        Establishments of FINESS with a place, from the last geolocated file: columns `id`,
        `name`, `category`, `code`, `lon`, `lat`; None when none was imported.
    tvs
        Code of each territoire de vie-santé to the codes of its communes, as far as known.
    former_names
        Code of a commune that others merged into, to the names that they had, its own included.
    fringe
        Codes of the communes near the region: what is too fine for all of France stops there.
    """

    region: str
    communes: pd.DataFrame
    codes: frozenset[str]
    mergers: Mapping[str, str] = field(default_factory=dict)
    sites: pd.DataFrame | None = None
    tvs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    former_names: Mapping[str, Sequence[str]] = field(default_factory=dict)
    fringe: frozenset[str] = frozenset()

    @property
    def near(self) -> pd.DataFrame:
        """The communes of the region and of its fringe, columns as `communes`."""
        return self.communes[self.communes["code"].isin(self.codes | self.fringe)]

    @cached_property
    def present(self) -> frozenset[str]:
        """Codes of all communes."""
        return frozenset(self.communes["code"].tolist())

    @cached_property
    def people(self) -> Mapping[str, float]:
        """Code of each commune to its inhabitants, none where they are not known."""
        told = self.communes
        if "population" not in told:
            return {}
        return dict(zip(told["code"].tolist(), told["population"].tolist(), strict=True))

    @cached_property
    def departements(self) -> frozenset[str]:
        """Départements of all communes."""
        return frozenset(map(departement, self.present))

    def matched(self, codes: pd.Series) -> int:
        """Count the communes of the region among these codes, or in these départements."""
        told = set(codes.unique())
        return sum(code in told or departement(code) in told for code in self.codes)

    def settle(self, codes: pd.Series) -> pd.Series:
        """Return codes of five characters; "" where it is no code.

        Mergers are followed, and arrondissements become their city.
        """
        distinct = {code: self._present(plain_code(code)) for code in codes.unique()}
        return codes.map(distinct).astype(str)

    def _present(self, code: str) -> str:
        return ARRONDISSEMENTS.get(code) or self.mergers.get(code, code)

    def unknown(self, codes: pd.Series) -> pd.Series:
        """Return, by row, whether a code is of one of the départements and of no commune."""
        lost = {
            code
            for code in codes.unique()
            if code not in self.present and departement(code) in self.departements
        }
        return codes.isin(lost)

    @cached_property
    def renamed(self) -> Mapping[str, str]:
        """Code of a commune whose name came with a merger, to that name, folded."""
        names = dict(self._named_codes)
        folded = {code: folded_name(names[code]) for code in self.former_names if code in names}
        return {
            code: name
            for code, name in folded.items()
            if name not in map(folded_name, self.former_names[code])
        }

    @cached_property
    def postcodes(self) -> Mapping[str, Sequence[tuple[str, str]]]:
        """Postcode to the codes and names of its communes."""
        places: dict[str, list[tuple[str, str]]] = {}
        told = self.communes["postcodes"].tolist()
        for named, postcodes in zip(self._named_codes, told, strict=True):
            for postcode in postcodes.split():
                places.setdefault(postcode, []).append(named)
        return places

    def at_postcode(self, postcode: str) -> dict[str, str]:
        """Return folded name to code of the communes of a postcode, none where it is not known."""
        return {folded_name(name): code for code, name in self.postcodes.get(postcode, ())}

    def named(self, departement_code: str, name: str) -> Sequence[str]:
        """Return the codes of the communes of a département that bear a folded name."""
        if departement_code not in self._names:
            inside = self._by_departement.get(departement_code, ())
            names: dict[str, list[str]] = {}
            for code, written in inside:
                names.setdefault(folded_name(written), []).append(code)
            self._names[departement_code] = names
        return self._names[departement_code].get(name, ())

    @cached_property
    def _names(self) -> dict[str, Mapping[str, list[str]]]:
        """Département to folded name to codes, for those that were asked: to fold all is long."""
        return {}

    @cached_property
    def _by_departement(self) -> Mapping[str, Sequence[tuple[str, str]]]:
        places: dict[str, list[tuple[str, str]]] = {}
        for code, name in self._named_codes:
            places.setdefault(departement(code), []).append((code, name))
        return places

    @cached_property
    def _named_codes(self) -> Sequence[tuple[str, str]]:
        """Code and name of each commune: plain texts are ten times as fast to go through."""
        columns = (self.communes[name].tolist() for name in ("code", "name"))
        return list(zip(*columns, strict=True))


@lru_cache(maxsize=1 << 16)
def folded_name(name: str) -> str:
    """Return a commune's name for comparison: accents, hyphens and abbreviations undone."""
    words = french.fold(name).split()
    return " ".join(_SHORT.get(word, word) for word in words)
