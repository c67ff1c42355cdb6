"""The proof of the risk model as the screen shows it: back-tests in French tables, the card."""

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from data.base.french import MISSING, date, number, percent, signed
from geo.errors import UnavailableError
from models.backtests import aims, horizon_tables, report, trend
from models.learning import artefact
from models.learning.predictors import PREDICTORS, THEMES

MODELS = {
    "base_rate": "Taux de base",
    "one_gp": "Règle : un seul médecin",
    "over_65": "Règle : 1 − APL65/APL",
    "count_population": "Taux annuel, deux variables (médecins, habitants)",
    "four": "Taux annuel, quatre variables",
    "hazard": "Taux annuel, toutes variables",
    "boosting": "Arbres de décision (boosting)",
    "average": "Moyenne des deux précédents",
}
DESIGNS = {
    "forward": "Vers l’avant, départements jamais vus : appris jusqu’à 2017, jugé sur 2017 → 2020",
    "held_out": "Régions jamais vues : jugé sur 2017 → 2020 (3 ans)",
    "seven_years": "Régions jamais vues, sept ans : jugé sur 2013 → 2020",
}
TESTS = {
    "2017→2020, regions held out": "2017 → 2020, régions jamais vues",
    "2013→2017, regions held out": "2013 → 2017, régions jamais vues",
    "2013→2020, regions held out": "2013 → 2020, régions jamais vues",
    "2013→2017, carried to 2017→2020 (forward)": "2013 → 2017, reporté sur 2017 → 2020",
}
LENGTHS = {"3": "3 ans (2017 → 2020)", "7": "7 ans (2013 → 2020)"}
"""Lengths whose curves are drawn."""

GROUPS = {
    "rurality": "Type de commune",
    "gps": "Nombre de médecins",
    "departement": "Département",
}
MISSING_FILES = {
    "nothing": "rien",
    "apl": "toute l’APL",
    "earlier_vintages": "millésimes antérieurs du nombre de médecins",
    "all": "les deux",
}
DENOMINATOR = (
    "Communes de France métropolitaine ayant au moins un médecin au départ, Nouvelle-Aquitaine "
    "exclue de tout apprentissage et de tout essai. Sources : INSEE, base permanente des "
    "équipements (2009, 2013, 2017, 2020) ; DREES, APL (2016). Entre crochets : intervalle à 95 % "
    "(tirages de départements)."
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

    def aims(self) -> pd.DataFrame:
        """Return what was asked of the model and what was reached."""
        return aims.french(self.figures)

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

    def alike(self, design: str) -> str:
        """Say why two and four variables give the same measures, where they do; else ""."""
        models = self.figures["designs"][design]["models"]
        if models["four"] != models["count_population"]:
            return ""
        return (
            "Deux et quatre variables donnent ici les mêmes mesures : les deux autres viennent de "
            "l’APL, que la DREES ne publiait pas encore aux dates de départ dont le modèle apprend."
        )

    def verdict(self, design: str) -> str:
        """Say plainly whether the model in use beats the four-feature logistic."""
        gains = self.figures["designs"][design]["against_four"][self.figures["shipped"]]
        said = []
        for key, name in (("average_precision", "précision moyenne"), ("auc", "AUC")):
            one = gains[key]
            beyond = "au-delà du hasard" if one["low"] > 0 else "dans la marge d’erreur"
            said.append(
                f"{name} {signed(one['difference'], 3)} [{signed(one['low'], 3)} ; "
                f"{signed(one['high'], 3)}], {beyond}"
            )
        return "Écart avec quatre variables : " + " ; ".join(said) + "."

    def calibration(self, length: str) -> pd.DataFrame:
        """Return the calibration curve: tenths of communes, announced and observed rates, in %."""
        points = pd.DataFrame(self.figures["curves"][length]["calibration"]) * 100
        return pd.DataFrame(
            {
                "Probabilité annoncée (%)": points["predicted"],
                "Taux observé (%)": points["observed"],
                "Parfait (%)": points["predicted"],
            }
        )

    def yields(self, length: str) -> pd.DataFrame:
        """Return the losses found among the first k communes, and those that chance would find."""
        design = "held_out" if length == "3" else "seven_years"
        rate = self.figures["designs"][design]["base_rate"]
        points = pd.DataFrame(self.figures["curves"][length]["yield"])
        return pd.DataFrame(
            {
                "Communes examinées": points["top"],
                "Pertes trouvées": points["found"],
                "Trouvées au hasard": points["top"] * rate,
            }
        )

    def classes(self, length: str) -> pd.DataFrame:
        """Return the classes with the rate observed in each."""
        return pd.DataFrame(
            [
                {
                    "Classe": one["label"],
                    "Probabilité": f"{percent(one['low'], 1)} à {percent(one['high'], 1)}",
                    "Communes": int(one["communes"]),
                    "Pertes": int(one["losses"]),
                    "Taux observé": f"{percent(one['rate'], 1)} [{percent(one['rate_low'], 1)} ; "
                    f"{percent(one['rate_high'], 1)}]",
                }
                for one in self.figures["curves"][length]["classes"]
            ]
        )

    def horizons(self) -> pd.DataFrame:
        """Return expected and observed losses at each length, by rurality, forward too."""
        parts = [
            (f"{one['start']} → {one['end']} ({one['years']} ans)", row)
            for one in self.figures["horizons"]
            for row in one["rows"]
        ]
        parts += [("2017 → 2020, vers l’avant", row) for row in self.figures["forward_ratios"]]
        return pd.DataFrame(
            [{"Effectifs": title, "Type de commune": row["group"]} | _ratio(row)
             for title, row in parts]
        )  # fmt: skip

    def each_horizon(self, horizon: int | None = None) -> pd.DataFrame:
        """Return expected and observed losses of one horizon, or of all; see `horizon_tables`."""
        return horizon_tables.french(self.figures["by_horizon"], horizon)

    def departements(self, horizon: int) -> pd.DataFrame:
        """Return expected and observed losses of one horizon by département."""
        return horizon_tables.french_departements(self.figures["by_horizon"], horizon)

    def verified(self, horizon: int) -> str:
        """Say whether a horizon was checked on counts, and what came of it."""
        return horizon_tables.verified(self.figures["by_horizon"], horizon)

    def level(self, as_of: int, horizon: int) -> str:
        """Say how far the losses of the country may lie from those announced; see `trend`."""
        return trend.french(self.figures["trend"], as_of, horizon)

    def groups(self, by: str) -> pd.DataFrame:
        """Return the measures of the model in use by rurality, number of GPs or département."""
        return pd.DataFrame(
            [
                {GROUPS[by]: one["group"]}
                | _ratio(one)
                | {
                    "Précision moyenne": _told(one["average_precision"]),
                    "AUC": _told(one["auc"]),
                }
                for one in self.figures["subgroups"][by]
            ]
        )

    def certainty(self) -> pd.DataFrame:
        """Return the errors of the sets (10 % at most) and what a signal is worth."""
        return pd.DataFrame(
            [
                {
                    "Essai": TESTS[one["test"]],
                    "Type de commune": one["rurality"],
                    "Communes": one["communes"],
                    "Pertes": one["losses"],
                    "Maintiens signalés à tort": percent(one["wrong_stays"], 1),
                    "Pertes dites « maintien »": MISSING
                    if one["wrong_loses"] is None
                    else percent(one["wrong_loses"], 1),
                    "Sur 100 signaux, réalisés": MISSING
                    if one["predictive_value"] is None
                    else number(100 * one["predictive_value"]),
                    "« Ne peut pas dire »": percent(one["cannot_tell"], 1),
                }
                for one in self.figures["conformal"]
            ]
        )

    def register(self) -> list[str]:
        """Return what a newer register is worth, in sentences; none when it was not tried."""
        found = self.figures["register"]
        if not found:
            return []
        flags, there = found["flags"], found["still_there_auc"]
        measures, base = found["measures"], found["base"]
        return [
            (
                "Comptés en 2017, absents du registre SIRENE de mars 2019 : "
                f"{number(flags['right'])} des {number(flags['communes'])} communes n’avaient plus "
                f"de médecin fin 2020, soit {number(100 * flags['rate'])} signalements justes sur "
                f"100 [{number(100 * flags['low'])} ; {number(100 * flags['high'])}]."
            ),
            (
                f"Avec le registre, régions jamais vues : AUC {_measure(measures['auc'])} (sans : "
                f"{number(base['auc'], 3)}), précision moyenne "
                f"{_measure(measures['average_precision'])} (sans : "
                f"{number(base['average_precision'], 3)})."
            ),
            (
                "Là où le registre montre encore un médecin, il apprend peu : AUC "
                f"{number(there['with'], 3)} avec, {number(there['without'], 3)} sans. C’est une "
                "alerte, non une prévision."
            ),
        ]

    def noise(self) -> str:
        """Say how many losses were undone at the next count."""
        told = [
            f"{number(one['undone'])} des {number(one['losses'])} pertes de {one['period']} "
            f"n’en étaient plus en {one['later']}"
            for one in self.figures["noise"]
        ]
        return f"Bruit de la base : {' ; '.join(told)}."

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


def _ratio(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return expected and observed losses of a group, and whether chance explains the gap."""
    return {
        "Communes": row["communes"],
        "Pertes": row["losses"],
        "Pertes attendues": number(row["expected"], 1),
        "Attendues / observées": _told(row["ratio"], 2),
        "Écart dû au hasard": "oui" if row["chance"] else "non",
    }


def _told(value: float | None, decimals: int = 3) -> str:
    return "–" if value is None else number(value, decimals)


def predictors() -> pd.DataFrame:
    """Return what the model reads: theme, meaning, source, what a blank does."""
    return pd.DataFrame(
        [
            {
                "Thème": THEMES[one.theme],
                "Variable": one.meaning,
                "Source": one.source,
                "Date de mesure": one.dated,
                "Si elle manque": one.missing,
            }
            for one in PREDICTORS
        ]
    )


def summary() -> list[str]:
    """Return the model card in short: sentences in French, figures from the shipped parameters."""
    shipped = artefact.read()
    data = shipped["training_data"]
    return [
        (
            "But : classer les communes à regarder d’abord. Il éclaire, il ne décide pas : chaque "
            "signal se vérifie, se confirme ou se réfute par une personne."
        ),
        "À ne pas faire : juger un médecin, décider seul d’une aide, publier commune par commune.",
        (
            f"Appris sur : {number(data['rows'])} observations de communes, "
            f"{number(data['losses'])} pertes ({', '.join(data['periods'])})."
        ),
        (
            f"Données : {data['panel']} ; {data['apl']} ; {data['register']}. Jamais appris sur : "
            f"{data['left_out']}."
        ),
        (
            "Issue prédite : plus aucun médecin généraliste dans la commune à l’échéance, comptée "
            "depuis le millésime des effectifs."
        ),
        (
            "Méthode : un taux annuel de perte, d’où toutes les échéances de 1 à 6 ans ; le risque "
            "ne baisse jamais quand l’échéance s’éloigne."
        ),
        (
            "Limites : la base des équipements est bruitée et s’arrête en 2020 ; l’âge des "
            "médecins n’est pas ouvert ; des associations sont apprises, non des causes."
        ),
        (
            f"Version : données au {date(dt.date.fromisoformat(shipped['date']))}, scikit-learn "
            f"{shipped['versions'].get('scikit-learn', MISSING)}."
        ),
    ]
