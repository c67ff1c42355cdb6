"""Every indicator of each region that is built, read from itself and from all of France.

`python -m benchmarks.region_from_france FOLDER [--regions 75 53]` wants FOLDER to be a data folder
whose `regions/FR` is built (`python -m data.upkeep.build_embedded --region FR`), with the files
imported that one wants compared: what is simulated is drawn for each set, and is not the same. It
prints, in Markdown, what differs: of how many communes, by how much at most, in which commune.
"""

import argparse
import os
import sys
from pathlib import Path

import pandas as pd

from data.access import indicators
from data.region import catalogue, france

ROUNDING = 1e-6
"""Sums of the same numbers in another order differ by less."""
TOLD = 0.01
"""Differences that a screen may show."""
OF_A_WHOLE = frozenset({"inhabitants_per_gp", "room_block", "without_room_bound"})
"""The fairest sharing is one of all that is opened: not expected to be the same."""


def differences(own: pd.DataFrame, there: pd.DataFrame) -> pd.DataFrame:
    """Return what differs between two tables of the same communes, by code.

    Returns
    -------
    pandas.DataFrame
        indicator; communes that differ beyond rounding, or that only one of the two knows;
        beyond `TOLD`; most, the largest difference (missing for texts); where, a commune's name.
    """
    found = []
    for name in own.columns:
        here, seen = own[name], there[name]
        if pd.api.types.is_numeric_dtype(here):
            gap = (here.astype(float) - seen.astype(float)).abs()
            apart = here.isna() != seen.isna()
            differs, told = (gap > ROUNDING) | apart, (gap > TOLD) | apart
            most = float(gap.max())
        else:
            gap = (here.astype(str) != seen.astype(str)).astype(float)
            differs = told = gap > 0
            most = float("nan")
        if differs.any():
            place = str(own["name"].iloc[int((gap.fillna(0.0) + differs).to_numpy().argmax())])
            row = (name, int(differs.sum()), int(told.sum()), most, place)
            found.append(row)
    return pd.DataFrame(found, columns=["indicator", "communes", "beyond", "most", "where"])


def table(region: str, known: pd.DataFrame) -> str:
    """Return the differences of one region, in Markdown."""
    territory = catalogue.load_territory(region)
    own = indicators.commune_indicators(territory).set_index("code")
    gaps = differences(own, known.loc[own.index])
    simulated = sorted(key for key, told in territory.provenance.items() if told.simulated)
    about = (
        f"**{territory.region_name}**: {len(own):,} communes, {len(own.columns)} indicators; "
        f"simulated, drawn for each set: {', '.join(simulated) or 'nothing'}"
    )
    lines = [
        f"\n{about}\n",
        f"| indicator | communes that differ | by more than {TOLD:g} | most | where |",
        "|---|---|---|---|---|",
    ]
    for gap in gaps.to_dict("records"):
        told = " (one of a whole)" if gap["indicator"] in OF_A_WHOLE else ""
        most = "" if pd.isna(gap["most"]) else f"{gap['most']:.4g}"
        cells = (f"{gap['indicator']}{told}", gap["communes"], gap["beyond"], most, gap["where"])
        lines.append(f"| {' | '.join(str(cell) for cell in cells)} |")
    return "\n".join(lines)


def main() -> None:
    """Compare and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("home", type=Path, help="data folder, with regions/FR built")
    options.add_argument("--regions", nargs="+", help="codes; all that are built")
    asked = options.parse_args()
    if not (asked.home / "regions" / france.WHOLE / "set.json").is_file():
        sys.exit(f"regions/{france.WHOLE} is not built in that folder")
    os.environ["PROXISOINS_HOME"] = str(asked.home)
    whole = indicators.commune_indicators(catalogue.load_territory(france.WHOLE)).set_index("code")
    built = [code for code, _ in catalogue.regions() if code != france.WHOLE]
    for region in asked.regions or built:
        print(table(region, whole), flush=True)


if __name__ == "__main__":
    main()
