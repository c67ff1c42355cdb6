"""The proof of the risk model as the screen shows it: back-tests in French tables, the card."""

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from data.base.french import MISSING, date, number, percent
from geo.errors import UnavailableError
from models.backtests import report
from models.learning import artefact
from models.learning.predictors import PREDICTORS, THEMES
from models.learning.training import FIT_ON

MODELS = {
    "base_rate": "Taux de base",
    "one_gp": "Règle : un seul médecin",
    "over_65": "Règle : 1 − APL65/APL",
    "four_logistic": "Logistique à quatre variables",
    "logistic": "Logistique, toutes variables",
    "boosting": "Arbres de décision (boosting)",
    "average": "Moyenne des deux précédents",
}
DESIGNS = {
    "forward": "Vers l’avant, départements jamais vus : appris sur 2009–2018, jugé sur 2018 → 2020",
    "held_out": "Régions jamais vues : jugé sur 2018 → 2020, APL de 2018 masquée",
    "held_out_latest_apl": "Régions jamais vues, APL de 2018 connue : jugé sur 2018 → 2020",
    "five_years": "Cinq ans, vers l’avant, départements jamais vus : jugé sur 2013 → 2018",
}
GROUPS = {
    "rurality": "Type de commune",
    "gps": "Nombre de médecins",
    "departement": "Département",
}
MISSING_FILES = {
    "nothing": "rien (APL de 2016 seulement)",
    "with_latest_apl": "rien, APL de 2018 connue",
    "apl": "toute l’APL",
    "facilities": "base des équipements",
    "earlier_vintages": "millésimes antérieurs du nombre de médecins",
    "all": "les trois",
}
DENOMINATOR = (
    "Communes de France métropolitaine ayant au moins un médecin au départ, Nouvelle-Aquitaine "
    "exclue de tout apprentissage et de tout essai. Sources : INSEE, base permanente des "
    "équipements (2009, 2013, 2018, 2020) ; DREES, APL (2016, 2018). Entre crochets : intervalle "
    "à 95 % (tirages de départements)."
)


@dataclass(frozen=True)
class Proof:
    """Figures of `proxisoins risk report`, in tables with French headings.

    Attributes
    ----------
    figures
        The JSON that the report wrote.
    """

    figures: Mapping[str, Any]

    def designs(self) -> dict[str, str]:
        """Return key and title of the back-tests."""
        return {key: title for key, title in DESIGNS.items() if key in self.figures["designs"]}

    def sample(self, design: str) -> str:
        """Return the size of a back-test in one sentence."""
        one = self.figures["designs"][design]
        return (
            f"{number(one['communes'])} communes, {number(one['losses'])} pertes du dernier "
            f"médecin, taux de base {percent(one['base_rate'], 1)}."
        )

    def models(self, design: str) -> pd.DataFrame:
        """Return every model and simple rule with its measures."""
        rows = []
        for key, measures in self.figures["designs"][design]["models"].items():
            used = " (utilisé)" if key == self.figures["shipped"] else ""
            rows.append(
                {
                    "Modèle": MODELS.get(key, key) + used,
                    "Précision moyenne": _measure(measures.get("average_precision")),
                    "AUC": _measure(measures.get("auc")),
                    "Pertes parmi les 50 premières": _measure(measures.get("top_50"), 0),
                    "Pertes parmi les 100 premières": _measure(measures.get("top_100"), 0),
                    "Gain de Brier": _measure(measures.get("brier_skill")),
                    "Pente de calibration": _measure(measures.get("calibration_slope")),
                }
            )
        order = {name: rank for rank, name in enumerate(MODELS.values())}
        table = pd.DataFrame(rows)
        rank = table["Modèle"].str.removesuffix(" (utilisé)").map(order)
        return table.iloc[rank.argsort(kind="stable")].reset_index(drop=True)

    def verdict(self, design: str) -> str:
        """Say plainly whether the model in use beats the four-feature logistic."""
        gains = self.figures["designs"][design]["against_four"][self.figures["shipped"]]
        said = []
        for key, name in (("average_precision", "précision moyenne"), ("auc", "AUC")):
            one = gains[key]
            beyond = "au-delà du hasard" if one["low"] > 0 else "dans la marge d’erreur"
            said.append(
                f"{name} {_signed(one['difference'])} [{_signed(one['low'])} ; "
                f"{_signed(one['high'])}], {beyond}"
            )
        return "Écart avec la logistique à quatre variables : " + " ; ".join(said) + "."

    def calibration(self, horizon: int) -> pd.DataFrame:
        """Return the calibration curve: tenths of communes, announced and observed rates, in %."""
        points = pd.DataFrame(self._curves(horizon)["calibration"]) * 100
        return pd.DataFrame(
            {
                "Probabilité annoncée (%)": points["predicted"],
                "Taux observé (%)": points["observed"],
                "Parfait (%)": points["predicted"],
            }
        )

    def yields(self, horizon: int) -> pd.DataFrame:
        """Return the losses found among the first k communes, and those that chance would find."""
        design = "held_out" if horizon == 2 else "five_years"
        rate = self.figures["designs"][design]["base_rate"]
        points = pd.DataFrame(self._curves(horizon)["yield"])
        return pd.DataFrame(
            {
                "Communes examinées": points["top"],
                "Pertes trouvées": points["found"],
                "Trouvées au hasard": points["top"] * rate,
            }
        )

    def classes(self, horizon: int) -> pd.DataFrame:
        """Return the four classes with the rate observed in each."""
        return pd.DataFrame(
            [
                {
                    "Classe": one["label"],
                    "Probabilité": f"{percent(one['low'], 1)} à {percent(one['high'], 1)}",
                    "Communes": one["communes"],
                    "Pertes": one["losses"],
                    "Taux observé": f"{percent(one['rate'], 1)} [{percent(one['rate_low'], 1)} ; "
                    f"{percent(one['rate_high'], 1)}]",
                }
                for one in self._curves(horizon)["classes"]
            ]
        )

    def groups(self, by: str) -> pd.DataFrame:
        """Return the measures of the model in use by rurality, number of GPs or département."""
        return pd.DataFrame(
            [
                {
                    GROUPS[by]: one["group"],
                    "Communes": one["communes"],
                    "Pertes": one["losses"],
                    "Taux observé": percent(one["observed"], 1),
                    "Taux annoncé": percent(one["predicted"], 1),
                    "Précision moyenne": _told(one["average_precision"]),
                    "AUC": _told(one["auc"]),
                }
                for one in self.figures["subgroups"][by]
            ]
        )

    def certainty(self) -> pd.DataFrame:
        """Return the coverage of the sets (target 90 %) by rurality, forward in time."""
        return pd.DataFrame(
            [
                {
                    "Type de commune": one["rurality"],
                    "Communes": one["communes"],
                    "Pertes": one["losses"],
                    "Bien couvertes": percent(one["coverage"], 1),
                    "… parmi les maintiens": percent(one["coverage_stays"], 1),
                    "… parmi les pertes": percent(one["coverage_loses"], 1),
                    "« Ne peut pas dire »": percent(one["cannot_tell"], 1),
                }
                for one in self.figures["conformal"]
            ]
        )

    def missing(self) -> pd.DataFrame:
        """Return what the model loses when a file lacks."""
        cases = self.figures["missing_inputs"]
        return pd.DataFrame(
            [
                {
                    "Fichier absent": title,
                    "Précision moyenne": _told(cases[key]["average_precision"]),
                    "AUC": _told(cases[key]["auc"]),
                }
                for key, title in MISSING_FILES.items()
                if key in cases
            ]
        )

    def _curves(self, horizon: int) -> Mapping[str, Any]:
        return self.figures["curves" if horizon == 2 else "curves_five_years"]


def read() -> Proof:
    """Return the figures of the last report.

    Raises
    ------
    UnavailableError
        No report was written, or its file is damaged.
    """
    try:
        return Proof(json.loads(report.FIGURES_PATH.read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        raise UnavailableError(
            "Les chiffres des essais ne sont pas là ; « proxisoins risk report » les refait "
            "sur les données de référence. En attendant, aucune preuve n’est montrée ici."
        ) from error


def _measure(measure: Mapping[str, float] | None, decimals: int = 3) -> str:
    if not measure:
        return "–"
    value = number(measure["value"], decimals)
    if "low" not in measure:
        return value
    return f"{value} [{number(measure['low'], decimals)} ; {number(measure['high'], decimals)}]"


def _told(value: float | None) -> str:
    return "–" if value is None else number(value, 3)


def _signed(value: float) -> str:
    return f"{'+' if value >= 0 else '−'}{number(abs(value), 3)}"


def predictors() -> pd.DataFrame:
    """Return what the model reads: theme, meaning, source, what a blank does."""
    return pd.DataFrame(
        [
            {
                "Thème": THEMES[one.theme],
                "Variable": one.meaning,
                "Source": one.source,
                "Si elle manque": one.missing,
            }
            for one in PREDICTORS
        ]
    )


def summary() -> list[str]:
    """Return the model card in short: sentences in French, figures from the shipped parameters."""
    shipped = artefact.read()
    data = shipped["training_data"]
    models = [artefact.fitted(shipped, horizon) for horizon in FIT_ON]
    fits = [
        f"à {one.horizon} ans, {number(one.rows)} observations de communes, "
        f"{number(one.losses)} pertes ({', '.join(data['periods'][str(one.horizon)])})"
        for one in models
    ]
    return [
        (
            "But : classer les communes à regarder d’abord. Il éclaire, il ne décide pas : chaque "
            "signal se vérifie, se confirme ou se réfute par une personne."
        ),
        "À ne pas faire : juger un médecin, décider seul d’une aide, publier commune par commune.",
        f"Appris sur : {' ; '.join(fits)}.",
        (
            f"Données : {data['panel']} ; {data['apl']} ; {data['facilities']}. Jamais appris "
            f"sur : {data['left_out']}."
        ),
        "Issue prédite : plus aucun médecin généraliste dans la commune à l’échéance.",
        "Méthode : régression logistique pénalisée, calibrée sur des régions tenues à l’écart.",
        (
            "Limites : la base des équipements est bruitée et s’arrête en 2020 ; l’âge des "
            "médecins n’est pas ouvert ; des associations sont apprises, non des causes."
        ),
        (
            f"Version : données au {date(dt.date.fromisoformat(shipped['date']))}, scikit-learn "
            f"{shipped['versions'].get('scikit-learn', MISSING)}."
        ),
    ]
