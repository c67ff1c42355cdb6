"""What lines reach is kept as it was computed, and computed again when a line is no longer held."""

from dataclasses import replace

from data.base import french, table_cache
from data.maps import pdses, reach
from data.pdses import coverage
from geo import display


def test_reach_is_kept_as_computed_and_again_without_lines(loaded, monkeypatch) -> None:
    territory, _ = loaded
    covered = coverage.cover(territory, french.today())
    specialty = covered.specialties[-1]
    starts = pdses.origins(covered, specialty)
    plain = display.display_rings(territory.travel_time.isochrones(starts, coverage.REACH_MINUTES))
    assert reach.reach_rings(territory, covered, specialty) == plain
    built = []
    monkeypatch.setattr(table_cache, "_write", lambda _table, path: built.append(path.name))
    assert reach.reach_rings(territory, covered, specialty) == plain
    assert built == []

    lines = covered.lines.copy()
    fallen = lines.index[(lines["specialty"] == specialty) & lines["held"]]
    lines.loc[fallen[0], "held"] = False
    fewer = reach.reach_rings(territory, replace(covered, lines=lines), specialty)
    assert fewer != plain
    assert len(built) == (len(fallen) > 1)
    lines.loc[fallen, "held"] = False
    nobody = reach.reach_rings(territory, replace(covered, lines=lines), specialty)
    assert nobody["features"] == []
