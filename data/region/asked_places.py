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
    """What an address asks for: a place in its region, or what to say where there is none.

    A region without a code is that of places which are several, or not where they are asked for.
    """

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
    """Return code and name of the départements of a region, or of all of France."""
    return {code: name for code, name in france.DEPARTEMENTS.items() if _is_in(code, region)}


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
        region=region,
        told=f"« {said} »{where} peut être {_listed([(one, names[one]) for one in found], 'ou')}. "
        "Écrivez son code dans l’adresse, ou choisissez.",
    )


def sheet(
    asked: str, level: str, region: str, names: Mapping[str, str], *, anywhere: bool
) -> Asked:
    """Return the territory of a level that a text means; see `commune` and `one_of`.

    A département is known wherever it is, an EPCI in the regions that are built here.
    """
    if level == "commune":
        return commune(asked, region, anywhere=anywhere)
    named = asked if asked in _KNOWN else region_named(asked)
    if level == "region" and anywhere and named:
        return Asked(named, named)
    here = one_of(asked, level, names, region)
    if here.region:
        return here
    places = _others(level, region)
    found = [one_of(asked, level, known, other) for other, known in places.items()]
    # An EPCI that two regions share has one code.
    meant = list({one.code: one for one in found if one.code}.values())
    if len(meant) != 1:
        return here
    (place,) = meant
    if anywhere:
        return place
    return _elsewhere(places[place.region][place.code], place, region)


def _others(level: str, region: str) -> dict[str, Mapping[str, str]]:
    """Return the other regions whose territories of a level are known, each with their names."""
    others = [one for one in france.NAMES if one != region] if region != france.WHOLE else []
    if level == "departement":
        return {one: departements(one) for one in others}
    if level == "epci":
        built = france.built()
        return {one: embedded_set.epcis(one) for one in others if one in built}
    return {}


def _elsewhere(name: str, place: Asked, region: str) -> Asked:
    """Return what to say of a place that is not in the region where it is asked for."""
    here, there = (france.within(france.name(one)) for one in (region, place.region))
    are = "n’est pas"
    if place.code in france.DEPARTEMENTS:
        are = "ne sont pas" if france.are_several(name) else are
        named = france.named(name)
        name = named[:1].upper() + named[1:]
    return Asked(
        region=place.region,
        told=f"{name} ({place.code}), que donne cette adresse, {are} {here} mais {there} : "
        "changez de région en haut de l’écran.",
    )


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
    return _elsewhere(str(names[now]), Asked(now, region_of(now)), region)


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
    if not found and len(named) == 1 and region in _KNOWN:
        code, name = named[0]
        return _elsewhere(str(name), Asked(str(code), region_of(code)), region)
    where = f" {france.within(france.name(region))}" if not anywhere and region in _KNOWN else ""
    if not found:
        return Asked(
            told=f"Aucune commune ne s’appelle « {said} »{where} : cherchez-la, une faute de "
            "frappe est pardonnée."
        )
    return Asked(
        region=region,
        told=f"{len(found)} communes s’appellent « {said} »{where} : {_listed(found)}. Écrivez "
        "dans l’adresse le code de la vôtre, ou cherchez-la.",
    )


_KNOWN = frozenset({*france.NAMES, france.WHOLE})
