"""What a plan of help starts from and what it is, with its proof."""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from scipy import sparse

from geo.errors import InvalidInputError

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True, eq=False)
class HelpProblem:
    """Needs, doctors who may lend time, and roads between them.

    Attributes
    ----------
    needs
        Half-days a month missing at each target, shape (t,).
    doctors
        Doctors of each donor, fractions allowed, shape (m,).
    ceiling
        Half-days a month that one volunteer gives at most.
    donor, host, minutes
        Trips that are allowed: donor, host and minutes one way, shape (p,) each.
    served_at, target
        Hosts where a target can be received: host and target, shape (q,) each.
    hosts
        Number of host sites there could be.
    losses
        What each protected place loses by half-day that each donor gives, shape (r, m).
    margins
        What each protected place may lose, shape (r,), 0 or more.
    """

    needs: Floats
    doctors: Floats
    ceiling: float
    donor: Ints
    host: Ints
    minutes: Floats
    served_at: Ints
    target: Ints
    hosts: int
    losses: sparse.csr_array | None = None
    margins: Floats = field(default_factory=lambda: np.empty(0))

    def __post_init__(self) -> None:
        """Refuse what no plan can answer.

        Raises
        ------
        InvalidInputError
            A negative or missing number, or tables that do not match.
        """
        for name, values in (
            ("besoins", self.needs),
            ("médecins", self.doctors),
            ("minutes", self.minutes),
            ("marges", self.margins),
        ):
            if not np.isfinite(values).all() or (values < 0).any():
                raise InvalidInputError(
                    f"Des {name} manquent ou sont négatifs : corrigez la table, puis relancez."
                )
        if not (np.isfinite(self.ceiling) and self.ceiling > 0):
            raise InvalidInputError(
                "Les demi-journées par volontaire doivent être supérieures à 0."
            )
        rows = 0 if self.losses is None else self.losses.shape[0]
        if rows != self.margins.size:
            raise InvalidInputError("Les lieux protégés et leurs marges ne vont pas ensemble.")

    @property
    def out_of_reach(self) -> Floats:
        """Half-days of each target that no donor reaches, whatever the volunteers, shape (t,)."""
        reached = np.zeros(self.hosts, dtype=bool)
        reached[self.host[self.doctors[self.donor] > 0]] = True
        served = np.zeros(self.needs.size, dtype=bool)
        served[self.target[reached[self.served_at]]] = True
        return np.where(served, 0.0, self.needs)


@dataclass(frozen=True, eq=False)
class HelpPlan:
    """A plan and its proof.

    Attributes
    ----------
    given
        Half-days a month of each trip, shape (p,).
    received
        Half-days a month of each pair host, target, shape (q,).
    volunteers
        Volunteers of each donor, whole numbers, shape (m,).
    opened
        Host sites in use, ascending.
    covered, bound
        Half-days a month covered, and the most that any plan could cover.
    road_minutes
        Minutes of road a month, there and back, one return trip by half-day.
    status
        "optimal" when the cover reaches the bound, else "bounded".
    seconds
        Time spent.
    """

    given: Floats
    received: Floats
    volunteers: Ints
    opened: Ints
    covered: float
    bound: float
    road_minutes: float
    status: str
    seconds: float
