"""What is simulated is named, and what is real is not called simulated."""

from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from data.maps import room
from data.region.moments import Moment
from data.region.territory import UNVERIFIED_MINUTES, UNVERIFIED_SOMEWHERE, Territory
from geo.travel_time import EngineLabel
from pages import shell


def territory(**simulated: bool) -> Any:
    known = {
        name: SimpleNamespace(
            simulated=told,
            title=name,
            imported_at=None if told else 1,
            moment=lambda: Moment(2017),
            vintage="2017",
            measured={},
            passed_over="",
        )
        for name, told in simulated.items()
    }

    return SimpleNamespace(
        provenance=known,
        region_name="Mayotte",
        unverified_minutes="",
        communes=pd.DataFrame({"code": ["23096"]}),
        once=lambda _name, make: make(),
    )


def said(monkeypatch: pytest.MonkeyPatch, shown: Any, *read: str) -> str:
    drawn: list[str] = []
    monkeypatch.setattr(shell.st, "html", drawn.append)
    known = [one for key, one in shown.provenance.items() if not read or key in read]
    shell.ribbon(shown, known)
    return "".join(drawn).replace("\N{NO-BREAK SPACE}", " ")


def test_real_counts_beside_simulated_structures_are_not_called_a_demonstration(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text = said(monkeypatch, territory(gps=False, zoning=False, structures=True))
    assert "Données en partie simulées</strong>" in text
    assert "Simulé : structures." in text
    assert "émonstration" not in text


def test_paper_has_all_that_unfolds_on_screen_and_nothing_to_press(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text = said(monkeypatch, territory(gps=False, structures=True))
    screen, paper = text.split("</details>")
    assert screen.startswith('<details class="ps-desk"')
    assert paper.startswith('<p class="ps-paper"')
    assert "Simulé : structures." in paper
    assert "Lesquelles ?" not in paper
    assert "Données en partie simulées</strong> : " in paper


def test_what_an_import_does_not_cover_is_told_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not by the name of its file, which may be any."""
    shown = territory(gps=True, zoning=True)
    shown.provenance["gps"].passed_over = "<b>_v2-final.csv"
    text = said(monkeypatch, shown)
    assert "L’import ne couvre pas Mayotte, où restent de démonstration : gps." in text
    assert ".csv" not in text


def test_simulated_counts_are(monkeypatch: pytest.MonkeyPatch) -> None:
    text = said(monkeypatch, territory(gps=True, zoning=True))
    assert "Données de démonstration</strong><span class=ps-more> : simulées, sans valeur" in text


def test_what_the_screen_does_not_read_is_not_spoken_of(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = territory(gps=False, structures=True, pdses_lines=True)
    assert said(monkeypatch, shown, "gps", "communes") == ""
    assert "Simulé : structures." in said(monkeypatch, shown, "gps", "structures")
    shown.unverified_minutes = UNVERIFIED_MINUTES
    drawn: list[str] = []
    monkeypatch.setattr(shell.st, "html", drawn.append)
    shell.ribbon(shown, ())
    assert not drawn


def test_nothing_is_said_where_all_is_real(monkeypatch: pytest.MonkeyPatch) -> None:
    assert said(monkeypatch, territory(gps=False)) == ""


def test_minutes_that_nobody_verified_are_said_even_where_all_is_real(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shown = territory(gps=False)
    shown.unverified_minutes = UNVERIFIED_MINUTES
    assert "jamais vérifiés outre-mer" in said(monkeypatch, shown)


@pytest.mark.parametrize(
    ("departements", "estimated", "apart", "told"),
    [
        (["974"], True, {}, UNVERIFIED_MINUTES),
        (["974"], False, {}, ""),
        (["974", "33"], True, {"974": True}, f"Outre-mer{UNVERIFIED_SOMEWHERE}"),
        (["974", "33"], False, {"974": False}, ""),
        (["2A", "33"], True, {}, ""),
        # Roads of the mainland alone, of La Réunion alone, of all but two.
        (["974", "33"], False, {"974": True}, f"Outre-mer{UNVERIFIED_SOMEWHERE}"),
        (["974", "33"], True, {"974": False}, ""),
        (
            ["974", "976", "971", "33"],
            False,
            {"974": False, "976": True, "971": True},
            f"Guadeloupe et Mayotte{UNVERIFIED_SOMEWHERE}",
        ),
    ],
)
def test_minutes_are_unknown_overseas_without_roads(
    departements: list[str], estimated: bool, apart: dict[str, bool], told: str
) -> None:
    label = EngineLabel("Temps estimés", "", "", estimated, apart)
    made = SimpleNamespace(
        communes=pd.DataFrame({"departement": departements}),
        travel_time=SimpleNamespace(label=label),
    )
    assert Territory.unverified_minutes.fget(made) == told  # type: ignore[attr-defined]


def test_people_without_room_say_the_year_of_the_counts() -> None:
    assert room.dated(territory(gps=False)) == "Médecins comptés en 2017."
    assert room.dated(territory(gps=True)) == "Médecins simulés."
    assert room.dated(territory()) == ""
    # A file that tells no date is not of no date: it is said.
    undated = territory(zoning=False)
    undated.provenance["zoning"].moment = lambda: None
    assert room.dated(undated, "zoning") == "Zonage de date inconnue."
