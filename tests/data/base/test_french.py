"""Numbers and dates are written by one function, for engines as for screens."""

import ast
import re
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from babel.numbers import format_decimal
from hypothesis import example, given
from hypothesis import strategies as st

from data.base import french
from geo import french as lowest

ROOT = Path(__file__).parents[3]
NOT_FRENCH = {
    "geo/french.py": "that place",
    "models/backtests/report.py": "a report in English",
    "models/backtests/checks.py": "sections of that report",
    "models/backtests/markdown.py": "cells of that report",
    "models/backtests/model_card.py": "a card in English",
    "models/backtests/aims.py": "a report in English",
    "models/backtests/trend.py": "a section of that report; its French sentences ask `number`",
    "models/backtests/horizon_tables.py": "rows in English for that report",
    "pages/zoning_view.py": "a width in a style sheet",
    "pages/state.py": "numbers of an address",
    "data/upkeep/build_embedded.py": "a script for developers",
    "data/files/exports.py": "cells of a table, not a text",
}


def _written_by_hand(path: Path) -> Iterator[int]:
    """Yield the lines that write decimals, or thousands, without asking the French module."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FormattedValue) and isinstance(node.format_spec, ast.JoinedStr):
            parts = [str(v.value) for v in node.format_spec.values if isinstance(v, ast.Constant)]
            if re.search(r"\.[1-9]f|\.f|[_,]", "".join(parts)):
                yield node.lineno
        if isinstance(node, ast.Call) and ast.unparse(node).endswith(".replace('.', ',')"):
            yield node.lineno


def test_numbers_on_screen_are_written_in_one_place() -> None:
    files = [
        path for room in ("geo", "data", "models", "pages") for path in (ROOT / room).rglob("*.py")
    ]
    found = {
        f"{name}:{line}"
        for path in files
        if (name := path.relative_to(ROOT).as_posix()) not in NOT_FRENCH
        for line in _written_by_hand(path)
    }
    assert len(files) > 200
    assert not found


def test_engines_and_screens_ask_the_same_function() -> None:
    assert french.number is lowest.number
    assert french.date is lowest.date
    assert lowest.number(-1234.56, 1) == "\N{MINUS SIGN}1\u202f234,6"
    assert lowest.number(float("inf")) == lowest.number(None) == "non disponible"


@given(
    value=st.floats(0, 1e15) | st.integers(0, 10**15) | st.integers(0, 10**6).map(lambda n: n / 8),
    decimals=st.integers(0, 3),
)
@example(value=2.675, decimals=2)
@example(value=np.float64(1234567.125), decimals=2)
def test_a_number_is_written_as_the_unicode_consortium_says(value: float, decimals: int) -> None:
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    assert lowest.number(value, decimals) == format_decimal(value, format=pattern, locale="fr_FR")


@given(st.text())
@example("L’Haÿ-les-Roses")
@example("Saint-Jean (Œuvre)")
@example("SAINT-JEAN-D'ANGELY")
def test_a_name_is_folded_the_same_with_and_without_accents(name: str) -> None:
    accented = french.fold(f"é {name}")
    assert accented == f"e {french.fold(name)}".strip()


@given(value=st.floats(-1e9, 1e9), decimals=st.integers(0, 3))
def test_a_number_is_read_back_as_it_was_rounded(value: float, decimals: int) -> None:
    for told in (lowest.number(value, decimals), lowest.signed(value, decimals)):
        read = french.read_number(told)
        assert read == pytest.approx(value, abs=0.5000001 * 10**-decimals)
        assert "-" not in told
        assert told[0].isdigit() == (read == 0 or told[0] not in "+\N{MINUS SIGN}")
    assert lowest.signed(value, decimals)[0].isdigit() == (not read)


def test_a_moment_is_told_by_the_clock_of_its_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Europe/Paris")
    time.tzset()
    assert french.moment("2026-11-28T23:30:00+00:00") == "29 novembre 2026, 00:30"
    monkeypatch.undo()
    time.tzset()
