"""A table that a command writes says beside its lines what it is, of which year, from whom."""

import json
import re
from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pandas as pd
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from data.base.french import number
from data.base.paths import ROOT
from data.cli import app
from data.files.notes import BLANK_TOLD, SHARES_TOLD
from data.files.table_files import read_text_table, write_table

NOTES = ["Essai ; fichier fait le 30 novembre 2026.", "=1+1", "Médecins : INSEE (2024)."]
COLUMNS = {"code": "Code de la commune", "absente": "Rien"}


def table() -> pd.DataFrame:
    return pd.DataFrame({"code": ["01004", "2A004"], "gps": [1, 2], "share_lost": [0.25, None]})


def test_a_csv_keeps_bare_lines_and_is_described_beside_them(tmp_path: Path) -> None:
    out = tmp_path / "essai.csv"
    write_table(table(), out, NOTES, COLUMNS)
    assert out.read_text(encoding="utf-8").splitlines()[0] == "code,gps,share_lost"
    told = json.loads((tmp_path / "essai.csv-metadata.json").read_text(encoding="utf-8"))
    assert told["url"] == "essai.csv"
    assert told["dc:title"] == NOTES[0]
    assert told["rdfs:comment"] == [*NOTES[1:], SHARES_TOLD, BLANK_TOLD]
    assert told["tableSchema"]["columns"] == [
        {"titles": "code", "datatype": "string", "dc:description": "Code de la commune"},
        {"titles": "gps", "datatype": "integer"},
        {"titles": "share_lost", "datatype": "number"},
    ]


def test_a_workbook_is_described_in_a_second_sheet_that_no_command_takes_for_a_table(
    tmp_path: Path,
) -> None:
    out = tmp_path / "essai.xlsx"
    many = [*NOTES, *(f"Ligne {rank}" for rank in range(9))]
    write_table(table(), out, many, COLUMNS)
    book = openpyxl.load_workbook(out)
    assert book.sheetnames == ["Tableau", "À lire"]
    said = [cell.value for cell in book["À lire"]["A"]]
    assert said[0] == NOTES[0]
    assert said[1] == "'=1+1"
    assert said[-1] == "code : Code de la commune"
    # The longest table is read: notes are longer than this one.
    assert read_text_table(out)["code"].tolist() == ["01004", "2A004"]


def test_a_parquet_file_is_described_in_its_metadata(tmp_path: Path) -> None:
    out = tmp_path / "essai.parquet"
    write_table(table(), out, NOTES, COLUMNS)
    pd.testing.assert_frame_equal(pd.read_parquet(out), table())
    said = json.loads(pq.read_schema(out).metadata[b"notes"])
    assert said[:3] == NOTES
    assert said[-1] == "code : Code de la commune"


def beside(out: Path) -> tuple[str, list[str], dict[str, str]]:
    """Return the title, the lines and the columns that are said of a CSV."""
    told = json.loads(out.with_name(f"{out.name}-metadata.json").read_text(encoding="utf-8"))
    listed = told["tableSchema"]["columns"]
    columns = {one["titles"]: one.get("dc:description", "") for one in listed}
    assert list(pd.read_csv(out, nrows=0)) == list(columns)
    return told["dc:title"], told["rdfs:comment"], columns


def commanded(*arguments: object) -> None:
    done = CliRunner().invoke(app, [str(one) for one in arguments])
    assert done.exit_code == 0, done.output


@pytest.mark.usefixtures("prepared")
@pytest.mark.parametrize(
    "arguments",
    [
        ["solidarity", "regulation"],
        *(
            pytest.param(arguments, marks=pytest.mark.campaign)
            for arguments in (
                ["access"],
                ["room", "--proofs", "proofs.csv"],
                ["solidarity", "plan", "--volunteers", "39"],
                ["risk", "room", "--carriers", "proofs.csv"],
            )
        ),
    ],
    ids=lambda arguments: " ".join(arguments[:2]),
)
def test_tables_of_a_region_tell_title_sources_and_what_is_simulated(
    arguments: Sequence[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    commanded(*arguments, "--out", "out.csv")
    for name in ("out.csv", *({"proofs.csv"} & set(arguments))):
        title, lines, columns = beside(tmp_path / name)
        assert any("avec ProxiSoins" in one for one in (title, *lines))
        assert any("Nouvelle-Aquitaine" in one for one in (title, *lines))
        assert any("simulé" in one.lower() for one in lines)
        if arguments[:2] != ["solidarity", "regulation"]:  # its headings are French
            assert all(columns.values()), [name for name, told in columns.items() if not told]
            assert any(re.search(r"INSEE|IGN", one) for one in lines)
            assert any(one.startswith("Temps de trajet : ") for one in lines)


def test_tables_of_ones_own_files_name_them(tmp_path: Path) -> None:
    for name, text in {
        "lieux": "id,population\nA,1000\nB,2000\n",
        "offre": "id,acts,gps\nA,9000,2\n",
        "trajets": "from,to,minutes\nA,B,12\nB,A,12\n",
    }.items():
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    files = [tmp_path / f"{one}.csv" for one in ("lieux", "offre", "trajets")]
    for command, options in {
        "access": ("--demand", "--supply", "--times"),
        "room": ("--places", "--supply", "--times"),
    }.items():
        out = tmp_path / f"{command}.csv"
        given = [one for pair in zip(options, files, strict=True) for one in pair]
        commanded(command, *given, "--out", out)
        title, lines, columns = beside(out)
        assert all(one.name in title for one in files)
        assert all(columns.values()), columns
        asked = "pondération" if command == "access" else f"{number(1000)} habitants"
        assert any(asked in one for one in (title, *lines))


def test_minutes_of_pairs_name_the_engine(tmp_path: Path) -> None:
    pairs, out = tmp_path / "paires.csv", tmp_path / "out.csv"
    pairs.write_text("code1,code2\n23096,23008\n", encoding="utf-8")
    commanded("matrix", pairs, "--out", out)
    title, lines, columns = beside(out)
    assert "paires.csv" in title
    assert lines[0].startswith("Temps de trajet : ")
    assert columns["minutes"]


def test_every_command_that_writes_a_table_says_what_it_is() -> None:
    """A command that is added writes through what asks for its title."""
    files = [*ROOT.glob("data/cli/*.py"), ROOT / "models" / "cli.py"]
    assert len(files) > 10
    for file in files:
        text = file.read_text(encoding="utf-8")
        assert not re.findall(r"(?<!exports)\.to_(?:csv|excel|parquet)\(", text), file
