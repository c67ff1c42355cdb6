"""A territory is the same one whatever objects hold its tables, as long as its version is."""

from dataclasses import replace

import pandas as pd
import pytest

from data.access import inputs
from data.access.indicators import commune_indicators
from data.region import catalogue
from data.siting.ground import ground_of
from pages import shell


def test_territories_are_equal_by_region_and_version() -> None:
    here = catalogue.load_territory()
    twin = replace(here, gps=pd.DataFrame({"code": [], "gps": []}))
    assert twin is not here
    assert twin == here
    assert hash(twin) == hash(here)
    assert len({here, twin}) == 1
    assert replace(here, version="other") != here
    assert replace(here, region="11") != here
    assert here != here.version


@pytest.mark.usefixtures("prepared")
def test_caches_ask_a_territory_for_its_version_alone() -> None:
    here = catalogue.load_territory()
    twin = replace(here)
    assert ground_of(twin) is ground_of(here)
    assert shell.commune_indicators(twin) is shell.commune_indicators(here)
    assert shell.BY_VERSION[type(here)](here) == here.version


def test_what_is_made_of_a_territory_is_made_once_and_never_serves_another() -> None:
    here = replace(catalogue.load_territory())
    made: list[str] = []

    def build(name: str) -> str:
        made.append(name)
        return name

    assert [here.once("slot", lambda: build("a")) for _ in range(3)] == ["a"] * 3
    assert made == ["a"]
    assert here.once("slot", lambda: build("b"), key=1) == "b"
    assert here.once("slot", lambda: build("c")) == "c"  # the last of a slot alone is kept
    assert replace(here).once("slot", lambda: build("d")) == "d"


def test_tables_replaced_under_one_version_are_read_again() -> None:
    here = catalogue.load_territory()
    known = inputs.places(here)["gps"].sum()
    fewer = replace(here, gps=here.gps.assign(gps=here.gps["gps"].clip(upper=1.0)))
    assert inputs.places(fewer)["gps"].sum() < known
    assert inputs.places(here)["gps"].sum() == known


@pytest.mark.usefixtures("prepared")
def test_whoever_writes_in_a_table_that_is_kept_writes_in_a_copy() -> None:
    here = catalogue.load_territory()
    for read in (inputs.places, inputs.gp_pairs, commune_indicators):
        table = read(here)
        column = "minutes" if "minutes" in table else "population"
        table.loc[:, column] = -1
        assert (read(here)[column] >= 0).all()
