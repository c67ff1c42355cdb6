"""What the map receives on room: what the script reads is written, and the counts are ours."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from data.access.indicators import commune_indicators
from data.maps import room
from data.region.catalogue import load_territory
from data.region.moments import Moment
from geo.layers import INDICATORS

CLIENT = Path(__file__).parents[3] / "static" / "proxisoins"

pytestmark = pytest.mark.usefixtures("prepared")


@pytest.fixture(scope="module")
def region(prepared_home):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PROXISOINS_HOME", str(prepared_home))
        yield load_territory("75")


@pytest.fixture(scope="module")
def sent(region):
    """What the map receives at twenty minutes."""
    return room.document(region, 20)


def test_counts_are_those_of_the_indicators(region, sent):
    table, controls = commune_indicators(region), room.controls()
    at = controls["capacities"].index(controls["capacity"])
    assert sent["served"][at] == round(table["without_room_nearest"].sum())
    assert sent["least"][at] == round(table["without_room_bound"].sum())
    assert np.rint(sent["nearest"][at]).tolist() == np.rint(table["without_room_nearest"]).tolist()
    known = table["inhabitants_per_gp"].notna()
    level = np.array([one["level"] for one in sent["blocks"]])[np.array(sent["block"])[known]]
    assert level == pytest.approx(table.loc[known, "inhabitants_per_gp"].to_numpy())


@pytest.mark.parametrize("without", [0.4, 49.6, 50.4, 100.2, 500.3])
def test_whole_people_leave_a_share_in_its_class(region, monkeypatch, without):
    """Of a thousand: 50.4 are more than 5 %, and 50 are not; the legend counts what it draws."""
    steps = room.ladder(region, 20)
    first = region.communes.assign(population=[1000, *region.communes["population"].iloc[1:]])
    nearest = steps.nearest.copy()
    nearest[:, 0] = without
    monkeypatch.setattr(room, "ladder", lambda *_: replace(steps, nearest=nearest))
    sent = room.document(replace(region, communes=first), 20)["nearest"][0][0]
    breaks = next(one.breaks for one in INDICATORS if one.key == "share_without_room")
    assert np.searchsorted(breaks, sent / 10) == np.searchsorted(breaks, without / 10)
    assert sent in (without, round(without))


def test_the_card_of_a_commune_names_the_year_of_its_own_counts(region):
    known = replace(
        region.provenance["gps"],
        simulated=False,
        measured={"": Moment(2020), "75": Moment(2017), "04": Moment(2020)},
    )
    dated = replace(region, provenance={**region.provenance, "gps": known})
    assert room.commune_note(dated, "33063") == "Médecins comptés en 2017."
    assert room.commune_note(dated, "97411") == "Médecins comptés en 2020."
    assert room.commune_note(region, "33063") == room.SIMULATED["gps"]


def test_more_room_leaves_fewer_out_and_the_best_never_more_than_the_nearest(region):
    sent = room.document(region, 15)
    assert (np.diff(sent["served"]) <= 0).all()
    assert (np.diff(sent["least"]) <= 0).all()


def test_every_key_that_the_script_reads_is_written(sent):
    text = "".join((CLIENT / one).read_text(encoding="utf-8") for one in ("room.js", "proof.js"))
    read = set(re.findall(r"\bknown\.(\w+)", text)) - {"block", "blocks"}
    assert read
    # What is told where communes are parted alone: test_room_on_squares sees it written.
    assert read - set(sent) == room.RoomDocument.__optional_keys__ == {"parts"}
    assert set(re.findall(r"\bblock\.(\w+)", text)) - {"flatMap"} <= set(sent["blocks"][0])
    assert set(re.findall(r"\bcontrols\.(\w+)", text)) <= set(room.controls())
