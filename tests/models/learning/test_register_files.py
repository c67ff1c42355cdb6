"""Registers as published: RPPS, FINESS, SIRENE stock, at the command. None of these exists."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from geo.errors import InvalidInputError
from models.learning import nowcast, register, register_files
from models.learning.register import CONFIRMED, FINESS, GONE, RPPS, SIRENE, UNKNOWN, Register

RPPS_COLUMNS = (
    "Identification nationale PP", "Code profession", "Code type savoir-faire",
    "Code savoir-faire", "Identifiant technique de la structure",
    "Code postal (coord. structure)", "Code commune (coord. structure)",
    "Libellé commune (coord. structure)", "Code secteur d'activité", "Code mode exercice",
)  # fmt: skip
ASKED = pd.Index(["01001", "01004", "01005", "15014"])
ONE_EACH = np.ones(len(ASKED))


def _rpps(path: Path, *codes: str) -> Path:
    rows = ["|".join(RPPS_COLUMNS) + "|"]
    rows += [f"8{k}|10|S|SM54|R{k}||{code}||SA07|L|" for k, code in enumerate(codes)]
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def _finess(path: Path, *places: tuple[str, str]) -> Path:
    """Write a stock with one heading: FINESS number, category, commune, no coordinates."""
    lines = ["nofinesset;rs;categetab;commune;departement;coordxet;coordyet"]
    lines += [
        f"01000{k:04d};STRUCTURE {k};{category};{code[2:]};{code[:2]};;"
        for k, (category, code) in enumerate(places)
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_the_rpps_says_who_is_there_and_who_is_not(tmp_path: Path) -> None:
    path = _rpps(
        tmp_path / "PS_LibreAcces_Personne_activite_202611210800.txt", "01004", "01004", "01999"
    )
    seen, told = register_files.read(path)
    assert (seen.source, seen.month, seen.told) == (RPPS, "2026-11", "novembre 2026 (RPPS)")
    assert any("3 lignes lues" in one for one in told)
    assert any("01999" not in one and "refusé" in one for one in told)
    given = register.states(seen, ASKED, 2018.0, ONE_EACH)
    # Ain is told of, Cantal is not.
    assert given.tolist() == [GONE, CONFIRMED, GONE, UNKNOWN]
    assert set(register.states(seen, ASKED, 2027.0, ONE_EACH)) == {UNKNOWN}
    # What a register adds was learned with SIRENE only.
    assert not nowcast.feeds(seen, 2018.0, 10)


def test_finess_confirms_and_never_says_gone(tmp_path: Path) -> None:
    path = _finess(
        tmp_path / "finess_2026-05-04.csv", ("124", "01001"), ("603", "15014"), ("620", "01005")
    )
    seen, _ = register_files.read(path)
    assert (seen.source, seen.month) == (FINESS, "2026-05")
    given = register.states(seen, ASKED, 2018.0, ONE_EACH)
    assert given.tolist() == [CONFIRMED, UNKNOWN, UNKNOWN, CONFIRMED]
    assert not nowcast.feeds(seen, 2018.0, 10)


def test_where_two_registers_disagree_nothing_is_said(tmp_path: Path) -> None:
    sirene = Register("2019-03", pd.Series({"01001": 0.0, "01004": 2.0, "01005": 0.0}))
    finess = Register("2019-05", pd.Series({"01001": 1.0, "15014": 1.0}), FINESS)
    both = register.together([finess, sirene])
    assert both is not None
    given = register.states(both, ASKED, 2018.0, ONE_EACH)
    assert given.tolist() == [UNKNOWN, CONFIRMED, GONE, CONFIRMED]
    # The probability does not read what they disagree on.
    assert np.isnan(both.of(ASKED, ONE_EACH)).tolist() == [True, False, False, True]
    assert both.told == "mars 2019 (SIRENE) et mai 2019 (FINESS)"
    older = register.together([sirene, Register("2016-05", finess.counts, FINESS)])
    assert register.states(older, ASKED, 2018.0, ONE_EACH).tolist() == [
        GONE,
        CONFIRMED,
        GONE,
        UNKNOWN,
    ]
    with pytest.raises(InvalidInputError, match="un seul registre"):
        register.together([sirene, Register("2026-11", sirene.counts, RPPS)])


def test_a_count_that_cannot_be_read_is_not_an_absence(tmp_path: Path) -> None:
    path = tmp_path / "sirene.csv"
    path.write_text('code;gp_establishments_2019_03\n1001;illisible\n01004.0;"1,0"\n', "utf-8")
    seen, _ = register_files.read(path)
    assert seen.source == SIRENE
    assert register.states(seen, ASKED, 2018.0, ONE_EACH).tolist() == [
        UNKNOWN,
        CONFIRMED,
        GONE,
        UNKNOWN,
    ]


def test_a_file_that_is_no_register_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "notes.csv"
    path.write_text("code;remarque\n01001;rien\n", "utf-8")
    with pytest.raises(InvalidInputError):
        register_files.read(path)
