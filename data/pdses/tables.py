"""Tables of the on-call lines as screens, exports and commands show them: French headings."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from data.base import french
from data.base.french import as_set
from data.pdses import coverage
from data.pdses.coverage import Cover, LineFall
from data.region import embedded_set


class FallTables(NamedTuple):
    """Communes left beyond the threshold, and lines that could help."""

    communes: pd.DataFrame
    helpers: pd.DataFrame


def _named(codes: pd.Series, region: str) -> pd.Series:
    """Return the names of départements; a code that is not known stays."""
    known = embedded_set.departement_names(region)
    return codes.map(known).fillna(codes)


def _line_names(covered: Cover, lines: pd.Series) -> pd.Series:
    """Return establishment and département of lines by their identifier, "–" for none."""
    table = covered.lines
    names = table["establishment"] + ", " + table["commune"] + " (" + table["departement"] + ")"
    return lines.map(names.set_axis(table["line"])).fillna("–")


def line_label(covered: Cover, line: str) -> str:
    """Return what a line is, in one French line: its status first, where a telephone cuts it."""
    one = covered.lines.loc[covered.lines["line"] == line].iloc[0]
    late = f", {coverage.OUT_OF_PERIOD}" if one["standing"] == coverage.OUT_OF_PERIOD else ""
    return (
        f"{one['status'].capitalize()} · {one['commune']} ({one['departement']}) · "
        f"{one['establishment']}, {one['line_type']}{late}"
    )


def lines_to_choose(covered: Cover, specialty: str) -> list[str]:
    """Return the lines of a specialty, those in carence first."""
    own = covered.lines[covered.lines["specialty"] == specialty]
    return own.sort_values("lacking", ascending=False, kind="stable")["line"].tolist()


def lines_table(shown: pd.DataFrame, region: str) -> pd.DataFrame:
    """Return some lines (rows of `covered.lines`) with what a reader needs to know of them."""
    return pd.DataFrame(
        {
            "Spécialité": shown["specialty"],
            "Type": shown["line_type"],
            "Statut": coverage.statuses(shown),
            "Établissement": shown["establishment"],
            "Commune": shown["commune"],
            "Département": _named(shown["departement"], region),
            "Zone": shown["zone"],
            "Partenaires": shown["partners"],
            "Début": shown["start"],
            "Fin": shown["end"],
            "Commentaire": shown["comment"],
            "Ligne": shown["line"],
        }
    )


def _tenths(minutes: pd.Series, threshold: float) -> pd.Series:
    """Return minutes in tenths, never on the other side of the threshold that a table is of."""
    up, down = np.ceil(10 * minutes) / 10, np.floor(10 * minutes) / 10
    nearest = minutes.round(1)
    return nearest.mask(
        (nearest > threshold) != (minutes > threshold), up.where(minutes > threshold, down)
    )


def reach_table(covered: Cover) -> pd.DataFrame:
    """Return `coverage.reach` of every specialty: shares first, then lines and inhabitants."""
    found = coverage.reach(covered)
    within = {each: found[f"population_within_{each:g}"] for each in coverage.REACH_MINUTES}
    last = coverage.REACH_MINUTES[-1]
    return pd.DataFrame(
        {
            "Spécialité": found["specialty"],
            **{
                f"Part à {each:g} min ou moins (%)": (100 * people / found["population"]).round(1)
                for each, people in within.items()
            },
            "Lignes tenues": found["held"],
            "Lignes en carence": found["in_carence"],
            **{f"Habitants à {each:g} min ou moins": people for each, people in within.items()},
            f"Habitants à plus de {last:g} min": found["population"] - within[last],
        }
    )


def gaps_table(covered: Cover, threshold: float, region: str, specialty: str = "") -> pd.DataFrame:
    """Return `coverage.gaps`, where something lacks: people beyond the threshold, or carence.

    The rows of a specialty that is named come first.
    """
    found = coverage.gaps(covered, threshold)
    found = found.sort_values("specialty", key=lambda names: names != specialty, kind="stable")
    found = found[(found["population_beyond"] > 0) | (found["in_carence"] > 0)]
    return pd.DataFrame(
        {
            "Spécialité": found["specialty"],
            "Département": _named(found["departement"], region),
            f"Habitants à plus de {as_set(threshold)} min": found["population_beyond"],
            f"Part à plus de {as_set(threshold)} min (%)": (100 * found["share_beyond"]).round(1),
            "Lignes tenues": found["held"],
            "Lignes en carence": found["in_carence"],
            "Tenues par réquisition": found["requisitioned"],
            "Minutes (médiane des habitants)": found["minutes_median"].round(),
            "Habitants": found["population"],
            "Ligne tenue la plus proche": _line_names(covered, found["nearest_line"]),
        }
    ).reset_index(drop=True)


def gaps_sentence(covered: Cover, threshold: float, specialty: str = "") -> str:
    """Return how much lacks in the region, in French: of a specialty first, where one is named."""
    found = coverage.gaps(covered, threshold)
    pairs = int((found["population_beyond"] > 0).sum())
    unheld = int((found["held"] == 0).sum())
    every = (
        f"Toutes spécialités : {_carences(covered.lines)} ; sur "
        f"{french.counted(len(found), 'cas', 'cas')} (une spécialité dans un département), "
        f"{french.counted(unheld, 'est', 'sont')} sans aucune ligne tenue et "
        f"{french.counted(pairs, 'a', 'ont')} des habitants à plus de {as_set(threshold)} minutes "
        "d’une ligne tenue. Les lignes des départements et régions voisins comptent quand elles "
        "sont connues."
    )
    own = found[found["specialty"] == specialty]
    if own.empty:
        return every
    lines = covered.lines[covered.lines["specialty"] == specialty]
    without = int((own["held"] == 0).sum())
    places = (
        french.counted(without, "département", "départements") if without else "aucun département"
    )
    return (
        f"{specialty} : {_carences(lines)} ; "
        f"{french.counted(own['population_beyond'].sum(), 'habitant', 'habitants')} sur "
        f"{french.number(own['population'].sum())} à plus de {as_set(threshold)} minutes d’une "
        f"ligne tenue ; {places} sans ligne tenue. {every}"
    )


def _carences(lines: pd.DataFrame) -> str:
    return french.counted(int(lines["lacking"].sum()), "ligne en carence", "lignes en carence")


def fall_tables(covered: Cover, fall: LineFall, region: str) -> FallTables:
    """Return the communes left beyond the threshold, and the lines that could help."""
    communes, helpers = fall.communes, fall.helpers
    held = fall.line["held"]
    return FallTables(
        pd.DataFrame(
            {
                "Commune": communes["name"],
                "Habitants": communes["population"],
                "Minutes sans elle": _tenths(communes["minutes_without"], fall.threshold),
                "Minutes avec elle" if held else "Minutes si elle était tenue": _tenths(
                    communes["minutes_with"], fall.threshold
                ),
                "Département": _named(communes["departement"], region),
                "Code": communes["code"],
                "Ligne suivante": _line_names(covered, communes["next_line"]),
            }
        ),
        pd.DataFrame(
            {
                "Établissement": helpers["establishment"],
                "Commune": helpers["commune"],
                "Minutes (médiane des habitants)": _tenths(helpers["minutes"], fall.threshold),
                "Minutes au plus près": _tenths(helpers["minutes_least"], fall.threshold),
                "Statut": helpers["status"],
                "Type": helpers["line_type"],
                "Département": _named(helpers["departement"], region),
                f"Habitants à {as_set(fall.threshold)} min ou moins": helpers["population_within"],
                "Habitants dont elle serait la plus proche": helpers["population_taken"],
            }
        ),
    )


def fall_sentence(fall: LineFall) -> str:
    """Return what the fall of a line does (or the return of one in carence), in French."""
    moved = fall.beyond_without - fall.beyond_with
    specialty, threshold = fall.line["specialty"], as_set(fall.threshold)
    if not fall.line["held"]:
        people = french.counted(moved, "habitant de plus serait", "habitants de plus seraient")
        late = fall.line["standing"] == coverage.OUT_OF_PERIOD
        why = f" : elle est {coverage.OUT_OF_PERIOD}" if late else ""
        return (
            f"Cette ligne n’est pas tenue{why}. Si elle l’était, {people} à {threshold} minutes ou "
            f"moins d’une ligne tenue ({specialty}) : il en resterait "
            f"{french.number(fall.beyond_with)} au-delà, contre "
            f"{french.number(fall.beyond_without)} sans elle."
        )
    if not fall.farther:
        return (
            f"Si cette ligne tombe, personne n’est plus loin d’une ligne tenue ({specialty}) : une "
            "autre, au même endroit ou plus proche, reste tenue. La charge, elle, se reporte."
        )
    people = french.counted(moved, "habitant de plus est", "habitants de plus sont")
    return (
        f"Si cette ligne tombe, {people} à plus de {threshold} minutes d’une ligne tenue "
        f"({specialty}) : {french.number(fall.beyond_without)} au lieu de "
        f"{french.number(fall.beyond_with)}. Elle est la plus proche de "
        f"{french.counted(fall.farther, 'habitant', 'habitants')}."
    )


def matrix_table(covered: Cover, region: str) -> pd.DataFrame:
    """Return `coverage.matrix` under French headings."""
    table = coverage.matrix(covered)
    table["departement"] = _named(table["departement"], region)
    return table.rename(
        columns={
            "departement": "Département",
            "establishment": "Établissement",
            "commune": "Commune",
        }
    )
