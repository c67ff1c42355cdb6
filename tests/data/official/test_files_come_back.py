"""Files that the application wrote are read by its own doors, and stay what they were."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from data.access import indicators, zoning_units
from data.access.source_notes import source_notes
from data.access.zoning_gauges import Ceilings
from data.files import exports
from data.files.table_files import write_table
from data.official.imports import commune_index
from data.official.members import Member
from data.official.reading import read_here
from data.region import catalogue
from data.reports import columns, zoning_annex

_OUTLINE = shapely.box(0.1, 45.7, 0.2, 45.8)
_WRITERS: dict[str, Callable[[pd.DataFrame, list[str]], bytes]] = {
    "csv": exports.to_csv,
    "xlsx": lambda table, notes: exports.to_xlsx({"Tableau": table}, notes),
    "gpkg": lambda table, notes: exports.to_gpkg(
        gpd.GeoDataFrame(table, geometry=[_OUTLINE] * len(table), crs=4326), notes
    ),
    "geojson": lambda table, notes: exports.to_geojson(
        gpd.GeoDataFrame(table, geometry=[_OUTLINE] * len(table), crs=4326), notes
    ),
}


def _communes() -> pd.DataFrame:
    """Return three communes as the table of the map has them, one cut by a priority district."""
    return pd.DataFrame(
        {
            "code": ["16015", "16001", "17004"],
            "name": ["Angoulême", "Abzac", "Île-d’Aix"],
            "population": [41_000.0, 518.0, 220.0],
            "apl": [2.1, 1.4, 3.0],
            "zone": ["ZAC", "ZIP", ""],
            "zone_qpv": ["ZIP", "", ""],
            "zone_decree": ["2026-01-05", "2026-01-05", ""],
            "tvs": ["16A", "16B", ""],
            "tvs_name": ["Angoulême", "Confolens", ""],
            "cpts_name": ["", "", ""],
        }
    )


def _read(folder: Path, kind: str, notes: list[str]) -> Member:
    path = folder / f"proxisoins-communes-nouvelle-aquitaine-2026-11-30.{kind}"
    path.write_bytes(_WRITERS[kind](columns.exported(_communes()), notes))
    (member,) = read_here({0: path}, commune_index("75")).members
    return member


@pytest.mark.parametrize("kind", _WRITERS)
def test_the_table_of_the_map_is_read_back_as_the_zoning_that_it_tells(
    tmp_path: Path, kind: str
) -> None:
    notes = ["Zonage des médecins généralistes : ARS (2026).", "Cellule vide : non disponible."]
    member = _read(tmp_path, kind, notes)
    assert member.refusal == ""
    assert member.result is not None
    zoning = member.result.tables["zoning"].set_index(["code", "part"])
    assert zoning["zone"].to_dict() == {
        ("16001", "commune"): "ZIP",
        ("16015", "commune"): "ZAC",
        ("16015", "QPV"): "ZIP",
    }
    assert set(zoning["decree"]) == {"2026-01-05"}
    assert zoning.loc[("16001", "commune"), ["tvs", "tvs_name"]].tolist() == ["16B", "Confolens"]
    assert [one.reason for one in member.result.tally.refused] == ["zonage non disponible"]


@pytest.mark.campaign
@pytest.mark.parametrize("tried", [True, False])
@pytest.mark.parametrize("territories", [True, False])
def test_the_workbook_of_the_zoning_is_read_back_commune_by_commune(
    prepared_home: Path, tmp_path: Path, *, territories: bool, tried: bool
) -> None:
    """Codes of territories look like those of communes, a project like what is in force."""
    assert prepared_home
    territory = catalogue.load_territory("75")
    real = replace(territory.provenance["zoning"], simulated=False)
    territory = replace(territory, provenance={**territory.provenance, "zoning": real})
    communes = indicators.commune_indicators(territory)
    if territories:
        communes = communes.assign(tvs=communes.groupby("tvs")["code"].transform("first"))
    else:
        communes = communes.assign(tvs="", tvs_name="")
    path = tmp_path / "proxisoins-zonage-2026-11-30.xlsx"
    keys = sorted(zoning_units.keys(communes))
    changes = dict.fromkeys(keys[:5] if territories else keys[-5:], "ZV") if tried else {}
    limits = Ceilings.of_region("75")
    path.write_bytes(zoning_annex.zoning_workbook(territory, communes, limits, changes))
    (member,) = read_here({0: path}, commune_index("75")).members
    assert member.refusal == ""
    assert member.result is not None
    zoning = member.result.tables["zoning"].set_index("code")
    known = communes[communes["zone"] != ""].set_index("code")
    for column in ("zone", "tvs"):
        assert zoning[column].to_dict() == known[column].to_dict()


@pytest.mark.parametrize("kind", _WRITERS)
def test_what_a_file_of_ours_calls_simulated_does_not_come_back_as_real(
    tmp_path: Path, kind: str
) -> None:
    demonstration = source_notes(catalogue.load_territory("75"))
    told = _read(tmp_path, kind, demonstration).refusal
    assert "se dit simulé (Zonage des médecins généralistes)" in told


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_table_of_a_command_says_on_its_lines_that_it_is_simulated(
    tmp_path: Path, kind: str
) -> None:
    """The notes beside a CSV do not go where it goes: a zoning of demonstration became real."""
    notes = source_notes(catalogue.load_territory("75"))
    path = tmp_path / f"proxisoins.{kind}"
    write_table(columns.with_simulated(_communes(), notes), path, notes)
    (member,) = read_here({0: path}, commune_index("75")).members
    assert "se dit simulé (Zonage des médecins généralistes)" in member.refusal
    assert columns.with_simulated(_communes(), ["Zonage : ARS (2026)"]).equals(_communes())
