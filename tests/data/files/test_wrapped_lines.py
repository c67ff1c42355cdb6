"""A table saved twice: each of its lines is one quoted cell."""

import pandas as pd
import pytest

from data.files import table_files, texts
from data.files.input_files import open_input
from data.files.text_tables import TextTable

PLAIN = 'code;nom;gps\n01001;"L\'Abergement; Clémenciat";2\n\n01002;Ain;3\n'


def wrapped(text: str) -> str:
    """Write each line as one quoted cell."""
    return "".join(
        f'"{line.replace(chr(34), 2 * chr(34))}"\n' if line else "\n" for line in text.splitlines()
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_a_table_of_quoted_lines_is_the_table_within(tmp_path, encoding):
    frames = []
    for name, text in {"plain.csv": PLAIN, "wrapped.csv": wrapped(PLAIN)}.items():
        path = tmp_path / name
        path.write_bytes(text.encode(encoding))
        frame, *_ = table_files.read_here(path)
        (file,) = open_input(path)
        assert TextTable(file).separator == ";"
        frames.append(frame)
    pd.testing.assert_frame_equal(*frames)
    assert frames[1].loc[4, "gps"] == "3"
    assert frames[1].loc[2, "nom"] == "L'Abergement; Clémenciat"


def test_an_upload_of_quoted_lines_has_its_columns():
    rows = texts.read_text(wrapped(PLAIN).encode(), "sites.csv").rows
    assert [cells for _, cells in rows if any(cells)] == [
        ["code", "nom", "gps"],
        ["01001", "L'Abergement; Clémenciat", "2"],
        ["01002", "Ain", "3"],
    ]


@pytest.mark.parametrize(
    "text", ['"nom"\n"Ain"\n', '"a";"b"\n"1";"2"\n', '"a;b"\n1;2\n', '"un seul titre; long"\n']
)
def test_other_quoted_texts_are_left_as_they_are(text):
    assert not texts.are_wrapped(text.splitlines())


def test_a_long_table_of_quoted_lines_is_read_whole(tmp_path):
    path = tmp_path / "long.csv"
    lines = ["code;gps", *(f"{code:05};{code % 7}" for code in range(1, 40_001))]
    path.write_text(wrapped("\n".join(lines)), encoding="utf-8")
    frame, *_ = table_files.read_here(path)
    assert len(frame) == 40_000
    assert frame.iloc[-1].tolist() == ["40000", str(40_000 % 7)]
