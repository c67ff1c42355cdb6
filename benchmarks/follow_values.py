"""Follow a value through the code: which files below the pages hold it, in the order they meet it.

Run from the root: `python -m benchmarks.follow_values`. A file counts when one of its functions
holds the value itself in an argument or a variable: as a number, in a text, a table, an array, an
object. What it becomes (minutes, a probability, a row of cells) is another value, and what happens
in the process apart that opens files is not seen. The lists are those of docs/architecture.md.
"""

import dataclasses
import os
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from types import FrameType
from typing import Any

import numpy as np
import pandas as pd

ROOT = Path(__file__).parents[1]
ROOMS = tuple(str(ROOT / room) + os.sep for room in ("geo", "data", "models"))
LONGITUDE = 1.876543
COUNT = 98989.0
DEEP = 3


def holds(value: Any, wanted: float, text: str, depth: int = DEEP) -> bool:  # noqa: C901, PLR0911
    """Whether a value is, or contains, the one that is followed."""
    if isinstance(value, (bool, type(None), type)):
        return False
    if isinstance(value, (int, float, np.number)):
        return float(value) == wanted
    if isinstance(value, (str, bytes)):
        told = value if isinstance(value, str) else value.decode("latin-1")
        return text in told.replace(",", ".")
    if isinstance(value, np.ndarray):
        return value.dtype.kind in "fiu" and bool((value == wanted).any())
    if isinstance(value, pd.Series):
        if value.dtype.kind in "fiu":
            return bool((value.to_numpy() == wanted).any())
        return bool(value.astype(str).str.replace(",", ".").str.contains(text, regex=False).any())
    if isinstance(value, pd.DataFrame):
        columns = [c for c in value.columns if c != "geometry"]
        return any(holds(value[c], wanted, text, 0) for c in columns if value[c].ndim == 1)
    if depth == 0 or isinstance(value, np.lib.npyio.NpzFile):  # on disk, and closed by now
        return False
    if isinstance(value, Mapping):
        items = list(value.values())
    elif isinstance(value, (list, tuple, set, frozenset)):
        items = list(value)
    elif dataclasses.is_dataclass(value):
        items = list(vars(value).values()) if hasattr(value, "__dict__") else []
    else:
        return False
    return any(holds(one, wanted, text, depth - 1) for one in items[:400])


def follow(step: Callable[[], Any], wanted: float, text: str) -> list[str]:
    """Run a step; return the files whose functions hold the value, in the order they end."""
    found: dict[str, None] = {}

    def look(frame: FrameType, event: str, _: Any) -> None:
        name = frame.f_code.co_filename
        if event != "return" or not name.startswith(ROOMS):
            return
        file = Path(name).relative_to(ROOT).as_posix()
        if file in found:
            return
        sys.setprofile(None)
        try:
            if any(holds(one, wanted, text) for one in list(frame.f_locals.values())):
                found[file] = None
        finally:
            sys.setprofile(look)

    sys.setprofile(look)
    try:
        step()
    finally:
        sys.setprofile(None)
    return list(found)


def _site() -> None:
    from data.maps import sites as map_sites
    from data.region import catalogue
    from data.region.gazetteer import gazetteer
    from data.reports import scenario_pdf, site_tables
    from data.scenarios.drafts import Draft
    from data.siting.evaluation import evaluate_sites
    from data.uploads import match_lines, read_lines

    territory = catalogue.load_territory("75")
    content = f"nom;lon;lat;medecins\nMSP;{LONGITUDE};46.171900;2\n".replace(".", ",").encode()
    lines = read_lines(content, "sites.csv")
    report = match_lines(lines, gazetteer("75"), territory.communes)
    found = evaluate_sites(territory, report.sites)
    map_sites.reach_of(territory, report.sites)
    site_tables.side_by_side(found, [0])
    draft = Draft("Essai", "75", sites=report.sites)
    picture = scenario_pdf.site_picture(territory, draft)
    scenario_pdf.scenario_pdf(draft, found, picture, ["essai"], warning=territory.warning)


def _count(folder: Path) -> None:
    from data.official import imports
    from data.region import catalogue
    from models.region import predict

    communes = catalogue.load_territory("75").communes
    rows = [
        f"{code};2024;D265;{COUNT if code == '23096' else 1 + k % 5:g}"
        for k, code in enumerate(communes["code"])
    ]
    file = folder / "bpe_2024.csv"
    file.write_text("DEPCOM;AN;TYPEQU;NB_EQUIP\n" + "\n".join(rows) + "\n", encoding="utf-8")
    (report,) = imports.import_files([file])
    print(report.status, report.message)
    territory = catalogue.load_territory("75")
    predict.risk_table(territory, 2)


def main() -> None:
    """Print both lists."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["PROXISOINS_HOME"] = folder
        from models.region.prepare import prepare

        prepare("75")
        for title, step, wanted, text in (
            ("A site's longitude, from the upload to the ring and the report", _site, LONGITUDE,
             f"{LONGITUDE}"),
            ("A GP count, from a file of facilities to the flag", lambda: _count(Path(folder)),
             COUNT, f"{COUNT:g}"),
        ):  # fmt: skip
            files = follow(step, wanted, text)
            print(f"\n{title}: {len(files)} files")
            for file in files:
                print(f"- `{file}`")


if __name__ == "__main__":
    main()
