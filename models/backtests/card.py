"""The model card in French, for the screen; `docs/model-card.md` says the same in English."""

import datetime as dt
from pathlib import Path
from typing import Any

import pandas as pd

from data.base.french import date, number, percent
from models.backtests import proof, report
from models.learning import artefact
from models.learning.model import LastGpModel
from models.learning.places import ASSETS

PATH = ASSETS / "fiche-modele.md"


def write() -> Path:
    """Write the card from the figures of the last report and the shipped parameters."""
    PATH.write_text(french(proof.read(), artefact.read()), encoding="utf-8")
    return PATH


def read() -> str | None:
    """Return the card (Markdown), None when it was not written."""
    try:
        return PATH.read_text(encoding="utf-8")
    except OSError:
        return None


def _table(frame: pd.DataFrame) -> str:
    rows = [[str(value) for value in row] for row in frame.to_numpy(object)]
    return report.markdown_table([str(name) for name in frame.columns], rows)


def _share(measure: dict[str, float]) -> str:
    values = (number(measure[key], 3) for key in ("value", "low", "high"))
    return "{} [{} ; {}]".format(*values)


def french(known: proof.Proof, shipped: dict[str, Any]) -> str:
    """Return the card in the order of TRIPOD+AI (Collins et al., 2024)."""
    designs, used = known.figures["designs"], known.figures["shipped"]
    held, ahead = (designs[key]["models"][used] for key in ("held_out", "forward"))
    data = shipped["training_data"]
    two, five = (shipped["horizons"][key]["with_facilities"] for key in ("2", "5"))
    day = date(dt.date.fromisoformat(shipped["date"]))
    periods = {key: ", ".join(data["periods"][key]) for key in ("2", "5")}
    return f"""# Fiche du modèle : perdre le dernier médecin généraliste

Dans l’ordre de TRIPOD+AI. Écrite par « proxisoins risk report » ; ne pas la modifier à la main.

## 1. Titre
Pour une commune française qui a au moins un médecin généraliste, probabilité de n’en avoir plus
aucun deux ou cinq ans plus tard : mise au point et validation d’une régression logistique
pénalisée.

## 2. Résumé
À deux ans : {number(two["rows"])} observations de communes, {number(two["losses"])} pertes.

- Régions jamais vues : précision moyenne {_share(held["average_precision"])} pour un taux de
  base de {percent(designs["held_out"]["base_rate"], 1)}, AUC {_share(held["auc"])}.
  {known.verdict("held_out")}
- Vers l’avant, départements jamais vus : précision moyenne {_share(ahead["average_precision"])},
  AUC {_share(ahead["auc"])}. {known.verdict("forward")}

## 3. Contexte et but
Un territoire perd son dernier généraliste et l’agence l’apprend tard. Le modèle classe les communes
à regarder d’abord. Il éclaire, il ne décide pas. Pour : les planificateurs des agences. Pas pour :
juger un médecin, décider seul d’une aide, publier commune par commune.

## 4. Données
Effectifs : {data["panel"]}. Accessibilité : {data["apl"]}. Équipements : {data["facilities"]}.
Lieux : {data["places"]}. Jamais appris sur : {data["left_out"]}.

## 5. Communes étudiées
Communes de France métropolitaine ayant au moins un généraliste au départ. Les communes fusionnées
sont suivies : une fusion n’est pas une perte.

## 6. Issue prédite
Plus aucun généraliste dans la base des équipements à l’échéance. Deux ans : appris sur
{periods["2"]}, calibré sur {data["periods"]["2"][-1]}. Cinq ans : appris sur {periods["5"]}.

## 7. Variables
{_table(proof.predictors())}
Populations et lieux sont ceux de 2016 à 2019 pour toutes les dates, un léger anachronisme pour
2009 et 2013. La part des plus de 75 ans n’est connue que d’une région, jamais apprise : elle
n’est pas lue.

## 8. Données manquantes
Une valeur absente n’ajoute ni ne retire rien au risque (elle est prise à la moyenne). Sans la base
des équipements, un second jeu de poids, appris sans elle, est utilisé. Ce que coûte un fichier
absent, régions jamais vues :

{_table(known.missing())}
## 9. Méthode
Variables centrées et réduites, bornées à ±4 écarts-types ; régression logistique à pénalité
quadratique (C = {number(LastGpModel().inverse_penalty, 2)}) ; calibration logistique sur des scores
de régions tenues à l’écart (pentes {number(two["slope"], 2)} et {number(five["slope"], 2)}). Ni
sous-échantillonnage, ni pondération des classes. La règle de choix, les découpages et les mesures
ont été écrits avant le premier essai.

## 10. Équité
{_table(known.groups("rurality"))}
{_table(known.groups("gps"))}
Les villes de 5 000 habitants ne perdent presque jamais leur dernier généraliste : le modèle sert à
la campagne et autour des villes. Par département : onglet « La preuve ».

## 11. Incertitude
Bas et haut : étendue à 90 % entre modèles réappris sur des tirages de départements. Ensembles
conformes à 90 % par type de commune et par issue ; les deux issues, ou aucune, se disent
« ne peut pas dire ».

{_table(known.certainty())}
## 12. Résultats
Deux ans, régions jamais vues :

{_table(known.models("held_out"))}
{_table(known.classes(2))}
Cinq ans, vers l’avant :

{_table(known.classes(5))}
## 13. Limites
La base des équipements est bruitée : des communes y apparaissent et disparaissent ; son millésime
« 2018 » est de 2017 ou de 2018. L’âge des médecins n’est pas ouvert : la part des plus de 65 ans
est celle d’un secteur. Distances à vol d’oiseau. Les effectifs s’arrêtent en 2020 : les crises
suivantes lui sont inconnues. Des associations, non des causes.

## 14. Usage, contrôle humain et suivi
Un planificateur confirme, réfute ou traite chaque signal ; son avis garde la classe, la probabilité
et la version du modèle qu’il avait sous les yeux. Les vues publiques ne montrent que des
territoires d’au moins cinq médecins. On écrit « relève non assurée », jamais qu’une personne part.
Les prédictions affichées sont gardées, puis comparées aux effectifs plus récents dès leur import.
Les âges d’une agence restent en mémoire.

## 15. Science ouverte
Code, protocole et paramètres (texte clair, données au {day}, scikit-learn
{shipped["versions"]["scikit-learn"]}, numpy {shipped["versions"]["numpy"]}) sont dans le dépôt ;
les mêmes données redonnent le même fichier. Ni financement, ni intérêt en concurrence.
"""
