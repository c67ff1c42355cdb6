"""Territories drawn at random: the card, the sheet, its PDF, a comparison and files say one figure.

What is expected of an EPCI, a département or the region is summed here from its communes.
"""

import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pypdf import PdfReader

from data.access.indicators import LEVELS
from data.access.inputs import gp_pairs, places
from data.base.french import minutes_told, number, per_hundred, percent
from data.files import exports
from data.maps import payload
from data.region import catalogue, embedded_set
from data.region.rules import HUBERT_MINUTES, ROOM_PEOPLE_A_GP
from data.region.territory import Territory
from data.reports import columns
from data.reports.pair import MEASURES
from geo.layers import INDICATORS
from pages import sheet_paper, shell

SEED = 20
DRAWN = {"commune": 25, "epci": 5, "departement": 3, "region": 1}
SUMMED = (
    *("population", "gps", "without_room_nearest", "without_room_bound"),
    *("population_single_gp", "population_beyond_20"),
)
AVERAGED = ("minutes_to_nearest_gp", "apl", "apl_published")
pytestmark = pytest.mark.campaign


@pytest.fixture(
    scope="module", params=["demonstration", pytest.param("real", marks=pytest.mark.reference)]
)
def home(request: pytest.FixtureRequest, prepared_home: Path) -> Path:
    if request.param == "demonstration":
        return prepared_home
    real: Path = request.getfixturevalue("real_counts_home")
    return real


@pytest.fixture(scope="module")
def territory(home: Path) -> Iterator[Territory]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PROXISOINS_HOME", str(home))
        yield catalogue.load_territory("75")


@pytest.fixture(autouse=True)
def isolated_home(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Read what the session prepared: these tests import nothing."""
    monkeypatch.setenv("PROXISOINS_HOME", str(home))
    return home


@pytest.fixture(scope="module")
def drawn(territory: Territory) -> dict[str, list[str]]:
    dice, communes = np.random.default_rng(SEED), territory.communes
    codes = {level: sorted({*communes[LEVELS[level][0]]} - {""}) for level in DRAWN}
    return {
        level: dice.choice(codes[level], count, replace=False).tolist()
        for level, count in DRAWN.items()
    }


def plain(text: str) -> str:
    return " ".join(text.split())


def own_rows(territory: Territory, level: str) -> pd.DataFrame:
    communes = shell.commune_indicators(territory)
    peers = communes if level == "commune" else shell.aggregated_indicators(territory, level)
    return peers.set_index("code", drop=False)


def summed(members: pd.DataFrame) -> dict[str, float]:
    """Return figures of some communes, from theirs alone."""
    found = {key: members[key].sum(min_count=1) for key in SUMMED}
    people = members["population"]
    for key in AVERAGED:
        known = members[key].notna()
        weight = people[known].sum()
        found[key] = (members[key] * people)[known].sum() / weight if weight else np.nan
    found["gps_per_1000"] = 1000 * found["gps"] / found["population"]
    return found


def test_what_surrounds_a_commune_is_summed_and_drawn_on_cards_as_its_communes_are(
    territory: Territory, drawn: dict[str, list[str]]
) -> None:
    communes = shell.commune_indicators(territory)
    levels = ("epci", "departement", "region")
    around = {level: shell.aggregated_indicators(territory, level) for level in levels}
    document = payload.configuration(territory, communes, around)
    shown = {one.key: one for one in INDICATORS}
    compared = 0
    for level in levels:
        rows = own_rows(territory, level)
        for code in drawn[level]:
            own = rows.loc[code]
            expected = summed(communes[communes[LEVELS[level][0]] == code])
            for key, value in expected.items():
                assert own[key] == pytest.approx(value, rel=1e-9, nan_ok=True), (level, code, key)
            for key, by_level in document["comparisons"].items():
                card = by_level[level] if level == "region" else by_level[level][code]
                if card is None:
                    assert pd.isna(own[key])
                    continue
                scale = 100 if shown[key].unit == "%" else 1
                assert abs(card - own[key] * scale) <= 0.5 * 10.0 ** -shown[key].decimals + 1e-9
                compared += 1
    assert compared > 50


def test_sheet_pdf_and_comparison_write_the_figures_of_the_table(
    territory: Territory, drawn: dict[str, list[str]]
) -> None:
    communes, dice = shell.commune_indicators(territory), np.random.default_rng(SEED)
    for level, codes in drawn.items():
        rows = own_rows(territory, level)
        for code in codes:
            own = rows.loc[code]
            seen, printed = (
                sheet_paper.sheet_of(territory, communes, level, code, printed=paper)
                for paper in (False, True)
            )
            room = {one.key: one for one in seen.figures}["share_without_room"]
            people = own["population"]
            if pd.notna(own["without_room_nearest"]) and people > 0:
                assert plain(room.value) == plain(percent(own["without_room_nearest"] / people, 1))
                assert number(own["without_room_nearest"]) in room.sentence
            (page,) = PdfReader(io.BytesIO(sheet_paper.pdf(territory, level, code))).pages
            text = plain(page.extract_text())
            for figure in printed.figures:
                assert plain(figure.value) in text, (code, figure.key)
                told = {one.key: one.value for one in seen.figures}[figure.key]
                assert figure.value in {told, "non diffusé"}
            for signal in printed.signals:
                assert plain(signal.value) in text, (code, signal.key)
                assert signal in seen.signals
            if level == "region":
                continue
            other = str(dice.choice([one for one in rows.index if one != code]))
            measures = {
                one.title: one for one in sheet_paper.measures(territory, level, code, other)
            }
            for key, title, decimals, factor in MEASURES:
                if title not in measures or measures[title].first.startswith("non"):
                    continue
                exact = own[key]
                wanted = per_hundred(exact, decimals) if factor > 1 else number(exact, decimals)
                if key.startswith("minutes_") and wanted == "0":
                    wanted = minutes_told(exact)
                assert plain(measures[title].first) == plain(wanted), (code, key)


def read_csv(content: bytes) -> pd.DataFrame:
    lines = content.decode("utf-8-sig").split("\r\n")
    body = "\n".join(line for line in lines if not line.startswith(("# ", '"# ')))
    return pd.read_csv(io.StringIO(body), sep=";", decimal=",", dtype={"Code": str})


def test_all_files_of_the_map_hold_the_figures_of_the_table(
    territory: Territory, drawn: dict[str, list[str]]
) -> None:
    table = shell.commune_indicators(territory)
    exported = columns.exported(table)
    contours = territory.communes[["code", "geometry"]].rename(columns={"code": "Code"})
    written: dict[str, Callable[[], pd.DataFrame]] = {
        "csv": lambda: read_csv(exports.to_csv(exported, ["note"])),
        "xlsx": lambda: pd.read_excel(
            io.BytesIO(exports.to_xlsx({"Tableau": exported}, ["note"])),
            sheet_name="Tableau",
            dtype={"Code": str},
            engine="openpyxl",
        ),
        "geojson": lambda: pd.DataFrame(
            [
                one["properties"]
                for one in json.loads(
                    exports.to_geojson(contours.merge(exported, on="Code"), ["note"])
                )["features"]
            ]
        ),
    }
    rows = columns.rounded(table).set_index("code").loc[drawn["commune"]]
    numeric = [
        key
        for key in columns.TITLES
        if key in rows and pd.api.types.is_numeric_dtype(rows[key]) and rows[key].notna().any()
    ]
    assert len(numeric) > 15
    for kind, read in written.items():
        file = read().set_index("Code").loc[drawn["commune"]]
        for key in numeric:
            values = file[columns.TITLES[key]].to_numpy(dtype=float)
            np.testing.assert_allclose(
                values, rows[key], rtol=0, atol=1e-9, err_msg=f"{kind} {key}"
            )


@pytest.mark.reference
def test_headline_figures_are_had_again_from_the_raw_tables(
    reference: Path, real_counts_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing of the project but minutes, populations and the passage of former communes."""
    monkeypatch.setenv("PROXISOINS_HOME", str(real_counts_home))
    territory = catalogue.load_territory("75")
    communes = shell.commune_indicators(territory)
    raw = pd.read_csv(
        reference / "gp_panel" / "gp_per_commune_dated.csv", dtype={"code": str}
    ).set_index("code")
    newest = raw["gp_2020"].where(raw["gp_2020"].notna(), raw["gp_2017"])
    heirs = embedded_set.mergers("75")
    counted = newest.groupby([heirs.get(code, code) for code in raw.index]).sum(min_count=1)

    everywhere = places(territory)
    inside = everywhere["inside"].to_numpy()
    gps = counted.reindex(everywhere["code"]).to_numpy()
    # Other regions have former communes of their own, which the passage of this one leaves out.
    gps = np.where(inside, gps, everywhere["gps"])
    gps, people = np.nan_to_num(gps), everywhere["population"].fillna(0.0).to_numpy()
    pairs = gp_pairs(territory, HUBERT_MINUTES)
    apart = (pairs["origin"] != pairs["destination"]) & (pairs["minutes"] <= HUBERT_MINUTES)
    home = np.flatnonzero(gps > 0)
    trips = pd.concat(
        [
            pd.DataFrame({"origin": home, "destination": home, "minutes": 0.0}),
            pairs.loc[apart, ["origin", "destination", "minutes"]],
        ]
    ).sort_values("minutes", kind="stable")
    left, seats = people.copy(), ROOM_PEOPLE_A_GP * gps
    for origin, destination in trips[["origin", "destination"]].to_numpy():
        seated = min(left[origin], seats[destination])
        left[origin] -= seated
        seats[destination] -= seated
    np.testing.assert_allclose(left[inside], communes["without_room_nearest"], atol=1e-6)
    assert left[inside].sum() > 100_000

    within = np.bincount(
        trips["origin"], weights=gps[trips["destination"]], minlength=len(everywhere)
    )
    alone = people[inside & (within <= 1)].sum()
    assert communes["population_single_gp"].sum() == pytest.approx(alone)
    single = sheet_paper.sheet_of(territory, communes, "region", "75").signals[1]
    assert single.value == f"{(gps[inside] == 1).sum()} communes"
    assert number(people[inside][gps[inside] == 1].sum()) in single.sentence

    nearest = trips[gps[trips["destination"]] > 0].groupby("origin")["minutes"].min()
    minutes = nearest.reindex(np.flatnonzero(inside)).to_numpy()
    known = ~np.isnan(minutes)
    ours = communes["minutes_to_nearest_gp"].to_numpy()
    np.testing.assert_allclose(ours[known], minutes[known], atol=1e-9)
    assert (ours[~known] > HUBERT_MINUTES).all()

    zip_people = communes.loc[communes["zone"] == "ZIP", "population"].sum()
    told = sheet_paper.sheet_of(territory, communes, "region", "75").signals[2]
    assert told.value == f"{percent(zip_people / people[inside].sum())} en ZIP"
