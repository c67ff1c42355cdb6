"""A plan of help on tables of the user's own: needs, donors and minutes."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from data.access.own_tables import ID_TITLES, read_gp_counts, read_times
from data.base.codes import plain_code
from data.files.own_columns import columns_of, once, positive_numbers, refuse_duplicates
from data.region.rules import HUBERT_MINUTES
from geo.errors import InvalidInputError
from geo.solidarity import HelpPlan, HelpProblem

_NEED_TITLES = {
    "id": ID_TITLES,
    "half_days": ("half days", "demi journees", "demi journees par mois", "besoin", "need"),
}


@dataclass(frozen=True, eq=False)
class HelpTables:
    """Needs, donors, and the flow between them.

    Attributes
    ----------
    needs
        id, half_days (a month).
    donors
        id, gps.
    problem
        The flow; its targets and hosts are the rows of `needs`.
    notes
        French sentences on what was completed or left out.
    """

    needs: pd.DataFrame
    donors: pd.DataFrame
    problem: HelpProblem
    notes: tuple[str, ...]


def read_help_tables(
    needs: Path, donors: Path, times: Path, *, minutes: float, ceiling: float, hosted: bool
) -> HelpTables:
    """Read and check the three files.

    Parameters
    ----------
    needs
        id and half_days missing a month.
    donors
        id and gps (fractions allowed; rows of one id are summed).
    times
        from, to, minutes: from a donor to a target; from a target to a target too when sites are
        chosen, which says who is received where (within 20 minutes; a target is at 0 of itself).
    minutes, ceiling
        Longest trip of a volunteer, and the half-days a month that one gives at most.
    hosted
        Whether host sites are chosen; else each target receives at home.

    Raises
    ------
    InvalidInputError
        With the file, the line and what to mend.
    """
    wanted = once(needs, columns_of(needs, _NEED_TITLES, required=("id", "half_days")))
    if wanted.empty:
        raise InvalidInputError(f"{needs.name} ne contient aucun besoin sous ses titres.")
    refuse_duplicates(needs, wanted["id"], "l’identifiant")
    wanted["half_days"] = positive_numbers(needs, wanted["half_days"])
    wanted = wanted.reset_index(drop=True)
    offer = read_gp_counts(donors, wanted["id"])
    everyone = pd.concat([offer["id"], wanted["id"]]).drop_duplicates(ignore_index=True)
    pairs, notes = read_times(times, everyone, wanted["id"], triangular=False)
    rank = pd.Index(offer["id"]).get_indexer(everyone)[pairs["origin"]]
    trips = (rank >= 0) & (pairs["minutes"] <= minutes).to_numpy(dtype=bool)
    served_at = target = np.arange(len(wanted))
    if hosted:
        place = pd.Index(wanted["id"]).get_indexer(everyone)[pairs["origin"]]
        near = (place >= 0) & (pairs["minutes"] <= HUBERT_MINUTES).to_numpy(dtype=bool)
        served_at = pairs["destination"].to_numpy(dtype=np.int64)[near]
        target = place[near].astype(np.int64)
    problem = HelpProblem(
        needs=wanted["half_days"].to_numpy(dtype=np.float64),
        doctors=offer["gps"].to_numpy(dtype=np.float64),
        ceiling=ceiling,
        donor=rank[trips].astype(np.int64),
        host=pairs["destination"].to_numpy(dtype=np.int64)[trips],
        minutes=pairs["minutes"].to_numpy(dtype=np.float64)[trips],
        served_at=served_at,
        target=target,
        hosts=len(wanted),
    )
    return HelpTables(wanted, offer, problem, notes)


def read_hosts(path: Path) -> tuple[str, ...]:
    """Return the INSEE codes of a list of host sites (column id).

    Raises
    ------
    InvalidInputError
        A line bears no code of a commune.
    """
    found = columns_of(path, {"id": ID_TITLES}, required=("id",))["id"].astype(str)
    codes = found.map(plain_code)
    wrong = codes.index[codes == ""]
    if len(wrong):
        raise InvalidInputError(
            f"{path.name}, ligne {wrong[0]} : « {found[wrong[0]]} » n’est pas un code "
            "INSEE de commune ; corrigez la ligne ou retirez-la."
        )
    return tuple(dict.fromkeys(codes))


def flows(tables: HelpTables, found: HelpPlan) -> pd.DataFrame:
    """Return what moves: one row per trip, then one per target received at a host.

    Returns
    -------
    pandas.DataFrame
        kind ("trajet" or "accueil"), from, to, minutes (of a trip, one way), half_days (a month).
    """
    problem = tables.problem
    donors, targets = tables.donors["id"].to_numpy(), tables.needs["id"].to_numpy()
    trips = pd.DataFrame(
        {
            "kind": "trajet",
            "from": donors[problem.donor],
            "to": targets[problem.host],
            "minutes": problem.minutes,
            "half_days": found.given,
        }
    )
    served = pd.DataFrame(
        {
            "kind": "accueil",
            "from": targets[problem.target],
            "to": targets[problem.served_at],
            "minutes": np.nan,
            "half_days": found.received,
        }
    )
    both = pd.concat([trips, served], ignore_index=True)
    return both[both["half_days"] > 0].reset_index(drop=True)
