"""Counts of GPs that fall from many to none in one vintage: to check, and unknown until then.

What is in place keeps what files say; what is read of it leaves these zeros out. So the order in
which files came decides nothing, and a later file that tells otherwise is believed at once. So is a
zero that someone confirmed (`data.region.confirmed_zeros`), and those that follow it with it.
"""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

import pandas as pd

from data.base.codes import departement
from data.base.french import counted, date
from data.region.rules import DOUBTED_FALL_GPS

_WHOLE_SHARE = 0.9
"""Least share of the communes of another year that a year tells, to be of the whole département."""


@dataclass(frozen=True)
class Fall:
    """A count of zero that follows a count of many.

    Attributes
    ----------
    code
        INSEE code of the commune.
    year
        Year of the zero.
    before, since
        GPs counted last before it, and their year.
    """

    code: str
    year: int
    before: float
    since: int

    def told(self, name: str = "") -> str:
        """Return the fall in French, with the name of the commune where it is known.

        Examples
        --------
        >>> Fall("75056", 2017, 2650, 2013).told("Paris").replace(chr(0x202F), " ")
        'Paris (75056) : 2 650 médecins en 2013, 0 en 2017'
        """
        place = f"{name} ({self.code})" if name else f"commune {self.code}"
        doctors = counted(self.before, "médecin", "médecins")
        return f"{place} : {doctors} en {self.since}, 0 en {self.year}"


def _on(at: dt.datetime) -> str:
    return f"le {date(at.astimezone().date())}"


def _by(author: str) -> str:
    return f" par {author}" if author else ""


@dataclass(frozen=True)
class Uncounted:
    """A year that counts no GP in a whole département, and another year, near it, that does.

    Attributes
    ----------
    departement, year
        Code, and the year that did not count there.
    gps, since
        GPs that the other year counts, and that year.
    """

    departement: str
    year: int
    gps: float
    since: int

    @property
    def told(self) -> str:
        """What it is, in French.

        Examples
        --------
        >>> Uncounted("976", 2009, 22, 2013).told
        'département 976 tout entier : 0 médecin en 2009, 22 médecins en 2013'
        """
        doctors = counted(self.gps, "médecin", "médecins")
        return (
            f"département {self.departement} tout entier : 0 médecin en {self.year}, "
            f"{doctors} en {self.since}"
        )


@dataclass(frozen=True)
class Ending:
    """When (UTC) and by whom ("" where nobody logs in) a confirmation was taken back."""

    at: dt.datetime
    author: str = ""


@dataclass(frozen=True)
class Confirmation:
    """A fall that someone knows to be true.

    Attributes
    ----------
    fall
        What was confirmed, as it stood.
    at
        When (UTC).
    author
        Who did, "" where nobody logs in.
    ended
        When it was taken back, None as long as it holds.
    """

    fall: Fall
    at: dt.datetime
    author: str = ""
    ended: Ending | None = None

    @property
    def when(self) -> str:
        """When it was confirmed, in French."""
        return f"confirmé {_on(self.at)}"

    @property
    def by(self) -> str:
        """Who confirmed it, in French, "" where nobody logs in."""
        return _by(self.author)

    @property
    def told(self) -> str:
        """What was confirmed, when and by whom, and since when it no longer is, in French."""
        return self.told_of("")

    def told_of(self, name: str) -> str:
        """Return the same with the name of the commune."""
        told = f"{self.fall.told(name)}, {self.when}{self.by}"
        if self.ended is None:
            return told
        return f"{told}, repris {_on(self.ended.at)}{_by(self.ended.author)}"


@dataclass(frozen=True)
class Zero:
    """A zero of a region that is to check, or that someone confirmed.

    Attributes
    ----------
    fall
        The fall that ends in it.
    name
        Name of the commune.
    confirmed
        Who said that it is true, and when; None: it is to check, and unknown.
    """

    fall: Fall
    name: str
    confirmed: Confirmation | None = None

    @property
    def told(self) -> str:
        """What it is, in French; of who confirmed it, the day alone."""
        told = self.fall.told(self.name)
        return told if self.confirmed is None else f"{told}, {self.confirmed.when}"


def falls(
    history: pd.DataFrame, confirmed: Collection[tuple[str, int]] = frozenset()
) -> list[Fall]:
    """Return the zeros that follow, as the last count above zero, `DOUBTED_FALL_GPS` or more.

    Communes around are not asked: a whole département that falls to none is no likelier.

    Parameters
    ----------
    history
        Columns code, year, gps (GPs); one row per commune and year, in any order.
    confirmed
        Codes and years of the zeros that are known to be true.

    Returns
    -------
    list of Fall
        By code, then year.
    """
    if history.empty:
        return []
    many = history.loc[history["gps"] >= DOUBTED_FALL_GPS, "code"].unique()
    rows = history[history["code"].isin(many)].sort_values(["code", "year"], ignore_index=True)
    pairs = zip(rows["code"], rows["year"], strict=True)
    believed = pd.Series([pair in confirmed for pair in pairs], index=rows.index, dtype=bool)
    some = rows.assign(since=rows["year"]).where((rows["gps"] > 0) | believed)
    last = some.groupby(rows["code"])[["gps", "since"]].ffill()
    wrong = (rows["gps"] == 0) & (last["gps"] >= DOUBTED_FALL_GPS)
    return [
        Fall(str(code), int(year), float(before), int(since))
        for code, year, before, since in zip(
            rows.loc[wrong, "code"], rows.loc[wrong, "year"],
            last.loc[wrong, "gps"], last.loc[wrong, "since"], strict=True,
        )
    ]  # fmt: skip


def uncounted(
    gp_history: pd.DataFrame | None,
    gps: pd.DataFrame | None,
    confirmed: Collection[tuple[str, int]] = frozenset(),
) -> list[Uncounted]:
    """Return the years that count no GP in a whole département which another year counts many of.

    No département of France is without GPs: that year did not look there (Mayotte before 2011).

    Parameters
    ----------
    gp_history, gps, confirmed
        As for `of_tables`; a département of which someone confirmed a zero is believed.

    Returns
    -------
    list of Uncounted
        By département, then year.
    """
    parts = [one[["code", "year", "gps"]] for one in (gp_history, gps) if one is not None]
    if not parts:
        return []
    both = pd.concat(parts, ignore_index=True).dropna(subset="year").astype({"year": "int64"})
    both = both.assign(departement=both["code"].map(departement))
    believed = {departement(code) for code, _ in confirmed}
    found = []
    for place, here in both.groupby("departement"):
        years = sorted(int(year) for year in here["year"].unique())
        counts = {year: float(here.loc[here["year"] == year, "gps"].sum()) for year in years}
        told = {year: int((here["year"] == year).sum()) for year in years}
        many = [year for year in years if counts[year] >= DOUBTED_FALL_GPS]
        for year in years:
            if not many or counts[year] or str(place) in believed:
                continue
            since = min((abs(other - year), other) for other in many)[1]
            if told[year] >= _WHOLE_SHARE * told[since]:  # else it is of some communes only
                found.append(Uncounted(str(place), year, counts[since], since))
    return found


def dated(gps: pd.DataFrame | None, year: int | None) -> pd.DataFrame | None:
    """Return counts of one year as a history holds them; None where either is not known."""
    return None if gps is None or year is None else gps[["code", "gps"]].assign(year=year)


def of_tables(
    gp_history: pd.DataFrame | None,
    gps: pd.DataFrame | None,
    confirmed: Collection[tuple[str, int]] = frozenset(),
) -> list[Fall]:
    """Return the falls of the counts and of their history together.

    Parameters
    ----------
    gp_history, gps
        Columns code, year, gps; None where there is none. Of a commune and a year that both tell,
        the counts are believed; rows without a year are not judged.
    confirmed
        Codes and years of the zeros that are known to be true.
    """
    parts = [one[["code", "year", "gps"]] for one in (gp_history, gps) if one is not None]
    if not parts:
        return []
    both = pd.concat(parts, ignore_index=True).dropna(subset="year").astype({"year": "int64"})
    return falls(both.drop_duplicates(["code", "year"], keep="last"), confirmed)


def without(table: pd.DataFrame, found: list[Fall]) -> pd.DataFrame:
    """Return a table of GPs without the zeros to check.

    Parameters
    ----------
    table
        Columns code, year, gps.
    found
        What `of_tables` found.
    """
    told = {(fall.code, fall.year) for fall in found}
    if not told:
        return table
    gone = [pair in told for pair in zip(table["code"], table["year"], strict=True)]
    return table[[not one for one in gone]].reset_index(drop=True)
