"""Legal zoning in its layouts, and what is not a zoning of GPs."""

import datetime as dt

import pytest

from data.access import indicators
from data.base import french
from data.official import imports
from data.region import catalogue
from data.reports import in_place
from geo.errors import InvalidInputError


def _zones(result):
    table = result.tables["zoning"]
    return {(r.code, r.part): r.zone for r in table.itertuples()}


def test_cartosante_layout_with_its_byte_order_mark_and_titles(read, golden):
    source, result = read(golden / "cartosante_gp.csv")
    assert source == "zoning_cartosante"
    assert _zones(result) == {
        ("16001", "commune"): "ZIP",
        ("16002", "commune"): "ZAC",
        ("16186", "commune"): "HZ",  # the commune that kept its code speaks for the merged one
        ("33063", "QPV"): "ZIP",
        ("33063", "commune"): "HZ",
        ("87085", "commune"): "ZV",
    }
    assert [(r.reason, r.lines) for r in result.tally.refused] == [("zonage non disponible", (10,))]


def test_zoning_of_nurses_is_refused_by_name(read, golden):
    with pytest.raises(InvalidInputError, match=r"autre profession.*« Zonage infirmiers »"):
        read(golden / "cartosante_nurses.csv")


def test_values_of_another_zoning_are_refused(read, tmp_path):
    path = tmp_path / "zonage.csv"
    path.write_text("code;Zonage\n16001;Très dotée\n16002;Sous dotée\n", encoding="utf-8")
    with pytest.raises(InvalidInputError, match="ses valeurs sont « Sous dotée », « Très dotée »"):
        read(path)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("proxisoins-communes-corse-2026-11-30.csv", "date non indiquée dans le fichier"),
        ("proxisoins-communes-corse-2026-11-30 (1).csv", "date non indiquée dans le fichier"),
        ("zonage-2026.csv", "2026"),
    ],
)
def test_a_zoning_that_comes_back_is_not_of_the_day_it_was_written(read, tmp_path, name, told):
    path = tmp_path / name
    path.write_text("Code;Zonage\n16001;ZIP\n16002;ZAC\n", encoding="utf-8")
    assert read(path)[1].vintages["zoning"] == told


def test_list_by_postcode_and_name(read, golden):
    source, result = read(golden / "zoning_by_name.csv")
    assert source == "zoning_by_name"
    # Bordeaux has two different zones: neither is chosen for the reader.
    assert _zones(result) == {
        ("16001", "commune"): "ZIP",
        ("16002", "commune"): "ZAC",
        ("87085", "commune"): "ZV",
    }
    reasons = {r.reason: (r.count, r.lines) for r in result.tally.refused}
    assert reasons == {
        "nom inconnu sous ce code postal": (1, (8,)),
        "deux zonages différents pour la même commune": (2, (5, 6)),
    }
    assert any("1 ligne d’un code postal inconnu" in r for r in result.tally.remarks)
    assert any("accompagnement régional" in r for r in result.tally.remarks)


def test_table_by_code_follows_a_merger_when_the_new_commune_is_silent(read, golden):
    _, result = read(golden / "zoning_by_code.csv")
    assert _zones(result) == {("16001", "commune"): "ZAC", ("16186", "commune"): "ZIP"}


def test_drees_sheets_prefer_the_regional_decree_and_keep_the_district(read, workbook):
    header = [
        "Identifiant unique", "Code région", "Libellé région", "Code du territoire de vie-santé",
        "Libellé du territoire de vie-santé", "Code commune", "Libellé commune",
        "Qualification nationale", "Qualification attribuée par l'arrêté régional", "Population",
    ]  # fmt: skip
    path = workbook(
        "Zonage_medecin_20191231.xlsx",
        {
            "Lisez-moi": [["Zonage des médecins"], ["Source : DREES"]],
            "Zonage_TVS": [["Code du territoire de vie-santé", "Qualification nationale"]],
            "Zonage_communes": [
                ["Zonage des médecins généralistes par commune"],
                header,
                ["16001", 75, "N-A", "16106", "Confolens", "16001", "Abzac",
                 "Zone de vigilance", "Zone d'intervention prioritaire", 510],
                ["33063", 75, "N-A", "33063", "Bordeaux", 33063, "Bordeaux",
                 "Hors vivier", "Hors zonage", 250000],
                ["QP033001", 75, "N-A", "33063", "Bordeaux", 33063, "Bordeaux",
                 "", "Zone d'action complémentaire", 3000],
            ],
        },
    )  # fmt: skip
    source, result = read(path)
    assert source == "zoning_drees"
    assert _zones(result) == {
        ("16001", "commune"): "ZIP",
        ("33063", "commune"): "HZ",
        ("33063", "QPV"): "ZAC",
    }
    assert set(result.tables["zoning"]["tvs"]) == {"16106", "33063"}
    assert result.vintages["zoning"] == "31/12/2019"


def test_national_file_gives_decrees_and_territories(read, golden, monkeypatch):
    monkeypatch.setattr(french, "today", lambda: dt.date(2026, 11, 28))
    source, result = read(golden / "zoning_national.csv")
    assert source == "zoning_national"
    assert _zones(result) == {
        ("01004", "commune"): "ZAC",
        ("16001", "commune"): "ZIP",
        ("16002", "commune"): "ZAC",
        ("16186", "commune"): "ZV",
        ("33063", "commune"): "HZ",
    }  # Limoges is not told, and not taken for a commune outside
    table = result.tables["zoning"].set_index("code")
    assert table.loc["16002", ["tvs", "tvs_name", "decree"]].tolist() == [
        "T1602", "Ruffec, Nord", "2019-03-12",
    ]  # fmt: skip
    assert result.vintages == {"zoning": "arrêtés du 12 mars 2019 au 1er janvier 2026"}
    remarks = " | ".join(result.tally.remarks)
    assert (
        "1 commune a un arrêté de zonage de plus de 2 ans (le plus ancien du 12 mars 2019)"
        in remarks
    )
    assert "1 ligne d’un autre niveau que la commune" in remarks
    assert [(r.reason, r.count) for r in result.tally.refused] == [
        ("zonage non communiqué (NC)", 1)
    ]


def test_not_classed_is_outside_where_nothing_else_says_it(read, golden, tmp_path):
    path = tmp_path / "zonages-com.csv"
    text = (golden / "zoning_national.csv").read_text(encoding="utf-8")
    path.write_text(text.replace("3_HZ", "NC"), encoding="utf-8")
    _, result = read(path)
    assert _zones(result)[("87085", "commune")] == "HZ"
    assert any("2 communes non classées" in remark for remark in result.tally.remarks)


@pytest.mark.usefixtures("warm_home")
def test_national_file_feeds_the_sheet_with_its_dates(golden):
    imports.import_files([golden / "zoning_national.csv"])
    territory = catalogue.load_territory()
    table = indicators.commune_indicators(territory).set_index("code")
    assert table.loc["16002", "zone_decree"] == "2019-03-12"
    assert table.loc["19275", "zone_decree"] == ""
    said = in_place._decrees(table.loc[["16001", "16002"]])
    assert said[0].startswith(
        "Zonage en vigueur : arrêtés du 12 mars 2019 au 1er janvier 2026 ; 1 commune"
    )
    assert in_place._decrees(table.loc[["19275"]]) == []


def test_national_lines_whose_code_and_name_disagree_are_left_out(read, golden, tmp_path):
    path = tmp_path / "zonages-com.csv"
    text = (golden / "zoning_national.csv").read_text(encoding="utf-8")
    path.write_text(text.replace('"16002","Les Adjots","75"', '"16002","Abzac","75"'), "utf-8")
    _, result = read(path)
    assert ("16002", "commune") not in _zones(result)
    assert any("désignent deux communes" in one.reason for one in result.tally.refused)


def test_a_day_that_no_decree_can_have_is_told_and_left_unknown(read, tmp_path):
    path = tmp_path / "zonage.csv"
    path.write_text(
        "code_commune;zone;date_arrete\n19275;ZIP;31/02/2025\n19272;ZAC;2095-01-01\n"
        "19136;ZIP;2025-12-01\n"
    )
    result = read(path)[1]
    table = result.tables["zoning"].set_index("code")["decree"]
    assert table.to_dict() == {"19136": "2025-12-01", "19272": "", "19275": ""}
    assert any(
        "2 lignes dont la date d’arrêté n’en est pas une" in one for one in result.tally.remarks
    )
