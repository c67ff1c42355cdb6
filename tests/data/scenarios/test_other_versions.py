"""One scenario that another version wrote, or that is altered, closes none of the others."""

import json

import pytest
import sqlalchemy as sa

from data.scenarios import database, store
from data.scenarios.drafts import Draft
from data.uploads import Site
from geo.errors import UnavailableError

SITE = Site(2, "MSP", "19275", "Ussel", 2.3138, 45.5448)


def _rewrite(scenario_id, **changes):
    with database.session() as opened:
        row = opened.get(database.ScenarioRow, scenario_id)
        content = json.loads(json.dumps(row.content)) | changes
        opened.execute(
            sa.update(database.ScenarioRow)
            .where(database.ScenarioRow.id == scenario_id)
            .values(content={k: v for k, v in content.items() if v != "removed"})
        )


@pytest.fixture
def two():
    return [store.save(Draft(name, "75", sites=(SITE,))) for name in ("Ancien", "Nouveau")]


def test_fields_of_a_newer_version_are_left_aside_and_kept(two):
    _, newer = two
    sites = [{"line": 2, "name": "MSP", "code": "19275", "commune": "Ussel", "lon": 2.3,
              "lat": 45.5, "antennas": ["a"]}]  # fmt: skip
    _rewrite(newer.id, poles=[1, 2], sites=sites)
    assert {one.draft.name for one in store.scenarios()} == {"Ancien", "Nouveau"}
    assert store.damaged() == []
    opened = store.load(newer.id)
    assert [site.name for site in opened.draft.sites] == ["MSP"]
    store.update(opened, opened.draft)
    with database.session() as session:
        assert session.get(database.ScenarioRow, newer.id).content["poles"] == [1, 2]


@pytest.mark.parametrize("change", [{"region": "removed"}, {"sites": 3}, {"sites": [{"line": 1}]}])
def test_what_cannot_be_read_is_named_and_the_others_open(two, change):
    _, broken = two
    _rewrite(broken.id, **change)
    assert [one.draft.name for one in store.scenarios()] == ["Ancien"]
    assert store.damaged() == ["Nouveau"]
    with pytest.raises(UnavailableError, match="illisible"):
        store.load(broken.id)
