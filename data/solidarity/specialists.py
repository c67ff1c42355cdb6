"""Help by specialists, where their counts are imported: who misses them, who could come, where.

Two ways to say what is missing, both from a number of inhabitants that one full-time specialist
takes: "place", inhabitants whom no specialist within reach can take, the nearest served first; and
"minimum", inhabitants who have fewer than so many specialists within reach, each missing one
counted for its share. Half-days follow: a full place for so many inhabitants.

No APL of specialists is known: what the donors' own patients lose is not computed, and is said.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from data.access import inputs
from data.access.indicators import commune_indicators
from data.access.parts import parts_of
from data.access.room import with_home
from data.base.french import as_set, counted, fold, number, percent
from data.region import privacy
from data.region.rules import HALF_DAY_EUROS, MOST_HALF_DAYS_A_MONTH
from data.region.territory import Territory
from data.solidarity.help import LONGEST_TRIP_MINUTES
from data.solidarity.hiding import (
    hidden_plan,
    may_leave,
    proof_words,
    reached_by_enough,
    too_few,
)
from data.solidarity.hosts import candidates
from data.solidarity.plans import roads_to
from data.solidarity.schemes import HALF_DAYS_A_MONTH
from geo.errors import InvalidInputError, UnavailableError
from geo.room import Reach, nearest_first
from geo.solidarity import HelpPlan, HelpProblem

Floats = npt.NDArray[np.float64]

TABLE = "specialists"
READ = ("communes", "zoning", TABLE)
"""Tables that every figure of this help rests on."""
NEEDS = {
    "place": "habitants que les spécialistes à portée ne suffisent pas à recevoir",
    "minimum": "habitants qui ont trop peu de spécialistes à portée",
}
MOST_TOWN_HALLS = 60
"""Town halls that may receive: those of the communes that miss most."""

UNKNOWN = (
    "Ce que perdent les patients des spécialistes qui se déplacent n’est pas calculé : aucune APL "
    "de spécialistes n’est connue. La bonne volonté n’est pas prédite ; aucun donneur n’est situé."
)


@dataclass(frozen=True)
class SpecialistQuestion:
    """Which specialists, what is missing, and on what terms.

    Attributes
    ----------
    specialty
        As imported, letters aside.
    people
        Inhabitants that one full-time specialist takes.
    need
        Key of `NEEDS`.
    within
        Minutes to a specialist or to a host site, at most.
    least
        Specialists that one must have within reach, for "minimum".
    volunteers, sites
        Most volunteers and host sites in all; None for no limit.
    minutes
        Longest trip of a volunteer, one way.
    hosts, listed
        See `data.solidarity.hosts.candidates`.
    """

    specialty: str
    people: float
    need: str = "place"
    within: float = 45.0
    least: int = 1
    volunteers: int | None = None
    sites: int | None = None
    minutes: float = LONGEST_TRIP_MINUTES
    hosts: str = "hopitaux"
    listed: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what is not a question.

        Raises
        ------
        InvalidInputError
            An unknown key, or a number out of bounds.
        """
        if self.need not in NEEDS:
            raise InvalidInputError(
                f"Besoin « {self.need} » inconnu : choisissez parmi {', '.join(NEEDS)}."
            )
        if not (np.isfinite(self.people) and self.people > 0 and self.least >= 1):
            raise InvalidInputError(
                "Les habitants par spécialiste et le nombre de spécialistes voulus sont supérieurs "
                "à 0."
            )
        longest = LONGEST_TRIP_MINUTES
        if not (0 < self.within <= longest and 0 < self.minutes <= longest):
            raise InvalidInputError(f"Les trajets durent de 1 à {longest:.0f} minutes.")


@dataclass(frozen=True, eq=False)
class SpecialistHelp:
    """A plan of help by specialists.

    Attributes
    ----------
    question
        What was asked, the specialty as it is imported.
    doctors
        Specialists counted in the region.
    targets
        row, code, name, departement, epci_name, zone, population, people (missing a specialist),
        half_days (a month), covered.
    hosts
        code, name, places, hosted (half-days a month), those in use.
    found
        The flow and its proof; nobody is told (`data.solidarity.hiding`).
    out_of_reach
        Half-days a month that no specialist reaches, or so few that the plan would tell who goes.
    able, volunteers, given
        Specialists of each place who could give, whole volunteers, and half-days a month received
        as a host, shape (places,).
    roads
        origin, host (rows of places): who could drive where.
    unknown
        Communes of the region that reach a place whose count is masked, and the people there: what
        they miss is not known, and is in no figure above.
    """

    question: SpecialistQuestion
    doctors: float
    targets: pd.DataFrame
    hosts: pd.DataFrame
    found: HelpPlan
    out_of_reach: float
    able: Floats
    volunteers: npt.NDArray[np.int64]
    given: Floats
    roads: pd.DataFrame
    unknown: tuple[int, float] = (0, 0.0)


def specialties(territory: Territory) -> list[str]:
    """Return the specialties whose counts are imported, none when no file was."""
    known = territory.context.get(TABLE)
    return [] if known is None else sorted(known["specialty"].unique(), key=fold)


def specialist_help(
    territory: Territory, question: SpecialistQuestion, time_limit: float = 20.0
) -> SpecialistHelp:
    """Return what is missing of a specialty, and the plan that covers most of it.

    Donors are the specialists settled outside ZIP and outside the targets, up to six half-days a
    month each; those paid for a ZIP receive in one, or in a commune that is helped. No donor is
    told of, and a host site is served where what it receives does not tell who goes.

    Raises
    ------
    UnavailableError
        No count of specialists is imported, or no host site is known.
    InvalidInputError
        The specialty is not among those imported.
    UnsolvedError
        HiGHS found no plan.
    """
    # Who lacks, and who may give.
    counts = _counts(territory, question.specialty)
    withheld = np.isnan(counts)
    counts = np.nan_to_num(counts)
    targets, unknown = _targets(territory, question, counts, withheld)
    communes = commune_indicators(territory)
    rows = targets["row"].to_numpy(dtype=np.int64)
    zip_here = (communes["zone"] == "ZIP").to_numpy(dtype=bool)
    may = (counts[: len(communes)] > 0) & ~zip_here
    may[rows] = False
    donors = np.flatnonzero(may).astype(np.int64)
    # Where they would receive; roads from donors, none of whom a reader could tell.
    hosts = _hosts(territory, question, targets, zip_here)
    at = hosts["row"].to_numpy(dtype=np.int64)
    doctors = counts[donors]
    roads = roads_to(territory, donors, at, question.minutes)
    roads = roads[donors[roads["origin"]] != at[roads["host"]]]
    roads = roads[reached_by_enough(roads, doctors)]
    # Who reaches each host site, and the plan that covers most of what is missing.
    near = roads_to(territory, rows, at, question.within)
    problem, found = hidden_plan(
        HelpProblem(
            needs=targets["half_days"].to_numpy(dtype=np.float64),
            doctors=may_leave(doctors),
            ceiling=float(MOST_HALF_DAYS_A_MONTH),
            donor=roads["origin"].to_numpy(dtype=np.int64),
            host=roads["host"].to_numpy(dtype=np.int64),
            minutes=roads["minutes"].to_numpy(dtype=np.float64),
            served_at=near["host"].to_numpy(dtype=np.int64),
            target=near["origin"].to_numpy(dtype=np.int64),
            hosts=len(hosts),
        ),
        doctors,
        volunteers=question.volunteers,
        sites=question.sites,
        time_limit=time_limit,
    )
    # What is told: host sites and communes helped, sums over donors.
    could = pd.DataFrame({"origin": donors[problem.donor], "host": at[problem.host]})
    hosted = np.bincount(problem.host, found.given, len(hosts))
    told = communes.loc[at, ["code", "name"]].reset_index(drop=True)
    told = told.assign(places=hosts["places"].to_numpy(), hosted=hosted)
    return SpecialistHelp(
        question=question,
        doctors=float(counts[: len(communes)].sum()),
        targets=targets.assign(covered=np.bincount(problem.target, found.received, len(targets))),
        hosts=told[told["hosted"] > 0].sort_values("hosted", ascending=False, ignore_index=True),
        found=found,
        out_of_reach=float(problem.out_of_reach.sum()),
        able=np.where(np.isin(np.arange(counts.size), could["origin"]), counts, 0.0),
        volunteers=np.bincount(donors, found.volunteers, counts.size).astype(np.int64),
        given=np.bincount(at, hosted, counts.size).astype(np.float64),
        roads=could,
        unknown=unknown,
    )


def _counts(territory: Territory, specialty: str) -> Floats:
    """Return the specialists of each place, shape (places,).

    0 where the file names none; NaN where it names some and their count is not known.
    """
    known = specialties(territory)
    if not known:
        raise UnavailableError(
            "Aucun effectif de spécialistes n’est importé : remplissez le modèle (code_insee, "
            "specialite, medecins, annee), puis importez-le."
        )
    chosen = {name.lower(): name for name in known}.get(specialty.strip().lower())
    if chosen is None:
        raise InvalidInputError(
            f"La spécialité « {specialty} » n’est pas dans vos effectifs : choisissez parmi "
            f"{', '.join(known)}."
        )
    table = territory.context[TABLE]
    doctors = table[table["specialty"] == chosen].set_index("code")["doctors"]
    codes = inputs.places(territory)["code"]
    found = codes.map(doctors).to_numpy(dtype=np.float64)
    return np.where(codes.isin(doctors.index), found, 0.0)


def _targets(
    territory: Territory,
    question: SpecialistQuestion,
    counts: Floats,
    withheld: npt.NDArray[np.bool_],
) -> tuple[pd.DataFrame, tuple[int, float]]:
    """Return the communes that miss specialists; how many cannot be judged, and their people."""
    places = inputs.places(territory)
    people = places["population"].to_numpy(dtype=np.float64)
    at = np.flatnonzero((counts > 0) | withheld).astype(np.int64)
    parts = parts_of(territory, at, question.within)
    if parts is None:
        pairs = inputs.pairs_to(territory, at, question.within)
        reach = Reach.of(with_home(pairs, at), len(places), len(places), question.within)
    else:
        people, reach = parts.people, parts.reach
    if question.need == "place":
        missing = nearest_first(reach, people, counts, question.people).without_room
    else:
        within = np.bincount(reach.origin, counts[reach.destination], len(people))
        missing = people * np.clip(1 - within / question.least, 0.0, 1.0)
    # Who reaches a place whose count is masked may be received there: not known.
    near = np.bincount(reach.origin, withheld[reach.destination], len(people)) > 0
    missing, hidden = np.where(near, 0.0, missing), np.where(near, people, 0.0)
    if parts is not None:
        missing = parts.by_commune(missing, len(places))
        hidden = parts.by_commune(hidden, len(places))
    communes = commune_indicators(territory)
    hidden = hidden[: len(communes)]
    columns = ["code", "name", "departement", "epci_name", "zone", "population"]
    table = communes[columns].assign(row=np.arange(len(communes)), people=missing[: len(communes)])
    table["half_days"] = table["people"] / question.people * HALF_DAYS_A_MONTH
    unknown = int((hidden > 0).sum()), float(hidden.sum())
    return table[table["half_days"] > 0].reset_index(drop=True), unknown


def _hosts(
    territory: Territory,
    question: SpecialistQuestion,
    targets: pd.DataFrame,
    zip_here: npt.NDArray[np.bool_],
) -> pd.DataFrame:
    most = (
        targets.nlargest(MOST_TOWN_HALLS, "half_days") if question.hosts == "mairies" else targets
    )
    rows = np.sort(most["row"].to_numpy(dtype=np.int64))
    found = candidates(territory, question.hosts, rows, question.listed)
    return found[zip_here[found["row"]] | found["row"].isin(targets["row"])].reset_index(drop=True)


def said(help_found: SpecialistHelp) -> list[str]:
    """Return the plan in French sentences, with what it means and what it does not say."""
    asked, found = help_found.question, help_found.found
    need = float(help_found.targets["half_days"].sum())
    what = (
        f"{NEEDS[asked.need]} ({as_set(asked.within)} minutes, {number(asked.people)} habitants "
        "par spécialiste à plein temps : votre hypothèse"
    )
    what += f", {asked.least} au moins)" if asked.need == "minimum" else ")"
    counted_here = (
        f"{asked.specialty.capitalize()} : {privacy.count(help_found.doctors)} spécialistes "
        "comptés dans la région (au-delà de sa limite, ceux que le fichier donne). Besoin : "
        f"{what}."
    )
    if help_found.unknown[0]:
        communes, people = help_found.unknown
        counted_here += (
            " Des effectifs sont masqués ou illisibles dans le fichier : ce qui manque à "
            f"{number(people)} habitants de {counted(communes, 'commune', 'communes')}, qui y ont "
            "accès, n’est pas connu et n’est pas compté."
        )
    if not need:
        return [counted_here, "Rien ne manque à ce compte : aucune aide n’est à organiser."]
    count = int(found.volunteers.sum())
    proof = proof_words(found.status, found.covered, found.bound)
    covered = (
        f"Il manque {number(need)} demi-journées par mois dans "
        f"{counted(len(help_found.targets), 'commune', 'communes')} ; "
        f"{counted(count, 'volontaire en couvrirait', 'volontaires en couvriraient')} "
        f"{number(found.covered)}, soit {percent(found.covered / need)} (au plus "
        f"{number(found.bound)} : {proof}) ; {number(help_found.out_of_reach)} hors "
        f"d’atteinte : {too_few('spécialiste')}."
    )
    money = (
        f"Consultations avancées : {number(HALF_DAY_EUROS * found.covered)} € par mois ; route : "
        f"{number(found.road_minutes / 60)} heures par mois."
    )
    return [counted_here, covered, money, UNKNOWN]
