"""Broken, foreign, huge and hostile files: one French sentence, no traceback."""

import contextlib
import gzip
import io
import json
import zipfile
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from data.files import input_files
from data.files.input_files import open_input
from data.files.text_tables import TextTable
from data.official import import_reports, imports, readers
from data.region.schemas import checked
from geo.errors import InvalidInputError
from tests.data.uploads import bent_archives

GOLDEN = Path(__file__).parent / "golden"
GOOD = "code;gp_2018\n16001;2\n16002;0\n"


def _xlsx(rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _zip(members, compression=zipfile.ZIP_DEFLATED):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", compression) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return content.getvalue()


def _read_all(path):
    for file in open_input(path):
        candidate = readers.candidate_of(file)
        for table in candidate.tables:
            list(table.batches(0, [0]))


SENTENCES = {
    "vide.csv": (b"", "est vide"),
    "binaire.csv": (b"\x00\x01\x02" * 50, "n’est ni un tableau texte"),
    "accents.csv": ("code;Libell\u00c3\u00a9\n16001;x\n".encode(), "encodage abîmé"),
    "controle.csv": (b"a;b\n\x07\x07\x08;\x0e\x0f\n", "encodage abîmé"),
    "tronqué.zip": (_zip({"a.csv": GOOD * 500})[:-40], "abîmé ou tronqué"),
    "tronqué.gz": (gzip.compress(GOOD.encode() * 500)[:-30], "abîmé ou tronqué"),
    "chiffrée.zip": (bent_archives.encrypted(_zip({"a.csv": GOOD})), "mot de passe"),
    "méthode.zip": (bent_archives.unknown_method(_zip({"a.csv": GOOD})), "abîmé ou tronqué"),
    "flux.zip": (bent_archives.broken_stream(_zip({"a.csv": GOOD * 50})), "abîmé ou tronqué"),
    "égarée.zip": (bent_archives.astray(_zip({"a.csv": GOOD})), "abîmé ou tronqué"),
    "égaré.xlsx": (bent_archives.astray(_xlsx([["code"], ["16001"]])), "classeur abîmé"),
    "inconnu.gz": (b"\x1f\x8b\x01" + bytes(40), "abîmé ou tronqué"),
    "archive-vide.zip": (_zip({"dossier/": b""}), "archive vide"),
    "bombe.zip": (_zip({"a.csv": b"a;b\n" * 10_000_000}), "au-delà de la limite"),
    "bombe.gz": (gzip.compress(b"a;b\n" * 10_000_000), "au-delà de la limite"),
    "foule.zip": (_zip({f"{k}.csv": GOOD for k in range(300)}), "contient 300 fichiers"),
    "texte.docx": (_zip({"word/document.xml": "<a/>"}), "document bureautique"),
    "tableau.ods": (_zip({"mimetype": "x", "content.xml": "<a/>"}), "document bureautique"),
    "abîmé.xlsx": (_zip({"xl/workbook.xml": "<a"}), "classeur abîmé"),
    "ancien.xls": (b"\xd0\xcf\x11\xe0" + b"x" * 600, "classeur abîmé"),
}  # fmt: skip


@pytest.mark.parametrize("name", SENTENCES)
def test_a_bad_file_gets_its_sentence(tmp_path, name):
    content, expected = SENTENCES[name]
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InvalidInputError, match=expected) as error:
        _read_all(path)
    assert f"« {name}" in str(error.value)


def test_a_missing_file_and_a_folder(tmp_path):
    with pytest.raises(InvalidInputError, match="introuvable"):
        open_input(tmp_path / "rien.csv")
    with pytest.raises(InvalidInputError, match="n’est pas un fichier"):
        open_input(tmp_path)


def test_a_file_above_the_size_limit_is_not_opened(tmp_path, monkeypatch):
    monkeypatch.setattr(input_files, "MAX_FILE_BYTES", 10)
    path = tmp_path / "gros.csv"
    path.write_text(GOOD)
    with pytest.raises(InvalidInputError, match="plus que la limite"):
        open_input(path)


def test_a_flow_with_objects_of_another_form_is_refused(tmp_path):
    path = tmp_path / "flux.json"
    flow = json.loads((GOLDEN / "finess_structures.json").read_text(encoding="utf-8"))
    flow["pmej"][0]["ege"] = [3]
    path.write_text(json.dumps(flow), encoding="utf-8")
    (report,) = imports.import_files([path])
    assert report.status == import_reports.REFUSED
    assert "n’ont pas la forme publiée" in report.message


def test_the_last_check_quotes_the_value_out_of_bounds():
    table = pd.DataFrame({"code": ["16001"], "year": [2020], "gps": [-1.0]})
    with pytest.raises(InvalidInputError, match=r"colonne gps, valeur « -1\.0 »"):
        checked("gp_history", table)


def test_a_far_cell_does_not_fill_the_memory(tmp_path):
    far = _zip(
        {
            "xl/workbook.xml": "<workbook/>",
            "xl/worksheets/sheet1.xml": '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
        }
    )
    path = tmp_path / "loin.xlsx"
    path.write_bytes(far)
    with pytest.raises(InvalidInputError, match="feuille démesurée"):
        _read_all(path)


def test_a_path_inside_an_archive_is_never_followed(tmp_path):
    path = tmp_path / "sortie.zip"
    path.write_bytes(_zip({"../../dehors.csv": GOOD}))
    (file,) = open_input(path)
    assert file.name == "sortie.zip › dehors.csv"
    _read_all(path)
    assert [p.name for p in tmp_path.iterdir()] == ["sortie.zip"]


def test_a_member_of_an_archive_and_a_gzip_are_read_like_the_file(tmp_path):
    (tmp_path / "a.zip").write_bytes(_zip({"x/bpe.csv": GOOD}))
    (tmp_path / "a.gz").write_bytes(gzip.compress(GOOD.encode()))
    for name in ("a.zip", "a.gz"):
        (file,) = open_input(tmp_path / name)
        (batch,) = TextTable(file).batches(0, [0, 1])
        assert batch.to_numpy().tolist() == [["16001", "2"], ["16002", "0"]]


def test_an_archive_is_closed_with_what_is_read_of_it(tmp_path, monkeypatch):
    path = tmp_path / "a.zip"
    path.write_bytes(_zip({"a.csv": GOOD}))
    (file,) = open_input(path)
    opened = []

    class Watched(zipfile.ZipFile):
        def __init__(self, path):
            super().__init__(path)
            opened.append(self)

    monkeypatch.setattr(input_files.zipfile, "ZipFile", Watched)
    stream = file.open()
    assert [one.fp is None for one in opened] == [False]
    stream.close()
    assert [one.fp is None for one in opened] == [True]


def test_line_numbers_are_those_of_an_editor(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("titre\n\ncode;gps\n16001;1\nseul\n\n16002;2\na;b;c\n33063;3\n")
    (file,) = open_input(path)
    table = TextTable(file)
    (batch,) = table.batches(2, [0])
    assert dict(zip(batch.index, batch[0], strict=True)) == {4: "16001", 7: "16002", 9: "33063"}
    assert table.malformed == [5, 8]


@settings(max_examples=150)
@given(
    name=st.sampled_from(["a.csv", "a.xlsx", "a.zip", "a.gz", "a.json"]),
    content=st.one_of(
        st.binary(min_size=1, max_size=300),
        st.text(max_size=200).map(lambda text: (GOOD + text).encode(errors="replace")),
        st.binary(max_size=200).map(lambda tail: b"PK\x03\x04" + tail),
        st.binary(max_size=200).map(lambda tail: b"\x1f\x8b\x08" + tail),
        st.binary(max_size=200).map(lambda tail: b"\xd0\xcf\x11\xe0" + tail),
        st.integers(0, 400).map(lambda cut: _zip({"a.csv": GOOD})[:cut] or b"P"),
    ),
)
@example(name="a.csv", content=b"\xef\xbb\xbf")
@example(name="a.csv", content=GOOD.encode() + b"x" * 140_000 + b";1\n")
def test_no_content_ends_in_a_traceback(tmp_path_factory, name, content):
    path = tmp_path_factory.mktemp("f") / name
    path.write_bytes(content)
    with contextlib.suppress(InvalidInputError):
        for file in open_input(path):
            readers.recognise(readers.candidate_of(file))
        _read_all(path)
