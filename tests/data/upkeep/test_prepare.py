"""After set-up the first screens find what is long already kept."""

import pytest

from data.access.indicators import aggregated_indicators, commune_indicators
from data.base import french, table_cache
from data.maps import kept_map, payload, reach, sites
from data.pdses import coverage
from data.region import catalogue
from data.siting import ground
from data.solidarity import plans
from data.solidarity.help import Terms
from data.solidarity.needs import Question


@pytest.mark.usefixtures("warm_home")
def test_the_first_screens_build_no_table(monkeypatch: pytest.MonkeyPatch) -> None:
    built: list[str] = []
    monkeypatch.setattr(table_cache, "_write", lambda _table, path: built.append(path.name))
    territory = catalogue.load_territory("75")
    commune_indicators(territory)
    ground.ground_of.__wrapped__(territory)
    coverage.lines_covering(territory, str(territory.communes["code"].iloc[0]))
    covered = coverage.cover(territory, french.today())
    reach.reach_rings(territory, covered, covered.specialties[0])
    plans.help_plan.__wrapped__(territory, Question(), Terms())
    kept = sites.kept_opening(territory, lambda: pytest.fail("made again"))
    assert built == []

    table = commune_indicators(territory)
    around = {level: aggregated_indicators(territory, level) for level in payload.LEVELS}
    assert kept == kept_map.sent(sites.opening(territory, table, around))
