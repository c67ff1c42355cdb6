"""The typeface of the screens on paper: made from Streamlit's, no letter lost with or without."""

import io
import subprocess
import sys
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from fontTools.ttLib import TTFont
from pypdf import PdfReader
from shapely.geometry import box

from data.base import typeface
from data.base.paths import ROOT
from data.reports.pdf import Document
from data.upkeep import assets
from data.upkeep import typeface as making
from data.upkeep.typeface import make_typeface
from geo.layers import INDICATORS
from geo.map_letters import letters
from geo.static_map import Page, picture

FRENCH = "Œuvre à Saint-Cœur, « l’été » – Ÿ ç Ñ ø ß € % … ≤ 20 ≥ 5 − × ½ → ▲ ◆ • ✓"
BEYOND = "Ελλάδα, София, ♥"
"""What Source Sans has been cut of or never held, and DejaVu holds."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = make_typeface(tmp_path_factory.mktemp("typeface"))
    assert folder is not None
    return folder


@pytest.fixture(params=["made", "missing"])
def present(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, made: Path) -> bool:
    """Where set-up has made the typeface, and where it has not."""
    there = request.param == "made"
    monkeypatch.setattr(typeface, "FOLDER", made if there else made / "nowhere")
    return there


def written(*texts: str) -> PdfReader:
    page = Document("Essai", [], warning="")
    for text in texts:
        page.letters(9)
        page.line_of(text)
        page.letters(12, bold=True)
        page.line_of(text)
    return PdfReader(io.BytesIO(page.finished()))


def test_the_files_are_one_family_in_two_weights_under_a_name_that_is_ours(made: Path) -> None:
    regular, bold = (TTFont(one) for one in typeface.files(made))
    source = typeface.variable_font()
    assert source is not None
    reserved = TTFont(source)["name"].getDebugName(1).split()[0]
    for font, weight, style in ((regular, 400, "Regular"), (bold, 700, "Bold")):
        assert font["OS/2"].usWeightClass == weight
        assert "fvar" not in font
        assert font["name"].getDebugName(2) == style
        for number in (1, 3, 4, 6, 16):
            assert reserved not in font["name"].getDebugName(number)
        assert "SIL Open Font License" in font["name"].getDebugName(13)
        assert {ord(one) for one in FRENCH} <= set(font.getBestCmap())
        assert font["glyf"][".notdef"].numberOfContours > 0  # an emoji leaves a mark, not a hole
    assert bold["hmtx"]["n"] > regular["hmtx"]["n"]


@pytest.mark.campaign
def test_it_is_made_once_and_again_for_another_font_the_same(made: Path) -> None:
    files = typeface.files(made)
    before = [(one.stat().st_mtime_ns, one.read_bytes()) for one in files]
    make_typeface(made)
    assert [one.stat().st_mtime_ns for one in files] == [moment for moment, _ in before]
    (made / "made-from.txt").write_text("SourceSansVF-Upright.former.woff2", encoding="utf-8")
    files[1].write_bytes(b"former")
    make_typeface(made)
    assert [one.read_bytes() for one in files] == [content for _, content in before]


def test_no_letter_is_lost_in_a_pdf(present: bool) -> None:
    read = written(FRENCH, BEYOND)
    text = read.pages[0].extract_text()
    for line in (FRENCH, BEYOND):
        assert " ".join(text.split()).count(line) == 2, text
    fonts = read.pages[0]["/Resources"]["/Font"]
    names = {str(one.get_object()["/BaseFont"]) for one in fonts.values()}
    assert any("ProxiSoinsSans" in name for name in names) == present


def test_a_picture_is_drawn_in_the_typeface_and_loses_no_letter(present: bool) -> None:
    # A letter that no family holds would be a warning of Matplotlib's, hence an error.
    communes = gpd.GeoDataFrame(geometry=[box(0, 45, 0.1, 45.1)], crs=4326)
    drawn = {
        own: picture(
            communes,
            pd.Series([0.1]),
            INDICATORS[0],
            communes,
            Page(f"{FRENCH} {BEYOND}", size_inches=(8, 4), typeface=own),
        )
        for own in {typeface.files(), ()}
    }
    assert len(set(drawn.values())) == 1 + present
    assert letters(typeface.files()).families[-1] == "DejaVu Sans"


def test_a_font_that_cannot_be_read_leaves_the_set_up_going(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = tmp_path / "SourceSansVF-Upright.woff2"
    wrong.write_bytes(b"not a font")
    monkeypatch.setattr(making, "variable_font", lambda: wrong)
    assets.set_up()
    assert "Pas de caractères propres aux PDF" in capsys.readouterr().err
    monkeypatch.setattr(making, "variable_font", lambda: None)
    assets.set_up()
    assert not capsys.readouterr().err


def test_screens_load_nothing_that_makes_fonts() -> None:
    asked = "import sys, pages.map_assets; sys.exit('fontTools' in sys.modules)"
    subprocess.run([sys.executable, "-c", asked], cwd=ROOT, check=True, capture_output=True)
