"""Files are opened in a process apart: whatever is in them, a result or one French sentence."""

import logging
import os
import signal
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings

from data import uploads
from data.files import sandbox, table_files
from data.files.sandbox import Limits, calls
from data.official import imports, reading
from data.official.reading import read_here
from data.pdses import reader
from data.uploads.own_points import own_points
from geo.errors import InvalidInputError, ProxiSoinsError, UnavailableError
from tests.data.files import harmful, sandboxed
from tests.data.uploads import upload_fixtures
from tests.faults.harness import in_french

MOST_CPU_S, MOST_BYTES = 5.0, 500_000_000
HARMFUL: dict[str, Callable[[], bytes]] = {
    "far cell": lambda: sandboxed.far_cell(1_048_576, "XFD"),
    "far cell, single quotes": lambda: sandboxed.far_cell(1_048_576, "XFD", quote="'"),
    "far cell, line feeds": lambda: sandboxed.far_cell(1_048_576, "XFD", gap="\n"),
    "long shared text": lambda: sandboxed.long_shared_text(32_000, 200_000),
    "repeated cells": lambda: sandboxed.repeated_cells(1_000_000, 16_000, copies=40),
    "endless view": sandboxed.endless_view,
    "blanks in a commune": lambda: sandboxed.blanks("commune", "x" + " " * 100_000 + "1"),
    "blanks in an address": lambda: sandboxed.blanks("adresse", "19000 " + " " * 100_000 + "!"),
    "digits": lambda: sandboxed.blanks("longitude", "1" * 100_000 + "x"),
    "numbers": lambda: sandboxed.blanks("médecins", "1 " * 50_000 + "x"),
    "origins": lambda: sandboxed.blanks("médecins venant de", "a" + " " * 100_000 + "b!"),
}


def within_limits(answers: dict[str, sandbox.Answer]) -> None:
    for door, answer in answers.items():
        assert answer.kind in {"ok", "refused", "memory", "time", "crash"}, (door, answer)
        assert answer.cpu_s < MOST_CPU_S, (door, answer.kind)
        assert answer.peak_bytes < MOST_BYTES, (door, answer.kind)
        if answer.kind != "ok":
            in_french(sandbox.failure(answer, "fichier"))


@pytest.mark.parametrize("kind", HARMFUL)
def test_a_harmful_file_ends_within_its_limits_at_every_door(kind: str, tmp_path: Path) -> None:
    within_limits(harmful.doors(HARMFUL[kind](), "fichier", tmp_path))


@pytest.mark.campaign
@settings(max_examples=int(os.environ.get("PROXISOINS_HARMFUL", "8")))
@given(made=harmful.files())
def test_generated_harmful_files_end_within_their_limits(made: bytes, tmp_path: Path) -> None:
    within_limits(harmful.doors(made, "fichier", tmp_path))


@pytest.mark.campaign
@pytest.mark.reference
def test_known_harmful_files_end_within_their_limits(reference: Path, tmp_path: Path) -> None:
    files = sorted((reference.parent / "cases" / "hostile").iterdir())
    assert files
    for path in files:
        within_limits(harmful.doors(path.read_bytes(), path.name, tmp_path))


def test_a_geopackage_with_a_view_or_a_trigger_is_refused() -> None:
    plain = sandboxed.geopackage()
    assert uploads.open_lines(plain, "sites.gpkg")
    trigger = "CREATE TRIGGER t AFTER INSERT ON sites BEGIN SELECT 1; END"
    with pytest.raises(InvalidInputError, match="une vue"):
        uploads.open_lines(sandboxed.endless_view(), "sites.gpkg")
    with pytest.raises(InvalidInputError, match="un déclencheur"):
        uploads.open_lines(sandboxed.geopackage(trigger), "sites.gpkg")


def test_a_cell_of_any_length_is_refused_and_said() -> None:
    (line,) = uploads.open_lines(sandboxed.blanks("commune", "x" * 5_000), "sites.csv")
    assert "5\u202f000 caractères" in line.fault


def test_results_come_back_as_they_were() -> None:
    assert sandbox.run(sandboxed.double, 21, name="x") == 42
    pd.testing.assert_frame_equal(
        sandbox.run(sandboxed.table, name="x"), sandboxed.table(), check_dtype=True
    )


def test_relative_paths_are_those_of_who_asks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "table.csv").write_text("code;note\n19275;a\n", encoding="utf-8")
    (tmp_path / "mg.csv").write_text("Code INSEE;MG 2024\n19275;11\n", encoding="utf-8")
    sandbox.run(sandboxed.double, 1, name="x")  # started elsewhere
    monkeypatch.chdir(tmp_path)
    assert table_files.read_text_table(Path("table.csv"))["code"].tolist() == ["19275"]
    assert imports.preview([Path("mg.csv")])[0].kept == 1


def test_a_table_of_a_command_may_repeat_a_title(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("code;note;note\n19275;a;b\n", encoding="utf-8")
    read = table_files.read_text_table(path)
    assert list(read.columns) == ["code", "note", "note"]
    assert read.to_numpy().tolist() == [["19275", "a", "b"]]
    assert read.index.tolist() == [2]


def test_refusals_keep_their_class_and_their_sentence() -> None:
    with pytest.raises(UnavailableError, match=r"^Le service ne répond pas\.$"):
        sandbox.run(sandboxed.refuse, name="x")


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (sandboxed.fill_memory, "mémoire"),
        (sandboxed.fill_memory_in_native_code, "mémoire"),
        (sandboxed.never_end, "trop long"),
        (sandboxed.sleep_for_ever, "trop long"),
        (sandboxed.crash, "interrompu"),
        (sandboxed.foreign, "interrompu"),
        (sandboxed.quote_the_file, "imprévue"),
    ],
)
def test_whatever_becomes_of_the_child_it_is_said(
    function: Callable[[], object], words: str
) -> None:
    with pytest.raises(InvalidInputError, match=words) as refusal:
        sandbox.run(function, name="../sites.csv", limits=Limits(cpu_s=0.5, wait_s=4.0))
    assert "« sites.csv »" in str(refusal.value)
    assert sandbox.run(sandboxed.double, 1, name="x") == 2


def test_the_log_quotes_nothing_of_the_file(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR, logger="proxisoins"), pytest.raises(InvalidInputError):
        sandbox.run(sandboxed.quote_the_file, name="x")
    assert "KeyError at sandboxed.py" in caplog.text
    assert "SECRET" not in caplog.text


def test_no_secret_goes_to_the_child(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROXISOINS_DATABASE", "postgresql://user:SECRET@host/base")
    monkeypatch.setenv("PROXISOINS_HOME", "/somewhere")
    seen = sandbox.run(sandboxed.environment, name="x")
    assert "SECRET" not in str(seen)
    assert seen["PROXISOINS_HOME"] == "/somewhere"


def test_a_server_that_died_is_started_again() -> None:
    sandbox.run(sandboxed.double, 1, name="x")
    server = calls._SERVER._process
    assert server is not None
    os.kill(server.pid, signal.SIGKILL)
    server.wait()
    assert sandbox.run(sandboxed.double, 2, name="x") == 4


def test_without_fork_a_fresh_process_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "fork")
    assert sandbox.run(sandboxed.double, 3, name="x") == 6
    with pytest.raises(InvalidInputError, match="imprévue"):
        sandbox.run(sandboxed.quote_the_file, name="x")


def test_the_doors_of_the_screens_open_nothing_themselves(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked, commands = [], table_files.read_here

    def refuse(function: Callable[..., object], *_: object, **_more: object) -> sandbox.Answer:
        asked.append(function)
        return sandbox.Answer("time")

    monkeypatch.setattr(calls, "ask", refuse)
    monkeypatch.setattr(sandbox, "ask", refuse)
    content = b"nom;code insee\nA;19275\n"
    for opened in (
        lambda: uploads.open_lines(content, "a.csv"),
        lambda: own_points(content, "a.csv", None),  # type: ignore[arg-type]
        lambda: reader.open_lines(content, "a.csv"),
    ):
        with pytest.raises(ProxiSoinsError, match="trop long"):
            opened()
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    with pytest.raises(ProxiSoinsError, match="trop long"):
        table_files.read_text_table(path)
    (report,) = imports.preview([path])
    assert "trop long" in report.message
    assert asked == [uploads.read_lines, uploads.read_lines, reader.read_lines, commands, read_here]


def test_a_file_that_breaks_its_limits_does_not_stop_the_others(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    good, bad = tmp_path / "populations.csv", tmp_path / "classeur.xlsx"
    good.write_text("DEPCOM;COM;PMUN;PCAP;PTOT\n19275;Ussel;9000;100;9100\n", encoding="utf-8")
    bad.write_bytes(upload_fixtures.workbook([["a"], ["b"]]))
    real = sandbox.ask

    def ask(function: Callable[..., object], *given: object, **more: object) -> sandbox.Answer:
        files = given[0]
        assert isinstance(files, dict)
        return sandbox.Answer("memory") if bad in files.values() else real(function, *given, **more)

    monkeypatch.setattr(sandbox, "ask", ask)
    read = reading.read_files([bad, good], imports.commune_index("75"))
    assert "mémoire" in read.refusals[0]
    assert [member.file_name for member in read.members] == ["populations.csv"]
