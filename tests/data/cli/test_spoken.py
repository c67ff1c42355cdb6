"""What the command says by itself, as one reads it on a terminal."""

import sys
from pathlib import Path

import pytest

from data import cli


def said(*words: str) -> int:
    """Run the command as its script does; return its exit code."""
    sys.argv[1:] = words
    with pytest.raises(SystemExit) as stopped:
        cli.main()
    assert isinstance(stopped.value.code, int)
    return stopped.value.code


@pytest.fixture(autouse=True)
def _own_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["proxisoins"])


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["foo"], "Commande inconnue : « foo »."),
        (["matrix"], "Il manque FICHIER."),
        (["import"], "Il manque FICHIER…"),
        (["pdses", "import"], "Il manque FICHIER."),
        (["pdses", "fall"], "Il manque LIGNE."),
        (["matrix", "a.csv"], "Il manque l’option --out."),
        (["matrix", "a.csv", "b", "--out", "c.csv"], "De trop : b."),
        (["matrix", "a.csv", "--out"], "L’option --out attend une valeur."),
        (["matrix", "a.csv", "--outt", "c"], "Option inconnue : --outt. Options proches : --out."),
        (["matrix", "a.csv", "--out", "c.csv", "--epsg", "l93"], "un nombre entier est attendu"),
        (["sites"], "Il manque une commande."),
        (["risk", "predict", "--horizon", "2.5"], "Valeur refusée pour --horizon"),
    ],
)
def test_a_call_that_is_not_understood_is_told_in_french(
    words: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert said(*words) == 2
    text = capsys.readouterr().err
    assert told in text
    assert "--help" in text
    assert not any(english in text for english in ("Error", "Missing", "Invalid", "such", "Try"))


def test_the_command_alone_shows_its_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert said() == 2
    shown = "".join(capsys.readouterr())
    assert "Commandes" in shown
    assert "Erreur" not in shown


@pytest.mark.parametrize("words", [["--help"], ["matrix", "--help"], ["risk", "predict", "--help"]])
def test_the_help_has_french_titles(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert said(*words) == 0
    text = capsys.readouterr().out
    assert "Affiche cette aide." in text
    assert not any(one in text for one in ("Commands", "[required]", "[default", "Show this"))


def test_a_command_keeps_its_exit_code(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert said("status") == 0
    assert said("matrix", str(tmp_path / "absente.csv"), "--out", str(tmp_path / "x.csv")) == 1
    assert "n’existe pas" in capsys.readouterr().err
