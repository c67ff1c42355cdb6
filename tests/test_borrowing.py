"""What several tests use stands in a module of its own: a test file lends nothing to another."""

import ast
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).parent


def borrowed(source: str) -> Iterator[str]:
    """Give the names of test files, as a module or a part of one, that a source imports."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom):
            parts = [*(node.module or "").split("."), *(one.name for one in node.names)]
        elif isinstance(node, ast.Import):
            parts = [part for one in node.names for part in one.name.split(".")]
        else:
            continue
        yield from (part for part in parts if part.startswith("test_"))


def test_no_test_file_lends_to_another() -> None:
    lent = {
        str(path.relative_to(TESTS)): names
        for path in sorted(TESTS.rglob("*.py"))
        if (names := list(borrowed(path.read_text(encoding="utf-8"))))
    }
    assert lent == {}


def test_every_way_to_borrow_is_seen() -> None:
    for source in (
        "from tests.data.access.test_room import made",
        "from tests.data.access import test_room",
        "import tests.data.access.test_room",
    ):
        assert list(borrowed(source)) == ["test_room"], source
