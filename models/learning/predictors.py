"""The predictors, each declared once: theme, source, meaning in French, what a blank does."""

from dataclasses import dataclass

from data.base.french import number

THEMES = {
    "doctors": "Nombre de médecins",
    "history": "Évolution du nombre de médecins",
    "commune": "Population et rôle de la commune",
    "around": "Médecins et villes alentour",
    "snowball": "Pertes déjà survenues alentour",
    "apl": "Accessibilité et âge des médecins (APL)",
}
"""Theme → title on screen; contributions are summed by theme."""

POPULATION_YEAR = 2016
"""Vintage of the embedded legal populations and of all that is computed from them."""

TYPICAL = "remplacé par la valeur moyenne : n’augmente ni ne diminue le risque"
"""What a blank does, for every predictor: no contribution."""

_PANEL = "nombre de médecins par commune (INSEE, BPE)"
_PLACES = "communes de 2019, populations légales de 2016 (INSEE), mairies (DILA)"
_APL = "APL aux médecins généralistes (DREES)"

BY_VINTAGE = "chaque figure porte l’année de son millésime ; rien de postérieur à la date de départ"


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
    measured
        Year that the figure measures when it is one and the same for all dates; None where the
        file dates it by vintage, of which none after the date of departure is read.
    missing
        In French, what happens when it is not known.
    """

    name: str
    theme: str
    source: str
    meaning: str
    measured: int | None = None
    missing: str = TYPICAL

    @property
    def dated(self) -> str:
        """When it is measured, in French."""
        return BY_VINTAGE if self.measured is None else f"mesuré en {self.measured}"


def _declare(
    theme: str, source: str, meanings: dict[str, str], measured: int | None = None
) -> list[Predictor]:
    return [Predictor(name, theme, source, meaning, measured) for name, meaning in meanings.items()]


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
            "gps_change": "évolution par an du nombre de médecins depuis le millésime précédent",
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
        POPULATION_YEAR,
    ),
    *_declare(
        "commune",
        _APL,
        {"elderly_demand": "population standardisée par habitant (besoins liés à l’âge)"},
        POPULATION_YEAR,
    ),
    *_declare(
        "around",
        _PANEL,
        {
            **{f"gps_{km}km": f"médecins à moins de {km} km, hors commune" for km in (10, 20)},
            "km_to_gp": "distance à la commune la plus proche qui a un médecin",
            "km_to_three_gps": "distance à la commune la plus proche d’au moins trois médecins",
        },
    ),
    *_declare(
        "around",
        f"{_PANEL} ; {_PLACES}",
        {
            **{
                f"population_{km}km": f"habitants à moins de {km} km, hors commune"
                for km in (10, 20)
            },
            **{f"load_{km}km": f"habitants par médecin à moins de {km} km" for km in (5, 20)},
            "km_to_town_5000": "distance à la ville la plus proche de 5 000 habitants",
            "own_apl": "accessibilité recalculée à partir du nombre de médecins",
            "own_share": "part de cette accessibilité due aux médecins de la commune",
        },
        POPULATION_YEAR,
    ),
    *_declare(
        "snowball",
        _PANEL,
        {
            "lost_10km": "pertes du dernier médecin par commune et par an à moins de 10 km",
            "lost_20km": "pertes du dernier médecin par commune et par an à moins de 20 km",
            "change_20km": "évolution par an du nombre de médecins à moins de 20 km",
        },
    ),
    *_declare(
        "apl",
        _APL,
        {
            "apl_log": "APL rapportée à la moyenne française du même millésime",
            "apl_over_65": "part de l’offre due aux médecins de plus de 65 ans (1 − APL65/APL)",
            "apl_over_65_10km": "la même, en moyenne à moins de 10 km",
        },
    ),
)
"""All predictors, in the order of the model's coefficients. Twelve others and the base of
facilities were tried and left out: they gain nothing beyond their spread (`risk-protocol.md`)."""

EARLY_SHARE = 0.5
"""Losses expected for one that came, from counts of before 2016, whose populations are blank: 252
for 480 over 2013→2017 in metropolitan France (477 with the populations of 2016)."""

NAMES = [predictor.name for predictor in PREDICTORS]
THEME_OF = {predictor.name: predictor.theme for predictor in PREDICTORS}
FOUR = ["gps_log", "population_log", "apl_log", "apl_over_65"]
"""Predictors of the four-feature logistic of the protocol."""


def early_told(as_of: int) -> str:
    """Say that probabilities are too low where counts are older than the populations, else ""."""
    if as_of >= POPULATION_YEAR:
        return ""
    return (
        f"Les effectifs de {as_of} sont plus anciens que les populations ({POPULATION_YEAR}), qui "
        "ne sont donc pas lues : les probabilités sont trop basses (de 2013 à 2017, "
        f"{number(100 * EARLY_SHARE)} pertes annoncées pour 100 qui sont venues)."
    )
