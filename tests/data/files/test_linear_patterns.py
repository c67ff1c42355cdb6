"""No regular expression that sees an uploaded text takes more than a time in line with it.

Patterns are found in the code itself, so that a new one is tried too. Twenty thousand characters
that almost match cost a linear pattern microseconds and a quadratic one seconds: the child that
tries them is stopped by its processor time, nothing is timed here.
"""

import ast
import re

import pytest

from data.base.paths import ROOT
from data.files import sandbox
from data.files.sandbox import Limits
from tests.data.files import sandboxed

LENGTH = 20_000
MOST_CPU_S = 0.3
"""A linear pattern takes some 0.001 s, a quadratic one over 1 s."""
UNITS = (
    " ", "1", "a", "1 ", ", ", ",", "(", "-", "/", "\t", "\n", "\u00a0", "x ", "non ", "n ",
    "s / ", "19000 ", "1.", "° ", "'", "<row ", '<c r="A1"', " et ", "+ ", "cedex ", "bpe", "_",
)  # fmt: skip
STARTS = ("", "1", "x", "n", "19000", "(", "<row", "non")
ENDS = ("", "!", "x", "1")
TEXTS = sorted(
    {start + unit * (LENGTH // len(unit)) + "!" for unit in UNITS for start in ("", "1")}
    | {start + " " * LENGTH + end for start in STARTS for end in ENDS}
)
ROOMS = ("data", "models", "pages")
OWN_FILES = ("data/upkeep/", "data/region/demonstration")
"""Read what we wrote ourselves, at set-up."""


def patterns() -> dict[str, str]:
    """Return every regular expression written in the code, by its place."""
    found = {}
    for path in sorted(
        [*ROOT.glob("data/**/*.py"), *ROOT.glob("models/**/*.py"), *ROOT.glob("pages/*.py")]
    ):
        place = path.relative_to(ROOT).as_posix()
        if place.startswith(OWN_FILES):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str | bytes):
                text = node.value if isinstance(node.value, str) else node.value.decode("latin-1")
                if is_pattern(text):
                    found[f"{place}:{node.lineno}:{node.col_offset}"] = text
    return found


def is_pattern(text: str) -> bool:
    """Tell whether a text of the code may be a pattern that repeats something."""
    if (
        len(text) > 300
        or not re.search(r"[*+?}]", text)
        or "\n" in text
        or not re.search(r"\\[dswbS]|\[|\(|\.[*+]", text)
    ):
        return False
    try:
        re.compile(text)
    except re.error:
        return False
    return True


def slow(found: dict[str, str], texts: list[str]) -> list[str]:
    answer = sandbox.ask(
        sandboxed.slow_patterns, found, texts, MOST_CPU_S, limits=Limits(cpu_s=60.0)
    )
    assert answer.kind == "ok", answer
    return list(answer.value)


@pytest.mark.campaign
def test_every_pattern_is_linear() -> None:
    found = patterns()
    assert len(found) > 40
    assert not slow(found, TEXTS)


def test_a_pattern_that_is_not_linear_is_noticed() -> None:
    found = {"linear": r"^\s*+x", "quadratic": r"\s+x"}
    assert slow(found, [" " * LENGTH + "!"]) == ["quadratic"]
