"""Shapes of the checked tables (pandera). A column's name, type and unit are said here only.

Names that need no shape are in `data.region.table_names`: pandera is long to import, and what only
reads tables does without.
"""

import pandas as pd
import pandera.errors
import pandera.pandas as pa

from data.region import table_names
from geo.errors import InvalidInputError

COMMUNE_CODE, ZONES, TITLES = table_names.COMMUNE_CODE, table_names.ZONES, table_names.TITLES
STRUCTURE_KINDS = table_names.STRUCTURE_KINDS
LINE_TYPES, LINE_STATUSES = table_names.LINE_TYPES, table_names.LINE_STATUSES
PARTS = table_names.PARTS


def _code(**options: object) -> pa.Column:
    return pa.Column(str, pa.Check.str_matches(COMMUNE_CODE), **options)


def _number(low: float = 0, *, nullable: bool = False, high: float | None = None) -> pa.Column:
    checks = [pa.Check.ge(low)] + ([pa.Check.le(high)] if high is not None else [])
    return pa.Column(float, checks, nullable=nullable, coerce=True)


_TEXT = {"nullable": False, "coerce": True}

communes = pa.DataFrameSchema(
    {
        "code": _code(unique=True),
        "name": pa.Column(str),
        "departement": pa.Column(str),
        "region": pa.Column(str),
        "epci": pa.Column(str),  # SIREN, "" when the commune belongs to none
        "epci_name": pa.Column(str),
        "postcodes": pa.Column(str),  # separated by spaces
        "population": _number(),  # inhabitants
        "lon": _number(-180, high=180),
        "lat": _number(-90, high=90),
        "point_source": pa.Column(str, pa.Check.isin(("mairie", "bourg", "point intérieur"))),
        "area_km2": _number(),
    }
)
"""Communes; `geometry` (EPSG:4326) comes with those of the region, not with the fringe."""

gps = pa.DataFrameSchema({"code": _code(unique=True), "gps": _number()}, strict=True)
"""GPs of first resort per commune; a commune that is absent is not known, 0 is said."""

gp_history = pa.DataFrameSchema(
    {"code": _code(), "year": pa.Column(int, coerce=True), "gps": _number()},
    unique=["code", "year"],
    strict=True,
)

apl = pa.DataFrameSchema(
    {
        "code": _code(),
        "year": pa.Column(int, coerce=True),
        "apl": _number(nullable=True),  # consultations a year and standardised inhabitant
        "apl65": _number(nullable=True),  # the same, GPs aged 65 or less
        "standardised_population": _number(nullable=True),
    },
    unique=["code", "year"],
    strict=True,
)
"""APL published by the DREES, several years; one series, never mixed with ours."""

zoning = pa.DataFrameSchema(
    {
        "code": _code(),
        "zone": pa.Column(str, pa.Check.isin(ZONES)),
        "part": pa.Column(str, pa.Check.isin(("commune", "QPV"))),
        "tvs": pa.Column(str, **_TEXT),  # code of the TVS, "" when not given
        "tvs_name": pa.Column(str, **_TEXT),
        "decree": pa.Column(str, required=False, **_TEXT),  # ISO date, "" unknown
    },
    unique=["code", "part"],
    strict=True,
)
"""Legal zoning of GPs: never recomputed. A commune cut by a QPV has two rows."""

reference = pa.DataFrameSchema(
    {
        "code": _code(unique=True),
        "share_over_75": _number(nullable=True, high=1),
        "density_class": pa.Column(str, **_TEXT),  # INSEE grid, French wording, "" unknown
        "area_km2": _number(nullable=True),
        "bassin_de_vie": pa.Column(str, **_TEXT),
        "bassin_de_vie_name": pa.Column(str, **_TEXT),
    },
    strict=True,
)

structures = pa.DataFrameSchema(
    {
        "id": pa.Column(str, unique=True),  # FINESS number, or our own for demonstration data
        "kind": pa.Column(str, pa.Check.isin(STRUCTURE_KINDS)),
        "name": pa.Column(str),
        "code": _code(),
        "lon": _number(-180, high=180),
        "lat": _number(-90, high=90),
        "labelled": pa.Column(bool),  # France Santé label (TRE_R344 code 51)
    },
    strict=True,
)

pdses_lines = pa.DataFrameSchema(
    {
        "line": pa.Column(str, unique=True),
        "zone": pa.Column(str, **_TEXT),
        "finess": pa.Column(str, **_TEXT),
        "establishment": pa.Column(str),
        "code": _code(),
        "lon": _number(-180, high=180),
        "lat": _number(-90, high=90),
        "specialty": pa.Column(str),
        "line_type": pa.Column(str, pa.Check.isin(LINE_TYPES)),
        "status": pa.Column(str, pa.Check.isin(LINE_STATUSES)),
        "partners": pa.Column(str, **_TEXT),
        "start": pa.Column(str, **_TEXT),  # ISO date, "" unknown
        "end": pa.Column(str, **_TEXT),
        "comment": pa.Column(str, **_TEXT),
    },
    strict=True,
)

TABLES = {
    "gps": gps,
    "gp_history": gp_history,
    "apl": apl,
    "zoning": zoning,
    "reference": reference,
    "structures": structures,
    "pdses_lines": pdses_lines,
}
"""Tables that a file can replace, by key."""

MONTH = r"^\d{4}-(0[1-9]|1[0-2])$"
DEPARTEMENT = r"^(\d{2}|2[AB]|97\d)$"

gp_register = pa.DataFrameSchema(
    {
        "code": _code(unique=True),
        "month": pa.Column(str, pa.Check.str_matches(MONTH)),  # of the stock, "2026-10"
        "establishments": _number(),  # active establishments of NAF 86.21Z, or GPs of the RPPS
    },
    strict=True,
)
"""SIRENE: establishments of general practice, locums included; or the RPPS read as a register: GPs,
1/k in each of k places. Input of predictions only."""

elder_shares = pa.DataFrameSchema(
    {
        "code": _code(unique=True),
        "year": pa.Column(int, coerce=True),
        "share_over_65": _number(nullable=True, high=1),
        "share_over_80": _number(nullable=True, high=1),
    },
    strict=True,
)
"""Shares of a census that no longer tells 75 and over, beside `reference.share_over_75`."""

people_squares = pa.DataFrameSchema(
    {
        "code": _code(),
        "lon": _number(-180, high=180),  # centre of the square, WGS84
        "lat": _number(-90, high=90),
        "people": _number(),
    },
    strict=True,
)
"""People where they live: the squares of a grid of population."""

doctor_ages = pa.DataFrameSchema(
    {
        "code": _code(unique=True),
        "year": pa.Column(int, coerce=True),
        "mean_age": _number(20, high=100),  # years
        "doctors": _number(nullable=True),
    },
    strict=True,
)
"""Mean age of doctors by commune: never shown; the model, learned without ages, leaves it."""

_DEPARTEMENT_CODE = pa.Column(str, pa.Check.str_matches(DEPARTEMENT))

gp_ages = pa.DataFrameSchema(
    {
        "code": _DEPARTEMENT_CODE,  # of the département
        "year": pa.Column(int, coerce=True),
        "age_class": pa.Column(str),
        "gps": _number(),
    },
    unique=["code", "year", "age_class"],
    strict=True,
)
"""GPs by age and département: shown from five GPs on; the model leaves it."""

care_context = pa.DataFrameSchema(
    {
        "code": _DEPARTEMENT_CODE,  # of the département
        "year": pa.Column(int, coerce=True),
        "measure": pa.Column(
            str,
            pa.Check.isin(("ald_without_gp_share", "ald_without_gp", "sas_population_share")),
        ),
        "value": _number(),  # shares from 0 to 1, patients
    },
    unique=["code", "year", "measure"],
    strict=True,
)
"""Patients in long-term illness without a GP, people covered by a SAS: context of the sheet."""

WEEK_DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")

regulation_calls = pa.DataFrameSchema(
    {
        "code": _DEPARTEMENT_CODE,  # of the département
        "year": pa.Column(int, coerce=True),
        "day": pa.Column(int, [pa.Check.ge(0), pa.Check.le(6)], coerce=True),  # 0: Monday
        "hour": pa.Column(int, [pa.Check.ge(0), pa.Check.le(23)], coerce=True),  # 22: 22 h to 23 h
        "calls": _number(nullable=True),  # regulated by a doctor, an hour
        "minutes": _number(nullable=True),  # mean handling time of one
        "regulators": _number(nullable=True),  # doctors on duty, whole
    },
    unique=["code", "day", "hour"],
    strict=True,
)
"""Calls to on-call regulation by hour of the week; an hour that is absent is not known."""

specialists = pa.DataFrameSchema(
    {
        "code": _code(),
        "specialty": pa.Column(str),
        "year": pa.Column(int, coerce=True),
        "doctors": _number(nullable=True),  # masked, or a line of it is: not known
    },
    unique=["code", "specialty"],
    strict=True,
)
"""Specialists by commune; where a specialty is told, a commune that is absent has none."""

cpts = pa.DataFrameSchema(
    {
        "code": _code(),
        "cpts": pa.Column(str, pa.Check.str_length(1, 40)),  # FINESS number, else the name folded
        "cpts_name": pa.Column(str, pa.Check.str_length(1, 80)),
        "year": pa.Column(int, coerce=True),  # 0: the file tells none
    },
    unique=["code"],
    strict=True,
)
"""CPTS of each commune; a commune that is absent is in none that is known."""

CONTEXT = {
    "doctor_ages": doctor_ages,
    "gp_ages": gp_ages,
    "care_context": care_context,
    "gp_register": gp_register,
    "elder_shares": elder_shares,
    "people_squares": people_squares,
    "regulation_calls": regulation_calls,
    "specialists": specialists,
    "cpts": cpts,
}
"""Tables that a file can bring, that nothing simulates: absent until they are imported."""

POPULATIONS = pa.DataFrameSchema(
    {
        "code": pa.Column(str, pa.Check.str_matches(COMMUNE_CODE), unique=True),
        "population": pa.Column(float, pa.Check.ge(0), coerce=True),  # inhabitants
    },
    strict=True,
)


def checked(key: str, table: pd.DataFrame) -> pd.DataFrame:
    """Return the table with the types of its schema.

    Raises
    ------
    InvalidInputError
        Some value is out of bounds; the first one is quoted.
    """
    schema = POPULATIONS if key == "populations" else (TABLES | CONTEXT)[key]
    try:
        present = [name for name, one in schema.columns.items() if one.required or name in table]
        return schema.validate(table[present], lazy=True)
    except pandera.errors.SchemaErrors as errors:
        first = errors.failure_cases.iloc[0]
        raise InvalidInputError(
            f"Le contrôle final de la table « {key} » a échoué : colonne {first['column']}, valeur "
            f"« {first['failure_case']} » ({len(errors.failure_cases)} anomalies). "
            "Vérifiez que le fichier est complet et de la bonne version."
        ) from errors
