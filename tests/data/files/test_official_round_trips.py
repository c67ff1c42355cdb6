"""Official tables in all their layouts, formats and encodings are read back equal.

`PROXISOINS_ROUND_TRIPS` says how many files of each layout are written (400 in the long run).
"""

import os
import tempfile
from functools import cache
from pathlib import Path

import pyproj
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from data.official.imports import commune_index
from data.official.readers.communes import CommuneIndex
from data.official.readers.tally import ReadResult
from data.official.reading import read_here
from data.pdses.reader import read_lines
from data.region import embedded_set
from tests.data.files import layouts, written

EXAMPLES = int(os.environ.get("PROXISOINS_ROUND_TRIPS", "4"))
pytestmark = pytest.mark.timeout(0 if EXAMPLES > 100 else 300)
often = settings(
    max_examples=EXAMPLES,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@cache
def region() -> tuple[CommuneIndex, list[layouts.Place]]:
    table = embedded_set.communes("75")
    inner = table[table["population"] > 0]
    columns = inner[["code", "name", "lon", "lat"]]
    return commune_index("75"), list(columns.itertuples(index=False, name=None))


@st.composite
def places(draw: st.DrawFn) -> list[layouts.Place]:
    every = region()[1]
    ranks = draw(st.lists(st.integers(0, len(every) - 1), min_size=2, max_size=25, unique=True))
    return [every[rank] for rank in ranks]


def formats(made: layouts.Official) -> list[str]:
    """Return the formats in which a table may come."""
    plain = made.above == made.below == 0
    kinds = ["csv", "xlsx", "xls", "ods"]
    return kinds + ["parquet"] * plain + ["dbf"] * (plain and written.fits_dbf(made.rows))


def read_official(name: str, content: bytes) -> ReadResult:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        read = read_here({0: path}, region()[0])
    assert not read.refusals, (name, read.refusals)
    (member,) = read.members
    assert member.result is not None, (name, member.refusal)
    return member.result


@pytest.mark.parametrize("layout", layouts.LAYOUTS)
@often
@given(data=st.data())
def test_official_tables_in_every_layout(layout: str, data: st.DataObject) -> None:
    made = data.draw(layouts.LAYOUTS[layout](data.draw(places())))
    name, content = data.draw(written.tables(made.rows, formats(made), made.stem))
    result = read_official(name, content)
    table = result.tables[made.table]
    if made.table == "apl":
        table = table[table["year"] == table["year"].max()]
    found = table.set_index("code")[made.column].to_dict()
    # An exhaustive file also says zero where it is silent.
    assert {code: found.get(code) for code in made.expected} == made.expected, name
    beyond = {code: value for code, value in found.items() if code not in made.expected}
    assert not any(beyond.values()), name
    tally = result.tally
    refused = sum(one.count for one in tally.refused)
    assert refused == sum(cell in layouts.MASKS for row in made.rows for cell in row)
    assert tally.read <= len(made.rows) - 1 - made.above - made.below


PERSON, SECTOR = "Identification nationale PP", "Code secteur d'activité"
SITE, PLACE = "Identifiant technique de la structure", "Code commune (coord. structure)"
SKILL = "Code savoir-faire"


@often
@given(data=st.data())
def test_doctors_of_the_register_count_a_part_in_each_of_their_places(data: st.DataObject) -> None:
    where = data.draw(places())
    titles = [PERSON, "Code profession", "Code type savoir-faire", SKILL, SITE, PLACE, SECTOR]
    lines, expected = [], dict.fromkeys((code for code, *_ in where), 0.0)
    for person in range(data.draw(st.integers(1, 20))):
        chosen = data.draw(
            st.lists(st.integers(0, len(where) - 1), min_size=1, max_size=3, unique=True)
        )
        counts = person == 0 or data.draw(st.booleans())  # the others are specialists
        for rank in chosen:
            code = where[rank][0]
            skill = data.draw(st.sampled_from(["SM54", "SM53", "SM26"])) if counts else "SM04"
            sector = data.draw(st.sampled_from(["SA07", "SA08", "SA05", "SA09", "SA52"]))
            lines.append([f"8{person:011d}", "10", "S", skill, f"R{rank}", code, sector])
            expected[code] += counts / len(chosen)
    order = data.draw(st.permutations(range(len(titles))))
    rows = [titles, *data.draw(st.permutations(lines))]
    text = "".join("|".join(row[k] for k in order) + "|\n" for row in rows)
    name = "PS_LibreAcces_Personne_activite_202611210800.txt"
    gps = read_official(name, text.encode()).tables["gps"].set_index("code")["gps"]
    named = {code for *_, code, _ in lines}
    seen = {code[:2] for row in lines if row[3] != "SM04" for code in [row[5]]}
    for code, count in expected.items():
        if code in named or code[:2] in seen:
            assert gps.get(code, 0.0) == pytest.approx(count), code


@often
@given(data=st.data())
def test_establishments_of_a_yearly_stock(data: st.DataObject) -> None:
    where = data.draw(places())
    to_metres = pyproj.Transformer.from_crs(4326, 2154, always_xy=True)
    rows: written.Rows = [
        ["nofinesset", "rs", "departement", "cog", "categetab", "coordx", "coordy"]
    ]
    expected = {}
    for k, (code, name, lon, lat) in enumerate(where):
        kind = data.draw(st.sampled_from(["603", "124"]))
        placed = data.draw(st.booleans())
        east, north = to_metres.transform(lon + 0.01, lat)
        pair: list[object] = [round(east, 1), round(north, 1)] if placed else ["", ""]
        rows.append([f"{160_000_000 + k:09d}", f"MSP {name}", code[:2], code, kind, *pair])
        expected[f"{160_000_000 + k:09d}"] = (kind, code, lon + 0.01 * placed, lat)
    kinds = ["csv", "xlsx", "xls", "ods"]
    read = read_official(*data.draw(written.tables(rows, kinds, "stock_20201231")))
    table = read.tables["structures"].set_index("id")
    assert set(table.index) == set(expected)
    for number, (kind, code, lon, lat) in expected.items():
        found = table.loc[number]
        assert (found["kind"], found["code"]) == (
            {"603": "msp", "124": "centre_sante"}[kind],
            code,
        )
        assert abs(found["lon"] - lon) < 1e-4
        assert abs(found["lat"] - lat) < 1e-4


@often
@given(data=st.data())
def test_on_call_lines(data: st.DataObject) -> None:
    where = data.draw(places())
    kinds = st.sampled_from(["garde", "astreinte", "demi-garde", "demi-astreinte"])
    states = st.sampled_from(["assurée", "mutualisée", "carence", "réquisition"])
    lines: written.Rows = []
    for k, (code, name, _, _) in enumerate(where):
        lines.append([
            f"{k:09d}", f"CH {name}", code, "Chirurgie", data.draw(kinds), data.draw(states),
        ])  # fmt: skip
    titles = ["nofinesset", "etablissement", "code_insee", "specialite", "type_ligne", "statut"]
    order = data.draw(st.permutations(range(len(titles))))
    rows = [[row[k] for k in order] for row in [titles, *lines]]
    read = read_lines(data.draw(written.tables(rows))[1], "lignes")
    assert [[line.cells.get(title, "") for title in titles] for line in read.lines] == [
        [str(cell) for cell in line] for line in lines
    ]
