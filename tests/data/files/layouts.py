"""Official tables drawn at will, each in the layout in which it is published."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from data.region import embedded_set
from data.region.rules import DOUBTED_PEOPLE, DOUBTED_TIMES
from tests.data.files.written import Rows

Place = tuple[str, str, float, float]
"""Code, name, longitude, latitude of a commune."""
CODE_TITLES = ("Code INSEE", "CODGEO", "DEPCOM", "code_insee", "INSEE_COM", "Code commune")


@dataclass(frozen=True)
class Official:
    """A table as it is published, and what a right reading gives.

    Attributes
    ----------
    rows
        Lines of title, if any, then headings, then lines; cells are not padded.
    table, column
        Where its figures go.
    expected
        Code to figure (GPs, people, APL, zone).
    above, below
        How many lines stand above the headings, and below the last line of data.
    stem
        Name of the file, which may tell its year.
    """

    rows: Rows
    table: str
    column: str
    expected: dict[str, object]
    above: int = 0
    below: int = 0
    stem: str = "fichier_2024"


def _counts(draw: DrawFn, where: Sequence[Place]) -> list[int]:
    return draw(st.lists(st.integers(0, 900), min_size=len(where), max_size=len(where)))


@cache
def most_people() -> dict[str, int]:
    """Return the largest population that is not doubted, by commune."""
    known = embedded_set.communes("75").set_index("code")["population"].astype(int)
    less = [max(DOUBTED_TIMES * count, count + DOUBTED_PEOPLE) - 1 for count in known]
    return dict(zip(known.index, less, strict=True))


def _people(draw: DrawFn, where: Sequence[Place]) -> list[int]:
    return [draw(st.integers(1, most_people()[code])) for code, *_ in where]


def _shuffled(draw: DrawFn, lines: Rows) -> Rows:
    return list(draw(st.permutations(lines)))


@st.composite
def gps_by_year(draw: DrawFn, where: Sequence[Place]) -> Official:
    """One column of GPs a year."""
    old, new = _counts(draw, where), _counts(draw, where)
    title = draw(st.sampled_from(["MG {}", "gp_{}", "Nombre de médecins généralistes {}"]))
    rows: Rows = [["codgeo", "libgeo", title.format(2021), title.format(2024)]]
    rows += [[code, name, a, b] for (code, name, _, _), a, b in zip(where, old, new, strict=True)]
    codes = [code for code, *_ in where]
    return Official(rows, "gps", "gps", dict(zip(codes, new, strict=True)))


@st.composite
def gps_of_a_year(draw: DrawFn, where: Sequence[Place]) -> Official:
    """Observatoire des territoires: the year in a column."""
    counts = _counts(draw, where)
    rows: Rows = [["codgeo", "libgeo", "an", "nb_medg"]]
    rows += [
        [code, name, 2022, count] for (code, name, _, _), count in zip(where, counts, strict=True)
    ]
    return Official(rows, "gps", "gps", {c: n for (c, *_), n in zip(where, counts, strict=True)})


MASKS = ("N/A - secret statistique", "<5", "< 5", "s", "n.d.", "c")
"""How producers write a count that they withhold."""


@st.composite
def cartosante_gps(draw: DrawFn, where: Sequence[Place]) -> Official:
    """CartoSanté: two lines of title, what is secret said in words."""
    counts = _counts(draw, where)
    secret = draw(st.lists(st.booleans(), min_size=len(where), max_size=len(where)))
    secret[0] = False
    rows: Rows = [
        ["CartoSanté", " ", " "],
        ["Référentiel géographique : France par commune", " ", " "],
        ["Code", "Libellé", "Médecins généralistes 2024"],
    ]
    expected: dict[str, object] = {}
    for (code, name, _, _), count, hidden in zip(where, counts, secret, strict=True):
        withheld = draw(st.sampled_from(MASKS)) if hidden else ""
        rows.append([code, name, withheld or count])
        if not hidden:
            expected[code] = count
    return Official(rows, "gps", "gps", expected, above=2)


@st.composite
def bpe_detail(draw: DrawFn, where: Sequence[Place]) -> Official:
    """BPE: one line per kind of equipment and part of a commune."""
    kind = draw(st.sampled_from(["D201", "D265"]))
    lines: Rows = []
    expected: dict[str, object] = {}
    for code, *_ in where:
        parts = draw(st.lists(st.integers(1, 40), min_size=1, max_size=3))
        expected[code] = sum(parts)
        lines += [
            [75, code[:2], code, f"{code}_010{k}", 2021, kind, part] for k, part in enumerate(parts)
        ]
        lines.append([75, code[:2], code, f"{code}_0101", 2021, "A203", 3])
    titles: list[object] = ["REG", "DEP", "DEPCOM", "DCIRIS", "AN", "TYPEQU", "NB_EQUIP"]
    return Official(
        [titles, *_shuffled(draw, lines)], "gps", "gps", expected, stem="bpe21_ensemble"
    )


@st.composite
def bpe_melodi(draw: DrawFn, where: Sequence[Place]) -> Official:
    """BPE of Melodi: other levels and other measures stand between the communes."""
    counts = _counts(draw, where)
    lines: Rows = [
        ["75", "REG", "D265", 2024, "FACILITIES", 6000],
        [where[0][0][:2], "DEP", "D265", 2024, "FACILITIES", 500],
    ]
    for (code, *_), count in zip(where, counts, strict=True):
        lines.append([code, "COM", "D265", 2024, "FACILITIES", count])
        lines.append([code, "COM", "D265", 2024, "CAPACITY", count + 7])
        lines.append([code, "COM", "A203", 2024, "FACILITIES", 2])
    titles: list[object] = [
        "GEO", "GEO_OBJECT", "FACILITY_TYPE", "TIME_PERIOD", "BPE_MEASURE", "OBS_VALUE",
    ]  # fmt: skip
    expected: dict[str, object] = {c: n for (c, *_), n in zip(where, counts, strict=True)}
    rows = [titles, *_shuffled(draw, lines)]
    return Official(rows, "gps", "gps", expected, stem="DS_BPE_2024_data")


@st.composite
def populations(draw: DrawFn, where: Sequence[Place]) -> Official:
    """INSEE: the code whole, or cut in département and commune."""
    counts = _people(draw, where)
    cut = draw(st.booleans())
    rows: Rows = [
        ["CODREG", "CODDEP", "CODCOM", "COM", "PMUN", "PCAP", "PTOT"]
        if cut
        else [draw(st.sampled_from(CODE_TITLES)), "COM", "PMUN", "PCAP", "PTOT"]
    ]
    for (code, name, _, _), count in zip(where, counts, strict=True):
        place: list[object] = ["75", code[:2], code[2:], name] if cut else [code, name]
        rows.append([*place, count, 10, count + 10])
    expected: dict[str, object] = {c: n for (c, *_), n in zip(where, counts, strict=True)}
    return Official(rows, "populations", "population", expected)


@st.composite
def melodi_populations(draw: DrawFn, where: Sequence[Place]) -> Official:
    """Melodi: the newest year, municipal population only."""
    counts = _people(draw, where)
    lines: Rows = [[f"2025-DEP-{where[0][0][:2]}", "DEP", "PMUN", "A", 2023, 400_000]]
    for (code, *_), count in zip(where, counts, strict=True):
        geo = f"2025-COM-{code}"
        lines.append([geo, "COM", "PMUN", "A", 2022, count + 3])
        lines.append([geo, "COM", "PMUN", "A", 2023, count])
        lines.append([geo, "COM", "PTOT", "A", 2023, count + 9])
    titles: list[object] = [
        "GEO", "GEO_OBJECT", "POPREF_MEASURE", "FREQ", "TIME_PERIOD", "OBS_VALUE",
    ]  # fmt: skip
    expected: dict[str, object] = {c: n for (c, *_), n in zip(where, counts, strict=True)}
    return Official([titles, *_shuffled(draw, lines)], "populations", "population", expected)


def _apls(draw: DrawFn, where: Sequence[Place]) -> list[float]:
    tenths = draw(st.lists(st.integers(0, 120), min_size=len(where), max_size=len(where)))
    return [tenth / 10 for tenth in tenths]


@st.composite
def apl_drees(draw: DrawFn, where: Sequence[Place]) -> Official:
    """DREES: lines of title, units under the headings, notes under the table."""
    apl, below = _apls(draw, where), draw(st.booleans())
    under = draw(st.sampled_from(["de 65 ans et moins ", "de 65 ans ou moins"]))
    rows: Rows = [
        ["Accessibilité potentielle localisée (APL) aux médecins généralistes en 2023"],
        ["Source : DREES"],
        [
            "Code commune INSEE", "Commune", "APL aux médecins généralistes",
            f"APL aux médecins généralistes {under}",
            "Population standardisée 2021 pour la médecine générale", "Population totale 2021",
        ],
        ["", "", "en consultations par an et par habitant", "en consultations", "", ""],
    ]  # fmt: skip
    rows += [
        [code, name, value, value / 2, 100.5, 100]
        for (code, name, _, _), value in zip(where, apl, strict=True)
    ]
    if below:
        rows.append(["Lecture : les habitants ont accès à tant de consultations."])
    expected: dict[str, object] = {c: v for (c, *_), v in zip(where, apl, strict=True)}
    return Official(rows, "apl", "apl", expected, above=2, below=int(below))


@st.composite
def apl_tidy(draw: DrawFn, where: Sequence[Place]) -> Official:
    """An analyst's table, and that of CartoSanté."""
    apl, published = _apls(draw, where), draw(st.booleans())
    rows: Rows = [["code_insee", "commune", "apl_generalistes", "annee"]]
    if published:
        rows = [
            ["CartoSanté", " ", " "],
            ["Référentiel géographique : France par commune", " ", " "],
            ["Code", "Libellé", "APL Médecins généralistes 2023"],
        ]
    for (code, name, _, _), value in zip(where, apl, strict=True):
        rows.append([code, name, value, *([] if published else [2023])])
    expected: dict[str, object] = {c: v for (c, *_), v in zip(where, apl, strict=True)}
    return Official(rows, "apl", "apl", expected, above=2 if published else 0)


ZONES = {
    "1_ZIP": "ZIP", "2_ZAC": "ZAC", "5_ZV": "ZV", "6_HZ": "HZ", "ZIP": "ZIP", "ZAC": "ZAC",
    "Hors zone": "HZ", "Zone d'intervention prioritaire": "ZIP",
}  # fmt: skip


@st.composite
def zoning(draw: DrawFn, where: Sequence[Place]) -> Official:
    """Zones by commune: CartoSanté's export, or a list of an agency."""
    words = draw(st.lists(st.sampled_from(list(ZONES)), min_size=len(where), max_size=len(where)))
    published = draw(st.booleans())
    heading = draw(st.sampled_from(["Zone", "Classement", "Type de zone", "Zonage"]))
    rows: Rows = [[draw(st.sampled_from(CODE_TITLES)), "Nom", heading]]
    if published:
        rows = [
            ["CartoSanté", " ", " "],
            ["Référentiel géographique : France par commune", " ", " "],
            ["Code", "Libellé", "Zonage médecins généralistes"],
        ]
    rows += [[code, name, word] for (code, name, _, _), word in zip(where, words, strict=True)]
    expected: dict[str, object] = {c: ZONES[w] for (c, *_), w in zip(where, words, strict=True)}
    return Official(rows, "zoning", "zone", expected, above=2 if published else 0)


@st.composite
def zoning_national(draw: DrawFn, where: Sequence[Place]) -> Official:
    """The national table, with decree dates and territories of life and health."""
    words = draw(
        st.lists(
            st.sampled_from(["1_ZIP", "2_ZAC", "3_HZ", "4_ZAR"]),
            min_size=len(where), max_size=len(where),
        )
    )  # fmt: skip
    titles: list[object] = [
        "source", "date_maj", "niveau", "code", "lib", "com_code", "com_lib", "com_region", "pop",
        "tvs_region", "tvs_dpt", "tvs_code", "tvs_lib", "zmed_niveau", "zmed_date_arrete",
        "zide_niveau", "zide_date_arrete",
    ]  # fmt: skip
    zones = {"1_ZIP": "ZIP", "2_ZAC": "ZAC", "3_HZ": "HZ", "4_ZAR": "ZV"}
    lines: Rows = []
    for (code, name, _, _), word in zip(where, words, strict=True):
        tvs = f"T{code[:4]}"
        lines.append([
            "ARS", "2026-10-01", "COM", code, name, code, name, "75", "1 306", "75", code[:2], tvs,
            "Territoire", word, "01/01/2026", "2_SD", "01/01/2020",
        ])  # fmt: skip
    lines.append([
        "ARS", "2026-10-01", "TVS", "T0000", "Ailleurs", where[0][0], "x", "75", "9 000", "75",
        "16", "T0000", "Ailleurs", "1_ZIP", "01/01/2026", "", "",
    ])  # fmt: skip
    expected: dict[str, object] = {c: zones[w] for (c, *_), w in zip(where, words, strict=True)}
    rows = [titles, *_shuffled(draw, lines)]
    return Official(rows, "zoning", "zone", expected, stem="zonages_com_2026")


LAYOUTS: dict[str, Callable[[Sequence[Place]], st.SearchStrategy[Official]]] = {
    "GPs, a column a year": gps_by_year,
    "GPs, the year in a column": gps_of_a_year,
    "GPs, CartoSanté": cartosante_gps,
    "GPs, BPE in detail": bpe_detail,
    "GPs, BPE of Melodi": bpe_melodi,
    "populations": populations,
    "populations of Melodi": melodi_populations,
    "APL, DREES": apl_drees,
    "APL, tidy": apl_tidy,
    "zones": zoning,
    "zones, national": zoning_national,
}
