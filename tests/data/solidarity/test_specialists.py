"""Help by specialists on a made region: what is missing, who comes, what is said."""

from dataclasses import replace

import pandas as pd
import pytest
from typer.testing import CliRunner

from data.cli import app
from data.region.territory import Provenance
from data.solidarity.schemes import HALF_DAYS_A_MONTH
from data.solidarity.specialists import (
    SpecialistQuestion,
    said,
    specialist_help,
    specialties,
)
from geo.errors import InvalidInputError, UnavailableError
from tests.data.solidarity.small_help import made, zoned

ROWS = [("16001", "Cardiologie", 2025, 6.0), ("17001", "Cardiologie", 2025, 1.0)]


def known(rows=ROWS, **tables):
    table = pd.DataFrame(rows, columns=["code", "specialty", "year", "doctors"])
    source = Provenance("specialists", "Médecins spécialistes", "agence", "2025", "", False, 2, 2)
    territory = made(**tables)
    return replace(territory, context={"specialists": table}, provenance={"specialists": source})


def asked(**more):
    return SpecialistQuestion(
        "cardiologie", **{"people": 1_000.0, "within": 15.0, "hosts": "mairies"} | more
    )


def test_who_has_nobody_in_reach_misses_a_full_place_for_so_many():
    found = specialist_help(known(), asked(need="minimum"))
    missing = found.targets.set_index("code")
    # 12 minutes from one commune to the next: 16003 reaches 17001, 17003 nobody.
    assert set(missing.index) == {"17003"}
    assert missing.loc["17003", "people"] == 800
    assert missing.loc["17003", "half_days"] == pytest.approx(0.8 * HALF_DAYS_A_MONTH)
    two = specialist_help(known(), asked(need="minimum", least=2)).targets.set_index("code")
    assert two.loc["16003", "people"] == pytest.approx(0.5 * two.loc["16003", "population"])


def test_who_is_not_received_by_those_in_reach_misses_too():
    found = specialist_help(known(), asked(people=100.0)).targets.set_index("code")
    assert found.loc["17003", "people"] == 800
    # 700 seats in all: the others are left without.
    assert found["people"].sum() == pytest.approx(found["population"].sum() - 700, abs=700)
    assert (found["people"] <= found["population"] + 1e-9).all()


def test_donors_outside_zip_come_to_hosts_and_ceilings_hold():
    rows = [("16001", "Cardiologie", 2025, 16.0), ("17001", "Cardiologie", 2025, 1.0)]
    territory = known(rows, zoning=zoned(c16003="ZIP", c17003="ZIP", c17001="ZIP", c16001="HZ"))
    question = asked(need="minimum", least=2, minutes=45.0, volunteers=2)
    found = specialist_help(territory, question)
    assert found.found.covered > 0
    assert found.found.covered <= 12 + 1e-6
    assert found.found.volunteers.sum() <= 2
    assert found.targets["covered"].sum() == pytest.approx(found.found.covered)
    assert found.hosts["hosted"].sum() == pytest.approx(found.found.covered)
    assert found.found.status == "optimal"
    words = " ".join(said(found))
    assert "n’est pas calculé" in words
    assert "votre hypothèse" in words


def test_a_site_that_few_specialists_reach_is_not_served():
    """What it receives would tell who goes: it is out of reach, and this is said."""
    territory = known(zoning=zoned(c16003="ZIP", c17003="ZIP", c17001="ZIP", c16001="HZ"))
    found = specialist_help(territory, asked(need="minimum", least=2, minutes=45.0, volunteers=2))
    assert found.found.covered == 0
    assert found.out_of_reach == pytest.approx(found.targets["half_days"].sum())
    assert "ou trop peu (moins de 10) pour que l’on ne sache pas lesquels" in " ".join(said(found))


def test_under_five_specialists_are_not_counted_aloud():
    few = known([("16001", "Cardiologie", 2025, 3.0)])
    assert "NS spécialistes" in " ".join(said(specialist_help(few, asked())))


@pytest.mark.parametrize("need", ["minimum", "place"])
def test_who_reaches_a_masked_count_is_neither_without_nor_helped(need):
    rows = [*ROWS, ("17003", "Cardiologie", 2025, float("nan"))]
    found = specialist_help(known(rows), asked(need=need))
    assert "17003" not in set(found.targets["code"])  # alone without anyone, but for the masked
    communes, people = found.unknown
    assert communes >= 1
    assert people >= 800
    assert found.doctors == 7
    assert "n’est pas connu et n’est pas compté" in " ".join(said(found))
    assert found.able.sum() <= 7


def test_nothing_is_invented_where_no_count_is_imported():
    assert specialties(made()) == []
    with pytest.raises(UnavailableError, match="modèle"):
        specialist_help(made(), asked())
    with pytest.raises(InvalidInputError, match="Cardiologie"):
        specialist_help(known(), replace(asked(), specialty="Rhumatologie"))
    for wrong in ({"need": "x"}, {"people": 0.0}, {"least": 0}, {"within": 90.0}):
        with pytest.raises(InvalidInputError):
            asked(**wrong)


def test_the_command_lists_what_is_imported_and_writes_the_template(tmp_path):
    def run(*arguments):
        result = CliRunner().invoke(app, ["solidarity", "specialists", *arguments])
        assert result.exit_code == 0, result.output
        return result.output

    assert "aucune. Remplissez le modèle (--modele FICHIER)" in run()
    path = tmp_path / "modele.xlsx"
    assert "modele.xlsx" in run(f"--modele={path}")
    assert path.read_bytes().startswith(b"PK")
