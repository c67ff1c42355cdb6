"""APL, populations, ages, reference columns, composition of the TVS."""

import pandas as pd
import pytest

from data.files.input_files import open_input
from data.official import readers
from data.official.readers import apl, gp_counts, zoning
from data.official.readers.communes import CommuneIndex
from geo.errors import InvalidInputError


def test_plain_apl_leaves_blank_years_unknown(read, golden):
    source, result = read(golden / "apl_plain.csv")
    table = result.tables["apl"]
    assert source == "apl_plain"
    assert [(r.code, r.year, r.apl) for r in table.itertuples()] == [
        ("16001", 2016, 3.5),
        ("16002", 2016, 5.1),
        ("16002", 2018, 4.9),
        ("33063", 2016, 5.25),
        ("33063", 2018, 5.2),
    ]
    assert table["standardised_population"].tolist() == [500.25, 520, 518, 240000, 250000]


def test_a_city_is_the_mean_of_its_arrondissements(tmp_path):
    """The nine of Lyon; of which some lack, see `test_arrondissements`."""
    lyon = pd.DataFrame(
        [("69123", "Lyon", "69001", 4.83, 45.76)],
        columns=["code", "name", "postcodes", "lon", "lat"],
    )
    index = CommuneIndex("84", lyon, frozenset({"69123"}))
    path = tmp_path / "apl.csv"
    parts = [f"6938{rank}" for rank in range(1, 10)]
    path.write_text(
        "code,apl_2022,standardised_population_2020\n"
        + "".join(f"{code},{2.0 if code == '69381' else 5.0},100\n" for code in parts),
        "utf-8",
    )
    (file,) = open_input(path)
    table = apl.read(readers.candidate_of(file), index).tables["apl"]
    ((code, mean, people),) = table[["code", "apl", "standardised_population"]].to_numpy().tolist()
    assert (code, people) == ("69123", 900)
    assert mean == pytest.approx((2.0 + 8 * 5.0) / 9)
    path.write_text("code,gp_2020\n" + "".join(f"{code},2\n" for code in parts), "utf-8")
    (file,) = open_input(path)
    table = gp_counts.read(readers.candidate_of(file), index).tables["gps"]
    assert table.to_numpy().tolist() == [["69123", 18]]
    path.write_text("code;Zonage\n" + "".join(f"{code};1_ZIP\n" for code in parts), "utf-8")
    (file,) = open_input(path)
    table = zoning.read(readers.candidate_of(file), index).tables["zoning"]
    assert table[["code", "zone"]].to_numpy().tolist() == [["69123", "ZIP"]]


def test_workbook_of_the_drees_with_titles_units_and_notes(read, workbook):
    def sheet(suffix, value):
        return [
            ["Indicateur d'accessibilité potentielle localisée"],
            [],
            [
                "Code commune INSEE",
                "Commune",
                "APL aux médecins généralistes",
                f"APL aux médecins généralistes de 65 ans {suffix} ",
                "APL aux médecins généralistes de 62 ans et moins ",
                "Population standardisée 2020 pour la médecine générale",
                "Population totale 2020",
            ],
            [None, None, "En nombre de C/V", "En nombre de C/V", None, None, None],
            ["16001", "Abzac", value, 2.5, 2.1, 500.5, 510],
            [1053, "Bourg-en-Bresse", 3.0, 2.5, 2.1, 40000, 41000],
            ["Lecture : en 2022, les habitants d'Abzac…"],
            ["Source : DREES"],
        ]

    sheets = {"APL 2022": sheet("et moins", 3.1), "APL_2024": sheet("ou moins", 2)}
    path = workbook("apl.xlsx", {"Paramètres": [["x"]], **sheets})
    source, result = read(path)
    assert source == "apl_drees"
    table = result.tables["apl"]
    assert [(r.code, r.year, r.apl, r.apl65) for r in table.itertuples()] == [
        ("01053", 2022, 3.0, 2.5),
        ("01053", 2024, 3.0, 2.5),
        ("16001", 2022, 3.1, 2.5),
        ("16001", 2024, 2.0, 2.5),
    ]
    assert result.vintages["apl"] == "2022, 2024"


def test_apl_of_another_profession_is_refused(read, workbook):
    rows = [["Code commune INSEE", "Commune", "APL aux infirmières"], ["16001", "Abzac", 2]]
    with pytest.raises(InvalidInputError, match="autre profession"):
        read(workbook("apl.xlsx", {"APL 2022": rows}))


def test_legal_populations_add_up_merged_communes(read, golden):
    source, result = read(golden / "populations_2021.csv")
    assert source == "insee_populations"
    table = result.tables["populations"]
    assert dict(zip(table["code"], table["population"], strict=True)) == {
        "16001": 510,
        "16186": 780,
        "33063": 259809,
    }
    assert result.vintages["populations"] == "2021"
    (lost,) = result.tally.refused  # two arrondissements of Marseille are not Marseille
    assert (lost.lines, "sans tous les autres" in lost.reason) == ((6, 7), True)


def test_share_over_75_is_taken_from_the_latest_census(read, golden):
    source, result = read(golden / "ages.csv")
    assert source == "insee_ages"
    table = result.tables["reference"]
    shares = dict(zip(table["code"], table["share_over_75"], strict=True))
    assert shares == pytest.approx({"16001": 70.5 / 500, "16186": (33 + 54) / 780})
    assert result.columns == {"reference": ("share_over_75",)}
    assert [(r.count, r.lines) for r in result.tally.refused] == [(1, (5,))]


def test_reference_columns(read, golden):
    source, result = read(golden / "reference.csv")
    assert source == "commune_reference"
    table = result.tables["reference"].set_index("code")
    assert table.loc["16001", "share_over_75"] == pytest.approx(0.141)
    assert table.loc["16002", "bassin_de_vie_name"] == "Ruffec"
    assert "33063" not in table.index  # 140 % of people over 75


def test_composition_of_the_tvs(read, golden):
    source, result = read(golden / "tvs.csv")
    assert source == "tvs"
    assert result.tables["zoning"].to_dict("list") == {
        "code": ["16001", "16002"],
        "tvs": ["16106", "16292"],
        "tvs_name": ["Confolens", "Ruffec"],
    }


def test_parts_of_communes_are_not_taken_for_communes(read, tmp_path):
    path = tmp_path / "Communes_associees_ou_deleguees.csv"
    path.write_text("DEPCOM;COMP;PMUN;PCAP;PTOT\n16001;Abzac-le-Bas;315;5;320\n", encoding="utf-8")
    with pytest.raises(InvalidInputError, match="communes associées et déléguées"):
        read(path)


def test_apl_of_2024_stands_nine_rows_down_and_says_65_or_less(read, workbook):
    apl = "APL aux médecins généralistes"
    rows = [["Accessibilité potentielle localisée en 2024"], *[[f"titre {n}"] for n in range(2, 9)]]
    rows += [
        ["Code commune INSEE", "Commune", apl, f"{apl} de 65 ans ou moins",
         f"{apl} de 62 ans ou moins",
         "Population standardisée 2022 pour la médecine générale", "Population totale 2022"],
        ["", "", "consultations", "consultations", "consultations", "", ""],
        ["16001", "Abzac", 2.4, 1.9, 1.5, 480.5, 500],
        ["Champ : France hors Mayotte", "", "", "", "", "", ""],
    ]  # fmt: skip
    _, result = read(
        workbook("indicateur_d_apl_aux_medecins_generalistes.xlsx", {"APL 2024": rows})
    )
    (row,) = result.tables["apl"].to_dict("records")
    assert row == {
        "code": "16001", "year": 2024, "apl": 2.4, "apl65": 1.9, "standardised_population": 480.5,
    }  # fmt: skip
