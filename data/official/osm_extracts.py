"""The OSM extracts of a region, received by the one downloader and checked against their MD5."""

import shutil
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from data.base import paths
from data.base.french import number
from data.files import downloads
from geo.errors import InvalidInputError, UnavailableError

GEOFABRIK = "https://download.geofabrik.de/europe/france"
"""Extracts of OpenStreetMap by former French region, renewed daily, each with its MD5."""

REGIONS = {"nouvelle-aquitaine": ("aquitaine", "limousin", "poitou-charentes")}
NEIGHBOURS = {
    "nouvelle-aquitaine": ("pays-de-la-loire", "centre", "auvergne", "midi-pyrenees"),
}
"""Extracts beyond the border, so that a journey may cross it."""

Progress = Callable[[str], None]


def fetch_region(
    region: str, progress: Progress, *, base_url: str = GEOFABRIK, neighbours: bool = False
) -> list[Path]:
    """Download the extracts of a region that are not there yet; return their paths.

    A download that stopped goes on where it was; a file that does not match its MD5 is taken
    again once, then refused.

    Raises
    ------
    InvalidInputError
        If the region or the address is unknown.
    UnavailableError
        If the server cannot be reached or keeps giving something else; the sentence says how to
        do without it.
    """
    if region not in REGIONS:
        known = ", ".join(sorted(REGIONS))
        message = f"Région inconnue : « {region} ». Régions proposées : {known}."
        raise InvalidInputError(message)
    if urlsplit(base_url).scheme not in {"http", "https"}:
        message = f"Adresse refusée : « {base_url} » (http ou https attendu)."
        raise InvalidInputError(message)
    names = REGIONS[region] + (NEIGHBOURS[region] if neighbours else ())
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
