"""Sites side by side: a table, and cards where a telephone has no room for its columns."""

import re

from streamlit.testing.v1 import AppTest


def screen(cells: dict[str, list[str | int]]) -> None:
    import pandas as pd

    from pages.sites_table import draw_compared

    draw_compared(pd.DataFrame(cells), "essai")


def drawn(columns: int) -> str:
    cells = {"Mesure": ["Commune", "Habitants qui trouvent une place"]} | {
        f"<b>S{at}": [f"Commune {at}", 1_000 * at] for at in range(1, columns + 1)
    }
    app = AppTest.from_function(screen, args=(cells,)).run()
    assert not app.exception
    [body] = [one.proto.body for one in app.get("html")]
    return str(body)


def test_a_telephone_reads_many_columns_as_cards_under_their_first_figure() -> None:
    body = drawn(4)
    assert re.search(r"@media\(max-width:640px\)\{\.sites-many\{display:none\}", body)
    assert 'class="sites-compares sites-many"' in body
    told = re.findall(r"<summary><b>(.*?)</b> <span class=\"v\">(.*?)</span>", body)
    assert told[0] == ("&lt;b&gt;S1", "1\u202f000")
    assert len(told) == 4
    assert "<dt>Commune</dt><dd>Commune 4</dd>" in body


def test_a_few_columns_stay_side_by_side() -> None:
    body = drawn(3)
    assert "<details>" not in body
    assert 'sites-many"' not in body
