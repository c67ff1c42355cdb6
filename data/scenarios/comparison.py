"""What differs between two scenarios."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from data.base import french
from data.base.french import counted, tenths_if_any
from data.scenarios.drafts import Draft


def compare(first: Draft, second: Draft) -> pd.DataFrame:
    """Return what differs between two scenarios.

    Returns
    -------
    pandas.DataFrame
        aspect ("site", "départ", "paramètre", "données"), item (name), first, second (texts, ""
        where absent), same.
    """
    rows = []
    for aspect, left, right in (
        ("site", _site_texts(first), _site_texts(second)),
        ("départ", first.departures, second.departures),
        ("paramètre", _flat(first.parameters), _flat(second.parameters)),
        ("données", first.data_versions, second.data_versions),
    ):
        for item in dict.fromkeys([*left, *right]):
            one, two = str(left.get(item, "")), str(right.get(item, ""))
            rows.append((aspect, item, one, two, one == two))
    return pd.DataFrame(rows, columns=["aspect", "item", "first", "second", "same"])


def _flat(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return parameters where those of a pole or of a plan stand one by one."""
    flat: dict[str, Any] = {}
    for name, value in parameters.items():
        inner = value if isinstance(value, Mapping) else None
        flat |= {name: value} if inner is None else {f"{name} : {k}": v for k, v in inner.items()}
    return flat


def _site_texts(draft: Draft) -> dict[str, str]:
    texts: dict[str, str] = {}
    for site in draft.sites:
        name, number = site.name, 2
        while name in texts:
            name, number = f"{site.name} ({number})", number + 1
        gps = "" if site.gps is None else f", {_gps(site.gps)}"
        place = f"{french.number(site.lon, 4)} ; {french.number(site.lat, 4)}"
        texts[name] = f"{site.commune} ({place}){gps}"
    return texts


def _gps(count: float) -> str:
    return counted(count, "généraliste", "généralistes", tenths_if_any(count))
