"""Headings of an uploaded table of sites: what each column is called in real files."""

from collections.abc import Mapping, Sequence

from data.files import headings

FIELDS: dict[str, tuple[str, ...]] = {
    "name": headings.SITE_NAME,
    **headings.PLACES,
    "gps": (
        "medecins",
        "generalistes",
        "medecins generalistes",
        "omnipraticiens",
        "medecins omnipraticiens",
        "etp mg",
        "mg etp",
        "medg",
        "mg",
        "nb mg",
        "nombre de medecins",
        "nb medecins",
        "nombre de medecins generalistes",
        "nombre de mg",
        "nb de mg",
        "mg prevus",
        "nombre de mg prevus",
        "gps",
        "nombre de generalistes",
        "nb generalistes",
    ),
    "others": (
        "autres professionnels",
        "autres",
        "paramedicaux",
        "nb autres",
        "autres ps",
        "professionnels paramedicaux",
        "others",
        "nb paramedicaux",
    ),
    "floor_m2": ("surface", "surface m2", "surface en m2", "m2", "surface utile", "floor area"),
    "opening_year": (
        "ouverture",
        "annee d ouverture",
        "annee",
        "annee ouverture",
        "date d ouverture",
        "opening year",
        "mise en service",
    ),
    "moving": (
        "medecins venant de",
        "provenance",
        "medecins qui s installent",
        "communes d origine",
        "origine des medecins",
        "medecins existants",
        "moving",
        "transferts",
    ),
}
"""Field to its headings, folded (no accent, case nor punctuation)."""

COUNTING = ("gps", "others", "floor_m2")
"""Fields of figures: two columns of them that differ are two answers."""

LOCATING = ("lon", "lat", "point", "code", "commune", "postcode", "address")
"""Fields that may say where a site is."""


def recognise(heading: Sequence[str]) -> dict[str, int]:
    """Return field to position of the column read for it."""
    return headings.recognise(heading, FIELDS)


def locates(found: Mapping[str, object]) -> bool:
    """Tell whether the columns found can place a site."""
    fields = set(found)
    return bool(fields & (set(LOCATING) - {"lon", "lat"})) or {"lon", "lat"} <= fields


def rivals(heading: Sequence[str], found: Mapping[str, int]) -> dict[str, list[int]]:
    """Return the fields that count something and that several columns of one year may hold."""
    counting = {field: FIELDS[field] for field in COUNTING}
    return headings.rivals(heading, counting, found)
