"""What is put in place does not depend on the region that was chosen when it was imported."""

import json
from pathlib import Path

import geopandas as gpd
import pytest

from data.base.codes import ARRONDISSEMENTS
from data.official.imports import commune_index, import_files
from data.official.reading import read_here
from data.region import catalogue, embedded_set
from tests.data.official.readers import rpps_files

PARIS = [code for code, city in ARRONDISSEMENTS.items() if city == "75056"]
SUBURB = ("77186", "77288", "78646", "91228", "92012", "93066", "94028", "95500")
"""Communes of the other region, one a département."""


@pytest.fixture
def other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the code of a region that is Paris and some of its suburbs."""
    monkeypatch.setenv("PROXISOINS_HOME", str(tmp_path / "home"))
    folder = tmp_path / "home" / "regions" / "11"
    folder.mkdir(parents=True)
    known = embedded_set.everywhere()
    there = known[known["code"].isin({"75056", *SUBURB})].reset_index(drop=True)
    points = gpd.points_from_xy(there["lon"], there["lat"], crs=4326)
    gpd.GeoDataFrame(there[["code"]], geometry=points).to_parquet(folder / "communes.parquet")
    there[["code"]].head(0).to_parquet(folder / "fringe.parquet")
    (folder / "set.json").write_text(json.dumps({"region": "11", "name": "Autour de Paris"}))
    return "11"


def written(folder: Path) -> dict[int, Path]:
    """Write national files: arrondissements, former communes, names alone, lines for zero."""
    here = ("16001", "33063", *SUBURB)
    counts = [f"{code};{rank}" for rank, code in enumerate([*here, *PARIS])]
    former = ["16010;1", "78251;2"]  # 78251 is a part of 78551 since 2019
    known = embedded_set.everywhere().set_index("code")["population"]
    people = [f"{code};{known.get(code, 105_000):.0f}" for code in [*here, *PARIS]]
    people += ["16010;300", "78251;20000"]
    found = ["16001", "33063", "77288", *PARIS[:19]]
    lines = [f"{code};D265;2023;2" for code in found]
    lines += [f"{code};A101;2023;1" for code in embedded_set.everywhere()["code"] if code[:2] in
              {"16", "33", "77"}]  # fmt: skip
    texts = {
        "mg_2024.csv": ["code_insee;mg_2024", *counts, *former],
        "populations_2021.csv": ["DEPCOM;PMUN", *people],
        "bpe_2023.csv": ["DEPCOM;TYPEQU;AN;NB_EQUIP", *lines],
        "zonage_2026.csv": [
            "Code_postal;Nom_commune;Zonage", "16500;ABZAC;1_ZIP", "77000;MELUN;2_ZAC",
            "75001;PARIS;3_HZ",
        ],
        "apl_2023.csv": ["codgeo;an;apl", "16001;2023;2", "77288;2023;3", "75056;2023;4"],
    }  # fmt: skip
    for name, rows in texts.items():
        (folder / name).write_text("\n".join(rows) + "\n", "utf-8")
    office = {"Code postal (coord. structure)": "77000"}
    doctors = [
        rpps_files.row("A", code="16001"),
        rpps_files.row("B", code="", **{**office, "Libellé commune (coord. structure)": "MELUN"}),
        rpps_files.row("C", code="75115"),
    ]
    rpps_files.write(folder / "PS_LibreAcces.zip", doctors)
    return dict(enumerate(sorted(folder.iterdir())))


def by_code(table: dict[str, dict[str, object]]) -> dict[object, object]:
    """Return code to GPs of a table as JSON holds it."""
    return {table["code"][row]: table["gps"][row] for row in table["code"]}


def test_files_are_read_alike_whatever_the_region(other: str, tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    files = written(tmp_path / "files")
    both = [read_here(files, commune_index(region)) for region in ("75", other)]
    assert [one.refusals for one in both] == [{}, {}]
    mine, theirs = (
        {
            (member.file_name, key): json.loads(table.reset_index(drop=True).to_json())
            for member in read.members
            if member.result is not None
            for key, table in member.result.tables.items()
        }
        for read in both
    )
    assert mine == theirs
    assert len(mine) == 8
    counts = by_code(mine["bpe_2023.csv", "gps"])
    assert (counts["75056"], counts["77288"], counts["77186"]) == (38, 2, 0)
    register = by_code(mine["PS_LibreAcces.zip", "gps"])
    assert (register["75056"], register["77288"], register["77186"]) == (1, 1, 0)


def test_paris_imported_while_another_region_is_chosen_is_known(tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    files = written(tmp_path / "files")
    import_files([path for path in files.values() if path.name == "mg_2024.csv"], "75")
    gps = catalogue.imported_tables(["gps"])["gps"].set_index("code")["gps"]
    assert gps["75056"] == sum(range(10, 30))
    assert gps["78551"] == 2
    assert set(gps.index) == {*SUBURB, "75056", "78551", "16001", "16186", "33063"}
