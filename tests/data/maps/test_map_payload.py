"""What the map receives: aligned, dated, and inert whatever the names hold."""

import base64
import gzip
import json
import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.access import indicators
from data.maps import payload as map_payload
from data.maps.sentences import sentence
from data.region.territory import Territory
from geo import display
from geo.layers import INDICATORS

HOSTILE = "{{ cycler.__init__.__globals__ }} ${7*7} `x` <img src=x onerror=alert(1)> =1+1"


def decoded(payload: str) -> object:
    return json.loads(gzip.decompress(base64.b64decode(payload)))


@given(st.text())
def test_no_text_survives_as_a_template_a_tag_or_a_script(text: str) -> None:
    payload = map_payload.encode({"name": text})
    assert re.fullmatch(r"[A-Za-z0-9+/=]+", payload)
    assert decoded(payload) == {"name": text.encode("utf-8", "surrogatepass").decode()}


def test_values_follow_the_communes_and_past_years_are_offered(
    loaded: tuple[Territory, pd.DataFrame],
) -> None:
    territory, table = loaded
    around = {level: indicators.aggregate(table, level) for level in map_payload.LEVELS}
    document = map_payload.configuration(territory, table, around)
    assert document["contours"] is not None
    by_key = {one["key"]: one for one in document["indicators"]}
    minutes = by_key["minutes_to_nearest_gp"]
    assert len(minutes["values"]) == len(territory.communes)
    assert minutes["values"][0] == pytest.approx(table["minutes_to_nearest_gp"].iloc[0], abs=0.06)
    assert "Médecins généralistes : données simulées" in minutes["note"]
    assert minutes["years"] == []
    years = [one["year"] for one in by_key["gps_per_1000"]["years"]]
    assert years == sorted(years)
    assert len(years) >= 2
    assert set(document["comparisons"]["apl"]["departement"]) == set(
        territory.communes["departement"]
    )


def test_an_indicator_of_several_years_quotes_where_each_comes_from(
    loaded: tuple[Territory, pd.DataFrame],
) -> None:
    """The picture of a difference quoted the newest counts alone."""
    territory, table = loaded
    past = replace(
        territory.provenance["gp_history"], simulated=False, source="INSEE, BPE", vintage="2009"
    )
    known = replace(territory, provenance={**territory.provenance, "gp_history": past})
    notes = {
        one["key"]: one["note"] for one in map_payload.configuration(known, table, {})["indicators"]
    }
    told = "historique des médecins généralistes : INSEE, BPE, 2009."
    assert notes["gps_per_1000"].endswith(told)
    assert "Autres années" not in notes["minutes_to_nearest_gp"]


def test_a_layer_quotes_the_real_tables_that_it_is_read_in(
    loaded: tuple[Territory, pd.DataFrame],
) -> None:
    territory, table = loaded
    gps = replace(territory.provenance["gps"], simulated=False, source="INSEE, BPE", vintage="2017")
    known = replace(territory, provenance={**territory.provenance, "gps": gps})
    layers = {one["key"]: one for one in map_payload.configuration(known, table, {})["layers"]}
    around = layers["iso_gps"]["note"]
    assert around.startswith(territory.travel_time.label.name)
    assert around.endswith("Médecins généralistes : INSEE, BPE, 2017.")
    # What is simulated says so in its name.
    assert "note" not in layers["urgences"]


def test_a_structure_says_the_name_of_its_commune(loaded: tuple[Territory, pd.DataFrame]) -> None:
    """It said « Commune 33256 »."""
    territory, table = loaded
    names = territory.communes.set_index("code")["name"]
    structures = territory.structures.set_index("name")["code"]
    points = map_payload.configuration(territory, table, {})["points"]
    told = [
        one for kind in ("france_sante", "msp", "centre_sante", "urgences") for one in points[kind]
    ]
    assert len(told) > 100
    for one in told:
        code = structures[one["name"]]
        assert one["detail"] == f"{names[code]} ({code[:2]})"


def test_a_sentence_says_of_what_year_real_counts_are(
    loaded: tuple[Territory, pd.DataFrame],
) -> None:
    simulated, table = loaded
    counted = replace(simulated.provenance["gps"], simulated=False, vintage="2017", measured={})
    real = replace(simulated, provenance=simulated.provenance | {"gps": counted})
    table = table[["code", "population", "gps", "gps_per_1000", "zone"]]
    for territory, year in (
        (simulated, " Médecins simulés."),
        (real, " Médecins comptés en 2017."),
    ):
        said = {
            one["key"]: one["sentence"]
            for one in map_payload.configuration(territory, table, {})["indicators"]
        }
        assert said["gps_per_1000"].endswith(f"en ont au moins un.{year}")
        assert "2017" not in said["zone"]


def test_hostile_names_travel_as_text_only(loaded: tuple[Territory, pd.DataFrame]) -> None:
    territory, table = loaded
    around = {level: indicators.aggregate(table, level) for level in map_payload.LEVELS}
    own = pd.DataFrame({"lon": [0.0], "lat": [45.0], "name": [HOSTILE], "detail": [HOSTILE]})
    document = map_payload.configuration(territory, table, around)
    document |= map_payload.with_own_points(document, own)
    payload = map_payload.encode(document)
    assert re.fullmatch(r"[A-Za-z0-9+/=]+", payload)
    assert document["points"]["points"][0]["name"] == HOSTILE


@pytest.mark.parametrize("indicator", INDICATORS, ids=lambda one: one.key)
def test_a_sentence_says_when_nothing_is_known(indicator: object) -> None:
    empty = pd.DataFrame(
        {"population": [10.0], "gps": [float("nan")], indicator.key: [float("nan")]}  # type: ignore[attr-defined]
    )
    assert "n’est pas disponible" in sentence(indicator, empty, "Région")  # type: ignore[arg-type]


def test_a_rounded_share_never_hides_the_last_communes() -> None:
    table = pd.DataFrame(
        {"population": [1_000_000.0, 30.0], "gps": [1, 0], "minutes_to_nearest_gp": [0.0, 25.0]}
    )
    nearest = next(one for one in INDICATORS if one.key == "minutes_to_nearest_gp")
    said = sentence(nearest, table, "Région")
    assert "100,0" not in said
    assert "une des 2 communes est au-delà" in said
    nearer = table.assign(minutes_to_nearest_gp=[0.0, 12.0])
    assert "aucune des 2 communes n’est au-delà" in sentence(nearest, nearer, "Région")


def test_values_keep_the_class_they_have_before_rounding():
    breaks = (10.0, 20.0)
    exact = pd.Series([20.04, 19.96, 10.0, 9.98, 31.27, np.nan])
    drawn = display.drawn_values(exact, 0, breaks)
    classes = [np.searchsorted(breaks, one, side="left") for one in drawn[:-1]]
    assert classes == np.searchsorted(breaks, exact[:-1], side="left").tolist()
    assert drawn[4:] == [31.3, None]


def test_a_sentence_says_what_it_does_not_know_of_zones_and_counts() -> None:
    """Of France only one region was zoned: 1,4 % in ZIP read as the zoning of the country."""
    table = pd.DataFrame(
        {
            "population": [600.0, 400.0, 9_000.0],
            "gps": [2.0, 0.0, np.nan],
            "zone": ["ZIP", "HZ", ""],
        }
    ).assign(gps_per_1000=lambda one: 1000 * one["gps"] / one["population"])
    zone, density = (
        next(one for one in INDICATORS if one.key == key) for key in ("zone", "gps_per_1000")
    )
    said = sentence(zone, table, "France")
    assert "6,0\u202f% des 10\u202f000 habitants en ZIP" in said.replace("\u00a0", "\u202f")
    assert "zone inconnue dans 1 commune, 90,0" in said
    assert "inconnue" not in sentence(zone, table[:2], "Région")
    assert "1 des 2 communes connues en ont" in sentence(density, table, "France")
    assert "1 des 2 communes en ont" in sentence(density, table[:2], "Région")
