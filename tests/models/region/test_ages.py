"""Ages of the GPs of a département: told from five GPs on, masked below, never a prediction."""

from types import SimpleNamespace

import pandas as pd
import pytest

from models.region import ages


def table(young, late, *, old=0.0):
    rows = [
        ("16", 2023, "De 60 à 64 ans", 99.0),
        ("16", 2024, "Moins de 35 ans", young),
        ("16", 2024, "De 60 à 64 ans", late),
        ("16", 2024, "70 ans et plus", old),
        ("17", 2024, "De 40 à 44 ans", 50.0),
    ]
    return pd.DataFrame(rows, columns=["code", "year", "age_class", "gps"])


def told(frame, departement="16"):
    return ages.told(SimpleNamespace(context={"gp_ages": frame}), departement)


def test_the_share_is_that_of_the_latest_year():
    assert ages.late_career(table(30.0, 6.0, old=4.0), "16") == (2024, 40.0, pytest.approx(0.25))
    assert "25" in told(table(30.0, 6.0, old=4.0))
    assert f"en 2024 ({ages.SOURCE}). {ages.NOT_USED}" in told(table(30.0, 6.0, old=4.0))


@pytest.mark.parametrize(("young", "late"), [(30.0, 4.0), (4.0, 30.0), (2.0, 2.0), (30.0, 0.0)])
def test_few_doctors_are_masked_and_said_to_be(young, late):
    said = told(table(young, late))
    assert "non diffusés" in said
    assert "%" not in said


def test_what_is_not_imported_or_not_read_is_no_number():
    assert ages.told(SimpleNamespace(context={}), "16") == ""
    assert "non donnés" in told(table(9.0, 9.0), "23")
    unknown = table(9.0, 9.0).assign(age_class="inconnu")
    assert "non donnés" in told(unknown)
