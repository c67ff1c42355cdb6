"""The words of the screens in plain French; `docs/glossary.md` gives their English."""

from data.base.french import number
from data.region.rules import ZIP_APL

GLOSSARY = (
    (
        "médecin généraliste",
        "Médecin de premier recours. Qui exerce en deux lieux compte en parts.",
    ),
    (
        "place, habitants sans place",
        (
            "Combien d’habitants peuvent être suivis par les médecins à leur portée, si chacun en "
            "suit au plus tant. Une commune qui a un médecin complet n’offre pas de place."
        ),
    ),
    (
        "bloc, ensemble de Hall",
        (
            "Les communes qui se partagent les mêmes médecins, et la preuve que l’on ne peut faire "
            "mieux en répartissant autrement."
        ),
    ),
    (
        "zone à 20 minutes",
        "Ce que l’on atteint en 20 minutes de voiture ou moins, aux heures creuses.",
    ),
    (
        "APL",
        (
            "Accessibilité potentielle localisée : consultations par an et par habitant, à "
            "portée, compte tenu de ceux qui les partagent (DREES). Sous "
            f"{number(ZIP_APL, 1)} : sous-dense."
        ),
    ),
    (
        "zonage : ZIP, ZAC, ZV, HZ",
        (
            "Zone d’intervention prioritaire, d’action complémentaire, de vigilance, hors zone. "
            "Fixé par arrêté de l’ARS, il ouvre droit aux aides."
        ),
    ),
    ("territoire de vie-santé (TVS)", "Groupe de communes que l’arrêté de zonage classe ensemble."),
    (
        "relève non assurée",
        (
            "Probabilité qu’une commune n’ait plus aucun généraliste à l’horizon choisi. Jamais un "
            "avis sur un médecin."
        ),
    ),
    (
        "probablement déjà parti",
        "Compté dans la base, absent d’un registre plus récent : à vérifier.",
    ),
    (
        "permanence des soins (PDSES)",
        "Qui reçoit la nuit, le week-end et les jours fériés, à l’hôpital.",
    ),
    (
        "carence, réquisition",
        "Carence : personne ne tient la ligne. Réquisition : elle est tenue sur ordre.",
    ),
    (
        "consultations avancées, solidaires",
        "Demi-journées données, là où il en manque, par des médecins installés ailleurs.",
    ),
    (
        "pôle, antenne",
        "Un même cabinet réparti sur plusieurs lieux, quelques demi-journées chacun.",
    ),
    ("MSP", "Maison de santé pluriprofessionnelle."),
    ("label France Santé", "Structure labellisée par l’État ; une à 30 minutes de chacun."),
    ("millésime", "Année que disent les données, non celle où on les lit."),
    ("vue publique", "Ce que chacun peut voir : rien qui désigne un médecin."),
    ("NS", "Nombre de 1 à 4 professionnels, que l’on ne montre pas."),
)
"""French words of `docs/glossary.md`, and what they mean to who reads a screen."""
