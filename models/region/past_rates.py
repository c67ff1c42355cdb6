"""What became of communes of a class or of a signal in the past, as the screen tells it."""

from functools import cache

import pandas as pd

from data.base.french import counted, number
from models.learning import artefact
from models.learning.fitted import LATEST
from models.learning.signals import CANNOT_TELL, LOSES, SHOWN, span_of

_WHERE = {
    None: "",
    True: " où le registre montrait encore un médecin",
    False: " où le registre ne montrait plus de médecin",
}
FEW_COMMUNES = 20
"""Of fewer, no "of a hundred" is told."""


@cache
def past(
    horizon: int, kind: str, *, register: bool = False, shown: bool | None = None
) -> pd.DataFrame:
    """Return what became of the communes of each class ("class") or set ("set"); read only.

    Where a `register` entered, they may be those alone where it still showed a GP (`shown`), or
    those alone where it showed none (False): these make nearly all of the highest class.

    Returns
    -------
    pandas.DataFrame
        label, communes, losses, rate; for classes, low and high (probabilities that bound it at
            this horizon). Regions held out, over the counts that judge the horizon
            (`counted_over`); those of 2017 → 2020 where a `register` entered.
    """
    fitted = artefact.shipped()
    signals = fitted.nowcast_signals if register and fitted.nowcast_signals else fitted.signals
    table = pd.DataFrame([one for one in signals.observed[horizon] if one["kind"] == kind])
    if register and shown is not None:
        seen = pd.DataFrame(
            [one for one in signals.observed[horizon] if one["kind"] == kind + SHOWN]
        )
        counts = ["communes", "losses"]
        table[counts] = seen[counts] if shown else table[counts] - seen[counts]
    if kind == "class":
        low = [bound for _, bound in signals.bounds[horizon]]
        table = table.assign(low=low, high=[*low[1:], 1.0])
    rate = (table["losses"] / table["communes"]).where(table["communes"] > 0)
    return table.drop(columns=["kind", "expected"]).assign(rate=rate)


def classes_told(horizon: int, *, register: bool = False) -> str:
    """Say what the two high classes are: their probabilities, and what became of such communes."""
    *_, high, highest = past(horizon, "class", register=register).to_dict("records")
    within = (
        (high, f"de {of_hundred(high['low'])} à {of_hundred(high['high'])} %"),
        (highest, f"de {of_hundred(highest['low'])} % ou plus"),
    )
    told = [
        f"« {one['label']} » : probabilité {bounds} ; sur 100, {of_hundred(one['rate'])} n’avaient "
        f"plus de médecin"
        for one, bounds in within
    ]
    when, tested = when_told(horizon, register=register), counted_over(horizon, register=register)
    return f"{'. '.join(told)} {when} ({tested}, régions tenues à l’écart)."


def counted_over(horizon: int, *, register: bool = False) -> str:
    """Return the counts that the past rates come from ("2017 → 2020, 3 ans")."""
    start, end = LATEST if register else span_of(horizon)
    return f"{start} → {end}, {end - start} ans"


def when_told(horizon: int, *, register: bool = False) -> str:
    """Return when the communes of the past rates were counted again, of a forecast's horizon.

    >>> when_told(3), when_told(1)
    ('à l’échéance', 'au bout de 3 ans, faute d’effectif à 1 an')
    """
    start, end = LATEST if register else span_of(horizon)
    if end - start == horizon:
        return "à l’échéance"
    length, asked = (counted(years, "an", "ans") for years in (end - start, horizon))
    return f"au bout de {length}, faute d’effectif à {asked}"


def told(
    horizon: int, label: str, signal: str, *, register: bool = False, shown: bool | None = None
) -> list[str]:
    """Say how many of a hundred communes of a class, then of a set, lost their last GP.

    Parameters
    ----------
    horizon
        Years.
    label, signal
        The class and the conformal set.
    register, shown
        As `past`.
    """
    where = _WHERE[shown] if register else ""
    when = when_told(horizon, register=register)
    tested = counted_over(horizon, register=register)
    sentences = []
    for kind, name in (("class", label), ("set", signal)):
        table = past(horizon, kind, register=register, shown=shown)
        lost, communes = table.loc[table["label"] == name, ["losses", "communes"]].iloc[0]
        seen = f"{number(lost)} sur {number(communes)} ; {tested}"
        if kind == "class":
            seen += ", régions tenues à l’écart de l’apprentissage"
            named = f"communes de la classe « {name} »{where}"
        elif name == LOSES:
            named = f"signaux de ce type (« {name} »){where}"
        elif name == CANNOT_TELL:
            named = f"communes dont le modèle « {name} » l’issue{where}"
        else:
            named = f"communes dont le modèle dit « {name} »{where}"
        if communes < FEW_COMMUNES:
            sentences.append(f"Trop peu de {named} pour dire un taux ({seen}).")
            continue
        came = "s’étaient réalisés" if named.startswith("signaux") else "n’avaient plus de médecin"
        sentences.append(f"Sur 100 {named}, {of_hundred(lost / communes)} {came} {when} ({seen}).")
    return sentences


def of_hundred(rate: float) -> str:
    """Return how many of a hundred, with a decimal under two ("0,6")."""
    return number(100 * rate, 1 if rate < 0.02 else 0)
