"""Help between the communes of a made region: needs, donors, floor, money and words by hand."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from data.access import inputs
from data.access.indicators import commune_indicators
from data.base.french import number
from data.region.rules import LEAST_PUBLIC_GPS
from data.reports.help_figures import help_figures
from data.solidarity import plans
from data.solidarity.donors import OTHERS
from data.solidarity.effects import apl_of_half_days, changes
from data.solidarity.help import Terms
from data.solidarity.needs import AIMS, TARGETS, Question, needs
from data.solidarity.plans import curve, help_plan, roads_to
from data.solidarity.schemes import HALF_DAYS_A_MONTH, SCHEMES
from data.solidarity.tables import (
    calendar,
    donor_table,
    host_table,
    kilometres,
    losses,
    money_words,
    moved,
    sentence,
    share_words,
    target_table,
)
from geo.errors import InvalidInputError, UnavailableError
from tests.data.solidarity.small_help import GPS, made, zoned


@pytest.fixture
def territory():
    return made()


def test_consultations_missing_are_the_gap_times_the_people(territory):
    question = Question(apl=30.0)
    found = needs(territory, question).set_index("code")
    apl = commune_indicators(territory).set_index("code")["apl"]
    assert found.index.tolist() == ["16003", "17003"]
    assert found.loc["16003", "consultations"] == pytest.approx((30 - apl["16003"]) * 500)
    assert found.loc["17003", "consultations"] == pytest.approx(30 * 800)
    assert found["half_days"].tolist() == pytest.approx((found["consultations"] / 144).tolist())


def test_people_without_room_need_doctors_of_ten_half_days_a_week(territory):
    found = needs(territory, Question(targets="place", aim="place", per_gp=100)).set_index("code")
    # 1,200 seats at 16001, 100 at 17001: 17003 reaches nobody.
    assert found.loc["17003", "without_room"] == 800
    assert found.loc["17003", "half_days"] == pytest.approx(8 * HALF_DAYS_A_MONTH)


def test_donors_outside_zip_give_up_to_their_ceiling_on_the_roads_there_are(territory):
    question = Question(apl=30.0)
    found = help_plan(territory, question, Terms(volunteers=2))
    assert found.covered == pytest.approx(min(12.0, found.targets["half_days"][0]))
    assert set(found.trips["host"]) == {2}  # 17003 is an hour and a half away
    assert found.out_of_reach == pytest.approx(found.targets["half_days"].iloc[1])
    assert found.euros_a_month == 200 * found.covered
    # Told whole, paid whole: 11.6 half-days are 12 at 200 euros.
    assert replace(found, covered=11.6).euros_a_month == 2400
    assert "hors d’atteinte" in sentence(found)
    assert "pas en ZIP" not in sentence(found)
    # What is paid in ZIP alone is not said to be paid elsewhere.
    moved = found.targets.assign(zone=["ZAC", "ZIP"])
    torn = replace(found, targets=moved)
    assert "1 commune aidée n’est pas en ZIP" in sentence(torn)
    shared = replace(torn, terms=Terms(scheme="solidaires"))
    assert "pas en ZIP" not in sentence(shared)
    near = help_plan(territory, question, Terms(volunteers=2, minutes=10.0))
    assert near.covered == 0
    assert near.trips.empty


def test_a_floor_holds_in_donor_communes(territory):
    question = Question(apl=60.0)
    apl = commune_indicators(territory)["apl"].to_numpy()
    floor = float(apl[0]) - 0.1
    found = help_plan(territory, question, Terms(floor=floor))
    after = changes(territory, found.taken, found.given, acts=question.acts, per_gp=1000)
    assert found.covered > 0
    assert after["apl_after"].iloc[0] == pytest.approx(floor, abs=1e-6)
    free = help_plan(territory, question, Terms())
    assert free.covered > found.covered
    # 17001, under the floor, gives nothing.
    assert found.taken[3] == 0


def test_another_floor_or_trip_asks_for_no_other_roads(territory, monkeypatch):
    asked = set()

    def spied(territory, origins, hosts, limit):
        asked.add((origins.tobytes(), hosts.tobytes(), limit))
        return roads_to(territory, origins, hosts, limit)

    monkeypatch.setattr(plans, "roads_to", spied)
    floor = float(commune_indicators(territory)["apl"].to_numpy()[0]) - 0.1
    for terms in (Terms(), Terms(floor=floor), Terms(minutes=31.0)):
        help_plan.__wrapped__(territory, Question(apl=60.0), terms)
    assert len(asked) == 1


def test_a_half_day_takes_what_recomputing_the_apl_says(territory):
    rows = np.array([0, 3])
    each = apl_of_half_days(territory, rows, 12.0).toarray()
    taken = np.zeros(7)
    taken[0] = 1.0
    moved = changes(territory, taken, np.zeros(7), acts=12.0, per_gp=1000)
    lost = (moved["apl_before"] - moved["apl_after"]).to_numpy()[rows]
    assert each[:, 0] == pytest.approx(lost, abs=1e-9)


def test_replaced_doctors_take_nothing_from_their_patients(territory):
    question = Question(apl=30.0)
    terms = Terms(scheme="solidaires", volunteers=3, replaced=True)
    found = help_plan(territory, question, terms)
    assert losses(territory, found)["people"] == 0
    plain = help_plan(territory, question, replace(terms, replaced=False))
    assert losses(territory, plain)["people"] > 0


def test_who_loses_is_counted_from_the_noise_on():
    """So many people that what two doctors give is little to each, but more than the noise."""
    few = made()
    people = few.communes["population"] * 20.0
    crowded = replace(few, communes=few.communes.assign(population=people), version="help-crowd")
    found = help_plan(crowded, Question(apl=30.0), Terms(volunteers=2))
    around = moved(crowded, found)
    fall = (around["apl_before"] - around["apl_after"]).to_numpy()
    losing = fall[[0, 3]]  # 16001 and 17001, which have doctors to give
    assert ((losing > 0.005) & (losing < 0.05)).all()
    assert losses(crowded, found)["people"] == people[[0, 3]].sum()
    others = people.drop(index=found.targets["row"]).sum()
    assert losses(crowded, found)["among"] == others
    told = help_figures(crowded, found).set_index("Mesure")["Valeur"]
    assert told["Habitants hors cibles dont l’APL baisse"].endswith(f" sur {number(others)}")


def test_a_rotating_team_goes_where_no_road_of_an_hour_leads(territory):
    found = help_plan(territory, Question(apl=30.0), Terms(scheme="rotation", volunteers=6))
    assert found.covered == pytest.approx(6 * SCHEMES["rotation"].half_days)
    assert found.out_of_reach == 0
    assert found.road_hours == 0
    assert found.euros_a_month is None
    assert found.taken.sum() == pytest.approx(found.covered)
    assert found.given.sum() == pytest.approx(found.covered)


def test_hosts_receive_those_within_twenty_minutes():
    territory = made(zoning=zoned(c16002="ZIP", c16003="ZIP", c17003="ZIP", c16001="HZ"))
    found = help_plan(territory, Question(apl=30.0), Terms(volunteers=8, sites=1))
    assert len(host_table(found)) == 1
    served = found.targets.set_index("code")["covered"]
    assert served["17003"] == 0
    assert served.sum() == pytest.approx(found.covered)
    calendar_rows = host_table(found)[[f"week_{week}" for week in range(1, 5)]]
    assert calendar_rows.sum(axis=1).tolist() == [round(found.covered)]


def test_the_curve_rises_with_volunteers(territory):
    found = curve(territory, Question(apl=30.0), Terms())
    assert found["volunteers"].tolist() == [5, 10, 39, 100, 200]
    assert (np.diff(found["half_days"]) >= -1e-6).all()
    assert (found["share"] <= 1).all()


def test_targets_say_before_and_after(territory):
    found = help_plan(territory, Question(apl=30.0), Terms(volunteers=4))
    table = target_table(territory, found).set_index("code")
    assert table.loc["16003", "apl_after"] > table.loc["16003", "apl_before"]
    assert table.loc["17003", "apl_after"] == table.loc["17003", "apl_before"]
    assert kilometres(territory, found) > 0


@pytest.mark.parametrize(
    ("volunteers", "able", "told"),
    [
        ([6, 5, 7], [20, 20, 20], [7, 6, 5]),
        ([9, 3, 2], [20, 20, 20], [9, 5]),  # 3 and 2 together
        ([7, 6, 1], [20, 20, 20], [7, 7]),  # 1 with the smallest of the others
        ([5, 5, 1], [20, 20, 20], [5, 6]),  # as many in two: one of them, always the same
        ([2, 1, 0], [20, 20, 20], []),  # three in all: none is placed
        ([9, 6, 7], [20, 8, 20], [9, 13]),  # six of eight: nearly all, so with others
        ([9, 6, 7], [10, 8, 8], []),  # 22 of 26: hardly anyone stays
    ],
)
def test_no_group_of_fewer_than_five_volunteers_is_told(territory, volunteers, able, told):
    found = help_plan(territory, Question(apl=30.0), Terms(volunteers=1))
    counts, could = np.zeros(7, dtype=np.int64), np.zeros(7)
    counts[[0, 2, 5]], could[[0, 2, 5]] = volunteers, able  # EPCI 1, EPCI 2, none
    table = donor_table(territory, replace(found, volunteers=counts, able=could, roads=None))
    assert table["volunteers"].tolist() == told
    assert all(count >= LEAST_PUBLIC_GPS for count in told)
    assert (table["group"] == OTHERS).sum() == (bool(told) and told != [7, 6, 5])


def test_calendars_are_even_and_whole():
    for half_days in range(40):
        weeks = calendar(half_days)
        assert sum(weeks) == half_days
        assert max(weeks) - min(weeks) <= 1


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: Question(targets="tous"), "Cibles « tous » inconnues"),
        (lambda: Question(apl=0.0), "supérieur à 0"),
        (lambda: Terms(scheme="bus"), "n’existe pas"),
        (lambda: Terms(half_days=7.0), "6 demi-journées par mois au plus"),
        (lambda: Terms(replaced=True), "remplacement au cabinet n’est pas prévu"),
        (lambda: Terms(minutes=90.0), "entre 1 et 60 minutes"),
    ],
)
def test_what_a_scheme_excludes_is_said(make, said):
    with pytest.raises(InvalidInputError, match=said):
        make()


def test_unknown_zones_and_epci_are_said():
    empty = pd.DataFrame(columns=["code", "zone", "part", "tvs", "tvs_name"])
    with pytest.raises(UnavailableError, match="importez le zonage"):
        needs(made(zoning=empty), Question())
    with pytest.raises(InvalidInputError, match="n’est pas dans la région"):
        needs(made(), Question(targets="epci", chosen="e9"))


def test_another_plan_of_the_same_question_computes_no_minutes(territory, monkeypatch):
    question = Question(apl=30.0)
    first = help_plan(territory, question, Terms(volunteers=1))
    before = target_table(territory, first)
    asked = []
    monkeypatch.setattr(inputs, "pairs_to", lambda *given: asked.append(given))
    second = help_plan(territory, question, Terms(volunteers=2))
    after = target_table(territory, second)
    assert not asked
    assert after["covered"].sum() > before["covered"].sum()
    assert (after["apl_after"] != before["apl_after"]).any()


def wholly_zoned(**others):
    zones = dict.fromkeys(("c16001", "c16002", "c17001", "c17002", "c17003"), "HZ")
    return zoned(**(zones | {"c16003": "ZIP"} | others))


def test_communes_that_nobody_zoned_are_no_communes_without_need():
    """Of France one region alone is zoned: what the others miss is not nothing."""
    territory = made(zoning=zoned(c16003="ZIP", c16001="HZ"))
    found = help_plan(territory, Question(apl=30.0), Terms(volunteers=2))
    assert found.unzoned == 3  # nobody lives in 17002
    assert "La zone de 3 communes n’est pas connue" in sentence(found)
    nothing = help_plan(territory, Question(apl=1e-6), Terms(volunteers=2))
    assert sentence(nothing).startswith("Rien de connu ne manque")
    assert share_words(nothing) == "besoin inconnu"
    assert not help_plan(territory, Question(targets="apl", apl=30.0), Terms(volunteers=2)).unzoned


def test_what_a_target_of_unknown_apl_misses_is_not_told_as_nothing():
    """17003 reaches nobody but itself, and nobody knows whether it has a doctor."""
    some = {code: count for code, count in GPS.items() if code != "17003"}
    territory = made(some, zoning=wholly_zoned(c17003="ZIP"))
    found = help_plan(territory, Question(apl=30.0), Terms(volunteers=2))
    assert found.targets["code"].tolist() == ["16003"]
    assert found.unknown == 1
    assert sentence(found).endswith(
        "L’APL de 1 commune n’est pas connue : ce qui y manque n’est pas compté."
    )
    # Nothing known is missing: neither « rien ne manque », nor a share of nothing.
    found = help_plan(territory, Question(apl=1e-6), Terms(volunteers=2))
    assert found.need == 0
    assert sentence(found).startswith("Rien de connu ne manque")
    assert share_words(found) == "besoin inconnu"
    told = help_figures(territory, found).set_index("Mesure")["Valeur"]
    assert told["Part du besoin"] == "besoin inconnu"
    alone = made(zoning=wholly_zoned())
    found = help_plan(alone, Question(apl=1e-6), Terms(volunteers=2))
    assert sentence(found).startswith("Rien ne manque aux cibles choisies")
    assert share_words(found) == "aucun besoin"
    assert money_words(found) == "0 €"
    assert help_plan(territory, Question(targets="apl", apl=30.0), Terms(volunteers=2)).unknown == 1


@pytest.mark.parametrize("aim", AIMS)
@pytest.mark.parametrize("targets", TARGETS)
def test_each_target_goes_with_each_aim(targets, aim):
    """Those without room, to be brought up to an APL, stopped the screen and the command.

    17003 reaches nobody but itself: nobody knows its APL, and its people are without room.
    """
    some = {code: count for code, count in GPS.items() if code != "17003"}
    territory = made(some, zoning=wholly_zoned(c17003="ZIP"))
    epci = commune_indicators(territory).set_index("code").loc["17003", "epci"]
    question = Question(targets=targets, chosen=epci, aim=aim, apl=30.0, per_gp=100)
    found = help_plan(territory, question, Terms(volunteers=2))
    assert found.unknown == (1 if aim == "apl" else 0)
