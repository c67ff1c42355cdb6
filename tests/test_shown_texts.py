"""French that is shown is written in one way, wherever the sentence stands."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
CODE = sorted(
    path
    for room in ("app.py", "server.py", "pages", "data", "models", "geo")
    for path in ([ROOT / room] if room.endswith(".py") else (ROOT / room).rglob("*.py"))
)
TABLES_OF_WORDS = [
    ROOT / "data" / "official" / "sources.yaml",
    ROOT / "data" / "pdses" / "schemas_published" / "pdses-lines.schema.json",
]
TYPED_APOSTROPHE = re.compile(
    r"(?<![\w'])(?:[ldjmnstc]|[a-z]*qu|aujourd|presqu)'(?=\w|«|$)", re.IGNORECASE
)
"""An elision as a keyboard types it; at its end, before what an f-string puts in."""


def shown(code: str, *, with_docstrings: bool) -> Iterator[tuple[int, str]]:
    """Yield the texts of a module that a user may read, with their lines."""
    tree = ast.parse(code)
    notes = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    texts = [node for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    for node in texts:
        if isinstance(node.value, str) and (with_docstrings or id(node) not in notes):
            yield node.lineno, node.value


def typed(path: Path) -> list[str]:
    """Return the lines of a module whose French has a straight apostrophe.

    The docstrings of commands are their help, in French; the others are English.
    """
    help_texts = path.parent.name == "cli"
    return [
        f"{path.relative_to(ROOT)}:{line}: {text[:60]}"
        for line, text in shown(path.read_text("utf-8"), with_docstrings=help_texts)
        if TYPED_APOSTROPHE.search(text)
    ]


def test_no_sentence_has_a_straight_apostrophe() -> None:
    assert [line for path in CODE for line in typed(path)] == []


@pytest.mark.parametrize("path", TABLES_OF_WORDS, ids=lambda path: path.name)
def test_no_described_source_has_a_straight_apostrophe(path: Path) -> None:
    lines = path.read_text("utf-8").splitlines()
    assert [
        line for line in lines if not line.startswith("#") and TYPED_APOSTROPHE.search(line)
    ] == []


@pytest.mark.parametrize(
    "code", ["'Jusqu\\'au bout'", "'« a » ' \"n'est pas\"", 'f"{1} : l\'année"', 'f"{1} d\'{2}"']
)
def test_a_straight_apostrophe_is_found(code: str) -> None:
    found = [text for _, text in shown(f"told = {code}", with_docstrings=False)]
    assert any(TYPED_APOSTROPHE.search(text) for text in found)


def test_english_and_quoted_words_are_left_alone() -> None:
    for text in ("GPs' places of the IGN's", "default-src 'self'", "status != 'compris'", "d’un"):
        assert not TYPED_APOSTROPHE.search(text)
