"""What each hard file of official data must give, told by hand."""

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
