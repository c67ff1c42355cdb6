"""Read generated flows of FINESS+ of the published sizes: seconds and peak memory of each reading.

Run: python -m benchmarks.finess_plus [structures|activities] [MEGABYTES]. No establishment of these
files exists.
"""

import json
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import pandas as pd

from benchmarks.reading_costs import measure
from data.official import imports
from data.official.readers.structures import SITE_COLUMNS
from data.region import embedded_set

SIZES_MB = {"structures": 700, "activities": 1450}
"""Open sizes of the two daily flows in 2026."""
SITES_AN_OWNER = 4
ACTIVITIES_A_SITE = 12
EVENTS = 20
"""So many events, with what else a site says, make the 3.5 kB that each weighs in the real flow."""


def _place(number: int, places: list[tuple[str, float, float]]) -> dict[str, object]:
    code, lon, lat = places[number % len(places)]
    pair = {"coordonneeX": str(lon), "coordonneeY": str(lat)}
    if number % 5 == 0:
        pair = {"directionLongitude": str(lon), "directionLatitude": str(lat)}
    return {"usageAdresse": "03", "cogCommune": code, "coordonneesGeographique": pair}


def _site(number: int, kind: str, places: list[tuple[str, float, float]]) -> dict[str, object]:
    identity = f"{number:09d}"
    if kind == "structures":
        letters = {"usageAdresse": "01", "cogCommune": "75056", "libelleVoie": "X" * 400}
        return {
            "informationsGeneralesEGE": {"numFinessEge": identity, "nomEgeLong": "SITE" * 40},
            "categorieentiteGeographiqueExercice": "603" if number % 40 == 0 else "101",
            "adresse": [letters, _place(number, places)],
            "evenement": [{"evenementId": "0" * 60, "dateEvenement": "2026-01-01"}] * EVENTS,
            "etatObjet": "A",
        }
    activity = {
        "caracteristiquesGeneriques": {"etatObjet": "A", "dateDebut": "2020-01-01", "x": "Y" * 300},
        "nature": {"caracteristiquesSpecifiques": {"typeActiviteAMF": {
            "activiteAMF": "14" if number % 50 == 0 else "04", "modaliteActivite": "99"}}},
    }  # fmt: skip
    return {"numFinessEge": identity, "activitesExercees": [activity] * ACTIVITIES_A_SITE}


def write(path: Path, kind: str, megabytes: int) -> None:
    """Write a zip that holds one flow of about so many megabytes once open."""
    communes = embedded_set.communes()
    places = list(zip(communes["code"], communes["lon"], communes["lat"], strict=True))
    marks = '"gcc":[{"nomGcc":"G","typeGcc":"001"}]' if kind == "structures" else (
        '"gcc":[],"champs":["activitesAutorisees"]'
    )  # fmt: skip
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open(f"finess-{kind}.json", "w", force_zip64=True) as out,
    ):
        written = out.write(f'{{"generatedAt":"2026-11-20T00:00:00Z",{marks},"pmej":['.encode())
        number = 0
        while written < megabytes * 1_000_000:
            sites = [_site(number + k, kind, places) for k in range(SITES_AN_OWNER)]
            general = {"informationsGeneralesPMEJ": {"pmSmsseId": str(number)}}
            owner = (general if kind == "structures" else {}) | {"ege": sites}
            text = ("," if number else "") + json.dumps(owner)
            written += out.write(text.encode())
            number += SITES_AN_OWNER
        out.write(b"]}")


def main() -> None:
    """Write the file, read it, print what it cost."""
    kind = sys.argv[1] if len(sys.argv) > 1 else "activities"
    megabytes = int(sys.argv[2]) if len(sys.argv) > 2 else SIZES_MB[kind]
    sites = pd.DataFrame(
        [(f"{n:09d}", "SITE", "101", "33063", -0.58, 44.84) for n in range(0, 60_000, 50)],
        columns=SITE_COLUMNS,
    )
    index = replace(imports.commune_index("75"), sites=sites)
    result = measure(f"finess_{kind}.zip", write, (kind, megabytes), index)
    print(f"{len(result.tables['structures'])} structures")


if __name__ == "__main__":
    main()
