"""Attacks on public figures: what a reader learns of each small commune from all of them."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import lil_matrix

from data.region.privacy import tenths
from data.region.rules import PUBLIC_ROUNDING_BASE

EXACT = re.compile(r"dans (\d+) des (\d+) communes")
ROUNDED = re.compile(r"dans environ (\d+) communes? sur 10, parmi les (\d+) communes")


@dataclass(frozen=True)
class Told:
    """That between `low` and `high` of these communes are flagged."""

    codes: frozenset[str]
    low: int
    high: int


def heard(text: str, codes: Collection[str]) -> list[Told]:
    """Return what a sentence tells of the communes that it speaks of."""
    found = []
    for flagged, _ in EXACT.findall(text):
        found.append(Told(frozenset(codes), int(flagged), int(flagged)))
    for share, many in ROUNDED.findall(text):
        found.append(rounded(codes, int(share), int(many)))
    return found


def rounded(codes: Collection[str], share: int, many: int) -> Told:
    """Return what a share in tenths of so many communes, rounded at random, tells of them.

    Every count is tried against every outcome of chance.
    """
    base = PUBLIC_ROUNDING_BASE
    outcomes = {
        n: {min(way, base * (many // base)) for way in (n // base * base, -(-n // base) * base)}
        for n in range(many + 1)
    }
    found = [n for n, ways in outcomes.items() if any(tenths(way, many) == share for way in ways)]
    return Told(frozenset(codes), min(found), max(found))


def identified(
    told: Iterable[Told], known: Mapping[str, int], small: Collection[str]
) -> dict[str, int]:
    """Return the small communes whose flag follows from what is told: code to 0 or 1.

    Parameters
    ----------
    told
        All public figures.
    known
        Flags that are public by themselves.
    small
        The communes that nobody may single out.

    Notes
    -----
    Each flag is minimised and maximised by a linear programme over all figures of the communes
    that some chain of figures links to it. A bound above 0 or below 1 singles the commune out.
    """
    found: dict[str, int] = {}
    for codes, figures in _linked(list(told)):
        order = sorted(codes)
        rank = {code: k for k, code in enumerate(order)}
        rows = lil_matrix((2 * len(figures), len(order)))
        limits = np.zeros(2 * len(figures))
        for k, one in enumerate(figures):
            places = [rank[code] for code in one.codes]
            rows[2 * k, places] = 1.0
            rows[2 * k + 1, places] = -1.0
            limits[2 * k], limits[2 * k + 1] = one.high, -one.low
        bounds = [(known.get(code, 0), known.get(code, 1)) for code in order]
        # Communes of the very same figures are the same to the programme: one of them is enough.
        alike: dict[frozenset[int], list[str]] = {}
        for code in sorted(codes & set(small)):
            alike.setdefault(
                frozenset(k for k, one in enumerate(figures) if code in one.codes), []
            ).append(code)
        for same in alike.values():
            code = same[0]
            for sign in (1.0, -1.0):
                aim = np.zeros(len(order))
                aim[rank[code]] = sign
                best = linprog(aim, rows.tocsr(), limits, bounds=bounds, method="highs")
                assert best.status == 0, best.message
                if sign > 0 and best.fun > 1e-6:
                    found |= dict.fromkeys(same, 1)
                if sign < 0 and -best.fun < 1 - 1e-6:
                    found |= dict.fromkeys(same, 0)
    return found


def _linked(told: list[Told]) -> list[tuple[set[str], list[Told]]]:
    """Part figures into those that share communes."""
    parts: list[tuple[set[str], list[Told]]] = []
    for one in sorted(set(told), key=lambda item: sorted(item.codes)):
        joined: tuple[set[str], list[Told]] = (set(one.codes), [one])
        others = []
        for part in parts:
            if part[0] & joined[0]:
                joined = (part[0] | joined[0], part[1] + joined[1])
            else:
                others.append(part)
        parts = [*others, joined]
    return parts
