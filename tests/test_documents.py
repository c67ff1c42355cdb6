"""Paths, links, modules and functions that the documents name exist."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(ROOT.glob("docs/**/*.md"))]
ROOMS = ("benchmarks", "data", "deploy", "docs", "geo", "models", "pages", "static", "tests")
MADE_AT_SETUP = ("static/generated", "static/vendor")


def is_there(dotted: str) -> bool:
    """Tell whether a dotted name is a module of ours, or is written in one."""
    parts = dotted.split(".")
    for count in range(len(parts), 0, -1):
        path = ROOT.joinpath(*parts[:count])
        source = (
            path.with_suffix(".py") if path.with_suffix(".py").is_file() else path / "__init__.py"
        )
        if source.is_file():
            rest = parts[count:]
            return not rest or re.search(rf"\b{rest[0]}\b", source.read_text("utf-8")) is not None
    return False


def lost(document: Path, text: str) -> Iterator[str]:
    """Yield what a document names and the repository does not hold."""
    rooms = "|".join(ROOMS)
    for path in re.findall(rf"`((?:{rooms})/[\w./*-]*)`", text):
        if not path.startswith(MADE_AT_SETUP) and not list(ROOT.glob(path.rstrip("/"))):
            yield path
    for link in re.findall(r"\]\(([^)#\s]+)[^)]*\)", text):
        if "://" not in link and not (document.parent / link).exists():
            yield link
    for dotted in re.findall(rf"`((?:{rooms})\.[\w.]+)`|python -m ((?:{rooms})\.[\w.]+)", text):
        name = "".join(dotted).rstrip(".")
        if not is_there(name):
            yield name


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_what_a_document_names_is_there(document: Path) -> None:
    assert sorted(set(lost(document, document.read_text("utf-8")))) == []


def test_what_is_not_there_is_found() -> None:
    text = "`data/nowhere.py` [x](nowhere.md) `geo.plane.nowhere` run `python -m data.nowhere.x`"
    assert sorted(lost(ROOT / "README.md", text)) == [
        "data.nowhere.x",
        "data/nowhere.py",
        "geo.plane.nowhere",
        "nowhere.md",
    ]
