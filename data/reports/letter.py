"""The figures of a plan of help in sentences, for who writes a letter: a text, sources included."""

import datetime as dt
from collections.abc import Sequence

from data.base import french
from data.base.french import counted, number
from data.region.territory import Territory
from data.solidarity import tables
from data.solidarity.donors import OTHERS
from data.solidarity.help import Help
from data.solidarity.hosts import HOSTS, read_by
from data.solidarity.needs import AIMS, TARGETS

_EPCI_NAMED = 5
"""EPCI that a letter names: those that would receive most."""
"""Tables that every figure of a plan rests on."""


def letter(territory: Territory, name: str, found: Help, notes: Sequence[str], day: dt.date) -> str:
    """Return the figures of a plan as a plain text, one sentence each.

    Nothing in it places fewer than five volunteers, nor tells who would come.

    Parameters
    ----------
    territory, found
        The region, the plan.
    name
        Of the plan, as written.
    notes
        Sources and vintages (`pages.figures.notes`).
    day
        Of the text.
    """
    title = " ".join(name.split()) or "Plan de solidarité"
    parts = [
        f"{title} : chiffres pour une lettre",
        f"{territory.region_name}, {french.date(day)}",
        "",
        asked(territory, found),
        tables.sentence(found),
    ]
    if found.need:
        parts += [*_paid(territory, found), *_where(territory, found), *_lost(territory, found)]
    parts += [
        "",
        tables.NOT_PREDICTED,
        *filter(None, [territory.simulated_told(*quoted(found))]),
        tables.COMPUTED,
        tables.SHARED,
        "",
        "Sources, années et limites",
    ]
    return "\n".join([*parts, *(f"- {one}" for one in notes)]) + "\n"


def quoted(found: Help) -> tuple[str, ...]:
    """Return the tables that the figures of a plan rest on."""
    return read_by(found.terms.hosts)


def asked(territory: Territory, found: Help) -> str:
    """Return what a plan was asked: whom it helps, by which scheme, within which limits."""
    question, terms = found.question, found.terms
    whom = TARGETS[question.targets]
    if question.targets == "epci":
        names = territory.communes.set_index("epci")["epci_name"]
        told = names[names.index == question.chosen]
        whom = f"communes de l’EPCI {told.iloc[0] if len(told) else question.chosen}"
    elif question.targets == "apl":
        whom += f" de {number(question.apl, 1)}"
    aim = AIMS[question.aim]
    if question.aim == "apl":
        aim += f" de {number(question.apl, 1)}"
    floor = (
        f" ; aucune commune donneuse sous une APL de {number(terms.floor, 1)}"
        if terms.floor
        else ""
    )
    limits = ""
    if terms.half_days is not None:
        most = counted(terms.half_days, "demi-journée", "demi-journées")
        limits += f" ; {most} par mois et volontaire au plus"
    if terms.sites is not None:
        limits += f" ; {counted(terms.sites, 'site', 'sites')} d’accueil au plus"
    return (
        f"Question : {whom}, {aim}, par {found.scheme.name} ({found.scheme.rule}) ; "
        f"{counted(question.acts, 'consultation', 'consultations')} par demi-journée ; trajet de "
        f"{counted(terms.minutes, 'minute', 'minutes')} au plus ; accueil : {HOSTS[terms.hosts]}"
        f"{limits}{floor}."
    )


def _paid(territory: Territory, found: Help) -> list[str]:
    money = found.euros_a_month
    paid = (
        "Forfaits : aucun texte relevé ne les fixe."
        if money is None
        else f"Forfaits : {number(money)} € par mois, {number(12 * money)} € par an."
    )
    if found.scheme.lodged:
        return [paid]
    road = (
        f"Route : {counted(found.road_hours, 'heure', 'heures')} et environ "
        f"{number(tables.kilometres(territory, found))} km par mois, aller et retour."
    )
    return [paid, road]


def _where(territory: Territory, found: Help) -> list[str]:
    by_epci = tables.by_epci(found).sort_values("covered", ascending=False)
    first = by_epci[by_epci["covered"] > 0].head(_EPCI_NAMED)
    columns = (first[column] for column in ("epci_name", "covered", "half_days"))
    told = [
        f"{name or 'hors EPCI'}, {number(covered)} des {number(missing)} demi-journées qui y "
        "manquent"
        for name, covered, missing in zip(*columns, strict=True)
    ]
    said = [f"Ce seraient d’abord : {' ; '.join(told)}."] if told else []
    lent = tables.donor_table(territory, found)
    named = lent[lent["group"] != OTHERS]
    if len(named):
        pairs = zip(named["group"], named["volunteers"], strict=True)
        listed = ", ".join(f"{name} ({number(count)})" for name, count in pairs)
        rest = " ; le reste d’autres EPCI" * (len(named) < len(lent))
        said.append(f"Les volontaires viendraient de : {listed}{rest}.")
    return said


def _lost(territory: Territory, found: Help) -> list[str]:
    lost = tables.losses(territory, found)
    if not lost["people"]:
        return ["Hors des communes aidées, l’APL de personne ne baisse."]
    said = (
        f"Hors des communes aidées, l’APL de {counted(lost['people'], 'habitant', 'habitants')} "
        f"sur {number(lost['among'])} baisse, de {number(lost['mean_loss'], 2)} consultation "
        "par an en moyenne ; "
        f"{tables.lowest_words(found, lost)} ; habitants sans place en plus : "
        f"{number(lost['without_room'])}."
    )
    return [said]
