"""Where volunteers receive: town halls, MSPs, hospitals, a list."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from data.region.territory import Provenance
from data.solidarity.help import Terms
from data.solidarity.hosts import candidates, simulated
from data.solidarity.needs import Question
from data.solidarity.own_tables import read_hosts
from data.solidarity.plans import help_plan
from data.solidarity.tables import host_table
from geo.errors import InvalidInputError, UnavailableError
from tests.data.solidarity.small_help import made, zoned

ASKED = Question(apl=30.0)


def placed(*rows):
    columns = ["id", "kind", "name", "code", "lon", "lat"]
    return pd.DataFrame(rows, columns=columns).assign(labelled=False)


STRUCTURES = placed(
    ("1", "msp", "Maison A", "16002", 0.12, 45.0),
    ("2", "msp", "Maison B", "16002", 0.12, 45.0),
    ("3", "msp", "Ailleurs", "24001", -0.12, 45.0),
    ("4", "urgences", "Centre hospitalier", "16001", 0.0, 45.0),
)


@pytest.fixture
def territory():
    return made(structures=STRUCTURES, zoning=zoned(c16003="ZIP", c16002="ZIP", c16001="HZ"))


def test_candidates_are_told_by_commune_with_their_names(territory):
    targets = np.array([2, 5])
    assert candidates(territory, "mairies", targets)["row"].tolist() == [2, 5]
    found = candidates(territory, "msp", targets)
    assert found.to_dict("records") == [{"row": 1, "places": "Maison A, Maison B"}]
    assert candidates(territory, "hopitaux", targets)["row"].tolist() == [0]
    listed = candidates(territory, "liste", targets, ("16003", "99999", "16001", "16003"))
    assert listed["row"].tolist() == [0, 2]


def test_what_names_no_host_is_said(territory):
    with pytest.raises(InvalidInputError, match="choisissez parmi"):
        candidates(territory, "gares", np.array([2]))
    with pytest.raises(InvalidInputError, match="Votre liste"):
        candidates(territory, "liste", np.array([2]), ("99999",))
    with pytest.raises(UnavailableError, match="maisons de santé"):
        candidates(made(), "msp", np.array([2]))


def test_people_are_received_at_an_msp_twenty_minutes_away_at_most(territory):
    found = help_plan(territory, ASKED, Terms(volunteers=2, hosts="msp"))
    assert found.covered == pytest.approx(12.0)
    assert set(found.trips["host"]) == {1}
    # 12 half-days go to the targets that reach it, and no more than they miss.
    assert found.targets["covered"].sum() == pytest.approx(12.0)
    assert (found.targets["covered"] <= found.targets["half_days"] + 1e-6).all()
    hosts = host_table(found)
    assert hosts[["code", "places"]].to_numpy().tolist() == [["16002", "Maison A, Maison B"]]
    assert hosts["hosted"].sum() == pytest.approx(found.given.sum())


def test_help_paid_for_a_zip_is_received_in_it(territory):
    advanced = help_plan(territory, ASKED, Terms(volunteers=2, hosts="hopitaux"))
    assert advanced.hosts.empty
    assert advanced.covered == 0
    anyone = Terms("solidaires", volunteers=2, hosts="hopitaux")
    other = help_plan(territory, ASKED, anyone)
    assert other.hosts["code"].tolist() == ["16001"]
    # The doctors of the host's own commune are there already: nobody is sent to them.
    assert 0 not in other.trips["origin"].tolist()


def test_a_lodged_team_receives_at_the_chosen_hosts(territory):
    found = help_plan(territory, ASKED, Terms("rotation", volunteers=10, hosts="msp"))
    assert set(found.trips["host"]) <= {1}
    assert found.covered > 0


def test_a_list_of_hosts_is_read_or_refused_with_its_line(tmp_path):
    path = tmp_path / "hotes.csv"
    path.write_text("code insee;nom\n16002;Deux\n1001;Ain\n16002;Deux\n", encoding="utf-8")
    assert read_hosts(path) == ("16002", "01001")
    path.write_text("id\n16002\nAngoulême\n", encoding="utf-8")
    with pytest.raises(InvalidInputError, match="ligne 3"):
        read_hosts(path)


def test_host_sites_that_are_simulated_are_said_to_be(territory):
    source = Provenance("structures", "Structures de soins", "", "", "", True, 4, 4)
    made_up = replace(territory, provenance={"structures": source})
    assert simulated(made_up, "msp").endswith("décision : Structures de soins.")
    assert simulated(made_up, "mairies") == ""
    assert simulated(territory, "msp") == ""
