"""What is written in any layout, format, encoding or system is read back equal, line by line.

`PROXISOINS_ROUND_TRIPS` says how many tables of each kind are written.
"""

import os
import tempfile
from functools import cache
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from data import uploads
from data.official.imports import commune_index
from data.official.readers.communes import CommuneIndex
from data.official.readers.gp_counts import MOST_GPS
from data.official.reading import read_here
from data.region import embedded_set
from data.region.gazetteer import Gazetteer, gazetteer
from data.uploads.match import MatchReport
from tests.data.files import layouts, written

EXAMPLES = int(os.environ.get("PROXISOINS_ROUND_TRIPS", "25"))
NEAR_DEGREES = 5e-5
pytestmark = pytest.mark.timeout(0 if EXAMPLES > 100 else 300)
often = settings(
    max_examples=EXAMPLES,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # the file that fails tells enough
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)

PAIRS = [("lon", "lat"), ("Longitude", "Latitude"), ("X", "Y"), ("coordxet", "coordyet"),
         ("lambert_x", "lambert_y"), ("POINT_X", "POINT_Y"), ("xcoord", "ycoord")]  # fmt: skip
SITE_TITLES = ["nom", "Nom du site", "RAISON SOCIALE", "rs", "Libellé"]
GP_TITLES = ["MG", "Médecins", "Nombre de médecins", "nb_mg"]
CODE_TITLES = ["Code INSEE", "CODGEO", "DEPCOM", "code_insee", "INSEE_COM", "Code commune"]


@cache
def region() -> tuple[Gazetteer, pd.DataFrame, CommuneIndex]:
    return gazetteer("75"), embedded_set.communes("75"), commune_index("75")


@cache
def places() -> list[tuple[str, float, float]]:
    table = region()[1]
    inner = table[table["population"] > 0]
    return list(inner[["code", "lon", "lat"]].itertuples(index=False, name=None))


def chosen(least: int = 1, most: int = 8) -> st.SearchStrategy[list[tuple[str, float, float]]]:
    return st.lists(
        st.integers(0, len(places()) - 1), min_size=least, max_size=most, unique=True
    ).map(lambda ranks: [places()[rank] for rank in ranks])


def read_back(name: str, content: bytes) -> MatchReport:
    names, communes, _ = region()
    return uploads.match_lines(uploads.read_lines(content, name), names, communes)


@often
@given(data=st.data())
def test_sites_with_coordinates(data: st.DataObject) -> None:
    found = data.draw(chosen())
    names = data.draw(st.lists(written.NAMES, min_size=len(found), max_size=len(found)))
    gps = data.draw(st.lists(st.sampled_from([0.5, 1.0, 2.0, 12.0]), min_size=8, max_size=8))
    epsg = data.draw(st.sampled_from([4326, *written.METRES]))
    lonlat = [(lon, lat) for _, lon, lat in found]
    x_title, y_title = data.draw(st.sampled_from(PAIRS))
    titles = [data.draw(st.sampled_from(SITE_TITLES)), x_title, y_title,
              data.draw(st.sampled_from(GP_TITLES))]  # fmt: skip
    lines = [
        [name, x, y, count]
        for name, (x, y), count in zip(
            names, written.projected(lonlat, epsg), gps[: len(found)], strict=True
        )
    ]
    order = data.draw(st.permutations(range(4)))
    rows = [[row[k] for k in order] for row in [titles, *lines]]
    report = read_back(*data.draw(written.tables(rows)))
    assert len(report.sites) == len(found), (epsg, report.table().to_dict("list"))
    for site, name, (lon, lat), count in zip(report.sites, names, lonlat, gps, strict=False):
        assert site.name == name
        assert abs(site.lon - lon) < NEAR_DEGREES
        assert abs(site.lat - lat) < NEAR_DEGREES
        assert site.gps == count


@often
@given(data=st.data())
def test_layers_of_points(data: st.DataObject) -> None:
    found = data.draw(chosen())
    names = data.draw(st.lists(written.NAMES, min_size=len(found), max_size=len(found)))
    kind = data.draw(st.sampled_from(list(written.LAYERS)))
    epsg = 4326 if kind in written.DEGREES else data.draw(st.sampled_from([4326, *written.METRES]))
    lonlat = [(lon, lat) for _, lon, lat in found]
    report = read_back(f"sites.{kind}", written.layer(kind, names, lonlat, epsg))
    got = sorted((site.name, round(site.lon, 4), round(site.lat, 4)) for site in report.sites)
    told = zip(names, lonlat, strict=True)
    wanted = sorted((n, round(x, 4), round(y, 4)) for n, (x, y) in told)
    assert [one[0] for one in got] == [one[0] for one in wanted]
    points = sorted(one[1:] for one in got)
    for mine, theirs in zip(points, sorted(one[1:] for one in wanted), strict=True):
        assert max(abs(a - b) for a, b in zip(mine, theirs, strict=True)) < 2e-4


@often
@given(data=st.data())
def test_sites_by_code_of_commune(data: st.DataObject) -> None:
    found = data.draw(chosen())
    style = data.draw(st.sampled_from(["text", "number", "float", "quoted", "formula"]))
    spell = {
        "text": str,
        "number": lambda code: int(code) if code.isdecimal() else code,
        "float": lambda code: f"{code}.0",
        "quoted": lambda code: f"'{code}",
        "formula": lambda code: f'="{code}"',
    }[style]
    titles = ["Nom", data.draw(st.sampled_from(CODE_TITLES))]
    rows = [titles, *([f"MSP {k}", spell(code)] for k, (code, _, _) in enumerate(found))]
    if style == "number":
        name, content = "a.xlsx", written.workbook(rows)
    elif style == "formula":
        name, content = "a.csv", "\n".join(";".join(map(str, row)) for row in rows).encode()
    else:
        name, content = data.draw(written.tables(rows))
    report = read_back(name, content)
    assert [site.code for site in report.sites] == [code for code, _, _ in found]


@often
@given(data=st.data())
def test_official_figures_by_commune(data: st.DataObject) -> None:
    found = data.draw(chosen(2, 30))
    what, title, table = data.draw(
        st.sampled_from(
            [
                ("population", "PMUN", "populations"),
                ("population", "Population municipale 2021", "populations"),
                ("gps", "MG 2024", "gps"),
                ("gps", "Nombre de médecins généralistes 2023", "gps"),
            ]
        )
    )
    code = data.draw(st.sampled_from(CODE_TITLES))
    # Nobody in an inhabited commune is refused; no GP is a figure.
    lines = [
        [c, data.draw(st.integers(int(what != "gps"), MOST_GPS if what == "gps" else most))]
        for c, most in ((c, layouts.most_people()[c]) for c, _, _ in found)
    ]
    swapped = data.draw(st.booleans())
    rows = [row[::-1] if swapped else row for row in [[code, title], *lines]]
    name, content = data.draw(written.tables(rows))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        read = read_here({0: path}, region()[2])
    assert not read.refusals
    (member,) = read.members
    assert member.result is not None, member.refusal
    got = member.result.tables[table].set_index("code")[what].astype(float).to_dict()
    assert got == {c: float(value) for c, value in lines}
    assert member.result.tally.read == member.result.tally.kept == len(lines)
