"""Populations and ages in the long form of Melodi. Figures are invented."""

import pytest

from data.access import indicators
from data.official import imports
from data.region import catalogue
from data.reports import in_place
from geo.errors import InvalidInputError


def test_populations_of_the_latest_year_add_up_by_present_commune(read, golden):
    source, result = read(golden / "melodi_populations.csv")
    found = result.tables["populations"].set_index("code")["population"].to_dict()
    assert source == "insee_populations"
    assert found == {"16001": 518, "16186": 700, "75056": 2_100_000}
    assert result.vintages == {"populations": "2023"}
    reasons = {r.reason: r.count for r in result.tally.refused}
    assert reasons == {
        "population illisible": 1,
        "arrondissement, la ville étant donnée entière": 1,
    }
    assert any("d’un autre niveau" in remark for remark in result.tally.remarks)


def test_shares_of_the_old_have_their_own_names_and_year(read, golden):
    source, result = read(golden / "melodi_ages.csv")
    table = result.tables["elder_shares"].set_index("code")
    assert source == "insee_ages_melodi"
    assert table.index.tolist() == ["16001"]  # nobody lives in the other one
    assert table.loc["16001", "share_over_65"] == pytest.approx((120.1 + 40.2) / 518.4)
    assert table.loc["16001", "share_over_80"] == pytest.approx(40.2 / 518.4)
    assert table.loc["16001", "year"] == 2023


def test_ages_without_the_expected_classes_are_refused(read, golden, tmp_path):
    path = tmp_path / "ages.csv"
    text = (golden / "melodi_ages.csv").read_text(encoding="utf-8")
    path.write_text(text.replace("Y65T79", "Y60T74"), encoding="utf-8")
    with pytest.raises(InvalidInputError, match="n’a pas les âges attendus"):
        read(path)


@pytest.mark.usefixtures("warm_home")
def test_shares_of_the_old_stand_beside_the_75_and_over(golden):
    imports.import_files([golden / "melodi_ages.csv", golden / "reference.csv"])
    territory = catalogue.load_territory()
    table = indicators.commune_indicators(territory).set_index("code")
    assert table.loc["16001", "share_over_75"] == pytest.approx(0.141)
    assert table.loc["16001", "share_over_80"] == pytest.approx(40.2 / 518.4)
    assert table.loc["16001", "elder_year"] == 2023
    assert table["share_over_80"].notna().sum() == 1
    said = in_place._old_people(table.loc[["16001", "16002"]])
    assert said[0].replace("\u00a0", " ") == (
        "Habitants âgés : 31 % ont 65 ans ou plus, 8 % ont 80 ans ou plus (recensement de 2023)."
    )
    assert in_place._old_people(table.loc[["16002"]]) == []


def test_density_grid_on_its_own(read, golden):
    source, result = read(golden / "density.csv")
    table = result.tables["reference"].set_index("code")["density_class"]
    assert source == "density"
    assert table.to_dict() == {
        "16001": "Rural à habitat très dispersé", "33063": "Grands centres urbains",
    }  # fmt: skip
    assert result.columns == {"reference": ("density_class",)}


def test_only_facilities_are_counted_in_the_melodi_bpe(read, golden, tmp_path):
    lines = (golden / "bpe_melodi.csv").read_text(encoding="utf-8").splitlines()
    measured = [lines[0] + ';"BPE_MEASURE"', *(f'{line};"FACILITIES"' for line in lines[1:])]
    places = [f'{line};"CAPACITY"' for line in lines[1:]]
    path = tmp_path / "DS_BPE_CSV_FR.csv"
    path.write_text("\n".join([*measured, *places]), encoding="utf-8")
    _, with_places = read(path)
    _, plain = read(golden / "bpe_melodi.csv")
    assert with_places.tables["gps"].equals(plain.tables["gps"])
    assert with_places.tally.read == 2 * plain.tally.read
