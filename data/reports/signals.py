"""The seven signals of a territory: always all seven, each with its number or why it has none."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.access import unknown_supply
from data.access.indicators import published_years
from data.base.french import MISSING, counted, minutes_told, number, percent, tenths_if_any
from data.region import rules
from data.region.france import apl_to_come
from data.region.privacy import AGES_MASKED, NOT_TOLD, ages_masked
from data.region.territory import SIMULATED_MARK, Provenance

ALERT, WATCH, CALM, UNKNOWN = "alerte", "à suivre", "sans alerte", "non connu"
OUT_OF_REACH = "hors de portée"
STATES = (ALERT, WATCH, CALM, UNKNOWN)
"""How a signal stands; "sans alerte" says what the figure shows, never that all is well."""


@dataclass(frozen=True)
class Signal:
    """What it is about, its number, how it stands (one of `STATES`), and what that means."""

    key: str
    title: str
    value: str
    state: str
    sentence: str


@dataclass(frozen=True)
class Room:
    """People who find no room with a GP within the threshold, as `data.access.room` counts them.

    Attributes
    ----------
    least, nearest_first
        Inhabitants without room: shared as fairly as can be, and each going to the nearest GP.
    per_gp
        Patients that one GP takes, an assumption.
    unknown
        Inhabitants left out: the GPs in their reach are not all known.
    """

    least: float
    nearest_first: float
    per_gp: int
    unknown: float = 0.0


@dataclass(frozen=True, eq=False)
class Facts:
    """What the signals read.

    Attributes
    ----------
    own
        The territory's row of indicators.
    members
        Its communes' rows.
    past
        `data.access.history.by_year`: index year, columns gps, apl, apl65.
    first_counts
        GPs of each member in the first year known, aligned with `members`; empty when unknown.
    sources
        Provenance of each table, by key.
    room
        People without room, None when not computed.
    labelled
        Whether a labelled structure is known, here or elsewhere.
    """

    own: pd.Series
    members: pd.DataFrame
    past: pd.DataFrame
    first_counts: pd.Series
    sources: dict[str, Provenance]
    room: Room | None = None
    labelled: bool = False

    @property
    def alone(self) -> bool:
        """Whether the territory is one commune."""
        return len(self.members) == 1

    def year(self, table: str) -> str:
        """Return the vintage of a table, as it is written at the foot of the sheet."""
        source = self.sources.get(table)
        return source.vintage if source else "millésime inconnu"

    def simulated(self, *tables: str) -> bool:
        """Tell whether one of some tables is simulated."""
        return any(self.sources[one].simulated for one in tables if one in self.sources)


def signals(facts: Facts) -> tuple[Signal, ...]:
    """Return the seven signals, in the order of reading."""
    return (
        _room(facts),
        _single(facts),
        _zone(facts),
        _access(facts),
        _retirement(facts),
        _losses(facts),
        _label(facts),
    )


def gps_in_words(gps: float) -> str:
    """Return a number of GPs ("aucun médecin généraliste", "0,5 médecin généraliste")."""
    if np.isnan(gps):
        return "un nombre de médecins généralistes non connu"
    if not gps > 0:
        return "aucun médecin généraliste"
    return counted(gps, "médecin généraliste", "médecins généralistes", tenths_if_any(gps))


def _room(facts: Facts) -> Signal:
    title = "De la place à 20 minutes"
    room = facts.room
    if room is None:
        return Signal(
            "room",
            title,
            "non calculée",
            UNKNOWN,
            "Le nombre d’habitants sans place chez un médecin n’est pas calculé avec ces données.",
        )
    if facts.own["population"] == 0:
        nobody = "Aucun habitant n’est compté ici."
        return Signal("room", title, "sans objet", UNKNOWN, nobody)
    few, many = sorted((room.nearest_first, room.least))
    people = counted(many, "habitant sans place", "habitants sans place")
    if many < 1:
        people = "aucun habitant sans place"
    elif round(few) < 1:
        people = f"jusqu’à {people}"
    elif round(few) < round(many):
        # One end alone would reassure, or alarm, by what it leaves out.
        people = f"de {number(few)} à {people}"
    calm = UNKNOWN if room.unknown else CALM
    upper_bound = (
        unknown_supply.room_note(facts.members["supply"]) if "supply" in facts.members else ""
    )
    left_out = (
        f" Sans compter {counted(room.unknown, 'habitant', 'habitants')} dont les médecins à "
        "portée ne sont pas tous connus."
        if room.unknown
        else ""
    )
    return Signal(
        "room",
        title,
        people,
        room_state(room, float(facts.members["population"].sum()), calm),
        f"À {number(room.per_gp)} habitants par médecin (hypothèse)\u00a0: "
        f"{number(room.nearest_first)} "
        f"si chacun va au plus près, {number(room.least)} dans le partage le plus équitable "
        f"({facts.year('gps')}).{left_out}{' ' if upper_bound else ''}{upper_bound}",
    )


def room_state(room: Room, people: float, calm: str) -> str:
    """Return how the signal stands: alert for a share of the people, or for one GP's patients.

    As many must be without room either way of sharing: what is fairest for all may leave people of
    this territory without room who have some where each goes to the nearest.

    Parameters
    ----------
    room
        Those without room.
    people
        Inhabitants of the territory.
    calm
        What it is where nobody is without room: `CALM`, or `UNKNOWN` where some are not known.
    """
    alarming = min(rules.ROOM_ALERT_SHARE * people, room.per_gp)
    if min(room.least, room.nearest_first) >= max(alarming, 1):
        return ALERT
    return WATCH if max(room.least, room.nearest_first) >= 1 else calm


def _single(facts: Facts) -> Signal:
    title, year = "Un seul médecin", facts.year("gps")
    members = facts.members
    if not members["gps"].notna().any():
        return Signal("single", title, MISSING, UNKNOWN, "Les médecins ne sont pas connus ici.")
    if facts.alone:
        gps = float(facts.own["gps"])
        state = ALERT if gps <= 1 else WATCH if gps <= 2 else CALM
        told = (
            "La commune dépend de ses voisines."
            if gps == 0
            else "Son départ laisserait la commune sans médecin."
            if gps <= 1
            else "Plus d’un médecin exerce dans la commune."
        )
        return Signal("single", title, gps_in_words(gps), state, f"{told[:-1]} ({year}).")
    lone = members[(members["gps"] > 0) & (members["gps"] <= 1)]
    people = lone["population"].sum()
    unknown = int(members["gps"].isna().sum())
    if not unknown and not (members["gps"] > 0).any():
        told = f"Les {len(members)} communes dépendent de leurs voisines ({year})."
        return Signal("single", title, gps_in_words(0.0), ALERT, told)
    calm = UNKNOWN if unknown else CALM
    left_out = f" ; {counted(unknown, 'commune', 'communes')} non connues" if unknown > 1 else ""
    left_out = " ; 1 commune non connue" if unknown == 1 else left_out
    return Signal(
        "single",
        title,
        counted(len(lone), "commune", "communes"),
        ALERT
        if people > rules.LONE_GP_ALERT_SHARE * members["population"].sum()
        else WATCH
        if len(lone)
        else calm,
        f"{counted(people, 'habitant vit', 'habitants vivent')} dans une commune à un seul "
        f"médecin ; {counted(int((members['gps'] == 0).sum()), 'commune', 'communes')} sans "
        f"médecin{left_out} ({year}).",
    )


def _zone(facts: Facts) -> Signal:
    title, members = "Zonage", facts.members
    year = facts.year("zoning")
    # Of a made-up zone, « légal » would deny that it is simulated.
    drawn = f"Zonage ({year})" if facts.simulated("zoning") else f"Zonage légal ({year})"
    people = members["population"].sum()
    zoned = members[members["zone"] != ""]
    if zoned.empty:
        return Signal("zone", title, "non zoné", UNKNOWN, "Aucune zone n’est connue ici.")
    shares = zoned.groupby("zone")["population"].sum() / people if people else pd.Series()
    largest = {"ZIP": ALERT, "ZAC": WATCH}
    told = [f"{percent(shares[zone])} en {zone}" for zone in ("ZIP", "ZAC") if zone in shares]
    if facts.alone:
        zone = str(zoned["zone"].iloc[0])
        words = {"ZV": "vigilance", "HZ": "hors zone"}.get(zone, zone)
        return Signal("zone", title, words, largest.get(zone, CALM), f"{drawn}.")
    state = next((largest[zone] for zone in largest if zone in shares), CALM)
    value = told[0] if told else "hors ZIP et ZAC"
    if unknown := int((members["zone"] == "").sum()):
        told = [*(told or [value]), f"zone inconnue dans {counted(unknown, 'commune', 'communes')}"]
    rest = " ; ".join(told[1:])
    return Signal(
        "zone",
        title,
        value,
        state,
        f"Part des habitants{' ; ' + rest if rest else ''}. {drawn}.",
    )


def _access(facts: Facts) -> Signal:
    title, own = "APL et son cours", facts.own
    past = facts.past["apl"].dropna() if "apl" in facts.past else pd.Series(dtype=float)
    published = pd.notna(own["apl_published"])
    if published:
        value, year = float(own["apl_published"]), published_years(facts.members)
        series = f"APL {year} publiée par la DREES"
    elif pd.notna(own["apl"]):
        value, series = float(own["apl"]), f"APL calculée ici ({facts.year('gps')})"
    else:
        return Signal("apl", title, MISSING, UNKNOWN, "Aucune APL avec les données chargées.")
    if published and len(past) > 1:
        course = f"{number(past.iloc[0], 1)} en {past.index[0]}"
    else:
        course = "son cours n’est pas connu"
    return Signal(
        "apl",
        title,
        number(value, 1),
        ALERT if value <= rules.ZIP_APL else WATCH if value <= rules.FAIR_APL else CALM,
        f"Consultations par an et par habitant, {series} ; {course}.",
    )


def _retirement(facts: Facts) -> Signal:
    title, share = "Proches de la retraite", facts.own["share_near_retirement"]
    if not pd.notna(share):
        if ages_masked(facts.members):
            return Signal("retirement", title, NOT_TOLD, UNKNOWN, AGES_MASKED)
        told = apl_to_come(facts.members["departement"], imported="apl" in facts.sources)
        return Signal("retirement", title, MISSING, UNKNOWN, told)
    year = published_years(facts.members, "share_near_retirement_year")
    return Signal(
        "retirement",
        title,
        percent(share),
        ALERT
        if share >= rules.NEAR_RETIREMENT_SHARE
        else WATCH
        if share >= rules.TOLD_RETIREMENT_SHARE
        else CALM,
        f"Part de l’offre accessible due à des médecins de plus de 65 ans (DREES {year}).",
    )


def _losses(facts: Facts) -> Signal:
    past = facts.past["gps"].dropna() if "gps" in facts.past else pd.Series(dtype=float)
    if len(past) < 2:
        said = (
            f"Médecins comptés en {past.index[0]} seulement : il faut deux années."
            if len(past)
            else "Médecins comptés en aucune année connue."
        )
        return Signal("losses", "Pertes ou gains de médecins", MISSING, UNKNOWN, said)
    first, last = past.index[0], past.index[-1]
    title = f"Pertes ou gains depuis {first}"
    change = float(past.iloc[-1] - past.iloc[0])
    sign = "+" if change > 0 else "−" if change < 0 else ""
    noun = counted(abs(change), "médecin", "médecins", tenths_if_any(change))
    none_left = not change and not past.iloc[-1]
    none = "toujours aucun médecin" if not past.any() else "de nouveau aucun médecin"
    value = f"{sign}{noun}" if change else none if none_left else "autant de médecins"
    made_up = SIMULATED_MARK if facts.simulated("gps", "gp_history") else ""
    told = f"De {number(past.iloc[0])} en {first} à {number(past.iloc[-1])} en {last}{made_up}."
    if not facts.alone and len(facts.first_counts) == len(facts.members):
        emptied = (facts.first_counts.to_numpy() > 0) & (facts.members["gps"].to_numpy() == 0)
        told += (
            f" {counted(emptied.sum(), 'commune a perdu son', 'communes ont perdu leur')} dernier "
            "médecin."
            if emptied.any()
            else " Aucune commune n’a perdu son dernier médecin."
        )
    part = change / past.iloc[0] if past.iloc[0] else 0.0
    # Where nobody is left there is nothing more to lose: no reason to be calm.
    state = ALERT if part < -rules.LOSS_ALERT_SHARE else WATCH if change < 0 or none_left else CALM
    return Signal("losses", title, value, state, told)


def no_way_to_label(*, known: bool) -> str:
    """Say why no time to a labelled structure is told: none is known, or none is joined by road."""
    if known:
        return "Aucun trajet par la route n’est connu vers une structure labellisée."
    return "Aucune structure labellisée n’est connue."


def _label(facts: Facts) -> Signal:
    title, own = "Label France Santé à 30 minutes", facts.own
    if facts.alone:
        minutes = float(own["minutes_to_labelled_structure"])
        if not np.isfinite(minutes):
            return Signal("label", title, MISSING, UNKNOWN, no_way_to_label(known=facts.labelled))
        kept = minutes <= rules.LABEL_MINUTES
        told = "La promesse du label est tenue" if kept else "La promesse n’est pas tenue"
        told = f"{told} ({facts.year('structures')})."
        return Signal("label", title, minutes_told(minutes), CALM if kept else ALERT, told)
    reached, people = own["population_labelled_within_30"], own["population"]
    labelled = facts.labelled or facts.members["minutes_to_labelled_structure"].notna().any()
    if not labelled or not people:
        return Signal("label", title, MISSING, UNKNOWN, no_way_to_label(known=False))
    share = reached / people
    return Signal(
        "label",
        title,
        percent(share),
        CALM
        if share >= rules.LABEL_CALM_SHARE
        else WATCH
        if share >= rules.LABEL_WATCH_SHARE
        else ALERT,
        f"{number(reached)} des {number(people)} habitants à 30 minutes d’une structure "
        f"({facts.year('structures')}).",
    )
