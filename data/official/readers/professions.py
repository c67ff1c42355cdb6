"""What tables of several professions call general practitioners."""

import pandas as pd

from data.base import french

_GPS = (
    "medecin generaliste", "medecins generalistes", "generaliste", "omnipraticien",
    "medecin omnipraticien", "medecins omnipraticiens", "medecine generale",
)  # fmt: skip
_APART = r"\ba expertise\b|\bexercice particulier\b|^[^(]*\bmep\b"


def of_gps(professions: pd.Series) -> pd.Series:
    """Tell the rows of general practitioners; without particular practice where that is apart.

    >>> of_gps(pd.Series(["Médecins généralistes (hors MEP)", "Ensemble", "Sages-femmes"])).tolist()
    [True, False, False]
    """
    jobs = professions.map(french.fold)
    found = jobs.str.startswith(_GPS)
    without = found & jobs.str.contains(r"\bhors\b")
    return without if without.any() else found & ~jobs.str.contains(_APART)
