"""The trend of the whole country: what forward forecasts missed, and how far totals may lie."""

from collections.abc import Mapping, Sequence
from typing import Any

from data.base.french import counted, number, percent
from models.backtests.horizons import AIM
from models.backtests.markdown import markdown_table
from models.learning import artefact, drift
from models.learning.drift import Miss
from models.learning.fitted import LATEST
from models.learning.hazard import end_of
from models.learning.signals import HORIZONS

TOLD_FROM = 0.05
"""A total that stays within 5 % of what is announced needs no sentence."""

NATIONAL_RISES = (0.05, 0.16)
"""Yearly growth that national figures known in 2013 told of departures: share of doctors of 60 or
more 23.5 % on 1 January 2012, 24.7 % in 2013; retired doctors on the register 38,700 in 2007,
51,900 in 2012, 56,100 in 2013, hence 2,600 more a year until 2012 and 4,200 in 2012 (atlas of the
Ordre des médecins, 2012 and 2013, as the Sénat's report 335 of 2013, Le Quotidien du médecin and
Le Cardiologue quote them; the atlas itself was not read)."""


def ratios(spread: float, as_of: int, horizon: int) -> tuple[float, float]:
    """Return the ends (90 %) of losses to come over losses expected, counts of `as_of`."""
    model = artefact.shipped().model
    return drift.level(model, spread, end_of(as_of), horizon)


def french(found: Mapping[str, Any], as_of: int, horizon: int) -> str:
    """Say how far the total of losses may lie from the one announced; "" where it is known."""
    low, high = ratios(found["spread"], as_of, horizon)
    if max(1 - low, high - 1) < TOLD_FROM or not found["misses"]:
        return ""
    rates = ", ".join(
        f"{percent(one['rate'], 1)} par an de {one['start']} à {one['end']}"
        for one in found["yearly"]
    )
    tests = ", ".join(
        f"{number(one['losses'])} pertes pour {number(one['expected'])} attendues de "
        f"{one['start']} à {one['end']}"
        for one in found["misses"]
    )
    return (
        f"Le rythme des pertes change ({rates}) et peut changer encore. "
        f"{counted(horizon, 'an', 'ans')} après les effectifs de {as_of}, le total des pertes du "
        f"pays peut aller de {number(low, 2)} à {number(high, 2)} fois celui qui est annoncé "
        "(intervalle à 90 %, large et approché : il vient de deux essais vers l’avant, "
        f"{tests}). Les intervalles des communes en tiennent compte."
    )


def english(found: Mapping[str, Any], forward: Sequence[Mapping[str, Any]]) -> str:
    """Return the section of the report; `forward`, the forward checks of each horizon."""
    misses = [Miss(**one) for one in found["misses"]]
    tests = markdown_table(
        ["forward forecast", "losses", "expected", "expected / losses", "growth missed, a year"],
        [
            [f"{m.start}→{m.end}", f"{m.losses:.0f}", f"{m.expected:.0f}",
             f"{m.expected / m.losses:.2f}", f"{100 * m.slope:+.1f} %"]
            for m in misses
        ],
    )  # fmt: skip
    last = LATEST[1]
    told = []
    for horizon in HORIZONS:
        low, high = ratios(found["spread"], last, horizon)
        told.append([str(horizon), f"{low:.2f} to {high:.2f}", f"{1 / high:.2f} to {1 / low:.2f}"])
    years = markdown_table(
        ["horizon", "losses / expected (90 %)", "expected / losses (90 %)"], told
    )
    slow, fast = NATIONAL_RISES
    first = misses[0] if misses else None
    known = (
        ""
        if first is None
        else "What national figures known at the end of 2013 told of departures (share of doctors "
        f"of 60 or more, retired doctors: {100 * slow:.0f} to {100 * fast:.0f} % more a year, "
        "Ordre des médecins, quoted) would have made the first ratio "
        f"{first.expected / first.losses * _grown(slow, first.years):.2f} to "
        f"{first.expected / first.losses * _grown(fast, first.years):.2f}: it holds the truth and "
        "is too wide to choose a figure in, and to choose now would be to choose with the outcome "
        f"in sight. {_by_rurality(first, forward)}It is not used.\n\n"
    )
    return (
        "### The level of the country: how far the trend may leave its past\n\n"
        f"{tests}\nThree periods are too few to learn how a trend changes. Intervals of communes "
        f"(low, high) and these take it as it was missed: {100 * found['spread']:.1f} % a year "
        "(root mean square of two tests, hence itself rough), from the middle of the last period "
        f"on. From counts of {last}:\n\n{years}\nThe aim of 0.8 to 1.25 forward is within this "
        f"interval, and cannot be promised at any horizon. {known}"
    )


RURALITIES = {"périurbain": "suburban", "rural": "rural", "rural isolé": "remote rural"}
"""Groups whose losses are enough to judge, as the report names them."""


def _by_rurality(first: Miss, forward: Sequence[Mapping[str, Any]]) -> str:
    """Say what each national figure would have made of each rurality, and what all of them need."""
    rows = [
        one
        for check in forward
        if check["counted"] and check["start"] == first.start
        for one in check["rows"]
        if one["group"] in RURALITIES
    ]
    if not rows:
        return ""
    told = [
        ", ".join(
            f"{RURALITIES[one['group']]} {one['ratio'] * _grown(rise, first.years):.2f}"
            for one in rows
        )
        for rise in NATIONAL_RISES
    ]
    ratios = [one["ratio"] for one in rows]
    least = (AIM[0] / min(ratios)) ** (1 / first.years) - 1
    most = (AIM[1] / max(ratios)) ** (1 / first.years) - 1
    return (
        f"Nor does either serve every rurality: {told[0]} with the lower, {told[1]} with the "
        f"higher; all three within the aim would take {100 * least:.1f} to {100 * most:.1f} % more "
        "a year, which no figure published then tells. "
    )


def _grown(yearly: float, years: float) -> float:
    return float((1 + yearly) ** years)
