"""A folder of official files drawn at will gives one state, whatever the names and the order.

`PROXISOINS_FOLDERS` says how many folders are drawn (300 in the long run).
"""

import os
import re
import tempfile
from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from data.official import imports
from data.official.reading import read_here
from data.region import catalogue, table_store

FOLDERS = int(os.environ.get("PROXISOINS_FOLDERS", "6"))
GOLDEN = Path(__file__).parent / "readers" / "golden"
PARTIAL = (imports.REPLACE, imports.COMPLETE, imports.ASK)
PLACES = ("16001", "16002", "33063")
PERSON, SECTOR = "Identification nationale PP", "Code secteur d'activité"
SITE, PLACE = "Identifiant technique de la structure", "Code commune (coord. structure)"
STOCK = (GOLDEN / "finess_stock.csv").read_text(encoding="utf-8")
FLOW = (GOLDEN / "finess_structures.json").read_text(encoding="utf-8")
NATIONAL = (GOLDEN / "zoning_national.csv").read_text(encoding="utf-8")


def _lines(*rows: object) -> str:
    return "".join(f"{row}\n" for row in rows)


def _counts(title: str, value: int, places: tuple[str, ...] = PLACES, column: str = "{}") -> str:
    return _lines(title, *(f"{code};{column.format(value + k)}" for k, code in enumerate(places)))


def _register(year: int, value: int) -> tuple[str, str]:
    titles = f"{PERSON}|Code profession|Code type savoir-faire|Code savoir-faire|{SITE}"
    rows = [f"{k}|10|S|SM54|R{k}|{PLACES[k % 3]}|SA07|" for k in range(value)]
    text = _lines(f"{titles}|{PLACE}|{SECTOR}|", *rows)
    return f"PS_LibreAcces_Personne_activite_{year}06010800.txt", text


def _apl(year: int, value: int) -> tuple[str, str]:
    head = f"code;apl_{year - 1};apl65_{year - 1};apl_{year};apl65_{year}"
    return ".csv", _counts(head, value, column="1.5;1.5;{0}.5;{0}")


def _ages(year: int, value: int) -> tuple[str, str]:
    p = f"P{year % 100}_POP"
    rows = [f"{code};100;80;{value % 9};1" for code in PLACES]
    return ".csv", _lines(f"CODGEO;{p};{p}0014;{p}7589;{p}90P", *rows)


def _melodi(year: int, value: int) -> tuple[str, str]:
    rows = [f"{code};COM;D265;{year};FACILITIES;{value + k}" for k, code in enumerate(PLACES)]
    head = "GEO;GEO_OBJECT;FACILITY_TYPE;TIME_PERIOD;BPE_MEASURE;OBS_VALUE"
    return ".csv", _lines(head, *rows)


def _specialists(year: int, value: int) -> tuple[str, str]:
    rows = [f"{code};{('Urologie', 'Pédiatrie')[value % 2]};{value};{year}" for code in PLACES]
    return ".csv", _lines("code_insee;specialite;medecins;annee", *rows)


def _zone(value: int) -> str:
    return ("1_ZIP", "2_ZAC", "6_HZ")[value % 3]


def _zones(year: int, value: int) -> tuple[str, str]:
    rows = _counts("code;lib_com;Zonage", value, PLACES, f"A;{_zone(value)}")
    return f"zonage_{year}.csv", rows


def _territories(year: int, value: int) -> tuple[str, str]:
    return f"tvs_{year}.csv", f"{_read('tvs.csv')}16010,16106,C{value % 2}\n"


def _zones_of_territories(year: int, value: int) -> tuple[str, str]:
    rows = [f"{code};{_zone(value)}" for code in ("16106", "16292")]
    return f"zonage_{year}.csv", _lines("Code TVS;Zonage", *rows)


def _read(name: str) -> str:
    return (GOLDEN / name).read_text(encoding="utf-8")


MADE: dict[str, Callable[[int, int], tuple[str, str]]] = {
    "counts": lambda year, value: (
        ".csv", _counts(f"code;gp_{year - 1};gp_{year}", value, column="1;{}")
    ),
    "few counts": lambda year, value: (".csv", _counts(f"code;gp_{year}", value, PLACES[:1])),
    "register": _register,
    "melodi counts": _melodi,
    "populations": lambda year, value: (
        f"populations_{year}.csv", _counts("DEPCOM;COM;PMUN", value, column="A;{}")
    ),
    "zones": _zones,
    "zones by territory": _zones_of_territories,
    "national zones": lambda year, value: (
        ".csv", NATIONAL.replace("2026-10-01", f"{year}-10-01").replace("1_ZIP", _zone(value))
    ),
    "territories": _territories,
    "apl": _apl,
    "ages": _ages,
    "stock": lambda year, value: (
        ".csv", STOCK.replace("2026-05-04", f"{year}-05-04").replace("MAISON DE", f"MSP{value}")
    ),
    "flow": lambda year, value: (
        ".json", FLOW.replace("2026-09-29", f"{year}-09-29").replace("MSP D", f"MSP{value}")
    ),
    "specialists": _specialists,
}  # fmt: skip
"""Kind of file to the end of its name and its text, from its year and one figure."""
AS_THEY_ARE = (
    "density.csv", "finess_activities.json", "finess_care.csv", "france_sante_annuaire.csv",
    "liste_france_sante.csv", "reference.csv", "melodi_ages.csv", "melodi_populations.csv",
)  # fmt: skip


def _made(kind: str, year: int, value: int) -> tuple[str, str]:
    return MADE[kind](year, value) if kind in MADE else (f"2024_{kind}", _read(kind))


ORDER_SAID = ("importé après, la remplace", "importez d’abord")
KINDS = (*MADE, *AS_THEY_ARE)


@st.composite
def folders(draw: st.DrawFn, contents: int = 2) -> list[tuple[str, str]]:
    """Draw files of a folder: two vintages, some contents of each, and some given twice."""
    value = st.integers(1, contents)
    told = st.tuples(st.sampled_from(KINDS), st.sampled_from((2022, 2024)), value)
    return [_made(*one) for one in draw(st.lists(told, min_size=2, max_size=7))]


def _written(files: list[tuple[str, str]], names: list[int], order: list[int]) -> list[Path]:
    folder = Path(tempfile.mkdtemp())
    paths = []
    for (end, text), name in zip(files, names, strict=True):
        path = folder / f"f{name:02d}_{end}"
        path.write_text(text, encoding="utf-8")
        paths.append(path)
    return [paths[rank] for rank in order]


def _kept(groups: list[list[Path]]) -> tuple[dict[str, object], str]:
    """Import groups one after the other into an empty folder; return tables, and what is said."""
    os.environ["PROXISOINS_HOME"] = tempfile.mkdtemp()
    said = [str(imports.import_files(group, "75", imports.COMPLETE)) for group in groups]
    known = table_store.version(table_store.current_key()).provenance
    return {
        key: (
            table.to_json(orient="split"), known[key].measured,
        )
        for key, table in catalogue.imported_tables(known).items()
    }, " ".join(said)  # fmt: skip


def _state(paths: list[Path], partial: str) -> dict[str, object]:
    """Import into an empty folder; return tables, provenance, and what was said of contents."""
    os.environ["PROXISOINS_HOME"] = tempfile.mkdtemp()
    reports = imports.import_files(paths, "75", partial)
    known = table_store.version(table_store.current_key()).provenance
    plain = {path.name: f"{path.read_text(encoding='utf-8')}" for path in paths}
    kept = {
        key: (
            table.to_json(orient="split"), known[key].vintage, known[key].source,
            known[key].matched, known[key].rows, known[key].measured, known[key].sha256,
        )
        for key, table in catalogue.imported_tables(known).items()
    }  # fmt: skip

    def of(report: object, path: Path) -> tuple[str, str]:
        return plain[path.name], re.sub(r"f\d\d_[\w.-]*", "", str(report))

    return kept | {"said": Counter(of(one, path) for one, path in zip(reports, paths, strict=True))}


@pytest.mark.campaign
@pytest.mark.timeout(0 if FOLDERS > 50 else 300)
@settings(
    max_examples=FOLDERS,
    phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(files=folders(), data=st.data())
def test_one_state_whatever_the_names_and_the_order(
    files: list[tuple[str, str]], data: st.DataObject
) -> None:
    partial = data.draw(st.sampled_from(PARTIAL))
    ranks = list(range(len(files)))
    first = _state(_written(files, ranks, ranks), partial)
    names, order = data.draw(st.permutations(ranks)), data.draw(st.permutations(ranks))
    second = _state(_written(files, list(names), list(order)), partial)
    assert second == first


@pytest.mark.campaign
@pytest.mark.timeout(0 if FOLDERS > 50 else 300)
@settings(
    max_examples=FOLDERS,
    phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(files=folders(contents=1), data=st.data())
def test_one_state_in_one_command_or_in_several(
    files: list[tuple[str, str]], data: st.DataObject
) -> None:
    ranks = list(range(len(files)))
    paths = _written(files, ranks, list(data.draw(st.permutations(ranks))))
    cuts = sorted(data.draw(st.sets(st.integers(1, len(paths) - 1))))
    groups = [paths[a:b] for a, b in pairwise([0, *cuts, len(paths)])]
    several, said = _kept(groups)
    # Two tables of no telling date, and territories before any zoning: the report says the order.
    assert several == _kept([paths])[0] or any(one in said for one in ORDER_SAID)


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read in this process, and give the data folder back after."""
    monkeypatch.setattr(
        imports, "read_files", lambda files, index: read_here(dict(enumerate(files)), index)
    )
    monkeypatch.setenv("PROXISOINS_HOME", os.environ["PROXISOINS_HOME"])
