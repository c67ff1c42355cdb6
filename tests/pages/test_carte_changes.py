"""Carte: what changed between two years, as a table and as files."""

from tests.pages.opening import opened, words


def test_the_table_is_open_where_the_address_compares_two_years() -> None:
    app = opened("", ind="gps_per_1000", depuis="2015")
    said = words(app).replace("\N{NO-BREAK SPACE}", " ")
    assert "Généralistes pour 1 000 habitants, de 2015 à" in said.replace(
        "\N{NARROW NO-BREAK SPACE}", " "
    )
    (table,) = (one.value for one in app.dataframe if "Différence" in one.value)
    assert list(table.columns[:2]) == ["Commune", "Différence"]
    first = app.selectbox[-2]
    assert (first.label, first.value) == ("De", 2015)
    first.set_value(2010).run()
    assert not app.exception
    assert "de 2010 à" in words(app)
    assert not [one for one in opened("").dataframe if "Différence" in one.value]
