"""Projects in words: rules met or not, money with its year, neighbours, the portfolio."""

import math
from collections.abc import Mapping, Sequence

import pandas as pd

from data.base.french import capitalised, counted, joined, number
from data.region.rules import HUBERT_MINUTES, ROOM_PEOPLE_A_GP, cited
from data.siting.evaluation import SiteEvaluation
from data.siting.project_rules import KINDS, MET, UNKNOWN, UNMET, Check
from data.siting.projects import Funded, Money, money
from geo.siting.portfolio import Portfolio

NOT_A_DECISION = (
    "Ces règles sont lues dans les textes cités et dans le fichier ; « non connu » n’est ni rempli "
    "ni refusé. Les sommes portent leur année : elles ont pu changer, et aucune n’est acquise."
)
_KNOWN, _LEAST, _MOST = "Somme (€)", "Au moins (€)", "Au plus (€)"
_MARKS = {MET: "✓ rempli", UNMET: "✗ non rempli", UNKNOWN: "? non connu"}


def checks_table(
    names: Sequence[str], kinds: Sequence[str], found: Sequence[Sequence[Check]]
) -> pd.DataFrame:
    """Return rules by project under French headings, one row a rule.

    What is known is told in words and, where it is one number, as a number with its unit.
    """
    return pd.DataFrame(
        [
            {
                "Projet": name,
                "Forme": KINDS[kind],
                "Règle": capitalised(check.rule),
                "État": _MARKS[check.state],
                "Ce que l’on sait": check.detail,
                "Chiffre": check.figure,
                "Unité": check.unit,
                "Source": cited(check.source),
            }
            for name, kind, asked in zip(names, kinds, found, strict=True)
            for check in asked
        ]
    )


def summary_table(
    names: Sequence[str],
    kinds: Sequence[str],
    found: Sequence[Sequence[Check]],
    evaluation: SiteEvaluation,
) -> pd.DataFrame:
    """Return one row a project: how many rules are met, not met, not known, and what is missing."""
    rows = []
    gained = evaluation.sites["room_gained"].tolist()
    for name, kind, asked, room in zip(names, kinds, found, gained, strict=True):
        states = [check.state for check in asked]
        missing = [check.rule for check in asked if check.state == UNMET]
        rows.append(
            {
                "Projet": name,
                "Forme": KINDS[kind],
                "Habitants qui trouvent une place": float(room),
                "Règles": len(states),
                "Remplies": states.count(MET),
                "Non connues": states.count(UNKNOWN),
                "Non remplies": len(missing),
                "Ce qui manque": " ; ".join(missing)
                or ("rien, parmi ce qui est connu" if UNKNOWN in states else "rien"),
            }
        )
    return pd.DataFrame(rows)


def money_table(
    names: Sequence[str], kinds: Sequence[str], evaluation: SiteEvaluation
) -> pd.DataFrame:
    """Return the sums of each project, with their year and source."""
    rows = evaluation.sites[["zone", "gps_new"]].to_dict("records")
    return _sums(
        [
            {"Projet": name, "Forme": KINDS[kind]} | _sum(one)
            for name, kind, row in zip(names, kinds, rows, strict=True)
            for one in money(kind, zone=str(row["zone"]), new_gps=float(row["gps_new"]))
        ]
    )


def sums_table(kind: str) -> pd.DataFrame:
    """Return the sums of a form of project, with their year and source."""
    return _sums([_sum(one) for one in money(kind)])


def _sum(one: Money) -> dict[str, object]:
    """Return a sum as numbers: one where one is known, else the ends of its range."""
    known = one.low == one.high
    return {
        "Ce que c’est": capitalised(one.what),
        _KNOWN: one.high if known else math.nan,
        _LEAST: one.low if one.low and not known else math.nan,
        _MOST: math.nan if known else one.high,
        "Rythme": one.by,
        "Année": one.year,
        "Source": one.source,
    }


def _sums(rows: Sequence[Mapping[str, object]]) -> pd.DataFrame:
    """Return sums as a table, without the columns of numbers that none of them fills."""
    table = pd.DataFrame(rows)
    return table.drop(columns=[one for one in (_KNOWN, _LEAST, _MOST) if table[one].isna().all()])


def neighbours_words(pairs: pd.DataFrame, names: Sequence[str]) -> str:
    """Return which projects are within 20 minutes of one another, nearest first."""
    limit = number(HUBERT_MINUTES)
    if pairs.empty:
        return f"Aucun projet n’est à {limit} minutes ou moins d’un autre."
    shown = pairs.head(10)
    told = [
        f"{names[int(first)]} et {names[int(second)]} ({counted(minutes, 'minute', 'minutes')})"
        for first, second, minutes in zip(
            shown["first"], shown["second"], shown["minutes"].tolist(), strict=True
        )
    ]
    more = len(pairs) - len(told)
    rest = f" ; et {counted(more, 'autre paire', 'autres paires')}" if more > 0 else ""
    return f"Projets à {limit} minutes ou moins l’un de l’autre : {' ; '.join(told)}{rest}."


def portfolio_words(found: Funded, names: Sequence[str]) -> str:
    """Return the best portfolio, its proof, and first come beside it."""
    best, first = found.best, found.first
    prices = found.problem.prices
    spent, early = float(prices[best.chosen].sum()), float(prices[first.chosen].sum())
    placed = counted(best.people, "habitant", "habitants")
    if (best.chosen == first.chosen).all():
        told = (
            f"le meilleur portefeuille est celui de l’ordre d’arrivée ({_named(first, names)}) : "
            f"une place à {placed} pour {number(spent)} €"
        )
    else:
        told = (
            f"le meilleur portefeuille ({_named(best, names)}) donne une place à {placed} pour "
            f"{number(spent)} € ; dans l’ordre d’arrivée ({_named(first, names)}), "
            f"{counted(first.people, 'habitant', 'habitants')} pour {number(early)} €"
        )
    return (
        f"Avec {number(found.problem.budget)} €, {told}. Aucun portefeuille n’en place plus de "
        f"{number(best.bound)} (borne). "
        + ("Optimum prouvé." if best.proven else "Optimum non prouvé dans le temps permis.")
    )


def _named(one: Portfolio, names: Sequence[str]) -> str:
    return joined([names[row] for row, kept in enumerate(one.chosen) if kept]) or "aucun projet"


def portfolio_table(found: Funded, names: Sequence[str]) -> pd.DataFrame:
    """Return the projects in their order of arrival: places, price, funded or not."""
    yes = {True: "oui", False: "non"}
    return pd.DataFrame(
        {
            "Projet": list(names),
            "Coût (€)": found.problem.prices,
            "Places offertes (médecins nouveaux)": found.problem.seats.round(0),
            "Meilleur portefeuille": [yes[bool(one)] for one in found.best.chosen],
            "Ordre d’arrivée": [yes[bool(one)] for one in found.first.chosen],
        }
    )


PORTFOLIO_SAID = (
    f"Places : {number(ROOM_PEOPLE_A_GP)} habitants par médecin nouveau (hypothèse), pris parmi "
    f"ceux qui n’ont pas de place à {number(HUBERT_MINUTES)} minutes, dans le partage "
    "le plus équitable. Un médecin qui déménage n’en ajoute pas. ESS et CPTS ne placent personne "
    "chez un généraliste : leur utilité n’est pas mesurée ici. "
    "Sans effectif précisé, une MSP compte deux généralistes, une ESP aucun."
)
