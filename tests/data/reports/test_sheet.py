"""The sheet of a territory and its PDF, on the demonstration data."""

import datetime as dt
import io
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
from PIL import Image
from pypdf import PdfReader

from data.access import indicators
from data.base import french
from data.maps.risk import with_risk
from data.maps.sentences import HIGH, PROBABLY_GONE
from data.maps.sentences import sentence as map_sentence
from data.region import catalogue, privacy
from data.region.privacy import AGES_MASKED, NOT_TOLD
from data.region.territory import WHOLLY_SIMULATED, Territory
from data.reports.pair import MEASURES, pair, pair_table
from data.reports.sheet import LEVEL_TITLES, Sheet, choices, sheet
from data.reports.sheet_pdf import sheet_pdf, sheets_pdf
from data.reports.signals import (
    ALERT,
    CALM,
    STATES,
    UNKNOWN,
    WATCH,
    Facts,
    Room,
    room_state,
    signals,
)
from data.reports.succession import GONE_RISK, MASKED_RISK, succession
from data.reports.vintages import unverified, vintages
from geo.errors import InvalidInputError
from geo.layers import INDICATORS
from geo.travel_time import EngineLabel

RISK = next(one for one in INDICATORS if one.key == "risk_class")
COLUMNS = [key for key, *_ in MEASURES]


def white() -> bytes:
    """Give a blank picture of the shape of the small map."""
    pixel = io.BytesIO()
    Image.new("RGB", (520, 440), "white").save(pixel, "PNG")
    return pixel.getvalue()


@pytest.fixture(scope="module")
def loaded(prepared_home: Path) -> tuple[Territory, pd.DataFrame]:
    assert prepared_home.is_dir()
    territory = catalogue.load_territory("75")
    return territory, indicators.commune_indicators(territory)


def test_minutes_that_nobody_has_verified_are_told_before_they_are_read(
    loaded: tuple[Territory, pd.DataFrame],
) -> None:
    """Overseas only small print said so, under signals « sans alerte »."""
    territory, communes = loaded
    assert unverified(territory, {"971"}).endswith("à tenir pour inconnus")
    assert unverified(territory, {"33"}) == ""
    moved = communes.assign(departement="974")
    found = sheet(territory, moved, moved, moved.iloc[0], level="commune", code="23096")
    assert "jamais vérifiés outre-mer" in found.unverified
    on_roads = SimpleNamespace(label=EngineLabel("", "", "", estimated=False))
    assert unverified(replace(territory, travel_time=on_roads), {"971"}) == ""


@pytest.mark.parametrize("level", ["commune", "epci", "departement"])
def test_a_sheet_says_what_the_tables_say(
    loaded: tuple[Territory, pd.DataFrame], level: str
) -> None:
    territory, communes = loaded
    peers = communes if level == "commune" else indicators.aggregate(communes, level)
    region = indicators.aggregate(communes, "region").iloc[0]
    code = next(iter(choices(communes, level)))
    drawn = sheet(territory, communes, peers, region, level=level, code=code)
    assert len(drawn.figures) == 7
    own = peers[peers["code"] == code].iloc[0]
    assert drawn.name == own["name"]
    doctors = next(one for one in drawn.figures if one.key == "gps_per_1000")
    assert float(doctors.value.replace(",", ".")) == pytest.approx(own["gps_per_1000"], abs=0.005)
    members = communes[communes[indicators.LEVELS[level][0]] == code]
    assert set(drawn.communes) == set(members["code"])
    assert drawn.in_place
    assert len(drawn.signals) == 7


@pytest.mark.usefixtures("prepared")
def test_each_sentence_of_a_sheet_tells_what_is_simulated(
    loaded: tuple[Territory, pd.DataFrame],
) -> None:
    territory, communes = loaded
    region = indicators.aggregate(communes, "region").iloc[0]
    known = territory.provenance
    counts = {
        key: replace(known[key], vintage="2017", simulated=False) for key in ("gps", "gp_history")
    }
    mixed = replace(territory, provenance={**known, **counts})
    for one, made_up in ((territory, True), (mixed, False)):
        drawn = sheet(one, communes, communes, region, level="commune", code="33063")
        said = {signal.key: signal.sentence for signal in drawn.signals}
        assert ("(simulation)" in said["losses"]) == made_up
        assert ("calculée ici (simulation)" in said["apl"]) == made_up
        assert ("calculée ici (2017)" in said["apl"]) != made_up
        assert "(simulation)" in said["zone"]
        assert "légal" not in said["zone"]
        [zone] = [line for line in drawn.in_place if line.startswith(("Hors zone", "Zon"))]
        assert "simulation) : " in zone


@pytest.mark.usefixtures("prepared")
def test_each_figure_of_a_sheet_tells_its_year_or_that_it_is_simulated(
    loaded: tuple[Territory, pd.DataFrame],
) -> None:
    territory, communes = loaded
    counts = replace(territory.provenance["gps"], vintage="2017", simulated=False)
    mixed = replace(territory, provenance={**territory.provenance, "gps": counts})
    peers = indicators.aggregate(communes, "epci")
    region = indicators.aggregate(communes, "region").iloc[0]
    code = str(peers["code"].iloc[0])
    drawn = sheet(mixed, communes, peers, region, level="epci", code=code)
    told = {one.key: one.vintage for one in drawn.figures}
    assert told.pop("population_labelled_within_30") == "simulation"
    assert told.pop("share_near_retirement") == ""  # no APL of the DREES, no year
    assert set(told.values()) == {"2017"}


def test_an_unknown_territory_is_refused(loaded: tuple[Territory, pd.DataFrame]) -> None:
    territory, communes = loaded
    region = indicators.aggregate(communes, "region").iloc[0]
    with pytest.raises(InvalidInputError, match="choisissez"):
        sheet(territory, communes, communes, region, level="commune", code="99999")


def test_the_pdf_is_one_page_of_french_text(loaded: tuple[Territory, pd.DataFrame]) -> None:
    territory, communes = loaded
    peers = indicators.aggregate(communes, "epci")
    region = indicators.aggregate(communes, "region").iloc[0]
    fullest = str(peers.sort_values("population")["code"].iloc[-1])
    drawn = sheet(territory, communes, peers, region, level="epci", code=fullest)
    document = PdfReader(
        io.BytesIO(sheet_pdf(drawn, white(), ["Source : essai"], warning=WHOLLY_SIMULATED))
    )
    assert len(document.pages) == 1
    said = document.pages[0].extract_text()
    assert drawn.name in said
    assert "DONNÉES DE DÉMONSTRATION" in said
    plain = " ".join(said.split())
    for figure in drawn.figures:  # of how many, from where and of when, as on screen
        assert " ".join(figure.sentence.split()) in plain
        assert figure.dated in plain
    assert document.trailer["/Root"]["/Lang"] == "fr-FR"
    assert drawn.name in str(document.metadata.title)


def risk_of(code: str, risk_class: str = "très élevé") -> pd.DataFrame:
    return pd.DataFrame({"code": [code], "risk_class": [risk_class]})


def of_commune(
    loaded: tuple[Territory, pd.DataFrame],
    code: str,
    *,
    risk: pd.DataFrame | None = None,
    masked: bool = False,
) -> Sheet:
    territory, communes = loaded
    region = indicators.aggregate(communes, "region").iloc[0]
    return sheet(
        territory,
        communes,
        communes,
        region,
        level="commune",
        code=code,
        risk=risk,
        masked=masked,
    )


def test_a_forecast_that_has_ended_says_so(
    loaded: tuple[Territory, pd.DataFrame], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, communes = loaded
    lone = str(communes.loc[communes["gps"] == 1, "code"].iloc[0])
    dated = risk_of(lone).assign(as_of=2017, horizon=3)
    for day, late in ((dt.date(2020, 12, 31), False), (dt.date(2021, 1, 1), True)):
        monkeypatch.setattr(french, "today", lambda now=day: now)
        said = of_commune(loaded, lone, risk=dated).succession
        assert "à l’horizon de 3 ans (effectifs de 2017 → fin 2020)" in said
        assert (", échue" in said) == late
    assert "échue" not in of_commune(loaded, lone, risk=risk_of(lone)).succession


def test_communes_probably_gone_are_counted_apart_as_on_the_map(
    loaded: tuple[Territory, pd.DataFrame],
) -> None:
    """A sheet of an EPCI counts the classes that the sentence and the colours of the map count."""
    _, communes = loaded
    with_gps = communes[communes["gps"] > 0]
    epci = with_gps["epci"].value_counts().index[0]
    here = communes[communes["epci"] == epci]
    codes = list(here.loc[here["gps"] > 0, "code"])
    classes = ["très élevé", "élevé", "modéré", "très élevé", *["faible"] * len(codes)]
    risk = pd.DataFrame({"code": codes, "risk_class": classes[: len(codes)], "state": "inconnu"})
    for gone, counted_there in ((0, 3), (1, 2), (len(codes), 0)):
        risk["state"] = [PROBABLY_GONE] * gone + ["inconnu"] * (len(codes) - gone)
        said = succession(here, risk, masked=False, year="2017")
        drawn = with_risk(here, risk)
        on_the_map = map_sentence(RISK, drawn, "Ici")
        assert drawn["risk_class"].isin(HIGH).sum() == counted_there
        foretold = len(codes) - gone
        if foretold:
            assert f"risque élevé ou très élevé dans {counted_there} des {foretold} " in said
            assert f"Ici : {counted_there} des {foretold} communes ayant" in on_the_map
        else:
            assert said == GONE_RISK
            assert "très élevé" not in on_the_map
        lone = here[here["code"] == codes[0]]
        alone = succession(lone, risk, masked=False, year="2017")
        assert (alone == GONE_RISK) == bool(gone), alone


@pytest.mark.parametrize(("code", "told"), [("97105", True), ("23096", False)])
def test_overseas_the_worth_of_the_model_is_said_beside_the_risk(code: str, *, told: bool) -> None:
    members = pd.DataFrame({"code": [code, code[:-1] + "7"], "gps": [1.0, 2.0]})
    risk = members[["code"]].assign(risk_class=["très élevé", "faible"], state="inconnu")
    public = "Relève non assurée : risque élevé ou très élevé dans environ 1 commune sur 10."
    said = [
        succession(members, risk, masked=False, year="2017"),
        succession(members.head(1), risk, masked=False, year="2017"),
        succession(members, None, masked=True, year="2017", public=public),
    ]
    assert ["outre-mer n’est pas connu" in one for one in said] == [told] * 3
    hidden = succession(members, None, masked=True, year="2017", public=privacy.MASKED)
    assert "outre-mer" not in hidden


def test_a_forecast_from_simulated_counts_says_so() -> None:
    members = pd.DataFrame({"code": ["23096", "23008"], "gps": [1.0, 2.0]})
    risk = members[["code"]].assign(
        risk_class=["très élevé", "faible"], state="inconnu", as_of=2025, horizon=3
    )
    public = "Relève non assurée : risque élevé ou très élevé dans environ 1 commune sur 10."
    asked = [
        (members, risk, False, ""),
        (members.head(1), risk, False, ""),
        (members, None, True, public),
    ]
    for here, table, masked, told in asked:
        real, made_up = (
            succession(here, table, masked=masked, year="2025", public=told, simulated=simulated)
            for simulated in (False, True)
        )
        assert "simulation" not in real
        assert real.startswith("Relève")
        assert made_up == real.removesuffix(".") + " (simulation)."
    # What foretells nothing has no figure to mark.
    hidden = succession(members.head(1), risk, masked=True, year="2025", simulated=True)
    assert hidden == MASKED_RISK


def test_a_masked_risk_is_said_to_be_masked(loaded: tuple[Territory, pd.DataFrame]) -> None:
    _, communes = loaded
    lone = str(communes.loc[communes["gps"] == 1, "code"].iloc[0])
    hidden = of_commune(loaded, lone, risk=None, masked=True)
    assert hidden.succession == MASKED_RISK
    assert "très élevé" in of_commune(loaded, lone, risk=risk_of(lone)).succession
    document = PdfReader(io.BytesIO(sheet_pdf(hidden, white(), [], warning=WHOLLY_SIMULATED)))
    said = " ".join(document.pages[0].extract_text().split())
    assert "risque individuel non diffusé" in said
    assert "Rien de particulier" not in said


def test_seven_signals_stand_whatever_is_known(loaded: tuple[Territory, pd.DataFrame]) -> None:
    territory, communes = loaded
    blank = communes.assign(
        zone="", apl=float("nan"), apl_published=float("nan"), share_near_retirement=float("nan")
    )
    for code in communes["code"].iloc[::600]:
        for table in (communes, blank):
            drawn = of_commune((territory, table), str(code))
            assert [one.key for one in drawn.signals] == [
                *("room", "single", "zone", "apl", "retirement", "losses", "label")
            ]
            assert all(one.value and one.sentence and one.state in STATES for one in drawn.signals)


def test_a_territory_says_how_many_of_its_communes_have_no_known_zone(
    loaded: tuple[Territory, pd.DataFrame],
) -> None:
    territory, communes = loaded
    region = indicators.aggregate(communes, "region").iloc[0]
    mine = communes["departement"] == "23"

    def told(table: pd.DataFrame) -> str:
        peers = indicators.aggregate(table, "departement")
        drawn = sheet(territory, table, peers, region, level="departement", code="23")
        signal = next(one for one in drawn.signals if one.key == "zone")
        return f"{signal.value} {signal.sentence}"

    assert "inconnue" not in told(communes)
    one = communes[mine & (communes["zone"] == "ZIP")]["code"].iloc[0]
    none = communes.assign(zone=communes["zone"].where(~mine | (communes["code"] == one), ""))
    assert f"zone inconnue dans {mine.sum() - 1} communes" in told(none)


def test_a_share_by_age_that_may_not_be_told_is_said_to_be_masked(
    loaded: tuple[Territory, pd.DataFrame],
) -> None:
    territory, communes = loaded
    code = str(communes["code"].iloc[0])
    few = communes.assign(share_near_retirement_year=2016.0, share_near_retirement=float("nan"))
    drawn = of_commune((territory, few), code)
    told = next(one for one in drawn.signals if one.key == "retirement")
    figure = next(one for one in drawn.figures if one.key == "share_near_retirement")
    assert (told.value, figure.value) == (NOT_TOLD, NOT_TOLD)
    assert told.sentence == AGES_MASKED
    assert AGES_MASKED in str(figure)
    row = few.set_index("code").loc[code]
    beside = pair(row, row.copy(), row.copy(), {})
    texts = next((one.first, one.second, one.region) for one in beside if "retraite" in one.title)
    assert texts == (NOT_TOLD, NOT_TOLD, NOT_TOLD)


@pytest.mark.campaign
def test_a_share_by_age_that_is_not_published_is_not_said_to_be_masked(
    loaded: tuple[Territory, pd.DataFrame],
) -> None:
    territory, communes = loaded
    code = str(communes["code"].iloc[0])
    apl = replace(territory.provenance["gps"], simulated=False, title="APL")
    known = replace(territory, provenance={**territory.provenance, "apl": apl})
    shares = communes["code"].map({code: float("nan")}).where(communes["code"] == code, 0.2)
    some = communes.assign(share_near_retirement_year=float("nan"), share_near_retirement=shares)
    drawn = of_commune((known, some), code)
    told = next(one for one in drawn.signals if one.key == "retirement")
    assert told.value == french.MISSING
    assert told.sentence == "L’APL importée de la DREES ne la donne pas ici."


def test_a_commune_with_a_part_of_a_doctor_is_not_said_to_have_none(
    loaded: tuple[Territory, pd.DataFrame],
) -> None:
    territory, communes = loaded
    code = str(communes.loc[communes["gps"] >= 1, "code"].iloc[0])
    shared = communes.assign(gps=communes["gps"].mask(communes["code"] == code, 0.3))
    said = str(of_commune((territory, shared), code).figures)
    assert "0,3 médecin généraliste" in said
    assert "0 médecins" not in said


def test_an_island_that_no_road_leads_to_is_out_of_reach_not_unknown(
    loaded: tuple[Territory, pd.DataFrame],
) -> None:
    territory, communes = loaded
    code = str(communes.loc[communes["gps"] == 0, "code"].iloc[0])
    here = communes["code"] == code
    island = communes.assign(
        minutes_to_nearest_gp=communes["minutes_to_nearest_gp"].mask(here),
        population_beyond_20=communes["population_beyond_20"].mask(here, communes["population"]),
    )
    drawn = of_commune((territory, island), code)
    told = {one.key: (one.value, one.sentence) for one in drawn.figures}
    assert told["minutes_to_nearest_gp"][0] == "hors de portée"
    unknown = island.assign(population_beyond_20=communes["population_beyond_20"].mask(here))
    told = {one.key: one.value for one in of_commune((territory, unknown), code).figures}
    assert told["minutes_to_nearest_gp"] == "non disponible"


def test_a_commune_without_inhabitants_is_not_said_to_have_room(
    loaded: tuple[Territory, pd.DataFrame],
) -> None:
    territory, communes = loaded
    code = str(communes.loc[communes["gps"] == 0, "code"].iloc[0])
    here = communes["code"] == code
    empty = communes.assign(
        population=communes["population"].mask(here, 0.0),
        without_room_nearest=communes["without_room_nearest"].mask(here, 0.0),
        without_room_bound=communes["without_room_bound"].mask(here, 0.0),
        share_without_room=communes["share_without_room"].mask(here),
    )
    drawn = of_commune((territory, empty), code)
    room = next(one for one in drawn.signals if one.key == "room")
    assert (room.value, room.state) == ("sans objet", "non connu")
    said = next(one for one in drawn.figures if one.key == "share_without_room")
    assert said.sentence.startswith("Aucun habitant n’y est compté.")
    assert "pour 0 habitant (2023)." in str(drawn.figures)


def test_a_region_without_published_apl_is_not_promised_one(
    loaded: tuple[Territory, pd.DataFrame],
) -> None:
    territory, communes = loaded
    away = communes.assign(departement="976", share_near_retirement=float("nan"))
    away["share_near_retirement_year"] = float("nan")
    region = indicators.aggregate(away, "region")
    found = sheet(territory, away, region, region.iloc[0], level="region", code="75")
    said = next(one for one in found.figures if one.key == "share_near_retirement")
    assert said.sentence == "La DREES ne publie pas d’APL pour Mayotte."


def test_a_commune_without_doctor_reads_so(loaded: tuple[Territory, pd.DataFrame]) -> None:
    _, communes = loaded
    code = str(communes.loc[communes["gps"] == 0, "code"].iloc[0])
    drawn = of_commune(loaded, code, masked=True)
    assert "aucun médecin" in str(drawn.signals[1].value)
    assert drawn.succession.startswith("Relève : sans objet")
    assert "sur place" not in {one.value for one in drawn.figures}


@pytest.mark.parametrize(
    ("people", "least", "nearest_first", "state"),
    [
        (1_039, 3, 3, WATCH),  # a few are no reason to alarm a mayor
        (1_039, 51, 60, WATCH),
        (1_039, 52, 60, ALERT),  # one person out of twenty
        (90_000, 1_000, 1_200, ALERT),  # the patients of one GP
        (90_000, 999, 1_200, WATCH),
        (400, 0, 30, WATCH),
        (400, 0, 0, CALM),
        (0, 0, 0, CALM),
    ],
)
def test_a_sheet_alerts_on_room_for_a_share_or_for_the_patients_of_a_gp(
    people: int, least: float, nearest_first: float, state: str
) -> None:
    assert room_state(Room(least, nearest_first, 1_000), people, CALM) == state


def test_an_epci_without_doctor_is_no_calmer_than_its_communes(
    loaded: tuple[Territory, pd.DataFrame],
) -> None:
    territory, communes = loaded
    epci = communes["epci"].iloc[0]
    members = communes[communes["epci"] == epci].assign(gps=0.0)
    facts = Facts(
        members.iloc[0], members, pd.DataFrame(), pd.Series(dtype=float), dict(territory.provenance)
    )
    single = next(one for one in signals(facts) if one.key == "single")
    assert (single.value, single.state) == ("aucun médecin généraliste", ALERT)
    assert f"Les {len(members)} communes dépendent de leurs voisines" in single.sentence
    # One whose doctors are not known: nothing is said of it.
    unsure = members.assign(gps=[float("nan"), *[0.0] * (len(members) - 1)])
    single = next(one for one in signals(replace(facts, members=unsure)) if one.key == "single")
    assert single.state == UNKNOWN


def test_nobody_left_to_lose_is_no_reason_to_be_calm(
    loaded: tuple[Territory, pd.DataFrame],
) -> None:
    territory, communes = loaded
    gps = territory.gp_history.groupby("code")["gps"].max()
    code = str(next(one for one in communes["code"] if gps.get(one, 1) == 0))
    losses = next(one for one in of_commune(loaded, code).signals if one.key == "losses")
    assert (losses.value, losses.state) == ("toujours aucun médecin", WATCH)
    assert losses.sentence.startswith(
        f"De 0 en {losses.title.removeprefix('Pertes ou gains depuis ')}"
    )


@pytest.mark.usefixtures("prepared")
def test_a_commune_that_had_a_doctor_in_between_did_not_always_have_none(
    loaded: tuple[Territory, pd.DataFrame],
) -> None:
    territory, communes = loaded
    code = str(communes["code"].iloc[0])
    past = pd.DataFrame({"code": code, "year": [2009, 2013, 2020], "gps": [0.0, 1.0, 0.0]})
    told = of_commune((replace(territory, gp_history=past), communes), code)
    losses = next(one for one in told.signals if one.key == "losses")
    assert losses.value == "de nouveau aucun médecin"


@pytest.mark.campaign
def test_the_night_names_hospitals_and_leaves_weekends_apart(
    loaded: tuple[Territory, pd.DataFrame],
) -> None:
    territory, communes = loaded
    code = str(communes.sort_values("population")["code"].iloc[-1])
    lines = territory.pdses_lines
    lines = lines[(lines["code"] == code) & (lines["status"] != "carence")]
    night = lines.iloc[0]
    weekend = night.copy()
    weekend["line"], weekend["specialty"] = "essai-we", "Spécialité du samedi"
    weekend["line_type"] = "astreinte week-end"
    more = [night.copy() for _ in range(12)]
    for rank, one in enumerate(more):
        one["line"], one["specialty"] = f"essai-{rank}", f"Spécialité {rank}"
    known = pd.concat([territory.pdses_lines, pd.DataFrame([weekend, *more])], ignore_index=True)
    drawn = of_commune((replace(territory, pdses_lines=known, version="essai"), communes), code)
    tonight = next(one for one in drawn.in_place if one.startswith("La nuit"))
    assert tonight.count(f"{night['establishment']} (") == 1
    assert tonight.endswith("(simulation).")
    assert all(f"Spécialité {rank}" in tonight for rank in range(12))
    assert "samedi" not in tonight
    assert any(one.startswith("Le week-end") and "samedi" in one for one in drawn.in_place)


def test_homonyms_carry_their_departement(loaded: tuple[Territory, pd.DataFrame]) -> None:
    _, communes = loaded
    names = list(choices(communes, "commune").values())
    twins = communes.loc[communes["name"].duplicated(keep=False), "name"]
    assert len(twins)
    assert not set(twins) & set(names)


@pytest.mark.parametrize("level", ["departement", "region", "epci", "commune"])
def test_every_sheet_holds_on_one_side(loaded: tuple[Territory, pd.DataFrame], level: str) -> None:
    territory, communes = loaded
    peers = communes if level == "commune" else indicators.aggregate(communes, level)
    region = indicators.aggregate(communes, "region").iloc[0]
    largest = str(peers.sort_values("population")["code"].iloc[-1])
    drawn = sheet(territory, communes, peers, region, level=level, code=largest, masked=True)
    notes = ["Source et millésime d’une table, avec sa note, sur une ligne entière." * 2] * 9
    change = ["Scénario « Pôle du plateau » (pôle de 3 antennes).", "Ce qu’il change. " * 12]
    document = PdfReader(
        io.BytesIO(sheet_pdf(drawn, white(), notes, warning=WHOLLY_SIMULATED, change=change))
    )
    assert len(document.pages) == 1
    said = " ".join(document.pages[0].extract_text().split())
    assert all(one.title in said for one in drawn.signals)
    assert "Ce que change un scénario" in said
    assert change[0] in said


def test_the_sheets_of_an_epci_are_one_document(loaded: tuple[Territory, pd.DataFrame]) -> None:
    _, communes = loaded
    codes = communes.loc[communes["epci"] == communes["epci"].iloc[0], "code"].iloc[:3]
    each = [(of_commune(loaded, str(code), masked=True), white()) for code in codes]
    document = PdfReader(io.BytesIO(sheets_pdf(each, "EPCI", ["Source"], warning="")))
    assert len(document.pages) == 3
    for (drawn, _), page in zip(each, document.pages, strict=True):
        assert drawn.name in page.extract_text()


def test_two_territories_are_compared_by_the_figures_written() -> None:
    first = pd.Series({"population": 1200.0, "gps": 1.0, "apl": 2.449})
    second = pd.Series({"population": 900.0, "gps": 3.0, "apl": 2.551})
    region = pd.Series({"population": 6e6, "gps": 6000.0, "apl": 3.0})
    measures = pair(first, second, region, {"gps": "2017"})
    table = pair_table(measures, ("A", "B")).set_index("Mesure")
    taken = "Différence : B moins A"
    assert table.loc["Médecins généralistes, 2017", taken] == "+2"
    assert table.loc["Habitants", taken] == "−300"
    assert table.loc["APL calculée", ["A", "B", taken]].tolist() == ["2,4", "2,6", "+0,2"]
    assert table.loc["Habitants", "Région"] == "–"
    assert (table != "").all(axis=None)


def test_a_few_people_are_no_more_none_in_a_comparison_than_on_a_sheet() -> None:
    first, second = pd.Series({"share_beyond_20": 0.0}), pd.Series({"share_beyond_20": 0.0004})
    [row] = pair(first, second, pd.Series({"share_beyond_20": 0.9999}), {})
    assert (row.first, row.second, row.region) == ("0,0", "moins de 0,1", "plus de 99,9")
    assert row.difference == "moins de 0,1"
    [same] = pair(first, first, second, {})
    assert same.difference == "0,0"


def test_a_doctor_of_the_commune_is_there_in_a_comparison_too() -> None:
    first, second = (pd.Series({"minutes_to_nearest_gp": one}) for one in (0.0, 12.0))
    [row] = pair(first, second, second, {})
    assert (row.first, row.second, row.difference) == ("sur place", "12", "+12")


def test_two_territories_compared_have_years_and_the_minutes_of_their_sheets(
    loaded: tuple[Territory, pd.DataFrame],
) -> None:
    territory, communes = loaded
    far = communes[communes["minutes_to_nearest_gp"].mod(1).between(0.6, 0.95)].iloc[:2]
    whole = indicators.whole(territory, communes)
    measures = pair(
        far.iloc[0],
        far.iloc[1],
        whole,
        vintages(territory, communes, COLUMNS),
    )
    assert {one.vintage for one in measures} == {"2023", "simulation"}
    minutes = next(one for one in measures if "plus proche" in one.title)
    sheets = [of_commune(loaded, str(code)) for code in far["code"]]
    told = [next(f for f in one.figures if f.key == "minutes_to_nearest_gp") for one in sheets]
    assert [f"{minutes.first} min", f"{minutes.second} min"] == [one.value for one in told]
    assert f"région : {minutes.region} min en moyenne" in told[0].comparison


def test_published_columns_have_their_own_year(loaded: tuple[Territory, pd.DataFrame]) -> None:
    territory, communes = loaded
    years = {"apl_published_year": 2023.0, "share_near_retirement_year": 2022.0}
    dated = vintages(territory, communes.assign(**years), COLUMNS)
    assert (dated["apl_published"], dated["share_near_retirement"]) == ("2023", "2022")


def test_a_region_is_not_compared_with_itself(loaded: tuple[Territory, pd.DataFrame]) -> None:
    territory, communes = loaded
    regions = indicators.aggregate(communes, "region")
    whole = indicators.whole(territory, communes)
    drawn = sheet(territory, communes, regions, whole, level="region", code="75")
    assert [one.comparison for one in drawn.figures] == [""] * 7
    main = str(communes.sort_values("population")["name"].iloc[-1])
    night = next(one for one in drawn.in_place if one.startswith("La nuit"))
    assert f"de {main}, sa commune la plus peuplée" in night
    alone = of_commune(loaded, str(communes.sort_values("population")["code"].iloc[-1]))
    assert not any("la plus peuplée" in one for one in alone.in_place)


def test_every_level_has_a_title() -> None:
    assert set(LEVEL_TITLES) == set(indicators.LEVELS)


def test_an_apl_above_the_limit_of_the_law_says_whose_apl_the_law_reads(
    loaded: tuple[Territory, pd.DataFrame],
) -> None:
    """Villebois-Lavalette: in ZIP by 2.2, its sheet said 2.6 was above the limit of the ZIP."""
    territory, communes = loaded
    table = communes.assign(apl_published=2.617, apl65_published=2.177, apl_published_year=2016.0)
    whole = indicators.whole(territory, table)
    for level, code, end in (
        ("commune", table["code"].iloc[0], " : 2,2."),
        ("departement", table["departement"].iloc[0], "."),
    ):
        peers = table if level == "commune" else indicators.aggregate(table, level)
        drawn = sheet(territory, table, peers, whole, level=level, code=code)
        told = next(one.sentence for one in drawn.figures if one.key == "apl_published")
        assert told.endswith(
            f"Plus de 2,5. Le zonage se lit sur les médecins de 65 ans et moins{end}"
        )
