"""What an address asks for in vain is said, until a gesture puts something in its place."""

import pytest

from data.region.catalogue import load_territory
from models.region import kept_risk
from tests.pages.sites_screen import opened, texts


def test_sites_that_do_not_read_are_told_until_one_is_chosen() -> None:
    """A link cut by a mail opened an empty screen without a word."""
    app = opened("sites", sites="eNqLjjbUUfIND")
    for _ in range(2):
        assert "elle est sans doute coupée" in texts(app)
        app.run()
    app.multiselect[0].set_value(["23008"]).run()
    assert "sans doute coupée" not in texts(app)
    assert not opened("sites").warning


@pytest.mark.campaign
def test_a_line_and_a_territory_to_compare_that_are_not_there_are_told() -> None:
    lines = {"specialite": "cardiologie", "vue": "si-cette-ligne-tombe"}
    app = opened("permanence", ligne="xx", **lines)
    for _ in range(2):
        assert "La ligne de cette adresse n’existe pas" in texts(app)
        app.run()
    assert "n’existe pas" not in texts(opened("permanence", **lines))
    app = opened("territoire", territoire="departement:23", avec="99")
    for _ in range(2):
        assert "Le territoire à comparer de cette adresse n’existe pas" in texts(app)
        app.run()


@pytest.mark.campaign
def test_a_commune_that_the_list_of_risk_does_not_hold_is_told() -> None:
    """It was left out without a word: one looked for it in the list."""
    app = opened("risques", commune="99999")
    for _ in range(2):
        assert "La commune de cette adresse (99999) n’existe pas" in texts(app)
        app.run()
    territory = load_territory("75")
    held = set(kept_risk.risk_table(territory, 3)["code"])
    without = next(one for one in territory.communes["code"] if one not in held)
    said = " ".join(one.value for one in opened("risques", commune=without).info)
    assert "n’est pas dans la liste" in said
    app = opened("risques", commune=min(held))
    assert "n’existe pas" not in texts(app)
    assert not [one for one in app.info if "n’est pas dans la liste" in one.value]
