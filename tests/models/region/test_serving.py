"""What a page runs to show a risk never loads scikit-learn nor scipy.stats: a second at start."""

import subprocess
import sys

import pytest

SERVE = """
import sys

import numpy as np
import pandas as pd

import pages.risques, pages.risk_panels, pages.risk_proof, pages.carte_soon, pages.warm_up
from models.backtests import card, proof
from models.learning import places, scoring
from models.learning.inputs import Inputs
from models.learning.register import Register
from models.region import flag, follow_up, predict, snowball, soon

codes = places.communes()["code"].head(200)
panel = pd.DataFrame({"gp_2013": 2.0, "gp_2017": 1.0}, index=codes)
found = pd.Series(np.arange(200) % 2, index=codes, dtype=float)
register = Register("2019-03", found)
apl = pd.DataFrame(columns=["code", "year", "apl", "apl65", "standardised_population"])
told = scoring.predict(Inputs(panel, apl, register=register), 2017, 3)
assert len(told) == 200 and told["register_fed"].all() and told["probability"].between(0, 1).all()
assert proof.read().aims() is not None and card.read()
print(*sorted({"sklearn", "scipy.stats"} & set(sys.modules)))
"""


@pytest.mark.campaign
def test_pages_and_predictions_load_neither_scikit_learn_nor_scipy_stats() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SERVE], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == ""
