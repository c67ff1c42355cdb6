"""What an address asks for in vain is said, until a gesture puts something in its place."""

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
