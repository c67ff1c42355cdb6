"""The model card in French, for the screen; `docs/model-card.md` says the same in English."""

import datetime as dt
import math
from pathlib import Path
from typing import Any

import pandas as pd

from data.base.french import date, number, percent
from models.backtests import proof
from models.backtests.markdown import markdown_table
from models.learning import artefact
from models.learning.fitted import LATEST
from models.learning.hazard import INVERSE_PENALTY
from models.learning.places import ASSETS
from models.learning.predictors import EARLY_SHARE

PATH = ASSETS / "fiche-modele.md"

DEFAULT_YEARS = 5
"""Horizon that the card tells the level at."""


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
    return markdown_table([str(name) for name in frame.columns], rows)


def _share(measure: dict[str, float]) -> str:
    values = (number(measure[key], 3) for key in ("value", "low", "high"))
    return "{} [{} ; {}]".format(*values)


def _aims(told: pd.DataFrame) -> str:
    """Say which of the aims are not reached, where a reader looks first."""
    short = [
        f"{one['Mesure'] if one['Mesure'].isupper() else one['Mesure'].lower()}, {one['Essai']} "
        f"{str(one['Mesuré']).split(' [')[0]} (demandé : {one['Demandé']})"
        for one in told[told["Atteint"] == "non"].to_dict("records")
    ]
    if not short:
        return "Tout ce qui était demandé est atteint."
    return (
        f"**N’est pas atteint** : {' ; '.join(short)}. Parmi les communes à un seul médecin, le "
        "départ est la décision d’une personne, qu’aucune donnée publique ne dit."
    )


def french(known: proof.Proof, shipped: dict[str, Any]) -> str:
    """Return the card in the order of TRIPOD+AI (Collins et al., 2024)."""
    designs, used = known.figures["designs"], known.figures["shipped"]
    held, ahead = (designs[key]["models"][used] for key in ("held_out", "forward"))
    data, now = shipped["training_data"], known.figures["register"]["measures"]
    day = date(dt.date.fromisoformat(shipped["date"]))
    trend = known.level(LATEST[1], DEFAULT_YEARS)
    growth = math.exp(shipped["calendar"]) - 1
    return f"""# Fiche du modèle : perdre le dernier médecin généraliste

Dans l’ordre de TRIPOD+AI. Écrite par « proxisoins risk report » ; ne pas la modifier à la main.

## 1. Titre
Pour une commune française qui a un médecin généraliste, probabilité de n’en avoir plus aucun un à
six ans plus tard : mise au point et validation d’un taux annuel de perte, et correction par un
registre plus récent.

## 2. Résumé
{number(data["rows"])} observations de communes, {number(data["losses"])} pertes. À trois ans :

- Régions jamais vues : précision moyenne {_share(held["average_precision"])} pour un taux de
  base de {percent(designs["held_out"]["base_rate"], 1)}, AUC {_share(held["auc"])}.
  {known.verdict("held_out")}
- Vers l’avant, départements jamais vus : précision moyenne {_share(ahead["average_precision"])},
  AUC {_share(ahead["auc"])}. {known.verdict("forward")}
- Avec un registre plus récent que les effectifs, régions jamais vues : précision moyenne
  {_share(now["average_precision"])}, AUC {_share(now["auc"])}.
- {_aims(known.aims())}

## 3. Contexte et but
Un territoire perd son dernier généraliste et l’agence l’apprend tard. Le modèle classe les communes
à regarder d’abord. Il éclaire, il ne décide pas. Pour : les planificateurs des agences. Pas pour :
juger un médecin, décider seul d’une aide, publier commune par commune.

## 4. Données
Effectifs : {data["panel"]}. Accessibilité : {data["apl"]}. Registre : {data["register"]}. Lieux :
{data["places"]}. Jamais appris sur : {data["left_out"]}.

## 5. Communes étudiées
Communes de France métropolitaine ayant un généraliste au départ. Les communes fusionnées sont
suivies : une fusion n’est pas une perte.

## 6. Issue prédite
Plus aucun généraliste dans la base des équipements à l’échéance, comptée depuis le 31 décembre de
l’année des effectifs. Appris sur {", ".join(data["periods"])} : 4, 4 et 3 ans.

## 7. Variables
{_table(proof.predictors())}
Rien de ce qui a été mesuré après le départ n’entre dans une prévision. Les populations sont celles
de 2016 : les lignes de 2009 et 2013 sont apprises avec elles, un léger anachronisme ; une prévision
au départ d’une année antérieure à 2016 les laisse vides, et annonce trop peu (environ
{number(100 * EARLY_SHARE)} pertes pour 100). Le registre est lu tel qu’à son mois,
après les effectifs et avant l’échéance : il n’est pas une variable du taux annuel.

## 8. Données manquantes
Une valeur absente n’ajoute ni ne retire rien au risque (elle est prise à la moyenne). Ce que coûte
un fichier absent, régions jamais vues :

{_table(known.missing())}
## 9. Méthode
Un taux annuel, appris par la vraisemblance de pertes connues entre deux effectifs seulement
(log-log complémentaire, durée en exposition) ; poids pénalisés (C =
{number(INVERSE_PENALTY, 2)}) ; variables bornées à ±4 écarts-types. Le taux croît de
{percent(growth, 1)} par an jusqu’en {int(shipped["calendar_end"])}, puis reste plat : aussi loin
que l’essai vers l’avant le vérifie. Registre : régression logistique à quatre variables. Ni
sous-échantillonnage, ni pondération des classes, ni recalage sur ce qui est jugé.

## 10. Équité
{_table(known.groups("rurality"))}
{_table(known.groups("gps"))}
Les villes de 5 000 habitants ne perdent presque jamais leur dernier généraliste : le modèle sert à
la campagne et autour des villes. Par département : onglet « La preuve ».

## 11. Incertitude
Bas et haut : étendue à 90 % entre modèles réappris sur des tirages de départements, dont la
tendance s’écarte de celle du passé autant que les essais vers l’avant s’en sont écartés. {trend}

Ensembles conformes à 90 % par type de commune et par issue, vérifiés à 3, 4 et 7 ans ; les deux
issues, ou aucune, se disent « ne peut pas dire ».

{_table(known.certainty())}
## 12. Résultats
Trois ans, régions jamais vues :

{_table(known.models("held_out"))}
{_table(known.classes("3"))}
Attendues et observées, à chaque durée :

{_table(known.horizons())}
À chaque échéance de 1 à 6 ans (≈ : pertes réparties au même rythme entre les deux effectifs qui
l’encadrent, non observées ; vers l’avant depuis 2013, une seule période apprise ne dit aucune
tendance, et un tiers des pertes n’était pas attendu) :

{_table(known.each_horizon())}
{chr(10).join(known.register())}

## 13. Limites
{known.noise()} L’âge des médecins n’est pas ouvert : la part des plus de 65 ans est celle d’un
secteur. Distances à vol d’oiseau. Les effectifs s’arrêtent en 2020 : les crises suivantes lui sont
inconnues. Aucun effectif ne tombe à 1, 2, 5 ou 6 ans : ces échéances n’ont pas pu être vérifiées
elles-mêmes. Dans les villes, trop peu de pertes pour vérifier quelque échéance que ce soit. Le
registre n’a été appris qu’à un écart de 14 mois. Des associations, non des causes.

## 14. Usage, contrôle humain et suivi
Un planificateur confirme, réfute ou traite chaque signal ; son avis garde la classe, la probabilité
et la version du modèle qu’il avait sous les yeux. Les vues publiques ne montrent que des
territoires d’au moins cinq médecins. On écrit « relève non assurée », et « probablement déjà
parti : à vérifier » où un registre ne confirme pas, jamais qu’une personne part. Les prévisions
affichées sont gardées, puis comparées aux effectifs plus récents dès leur import. Les âges d’une
agence restent en mémoire.

## 15. Science ouverte
Code, protocole et paramètres (texte clair, données au {day}, scikit-learn
{shipped["versions"]["scikit-learn"]}, numpy {shipped["versions"]["numpy"]}) sont dans le dépôt ;
les mêmes données redonnent le même fichier. Ni financement, ni intérêt en concurrence.
"""
