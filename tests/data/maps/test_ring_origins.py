"""Rings start from all that patients can reach: the border of the region stops nobody."""

import numpy as np
import pandas as pd

from data.maps import payload
from data.region.territory import Territory
from tests.data.access.small_region import GPS, made


def _origins(territory: Territory, layer: str) -> set[tuple[float, float]]:
    found = payload.ring_origins(territory, layer)
    assert found.shape[1] == 2
    return {(float(lon), float(lat)) for lon, lat in found}


def test_gps_of_neighbouring_regions_are_among_the_origins() -> None:
    territory = made(GPS)
    neighbour = territory.fringe.iloc[0]
    assert territory.gps.set_index("code").loc[neighbour["code"], "gps"] == 1
    assert (neighbour["lon"], neighbour["lat"]) in _origins(territory, "iso_gps")
    assert len(_origins(territory, "iso_gps")) == 3  # Un, Quatre and the neighbour


def test_places_without_a_gp_are_no_origin() -> None:
    alone = made(dict.fromkeys(GPS, 0.0) | {"24001": 2.0})
    assert _origins(alone, "iso_gps") == {(-0.12, 45.0)}


def test_structures_of_neighbouring_regions_and_labels_of_any_kind_count() -> None:
    rows = [
        ("a", "msp", "16001", 0.0, True),
        ("b", "france_sante", "24001", -0.12, True),
        ("c", "msp", "24001", -0.13, False),
    ]
    table = pd.DataFrame(rows, columns=["id", "kind", "code", "lon", "labelled"])
    structures = table.assign(name="", lat=45.0)
    territory = made(GPS, structures=structures)
    assert _origins(territory, "iso_msp") == {(0.0, 45.0), (-0.13, 45.0)}
    assert _origins(territory, "iso_france_sante") == {(0.0, 45.0), (-0.12, 45.0)}
    assert np.isfinite(payload.ring_origins(territory, "iso_msp")).all()
