"""The sheet of a territory and its PDF, on the demonstration data."""

import io
from pathlib import Path

import pandas as pd
import pytest
from pypdf import PdfReader

from data.access import indicators
from data.region import catalogue
from data.region.territory import Territory
from data.reports.sheet import LEVEL_TITLES, choices, sheet
from data.reports.sheet_pdf import sheet_pdf
from geo.errors import InvalidInputError


@pytest.fixture(scope="module")
def loaded(prepared_home: Path) -> tuple[Territory, pd.DataFrame]:
    assert prepared_home.is_dir()
    territory = catalogue.load_territory("75")
    return territory, indicators.commune_indicators(territory)


@pytest.mark.parametrize("level", ["commune", "epci", "departement"])
def test_a_sheet_says_what_the_tables_say(
    loaded: tuple[Territory, pd.DataFrame], level: str
) -> None:
    territory, communes = loaded
    peers = communes if level == "commune" else indicators.aggregate(communes, level)
    region = indicators.aggregate(communes, "region").iloc[0]
    code = next(iter(choices(communes, level)))
    drawn = sheet(territory, communes, peers, region, level=level, code=code)
    assert len(drawn.figures) == 5
    own = peers[peers["code"] == code].iloc[0]
    assert drawn.name == own["name"]
    doctors = next(one for one in drawn.figures if one.key == "gps_per_1000")
    assert float(doctors.value.replace(",", ".")) == pytest.approx(own["gps_per_1000"], abs=0.005)
    members = communes[communes[indicators.LEVELS[level][0]] == code]
    assert set(drawn.communes) == set(members["code"])
    assert drawn.in_place
    assert drawn.threats


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
    pixel = io.BytesIO()
    from PIL import Image

    Image.new("RGB", (520, 440), "white").save(pixel, "PNG")
    document = PdfReader(
        io.BytesIO(sheet_pdf(drawn, pixel.getvalue(), ["Source : essai"], simulated=True))
    )
    assert len(document.pages) == 1
    said = document.pages[0].extract_text()
    assert drawn.name in said
    assert "DONNÉES DE DÉMONSTRATION" in said
    assert document.trailer["/Root"]["/Lang"] == "fr-FR"
    assert drawn.name in str(document.metadata.title)


def test_every_level_has_a_title() -> None:
    assert set(LEVEL_TITLES) == set(indicators.LEVELS)
