"""Paths, links, modules and functions that documents, and notes in the code, name exist."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(ROOT.glob("docs/**/*.md"))]
ROOMS = ("benchmarks", "data", "deploy", "docs", "geo", "models", "pages", "static", "tests")
CODE = ("benchmarks", "data", "geo", "models", "pages", "tests")
GUIDE = sorted((ROOT / "docs" / "guide").glob("*.md"))
GUIDE_PICTURES = sorted((ROOT / "docs" / "guide" / "pictures").iterdir())
MADE_AT_SETUP = ("static/generated", "static/vendor")


@cache
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
    """Yield what a document names or links, and the repository does not hold."""
    yield from unknown(text)
    for link in re.findall(r"\]\(([^)#\s]+)[^)]*\)", text):
        if "://" not in link and not (document.parent / link).exists():
            yield link


def unknown(text: str) -> Iterator[str]:
    """Yield the paths and modules that a text names and the repository does not hold."""
    rooms = "|".join(ROOMS)
    for path in re.findall(rf"`((?:{rooms})/[\w./*-]*)`", text):
        if not path.startswith(MADE_AT_SETUP) and not list(ROOT.glob(path.rstrip("/"))):
            yield path
    for dotted in re.findall(rf"`((?:{rooms})\.[\w.]+)`|python -m ((?:{rooms})\.[\w.]+)", text):
        name = "".join(dotted).rstrip(".")
        if not is_there(name):
            yield name


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_what_a_document_names_is_there(document: Path) -> None:
    assert sorted(set(lost(document, document.read_text("utf-8")))) == []


@pytest.mark.parametrize("room", [*CODE, ""])
def test_what_notes_in_the_code_name_is_there(room: str) -> None:
    files = list((ROOT / room).rglob("*.py") if room else ROOT.glob("*.py"))
    assert files
    for path in files:
        if path != Path(__file__):
            assert sorted(set(unknown(path.read_text("utf-8")))) == [], path


def test_what_is_not_there_is_found() -> None:
    text = "`data/nowhere.py` [x](nowhere.md) `geo.plane.nowhere` run `python -m data.nowhere.x`"
    assert sorted(lost(ROOT / "README.md", text)) == [
        "data.nowhere.x",
        "data/nowhere.py",
        "geo.plane.nowhere",
        "nowhere.md",
    ]


def screen_texts(source: str) -> Iterator[str]:
    """Yield the texts of a Python file, its docstrings and notes apart; parts of f-strings too."""
    tree = ast.parse(source)
    notes = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in notes:
            yield node.value


@cache
def on_screen() -> str:
    """Return all texts that may stand on a screen, one a line, each after a mark of beginning.

    The screen "Guide" is left out: it quotes the labels of others, and would hide their change.
    """
    texts: list[str] = []
    # To read all of data and geo, which names the indicators, takes seconds: only files that hold
    # the first word of a label are parsed.
    words = {label.split()[0] for page in GUIDE for label in labels(page.read_text("utf-8"))}
    files = [path for room in ("pages", "data", "geo") for path in (ROOT / room).rglob("*.py")]
    for path in [ROOT / "app.py", *files]:
        source = path.read_text("utf-8")
        if path != ROOT / "pages" / "guide.py" and any(f'"{word}' in source for word in words):
            texts += screen_texts(source)
    for path in (ROOT / "static" / "proxisoins").glob("*.js"):
        texts += re.findall(r"[\"`]([^\"`\n]+)", path.read_text("utf-8"))
    return "\n".join(f"|{spaced(text)}" for text in texts)


def spaced(text: str) -> str:
    """Return a text whose spaces and ends of lines are all plain spaces."""
    return re.sub(r"\s+", " ", text).strip()


def labels(text: str) -> set[str]:
    """Return what a text quotes between « »."""
    return {spaced(label) for label in re.findall(r"«([^«»]*)»", text)} - {""}


def missing_labels(text: str, shown: str) -> list[str]:
    """Return the labels between « » of a text with which no text shown begins."""
    return sorted(
        label for label in labels(text) if not re.search(rf"\|{re.escape(label)}(?!\w)", shown)
    )


@pytest.mark.parametrize("page", GUIDE, ids=lambda path: path.name)
def test_labels_that_the_guide_quotes_are_on_screen(page: Path) -> None:
    text = page.read_text("utf-8")
    assert "«" in text
    assert missing_labels(text, on_screen()) == []


def test_a_renamed_label_is_found() -> None:
    shown = "\n".join(f"|{text}" for text in screen_texts('"""Envoyer."""\nx = f"Garder ({n})"'))
    assert missing_labels("« Garder », «\xa0Garder\n (\xa0», « Gard », « Envoyer »", shown) == [
        "Envoyer",
        "Gard",
    ]


def test_the_guide_has_a_page_a_task_and_its_index_leads_to_each() -> None:
    index = (ROOT / "docs" / "guide" / "README.md").read_text("utf-8")
    linked = re.findall(r"\]\((\d\d-[\w-]+\.md)\)", index)
    assert linked == [page.name for page in GUIDE if page.name != "README.md"]
    assert [int(name[:2]) for name in linked] == list(range(1, 13))


def test_pictures_of_the_guide_are_light_and_all_shown() -> None:
    shown = "".join(page.read_text("utf-8") for page in GUIDE)
    assert 0 < len(GUIDE_PICTURES) <= 6
    for picture in GUIDE_PICTURES:
        assert f"](pictures/{picture.name})" in shown
        assert picture.stat().st_size <= 100_000, picture.name


def test_each_page_of_the_guide_opens_a_screen_of_the_menu() -> None:
    menu = (ROOT / "app.py").read_text("utf-8")
    for page in GUIDE:
        opened = re.findall(r"menu, ouvrez « ([^»]*) »", spaced(page.read_text("utf-8")))
        assert opened or page.name == "README.md"
        assert [name for name in opened if f'"{name}"' not in menu] == [], page.name
