"""The states of a region: SIRENE or the RPPS as imported, FINESS beside, real counts only."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from data.region import catalogue, privacy
from data.region.moments import Moment
from data.region.rules import DOUBTED_FALL_GPS
from data.region.territory import Provenance, Territory
from models.learning.register import CONFIRMED, GONE, UNKNOWN, states
from models.region import departure, flag, flag_tables, predict
from models.region.departure import Departure


def _known(table: str, source: str, moment: Moment) -> Provenance:
    words = f"{moment.year}-{moment.month:02d}"
    return Provenance(
        table, table, source, words, "", simulated=False, rows=1, matched=1, measured={"": moment}
    )


@pytest.fixture(scope="module")
def territory() -> Territory:
    """The demonstration region, its counts said to be real and of 2020."""
    whole = catalogue.load_territory()
    known = dict(whole.provenance) | {"gps": _known("gps", "INSEE, BPE", Moment(2020))}
    return replace(
        whole, provenance=known, gp_history=whole.gp_history.iloc[:0], version="registers"
    )


def _with(
    territory: Territory, source: str, counts: dict[str, float], health: list[str]
) -> Territory:
    table = pd.DataFrame({"code": list(counts), "establishments": list(counts.values())})
    known = dict(territory.provenance)
    known |= {
        "gp_register": _known("gp_register", source, Moment(2026, 10)),
        "structures": _known("structures", "ANS, FINESS", Moment(2026, 5)),
    }
    places = territory.structures.head(len(health)).assign(code=health, kind="centre_sante")
    return replace(
        territory,
        provenance=known,
        structures=places,
        context={"gp_register": table.assign(month="2026-10")} if counts else {},
        version=f"{source} {counts} {health}",
    )


def test_each_register_gives_its_states(territory: Territory) -> None:
    codes = ["16001", "16002", "16003", "23001"]
    here = pd.Index(codes)
    counts = {"16001": 1.0, "16002": 0.0, "16003": 0.0}
    for source in ("INSEE, SIRENE", "Agence du numérique en santé, Annuaire Santé"):
        both = predict.register_of(_with(territory, source, counts, ["16003", "23001"]))
        assert both is not None
        assert both.learned == ("SIRENE" in source)
        given = states(both, here, 2021.0, np.ones(4))
        assert given.tolist() == [CONFIRMED, GONE, UNKNOWN, CONFIRMED]
    alone = predict.register_of(_with(territory, "", {}, ["16003"]))
    assert alone is not None
    assert states(alone, here, 2021.0, np.ones(4)).tolist() == [
        UNKNOWN,
        UNKNOWN,
        CONFIRMED,
        UNKNOWN,
    ]
    assert predict.register_of(territory) is None
    simulated = dict(territory.provenance)
    simulated["gps"] = replace(simulated["gps"], simulated=True)
    made = replace(_with(territory, "INSEE, SIRENE", counts, []), provenance=simulated)
    assert predict.register_of(made) is None


def test_communes_probably_gone_are_in_no_class_that_is_told_to_all(territory: Territory) -> None:
    """As on all screens: a register without any GP leaves nobody in a high class."""
    without = predict.grouped_risk(territory)
    nobody = dict.fromkeys(territory.communes["code"], 0.0)
    seen = _with(territory, "INSEE, SIRENE", nobody, [])
    table = predict.risk_table(seen)
    many = table["gps"] >= DOUBTED_FALL_GPS
    assert set(table.loc[~many, "state"]) == {GONE}
    assert set(table.loc[many, "state"]) == {UNKNOWN}
    none_high = privacy.public_table(seen, set())
    assert predict.grouped_risk(seen)["tenths"].tolist() == none_high["tenths"].tolist()
    assert without["tenths"].tolist() != none_high["tenths"].tolist()


def test_the_sentence_names_the_register_and_finess_never_says_gone(territory: Territory) -> None:
    risk = pd.DataFrame(
        {"as_of": 2020, "register": "mai 2026 (FINESS)", "register_fed": False}, index=[0]
    )
    table = pd.DataFrame({"state": [CONFIRMED, UNKNOWN], "population": [100.0, 200.0]})
    told = flag.gone_told(table, risk)
    assert told.startswith("FINESS, mai 2026 : une maison ou un centre de santé dans 1 commune")
    assert "ne dit pas qui est parti" in told
    row = {"state": GONE, "as_of": 2020, "register": "octobre 2026 (RPPS)"}
    assert "absent du registre d’octobre 2026 (RPPS) : à vérifier" in flag.register_told(row)


def test_a_departure_knows_where_the_register_shows_nobody(territory: Territory) -> None:
    counts = dict.fromkeys(territory.communes["code"], 1.0)
    staffed = territory.gps.set_index("code")["gps"].loc[lambda gps: gps > 0]
    gone = next(code for code in staffed.index if code in counts)
    empty = next(code for code in counts if code not in staffed.index)
    seen = _with(territory, "INSEE, SIRENE", counts | {gone: 0.0, empty: 0.0}, [])
    assert departure._absent(seen) == {gone}
    assert departure._absent(territory) == frozenset()


def test_what_if_risks_say_that_the_register_is_left_out(territory: Territory) -> None:
    """SIRENE enters the list at six years, from counts of 2020, and no risk of the what-if."""
    counts = dict.fromkeys(territory.communes["code"], 1.0)
    sirene = _with(territory, "INSEE, SIRENE", counts, [])
    for given, horizon, fed in ((sirene, 6, True), (sirene, 3, False), (territory, 6, False)):
        assert predict.risk_table(given, horizon)["register_fed"].any() == fed
        assert departure._register_enters(given, given.communes["code"].iloc[0], horizon) == fed
    gone = Departure(
        code="1", name="A", gps_before=1, gps_after=0, minutes_before=0, minutes_after=9,
        people_beyond_20=0, people_left=0, apl_before=2, apl_after=1, communes=pd.DataFrame(),
        neighbours=pd.DataFrame({"name": ["B"], "probability_before": [0.1],
                                 "probability_after": [0.2]}),
        rounds=(0.1,), horizon=6, room=departure.RoomLost(1000, 0, 0, pd.DataFrame()),
    )  # fmt: skip
    said = "Le registre n’y entre pas"
    assert said not in flag_tables.snowball_told(gone)
    assert said in flag_tables.snowball_told(replace(gone, without_register=True))
