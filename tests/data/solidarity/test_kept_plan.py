"""The plan that Solidarité opens with: read back as computed, and without a compiler."""

import subprocess
import sys

import pytest
from pandas.testing import assert_frame_equal

from data.base.paths import ROOT
from data.region import catalogue
from data.solidarity import plans, tables
from data.solidarity.help import USUAL_VOLUNTEERS, Terms
from data.solidarity.needs import Question, needs
from data.upkeep.prepare import prepare

pytestmark = pytest.mark.usefixtures("warm_home")

FIRST = Terms(volunteers=USUAL_VOLUNTEERS)

_OPENED = """
import sys
from data.region import catalogue
from data.solidarity import plans, tables
from data.solidarity.help import USUAL_VOLUNTEERS, Terms
from data.solidarity.needs import Question
territory = catalogue.load_territory("75")
found = plans.help_plan(territory, Question(), Terms(volunteers=USUAL_VOLUNTEERS))
assert tables.losses(territory, found)["people"] >= 0
sys.exit("numba" in sys.modules)
"""


def test_what_is_read_back_is_what_is_computed():
    territory = catalogue.load_territory()
    for _ in range(2):  # computed, then read
        plans.help_plan.cache_clear()
        plans._targets.cache_clear()
        tables.moved.cache_clear()
        found = plans.help_plan(territory, Question(), FIRST)
        assert_frame_equal(
            plans._targets(territory, Question()), needs(territory, Question()), check_exact=True
        )
        assert_frame_equal(
            tables.moved(territory, found), tables._changed(territory, found), check_exact=True
        )


def test_other_questions_are_not_taken_for_the_first():
    territory = catalogue.load_territory()
    other = Question(apl=2.0)
    assert_frame_equal(plans._targets(territory, other), needs(territory, other))
    assert len(plans._targets(territory, Question())) != len(plans._targets(territory, other)) or (
        plans._targets(territory, Question())["half_days"].sum()
        != plans._targets(territory, other)["half_days"].sum()
    )


def test_once_prepared_it_opens_without_a_compiler():
    prepare("75")
    subprocess.run([sys.executable, "-c", _OPENED], cwd=ROOT, check=True, capture_output=True)
