"""GP counts in their four layouts."""

import pytest

from geo.errors import InvalidInputError


def _as_dict(table, year=None):
    rows = table if year is None else table[table["year"] == year]
    return dict(zip(rows["code"], rows["gps"], strict=True))


def test_wide_table_gives_history_and_last_year_of_the_region(read, golden):
    source, result = read(golden / "gp_wide.csv")
    assert source == "gp_panel"
    # 2020 is blank in the region: the last year known there is 2018.
    assert result.vintages == {"gps": "2018", "gp_history": "2009, 2013, 2018"}
    assert _as_dict(result.tables["gps"]) == {
        "16001": 0, "16002": 1, "16186": 3, "33063": 300, "87085": 70,
        "01053": 11,
    }  # fmt: skip
    # The merged commune's doctors of 2009 are counted in the commune that took it in.
    assert _as_dict(result.tables["gp_history"], 2009)["16186"] == 2
    assert _as_dict(result.tables["gp_history"], 2020) == {"01053": 10}


def test_wide_table_reports_what_it_refused(read, golden):
    tally = read(golden / "gp_wide.csv")[1].tally
    reasons = {refusal.reason: (refusal.count, refusal.lines) for refusal in tally.refused}
    assert reasons == {
        "commune absente du code officiel actuel (16999)": (1, (9,)),
        "arrondissement d’une ville sans tous les autres : la ville n’est pas connue": (2, (7, 8)),
        "code de commune illisible": (1, (11,)),
    }
    # The other years of that line are kept.
    (partly,) = tally.in_part
    assert (partly.reason, partly.lines) == ("nombre de médecins illisible", (12,))
    assert (tally.read, tally.kept) == (11, 7)


def test_detail_sums_equipment_lines_and_says_zero_where_there_is_none(read, golden):
    source, result = read(golden / "bpe_detail_latin1.csv")
    assert source == "bpe_detail"
    # Limoges is in a département that the file does not cover: it stays unknown. So is Bordeaux:
    # a line of it is refused, and the two that are left are not all that it has.
    assert _as_dict(result.tables["gps"]) == {"16001": 2, "16002": 0, "16186": 1}
    assert result.vintages["gps"] == "2019"
    reasons = {refusal.reason: refusal.lines for refusal in result.tally.refused}
    assert reasons == {
        "nombre d’équipements illisible": (8,),
        "nombre de colonnes inattendu": (9,),
    }
    assert any("comptée à zéro" in remark for remark in result.tally.remarks)


def test_recent_detail_has_one_row_per_equipment(read, golden):
    _, result = read(golden / "bpe_one_row_each.csv")
    assert _as_dict(result.tables["gps"]) == {"87085": 2}
    assert result.vintages["gps"] == "2024"


def test_melodi_keeps_communes_only(read, golden):
    source, result = read(golden / "bpe_melodi.csv")
    assert source == "bpe_melodi"
    counts = _as_dict(result.tables["gps"])
    assert counts == {"33063": 280, "16001": 1, "16002": 0, "16186": 0}


def test_wide_workbook_takes_its_year_from_the_sheet(read, workbook):
    others = [f"Équipement {k}" for k in range(25)]
    path = workbook(
        "tableau.xlsx",
        {
            "Bpe13_ensemble": [
                ["depcom", *others, "Médecin omnipraticien"],
                ["16001", *[None] * 25, 2],
                ["16186", *[1] * 25, None],
                [16010, *[1] * 25, 1],
            ]
        },
    )
    source, result = read(path)
    assert source == "bpe_wide"
    assert _as_dict(result.tables["gps"]) == {"16001": 2, "16002": 0, "16186": 1}
    assert result.vintages["gps"] == "2013"


def test_a_base_of_schools_is_refused_with_a_sentence(read, tmp_path):
    path = tmp_path / "bpe.csv"
    path.write_text("DEPCOM;AN;TYPEQU;NB_EQUIP\n16001;2018;C104;1\n")
    with pytest.raises(InvalidInputError, match=r"sans médecin généraliste.*domaines trouvés : C"):
        read(path)


def test_counts_that_come_back_are_not_of_the_day_they_were_written(read, tmp_path):
    text = "Code;Médecins généralistes\n16001;2\n16002;1\n"
    dated, made = tmp_path / "medecins-2024.csv", tmp_path / "proxisoins-communes-2026-11-30.csv"
    dated.write_text(text, encoding="utf-8")
    made.write_text(text, encoding="utf-8")
    assert set(read(dated)[1].tables["gp_history"]["year"].astype(str)) == {"2024"}
    with pytest.raises(InvalidInputError, match="ne dit pas son année"):
        read(made)


@pytest.mark.parametrize(
    "text",
    [
        "code_insee;mg_2024\n19275;11;\n19272;8;\n",
        "code_insee;mg_2024;\n19275;11\n19272;8\n",
    ],
)
def test_a_separator_that_ends_the_lines_alone_is_no_column(read, tmp_path, text):
    path = tmp_path / "mg.csv"
    path.write_text(text)
    counts = read(path)[1].tables["gps"]
    assert _as_dict(counts) == {"19275": 11.0, "19272": 8.0}


def test_lines_that_are_all_out_of_place_are_not_said_to_be_absent(read, tmp_path):
    path = tmp_path / "mg.csv"
    path.write_text("code_insee;mg_2024\n19275;11;3\n19272;8;4\n")
    with pytest.raises(InvalidInputError, match=r"2 lignes n’ont pas autant .* \(ligne 2 pour"):
        read(path)


def test_a_count_that_no_commune_has_is_a_slip(read, tmp_path):
    path = tmp_path / "mg.csv"
    path.write_text("code_insee;mg_2024\n19275;11\n19272;1000000000\n")
    result = read(path)[1]
    assert _as_dict(result.tables["gps"]) == {"19275": 11.0}
    (refusal,) = result.tally.refused
    assert "plus de 5" in refusal.reason
