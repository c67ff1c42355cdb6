"""Pairs in metres: their system is said, told by where they fall, or asked for; never guessed."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pyproj
import pytest
import shapely

from data.access.travel_tables import pair_ends
from data.files import remarks
from data.region import embedded_set
from data.region.coordinate_systems import SYSTEMS, readings
from geo.errors import InvalidInputError

LAON, SOISSONS, REIMS = (3.6242, 49.5641), (3.3235, 49.3817), (4.0317, 49.2583)
BORDEAUX, PESSAC, LIBOURNE = (-0.5792, 44.8378), (-0.6310, 44.8063), (-0.2440, 44.9155)
NORTH = [LAON, SOISSONS, REIMS, LAON]
GIRONDE = [BORDEAUX, PESSAC, LIBOURNE, BORDEAUX]


def metres(places, epsg: int) -> list[tuple[float, float]]:
    turn = pyproj.Transformer.from_crs(4326, epsg, always_xy=True)
    return [turn.transform(*place) for place in places]


def pairs(points, titles=("x1", "y1", "x2", "y2"), **more: object) -> pd.DataFrame:
    """Return trips between each point and the next."""
    rows = [(*one, *two) for one, two in pairwise(points)]
    table = pd.DataFrame(rows, columns=list(titles)).astype(str)
    table.index += 2
    return table.assign(**{name: str(value) for name, value in more.items()})


@pytest.fixture(scope="module")
def communes() -> pd.DataFrame:
    known = [embedded_set.communes("75"), embedded_set.fringe("75")]
    return pd.concat([one[["code", "lon", "lat", "population"]] for one in known])


@pytest.fixture
def heard():
    said: list[str] = []
    with remarks.heard_by(said.append):
        yield said


def test_bare_metres_are_lambert_93_and_where_else_they_would_fall_is_told(communes, heard) -> None:
    told = metres(NORTH, 3857)
    assert 2154 in readings(np.array(told))
    ends = pair_ends(pairs(told), communes)
    assert metres(map(tuple, ends[0]), 2154) == pytest.approx(np.array(told[:-1]), abs=0.1)
    assert any(
        "lues en Lambert-93 ; elles tomberaient aussi en France en Mercator (Web) (--epsg 3857) "
        "vers 49,38° N 3,62° E. Si c’est là" in text
        for text in heard
    )


def test_the_countryside_in_lambert_93_is_read(communes, heard) -> None:
    """Scattered over where both readings stand in France, as no town hall is."""
    rng = np.random.default_rng(3)
    places = np.column_stack([rng.uniform(-0.9, 0.2, 60), rng.uniform(44.6, 45.2, 60)])
    told = metres(places, 2154)
    assert {2154, 3857} <= set(readings(np.array(told)))
    for some in (told, told[:3]):
        ends = pair_ends(pairs(some), communes)
        assert ends[0] == pytest.approx(places[: len(some) - 1], abs=1e-6)
    assert sum("tomberaient aussi" in text for text in heard) == 2


def test_systems_of_other_places_are_asked_about() -> None:
    """Neither may be guessed: Lambert-93 puts none of these points in France."""
    lyon = [(4.8357, 45.764), (4.88, 45.771), (4.795, 45.757)]  # UTM 30 puts it near Saintes
    told = metres(lyon, 32631)
    possible = set(readings(np.array(told)))
    assert len(possible) > 1 > len(possible & {2154})
    with pytest.raises(InvalidInputError, match=r"systèmes : en UTM 3.* Dites le bon"):
        pair_ends(pairs(told), None)


@pytest.mark.parametrize("epsg", [2154, 3857])
@pytest.mark.parametrize("how", ["option", "column", "headings", "headings of metres", "codes"])
def test_what_says_the_system_is_believed(communes, epsg: int, how: str) -> None:
    places = GIRONDE if epsg == 2154 else NORTH
    table = pairs(metres(places, epsg))
    if how == "column":
        table = table.assign(epsg=f"EPSG:{epsg}")
    elif how == "headings":
        table.columns = [f"{name}_{epsg}" for name in table.columns]
    elif how == "headings of metres":
        word = {2154: "l93", 3857: "mercator"}[epsg]
        table.columns = [f"{name}_{word}" for name in table.columns]
    elif how == "codes":
        codes = {BORDEAUX: "33063", PESSAC: "33318", LIBOURNE: "33243"}
        known = dict(zip(NORTH, ["02408", "02722", "51454"], strict=False)) | codes
        north = pd.DataFrame(
            [(code, *place, 30_000) for place, code in known.items()], columns=communes.columns
        )
        communes = pd.concat([communes, north])
        table["code1"] = [known[place] for place in places[:-1]]
        table["code2"] = [known[place] for place in places[1:]]
    ends = pair_ends(table, communes, epsg if how == "option" else None)
    assert ends[0] == pytest.approx(np.array(places[:-1]), abs=1e-6)
    assert ends[1] == pytest.approx(np.array(places[1:]), abs=1e-6)


def test_lambert_93_of_towns_of_the_gironde_is_read_without_a_word(communes, heard) -> None:
    ends = pair_ends(pairs(metres(GIRONDE, 2154)), communes)
    assert ends[0] == pytest.approx(np.array(GIRONDE[:-1]), abs=1e-6)
    assert not [text for text in heard if "valeurs" in text]


@pytest.mark.parametrize("epsg", [27572, 3857, 32630, 3945, 3946])
def test_another_system_of_the_region_is_told_by_its_values(communes, heard, epsg: int) -> None:
    places = [(1.26, 45.834), (1.871, 46.172), (2.309, 45.548), (0.34, 46.58)]
    ends = pair_ends(pairs(metres(places, epsg)), communes)
    # EPSG:27572 is turned by pyproj's default grid: within two metres.
    assert ends[0] == pytest.approx(np.array(places[:-1]), abs=3e-5)
    assert any(f"lues en {SYSTEMS[epsg]}" in text for text in heard)


def test_roads_in_use_tell_where_points_are() -> None:
    north = shapely.box(3, 49, 5, 50)
    ends = pair_ends(
        pairs(metres(NORTH, 3857)), None, None, lambda p: shapely.contains_xy(north, p)
    )
    assert ends[0] == pytest.approx(np.array(NORTH[:-1]), abs=1e-6)


def test_overseas_metres_are_read(heard) -> None:
    places = [(55.45, -20.88), (55.28, -21.0), (55.47, -21.34)]
    ends = pair_ends(pairs(metres(places, 2975)), None)
    assert ends[0] == pytest.approx(np.array(places[:-1]), abs=1e-6)
    assert any("La Réunion" in text for text in heard)


@pytest.mark.parametrize(
    ("more", "epsg", "sentence"),
    [
        ({}, 3857, "dites en Mercator .* pas en France. Elles y tombent en Lambert-93"),
        ({}, 4326, r"dites en degrés \(EPSG:4326\)"),
        ({}, 9999, "--epsg : système de coordonnées inconnu ici. Codes admis : 4326"),
        ({"srid": "9999"}, None, "colonne « srid », « 9999 »"),
    ],
)
def test_a_system_that_cannot_be_is_refused(communes, more, epsg, sentence: str) -> None:
    limoges = [(1.26, 45.834), (1.871, 46.172), (2.309, 45.548)]
    with pytest.raises(InvalidInputError, match=sentence):
        pair_ends(pairs(metres(limoges, 2154), **more), communes, epsg)


def test_several_systems_in_one_table_are_refused(communes) -> None:
    table = pairs(metres(GIRONDE, 2154)).assign(crs=["2154", "3857", "2154"])
    with pytest.raises(InvalidInputError, match=r"plusieurs systèmes .*2154, 3857"):
        pair_ends(table, communes)


def test_an_option_of_metres_leaves_degrees_alone(communes) -> None:
    table = pairs(GIRONDE, ("lon1", "lat1", "lon2", "lat2"))
    ends = pair_ends(table, communes, 2154)
    assert ends[0] == pytest.approx(np.array(GIRONDE[:-1]), abs=1e-6)
