"""The one opening of files: every format gives the same table; what is left out is said."""

import io
import zipfile

import openpyxl
import pandas as pd
import pytest

from data.files import workbook as workbook_files
from data.files.document import NO_VALUE, choose, put_together
from data.files.opening import open_document
from geo.errors import InvalidInputError
from tests.data.files import written

HEADING, ROWS = ["nom", "commune"], [["Pôle", "Guéret"], ["B", "Ussel"]]


def zipped(**members):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name.replace("_", "."), data)
    return stream.getvalue()


def cells(document):
    (table,) = document.tables
    return [row for _, row in table.rows if any(row)]


TEXT = "nom;commune\nPôle;Guéret\nB;Ussel\n"
SAME = {
    **{f"{e}.csv": TEXT.encode(e) for e in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252")},
    **{f"{s!r}.csv": TEXT.replace(";", s).encode() for s in (",", "\t", "|")},
    "t.xlsx": written.workbook_of({"A": [HEADING, *ROWS]}),
    "t.zip": zipped(sites_csv=TEXT),
    "t.xlsx.zip": zipped(sites_xlsx=written.workbook_of({"A": [HEADING, *ROWS]})),
}


@pytest.mark.parametrize("name", SAME)
def test_every_format_gives_the_same_table(name):
    assert cells(open_document(SAME[name], name)) == [HEADING, *ROWS]


def test_parquet_and_dbf(tmp_path):
    frame = pd.DataFrame(ROWS, columns=HEADING)
    frame.to_parquet(tmp_path / "t.parquet")
    for content in ((tmp_path / "t.parquet").read_bytes(), dbf(ROWS, "utf-8"), dbf(ROWS, "cp1252")):
        assert cells(open_document(content, "t")) == [HEADING, *ROWS]


def dbf(rows, encoding):
    """Write a dBase III table of two texts of twenty bytes."""
    fields = b"".join(
        name.encode().ljust(11, b"\0") + b"C" + bytes(4) + bytes([20]) + bytes(15)
        for name in HEADING
    )
    length = 32 + len(fields) + 1
    head = bytes([3, 126, 11, 28]) + len(rows).to_bytes(4, "little")
    head += length.to_bytes(2, "little") + (41).to_bytes(2, "little") + bytes(20)
    body = b"".join(
        b" " + b"".join(cell.encode(encoding).ljust(20) for cell in row) for row in rows
    )
    return head + fields + b"\r" + body + b"\x1a"


def test_a_line_that_tells_the_separator_is_obeyed():
    content = b"sep=,\nnom,prix;en;euros\nA,1;2;3\nB,1;2;3\n"
    assert cells(open_document(content, "s.csv"))[1:] == [["A", "1;2;3"], ["B", "1;2;3"]]


def test_hidden_sheets_are_named_and_not_read():
    document = open_document(
        written.workbook_of({"2019": [["x"]], "2026": [HEADING]}, hidden={"2019"}), "c.xlsx"
    )
    assert [table.sheet for table in document.tables] == ["2026"]
    assert document.not_read == ("« 2019 » (feuille masquée)",)


def test_sheets_with_the_same_titles_are_put_together_and_others_named():
    sheets = {"Creuse": [HEADING, ROWS[0]], "Corrèze": [HEADING, ROWS[1]], "Notes": [["un", "mot"]]}
    document = open_document(written.workbook_of(sheets), "c.xlsx")
    chosen = choose(document, lambda row: ("commune" in row) * 1)
    assert [row for _, row in chosen.rows] == ROWS
    assert chosen.labels == ("Creuse", "Corrèze")
    assert "Notes" in chosen.not_read[0]
    first, _ = put_together(document.tables)
    assert [row for _, row in first.rows] == [HEADING, *ROWS]
    assert len({number for number, _ in first.rows}) == 3


def test_sheets_of_different_years_stay_apart():
    sheets = {"APL 2022": [HEADING, ROWS[0]], "APL 2023": [HEADING, ROWS[1]]}
    assert len(put_together(open_document(written.workbook_of(sheets), "c.xlsx").tables)) == 2


def test_merged_cells_carry_down_and_blank_formulas_are_marked():
    book = openpyxl.Workbook()
    for row in (["ch", "garde"], ["CH A", "x"], [None, "=1+1"]):
        book.active.append(row)
    book.active.merge_cells("A2:A3")
    stream = io.BytesIO()
    book.save(stream)
    (table,) = open_document(stream.getvalue(), "c.xlsx").tables
    assert [row for _, row in table.rows][1:] == [["CH A", "x"], ["CH A", NO_VALUE]]
    assert "une formule, sans valeur enregistrée" in table.remarks[0]


def test_an_open_quotation_mark_is_refused_by_its_line():
    content = 'nom;commune\nA;Ussel\nB;"Guéret\n' + "C;Ussel\n" * 60
    with pytest.raises(InvalidInputError, match="ligne 3 : un guillemet"):
        open_document(content.encode(), "q.csv")
    closed = 'nom;commune\n"A\nbis";Ussel\nC;12" de diamètre\n'
    assert len(cells(open_document(closed.encode(), "q.csv"))) == 3


@pytest.mark.parametrize("mark", ["\n", "' '", " "])
def test_a_far_cell_does_not_fill_the_memory(mark):
    quote, gap = ("'", " ") if mark == "' '" else ('"', mark)
    sheet = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        f"<row{gap}r={quote}1048576{quote}><c{gap}r={quote}XFD1048576{quote}><v>1</v></c></row>"
        "</sheetData></worksheet>"
    )
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", sheet)
    with pytest.raises(InvalidInputError, match="feuille démesurée"):
        open_document(stream.getvalue(), "loin.xlsx")


def test_a_sheet_that_is_altered_anywhere_is_refused_or_read():
    content = written.workbook_of(
        {"A": [HEADING, *([f"Pôle {k}", k * 7919 % 1000] for k in range(300))]}
    )
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheet = archive.getinfo("xl/worksheets/sheet1.xml")
    start = sheet.header_offset + 30 + len(sheet.filename)
    refused = 0
    for at in range(start, start + sheet.compress_size, 40):
        for byte in (0x00, 0xFF):
            altered = content[:at] + bytes([byte]) * 3 + content[at + 3 :]
            try:
                open_document(altered, "classeur.xlsx")
            except InvalidInputError as error:
                refused += "abîmé" in str(error)
    assert refused > 10


def shared(times):
    """Return a workbook of which many cells point at one text of 2,000 letters."""
    space = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    rows = "".join(f'<row><c t="s"><v>{k and 1}</v></c></row>' for k in range(times + 1))
    texts = f"<sst {space}><si><t>nom</t></si><si><t>{'x' * 2_000}</t></si></sst>"
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/sharedStrings.xml", texts)
        sheet = f"<worksheet {space}><sheetData>{rows}</sheetData></worksheet>"
        archive.writestr("xl/worksheets/sheet1.xml", sheet)
    return stream.getvalue()


def test_a_long_text_that_many_cells_share_is_refused(monkeypatch):
    monkeypatch.setattr(workbook_files, "MOST_SHARED_BYTES", 100_000)
    with pytest.raises(InvalidInputError, match="démesurée"):
        open_document(shared(51), "partage.xlsx")
    with pytest.raises(InvalidInputError, match="abîmé"):  # within the limit, but no workbook
        open_document(shared(50), "partage.xlsx")


def test_members_that_are_no_table_are_named():
    document = open_document(zipped(a_csv=TEXT, b_csv="x;y\n1;2\n", plan_jpg=b"\xff\xd8"), "z.zip")
    assert [table.member for table in document.tables] == ["a.csv", "b.csv"]
    assert document.not_read == ("« plan.jpg » (ni tableau, ni carte)",)


def test_as_many_lines_of_title_as_of_table_leave_its_separator():
    """Decimal commas cut two lines of four as well as tabulations cut all four."""
    titles = "Projets de la région, tels qu'ils sont\nAPL en 2023\nSource : DREES\n"
    table = "Code\tCommune\tAPL\n\t\ten actes\n16207\tMarcillac\t11,8\n16216\tMérignac\t9,5\n"
    (read,) = open_document(f"{titles}{table}Lecture : tant\n".encode(), "a.csv").tables
    assert ["16216", "Mérignac", "9,5"] in [row for _, row in read.rows]


@pytest.mark.parametrize("separator", ["\t", ",", "|", ";"])
@pytest.mark.parametrize("title", ["Projets de santé", "Projets de santé, par commune"])
def test_a_table_under_more_titles_than_it_has_lines(separator, title):
    if separator == "," and "," in title:
        return  # nothing tells a sentence of one comma from a line of two cells
    lines = [f"{title} {k}" for k in range(9)]
    table = [["nom", "commune", "code"], ["A", "Guéret", "23096"], ["B", "Ussel", "19275"]]
    content = "\n".join([*lines, *map(separator.join, table)]) + "\n"
    assert cells(open_document(content.encode(), "t.csv"))[-3:] == table


@pytest.mark.parametrize("count", [1, 2])
def test_formulas_none_of_which_has_a_value_are_not_said_to_be_read(count):
    rows = [HEADING, *([f"=1+{k}", "Ussel"] for k in range(count))]
    (table,) = open_document(written.workbook_of({"A": rows}), "t.xlsx").tables
    (said,) = table.remarks
    assert "sans valeur enregistrée" in said
    assert "lue" not in said


@pytest.mark.parametrize(
    ("start", "what"),
    [
        (b"%PDF-1.7\n", "un PDF"),
        (b"\x89PNG\r\n\x1a\n", "une image"),
        (b"\xff\xd8\xff\xe0", "une image"),
    ],
)
def test_what_holds_no_table_is_named_for_what_it_is(start, what):
    with pytest.raises(InvalidInputError, match=f"est {what}.*Demandez-le en CSV"):
        open_document(start + b"0" * 200, "photo.csv")
