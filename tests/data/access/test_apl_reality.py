"""Our APL from real GP counts must rank communes as the published one does, above the floor."""

import numpy as np
import pytest

pytestmark = pytest.mark.reference

FLOOR = 0.61  # the naive computation of the reference study


@pytest.fixture(scope="module")
def real(reference):
    from benchmarks import apl_agreement

    return apl_agreement, apl_agreement.Reality()


def test_ranks_beat_the_floor_and_the_naive_computation(real):
    module, reality = real
    published, inside = reality.published(), reality.inside
    found = module.Agreement.of(reality.computed(), published, inside)
    naive = module.ablation(reality)["Naive: 5,000 acts, straight lines, not standardised"]
    beside = module.Agreement.of(naive, published, inside)
    assert found.communes > 4250
    assert found.spearman > FLOOR + 0.05
    assert found.spearman > beside.spearman
    assert found.median_error < beside.median_error
    assert found.median_ratio == pytest.approx(1, abs=0.1)


def test_supply_is_conserved_on_real_data(real):
    module, reality = real
    supply = reality.counts(module.GP_YEAR)
    access = reality.access(module.ga.DREES_2015.of(reality.minutes), reality.demand(), supply)
    assert np.nansum(access * reality.demand()) == pytest.approx(supply.sum())


def test_acts_per_gp_are_those_that_the_rest_of_france_implies(real):
    from data.access import inputs

    module, reality = real
    assert module.acts_per_gp(reality) == pytest.approx(inputs.ACTS_PER_GP, rel=0.01)
