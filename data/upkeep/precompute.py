"""What the first screens need, computed for all regions over many processes (extra `precompute`).

The minutes, which cost most, are computed département by département and joined; the rest follows
region by region. The result is that of `data.upkeep.prepare`, to the last bit.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from data.access import inputs
from data.region import catalogue
from data.upkeep.prepare import prepare
from geo.errors import InvalidInputError, UnavailableError

Tell = Callable[[str], None]
"""Told a French sentence as each region is ready."""

Submit = Callable[..., "Future[Any]"]
"""As `submit` of a pool: a function and its arguments."""


def precompute(
    regions: Sequence[str], tell: Tell, *, workers: int = 1, scheduler: str = ""
) -> None:
    """Compute and keep on disk what the screens of some regions need.

    Parameters
    ----------
    regions
        INSEE codes; none for all those whose set is built.
    tell
        Told of the progress.
    workers
        Processes of this machine; 1 does all here, without Dask.
    scheduler
        Address of a Dask scheduler whose workers share the data folder, instead.

    Raises
    ------
    InvalidInputError
        The number of processes is not positive.
    UnavailableError
        A region is not built, Dask is not installed, or no scheduler answers.
    """
    if workers < 1:
        raise InvalidInputError("Le nombre de processus doit être au moins 1.")
    chosen = list(regions) or [code for code, _ in catalogue.regions()]
    if workers == 1 and not scheduler:
        for region in chosen:
            prepare(region)
            tell(f"Région {region} prête.")
        return
    with _dask(workers, scheduler) as submit:
        parts = {region: _submitted(region, submit) for region in chosen}
        ready = {}
        for region, waiting in parts.items():
            pairs = pd.concat([one.result() for one in waiting], ignore_index=True)
            _keep(region, pairs)
            ready[region] = submit(prepare, region)
        for region, done in ready.items():
            done.result()
            tell(f"Région {region} prête ({len(parts[region])} départements).")


def _submitted(region: str, submit: Submit) -> list["Future[pd.DataFrame]"]:
    """Ask for the minutes to the GPs of each département of a region and of its fringe.

    By GPs, not by patients: engines search from the fewer points, and the sums would round
    otherwise the other way.
    """
    territory = catalogue.load_territory(region)
    staffed = inputs.gp_places(territory)
    numbers = territory.with_fringe("departement")["departement"].to_numpy(object)[staffed]
    return [submit(minutes_to, region, staffed[numbers == one]) for one in sorted(set(numbers))]


def minutes_to(region: str, rows: npt.NDArray[np.int_]) -> pd.DataFrame:
    """Return `data.access.inputs.pairs_to` of some places of a region; run by a worker."""
    territory = catalogue.load_territory(region)
    return inputs.pairs_to(territory, rows, inputs.NEAR_MINUTES)


def _keep(region: str, pairs: pd.DataFrame) -> None:
    """Keep the minutes of all départements as one process would have written them."""
    whole = pairs.sort_values(["origin", "destination"], ignore_index=True)
    inputs.kept_pairs(catalogue.load_territory(region), inputs.NEAR_MINUTES, lambda: whole)


@contextmanager
def _dask(workers: int, scheduler: str) -> Iterator[Submit]:
    """Start processes of this machine, or join a scheduler.

    Raises
    ------
    UnavailableError
        Dask is not installed, or the scheduler does not answer.
    """
    try:
        from distributed import Client, LocalCluster
    except ImportError as error:
        raise UnavailableError(
            "Le calcul sur plusieurs processus demande Dask : installez l’extra « precompute » "
            "(pip install 'proxisoins[precompute]'), ou demandez un seul processus."
        ) from error
    if scheduler:
        try:
            client = Client(scheduler, timeout=10)
        except (OSError, ValueError) as error:
            raise UnavailableError(
                f"L’ordonnanceur Dask « {scheduler} » ne répond pas : vérifiez son adresse "
                "(tcp://machine:8786)."
            ) from error
        with client:
            yield client.submit
        return
    with (
        LocalCluster(
            n_workers=workers, threads_per_worker=1, dashboard_address=None, memory_limit=None
        ) as cluster,
        Client(cluster) as client,
    ):
        yield client.submit
