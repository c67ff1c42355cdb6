"""The demonstration region, loaded once for all tests of what maps receive."""

from pathlib import Path

import pandas as pd
import pytest

from data.access import indicators
from data.region import catalogue
from data.region.territory import Territory


@pytest.fixture(scope="session")
def loaded(prepared_home: Path) -> tuple[Territory, pd.DataFrame]:
    assert prepared_home.is_dir()
    territory = catalogue.load_territory("75")
    return territory, indicators.commune_indicators(territory)
