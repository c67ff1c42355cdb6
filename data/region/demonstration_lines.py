"""Demonstration structures and on-call lines: numbered names, real communes, fixed totals."""

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.spatial import cKDTree

from data.region.territory import DEMONSTRATION_LINE
from geo.plane import plane_km

Floats = npt.NDArray[np.float64]

MSPS, HEALTH_CENTRES, LABELLED_PRACTICES = 260, 90, 60
"""Simulated numbers of structures in Nouvelle-Aquitaine."""
LABELLED_SHARE = 0.45
"""Share of the simulated MSPs and health centres that hold the France Santé label."""
EMERGENCY_DEPARTMENTS, EMERGENCY_SPACING_KM = 62, 14.0
JITTER_DEGREES = 0.002
ESTABLISHMENTS = 48
SPECIALTIES = (
    "Anesthésie-réanimation",
    "Chirurgie orthopédique et traumatologique",
    "Chirurgie viscérale et digestive",
    "Cardiologie",
    "Gynécologie-obstétrique",
    "Pédiatrie",
    "Imagerie médicale",
    "Gastro-entérologie",
    "Neurologie",
    "Urologie",
    "ORL",
    "Ophtalmologie",
)
"""From the most to the least common on call."""
CARENCE_LINES = 19
REQUISITIONED_LINES, REQUISITIONED_ESTABLISHMENTS = 8, 16
"""As recorded in Nouvelle-Aquitaine's new plan: 19 findings of carence, 8 lines over 16 sites."""
POOLED_SHARE = 0.12
PLAN_START, PLAN_END = "2026-01-01", "2030-12-31"


def spaced_towns(communes: pd.DataFrame, number: int, spacing_km: float) -> npt.NDArray[np.int64]:
    """Return the row numbers of the largest communes that are `spacing_km` apart."""
    points, chosen = plane_km(communes["lon"], communes["lat"]), list[int]()
    for row in np.argsort(-communes["population"].to_numpy(), kind="stable"):
        if len(chosen) == number:
            break
        if not chosen or cKDTree(points[chosen]).query(points[row])[0] >= spacing_km:
            chosen.append(int(row))
    return np.array(chosen, dtype=np.int64)


def _weighted(weights: Floats, number: int, rng: np.random.Generator) -> npt.NDArray[np.int64]:
    size = min(number, int((weights > 0).sum()))
    return rng.choice(len(weights), size, replace=False, p=weights / weights.sum())


def simulated_structures(
    communes: pd.DataFrame, gps: Floats, rng: np.random.Generator
) -> pd.DataFrame:
    """Place structures where GPs are (schema `structures`).

    Parameters
    ----------
    communes
        Communes of the region.
    gps
        GPs of each commune, shape (n,).
    rng
        Source of randomness.
    """
    scale = communes["population"].sum() / 6_150_451  # totals are those of Nouvelle-Aquitaine
    msp = _weighted(np.where(gps >= 2, np.sqrt(gps), 0.0), round(MSPS * scale), rng)
    centres = _weighted(np.where(gps >= 1, gps, 0.0), round(HEALTH_CENTRES * scale), rng)
    practices = _weighted(
        np.where(gps >= 1, np.sqrt(gps), 0.0), round(LABELLED_PRACTICES * scale), rng
    )
    emergency = spaced_towns(communes, round(EMERGENCY_DEPARTMENTS * scale), EMERGENCY_SPACING_KM)
    rows = np.concatenate([msp, centres, practices, emergency])
    kinds = np.repeat(
        ["msp", "centre_sante", "france_sante", "urgences"],
        [len(msp), len(centres), len(practices), len(emergency)],
    )
    drawn = rng.random(len(rows)) < LABELLED_SHARE
    moved = rng.uniform(-JITTER_DEGREES, JITTER_DEGREES, (len(rows), 2))
    numbers = range(1, len(rows) + 1)
    return pd.DataFrame(
        {
            "id": [f"DEMO-S{n:04d}" for n in numbers],
            "kind": kinds,
            "name": [f"Structure de démonstration {n}" for n in numbers],
            "code": communes["code"].to_numpy()[rows],
            "lon": np.round(communes["lon"].to_numpy()[rows] + moved[:, 0], 5),
            "lat": np.round(communes["lat"].to_numpy()[rows] + moved[:, 1], 5),
            "labelled": (kinds == "france_sante")
            | (np.isin(kinds, ["msp", "centre_sante"]) & drawn),
        }
    )


def _establishments(communes: pd.DataFrame) -> pd.DataFrame:
    """Return the establishments, the largest towns first; specialties grow with the town."""
    rows = spaced_towns(communes, ESTABLISHMENTS, EMERGENCY_SPACING_KM)
    chosen = communes.iloc[rows].reset_index(drop=True)
    numbers = np.arange(1, len(chosen) + 1)
    held = np.interp(numbers, [1, len(chosen)], [len(SPECIALTIES), 3]).round().astype(int)
    return chosen.assign(
        finess=[f"DEMO-E{n:02d}" for n in numbers],
        establishment=[f"Établissement de démonstration {n}" for n in numbers],
        held=held,
    )


def _statuses(sites: pd.Series, rng: np.random.Generator) -> tuple[list[str], list[int]]:
    """Return status and partner (row of the establishment, -1 for none) of each line."""
    number, count = len(sites), int(sites.max()) + 1
    status, partner = np.full(number, "assurée", dtype=object), np.full(number, -1)
    order = rng.permutation(number)
    concerned = min(REQUISITIONED_ESTABLISHMENTS, 2 * (count // 2))
    pairs = rng.permutation(count)[:concerned].reshape(-1, 2)
    for site, other in pairs[:REQUISITIONED_LINES]:
        line = next(k for k in order if sites[k] == site and status[k] == "assurée")
        status[line], partner[line] = "réquisition", other
    free = [k for k in order if status[k] == "assurée"]
    status[free[:CARENCE_LINES]] = "carence"
    pooled = free[CARENCE_LINES : CARENCE_LINES + round(POOLED_SHARE * number)]
    for line in pooled:
        status[line], partner[line] = "mutualisée", (sites[line] + rng.integers(1, count)) % count
    return status.tolist(), partner.tolist()


def simulated_lines(communes: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Attribute on-call lines to numbered establishments (schema `pdses_lines`)."""
    hospitals = _establishments(communes)
    pairs = [(site, s) for site, held in enumerate(hospitals["held"]) for s in SPECIALTIES[:held]]
    lines = pd.DataFrame(pairs, columns=["site", "specialty"])
    types = np.array(["garde", "astreinte", "demi-garde", "demi-astreinte", "astreinte week-end"])
    status, partner = _statuses(lines["site"], rng)
    at = hospitals.iloc[lines["site"].to_numpy()].reset_index(drop=True)
    names = hospitals["establishment"].to_numpy()
    return pd.DataFrame(
        {
            "line": [f"DEMO-L{n:03d}" for n in range(1, len(lines) + 1)],
            "zone": "Département " + at["departement"],
            "finess": at["finess"],
            "establishment": at["establishment"],
            "code": at["code"],
            "lon": at["lon"],
            "lat": at["lat"],
            "specialty": lines["specialty"],
            "line_type": rng.choice(types, len(lines), p=[0.3, 0.45, 0.07, 0.1, 0.08]),
            "status": status,
            "partners": ["" if p < 0 else names[p] for p in partner],
            "start": PLAN_START,
            "end": PLAN_END,
            "comment": DEMONSTRATION_LINE,
        }
    )
