"""A file taken out: what stood before it came stands again, whatever came and went since."""

import datetime as dt
import random

import pandas as pd
import pytest

from data.region import table_store
from data.region.territory import Provenance

START = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def bring(file: str, turn: int, key: str = "gps") -> None:
    """Import a file whose one number is that of its turn."""
    provenance = Provenance(
        table=key,
        title=key,
        source="INSEE",
        vintage="2017",
        licence="Licence Ouverte",
        simulated=False,
        rows=1,
        matched=1,
        imported_at=START + dt.timedelta(minutes=turn),
        file_name=file,
        sha256=file * 64,
    )
    table = pd.DataFrame({"code": ["16015"], key: [float(turn)]})
    table_store.commit({key: table}, {key: provenance})


def standing(key: str = "gps") -> tuple[str, float] | None:
    """Return the file and the number in place, None where there is none."""
    now = table_store.version(table_store.current_key())
    if key not in now.tables:
        return None
    return now.provenance[key].file_name, float(table_store.read(now.tables[key])[key].iloc[0])


def test_the_counts_that_a_file_completed_come_back() -> None:
    bring("a", 1)
    bring("z", 2, "apl")
    bring("b", 3)
    assert table_store.withdraw(["gps"]) == ["gps"]
    assert standing() == ("a", 1)
    assert standing("apl") == ("z", 2)
    assert table_store.undo() == ["gps"]
    assert standing() == ("b", 3)


def test_a_file_taken_out_does_not_come_back_with_the_next_one() -> None:
    bring("a", 1)
    bring("b", 2)
    table_store.withdraw(["gps"])
    table_store.withdraw(["gps"])
    assert standing() is None
    bring("c", 3)
    table_store.withdraw(["gps"])
    assert standing() is None


def test_a_file_imported_twice_is_taken_out_once() -> None:
    bring("a", 1)
    bring("b", 2)
    bring("b", 3)
    table_store.withdraw(["gps"])
    assert standing() == ("a", 1)


@pytest.mark.parametrize("seed", range(12))
def test_any_coming_and_going_gives_what_a_pile_would(seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311 (gestures, not secrets)
    pile: list[tuple[str, float]] = []
    for turn in range(1, 25):
        if pile and dice.random() < 0.45:
            table_store.withdraw(["gps"])
            gone = pile[-1][0]
            while pile and pile[-1][0] == gone:
                pile.pop()
        else:
            file = dice.choice("abcd")
            bring(file, turn)
            pile.append((file, float(turn)))
        assert standing() == (pile[-1] if pile else None)
