"""What the best sites give those without room, by what is sought.

`python -m benchmarks.siting_room`, on the data of PROXISOINS_HOME: in each département of the
region, candidates are drawn among its communes with a fixed seed, two GPs each, three to open.
Prints a Markdown table: people who find room (nearest first, as the screen counts them) with the
sites of each model, and processor seconds of the last one.
"""

import sys
import time

import numpy as np

from data.region.catalogue import load_territory
from data.region.rules import LEAST_MSP_GPS
from data.siting.best import best_sites
from data.uploads.site import Site

MODELS = ("mclp", "capacitated", "room")
CANDIDATES, OPENED, LEAST_PEOPLE, SEED = 9, 3, 400, 2026


def main() -> None:
    """Draw, search and print."""
    territory = load_territory()
    communes = territory.communes
    print("| département | mclp | capacitated | room | s |\n|---|---|---|---|---|")
    for departement, group in communes.groupby("departement"):
        known = group[group["population"] > LEAST_PEOPLE]
        drawn = known.sample(min(CANDIDATES, len(known)), random_state=SEED)
        sites = [
            Site(line, row.name, row.code, row.name, row.lon, row.lat, gps=float(LEAST_MSP_GPS))
            for line, row in enumerate(drawn.itertuples(index=False), start=1)
        ]
        gained, seconds = [], np.nan
        for model in MODELS:
            start = time.process_time()
            found = best_sites(territory, sites, model=model, k=OPENED)
            seconds = time.process_time() - start
            mark = "" if model != "room" or found.solution.status == "optimal" else " (not proven)"
            gained.append(f"{found.room['room_gained']:,.0f}{mark}")
        print(f"| {departement} | {' | '.join(gained)} | {seconds:.1f} |")


if __name__ == "__main__":
    sys.exit(main())
