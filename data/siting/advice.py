"""What is advised of a plan: where supply remains, and with the team that an MSP needs."""

from data.base.french import joined
from data.region import rules


def may_be_msp(gps: float | None, others: float | None) -> bool:
    """Whether a plan may be an MSP, as far as it says who would work there.

    Parameters
    ----------
    gps, others
        GPs and other health professionals planned, None where not said.
    """
    enough = gps is None or gps >= rules.LEAST_MSP_GPS
    return enough and not _lacks_others(others)


def _lacks_others(others: float | None) -> bool:
    return others is not None and others < rules.LEAST_MSP_OTHERS


def advice(gps: float | None, others: float | None, zone: str, *, void: bool | None) -> str:
    """Return what is advised, in French.

    Parameters
    ----------
    gps, others
        GPs and other health professionals planned, None where not said.
    zone
        Of the ARS, "" where not known.
    void
        Whether no GP works within `rules.VOID_MINUTES`, None where not known.
    """
    if void:
        return (
            "Déconseillé seul : aucun généraliste à moins de 10 minutes (seuil choisi ici). Le "
            "cahier des charges national tient pour très faibles les chances d’un projet là où il "
            "n’y a plus d’offre ; préférer une antenne d’un pôle voisin."
        )
    if gps is not None and gps < rules.LEAST_MSP_GPS:
        return (
            "Déconseillé tel quel : une MSP compte au moins deux généralistes et un autre "
            "professionnel de santé ; compléter l’équipe, ou en faire l’antenne d’un pôle voisin."
        )
    if _lacks_others(others):
        return (
            "Déconseillé tel quel : une MSP compte aussi au moins un autre professionnel de "
            "santé ; compléter l’équipe."
        )
    if zone in rules.HELPED_ZONES:
        return _advice_in_fragile_zone(gps, others, sure=void is not None)
    if zone:
        return "Hors des zones aidées : le besoin est à justifier."
    return "Zonage non connu : à vérifier auprès de l’ARS."


def _advice_in_fragile_zone(gps: float | None, others: float | None, *, sure: bool) -> str:
    """Return what is advised of a plan that has its team, as far as it says, where aid goes."""
    if not sure:
        return (
            "Zone fragile, mais les généralistes à 10 minutes ne sont pas tous connus : à vérifier "
            "avant de recommander l’implantation."
        )
    lacking = [
        *(["au moins deux généralistes"] if gps is None else []),
        *(["au moins un autre professionnel de santé"] if others is None else []),
    ]
    verb = "s’y installent" if gps is None else "s’y installe"
    team = f" si {joined(lacking)} {verb} (non précisé)" if lacking else ""
    return f"Zone fragile où des généralistes exercent encore : implantation recommandée{team}."
