"""Headings of an uploaded table of sites: what each column is called in real files."""

from collections.abc import Mapping, Sequence

from data.base.french import fold

FIELDS: dict[str, tuple[str, ...]] = {
    "name": (
        "nom",
        "nom du site",
        "nom site",
        "site",
        "libelle",
        "intitule",
        "intitule du projet",
        "projet",
        "nom du projet",
        "designation",
        "raison sociale",
        "structure",
        "name",
        "titre",
    ),
    "lon": (
        "lon",
        "long",
        "lng",
        "longitude",
        "x",
        "coord x",
        "coordx",
        "x l93",
        "x lambert93",
        "x lambert 93",
        "coordonnee x",
        "x wgs84",
        "lon wgs84",
    ),
    "lat": (
        "lat",
        "latitude",
        "y",
        "coord y",
        "coordy",
        "y l93",
        "y lambert93",
        "y lambert 93",
        "coordonnee y",
        "y wgs84",
        "lat wgs84",
    ),
    "point": (
        "coordonnees",
        "coordonnees gps",
        "geo point",
        "geo point 2d",
        "geopoint",
        "geom",
        "wkt",
        "geometry",
        "geometrie",
        "localisation",
        "latlon",
        "lat lon",
        "lat long",
        "latitude longitude",
    ),
    "code": (
        "code",
        "code insee",
        "insee",
        "codeinsee",
        "insee com",
        "code commune",
        "code commune insee",
        "code insee commune",
        "code insee de la commune",
        "code insee du site",
        "depcom",
        "codgeo",
        "code com",
        "codecommune",
        "citycode",
        "insee commune",
    ),
    "commune": (
        "commune",
        "ville",
        "nom commune",
        "nom de la commune",
        "localite",
        "municipalite",
        "city",
        "libelle commune",
        "commune d implantation",
        "commune du site",
        "lieu",
        "nomcom",
        "nom com",
        "libgeo",
    ),
    "postcode": (
        "code postal",
        "cp",
        "codepostal",
        "postcode",
        "zip",
        "code post",
        "code postal de la commune",
    ),
    "address": ("adresse", "adresse complete", "adresse postale", "address", "adresse du site"),
    "gps": (
        "medecins",
        "generalistes",
        "medecins generalistes",
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

LOCATING = ("lon", "lat", "point", "code", "commune", "postcode", "address")
"""Fields that may say where a site is."""


def recognise(
    heading: Sequence[str], fields: Mapping[str, Sequence[str]] = FIELDS
) -> dict[str, int]:
    """Return field to position of the first column that bears one of its headings."""
    folded = [fold(cell) for cell in heading]
    found: dict[str, int] = {}
    for field, names in fields.items():
        for name in names:
            if name in folded and folded.index(name) not in found.values():
                found[field] = folded.index(name)
                break
    return found


def locates(found: dict[str, int]) -> bool:
    """Tell whether the columns found can place a site."""
    fields = set(found)
    return bool(fields & (set(LOCATING) - {"lon", "lat"})) or {"lon", "lat"} <= fields
