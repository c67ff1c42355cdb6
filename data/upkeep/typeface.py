"""Make the typeface of the screens into files that PDFs and static maps can draw with.

Streamlit's package holds one variable font for browsers; FPDF and Matplotlib read TrueType of one
weight each.
"""

import io
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

from data.base.typeface import FOLDER, NAME, files, variable_font

WEIGHTS = {"Regular": 400, "Bold": 700}
_FIRST_AFTER_LATIN, _FIRST_MORE_LATIN, _FIRST_AFTER_SYMBOLS = 0x370, 0x1E00, 0x2C00
"""Latin and its accents; more Latin, punctuation, arrows, symbols. No Greek, no Cyrillic."""


def cut(source: Path, style: str) -> bytes:
    """Return the Latin letters and the symbols of a variable font in one style, as TrueType."""
    font = TTFont(source, recalcTimestamp=False)
    kept = [
        one
        for one in font.getBestCmap()
        if one < _FIRST_AFTER_LATIN or _FIRST_MORE_LATIN <= one < _FIRST_AFTER_SYMBOLS
    ]
    # Neither FPDF nor Matplotlib reads the tables of features, which take most of the time.
    # The box of what no font holds stays: an emoji leaves a mark, not a hole.
    options = subset.Options(layout_features=[], hinting=False, name_IDs=["*"], notdef_outline=True)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=kept)
    cutter.subset(font)
    instancer.instantiateVariableFont(font, {"wght": WEIGHTS[style]}, inplace=True)
    whole = f"{NAME} {style}"
    # Numbers of the OpenType name table: family, style, unique, full and PostScript names, family.
    named = {1: NAME, 2: style, 3: whole, 4: whole, 6: whole.replace(" ", ""), 16: NAME, 17: style}
    for number, name in named.items():
        font["name"].setName(name, number, 3, 1, 0x409)
    font.flavor = None
    target = io.BytesIO()
    font.save(target)
    return target.getvalue()


def make_typeface(folder: Path = FOLDER) -> Path | None:
    """Write the regular and the bold letters into a folder and return it.

    Nothing is computed again while they are of Streamlit's present font; None where it has none.
    """
    source = variable_font()
    if source is None:
        return None
    folder.mkdir(parents=True, exist_ok=True)
    stamp = folder / "made-from.txt"
    if files(folder) and stamp.is_file() and stamp.read_text(encoding="utf-8") == source.name:
        return folder
    for style in WEIGHTS:
        partial = folder / f"{style}.partial"
        partial.write_bytes(cut(source, style))
        partial.replace(folder / f"{style}.ttf")
    stamp.write_text(source.name, encoding="utf-8")
    return folder
