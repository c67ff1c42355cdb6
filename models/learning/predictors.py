"""The predictors, each declared once: theme, source, meaning in French, what a blank does."""

from dataclasses import dataclass

from models.learning.inputs import FACILITIES

THEMES = {
    "doctors": "Nombre de médecins",
    "history": "Évolution du nombre de médecins",
    "commune": "Population et rôle de la commune",
    "around": "Médecins et villes alentour",
    "snowball": "Pertes déjà survenues alentour",
    "apl": "Accessibilité et âge des médecins (APL)",
    "facilities": "Équipements de la commune",
}
"""Theme → title on screen; contributions are summed by theme."""

TYPICAL = "remplacé par la valeur moyenne : n’augmente ni ne diminue le risque"
"""What a blank does, for every predictor: no contribution."""

_PANEL = "nombre de médecins par commune (INSEE, BPE)"
_PLACES = "communes de 2019, populations légales de 2016 (INSEE), mairies (DILA)"
_APL = "APL aux médecins généralistes (DREES)"
_BPE = "base permanente des équipements de 2013 (INSEE)"


@dataclass(frozen=True)
class Predictor:
    """One declared predictor.

    Attributes
    ----------
    name
        Column of `features.compute`.
    theme
        Key of `THEMES`.
    source, meaning
        In French, for the method page and the card.
    missing
        In French, what happens when it is not known.
    """

    name: str
    theme: str
    source: str
    meaning: str
    missing: str = TYPICAL


def _declare(theme: str, source: str, meanings: dict[str, str]) -> list[Predictor]:
    return [Predictor(name, theme, source, meaning) for name, meaning in meanings.items()]


PREDICTORS: tuple[Predictor, ...] = (
    *_declare(
        "doctors",
        _PANEL,
        {
            "gps_log": "nombre de médecins généralistes (logarithme)",
            "one_gp": "un seul médecin",
            "two_gps": "deux médecins",
        },
    ),
    *_declare(
        "history",
        _PANEL,
        {
            "gps_change": "évolution du nombre de médecins depuis le millésime précédent",
            "gps_change_before": "évolution entre les deux millésimes précédents",
            "single_before": "part des millésimes passés avec un seul médecin",
            "none_before": "part des millésimes passés sans médecin",
            "below_peak": "nombre de médecins rapporté au plus haut connu",
        },
    ),
    *_declare(
        "commune",
        _PLACES,
        {
            "population_log": "population municipale (logarithme)",
            "population_per_gp": "habitants par médecin de la commune (logarithme)",
            "density_log": "habitants par km² (logarithme)",
            "canton_seat": "bureau centralisateur de canton",
            "rank_10km": "population rapportée à celle de la plus grande commune à 10 km",
        },
    ),
    *_declare(
        "commune",
        _APL,
        {
            "elderly_demand": "population standardisée par habitant (besoins liés à l’âge)",
            "demand_change": "évolution de la population standardisée",
        },
    ),
    *_declare(
        "around",
        _PANEL,
        {
            **{f"gps_{km}km": f"médecins à moins de {km} km, hors commune" for km in (5, 10, 20)},
            **{
                f"population_{km}km": f"habitants à moins de {km} km, hors commune"
                for km in (5, 10, 20)
            },
            **{f"load_{km}km": f"habitants par médecin à moins de {km} km" for km in (5, 10, 20)},
            "km_to_gp": "distance à la commune la plus proche qui a un médecin",
            "km_to_three_gps": "distance à la commune la plus proche d’au moins trois médecins",
            "km_to_town_5000": "distance à la ville la plus proche de 5 000 habitants",
            "km_to_town_20000": "distance à la ville la plus proche de 20 000 habitants",
            "own_apl": "accessibilité recalculée à partir du nombre de médecins",
            "own_share": "part de cette accessibilité due aux médecins de la commune",
        },
    ),
    *_declare(
        "snowball",
        _PANEL,
        {
            "own_apl_change": "évolution de l’accessibilité recalculée",
            "lost_10km": "part des communes à moins de 10 km qui ont perdu leur dernier médecin",
            "change_10km": "évolution du nombre de médecins à moins de 10 km",
            "lost_20km": "part des communes à moins de 20 km qui ont perdu leur dernier médecin",
            "change_20km": "évolution du nombre de médecins à moins de 20 km",
            "lost_departement": "part des communes du département ayant perdu leur dernier médecin",
            "change_departement": "évolution du nombre de médecins du département",
        },
    ),
    *_declare(
        "apl",
        _APL,
        {
            "apl_log": "APL rapportée à la moyenne française du même millésime",
            "apl_over_65": "part de l’offre due aux médecins de plus de 65 ans (1 − APL65/APL)",
            "apl_over_65_10km": "la même, en moyenne à moins de 10 km",
            "apl_change": "évolution de l’APL depuis le millésime précédent",
            "over_65_change": "évolution de la part des plus de 65 ans",
        },
    ),
    *_declare(
        "facilities",
        _BPE,
        {name: f"{label.lower()} (nombre, logarithme)" for label, name in FACILITIES.items()},
    ),
)
"""All predictors, in the order of the model's coefficients."""

NAMES = [predictor.name for predictor in PREDICTORS]
THEME_OF = {predictor.name: predictor.theme for predictor in PREDICTORS}
FOUR = ["gps_log", "population_log", "apl_log", "apl_over_65"]
"""Predictors of the four-feature logistic of the protocol."""
