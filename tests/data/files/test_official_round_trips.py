"""Official tables in all their layouts, formats and encodings are read back equal.

`PROXISOINS_ROUND_TRIPS` says how many files of each layout are written (400 in the long run).
"""

import os
import tempfile
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from data.official.imports import commune_index
from data.official.readers.communes import CommuneIndex
from data.official.reading import read_here
from data.pdses.reader import read_lines
from data.region import embedded_set
from tests.data.files import layouts, written

EXAMPLES = int(os.environ.get("PROXISOINS_ROUND_TRIPS", "4"))
pytestmark = pytest.mark.timeout(0 if EXAMPLES > 100 else 300)
often = settings(
    max_examples=EXAMPLES,
    deadline=None,
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
    kinds = ["csv", "xlsx", "ods"]
    return kinds + ["parquet"] * plain + ["dbf"] * (plain and written.fits_dbf(made.rows))


@pytest.mark.parametrize("layout", layouts.LAYOUTS)
@often
@given(data=st.data())
def test_official_tables_in_every_layout(layout: str, data: st.DataObject) -> None:
    made = data.draw(layouts.LAYOUTS[layout](data.draw(places())))
    name, content = data.draw(written.tables(made.rows, formats(made), made.stem))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        read = read_here({0: path}, region()[0])
    assert not read.refusals, (name, read.refusals)
    (member,) = read.members
    assert member.result is not None, (name, member.refusal)
    table = member.result.tables[made.table]
    if made.table == "apl":
        table = table[table["year"] == table["year"].max()]
    found = table.set_index("code")[made.column].to_dict()
    # An exhaustive file also says zero where it is silent.
    assert {code: found.get(code) for code in made.expected} == made.expected, name
    beyond = {code: value for code, value in found.items() if code not in made.expected}
    assert not any(beyond.values()), name
    tally = member.result.tally
    refused = sum(one.count for one in tally.refused)
    assert refused == sum("secret" in str(cell) for row in made.rows for cell in row)
    assert tally.read <= len(made.rows) - 1 - made.above - made.below


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
