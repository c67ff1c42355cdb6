"""Street addresses placed by the national address service, where there is internet."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor

import requests

from data.files.downloads import polite_session
from data.uploads import DOUBTFUL, UNDERSTOOD, MatchReport, Outcome
from geo.errors import UnavailableError

SERVICE = "https://data.geopf.fr/geocodage/search"
"""Géoplateforme (IGN), Base Adresse Nationale; at most 50 requests a second and address."""
SURE_SCORE = 0.6
"""Score (0 to 1) under which the answer is too far from what was asked."""
_STREET_TYPES = {"housenumber", "street", "locality"}
_TIMEOUT_S = 10
_AT_ONCE = 4


def locate_addresses(
    report: MatchReport, progress: Callable[[int, int], None] | None = None
) -> dict[int, dict[str, str]]:
    """Ask the address service where the street addresses of an upload are.

    Only addresses leave this machine: no name of a site, no number.

    Parameters
    ----------
    report
        The upload; lines that have an address and no coordinates of their own are asked.
    progress
        Called with the number of addresses done and their total.

    Returns
    -------
    dict
        Line number to {"lon", "lat"}: corrections for `match_lines`. Addresses that the service
        does not know well enough, or finds in another commune than the line says, are left out.

    Raises
    ------
    UnavailableError
        The service does not answer; the lines stay placed at their commune.
    """
    asked = [outcome for outcome in report.outcomes if _worth_asking(outcome)]
    corrections: dict[int, dict[str, str]] = {}
    with polite_session() as opened, ThreadPoolExecutor(_AT_ONCE) as pool:
        answers: Iterable[tuple[float, float] | None] = pool.map(
            lambda outcome: _locate(opened, outcome), asked
        )
        for done, (outcome, point) in enumerate(zip(asked, answers, strict=True), start=1):
            if point is not None:
                corrections[outcome.line] = {"lon": repr(point[0]), "lat": repr(point[1])}
            if progress is not None:
                progress(done, len(asked))
    return corrections


def _worth_asking(outcome: Outcome) -> bool:
    cells = outcome.cells
    placed = outcome.status in {UNDERSTOOD, DOUBTFUL}
    return placed and bool(cells.get("address")) and not ({"lon", "lat", "point"} & set(cells))


def _locate(opened: requests.Session, outcome: Outcome) -> tuple[float, float] | None:
    cells = outcome.cells
    parts = (cells["address"], cells.get("postcode", ""), cells.get("commune", ""))
    words = " ".join(dict.fromkeys(part for part in parts if part))
    question = {"q": words[:200], "limit": "1"}
    if outcome.site is not None:
        question["citycode"] = outcome.site.code
    try:
        answer = opened.get(SERVICE, params=question, timeout=_TIMEOUT_S)
        answer.raise_for_status()
        features = answer.json()["features"]
        if not features:
            return None
        properties = features[0]["properties"]
        lon, lat = (float(number) for number in features[0]["geometry"]["coordinates"][:2])
        known = properties["type"] in _STREET_TYPES and float(properties["score"]) >= SURE_SCORE
        near = outcome.site is None or properties["citycode"] == outcome.site.code
    except (requests.RequestException, ValueError, KeyError, TypeError, IndexError) as error:
        raise UnavailableError(
            "Le service national des adresses ne répond pas : les sites restent placés à la mairie "
            "de leur commune. Réessayez plus tard, ou donnez des coordonnées."
        ) from error
    return (lon, lat) if known and near else None
