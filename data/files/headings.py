"""The headings that people write, one vocabulary for every door: places, counts of GPs, words."""

import re
from collections.abc import Iterable, Mapping, Sequence

from data.base.french import fold

CODE = (
    "code insee", "insee", "code commune", "code commune insee", "code insee commune",
    "code insee de la commune", "code insee du site", "insee com", "depcom", "codgeo", "code com",
    "citycode", "insee commune", "com code", "code geographique", "cog", "codgeo com", "num com",
    "commune insee", "commune code", "id commune", "code officiel commune", "com insee", "com cog",
    "code de la commune", "code insee com", "cog commune", "inseecom", "codeinsee", "code",
)  # fmt: skip
"""INSEE code of a commune; a bare "code" may be a postcode: the cells tell."""
COMMUNE = (
    "commune", "ville", "nom commune", "nom de la commune", "localite", "municipalite", "city",
    "libelle commune", "lib commune", "commune d implantation", "commune du site", "lieu",
    "nom com", "libgeo", "libcom", "com lib", "com nom", "libelle geographique", "commune nom",
    "libelle de la commune", "nom ville", "cp ville", "code postal ville", "cp commune", "town",
    "libelle routage", "ligne acheminement", "adresse lib routage", "lib com", "nomcom",
    "nom officiel de la commune", "commune libelle", "commune etablissement",
    "code postal et ville",
)  # fmt: skip
POSTCODE = (
    "code postal", "cp", "postcode", "zip", "zip code", "code post", "code postal de la commune",
    "adresse code postal", "com cp", "postal code", "addr postcode", "codpos", "cpostal",
)  # fmt: skip
ADDRESS = (
    "adresse", "adresse complete", "adresse postale", "address", "adresse du site", "adresse 1",
    "adresse ligne 1", "full address", "addr full", "voie", "rue", "adresse etablissement",
    "adresse geographique",
)  # fmt: skip
LONGITUDE = (
    "lon", "long", "lng", "longitude", "x", "coord x", "x coord", "coordonnee x", "coord x et",
    "coordxet", "lambert x", "x lambert", "point x", "x wgs84", "lon wgs84", "easting", "geoloc x",
    "coordonnees x", "x longitude", "longitude x", "geo x", "x geo", "coord lon", "x l2e", "long x",
    "xcoord", "coordonnee geographique x", "geo long", "gps longitude", "gps lon", "longitude gps",
    "meta geo long", "lon deg", "addr lon", "x utm", "x cc", "pos x", "x rgf93",
)  # fmt: skip
LATITUDE = tuple(
    {
        "lon": "lat", "long": "lati", "lng": "latitud", "longitude": "latitude", "x": "y",
        "coord x": "coord y", "x coord": "y coord", "coordonnee x": "coordonnee y",
        "coord x et": "coord y et", "coordxet": "coordyet", "lambert x": "lambert y",
        "x lambert": "y lambert", "point x": "point y", "x wgs84": "y wgs84",
        "lon wgs84": "lat wgs84", "easting": "northing", "geoloc x": "geoloc y",
        "coordonnees x": "coordonnees y", "x longitude": "y latitude", "longitude x": "latitude y",
        "geo x": "geo y", "x geo": "y geo", "coord lon": "coord lat", "x l2e": "y l2e",
        "long x": "lat y", "xcoord": "ycoord", "geo long": "geo lat",
        "coordonnee geographique x": "coordonnee geographique y", "gps longitude": "gps latitude",
        "gps lon": "gps lat", "longitude gps": "latitude gps", "meta geo long": "meta geo lat",
        "lon deg": "lat deg", "addr lon": "addr lat", "x utm": "y utm", "x cc": "y cc",
        "pos x": "pos y", "x rgf93": "y rgf93",
    }[name]
    for name in LONGITUDE
)  # fmt: skip
"""The heading that goes with each of `LONGITUDE`, in the same order."""
POINT = (
    "coordonnees", "coordonnees gps", "gps", "position", "geo point", "geo point 2d", "geopoint",
    "geom", "wkt", "geometry", "geometrie", "the geom", "localisation", "latlon", "lat lon",
    "lat lng", "latlng", "lat long", "latitude longitude", "lon lat", "lng lat",
    "longitude latitude", "geo shape", "geoshape", "point", "point gps", "coord gps", "coord",
    "location", "shape", "coordonnees geographiques", "geolocalisation", "geolocetablissement",
    "coordonnees gps lat long",
    "wkt geom", "wkb geometry", "x y", "lat lon wgs84",
)  # fmt: skip
FINESS = (
    "nofinesset", "finess", "no finess", "n finess", "numero finess", "finess et", "n finess et",
    "no finess et", "finess geographique", "finess geo", "nofinesset et", "num finess",
    "numero finess et", "numero finess site", "et finess", "finess site", "num finess et",
    "code finess", "id finess", "finess 9", "nofiness",
)  # fmt: skip
SITE_NAME = (
    "nom", "nom du site", "nom site", "site", "libelle", "intitule", "intitule du projet", "projet",
    "nom du projet", "designation", "raison sociale", "structure", "name", "titre", "rs",
    "rslongue",
    "nom etablissement", "nom de l etablissement", "etablissement", "lib fs", "enseigne",
    "nom officiel", "nom structure", "nom de la structure", "denomination", "et rs", "title",
    "libelle etablissement", "nom msp", "nom de la msp", "msp", "maison de sante", "nom centre",
    "enseigne commerciale", "appellation", "rs longue", "nom complet", "label", "toponyme",
    "nom usuel", "nom du lieu", "name fr", "official name", "libelle structure", "nom projet",
    "denomination sociale",
)  # fmt: skip
"""What a place is called; a bare "label" or "title" counts only where nothing says better."""

PLACES: Mapping[str, tuple[str, ...]] = {
    "lon": LONGITUDE,
    "lat": LATITUDE,
    "point": POINT,
    "code": CODE,
    "commune": COMMUNE,
    "postcode": POSTCODE,
    "address": ADDRESS,
    "finess": FINESS,
}
"""What says where something is, field to its headings."""

_FILLERS = frozenset(
    {
        "le", "la", "les", "l", "de", "du", "des", "d", "en", "un", "une", "no", "num", "numero",
        "nb", "nbre", "nombre", "n", "effectif", "effectifs", "prevu", "prevus",
        "prevue", "prevues", "projete", "projetes", "previsionnel", "previsionnels", "attendu",
        "attendus", "cible", "vises", "wgs84", "wgs", "84", "l93", "lambert93", "93", "rgf93",
        "rgf", "epsg", "4326", "2154", "3857", "27572", "mercator", "webmercator", "web",
        "dd", "decimal", "decimale", "degre", "degres", "deg", "m",
        "metre", "metres", "liberal", "liberaux", "etp", "actuel", "actuels",
    }
)  # fmt: skip
"""Words that do not change what a heading says."""
_CAMEL = re.compile(r"(?<=[a-zà-ÿ0-9])(?=[A-ZÀ-Ý])")
_YEAR = re.compile(r"^(?:19|20)\d\d$")
_YEAR_INSIDE = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
"""Also glued to a word: PMUN2021."""


def folded(heading: str) -> str:
    """Return a heading for comparison: as `fold` does, but a share of something is not its count.

    >>> folded("% MG"), folded("Médecins généralistes")
    ('pour cent mg', 'medecins generalistes')
    """
    return fold(heading.replace("%", " pour cent ").replace("‰", " pour mille "))


def heading_words(heading: str) -> list[str]:
    """Return the folded words of a heading, "CodePostal" cut in two."""
    return folded(_CAMEL.sub(" ", heading)).split()


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") else word


def _core(words: Iterable[str]) -> str:
    """Return what is left of a heading without its fillers, plurals and blanks."""
    kept = [_singular(word) for word in words if word not in _FILLERS and not _YEAR.match(word)]
    return "".join(kept)


def year_of(heading: str) -> int:
    """Return the year that a heading, or the name of a sheet, bears, 0 for none.

    The last of several: a span is as recent as its end, and a vintage stands with what it is
    told beside.

    >>> year_of("APL_2018"), year_of("BPE 2018-2023"), year_of("24"), year_of("Ensemble")
    (2018, 2023, 0, 0)
    """
    found = [int(year) for year in _YEAR_INSIDE.findall(heading)]
    return max(found, default=0)


def recognise(heading: Sequence[str], fields: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """Return field to the position of its column.

    A heading is first looked for as it is written, then without the words that do not count
    ("Nombre de médecins prévus" is "médecins"). Of two columns that fit as well, the one of the
    newest year, else the first.

    Parameters
    ----------
    heading
        Titles of a table.
    fields
        Field to its headings, folded; those that say it best first.
    """
    exact = [folded(cell) for cell in heading]
    compact = ["".join(heading_words(cell)) for cell in heading]
    core = [_core(heading_words(cell)) for cell in heading]
    found: dict[str, int] = {}
    ways = (
        (exact, lambda name: name),
        (compact, lambda name: name.replace(" ", "")),
        (core, lambda name: _core(name.split())),
    )
    for written, plain in ways:
        for field, names in fields.items():
            if field in found:
                continue
            for name in names:
                wanted = plain(name)
                places = [
                    k
                    for k, text in enumerate(written)
                    if wanted and text == wanted and k not in found.values()
                ]
                if places:
                    found[field] = max(places, key=lambda k: (year_of(heading[k]), -k))
                    break
    return found


def rivals(
    heading: Sequence[str], fields: Mapping[str, Sequence[str]], found: Mapping[str, int]
) -> dict[str, list[int]]:
    """Return field to the columns that say the same as the one read for it, no year telling which.

    Parameters
    ----------
    heading
        Titles of a table.
    fields
        The fields to look at, and their headings.
    found
        What `recognise` read of the table.
    """
    meant: dict[str, list[int]] = {}
    for field, names in fields.items():
        if field not in found:
            continue
        wanted = {form for name in names for form in _forms(name.split())}
        year = year_of(heading[found[field]])
        others = [
            place
            for place, cell in enumerate(heading)
            if place not in found.values()
            and (year_of(cell) in {year, 0} or not year)
            and wanted & _forms(heading_words(cell))
        ]
        if others:
            meant[field] = others
    return meant


def _forms(words: Sequence[str]) -> set[str]:
    """Return the ways in which a heading is compared, blanks taken out."""
    return {form for form in ("".join(words), _core(words)) if form}
