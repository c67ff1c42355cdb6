"""Metres of own points: a national list, and a file that two systems put in the territory."""

import numpy as np
import pyproj
import pytest

from data.region import embedded_set
from data.region.gazetteer import gazetteer
from data.uploads import match_lines, read_lines
from data.uploads.coordinates import system_of
from geo.errors import InvalidInputError

NORTH_EAST = [(3.62, 49.56), (3.32, 49.38), (4.03, 49.26), (4.37, 48.96), (4.72, 49.77)]
LOCAL = [(2.309, 45.548), (-0.329, 45.696), (1.262, 45.834)]
GIRONDE = [(-0.5792, 44.8378), (-0.244, 44.9155), (-0.631, 44.8063)]


def content(places, epsg: int, titles=("X", "Y"), towns=()) -> bytes:
    turn = pyproj.Transformer.from_crs(4326, epsg, always_xy=True)
    rows = [";".join((*titles, *(["commune"] if towns else [])))]
    rows += [
        ";".join([*(f"{value:.1f}" for value in turn.transform(*place)), *towns[k : k + 1]])
        for k, place in enumerate(places)
    ]
    return "\n".join(rows).encode()


def everywhere(points: np.ndarray) -> np.ndarray:
    return np.isfinite(points).all(axis=1)


def test_the_system_of_a_national_list_is_not_that_of_a_few_strays() -> None:
    """Web Mercator of the north-east, read as Lambert-93, falls in the Gironde."""
    places = [*LOCAL, *(NORTH_EAST * 3)]
    lines = read_lines(content(places, 3857), "sites.csv")
    report = match_lines(lines, gazetteer(), embedded_set.communes())
    found = [(site.lon, site.lat) for site in report.sites]
    assert found == pytest.approx(np.array(LOCAL), abs=1e-5)
    assert len(report.outside) == 15


@pytest.mark.parametrize("epsg", [2154, 3857])
def test_titles_tell_two_systems_apart(epsg: int) -> None:
    titles = (f"X (EPSG:{epsg})", f"Y (EPSG:{epsg})")
    lines = read_lines(content(NORTH_EAST, 3857, titles), "sites.csv")
    assert system_of(lines, gazetteer(), everywhere, postcodes=False) == epsg


def test_communes_named_beside_points_tell_two_systems_apart() -> None:
    lines = read_lines(content(GIRONDE, 2154, towns=("Bordeaux", "Libourne", "Pessac")), "s.csv")
    assert system_of(lines, gazetteer(), everywhere, postcodes=False) == 2154


def test_two_systems_that_fit_as_well_are_asked_about() -> None:
    lines = read_lines(content(NORTH_EAST, 3857), "sites.csv")
    with pytest.raises(InvalidInputError, match=r"en Lambert-93 ou .*Mercator.*« x_2154 »"):
        system_of(lines, gazetteer(), everywhere, postcodes=False)
