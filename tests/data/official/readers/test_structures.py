"""FINESS in both layouts, care activities, France Santé labels."""

import dataclasses
import json

import pandas as pd
import pyproj
import pytest

from data.files.input_files import open_input
from data.official import readers
from data.official.readers.structures import SITE_COLUMNS
from geo.errors import InvalidInputError


@pytest.fixture
def with_sites(index):
    sites = pd.DataFrame(
        [
            ("330000003", "CHU INVENTE", "101", "33063", -0.6, 44.82),
            ("330000002", "CENTRE DE SANTE", "124", "33063", -0.58, 44.84),
            ("160000001", "MSP D ABZAC", "603", "16001", 0.72, 46.1),
        ],
        columns=SITE_COLUMNS,
    )
    return dataclasses.replace(index, sites=sites)


def _read(path, index):
    (file,) = open_input(path)
    candidate = readers.candidate_of(file)
    source, reader = readers.recognise(candidate)
    return source, readers.READERS[reader].read(candidate, index)


def _places(table):
    return {r.id: (r.kind, r.code, round(r.lon, 2), round(r.lat, 2)) for r in table.itertuples()}


def test_geolocated_stock_in_all_projections(read, golden):
    source, result = read(golden / "finess_stock.csv")
    assert source == "finess_geolocated"
    assert result.vintages == {"structures": "04/05/2026"}
    assert _places(result.tables["structures"]) == {
        "160000001": ("msp", "16001", 0.72, 46.1),
        "330000002": ("centre_sante", "33063", -0.58, 44.84),
        # Coordinates in another region: brought back to the commune's point.
        "160000004": ("msp", "16002", 0.2, 46.08),
        "9A0000005": ("msp", "97105", -61.5, 16.2),
        "9D0000006": ("centre_sante", "97411", 55.5, -20.9),
        "160000007": ("msp", "16002", 0.2, 46.08),
    }
    assert "330000003" in set(result.tables["sites"]["id"])
    names = dict(
        zip(result.tables["structures"]["id"], result.tables["structures"]["name"], strict=True)
    )
    assert names["160000001"] == "MAISON DE SANTE D ABZAC"
    reasons = {r.reason: r.lines for r in result.tally.refused}
    assert reasons == {
        "nombre de champs inattendu": (10,),
        "ni coordonnées, ni commune de la région ou de ses abords": (9,),
    }  # fmt: skip


def test_stock_cut_before_its_coordinates_is_refused(read, golden, tmp_path):
    path = tmp_path / "finess.csv"
    text = (golden / "finess_stock.csv").read_text(encoding="latin-1")
    path.write_text(text.split("geolocalisation")[0], encoding="latin-1")
    with pytest.raises(InvalidInputError, match="aucune coordonnée"):
        read(path)


def test_json_successor_keeps_open_places(read, golden):
    source, result = read(golden / "finess_structures.json")
    assert source == "finess_structures"
    assert result.vintages == {"structures": "29/09/2026"}
    assert _places(result.tables["structures"]) == {"160000001": ("msp", "16001", 0.72, 46.1)}
    assert sorted(result.tables["sites"]["id"]) == ["160000001", "330000003"]


def _flow(path, *sites):
    """Write establishments (number, category, addresses) in the published layout of FINESS+."""
    owners = [
        {"informationsGeneralesPMEJ": {"pmSmsseId": number},
         "ege": [{"informationsGeneralesEGE": {"numFinessEge": number, "nomEgeLong": "SITE"},
                  "categorieentiteGeographiqueExercice": category, "adresse": addresses,
                  "etatObjet": "A"}]}
        for number, category, addresses in sites
    ]  # fmt: skip
    path.write_text(json.dumps({"generatedAt": "2026-10-01T00:00:00Z", "gcc": [], "pmej": owners}))
    return path


def _address(commune, usage="03", **place):
    return {"usageAdresse": usage, "cogCommune": commune, "coordonneesGeographique": place}


def test_either_pair_in_either_order_in_any_system_places_an_establishment(read, tmp_path):
    to_l93 = pyproj.Transformer.from_crs(4326, 2154, always_xy=True)
    x, y = (str(value) for value in to_l93.transform(0.72, 46.10))
    lon, lat = "0.72", "46.10"
    pairs = [
        {"coordonneeX": lon, "coordonneeY": lat},
        {"coordonneeX": lat, "coordonneeY": lon},
        {"coordonneeX": x, "coordonneeY": y},
        {"coordonneeX": y, "coordonneeY": x, "directionLongitude": "", "directionLatitude": ""},
        {"directionLongitude": lon, "directionLatitude": lat, "coordonneeX": "0",
         "coordonneeY": "0"},
        {"directionLongitude": lat, "directionLatitude": lon},
        {"directionLongitude": x, "directionLatitude": y},
        # The pair that is trusted most is that of another region: the other one is right.
        {"directionLongitude": "5.0", "directionLatitude": "43.0", "coordonneeX": lon,
         "coordonneeY": lat},
    ]  # fmt: skip
    sites = [(f"16000000{n}", "603", [_address("16001", **pair)]) for n, pair in enumerate(pairs)]
    _, result = read(_flow(tmp_path / "structures.json", *sites))
    found = result.tables["structures"]
    assert len(found) == len(pairs)
    assert found["lon"].sub(0.72).abs().max() < 1e-6
    assert found["lat"].sub(46.10).abs().max() < 1e-6


def test_the_geographic_address_is_the_one_that_counts(read, tmp_path):
    letters = _address("33063", "01", directionLongitude="-0.58", directionLatitude="44.84")
    standing = _address("16001", directionLongitude="0.72", directionLatitude="46.1")
    _, result = read(_flow(tmp_path / "s.json", ("160000001", "603", [letters, standing])))
    assert _places(result.tables["structures"]) == {"160000001": ("msp", "16001", 0.72, 46.1)}


def test_who_has_no_coordinate_stands_on_the_commune_and_is_counted(read, tmp_path):
    sites = [("160000001", "603", [_address("16002")]), ("160000002", "101", [_address("16002")])]
    _, result = read(_flow(tmp_path / "s.json", *sites))
    assert _places(result.tables["structures"])["160000001"] == ("msp", "16002", 0.2, 46.08)
    assert (
        "2 établissements sans coordonnées, placés au point de leur commune" in result.tally.remarks
    )
    assert any("d’une autre catégorie" in remark for remark in result.tally.remarks)


@pytest.mark.parametrize("layout", ["yearly", "t-finess"])
def test_stocks_with_one_heading(read, tmp_path, layout):
    to_l93 = pyproj.Transformer.from_crs(4326, 2154, always_xy=True)
    x, y = to_l93.transform(0.72, 46.10)
    path = tmp_path / "stock_20201231.csv"
    if layout == "yearly":
        path.write_text(
            "nofinesset;rs;rslongue;departement;cog;categetab;coordx;coordy;sourcegeocod\n"
            f"160000001;MSP;MAISON DE SANTE;16;16001;603;{x};{y};1,ATLASANTE,LAMBERT_93\n"
            "160000002;CS;;16;16002;124;;;\n", encoding="utf-8")  # fmt: skip
    else:
        path.write_text(
            "source,finess,etat,rs,com_code,categ_code,geoloc_x,geoloc_y,geoloc_projection\n"
            f"FINESS,160000001,ACTUEL,MAISON DE SANTE,16001,603,{x},{y},LAMBERT_93\n"
            "FINESS,160000002,ACTUEL,CS,16002,124,,,\n"
            "FINESS,160000003,FERME,CS,16002,124,,,\n", encoding="utf-8")  # fmt: skip
    source, result = read(path)
    assert source == "finess_geolocated"
    assert _places(result.tables["structures"]) == {
        "160000001": ("msp", "16001", 0.72, 46.1),
        "160000002": ("centre_sante", "16002", 0.2, 46.08),
    }
    assert result.tables["structures"]["name"].tolist() == ["MAISON DE SANTE", "CS"]
    assert result.vintages == {"structures": "31/12/2020"}


def test_truncated_json_is_refused(read, golden, tmp_path):
    path = tmp_path / "finess.json"
    path.write_text((golden / "finess_structures.json").read_text(encoding="utf-8")[:-60])
    with pytest.raises(InvalidInputError, match="JSON tronqué"):
        read(path)


@pytest.mark.parametrize("name", ["finess_care.csv", "finess_activities.json"])
def test_emergency_departments_receive_on_site(golden, with_sites, name):
    _, result = _read(golden / name, with_sites)
    assert _places(result.tables["structures"]) == {"330000003": ("urgences", "33063", -0.6, 44.82)}


def test_activities_without_places_ask_for_finess(read, golden):
    with pytest.raises(InvalidInputError, match="importez d’abord, ou en même temps"):
        read(golden / "finess_care.csv")


@pytest.mark.parametrize(
    ("title", "others"),
    [
        ("Labellisée", ["oui", "NON"]),
        ("Labellisation", ["Labellisée", "En cours"]),
        ("Labellisées le", None),
        ("Date de labellisation", None),
    ],
)
def test_a_column_that_says_who_is_labelled_is_read_whatever_its_title(
    tmp_path, with_sites, title, others
):
    cells = others or ["01/02/2026", "03/04/2026"]
    path = tmp_path / "liste.csv"
    path.write_text(
        f"Liste France Santé;;;\nN° FINESS;Nom;Code INSEE;{title}\n"
        f"160000001;MSP A;16001;{cells[0]}\n330000050;MSP B;33063;{cells[1]}\n",
        "utf-8",
    )
    _, result = _read(path, with_sites)
    found = set(result.tables["structures"]["id"])
    assert found == ({"160000001"} if others else {"160000001", "330000050"})
    assert result.tally.read == len(found) + sum(one.count for one in result.tally.refused)


def test_a_place_written_in_whole_degrees_far_from_its_commune_is_brought_back(
    tmp_path, with_sites
):
    path = tmp_path / "liste.csv"
    path.write_text("FINESS;Nom;lon;lat;code_insee;France Santé\n160000001;A;2;44;16001;oui\n")
    _, result = _read(path, with_sites)
    assert _places(result.tables["structures"]) == {
        "160000001": ("france_sante", "16001", 0.72, 46.1)
    }


def test_directory_extract_keeps_the_label_51(golden, with_sites):
    source, result = _read(golden / "france_sante_annuaire.csv", with_sites)
    assert source == "france_sante"
    assert _places(result.tables["structures"]) == {
        "160000001": ("france_sante", "16001", 0.72, 46.1),
        "330000050": ("france_sante", "33063", -0.58, 44.84),
        "000075000": ("france_sante", "33063", -0.58, 44.84),
    }
    assert result.tables["structures"]["labelled"].all()
    assert {r.reason: r.count for r in result.tally.refused} == {
        "sans label France Santé": 1,
        "numéro FINESS illisible": 1,
    }


def test_list_of_finess_numbers_is_joined_on_finess(golden, with_sites):
    _, result = _read(golden / "liste_france_sante.csv", with_sites)
    table = result.tables["structures"]
    assert dict(zip(table["id"], table["name"], strict=True)) == {
        "330000003": "CHU INVENTE",
        "160000001": "MSP D ABZAC",
    }
    assert [(r.reason, r.lines) for r in result.tally.refused] == [
        ("numéro FINESS inconnu et commune non donnée", (4,))
    ]


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("Label suspendu", "label France Santé suspendu, retiré ou échu"),
        ("Labellisation suspendue le 3 mars 2026", "label France Santé suspendu, retiré ou échu"),
        ("Label retiré", "label France Santé suspendu, retiré ou échu"),
        ("ex-labellisée", "label France Santé suspendu, retiré ou échu"),
        ("non labellisée", "sans label France Santé"),
        ("refusé", "sans label France Santé"),
        ("label demandé", "label France Santé demandé ou en cours, pas encore obtenu"),
    ],
)
def test_a_label_that_is_no_more_is_not_said_to_have_never_been(tmp_path, with_sites, said, reason):
    path = tmp_path / "liste.csv"
    rows = f"330000050;A;{said}\n160000001;B;labellisée\n"
    path.write_text(f"FINESS;Nom;Label France Santé\n{rows}", encoding="utf-8")
    _, result = _read(path, with_sites)
    assert list(result.tables["structures"]["id"]) == ["160000001"]
    assert [(one.reason, one.count) for one in result.tally.refused] == [(reason, 1)]
