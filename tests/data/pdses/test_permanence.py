"""Cover of on-call lines on a made region, worked out by hand; properties on drawn lines."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.maps import pdses as pdses_map
from data.pdses import coverage, hospitals
from data.pdses import tables as on_call_tables
from data.region import schemas
from geo.errors import InvalidInputError
from tests.data.pdses.permanence_fixtures import POPULATION, line, made

DAY = dt.date(2026, 11, 22)
TOTAL = sum(POPULATION)


def covered(*lines):
    return coverage.cover(made(*lines), DAY)


def test_reach_counts_inhabitants_within_inclusive_thresholds():
    table = coverage.reach(covered(line("A", 0.2)))
    row = table.iloc[0]
    assert row["population_within_30"] == 1000 + 200 + 300  # 20, 0 and exactly 30 minutes
    assert row["population_within_60"] == row["population_within_30"]  # 80 minutes for the last
    assert (row["held"], row["in_carence"], row["population"]) == (1, 0, TOTAL)


def test_pooled_and_requisitioned_lines_cover_but_not_those_in_carence_or_over():
    table = coverage.reach(
        covered(
            line("A", 0.0, status="carence"),
            line("B", 1.0, status="réquisition"),
            line("C", 0.5, "Pédiatrie", "mutualisée"),
            line("D", 0.0, "Pédiatrie", end="2026-11-21"),
            line("E", 0.0, "Pédiatrie", start="2026-11-23"),
        ),
        (30,),
    ).set_index("specialty")
    assert table.loc["Cardiologie", ["held", "in_carence"]].tolist() == [1, 1]
    assert table.loc["Cardiologie", "population_within_30"] == 50
    assert table.loc["Pédiatrie", "held"] == 1
    assert table.loc["Pédiatrie", "population_within_30"] == 200 + 300


def test_gaps_by_specialty_and_departement():
    table = coverage.gaps(
        covered(line("A", 0.0), line("B", 0.5, status="carence"), line("C", 1.0, "Pédiatrie")), 30
    ).set_index(["specialty", "departement"])
    cardiology = table.loc[("Cardiologie", "17")]
    assert cardiology[["held", "in_carence"]].tolist() == [0, 1]
    assert cardiology["population_beyond"] == 350
    assert cardiology["share_beyond"] == 1
    assert cardiology["minutes_median"] == 50  # 300 of the 350 inhabitants
    assert cardiology["nearest_line"] == "A"  # of another département
    assert table.loc[("Cardiologie", "16"), "population_beyond"] == 0
    assert table.loc[("Pédiatrie", "16"), "population_beyond"] == 1200
    assert table.index[0] == ("Pédiatrie", "16")  # the most people first


def test_what_lacks_is_said_and_listed_of_the_specialty_in_sight_first():
    lines = (line("A", 0.0), line("B", 0.5, status="carence"), line("C", 1.0, "Pédiatrie"))
    found = covered(*lines)
    whole = on_call_tables.gaps_sentence(found, 30)
    assert whole.startswith(
        "Toutes spécialités : 1 ligne en carence ; sur 4 cas (une spécialité dans un département), "
        "2 sont sans aucune ligne tenue et 3 ont des habitants à plus de 30 minutes"
    )
    said = on_call_tables.gaps_sentence(found, 30, "Cardiologie")
    assert said == (
        "Cardiologie : 1 ligne en carence ; 350 habitants sur 1\u202f550 à plus de 30 minutes "
        f"d’une ligne tenue ; 1 département sans ligne tenue. {whole}"
    )
    everywhere = covered(line("A", 0.0), line("B", 0.5))
    assert "; aucun département sans ligne tenue." in on_call_tables.gaps_sentence(
        everywhere, 30, "Cardiologie"
    )
    table = on_call_tables.gaps_table(found, 30, "75", "Cardiologie")
    assert table["Spécialité"].tolist() == ["Cardiologie", "Pédiatrie", "Pédiatrie"]
    assert on_call_tables.gaps_table(found, 30, "75")["Spécialité"].iloc[0] == "Pédiatrie"


def test_a_departement_that_nothing_serves_has_no_nearest_line():
    table = coverage.gaps(covered(line("A", 0.0, status="carence")), 30)
    assert table["nearest_line"].tolist() == ["", ""]
    assert table["minutes_median"].isna().all()


def test_lines_in_carence_come_first_and_their_status_is_read_where_a_telephone_cuts():
    cover = covered(line("A", 0.0), line("B", 0.2, status="carence"), line("C", 0.3))
    names = on_call_tables.lines_to_choose(cover, "Cardiologie")
    assert names == ["B", "A", "C"]
    assert on_call_tables.line_label(cover, "B").startswith("Carence · ")


def test_when_a_line_falls_who_is_left_and_who_can_help():
    fall = coverage.if_line_falls(
        covered(
            line("A", 0.5),
            line("B", 0.2),
            line("far", -0.1),
            line("no", 0.6, status="carence"),
            line("other", 0.5, "Pédiatrie"),
        ),
        "A",
        20,
    )
    assert (fall.beyond_with, fall.beyond_without) == (50, 350)
    assert fall.communes["code"].tolist() == ["17001"]
    assert fall.communes.loc[0, ["minutes_with", "minutes_without", "next_line"]].tolist() == [
        0,
        30,
        "B",
    ]
    assert fall.farther == 350  # the last commune goes from 50 to 80 minutes
    assert fall.helpers["line"].tolist() == ["B", "far"]
    assert fall.helpers["minutes"].tolist() == [30, 60]
    assert fall.helpers["departement"].tolist() == ["16", "24"]
    assert fall.helpers["population_taken"].tolist() == [300, 0]


@pytest.mark.parametrize(("east", "told"), [(-0.302, 30.2), (-0.3004, 30.1)])
def test_minutes_of_a_fall_never_stand_on_the_wrong_side_of_its_threshold(east, told):
    """A commune told as left beyond 30 minutes stood there "at 30 minutes" (and helpers too)."""
    cover = covered(line("A", 0.0), line("B", east))
    fall = coverage.if_line_falls(cover, "A", 30)
    tables = on_call_tables.fall_tables(cover, fall, "75")
    moved = tables.communes.set_index("Code")
    assert (moved["Minutes sans elle"] > 30).all()
    assert (moved.loc["16001", ["Minutes avec elle", "Minutes sans elle"]] == [0.0, told]).all()
    assert (moved["Minutes avec elle"] <= 30).all()
    near = tables.helpers["Minutes au plus près"]
    assert ((near <= 30) == (tables.helpers["Habitants à 30 min ou moins"] > 0)).all()


def test_a_line_in_carence_tells_what_its_return_would_bring():
    fall = coverage.if_line_falls(covered(line("A", 0.5, status="carence"), line("B", 0)), "A", 45)
    assert not fall.line["held"]
    assert fall.beyond_without - fall.beyond_with == 300


def test_a_line_beside_another_of_its_specialty_leaves_nobody():
    fall = coverage.if_line_falls(covered(line("A", 0.5), line("B", 0.5)), "A", 30)
    assert fall.beyond_without == fall.beyond_with
    assert fall.communes.empty
    assert fall.farther == 0
    assert fall.helpers["line"].tolist() == ["B"]  # it takes the load of the same communes


def test_an_unknown_line_is_refused():
    with pytest.raises(InvalidInputError, match="n’existe pas"):
        coverage.if_line_falls(covered(line("A", 0.5)), "Z", 30)


def test_matrix_of_establishments_and_specialties():
    table = coverage.matrix(
        covered(
            line("A", 0.0, establishment="CH", line_type="garde"),
            line("B", 0.0, establishment="CH", line_type="astreinte", status="carence"),
            line("C", 0.5, "Pédiatrie", "mutualisée", establishment="Clinique", end="2020-01-01"),
        )
    )
    assert table.columns.tolist() == [
        "departement",
        "establishment",
        "commune",
        "Cardiologie",
        "Pédiatrie",
    ]
    assert table["Cardiologie"].tolist() == ["assurée (garde) + carence (astreinte)", ""]
    assert table["Pédiatrie"].tolist() == ["", "mutualisée, hors période (garde)"]


def test_a_line_out_of_its_period_is_one_on_the_map_as_in_the_counts():
    lines = (
        line("A", 0.0, establishment="CH"),
        line("B", 0.0, establishment="CH", end="2026-11-21"),
        line("C", 0.5, status="carence", start="2026-11-23"),
        line("D", 0.5, status="carence"),
    )
    found = covered(*lines)
    document = pdses_map.configuration(
        made(*lines), found, "Cardiologie", found.lines, "", threshold=30
    )
    told = [point["status"] for point in document["points"][pdses_map.POINTS]]
    assert told == ["assurée", "hors période", "hors période", "carence"]
    assert (told.count("assurée"), told.count("carence")) == (1, found.lines["lacking"].sum())
    (layer,) = [one for one in document["layers"] if one["key"] == pdses_map.POINTS]
    assert "Ligne hors période" in [entry["label"] for entry in layer["legend"]]
    assert set(told) <= set(layer["statuses"]) == set(layer["worst_first"])
    assert "en carence : 1 ; hors période : 2." in document["indicators"][0]["sentence"]
    table = on_call_tables.lines_table(found.lines, "75")
    assert table["Statut"].tolist()[1:3] == ["assurée, hors période", "carence, hors période"]
    grid = hospitals.grid(found, hospitals.keys(found.lines).iloc[0], 30)
    assert grid["Statut"].tolist() == ["assurée", "assurée, hors période"]


def test_what_a_line_out_of_its_period_would_do_is_said_so():
    fall = coverage.if_line_falls(covered(line("A", 0.5, end="2026-11-21")), "A", 30)
    assert on_call_tables.fall_sentence(fall).startswith(
        "Cette ligne n’est pas tenue : elle est hors"
    )


def test_without_lines_every_answer_is_empty():
    nothing = covered()
    assert coverage.reach(nothing).empty
    assert coverage.gaps(nothing, 30).empty
    assert coverage.matrix(nothing).empty
    assert np.isinf(nothing.nearest(nothing.rows())[0]).all()


def test_lines_over_do_not_cover_a_commune():
    territory = made(line("A", 0.1), line("B", 0.0, end="2020-01-01"))
    found = coverage.lines_covering(territory, "16001")
    assert found["establishment"].tolist() == ["Hôpital A"]


drawn = st.lists(
    st.builds(
        line,
        st.uuids().map(str),
        st.integers(-10, 100).map(lambda n: n / 100),
        st.sampled_from(["Cardiologie", "Pédiatrie"]),
        st.sampled_from(schemas.LINE_STATUSES),
    ),
    min_size=1,
    max_size=6,
)


@settings(max_examples=20)
@given(drawn, st.sampled_from([20.0, 45.0]))
def test_reach_gaps_and_falls_agree(lines, threshold):
    cover = covered(*lines)
    reach = coverage.reach(cover, (threshold, threshold + 30)).set_index("specialty")
    within = reach[f"population_within_{threshold:g}"]
    assert (within <= reach[f"population_within_{threshold + 30:g}"]).all()
    beyond = coverage.gaps(cover, threshold).groupby("specialty")["population_beyond"].sum()
    assert (beyond + within == TOTAL).all()
    for one in lines:
        fall = coverage.if_line_falls(cover, one["line"], threshold)
        assert fall.beyond_without - fall.beyond_with == fall.communes["population"].sum() >= 0
        now = fall.beyond_with if fall.line["held"] else fall.beyond_without
        assert now == TOTAL - within[one["specialty"]]


@settings(max_examples=40)
@given(drawn, st.sampled_from([20.0, 45.0]))
def test_no_line_held_would_be_missed_more_than_the_one_shown_first(lines, threshold):
    cover = covered(*lines)
    for specialty in cover.specialties:
        held = cover.lines.loc[
            cover.lines["held"] & (cover.lines["specialty"] == specialty), "line"
        ]
        falls = {one: coverage.if_line_falls(cover, one, threshold) for one in held}
        missed = {one: (fall.communes["population"].sum()) for one, fall in falls.items()}
        first = coverage.most_needed(cover, specialty, threshold)
        assert missed.get(first, 0) == max(missed.values(), default=0)
        assert (first in missed) == bool(missed)
        if missed and not any(missed.values()):
            nobody_nearer = max(fall.farther for fall in falls.values())
            assert falls[first].farther == nobody_nearer or nobody_nearer == 0


def test_a_line_is_in_force_on_its_first_and_its_last_day():
    today = dt.date(2026, 11, 28)
    dates = [
        ("", ""),
        ("2026-11-28", "2026-11-28"),
        ("2026-11-29", ""),
        ("", "2026-11-27"),
    ]
    lines = pd.DataFrame(dates, columns=["start", "end"])
    assert coverage.in_force(lines, today).tolist() == [True, True, False, False]


def test_the_sentence_of_the_map_says_of_which_lines_its_marks_are():
    """Marks of all specialties stood beside counts of one."""
    some = covered(
        line("A", 0.0),
        line("B", 0.5, status="carence"),
        line("C", 1.0, "Pédiatrie", "carence"),
    )
    lines = some.lines
    mine = lines[lines["specialty"] == "Cardiologie"]
    counts = "Lignes tenues : 1 ; en carence : 1."
    assert pdses_map.sentence(some, "Cardiologie", mine).endswith(counts)
    assert pdses_map.sentence(some, "Cardiologie", lines).endswith(
        f"{counts} Marques : 3 lignes de 2 spécialités, dont 2 en carence."
    )
    assert pdses_map.sentence(some, "Cardiologie", mine[:1]).endswith(
        f"{counts} Marques : 1 de ses 2 lignes, par ces filtres."
    )


def test_who_would_help_from_the_same_place_is_there():
    pair = covered(line("A", 0.0), line("B", 0.0))
    found = hospitals.grid(pair, next(iter(hospitals.hospitals(pair))), 30)
    assert found["Qui peut aider"].iloc[0].endswith(", sur place")
