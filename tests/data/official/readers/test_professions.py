"""GPs counted among other professions, a line for each: the form of data.ameli."""

import pytest

from geo.errors import InvalidInputError

TITLES = "annee;code_insee;commune;profession_sante;libelle_sexe;effectif\n"
GPS, APART = (
    "Médecins généralistes (hors médecins à expertise particulière - MEP)",
    "Médecins généralistes à expertise particulière (MEP)",
)


def test_the_lines_of_gps_are_read_and_the_others_told(read, tmp_path):
    path = tmp_path / "effectifs.csv"
    path.write_text(
        TITLES
        + f"2023;16001;Abzac;{GPS};tout sexe;3\n2023;16001;Abzac;{GPS};femmes;1\n"
        + f"2023;16001;Abzac;{APART};tout sexe;2\n2023;16001;Abzac;Infirmiers;tout sexe;9\n"
        + f"2023;16002;Les Adjots;{GPS};tout sexe;0\n2022;16001;Abzac;{GPS};tout sexe;4\n"
        + f"2023;33063;Bordeaux;{GPS};tout sexe;NS\n",
        encoding="utf-8",
    )
    source, result = read(path)
    assert source == "gp_by_profession"
    history = result.tables["gp_history"].set_index(["code", "year"])["gps"].to_dict()
    assert history == {("16001", 2022): 4, ("16001", 2023): 3, ("16002", 2023): 0}
    assert result.vintages["gps"] == "2023"
    assert "2 lignes d’autres professions, hors de cette lecture" in result.tally.remarks
    assert result.tally.read == 7


def test_where_particular_practice_is_not_apart_all_gps_count(read, tmp_path):
    path = tmp_path / "effectifs_2023.csv"
    path.write_text(
        "code_insee;profession;nombre\n16001;Médecin généraliste;2\n16001;Sage-femme;1\n"
        "16002;Médecin généraliste;1\n",
        encoding="utf-8",
    )
    _, result = read(path)
    assert dict(result.tables["gps"].to_numpy()) == {"16001": 2, "16002": 1}
    assert result.vintages["gps"] == "2023"


def test_a_table_without_gps_is_refused_with_a_sentence(read, tmp_path):
    path = tmp_path / "infirmiers_2023.csv"
    path.write_text("code_insee;profession;nombre\n16001;Infirmiers;2\n", encoding="utf-8")
    with pytest.raises(InvalidInputError, match="aucune ligne n’est celle des médecins"):
        read(path)


def test_men_and_women_without_their_total_are_no_count(read, tmp_path):
    path = tmp_path / "effectifs_2023.csv"
    path.write_text(
        TITLES.replace("libelle_sexe", "categorie")
        + f"2023;16001;Abzac;{GPS};salariés;3\n2023;16001;Abzac;{GPS};libéraux;1\n"
        + f"2023;16002;Les Adjots;{GPS};libéraux;1\n",
        encoding="utf-8",
    )
    _, result = read(path)
    assert dict(result.tables["gps"].to_numpy()) == {"16002": 1}
    assert any("categorie" in refusal.reason for refusal in result.tally.refused)
