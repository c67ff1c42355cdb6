"""The demonstration as the session prepared it, for tests that import nothing."""

from pathlib import Path

import pytest

from data.region import catalogue
from data.region.territory import Territory


@pytest.fixture(scope="module")
def territory(prepared_home: Path) -> Territory:
    """Give the default region."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PROXISOINS_HOME", str(prepared_home))
        return catalogue.load_territory("75")
