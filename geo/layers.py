"""What the map tells: indicators, their classes and colours."""

from collections.abc import Mapping
from dataclasses import dataclass

from geo.french import MISSING


@dataclass(frozen=True)
class LegendClass:
    """One class of a legend; `value` is given for categories only."""

    label: str
    colour: str
    value: str | None = None


@dataclass(frozen=True)
class Indicator:
    """An indicator that the map can draw.

    Attributes
    ----------
    key
        Column of the commune indicators.
    label, short, unit
        French names; `short` heads the rows of the card.
    decimals
        Decimals shown.
    breaks
        Upper bounds of all classes but the last, inclusive, in the unit; empty for categories.
    classes
        One per interval or category.
    tables
        Tables it rests on: their vintage and source are quoted.
    denominator
        Over whom or what it is counted, in French.
    absent
        What is said of a commune without a value, in French.
    timed
        Whether it rests on minutes of travel: how they are known is quoted too.
    """

    key: str
    label: str
    short: str
    unit: str
    decimals: int
    breaks: tuple[float, ...]
    classes: tuple[LegendClass, ...]
    tables: tuple[str, ...]
    denominator: str
    absent: str = MISSING
    timed: bool = False


def _steps(labels: str, colours: str) -> tuple[LegendClass, ...]:
    return tuple(
        LegendClass(label.strip(), colour)
        for label, colour in zip(labels.split("|"), colours.split(), strict=True)
    )


# Sequential palettes of ColorBrewer (C. Brewer, colorbrewer2.org), safe for colour-blind readers.
_YELLOW_TO_BROWN = "#ffffe5 #fee391 #fec44f #fe9929 #d95f0e #8c2d04"
_WHITE_TO_PURPLE = "#f7f4f9 #e7e1ef #c994c7 #df65b0 #dd1c77 #67001f"
_BLUE_TO_RED = "#2166ac #92c5de #f7f7f7 #f4a582 #d6604d #7f0d1c"
_BLUES_DOWN = "#7f2704 #d94801 #fdae6b #deebf7 #9ecae1 #3182bd"

# Upper bounds of classes, and what their legends say, the same for indicators that compare.
_PERCENT = (0, 5, 10, 25, 50)
_SHARES = "aucun | jusqu’à 5 | 5 à 10 | 10 à 25 | 25 à 50 | plus de 50"
_LOADS = (600, 800, 1000, 1200, 1600)
_LOADED = "jusqu’à 600 | 600 à 800 | 800 à 1 000 | 1 000 à 1 200 | 1 200 à 1 600 | plus de 1 600"

_MINUTES = (0, 5, 10, 15, 20)
_TIMED = "sur place | jusqu’à 5 | 5 à 10 | 10 à 15 | 15 à 20 | plus de 20"
_OUT_OF_REACH = f"hors de portée par la route, ou {MISSING}"
"""Said of minutes that are missing: no road leads to a GP, or where they are is not known."""
_PEOPLE = (0, 250, 500, 1000, 2000)
_PEOPLED = "aucun | jusqu’à 250 | 250 à 500 | 500 à 1 000 | 1 000 à 2 000 | plus de 2 000"
_APL = (1, 2, 2.5, 3.5, 4.5)
_APL_STEPS = "jusqu’à 1 | 1 à 2 | 2 à 2,5 | 2,5 à 3,5 | 3,5 à 4,5 | plus de 4,5"

RISK_HORIZON = "à l’horizon de trois ans"
"""What the risk foretells on maps, unless another horizon is chosen."""

INDICATORS = (
    Indicator(
        key="share_without_room",
        label="Habitants sans place chez un généraliste",
        short="Sans place à 20 min",
        unit="%",
        decimals=0,
        breaks=_PERCENT,
        classes=_steps(_SHARES, _WHITE_TO_PURPLE),
        timed=True,
        tables=("gps",),
        denominator="part des habitants que ne peut accueillir aucun médecin à 20 minutes en "
        "voiture, à 1 000 habitants par médecin au plus (hypothèse), le plus proche passant le "
        "premier",
    ),
    Indicator(
        key="minutes_to_nearest_gp",
        label="Temps d’accès au médecin généraliste le plus proche",
        short="Médecin le plus proche",
        unit="min",
        decimals=0,
        breaks=_MINUTES,
        classes=_steps(_TIMED, _YELLOW_TO_BROWN),
        timed=True,
        tables=("gps",),
        denominator="du bourg de la commune à la commune la plus proche ayant un médecin, en "
        "voiture",
        absent=_OUT_OF_REACH,
    ),
    Indicator(
        key="minutes_to_third_gp",
        label="Temps d’accès au troisième médecin généraliste",
        short="Troisième médecin",
        unit="min",
        decimals=0,
        breaks=_MINUTES,
        classes=_steps(_TIMED, _YELLOW_TO_BROWN),
        timed=True,
        tables=("gps",),
        denominator="trajet en voiture, depuis le bourg, au bout duquel on compte trois médecins "
        ": pouvoir choisir, ou en trouver un autre",
        absent=_OUT_OF_REACH,
    ),
    Indicator(
        key="population_single_gp",
        label="Habitants qui dépendent d’un seul généraliste",
        short="Un seul médecin à 20 min",
        unit="hab.",
        decimals=0,
        breaks=_PEOPLE,
        classes=_steps(_PEOPLED, _WHITE_TO_PURPLE),
        timed=True,
        tables=("gps",),
        denominator="habitants des communes qui ont un seul médecin, ou aucun, à 20 minutes en "
        "voiture",
    ),
    *(
        Indicator(
            key=f"share_without_room_in_{years}",
            label=f"Habitants sans place chez un généraliste, attendus à {years} ans",
            short=f"Sans place {years} ans après",
            unit="%",
            decimals=0,
            breaks=_PERCENT,
            classes=_steps(_SHARES, _WHITE_TO_PURPLE),
            timed=True,
            tables=("gps", "gp_history", "apl"),
            denominator="part des habitants sans place à 20 minutes, à 1 000 habitants par "
            "médecin au plus (hypothèse), le plus proche passant le premier : moyenne de 400 "
            f"avenirs où des communes perdent leur dernier médecin en {years} ans après le "
            "millésime des effectifs ; ni arrivées, ni départs ailleurs. Document de travail : ne "
            "pas diffuser par commune",
        )
        for years in (2, 5)
    ),
    *(
        Indicator(
            key=f"share_change_in_{years}",
            label=f"Habitants sans place : différence, {years} ans après le comptage des médecins",
            short=f"Différence en {years} ans",
            unit="%",
            decimals=1,
            breaks=(-0.1, 0.1, 1, 2.5, 5),
            classes=_steps(
                "moins de sans place | inchangé | jusqu’à 1 point de plus | 1 à 2,5 | 2,5 à 5 | "
                "plus de 5",
                "#2166ac #f7f7f7 #fddbc7 #f4a582 #d6604d #7f0d1c",
            ),
            timed=True,
            tables=("gps", "gp_history", "apl"),
            denominator="points de la part des habitants sans place : attendue, moins celle du "
            "millésime des effectifs. Document de travail : ne pas diffuser par commune",
        )
        for years in (2, 5)
    ),
    Indicator(
        key="load_per_gp",
        label="Habitants par généraliste, chacun allant au plus proche",
        short="Habitants par médecin, au plus près",
        unit="hab.",
        decimals=0,
        breaks=_LOADS,
        classes=_steps(_LOADED, _BLUE_TO_RED),
        timed=True,
        tables=("gps",),
        denominator="communes qui ont un médecin (les autres : non disponible) ; habitants dont "
        "c’est le médecin le plus proche, divisés par les médecins de la commune ; surcharge "
        "au-delà de 1 000 (hypothèse). C’est une moyenne de la commune, jamais la patientèle d’un "
        "médecin",
    ),
    Indicator(
        key="load_per_gp_in_5",
        label="Habitants par généraliste, attendus à 5 ans là où il en reste",
        short="Habitants par médecin, 5 ans après",
        unit="hab.",
        decimals=0,
        breaks=_LOADS,
        classes=_steps(_LOADED, _BLUE_TO_RED),
        timed=True,
        tables=("gps", "gp_history", "apl"),
        denominator="le même nombre, en moyenne des avenirs tirés où la commune garde ses "
        "médecins pendant que d’autres perdent les leurs. Document de travail : ne pas diffuser "
        "par commune",
    ),
    Indicator(
        key="population_beyond_20",
        label="Habitants à plus de 20 minutes d’un généraliste",
        short="Habitants à plus de 20 min",
        unit="hab.",
        decimals=0,
        breaks=_PEOPLE,
        classes=_steps(_PEOPLED, _WHITE_TO_PURPLE),
        timed=True,
        tables=("gps",),
        denominator="habitants des communes dont le bourg est à plus de 20 minutes",
    ),
    Indicator(
        key="apl",
        label="APL aux médecins généralistes (calculée)",
        short="APL calculée",
        unit="consult./an/hab.",
        decimals=1,
        breaks=_APL,
        classes=_steps(_APL_STEPS, _BLUES_DOWN),
        timed=True,
        tables=("gps",),
        denominator="consultations accessibles par an et par habitant standardisé ; série "
        "calculée ici, à ne pas mêler aux séries publiées par la DREES",
    ),
    Indicator(
        key="apl_published",
        label="APL publiée par la DREES",
        short="APL publiée",
        unit="consult./an/hab.",
        decimals=1,
        breaks=_APL,
        classes=_steps(_APL_STEPS, _BLUES_DOWN),
        tables=("apl",),
        denominator="consultations accessibles par an et par habitant standardisé, tous âges de "
        "médecins",
    ),
    Indicator(
        key="gps_within_20_per_1000",
        label="Généralistes à 20 minutes pour 1 000 habitants",
        short="Généralistes à 20 min pour 1\u202f000 hab.",
        unit="",
        decimals=2,
        breaks=(0.5, 0.7, 0.85, 1.0, 1.25),
        classes=_steps(
            "jusqu’à 0,5 | 0,5 à 0,7 | 0,7 à 0,85 | 0,85 à 1 | 1 à 1,25 | plus de 1,25",
            "#f7fcf0 #ccebc5 #a8ddb5 #7bccc4 #2b8cbe #084081",
        ),
        timed=True,
        tables=("gps",),
        denominator="médecins à 20 minutes en voiture, chacun partagé entre tous les habitants "
        "qui l’ont à 20 minutes",
    ),
    Indicator(
        key="gps_per_1000",
        label="Généralistes pour 1 000 habitants",
        short="Généralistes pour 1\u202f000 hab.",
        unit="",
        decimals=2,
        breaks=(0, 0.5, 0.8, 1.1, 1.5),
        classes=_steps(
            "aucun | jusqu’à 0,5 | 0,5 à 0,8 | 0,8 à 1,1 | 1,1 à 1,5 | plus de 1,5",
            "#f7fcf0 #ccebc5 #a8ddb5 #7bccc4 #2b8cbe #084081",
        ),
        tables=("gps",),
        denominator="médecins exerçant dans la commune, pour 1 000 habitants de la commune",
    ),
    Indicator(
        key="share_near_retirement",
        label="Part de l’offre proche de la retraite",
        short="Offre proche de la retraite",
        unit="%",
        decimals=0,
        breaks=(5, 10, 20, 30, 40),
        classes=_steps(
            "jusqu’à 5 | 5 à 10 | 10 à 20 | 20 à 30 | 30 à 40 | plus de 40",
            "#fff7ec #fee8c8 #fdbb84 #fc8d59 #d7301f #7f0000",
        ),
        tables=("apl",),
        denominator="1 − APL des médecins de 65 ans et moins / APL de tous les médecins (DREES) ; "
        "non diffusée où moins de cinq médecins sont connus à 20 minutes",
        absent="non diffusé ou non disponible",
    ),
    Indicator(
        key="risk_class",
        label="Risque de relève non assurée",
        short="Relève non assurée",
        unit="",
        decimals=0,
        breaks=(),
        classes=(
            LegendClass(
                "probablement déjà parti, à vérifier", "#262626", "probablement déjà parti"
            ),
            LegendClass("très élevé", "#7a0177", "très élevé"),
            LegendClass("élevé", "#c51b8a", "élevé"),
            LegendClass("modéré", "#fbb4b9", "modéré"),
            LegendClass("faible", "#feebe2", "faible"),
            LegendClass("sans médecin compté", "#d3d6dc", "sans médecin"),
        ),
        tables=("gps", "gp_history", "apl"),
        denominator="communes ayant au moins un médecin ; classe de probabilité calibrée de n’en "
        f"avoir plus aucun {RISK_HORIZON}. Document de travail : ne pas diffuser par commune",
    ),
    Indicator(
        key="zone",
        label="Zonage des médecins généralistes",
        short="Zone",
        unit="",
        decimals=0,
        breaks=(),
        classes=(
            LegendClass("ZIP, zone d’intervention prioritaire", "#b2182b", "ZIP"),
            LegendClass("ZAC, zone d’action complémentaire", "#f4a582", "ZAC"),
            LegendClass("zone de vigilance", "#fddbc7", "ZV"),
            LegendClass("hors zone", "#b8c4b0", "HZ"),
        ),
        tables=("zoning",),
        denominator="zonage légal, par territoire de vie-santé",
    ),
)

ZONE_PATTERNS: Mapping[str, dict[str, str]] = {
    "ZIP": {"pattern": "rising", "colour": "#8f1024"},
    "ZAC": {"pattern": "dots", "colour": "#6b3d00"},
}
"""How the zoning layer marks its zones over any indicator."""


def indicator(key: str) -> Indicator:
    """Return the indicator of a key, one of `INDICATORS`."""
    return next(one for one in INDICATORS if one.key == key)
