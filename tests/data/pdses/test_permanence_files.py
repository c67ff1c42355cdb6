"""Files of on-call lines: published schema, template, odd files, checks line by line, storing."""

import contextlib
import io
import json
import re

import openpyxl
import pandas as pd
import pytest
from frictionless import Dialect, Resource, Schema, formats
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from data.cli import app
from data.files import exports
from data.pdses import files, storing
from data.pdses.checks import ACCEPT, DECISION, DROP, check_lines, report, table
from data.pdses.reader import read_lines
from data.pdses.words import line_status, line_type
from data.region import catalogue, schemas
from data.region.gazetteer import Gazetteer
from data.uploads import DOUBTFUL, LEFT_OUT, REFUSED, UNDERSTOOD
from geo.errors import InvalidInputError, ProxiSoinsError
from tests.data.pdses.permanence_fixtures import line, made

HEADING = "etablissement;commune;specialite;type_ligne;statut;debut;fin"


def checked(content, corrections=None, crosses="", sites=None):
    territory = made()
    gazetteer = Gazetteer(territory.communes, territory.fringe, {}, {})
    file = read_lines(content, "lignes.csv", crosses)
    return check_lines(file.lines, gazetteer, territory.communes, sites, corrections)


def rows(*lines):
    return "\n".join([HEADING, *lines]).encode()


def valid(content):
    dialect = Dialect(controls=[formats.CsvControl(delimiter=";")])
    schema = Schema.from_descriptor(files.schema())
    resource = Resource(
        data=content, format="csv", encoding="utf-8-sig", dialect=dialect, schema=schema
    )
    found = resource.validate()
    return found.valid, found.flatten(["message"])


def test_template_and_export_follow_the_published_schema():
    assert valid(files.csv_template()) == (True, [])
    lines = made(
        line("A", 0.0, finess="DEMO-E1", status="mutualisée", start="2026-01-01"),
        line("B", -0.1, finess="190000059", line_type="astreinte week-end"),
    ).pdses_lines
    assert valid(files.csv_export(lines)) == (True, [])
    wrong = files.csv_export(lines.assign(status="perdue"))
    assert not valid(wrong)[0]


def test_the_schema_says_the_types_and_statuses_of_the_table():
    fields = {field["name"]: field for field in files.schema()["fields"]}
    assert list(fields) == list(files.COLUMN_OF)
    assert tuple(fields["type_ligne"]["constraints"]["enum"]) == schemas.LINE_TYPES
    assert tuple(fields["statut"]["constraints"]["enum"]) == schemas.LINE_STATUSES


def test_what_is_exported_is_read_again():
    lines = made(
        line("A", 0.0, establishment="=HYPERLINK(1)", comment="-3", start="2026-01-01"),
        line("B", 0.5, "ORL", "carence", finess="170000012", zone="Nord"),
    ).pdses_lines
    for content in (
        files.csv_export(lines),
        files.csv_export(lines, ["Lignes : source ; vintage"]),
        files.xlsx_export(lines, ["note"]),
        files.geojson_export(lines, ["note"]),
    ):
        again = table(checked(content)).drop(columns="line")
        assert again.to_dict("records") == lines.drop(columns="line").to_dict("records")
    assert b";=HYPERLINK" not in files.csv_export(lines)


def test_points_place_the_lines_of_a_map_that_tells_no_other_place():
    lines = made(line("A", 0.0, code="", start="2026-01-01")).pdses_lines
    features = json.loads(files.geojson_export(lines, ["note"]))
    for one in features["features"]:
        for place in ("lon", "lat", "code_insee"):
            del one["properties"][place]
    (outcome,) = checked(json.dumps(features).encode())
    assert outcome.status == UNDERSTOOD
    assert (outcome.told["lon"], outcome.told["lat"]) == (lines.loc[0, "lon"], lines.loc[0, "lat"])


def test_the_workbook_explains_each_column():
    book = openpyxl.load_workbook(io.BytesIO(files.xlsx_template()))
    assert book.sheetnames == [exports.NOTES_SHEET, "lignes", "explications"]
    assert book["explications"].max_row == 1 + len(files.COLUMN_OF)


@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_any_separator_and_encoding(separator, encoding):
    text = rows("Hôpital;Deux;Pédiatrie;astreinte;assurée;;").decode().replace(";", separator)
    (one,) = checked(text.encode(encoding))
    assert (one.status, one.told["specialty"], one.told["code"]) == (
        UNDERSTOOD,
        "Pédiatrie",
        "16002",
    )


def test_each_line_is_understood_doubted_or_refused_with_its_reason():
    outcomes = checked(
        rows(
            "CH A;Deux;Cardiologie;Garde sur place;Non pourvue;01/02/2026;",
            "CH A;Deux;Cardiologie;garde;assurée;;",
            "CH B;Trifouillis;Cardiologie;garde;assurée;;",
            "CH B;Trois;;garde;assurée;;",
            "CH B;Trois;Cardiologi;garde;assurée;;",
            "CH C;Quatre;ORL;permanence;peut-être;;",
            "CH D;Quatre;ORL;garde;assurée;2026-05-01;2026-02-31",
            ";Quatre;ORL;garde;assurée;;;trop",
        )
    )
    assert [one.status for one in outcomes] == [
        UNDERSTOOD,
        DOUBTFUL,
        REFUSED,
        REFUSED,
        DOUBTFUL,
        REFUSED,
        DOUBTFUL,
        REFUSED,
    ]
    assert outcomes[0].told["status"] == "carence"
    assert outcomes[0].told["start"] == "2026-02-01"
    for outcome, words in zip(
        outcomes[1:],
        [
            "répète la ligne 2",
            "Trifouillis",
            "spécialité manquante",
            "« Cardiologi » : la même que « Cardiologie »",
            "« permanence » non reconnu",
            "« 2026-02-31 » illisible",
            "établissement manquant",
        ],
        strict=True,
    ):
        assert words in outcome.reason
    assert report(outcomes)["numéro"].tolist() == list(range(2, 10))


def test_mending_keeps_every_line():
    content = rows(
        "CH A;Trifouillis;ORL;garde;assurée;;",
        "CH A;Deux;ORL;garde;assurée;;",
        "CH A;Deux;ORL;garde;assurée;;",
        "CH A;Un;ORL;?;assurée;;",
    )
    first = checked(content)
    mended = checked(content, {0: {"commune": "Trois"}, 2: {DECISION: ACCEPT}, 3: {DECISION: DROP}})
    assert [one.status for one in first] == [REFUSED, UNDERSTOOD, DOUBTFUL, REFUSED]
    assert [one.status for one in mended] == [UNDERSTOOD, UNDERSTOOD, UNDERSTOOD, LEFT_OUT]
    assert table(mended)["code"].tolist() == ["17001", "16002", "16002"]
    assert table(mended)["line"].is_unique


def test_a_wide_annex_with_types_under_the_specialties():
    content = (
        "Annexe 3;;;;;;\n;;;;;;\n"
        "Etablissement;Ville;Chirurgie;;Cardiologie (astreinte);Pédiatrie;Total lignes\n"
        ";;Garde;Astreinte;;;\n"
        "CH A;Un;x;mutualisée;x;carence;4\n"
        "CH B;Deux;-;non;;G + A;2\n"
    ).encode("cp1252")
    file = read_lines(content, "annexe.csv")
    assert (file.wide, file.crosses, file.ignored) == (True, 1, ("Total lignes",))
    told = [
        (
            one.told["establishment"],
            one.told["specialty"],
            one.told["line_type"],
            one.told["status"],
        )
        for one in checked(content, crosses="astreinte")
    ]
    assert told == [
        ("CH A", "Chirurgie", "garde", "assurée"),
        ("CH A", "Chirurgie", "astreinte", "mutualisée"),
        ("CH A", "Cardiologie", "astreinte", "assurée"),
        ("CH A", "Pédiatrie", "astreinte", "carence"),
        ("CH B", "Pédiatrie", "garde", "assurée"),
        ("CH B", "Pédiatrie", "astreinte", "assurée"),
    ]
    assert checked(content)[3].status == REFUSED  # nothing says the type: it is not guessed


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("garde", "garde"),
        ("Demi-astreinte", "demi-astreinte"),
        ("1/2 garde", "demi-garde"),
        ("DG", "demi-garde"),
        ("Astreinte de week-end", "astreinte week-end"),
        ("prise en charge à Tulle", ""),
        ("garde et astreinte", ""),
    ],
)
def test_types_as_they_are_written(text, kind):
    assert line_type(text) == kind


def test_every_word_of_ours_is_read_as_itself():
    assert [line_type(one) for one in schemas.LINE_TYPES] == list(schemas.LINE_TYPES)
    assert [line_status(one) for one in schemas.LINE_STATUSES] == list(schemas.LINE_STATUSES)


@settings(max_examples=60)
@given(st.binary(max_size=400) | st.text(max_size=200).map(lambda t: f"{HEADING}\n{t}".encode()))
def test_any_content_is_read_or_refused_in_french(content):
    known = {UNDERSTOOD, DOUBTFUL, REFUSED}
    with contextlib.suppress(ProxiSoinsError):
        assert {one.status for one in checked(content)} <= known


@pytest.mark.parametrize(
    "content", [b"", b"a;b\n1;2\n", b"PK\x03\x04 broken", b"\xd0\xcf\x11\xe0x"]
)
def test_other_files_are_refused(content):
    with pytest.raises(InvalidInputError, match=r"« autre\.csv »"):
        read_lines(content, "../../autre.csv")


def test_import_by_command_store_keep_and_undo(tmp_path):
    run = CliRunner().invoke
    first, second = tmp_path / "a.csv", tmp_path / "b.csv"
    first.write_bytes(rows("CH de Tulle;Tulle;ORL;garde;assurée;;", "CH X;Nulle-Part;ORL;x;y;;"))
    second.write_bytes(rows("CH de Guéret;Guéret;ORL;astreinte;carence;2026-01-01;"))
    said = run(app, ["pdses", "import", str(first), "--rest", str(tmp_path / "rest.csv")])
    assert said.exit_code == 0, said.output
    assert "1 ligne comprise sur 2" in said.output
    assert "Nulle-Part" in (tmp_path / "rest.csv").read_text(encoding="utf-8")
    run(app, ["pdses", "import", str(second), "--keep"])
    stored = catalogue.imported_tables(["pdses_lines"])["pdses_lines"]
    assert sorted(stored["code"]) == ["19272", "23096"]
    assert catalogue.undo() == ["pdses_lines"]
    stored = catalogue.imported_tables(["pdses_lines"])["pdses_lines"]
    assert stored["code"].tolist() == ["19272"]
    schema = tmp_path / "schema.json"
    assert run(app, ["pdses", "schema", "--out", str(schema)]).exit_code == 0
    assert schema.read_bytes() == files.schema_json()


def test_lines_of_part_of_those_in_use_ask_before_they_take_their_place(tmp_path):
    run = CliRunner().invoke
    whole, part = tmp_path / "a.csv", tmp_path / "b.csv"
    tulle = [f"CH de Tulle;Tulle;{name};garde;assurée;;" for name in ("ORL", "Cardiologie")]
    whole.write_bytes(rows(*tulle, "CH de Guéret;Guéret;ORL;garde;assurée;;"))
    part.write_bytes(rows(tulle[0]))
    assert run(app, ["pdses", "import", str(whole)]).exit_code == 0
    said = run(app, ["pdses", "import", str(part)])
    assert said.exit_code == 2
    assert "1 ligne en usage dans 1 département qu’il ne dit pas (23)" in said.output
    assert "2 lignes en usage dans les départements qu’il dit" in said.output

    def codes():
        table = catalogue.imported_tables(["pdses_lines"])["pdses_lines"]
        return sorted(table["code"])

    assert codes() == ["19272", "19272", "23096"]
    assert run(app, ["pdses", "import", str(part), "--keep"]).exit_code == 2  # Tulle loses a line
    assert run(app, ["pdses", "import", str(part), "--keep", "--remplacer"]).exit_code == 0
    assert codes() == ["19272", "23096"]
    assert run(app, ["pdses", "import", str(part), "--remplacer"]).exit_code == 0
    assert codes() == ["19272"]


def test_an_export_of_the_demonstration_stays_one():
    content = rows("CH de Tulle;Tulle;ORL;garde;assurée;;") + b"\n"
    marked = content.replace(b"fin\n", b"fin;commentaire\n").replace(
        b";;\n", ";;;Donnée de démonstration\n".encode()
    )
    for one, simulated in ((content, False), (marked, True)):
        outcomes = storing.checked(read_lines(one, "l.csv"), "75")
        storing.store(outcomes, name="l.csv", content=one, region="75")
        assert catalogue.load_territory("75").provenance["pdses_lines"].simulated is simulated


@pytest.mark.parametrize(
    ("titles", "cells", "told"),
    [
        ("Code;Nom;Habitants;Horizon (années)", ["16001;Abzac;518;3", "16002;Les Adjots;900;3"], 3),
        ("Code;Nom;Semaine 1;Semaine 2", ["47310;Tonneins;6;6", "16090;Châteauneuf;4;3"], 2),
    ],
)
def test_a_table_of_figures_by_commune_is_no_annex_of_lines(titles, cells, told):
    """It gave a refusal a line, or « too many lines »: nothing said that it was another file."""
    content = "\n".join([titles, *cells]).encode()
    named = titles.split(";")[told]
    with pytest.raises(InvalidInputError, match=rf"sous « {re.escape(named)} » on lit des nombres"):
        read_lines(content, "proxisoins-communes.csv")
    # Numbers of lines whose type the heading tells are lines still.
    annex = b"Hopital;Commune;Cardiologie (garde)\nCH;Deux;3\n"
    assert len(read_lines(annex, "a.csv").lines) == 3


@pytest.mark.parametrize("writer", [exports.to_csv, lambda t, n: exports.to_xlsx({"t": t}, n)])
def test_a_table_by_hospital_of_simulated_lines_stays_simulated(writer):
    """It has no comments: its notes alone say what its lines are."""
    table = pd.DataFrame({"Établissement": ["CH"], "Commune": ["Tulle"], "ORL": ["garde"]})
    territory = catalogue.load_territory("75")
    for notes, simulated in ((files.notes(territory), True), (["Lignes de l’agence."], False)):
        outcomes = storing.checked(read_lines(writer(table, notes), "l"), "75")
        lines = storing.store(outcomes, name="l", content=b"", region="75")
        assert len(lines) == 1
        known = catalogue.load_territory("75").provenance["pdses_lines"]
        assert known.simulated is simulated


@pytest.mark.parametrize(
    ("cells", "status", "reason"),
    [
        ("CH;Deux;Cardiologie;garde;assurée;45292;46022", UNDERSTOOD, "« 45292 » lue 2024-01-01"),
        ("CH;Deux;#REF!;garde;assurée;;", DOUBTFUL, "spécialité « #REF! » : une formule sans"),
        (
            "#N/A;Deux;Cardiologie;garde;assurée;;",
            DOUBTFUL,
            "établissement « #N/A » : une formule",
        ),
        ("CH;Deux;2026-02-01;garde;assurée;;", DOUBTFUL, "un nombre ou une date"),
    ],
)
def test_failed_formulas_and_dates_out_of_place_are_doubts(cells, status, reason):
    (outcome,) = checked(rows(cells))
    assert outcome.status == status
    assert reason in outcome.reason
    if status == DOUBTFUL and "#" in cells:  # accepted as it is, it would name nothing
        (kept,) = checked(rows(cells), {outcome.written.key: {DECISION: ACCEPT}})
        assert kept.status == REFUSED


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "est vide"),
        (b'{"a": 1}', "n’est pas un tableau"),
        (b"[1, 2", "n’est pas un tableau"),
        (b"\0\1\2\3abc", "n’est pas un tableau"),
        (b"<note/>", "n’est pas un tableau"),
        (b'{"type": "Point", "coordinates": [1, 45]}', "est une carte, sans tableau"),
    ],
)
def test_a_file_without_a_table_is_refused_in_the_words_of_its_door(content, told):
    """The door takes tables: to ask for a GeoJSON or a shapefile led nowhere."""
    with pytest.raises(InvalidInputError) as refused:
        read_lines(content, "dossier/lignes.json")
    said = str(refused.value)
    assert said.startswith(f"« lignes.json » {told} : envoyez un CSV ou un classeur")
    assert "GeoJSON" not in said
    assert "shapefile" not in said
