"""Establishments of general practice in the layouts of SIRENE. None of these exists."""

import pytest

from data.official import import_reports, imports
from data.region import catalogue
from geo.errors import InvalidInputError

STOCK = (
    "siren,nic,siret,statutDiffusionEtablissement,dateCreationEtablissement,"
    "dateDernierTraitementEtablissement,codePostalEtablissement,libelleCommuneEtablissement,"
    "codeCommuneEtablissement,etatAdministratifEtablissement,denominationUsuelleEtablissement,"
    "activitePrincipaleEtablissement,nomenclatureActivitePrincipaleEtablissement\n"
)


def _line(code, activity="86.21Z", state="A", treated="2026-09-12T08:00:00"):
    place = f'16500,"X, Y",{code},{state},SECRET'
    return f"000000001,00001,00000000100001,O,2011-01-01,{treated},{place},{activity},NAFRev2\n"


def _write(path, *lines):
    path.write_text(STOCK + "".join(lines), encoding="utf-8")
    return path


def test_active_general_practices_are_counted_per_commune(read, tmp_path):
    path = _write(
        tmp_path / "StockEtablissement_utf8.csv",
        _line("16001"),
        _line("16001"),
        _line("16001", state="F"),  # closed
        _line("16010"),  # merged since
        _line("33063", activity="86.22A", treated="2026-10-31T23:00:00"),  # a specialist
        _line("[ND]"),
    )
    source, result = read(path)
    table = result.tables["gp_register"].set_index("code")
    assert source == "sirene_gp"
    assert table["establishments"].to_dict() == {"16001": 2, "16002": 0, "16186": 1}
    assert set(table["month"]) == {"2026-10"}  # of the last treatment of the whole stock
    assert result.vintages == {"gp_register": "2026-10"}
    assert result.tally.read == 6
    assert [(r.reason, r.count) for r in result.tally.refused] == [("code de commune illisible", 1)]


def test_a_table_already_counted_takes_its_latest_month(read, tmp_path):
    path = tmp_path / "sirene.csv"
    path.write_text(
        "code,gp_establishments_2019_03,gp_establishments_2026_10\n16001,1,3\n16002,0,x\n",
        encoding="utf-8",
    )
    _, result = read(path)
    table = result.tables["gp_register"].set_index("code")
    assert (table.loc["16001", "establishments"], table.loc["16001", "month"]) == (3, "2026-10")
    assert result.tally.refused[0].reason == "nombre d’établissements illisible"


def test_a_stock_that_does_not_say_its_month_is_refused(read, tmp_path):
    lines = [_line("16001", treated="")]
    with pytest.raises(InvalidInputError, match="ne dit pas son mois"):
        read(_write(tmp_path / "stock.csv", *lines))
    _, result = read(_write(tmp_path / "stock_2026-08.csv", *lines))
    assert result.vintages["gp_register"] == "2026-08"


def test_the_register_is_absent_until_imported_then_stands_in_the_territory(tmp_path):
    assert "gp_register" not in catalogue.load_territory().context
    path = _write(tmp_path / "stock.csv", _line("16001"), _line("75056"))
    (report,) = imports.import_files([path])
    assert report.status == import_reports.IMPORTED
    territory = catalogue.load_territory()
    table = territory.context["gp_register"]
    assert table["establishments"].sum() == 1  # Paris is neither here nor near
    assert not territory.provenance["gp_register"].simulated
    assert territory.provenance["gp_register"].vintage == "2026-09"


@pytest.mark.reference
def test_the_real_register_of_2019(reference, read):
    _, result = read(reference / "registers" / "sirene_gp_establishments_2019_03.csv")
    assert result.vintages["gp_register"] == "2019-03"
    assert result.tally.read == 19107
