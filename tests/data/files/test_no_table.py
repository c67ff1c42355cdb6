"""Files that hold no table: every door says what they are, and what to do with them."""

from pathlib import Path

import pytest

from data.files.table_files import read_text_table
from data.official import imports
from data.pdses.reader import read_lines as read_on_call_lines
from data.uploads import read_lines
from geo.errors import InvalidInputError

FILES = {
    "page.xls": (b"<html><table><tr><td>Code INSEE</td></tr></table></html>", "page web"),
    "limousin.osm.pbf": (b"\0\0\0\x0e\n\tOSMHeader\x18\xa1\x01", "proxisoins roads build"),
    "limousin.osm": (b'<?xml version="1.0"?>\n<osm version="0.6"></osm>', "proxisoins roads build"),
    "zonage.pdf": (b"%PDF-1.7\nzonage", "est un PDF"),
    "carte.csv": (b"\x89PNG\r\n\x1a\n", "est une image"),
}


@pytest.mark.parametrize("name", FILES)
def test_every_door_says_what_a_file_is_that_holds_no_table(tmp_path: Path, name: str) -> None:
    content, told = FILES[name]
    path = tmp_path / name
    path.write_bytes(content)
    (report,) = imports.import_files([path])
    assert told in report.message
    for read in (read_lines, read_on_call_lines):
        with pytest.raises(InvalidInputError, match=told):
            read(content, name)
    with pytest.raises(InvalidInputError, match=told):
        read_text_table(path)
