"""Legal zoning in its layouts, and what is not a zoning of GPs."""

import pytest

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
    assert any("1 lignes de codes postaux éloignés" in r for r in result.tally.remarks)
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
