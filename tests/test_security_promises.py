"""What `docs/security.md` promises names tests that are there."""

import re

from data.base.paths import ROOT


def named_tests() -> list[tuple[str, str]]:
    """Return the file and the name of each test that the document quotes."""
    found, file = [], ""
    text = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    for path, name in re.findall(r"`([\w/.]*)::(\w+)`", text):
        file = path or file
        found.append((file, name))
    return found


def test_every_promise_names_a_test_that_exists() -> None:
    named = named_tests()
    assert len(named) > 50
    lost = []
    for file, name in named:
        path = ROOT / "tests" / file
        written = path.read_text(encoding="utf-8") if path.is_file() else ""
        if f"def {name}(" not in written:
            lost.append(f"{file}::{name}")
    assert not lost
