"""Areas of CPTS: lines and outlines, each counted, and the level that they make."""

import json
from dataclasses import replace

import pandas as pd
import pytest

from data.access.indicators import aggregate, commune_indicators
from geo.errors import InvalidInputError
from tests.data.access import small_region


def test_lines_are_kept_or_refused_with_their_reason(read, tmp_path):
    path = tmp_path / "cpts.csv"
    path.write_text(
        "code_insee;cpts;finess;annee\n"
        "16001;CPTS  Nord Charente;160012345;2026\n16002;CPTS Nord Charente;160012345;2026\n"
        "16002;CPTS Nord Charente;160012345;2026\n16010;CPTS du Cognaçais;;\n"
        "33063;CPTS Un;;2026\n33063;CPTS Deux;;2026\n87085;;;2026\n16001;Autre;;demain\n",
        encoding="utf-8",
    )
    source, result = read(path)
    assert source == "cpts"
    table = result.tables["cpts"].set_index("code")
    assert table["cpts"].to_dict() == {
        "16001": "160012345",
        "16002": "160012345",
        "16186": "cpts-du-cognacais",  # the former commune 16010
    }
    assert table.loc["16001", "cpts_name"] == "CPTS Nord Charente"
    assert {one.reason: one.count for one in result.tally.refused} == {
        "commune dans deux CPTS : aucune n’est choisie": 2,
        "ligne répétée, comptée une fois": 1,
        "CPTS non nommée": 1,
        "année illisible": 1,
    }
    assert result.tally.read == result.tally.kept + sum(one.count for one in result.tally.refused)


def box(west, south, east, north):
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def layer(*features):
    told = [{"type": "Feature", "properties": p, "geometry": g} for p, g in features]
    return json.dumps({"type": "FeatureCollection", "name": "cpts", "features": told})


def test_outlines_hold_the_communes_whose_town_hall_is_inside(read, tmp_path):
    path = tmp_path / "perimetres.geojson"
    path.write_text(
        layer(
            ({"CPTS": "CPTS Nord", "annee": 2025}, box(0.0, 46.0, 1.0, 46.5)),  # 16001 and 16002
            ({"CPTS": "CPTS Est"}, box(0.5, 45.0, 2.0, 46.2)),  # 16001 again, and 87085
            ({"CPTS": ""}, box(-1, 44, 0, 45)),
            ({"CPTS": "CPTS de la mer"}, box(-9, 44, -8, 45)),
            ({"CPTS": "CPTS Point"}, {"type": "Point", "coordinates": [0.2, 46.1]}),
            ({"CPTS": "CPTS Mètres"}, box(600000, 6500000, 700000, 6600000)),
        ),
        encoding="utf-8",
    )
    source, result = read(path)
    assert source == "cpts"
    told = result.tables["cpts"].set_index("code")["cpts_name"].to_dict()
    assert told == {"16002": "CPTS Nord", "87085": "CPTS Est"}
    assert (result.tally.read, result.tally.kept) == (6, 2)
    assert {one.reason: one.count for one in result.tally.refused} == {
        "CPTS non nommée": 1,
        "aucune commune de la région dans le contour": 1,
        "contour illisible": 2,
    }
    assert result.tally.remarks == ["1 commune dans deux contours : aucune CPTS n’est choisie"]


def test_outlines_without_any_commune_are_refused(read, tmp_path):
    path = tmp_path / "perimetres.geojson"
    path.write_text(layer(({"CPTS": "Mer"}, box(-9, 44, -8, 45))), encoding="utf-8")
    with pytest.raises(InvalidInputError, match="communes d’une CPTS"):
        read(path)


def test_areas_are_a_level_with_the_figures_of_their_communes():
    areas = pd.DataFrame(
        [("16001", "a", "CPTS A", 2026), ("16002", "a", "CPTS A", 2026)],
        columns=["code", "cpts", "cpts_name", "year"],
    )
    territory = replace(small_region.made({}), context={"cpts": areas}, version="with-cpts")
    communes = commune_indicators(territory)
    assert communes.set_index("code")["cpts_name"].to_dict()["16003"] == ""
    (area,) = aggregate(communes, "cpts").to_dict("records")
    inside = communes[communes["code"].isin(["16001", "16002"])]
    assert (area["name"], area["communes"]) == ("CPTS A", 2)
    assert area["population"] == inside["population"].sum()
