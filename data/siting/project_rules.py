"""Projects of teams: what rules ask of each, met or not, or not known."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from data.base.french import counted, number, tenths_if_any, today
from data.region import rules
from data.region.rules import HUBERT_MINUTES
from data.region.territory import SIMULATED_MARK, Territory
from data.siting.evaluation import SiteEvaluation
from data.siting.ground import LIMIT_MINUTES, ground_of, site_minutes
from data.siting.pole_plan import Antenna, PolePlan, days_open
from data.uploads.site import Site
from geo.errors import InvalidInputError
from geo.siting.pole import HALF_DAYS_PER_GP

KINDS = {
    "msp": "MSP",
    "pole": "Pôle (MSP à plusieurs sites)",
    "esp": "ESP",
    "ess": "ESS",
    "cpts": "CPTS",
}
"""Form of a project to its name: maison or pôle de santé, team of primary or of specialist care,
territorial professional community."""
MET, UNMET, UNKNOWN = "rempli", "non rempli", "non connu"

_OURS = "choix de ProxiSoins"
_FILE_SOURCE = "dossier (modèle de fichier)"


@dataclass(frozen=True)
class Check:
    """One rule on one project.

    Attributes
    ----------
    rule
        What is asked, in French.
    state
        `MET`, `UNMET` or `UNKNOWN`.
    detail
        What the project says, in French.
    source
        Where the rule stands.
    figure, unit
        What `detail` says as a number, None where it is none, and its unit in French.
    simulated
        Whether `detail` was read in a simulated table, which it then says.
    """

    rule: str
    state: str
    detail: str
    source: str
    figure: float | None = None
    unit: str = ""
    simulated: bool = False

    @property
    def told(self) -> str:
        """Met or not, and whether that rests on simulated tables, where nothing more is told."""
        return f"{self.state}{SIMULATED_MARK}" if self.simulated else self.state


def checks(
    evaluation: SiteEvaluation, sites: Sequence[Site], kinds: Sequence[str]
) -> list[list[Check]]:
    """Return what rules ask of each project, met or not or unknown.

    Parameters
    ----------
    evaluation
        Judgement of the sites, in their order.
    sites, kinds
        The projects and their forms, keys of `KINDS`.

    Raises
    ------
    InvalidInputError
        A form is none of `KINDS`.
    """
    if len(sites) != len(kinds) or not set(kinds) <= set(KINDS):
        raise InvalidInputError(f"Formes de projet admises : {', '.join(KINDS.values())}.")
    rows = evaluation.sites.to_dict("records")
    return [
        _CHECKS[kind](site, row | {"simulated": evaluation.simulated}) + _file_checks(site)
        for site, kind, row in zip(sites, kinds, rows, strict=True)
    ]


def _at_least(
    value: float | None, least: int, rule: str, source: str, unit: tuple[str, str]
) -> Check:
    if value is None:
        return Check(rule, UNKNOWN, "non précisé", source)
    said = counted(value, *unit, tenths_if_any(value))
    return Check(rule, MET if value >= least else UNMET, said, source, *_figure(value, unit[1], 1))


def _figure(value: float | None, unit: str, decimals: int = 0) -> tuple[float | None, str]:
    """Return a number as rounded as it is told, with its unit; None and "" where it is none."""
    if value is None or np.isnan(value):
        return None, ""
    return round(float(value), decimals), unit


_GPS = ("généraliste", "généralistes")
_NOT_ALL_KNOWN = "effectifs non tous connus"
_OTHERS = ("autre professionnel", "autres professionnels")


def _msp(site: Site, row: Mapping[Any, Any]) -> list[Check]:
    return [
        _at_least(
            site.gps, rules.LEAST_MSP_GPS, "deux généralistes au moins", rules.MSP_TEXT, _GPS
        ),
        _at_least(
            site.others,
            rules.LEAST_MSP_OTHERS,
            "un professionnel paramédical au moins",
            rules.MSP_TEXT,
            _OTHERS,
        ),
        *_place_checks(row),
        _far_from_others(row),
    ]


def _marked(check: Check, table: str, simulated: Collection[str]) -> Check:
    """Return a check that says so where the table it was read in is simulated."""
    if table not in simulated:
        return check
    return replace(check, detail=f"{check.detail}{SIMULATED_MARK}", simulated=True)


def _place_checks(row: Mapping[Any, Any]) -> list[Check]:
    zone, gps_near, simulated = str(row["zone"]), float(row["gps_within_10"]), row["simulated"]
    fragile = MET if zone in rules.HELPED_ZONES else UNMET if zone else UNKNOWN
    alive = {True: UNMET, False: MET}.get(row["void_zone"], UNKNOWN)
    where = Check("zone fragile (ZIP ou ZAC)", fragile, zone or "zonage non connu", rules.MSP_TEXT)
    near = Check(
        f"des généralistes exercent encore à {number(rules.VOID_MINUTES)} minutes",
        alive,
        _NOT_ALL_KNOWN if np.isnan(gps_near) else counted(gps_near, *_GPS, 1),
        _OURS,
        *_figure(gps_near, _GPS[1], 1),
    )
    return [
        _marked(where, "zoning", simulated) if zone else where,
        _marked(near, "gps", simulated),
    ]


def _far_from_others(row: Mapping[Any, Any]) -> Check:
    minutes = float(row["minutes_to_msp"])
    rule = f"aucune MSP existante à {number(HUBERT_MINUTES)} minutes"
    if not row["msps_known"]:
        found = Check(rule, UNKNOWN, "aucune structure connue dans les données chargées", _OURS)
    elif np.isnan(minutes):
        found = Check(rule, MET, "aucune connue à 30 minutes", _OURS)
    else:
        said = f"{row['nearest_msp']}, à {counted(minutes, 'minute', 'minutes')}"
        state = UNMET if minutes <= HUBERT_MINUTES else MET
        found = Check(rule, state, said, _OURS, *_figure(minutes, "minutes"))
    return _marked(found, "structures", row["simulated"])


def _esp(site: Site, row: Mapping[Any, Any]) -> list[Check]:
    del row
    return [
        _at_least(
            site.gps,
            rules.LEAST_ESP_GPS,
            "un généraliste de premier recours au moins",
            rules.TEAMS_TEXT,
            _GPS,
        ),
        _at_least(
            site.others,
            rules.LEAST_ESP_OTHERS,
            "un autre professionnel de santé au moins",
            rules.TEAMS_TEXT,
            _OTHERS,
        ),
        Check("projet de santé transmis à l’agence", UNKNOWN, "hors du fichier", rules.TEAMS_TEXT),
    ]


def _ess(site: Site, row: Mapping[Any, Any]) -> list[Check]:
    del site, row
    return [
        Check(
            "des spécialistes hors médecine générale",
            UNKNOWN,
            "le fichier de sites ne les compte pas",
            rules.TEAMS_TEXT,
        ),
        Check("projet de santé transmis à l’agence", UNKNOWN, "hors du fichier", rules.TEAMS_TEXT),
    ]


def _cpts(site: Site, row: Mapping[Any, Any]) -> list[Check]:
    del site
    area = str(row["cpts_name"])
    return [
        Check(
            "projet de santé et territoire d’action validés (l’agence a deux mois pour s’opposer)",
            UNKNOWN,
            f"dans le périmètre de {area} ; validation hors du fichier"
            if area
            else "périmètre de la CPTS non importé",
            rules.CPTS_TEXT,
        )
    ]


_CHECKS = {"msp": _msp, "pole": _msp, "esp": _esp, "ess": _ess, "cpts": _cpts}


def _file_checks(site: Site) -> list[Check]:
    """Return what a file should say, whatever the form: no text found fixes a minimum."""
    surface, year = site.floor_m2, site.opening_year
    return [
        Check(
            "surface annoncée (aucun minimum dans les textes relevés)",
            UNKNOWN if surface is None else MET,
            "non précisée" if surface is None else f"{number(surface)} m²",
            _FILE_SOURCE,
            *_figure(surface, "m²"),
        ),
        Check(
            "ouverture annoncée, à venir",
            UNKNOWN if year is None else MET if year >= today().year else UNMET,
            "non précisée" if year is None else str(year),
            _FILE_SOURCE,
            *_figure(year, "année"),
        ),
    ]


def pole_checks(territory: Territory, plan: PolePlan) -> list[Check]:
    """Return what rules ask of a pole as a whole, then of the label at each antenna."""
    # What is known of the antennas that open: GPs around, zone, nurse.
    ground = ground_of(territory)
    minutes, _ = site_minutes(territory, plan.sites, LIMIT_MINUTES)
    near = ground.gps_within(minutes, rules.VOID_MINUTES)
    some = ground.gps @ (minutes <= rules.VOID_MINUTES)
    zones = ground.communes.set_index("code")["zone"]
    open_at = [rank for rank, one in enumerate(plan.antennas) if one.half_days]
    told = [str(zones.get(plan.antennas[rank].site.code, "")) for rank in open_at]
    nurses = sum(plan.antennas[rank].nurse for rank in open_at)
    made_up = territory.simulated_tables
    fragile = MET if set(told) & set(rules.HELPED_ZONES) else UNKNOWN if not all(told) else UNMET
    # One antenna where GPs are known to work is enough, whatever is not known of the others.
    most = float(near[open_at].max())
    alive = MET if (some[open_at] > 0).any() else UNKNOWN if np.isnan(most) else UNMET
    around = Check(
        f"des généralistes exercent encore à {number(rules.VOID_MINUTES)} minutes d’un site",
        alive,
        _NOT_ALL_KNOWN if np.isnan(most) else counted(most, *_GPS, 1),
        _OURS,
        *_figure(most, _GPS[1], 1),
    )
    # The pole as one MSP on several sites.
    found = [
        _at_least(
            plan.team / HALF_DAYS_PER_GP,
            rules.LEAST_MSP_GPS,
            "deux généralistes au moins, tous sites ensemble",
            rules.MSP_TEXT,
            _GPS,
        ),
        Check(
            "un professionnel paramédical au moins",
            MET if nurses >= rules.LEAST_MSP_OTHERS else UNKNOWN,
            counted(nurses, "antenne avec infirmière", "antennes avec infirmière"),
            rules.MSP_TEXT,
            *_figure(nurses, "antennes avec infirmière"),
        ),
        _marked(
            Check(
                "un site au moins en zone fragile (ZIP ou ZAC)",
                fragile,
                ", ".join(zone or "non connu" for zone in told),
                rules.MSP_TEXT,
            ),
            "zoning",
            made_up,
        ),
        around if most is None else _marked(around, "gps", made_up),
    ]
    days = days_open(plan.half_days)
    return [*found, *(_label(plan.antennas[rank], int(days[rank])) for rank in open_at)]


def _label(antenna: Antenna, days: int) -> Check:
    """Return what the label asks of one antenna, open so many days a week at most."""
    return Check(
        f"label France Santé à {antenna.site.name} : cinq jours par semaine, infirmière",
        UNMET if days < rules.LABEL_DAYS_A_WEEK else UNKNOWN,
        f"{counted(days, 'jour', 'jours')} par semaine au plus, "
        + ("infirmière sur place" if antenna.nurse else "infirmière proche à vérifier")
        + " ; tarifs et rendez-vous non connus",
        rules.LABEL_TEXT,
        *_figure(days, "jours par semaine au plus"),
    )
