"""Plain tables, for who does not use a grid: same titles, French numbers, escaped texts."""

import json
import re
from html import unescape

import pandas as pd
import pyarrow as pa
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from data.base.french import MISSING
from pages import grids

FRAME = pd.DataFrame(
    {
        "name": ["Guéret", "<b>Le Dorat</b>"],
        "people": [13_000.0, float("nan")],
        "apl": [2.5, 3.25],
        "year": [2025, 2017],
    }
)


def cells(html: str) -> list[list[str]]:
    rows = re.findall(r"<tr>(.*?)</tr>", html)
    return [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in rows]


def classes(html: str) -> list[str]:
    found = re.search(r'<div class="([^"]*)"', html)
    assert found is not None
    return found[1].split()


def of_cell(tag: str) -> str:
    found = re.search(r'class="([^"]*)"', tag)
    return found[1] if found else ""


def test_a_plain_table_says_what_the_grid_does() -> None:
    config = {
        "people": st.column_config.NumberColumn("Habitants", format="localized"),
        "year": st.column_config.NumberColumn("Année", format="%d"),
        "name": "Commune",
    }
    head, first, second = cells(grids.plain(FRAME, config))
    assert head == ["Commune", "Habitants", "apl", "Année"]
    assert first == ["Guéret", "13\u202f000", "2,50", "2025"]
    assert second == ["&lt;b&gt;Le Dorat&lt;/b&gt;", MISSING, "3,25", "2017"]


def test_a_paragraph_in_a_plain_table_has_a_wider_column_than_a_name() -> None:
    """On a telephone its row was a screen high, most of it blank."""
    frame = pd.DataFrame({"Table": ["a" * 99], "Source": ["b " * 99], "Licence": ["MIT"]})
    found = grids.plain(frame, {})
    assert [of_cell(one) for one in re.findall(r"<td[^>]*>", found)] == ["", "l", ""]
    assert ".ps-plain .l{" in found


def test_a_text_out_of_sight_of_a_telephone_makes_no_row_higher() -> None:
    frame = pd.DataFrame({name: ["quatre mots de texte, et d’autres"] for name in "abcd"})
    frame["d"] = "court"
    found = grids.plain(frame.assign(e=frame["a"]), {})
    assert [of_cell(one) for one in re.findall(r"<td[^>]*>", found)] == ["", "", "", "", "m"]
    assert ".ps-plain .m{max-width:none" in found


def test_a_table_that_a_telephone_has_room_for_is_not_cut_there() -> None:
    """The last column of past years stood beyond the edge of a telephone."""
    years = pd.DataFrame(
        {
            "Année": ["2009", "2016"],
            "Médecins généralistes": [350.0, None],
            "APL, tous âges": [None, 3.6],
            "APL, 65 ans et moins": [None, 3.1],
        }
    )
    assert "ps-holds" in classes(grids.plain(years, {}))
    assert ".ps-holds :is(th,td,td.n){min-width:0" in grids.plain(years, {})
    wide = years.assign(**{f"Département {rank}": "Pyrénées-Atlantiques" for rank in range(2)})
    assert "ps-holds" not in classes(grids.plain(wide, {}))
    said = years.assign(Pourquoi="une phrase de plus de quarante-cinq lettres, sans mot long")
    assert "ps-holds" not in classes(grids.plain(said, {}))


def test_a_short_table_wider_than_a_telephone_is_cards_there() -> None:
    """Its key figure stood beyond the edge: the state of a source, whether an aim is met."""
    wide = pd.DataFrame({f"Mesure <{rank}>": ["une mesure", "une autre"] for rank in range(5)})
    html = grids.plain(wide, {})
    assert "ps-cards" in classes(html)
    head, *rows = re.findall(r"<tr[^>]*>(.*?)</tr>", html)
    titles = re.findall(r"<th[^>]*>(.*?)</th>", head)
    assert len(titles) == 5
    for row in rows:
        assert re.findall(r'data-title="(.*?)"', row) == titles
        assert row.count('role="cell"') == 5
    assert html.count('role="row"') == 3
    assert html.count('role="columnheader"') == 5
    assert "ps-cards" not in classes(grids.plain(wide[wide.columns[:2]], {}))
    long = pd.concat([wide] * 9)
    assert "ps-cards" not in classes(grids.plain(long, {}, wraps=True))
    said = long.assign(Pourquoi="une phrase, qui se lit et ne se compare pas")
    assert "ps-cards" in classes(grids.plain(said, {}, wraps=True))
    assert "ps-cards" not in classes(grids.plain(said, {}))


def test_a_short_plain_table_does_not_scroll_within_the_screen() -> None:
    short = pd.DataFrame({"Commune": [f"C{rank}" for rank in range(16)]})
    long = pd.DataFrame({"Commune": [f"C{rank}" for rank in range(17)]})
    assert "ps-whole" in classes(grids.plain(short, {}))
    assert "ps-whole" not in classes(grids.plain(long, {}))
    assert re.search(r"\n\.ps-whole\{max-height:none\}\n", grids.plain(short, {}))


def test_plain_tables_are_told_apart_by_who_hears_them() -> None:
    assert 'aria-label="Tableau\xa0: name, people, apl, year"' in grids.plain(FRAME, {})
    assert 'aria-label="Tableau\xa0: &lt;b&gt;"' in grids.plain(pd.DataFrame({"<b>": [1]}), {})


def test_a_plain_table_marks_the_row_chosen() -> None:
    rows = re.findall(r"<tr[^>]*>", grids.plain(FRAME, {}, [1]))
    assert rows == ["<tr>", "<tr>", '<tr aria-current="true">']


def test_counts_of_a_grid_are_parted_by_thousands_but_not_years() -> None:
    frame = pd.DataFrame({"Communes": [8325, 12], "Année": [2017, 2020], "Part": [0.2, 0.3]})
    config = grids._french(frame, {})[1]["column_config"]
    assert list(config) == ["Communes"]
    assert config["Communes"]["type_config"]["format"] == "localized"
    own = grids._french(frame, {"column_config": {"Communes": "Toutes"}})[1]["column_config"]
    assert own == {"Communes": "Toutes"}


def test_figures_written_with_their_unit_stand_on_the_right_and_codes_do_not() -> None:
    frame = pd.DataFrame(
        {
            "Code": ["16", "23"],
            "Part": ["9 %", "–"],
            "Durée": ["5 min", "1 h"],
            "Rôle": ["aide", "12 %"],
        }
    )
    config = grids._french(frame, {})[1]["column_config"]
    assert {name: one["alignment"] for name, one in config.items()} == {
        "Part": "right",
        "Durée": "right",
    }
    assert grids.plain(frame, {}).count('<th scope="col" class="n">') == 2


@pytest.mark.parametrize(
    ("title", "texts", "figures"),
    [
        ("Pertes", ["463", "4", "103"], True),
        ("Pertes", ["≈ 120", "≈ 4"], True),
        ("Effectifs", ["2017", "2020"], False),
        ("Code", ["1004", "971"], False),
        ("Département", ["01", "974"], False),
    ],
)
def test_counts_without_unit_are_figures_and_names_of_digits_are_not(
    title: str, texts: list[str], *, figures: bool
) -> None:
    """Alone among columns of figures, counts below a thousand stood on the left."""
    told = grids.plain(pd.DataFrame({title: texts}), {})
    assert ('class="n"' in told) is figures


def test_figures_of_one_unit_sort_by_size_and_read_as_written() -> None:
    app = AppTest.from_string(
        "import pandas as pd\n"
        "from pages import grids\n"
        "grids.draw(pd.DataFrame({'Part': ['85,5\\xa0%', '9,0\\xa0%', 'non disponible'],"
        " 'Attente': ['sans fin', '1\\u202f234,5 min', '−2,0 min'], 'Code': ['16', '23', '87']}))"
    ).run()
    assert not app.exception
    table = app.dataframe[0].value
    assert list(table["Part"].sort_values())[:2] == [9.0, 85.5]
    assert table["Part"].isna().tolist() == [False, False, True]
    assert list(table["Attente"].sort_values()) == [-2.0, 1234.5, float("inf")]
    assert table["Code"].tolist() == ["16", "23", "87"]
    proto = app.dataframe[0].proto
    shown = proto.arrow_data if hasattr(proto, "arrow_data") else proto
    written = pa.ipc.open_stream(shown.styler.display_values).read_all().to_pandas()
    assert written.iloc[:, 0].tolist() == ["85,5\xa0%", "9,0\xa0%", MISSING]
    assert written.iloc[:, 1].tolist() == ["sans fin", "1\u202f234,5 min", "−2,0 min"]


def test_numbers_of_a_column_have_the_same_decimals_in_a_grid_and_in_a_plain_table() -> None:
    app = AppTest.from_string(
        "import pandas as pd\n"
        "import streamlit as st\n"
        "from pages import grids\n"
        "grids.draw(pd.DataFrame({'apl': [6.3, 5.31, None], 'minutes': [1044.0, 61.8, 9.0],"
        " 'gps': [1.0, 1120.0, 3.0],"
        " 'mixed': pd.Series([1.5, 2, 'x'], dtype=object), 'hidden': [0.5, 1.0, 2.0]}),"
        " hide_index=True, column_config={"
        "'apl': st.column_config.NumberColumn('APL', format='localized'), 'hidden': None})"
    ).run()
    assert not app.exception
    table = app.dataframe[0]
    assert table.value["apl"].tolist()[:2] == [6.3, 5.31]  # a click on the title sorts numbers
    shown = table.proto.arrow_data if hasattr(table.proto, "arrow_data") else table.proto
    written = pa.ipc.open_stream(shown.styler.display_values).read_all().to_pandas()
    assert written.iloc[:, 0].tolist() == ["6,30", "5,31", MISSING]
    assert written.iloc[:, 1].tolist() == ["1\u202f044,0", "61,8", "9,0"]
    # Beside them, whole numbers stay whole: a styled table would give them six decimals.
    assert written.iloc[:, 2].tolist() == ["1", "1\u202f120", "3"]
    assert written.iloc[:, 3].tolist() == ["1,50", "2", "x"]
    # A format of the browser's own would be shown in place of what is written here.
    config = json.loads(table.proto.columns)
    assert config["apl"]["label"] == "APL"
    assert [config[name]["type_config"].get("format") for name in ("apl", "minutes", "gps")] == [
        None
    ] * 3
    assert config["hidden"] == {"hidden": True}


def test_a_share_below_a_tenth_is_not_told_as_none_in_any_table() -> None:
    """Guéret, one chance in four thousand to lose its GPs, read 0,0."""
    told = ["<\xa00,1", "0,0", ">\xa099,9", "12,3", MISSING]
    script = (
        "import pandas as pd\nimport streamlit as st\nfrom pages import figures, grids\n"
        "st.session_state[grids.PLAIN] = CHOSEN\n"
        "values = [0.000247, 0.0, 0.99999, 0.1234, None]\n"
        "figures.table(pd.DataFrame({'share_lost': values}))\n"
    )
    app = AppTest.from_string(script.replace("CHOSEN", "False")).run()
    assert not app.exception
    table = app.dataframe[0]
    shown = table.proto.arrow_data if hasattr(table.proto, "arrow_data") else table.proto
    written = pa.ipc.open_stream(shown.styler.display_values).read_all().to_pandas()
    assert written.iloc[:, 0].tolist() == told
    assert table.value.iloc[:, 0].dtype == float  # a click on the title sorts numbers
    paper = app.get("html")[0].proto.body
    app = AppTest.from_string(script.replace("CHOSEN", "True")).run()
    for html in (paper, app.get("html")[0].proto.body):
        assert [unescape(row[0]) for row in cells(html)[1:]] == told


def test_figures_that_cannot_sort_as_numbers_stand_on_the_right_all_the_same() -> None:
    frame = pd.DataFrame({"Part": ["9 %", "85 %"]}, index=[1, 1])  # no style without own rows
    shown, options = grids._french(frame, {})
    assert shown is frame
    assert options["column_config"]["Part"]["alignment"] == "right"


def test_what_is_missing_in_a_grid_is_said_in_french() -> None:
    assert grids._french(pd.DataFrame({"a": [1.0, None]}), {})[1]["placeholder"] == MISSING


@pytest.mark.parametrize(("agent", "grids_left"), [("… Mobile Safari/537.36", 0), ("… Safari", 1)])
def test_a_telephone_gets_plain_tables_first(
    monkeypatch: pytest.MonkeyPatch, agent: str, grids_left: int
) -> None:
    monkeypatch.setattr(type(st.context), "headers", {"User-Agent": agent})
    app = AppTest.from_string(
        "import pandas as pd\n"
        "from pages import grids\n"
        "grids.draw(pd.DataFrame({'a': range(6)}), hide_index=True)\n"
        "grids.draw_choice()"
    ).run()
    assert not app.exception
    assert len(app.dataframe) == grids_left
    app.toggle[0].set_value(grids_left == 1).run()
    assert len(app.dataframe) == 1 - grids_left


def test_no_choice_of_tables_is_offered_under_a_screen_without_any() -> None:
    app = AppTest.from_string(
        "import pandas as pd\nimport streamlit as st\n"
        "from pages import grids\n"
        "grids.start()\n"
        "held = pd.DataFrame({'a': range(60)})\n"
        "grids.draw_wrapped(held.head(st.session_state.get('rows', 60)))\n"
        "grids.draw_choice()"
    ).run()
    assert len(app.toggle) == 1
    app.toggle[0].set_value(True).run()
    # None, or one whose cells wrap for everyone; a run that was stopped has left what it held.
    for rows in (0, 3, 0):
        app.session_state["rows"] = rows
        app.run()
        assert not app.exception
        assert not app.toggle
    app.session_state["rows"] = 60
    app.run()
    assert app.toggle[0].value, "what was chosen is kept by screens that hold no table"
    assert not app.dataframe


def test_the_choice_of_tables_stands_under_those_that_are_written_in() -> None:
    app = AppTest.from_string(
        "import pandas as pd\n"
        "from pages import edited, grids\n"
        "grids.start()\n"
        "asked = edited.Asked(title=str)\n"
        "held = pd.DataFrame({'a': ['x']})\n"
        "edited.edit(held, asked, key='e', column_config={}, disabled=[])\n"
        "grids.draw_choice()"
    ).run()
    assert not app.exception
    assert len(app.toggle) == 1


def test_the_choice_at_the_foot_makes_every_grid_plain() -> None:
    app = AppTest.from_string(
        "import pandas as pd\n"
        "from pages import grids\n"
        "grids.draw(pd.DataFrame({'a': range(600)}), hide_index=True)\n"
        "grids.draw_choice()"
    ).run()
    assert len(app.dataframe) == 1
    app.toggle[0].set_value(True).run()
    assert not app.exception
    assert not app.dataframe
    table = next(one.proto.body for one in app.get("html"))
    assert table.count("<tr>") == 1 + grids.MOST_ROWS
    assert app.caption[0].value.startswith("Les 500 premières lignes sur 600 ; sans « Tableaux")
    # Of 1,161 lines a print made eight pages.
    assert "tbody tr:nth-child(n+61):not([aria-current]){display:none}" in table
    paper = [one.proto.body for one in app.get("html")][1]
    assert paper.startswith('<div class="ps-paper">')
    assert "les 60 premières lignes sur 600" in paper


def test_paper_has_the_first_rows_of_a_grid_and_says_how_many_there_are() -> None:
    app = AppTest.from_string(
        "import pandas as pd\n"
        "from pages import grids\n"
        "grids.draw(pd.DataFrame({'a': ['<i>x</i>'] * 1200}), hide_index=True)\n"
        "grids.draw(pd.DataFrame({'b': [1, 2]}), hide_index=True)"
    ).run()
    assert not app.exception
    long, short = (one.proto.body for one in app.get("html"))
    assert all(one.startswith('<div class="ps-paper">') for one in (long, short))
    assert long.count("<td>&lt;i&gt;x&lt;/i&gt;</td>") == grids.PRINTED_ROWS
    assert "les 60 premières lignes sur 1\u202f200" in long
    assert cells(short) == [["b"], ["1"], ["2"]]
    assert "premières" not in short


def test_a_table_without_rows_says_so_in_french() -> None:
    app = AppTest.from_string(
        "import pandas as pd\n"
        "from pages import grids\n"
        "grids.draw(pd.DataFrame({'a': []}), hide_index=True)"
    ).run()
    assert not app.dataframe
    assert app.caption[0].value == "Aucune ligne à montrer."


def test_the_line_under_a_row_follows_its_first_cell_that_stays_in_sight() -> None:
    # Collapsed borders belong to the table: a cell that stays where it is leaves them behind.
    assert "border-collapse:separate" in grids.plain(FRAME, {})


def test_a_short_table_has_no_blank_rows_under_it() -> None:
    two, many = (pd.DataFrame({"a": range(rows)}) for rows in (2, 20))
    assert grids._french(two, {"height": 320})[1]["height"] == "content"
    assert grids._french(many, {"height": 320})[1]["height"] == 320


def test_a_text_much_longer_than_the_others_has_its_width() -> None:
    names = ["Tonneins", "Laluque", "Aldudes", "Hélette", "Saint-Laurent-des-Hommes", "Losse"]
    frame = pd.DataFrame({"Nom": names, "EPCI": ["CC des Landes d’Armagnac"] * 6, "n": range(6)})
    config = grids._french(frame, {})[1]["column_config"]
    assert config["Nom"]["width"] >= 7 * len(names[4])
    assert "EPCI" not in config
    late = pd.DataFrame({"Statut": ["assurée"] * 12 + ["assurée (astreinte week-end)"]})
    assert "width" in grids._french(late, {})[1]["column_config"]["Statut"]
    own = grids._french(frame, {"column_config": {"Nom": "Commune"}})[1]["column_config"]
    assert own["Nom"]["label"] == "Commune"
    assert own["Nom"]["width"] == config["Nom"]["width"]


def test_a_table_that_wraps_is_no_grid_and_a_long_one_is() -> None:
    def screen(rows: int) -> None:
        import pandas as pd

        from pages import grids

        grids.draw_wrapped(
            pd.DataFrame({"Source": ["<b>INSEE</b>"] * rows, "Lignes": [4293] * rows})
        )

    app = AppTest.from_function(screen, args=(3,)).run()
    [drawn] = app.get("html")
    assert "ps-wraps" in drawn.proto.body
    assert "&lt;b&gt;INSEE" in drawn.proto.body
    assert "4\u202f293" in drawn.proto.body
    assert not app.dataframe
    assert AppTest.from_function(screen, args=(grids.MOST_WRAPPED + 1,)).run().dataframe


def test_a_grid_is_called_as_the_plain_table_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """A canvas has no name of its own for who hears the screen."""
    told: list[str] = []
    monkeypatch.setattr(grids, "are_plain", lambda: False)
    monkeypatch.setattr(grids.st, "html", lambda _: None)
    monkeypatch.setattr(grids.st, "dataframe", lambda _, **options: told.append(options["alt"]))
    config = {"name": "Commune", "people": st.column_config.NumberColumn("Habitants")}
    grids.draw(FRAME, hide_index=True, column_config=config)
    assert told == ["Tableau\xa0: Commune, Habitants, apl, year"]
    assert f'aria-label="{told[0]}"' in grids.plain(FRAME, config)
