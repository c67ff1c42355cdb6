"""Tables of candidate sites in words: side by side, changes, choices; also as a share may show."""

from collections.abc import Collection, Mapping, Sequence

import numpy as np
import pandas as pd

from data.base.french import as_set, capitalised, counted, joined, number, percent, signed
from data.region import privacy
from data.region.rules import HUBERT_MINUTES, LEAST_PUBLIC_GPS
from data.region.territory import SIMULATED_MARK
from data.reports.pair import Measure
from data.reports.site_columns import (
    CHANGE_TITLES,
    CHOICE_TITLES,
    SITE_TITLES,
    marked,
)
from data.siting.best import CAPACITATED, ROOM, BestSites
from data.siting.changes import decimals_of
from data.siting.departures import TODAY
from data.siting.evaluation import SiteEvaluation
from data.siting.ground import LIMIT_MINUTES
from geo.siting import Solution

LEAST_PUBLIC = LEAST_PUBLIC_GPS
"""Professionals under which a shared view tells no number, as the health insurance does."""
MEASURE, TOGETHER = "Mesure", "Ensemble"

ESSENTIAL = (
    *("commune", "population_within_20", "room_gained", "newly_within_20", "zip_within_20"),
    "over_75_within_20",
    *("risk_communes_within_20", "share_already_served", "share_shared", "population_above_2_5"),
    *("zone", "enough_gps", "void_zone"),
)
"""Measures that tell sites apart at a glance."""
SENTENCES = ("aid", "advice")
"""Measures too long for a cell of the screen: `eligibility` tells them."""

_FIRST = ("commune", "code", "room_gained", "room_left")
"""What is read first: where, and who finds room."""
_NOT_MEASURES = {"line", "name", "lon", "lat"}
_SHARES = {"share_already_served", "share_shared"}
_DECIMALS = {"apl_gain_under_served": 2, "gps_within_10": 1, "minutes_to_msp": 0}
_ABSENT = {
    "minutes_to_msp": f"aucune connue à {number(LIMIT_MINUTES)} min",
    "share_shared": "sans objet",
}
"""What is said of a figure that is missing: none found that far; no other site to share with."""
_RISK = {"risk_communes_within_20", "risk_population_within_20"}
_PROFESSIONALS = {"gps_within_10"}
MODELS = {
    "room": "Donner une place au plus d’habitants qui n’en ont pas",
    "capacitated": "Mettre le plus de places à portée de ceux qui n’en ont pas (places limitées)",
    "mclp": "Couvrir le plus d’habitants (couverture maximale)",
    "pmedian": "Réduire le trajet moyen (p-médiane)",
    "lscp": "Couvrir tout le monde avec le moins de sites (couverture totale)",
    "pcenter": "Réduire le plus long trajet (p-centre)",
    "equity": "D’abord les plus mal servis (équité)",
}
"""Key of a model to what it seeks, in French."""
STATUSES = {
    "optimal": "Optimum prouvé",
    "time_limit": "Limite de temps atteinte : meilleur choix trouvé",
    "heuristic": "Choix sans preuve",
}
_FOUND = "Meilleur choix trouvé, sans preuve"


def labels(names: Sequence[str], lines: Sequence[int]) -> list[str]:
    """Return names that tell the sites apart: twins get the number of their line."""
    counts = pd.Series(list(names)).value_counts()
    return [
        f"{name} (ligne {line})" if counts[name] > 1 or name in {MEASURE, TOGETHER} else name
        for name, line in zip(names, lines, strict=True)
    ]


def side_by_side(
    evaluation: SiteEvaluation,
    rows: Sequence[int],
    *,
    public: bool = False,
    kept: Collection[str] = tuple(SITE_TITLES),
) -> pd.DataFrame:
    """Return the judgements as texts, one row a measure, one column a site, then all together.

    Parameters
    ----------
    evaluation
        What was judged.
    rows
        Row numbers of the sites shown.
    public
        Whether the table leaves the planner's hands: no risk, small counts suppressed.
    kept
        Keys of the measures shown.
    """
    sites = evaluation.sites
    names = labels(sites["name"].tolist(), sites["line"].tolist())
    table: dict[str, list[str]] = {MEASURE: []}
    table |= {names[row]: [] for row in rows}
    table[TOGETHER] = []
    for key in dict.fromkeys([*_FIRST, *SITE_TITLES]):
        if key in _NOT_MEASURES or key not in kept or key not in sites:
            continue
        if public and key in _RISK:
            continue
        table[MEASURE].append(
            marked(key, SITE_TITLES[key].replace(TODAY, evaluation.moment), evaluation.simulated)
        )
        for row in rows:
            table[names[row]].append(_cell_words(key, sites[key].iloc[row], public=public))
        whole = evaluation.together
        table[TOGETHER].append(
            _cell_words(key, whole[key], public=public) if key in whole.index else ""
        )
    return pd.DataFrame(table)


def eligibility(evaluation: SiteEvaluation, rows: Sequence[int]) -> list[str]:
    """Return what the zone of sites brings and asks: one French line for those told the same."""
    sites = evaluation.sites
    names = labels(sites["name"].tolist(), sites["line"].tolist())
    alike: dict[str, list[str]] = {}
    for row in rows:
        name, commune = names[row], str(sites["commune"].iloc[row])
        kept = {key: str(sites[key].iloc[row]) for key in SENTENCES}
        told = " ".join(f"{capitalised(text).removesuffix('.')}." for text in kept.values() if text)
        made_up = any(marked(key, "", evaluation.simulated) for key, text in kept.items() if text)
        said = f"{told}{SIMULATED_MARK}" if made_up else told
        alike.setdefault(said, []).append(name if name == commune else f"{name} ({commune})")
    return [f"{joined(places)} : {said}" for said, places in alike.items()]


def _cell_words(key: str, value: object, *, public: bool = False) -> str:
    if isinstance(value, (bool, np.bool_)):
        return "oui" if value else "non"
    if isinstance(value, str):
        return value
    figure = float(value)  # type: ignore[arg-type]
    if key in _ABSENT and np.isnan(figure):
        return _ABSENT[key]
    if key in _SHARES:
        return percent(figure)
    if public and key in _PROFESSIONALS:
        return privacy.count(figure)
    return number(figure, _DECIMALS.get(key, 0))


def changes_table(evaluation: SiteEvaluation) -> pd.DataFrame:
    """Return winners and losers by commune when existing GPs move in, as texts; losers first."""
    names = labels(evaluation.sites["name"].tolist(), evaluation.sites["line"].tolist())
    ordered = evaluation.changes.sort_values(
        ["effect", "site", "population"], ascending=[False, True, False]
    )
    columns: dict[str, list[str]] = {}
    for key, title in CHANGE_TITLES.items():
        values = ordered[key].tolist()
        if key == "site":
            columns[title] = [names[row] for row in values]
        elif key in {"code", "name", "effect"}:
            columns[title] = [str(value) for value in values]
        else:
            columns[title] = [
                number(value, kept)
                for value, kept in zip(values, decimals_of(ordered, key), strict=True)
            ]
    return pd.DataFrame(columns)


def room_sentence(evaluation: SiteEvaluation) -> str:
    """Return who would find room with a doctor, and who would not yet, in one French sentence."""
    start = "Ouvrir ces sites" if len(evaluation.sites) > 1 else "Ouvrir ce site"
    return _room_words(start, evaluation.together, made_up="gps" in evaluation.simulated)


def _room_words(start: str, room: Mapping[str, float] | pd.Series, *, made_up: bool) -> str:
    """Return what `start` does for those without room, by `ROOM`; nothing where it is not known."""
    gained, left = room["room_gained"], room["room_left"]
    if np.isnan(gained):
        return ""
    people = counted(abs(gained), "habitant", "habitants")
    of_them = room["room_gained_zip"]
    # Where some lose their place elsewhere, those of the ZIP are no part of the difference.
    in_zip = f" (dont {number(of_them)} en ZIP)" if 0.5 <= of_them <= gained else ""
    within = f"à {number(HUBERT_MINUTES)} minutes"
    if round(gained) == 0:
        told = f"ne donnerait de place à aucun habitant de plus {within}"
    elif gained > 0:
        told = f"donnerait une place à {people} de plus{in_zip} {within}"
    else:
        told = f"ferait perdre leur place {within} à {people}"
    rest = counted(
        left, "habitant de la région y resterait", "habitants de la région y resteraient"
    )
    return f"{start} {told} ; {rest} sans place{SIMULATED_MARK if made_up else ''}."


_BEFORE_AFTER = (
    ("_near", "Habitants sans place à 20 minutes, dans les communes à 20 minutes d’un site"),
    ("_zip", "Habitants sans place à 20 minutes, en ZIP"),
    ("", "Habitants sans place à 20 minutes, dans la région"),
)


def before_after(evaluation: SiteEvaluation, vintage: str) -> list[Measure]:
    """Return who has no room before the sites open and after, as paired measures.

    Parameters
    ----------
    evaluation
        Judgement of the sites, together.
    vintage
        Year of the counts of GPs, or that they are simulated.

    Returns
    -------
    list of Measure
        None where the GPs are not known; no line of ZIP where no zoning is. Bars stand on the scale
        of their line.
    """
    measures = []
    for part, title in _BEFORE_AFTER:
        gained, left = (evaluation.together[f"room_{one}{part}"] for one in ("gained", "left"))
        if not np.isfinite(left):
            continue
        # The difference is that of the figures written, so that a reader can check it.
        before, after = round(float(gained + left)), round(float(left))
        scale = max(before, after, 1)
        measures.append(
            Measure(
                title=title,
                vintage=vintage,
                first=number(before),
                second=number(after),
                difference=signed(after - before),
                region="",
                lengths=(before / scale, after / scale),
            )
        )
    return measures


def changes_sentence(evaluation: SiteEvaluation) -> str:
    """Return how many people win and lose when existing GPs move in.

    How many move in is what the project plans; in public, where from is spread over sets of
    communes (`data.siting.public_moves`).
    """
    changes = evaluation.changes
    moving = evaluation.together["gps_moving"]
    if changes.empty and moving > 0:
        who = (
            counted(moving, "généraliste déjà installé rejoindrait", "")
            if moving < 2
            else f"{number(moving)} généralistes déjà installés rejoindraient"
        )
        return f"{who} ces sites : l’accès d’aucune commune n’en change."
    if changes.empty:
        return "Aucun généraliste déjà installé ne rejoint ces sites : personne n’y perd."
    told = []
    for effect, words in (("gagne", "y gagnent"), ("perd", "y perdent")):
        one = changes[changes["effect"] == effect].drop_duplicates("code")
        people = counted(one["population"].sum(), "habitant", "habitants")
        told.append(f"{people} de {counted(len(one), 'commune', 'communes')} {words}")
    return f"Si les généralistes déjà installés rejoignent les sites : {' ; '.join(told)}."


def choices_table(best: BestSites) -> pd.DataFrame:
    """Return the optimum, the greedy and the user's own choice, as texts."""
    return _choices(best.choices, ("choice", "sites", "criterion", "objective", "bound", "lost"))


def differences_table(best: BestSites, names: Sequence[str]) -> pd.DataFrame:
    """Return the price of each difference with the optimum, as texts; `names` of all sites."""

    def named(choice: str) -> str:
        whole, mark, row = choice.rpartition(" − ")
        return f"{whole}, en échangeant « {names[int(row)]} »" if mark else choice

    table = best.differences.assign(choice=[named(one) for one in best.differences["choice"]])
    return _choices(
        table,
        ("choice", "only_here", "only_best", "objective", "lost", "lost_share"),
    )


def _choices(table: pd.DataFrame, keys: Sequence[str]) -> pd.DataFrame:
    columns: dict[str, list[str]] = {}
    for key in keys:
        values = table[key].tolist()
        if key == "lost_share":
            columns[CHOICE_TITLES[key]] = [
                percent(value, 1) if pd.notna(value) else "" for value in values
            ]
        elif key in {"objective", "bound", "lost"}:
            columns[CHOICE_TITLES[key]] = [
                "" if value is None or pd.isna(value) else _amount(float(value)) for value in values
            ]
        else:
            columns[CHOICE_TITLES[key]] = [str(value) for value in values]
    return pd.DataFrame(columns)


_NEAR = {
    "structures": "d’un de ces sites ou d’une structure en place",
    "gps": "d’un de ces sites ou d’une commune ayant un généraliste",
    "none": "d’un de ces sites",
}
"""From what minutes are counted, by what is kept of today."""


def answer(best: BestSites, minutes: float, existing: str, names: Sequence[str]) -> str:
    """Return the answer in words: what opening the sites chosen gives, and what stays."""
    opening = f"Ouvrir {joined([names[row] for row in best.chosen])}"
    proven = _proven(best.solution)
    if best.solution.model == ROOM:
        found = f"{_room_words(opening, best.room, made_up=best.room_simulated)} {proven}"
        return f"{found}{_further(best.solution)}."
    people = counted(best.gained, "habitant", "habitants")
    again = "L’ouvrir" if len(best.chosen) == 1 else "Les ouvrir"
    if best.solution.model == CAPACITATED:
        seats = counted(best.solution.objective, "place", "places")
        covered = f"{opening} mettrait {seats} à portée de ceux qui n’en ont pas. {proven}."
    else:
        covered = (
            f"{opening} mettrait {people} de plus à {as_set(minutes)} minutes ou moins "
            f"{_NEAR[existing]} ; {number(best.remaining)} resteraient au-delà. {proven}."
        )
    told = (
        covered,
        f"Repose sur des données simulées : {_made_up(best)}." if best.simulated else "",
        _room_words(again, best.room, made_up=best.room_simulated),
    )
    return " ".join(sentence for sentence in told if sentence)


def _proven(solution: Solution) -> str:
    """Say whether a choice is proven; one of room may not be although time was left."""
    unproven = solution.model == ROOM and solution.status != "optimal"
    return _FOUND if unproven else STATUSES[solution.status]


def _further(solution: Solution) -> str:
    """Say how far a choice of room that is not proven may be from another; else nothing."""
    bound = solution.stages[0].bound
    if solution.status == "optimal" or bound is None:
        return ""
    return f" ; aucun ne donnerait une place à plus de {counted(bound, 'habitant', 'habitants')}"


def _made_up(best: BestSites) -> str:
    told = {"gps": "effectifs de généralistes", "structures": "structures en place"}
    return joined([said for key, said in told.items() if key in best.simulated])


def against(evaluation: SiteEvaluation) -> tuple[int, ...]:
    """Return the row numbers of the sites that the advice is against, alone or as they are."""
    return tuple(int(row) for row in np.flatnonzero(~evaluation.sites["advised"].to_numpy(bool)))


def _amount(value: float) -> str:
    """Return people whole, and minutes or sites with two decimals where they have some."""
    return number(value, 0 if abs(value) >= 1000 or value.is_integer() else 2)


def proof(best: BestSites) -> str:
    """Return the proof of a choice in one French sentence."""
    solution = best.solution
    stage = solution.stages[0]
    bound = "" if stage.bound is None else f", borne {_amount(float(stage.bound))}"
    gap = f", écart {percent(solution.gap, 2)}" if np.isfinite(solution.gap) else ""
    told = (
        f"{_proven(solution)} : {stage.criterion} {_amount(float(solution.objective))}"
        f"{bound}{gap}, en {number(solution.seconds, 1)} s."
    )
    if best.unreachable > 0:
        told += (
            f" {number(best.unreachable)} habitants restent au-delà du seuil quel que soit le "
            "choix parmi ces sites."
        )
    return told
