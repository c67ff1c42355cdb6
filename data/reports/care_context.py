"""What is published by département of patients without a GP and of the SAS, in sentences."""

import pandas as pd

from data.base import french
from data.region import embedded_set
from data.region.territory import Territory


def sentences(territory: Territory, members: pd.DataFrame) -> list[str]:
    """Return one sentence per département of a territory where something is known.

    Parameters
    ----------
    territory
        The region; its context may hold `care_context`.
    members
        Communes of the territory (column `departement`).
    """
    known = territory.context.get("care_context")
    if known is None:
        return []
    names = embedded_set.departement_names(territory.region)
    told = []
    for code in sorted(members["departement"].unique()):
        rows = (
            known[known["code"] == code].sort_values("year").drop_duplicates("measure", keep="last")
        )
        by_measure = rows.set_index("measure")
        parts = [
            said.format(value=_value(measure, row["value"]), year=int(row["year"]))
            for measure, said in _SAID.items()
            if measure in by_measure.index
            for row in [by_measure.loc[measure]]
        ]
        if parts:
            told.append(f"{names.get(code, code)}, tout le département : {' ; '.join(parts)}.")
    return told


_SAID = {
    "ald_without_gp_share": "{value} des patients en affection de longue durée n’ont pas de "
    "médecin traitant (Assurance maladie, {year})",
    "ald_without_gp": "{value} patients en affection de longue durée sans médecin "
    "traitant (Assurance maladie, {year})",
    "sas_population_share": "{value} des habitants couverts par un service d’accès aux soins "
    "(Assurance maladie, {year})",
}


def _value(measure: str, value: float) -> str:
    return french.percent(value, 1) if measure.endswith("_share") else french.number(value)
