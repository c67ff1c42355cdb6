"""Where the latest file of a source is: asked of its producer, never assumed.

Pure: `resolve` is given what fetches (`data.official.web.ask`, or recorded answers) and the day.
Layouts of the answers: data.gouv.fr API 1 and 2, Opendatasoft Explore 2.1, INSEE Melodi catalogue,
WFS 2.0.0, Geofabrik index-v1.
"""

import datetime as dt
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any, Protocol
from urllib.parse import quote, urlencode, urlsplit

from data.base import french
from data.official import gml
from data.official.sources import Source, Way
from geo.errors import InvalidInputError, UnavailableError

DATAGOUV = "https://www.data.gouv.fr/api"
MELODI = "https://api.insee.fr/melodi/catalog"
GEOFABRIK = "https://download.geofabrik.de/index-v1-nogeom.json"
YEARS_TRIED = 4
WFS_PAGE = 5000
"""Features asked at once: what the Géoplateforme gives at most."""
_AS_JSON = urlencode({"OUTPUTFORMAT": "application/json"})


@dataclass(frozen=True)
class Answer:
    """What a server said: status, headers (names in lower case), body, final address."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    address: str


class Ask(Protocol):
    """Asks a server; raises UnavailableError when it cannot be reached in time."""

    def __call__(
        self, address: str, method: str = "GET", headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Return the answer, whatever its status."""
        ...


@dataclass(frozen=True)
class Found:
    """The latest file of a source, as its producer tells it before anything is fetched.

    Attributes
    ----------
    address, kind
        Where it is, and by which way it was found ("épinglée" for the pinned address).
    size
        Bytes (for a WFS, features); None when not told.
    checksum
        Published checksum, "sha1:…"; "" when none is.
    checksum_address
        Where it is published apart; "" when it is not.
    date
        Last change; None when not told.
    vintage
        What the producer calls the file, or its year.
    failures
        Sentences of the ways that were tried before.
    """

    address: str
    kind: str
    size: int | None = None
    checksum: str = ""
    checksum_address: str = ""
    date: dt.date | None = None
    vintage: str = ""
    failures: tuple[str, ...] = field(default=())


def resolve(source: Source, ask: Ask, today: dt.date) -> Found:
    """Find the latest file of a source.

    Parameters
    ----------
    source
        Its `latest` ways are tried in order, then its pinned `download`.
    ask
        Asks one server one thing.
    today
        For the ways that count years.

    Returns
    -------
    Found
        The first that a way gives and that is no stub.

    Raises
    ------
    UnavailableError
        No way gives anything; the sentence says why for each.
    """
    failures: list[str] = []
    pinned = [Way(kind="direct", address=source.download)] if source.download else []
    for way in (*source.latest, *pinned):
        try:
            found = _WAYS[way.kind](way, ask, today)
            _refuse_stub(found, source, way)
        except (UnavailableError, InvalidInputError) as error:
            failures.append(str(error))
            continue
        known = way in source.latest
        return Found(
            **{
                **found.__dict__,
                "kind": way.kind if known else "épinglée",
                "checksum_address": found.checksum_address or ("" if known else source.checksum),
                "failures": tuple(failures),
            }
        )
    raise UnavailableError(" ".join(dict.fromkeys(failures)))


def _refuse_stub(found: Found, source: Source, way: Way) -> None:
    if way.kind != "wfs" and found.size is not None and found.size < source.least_bytes:
        raise UnavailableError(
            f"{host(found.address)} annonce {french.number(found.size)} octets, moins que les "
            f"{french.number(source.least_bytes)} attendus : c’est une ébauche, pas le fichier."
        )
    if way.kind == "wfs" and not found.size:
        raise UnavailableError(f"{host(found.address)} n’annonce aucun objet dans « {way.layer} ».")


def _direct(way: Way, ask: Ask, _today: dt.date) -> Found:
    answer = ask(way.address, "HEAD")
    if answer.status in {403, 405, 501}:  # some servers only answer what is asked whole
        answer = ask(way.address, "GET", {"Range": "bytes=0-0"})
    _check(answer, way.address)
    ranged = answer.headers.get("content-range", "").rpartition("/")[2]
    length = ranged or ("" if answer.status == 206 else answer.headers.get("content-length", ""))
    return Found(
        way.address,
        "direct",
        int(length) if length.isdecimal() and int(length) else None,
        date=_http_date(answer.headers.get("last-modified", "")),
    )


def _datagouv(way: Way, ask: Ask, _today: dt.date) -> Found:
    if way.resource:
        address = f"{DATAGOUV}/2/datasets/resources/{quote(way.resource)}/"
        content = _json(ask(address), address)
        return _of_resource(_object(content.get("resource", content), address), address)
    address = f"{DATAGOUV}/1/datasets/{quote(way.dataset)}/"
    resources = _objects(_json(ask(address), address).get("resources"), address)
    fitting = [one for one in resources if _fits(one, way)]
    if not fitting:
        listed = ", ".join(f"« {one.get('title')} »" for one in resources[:6]) or "rien"
        raise UnavailableError(
            f"{host(address)} ne publie plus le fichier attendu dans « {way.dataset} » : on y "
            f"trouve {listed}."
        )
    return _of_resource(max(fitting, key=lambda one: str(one.get("last_modified"))), address)


def _fits(resource: Mapping[str, Any], way: Way) -> bool:
    named = f"{resource.get('title')} {resource.get('url')}"
    is_format = way.file_format in ("", str(resource.get("format")).lower())
    return is_format and re.search(way.title, named, re.IGNORECASE) is not None


def _of_resource(resource: Mapping[str, Any], asked: str) -> Found:
    checksum = resource.get("checksum") or {}
    size = resource.get("filesize")
    kind, value = str(checksum.get("type") or ""), str(checksum.get("value") or "")
    return Found(
        _address(resource.get("url"), asked),
        "datagouv",
        size if isinstance(size, int) and size > 0 else None,
        f"{kind}:{value}" if kind and value else "",
        date=_iso_date(resource.get("last_modified")),
        vintage=str(resource.get("title") or ""),
    )


def _opendatasoft(way: Way, ask: Ask, today: dt.date) -> Found:
    base = f"{way.address}/api/explore/v2.1/catalog/datasets/{quote(way.dataset)}"
    about = _json(ask(base), base)
    metas = (about.get("metas") or {}).get("default") or {}
    changed = _iso_date(metas.get("data_processed") or metas.get("modified"))
    if not way.title:
        records = metas.get("records_count")
        if records == 0:
            raise UnavailableError(f"{host(base)} ne donne aucune ligne pour « {way.dataset} ».")
        return Found(f"{base}/exports/csv?delimiter=%3B", "opendatasoft", date=changed)
    listing = f"{base}/attachments"
    attachments = _objects(_json(ask(listing), listing).get("attachments"), listing)
    named = {
        f"{(one.get('metas') or {}).get('title')} {(one.get('metas') or {}).get('id')}": one
        for one in attachments
    }
    fitting = [n for n in named if re.search(way.title, n, re.IGNORECASE)]
    if len(fitting) != 1:
        listed = ", ".join(f"« {n} »" for n in named) or "rien"
        count = "plusieurs fichiers possibles" if fitting else "aucun fichier attendu"
        raise UnavailableError(f"{host(base)} donne {count} pour « {way.dataset} » : {listed}.")
    found = _direct(
        Way(kind="direct", address=_address(named[fitting[0]]["href"], base)), ask, today
    )
    return Found(
        found.address, "opendatasoft", found.size, date=found.date or changed, vintage=fitting[0]
    )


def _melodi(way: Way, ask: Ask, _today: dt.date) -> Found:
    address = f"{MELODI}/{quote(way.dataset)}"
    content = _json(ask(address, "GET", {"Accept": "application/json"}), address)
    products = [
        one
        for one in _objects(content.get("product"), address)
        if "csv" in str(one.get("format")).lower() and "fr" in str(one.get("language")).lower()
    ]
    if not products:
        raise UnavailableError(f"{host(address)} ne publie plus de CSV pour « {way.dataset} ».")
    newest = max(products, key=lambda one: str(one.get("modified")))
    size = newest.get("byteSize")
    return Found(
        _address(newest.get("accessURL"), address),
        "melodi",
        size if isinstance(size, int) and size > 0 else None,
        date=_iso_date(newest.get("modified")),
        vintage=str(newest.get("id") or ""),
    )


def _yearly(way: Way, ask: Ask, today: dt.date) -> Found:
    last = ""
    for year in range(today.year, today.year - YEARS_TRIED, -1):
        try:
            address = way.address.replace("{year}", str(year))
            found = _direct(Way(kind="direct", address=address), ask, today)
        except UnavailableError as error:
            last = str(error)
            continue
        return Found(**{**found.__dict__, "kind": "yearly", "vintage": str(year)})
    raise UnavailableError(
        f"Aucune des {YEARS_TRIED} dernières années ne répond sur {host(way.address)} ({last})"
    )


def wfs_page(address: str, layer: str, start: int, count: int = WFS_PAGE) -> str:
    """Return the address of one page of the features of a layer (WFS 2.0.0, GeoJSON)."""
    asked = {
        "SERVICE": "WFS",
        "VERSION": "2.0.0",
        "REQUEST": "GetFeature",
        "TYPENAMES": layer,
        "SRSNAME": "EPSG:4326",
        "OUTPUTFORMAT": "application/json",
        "COUNT": count,
        "STARTINDEX": start,
    }
    return f"{address}?{urlencode(asked)}"


def features_of(answer: Answer, address: str) -> tuple[list[dict[str, Any]], int | None]:
    """Return the features of a page, and how many the layer has when the service says it.

    Raises
    ------
    UnavailableError
        It is no page of features (GeoJSON, or GML).
    """
    if gml.is_xml(answer.body):
        _check(answer, address)
        if (said := gml.exception_of(answer.body)) is not None:
            raise UnavailableError(f"{host(address)} refuse la couche : {said}")
        return gml.features_of_gml(answer.body, host(address))
    content = _json(answer, address)
    total = content.get("numberMatched", content.get("totalFeatures"))
    return _objects(content.get("features"), address), total if isinstance(total, int) else None


def asked_features(ask: Ask, address: str) -> tuple[list[dict[str, Any]], int | None]:
    """Ask for a page of features: GeoJSON, else what the service gives unasked, GML.

    Raises
    ------
    UnavailableError
        The service refuses the layer, or gives neither.
    """
    answer = ask(address)
    if gml.exception_of(answer.body) is not None:
        answer = ask(address.replace(f"&{_AS_JSON}", ""))
    return features_of(answer, address)


def _wfs(way: Way, ask: Ask, _today: dt.date) -> Found:
    address = wfs_page(way.address, way.layer, 0, 1)
    features, total = asked_features(ask, address)
    count = total if total is not None else len(features)
    return Found(wfs_page(way.address, way.layer, 0), "wfs", count, vintage=way.layer)


def _geofabrik(way: Way, ask: Ask, today: dt.date) -> Found:
    features = _objects(_json(ask(GEOFABRIK), GEOFABRIK).get("features"), GEOFABRIK)
    for feature in features:
        described = _object(feature.get("properties"), GEOFABRIK)
        if described.get("id") == way.layer:
            address = _address((described.get("urls") or {}).get("pbf"), GEOFABRIK)
            found = _direct(Way(kind="direct", address=address), ask, today)
            return Found(
                address,
                "geofabrik",
                found.size,
                checksum_address=f"{address}.md5",
                date=found.date,
                vintage=str(described.get("name") or ""),
            )
    raise UnavailableError(f"{host(GEOFABRIK)} n’a plus d’extrait « {way.layer} ».")


_WAYS: Mapping[str, Callable[[Way, Ask, dt.date], Found]] = {
    "direct": _direct,
    "datagouv": _datagouv,
    "opendatasoft": _opendatasoft,
    "melodi": _melodi,
    "yearly": _yearly,
    "wfs": _wfs,
    "geofabrik": _geofabrik,
}


def host(address: str) -> str:
    """Return the server of an address, as messages name it."""
    return urlsplit(address).netloc or address


def _check(answer: Answer, address: str) -> None:
    if answer.status >= 400:
        raise UnavailableError(f"{host(address)} répond par une erreur {answer.status}.")
    if (
        answer.headers.get("content-type", "")
        .lower()
        .startswith(("text/html", "application/xhtml"))
    ):
        raise UnavailableError(
            f"{host(address)} répond par une page web au lieu du fichier : l’adresse a changé."
        )


def _json(answer: Answer, address: str) -> dict[str, Any]:
    _check(answer, address)
    try:
        content = json.loads(answer.body)
    except (ValueError, RecursionError) as error:
        raise UnavailableError(
            f"{host(address)} a répondu autre chose que la description du fichier."
        ) from error
    return _object(content, address)


def _object(content: Any, address: str) -> dict[str, Any]:
    if not isinstance(content, dict):
        raise UnavailableError(f"{host(address)} ne décrit plus ses fichiers comme avant.")
    return content


def _objects(content: Any, address: str) -> list[dict[str, Any]]:
    if not isinstance(content, list):
        raise UnavailableError(f"{host(address)} ne décrit plus ses fichiers comme avant.")
    return [_object(one, address) for one in content]


def _address(told: Any, asked: str) -> str:
    """Return an address that an answer gives, never one that leaves a secured server."""
    if not isinstance(told, str) or urlsplit(told).scheme not in {"http", "https"}:
        raise UnavailableError(f"{host(asked)} ne donne plus l’adresse du fichier.")
    if urlsplit(asked).scheme == "https" and urlsplit(told).scheme != "https":
        raise UnavailableError(
            f"{host(asked)} renvoie vers une adresse non sécurisée ({host(told)})."
        )
    return told


def _iso_date(told: Any) -> dt.date | None:
    try:
        return dt.date.fromisoformat(str(told)[:10])
    except ValueError:
        return None


def _http_date(told: str) -> dt.date | None:
    try:
        return parsedate_to_datetime(told).date()
    except (ValueError, TypeError):
        return None
