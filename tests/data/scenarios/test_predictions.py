"""Predictions are kept once, as they were made, and given back unchanged."""

import pandas as pd
import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from data.base.paths import ROOT
from data.scenarios import database, predictions, verdicts
from data.scenarios.verdicts import Seen

TABLE = pd.DataFrame(
    {
        "code": ["23096", "19275"],
        "probability": [0.1234567, 0.02],
        "risk_class": ["élevé", "faible"],
    }
)
MADE = {"as_of": 2018, "horizon": 2, "model": "2020-12-31 abc", "simulated": False}


def test_the_same_predictions_are_kept_once_and_read_back():
    assert predictions.keep("75", TABLE, **MADE)
    assert not predictions.keep("75", TABLE.iloc[::-1], **MADE)
    (found,) = predictions.kept("75", simulated=False)
    assert (found.as_of, found.horizon, found.model) == (2018, 2, "2020-12-31 abc")
    back = predictions.read(found)
    expected = TABLE.sort_values("code", ignore_index=True).round({"probability": 6})
    pd.testing.assert_frame_equal(back, expected)


def test_other_data_model_or_horizon_add_a_set_and_touch_none():
    predictions.keep("75", TABLE, **MADE)
    changed = TABLE.assign(probability=0.5)
    assert predictions.keep("75", changed, **MADE)
    assert predictions.keep("75", TABLE, **(MADE | {"model": "other"}))
    assert predictions.keep("75", TABLE, **(MADE | {"horizon": 5}))
    assert predictions.keep("75", TABLE, **(MADE | {"simulated": True, "as_of": 2020}))
    assert predictions.keep("53", TABLE, **MADE)
    found = predictions.kept("75", simulated=False)
    assert len(found) == 4
    assert [one.made_at for one in found] == sorted((one.made_at for one in found), reverse=True)
    assert predictions.read(found[-1])["probability"].tolist() == [0.02, 0.123457]
    assert [one.as_of for one in predictions.kept("75", simulated=True)] == [2020]


def test_reviews_older_than_the_record_of_what_was_seen_stay_readable():
    engine = sa.create_engine(database.url())
    verdicts.save_review("23096", "confirmé", "vu")
    with engine.begin() as opened:  # back to the schema of before
        config = Config()
        config.set_main_option("script_location", str(ROOT / "data" / "scenarios" / "migrations"))
        config.attributes["connection"] = opened
        command.downgrade(config, "0001")
    engine.dispose()
    database.forget()
    (old,) = verdicts.reviews()
    assert (old.comment, old.seen) == ("vu", None)
    seen = Seen("élevé", 0.15, 2, 2018, "v")
    verdicts.save_review("23096", "réfuté", "", seen=seen)
    assert [one.seen for one in verdicts.reviews()] == [seen, None]
