"""Build the list of all communes that files are matched with, whatever the region chosen.

`python -m data.upkeep.build_everywhere` writes the list that the repository carries.
"""

import argparse
import logging
from pathlib import Path

import pandas as pd

from data.base import french, paths
from data.region.embedded_set import EVERYWHERE
from data.upkeep.build_embedded import commune_table, former_names, with_geography
from data.upkeep.registry_packages import Archives

logger = logging.getLogger(__name__)


def everywhere(archives: Archives) -> pd.DataFrame:
    """Return all communes of France, overseas regions included.

    Returns
    -------
    pandas.DataFrame
        Columns code, name, postcodes (parted by blanks), lon, lat (WGS84 degrees), population,
        former (codes merged into it, parted by blanks) and former_names (parted by |), sorted by
        code.
    """
    table = commune_table(archives)
    placed = with_geography(table, archives)
    names = former_names(archives, set(table["code"]))
    former = [
        " ".join(sorted(one for one in gone if one != code))
        for code, gone in zip(table["code"], table["former"], strict=True)
    ]
    told = ["|".join(names.get(code, ())) for code in table["code"]]
    kept = pd.DataFrame(placed[["code", "name", "postcodes", "lon", "lat", "population"]])
    return kept.assign(former=former, former_names=told)


def main() -> None:
    """Read the command line and write the list."""
    parser = argparse.ArgumentParser(description="Construit la liste de toutes les communes.")
    parser.add_argument("--out", type=Path, default=paths.EMBEDDED / EVERYWHERE)
    parser.add_argument("--downloads", type=Path, help="dossier des archives téléchargées")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    table = everywhere(Archives.fetch(options.downloads or paths.home() / "downloads"))
    table.to_parquet(options.out, index=False, compression="zstd", compression_level=19)
    logger.info("%s : %s communes", options.out, french.number(len(table)))


if __name__ == "__main__":
    main()
