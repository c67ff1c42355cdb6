"""The risk of a region as the application holds it, and the grouped view that may be public."""

from collections.abc import Mapping

import pandas as pd

from data.maps.risk import shown_classes
from data.maps.sentences import PROBABLY_GONE
from data.region import france, privacy
from data.region.newest_counts import years_of
from data.region.rules import LEAST_PUBLIC_GPS
from data.region.territory import Territory
from geo.errors import InvalidInputError
from models.learning.inputs import Inputs
from models.learning.register import FINESS, RPPS, SIRENE, Register, of_table, together
from models.learning.scoring import predict
from models.learning.signals import CLASSES, DEFAULT_HORIZON

MINIMUM_GPS = LEAST_PUBLIC_GPS
"""Public views: no figure of a territory with fewer GPs (`data.region.rules`)."""
HIGH_CLASSES = CLASSES[2:]
"""Classes of a commune that counts in what is told to all."""


Course = tuple[int, ...]
"""Years in which communes were counted, the newest first."""


def count_years(territory: Territory) -> pd.Series:
    """Return the year of the counts of each commune of the region and around it.

    Where no year is told, that of the newest past counts.

    Returns
    -------
    pandas.Series
        int64, index code.

    Raises
    ------
    InvalidInputError
        The year of the counts is not known.
    """
    codes = territory.with_fringe("code")["code"]
    years = years_of(territory.provenance["gps"], codes).set_axis(pd.Index(codes))
    if years.isna().any():
        history = _history(territory)
        latest = history["year"].max() if years.isna().all() else years.max()
        if pd.isna(latest):
            raise InvalidInputError(
                "L’année du nombre de médecins n’est pas connue : la préciser à l’import."
            )
        years = years.fillna(int(latest))
    return years.astype("int64")


def courses(territory: Territory) -> Mapping[Course, pd.Index]:
    """Return the communes of the region and around it by the years in which they were counted.

    A year counts where it is told of any commune of a region: regions were not all counted in the
    same ones, and those of another would be blanks that part a count from the one before.

    Raises
    ------
    InvalidInputError
        The year of the counts is not known.
    """
    years, history = count_years(territory), _history(territory)
    region = france.regions_of(years.index.to_series()).fillna("")
    told = history.groupby(france.regions_of(history["code"]).fillna(""))["year"].unique()
    found: dict[Course, list[pd.Index]] = {}
    for one, counted in years.groupby(region):
        for year in sorted(set(counted.tolist())):
            past = sorted((int(then) for then in told.get(one, ()) if then < year), reverse=True)
            found.setdefault((year, *past), []).append(counted.index[counted == year])
    return {course: parts[0].append(parts[1:]) for course, parts in sorted(found.items())}


def course_of(territory: Territory, code: str) -> Course:
    """Return the years in which a commune was counted, the newest first."""
    return next(course for course, codes in courses(territory).items() if code in codes)


def inputs_of(territory: Territory, code: str | None = None) -> tuple[Inputs, int]:
    """Return the inputs of the model as the territory knows them, and their year.

    The year is that of the counts of a commune, else the newest of the region: regions are not all
    counted in the same one.

    Raises
    ------
    InvalidInputError
        The year of the counts is not known.
    """
    if code is None:
        code = count_years(territory)[territory.communes["code"]].idxmax()
    course = course_of(territory, code)
    return inputs_at(territory, course), course[0]


def inputs_at(territory: Territory, course: Course) -> Inputs:
    """Return the inputs of the model for the communes counted in some years (`courses`).

    Others enter as what surrounds them: by their past counts of that year, or, counted earlier, by
    these last counts. Those have no course: that nobody counted them since tells of no GP who
    stayed. The history is left out when it is simulated and the counts are not (or the reverse): a
    trend between two worlds means nothing. So is a register while the counts are simulated.
    """
    reference = territory.with_fringe("code", "population", "lon", "lat")
    counts, history = territory.gps.set_index("code")["gps"], _history(territory)
    year = course[0]
    told = count_years(territory).reindex(counts.index).fillna(year)
    earlier = counts.index[told < year]
    past = history[history["year"].isin(course[1:]) & ~history["code"].isin(earlier)]
    wide = past.pivot_table(index="code", columns="year", values="gps")
    wide.columns = [f"gp_{past_year}" for past_year in wide.columns]
    then = history[history["year"] == year].set_index("code")["gps"]
    later = counts.index[told > year]
    now = pd.concat([counts.drop(later), then.reindex(later).dropna()]).rename(f"gp_{year}")
    panel = wide.join(now, how="outer").sort_index()
    return Inputs(panel, territory.apl, reference, register_of(territory))


def _history(territory: Territory) -> pd.DataFrame:
    """Return the past counts, none where they or the counts alone are simulated."""
    made = {
        key: territory.provenance[key].simulated
        for key in ("gps", "gp_history")
        if key in territory.provenance
    }
    apart = made.get("gps") != made.get("gp_history")
    return territory.gp_history.iloc[:0] if apart else territory.gp_history


def _predicted(territory: Territory, horizon: int, codes: pd.Series) -> pd.DataFrame:
    """Return `models.learning.scoring.predict` of communes, each from its own counts.

    With as_of (year of the counts) and register (what it is, "" for none).
    """
    parts = []
    for course, alike in courses(territory).items():
        wanted = codes[codes.isin(alike)]
        if wanted.empty:
            continue
        inputs = inputs_at(territory, course)
        found = predict(inputs, course[0], horizon)
        told = "" if inputs.register is None else inputs.register.told
        mine = found[found["code"].isin(wanted)]
        parts.append(mine.assign(as_of=course[0], register=told))
    return pd.concat(parts, ignore_index=True)


def register_of(territory: Territory) -> Register | None:
    """Return the registers of the territory; None where they or the counts are no real ones.

    SIRENE, or the RPPS read as a register, with FINESS (maisons and centres de santé) beside it.
    Newer than the counts or not: `models.learning.register.states` tells.
    """
    if territory.provenance["gps"].simulated:
        return None
    return together([one for one in (_practices(territory), _places_of_care(territory)) if one])


def _practices(territory: Territory) -> Register | None:
    table = territory.context.get("gp_register")
    if table is None or table.empty:
        return None
    known = territory.provenance.get("gp_register")
    source = SIRENE if known is None or SIRENE in known.source else RPPS
    return of_table(table, str(table["month"].max()), source)


def _places_of_care(territory: Territory) -> Register | None:
    """Return FINESS as it stands in the region: communes with a maison or a centre de santé."""
    known = territory.provenance.get("structures")
    if known is None or known.simulated or territory.structures.empty:
        return None
    moment = known.moment("centre_sante") or known.moment("msp") or known.moment()
    if moment is None:
        return None
    counts = territory.structures.groupby("code").size().rename("establishments").reset_index()
    # A year alone: of its first month, so that nothing is said newer than it is.
    return of_table(counts, f"{moment.year}-{moment.month or 1:02d}", FINESS)


def risk_table(territory: Territory, horizon: int = DEFAULT_HORIZON) -> pd.DataFrame:
    """Return the risk of every commune of the region that has a GP, the riskiest first.

    For planners only: a commune with one GP points at a person. Public views use
    `grouped_risk`.

    Returns
    -------
    pandas.DataFrame
        code, name, departement, epci, then the columns of `models.learning.scoring.predict`, and
        as_of (year of the counts).
    """
    names = pd.DataFrame(territory.communes[["code", "name", "departement", "epci"]])
    table = names.merge(_predicted(territory, horizon, names["code"]), on="code")
    return table.sort_values(["probability", "code"], ascending=[False, True], ignore_index=True)


def probabilities(territory: Territory, horizon_years: int = DEFAULT_HORIZON) -> pd.Series:
    """Return the probability that each commune with a GP has none `horizon_years` after its counts.

    The register enters where it is newer than the counts and older than the end.

    Returns
    -------
    pandas.Series
        Index code (communes of the region and of its fringe that have a GP), 0 to 1.

    Raises
    ------
    InvalidInputError
        The horizon is not one of `signals.HORIZONS`, or the year of the counts is not known.
    """
    codes = territory.with_fringe("code")["code"]
    found = _predicted(territory, horizon_years, codes)
    return found.set_index("code")["probability"].sort_index()


def grouped_risk(
    territory: Territory, horizon: int = DEFAULT_HORIZON, known: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Return what may be told of the risk to anyone: see `data.region.privacy.public_table`.

    A commune that a newer register shows without GP is in no class, as on all screens.

    Parameters
    ----------
    territory, horizon
        The region and how far one looks.
    known
        Its `risk_table` at this horizon, where it is known already.

    Returns
    -------
    pandas.DataFrame
        key, name, codes, communes, gps, tenths (of the communes in a high class, rounded),
        horizon, as_of (newest year of the counts); empty when the region holds too few small
        communes.
    """
    risk = risk_table(territory, horizon) if known is None else known
    classes = shown_classes(risk)
    high, gone = (classes.index[classes.isin(shown)] for shown in (HIGH_CLASSES, (PROBABLY_GONE,)))
    table = privacy.public_table(territory, high, gone)
    years = risk.set_index("code")["as_of"]
    return table.assign(
        horizon=horizon, as_of=[int(years.reindex(codes).max()) for codes in table["codes"]]
    )
