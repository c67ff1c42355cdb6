"""Counts of a file that nobody should believe unchecked: told before they are put in place."""

from collections.abc import Mapping, Sequence

import pandas as pd

from data.base.french import counted, number, tenths_if_any
from data.official.readers.communes import CommuneIndex
from data.official.readers.tally import ReadResult
from data.region import confirmed_zeros, falls, rules
from data.region.territory import Provenance

_LISTED = 5
"""Doubts of other regions named in a report."""
_GPS, _HISTORY = "gps", "gp_history"


def of_file(
    result: ReadResult,
    tables: Mapping[str, pd.DataFrame],
    stored: Mapping[str, pd.DataFrame],
    provenance: Mapping[str, Provenance],
) -> list[falls.Fall]:
    """Return the counts that fall from many to none once a file is joined to what is in place.

    Those of the file itself, and those in place that what it tells of earlier years makes doubtful.

    Parameters
    ----------
    result
        What was read of the file.
    tables
        Tables that it feeds, joined.
    stored, provenance
        Tables in place (or given by the files read before it), and where they come from.
    """
    told = _gp_counts(result)
    if not told:
        return []
    moment = result.moment(_GPS) if _GPS in tables else None
    known = provenance.get(_GPS)
    year = moment.year if moment else known.year if known else None
    every = {**stored, **tables}
    confirmed = confirmed_zeros.confirmed()
    gps = falls.dated(every.get(_GPS), year)
    found = falls.of_tables(every.get(_HISTORY), gps, confirmed)
    return [one for one in found if {(one.code, one.year), (one.code, one.since)} & told.keys()]


def risen(
    result: ReadResult,
    tables: Mapping[str, pd.DataFrame],
    stored: Mapping[str, pd.DataFrame],
    provenance: Mapping[str, Provenance],
    index: CommuneIndex,
) -> list[str]:
    """Return what is said of counts of a file that are many times those before, in French.

    A group of doctors that moves does so, seldom: they are kept, and told. Parameters as for
    `of_file`.
    """
    told = _gp_counts(result)
    if not told:
        return []
    moment, known = result.moment(_GPS) if _GPS in tables else None, provenance.get(_GPS)
    date = moment.year if moment else known.year if known else None
    every = {**stored, **tables}
    parts = [every.get(_HISTORY), falls.dated(every.get(_GPS), date)]
    both = pd.concat([one[["code", "year", "gps"]] for one in parts if one is not None])
    both = both.drop_duplicates(["code", "year"], keep="last").sort_values(["code", "year"])
    both["before"] = both.groupby("code")["gps"].shift()
    both["since"] = both.groupby("code")["year"].shift()
    high = (both["before"] > 0) & (both["gps"] >= rules.DOUBTED_TIMES * both["before"])
    found = both[high & (both["gps"] >= rules.DOUBTED_FALL_GPS)]
    names, said = _names(index), []
    columns = (found[name].tolist() for name in ("code", "year", "gps", "since", "before"))
    for code, year, gps, since, before in zip(*columns, strict=True):
        if (code, year) in told:
            earlier = counted(before, "médecin", "médecins", tenths_if_any(before))
            now = f"{number(gps, tenths_if_any(gps))} en {year:.0f}"
            said.append(f"{names.get(code, '')} ({code}) : {earlier} en {since:.0f}, {now}")
    if not said:
        return []
    more = f" ; et {number(len(said) - _LISTED)} autres" if len(said) > _LISTED else ""
    times = f"{rules.DOUBTED_TIMES} fois les médecins du relevé d’avant"
    return [f"à vérifier, et gardé : {times}, {' ; '.join(said[:_LISTED])}{more}"]


def _gp_counts(result: ReadResult) -> dict[tuple[str, int], float]:
    """Return the communes and years that a file counts GPs of, with the counts."""
    history, gps = result.tables.get(_HISTORY), result.tables.get(_GPS)
    told: dict[tuple[str, int], float] = {}
    if history is not None:
        pairs = zip(history["code"], history["year"], strict=True)
        told |= dict(zip(pairs, history["gps"], strict=True))
    if gps is not None and (moment := result.moment(_GPS)) is not None:
        counts = zip(gps["code"], gps["gps"], strict=True)
        told |= {(code, moment.year): count for code, count in counts}
    return told


def _names(index: CommuneIndex) -> dict[str, str]:
    return dict(zip(index.communes["code"], index.communes["name"], strict=True))


def believed(result: ReadResult, index: CommuneIndex) -> list[str]:
    """Return what is said of the zeros of a file that someone confirmed, in French."""
    told = _gp_counts(result)
    names = _names(index)
    return [
        f"zéro confirmé, retenu : {falls.Zero(one.fall, names.get(code, ''), one).told}"
        for (code, year), one in confirmed_zeros.confirmed().items()
        if told.get((code, year)) == 0
    ]


def lines_of(found: Sequence[falls.Fall], result: ReadResult) -> int:
    """Return how many lines of a file say the zeros that are doubted."""
    zeros = result.tally.zeros
    if zeros.empty:
        return 0
    told = {(one.code, one.year) for one in found}
    pairs = zip(zeros["code"], zeros["year"], strict=True)
    return zeros.loc[[pair in told for pair in pairs], "line"].nunique()


def sentences(found: Sequence[falls.Fall], index: CommuneIndex) -> tuple[str, ...]:
    """Return what is said of doubts, in French: each one of the region, the others together."""
    names = _names(index)
    here = [one for one in found if one.code in index.codes]
    away = [one for one in found if one.code not in index.codes]
    said = [f"{one.told(names.get(one.code, ''))} ; laissé inconnu, jamais zéro" for one in here]
    if away:
        some = " ; ".join(one.told(names.get(one.code, "")) for one in away[:_LISTED])
        more = f" ; et {len(away) - _LISTED} autres" if len(away) > _LISTED else ""
        many = counted(len(away), "effectif", "effectifs")
        left = "laissés inconnus" if len(away) > 1 else "laissé inconnu"
        said.append(f"hors de la région, {many} {left} : {some}{more}")
    return tuple(said)
