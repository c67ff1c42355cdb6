"""Law and thresholds stand in one place: nothing else in data, models and pages repeats them."""

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from data.region import rules
from geo import access

ROOT = Path(__file__).parents[3]
FILES = sorted(
    path
    for room in ("data", "models", "pages")
    for path in (ROOT / room).rglob("*.py")
    if path != Path(rules.__file__)
)

# Of these values, any literal is a copy: they mean nothing else anywhere.
ALONE = {
    rules.ZIP_APL,
    rules.ZIP_CEILING,
    rules.ZAC_CEILING,
    rules.ZIP_SHARE_OF_FRANCE,
    rules.MSP_ACI_EUROS_A_YEAR,
    rules.MSP_OVERHEAD_EUROS_A_GP,
    *rules.CPTS_EUROS_A_YEAR,
    *rules.CPTS_EUROS_A_YEAR_2020,
}
# Of these ones, a literal that is given to, or compared with, something of that name.
NAMED = {
    "minutes|threshold|seuil": {
        rules.VOID_MINUTES,
        rules.HUBERT_MINUTES,
        rules.LABEL_MINUTES,
        rules.ON_CALL_MINUTES,
    },
    "apl": {rules.ZIP_APL, rules.FAIR_APL, rules.APL_NOISE},
    r"\bgps\b|_gps\b|public|professionals": {rules.LEAST_PUBLIC_GPS},
    "euros|aid": {rules.ZIP_AID_EUROS, rules.ZAC_AID_EUROS, rules.HALF_DAY_EUROS},
    "acts": {access.ACTS_FLOOR_PER_GP, access.ACTS_CEILING_PER_GP},
    "density|per_1000": {rules.LOW_GPS_PER_1000},
    "noise": {rules.APL_NOISE, rules.MINUTES_NOISE},
    "near_retirement": {rules.NEAR_RETIREMENT_SHARE, rules.TOLD_RETIREMENT_SHARE},
}
# Sums and the APL of the zoning, in sentences: they are formatted from the rule.
TOLD = re.compile(r"\d[\d\s]*€|(?<![\d,])2,5(?![\d,])|16,8 ?%|45,8 ?%|30,2 ?%")

# Not the rule, though it looks like it: place, and what it is.
ELSE = {
    **{("data/access/room.py", told): "steps of a slider" for told in ("10", "20", "30")},
    ("data/solidarity/help.py", "45"): "a trip to help, no rule of on-call lines",
    ("data/region/coordinate_systems.py", "2.5"): "longitude of a corner of France",
    ("models/learning/panel.py", "2.5"): "longitude of the middle of France",
    ("models/learning/features.py", "2.5"): "three GPs, halves rounded",
}


def _number(node: ast.AST) -> float | None:
    """The value of a literal; of a product or quotient, that of its result is another matter."""
    if isinstance(node, ast.Constant) and type(node.value) in {int, float}:
        return float(node.value)
    return None


def _numbers(node: ast.AST | None) -> Iterator[tuple[int, float]]:
    """Literals that are the node itself, or members of the tuple or set that it is."""
    if node is None:
        return
    members = node.elts if isinstance(node, ast.Tuple | ast.Set | ast.List) else [node]
    for one in members:
        if (value := _number(one)) is not None:
            yield one.lineno, value  # type: ignore[attr-defined]


def _names(node: ast.AST) -> str:
    """Names, attributes and keys that an expression holds, as one text."""
    found = []
    for one in ast.walk(node):
        if isinstance(one, ast.Name):
            found.append(one.id)
        elif isinstance(one, ast.Attribute):
            found.append(one.attr)
        elif isinstance(one, ast.Constant) and isinstance(one.value, str):
            found.append(one.value)
    return " ".join(found).lower()


def _given(tree: ast.AST) -> Iterator[tuple[str, int, float]]:
    """Each literal that has a name: what it is assigned to, given to or compared with."""
    for node in ast.walk(tree):
        pairs: list[tuple[str, ast.AST | None]] = []
        if isinstance(node, ast.Assign):
            pairs = [(_names(target), node.value) for target in node.targets]
        elif isinstance(node, ast.AnnAssign):
            pairs = [(_names(node.target), node.value)]
        elif isinstance(node, ast.keyword) and node.arg:
            pairs = [(node.arg.lower(), node.value)]
        elif isinstance(node, ast.arguments):
            spots = [*node.posonlyargs, *node.args]
            defaults = [*node.defaults]
            pairs = [
                (arg.arg.lower(), value)
                for arg, value in zip(spots[len(spots) - len(defaults) :], defaults, strict=True)
            ]
            pairs += [
                (arg.arg.lower(), value)
                for arg, value in zip(node.kwonlyargs, node.kw_defaults, strict=True)
            ]
        elif isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            for here, other in ((a, b) for a in sides for b in sides if a is not b):
                pairs.append((_names(other), here))
        for name, value in pairs:
            for line, number in _numbers(value):
                yield name, line, number


def copies(source: str) -> list[tuple[int, str]]:
    """Lines and literals that repeat a rule."""
    tree = ast.parse(source)
    docs = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    found = []
    for node in ast.walk(tree):
        value = _number(node)
        if value in ALONE:
            found.append((node.lineno, f"{value:g}"))  # type: ignore[attr-defined]
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            found += [(node.lineno, told) for told in TOLD.findall(node.value)]
    for name, line, value in _given(tree):
        for pattern, values in NAMED.items():
            if value in values and re.search(pattern, name):
                found.append((line, f"{value:g}"))
    return sorted(set(found))


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_rule_is_written_twice(path: Path) -> None:
    name = path.relative_to(ROOT).as_posix()
    if name == "pages/method_texts.py":
        pytest.skip("prose of the method page, checked below")
    told = copies(path.read_text(encoding="utf-8"))
    assert [one for one in told if (name, one[1]) not in ELSE] == []


def bare(source: str) -> list[tuple[int, str]]:
    """Rules that a text holds as Python writes them: "20.0 minutes" for 20 minutes."""
    return [
        (node.lineno, node.value.id)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FormattedValue)
        and isinstance(node.value, ast.Name)
        and node.format_spec is None
        and isinstance(getattr(rules, node.value.id, None), float)
    ]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_rule_is_told_as_python_writes_it(path: Path) -> None:
    found = bare(path.read_text(encoding="utf-8"))
    # The key of what is kept on disk is read by nobody.
    assert not found or path.relative_to(ROOT).as_posix() == "models/region/soon.py", found


def test_a_rule_told_bare_is_seen() -> None:
    assert bare("f'à {HUBERT_MINUTES} minutes'") == [(1, "HUBERT_MINUTES")]
    assert bare("f'à {HUBERT_MINUTES:g} minutes, {number(HUBERT_MINUTES)}'") == []


@pytest.mark.parametrize(
    "source",
    [
        "LOW_APL = 2.5",
        "near = minutes <= 20",
        "def best(threshold: float = 20.0) -> None: ...",
        "found = own['gps'] < 5",
        "text = 'aide de 10 000 € à l’installation'",
        "search(threshold=30)",
        "zip_share: float = 0.168",
        "title = f'sous 2,5 : {x}'",
    ],
)
def test_a_copy_is_seen(source: str) -> None:
    assert copies(source)


def test_what_is_no_copy_passes() -> None:
    assert (
        copies('"""At or under 2,5 (10 000 €)."""\nSECONDS = 20.0\nk = 5\nwidth = x / 30\n') == []
    )


def test_every_constant_is_explained_once() -> None:
    mine = {
        target.id
        for node in ast.parse(Path(rules.__file__).read_text(encoding="utf-8")).body
        if isinstance(node, ast.Assign)
        for one in node.targets
        for target in ast.walk(one)
        if isinstance(target, ast.Name) and target.id.isupper() and not target.id.startswith("_")
    }
    told = [name for rule in rules.RULES for name in rule.names]
    assert len(told) == len(set(told))
    assert {name for name in told if "." not in name} == mine - {
        "RULES",
        "ZONE_AIDS",
        "HELPED_ZONES",
        "NOT_READ_AGAIN",
        "TABLE_OF",
    }
    for name in told:
        module, _, constant = name.rpartition(".")
        assert hasattr(importlib.import_module(module) if module else rules, constant)
    assert all(rule.source and rule.date for rule in rules.RULES)


def test_rules_are_listed_with_their_values() -> None:
    found = {row["Règle"]: row["Valeur"] for row in rules.listed()}
    assert len(found) == len(rules.RULES)
    ceilings = next(value for what, value in found.items() if "Nouvelle-Aquitaine en ZIP" in what)
    assert ceilings == "16,8\u00a0% ; 45,8\u00a0%"
    assert "30 à 45 à 60" in " ".join(found.values())


def test_the_values_are_those_of_the_texts() -> None:
    """Read again from the sources that `rules.RULES` quotes.

    A slip of the finger in the one place that all others follow would go unseen otherwise.
    """
    assert (rules.ZIP_APL, rules.FAIR_APL) == (2.5, 4.0)
    assert (rules.HUBERT_MINUTES, rules.LABEL_MINUTES) == (20, 30)
    assert rules.ON_CALL_MINUTES == 45
    assert rules.APL_NOISE == 0.01 / 2  # an APL is published with two decimals
    assert rules.MINUTES_NOISE == 0.1 / 2  # minutes are told with one
    assert (rules.ZIP_CEILING, rules.ZAC_CEILING) == (0.168, 0.458)
    assert (rules.ZIP_AID_EUROS, rules.ZAC_AID_EUROS) == (10_000, 5_000)
    assert (rules.HALF_DAY_EUROS, rules.MOST_HALF_DAYS_A_MONTH) == (200, 6)
    assert (rules.LEAST_PUBLIC_GPS, rules.PUBLIC_ROUNDING_BASE) == (5, 3)
    assert rules.LEAST_MSP_GPS == 2


def test_what_the_method_page_says_is_what_is_applied() -> None:
    from data.base.french import number
    from pages import method_texts as told

    assert f"**{number(rules.HUBERT_MINUTES)} minutes**" in told.TRAVEL_TIME
    assert f"**{number(rules.LABEL_MINUTES)} minutes**" in told.TRAVEL_TIME
    bounds = f"{access.ACTS_FLOOR_PER_GP:g}), {access.ACTS_CEILING_PER_GP:g}"
    assert bounds in told.APL
    assert f"passent {number(rules.ZIP_APL, 1)}" in told.SITING
    assert f"au moins {rules.LEAST_PUBLIC_GPS} médecins" in told.PRIVACY


def test_a_text_that_was_not_read_again_says_so_wherever_it_is_cited():
    for text in rules.NOT_READ_AGAIN:
        assert rules.cited(text).startswith(text)
        assert "non relu" in rules.cited(text)
        assert rules.TABLE_OF in rules.cited(f"choix de ProxiSoins, d’après {text}")
    assert rules.cited(rules.LABEL_TEXT) == rules.LABEL_TEXT
