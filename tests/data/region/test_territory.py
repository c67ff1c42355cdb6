"""A territory is the same one whatever objects hold its tables, as long as its version is."""

from dataclasses import replace

import pandas as pd

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


def test_caches_ask_a_territory_for_its_version_alone(prepared_home) -> None:
    here = catalogue.load_territory()
    twin = replace(here)
    assert ground_of(twin) is ground_of(here)
    assert shell.commune_indicators(twin) is shell.commune_indicators(here)
    assert shell.BY_VERSION[type(here)](here) == here.version
