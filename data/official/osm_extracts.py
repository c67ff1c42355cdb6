"""The OSM extracts of a region, received by the one downloader and checked against their MD5."""

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from urllib.parse import urlsplit

from data.base import french, paths
from data.base.french import number
from data.files import downloads
from data.region import france
from geo.errors import InvalidInputError, UnavailableError

GEOFABRIK = "https://download.geofabrik.de/europe/france"
"""Extracts of OpenStreetMap by former French region, renewed daily, each with its MD5."""

EXTRACTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "01": ("guadeloupe",),
        "02": ("martinique",),
        "03": ("guyane",),
        "04": ("reunion",),
        "06": ("mayotte",),
        "11": ("ile-de-france",),
        "24": ("centre",),
        "27": ("bourgogne", "franche-comte"),
        "28": ("basse-normandie", "haute-normandie"),
        "32": ("nord-pas-de-calais", "picardie"),
        "44": ("alsace", "champagne-ardenne", "lorraine"),
        "52": ("pays-de-la-loire",),
        "53": ("bretagne",),
        "75": ("aquitaine", "limousin", "poitou-charentes"),
        "76": ("languedoc-roussillon", "midi-pyrenees"),
        "84": ("auvergne", "rhone-alpes"),
        "93": ("provence-alpes-cote-d-azur",),
        "94": ("corse",),
    }
)
"""Extracts of each region, INSEE code to names of Geofabrik: those of the former regions."""
NEIGHBOURS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "11": ("bourgogne", "centre", "champagne-ardenne", "haute-normandie", "picardie"),
        "24": (
            "auvergne", "basse-normandie", "bourgogne", "haute-normandie", "ile-de-france",
            "limousin", "pays-de-la-loire", "poitou-charentes",
        ),
        "27": (
            "alsace", "auvergne", "centre", "champagne-ardenne", "ile-de-france", "lorraine",
            "rhone-alpes",
        ),
        "28": ("bretagne", "centre", "ile-de-france", "pays-de-la-loire", "picardie"),
        "32": ("champagne-ardenne", "haute-normandie", "ile-de-france"),
        "44": ("bourgogne", "franche-comte", "ile-de-france", "picardie"),
        "52": ("basse-normandie", "bretagne", "centre", "poitou-charentes"),
        "53": ("basse-normandie", "pays-de-la-loire"),
        "75": ("pays-de-la-loire", "centre", "auvergne", "midi-pyrenees"),
        "76": ("aquitaine", "auvergne", "limousin", "provence-alpes-cote-d-azur", "rhone-alpes"),
        "84": (
            "bourgogne", "centre", "franche-comte", "languedoc-roussillon", "limousin",
            "midi-pyrenees", "provence-alpes-cote-d-azur",
        ),
        "93": ("languedoc-roussillon", "rhone-alpes"),
    }
)  # fmt: skip
"""Extracts beyond the border of a region, so that a journey may cross it; none from an island."""

Progress = Callable[[str], None]


def fetch_region(
    region: str, progress: Progress, *, base_url: str = GEOFABRIK, neighbours: bool = False
) -> list[Path]:
    """Download the extracts of a region, by name or INSEE code; return their paths.

    What is there already is not taken again. A download that stopped goes on where it was; a file
    that does not match its MD5 is taken again once, then refused.

    Raises
    ------
    InvalidInputError
        If the region or the address is unknown.
    UnavailableError
        If the server cannot be reached or keeps giving something else; the sentence says how to
        do without it.
    """
    code = _code(region)
    if urlsplit(base_url).scheme not in {"http", "https"}:
        message = f"Adresse refusée : « {base_url} » (http ou https attendu)."
        raise InvalidInputError(message)
    names = EXTRACTS[code] + (NEIGHBOURS.get(code, ()) if neighbours else ())
    folder = paths.home() / "downloads" / "roads"
    folder.mkdir(parents=True, exist_ok=True)
    urls = [f"{base_url.rstrip('/')}/{name}-latest.osm.pbf" for name in names]
    files = []
    for url in urls:
        target = folder / url.rpartition("/")[2]
        try:
            _fetch(url, target, progress)
        except UnavailableError as error:
            raise UnavailableError(_by_hand(urls, folder, error)) from error
        files.append(target)
    return files


def _code(region: str) -> str:
    """Return the INSEE code of a region from its code or its name, however it is spelt."""
    by_name = {french.slug(name): code for code, name in france.NAMES.items()}
    code = by_name.get(french.slug(region), region.strip())
    if code not in EXTRACTS:
        known = ", ".join(by_name)
        raise InvalidInputError(f"Région inconnue : « {region} ». Régions proposées : {known}.")
    return code


def _fetch(url: str, target: Path, progress: Progress) -> None:
    wanted = downloads.published_digest(url + ".md5")
    if wanted is None:
        raise UnavailableError(f"La somme de contrôle de {target.name} est absente.")
    if target.is_file() and downloads.digest(target, wanted[0]) == wanted[1]:
        progress(f"{target.name} : déjà là, à jour.")
        return
    unfinished = target.with_name(f"{target.name}.inacheve")
    checksum = ":".join(wanted)
    told = _tenths(target.name, progress)
    try:
        received = downloads.download(url, unfinished, told, checksum=checksum)
    except downloads.AlteredError:
        progress(f"{target.name} : somme de contrôle fausse, nouvel essai depuis le début.")
        received = downloads.download(url, unfinished, told, checksum=checksum)
    received.path.replace(target)
    shutil.rmtree(unfinished)
    progress(f"{target.name} : reçu et vérifié.")


def _tenths(name: str, progress: Progress) -> downloads.Progress:
    """Tell each tenth of a file once."""
    last = -1

    def told(have: int, total: int | None) -> None:
        nonlocal last
        tenth = 10 * have // total if total else -1
        if tenth > last:
            progress(f"{name} : {10 * tenth} % ({number(have / 1e6)} Mo)")
        last = tenth

    return told


def _by_hand(urls: list[str], folder: Path, error: UnavailableError) -> str:
    listed = "\n".join(f"  {u}" for u in urls)
    return (
        f"{error} Sans internet, téléchargez sur un autre poste :\n{listed}\n"
        f"copiez les fichiers dans {folder}, puis lancez : "
        f"proxisoins roads build {folder}/*.osm.pbf"
    )
