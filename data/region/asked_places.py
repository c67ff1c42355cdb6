"""A place as an address names it: by its code or its name, here or, for some, elsewhere."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from data.base.codes import departement, plain_code
from data.base.french import fold, joined
from data.region import arrondissements, embedded_set, france
from data.region.search import spelled

LONGEST = 80
"""Characters of a name that is looked for."""
_MOST_NAMED = 4
"""Homonyms that are told."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_DETAIL = re.compile(r" \([^()]*\)$")
"""What tells a name from its homonyms where one chooses among names."""
_NONE = {
    "epci": "Aucun EPCI",
    "tvs": "Aucun territoire de vie-santé",
    "bassin_de_vie": "Aucun bassin de vie",
    "cpts": "Aucune CPTS",
    "departement": "Aucun département",
    "region": "Aucune région",
}
_WHOLE = ("departement", "region")
"""Levels whose names are written whole."""


@dataclass(frozen=True)
class Asked:
    """What an address asks for: a place in its region, or what to say where there is none."""

    code: str = ""
    region: str = ""
    told: str = ""


@cache
def _codes() -> frozenset[str]:
    return frozenset(embedded_set.all_codes())


def region_of(code: str) -> str:
    """Return the region of a commune or département by its code, "" where there is none."""
    return france.REGION_OF.get(departement(code), "")


def region_named(asked: str) -> str:
    """Return the code of the region that a text names, "" where it names none.

    >>> region_named("Île-de-France"), region_named("bretagne"), region_named("France")
    ('11', '53', 'FR')
    >>> region_named("Poitou")
    ''
    """
    names = {fold(name): code for code, name in (france.NAMES | {france.WHOLE: "France"}).items()}
    return names.get(fold(asked[:LONGEST]), "")


def commune(asked: str, region: str, *, anywhere: bool) -> Asked:
    """Return the commune that a text means.

    Parameters
    ----------
    asked
        INSEE code (of a former commune too, or of an arrondissement) or name.
    region
        Where it is looked for.
    anywhere
        Whether it may be in another region: the address names none.
    """
    code = arrondissements.city_of(plain_code(asked))
    return _by_code(code, region, anywhere) if code else _by_name(asked, region, anywhere)


def departements(region: str) -> dict[str, str]:
    """Return code and name of the départements of a region that is built."""
    table = embedded_set.departements(region)
    kept = table[table["region"] == region] if region != france.WHOLE else table
    return dict(zip(kept["code"].astype(str), kept["name"].astype(str), strict=True))


def one_of(asked: str, level: str, names: Mapping[str, str], region: str) -> Asked:
    """Return the territory of a level that a text means, by its code or its name.

    A part of a name is enough where it is that of one only ("Grand Guéret" is the "CA du Grand
    Guéret"), but of a département or a region: the Lot is not Lot-et-Garonne.

    Parameters
    ----------
    asked
        Code or name.
    level
        "epci", "departement"…: none of communes, which `commune` finds.
    names
        Code to name of the territories of this level.
    region
        Where they are.
    """
    said = _CONTROL.sub(" ", asked[:LONGEST]).strip()
    for code in (said, said.upper(), said.zfill(2)):
        if code in names:
            return Asked(code, region)
    wanted = spelled(said)
    written = {code: spelled(_DETAIL.sub("", name)) for code, name in names.items()}
    found = [code for code, name in written.items() if name == wanted]
    if not found and wanted and level not in _WHOLE:
        found = [code for code, name in written.items() if f" {wanted} " in f" {name} "]
    if len(found) == 1:
        return Asked(found[0], region)
    where = f" {france.within(france.name(region))}" if region in _KNOWN else ""
    if not found:
        called = "n’a le code" if said.isdecimal() else "ne s’appelle"
        return Asked(told=f"{_NONE[level]} {called} « {said} »{where}.")
    return Asked(
        told=f"« {said} »{where} peut être {_listed([(one, names[one]) for one in found], 'ou')}. "
        "Écrivez son code dans l’adresse, ou choisissez."
    )


def sheet(
    asked: str, level: str, region: str, names: Mapping[str, str], *, anywhere: bool
) -> Asked:
    """Return the territory of a level that a text means; see `commune` and `one_of`."""
    if level == "commune":
        return commune(asked, region, anywhere=anywhere)
    named = asked if asked in _KNOWN else region_named(asked)
    if level == "region" and anywhere and named:
        return Asked(named, named)
    return one_of(asked, level, names, region)


def several(asked: Iterable[str], level: str, region: str, names: Mapping[str, str]) -> list[Asked]:
    """Return the territories of a level that texts mean, each once, and what means none."""
    found = (sheet(one, level, region, names, anywhere=False) for one in asked)
    return list(dict.fromkeys(found))


def _listed(found: list[tuple[str, str]], word: str = "et") -> str:
    """Return the names of places with their codes; those that are left out are counted."""
    # "1 autre" would take the place of its name: one more is named.
    shown = len(found) if len(found) <= _MOST_NAMED + 1 else _MOST_NAMED
    listed = [f"{name} ({code})" for code, name in found[:shown]]
    more = len(found) - shown
    return joined([*listed, *([f"{more} autres"] if more else [])], word)


def _is_in(code: str, region: str) -> bool:
    return region in (france.WHOLE, region_of(code))


def _by_code(code: str, region: str, anywhere: bool) -> Asked:
    now = code if code in _codes() else embedded_set.all_mergers().get(code, "")
    if not now:
        return Asked(
            told=f"Aucune commune n’a le code {code}, que donne cette adresse : cherchez-la par "
            "son nom."
        )
    if _is_in(now, region):
        return Asked(now, region)
    if anywhere:
        return Asked(now, region_of(now))
    names = embedded_set.everywhere().set_index("code")["name"]
    elsewhere = france.name(region_of(now))
    return Asked(
        told=f"{names[now]} ({now}), que donne cette adresse, n’est pas "
        f"{france.within(france.name(region))} mais {france.within(elsewhere)} : changez de région "
        "en haut de l’écran."
    )


def _by_name(asked: str, region: str, anywhere: bool) -> Asked:
    said = _CONTROL.sub(" ", asked[:LONGEST]).strip()
    everywhere = embedded_set.everywhere()
    wanted = spelled(said)
    named = [
        (code, name)
        for code, name in zip(everywhere["code"], everywhere["name"], strict=True)
        if spelled(name) == wanted and region_of(code)
    ]
    here = [one for one in named if _is_in(one[0], region)]
    found = here or (named if anywhere else [])
    if len(found) == 1:
        code = found[0][0]
        return Asked(code, region if here else region_of(code))
    where = f" {france.within(france.name(region))}" if not anywhere and region in _KNOWN else ""
    if not found:
        return Asked(
            told=f"Aucune commune ne s’appelle « {said} »{where} : cherchez-la, une faute de "
            "frappe est pardonnée."
        )
    return Asked(
        told=f"{len(found)} communes s’appellent « {said} »{where} : {_listed(found)}. Écrivez "
        "dans l’adresse le code de la vôtre, ou cherchez-la."
    )


_KNOWN = frozenset({*france.NAMES, france.WHOLE})
