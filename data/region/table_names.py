"""Names of the checked tables and of what they hold; their shapes are in `data.region.schemas`."""

from types import MappingProxyType

COMMUNE_CODE = r"^(\d{2}|2[AB])\d{3}$"
ZONES = ("ZIP", "ZAC", "ZV", "HZ")
"""Zone d'intervention prioritaire, d'action complémentaire, de vigilance, hors zone."""

STRUCTURE_KINDS = ("france_sante", "msp", "centre_sante", "urgences")
LINE_TYPES = ("garde", "astreinte", "demi-garde", "demi-astreinte", "astreinte week-end")
LINE_STATUSES = ("assurée", "mutualisée", "carence", "réquisition")

REPLACED = (
    "gps",
    "gp_history",
    "apl",
    "zoning",
    "reference",
    "structures",
    "pdses_lines",
)
"""Tables that a file can replace, in the order of `data.region.schemas.TABLES`."""

BROUGHT = (
    "doctor_ages",
    "gp_ages",
    "care_context",
    "gp_register",
    "elder_shares",
    "people_squares",
    "regulation_calls",
    "specialists",
    "cpts",
)
"""Tables that a file can bring, in the order of `data.region.schemas.CONTEXT`."""

APL_TYPES = MappingProxyType(
    {
        "code": "string[pyarrow]",
        "year": "int64",
        "apl": "float64",
        "apl65": "float64",
        "standardised_population": "float64",
    }
)
"""Columns of the table `apl`, which is empty where no file gave it."""

TITLES = {
    "gps": "Médecins généralistes",
    "gp_history": "Historique des médecins généralistes",
    "apl": "Accessibilité potentielle localisée (APL)",
    "zoning": "Zonage des médecins généralistes",
    "reference": "Caractéristiques des communes",
    "structures": "Structures de soins",
    "pdses_lines": "Lignes de permanence des soins",
    "populations": "Populations légales",
    "gp_register": "Registre des médecins par commune (SIRENE ou RPPS)",
    "doctor_ages": "Âge moyen des médecins par commune",
    "gp_ages": "Âges des généralistes par département",
    "care_context": "Patients sans médecin traitant et couverture par les SAS",
    "elder_shares": "Parts des 65 ans et plus et des 80 ans et plus",
    "people_squares": "Habitants par carreau",
    "regulation_calls": "Appels à la régulation de la permanence des soins",
    "specialists": "Médecins spécialistes",
    "cpts": "Périmètres des CPTS",
}
"""French titles of the tables that a file can replace."""

PARTS = {
    "france_sante": "structures France Santé",
    "msp": "maisons de santé",
    "centre_sante": "centres de santé",
    "urgences": "urgences",
    "share_over_75": "part des 75 ans et plus",
    "density_class": "densité",
    "area_km2": "superficie",
    "bassin_de_vie": "bassin de vie",
    "bassin_de_vie_name": "nom du bassin de vie",
}
"""Kinds of structures and columns that some files give apart, in French."""
