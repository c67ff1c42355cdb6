"""Counts that their producer withholds: said to be masked, counted apart, never zero."""

import pytest

from data.files.cells import MASKED
from data.region.gazetteer import gazetteer
from data.uploads import extras
from data.uploads.doubt import Doubt
from geo.errors import InvalidInputError

SPELLINGS = ["<5", "< 5", "≤4", "s", "S", "n.d.", "nd", "c", "moins de 5", "1 à 4", "***", "///"]
OTHERS = ["33063;70;2", "87085;40;1"]

LAYOUTS = {
    "wide": ("gp_2024.csv", "Code INSEE;MG 2024;x", "gps"),
    "long": ("medg_2024.csv", "codgeo;nb_medg;an", "gps"),
    "populations": ("pop.csv", "DEPCOM;PMUN;PTOT", "populations"),
    "apl": ("apl.csv", "codgeo;apl_2023;x", "apl"),
    "sirene": ("sirene.csv", "code;establishments_2025_05;x", "gp_register"),
    "equipments": ("bpe_2019.csv", "DEPCOM;NB_EQUIP;AN;TYPEQU", "gps"),
    "melodi": ("melodi.csv", "GEO;OBS_VALUE;TIME_PERIOD;GEO_OBJECT;POPREF_MEASURE", "populations"),
}
MORE = {"long": "2024", "equipments": "2019;D265", "melodi": "2022;COM;PMUN"}


@pytest.mark.parametrize("cell", SPELLINGS)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_masked_count_is_told_apart_and_its_commune_is_unknown(read, tmp_path, layout, cell):
    name, titles, table = LAYOUTS[layout]
    path = tmp_path / name
    # An APL is a few consultations a year: 70 would be another unit.
    lines = [("16001", cell), ("33063", "7"), ("87085", "4"), ("16186", "?")]
    more = MORE.get(layout, "x")
    path.write_text("\n".join([titles, *(f"{a};{b};{more}" for a, b in lines)]), "utf-8")
    _, result = read(path)
    assert {one.reason: one.lines for one in result.tally.refused if "masquée" in one.reason} == {
        MASKED: (2,)
    }
    assert sum(one.count for one in result.tally.refused) == 2
    assert {"16001", "16186"}.isdisjoint(result.tables[table]["code"])
    assert {"33063", "87085"} <= set(result.tables[table]["code"])


def test_an_error_of_a_formula_is_no_mask(read, tmp_path):
    path = tmp_path / "gp_2024.csv"
    path.write_text("Code INSEE;MG 2024\n16001;#N/A\n33063;70\n", "utf-8")
    _, result = read(path)
    assert [one.reason for one in result.tally.refused] == ["nombre de médecins illisible"]


def test_a_masked_class_of_age_makes_the_share_of_its_commune_unknown(read, tmp_path):
    titles = "GEO;GEO_OBJECT;AGE;SEX;TIME_PERIOD;OBS_VALUE\n"
    rows = [
        (code, age, value)
        for code, old in (("16001", "<5"), ("33063", "30"))
        for age, value in (("_T", "100"), ("Y65T79", "20"), ("Y_GE80", old))
    ]
    path = tmp_path / "ages.csv"
    lines = (f"{code};COM;{age};_T;2023;{value}\n" for code, age, value in rows)
    path.write_text(titles + "".join(lines), "utf-8")
    _, result = read(path)
    assert result.tables["elder_shares"]["code"].tolist() == ["33063"]
    assert [one.reason for one in result.tally.refused] == [MASKED]


def test_masked_figures_of_departements_are_told_apart(read, tmp_path):
    path = tmp_path / "effectifs.csv"
    path.write_text(
        "annee;profession_sante;departement;libelle_classe_age;libelle_sexe;effectif\n"
        "2024;Médecins généralistes;16;De 60 à 64 ans;tout sexe;< 5\n"
        "2024;Médecins généralistes;16;De 65 à 69 ans;tout sexe;12\n",
        "utf-8",
    )
    assert [one.reason for one in read(path)[1].tally.refused] == [MASKED]
    path = tmp_path / "ald.csv"
    path.write_text(
        "annee;departement;patients_ald_sans_medecin_traitant\n2024;16;n.d.\n2024;17;900\n", "utf-8"
    )
    assert [one.reason for one in read(path)[1].tally.refused] == [MASKED]


def test_masked_calls_are_told_apart_from_those_that_cannot_be_read(read, tmp_path):
    path = tmp_path / "appels.csv"
    path.write_text(
        "departement;jour;heure_debut;heure_fin;appels_par_heure;duree_minutes;regulateurs;annee\n"
        "16;lundi;20;22;<5;8;1;2025\n16;lundi;22;24;peu;8;1;2025\n16;mardi;20;22;6;8;1;2025\n",
        "utf-8",
    )
    told = {one.reason: one.lines for one in read(path)[1].tally.refused}
    assert told == {MASKED: (2,), "chiffre illisible": (3,)}


@pytest.mark.parametrize("cell", ["<5", "< 5", "s", "n.d.", "moins de 5"])
def test_a_site_with_a_masked_count_is_a_doubt_and_never_that_many(cell):
    place = gazetteer("75").by_code("16015").places[0]
    with pytest.raises(Doubt, match="masquée"):
        extras.doubt_counts({"gps": cell}, place)
    extras.doubt_counts({"gps": "5"}, place)


@pytest.mark.parametrize(
    ("cell", "why"), [("1 à 4", "masquée"), ("<5", "masquée"), ("3-4", "intervalle")]
)
def test_other_professions_that_are_masked_or_a_range_are_a_doubt_too(cell, why):
    place = gazetteer("75").by_code("16015").places[0]
    with pytest.raises(Doubt, match=f"autres professionnels.*{why}"):
        extras.doubt_counts({"others": cell}, place)
    extras.doubt_counts({"others": "4"}, place)


def test_a_table_of_ones_own_says_that_a_count_is_masked(tmp_path):
    import pandas as pd

    from data.files.own_columns import positive_numbers

    texts = pd.Series(["3", "< 5"], index=[2, 3], name="gps")
    with pytest.raises(InvalidInputError, match=r"ligne 3 : « < 5 ».*masquée"):
        positive_numbers(tmp_path / "gps.csv", texts, "gps")


@pytest.mark.parametrize("layout", ["populations", "melodi"])
def test_nobody_in_an_inhabited_commune_is_a_doubt(read, tmp_path, layout):
    """A zero took the town off every map: it is told, and what was known of the commune stays."""
    name, titles, table = LAYOUTS[layout]
    path = tmp_path / name
    lines = "".join(
        f"{code};{count};{MORE.get(layout, 'x')}\n"
        for code, count in (("16001", "0"), ("33063", "70"), ("87085", "40"))
    )
    path.write_text(f"{titles}\n{lines}", "utf-8")
    _, result = read(path)
    (told,) = result.tally.refused
    assert (told.count, told.lines) == (1, (2,))
    assert "aucun habitant" in told.reason
    assert set(result.tables[table]["code"]) == {"33063", "87085"}
    assert result.tally.kept == 2
