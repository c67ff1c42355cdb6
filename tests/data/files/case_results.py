"""What each hard file must give, told by hand."""

FIGURES = {
    "04_populations_milliers_virgule.csv": ("populations", {"33063": 267991}),
    "a01_anct_medg.xlsx": ("gps", {"16015": 3, "16102": 4}),
    "a03_insee_statloc_pop.csv": ("populations", {"16015": 1003, "19136": 1001}),
    "a04_cartosante_apl_commune.csv": ("apl", {"16015": 2.8, "19136": 2.6}),
    "a05_cartosante_mg_commune.csv": ("gps", {"16102": 4, "19275": 0}),
    "a18_bpe_equip_sante_com_2021.xlsx": ("gps", {"16015": 3}),
    "a19_bpe2009_inseecom.xlsx": ("gps", {"16015": 3}),
    "a20_apl_analyste.csv": ("apl", {"16015": 2.8}),
    "a21_ensemble.zip": ("populations", {"16015": 9003, "19275": 9000}),
    "a24_PS_LibreAcces_Personne_activite_20260101.txt": (
        "gps", {"19275": 1, "19136": 1, "19073": 2, "87085": 1}
    ),
    "d11_mg_lignes_repetees.csv": ("gps", {"19275": 11, "33063": 400}),
    "d16_total_formule.xlsx": ("gps", {"19275": 11, "16102": 18}),
    "d18_mg_onglet_par_dep.xlsx": ("gps", {"19275": 11, "16102": 18}),
    "g01_codes_flottants.csv": ("gps", {"16015": 40, "19275": 11}),
}  # fmt: skip
"""File to a table and some of its figures."""
ZONES = {
    "a10_zonage_ancien_nouveau.xlsx": {"16015": "ZIP"},
    "a12_zonage_un_onglet_par_dep.xlsx": {"16102": "ZAC", "19275": "ZIP"},
    "a13_1_zone_titre.csv": {"19031": "HZ"}, "a13_2_zone_titre.csv": {"16015": "ZIP"},
    "a25_sep_ligne.csv": {"16102": "ZAC"}, "f01_zones_mots.csv": {"87085": "HZ", "33063": "ZIP"},
}  # fmt: skip
PLACES = {
    "a23_etalab_stock_et_20201231.csv": {"190000001": "msp", "190000002": "centre_sante"},
    "a26_t-finess.csv": {"190000000": "msp", "190000001": "centre_sante"},
    "e01_labels.csv": {"190000001": "france_sante"},
    "e02_liste_france_sante.csv": {"190000001": "france_sante", "190000002": "france_sante"},
    "e03_labels_on.csv": {"190000001": "france_sante"},
    "e05_labels_mots.csv": {"190000001": "france_sante"},
}  # fmt: skip
USSEL, COGNAC, LIMOGES = ("19275",), ("16102",), ("87085",)
THREE = (*USSEL, *COGNAC, *LIMOGES)

SITES = {"Site A": (2.309, 45.548), "Site B": (-0.329, 45.696), "Site C": (1.262, 45.834)}
FAMILIES = ("b03_", "b04_", "b05_", "b06_", "b15", "b18_", "b19_gpx", "b19_kml.kml", "b20")
"""Points of which every file holds the same three sites."""
PLACED = {
    "02_code_contre_commune.csv": (), "02_code_postal_dans_code.csv": ("16005", "16028", "24547"),
    "07_sites_dimension_A1B2.xlsx": ("24322", "33063"),
    "08_sites_une_feuille_par_departement.xlsx": ("24322", "33063", "33243"),
    "09_sites_formules.xlsx": (), "11_prj_local.zip": ("24312",), "11_sf_sans_crs.gpkg": ("24312",),
    "12_dbf_utf8_sans_cpg.zip": ("24312",), "13_temps_partiel.csv": ("24322", "33063", "87085"),
    "15_crs_27572.geojson": ("24322",), "16_point_et_polygone.kml": ("33063",),
    "18_MG_0_5.csv": ("23079",), "18_titre_nb_medecins_generalistes.csv": ("23079",),
    "19_geopackage_deux_couches.gpkg": ("24322", "33063"),
    "21_commentaire_sur_titre.ods": ("24322",), "21_fill_vide.xlsx": ("24322",),
    "b01_commune_est_un_code.csv": THREE, "b10_un_onglet_par_dep.xlsx": THREE,
    "b11_entete_double.xlsx": (*USSEL, *COGNAC), "b12_0_adresse.csv": USSEL,
    "b12_1_adresse.csv": USSEL, "b12_2_adresse.csv": LIMOGES, "b12_3_adresse.csv": COGNAC,
    "b12_4_adresse.csv": USSEL, "b13_cp_ville.csv": USSEL, "b13_localite.csv": (*USSEL, *COGNAC),
    "b14_sep.csv": USSEL, "b17_titres_reels.csv": THREE, "b19_kml_adresses.kml": THREE,
    "b19_mymaps.kmz": THREE, "b21_bpe_xy.csv": (*USSEL, "17418"),
    "g03_site_code_flottant.csv": USSEL,
}  # fmt: skip
"""File of points to the communes of its sites; the town hall's commune or that of the point."""
GPS = {
    "07_sites_dimension_A1B2.xlsx": [3, 2], "13_temps_partiel.csv": [0.5, 2.5, 1.5],
    "18_MG_0_5.csv": [0.5], "18_titre_nb_medecins_generalistes.csv": [6],
}  # fmt: skip
DOUBTS = {
    "02_code_contre_commune.csv": {"33063", "24322"}, "09_sites_formules.xlsx": {"24322"},
    "13_temps_partiel.csv": {"64445"},
}  # fmt: skip
"""File to the communes that its doubtful line offers."""
SAID = {
    "11_prj_local.zip": "Lambert-93", "11_sf_sans_crs.gpkg": "Lambert-93",
    "b03_lambert2etendu.csv": "Lambert II étendu", "b03_utm31.csv": "UTM 31 nord",
    "02_code_postal_dans_code.csv": "lu comme un code postal",
}  # fmt: skip
"""File to what its lines must say of their reading."""
LINES = {
    "07_pdses_dimension_A1D3.xlsx": 8, "08_pdses_feuille_cachee.xlsx": 1,
    "09_pdses_formules.xlsx": 4, "10_pdses_cellules_fusionnees.xlsx": 3,
    "c01_large_fusion_verticale.xlsx": 5, "c03_onglet_par_dep.xlsx": 3, "c05_nombres.xlsx": 5,
    "c06_mots.xlsx": 11,
}  # fmt: skip
"""File of on-call lines to the lines read of it; c04 is refused."""
