"""Rules of official and own files, one by one, at every door that takes a table.

Each cell of the table is a small file made here; the doors of a rule are named beside it. Not
asked: levels (5), national lists (12), names (13) of tables whose places are the user's own, and
their coordinates (11) but those of pairs; repeats (7) of sites and of on-call lines, which are
doubts there (their own tests); years (8) of a panel, each of which is a column of its own. Rule 14
is that of `data/pdses`.
"""

import datetime as dt
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path

import numpy as np
import pandas as pd
import pyproj
import pytest

from data import uploads
from data.access.own_tables import read_access_tables
from data.access.room_tables import read_room_tables
from data.access.travel_tables import pair_ends, read_pairs
from data.base.codes import plain_code
from data.files import remarks
from data.pdses.checks import check_lines
from data.pdses.reader import read_lines as on_call_lines
from data.region import embedded_set
from data.region.gazetteer import gazetteer
from data.siting.instances import read_instance
from geo.errors import InvalidInputError
from models.learning.panel import read_counted
from tests.data.files import written
from tests.data.uploads import upload_fixtures
from tests.data.uploads.upload_fixtures import zipped

CODES = ["16015", "33063", "19275"]
Read = tuple[dict[str, float], int]
"""Code to figure of what is understood; lines refused or in doubt."""


@dataclass(frozen=True)
class Door:
    """A door: the titles of its table, how it is read, what its figures are."""

    titles: tuple[str, ...]
    read: Callable[[Path], Read]
    figures: str = ""
    second: str = ""
    more: tuple[str, ...] = ()

    def rows(self, *pairs: tuple[str, object]) -> list[list[object]]:
        return [[*self.titles], *([code, figure, *self.more] for code, figure in pairs)]


@cache
def region():
    return gazetteer("75"), embedded_set.communes("75")


def beside(path: Path, name: str, rows: Sequence[Sequence[object]]) -> Path:
    other = path.parent / name
    other.write_text("".join(",".join(map(str, row)) + "\n" for row in rows), encoding="utf-8")
    return other


def trips(path: Path) -> Path:
    rows = [("from", "to", "minutes"), *((code, code, 5) for code in CODES)]
    return beside(path, "trajets.csv", rows)


def access(path: Path) -> Read:
    supply = beside(path, "offre.csv", [("id", "acts"), *((code, 4000) for code in CODES)])
    found = read_access_tables(path, supply, trips(path))
    joined = found.demand.iloc[found.pairs["origin"].unique()]
    return dict(zip(joined["id"].map(plain_code), joined["population"], strict=True)), 0


def room(path: Path) -> Read:
    supply = beside(path, "medecins.csv", [("id", "gps"), *((code, 1) for code in CODES)])
    found = read_room_tables(path, supply, trips(path), 20)
    joined = found.places.iloc[sorted(set(found.reach.origin.tolist()))]
    return dict(zip(joined["id"].map(plain_code), joined["population"], strict=True)), 0


def room_gps(path: Path) -> Read:
    places = beside(path, "lieux.csv", [("id", "population"), *((code, 100) for code in CODES)])
    found = read_room_tables(places, path, trips(path), 20)
    return dict(zip(found.sites["id"], found.sites["gps"], strict=True)), 0


def solve(path: Path) -> Read:
    sites = beside(path, "sites.csv", [("id",), ("S",)])
    costs = beside(path, "couts.csv", [("from", "to", "cost"), *((c, "S", 5) for c in CODES)])
    found = read_instance(path, sites, costs)
    return dict(zip(map(plain_code, found.demand), found.problem.weights, strict=True)), 0


def risk(path: Path) -> Read:
    found = read_counted(path)
    known = found.table.dropna()
    assert found.rows == len(found.table) + sum(found.refused.values())
    gps = dict(zip(known["code"], known["gp_2017"], strict=True))
    return gps, found.refused["code de commune illisible"] + sum(found.doubtful.values())


def matrix(path: Path) -> Read:
    table = read_pairs(path)
    ends, _ = pair_ends(table, region()[1][["code", "lon", "lat"]])
    title = next(name for name in table.columns if "1" in name)
    codes = table[title].map(plain_code)
    placed = pd.Series(ends[:, 0], index=codes).dropna()
    return dict.fromkeys(placed.index, 0.0), len(table) - len(placed)


def points(path: Path) -> Read:
    names, communes = region()
    lines = uploads.read_lines(path.read_bytes(), path.name)
    report = uploads.match_lines(lines, names, communes)
    remarks.tell(path.name, [*lines.words(), *lines.not_read, report.counts])
    known = {site.code: site.gps for site in report.sites if site.gps is not None}
    return known, len(report.outcomes) - len(known)


def on_call(path: Path) -> Read:
    names, communes = region()
    read = on_call_lines(path.read_bytes(), path.name)
    outcomes = check_lines(read.lines, names, communes)
    remarks.tell(path.name, [*read.ignored, *read.told, f"{len(outcomes)} lignes"])
    good = [str(one.told["code"]) for one in outcomes if one.status == "compris"]
    return dict.fromkeys(good, 0.0), len(outcomes) - len(good)


DOORS = {
    "access": Door(("code", "population"), access, "people"),
    "room": Door(("code", "population"), room, "people"),
    "room, GPs": Door(("code", "gps"), room_gps, "gps"),
    "solve": Door(("code", "population"), solve, "people"),
    "risk": Door(("code", "gp_2017"), risk, "gps"),
    "matrix": Door(("code1", "code2"), matrix, second="33063"),
    "points": Door(("code", "mg"), points, "gps"),
    "on-call": Door(
        ("code_insee", "specialite", "type_ligne", "statut", "hopital"),
        on_call,
        second="cardiologie",
        more=("garde", "assurée", "CH"),
    ),
}
VALUES = [40, 11, 7]


def plain(door: Door) -> list[list[object]]:
    seconds = VALUES if door.figures else [door.second] * 3
    return door.rows(*zip(CODES, seconds, strict=True))


def expected(door: Door, *codes: str) -> dict[str, float]:
    values = dict(zip(CODES, VALUES if door.figures else [0, 0, 0], strict=True))
    return {code: float(values[code]) for code in codes or CODES}


def csv(rows: Sequence[Sequence[object]], separator: str = ";") -> bytes:
    return "".join(separator.join(map(str, row)) + "\n" for row in rows).encode()


class Heard(list[str]):
    def __str__(self) -> str:
        return " | ".join(self)


@pytest.fixture
def read(tmp_path: Path):
    """Write a file, give it to a door, and return what it read and said."""

    def through(door: Door, name: str, content: bytes) -> tuple[dict[str, float], int, str]:
        path = tmp_path / name
        path.write_bytes(content)
        heard = Heard()
        with remarks.heard_by(heard.append):
            figures, wrong = door.read(path)
        return figures, wrong, str(heard)

    return through


def each(*names: str):
    """Try a rule at doors: all, or those named."""
    asked = names or tuple(DOORS)
    return pytest.mark.parametrize("door", [DOORS[name] for name in asked], ids=asked)


FIGURES = [name for name, door in DOORS.items() if door.figures]
PEOPLE = [name for name, door in DOORS.items() if door.figures == "people"]
TABLES = [name for name in DOORS if name not in {"points", "on-call"}]
"""Doors of commands."""


@pytest.mark.parametrize(
    "kind", ["csv", "utf-16", "sep=", "xlsx", "xls", "ods", "parquet", "dbf", "zip"]
)
@each()
def test_rule_1_every_format_is_read_at_every_door(read, door: Door, kind: str) -> None:
    rows = plain(door)
    text = csv(rows)
    content = {
        "csv": lambda: text,
        "utf-16": lambda: csv(rows, "\t").decode().encode("utf-16"),
        "sep=": lambda: b"sep=|\r\n" + csv(rows, "|"),
        "zip": lambda: zipped({"dossier/table.csv": text, "lisez-moi.txt": b"Bonjour\n"}),
        **{kind: lambda kind=kind: written.WRITERS[kind](rows) for kind in written.WRITERS},
    }[kind]()
    name = f"table.{kind}" if kind in {*written.WRITERS, "csv", "zip"} else "table.csv"
    assert read(door, name, content)[:2] == (expected(door), 0)


@each()
def test_rule_2_lines_and_columns_that_are_not_read_are_said(read, door: Door) -> None:
    rows = [[*row, "x"] for row in plain(door)]
    rows[0][-1] = "commentaire du service"
    figures, _, said = read(door, "table.csv", csv(rows))
    assert figures == expected(door)
    assert "commentaire du service" in said
    assert "3 lignes" in said


@each()
def test_rule_3_sheets_of_the_same_titles_are_one_and_hidden_ones_are_not_read(
    read, door: Door
) -> None:
    heading, first, *others = plain(door)
    old = [heading, *([["16015", 900]] * 9)]
    sheets = {"16": [heading, first], "33": [heading, *others], "2019": old}
    content = written.workbook_of(sheets, hidden=("2019",))
    figures, wrong, said = read(door, "classeur.xlsx", content)
    assert (figures, wrong) == (expected(door), 0)
    assert "2019" in said


def ods_of(rows: Sequence[Sequence[object]], more: str) -> bytes:
    """Return an ODS whose second line begins with a cell that has an attribute more."""
    cells = [[upload_fixtures.ods_cell(escape(str(cell)), "") for cell in row] for row in rows]
    number = f'office:value-type="float" office:value="{rows[1][0]}" {more}'
    cells[1][0] = upload_fixtures.ods_cell(str(rows[1][0]), number)
    rows_told = (f"<table:table-row>{''.join(row)}</table:table-row>" for row in cells)
    return upload_fixtures.ods("".join(rows_told))


@each()
def test_rule_3_a_formula_is_read_by_the_value_it_keeps(read, door: Door) -> None:
    rows = [list(row) for row in plain(door)]
    rows[1][0] = "=16000+15"
    content = written.kept_values(written.workbook_of({"a": rows}), {"A2": 16015})
    figures, wrong, said = read(door, "table.xlsx", content)
    assert (figures, wrong) == (expected(door), 0)
    assert "1 cellule de la feuille « a » est une formule : sa valeur" in said


@each("access", "points")
def test_rule_3_a_formula_of_an_ods_too(read, door: Door) -> None:
    content = ods_of(plain(door), 'table:formula="of:=16000+15"')
    figures, wrong, said = read(door, "table.ods", content)
    assert (figures, wrong) == (expected(door), 0)
    assert "formule" in said


@each(*FIGURES)
@pytest.mark.parametrize("kept", [None, "#REF!"])
def test_rule_3_a_formula_without_result_is_no_blank(read, door: Door, kept: str | None) -> None:
    rows = [list(row) for row in plain(door)]
    rows[1][1] = "=20*2"
    content = written.workbook_of({"a": rows})
    if kept:
        content = written.kept_values(content, {"B2": kept})
    if door in {DOORS["risk"], DOORS["points"]}:
        figures, wrong, said = read(door, "table.xlsx", content)
        assert (figures, wrong) == (expected(door, *CODES[1:]), 1)
        assert "formule" in said
    else:
        shown = re.escape(kept or "(formule sans valeur)")
        with pytest.raises(InvalidInputError, match=f"ligne 2 : « {shown} »"):
            read(door, "table.xlsx", content)


@each()
def test_rule_3_a_place_whose_formula_failed_is_no_place(read, door: Door) -> None:
    rows = [list(row) for row in plain(door)]
    rows[1][0] = "=A9"
    content = written.kept_values(written.workbook_of({"a": rows}), {"A2": "#REF!"})
    if door in {DOORS["access"], DOORS["room"], DOORS["room, GPs"]}:
        with pytest.raises(InvalidInputError, match="« #REF! » dans la colonne « code »"):
            read(door, "table.xlsx", content)
    elif door is DOORS["solve"]:
        with pytest.raises(InvalidInputError, match="16015"):
            read(door, "table.xlsx", content)
    else:
        figures, wrong, said = read(door, "table.xlsx", content)
        assert (figures, wrong) == (expected(door, *CODES[1:]), 1)
        assert "« #REF! »" in said


@each(*FIGURES)
def test_rule_3_a_merged_figure_is_asked_about(read, door: Door) -> None:
    """It may be that of each line, or of all: each would count it twice."""
    content = written.workbook_of({"a": plain(door)}, ("B2:B3",))
    if door is DOORS["points"]:
        figures, wrong, _ = read(door, "table.xlsx", content)
        assert (figures, wrong) == (expected(door, "16015", "19275"), 1)
    else:
        with pytest.raises(InvalidInputError, match="ligne 3 : la cellule fusionnée « 40 »"):
            read(door, "table.xlsx", content)


@each("access")
def test_rule_3_a_merged_figure_of_an_ods_too(read, door: Door) -> None:
    rows = [[figure, code] for code, figure in plain(door)]
    rows[2][0] = ""
    content = ods_of(rows, 'table:number-rows-spanned="2"')
    with pytest.raises(InvalidInputError, match="ligne 3 : la cellule fusionnée « 40 »"):
        read(door, "table.ods", content)


@each("room, GPs", "matrix", "points", "on-call")
def test_rule_3_a_merged_place_carries_down(read, door: Door) -> None:
    content = written.workbook_of({"a": plain(door)}, ("A2:A3",))
    figures, _, said = read(door, "table.xlsx", content)
    assert set(figures) == {"16015", "19275"}
    assert "1 cellule fusionnée de la feuille « a » recopiée vers le bas" in said


@each("access", "room", "room, GPs", "risk", "matrix", "points", "on-call")
def test_rule_3_a_code_that_became_a_date_is_no_code(read, door: Door) -> None:
    rows = [list(row) for row in plain(door)]
    rows[1][0] = dt.datetime(1943, 11, 5)  # noqa: DTZ001  (cells have no zone)
    content = written.workbook_of({"a": rows})
    if door in {DOORS["access"], DOORS["room"], DOORS["room, GPs"]}:
        with pytest.raises(InvalidInputError, match=r"« 1943-11-05 » .* est une date"):
            read(door, "table.xlsx", content)
    else:
        figures, wrong, _ = read(door, "table.xlsx", content)
        assert (figures, wrong) == (expected(door, *CODES[1:]), 1)


@each(*TABLES)
def test_rule_4_of_two_tables_the_fullest_and_it_is_said(read, door: Door) -> None:
    rows = plain(door)
    other = csv([["autre", "chose"], ["a", "b"]])
    figures, _, said = read(door, "a.zip", zipped({"b.csv": other, "c.csv": csv(rows)}))
    assert figures == expected(door)
    assert "b.csv" in said
    rival = csv([rows[0], *([code, 1, *door.more] for code in CODES)])
    with pytest.raises(InvalidInputError, match=r"b\.csv.*c\.csv|c\.csv.*b\.csv"):
        read(door, "a.zip", zipped({"b.csv": rival, "c.csv": csv(rows)}))


@each(*FIGURES)
def test_rule_6_unknown_is_not_zero(read, door: Door) -> None:
    heading, first, *others = plain(door)
    content = csv([heading, [first[0], "N/A - secret statistique"], *others])
    if door in {DOORS["risk"], DOORS["points"]}:
        figures, wrong, _ = read(door, "table.csv", content)
        assert figures == expected(door, *CODES[1:])
        assert wrong == 1
    else:
        with pytest.raises(InvalidInputError, match="ligne 2 : « N/A - secret statistique »"):
            read(door, "table.csv", content)


@each("access", "room", "solve", "risk")
def test_rule_7_the_same_line_twice_counts_once_and_another_figure_is_refused(
    read, door: Door
) -> None:
    rows = plain(door)
    figures, _, said = read(door, "table.csv", csv([*rows, rows[1]]))
    assert figures == expected(door)
    if door is not DOORS["risk"]:  # counted among what is refused, by the command
        assert "1 ligne répétée à l’identique, comptée une fois (ligne 5)" in said
    with pytest.raises(InvalidInputError, match="16015"):
        read(door, "table.csv", csv([*rows, [rows[1][0], 41]]))


@each("room, GPs")
def test_rule_7_gps_of_a_place_given_again_are_summed_and_it_is_said(read, door: Door) -> None:
    rows = plain(door)
    figures, _, said = read(door, "table.csv", csv([*rows, [rows[1][0], "0,5"]]))
    assert figures == {**expected(door), "16015": 40.5}
    assert "1 ligne d’un lieu déjà donné, additionnée (ligne 5)" in said


@each("access", "room", "room, GPs", "solve", "points")
def test_rule_8_the_newest_of_two_columns_else_both_are_named(read, door: Door) -> None:
    heading, *lines = plain(door)
    title = {"people": "Population", "gps": "Médecins"}[door.figures]
    years = [[heading[0], f"{title} 2021", f"{title} 2023", f"{title} 2019"]]
    content = csv([*years, *([code, 1, value, 2] for code, value in lines)])
    assert read(door, "table.csv", content)[0] == expected(door)
    other = {"people": "Pop", "gps": "Généralistes"}[door.figures]
    content = csv([[heading[0], title, other], *([code, value, 1] for code, value in lines)])
    with pytest.raises(InvalidInputError, match=f"{title}.*{other}"):
        read(door, "table.csv", content)
    agree = csv([[heading[0], title, other], *([code, value, value] for code, value in lines)])
    assert read(door, "table.csv", agree)[0] == expected(door)


@each(*PEOPLE)
def test_rule_9_a_mark_of_thousands_is_no_decimal(read, door: Door) -> None:
    heading, first, *others = plain(door)
    content = csv([heading, [first[0], "267,991"], *others])
    figures, _, said = read(door, "table.csv", content)
    assert figures == {**expected(door), "16015": 267991.0}
    assert "marque de milliers (ligne 2)" in said
    decimals = csv([heading, [first[0], "1,234"], *([code, f"{n},5"] for code, n in others)])
    figures, _, said = read(door, "table.csv", decimals)
    assert figures == {"16015": 1.234, "33063": 11.5, "19275": 7.5}
    assert "milliers" not in said


@each("room, GPs", "risk", "points")
def test_rule_9_gps_may_be_parts_and_a_mark_of_thousands_is_a_doubt(read, door: Door) -> None:
    heading, first, *others = plain(door)
    content = csv([heading, [first[0], "0,4"], *others])
    assert read(door, "table.csv", content)[0] == {**expected(door), "16015": 0.4}
    content = csv([heading, [first[0], "1,234"], *others])
    if door is DOORS["room, GPs"]:
        with pytest.raises(InvalidInputError, match=r"« 1,234 » .* est un doute"):
            read(door, "table.csv", content)
    else:
        figures, wrong, _ = read(door, "table.csv", content)
        assert figures == expected(door, *CODES[1:])
        assert wrong == 1


@each()
@pytest.mark.parametrize("spelling", ["16015.0", "'16015", '"=""16015"""', " 16015 "])
def test_rule_10_a_code_is_settled_however_it_is_written(read, door: Door, spelling: str) -> None:
    rows = [[str(cell) for cell in row] for row in plain(door)]
    rows[1][0] = spelling
    assert read(door, "table.csv", csv(rows))[:2] == (expected(door), 0)


@pytest.mark.parametrize("door", ["access", "room", "solve"])
def test_rule_10_a_lost_zero_is_the_same_place(read, door: str, monkeypatch) -> None:
    monkeypatch.setattr("tests.data.cli.test_rules_of_doors.CODES", ["01004", *CODES[1:]])
    rows = [DOORS[door].titles, *zip(["1004", *CODES[1:]], VALUES, strict=True)]
    figures, _, said = read(DOORS[door], "table.csv", csv(rows))
    assert figures == {"01004": 40.0, "33063": 11.0, "19275": 7.0}
    assert "écrit" in said


@each()
def test_rule_15_the_refusal_says_what_is_missing_and_what_is_there(read, door: Door) -> None:
    content = csv([["truc", "machin"], ["a", "b"], ["c", "d"]])
    with pytest.raises(InvalidInputError) as refusal:
        read(door, "table.csv", content)
    assert "truc" in str(refusal.value)
    assert any(title in str(refusal.value) for title in ("code", *door.titles))


TURN = pyproj.Transformer.from_crs(4326, 2154, always_xy=True)


@pytest.mark.parametrize("system", ["degrees", "turned", "Lambert-93"])
def test_rule_11_points_of_pairs_are_judged_by_their_values(tmp_path: Path, system: str) -> None:
    places = [(-0.579, 44.838), (1.26, 45.834), (2.309, 45.548)]
    told = {
        "degrees": places,
        "turned": [(lat, lon) for lon, lat in places],
        "Lambert-93": [TURN.transform(*one) for one in places],
    }[system]
    rows = [("lon1", "lat1", "lon2", "lat2"), *((*one, *told[0]) for one in told)]
    path = tmp_path / "paires.csv"
    path.write_bytes(csv(rows))
    heard = Heard()
    with remarks.heard_by(heard.append):
        ends = pair_ends(read_pairs(path), None)
    assert ends[0] == pytest.approx(np.array(places), abs=1e-6)
    assert ends[1] == pytest.approx(np.array([places[0]] * 3), abs=1e-6)
    assert ("remises en ordre" in str(heard)) == (system == "turned")
