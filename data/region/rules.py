"""Law and published thresholds: each number once, with its unit, its source and its date.

A threshold, a sum or a date that a text or a publication sets is written here and nowhere else;
`tests/data/region/test_rules.py` looks for copies. What `geo` needs is a parameter there, given
from here; what the formulas of `geo` define (bounds of acts, age limit) is told here too.
"""

from dataclasses import dataclass
from importlib import import_module

from data.base.french import as_set, decimals_of, number, percent

# The zoning of general practitioners.
ZIP_APL = 2.5
FAIR_APL = 4.0
OUTSIDE_POOL_SHARE = 0.05
ZIP_CEILING, ZAC_CEILING = 0.168, 0.458
ZIP_SHARE_OF_FRANCE, ZAC_SHARE_OF_FRANCE = 0.302, 0.42
ZIP_AID_EUROS, ZAC_AID_EUROS = 10_000, 5_000
ZONING_OLD_YEARS = 2

# Time.
HUBERT_MINUTES = 20.0
LABEL_MINUTES = 30.0
VOID_MINUTES = 10.0
ON_CALL_MINUTES = 45.0
ON_CALL_RINGS_MINUTES = (30.0, 45.0, 60.0)

# Privacy.
LEAST_PUBLIC_GPS = 5
PUBLIC_ROUNDING_BASE = 3

# Help between territories.
HALF_DAY_EUROS = 200
MOST_HALF_DAYS_A_MONTH = 6
SOLIDARITY_DAY_EUROS = 200
MOST_SOLIDARITY_DAYS_A_MONTH = 2
DOCTOR_WEEKS_A_PLACE = 52
ACTS_A_HALF_DAY = 12

# Regulation of calls, out of hours.
ANSWER_MINUTES, ANSWER_SHARE = 2.0, 0.8
DEEP_NIGHT_HOURS = (0, 8)

# Projects and their money.
LEAST_MSP_GPS, LEAST_MSP_OTHERS = 2, 1
MSP_ACI_EUROS_A_YEAR = 80_105
MSP_START_EUROS = 50_000
MSP_OVERHEAD_EUROS_A_GP = 4_400
LEAST_ESP_GPS, LEAST_ESP_OTHERS = 1, 1
MSP_TEXT = "code de la santé publique, article L. 6323-3, et cahier des charges national des MSP"
TEAMS_TEXT = "code de la santé publique, article L. 1411-11-1"
CPTS_TEXT = "code de la santé publique, article L. 1434-12"
LABEL_TEXT = "loi de financement de la sécurité sociale pour 2026, article 63"
NOT_READ_AGAIN = (MSP_TEXT, TEAMS_TEXT)
"""Texts known by what quotes them: the article in force was not read again."""
TABLE_OF = "28 novembre 2026"
"""When this table was last gone through."""
ESP_EUROS, ESP_YEARS = 30_000, 3
ESS_START_EUROS = 80_000
ESS_EUROS_A_YEAR = (50_000, 100_000)
CPTS_EUROS_A_YEAR = (287_500, 580_000)
CPTS_EUROS_A_YEAR_2020 = (185_000, 380_000)

# France Santé label.
LABEL_DAYS_A_WEEK, LABEL_APPOINTMENT_HOURS = 5, 48
LABEL_CODE = "51"

# Age and retirement.
NEAR_RETIREMENT_SHARE, TOLD_RETIREMENT_SHARE = 0.3, 0.2

# Room: inhabitants that one GP can receive.
ROOM_PEOPLE_A_GP = 1_000
ROOM_RANGE_PEOPLE_A_GP = (800, 1_600)
ROOM_ALERT_SHARE = 0.05
LOW_GPS_PER_1000 = 0.7
CROWDED_SHARE, ROOM_RISE_SHARE = 0.1, 0.01
ROOM_MINUTES = (5.0, 10.0, 15.0, HUBERT_MINUTES, LABEL_MINUTES)

# Signals of a sheet.
LONE_GP_ALERT_SHARE = 0.1
LOSS_ALERT_SHARE = 0.2
LABEL_CALM_SHARE, LABEL_WATCH_SHARE = 0.995, 0.8

# Counts that files give, and that are asked about.
DOUBTED_FALL_GPS = 10
DOUBTED_TIMES = 5
DOUBTED_PEOPLE = 500

# Noise: what is under it reads as no change.
APL_NOISE = 0.005
MINUTES_NOISE = 0.05


@dataclass(frozen=True)
class Rule:
    """What a constant of this module is, as the screen "Données et méthode" prints it.

    Attributes
    ----------
    names
        Constants of this module that it explains; of `geo`, with their module.
    what
        What it is, with its unit, in French.
    source, date
        Text or publication, and its date, in French; "choix de ProxiSoins" where none says it.
    """

    names: tuple[str, ...]
    what: str
    source: str
    date: str


_OURS = "choix de ProxiSoins"
_METHOD_2017 = "arrêté relatif à la méthodologie des zones"

RULES = (
    Rule(
        ("ZIP_APL",),
        "APL (65 ans et moins) jusqu’à laquelle un territoire est en ZIP de plein droit",
        _METHOD_2017,
        "13 novembre 2017",
    ),
    Rule(
        ("FAIR_APL",),
        "APL au-dessus de laquelle un territoire est hors du vivier",
        _METHOD_2017,
        "13 novembre 2017",
    ),
    Rule(
        ("OUTSIDE_POOL_SHARE",),
        "part de la population du vivier que l’agence peut prendre au-dessus de ce seuil",
        _METHOD_2017,
        "13 novembre 2017",
    ),
    Rule(
        ("ZONING_OLD_YEARS",),
        "âge d’un arrêté de zonage, en années, au-delà duquel l’écran le dit ancien",
        _OURS,
        "2026",
    ),
    Rule(
        ("geo.access.ACTS_FLOOR_PER_GP", "geo.access.ACTS_CEILING_PER_GP"),
        "actes par an d’un médecin, plancher et plafond",
        _METHOD_2017,
        "13 novembre 2017",
    ),
    Rule(
        ("geo.access.ZONING_AGE_LIMIT_YEARS",),
        "âge, en années, jusqu’auquel un médecin compte dans l’APL du zonage",
        _METHOD_2017,
        "13 novembre 2017",
    ),
    Rule(
        ("ZIP_CEILING", "ZAC_CEILING"),
        "part de la population de la Nouvelle-Aquitaine en ZIP, puis en ZAC, au plus",
        "révision du zonage",
        "octobre 2021",
    ),
    Rule(
        ("ZIP_SHARE_OF_FRANCE", "ZAC_SHARE_OF_FRANCE"),
        "part de la population française en ZIP, puis en ZAC, au plus",
        "révision du zonage",
        "octobre 2021",
    ),
    Rule(
        ("ZIP_AID_EUROS", "ZAC_AID_EUROS"),
        "euros à la première installation, en ZIP puis en ZAC",
        "convention médicale",
        "2024",
    ),
    Rule(
        ("HUBERT_MINUTES",),
        "minutes d’un trajet raisonnable vers un généraliste, seuil inclus",
        "rapport sur la médecine de proximité (É. Hubert)",
        "2010",
    ),
    Rule(
        ("LABEL_MINUTES", "LABEL_DAYS_A_WEEK", "LABEL_APPOINTMENT_HOURS"),
        "label France Santé : minutes d’une structure, jours d’ouverture par semaine, heures "
        "jusqu’au rendez-vous",
        LABEL_TEXT,
        "2026",
    ),
    Rule(
        ("LABEL_CODE",),
        "code du label dans les nomenclatures de santé (TRE_R344-NiveauExpertise)",
        "Agence du numérique en santé",
        "29 juin 2026",
    ),
    Rule(
        ("VOID_MINUTES",),
        "minutes sans généraliste qui font une zone vide pour une MSP (le cahier des charges parle "
        "de territoires « totalement » dépourvus, sans durée)",
        _OURS,
        "2026",
    ),
    Rule(
        ("ON_CALL_MINUTES", "ON_CALL_RINGS_MINUTES"),
        "minutes des lignes de garde dites par la fiche, puis des portées de la carte",
        _OURS,
        "2026",
    ),
    Rule(
        ("LEAST_PUBLIC_GPS",),
        "médecins ou professionnels au-dessous desquels rien n’est montré en vue partagée",
        "secret statistique de l’assurance maladie",
        "2026",
    ),
    Rule(
        ("PUBLIC_ROUNDING_BASE",),
        "multiple auquel les communes à risque d’un ensemble public sont arrondies au hasard",
        "choix de ProxiSoins, d’après l’arrondi aléatoire en base 3 de Stats NZ",
        "2026",
    ),
    Rule(
        ("HALF_DAY_EUROS", "MOST_HALF_DAYS_A_MONTH"),
        "consultations avancées : euros par demi-journée, demi-journées par mois au plus",
        "assurance maladie, en vigueur depuis le 1er janvier 2026",
        "2026",
    ),
    Rule(
        ("SOLIDARITY_DAY_EUROS", "MOST_SOLIDARITY_DAYS_A_MONTH"),
        "consultations solidaires : euros par jour, jours par mois au plus",
        "dispositif suivi en Nouvelle-Aquitaine",
        "printemps 2026",
    ),
    Rule(
        ("DOCTOR_WEEKS_A_PLACE",),
        "centre tournant : semaines de médecin qui font un poste plein",
        _OURS,
        "2026",
    ),
    Rule(("ACTS_A_HALF_DAY",), "consultations par demi-journée", _OURS, "2026"),
    Rule(
        ("ANSWER_MINUTES", "ANSWER_SHARE"),
        "régulation : minutes d’attente visées, et part des appels qui doit y tenir (réglables ; "
        "aucun texte de la permanence des soins n’a été relevé)",
        _OURS,
        "2026",
    ),
    Rule(
        ("DEEP_NIGHT_HOURS",),
        "régulation : heures de la nuit profonde (de, à)",
        _OURS,
        "2026",
    ),
    Rule(
        ("LEAST_MSP_GPS", "LEAST_MSP_OTHERS"),
        "MSP : généralistes, puis professionnels paramédicaux, au moins",
        MSP_TEXT,
        "cahier des charges : date non relevée",
    ),
    Rule(("MSP_ACI_EUROS_A_YEAR",), "MSP : euros de l’ACI par an, en moyenne", "ACI", "2022"),
    Rule(
        ("MSP_START_EUROS",),
        "MSP : euros du FIR au démarrage, en deux versements sur deux ans",
        "FIR",
        "2022",
    ),
    Rule(
        ("MSP_OVERHEAD_EUROS_A_GP",),
        "MSP : euros de surcoût par an et par médecin",
        "rapport sur la médecine de proximité (É. Hubert)",
        "2010",
    ),
    Rule(
        ("LEAST_ESP_GPS", "LEAST_ESP_OTHERS"),
        "ESP : généralistes de premier recours, puis autres professionnels de santé, au moins "
        "(l’article dit « autour de médecins généralistes », sans nombre)",
        f"{_OURS}, d’après {TEAMS_TEXT}",
        "26 janvier 2016",
    ),
    Rule(
        ("MSP_TEXT",),
        "MSP et pôle à plusieurs sites : textes qui les définissent",
        "lois qui les ont modifiés ; article en vigueur non relu",
        "21 juillet 2009 (projet de santé)",
    ),
    Rule(
        ("TEAMS_TEXT",),
        "ESP (autour de généralistes de premier recours) et ESS (autour de spécialistes hors "
        "médecine générale) : article qui les définit",
        "citations de l’article ; texte en vigueur non relu",
        "26 janvier 2016, puis 24 juillet 2019",
    ),
    Rule(
        ("CPTS_TEXT",),
        "CPTS : article qui demande un projet de santé et son territoire d’action, validés sauf "
        "opposition de l’agence sous deux mois",
        "Légifrance, version du 30 juin 2022",
        "26 janvier 2016",
    ),
    Rule(
        ("LABEL_TEXT",),
        "label France Santé : texte qui le crée",
        "Légifrance",
        "2026",
    ),
    Rule(
        ("ESP_EUROS", "ESP_YEARS"),
        "ESP : euros du FIR au plus, et sur combien d’années",
        "FIR",
        "2025",
    ),
    Rule(
        ("ESS_START_EUROS", "ESS_EUROS_A_YEAR"),
        "ESS : euros au démarrage, puis par an (de, à)",
        "FIR",
        "2025",
    ),
    Rule(
        ("CPTS_EUROS_A_YEAR",),
        "CPTS : euros par an à 100 % des résultats, de la taille 1 à la taille 4",
        "accord conventionnel interprofessionnel",
        "2024",
    ),
    Rule(
        ("CPTS_EUROS_A_YEAR_2020",),
        "CPTS : les mêmes sommes, avant",
        "accord conventionnel interprofessionnel",
        "2020",
    ),
    Rule(
        ("NEAR_RETIREMENT_SHARE", "TOLD_RETIREMENT_SHARE"),
        "part de l’offre due aux plus de 65 ans au-dessus de laquelle la carte compte une commune, "
        "puis la fiche le dit",
        _OURS,
        "2026",
    ),
    Rule(
        ("ROOM_PEOPLE_A_GP", "ROOM_RANGE_PEOPLE_A_GP"),
        "habitants qu’un généraliste peut recevoir : hypothèse, puis bornes du réglage",
        _OURS,
        "2026",
    ),
    Rule(
        ("ROOM_ALERT_SHARE",),
        "part des habitants sans place, chacun allant au plus près comme dans le partage le plus "
        "équitable, à partir de laquelle une fiche alerte ; elle alerte aussi quand ils "
        "rempliraient la patientèle d’un médecin. En dessous, "
        "l’écart est de l’ordre de ce que les temps de trajet estimés déplacent : à suivre",
        _OURS,
        "2026",
    ),
    Rule(
        ("LOW_GPS_PER_1000",),
        "généralistes à 20 minutes pour 1 000 habitants, partagés entre tous ceux qui les ont à 20 "
        "minutes, au-dessous desquels la phrase de la carte compte les habitants ; une des limites "
        "de ses classes",
        _OURS,
        "2026",
    ),
    Rule(
        ("CROWDED_SHARE", "ROOM_RISE_SHARE"),
        "part des habitants d’une commune sans place à 20 minutes, puis hausse de cette part, "
        "au-dessus desquelles la phrase de la carte compte la commune",
        _OURS,
        "2026",
    ),
    Rule(
        ("LONE_GP_ALERT_SHARE",),
        "part des habitants qui vivent dans une commune à un seul médecin, au-dessus de laquelle "
        "une fiche alerte",
        _OURS,
        "2026",
    ),
    Rule(
        ("LOSS_ALERT_SHARE",),
        "part des médecins perdus depuis la première année connue, au-dessus de laquelle une fiche "
        "alerte",
        _OURS,
        "2026",
    ),
    Rule(
        ("LABEL_CALM_SHARE", "LABEL_WATCH_SHARE"),
        "part des habitants à 30 minutes d’une structure labellisée, à partir de laquelle une "
        "fiche n’alerte pas, puis à partir de laquelle elle dit « à suivre »",
        _OURS,
        "2026",
    ),
    Rule(
        ("ROOM_MINUTES",),
        "trajets, en minutes, au bout desquels on cherche de la place",
        _OURS,
        "2026",
    ),
    Rule(
        ("DOUBTED_FALL_GPS",),
        "médecins d’une commune à partir desquels un relevé suivant à zéro est à vérifier, et "
        "inconnu d’ici là : de 2009 à 2020, les relevés de l’INSEE n’en ont que trois (Paris, "
        "Aubagne, Bihorel), tous démentis par le suivant ; de vraies pertes vont jusqu’à six",
        _OURS,
        "2026",
    ),
    Rule(
        ("DOUBTED_TIMES", "DOUBTED_PEOPLE"),
        "combien de fois la population d’une commune que connaît l’application, avec combien "
        "d’habitants de plus, une population importée est à vérifier, et inconnue d’ici là ; tant "
        "de fois moins, ou tant de fois plus de médecins qu’au relevé d’avant "
        f"({DOUBTED_FALL_GPS} au moins), est dit à l’import, et gardé : chaque relevé de l’INSEE "
        "en a quelques-uns",
        _OURS,
        "2026",
    ),
    Rule(
        ("APL_NOISE", "MINUTES_NOISE"),
        "écart d’APL, puis de minutes, au-dessous duquel rien ne change à l’écran",
        _OURS,
        "2026",
    ),
)
"""Every constant above, explained."""


def rule_of(constant: str) -> Rule:
    """Return what explains a constant of this module: its source and its date."""
    return next(rule for rule in RULES if constant in rule.names)


def cited(source: str) -> str:
    """Return a source as it stands beside a rule: whether its text in force was read is said.

    Parameters
    ----------
    source
        One of the texts above, or any other source.
    """
    if not any(text in source for text in NOT_READ_AGAIN):
        return source
    return f"{source} (texte en vigueur non relu ; table du {TABLE_OF})"


_SHARES = ("_SHARE", "ZIP_CEILING", "ZAC_CEILING", "_SHARE_OF_FRANCE")
"""Ends of the names of shares, told in hundredths."""


def _told(name: str) -> str:
    """Return the value of a constant, in French."""
    module, _, constant = name.rpartition(".")
    value = getattr(import_module(module), constant) if module else globals()[constant]
    if isinstance(value, str):
        return value
    if constant.endswith(_SHARES):
        return percent(value, decimals_of(round(100 * value, 9)))
    several = value if isinstance(value, tuple) else (value,)
    return " à ".join(map(as_set, several))


def listed() -> list[dict[str, str]]:
    """Return the rules as the screen "Données et méthode" prints them, one row each."""
    return [
        {
            "Règle": rule.what,
            "Valeur": " ; ".join(_told(name) for name in rule.names),
            "Source": rule.source,
            "Date": rule.date,
        }
        for rule in RULES
    ]


ZONE_AIDS = {
    "ZIP": f"première installation : {number(ZIP_AID_EUROS)} € (convention de 2024) ; "
    "des médecins installés hors de la zone peuvent y donner des consultations avancées "
    f"({HALF_DAY_EUROS} € par demi-journée, {MOST_HALF_DAYS_A_MONTH} demi-journées par mois au "
    "plus, depuis le 1er janvier 2026)",
    "ZAC": f"première installation : {number(ZAC_AID_EUROS)} € (convention de 2024)",
    "ZV": "pas d’aide conventionnelle à l’installation",
    "HZ": "pas d’aide conventionnelle à l’installation",
}
"""Aids of each zone of the GP zoning, in French."""

HELPED_ZONES = ("ZIP", "ZAC")
"""Zones where settling is helped."""
