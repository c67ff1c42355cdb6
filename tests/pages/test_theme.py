"""The one file of colours: contrasts, and the theme of Streamlit that repeats a few of them."""

import ast
import re
import tomllib
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from data.base.paths import ROOT, STATIC
from geo.layers import INDICATORS
from pages import figures, risk_panels, sheet_body, shell

GROUNDS = ("blue", "alert", "watch", "calm", "quiet")
TEXT, GRAPHIC = 4.5, 3.0
"""WCAG AA: contrast of a text, of a focus ring or a shape."""


def colours() -> dict[str, str]:
    text = (STATIC / "proxisoins" / "theme.css").read_text(encoding="utf-8")
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", text))


def compact(style: str) -> str:
    """Return a sheet of style without its comments, nor the spaces that change nothing."""
    return re.sub(
        r"(?<=[>,:{};(]) +| +(?=[>,{}])", "", re.sub(r"/\*.*?\*/|\s+", " ", style, flags=re.DOTALL)
    ).replace("  ", " ")


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        one / 12.92 if one <= 0.03928 else ((one + 0.055) / 1.055) ** 2.4 for one in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted([luminance(one), luminance(other)])
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize(
    ("front", "ground", "least"),
    [
        ("ink", "paper", TEXT),
        ("ink", "ground", TEXT),
        ("soft", "paper", TEXT),
        ("soft", "ground", TEXT),
        ("blue", "paper", TEXT),
        ("blue", "blue-ground", TEXT),
        ("soft", "blue-ground", TEXT),
        ("alert", "alert-ground", TEXT),
        ("watch", "watch-ground", TEXT),
        ("calm", "calm-ground", TEXT),
        ("quiet", "quiet-ground", TEXT),
        ("warning", "watch-ground", TEXT),
        ("edge", "paper", GRAPHIC),
        ("focus", "paper", GRAPHIC),
        ("focus", "ground", GRAPHIC),
        *(("focus", f"{ground}-ground", GRAPHIC) for ground in GROUNDS),
    ],
)
def test_contrasts(front: str, ground: str, least: float) -> None:
    known = colours()
    assert contrast(known[front], known[ground]) >= least


def test_the_focus_ring_stands_between_two_bands_of_white() -> None:
    """Buttons and the classes of the indicators hold blues and greys that no ring differs from."""
    text = (STATIC / "proxisoins" / "theme.css").read_text(encoding="utf-8")
    known = colours()
    classes = [one.colour for indicator in INDICATORS for one in indicator.classes]
    assert min(contrast(known["focus"], one) for one in [*classes, known["blue"]]) < GRAPHIC
    ring = re.search(
        r"\n:focus-visible {[^}]*outline: (\d)px solid var\(--focus\) !important;"
        r" outline-offset: (\d)px;[^}]*box-shadow: 0 0 0 (\d)px var\(--paper\) !important",
        text,
    )
    assert ring is not None
    wide, within, band = map(int, ring.groups())
    assert min(wide, within, band - wide - within) >= 2


def test_streamlit_has_the_same_colours() -> None:
    theme = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))[
        "theme"
    ]
    known = colours()
    assert theme["primaryColor"] == theme["linkColor"] == known["blue"]
    assert theme["backgroundColor"] == known["paper"]
    assert theme["secondaryBackgroundColor"] == known["ground"]
    assert theme["textColor"] == known["ink"]


def test_texts_of_charts_are_those_of_the_theme() -> None:
    for part in ("axis", "legend"):
        said = figures.FRENCH_CHART[part]
        assert {said["labelColor"], said["titleColor"]} == {colours()["soft"]}
    charts = [risk_panels.CONTRIBUTIONS, sheet_body.GPS_BY_YEAR]
    assert all(one["config"] is figures.FRENCH_CHART for one in charts)


@pytest.mark.parametrize("page", sorted((ROOT / "pages").glob("*.py")), ids=lambda one: one.stem)
def test_choices_in_a_row_go_to_a_second_one_on_a_telephone(page: Path) -> None:
    """In a column Streamlit lets them scroll instead: the last ones were cut."""
    for call in ast.walk(ast.parse(page.read_text(encoding="utf-8"))):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute):
            told = {one.arg for one in call.keywords}
            assert call.func.attr not in {"segmented_control", "pills"} or "wrap" in told


def test_what_a_colour_says_stays_where_a_system_has_its_own() -> None:
    """Legends, bars and gauges were blank boxes in forced colours."""
    text = (STATIC / "proxisoins" / "theme.css").read_text(encoding="utf-8")
    forced = re.search(r"forced-colors: active\) {(.*?)\n}", text, re.DOTALL)
    assert forced is not None
    kept = re.search(r"([^{}]*){ forced-color-adjust: none; }", forced[1])
    assert kept is not None
    told = {one.strip() for one in kept[1].split(",")}
    assert {".swatch", ".strip i", ".ps-bar", ".ps-key", ".ps-gauges .bar"} <= told


def test_nothing_moves_for_who_asked_for_less_motion() -> None:
    text = (STATIC / "proxisoins" / "theme.css").read_text(encoding="utf-8")
    still = re.search(r"prefers-reduced-motion: reduce\) {(.*?)\n}", text, re.DOTALL)
    assert still is not None
    for name in ("animation-duration: 1ms", "transition-duration: 1ms", "scroll-behavior: auto"):
        assert f"{name} !important" in still[1]


def test_a_legend_keeps_its_colours_on_paper() -> None:
    """Browsers print no ground by themselves: the boxes of the map's legend were empty."""
    text = (STATIC / "proxisoins" / "theme.css").read_text(encoding="utf-8")
    assert "@media print { html { print-color-adjust: exact; } }" in text


def test_what_a_print_leaves_out_leaves_no_gap() -> None:
    """The gaps between what was not printed filled a last page, which was blank."""
    style = compact((STATIC / "proxisoins" / "paper.css").read_text(encoding="utf-8"))
    clicked = re.search(r":is\(([^()]*\.stButton,[^()]*)\)", style)
    assert clicked is not None
    assert f"[data-testid=stElementContainer]:has(>:is({clicked[1]}))" in style
    only = f":not(:has([data-testid=stElementContainer]>:not({clicked[1]})))"
    assert re.search(rf"\[data-testid=stLayoutWrapper\][^,]*{re.escape(only)}", style)


def test_the_sentence_that_answers_is_in_sight_where_it_is_no_markdown() -> None:
    """It holds names of files: drawn as plain text, it looked like any other sentence."""

    def screen() -> None:
        from pages import figures, shell

        shell.open_page()
        figures.answer("Si *cette* ligne tombe", "chute")

    app = AppTest.from_function(screen).run()
    assert [one.value for one in app.text] == ["Si *cette* ligne tombe"]
    (kept,) = [one for one in app.main.children.values() if shell.ANSWER in str(one.proto)]
    assert kept.text
    style = compact("".join(one.proto.body for one in app.get("html")))
    assert f"[class*=st-key-{shell.ANSWER}] .stText>*{{font-weight:600;}}" in style
