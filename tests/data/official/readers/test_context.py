"""Layers of the Géoplateforme, tables by département, lists of FINESS numbers; all invented."""

import dataclasses
import json

import pandas as pd
import pytest

from data.files.input_files import open_input
from data.official import import_reports, imports, readers
from data.official.readers.structures import SITE_COLUMNS
from data.region import catalogue
from data.reports import care_context
from geo.errors import InvalidInputError

SITES = pd.DataFrame(
    [
        ("160000001", "MSP D'ABZAC", "603", "16001", 0.72, 46.1),
        ("330000003", "CHU INVENTE", "101", "33063", -0.6, 44.82),
        ("160000009", "CENTRE DE SANTE DES ADJOTS", "124", "16002", 0.2, 46.08),
    ],
    columns=SITE_COLUMNS,
)


@pytest.fixture
def read_placed(index):
    wider = dataclasses.replace(index, sites=SITES)

    def read_file(path):
        candidate = readers.candidate_of(open_input(path)[0])
        source, reader = readers.recognise(candidate)
        return source, readers.READERS[reader].read(candidate, wider)

    return read_file


def _layer(path, *features):
    listed = [
        {"type": "Feature", "id": f"infos.{number}", "properties": properties,
         "geometry": {"type": "Point", "coordinates": place}}
        for number, (properties, place) in enumerate(features)
    ]  # fmt: skip
    content = {"type": "FeatureCollection", "features": listed, "timeStamp": "2026-11-20T00:00:00Z"}
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return path


def test_only_labelled_structures_are_taken_from_public_services(read_placed, tmp_path):
    path = _layer(
        tmp_path / "SERVICES-PUBLICS_infos.json",
        ({"type": "France Santé", "nom": "MSP d'Abzac", "code_insee": "16001"}, [0.72, 46.1]),
        ({"type": "France Santé", "nom": "Cabinet", "code_insee": "33063"}, [-0.58, 44.84]),
        ({"type": "Maison de santé", "nom": "Autre", "code_insee": "16002"}, [0.2, 46.08]),
        ({"type": "France services", "nom": "Mairie", "code_insee": "16002"}, [0.2, 46.08]),
    )
    source, result = read_placed(path)
    table = result.tables["structures"].set_index("id")
    assert source == "services_publics"
    assert table.index.tolist() == ["160000001", "infos.1"]  # FINESS's number where it knows it
    assert table["labelled"].all()
    assert result.kinds == ("france_sante",)
    assert any("laissés à FINESS" in remark for remark in result.tally.remarks)


def test_mean_age_of_doctors_is_an_input_only(read_placed, tmp_path):
    path = _layer(
        tmp_path / "ages.json",
        ({"INSEE_COM": "16001", "moyenne_age_medecins_2025": 54.5, "nb_medecins_2025": 4}, [0, 0]),
        ({"INSEE_COM": "16002", "moyenne_age_medecins_2025": None}, [0, 0]),
    )
    source, result = read_placed(path)
    assert source == "doctors_mean_age"
    (row,) = result.tables["doctor_ages"].to_dict("records")
    assert row == {"code": "16001", "year": 2025, "mean_age": 54.5, "doctors": 4.0}
    assert [(r.reason, r.count) for r in result.tally.refused] == [("âge moyen non donné", 1)]


GPS = "Médecins généralistes (hors médecins à expertise particulière - MEP)"
AGES = [
    ("annee", "profession_sante", "departement", "libelle_classe_age", "libelle_sexe", "effectif"),
    ("2024", GPS, "16", "De 65 à 69 ans", "tout sexe", "31"),
    ("2024", GPS, "16", "De 65 à 69 ans", "femmes", "11"),
    ("2024", GPS, "16", "Tout âge", "tout sexe", "240"),
    ("2024", GPS, "999", "De 65 à 69 ans", "tout sexe", "9000"),
    ("2024", "Médecins généralistes à expertise particulière (MEP)", "16", "De 65 à 69 ans",
     "tout sexe", "2"),
    ("2024", "Infirmiers", "16", "De 65 à 69 ans", "tout sexe", "50"),
]  # fmt: skip


def test_ages_by_departement_without_the_totals_mixed_in(read_placed, tmp_path):
    path = tmp_path / "demographie.csv"
    path.write_text("\n".join(";".join(row) for row in AGES), encoding="utf-8")
    source, result = read_placed(path)
    assert source == "gp_ages_departement"
    assert result.tables["gp_ages"].to_dict("records") == [
        {"code": "16", "year": 2024, "age_class": "De 65 à 69 ans", "gps": 31.0}
    ]
    assert any("1 ligne de totaux" in remark for remark in result.tally.remarks)


def test_measures_by_departement_add_up_and_reach_the_territory(tmp_path):
    ald = tmp_path / "ald.csv"
    ald.write_text(
        "annee;departement;patients_ald;part_sans_medecin_traitant\n2025;16;1000;4,2\n2025;999;9;3,1\n",
        encoding="utf-8",
    )
    sas = tmp_path / "sas.csv"
    sas.write_text("annee;departement;population_couverte_sas_pct\n2026;16;96\n", encoding="utf-8")
    reports = imports.import_files([ald, sas])
    assert [report.status for report in reports] == [import_reports.IMPORTED] * 2
    territory = catalogue.load_territory()
    told = territory.context["care_context"].set_index("measure")["value"].to_dict()
    assert told == {"ald_without_gp_share": pytest.approx(0.042), "sas_population_share": 0.96}
    here = (territory.communes["departement"] == "16").sum()
    assert territory.provenance["care_context"].matched == here
    assert reports[0].tables[0].matched == here
    (said,) = care_context.sentences(territory, territory.communes.query("departement == '16'"))
    assert said.replace("\u00a0", " ").startswith(
        "Charente, tout le département : 4,2 % des patients en affection de longue durée"
    )
    assert "96,0 % des habitants couverts" in said.replace("\u00a0", " ")
    assert care_context.sentences(territory, territory.communes.query("departement == '33'")) == []


def test_emergency_departments_of_the_sae(read_placed, tmp_path):
    path = tmp_path / "URGENCES_2024.csv"
    path.write_text(
        "AN;FI;RS;AUTSU\n2024;330000003;CHU;1\n2024;160000001;MSP;0\n", encoding="utf-8"
    )
    source, result = read_placed(path)
    table = result.tables["structures"]
    assert source == "emergency_sae"
    assert table[["id", "kind", "code"]].to_numpy().tolist() == [["330000003", "urgences", "33063"]]
    assert result.vintages == {"structures": "2024"}


def test_health_centres_by_their_number(read_placed, read, tmp_path):
    path = tmp_path / "centres_de_sante_20261101.csv"
    path.write_text("finess;raison_sociale\n160000009;CS\n999999999;Autre\n", encoding="utf-8")
    source, result = read_placed(path)
    assert source == "centres_sante"
    assert result.tables["structures"]["id"].tolist() == ["160000009"]
    assert result.tally.refused[0].reason == "établissement absent du FINESS géolocalisé"
    with pytest.raises(InvalidInputError, match="importez d’abord, ou en même temps"):
        read(path)
