"""A folder of registers, zonings and labels gives the same state in whatever order it is read."""

import random
from pathlib import Path

import pytest

from data.official import import_reports, imports, reading
from data.region import catalogue, table_store
from tests.data.official.readers import rpps_files

GOLDEN = Path(__file__).parent / "readers" / "golden"
NAMES = (
    "finess_stock.csv", "finess_structures.json", "finess_activities.json", "finess_care.csv",
    "france_sante_annuaire.csv", "liste_france_sante.csv", "zoning_national.csv",
    "zoning_by_code.csv", "zoning_by_name.csv", "tvs.csv", "gp_wide.csv", "bpe_melodi.csv",
)  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Return the files: those of the readers, a register of doctors, an extract of counts."""
    made = tmp_path_factory.mktemp("dossier")
    doctors = [rpps_files.row(str(rank), code=code) for rank, code in enumerate(["16001", "16002"])]
    register = rpps_files.write(made / "PS_LibreAcces.zip", doctors)
    partial = made / "extrait.csv"
    partial.write_text("code_insee;mg_2019\n16001;3\n")
    return [register, partial, *(GOLDEN / name for name in NAMES)]


def _state(files: list[Path], home: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    monkeypatch.setenv("PROXISOINS_HOME", str(home))
    reports = imports.import_files(files)
    assert [one.message for one in reports if one.status == import_reports.REFUSED] == []
    known = table_store.version(table_store.current_key()).provenance
    tables = catalogue.imported_tables(known)
    return {
        key: (table.to_json(orient="split"), known[key].vintage, known[key].source)
        for key, table in tables.items()
    }


@pytest.mark.campaign
def test_registers_zonings_and_labels_in_any_order(
    folder: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = _state(folder, tmp_path / "one", monkeypatch)
    assert {"gps", "gp_history", "structures", "zoning"} <= set(first)
    mixed = random.Random(1).sample(folder, len(folder))  # noqa: S311  (no secret)
    for rank, order in enumerate((folder[::-1], mixed)):
        assert _state(order, tmp_path / f"other{rank}", monkeypatch) == first


def test_files_read_together_have_the_time_that_each_has_alone(tmp_path: Path) -> None:
    paths = [tmp_path / f"{rank}.csv" for rank in range(8)]
    for path in paths:
        path.write_text("code\n")
    alone = reading._limits(paths[:1])
    together = reading._limits(paths)
    assert together.cpu_s == pytest.approx(8 * alone.cpu_s)
    assert together.memory_bytes == alone.memory_bytes
